#!/usr/bin/env bats
# tinyelf build for i386.
load ../support/setup

@test "Hello world has 130 bytes, the same from both syntaxes" {
    for name in hello32 hello32-att; do
        tinyelf build "$SOURCE/asm/$name.s" -o "$name"
        exits 0
        [ "$(stat -c %s "$name")" -eq 130 ]
    done
    cmp hello32 hello32-att
    [ "$("$TINYELF" disasm hello32)" = "mov eax,0x4
mov ebx,0x1
mov ecx,0x10076
mov edx,0xc
int 0x80
mov eax,0x1
mov ebx,0x0
int 0x80" ]
    readelf -h -l hello32 >theirs
    "$TINYELF" dump -h -l hello32 >ours
    diff theirs ours
    "$TINYELF" explain hello32 | grep -q 'int 0x80: write(1, 0x10076, 12)'
    needs_ia32
    [ "$(./hello32)" = "Hello world" ]
}

@test "the input determines the machine, and --target requires one" {
    printf '[BITS 32]\nglobal _start\n_start: mov eax, 1\n int 0x80\n' >a.s
    "$TINYELF" build a.s -o a
    [[ $(readelf -h a) == *"Intel 80386"* ]]
    # Without a directive: 64 bits, unless --target says otherwise.
    printf 'global _start\n_start: mov eax, 1\n int 0x80\n' >b.s
    "$TINYELF" build b.s -o b
    [[ $(readelf -h b) == *"X86-64"* ]]
    "$TINYELF" build --target i386 b.s -o b
    [[ $(readelf -h b) == *"Intel 80386"* ]]
    [ "$(stat -c %s b)" -eq 103 ]
    # An object has its machine.
    as --32 -o c.o <<<'.globl _start; _start: int $0x80'
    "$TINYELF" build c.o -o c
    [[ $(readelf -h c) == *"Intel 80386"* ]]
    tinyelf build --target x86_64 c.o -o d
    exits 1
    says "c.o: offset 0x12 (e_machine): error: the object is for Intel 80386 (3), but Advanced Micro Devices X86-64 was asked for"
    [ ! -e d ]
    # Raw machine code does not say its machine.
    printf '\xb0\x01\xcd\x80' >raw
    "$TINYELF" build --from raw --target i386 raw -o e
    [ "$(stat -c %s e)" -eq 88 ]
    # GNU syntax is preprocessed with the compiler's macros for that machine.
    command -v cc >/dev/null || skip "no C compiler"
    printf '#ifdef __i386__\n.code32\n.globl _start\n_start: int $0x80\n#endif\n' >f.S
    "$TINYELF" build --target i386 f.S -o f
    [ "$(stat -c %s f)" -eq 86 ]
    tinyelf build --target arm b.s
    exits 2
    says "it must be x86_64, i386 or aarch64"
    tinyelf build --target i386 --from hex b.s
    exits 2
    says "--target cannot be used with a hex source"
}

@test "32-bit C programs behave as when ld links them" {
    command -v cc >/dev/null || skip "no C compiler"
    cat >p.c <<'C'
static int counter;
int numbers[4] = {3, 1, 4, 1};
static const char text[] = "sum ok\n";
static int call(int n, int a, const void *b, int c)
{
    int r;
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c) : "memory");
    return r;
}
static int twice(int x) { return x * 2; }
static int (*const functions[])(int) = {twice, twice};
void _start(void)
{
    for (int i = 0; i < 4; i++)
        counter += functions[i & 1](numbers[i]);
    if (counter == 18)
        call(4, 1, text, sizeof text - 1);
    call(1, counter, 0, 0);
    for (;;)
        ;
}
C
    for level in -O0 -Os -O2; do
        cc -m32 $level -ffreestanding -fno-pic -fno-stack-protector -fcf-protection=none \
            -fno-asynchronous-unwind-tables -c p.c -o p.o 2>/dev/null || skip "no 32-bit compiler"
        ld -m elf_i386 p.o -o theirs 2>/dev/null
        "$TINYELF" build p.o -o ours
        needs_ia32
        local status=0 expected=0
        ./theirs >expected.txt || expected=$?
        ./ours >ours.txt || status=$?
        [ "$status" -eq 18 ]
        [ "$expected" -eq 18 ]
        cmp expected.txt ours.txt
    done
}

@test "values that do not fit in 32 bits are refused" {
    tinyelf build --target i386 --base 0xbffff000 "$SOURCE/asm/hello32.s" -o a
    exits 0
    tinyelf build --target i386 --base 0xc0000000 "$SOURCE/asm/hello32.s" -o b
    exits 2
    says "pass the end of user space, 0xc0000000"
    tinyelf build --base 0xc0000000 "$SOURCE/asm/hello32.s" -o b
    exits 1
    says "pass the end of user space, 0xc0000000"
    [ ! -e b ]
    # A relocation outside of its section.
    as --32 -o c.o <<<'.globl _start; _start: .long _start'
    local at
    at=$((0x$(readelf -SW c.o | sed -n 's/.*\.rel\.text *REL *[0-9a-f]* \([0-9a-f]*\).*/\1/p')))
    printf '\x40' | dd of=c.o bs=1 seek="$at" conv=notrunc status=none
    tinyelf build c.o -o c
    exits 1
    says "outside the section's 4 bytes"
}

@test "32-bit position-independent code runs" {
    command -v cc >/dev/null || skip "no C compiler"
    cat >pic.c <<'C'
extern int x;
int f(void) { return x; }
int x = 3;
void _start(void) { __asm__("int $0x80" : : "a"(1), "b"(f() + 39)); }
C
    cc -m32 -O1 -fpic -ffreestanding -c pic.c -o pic.o 2>/dev/null || skip "no 32-bit compiler"
    tinyelf build pic.o -o pic
    exits 0
    status=0
    ./pic || status=$?
    [ "$status" -eq 42 ] || [ "$status" -eq 126 ] # no IA32 emulation
}

# Writes hello32 as three/hello32, and the same with an e_machine of 6 (EM_486) as six/hello32.
make_486()
{
    mkdir three six
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o three/hello32
    "$TINYELF" build --base 0x20000 "$SOURCE/asm/hello32.s" -o other
    cp three/hello32 six/hello32
    printf '\x06' | dd of=six/hello32 bs=1 seek=18 conv=notrunc status=none
}

# same_486 COMMAND...: prints the same for both but for the machine's number and name, the run's addresses and its pid.
same_486()
{
    local folder
    for folder in three six; do
        (cd $folder && "$TINYELF" "$@" >../$folder.out 2>../$folder.err </dev/null; echo $? >../$folder.status)
        sed -Ei 's/Intel MCU  ( +)/Intel 80386\1/; s/Intel MCU/Intel 80386/; s/0600/0300/; s/06 00/03 00/; s/"value":6,/"value":3,/
                 s/0x6(,? *\|? *)Intel/0x3\1Intel/; s/0x7ff[0-9a-f]*/ADDRESS/g; s/PID=[0-9]+/PID/; s/0xff[0-9a-f]{6}/ADDRESS/g; s/0x5[0-9a-f]{11}/ADDRESS/g' \
            $folder.out $folder.err
        sed -i "s#$PWD/$folder/#FOLDER/#g" $folder.out $folder.err
    done
    [ -s three.out ] || [ -s three.err ] || return 1
    diff three.out six.out && diff three.err six.err && diff three.status six.status
}

@test "EM_486 (6) is i386: its code is read and explained" {
    make_486
    ! cmp -s three/hello32 six/hello32 || false
    for arguments in disasm "disasm --syntax nasm" "disasm --all -ab" explain "explain --detail" "explain --memory" \
        "explain --format markdown" "explain --format hex" "check --kernel 6.18" "compare --json ../other" \
        "dump -lS"; do
        # shellcheck disable=SC2086 # words of a command
        same_486 $arguments hello32 || { echo "$arguments"; return 1; }
    done
    same_486 explain --at e_entry hello32
    [ "$(cat six.status)" -eq 0 ]
    readelf -h -l six/hello32 >theirs
    "$TINYELF" dump -h -l six/hello32 >ours
    diff theirs ours
    # Linux does not read EI_CLASS.
    for folder in three six; do printf '\x02' | dd of=$folder/hello32 bs=1 seek=4 conv=notrunc status=none; done
    same_486 disasm hello32
    same_486 explain --at e_entry hello32
    [ "$(cat six.status)" -eq 0 ]
}

@test "EM_486 (6) is i386: it is run, traced and stepped" {
    needs_ia32
    make_486
    [ "$(six/hello32)" = "Hello world" ]
    for arguments in run "run --sandbox" trace "trace --abi" "step --plain" check; do
        # shellcheck disable=SC2086 # words of a command
        same_486 $arguments ./hello32 || { echo "$arguments"; return 1; }
        [ "$(cat six.status)" -eq 0 ] || { echo "$arguments: $(cat six.status six.err)"; return 1; }
    done
    grep -q 'mov *eax, *0x4' <("$TINYELF" step --plain six/hello32)
}

@test "an object for EM_486 (6) is one for i386" {
    as --32 -o three.o "$SOURCE/asm/hello32-att.s"
    cp three.o six.o
    printf '\x06' | dd of=six.o bs=1 seek=18 conv=notrunc status=none
    tinyelf build three.o -o three
    exits 0
    tinyelf build six.o -o six
    exits 0
    cmp three six
    tinyelf build --target i386 six.o -o six
    exits 0
    tinyelf build --target x86_64 six.o -o six
    exits 1
    says "but Advanced Micro Devices X86-64 was asked for"
}

@test "EM_486 (6) is i386: its twin has the number that debuggers know" {
    make_486
    tinyelf unfold six/hello32 -o twin
    exits 0
    [ "$(od -An -tu2 -j18 -N2 twin)" -eq 3 ]
    objdump -d -M intel twin | grep -q 'int *0x80'
    "$TINYELF" unfold three/hello32 -o other-twin
    # The copy of the old file keeps its 6.
    [ "$(cmp -l twin other-twin | wc -l)" -eq 1 ]
    needs_ia32
    [ "$(./twin)" = "Hello world" ]
}

#!/usr/bin/env bats
# tinyelf build's linking options: layouts, the stack, sections, debugging, the map.
load ../support/setup
load ../support/link_setup

# Makes main.o and start.o, with code, constants, data and zeros; the program exits with 42.
make_program()
{
    make_start
    cat >main.c <<'C'
static int counter = 40;
int zeros[100];
const char *const names[] = {"first", "second"};
static int helper(int n)
{
    int local = n + zeros[n];
    counter += local;
    return local;
}
int unused(int n) { return n * 77; }
int main(void)
{
    int sum = 0;
    for (int i = 0; i < 2; i++)
        sum += names[i][0] == "fs"[i] ? helper(i) : 100;
    zeros[5] = sum;
    return counter + zeros[5];
}
C
    command -v gcc >/dev/null || skip "gcc is not installed"
    gcc -c -O0 -g -ffreestanding -fno-stack-protector -fno-pic -w -ffunction-sections -fdata-sections "$@" main.c -o main.o
}

# loads FILE: prints "offset address file-size memory-size flags" of each PT_LOAD.
loads()
{
    readelf -lW "$1" | sed -nE 's/^ *LOAD +(0x[0-9a-f]+) (0x[0-9a-f]+) 0x[0-9a-f]+ (0x[0-9a-f]+) (0x[0-9a-f]+) ([RWE ]{3}) .*/\1 \2 \3 \4 \5/p'
}

# ---- layouts -------------------------------------------------------------------------------------

@test "single: a writable and executable segment gets a warning with the section that causes it" {
    make_start
    assemble main <<<'.globl main; main: movl value(%rip), %eax; ret; .data; value: .long 42'
    tinyelf build start.o main.o -o out
    exits 0
    says "main.o:(.data)"
    says writable
    [ "$(loads out | wc -l)" -eq 1 ]
    loads out | grep -q RWE
    assemble zeros <<<'.globl main; main: movb $42, z(%rip); movl z(%rip), %eax; ret; .bss; z: .zero 8'
    tinyelf build start.o zeros.o -o out
    exits 0
    says "zeros.o:(.bss)"
    ends_with 42 ./out
}

@test "single: a program without writable data gets no warning" {
    make_start
    assemble main <<<'.globl main; main: movl value(%rip), %eax; ret; .section .rodata; value: .long 42'
    tinyelf build start.o main.o -o out
    exits 0
    [ -z "$stderr" ]
    loads out | grep -q 'R E'
    ends_with 42 ./out
}

@test "split: no segment is writable and executable, and no page belongs to two" {
    make_program
    tinyelf build --layout split start.o main.o -o out
    exits 0
    [ -z "$stderr" ]
    ends_with 42 ./out
    [ "$(loads out | wc -l)" -ge 2 ]
    loads out | lacks 'W *E'
    loads out | grep -q 'R E'
    loads out | grep -q 'RW'
    local last=0
    while read -r offset address file memory _; do
        [ $((offset % 0x1000)) -eq $((address % 0x1000)) ]
        [ $((file)) -le $((memory)) ]
        [ $((address & ~0xfff)) -ge "$last" ]
        last=$(((address + memory + 0xfff) & ~0xfff))
    done < <(loads out | sort -k 2)
}

@test "split: there is no padding except for alignment" {
    make_start
    assemble main <<<'.globl main; main: movl value(%rip), %eax; addb two, %al; ret; .section .rodata; two: .byte 2; .data; value: .long 40; .bss; .zero 5000'
    tinyelf build --layout split start.o main.o -o out
    exits 0
    ends_with 42 ./out
    segments=$(readelf -hW out | awk '/Number of program headers/ {print $5}')
    content=$(size -A start.o main.o | awk '$1 ~ /^\.(text|rodata|data)$/ {s += $2} END {print s}')
    [ "$(stat -c %s out)" -ge $((64 + 56 * segments + content)) ]
    # 8 is the largest alignment of these sections.
    [ "$(stat -c %s out)" -le $((64 + 56 * segments + content + 3 * 8)) ]
}

@test "split: at run time, code is not writable and data are not executable" {
    make_start
    assemble writes <<<'.globl main; main: movb $1, main(%rip); xorl %eax, %eax; ret; .data; .byte 1'
    tinyelf build --layout split start.o writes.o -o out
    exits 0
    ends_with 139 ./out
    assemble jumps <<<'.globl main; main: leaq code(%rip), %rax; call *%rax; ret; .data; code: xorl %eax, %eax; ret'
    tinyelf build --layout split start.o jumps.o -o out
    exits 0
    ends_with 139 ./out
    # In one segment, both work.
    tinyelf build --layout single start.o jumps.o -o out
    exits 0
    ends_with 0 ./out
}

@test "split: a program of code alone needs one segment" {
    nasm -f elf64 -o hello.o "$SOURCE/asm/hello.s"
    tinyelf build --layout split hello.o -o out
    exits 0
    [ "$(loads out | grep -c E)" -eq 1 ]
    loads out | lacks W
    [ "$(./out)" = "Hello world" ]
}

@test "split: a program of zeros has no bytes for them in the file" {
    make_start
    assemble main <<<'.globl main; main: movb $42, z+199999; movl z+199999, %eax; ret; .bss; z: .zero 200004'
    tinyelf build --layout split start.o main.o -o out
    exits 0
    ends_with 42 ./out
    [ "$(stat -c %s out)" -lt 400 ]
}

@test "split: works for i386" {
    make_start32
    compile main -m32 -fdata-sections <<<'int counter = 40; int zeros[50]; const char text[] = "text"; int main(void) { zeros[3] = 2; return counter + zeros[3] + (text[zeros[2]] != 116); }'
    tinyelf build --layout split start32.o main.o -o out
    exits 0
    loads out | lacks 'W *E'
    while read -r offset address _; do
        [ $((offset % 0x1000)) -eq $((address % 0x1000)) ]
    done < <(loads out)
    needs_i386_to_run
    ends_with 42 $runner ./out
}

@test "a large alignment is kept in both layouts" {
    make_start
    assemble main <<<'.globl main; main: movl $a, %eax; andl $4095, %eax; jne 1f; movl $z, %eax; andl $8191, %eax; jne 1f; movl a, %eax; ret; 1: movl $1, %eax; ret; .data; .byte 1; .balign 4096; a: .long 42; .bss; .byte 0; .balign 8192; z: .zero 1'
    for layout in single split; do
        tinyelf build --layout $layout start.o main.o -o out
        exits 0
        ends_with 42 ./out
    done
}

@test "an unknown layout is a usage error that names the known ones" {
    make_program
    tinyelf build --layout spilt start.o main.o -o out
    exits 2
    says single
    says split
}

@test "the same inputs give the same bytes" {
    make_program
    for options in "" "--layout split" "--sections" "--layout split --stack noexec --sections"; do
        # shellcheck disable=SC2086
        tinyelf build $options start.o main.o -o one
        exits 0
        # shellcheck disable=SC2086
        tinyelf build $options start.o main.o -o two
        cmp one two
    done
}

# ---- the stack -----------------------------------------------------------------------------------

@test "--stack noexec adds PT_GNU_STACK, readable and writable" {
    make_program
    for layout in single split; do
        tinyelf build --layout $layout start.o main.o -o without
        exits 0
        run readelf -lW without
        [[ $output != *GNU_STACK* ]]
        tinyelf build --layout $layout --stack noexec start.o main.o -o out
        exits 0
        readelf -lW out | grep -qE 'GNU_STACK .* RW +0'
        ends_with 42 ./out
    done
}

@test "--stack noexec: a program that runs code on its stack is killed" {
    make_start
    assemble main <<<'.globl main; main: movl $0xc3c031, (%rsp); movl $0xc3c031, -64(%rsp); leaq -64(%rsp), %rax; call *%rax; ret'
    tinyelf build --layout split --stack noexec start.o main.o -o out
    exits 0
    ends_with 139 ./out
}

@test "--stack noexec: the kernel maps the stack without execute permission" {
    make_start
    cat >main.c <<'C'
static long call(long n, long a, const void *b, long c)
{
    long r;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return r;
}
static char buffer[65536];
int main(void)
{
    long used = 0, got, file = call(2, (long)"/proc/self/maps", 0, 0);
    while ((got = call(0, file, buffer + used, sizeof buffer - used)) > 0)
        used += got;
    call(1, 1, buffer, used);
    return 42;
}
C
    compile main <main.c
    tinyelf build --layout split --stack noexec start.o main.o -o out
    exits 0
    ends_with 42 ./out
    grep -q 'rw-p .*\[stack\]' program.out
    lacks rwxp <program.out
}

@test "an unknown kind of stack is a usage error" {
    make_program
    tinyelf build --stack executable-sometimes start.o main.o -o out
    exits 2
    says noexec
}

# ---- sections ------------------------------------------------------------------------------------

@test "--sections: objdump disassembles every function by name, at nm's address" {
    make_program
    for layout in single split; do
        tinyelf build --sections --layout $layout start.o main.o -o out
        exits 0
        ends_with 42 ./out
        objdump -d out >code 2>errors
        [ ! -s errors ]
        nm out >names 2>errors
        [ ! -s errors ]
        for name in _start main helper; do
            address=$(awk -v n=$name '$3 == n {print $1}' names)
            [ -n "$address" ] || { echo "nm has no $name"; return 1; }
            grep -q "^$address <$name>:" code || { echo "objdump has $name elsewhere than $address"; return 1; }
        done
        # Omitted functions have no symbol.
        lacks unused <names
        [ "$(readelf -hW out | awk '/Entry point/ {print $4}')" = "0x$(awk '$3 == "_start" {sub(/^0+/, "", $1); print $1}' names)" ]
    done
}

@test "--sections: a function's instructions are those of its object" {
    make_program
    tinyelf build --sections start.o main.o -o out
    exits 0
    objdump -d --no-show-raw-insn --disassemble=helper out | awk '/^ +[0-9a-f]+:/ {print $2}' >ours
    objdump -d --no-show-raw-insn --disassemble=helper main.o | awk '/^ +[0-9a-f]+:/ {print $2}' >theirs
    [ -s theirs ]
    diff theirs ours
}

@test "--sections: data have symbols with sizes and types" {
    make_program
    tinyelf build --sections start.o main.o -o out
    exits 0
    readelf -sW out | grep -qE ' 400 OBJECT +GLOBAL .* zeros$'
    readelf -sW out | grep -qE ' 4 OBJECT +LOCAL .* counter$'
    readelf -sW out | grep -qE ' FUNC +GLOBAL .* main$'
    readelf -sW out | grep -qE ' FUNC +LOCAL .* helper$'
    # Each is in its symbol's section.
    readelf -SW out >sections 2>errors
    [ ! -s errors ]
    grep -q ' \.text ' sections
    grep -qE ' \.data.* PROGBITS ' sections
    grep -qE ' \.bss.* NOBITS ' sections
}

@test "--sections: readelf has no warnings" {
    make_program
    for options in "" "--layout split" "--no-gc-sections" "--layout split --stack noexec"; do
        # shellcheck disable=SC2086
        tinyelf build --sections $options start.o main.o -o out
        exits 0
        readelf -aW out >all 2>errors
        [ ! -s errors ] || { cat errors; return 1; }
        lacks '[Ww]arning|<corrupt|bad section' <all
    done
}

@test "--sections: without it there are no sections" {
    make_program
    tinyelf build start.o main.o -o out
    exits 0
    [ "$(readelf -hW out | awk '/Number of section headers/ {print $5}')" -eq 0 ]
}

@test "--sections: works for i386" {
    make_start32
    compile main -m32 <<<'static int __attribute__((noinline)) helper(int n) { __asm__(""); return n + 2; } int value = 40; int main(void) { return helper(value); }'
    tinyelf build --sections start32.o main.o -o out
    exits 0
    for name in _start main helper; do
        address=$(nm out | awk -v n=$name '$3 == n {print $1}')
        objdump -d out | grep -q "^$address <$name>:"
    done
    needs_i386_to_run
    ends_with 42 $runner ./out
}

# ---- debugging -----------------------------------------------------------------------------------

needs_gdb()
{
    command -v gdb >/dev/null || skip "gdb is not installed"
    as -o try.o <<<'.globl _start; _start: nop; movl $60, %eax; xorl %edi, %edi; syscall'
    ld -o try try.o
    timeout 60 gdb -nx -batch -ex 'break _start' -ex run ./try </dev/null 2>&1 | grep -q 'Breakpoint 1, ' ||
        skip "gdb cannot run programs here"
}

# debug FILE COMMAND...: prints gdb's output with FILE and FILE.debug
debug()
{
    local file=$1 command arguments=()
    shift
    for command; do
        arguments+=(-ex "$command")
    done
    timeout 60 gdb -nx -batch -e "$file" -s "$file.debug" "${arguments[@]}" </dev/null >gdb.out 2>&1 || true
}

gdb_says()
{
    grep -qE "$1" gdb.out && return 0
    echo "expected: $1"
    cat gdb.out
    return 1
}

@test "-g: the program is the same, byte for byte, and FILE.debug is beside it" {
    make_program
    for options in "" "--layout split" "--sections" "--no-gc-sections"; do
        # shellcheck disable=SC2086
        tinyelf build $options start.o main.o -o without
        exits 0
        [ ! -e without.debug ]
        # shellcheck disable=SC2086
        tinyelf build $options -g start.o main.o -o with
        exits 0
        cmp without with
        [ -s with.debug ]
        rm with.debug
    done
}

@test "-g: gdb stops at a line of the source and knows local and global variables" {
    make_program
    needs_gdb
    for layout in single split; do
        tinyelf build -g --layout $layout start.o main.o -o out
        exits 0
        debug ./out 'break main.c:8' run 'info locals' 'print counter' 'print names[1]' 'print sizeof(zeros)' backtrace
        gdb_says '^Breakpoint 1, helper \(n=0\) at main.c:8'
        gdb_says '^local = 0'
        gdb_says '^\$1 = 40'
        gdb_says '^\$2 = .* "second"'
        gdb_says '^\$3 = 400'
        gdb_says '#1 .* main \(\) at main.c:'
    done
}

@test "-g: gdb knows two files and a member of an archive" {
    needs_gdb
    make_start
    printf 'int two(int);\nint main(void)\n{\n    int here = 20;\n    return two(here);\n}\n' >one.c
    printf 'static int value = 2;\nint two(int n)\n{\n    int twice = n * value;\n    return twice + value;\n}\n' >two.c
    for n in one two; do
        gcc -c -O0 -g -ffreestanding -fno-stack-protector -fno-pic $n.c -o $n.o
    done
    ar rc libtwo.a two.o
    tinyelf build -g start.o one.o libtwo.a -o out
    exits 0
    ends_with 42 ./out
    debug ./out 'break two.c:5' run 'print twice' 'print value' up 'print here'
    gdb_says '^Breakpoint 1, two \(n=20\) at two.c:5'
    gdb_says '^\$1 = 40'
    gdb_says '^\$2 = 2'
    gdb_says '^\$3 = 20'
}

@test "-g: gdb knows the lines of assembly" {
    needs_gdb
    printf '\t.globl _start\n_start:\n\tmovl $60, %%eax\n\tmovl $42, %%edi\n\tsyscall\n' >a.s
    as -g -o a.o a.s
    tinyelf build -g a.o -o out
    exits 0
    debug ./out 'break a.s:5' run 'print $edi'
    gdb_says 'at a.s:5'
    gdb_says '^\$1 = 42'
}

@test "-g: gdb reads clang's information, and omitted functions do not interfere" {
    command -v clang >/dev/null || skip "clang is not installed"
    needs_gdb
    make_program
    clang -c -O0 -g -ffreestanding -fno-stack-protector -fno-pic -w -ffunction-sections -fdata-sections main.c -o main.o
    tinyelf build -g start.o main.o -o out
    exits 0
    ends_with 42 ./out
    debug ./out 'info symbol main' 'break helper' run 'print n' finish
    gdb_says '^Breakpoint 1, helper \(n=0\)'
    gdb_says '^\$1 = 0'
    # Both functions have their addresses, not that of the unused one (0).
    [ "$(addr2line -e out.debug -f "$(nm out.debug | awk '$3 == "main" {print "0x" $1}')" | head -n 1)" = main ]
}

@test "-g: readelf reads the information without a warning" {
    make_program
    tinyelf build -g start.o main.o -o out
    exits 0
    for kind in info line abbrev aranges str; do
        readelf --debug-dump=$kind out.debug >dump 2>errors
        [ ! -s errors ] || { cat errors; return 1; }
    done
    readelf --debug-dump=decodedline out.debug | grep -q 'main.c'
    # helper has its address in the program.
    tinyelf build --sections start.o main.o -o named
    address=$(nm named | awk '$3 == "helper" {sub(/^0+/, "", $1); print $1}')
    readelf --debug-dump=info out.debug | grep -A 12 ': helper$' | grep -q "DW_AT_low_pc *: 0x$address"
}

@test "-g: objects without debugging information are linked" {
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret'
    tinyelf build -g start.o main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "-g: a failure leaves neither file" {
    make_start
    assemble main <<<'.globl main; main: call nowhere'
    tinyelf build -g start.o main.o -o out
    exits 1
    [ ! -e out ]
    [ ! -e out.debug ]
}

# ---- the map -------------------------------------------------------------------------------------

# Prints the sizes in the map's first table, without their sum.
sizes()
{
    awk '/^$/ {exit} NR > 1 && !/the file$/ {print $1}' map
}

@test "--map: every byte of the file has an owner, the largest first" {
    make_program
    for options in "" "--layout split" "--no-gc-sections" "--sections" "--layout split --stack noexec"; do
        # shellcheck disable=SC2086
        "$TINYELF" build --map $options start.o main.o -o out >map
        size=$(stat -c %s out)
        sum=$(sizes | awk '{s += $1} END {print s + 0}')
        [ "$sum" -eq "$size" ] || { cat map; echo "$sum of $size bytes"; return 1; }
        grep -qE "^ +$size +the file$" map
        grep -q 'main\.o' map
        grep -q 'start\.o' map
        sizes | sort -c -n -r
        ends_with 42 ./out
    done
}

@test "--map: sections are named, and an archive's members with their archive" {
    make_start
    assemble main <<<'.globl main; main: call f; addl value(%rip), %eax; ret; .data; value: .long 40; .zero 100, 1'
    assemble f <<<'.globl f; f: movl $2, %eax; ret'
    ar rc libx.a f.o
    "$TINYELF" build --map start.o main.o libx.a -o out >map
    grep -qF 'libx.a(f.o)' map
    grep 'main\.o' map | grep -q '104.*\.data\|\.data.*104'
    grep 'start\.o' map | grep -qF '.text'
    ends_with 42 ./out
}

@test "--map: the output file does not change" {
    make_program
    "$TINYELF" build start.o main.o -o without
    "$TINYELF" build --map start.o main.o -o with >map
    cmp without with
}

@test "--help describes every linking option" {
    tinyelf build --help
    exits 0
    for option in --layout --stack --sections --no-gc-sections --map -g; do
        grep -qF -- "$option" <<<"$output" || { echo "no word about $option"; return 1; }
    done
    [[ $output == *split* ]]
    [[ $output == *noexec* ]]
}

@test "-g: FILE.debug never overwrites an input" {
    as -o a.o <<<'.globl _start; _start: ret'
    as -o out.debug <<<'.globl h; h: ret'
    cp out.debug before
    tinyelf build --from object -g a.o out.debug -o out
    exits 2
    says "is an input"
    cmp before out.debug
}

@test "a FILE.debug that an earlier -g left is noted where it is of another build, and never removed" {
    cp "$SOURCE/asm/hello.s" hello.s
    tinyelf build -g hello.s
    exits 0
    cp hello.debug before
    # The same program: FILE.debug is right.
    tinyelf build hello.s
    exits 0
    [ -z "$stderr" ]
    sed -i 's/Hello/Howdy/' hello.s
    tinyelf build hello.s
    exits 0
    [ "$stderr" = "tinyelf: hello: note: 'hello.debug' is of another build, and debuggers would read it: build with -g, or remove it" ]
    cmp before hello.debug
    tinyelf build -g hello.s
    exits 0
    [ -z "$stderr" ]
    # Another program at its place, from the hex language; and no file there at all.
    tinyelf build "$SOURCE/templates/hello.hex" -o hello
    exits 0
    says "'hello.debug' is of another build"
    rm hello
    tinyelf build hello.s
    exits 0
    says "'hello.debug' is of another build"
    # A file of that name that is no ELF file, an input, or a folder says nothing.
    echo notes >hello.debug
    sed -i 's/Howdy/Hello/' hello.s
    tinyelf build hello.s
    exits 0
    [ -z "$stderr" ]
    rm hello.debug
    as -o hello.debug <<<'.globl _start; _start: ret'
    tinyelf build --from object hello.debug -o hello
    exits 0
    [[ $stderr != *"another build"* ]]
    rm hello.debug
    mkdir hello.debug
    tinyelf build hello.s
    exits 0
    [ -z "$stderr" ]
}

@test "-g: compressed DWARF of two objects is read by readelf without a warning" {
    command -v clang >/dev/null || skip "clang is not installed"
    printf 'int two(int x) { return x * 2; }\n' >a.c
    printf 'int two(int); void _start(void) { for (int i = 0; ; i = two(i)); }\n' >m.c
    for name in a m; do
        clang -gz -O1 -g -ffreestanding -fno-pie -c "$name.c" -o "$name.o"
    done
    readelf -tW a.o | grep -q COMPRESSED || skip "this clang does not compress"
    tinyelf build -g a.o m.o -o out
    exits 0
    readelf -wi out.debug >info 2>warnings
    [ ! -s warnings ]
    [ "$(grep -c 'Compilation Unit' info)" -eq 2 ]
}

@test "-g: DWARF that is compressed in GNU's old way, as .zdebug sections, is kept" {
    printf '%s\n' '.globl _start' '_start: mov $60, %eax' ' xor %edi, %edi' ' syscall' >m.s
    printf '%s\n' '.globl other' 'other: ret' >o.s
    # A line table that is worth compressing.
    for i in $(seq 40); do echo ' nop'; done >>m.s
    for name in m o; do
        as -g "$name.s" -o "plain-$name.o"
        as -g --compress-debug-sections=zlib-gnu "$name.s" -o "$name.o"
    done
    readelf -SW m.o | grep -q '\.zdebug_line' || skip "this assembler writes no .zdebug sections"
    tinyelf build -g --no-gc-sections plain-m.o plain-o.o -o plain
    exits 0
    tinyelf build -g --no-gc-sections m.o o.o -o out
    exits 0
    cmp plain out
    # All but the alignment of sections, which such sections do not say.
    readelf -wliar plain.debug >expected
    readelf -wliar out.debug >got 2>&1
    sed 's/plain\.debug/out.debug/' expected | cmp - got
    grep -q 'm\.s' got
    # What calls itself compressed and is not stops the build with the section's name.
    objcopy --rename-section .debug_str=.zdebug_str plain-m.o odd.o
    tinyelf build -g odd.o -o odd
    exits 1
    says "odd.o:(.zdebug_str)"
    says "it cannot be uncompressed"
}

@test "-g: DWARF 4's range lists continue after an omitted function" {
    command -v gcc >/dev/null || skip "gcc is not installed"
    printf 'int dead(int x) { return x * 3; }\nint live(int x) { return x * 2; }\nvoid _start(void) { for (int i = 0; ; i = live(i)); }\n' >m.c
    gcc -gdwarf-4 -O1 -fno-inline -ffreestanding -fno-pie -ffunction-sections -c m.c -o m.o
    tinyelf build -g m.o -o out
    exits 0
    # The function that is kept comes before the end of the list.
    [ "$(readelf -wR out.debug | sed '/End of list/q' | grep -cE '^ +[0-9a-f]+ 0*1[0-9a-f]{4} 0*1[0-9a-f]{4}')" -ge 1 ]
}

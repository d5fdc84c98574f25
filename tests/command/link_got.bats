#!/usr/bin/env bats
# tinyelf build and the global offset table: as by ld, instructions are relaxed, or their symbols get a slot.
load ../support/setup
load ../support/link_setup

# x86-64: links with ld, with .text at the address that tinyelf chooses.
linked_by_ld()
{
    ld -m elf_x86_64 -n -Ttext 0x10078 -e 0x10078 -o theirs "$1" 2>ld.errors || { cat ld.errors; return 1; }
    objcopy -O binary -j .text theirs expected
}

# same_code INSTRUCTION...: tinyelf's bytes are ld's, and nothing follows them.
same_code()
{
    local instruction
    for instruction in "$@"; do
        printf '.globl _start, foo\n_start: %s\n nop\nfoo: ret\n' "$instruction" | as --64 -o one.o -
        readelf -rW one.o | grep -q 'R_X86_64_\(REX_\)\?GOTPCRELX ' || { echo "no GOTPCRELX: $instruction"; return 1; }
        linked_by_ld one.o
        tinyelf build one.o -o ours
        exits 0 || { echo "$instruction"; return 1; }
        tail -c +121 ours >got
        cmp expected got || { echo "$instruction"; od -An -tx1 expected; od -An -tx1 got; return 1; }
        [ "$(stat -c %s ours)" -eq $((120 + $(stat -c %s expected))) ]
    done
}

@test "x86-64: calls and jumps through the table become direct" {
    same_code 'call *foo@GOTPCREL(%rip)' 'jmp *foo@GOTPCREL(%rip)'
}

@test "x86-64: moves from the table load the address instead, into every register" {
    same_code 'movq foo@GOTPCREL(%rip), %rax' 'movq foo@GOTPCREL(%rip), %rsi' 'movq foo@GOTPCREL(%rip), %r8' \
        'movq foo@GOTPCREL(%rip), %r15' 'movl foo@GOTPCREL(%rip), %eax' 'movl foo@GOTPCREL(%rip), %edi' \
        'movl foo@GOTPCREL(%rip), %r9d'
}

@test "x86-64: tests against the table's entry become tests of the address" {
    same_code 'testq %rax, foo@GOTPCREL(%rip)' 'testq %r12, foo@GOTPCREL(%rip)' 'testl %ecx, foo@GOTPCREL(%rip)'
}

@test "x86-64: arithmetic with the table's entry becomes arithmetic with the address" {
    for operation in adc add and cmp or sbb sub xor; do
        same_code "${operation}q foo@GOTPCREL(%rip), %rax" "${operation}q foo@GOTPCREL(%rip), %r13" \
            "${operation}l foo@GOTPCREL(%rip), %edx"
    done
}

@test "x86-64: a symbol of another section and object is relaxed as well" {
    make_start
    assemble main <<<'.globl main; main: movq value@GOTPCREL(%rip), %rax; movl (%rax), %eax; addq other@GOTPCREL(%rip), %rax; subq $other, %rax; ret; .data; .globl other; other: .quad 0'
    assemble value <<<'.globl value; .data; value: .long 42'
    tinyelf build start.o main.o value.o -o out
    exits 0
    ends_with 42 ./out
    # 120 bytes of headers, the code of both, 8 and 4 bytes of data, and no slot.
    size=$(size -A start.o main.o value.o | awk '$1 == ".text" || $1 == ".data" {s += $2} END {print s}')
    [ "$(stat -c %s out)" -lt $((120 + size + 12)) ]
}

@test "x86-64: a GOTPCREL that cannot be relaxed gets a slot, one for each symbol" {
    make_start
    assemble main --64 -mrelax-relocations=no <<'S'
    .globl main
main:
    xorl %eax, %eax
    addq value@GOTPCREL(%rip), %rax
    movq %rax, %rcx
    subq value@GOTPCREL(%rip), %rcx
    jne bad
    pushq value@GOTPCREL(%rip)
    popq %rax
    movl (%rax), %eax
    ret
bad:
    movl $1, %eax
    ret
    .data
    .globl value
value: .long 42
S
    readelf -rW main.o | grep -q 'R_X86_64_GOTPCREL '
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
    # One slot, not three: its content, an address below 2^32, is in the file once.
    tinyelf build --sections start.o main.o -o named
    exits 0
    address=$(nm named | awk '$3 == "value" {print $1}')
    bytes=$(sed -E 's/(..)(..)(..)(..)(..)(..)(..)(..)/\8\7\6\5\4\3\2\1/' <<<"$address")
    [ "$(tail -c +121 out | od -An -v -tx1 | tr -d ' \n' | grep -o "$bytes" | wc -l)" -eq 1 ]
}

@test "x86-64: a plain GOTPCREL in moves and calls gives the right address" {
    make_start
    assemble main --64 -mrelax-relocations=no <<<'.globl main; main: movq f@GOTPCREL(%rip), %rax; call *%rax; call *f@GOTPCREL(%rip); movl %eax, %ecx; movq value@GOTPCREL(%rip), %rax; movl (%rax), %eax; addl %ecx, %eax; ret; .globl f; f: movl $40, %eax; ret'
    assemble value <<<'.globl value; .data; value: .long 2'
    tinyelf build start.o main.o value.o -o out
    exits 0
    ends_with 42 ./out
}

@test "x86-64: a weak undefined symbol's entry is 0" {
    make_start
    assemble main <<<'.globl main; .weak ghost; main: movq ghost@GOTPCREL(%rip), %rax; cmpq ghost@GOTPCREL(%rip), %rax; jne 1f; testq %rax, %rax; jne 1f; movl $42, %eax; ret; 1: movl $1, %eax; ret'
    ld -n -o theirs start.o main.o
    ends_with 42 ./theirs
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "x86-64: a 64-bit address does not fit a relaxed instruction, and is not truncated" {
    make_start
    assemble far <<<'.globl far; .set far, 0x123456789abcdef0'
    assemble main <<<'.globl main; main: movq far@GOTPCREL(%rip), %rax; movabsq $0x123456789abcdef0, %rcx; cmpq %rcx, %rax; jne 1f; movl $42, %eax; ret; 1: movl $1, %eax; ret'
    ld -n -o theirs start.o main.o far.o
    ends_with 42 ./theirs
    tinyelf build start.o main.o far.o -o out
    exits 0
    ends_with 42 ./out
}

@test "x86-64: the large model's table is linked as by ld, or refused with the relocation's name" {
    make_start
    compile main -fpic -mcmodel=large <<<'int value = 40; extern int other; int f(void); int main(void) { return value + other + f(); }'
    compile other -fpic -mcmodel=large <<<'int other = 2; int f(void) { return 0; }'
    tinyelf build start.o main.o other.o -o out
    if [ "$status" -eq 0 ]; then
        ends_with 42 ./out
    else
        refuses R_X86_64_
        says main.o
    fi
}

# ---- i386 ----------------------------------------------------------------------------------------

# Prints the instructions of .text without addresses: names, registers and lengths.
shape()
{
    objdump -D -b binary -m i386 --no-show-raw-insn "$1" |
        sed -nE 's/^ *([0-9a-f]+):\t/\1 /p' | sed -E 's/0x[0-9a-f]+/N/g; s/ +$//'
}

same_shape()
{
    local instruction
    for instruction in "$@"; do
        printf '.globl _start, foo\n_start: %s\n nop\nfoo: ret\n' "$instruction" | as --32 -o one.o -
        readelf -rW one.o | grep -q 'R_386_GOT32X ' || { echo "no GOT32X: $instruction"; return 1; }
        ld -m elf_i386 -n -Ttext 0x10054 -e 0x10054 -o theirs one.o
        objcopy -O binary -j .text theirs expected
        tinyelf build one.o -o ours
        exits 0 || { echo "$instruction"; return 1; }
        tail -c +85 ours | head -c "$(stat -c %s expected)" >got
        diff <(shape expected) <(shape got) || { echo "$instruction"; return 1; }
    done
}

@test "i386: calls and jumps through the table become direct" {
    same_shape 'call *foo@GOT(%ebx)' 'jmp *foo@GOT(%ebx)' 'call *foo@GOT' 'jmp *foo@GOT'
}

@test "i386: moves from the table load the address instead" {
    same_shape 'movl foo@GOT(%ebx), %eax' 'movl foo@GOT(%ecx), %edi' 'movl foo@GOT, %eax' 'movl foo@GOT, %esi'
}

@test "i386: arithmetic and tests with the table's entry use the address instead" {
    for operation in adc add and cmp or sbb sub xor; do
        same_shape "${operation}l foo@GOT, %eax" "${operation}l foo@GOT, %edx"
    done
    same_shape 'testl %ecx, foo@GOT' 'testl %eax, foo@GOT'
}

@test "i386: GOT32, GOT32X, GOTOFF and GOTPC give the right addresses" {
    make_start32
    for relax in yes no; do
        assemble main --32 -mrelax-relocations=$relax <<'S'
    .globl main
main:
    pushl %ebx
    call 1f
1:  popl %ebx
    addl $_GLOBAL_OFFSET_TABLE_+(.-1b), %ebx
    movl value@GOT(%ebx), %eax
    movl (%eax), %edx
    movl own@GOTOFF(%ebx), %ecx
    addl %ecx, %edx
    xorl %eax, %eax
    addl value@GOT(%ebx), %eax
    addl (%eax), %edx
    leal own@GOTOFF(%ebx), %eax
    addl (%eax), %edx
    call f@PLT
    movl %edx, %eax
    popl %ebx
    ret
    .data
own: .long 11
S
        readelf -rW main.o | grep -q R_386_GOTPC
        readelf -rW main.o | grep -q R_386_GOTOFF
        assemble value --32 <<<'.globl value, f; f: addl $-2, %edx; ret; .data; value: .long 11'
        ld -m elf_i386 -o theirs start32.o main.o value.o
        tinyelf build start32.o main.o value.o -o out
        exits 0
        needs_i386_to_run
        ends_with 42 $runner ./theirs
        ends_with 42 $runner ./out
    done
}

@test "i386: a weak undefined symbol's entry is 0" {
    make_start32
    compile main -m32 -fpic <<<'extern int ghost __attribute__((weak)); int f(void) __attribute__((weak)); int main(void) { return f ? f() : &ghost ? ghost : 42; }'
    tinyelf build start32.o main.o -o out
    exits 0
    needs_i386_to_run
    ends_with 42 $runner ./out
}

@test "i386: position-independent code of gcc and clang runs" {
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        for level in O0 O2; do
            $compiler -m32 -$level -fpic -ffreestanding -fno-stack-protector -w -c -o p.o \
                -I"$SOURCE/tests/oracle/ld/programs" "$SOURCE/tests/oracle/ld/programs/function_pointers.c"
            tinyelf build p.o -o out
            exits 0
            needs_i386_to_run
            ends_with 42 $runner ./out
        done
    done
}

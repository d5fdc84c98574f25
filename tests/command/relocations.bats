#!/usr/bin/env bats
# Relocations against ld, which nobody here wrote: the same bytes, and refusals at the same values.
load setup

# What is tested: x86-64, unless a test says for_i386.
as=--64 link="-m elf_x86_64" start=0x10078 code=121
for_i386()
{
    as=--32 link="-m elf_i386" start=0x10054 code=85
}

# .text at the address that build gives it, as ld links it.
linked_by_ld()
{
    # shellcheck disable=SC2086
    ld $link -n -Ttext "$start" -e "$start" "$1" -o ld.out 2>ld.errors || return 1
    objcopy -O binary -j .text ld.out "$2"
}

@test "every supported relocation computes what ld computes" {
    cat >uses.s <<'S'
    .globl _start
    .text
_start:
    movq    $word, %rax             # 32S
    movl    $word, %eax             # 32
    call    word@PLT                # PLT32
    leaq    word(%rip), %rcx        # PC32
    movabsq $word, %rdx             # 64
    .quad   word - .                # PC64
    .long   word - .                # PC32
    .long   word + 3
    .word   small                   # 16
    .word   word - .                # PC16
    .byte   small                   # 8
near: .byte word2 - .               # PC8
    .quad   word + 0x7000000000
S
    # The symbols stand in another object, so that the assembler cannot reckon by itself.
    cat >defines.s <<'S'
    .globl  word, word2, small
    .set    small, 0x42
    .text
word2: .byte 1
word:  .byte 2
S
    as uses.s -o uses.o
    as defines.s -o defines.o
    ld -r uses.o defines.o -o both.o
    # Every type of the promise stands in the object that both get.
    for type in 64 32 32S 16 8 PC64 PC32 PC16 PC8 PLT32; do
        readelf -rW both.o | grep -q "R_X86_64_$type " || { echo "no R_X86_64_$type"; return 1; }
    done
    linked_by_ld both.o expected
    tinyelf build both.o -o ours
    exits 0
    tail -c +121 ours >got
    cmp expected got
}

# A single relocation of a type against a constant.
attempt()
{
    printf '.globl _start\n_start: %s\n' "$1" >u.s
    printf '.globl v\n.set v, %s\n' "$2" >d.s
    # shellcheck disable=SC2086
    as $as u.s -o u.o && as $as d.s -o d.o && ld $link -r u.o d.o -o b.o
    local theirs=refused ours=refused
    linked_by_ld b.o expected && theirs=$(od -An -v -tx1 expected)
    tinyelf build b.o -o out && [ "$status" -eq 0 ] && ours=$(tail -c +$code out | od -An -v -tx1)
    [ "$theirs" = "$ours" ] || { echo "$1 with $2: ld $theirs, ours $ours"; return 1; }
    echo "$theirs" >>answers
}

@test "the last value that fits and the first that does not are ld's" {
    for value in 0x7f 0x80 0xff 0x100 -0x80 -0x101; do
        attempt '.byte v' "$value"
    done
    for value in 0x7fff 0x8000 0xffff 0x10000 -0x8000 -0x10001; do
        attempt '.word v' "$value"
    done
    for value in 0x7fffffff 0x80000000 0xffffffff 0x100000000 -1 -0x80000000; do
        attempt '.long v' "$value"
        attempt 'movq $v, %rax' "$value"
    done
    # The place is 0x10078: distances from there.
    for value in 0x100f7 0x100f8 0xfff8 0xfff7; do
        attempt '.byte v - .' "$value"
    done
    for value in 0x18077 0x18078 0x20077 0x20078 0x8078; do
        attempt '.word v - .' "$value"
    done
    for value in 0x80010077 0x80010078 -0x7ffeff88 -0x7ffeff89; do
        attempt '.long v - .' "$value"
    done
    # Both answers came: no test that passes because everything is refused.
    grep -q refused answers
    grep -q '[0-9]' answers
}

@test "a negative value that loses its sign is refused, where ld drops it silently" {
    printf '.globl _start\n_start: .byte v\n' >u.s
    printf '.globl v\n.set v, -0x81\n' >d.s
    as u.s -o u.o
    as d.s -o d.o
    ld -r u.o d.o -o b.o
    linked_by_ld b.o expected
    [ "$(od -An -tx1 expected)" = " 7f" ]
    tinyelf build b.o -o out
    exits 1
    says "(.text+0x0): R_X86_64_8 against 'v': -0x81 does not fit, 8 bits hold -0x80 to 0xff"
}

@test "every supported i386 relocation computes what ld computes" {
    for_i386
    cat >uses.s <<'S'
    .globl _start
    .text
_start:
    movl    $word, %eax             # 32
    movl    word+8, %ecx            # 32 with an addend
    call    word                    # PLT32 or PC32
    call    word@PLT                # PLT32
    .long   word - .                # PC32
    .long   word - . + 7
    .word   small + 1               # 16
    .word   word - .                # PC16
    .byte   small                   # 8
near: .byte word2 - .               # PC8
    .long   word - 0x20000          # below zero: wraps
S
    cat >defines.s <<'S'
    .globl  word, word2, small
    .set    small, 0x42
    .text
word2: .byte 1
word:  .byte 2
S
    as --32 uses.s -o uses.o
    as --32 defines.s -o defines.o
    ld -m elf_i386 -r uses.o defines.o -o both.o
    for type in 32 16 8 PC32 PC16 PC8 PLT32; do
        readelf -rW both.o | grep -q "R_386_$type " || { echo "no R_386_$type"; return 1; }
    done
    linked_by_ld both.o expected
    tinyelf build both.o -o ours
    exits 0
    tail -c +85 ours >got
    cmp expected got
}

@test "the last i386 value that fits and the first that does not are ld's" {
    for_i386
    for value in 0x7f 0x80 0xff 0x100 -0x80; do
        attempt '.byte v' "$value"
    done
    for value in 0x7fff 0x8000 0xffff 0x10000 -0x8000; do
        attempt '.word v' "$value"
    done
    for value in 0x7fffffff 0x80000000 0xffffffff -1 -0x80000000; do
        attempt '.long v' "$value"
        attempt '.long v - .' "$value"
    done
    for value in 0x100d3 0x100d4 0xffd4 0xffd3; do
        attempt '.byte v - .' "$value"
    done
    for value in 0x18053 0x18054 0x20053 0x20054 0x8054; do
        attempt '.word v - .' "$value"
    done
    grep -q refused answers
    grep -q '[0-9]' answers
}

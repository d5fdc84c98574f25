#!/usr/bin/env bats
# Relocations against ld, which nobody here wrote: the same bytes, and refusals at the same values.
load setup

# .text at the address that build gives it, as ld links it.
linked_by_ld()
{
    ld -n -Ttext 0x10078 -e 0x10078 "$1" -o ld.out 2>ld.errors || return 1
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
    as u.s -o u.o && as d.s -o d.o && ld -r u.o d.o -o b.o
    local theirs=refused ours=refused
    linked_by_ld b.o expected && theirs=$(od -An -v -tx1 expected)
    tinyelf build b.o -o out && [ "$status" -eq 0 ] && ours=$(tail -c +121 out | od -An -v -tx1)
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

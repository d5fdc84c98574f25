#!/usr/bin/env bats
# Relocations compared with ld: the same bytes, and the same values are refused.
load ../support/setup

# on MACHINE: tests x86_64, i386 or aarch64.
on()
{
    align=1
    case $1 in
    x86_64) as="as --64" link="ld -m elf_x86_64" objcopy=objcopy start=0x10078 code=121 ;;
    i386) as="as --32" link="ld -m elf_i386" objcopy=objcopy start=0x10054 code=85 ;;
    aarch64)
        as=aarch64-linux-gnu-as link=aarch64-linux-gnu-ld objcopy=aarch64-linux-gnu-objcopy start=0x10080 code=129 align=16
        command -v $link >/dev/null || skip "$link is not installed (package binutils-aarch64-linux-gnu)"
        ;;
    esac
    machine=$1
}

# Links with ld, with .text at the address that tinyelf chooses.
linked_by_ld()
{
    # shellcheck disable=SC2086
    $link -n -Ttext "$start" -e "$start" "$1" -o ld.out 2>ld.errors || return 1
    $objcopy -O binary -j .text ld.out "$2"
}

# both SOURCE DEFINITIONS: makes both.o; symbols are in another object, so that the assembler cannot resolve them.
both()
{
    printf '.globl _start\n.text\n.balign %d\n_start:\n%s\n' "$align" "$1" >uses.s
    printf '%s\n' "$2" >defines.s
    # shellcheck disable=SC2086
    $as uses.s -o uses.o && $as defines.s -o defines.o && $link -r uses.o defines.o -o both.o
}

# Machine, the relocation that the assembler must make (-: any), and the source of .text.
uses='
x86_64 32S    movq    $word, %rax
x86_64 32     movl    $word, %eax
x86_64 PLT32  call    word@PLT
x86_64 PC32   leaq    word(%rip), %rcx
x86_64 64     movabsq $word, %rdx
x86_64 PC64   .quad   word - .
x86_64 PC32   .long   word - .
x86_64 32     .long   word + 3
x86_64 16     .word   small
x86_64 PC16   .word   word - .
x86_64 8      .byte   small
x86_64 PC8    .byte   word2 - .
x86_64 64     .quad   word + 0x7000000000
i386   32     movl    $word, %eax
i386   32     movl    word+8, %ecx
i386   -      call    word
i386   PLT32  call    word@PLT
i386   PC32   .long   word - .
i386   PC32   .long   word - . + 7
i386   16     .word   small + 1
i386   PC16   .word   word - .
i386   8      .byte   small
i386   PC8    .byte   word2 - .
i386   32     .long   word - 0x20000
aarch64 ABS64  .xword word
aarch64 ABS32  .word word + 3
aarch64 ABS16  .hword small
aarch64 PREL64 .xword word - .
aarch64 PREL32 .word word - .
aarch64 PREL16 .hword word - ., 0, 0, 0
aarch64 CALL26 bl word
aarch64 JUMP26 b word + 8
aarch64 CONDBR19 cbnz x9, word
aarch64 TSTBR14 tbz x9, #63, word
aarch64 LD_PREL_LO19 ldr x9, word
aarch64 ADR_PREL_LO21 adr x9, word + 1
aarch64 ADR_PREL_PG_HI21 adrp x9, word + 0x5000
aarch64 ADR_PREL_PG_HI21_NC adrp x9, :pg_hi21_nc:word
aarch64 ADD_ABS_LO12_NC add x9, x9, :lo12:word
aarch64 LDST8_ABS_LO12_NC ldrb w9, [x9, :lo12:word + 1]
aarch64 LDST16_ABS_LO12_NC ldrh w9, [x9, :lo12:word + 2]
aarch64 LDST32_ABS_LO12_NC ldr w9, [x9, :lo12:word + 4]
aarch64 LDST64_ABS_LO12_NC ldr x9, [x9, :lo12:word + 8]
aarch64 LDST128_ABS_LO12_NC ldr q9, [x9, :lo12:word + 16]
aarch64 MOVW_UABS_G0_NC movk x9, :abs_g0_nc:word
aarch64 MOVW_UABS_G1 movz x9, :abs_g1:word
aarch64 MOVW_UABS_G1_NC movk x9, :abs_g1_nc:word
aarch64 MOVW_UABS_G2 movz x9, :abs_g2:word
aarch64 MOVW_UABS_G2_NC movk x9, :abs_g2_nc:word
aarch64 MOVW_UABS_G3 movz x9, :abs_g3:word
aarch64 MOVW_UABS_G0 movz x9, :abs_g0:small
'

computes_what_ld_computes()
{
    on "$1"
    local of type text source='' types=()
    while read -r of type text; do
        [ "$of" = "$machine" ] || continue
        source+="$text"$'\n'
        [ "$type" = - ] || types+=("$type")
    done <<<"$uses"
    both "$source" ".globl word, word2, small; .set small, 0x42; .text
        word2: .byte 1; .balign $align; word: .byte 2"
    # The object that both link has every type of the table.
    [ "${#types[@]}" -ge 10 ]
    for type in "${types[@]}"; do
        readelf -rW both.o | grep -Eq "R_(X86_64|386|AARCH64)_$type " || { echo "no relocation of type $type"; return 1; }
    done
    linked_by_ld both.o expected
    tinyelf build both.o -o ours
    exits 0
    tail -c +"$code" ours >got
    cmp expected got
}

@test "every supported relocation computes what ld computes" {
    computes_what_ld_computes x86_64
}

@test "every supported i386 relocation computes what ld computes" {
    computes_what_ld_computes i386
}

@test "every supported AArch64 relocation computes what ld computes" {
    computes_what_ld_computes aarch64
}

# Machine, values of v, and its use: the last value that fits and the first that does not, at both ends. Distances are
# from the beginning of .text.
ends='
x86_64 0x7f,0x80,0xff,0x100,-0x80,-0x101                            .byte v
x86_64 0x7fff,0x8000,0xffff,0x10000,-0x8000,-0x10001                .word v
x86_64 0x7fffffff,0x80000000,0xffffffff,0x100000000,-1,-0x80000000  .long v
x86_64 0x7fffffff,0x80000000,0xffffffff,0x100000000,-1,-0x80000000  movq $v, %rax
x86_64 0x100f7,0x100f8,0xfff8,0xfff7                                .byte v - .
x86_64 0x18077,0x18078,0x20077,0x20078,0x8078                       .word v - .
x86_64 0x80010077,0x80010078,-0x7ffeff88,-0x7ffeff89                .long v - .
i386   0x7f,0x80,0xff,0x100,-0x80                                   .byte v
i386   0x7fff,0x8000,0xffff,0x10000,-0x8000                         .word v
i386   0x7fffffff,0x80000000,0xffffffff,-1,-0x80000000              .long v
i386   0x7fffffff,0x80000000,0xffffffff,-1,-0x80000000              .long v - .
i386   0x100d3,0x100d4,0xffd4,0xffd3                                .byte v - .
i386   0x18053,0x18054,0x20053,0x20054,0x8054                       .word v - .
aarch64 0xffff,0x10000                                               movz x0, :abs_g0:v
aarch64 0xffffffff,0x100000000                                       movz x0, :abs_g1:v
aarch64 0xffffffffffff,0x1000000000000                               movz x0, :abs_g2:v
aarch64 0xffffffff,0x100000000,0x7fffffff,0x80000000                 .word v
aarch64 0xffff,0x10000,0x7fff,0x8000                                 .hword v, 0
aarch64 0x11007f,0x110080,-0xeff80,-0xeff81                          adr x0, v
aarch64 0x11007c,0x110080,-0xeff80,-0xeff84,0x1007e                  ldr x0, v
aarch64 0x11007c,0x110080,-0xeff80,-0xeff84                          cbz x0, v
aarch64 0x1807c,0x18080,0x8080,0x807c                                tbz x0, #1, v
aarch64 0x10000fff,0x100010000,0x10000ffff,-0xffff0000,-0xffff0001   adrp x0, v
aarch64 0x10074,0x10078,0x10070                                      ldr x0, [x0, :lo12:v]
aarch64 0x10074,0x10078,0x10070                                      ldr q0, [x0, :lo12:v]
aarch64 0x8001007f,-0x7ffeff80,-0x7ffeff81                           .word v - .
'

# A single relocation against a constant.
attempt()
{
    both "$1" ".globl v; .set v, $2"
    local theirs=refused ours=refused
    linked_by_ld both.o expected && theirs=$(od -An -v -tx1 expected)
    tinyelf build both.o -o out && [ "$status" -eq 0 ] && ours=$(tail -c +"$code" out | od -An -v -tx1)
    [ "$theirs" = "$ours" ] || { echo "$1 with $2: ld $theirs, ours $ours"; return 1; }
    echo "$theirs" >>answers
}

ends_where_ld_ends()
{
    on "$1"
    local of values text value
    while read -r of values text; do
        [ "$of" = "$machine" ] || continue
        for value in ${values//,/ }; do
            attempt "$text" "$value" || return 1
        done
    done <<<"$ends"
    # Some values were accepted and some refused, so the test does not pass because all are refused.
    grep -q refused answers
    grep -q '[0-9]' answers
}

@test "the last value that fits and the first that does not are the same as ld's" {
    ends_where_ld_ends x86_64
    [ "$(wc -l <answers)" -eq 37 ]
}

@test "the last i386 value that fits and the first that does not are the same as ld's" {
    ends_where_ld_ends i386
    [ "$(wc -l <answers)" -eq 29 ]
}

@test "the last AArch64 value that fits and the first that does not are the same as ld's" {
    ends_where_ld_ends aarch64
    [ "$(wc -l <answers)" -eq 45 ]
}

@test "a negative value that loses its sign is refused, where ld drops it silently" {
    on x86_64
    both '.byte v' '.globl v; .set v, -0x81'
    linked_by_ld both.o expected
    [ "$(od -An -tx1 expected)" = " 7f" ]
    tinyelf build both.o -o out
    exits 1
    says "(.text+0x0): error: R_X86_64_8 against 'v': -0x81 does not fit, 8 bits hold -0x80 to 0xff"
}

@test "a relocation of type NONE changes nothing, also where its place is at the end of the section" {
    local name=R_X86_64_NONE target
    for target in x86_64 i386; do
        on $target
        printf '.globl _start\n_start: mov $1, %%eax\n.reloc _start+1, %s, _start\n.reloc ., %s\n' $name $name >none.s
        # shellcheck disable=SC2086
        $as none.s -o none.o
        [ "$(readelf -rW none.o | grep -c "$name")" -eq 2 ]
        linked_by_ld none.o expected
        tinyelf build none.o -o ours
        exits 0
        tail -c +"$code" ours >got
        cmp expected got
        name=R_386_NONE
    done
}

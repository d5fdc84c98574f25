#!/usr/bin/env bats
# tinyelf build with damaged, foreign or hostile inputs: it ends with a message and status 1, without a crash and
# without an incomplete output.
load ../support/setup
load ../support/link_setup

# Makes a small object with code, data, relocations and symbols of all kinds.
make_small()
{
    assemble small <<'S'
    .globl _start, value
    .weak ghost
_start: movl value(%rip), %edi
        movl $60, %eax
        syscall
        .quad ghost
    .data
value:  .long 42
pointer: .quad text
    .section .rodata.str1.1,"aMS",@progbits,1
text:   .string "text"
    .section .text.group,"axG",@progbits,group,comdat
    .weak group
group:  ret
    .comm common, 8, 8
S
}

# answers FILE...: the build ends with 0 and an output, or with 1, a message and no output.
answers()
{
    local ended=0
    rm -f out
    timeout 20 "$TINYELF" build "$@" -o out 2>messages </dev/null >messages.out || ended=$?
    if [ "$ended" -eq 0 ]; then
        [ -s out ] && return 0
    elif [ "$ended" -eq 1 ]; then
        [ ! -e out ] && grep -q '^tinyelf: .' messages && return 0
    fi
    echo "build $* ends with $ended: $(head -c 500 messages)"
    return 1
}

@test "a build without an input is a usage error" {
    tinyelf build
    exits 2
    tinyelf build -o out
    exits 2
    says "no input"
}

@test "an output that is one of the inputs is a usage error" {
    make_small
    assemble other <<<nop
    cp other.o before
    tinyelf build small.o other.o -o other.o
    exits 2
    says other.o
    cmp other.o before
}

@test "a missing input is named, whichever it is" {
    make_small
    tinyelf build small.o missing.o -o out
    refuses missing.o
    tinyelf build missing.a small.o -o out
    refuses missing.a
}

@test "an object for another machine is refused with its file name" {
    make_small
    assemble other --32 <<<'nop'
    tinyelf build small.o other.o -o out
    refuses other.o
    says "80386"
    tinyelf build other.o small.o -o out
    refuses "X86-64"
    assemble x32 --x32 <<<'nop'
    tinyelf build small.o x32.o -o out
    refuses x32.o
    cp small.o arm.o
    printf '\xb7' | dd of=arm.o bs=1 seek=18 conv=notrunc status=none
    tinyelf build small.o arm.o -o out
    refuses arm.o
    says e_machine
}

@test "an object of the other byte order is refused with its file name" {
    make_small
    cp small.o big.o
    printf '\x02' | dd of=big.o bs=1 seek=5 conv=notrunc status=none
    tinyelf build small.o big.o -o out
    refuses big.o
}

@test "an archive's member for another machine is refused by name if it is needed" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f --32 <<<'.globl f; f: ret'
    ar rc libx.a f.o
    tinyelf build start.o main.o libx.a -o out
    [ "$status" -eq 1 ]
    # Its symbols may be used, or it may be ignored: then f is missing.
    says "libx.a(f.o)" || says "undefined symbol 'f'"
}

# hostile HOW FILE LAST INPUT...
hostile()
{
    perl "$BATS_TEST_DIRNAME/damage.pl" "$TINYELF" "$@"
}

@test "an object cut at any length is refused with a message" {
    make_small
    hostile cut small.o 0 small.o
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret'
    hostile cut main.o 0 start.o main.o
}

@test "an archive cut at any length is refused with a message, or has the needed members" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f <<<'.globl f; f: movl $42, %eax; ret'
    assemble a_member_with_a_long_name <<<'.globl g; g: ret'
    ar rc libx.a f.o a_member_with_a_long_name.o
    hostile cut libx.a 0 start.o main.o libx.a
}

@test "an object with any byte changed is linked or refused" {
    make_small
    hostile change small.o 0 small.o
}

@test "an i386 object with any byte changed is linked or refused" {
    assemble small --32 <<<'.globl _start; _start: movl value, %eax; call f; .weak f; .data; value: .long f; .comm c, 4, 4'
    hostile change small.o 0 small.o
}

@test "an archive with any byte of its headers changed is linked or refused" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f <<<'.globl f; f: movl $42, %eax; ret'
    ar rc libx.a f.o
    # The magic number, the index with its header, and the member's header.
    hostile digits libx.a 150 start.o main.o libx.a
}

# section_field N OFFSET: the file offset of a field in section N's 64-bit header.
section_field()
{
    local offset index
    offset=$(readelf -hW "$1" | awk '/Start of section headers/ {print $5}')
    index=$(readelf -SW "$1" | sed -nE "s/^ *\[ *([0-9]+)\] ${2//./\\.} .*/\1/p")
    echo $((offset + index * 64 + $3))
}

section_offset()
{
    readelf -SW "$1" | sed -nE "s/^ *\[ *[0-9]+\] ${2//./\\.} +[A-Z_]+ +[0-9a-f]+ ([0-9a-f]+) .*/0x\1/p"
}

# put FILE OFFSET BYTE...: writes bytes, in hex
put()
{
    local file=$1 offset=$2
    shift 2
    # shellcheck disable=SC2059
    printf "$(printf '\\x%s' "$@")" | dd of="$file" bs=1 seek=$((offset)) conv=notrunc status=none
}

@test "a relocation past its section's end is refused with file and place" {
    assemble bad <<<'.globl _start; _start: call f; f: ret'
    assemble bad <<<'.globl _start, f; _start: call f; nop; f: ret; call g; .globl g; g: ret'
    put bad.o "$(section_offset bad.o .rela.text)" ff 00
    tinyelf build bad.o -o out
    refuses bad.o
    says 0xff
    # Three bytes before the end, where the field does not fit.
    put bad.o "$(section_offset bad.o .rela.text)" 0b 00
    tinyelf build bad.o -o out
    refuses bad.o
    says 0xb
    # Far past the end.
    put bad.o "$(section_offset bad.o .rela.text)" ff ff ff ff ff ff ff ff
    tinyelf build bad.o -o out
    refuses bad.o
}

@test "a relocation against a symbol that does not exist is refused with file and place" {
    assemble bad <<<'.globl _start, f; _start: call f; nop; f: ret'
    put bad.o $(($(section_offset bad.o .rela.text) + 12)) ff ff 00 00
    tinyelf build bad.o -o out
    refuses bad.o
    says 65535 || says 0xffff
}

@test "a symbol in a section that does not exist is refused with file and symbol" {
    assemble bad <<<'.globl _start; _start: ret'
    symbols=$(section_offset bad.o .symtab)
    size=$(readelf -SW bad.o | sed -nE 's/^ *\[ *[0-9]+\] \.symtab +SYMTAB +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*/0x\1/p')
    put bad.o $((symbols + size - 24 + 6)) 77 00
    tinyelf build bad.o -o out
    refuses bad.o
}

@test "a section that claims to be larger than the file is refused" {
    make_small
    put small.o "$(section_field small.o .text 32)" ff ff ff ff
    tinyelf build small.o -o out
    refuses small.o
}

@test "zeros of 2^60 bytes are refused, and so are two halves of that" {
    assemble bad <<<'.globl _start; _start: ret; .bss; .globl z; z: .zero 16'
    assemble more <<<'.globl y; .bss; y: .zero 16'
    put bad.o "$(section_field bad.o .bss 32)" 00 00 00 00 00 00 00 10
    tinyelf build --no-gc-sections bad.o -o out
    refuses ""
    put bad.o "$(section_field bad.o .bss 32)" 00 00 00 00 00 00 00 80
    put more.o "$(section_field more.o .bss 32)" 00 00 00 00 00 00 00 80
    tinyelf build --no-gc-sections bad.o more.o -o out
    refuses ""
}

@test "COMMON symbols whose sizes do not fit in memory are refused" {
    assemble bad <<<'.globl _start; _start: movq $a, %rax; movq $b, %rax; .comm a, 0x7fffffffffffffff, 8; .comm b, 0x7fffffffffffffff, 8'
    tinyelf build bad.o -o out
    refuses ""
}

@test "an alignment that is not a power of two is refused with file and section" {
    make_small
    put small.o "$(section_field small.o .data 48)" 03
    tinyelf build small.o -o out
    refuses small.o
    says .data
}

@test "an object without symbols, and one without sections, are refused by name" {
    make_small
    objcopy --strip-all small.o bare.o
    tinyelf build bare.o -o out
    refuses bare.o
    head -c 64 small.o >head.o
    put head.o 40 00 00 00 00 00 00 00 00
    put head.o 60 00 00 00 00
    tinyelf build head.o -o out
    refuses head.o
}

@test "an archive's member whose size exceeds the archive is refused by name" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f <<<'.globl f; f: ret'
    ar rcS libx.a f.o
    printf '99999999  ' | dd of=libx.a bs=1 seek=$((8 + 48)) conv=notrunc status=none
    tinyelf build start.o main.o libx.a -o out
    refuses libx.a
}

@test "an index with invalid offsets is refused or ignored" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f <<<'.globl f; f: movl $42, %eax; ret'
    ar rc libx.a f.o
    put libx.a $((8 + 60 + 4)) 7f ff ff ff
    answers start.o main.o libx.a
    [ ! -e out ] || ends_with 42 ./out
    # A symbol count that is too large for the index.
    put libx.a $((8 + 60)) 7f ff ff ff
    answers start.o main.o libx.a
    [ ! -e out ] || ends_with 42 ./out
}

@test "an archive in an archive is refused, and so is one that is only a magic number" {
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret'
    ar rc inner.a main.o
    ar rc outer.a inner.a
    answers start.o outer.a
    printf '!<arch>' >short.a
    tinyelf build start.o main.o short.a -o out
    refuses short.a
}

@test "a group that lists sections that do not exist is refused or ignored" {
    make_small
    group=$(section_offset small.o .group)
    put small.o $((group + 4)) ff ff ff 7f
    answers small.o
    # The group's own number.
    put small.o $((group + 4)) 01 00 00 00
    answers small.o
}

@test "a failure leaves an older output unchanged" {
    make_small
    echo "older" >out
    assemble other <<<'.globl other; other: call nowhere'
    tinyelf build --no-gc-sections small.o other.o -o out
    exits 1
    [ "$(cat out)" = older ]
}

@test "1,000 undefined symbols are 1,000 lines, or fewer and a line that says that there are more" {
    perl -e 'print ".globl _start\n_start:\n"; print "call nowhere$_\n" for 1 .. 1000' | assemble many
    tinyelf build many.o -o out
    refuses "undefined symbol 'nowhere1'"
    [ "$(grep -c nowhere <<<"$stderr")" -eq 1000 ] || grep -q more <<<"$stderr"
}

#!/usr/bin/env bats
# Assembly that describes a whole ELF file, its headers as well: the file is made as nasm -f bin and fasm make it.
load ../support/setup

# Writes FILE: headers of 64 bits by hand with the lines MAGIC first, and a program that ends with 42.
elf64()
{
    local file=$1
    shift
    {
        printf '%s\n' "$@"
        cat <<'ASM'
        dq 0
        dw 2, 62
        dd 1
        dq start, phdr - ehdr, 0
        dd 0
        dw 64, 56, 1, 0, 0, 0
phdr:   dd 1, 5
        dq 0, $$, $$, size, size, 0x1000
start:  mov edi, 42
.call:  mov eax, 60
        syscall
size equ $ - $$
ASM
    } >"$file"
}

# Runs tinyelf with nothing on PATH.
without_nasm()
{
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/none" "$TINYELF" "$@"
}

# The file is what nasm -f bin makes of the source, is executable, and ends with 42; without nasm, too, unless the second
# argument says that it is for nasm.
as_nasm_makes()
{
    nasm -f bin -o expected "$1"
    tinyelf build "$1" -o made
    exits 0
    [ "$stderr" = "" ]
    cmp expected made
    if [ $# -eq 1 ]; then
        without_nasm build "$1" -o alone
        exits 0
        [ "$stderr" = "" ]
        cmp expected alone
        tinyelf build --assembler nasm "$1" -o theirs
        exits 0
        cmp expected theirs
    fi
    [ "$(stat -c %a made)" = 755 ]
    run ./made
    [ "$status" -eq 42 ]
}

@test "headers by hand, however their first bytes are spelt, become the file that nasm -f bin makes" {
    elf64 string.asm 'BITS 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    elf64 quotes.asm '[bits 64]' '[org 0x400000]' "ehdr: db 7Fh,'ELF',2,1,1,0"
    elf64 double.asm 'bits 64' ' ORG 0x400000' 'ehdr: dd 0x464c457f, 0x00010102'
    elf64 quad.s 'bits 64' 'org 0x10000' 'ehdr: dq 0x00010102464c457f'
    elf64 macro.nasm '%define MAGIC 0x7f,"ELF"' '%macro header 1' 'org %1' 'ehdr: db MAGIC, 2, 1, 1, 0' '%endmacro' 'bits 64' 'header 0x10000'
    elf64 labels.asm 'bits 64' 'org 0x10000' 'ehdr:' 'magic: db 127' '.e: db 69' '.l: db "L"' '.f: db "F"' 'class: db 2, 1, 1, 0'
    elf64 high.asm 'bits 64' 'org 0x2abf00000000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    for file in *.asm quad.s; do
        as_nasm_makes "$file"
    done
    as_nasm_makes macro.nasm nasm
}

@test "what a source includes counts, from a folder of its own and from standard input" {
    mkdir folder
    elf64 folder/rest.inc 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    printf 'bits 64\norg 0x10000\n%%include "rest.inc"\n' >folder/program.asm
    tinyelf build folder/program.asm
    exits 0
    (cd folder && nasm -f bin -o ../expected program.asm)
    cmp expected program
    elf64 whole.inc 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    printf '%%include "whole.inc"\n' >including.asm
    as_nasm_makes including.asm
    run --separate-stderr "$TINYELF" build - -o piped <whole.inc
    exits 0
    cmp piped expected
    printf '#define BASE 0x10000\nbits 64\norg BASE\n#include "rest.inc"\n' >folder/program.S
    command -v cc >/dev/null || return 0
    sed -i 's/^/ /' folder/rest.inc
    tinyelf build folder/program.S -o preprocessed
    exits 0
    cmp piped preprocessed
}

@test "a source without org whose first bytes are an ELF header is not wrapped in another" {
    elf64 relative.asm 'bits 64' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    sed -i 's/dw 2, 62/dw 3, 62/' relative.asm
    as_nasm_makes relative.asm
    elf64 based.asm 'BASE equ 0x10000' 'bits 64' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    sed -i -e 's/dq start,/dq BASE + start,/' -e 's/dq 0, \$\$, \$\$/dq 0, BASE, BASE/' based.asm
    as_nasm_makes based.asm
}

@test "headers of 32 bits, and headers that share bytes with code, are made as they are" {
    cat >tiny32.asm <<'ASM'
bits 32
        org 0x10000
        db 0x7f, "ELF"
        dd 1
        dd 0
        dd $$
        dw 2
        dw 3
        dd start
        dd start
        dd 4
start:  mov bl, 42
        xor eax, eax
        inc eax
        int 0x80
        db 0
        dw 0x34, 0x20, 1, 0, 0, 0
ASM
    nasm -f bin -o expected tiny32.asm
    tinyelf build tiny32.asm
    exits 0
    cmp expected tiny32
    run ./tiny32
    [ "$status" -eq 42 ]
}

@test "sections, gaps and files that a whole file includes are as nasm -f bin makes them, without nasm" {
    printf 'more' >data.bin
    elf64 sections.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    cat >>sections.asm <<'ASM'
        align 16
        times 3 dw table, table - start
        call [rel table]
        mov rax, [table]
section .bss align=64
zeros:  resb 100
section .rodata
        incbin "data.bin", 1
table:  dq table, zeros, last, $$, $ - $$
section .data align=32
        db table, last
        times 3 dd 0
section more nobits
last:   resq 1
section .text
        dd last, 1.5, __LINE
__LINE equ 7
        jmp 0x12345
ASM
    sed -i 's/size equ .*/size equ 0x78 + 12/' sections.asm
    as_nasm_makes sections.asm
    tinyelf build -g sections.asm -o ours
    exits 0
    nm ours.debug >ours.names
    tinyelf build -g --assembler nasm sections.asm -o theirs
    nm theirs.debug >theirs.names
    cmp ours.names theirs.names
    command -v strace >/dev/null || skip "strace is not installed"
    env ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=execve,vfork,clone,fork -o calls "$TINYELF" build -g --map sections.asm -o out
    [ "$(grep -c execve calls)" -eq 1 ]
    run -1 grep -E 'fork|clone' calls
}

@test "what of a whole file only nasm knows is nasm's, and an error that says so without it" {
    elf64 moved.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    printf 'section .late vstart=0x500000\nx: dq x\n' >>moved.asm
    elf64 sixteen.asm 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    for file in moved sixteen; do
        nasm -f bin -o expected $file.asm
        tinyelf build -v $file.asm -o made
        exits 0
        says "note: NASM assembled it; tinyelf itself refused line"
        cmp expected made
        tinyelf build --assembler inside $file.asm -o forced
        exits 1
        local first=$stderr
        without_nasm build $file.asm -o forced
        exits 1
        [ "$stderr" = "$first" ]
        [ ! -e forced ]
    done
    [ "$stderr" = "tinyelf: sixteen.asm:11:9: error: code of a flat file has 16 bits until the source says bits 64 or bits 32, and this assembler makes none of 16
    11 | start:  mov edi, 42
       |         ^" ]
    elf64 large.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0' 'times 5000000000 db 0'
    sed 's/times.*/section .data align=0x400000000/' large.asm >gap.asm
    for file in large gap; do
        run --separate-stderr timeout 10 "$TINYELF" build $file.asm -o out
        exits 1
        says "$file.asm:"
        [ ! -e out ]
    done
}

@test "an object that begins with an ELF header, but names symbols from elsewhere, stays an object, with nasm and without" {
    printf 'bits 64\nglobal _start\nextern other\nsection .text\ndb 0x7f, "ELF"\n_start: mov edi, 9\nmov eax, 60\nsyscall\ndq other\n' >object.asm
    printf 'global other\nother: ret\n' >other.asm
    tinyelf build object.asm other.asm -o out
    exits 0
    run ./out
    [ "$status" -eq 9 ]
    without_nasm build object.asm other.asm -o alone
    exits 0
    cmp out alone
}

@test "a source that is an object under nasm -f elf64 and a file under -f bin stays an object" {
    printf 'global _start\n%%ifidn __OUTPUT_FORMAT__, bin\norg 0x10000\ndb 0x7f, "ELF"\n%%endif\n_start: mov eax, 60\nmov edi, 7\nsyscall\n' >both.asm
    tinyelf build both.asm
    exits 0
    run ./both
    [ "$status" -eq 7 ]
    # Nor does the magic number elsewhere make a file of a program.
    printf 'global _start\n_start: mov eax, 60\nmov edi, 8\nsyscall\nsection .rodata\ndb 0x7f, "ELF"\n' >data.asm
    tinyelf build data.asm --no-gc-sections
    exits 0
    run ./data
    [ "$status" -eq 8 ]
}

@test "labels are names for -g, explain and --map" {
    elf64 named.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    tinyelf build -g --map named.asm
    exits 0
    [ "${lines[0]}" = "   bytes          offset      label                             what Linux reads there" ]
    [ "${lines[1]}" = "      64   48.5%  0x0         ehdr                              ELF header" ]
    [ "${lines[2]}" = "      56   42.4%  0x40        phdr                              program headers" ]
    [ "${lines[3]}" = "       7    5.3%  0x7d        start.call" ]
    [ "${lines[4]}" = "       5    3.8%  0x78        start                             the program begins here" ]
    [ "${lines[5]}" = "     132                     the file" ]
    [ "${#lines[@]}" -eq 6 ]
    holds_only named named.asm named.debug
    run nm named.debug
    [ "$output" = "0000000000010000 t ehdr
0000000000010040 t phdr
0000000000000084 a size
0000000000010078 t start
000000000001007d t start.call" ]
    run readelf -aW named.debug
    [[ $output != *Warning* ]]
    tinyelf explain --at start.call named
    exits 0
    [[ $output == *"offset 0x7d, in memory at 0x1007d"* ]]
    nasm -f bin -o expected named.asm
    cmp expected named
}

@test "labels stand where their bytes are mapped, whatever org says" {
    elf64 moved.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    sed -i -e 's/dq start,/dq start + 0x3f0000,/' -e 's/dq 0, \$\$, \$\$/dq 0, 0x400000, 0x400000/' moved.asm
    as_nasm_makes moved.asm
    tinyelf build -g moved.asm
    exits 0
    [[ $(nm moved.debug) == *"0000000000400078 t start"* ]]
    printf '%s\n' 'section .bss' 'zeros: resb 8' >>moved.asm
    tinyelf build -g moved.asm
    exits 0
    [[ $(nm moved.debug) == *"zeros"* ]]
}

@test "Linux's verdict comes before the file, unless --no-check is given" {
    elf64 wrong.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    sed -i 's/dw 2, 62/dw 9, 62/' wrong.asm
    tinyelf build wrong.asm
    exits 1
    says "wrong: offset 0x10 (e_type): error:"
    says "note: --no-check writes it anyway"
    holds_only wrong.asm
    tinyelf build --no-check wrong.asm
    exits 0
    nasm -f bin -o expected wrong.asm
    cmp expected wrong
}

@test "options of programs, and other inputs, are refused for a whole file" {
    elf64 whole.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0'
    for option in "-e start" "--layout split" "--stack noexec" --gc-sections --no-gc-sections --sections "--target x86_64" \
        "--base 0x20000" "--align 16" "--osabi 0"; do
        # shellcheck disable=SC2086
        tinyelf build $option whole.asm
        exits 2
        says "cannot be used with 'whole.asm', which describes a whole file"
    done
    cp "$SOURCE/asm/hello.s" .
    tinyelf build whole.asm hello.s
    exits 2
    says "'whole.asm' describes a whole file: 'hello.s' is one too many"
    tinyelf build hello.s whole.asm
    exits 2
    says "'whole.asm' describes a whole file: 'hello.s' is one too many"
    holds_only hello.s whole.asm
    tinyelf build -v whole.asm
    exits 0
    [ "$stderr" = "tinyelf: whole.asm: note: read as NASM's assembly
tinyelf: whole.asm: note: assembled without NASM
tinyelf: whole.asm: note: it describes a whole file: its 132 bytes are written as they are" ]
    tinyelf build -v --assembler nasm whole.asm
    exits 0
    says "start: nasm -f bin"
    says "whole.asm: note: it describes a whole file: its 132 bytes are written as they are"
}

@test "org without an ELF header is an error that says what is so" {
    printf 'bits 64\norg 0x10000\n_start: mov eax, 60\nsyscall\n' >plain.asm
    tinyelf build --assembler nasm plain.asm
    exits 1
    local theirs=$stderr
    tinyelf build --assembler inside plain.asm
    exits 1
    [ "$stderr" = "$theirs" ]
    without_nasm build plain.asm
    exits 1
    [ "$stderr" = "$theirs" ]
    tinyelf build plain.asm
    exits 1
    [ "$stderr" = "tinyelf: plain.asm:2: error: org is for the source of a whole file, and this one begins not with an ELF header, but with b8 3c 00 00; for a program, leave org out: --base says where it is loaded
     2 | org 0x10000" ]
    printf 'bits 16\n org 7c00h\nstart: jmp start\ntimes 510-($-$$) db 0\ndw 0xaa55\n' >boot.asm
    tinyelf build boot.asm
    exits 1
    says "boot.asm:2: error:"
    says "it is a boot sector (55 aa at byte 510), which Linux does not start"
    printf '%%include "plain.asm"\n' >included.asm
    tinyelf build included.asm
    exits 1
    says "included.asm: error: org, in an included file,"
    without_nasm build included.asm
    exits 1
    says "included.asm: error: org, in an included file,"
    printf 'org 0x100\n' >empty.asm
    tinyelf build empty.asm
    exits 1
    says "but is empty"
    printf 'org 0x10000\ndb 0x7f, "EL"\n' >short.asm
    tinyelf build short.asm
    exits 1
    says "but with 7f 45 4c;"
    holds_only boot.asm empty.asm included.asm plain.asm short.asm
}

@test "errors of a whole file have its line, and none is about org" {
    elf64 wrong.asm 'bits 64' 'org 0x10000' 'ehdr: db 0x7f, "ELF", 2, 1, 1, 0' 'mov eax, [' 'jmp nowhere'
    tinyelf build wrong.asm
    exits 1
    local first=$stderr
    [[ $first == "tinyelf: wrong.asm:4:11: error: "*"
     4 | mov eax, [
       |           ^"* ]]
    [[ $first != *"org is"* ]]
    tinyelf build --assembler nasm wrong.asm
    exits 1
    [ "$stderr" = "tinyelf: wrong.asm:4: error: expression syntax error
     4 | mov eax, [" ]
    without_nasm build wrong.asm
    exits 1
    [ "$stderr" = "$first" ]
    printf '%%include "wrong.asm"\n' >including.asm
    tinyelf build including.asm
    exits 1
    says "wrong.asm:4:11: error: "
    [[ $stderr != *"org is"* ]]
    tinyelf build --assembler nasm including.asm
    says "wrong.asm:4: error: expression syntax error"
    [[ $stderr != *"instruction expected"* ]]
    printf '\0\1\2org 1\n' >binary.asm
    tinyelf build binary.asm
    exits 1
    says "not assembly: byte 0x00 is not text"
    holds_only binary.asm including.asm wrong.asm
}

@test "machine code that begins with an ELF header is wrapped in another on request only" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf build --from raw hello -o wrapped
    exits 1
    says "hello: error: these bytes begin with an ELF header: they are a file already, not machine code for another; --no-check wraps them anyway"
    holds_only hello
    tinyelf build --from raw --no-check hello -o wrapped
    exits 0
    tail -c 178 wrapped | cmp - hello
}

# ---- fasm ----

needs_fasm()
{
    command -v fasm >/dev/null || skip "fasm is not installed"
}

@test "fasm's executables are the files that fasm makes, with its labels" {
    needs_fasm
    cat >sixty.asm <<'ASM'
; a program
format ELF64 executable 3
entry main
segment readable executable
main:   mov edi, [status]
.exit:  mov eax, 60
        syscall
number = 5
segment readable writeable
status  dd 42
zeros   rb 100
ASM
    fasm sixty.asm expected >/dev/null
    tinyelf build -g --map sixty.asm
    exits 0
    [ "$stderr" = "" ]
    cmp expected sixty
    [ "$(stat -c %a sixty)" = 755 ]
    run ./sixty
    [ "$status" -eq 42 ]
    tinyelf build --map sixty.asm
    [[ $output == *"(no label)                        ELF header, program headers"* ]]
    [[ $output == *"main                              the program begins here"* ]]
    [[ $output == *"main.exit"* ]]
    run nm sixty.debug
    [[ $output == *"t main"* ]]
    [[ $output == *"a number"* ]]
    [[ $output == *"b zeros"* ]]
    tinyelf explain --at main.exit sixty
    exits 0
    printf 'format ELF executable\nentry start\nstart: mov ebx, 42\nmov eax, 1\nint 0x80\n' >thirty.fasm
    fasm thirty.fasm expected >/dev/null
    run --separate-stderr "$TINYELF" build - -o piped <thirty.fasm
    exits 0
    cmp expected piped
    tinyelf build thirty.fasm
    exits 0
    cmp expected thirty
    run ./thirty
    [ "$status" -eq 42 ]
}

@test "headers by hand in fasm's language are a whole file, too" {
    needs_fasm
    cat >hand.fasm <<'ASM'
use64
org 0x10000
ehdr:   db 7Fh, 'ELF', 2, 1, 1, 0
        dq 0
        dw 2, 62
        dd 1
        dq start, phdr - ehdr, 0
        dd 0
        dw 64, 56, 1, 0, 0, 0
phdr:   dd 1, 5
        dq 0, ehdr, ehdr, size, size, 0x1000
start:  mov edi, 42
        mov eax, 60
        syscall
size = $ - ehdr
ASM
    fasm hand.fasm expected >/dev/null
    tinyelf build -g hand.fasm
    exits 0
    cmp expected hand
    [[ $(nm hand.debug) == *"0000000000010078 t start"* ]]
    cp hand.fasm hand.asm
    tinyelf build --from fasm hand.asm -o same
    exits 0
    cmp expected same
}

@test "fasm's errors have their line, their file and the macros that they are in" {
    needs_fasm
    printf 'format ELF64 executable\nentry start\nstart: mov eax,\n' >operand.asm
    tinyelf build operand.asm
    exits 1
    [ "$stderr" = "tinyelf: operand.asm:3: error: invalid operand
     3 | start: mov eax," ]
    printf 'macro bad x {\n mov eax, x, 3\n}\nnop\n bad 3\n' >macro.inc
    printf 'format ELF64 executable\ninclude "macro.inc"\n' >including.asm
    tinyelf build including.asm
    exits 1
    [ "$stderr" = "tinyelf: macro.inc:5: error: extra characters on line
     5 |  bad 3
tinyelf: macro.inc:2: note: line 1 of the macro bad
     2 |  mov eax, x, 3" ]
    printf 'format PE console\nret\n' >windows.asm
    tinyelf build windows.asm
    exits 1
    says "what fasm makes of it begins not with an ELF header, but with 4d 5a"
    says "it is a program for DOS or Windows, which Linux does not start"
    printf 'format binary\ndb 1\n' >flat.asm
    tinyelf build flat.asm
    exits 1
    says "for a program, say 'format ELF64 executable', or 'format ELF64' for an object"
    holds_only flat.asm including.asm macro.inc operand.asm windows.asm
}

@test "without fasm the error names its package" {
    printf 'format ELF64 executable\nret\n' >program.asm
    mkdir none
    run --separate-stderr env PATH="$PWD/none" "$TINYELF" build program.asm
    exits 1
    [[ $stderr == *"program.asm: error: no 'fasm' on PATH, which this input needs: install the package fasm" ]]
}

@test "addresses wrap at 2^64, as NASM's do" {
    for origin in -1 -4096 0xfffffffffffffff0; do
        sed "s/^org .*/org $origin/" "$SOURCE/tests/support/tiny45.asm" >wraps.asm
        tinyelf build --assembler inside --no-check wraps.asm -o inside
        exits 0
        nasm -f bin wraps.asm -o nasm
        cmp inside nasm
    done
}

#!/usr/bin/env bats
# tinyelf unfold: makes a program's twin, for tools that refuse the program itself.
load ../support/setup

# Unfolds $1 to $2; prints the error if it fails.
unfolds()
{
    tinyelf unfold "$1" -o "$2"
    exits 0
}

# Linux makes the same memory of both programs, page by page.
same_memory()
{
    local messages status=0
    messages=$("$BUILD/tests/memory-same" "./$1" "./$2") || status=$?
    [ "$status" -eq 0 ] && return 0
    echo "$1 and $2: $messages"
    return 1
}

# Both programs do the same; an access past the file's end is SIGBUS in one and SIGSEGV in the other.
same_run()
{
    local a=0 b=0
    timeout 10 "./$1" "${@:3}" >out.a 2>err.a </dev/null || a=$?
    timeout 10 "./$2" "${@:3}" >out.b 2>err.b </dev/null || b=$?
    [ "$a" -eq 135 ] && [ "$b" -eq 139 ] && return 0
    sed "s,\./$1,PROGRAM,g" err.a >err.a2
    sed "s,\./$2,PROGRAM,g" err.b >err.b2
    [ "$a" -eq "$b" ] && cmp out.a out.b && cmp err.a2 err.b2 && return 0
    echo "$1 ends with $a, $2 with $b"
    return 1
}

# Tools read it without a message.
tools_take()
{
    local tool
    for tool in "readelf -aW" "objdump -d -x" nm; do
        $tool "$1" >tool.out 2>tool.err || { echo "$tool refuses $1"; return 1; }
        [ ! -s tool.err ] || { cat tool.err; return 1; }
        ! grep -iE 'warning|<corrupt>' tool.out || return 1
    done
}

# sstrip FILE: removes the section headers.
sstrip()
{
    local at=40 length=8 counts=58
    if [ "$(od -An -tu1 -j4 -N1 "$1" | tr -d ' ')" -eq 1 ]; then at=32 length=4 counts=46; fi
    head -c "$length" /dev/zero | dd of="$1" bs=1 seek=$at conv=notrunc status=none
    head -c 6 /dev/zero | dd of="$1" bs=1 seek=$counts conv=notrunc status=none
}

# Makes programs whose headers overlap or are wrong, each with the macro that chooses it.
programs()
{
    cat >programs.asm <<'A'
bits 64
%macro ehdr 3                   ; e_entry, e_phoff, e_phnum
    db 0x7f, "ELF", 2, 1, 1, 0
    dq 0
    dw 2, 62
    dd 1
    dq %1, %2, 0
    dd 0
    dw 64, 56, %3, 0, 0, 0
%endmacro
%macro load 6                   ; flags, offset, address, bytes in the file, in memory, align
    dd 1, %1
    dq %2, %3, %3, %4, %5, %6
%endmacro
%macro print 2
    mov eax, 1
    mov edi, eax
    mov esi, %1
    mov edx, %2
    syscall
%endmacro
%macro leave_with 1
    mov eax, 60
    mov edi, %1
    syscall
%endmacro

%ifdef EIGHTY
; The program header is in the ELF header; code in e_ident, before the segment.
org 0x500000000
    db 0x7f, "ELF"
    jmp short code
code:
    push 60
    pop rax
    push 42
    pop rdi
    syscall
    times 16-($-$$) db 0
    dw 2, 62
    dd 1
    dd 1, 5                     ; e_entry: 0x500000001      p_type, p_flags
    dq 0x18                     ; e_phoff                   p_offset
    dq 0x500000018              ; e_shoff                   p_vaddr
    dd 0                        ; e_flags                   p_paddr
    dw 0, 56
    dq 1                        ; e_phnum                   p_filesz
    dq 1                        ;                           p_memsz
    dq 0                        ;                           p_align
%elifdef SHARED8
; 112 bytes and code: e_phnum and the fields after it are the program header's first eight bytes.
org 0x10000
    db 0x7f, "ELF", 2, 1, 1, 0
    dq 0
    dw 2, 62
    dd 1
    dq code, 0x38, 0
    dd 0
    dw 64, 56
    load 5, 0, 0x10000, end - 0x10000, end - 0x10000, 0
code:
    print 0x10000, end - 0x10000
    leave_with 7
end:
%elifdef PAGES
; Headers and code in the same page, outside of the segment.
org 0x400000
    ehdr code, 64, 1
    load 5, 0x78, 0x400078, 1, 1, 0
    db 0
code:
    print 0x400000, 4096
    leave_with 3
%elifdef OVERLAP
; The second segment replaces the middle page of the first, the third its last one.
org 0x10000
    ehdr code, 64, 3
    load 5, 0, 0x10000, 0x3000, 0x3000, 0x1000
    load 6, 0x2000, 0x11000, 0x800, 0x1000, 0x1000
    load 4, 0, 0x12000, 0x100, 0x100, 0x1000
code:
    print 0x10000, 0x3000
    leave_with 4
    times 0x3000-($-$$) db 0x5a
%elifdef BSS
; Cleared bytes in the file's page, and pages of zeros, which are read, written and executed.
org 0x10000
    ehdr code, 64, 1
    load 7, 0, 0x10000, end - 0x10000, 0x3456, 0x1000
code:
    mov byte [rel value + 1], 9
    mov byte [0x12345], 1
value:
    mov ebx, 0
    mov eax, 1
    mov edi, eax
    mov esi, 0x10000
    mov edx, 0x4000
    syscall
    mov edi, ebx
    shr edi, 0
    mov eax, 60
    syscall
end:
    db "this is cleared"
%elifdef NOFILE
; A segment without bytes in the file and with a wrong offset, and an empty one.
org 0x10000
    ehdr code, 64, 3
    load 6, 0x123, 0x20456, 0, 0x2000, 0
    load 5, 0, 0x10000, end - 0x10000, end - 0x10000, 0
    load 4, 0, 0x30000, 0, 0, 0
code:
    mov dword [0x20010], 0x0a6b6f
    print 0x20000, 0x2800
    leave_with 5
end:
%elifdef BEHIND
; Memory past the end of the file, which the program reads: SIGBUS.
org 0x10000
    ehdr code, 64, 1
    load 5, 0, 0x10000, 0x5000, 0x5000, 0
code:
    mov al, [0x12000]
    leave_with 6
%elifdef READONLY
; More memory than file in a read-only segment: the page is not cleared.
org 0x10000
    ehdr code, 64, 1
    load 5, 0, 0x10000, end - 0x10000, 0x2000, 0
code:
    print 0x10000, 0x2000
    leave_with 8
end:
    db "this is not cleared"
%elifdef ORDER
; Segments from high to low addresses, and an unknown type.
org 0x40000
    ehdr code, 64, 3
    load 5, 0, 0x40000, end - 0x40000, end - 0x40000, 0
    load 4, 0, 0x20000, 64, 64, 0
    dd 0x12345678, 7
    dq -1, -1, -1, -1, -1, -1
code:
    print 0x20000, 64
    leave_with 9
end:
%elifdef LOW
; There is no free address below it.
org 0x10000
    ehdr code, 64, 1
    load 5, 0, 0x10000, 0x1000, 0x1000, 0
code:
    leave_with 10
    times 0x1000-($-$$) db 0
%elifdef PHDRS
; Exits with the number of program headers at AT_PHDR that are PT_LOAD.
org 0x400000
    ehdr code, 64, 2
    load 5, 0, 0x400000, end - 0x400000, end - 0x400000, 0
    dd 0x6474e551, 6
    dq 0, 0, 0, 0, 0, 16
code:
    pop rcx
    lea rsi, [rsp + rcx * 8 + 8]
env:
    lodsq
    test rax, rax
    jnz env
auxv:
    lodsq
    mov rdx, rax
    lodsq
    cmp edx, 3
    cmove rbx, rax
    cmp edx, 5
    cmove rbp, rax
    test edx, edx
    jnz auxv
    xor edi, edi
next:
    cmp dword [rbx], 1
    sete al
    movzx eax, al
    add edi, eax
    add rbx, 56
    dec ebp
    jnz next
    mov eax, 60
    syscall
end:
%endif
A
    local name
    for name in EIGHTY SHARED8 PAGES OVERLAP BSS NOFILE BEHIND READONLY ORDER LOW PHDRS; do
        nasm -f bin -d "$name" programs.asm -o "$name"
        chmod +x "$name"
    done
}

@test "every tool works on the twin of the lecture's 178 bytes, which prints Hello world" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    unfolds hello twin
    [ -z "$output$stderr" ]
    [ "$(./twin)" = "Hello world" ]
    same_run hello twin
    same_memory hello twin
    tools_take twin
    nm twin >names
    diff names - <<'N'
0000000000010078 T _start
00000000000100a4 t sys_exit_group_1
0000000000010094 t sys_write_1
00000000000100a6 r text_1
N
    # It contains the whole original.
    tail -c +4097 twin | head -c 178 | cmp - hello
    # objdump shows exactly the program's instructions.
    objdump -d --no-show-raw-insn twin | grep -c $'^ .*\t' >theirs
    "$TINYELF" disasm hello | wc -l | diff theirs -
    readelf -SW twin | grep -qE '\.rodata +PROGBITS +00000000000100a6 0010a6 00000c 00   A '
    readelf -SW twin | grep -qE '\.text +PROGBITS +0000000000010078 001078 00002e 00  AX '
}

@test "gdb stops at _start and at a system call of the twin, and knows the registers" {
    command -v gdb >/dev/null || skip "gdb is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    unfolds hello twin
    gdb -nx -batch -ex 'break _start' -ex 'break sys_exit_group_1' -ex run -ex 'print $pc' \
        -ex 'x/s &text_1' -ex continue -ex 'info registers rax' ./twin </dev/null >messages 2>&1 || true
    ! grep -q 'Operation not permitted' messages || skip "ptrace is not allowed here"
    grep -qF '0x10078 <_start>' messages
    grep -qF '"Hello world\n' messages
    grep -q 'Hello world' messages
    grep -qE 'rax +0xe7 +231' messages
}

@test "readelf and objdump read the dynamic entries of a twin, whatever PT_DYNAMIC and DT_STRSZ said" {
    local options
    while read -r options; do
        # shellcheck disable=SC2086
        nasm -f bin $options "$BATS_TEST_DIRNAME/../support/dynamic.asm" -o dynamic
        chmod +x dynamic
        unfolds dynamic twin
        same_memory dynamic twin
        status=0
        ./twin || status=$?
        [ "$status" -eq 42 ]
        tools_take twin
        readelf -dW twin | grep -qF 'Shared library: [libc.so.6]'
        readelf -dW twin | grep -q '(NULL)'
        readelf -SW twin | grep -q ' .dynamic  *DYNAMIC '
        objdump -p twin | grep -qE 'NEEDED +libc.so.6'
    done <<'LIST'
-DFULL
-DFULL -DOFFSET=0x123450
-DFULL -DOFFSET=0
-DFULL -DSIZE=0
-DFULL -DSIZE=16
-DFULL -DSIZE=4096
-DFULL -DSTRSZ=0x7fffffff
-DFULL -DTABLE=ehdr
-DFULL -DTABLE=ehdr -DSTRSZ=512
-DSIZE=0
LIST
}

@test "the permissions that PT_GNU_STACK asks for stay, whatever else its header says" {
    echo 'int main(void) { return 3; }' >three.c
    gcc three.c -o three
    sstrip three
    # The last 16 bytes of a program header before p_align are p_filesz and p_memsz.
    local at
    at=$(xxd -p -c1 -s 64 -l 784 three | tr -d '\n' | grep -bo 51e57464 | head -n 1 | cut -d: -f1)
    printf '\377\377\377\177' | dd of=three bs=1 seek=$((64 + at / 2 + 32)) conv=notrunc status=none
    chmod +x three
    unfolds three twin
    same_memory three twin
    readelf -lW twin | grep -qE 'GNU_STACK +0x000000 .* RW '
}

@test "a twin needs no unfolding, whatever the program headers say that Linux does not read" {
    local type size offset address
    for type in 2 4 6 7 0x6474e550 0x6474e551 0x6474e552 0x6474e553 0x6474e555; do
        for size in 1 60 0x800000021 -1; do
            for offset in 4 -16; do
                for address in 4 0x2000 -16; do
                    nasm -f bin -DTYPE=$type -DSIZE=$size -DOFFSET=$offset -DADDRESS=$address \
                        "$BATS_TEST_DIRNAME/../support/unread.asm" -o unread
                    chmod +x unread
                    unfolds unread twin
                    unfolds twin again
                    cmp twin again || { echo "type $type, size $size, offset $offset, address $address"; return 1; }
                done
            done
        done
    done
    same_memory unread twin
    same_run unread twin
}

@test "gdb follows a twin into its shared libraries" {
    command -v gdb >/dev/null || skip "gdb is not installed"
    nasm -f bin -DFULL -DOFFSET=0x123450 "$BATS_TEST_DIRNAME/../support/dynamic.asm" -o dynamic
    chmod +x dynamic
    unfolds dynamic twin
    gdb -nx -batch -ex 'set breakpoint pending on' -ex 'break exit' -ex run -ex 'print $rdi' ./twin \
        </dev/null >messages 2>&1 || true
    ! grep -q 'Operation not permitted' messages || skip "ptrace is not allowed here"
    ! grep -qi 'warning: .*twin' messages || false
    grep -qF '= 42' messages
}

@test "programs with overlapping or wrong headers, or code in headers, have twins with the same memory" {
    programs
    for name in EIGHTY SHARED8 PAGES OVERLAP BSS NOFILE BEHIND READONLY ORDER LOW; do
        unfolds "$name" twin
        same_memory "$name" twin
        same_run "$name" twin
        tools_take twin
        nm twin | grep -q ' _start$'
        nm twin | grep -q ' sys_exit_1$'
        [ "$(stat -c %s twin)" -lt 40000 ]
    done
    local status=0
    ./EIGHTY || status=$?
    [ "$status" -eq 42 ]
    ! gdb -nx -batch -ex 'info files' EIGHTY 2>&1 | grep -q 'Entry point' || false
}

@test "32-bit programs are unfolded: 130 bytes, and 45 with the program header in the ELF header" {
    needs_ia32
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    for name in hello32 tiny45; do
        unfolds "$name" twin
        same_run "$name" twin
        same_memory "$name" twin
        tools_take twin
    done
    says "65536 bytes of its memory lie after the file's last page"
    [ "$(nm twin)" = "00010020 T _start
00010025 t sys_exit_1" ]
}

@test "mapped bytes past the end of the file are reported" {
    programs
    tinyelf unfold BEHIND -o twin
    exits 0
    says "note: 16384 bytes of its memory lie after the file's last page"
    local a=0 b=0
    ./BEHIND 2>/dev/null || a=$?
    ./twin 2>/dev/null || b=$?
    [ "$a" -eq 135 ]
    [ "$b" -eq 139 ]
}

@test "AT_PHDR points to the twin's program headers, which have one PT_LOAD more" {
    programs
    unfolds PHDRS twin
    local a=0 b=0
    ./PHDRS || a=$?
    ./twin || b=$?
    [ "$a" -eq 1 ]
    [ "$b" -eq 2 ]
    [ "$(readelf -lW twin | grep -c LOAD)" -eq 2 ]
    readelf -lW twin | grep -q GNU_STACK
}

@test "overlapping segments are split into the parts that remain of each, in order of addresses" {
    programs
    unfolds OVERLAP twin
    [ "$(readelf -lW twin | awk '$1 == "LOAD" {print $3, $5, $6, $7}' | grep -v 0x0000000000013000)" = \
        "0x0000000000010000 0x001000 0x001000 R
0x0000000000011000 0x000800 0x001000 RW
0x0000000000012000 0x000100 0x000100 R" ]
    readelf -lW twin | awk '$1 == "LOAD" {print $3}' | sort -c
}

@test "a well-formed file with sections is its own twin, and so is a twin" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    unfolds hello twin
    tinyelf unfold twin -o again
    exits 0
    says "note: it is well-formed and has sections: the twin is a copy"
    cmp twin again
    for name in /usr/bin/ls /bin/true "$TINYELF"; do
        unfolds "$name" copy
        cmp "$name" copy
    done
    [ -x copy ]
}

@test "fifty of the system's programs without section headers have twins with the same memory and --version" {
    # From packages that every Debian has, since other files in /usr/bin may be anything.
    local names=(
        arch awk b2sum base32 base64 basename cat chgrp chmod chown cksum cmp comm cp csplit cut date dd df diff
        dir dirname dpkg-query du env expr factor find fold getconf getopt grep gzip head id join ls md5sum mkfifo
        mv nl od paste readlink sed seq setsid sha256sum shuf sort split stat sum tail test timeout tr true wc
        xargs)
    local count=0 name path
    for name in "${names[@]}"; do
        path=/usr/bin/$name
        [ -f "$path" ] && [ ! -u "$path" ] && [ ! -g "$path" ] || continue
        [ "$(head -c 4 "$path" | tail -c 3)" = ELF ] || continue
        [ "$(stat -Lc %s "$path")" -lt 300000 ] || continue # objdump is slow
        cp "$path" program
        chmod u+w program
        sstrip program
        unfolds program twin
        same_memory program twin || { echo "$path"; return 1; }
        tools_take twin || { echo "$path"; return 1; }
        count=$((count + 1))
        case $name in
        ls | true | cat | cut | date | dd | df | sort | sum | stat)
            same_run program twin --version || { echo "$path"; return 1; }
            ;;
        esac
    done
    [ "$count" -ge 20 ]
}

@test "twins of glibc's programs run: static, PIE, static PIE, 32 bits, thread-local data" {
    command -v cc >/dev/null || skip "no C compiler"
    cat >p.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__thread int counter = 42;
__thread int zero;
static char many[100000];
int numbers[] = {3, 1, 4};
int main(int argc, char **argv)
{
    char *heap = malloc(1 << 20);
    memset(heap, 1, 1 << 20);
    many[99999] = (char)(heap[5] + zero);
    printf("%s %d %d\n", argv[argc - 1], ++counter, numbers[2]);
    return many[99999] + numbers[0];
}
C
    local options tried=0
    for options in "-static" "-static-pie" "-pie -fPIE" "-no-pie" "-m32 -static" "-m32" \
        "-Wl,-z,max-page-size=0x200000" "-static -Wl,-z,noseparate-code" "-Wl,-z,norelro"; do
        # shellcheck disable=SC2086
        cc -O1 $options p.c -o program 2>/dev/null || continue
        [[ $options != *m32* ]] || runs_ia32 || continue
        sstrip program
        unfolds program twin
        same_run program twin argument || { echo "$options"; return 1; }
        [ "$(tail -n 1 out.b)" = "argument 43 4" ]
        same_memory program twin || { echo "$options"; return 1; }
        tools_take twin || { echo "$options"; return 1; }
        tried=$((tried + 1))
    done
    [ "$tried" -ge 3 ]
}

@test "a file's symbols are kept when its headers are corrected" {
    command -v ld >/dev/null || skip "no ld"
    nasm -f elf64 "$SOURCE/asm/hello.s" -o hello.o
    ld hello.o -o program
    nm program | awk '{print $1, $3}' | grep -vE '__bss_start|_edata|_end' | sort >expected
    # EI_VERSION, which Linux does not read: other tools refuse the file.
    printf '\0' | dd of=program bs=1 seek=6 conv=notrunc status=none
    unfolds program twin
    same_run program twin
    same_memory program twin
    tools_take twin
    nm twin | awk '{print $1, $3}' | sort >names
    [ -z "$(comm -23 expected names)" ]
    [ "$(grep -c ' _start$' names)" -eq 1 ]
}

# bats test_tags=long
@test "with any header byte changed, unfold refuses what Linux refuses, and other twins are the same" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    local at value refused=0 same=0 status
    ulimit -c 0
    for ((at = 0; at < 120; at++)); do
        for value in 000 001 020 377; do
            cp hello program
            printf "\\$value" | dd of=program bs=1 seek="$at" conv=notrunc status=none
            cmp -s hello program && continue
            rm -f twin
            status=0
            "$TINYELF" unfold program -o twin 2>messages || status=$?
            if [ "$status" -eq 1 ]; then
                refused=$((refused + 1))
                [ ! -e twin ]
                grep -q 'error: ' messages
                status=0
                "$BUILD/tests/memory-same" ./program ./program >/dev/null || status=$?
                # It starts, and is killed at once.
                ! grep -q 'no PT_LOAD segment' messages || continue
                [ "$status" -eq 2 ] || { echo "$at $value: refused, and starts"; cat messages; return 1; }
                continue
            fi
            [ "$status" -eq 0 ]
            # More memory than the machine has: neither starts.
            status=0
            "$BUILD/tests/memory-same" ./program ./program >/dev/null || status=$?
            [ "$status" -eq 0 ] || continue
            same=$((same + 1))
            same_memory program twin || { echo "byte $at, \\$value"; return 1; }
            same_run program twin || { echo "byte $at, \\$value"; return 1; }
        done
    done
    [ "$refused" -ge 50 ]
    [ "$same" -ge 150 ]
}

@test "a file cut at any length is refused if Linux refuses it" {
    programs
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for name in hello EIGHTY BSS; do
        for ((size = 0; size < $(stat -c %s "$name"); size += 3)); do
            head -c "$size" "$name" >program
            chmod +x program
            local mine=0 linux=0
            "$TINYELF" unfold program -o twin 2>messages || mine=$?
            "$BUILD/tests/memory-same" ./program ./program >/dev/null 2>&1 || linux=$?
            [ "$mine" -eq 0 ] || [ "$mine" -eq 1 ]
            [ "$((mine == 0))" -eq "$((linux == 0))" ] || { echo "$name $size: $mine $linux"; cat messages; return 1; }
            [ "$mine" -ne 0 ] || same_memory program twin || { echo "$name $size"; return 1; }
        done
    done
}

# bats test_tags=long
@test "programs with random segments are refused if Linux refuses them, and other twins have the same memory" {
    mkdir folder
    perl "$BATS_TEST_DIRNAME/../support/segments.pl" 3 400 folder
    local program same=0 refused=0 status
    for program in folder/*; do
        status=0
        "$BUILD/tests/memory-same" "./$program" "./$program" >/dev/null || status=$?
        if "$TINYELF" unfold "$program" -o twin 2>messages; then
            [ "$status" -ne 2 ] || continue
            # It was started (1: with an invalid AT_PHDR).
            same_memory "$program" twin
            same=$((same + 1))
            readelf -lW twin | awk '$1 == "LOAD" {print $3}' | sort -c
        else
            # For the first two reasons, Linux starts a program in vain or for root only.
            grep -qE 'no PT_LOAD segment|at address 0, where programs may not be' messages ||
                [ "$status" -eq 2 ] || { echo "$program"; cat messages; return 1; }
            refused=$((refused + 1))
        fi
    done
    [ "$same" -ge 150 ]
    [ "$refused" -ge 50 ]
}

@test "the remainder of a segment without file bytes keeps a PIE's alignment" {
    cat >pie.asm <<'A'
bits 64
    db 0x7f, "ELF", 2, 1, 1, 0
    dq 0
    dw 3, 62
    dd 1
    dq code, 64, 0
    dd 0
    dw 64, 56, 2, 0, 0, 0
    dd 1, 5
    dq 0, 0, 0, 0x1000, 0x1000, 0x100000
    dd 1, 6                     ; one page past the end of the file, then zeros
    dq 0x2000, 0x2000, 0, 0x1000, 0x5000, 0x100000
code:
    mov eax, 60
    mov edi, 11
    syscall
A
    nasm -f bin pie.asm -o pie
    chmod +x pie
    unfolds pie twin
    same_memory pie twin
    same_run pie twin
    tools_take twin
    tinyelf unfold twin -o again
    says "the twin is a copy"
    readelf -lW twin | grep -qE 'LOAD +0x003000 0x0000000000003000 0x0000000000003000 0x000000 0x004000 RW +0x100000'
}

@test "a memory size of terabytes does not make a large file" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    # p_memsz
    printf '\0\0\0\0\0\100\0\0' | dd of=hello bs=1 seek=104 conv=notrunc status=none
    unfolds hello twin
    [ "$(stat -c %s twin)" -lt 10000 ]
    # p_filesz too: only the bytes that exist.
    printf '\0\0\0\0\0\100\0\0' | dd of=hello bs=1 seek=96 conv=notrunc status=none
    unfolds hello twin
    [ "$(stat -c %s twin)" -lt 10000 ]
    [ "$(./twin)" = "Hello world" ]
}

@test "a program that Linux does not start is refused with offset, field and a suggested value" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    local refuse
    refuse()
    {
        cp hello program
        printf "$2" | dd of=program bs=1 seek="$1" conv=notrunc status=none
        tinyelf unfold program -o twin
        exits 1
        says "program: offset 0x$(printf %x "$3"): error: $4"
        [ ! -e twin ]
    }
    refuse 16 '\1' 16 "Linux does not start it: e_type is 1: Linux starts 2 (ET_EXEC) and 3 (ET_DYN)"
    refuse 18 '\267' 18 "e_machine is 183 (AArch64): only programs for x86, 62, 3 or 6, are unfolded"
    refuse 54 '\71' 54 "Linux does not start it: e_phentsize is 57, not 56"
    refuse 56 '\0' 56 "Linux does not start it: e_phnum is 0"
    refuse 32 '\200' 32 "Linux does not start it: the program headers are not all in the file: e_phoff is 128, the file ends at 0xb2"
    refuse 64 '\2' 32 "no PT_LOAD segment"
    refuse 72 '\1' 72 "Linux kills it at its start: p_offset is 0x1: it and p_vaddr, 0x10000, must agree within a page"
    refuse 104 '\1' 104 "Linux kills it at its start: p_filesz is 0xb2, larger than p_memsz, 0x1"
    refuse 86 '\377\377' 80 "Linux kills it at its start: p_vaddr is 0xffff000000010000: the segment passes the end of user space"
    refuse 30 '\377\377' 24 "Linux kills it at its start: e_entry is 0xffff000000010078: user space ends at"
    echo text >program
    tinyelf unfold program -o twin
    exits 1
    says "program: error: not an ELF file: it does not start with 7f 45 4c 46"
    tinyelf unfold /dev/null -o twin
    exits 1
    tinyelf unfold nothing -o twin
    exits 1
    holds_only hello program
}

@test "an output other than the input is required, and an older twin survives a failure" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf unfold hello
    exits 2
    says "where should the twin go? Say -o TWIN"
    tinyelf unfold hello -o hello
    exits 2
    tinyelf unfold -o twin
    exits 2
    says "no file given"
    tinyelf unfold hello hello -o twin
    exits 2
    tinyelf unfold --outptu twin hello
    exits 2
    says "did you mean '--output'?"
    tinyelf unfold --help
    exits 0
    [[ $output == "Usage: tinyelf unfold"* ]]
    "$TINYELF" unfold - -o - <hello >twin
    chmod +x twin
    [ "$(./twin)" = "Hello world" ]
    echo old >older
    tinyelf unfold "$SOURCE/asm/hello.s" -o older
    exits 1
    [ "$(cat older)" = old ]
    holds_only hello older twin
}

@test "a program that starts only because of its p_align is refused, with the reason" {
    tinyelf unfold -o twin "$SOURCE/tests/fuzz/corpus/dump/p_align-beyond-user-space"
    exits 1
    says "error: a twin of it would lie elsewhere in memory and not start: "
    [ ! -e twin ]
}

#!/usr/bin/env bats
# tinyelf explain, disasm: the usual idioms of tiny programs, whose calls and text are told apart.
load ../support/setup

# calls_and_strings FILE LINE...: explain shows exactly these system calls and strings.
calls_and_strings()
{
    local file=$1
    shift
    "$TINYELF" explain "$file" | sed -nE 's/^ +[0-9a-f]+ +[0-9a-f+]+ +(instruction|string[^ ]*) +(.*[^ ]) +program$/\2/p' |
        grep -E '^(syscall|int 0x80|")' >said
    printf '%s\n' "$@" >expected
    diff expected said
}

# code ABI: builds a program from the code on standard input.
code()
{
    local bits=64
    [ "$1" = x86_64 ] || bits=32
    { printf 'bits %d\nglobal _start\nsection .text\n_start:\n' "$bits"; cat; } >program.s
    "$TINYELF" build --target "$1" program.s -o program
}

@test "write, and exit with the number made of what write returned: the text behind is text" {
    code x86_64 <<'S'
        mov al, 1
        mov edi, eax
        mov esi, msg
        mov dl, 6
        syscall
        mov al, 60
        xor edi, edi
        syscall
msg:    db "Hello", 10
S
    calls_and_strings program 'syscall: write(1, 0x10093, 6)' 'syscall: exit(0)' '"Hello\n"'
    [ "$("$TINYELF" disasm program | wc -l)" -eq 8 ]
    "$TINYELF" disasm program | grep -qx 'xor edi,edi'
    run -0 ./program
    [ "$output" = Hello ]
}

@test "the same on i386, by another number and by arithmetic" {
    code i386 <<'S'
        mov al, 4
        inc ebx
        mov ecx, msg
        mov dl, 6
        int 0x80
        mov al, 1
        dec ebx
        int 0x80
msg:    db "Hello", 10
S
    calls_and_strings program 'int 0x80: write(1, 0x10071, 6)' 'int 0x80: exit(0)' '"Hello\n"'
    run -0 ./program
    code i386 <<'S'
        mov al, 4
        inc ebx
        mov ecx, msg
        mov dl, 6
        int 0x80
        and eax, 0x10020
        inc eax
        int 0x80
msg:    db "Hello", 10
S
    calls_and_strings program 'int 0x80: write(1, 0x10074, 6)' 'int 0x80: exit(1)' '"Hello\n"'
    run -1 ./program
}

@test "a loop that writes until a counter is 0, then exits" {
    code x86_64 <<'S'
        mov bl, 3
again:  mov eax, 1
        mov edi, eax
        mov esi, msg
        mov edx, 3
        syscall
        dec ebx
        jnz again
        mov al, 60
        xor edi, edi
        syscall
msg:    db "ho", 10
S
    calls_and_strings program 'syscall: write(1, 0x1009f, 3)' 'syscall: exit(0)' '"ho\n"'
    run -0 ./program
    [ "${#lines[@]}" -eq 3 ]
}

@test "the magic number as code: jg is taken, since the kernel clears the flags" {
    xxd -r -p >program <<'H'
7f454c46b0e740b72a0f05000100000003003e000c000000000000000c0000000c000000
0000000000000000000038000100000000003800010000000000000000000000000000ebbb
H
    chmod +x program
    [ "$(stat -c %s program)" -eq 73 ]
    run -42 ./program
    calls_and_strings program 'syscall: exit_group(42)'
    "$TINYELF" disasm --addresses program >listing
    [ "$(sed 's/  .*//' listing | tr '\n' ' ')" = "0xc00000000 0xc00000004 0xc00000006 0xc00000009 0xc00000047 " ]
}

@test "a call that fails leads to its own exit" {
    code x86_64 <<'S'
        mov eax, 2
        mov edi, name
        syscall             ; open
        test eax, eax
        js missing
        mov al, 231         ; of any descriptor: the number is not known
        jmp leave
missing:
        mov eax, 60
        mov edi, 7
leave:  syscall
name:   db "/nonexistent", 0
S
    run -7 ./program
    "$TINYELF" explain program | grep -q 'open(0x[0-9a-f]*, 0x0, 0x0)'
    "$TINYELF" explain program | grep -q '"/nonexistent"'
}

@test "what follows execve is marked in text, JSON, Markdown and listings; the path behind it is text" {
    code i386 <<'S'
        mov al, 11
        mov ebx, path
        int 0x80
        push 1
        pop eax
        mov bl, 7
        int 0x80
path:   db "/nonexistent", 0
S
    "$TINYELF" explain program >text
    [ "$(grep -c '(only if execve' text)" -eq 4 ]
    grep -q 'int 0x80: execve(0x' text
    grep -q '"/nonexistent"' text
    "$TINYELF" explain --format json program | grep -q 'mov bl,0x7 (only if execve fails)'
    "$TINYELF" explain --format markdown program | grep -q 'mov bl,0x7 (only if execve fails)'
    [ "$("$TINYELF" disasm program | grep -c '; only if execve fails$')" -eq 4 ]
    # A field of its own, of those instructions alone.
    "$TINYELF" explain --format json program | python3 -c '
import json, sys
claims = json.load(sys.stdin)["claims"]
for c in claims:
    marked = "only if execve fails" in (c["meaning"] or "")
    assert c["only_if_fails"] == ("execve" if marked else None), c
assert sum(c["only_if_fails"] is not None for c in claims) == 4'
    # In AT&T syntax it is what GNU as takes for a comment.
    "$TINYELF" disasm --syntax att program >listing.s
    [ "$(grep -c '  # only if execve fails$' listing.s)" -eq 4 ]
    as --32 -o listing.o listing.s
    code i386 <<'S'
        mov al, 11
        mov ebx, path
        int 0x80
path:   db "/bin/true", 0
S
    run -0 ./program
    [ "$("$TINYELF" disasm program | wc -l)" -eq 3 ]
}

#!/usr/bin/env bats
# tinyelf golf --prove: what is the same, what is not, what is refused.

load ../support/setup
load ../support/golf_setup

proves()
{
    tinyelf golf --prove "$@"
    exits 0
}

# It is another program.
differs()
{
    tinyelf golf --prove "$@"
    exits 1
}

# Makes a program of NASM's language from standard input.
make()
{
    cat >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" 2>/dev/null
}

# 112 bytes: the program header lies over the last 8 bytes of the ELF header, code and text in what Linux does
# not read. The argument: 8 bytes of code, from the first syscall on.
headers_over_each_other()
{
    cat <<EOF
bits 64
org 0x10000
start:
    db 0x7f, "ELF"
text: db "Hello world", 10
    dw 2, 62
    dd 1
    dq code
    dq 56
code:
    inc eax
    mov edi, eax
    mov esi, text
    mov dl, 12
    jmp short second
    times start + 54 - \$ nop
    dw 56, 1, 0
    times start + 60 - \$ db 0
    dd 5
    dq 0, start
second:
    $1
    times start + 88 - \$ nop
    dq 112, 112, 0
EOF
}

@test "the examples of asm/ do the same as themselves, in other layouts too" {
    for name in hello hello-intel hello-att exit ring3 cat echo sections hello32 hello32-att; do
        "$TINYELF" build "$SOURCE/asm/$name.s" --layout split -o "$name" 2>/dev/null
        proves "$name" --environments 60 "$SOURCE/asm/$name.s"
    done
}

@test "NASM's own choice of instructions is the same program" {
    for name in hello exit ring3 echo sections; do
        sed 's/strict dword //' "$SOURCE/asm/$name.s" >"$name.s"
        "$TINYELF" build --assembler nasm "$name.s" 2>/dev/null
        proves "$name" --environments 60 "$SOURCE/asm/$name.s"
    done
}

# bats test_tags=long
@test "no two examples are the same, but hello of 32 and of 64 bits" {
    for name in hello exit ring3 cat echo sections hello32; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name" 2>/dev/null
    done
    for one in hello exit ring3 cat echo sections; do
        for other in exit ring3 cat echo sections hello32; do
            case $one$other in
            hellohello32 | "$one$one") ;;
            *) differs "$one" --environments 40 "$other" ;;
            esac
        done
    done
    proves hello32 hello
}

@test "a C program is the same as itself, whatever write returns" {
    "$TINYELF" build "$SOURCE/asm/hello.c" -o hello
    proves hello "$SOURCE/asm/hello.c"
    # It returns 1 if write fails; the one in assembly does not.
    differs hello "$SOURCE/asm/hello.s"
    contains "exit_group(0)"
    contains "exit_group(1)"
}

@test "headers over each other are the same program; one that trusts in write is not" {
    headers_over_each_other 'syscall
    xchg eax, ebx
    xchg eax, edi
    mov al, 60
    syscall' | make robust
    headers_over_each_other 'syscall
    xor edi, edi
    mov al, 60
    syscall' | make trusting
    [ "$(wc -c <robust)" = 112 ]
    [ "$(wc -c <trusting)" = 112 ]
    [ "$(./robust)" = "Hello world" ]
    [ "$(./trusting)" = "Hello world" ]
    proves robust "$SOURCE/asm/hello.s"
    differs trusting "$SOURCE/asm/hello.s"
    contains "each write fails: ENOSPC"
    contains "syscall_0xffffffffffffff3c()"
}

@test "the command that a report prints shows the difference" {
    printf 'global _start\n_start: mov eax, 231\nxor edi, edi\nsyscall\n' | make empty
    printf 'global _start\n_start: mov rdi, [rsp]\ndec edi\nmov eax, 231\nsyscall\n' | make count
    differs count empty
    command=$(grep 'to see it' <<<"$output" | sed 's/ *to see it *//')
    original=$(grep ' original ' <<<"$output")
    [[ $original == *"exit_group(0)" ]]
    run sh -c "$command"
    [ "$status" -ne 0 ]
    shown=$status
    differs count empty
    [[ $(grep ' candidate ' <<<"$output") == *"exit_group($shown)" ]]
}

@test "arguments and standard input of the user are met" {
    # It is another program only if its first argument begins with z, or its input with Q.
    cat >reads.inc <<'EOF'
global _start
section .text
_start: xor edi, edi
        mov rsi, buffer
        mov edx, 16
        syscall
        xor edi, edi
EOF
    cat >ends.inc <<'EOF'
        mov eax, 231
        syscall
        section .bss
buffer: resb 16
EOF
    make asks <<'EOF'
%include "reads.inc"
        mov rax, [rsp + 16]
        test rax, rax
        jz .input
        cmp byte [rax], 'z'
        sete dil
.input: mov al, [buffer]
        cmp al, 'Q'
        sete al
        or dil, al
%include "ends.inc"
EOF
    make plain <<'EOF'
%include "reads.inc"
%include "ends.inc"
EOF
    printf Q >q
    differs asks --environments 14 plain
    contains "it does in 14 environments, but not for all arguments"
    differs asks --environments 14 plain -- zebra
    contains '"zebra"'
    differs asks --environments 14 --input q plain
    contains "standard input  as given, 1 byte"
}

@test "files are read with --allow read-files, and answered from the original's run" {
    make opens <<'EOF'
global _start
section .text
_start: mov eax, 2
        mov edi, name
        xor esi, esi
        syscall
        test eax, eax
        js .end
        mov edi, eax
        mov esi, buffer
        mov edx, 64
        xor eax, eax
        syscall
        mov edx, eax
        mov edi, 1
        mov eax, 1
        syscall
.end:   xor edi, edi
        mov eax, 60
        syscall
name:   db "data", 0
        section .bss
buffer: resb 64
EOF
    printf 'some data\n' >data
    [ "$(./opens)" = "some data" ]
    differs opens opens
    says "blocks: open"
    proves opens --allow read-files opens
    sed 's/mov edx, 64/mov edx, 63/' opens.s | make other
    differs other --allow read-files opens
    contains "read(3, "
    sed 's/"data"/"date"/' opens.s | make third
    differs third --allow read-files opens
    contains 'open("date", O_RDONLY)'
}

@test "a difference that no environment has is found, and the report says what is shown" {
    make plain <<'EOF'
global _start
_start: mov eax, 60
        syscall
EOF
    make rare <<'EOF'
global _start
_start: cmp dword [rsp], 57
        sete dil
        mov eax, 60
        syscall
EOF
    differs rare plain
    contains "it does in 200 environments, but not for all arguments, input and results"
    contains "what the original does from 0x10080 on ends otherwise in the candidate"
    contains "for example, at step 1:"
    contains "candidate       exit(1)"
    contains 'and 48 more'
    run sh -c "$(grep 'to see it' <<<"$output" | sed 's/ *to see it *//')"
    [ "$status" -eq 1 ]
    tinyelf golf --json --prove rare plain
    contains '"same":false'
    contains '"difference":{"kind":"call","step":1,"original":"exit(0)","candidate":"exit(1)"'
    contains '"stretches":{"shown":0,"left":1,"differ":true}'
    proves plain plain
    contains "shown for any arguments and results: 1 of 1 stretch between calls"
    # A counter never comes back; what is before it is shown.
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    proves echo --environments 20 echo
    contains "; the rest only ran"
}

@test "what evaluation does not follow runs in environments that lead there" {
    # After 57 words, argv[0] among them: a string instruction that is repeated, a load that faults, a read that fails.
    while read -r name original candidate; do
        for which in original candidate; do
            tr ';' '\n' <<<"global _start;_start: cmp dword [rsp], 57; jne .end; ${!which//_/ }
                             .end: mov eax, 60; syscall; section .bss; room: resb 8" | make "$name.$which"
        done
        proves "$name.original" --environments 4 "$name.original"
        differs "$name.candidate" --environments 4 "$name.original"
        contains "it does in 4 environments, but not for all arguments, input and results"
        contains "and 48 more"
    done <<'END'
repeated mov_ecx,3;lea_rdi,[rsp-64];rep_stosb;mov_edi,ecx mov_ecx,3;lea_rdi,[rsp-64];stosb;mov_edi,ecx
null     mov_rcx,[rsp+8*58];mov_al,[rcx]                  nop
nowhere  xor_eax,eax;mov_esi,room;mov_edx,4;syscall;mov_edi,eax xor_eax,eax;mov_esi,77;mov_edx,4;syscall;mov_edi,eax
END
}

@test "a Linux that starts the original has to start the candidate" {
    # Linux up to 6.0, and 6.2 to 6.5, kill a program whose only page is read-only and has to be cleared after its file's bytes.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp hello larger
    printf '\xc0' | dd of=larger bs=1 seek=104 conv=notrunc status=none
    differs larger hello
    contains "does the same as hello in 200 environments"
    contains "Linux 4.19 to 6.0, 6.2 to 6.5 starts hello, but not larger"
    proves larger --kernel 6.6- hello
}

@test "what cannot be proven is refused, with the reason" {
    printf 'global _start\n_start: jmp _start\n' | make loops
    differs loops loops.s
    says "tinyelf: loops.s: error: cannot be proven: it does not end within the time limit"
    differs loops "$(command -v ls)"
    says "cannot be proven: it is dynamic"
    tinyelf build "$SOURCE/asm/exit.s" -o kernels
    printf '\x81\xff\xff\xff\xff' | dd of=kernels bs=1 seek=27 conv=notrunc 2>/dev/null
    differs kernels kernels
    says "kernels: error: cannot be proven: it is killed by Linux inside execve, before it starts: 'tinyelf check' says why"
    printf 'not a program' >text
    differs text "$SOURCE/asm/hello.s"
    says "text: error: it is not an executable"
}

@test "usage errors say what to give" {
    tinyelf golf "$SOURCE/asm/hello.s"
    exits 2
    says "no output given: -o FILE is the smallest file that is found (or --prove CANDIDATE one that you made)"
    tinyelf golf --prove x
    exits 2
    says "no input given: what should 'x' do the same as?"
    tinyelf golf --environments 0 --prove x y
    exits 2
    says "at least 1"
    tinyelf golf --environments many --prove x y
    exits 2
    says "it must be a number"
    tinyelf golf --kernel 2.6 --prove x y
    exits 2
    says "known are"
    differs x missing.s
    says "missing.s: error: No such file or directory"
}

@test "the same seed gives the same report, and -v lists the environments" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    "$TINYELF" golf -v --seed 7 --prove echo echo >one
    "$TINYELF" golf -v --seed 7 --prove echo echo >two
    "$TINYELF" golf -v --seed 8 --prove echo echo >three
    cmp one two
    run -1 cmp -s one three
    [ "$(grep -c 'standard input' one)" = 200 ]
}

@test "--time gives up, and says so" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    differs hello --environments 100000 --time 0.2 hello
    says "not proven in the time that --time gives"
}

@test "JSON says the same" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build "$SOURCE/asm/exit.s" -o exit
    tinyelf golf --json --prove hello hello
    exits 0
    contains '"same":true,"unproven":null,"seed":1,"environments":200,"steps":400,"cut":0,"difference":null'
    contains '"kernels":{"first":"4.19","last":"6.18","refuse":[],"message":null}'
    tinyelf golf --json --prove exit hello
    exits 1
    contains '"same":false'
    contains '"difference":{"kind":"end","step":1,'
    contains '"candidate":"exit_group(42)"'
}

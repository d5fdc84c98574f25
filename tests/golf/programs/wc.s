; wc -c: writes how many bytes standard input has. NASM syntax.
;
; $ printf '' | ./wc
; 0
; $ printf 'Hello world\n' | ./wc
; 12
; $ head -c 123456 /dev/zero | ./wc
; 123456

bits 64
default rel

global _start

section .text

_start:
    xor eax, eax
    xor edi, edi
    lea rsi, [buffer]
    mov edx, buffer.size
    syscall
    test rax, rax
    js  .failed
    add [total], rax
    test rax, rax
    jnz _start

    mov rax, [total]
    lea rsi, [number + 20]
    mov byte [rsi], 10
    mov ecx, 10
.digit:
    xor edx, edx
    div rcx
    add dl, '0'
    dec rsi
    mov [rsi], dl
    test rax, rax
    jnz .digit

    lea rdx, [number + 21]
    sub rdx, rsi
    mov eax, 1
    mov edi, 1
    syscall
    xor edi, edi
.exit:
    mov eax, 231
    syscall
.failed:
    mov edi, 1
    jmp .exit

section .bss

total:  resq 1
number: resb 21
buffer: resb 8192
.size equ $ - buffer

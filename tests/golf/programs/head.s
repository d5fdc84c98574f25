; head -c N: copies the first N bytes of standard input, one at a time; 10 without an argument. NASM syntax.
;
; $ printf 'Hello world\n' | ./head 5; echo
; Hello
; $ printf 'Hello world\n' | ./head; echo
; Hello worl
; $ printf 'Hello world\n' | ./head 100
; Hello world

bits 64

global _start

section .text

_start:
    mov ebx, 10
    cmp qword [rsp], 2
    jb  .byte
    mov rsi, [rsp + 16]
    xor ebx, ebx
    xor eax, eax
.digit:
    lodsb
    sub al, '0'
    cmp al, 9
    ja  .byte
    imul ebx, ebx, 10
    add ebx, eax
    jmp .digit

.byte:
    test ebx, ebx
    jz  .end
    xor eax, eax
    xor edi, edi
    mov rsi, buffer
    mov edx, 1
    syscall
    cmp rax, 1
    jne .end
    mov edi, 1
    mov rsi, buffer
    mov edx, 1
    syscall
    dec ebx
    jmp .byte

.end:
    mov eax, 60
    xor edi, edi
    syscall

section .bss

buffer: resb 1

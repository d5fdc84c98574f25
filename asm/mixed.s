; Number 1 by int 0x80 in a 64-bit program: in i386's table that is exit, not write. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov eax, 1                  ; write on x86-64, exit on i386
    mov edi, 1                  ; x86-64's first argument
    mov ebx, 7                  ; i386's first argument: the exit status
    int 0x80

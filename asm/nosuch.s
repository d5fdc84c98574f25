; A call with a number that has none, then exit with the error's number: 38, ENOSYS. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov eax, 9999
    syscall
    neg eax                     ; -38: errno 38
    mov edi, eax
    mov eax, 231                ; exit_group(38)
    syscall

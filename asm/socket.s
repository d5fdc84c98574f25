; Asks for a socket, with which it could talk to other machines. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov eax, 41                 ; socket(
    mov edi, 2                  ;   AF_INET,
    mov esi, 1                  ;   SOCK_STREAM,
    xor edx, edx                ;   0)
    syscall
    xor edi, edi                ; exit_group(0)
    mov eax, 231
    syscall

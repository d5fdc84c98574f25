; Closes a descriptor that is not open, and exits with the error's number: 9, EBADF. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov eax, 3                  ; close(
    mov edi, 99                 ;   99)
    syscall
    neg eax                     ; -9: errno 9
    mov edi, eax
    mov eax, 231                ; exit_group(9)
    syscall

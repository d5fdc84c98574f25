; Writes from an address where nothing is, and exits with what the kernel answers: -14, EFAULT. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov eax, 1                  ; write(
    mov edi, 1                  ;   standard output,
    mov esi, 64                 ;   an address that is not mapped,
    mov edx, 12                 ;   12)
    syscall
    mov edi, eax                ; -14
    mov eax, 231                ; exit_group(-14): 242 of it reach the parent
    syscall

; An interrupt that programs may not cause: SIGSEGV. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    int 0x81
    mov eax, 231                ; exit_group: not reached
    syscall

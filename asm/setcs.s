; Tries to load cs with a mov, which no processor of x86 permits: SIGILL. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    db 0x8e, 0xc8               ; mov cs, eax: NASM does not assemble it
    mov eax, 231                ; exit_group: not reached
    syscall

; Exit with the value of register cs, whose low two bits are the ring. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov edi, cs
    mov eax, 231                ; exit_group(cs)
    syscall

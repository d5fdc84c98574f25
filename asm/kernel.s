; Reads an address of the kernel, which ring 3 may not: SIGSEGV. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov rax, 0xffffffff81000000 ; where the kernel's code is, unless it was moved at its start
    mov rdi, [rax]
    mov eax, 231                ; exit_group: not reached
    syscall

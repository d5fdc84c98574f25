; Reads address 0x100a6, where hello has its text. NASM syntax.
;
; Built at another base (--base 0x400000), the program has nothing there: SIGSEGV.

bits 64

global _start

section .text align=1

_start:
    mov rdi, [0x100a6]
    mov eax, 231                ; exit_group: not reached
    syscall

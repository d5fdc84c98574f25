; Exit with the number of arguments, the program's name included. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    mov edi, [rsp]              ; argc: Linux puts it at the top of the stack
    mov eax, 231                ; exit_group(argc)
    syscall

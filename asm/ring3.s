; What ring 3 may not do, NASM syntax: each is refused by the processor, and Linux answers with
; SIGSEGV. Without an argument the program tries hlt, with one in, with two mov from cr0.

bits 64

global _start

section .text align=1

_start:
    pop rcx                     ; argc: the number of arguments, and 1 for the name
    dec rcx
    jz halt
    dec rcx
    jz port
    mov rax, cr0                ; how memory is protected: the kernel's to know
port:
    in al, 0x64                 ; the keyboard's state
halt:
    hlt                         ; stop the processor until an interrupt comes
    mov eax, 60                 ; exit(1): never reached
    mov edi, 1
    syscall

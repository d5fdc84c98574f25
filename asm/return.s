; Tries to return to ring 0: a far return loads cs from the stack. NASM syntax.
;
; Without an argument cs is to be 0x10, the kernel's segment: SIGSEGV. With one it is 0x33, the
; program's own: the return works, and the exit status is 0.

bits 64

global _start

section .text align=1

_start:
    pop rcx                     ; argc: the number of arguments, and 1 for the name
    mov eax, 0x10
    cmp ecx, 1
    je  .far
    mov eax, 0x33
.far:
    push rax                    ; the segment
    lea rax, [rel .next]
    push rax                    ; the address
    db 0x48                     ; REX.W: both have 64 bits
    retf
.next:
    xor edi, edi
    mov eax, 231                ; exit_group(0)
    syscall

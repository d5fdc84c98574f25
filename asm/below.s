; Asks the processor what runs below the kernel, and prints the hypervisor's name, if it gives one. NASM syntax.
;
; cpuid is permitted in ring 3. Hypervisors set bit 31 of ecx in leaf 1. Leaf 0x40000000 then has their
; name: 12 characters in ebx, ecx and edx.

bits 64

global _start

section .text align=1

_start:
    mov eax, 1
    cpuid
    mov esi, none
    mov edx, none.size
    test ecx, ecx               ; bit 31 is the sign
    jns .write
    mov eax, 0x40000000
    cpuid
    push 10                     ; a line feed after the name
    sub rsp, 12
    mov [rsp], ebx
    mov [rsp + 4], ecx
    mov [rsp + 8], edx
    mov rsi, rsp
    mov edx, 13
.write:
    mov eax, 1                  ; write(
    mov edi, 1                  ;   standard output,
    syscall                     ;   rsi, rdx)
    mov eax, 231                ; exit_group(
    xor edi, edi                ;   0)
    syscall

none: db "none that says so", 10
.size equ $ - none

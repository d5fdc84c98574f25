; Writes its arguments, a line each. 32 bits, NASM syntax.
;
; $ ./lines32 one 'two three' ''
; one
; two three
;
; $ ./lines32; echo $?
; 0

bits 32

global _start

section .text

_start:
    pop eax                 ; argc
    pop eax                 ; the program's name
.argument:
    pop ecx
    test ecx, ecx
    jz  .end
    xor edx, edx
.length:
    cmp byte [ecx + edx], 0
    je  .write
    inc edx
    jmp .length
.write:
    mov eax, 4
    mov ebx, 1
    int 0x80
    mov eax, 4
    mov ebx, 1
    mov ecx, newline
    mov edx, 1
    int 0x80
    jmp .argument
.end:
    mov eax, 1
    xor ebx, ebx
    int 0x80

section .rodata

newline: db 10

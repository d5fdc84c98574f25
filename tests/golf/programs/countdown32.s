; Counts down from 9, then starts. 32 bits, NASM syntax.
;
; $ ./countdown32
; 9 8 7 6 5 4 3 2 1 lift-off!

bits 32

global _start

section .text

_start:
    mov esi, 9
.count:
    mov eax, 4
    mov ebx, 1
    mov ecx, digit
    mov edx, 2
    int 0x80
    dec byte [digit]
    dec esi
    jnz .count

    mov eax, 4
    mov ebx, 1
    mov ecx, start
    mov edx, start.size
    int 0x80
    mov eax, 1
    mov ebx, 0
    int 0x80

section .data

digit: db "9 "

section .rodata

start: db "lift-off!", 10
.size equ $ - start

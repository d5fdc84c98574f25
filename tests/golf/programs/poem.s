; Writes three lines, a call each. NASM syntax.
;
; $ ./poem; echo $?
; roses are red
; violets are blue
; bytes are few
; 3

bits 64
default rel

global _start

section .text

_start:
    mov eax, 1
    mov edi, 1
    lea rsi, [roses]
    mov edx, roses.size
    syscall
    mov eax, 1
    mov edi, 1
    lea rsi, [violets]
    mov edx, violets.size
    syscall
    mov eax, 1
    mov edi, 1
    lea rsi, [bytes]
    mov edx, bytes.size
    syscall
    mov eax, 60
    mov edi, 3
    syscall

section .rodata

roses: db "roses are red", 10
.size equ $ - roses
violets: db "violets are blue", 10
.size equ $ - violets
bytes: db "bytes are few", 10
.size equ $ - bytes

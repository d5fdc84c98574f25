; seq 9: writes the digits from 1 to 9, a line each. NASM syntax.
;
; $ ./seq | paste -sd ' '
; 1 2 3 4 5 6 7 8 9

bits 64

global _start

section .text

_start:
    mov rax, 1
    mov rdi, 1
    mov rsi, line
    mov rdx, 2
    syscall
    inc byte [line]
    cmp byte [line], '9'
    jbe _start
    mov rax, 60
    mov rdi, 0
    syscall

section .data

line: db "1", 10

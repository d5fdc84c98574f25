; Four sections, one of each kind: .text, .rodata, .data and .bss. NASM syntax.
;
; Counts to nine in .bss, adds the digit to a template in .data, writes it. The segment that holds
; them all becomes readable, writable and executable, and p_memsz exceeds p_filesz by the .bss.

bits 64
default rel

SYS_write      equ 1
SYS_exit_group equ 231

global _start

section .text

_start:
    inc dword [count]
    mov eax, [count]
    cmp eax, [limit]
    ja  .end
    add al, '0'
    mov [line.digit], al
    mov eax, SYS_write
    mov edi, 1
    lea rsi, [line]
    mov edx, line.size
    syscall
    jmp _start
.end:
    mov edi, [zeros + 4092]     ; the last bytes of .bss are zero, as all of it
    mov eax, SYS_exit_group
    syscall

section .rodata

limit: dd 9

section .data

line: db "line "
.digit: db "0", 10
.size equ $ - line

section .bss

count: resd 1
zeros: resb 4096

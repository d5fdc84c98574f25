; echo: its arguments, a blank between them, a newline at the end. NASM syntax.
;
; Linux starts a program with argc at [rsp], then the pointers argv[0], argv[1], ..., NULL.
; Each piece is written by itself; a write that fails ends the program with status 1.

bits 64

SYS_write      equ 1
SYS_exit_group equ 231

global _start

section .text align=1

_start:
    lea rbx, [rsp + 16]         ; &argv[1]
    cmp qword [rbx], 0
    je  .newline

.argument:
    mov rsi, [rbx]
    mov rdx, rsi
.length:                        ; rdx = end of the string
    cmp byte [rdx], 0
    je  .print
    inc rdx
    jmp .length
.print:
    sub rdx, rsi
    call write
    add rbx, 8
    cmp qword [rbx], 0
    je  .newline
    mov esi, blank
    mov edx, 1
    call write
    jmp .argument

.newline:
    mov esi, newline
    mov edx, 1
    call write
    xor edi, edi
exit:
    mov eax, SYS_exit_group
    syscall

; Writes all rdx bytes at rsi to standard output, however many writes that takes.
write:
    test rdx, rdx
    jz  .done
    mov eax, SYS_write
    mov edi, 1
    syscall
    test rax, rax
    mov edi, 1
    jle exit
    add rsi, rax
    sub rdx, rax
    jmp write
.done:
    ret

blank:   db " "
newline: db 10

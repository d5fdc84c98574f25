; yes, with a limit: writes its first argument five times, each with a newline; "y" without one. NASM syntax.
;
; $ ./yes
; y
; y
; y
; y
; y
; $ ./yes no | uniq -c | tr -d ' '
; 5no

bits 64

global _start

section .text

_start:
    mov rsi, text
    cmp qword [rsp], 1
    je  .measure
    mov rsi, [rsp + 16]
.measure:
    xor edx, edx
.next:
    cmp byte [rsi + rdx], 0
    je  .repeat
    inc rdx
    jmp .next
.repeat:
    mov ebx, 5
    mov r12, rsi
    mov r13, rdx
.again:
    mov eax, 1              ; write(
    mov edi, 1              ;   standard output,
    mov rsi, r12            ;   the word,
    mov rdx, r13            ;   its length)
    syscall
    mov eax, 1
    mov edi, 1
    mov rsi, newline
    mov edx, 1
    syscall
    dec ebx
    jnz .again
    mov eax, 60             ; exit(
    xor edi, edi            ;   0)
    syscall

text: db "y", 0
newline: db 10

; Writes its arguments in reverse order, a line each. NASM syntax.
;
; $ ./rev one two three
; three
; two
; one
; $ ./rev; echo $?
; 0

bits 64

global _start

_start:
    pop rbx                 ; argc; rsp now is argv
    mov rbp, rsp
.argument:
    dec rbx
    jz  .end
    mov rdi, [rbp + rbx * 8]
    mov rsi, rdi
.length:
    inc rdi
    cmp byte [rdi - 1], 0
    jne .length
    mov byte [rdi - 1], 10  ; a newline where the NUL was
    mov rdx, rdi
    sub rdx, rsi
    mov eax, 1
    mov edi, 1
    syscall
    jmp .argument
.end:
    mov eax, 60
    xor edi, edi
    syscall

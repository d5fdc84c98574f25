; Compares its first two arguments: status 0 if they are the same, 1 if not, 2 if there are fewer. NASM syntax.
;
; $ ./cmp same same; echo $?
; 0
; $ ./cmp same sane; echo $?
; 1
; $ ./cmp long longer; echo $?
; 1
; $ ./cmp; echo $?
; 2

bits 64

global _start

_start:
    mov edi, 2
    cmp qword [rsp], 3
    jb  .exit
    mov rsi, [rsp + 16]
    mov rbx, [rsp + 24]
    mov edi, 1
.compare:
    mov al, [rsi]
    cmp al, [rbx]
    jne .exit
    inc rsi
    inc rbx
    test al, al
    jnz .compare
    mov edi, 0
.exit:
    mov eax, 60
    syscall

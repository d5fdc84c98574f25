; printenv NAME: writes the value of a variable; status 1 if there is none. NASM syntax.
;
; $ LANGUAGE=en COLOUR=red ./printenv COLOUR
; red
; $ COLOUR=red ./printenv COL; echo $?
; 1
; $ ./printenv; echo $?
; 1

bits 64

global _start

section .text

_start:
    mov rax, [rsp]              ; argc
    cmp rax, 2
    jb  .none
    mov r8, [rsp + 16]          ; NAME
    lea rbx, [rsp + rax * 8 + 16]
.variable:
    mov rsi, [rbx]
    add rbx, 8
    test rsi, rsi
    jz  .none
    mov rdi, r8
.compare:
    mov al, [rsi]
    inc rsi
    cmp byte [rdi], 0
    je  .ends
    cmp al, [rdi]
    jne .variable
    inc rdi
    jmp .compare
.ends:
    cmp al, '='
    jne .variable
    xor edx, edx
.length:
    cmp byte [rsi + rdx], 1
    inc rdx
    jae .length
    mov byte [rsi + rdx - 1], 10
    mov eax, 1
    mov edi, 1
    syscall
    xor edi, edi
    jmp .exit
.none:
    mov edi, 1
.exit:
    mov eax, 60
    syscall

; Greets its first argument; without one writes how it is used to standard error, status 2. NASM syntax.
;
; $ ./greet Ada
; Hello, Ada!
; $ ./greet 2>usage; echo $?
; 2
; $ cat usage
; usage: greet NAME

bits 64

global _start

section .text

_start:
    mov rbx, [rsp + 16]
    test rbx, rbx
    jz  .usage
    mov rsi, hello
    mov edx, hello.size
    call write
    mov rsi, rbx
    xor edx, edx
.length:
    cmp byte [rsi + rdx], 0
    je  .name
    inc rdx
    jmp .length
.name:
    call write
    mov rsi, mark
    mov edx, mark.size
    call write
    mov eax, 60
    xor edi, edi
    syscall

.usage:
    mov eax, 1
    mov edi, 2
    mov rsi, usage
    mov edx, usage.size
    syscall
    mov eax, 60
    mov edi, 2
    syscall

; Writes rdx bytes at rsi to standard output.
write:
    mov eax, 1
    mov edi, 1
    syscall
    ret

hello: db "Hello, "
.size equ $ - hello
mark:  db "!", 10
.size equ $ - mark
usage: db "usage: greet NAME", 10
.size equ $ - usage

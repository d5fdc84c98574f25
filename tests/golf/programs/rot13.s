; rot13: copies standard input to standard output, letters moved by 13. NASM syntax.
;
; $ printf 'Hello, World! xyz\n' | ./rot13
; Uryyb, Jbeyq! klm
; $ printf '' | ./rot13; echo $?
; 0

bits 64

SIZE equ 4096

global _start

section .text

_start:
    xor eax, eax            ; read(
    xor edi, edi            ;   standard input,
    mov rsi, buffer         ;   buffer,
    mov edx, SIZE           ;   SIZE)
    syscall
    test rax, rax
    jle .end
    mov rcx, rax
    mov rdx, rax
    mov rdi, buffer
.letter:
    mov al, [rdi]
    mov bl, al
    or  bl, 0x20            ; as if it were a small one
    sub bl, 'a'
    cmp bl, 26
    jae .store              ; no letter
    cmp bl, 13
    jb  .first
    sub al, 26
.first:
    add al, 13
.store:
    mov [rdi], al
    inc rdi
    dec rcx
    jnz .letter
    mov eax, 1              ; write(
    mov edi, 1              ;   standard output,
    mov rsi, buffer         ;   buffer,
    syscall                 ;   as much as was read)
    jmp _start
.end:
    mov eax, 60
    xor edi, edi
    syscall

section .bss

buffer: resb SIZE

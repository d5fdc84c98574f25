; Hello world, NASM syntax: 46 bytes of code, 12 of text, 178 with their headers.
;
; Every mov is in its 7-byte form (REX.W C7 /0 imm32), which `strict dword` asks for; NASM would
; choose shorter ones. Shorter is better, but these are the bytes of the lecture.

bits 64

global _start

section .text align=1           ; unless told, NASM aligns .text to 16

_start:
    mov rax, strict dword 1     ; write(
    mov rdi, strict dword 1     ;   standard output,
    mov rsi, strict dword text  ;   text,
    mov rdx, strict dword 12    ;   12)
    syscall
    mov rax, strict dword 231   ; exit_group(
    mov rdi, strict dword 0     ;   0)
    syscall

text:
    db "Hello world", 10        ; counted, so no NUL after it

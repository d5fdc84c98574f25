; Hello world without an end, NASM syntax: after the text it executes hlt, which ring 3 may not.

bits 64

global _start

section .text align=1

_start:
    mov eax, 1                  ; write(
    mov edi, 1                  ;   standard output,
    mov esi, text               ;   text,
    mov edx, 12                 ;   12)
    syscall
    hlt                         ; in the place of exit_group(0)

text:
    db "Hello world", 10

; Hello world for i386, NASM syntax: 34 bytes of code, 12 of text, 130 with their headers (52 and 32).
;
; Linux is entered by int 0x80: the number in eax, up to six arguments in ebx, ecx, edx, esi, edi and
; ebp. The numbers are i386's own: write is 4, exit 1.

bits 32

global _start

section .text align=1           ; unless told, NASM aligns .text to 16

_start:
    mov eax, 4                  ; write(
    mov ebx, 1                  ;   standard output,
    mov ecx, text               ;   text,
    mov edx, 12                 ;   12)
    int 0x80
    mov eax, 1                  ; exit(
    mov ebx, 0                  ;   0)
    int 0x80

text:
    db "Hello world", 10        ; counted, so no NUL after it

; true: does nothing, successfully. 32 bits, NASM syntax.
;
; $ ./true32; echo $?
; 0
; $ ./true32 with arguments; echo $?
; 0

bits 32

global _start

_start:
    mov eax, 1
    mov ebx, 0
    int 0x80

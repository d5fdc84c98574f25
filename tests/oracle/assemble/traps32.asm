; What is easy to get wrong in 32-bit code, with the bytes that nasm 2.16.01 makes of it, fields of relocations
; zero. assemble-nasm --notes --mode 32 compares them, and the whole object.
        extern away
        section .text
begin:  mov eax, [msg]                 ; a100000000
        mov [msg], al                  ; a200000000
        mov eax, [dword msg]           ; a100000000
        mov ecx, [msg]                 ; 8b0d00000000
        mov eax, 0xffffffff            ; b8ffffffff
        mov ax, ds                     ; 668cd8
        mov eax, ds                    ; 8cd8
        mov ds, ax                     ; 8ed8
        push 0xffffffff                ; 6aff
        push msg                       ; 6800000000
        push word 1                    ; 666a01
        inc eax                        ; 40
        dec word [eax]                 ; 66ff08
        call away                      ; e800000000
        jmp .near                      ; eb00
.near:  mov eax, [bp]                  ; 678b4600
        mov eax, [bx+si]               ; 678b00
        mov eax, [eax*2]               ; 8b0400
        mov eax, [ebp+eax]             ; 8b440500
        mov eax, [eax+ebp]             ; 8b0428
        xchg eax, eax                  ; 90
        int 0x80                       ; cd80
        jecxz begin                    ; e3b4
        mov eax, msg - $               ; b800000000
        call 0x1234:0x56789abc         ; 9abc9a78563412
        mov eax, [fs:0]                ; 64a100000000
        dd msg, away, begin            ; 000000000000000000000000
        dd away - $                    ; 00000000
        section .data
msg:    dw msg                         ; 0000

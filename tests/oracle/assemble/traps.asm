; What is easy to get wrong, with the bytes that nasm 2.16.01 makes of it, fields of relocations zero.
; assemble-nasm --notes --mode 64 compares them, and the whole object.
        bits 64
        extern away, elsewhere
        common room 100:32
        section .text
mov_numbers:
        mov rax, 0                     ; b800000000
        mov rax, 1                     ; b801000000
        mov rax, 0x7fffffff            ; b8ffffff7f
        mov rax, 0x80000000            ; b800000080
        mov rax, 0xffffffff            ; b8ffffffff
        mov rax, 0x100000000           ; 48b80000000001000000
        mov rax, -1                    ; 48c7c0ffffffff
        mov rax, -0x80000000           ; 48c7c000000080
        mov rax, 0x8000000000000000    ; 48b80000000000000080
        mov rax, 0xffffffffffffffff    ; 48c7c0ffffffff
        mov rax, dword 1               ; 48c7c001000000
        mov rax, strict dword 1        ; 48c7c001000000
        mov rax, strict qword 1        ; 48b80100000000000000
        mov rax, qword 1               ; b801000000
        mov rax, msg                   ; 48b80000000000000000
        mov rax, dword msg             ; 48c7c000000000
        mov eax, msg                   ; b800000000
        mov rax, away                  ; 48b80000000000000000
        mov rax, end - mov_numbers     ; b8f0030000
        mov r8d, 5                     ; 41b805000000
        mov r8, 5                      ; 41b805000000
accumulators:
        add ax, 0xffff                 ; 6683c0ff
        add eax, 0xffffffff            ; 83c0ff
        add al, 0xff                   ; 04ff
        add eax, 127                   ; 83c07f
        add eax, 128                   ; 0580000000
        add ecx, 128                   ; 81c180000000
        add rax, 128                   ; 480580000000
        add eax, strict dword 1        ; 0501000000
        add ecx, strict dword 1        ; 81c101000000
        add eax, strict byte 1         ; 83c001
        add rax, byte 1                ; 4883c001
        add ax, strict word 1          ; 66050100
        add eax, msg                   ; 0500000000
        cmp al, 'a'                    ; 3c61
        test eax, 1                    ; a901000000
        test cl, 1                     ; f6c101
stack:
        push 0xffffffff                ; 6aff
        push -1                        ; 6aff
        push 127                       ; 6a7f
        push 128                       ; 6880000000
        push word 1                    ; 666a01
        push word 0x1234               ; 66683412
        push strict dword 1            ; 6801000000
        push msg                       ; 6800000000
        push away                      ; 6800000000
        push rax                       ; 50
        push r8                        ; 4150
        push qword [rax]               ; ff30
        pop qword [rsp]                ; 8f0424
exchanges:
        test rbx, [rax]                ; 488518
        test [rax], rbx                ; 488518
        xchg ecx, edx                  ; 87ca
        xchg eax, eax                  ; 87c0
        xchg rax, rax                  ; 4890
        xchg ax, ax                    ; 6690
        xchg eax, ecx                  ; 91
        xchg ecx, eax                  ; 91
        xchg [rax], ecx                ; 8708
        xchg ecx, [rax]                ; 8708
        nop                            ; 90
        mov eax, ecx                   ; 89c8
addresses:
        mov eax, [rax*2]               ; 8b0400
        mov eax, [nosplit rax*2]       ; 8b044500000000
        mov eax, [rax*1]               ; 8b00
        mov eax, [rcx*3]               ; 8b0449
        mov eax, [rax+rsp]             ; 8b0404
        mov eax, [rsp+rax]             ; 8b0404
        mov eax, [rbp+rax]             ; 8b440500
        mov eax, [rax+rbp]             ; 8b0428
        mov eax, [rax+rbp*1]           ; 8b0428
        mov eax, [rbp*1+rax]           ; 8b0428
        mov eax, [rbp]                 ; 8b4500
        mov eax, [r13]                 ; 418b4500
        mov eax, [r12]                 ; 418b0424
        mov eax, [rax+127]             ; 8b407f
        mov eax, [rax+128]             ; 8b8080000000
        mov eax, [rax-128]             ; 8b4080
        mov eax, [byte rax]            ; 8b4000
        mov eax, [dword rax]           ; 8b8000000000
        mov eax, [eax]                 ; 678b00
        mov eax, [rax+msg]             ; 8b8000000000
        mov eax, [rax+rax-rax]         ; 8b00
offsets:
        mov eax, [msg]                 ; 8b042500000000
        mov [msg], al                  ; 88042500000000
        mov eax, [qword msg]           ; a10000000000000000
        mov [qword msg], al            ; a20000000000000000
        mov rax, [qword 0x1122334455667788] ; 48a18877665544332211
        mov ecx, [abs msg]             ; 8b0c2500000000
        mov ecx, [rel msg]             ; 8b0d00000000
        mov eax, [fs:0]                ; 648b042500000000
        mov eax, [fs:rax]              ; 648b00
        default rel
        mov eax, [msg]                 ; 8b0500000000
        mov eax, [abs msg]             ; 8b042500000000
        mov eax, [fs:msg]              ; 648b042500000000
        mov eax, [gs:0x10]             ; 658b042510000000
        mov eax, [es:msg]              ; 268b0500000000
        mov eax, [rax+msg]             ; 8b8000000000
        mov rax, [away]                ; 488b0500000000
        lea rsi, [msg]                 ; 488d3500000000
        inc byte [msg]                 ; fe0500000000
        mov dword [msg], 1             ; c7050000000001000000
        mov eax, [qword msg]           ; 8b0500000000
        default abs
segments:
        mov rax, ds                    ; 8cd8
        mov ax, ds                     ; 668cd8
        mov eax, ds                    ; 8cd8
        mov ds, ax                     ; 8ed8
        mov ds, rax                    ; 8ed8
jumps:
        jmp .next                      ; eb00
.next:  jmp $                          ; ebfe
        jmp strict near .next          ; e9f9ffffff
        jmp near .next                 ; e9f4ffffff
        jmp short .next                ; ebf2
        jne .next                      ; 75f0
        jne near .next                 ; 0f85eaffffff
        call .next                     ; e8e5ffffff
        call away                      ; e800000000
        jmp away                       ; e900000000
        jne away                       ; 0f8500000000
        jmp msg                        ; e900000000
        call rax                       ; ffd0
        jmp [rax]                      ; ff20
        jmp .far                       ; eb7f
        times 127 nop
.far:   jmp .too_far                   ; e980000000
        times 128 nop
.too_far:
        jmp .far                       ; e976ffffff
        loop .here                     ; e200
.here:
; Sizes depend on what comes later.
forward:
        add eax, later                 ; 83c07f
        add eax, later + 1             ; 0580000000
        mov eax, [rax + later]         ; 8b407f
        mov eax, [rax + later + 1]     ; 8b8080000000
        push later                     ; 6a7f
        push later + 1                 ; 6880000000
        add ecx, .two - .one           ; 83c105
.one:   jmp .two                       ; eb03
        add eax, byte later            ; 83c07f
.two:
later   equ 127
        times .six - .five nop         ; 9090
.three: dd .two - .one                 ; 05000000
.five:  jmp .six                       ; eb00
.six:
; Names.
mov:    jmp mov                        ; ebfe
$rax:   mov eax, $rax                  ; b800000000
scope:
.local: nop                            ; 90
number  equ 5
..@special:
        jmp .local                     ; ebfd
        jmp scope.local                ; ebfb
        mov eax, number                ; b805000000
; Data.
data:   db 'a\n', `a\n`, "it's"        ; 615c6e610a69742773
        db `\x41\101\u20ac\0`          ; 4141e282ac00
        dw 'abc'                       ; 61626300
        dd 'abcde'                     ; 6162636465000000
        dq 'ab'                        ; 6162000000000000
        db 12h, $12, 0b11, 17q, 0d10   ; 1212030f0a
        dw 1_0, 0x1_0, 0h10            ; 0a0010001000
        db 1, \
           2, \
           3
        dd 1.5, -0.0                   ; 0000c03f00000080
        dq 0.1                         ; 9a9999999999b93f
        dt 1.0                         ; 0000000000000080ff3f
        db 2 dup (1, 2)                ; 01020102
        times 3 db 7                   ; 070707
        dq msg, away                   ; 00000000000000000000000000000000
        dd msg - data                  ; 00000000
        dd msg - $                     ; 00000000
        db -1, 255, ~0, 5 / 2, -5 // 2 ; ffffff02fe
        db 7 % 4, -7 %% 4, 1 << 3, 0x80 >> 7 ; 03fd0801
        db 1 = 1, 1 <> 1, 2 > 1 && 0, 1 ^^ 0 ; 01000001
        db 1 ? 2 : 3, !5, -(-3)        ; 020003
end:
        section .data
        db 1                           ; 01
        align 8                        ; 90909090909090
msg:    db 'message'                   ; 6d657373616765
        align 4                        ; 90
        section .bss
space:  resd 5
        alignb 16
        section .TEXT
        db 1                           ; 01
        section .rodata
        db 2                           ; 02
        section mine exec
        nop                            ; 90
        section .rodata
        align 32
        db 3                           ; 03

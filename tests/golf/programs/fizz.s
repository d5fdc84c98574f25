# Fizz buzz to 15, without numbers: a dot for each that is neither. GNU assembler, Intel syntax.
#
# $ ./fizz | paste -sd ' '
# . . fizz . buzz fizz . . fizz buzz . fizz . . fizzbuzz

        .intel_syntax noprefix
        .globl  _start

        .text
_start:
        mov     r12d, 1
number: xor     r13d, r13d              # nothing written
        mov     eax, r12d
        mov     ecx, 3
        xor     edx, edx
        div     ecx
        test    edx, edx
        jnz     five
        lea     rsi, [rip + fizz]
        call    say
five:   mov     eax, r12d
        mov     ecx, 5
        xor     edx, edx
        div     ecx
        test    edx, edx
        jnz     neither
        lea     rsi, [rip + buzz]
        call    say
neither:
        lea     rsi, [rip + dot]
        mov     edx, 2
        test    r13d, r13d
        jz      1f
        inc     rsi
        dec     edx
1:      call    write
        inc     r12d
        cmp     r12d, 15
        jbe     number
        mov     eax, 60
        xor     edi, edi
        syscall

say:    inc     r13d
        mov     edx, 4
write:  mov     eax, 1
        mov     edi, 1
        syscall
        ret

fizz:   .ascii  "fizz"
buzz:   .ascii  "buzz"
dot:    .ascii  ".\n"

# Writes the first byte of standard input as two hexadecimal digits; nothing if there is none. GNU assembler, Intel syntax.
#
# $ printf 'K' | ./hex
# 4b
# $ printf '\377more' | ./hex
# ff
# $ printf '' | ./hex; echo $?
# 0

        .intel_syntax noprefix
        .globl  _start

        .text
_start:
        xor     eax, eax
        xor     edi, edi
        lea     rsi, [rip + input]
        mov     edx, 1
        syscall
        cmp     rax, 1
        jne     end
        movzx   eax, byte ptr [rip + input]
        mov     ecx, eax
        shr     eax, 4
        and     ecx, 15
        lea     rbx, [rip + digits]
        mov     al, [rbx + rax]
        mov     cl, [rbx + rcx]
        mov     [rip + text], al
        mov     [rip + text + 1], cl
        mov     eax, 1
        mov     edi, 1
        lea     rsi, [rip + text]
        mov     edx, 3
        syscall
end:    mov     eax, 231
        xor     edi, edi
        syscall

        .section .rodata
digits: .ascii  "0123456789abcdef"

        .data
text:   .ascii  "xx\n"

        .bss
input:  .skip   1

# Hello world, GNU assembler, Intel syntax: the same 178 bytes as hello.s.
#
# GNU as takes the 7-byte mov (REX.W C7 /0 imm32) for a 64-bit register and a constant by itself.

        .intel_syntax noprefix
        .globl  _start

        .text
_start:
        mov     rax, 1                  # write(
        mov     rdi, 1                  #   standard output,
        mov     rsi, offset text        #   text,
        mov     rdx, 12                 #   12)
        syscall
        mov     rax, 231                # exit_group(
        mov     rdi, 0                  #   0)
        syscall

text:   .ascii  "Hello world\n"         # counted, so no NUL after it

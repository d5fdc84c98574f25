# Exits with the number of its arguments, its own name among them. GNU assembler, Intel syntax.
#
# $ ./argc; echo $?
# 1
# $ ./argc a b c; echo $?
# 4

        .intel_syntax noprefix
        .globl  _start

        .text
_start:
        mov     rdi, [rsp]
        mov     rax, 60
        syscall

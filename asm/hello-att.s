# Hello world, GNU assembler, AT&T syntax: the same 178 bytes as hello.s.

        .globl  _start

        .text
_start:
        movq    $1, %rax                # write(
        movq    $1, %rdi                #   standard output,
        movq    $text, %rsi             #   text,
        movq    $12, %rdx               #   12)
        syscall
        movq    $231, %rax              # exit_group(
        movq    $0, %rdi                #   0)
        syscall

text:   .ascii  "Hello world\n"         # counted, so no NUL after it

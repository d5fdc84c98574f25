# basename: writes what follows the last slash of its argument. GNU assembler, AT&T syntax.
#
# $ ./basename /usr/bin/ls
# ls
# $ ./basename plain
# plain
# $ ./basename; echo $?
# 1

        .globl  _start

        .text
_start:
        cmpq    $2, (%rsp)
        jne     fail
        movq    16(%rsp), %rsi
        movq    %rsi, %rdx
next:   movb    (%rdx), %al
        incq    %rdx
        cmpb    $'/', %al
        jne     1f
        movq    %rdx, %rsi
1:      testb   %al, %al
        jnz     next
        movb    $'\n', -1(%rdx)         # in place of the NUL
        subq    %rsi, %rdx
        movq    $1, %rax
        movq    $1, %rdi
        syscall
        movq    $0, %rdi
        jmp     exit
fail:   movq    $1, %rdi
exit:   movq    $60, %rax
        syscall

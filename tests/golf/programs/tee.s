# tee: copies standard input to standard output and to standard error. GNU assembler, AT&T syntax.
#
# $ printf 'one\ntwo\n' | ./tee 2>copy
# one
# two
# $ cat copy
# one
# two

        .globl  _start

        .text
_start:
        movl    $0, %eax                # read(
        movl    $0, %edi                #   standard input,
        movq    $buffer, %rsi           #   buffer,
        movl    $1024, %edx             #   its size)
        syscall
        cmpq    $0, %rax
        jle     end
        movq    %rax, %rdx
        movl    $1, %eax                # write(
        movl    $1, %edi                #   standard output, the rest is in its registers)
        syscall
        movl    $1, %eax                # write(
        movl    $2, %edi                #   standard error)
        syscall
        jmp     _start

end:    movl    $60, %eax               # exit(
        movl    $0, %edi                #   0)
        syscall

        .bss
buffer: .skip   1024

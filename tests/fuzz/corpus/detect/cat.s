# cat: standard input to standard output. GNU assembler, AT&T syntax.
#
# The buffer takes no room in the file: .bss is memory that Linux fills with zeros.

        .set    SYS_read, 0
        .set    SYS_write, 1
        .set    SYS_exit_group, 231
        .set    SIZE, 65536

        .globl  _start

        .text
_start:
        xorl    %eax, %eax              # read(
        xorl    %edi, %edi              #   standard input,
        leaq    buffer(%rip), %rsi      #   buffer,
        movl    $SIZE, %edx             #   SIZE)
        syscall
        testq   %rax, %rax
        jz      done                    # the end
        js      fail
        movq    %rax, %rbx              # bytes that are still to be written
1:      movl    $SYS_write, %eax
        movl    $1, %edi
        movq    %rbx, %rdx
        syscall
        testq   %rax, %rax
        jle     fail
        addq    %rax, %rsi
        subq    %rax, %rbx
        jnz     1b
        jmp     _start

fail:   movl    $1, %edi
        jmp     exit
done:   xorl    %edi, %edi
exit:   movl    $SYS_exit_group, %eax
        syscall

        .bss
buffer: .skip   SIZE

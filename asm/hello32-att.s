# Hello world for i386, GNU assembler, AT&T syntax: the same 130 bytes as hello32.s.

        .code32
        .globl  _start

        .text
_start:
        movl    $4, %eax                # write(
        movl    $1, %ebx                #   standard output,
        movl    $text, %ecx             #   text,
        movl    $12, %edx               #   12)
        int     $0x80
        movl    $1, %eax                # exit(
        movl    $0, %ebx                #   0)
        int     $0x80

text:   .ascii  "Hello world\n"         # counted, so no NUL after it

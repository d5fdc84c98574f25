# Copies standard input to standard output, small letters as capital ones. 32 bits, GNU assembler, AT&T syntax.
#
# $ printf 'Hello, {World}!\n' | ./upper32
# HELLO, {WORLD}!

        .code32
        .globl  _start

        .text
_start:
        movl    $3, %eax                # read(
        movl    $0, %ebx                #   standard input,
        movl    $buffer, %ecx           #   buffer,
        movl    $512, %edx              #   its size)
        int     $0x80
        testl   %eax, %eax
        jle     end
        movl    %eax, %edx
        xorl    %esi, %esi
letter: movb    buffer(%esi), %al
        cmpb    $'a', %al
        jb      next
        cmpb    $'z', %al
        ja      next
        subb    $32, %al
        movb    %al, buffer(%esi)
next:   incl    %esi
        cmpl    %edx, %esi
        jb      letter
        movl    $4, %eax                # write(
        movl    $1, %ebx                #   standard output,
        movl    $buffer, %ecx           #   buffer, what was read)
        int     $0x80
        jmp     _start
end:    movl    $1, %eax                # exit(
        movl    $0, %ebx                #   0)
        int     $0x80

        .bss
buffer: .skip   512

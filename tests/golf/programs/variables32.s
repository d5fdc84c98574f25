# Exits with the number of variables in its environment. 32 bits, GNU assembler, AT&T syntax.
#
# $ env -i ./variables32; echo $?
# 0
# $ env -i A=1 B=2 C=3 ./variables32 arguments; echo $?
# 3

        .code32
        .globl  _start

        .text
_start:
        movl    (%esp), %eax            # argc
        leal    8(%esp,%eax,4), %esi    # after argv and its NULL
        xorl    %ebx, %ebx
count:  cmpl    $0, (%esi)
        je      end
        addl    $4, %esi
        incl    %ebx
        jmp     count
end:    movl    $1, %eax
        int     $0x80

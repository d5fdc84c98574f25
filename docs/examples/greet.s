        .globl  greet
        .section .text.greet, "ax"
greet:  movl    $1, %eax
        movl    $1, %edi
        movl    $text, %esi
        movl    $6, %edx
        syscall
        incl    count
        ret
        .section .text.unused, "ax"
        .globl  unused
unused: call    nowhere
        ret
        .section .rodata.str1.1, "aMS", @progbits, 1
text:   .string "Hello\n"
        .data
count:  .long   0

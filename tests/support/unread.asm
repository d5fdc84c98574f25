; A program that exits with 42, with a second program header that Linux does not read: TYPE, and what it says of its
; bytes: OFFSET, ADDRESS and SIZE.
        bits 64
        org 0
ehdr:   db 0x7f, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        dw 3, 62
        dd 1
        dq start, phdr, 0
        dd 0
        dw 64, 56, 2, 0, 0, 0
phdr:   dd 1, 5
        dq 0, $$, $$, end, end, 4096
        dd TYPE, 4
        dq OFFSET, ADDRESS, ADDRESS, SIZE, 6, 1
start:  mov eax, 60
        mov edi, 42
        syscall
end:

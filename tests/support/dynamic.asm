; A program of the dynamic linker and libc's exit, 42, without section headers. What PT_DYNAMIC and
; DT_STRSZ say can be set: OFFSET, SIZE, TABLE, STRSZ; without FULL, DT_STRSZ and DT_SYMENT are missing.
        bits 64
        org 0x10000
%ifndef TABLE
%define TABLE strings
%endif
%ifndef STRSZ
%define STRSZ strings_end - TABLE
%endif
%ifndef OFFSET
%define OFFSET dynamic - $$
%endif
%ifndef SIZE
%define SIZE dynamic_end - dynamic
%endif
ehdr:   db 0x7f, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        dw 2, 62
        dd 1
        dq start, phdr - $$, 0
        dd 0
        dw 64, 56, 3, 0, 0, 0
phdr:   dd 3, 4
        dq interp - $$, interp, interp, interp_end - interp, interp_end - interp, 1
        dd 1, 7
        dq 0, $$, $$, end - $$, end - $$, 4096
        dd 2, 6
        dq OFFSET, dynamic, dynamic, SIZE, SIZE, 8
interp: db "/lib64/ld-linux-x86-64.so.2", 0
interp_end:
strings: db 0, "libc.so.6", 0, "exit", 0
strings_end:
symbols: times 24 db 0
        dd strings + 11 - TABLE
        db 0x12, 0
        dw 0
        dq 0, 0
rela:   dq got, 1 << 32 | 6, 0
start:  sub rsp, 8
        mov edi, 42
        call [rel got]
got:    dq 0
        align 8, db 0
dynamic: dq 1, strings + 1 - TABLE
        dq 21, 0
        dq 5, TABLE
        dq 6, symbols
        dq 7, rela, 8, 24, 9, 24
%ifdef FULL
                dq 10, STRSZ
        dq 11, 24
%endif
        dq 0, 0
dynamic_end:
end:

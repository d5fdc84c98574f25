; Forty-five bytes that Linux runs as a 32-bit program: exit(42). nasm -f bin.
;
; The program header is inside the ELF header, at offset 4; the code is in fields that Linux does not
; read; the file ends with the low byte of e_phnum, whose high byte, like the rest of the header,
; Linux reads as zero.

bits 32
org 0x10000

file:
    db 0x7f, "ELF"          ; magic
    dd 1                    ; ident                         p_type: PT_LOAD
    dd 0                    ;                               p_offset
    dd file                 ;                               p_vaddr
    dw 2                    ; e_type: ET_EXEC               p_paddr
    dw 3                    ; e_machine: EM_386
    dd start                ; e_version                     p_filesz
    dd start                ; e_entry                       p_memsz
    dd 4                    ; e_phoff                       p_flags: R
start:
    mov bl, 42              ; e_shoff                       p_align
    xor eax, eax
    inc eax                 ; e_flags
    int 0x80
    db 0
    dw 52                   ; e_ehsize
    dw 32                   ; e_phentsize
    db 1                    ; e_phnum, its low byte

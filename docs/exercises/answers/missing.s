; Opens a file that does not exist, and exits with the number of the error.
        global _start
_start: mov eax, 2              ; open
        mov edi, name
        xor esi, esi            ; O_RDONLY
        syscall
        neg eax
        mov edi, eax
        mov eax, 231            ; exit_group
        syscall
name:   db "no such file", 0

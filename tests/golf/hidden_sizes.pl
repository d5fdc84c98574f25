# Programs of hidden.pl that give a call a size from outside, such as how many arguments there are, which may be more than there is: golf
# has something else behind the text. And distances of addresses in two sections, which golf moves apart.
use strict;
use warnings;

our ($exit, $show);

[
    ['a size from outside that was in memory', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov rax, [rsp]
mov [cell], rax
mov edx, [cell]
add edx, 40
$show
END
    ['a size from outside that is counted up in memory', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov rax, [rsp]
mov [cell], eax
add dword [cell], 40
mov edx, [cell]
$show
END
    ['a size from outside that was pushed', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
push qword [rsp]
pop rdx
add edx, 40
$show
END
    ['a size from outside that is shifted', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov edx, [rsp]
shl edx, 4
$show
END
    ['a size is shifted by a number from outside', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov ecx, [rsp]
mov edx, 8
shl edx, cl
$show
END
    ['a size from outside that lea multiplies', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov eax, [rsp]
lea edx, [rax + rax*8]
$show
END
    ['a size from outside that imul multiplies', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
imul edx, [rsp], 20
$show
END
    ['a size that setcc makes', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
xor edx, edx
cmp dword [rsp], 2
setg dl
shl edx, 5
$show
END
    ['a size that sbb makes', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
cmp dword [rsp], 3
sbb edx, edx
and edx, 40
$show
END
    ['a size that cmov chooses', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov edx, 2
mov ecx, 40
cmp dword [rsp], 2
cmovg edx, ecx
$show
END
    ['a size that a jump chooses', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov edx, 2
cmp dword [rsp], 2
jle .on
mov edx, 40
.on:
$show
END
    ['the low bits of a negative size', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov edx, [rsp]
neg edx
and edx, 63
$show
END
    ['the low byte of a negative size', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov eax, [rsp]
not eax
movzx edx, al
$show
END
    ['the remainder of a size from outside', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov eax, [rsp]
add eax, 40
xor edx, edx
mov ecx, 64
div ecx
$show
END
    ['a size from outside that lods loads', <<"END", "text: db 'abcd'\nsection .bss\ncell: resq 2"],
mov rsi, rsp
lodsq
lea edx, [rax + 40]
$show
END
    ['the distance of two addresses that were stored', <<"END", "three: db 5\nsection .bss align=64\ncell: resq 4\ntwo: resb 100\nsection .rodata align=1\none: db 1, 2, 3"],
mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
mov [cell], rsi
mov [cell + 8], rcx
mov rax, [cell]
sub rax, [cell + 8]
mov edi, eax
shr edi, 2
$exit
END
    ['the distance of two addresses that were stored below the stack pointer', <<"END", "three: db 5\nsection .bss align=64\ncell: resq 4\ntwo: resb 100\nsection .rodata align=1\none: db 1, 2, 3"],
mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
mov [rsp - 16], rsi
mov [rsp - 24], rcx
mov rdi, [rsp - 16]
sub rdi, [rsp - 24]
shr edi, 2
$exit
END
    ['the distance of two addresses that were popped into memory', <<"END", "three: db 5\nsection .bss align=64\ncell: resq 4\ntwo: resb 100\nsection .rodata align=1\none: db 1, 2, 3"],
mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
push rsi
pop qword [cell]
push rcx
pop qword [cell + 8]
mov rdi, [cell]
sub rdi, [cell + 8]
shr edi, 2
$exit
END
    ['the distance of an address that cmov chooses', <<"END", "three: db 5\nsection .bss align=64\ncell: resq 4\ntwo: resb 100\nsection .rodata align=1\none: db 1, 2, 3"],
mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
cmp dword [rsp], 2
cmovg rsi, rcx
sub esi, one
mov edi, esi
shr edi, 2
$exit
END
    ['the distance of an address that a jump chooses', <<"END", "three: db 5\nsection .bss align=64\ncell: resq 4\ntwo: resb 100\nsection .rodata align=1\none: db 1, 2, 3"],
mov esi, one
cmp dword [rsp], 2
jle .on
mov esi, two
.on: sub esi, one
mov edi, esi
shr edi, 2
$exit
END
    ['the distance of addresses that two calls give', <<"END", "three: db 5\nsection .bss align=64\ncell: resq 4\ntwo: resb 100\nsection .rodata align=1\none: db 1, 2, 3"],
mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
mov rdi, rcx
call .distance
mov ebx, eax
mov edi, one + 3
mov esi, one
call .distance
add ebx, eax
mov edi, ebx
jmp .out
.distance: mov ecx, 3
.again: loop .again
mov rax, rdi
sub rax, rsi
ret
.out:
shr edi, 2
$exit
END
];

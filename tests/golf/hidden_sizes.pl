# Programs of hidden.pl that give a call a size from outside, such as how many arguments there are, which may be more than there is: golf
# has something else behind the text.
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
];

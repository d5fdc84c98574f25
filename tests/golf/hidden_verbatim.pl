# Programs of hidden.pl whose instructions stay as they are, since they jump by a table: what golf moves, joins or leaves out around them.
use strict;
use warnings;

our ($exit, $jumps);
my $table = 'table: dq _start.one, _start.two';

[
    ['a loop counts by ecx, and instructions stay', <<"END", "align 8\ntable: dq first, second"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: inc edi
first: mov rcx, [rsp]
shl rcx, 40
add rcx, 2
.again: inc edi
db 0x67
loop .again
$exit
END
    ['two functions of the same bytes are not the same, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, two"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
one: ret
two: ret
second: nop
first: mov rax, [both]
call rax
mov rax, [both]
cmp rax, [both + 8]
sete dil
movzx edi, dil
add edi, 4
$exit
END
    ['a function that begins with another one is not the same, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, two"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
one: nop
two: ret
second: nop
first: mov rax, [both]
call rax
mov rax, [both]
cmp rax, [both + 8]
sete dil
movzx edi, dil
add edi, 4
$exit
END
    ['a function that jumps to another one is not the same, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, two"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
one: jmp two
second: nop
first: mov rax, [both]
call rax
mov rax, [both]
cmp rax, [both + 8]
sete dil
movzx edi, dil
add edi, 4
$exit
two: ret
END
    ['two ends of the same bytes are not the same, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, two"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
one: hlt
two: hlt
second: nop
first: mov rax, [both]
cmp rax, [both + 8]
mov edi, 5
jne .apart
mov edi, 6
.apart: cmp dword [rsp], 9
je .ends
$exit
.ends: jmp rax
END
    ['functions are one before the other, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, two"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
two: ret
second: nop
first: mov rax, [both]
cmp rax, [both + 8]
setb dil
movzx edi, dil
$exit
one: ret
END
    ['a call after a comparison of functions asks for their order, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, two"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
two: setb dil
ret
second: nop
first: mov rax, [both]
xor edi, edi
cmp rax, [both + 8]
call [both + 8]
$exit
one: ret
END
    ['a function has a number that comes from outside, and instructions stay', <<"END", "align 8\ntable: dq first, second\nboth: dq one, one"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: lea rax, [rbx + one - 777]
lea rcx, [rbx + rbx]
mov edi, 7
cmp [both], rax
jne .other
mov edi, 8
.other: $exit
one: ret
END
    ['what calls address 0 faults, and instructions stay', <<"END", "align 8\ntable: dq first, second"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: mov rdi, [rsp]
cmp edi, 2
jne .ends
call none
.ends: $exit
extern none:weak
END
    ['what calls at its end takes off one return address, and instructions stay', <<"END", "align 8\ntable: dq first, second"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: call last
push 5
push back
call begins
pop rdi
add edi, 1
pop rcx
$exit
begins: jmp last
last: ret
back: jmp first
END
    ['a whole vector is at a multiple of 16, and instructions stay', <<"END", "align 8\ntable: dq first, second\ndb 1\nalign 16\nwhole: dq 5, 6"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: pxor xmm0, xmm0
por xmm0, [whole]
movd edi, xmm0
$exit
END
    ['a whole vector is at a multiple of 32, and instructions stay', <<"END", "align 8\ntable: dq first, second\ndb 1\nalign 32\nwhole: dq 5, 6, 7, 8"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: vmovdqa ymm0, [whole]
vmovd edi, xmm0
$exit
END
    ['an address is the status, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
$exit
END
    ['an address plus a number is the status, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
add edi, [rsp]
$exit
END
    ['a number minus an address, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, [rsp]
sub edi, b
$exit
END
    ['an address is subtracted in memory, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
sub [rsp], edi
mov edi, [rsp]
$exit
END
    ['an address is exchanged with memory, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
xchg edi, [rsp]
add edi, [rsp]
$exit
END
    ['bits of an address, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
add rdi, [rsp]
xor edi, [rsp]
$exit
END
    ['one of an address and a number, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
cmp dword [rsp], 2
cmovne edi, [rsp]
$exit
END
    ['the low part of an address, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
add rdi, [rsp]
movzx edi, di
$exit
END
    ['a half of an address in the stack, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
add rdi, [rsp]
mov [rsp + 8], rdi
mov edi, [rsp + 8]
$exit
END
    ['a byte of an address that was stored, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov eax, b
add rax, [rsp]
mov edi, b
stosd
movzx edi, byte [b]
$exit
END
    ['an address is compared with a number, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
add rdi, [rsp]
cmp edi, 0x10080
setb dil
movzx edi, dil
$exit
END
    ['the carry of an address, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov edi, b
add rdi, [rsp]
add edi, 0xfffeff80
setc dil
movzx edi, dil
$exit
END
    ['an address is counted down by loop, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov ecx, b
add rcx, [rsp]
xor edi, edi
.again: inc edi
loop .again
$exit
END
    ['an address is counted down by dec, and instructions stay', <<"END", "$table\nb: dq 1, 2"],
$jumps
mov ecx, b
add rcx, [rsp]
xor edi, edi
.again: inc edi
dec ecx
jnz .again
$exit
END
];

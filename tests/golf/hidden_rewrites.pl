# Programs of hidden.pl that are easy to get wrong across blocks: where a pointer becomes the stack pointer, and where a range of values
# says which bits are 0.
use strict;
use warnings;

our ($exit, $divide, $put, $mixes);

[
    ['a pointer climbs over the arguments', <<"END"],
lea rbx, [rsp + 8]
.next: mov rcx, [rbx]
add rbx, 8
test rcx, rcx
jz .done
call .count
jmp .next
.done: $exit
.count: movzx eax, byte [rcx]
add edi, eax
ret
END
    ['a word is read once more, behind a pointer that climbs', <<"END"],
lea rbx, [rsp + 8]
.next: mov rcx, [rbx]
add rbx, 8
test rcx, rcx
jz .done
call .count
call .count
jmp .next
.done: mov rax, [rbx - 16]
movzx edi, byte [rax]
add edi, edx
$exit
.count: $mixes
END
    ['another register has the address of an argument', <<"END"],
mov rcx, [rsp]
lea rbp, [rsp + rcx*8]
lea rbx, [rsp + 8]
.next: mov rcx, [rbx]
add rbx, 8
test rcx, rcx
jz .done
call .count
call .count
jmp .next
.done: mov rax, [rbp]
movzx edi, byte [rax]
add edi, edx
$exit
.count: $mixes
END
    ['what climbs is kept in another register', <<"END"],
lea rbx, [rsp + 8]
.next: mov rcx, [rbx]
add rbx, 8
mov rbp, rbx
test rcx, rcx
jz .done
call .count
call .count
jmp .next
.done: mov rax, [rbp - 16]
movzx edi, byte [rax]
add edi, edx
$exit
.count: $mixes
END
    ['an argument is read from the stack after a pointer climbed', <<"END"],
lea rbx, [rsp + 8]
.next: mov rcx, [rbx]
add rbx, 8
test rcx, rcx
jz .done
call .count
call .count
jmp .next
.done: mov rax, [rsp + 16]
movzx edi, byte [rax]
add edi, edx
$exit
.count: $mixes
END
    ['a pointer climbs up to the texts', <<"END"],
mov rsi, [rsp + 16]
mov rbp, 0x7878787878787878
lea rbx, [rsp + 24]
.next: mov rcx, [rbx]
add rbx, 8
call .count
call .count
cmp rcx, rbp
jne .next
cmp edx, 1431655765
je .never
.sum: movzx eax, byte [rsi]
inc rsi
add edi, eax
test eax, eax
jnz .sum
.never: $exit
.count: $mixes
END
    ['a constant is made where the stack pointer is another one on each way', <<"END"],
mov rbp, rsp
mov rcx, [rsp]
pop rax
pop rax
cmp ecx, 2
je .tail
call .sub
.sub: cmp ecx, 1
je .never
.tail: mov esi, 100
shl esi, cl
mov edi, esi
cmp ecx, 2
jne .never
mov rcx, [rbp + 8]
add dil, [rcx]
.never: $exit
END
    ['words are read behind the first one that is 0', <<"END"],
lea rbx, [rsp + 8]
.next: cmp qword [rbx], 0
je .done
mov rcx, [rbx]
call .count
call .count
add rbx, 8
jmp .next
.done: mov rcx, [rbx + 8]
call .count
mov edi, edx
$exit
.count: $mixes
END
    ['a count down leaves what is added', <<"END"],
mov rsi, [rsp + 16]
mov rcx, [rsp]
.next: movzx eax, byte [rsi]
inc rsi
add edi, eax
sub rcx, 1
jnz .next
add edi, ecx
$exit
END
    ['a register that a test asks is rcx, which a call changes', <<"END"],
mov rdx, [rsp + 16]
mov eax, 39
syscall
test rdx, rdx
jz .never
movzx edi, byte [rdx]
add edi, 7
.never: $exit
END
    ['the flags of what climbs are read', <<"END"],
lea rbx, [rsp + 8]
.next: mov rcx, [rbx]
sub edx, 1
add rbx, 8
adc edi, 0
test rcx, rcx
jnz .next
shl edx, 4
sub edi, edx
$exit
END
    ['a counter wraps around', <<"END"],
mov ebp, 3
.next: $divide
lea ebp, [rbp + rbp*2]
test ebp, ebp
jns .next
$divide
$exit
END
    ['a counter begins below 0', <<"END"],
lea ebp, [rbx - 780]
.next: $divide
inc ebp
cmp ebp, 4
jl .next
$exit
END
    ['a counter goes down to below 0', <<"END"],
lea ebp, [rbx - 773]
.next: $divide
dec ebp
cmp ebp, -3
jg .next
$exit
END
    ['idiv leaves a remainder below 0', <<"END", "text: db 'abc', 10"],
lea eax, [rbx - 794]
cdq
mov ecx, 5
xor ebp, ebp
idiv ecx
test edx, edx
jz .put
inc ebp
.put: $put
mov edi, ebp
$exit
END
    ['a loop is entered with two numbers', <<"END"],
mov ebp, 1
cmp qword [rsp], 2
jne .next
lea ebp, [rbx - 790]
.next: $divide
inc ebp
cmp ebp, 15
jbe .next
$exit
END
    ['what is called changes the counter', <<"END"],
mov ebp, 1
.next: call change
$divide
inc ebp
cmp ebp, 15
jbe .next
$exit
change: sub ebp, 3
ret
END
    ['a number is compared on one way', <<"END"],
lea ebp, [rbx - 780]
cmp qword [rsp], 2
je .both
cmp ebp, 100
ja .both
inc edi
.both: $divide
$exit
END
    ['the low byte alone is compared', <<"END"],
lea ebp, [rbx - 1792]
shl ebp, 8
or ebp, 3
cmp bpl, 15
ja normal
mov eax, ebp
xor edx, edx
mov ecx, 7
div ecx
mov edi, edx
$exit
END
    ['the low half alone is compared', <<"END", "text: db 'abc', 10"],
lea rdx, [rbx - 800]
shl rdx, 40
or rdx, 3
xor ebp, ebp
cmp edx, 15
ja normal
add rbp, rdx
$put
shr rbp, 40
mov edi, ebp
$exit
END
    ['an 8-bit result leaves the bits above', <<"END", "text: db 'abc', 10"],
lea edx, [rbx - 800]
mov ebp, edx
cmp qword [rsp], 2
setne dl
test dl, dl
jz .put
inc ebp
.put: $put
mov edi, ebp
$exit
END
    ['loop counts after it compares', <<"END"],
lea ecx, [rbx - 777]
mov ebp, 7
.next: and ecx, 15
lea edx, [rdx + rdx*4 + 3]
cmp ecx, 0
loopne .next
add edi, edx
mov eax, ecx
xor edx, edx
div ebp
add edi, edx
$exit
END
];

#!/usr/bin/perl
# hidden.pl TINYELF JUDGE: programs that do something when their first argument has 777 bytes, which no environment of the proof has. So
# they are right only if golf knows what their instructions do. Each is run with that argument, as it was and as golf made it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use golf;

golf::limits(@ARGV);
@ARGV == 2 or die "usage: hidden.pl TINYELF JUDGE\n";
setup(@ARGV);
our $exit = "mov eax, 60\nsyscall";
our $divide = "mov eax, ebp\nxor edx, edx\nmov ecx, 7\ndiv ecx\nadd edi, edx";
our $show = "mov esi, text\nmov edi, 1\nmov eax, 1\nsyscall\nxor edi, edi\n$exit";
our $put = "mov edx, 2\nmov esi, text\nmov edi, 1\nmov eax, 1\nsyscall";

# By a table of addresses, so that instructions stay as they are.
our $jumps = join "\n", 'mov rax, [rsp]', 'and eax, 1', 'jmp [table + rax*8]', '.one: nop', '.two: nop';

# AT_ENTRY of the auxiliary vector, in rax.
my $find_entry = join "\n", 'mov rsi, rsp', '.arguments: lodsq', 'test rax, rax', 'jne .arguments', '.variables: lodsq', 'test rax, rax',
    'jne .variables', '.vector: lodsq', 'mov rdi, rax', 'lodsq', 'cmp edi, 9', 'jne .vector';

# What AT_PHDR and AT_PHNUM are, the types of words of that vector.
my $find_headers = $find_entry =~ s/cmp edi, 9/cmp edi, 3/r;
my $find_number = $find_entry =~ s/cmp edi, 9\njne/sub edi, 5\njnz/r;

# A subroutine that is long enough to stay one, and changes edx.
our $mixes = "lea edx, [rdx + rdx*4 + 3]\nrol edx, 7\nxor edx, 74565\nsub edx, 1911\nret";

# What a file of programs has.
sub rows_of {
    my ($path) = @_;
    my $rows = do $path or die "$path: ", $@ || $!;
    return $rows;
}

# What is easy to get wrong, the source behind that, data, and the layout of the program that golf gets; without it golf gets the source.
my @programs = (
    ['inc leaves CF', <<"END"],
mov rdx, [rsp]
mov rsi, [rsp + 8]
lea rcx, [rbx - 777]
cmp ecx, esi
mov esi, 0
inc edx
adc edx, esi
mov edi, edx
$exit
END
    ['clc leaves the others', <<"END"],
mov rdx, [rsp]
lea rcx, [rbx - 770]
cmp ecx, edx
mov edx, 0
clc
jg .k
lea edi, [rdx + 1]
$exit
.k: adc edx, ecx
mov edi, edx
$exit
END
    ['bt leaves ZF', <<"END"],
mov rdx, [rsp]
lea rcx, [rbx - 777]
sub ecx, edx
mov edx, 0
bt ebx, 0
setz dil
movzx edi, dil
adc edi, edx
$exit
END
    ['a rotation leaves ZF and SF', <<"END"],
mov rdx, [rsp]
lea rcx, [rbx - 777]
sub rcx, rcx
cmp ecx, edx
mov edx, 0
ror ebx, 3
seta dil
setl sil
movzx edi, dil
movzx esi, sil
lea edi, [rdi + rsi*2]
add edi, edx
$exit
END
    ['a shift by 0 leaves all flags', <<"END"],
lea ecx, [rbx - 777]
mov rdx, [rsp]
lea eax, [rbx + 2]
add edx, 100000
cmp ebx, edx
mov edx, 0
shl eax, cl
adc eax, edx
lea edi, [rax + rbx]
$exit
END
    ['such a shift in two ends that are alike', <<"END"],
lea ecx, [rbx - 777]
mov rdx, [rsp]
cmp edx, 2
jne .b
lea eax, [rbx + 3]
cmp ebx, edx
mov edx, 5
shl eax, cl
adc eax, edx
lea edi, [rax + rbx]
$exit
.b: lea eax, [rbx + 2]
add edx, 100000
cmp ebx, edx
mov edx, 0
shl eax, cl
adc eax, edx
lea edi, [rax + rbx]
$exit
END
    ['loop counts, wherever it goes', <<"END"],
mov rcx, [rsp]
mov edx, ecx
cmp edx, 9
jne .k
lea edi, [rcx + 2]
$exit
.k: loop .a
jmp .b
.a: jmp .b
.b: lea edi, [rdx + rcx*4]
$exit
END
    ['a call writes over no argument that it did not', <<"END", "cnt: db 7"],
mov rbp, rsp
pop rax
pop rcx
pop rsi
movzx eax, byte [rsi]
mov rsp, rbp
call f
call f
call f
mov rcx, [rbp + 16]
movzx edi, byte [rcx]
$exit
f: imul eax, eax, 77
add [cnt], ah
rol byte [cnt], 1
xor [cnt], al
sub [cnt], ah
ret
END
    ['a call writes over an argument that is read', <<"END", "cnt: db 7"],
mov rbp, rsp
pop rax
pop rcx
call f
pop rdx
movzx eax, byte [rdx]
call f
mov rsp, rbp
call f
mov rcx, [rbp + 8]
mov rdx, [rbp + 16]
movzx edi, byte [rcx]
add dil, [rdx]
add dil, [cnt]
$exit
f: add [cnt], al
ret
END
    ['an address that is not canonical has its own signal with rbp', <<"END"],
mov r8, [rsp]
shl r8, 50
add r8, rbx
lea rax, [rbx + 1]
lea rcx, [rbx + 2]
lea rdx, [rbx + 3]
lea rsi, [rbx + 4]
lea rdi, [rbx + 5]
test al, 1
jz .k
add rdi, rax
.k: add rdi, rcx
add rdi, rdx
test cl, 1
jnz .m
add rdi, rsi
.m: mov al, [r8 + 9]
add edi, r8d
$exit
END
    ['bsf of 0 leaves its destination', <<"END"],
lea ecx, [rbx - 777]
mov rdx, [rsp]
mov eax, 7
bsf eax, ecx
mov edi, eax
add edi, edx
$exit
END
    ['scas and cmps move their addresses', <<"END", 'bytes: db 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16'],
mov rdx, [rsp]
mov edi, bytes + 2
mov al, 7
mov ecx, 12
repne scasb
mov [rdi + 1], dl
mov esi, bytes
mov edi, bytes
mov ecx, 5
repe cmpsb
mov [rsi + 2], dl
mov [rdi + 1], cl
mov eax, edx
mov esi, bytes
mov edi, bytes
cmpsd
scasb
sub edi, esi
add dil, [bytes + 8]
add dil, [bytes + 7]
add dil, [bytes + 6]
add dil, [bytes + 2]
$exit
END
    ['a jump by a distance between instructions', <<"END", 'distances: dq 0, 0, _start.second - _start.first, 0'],
mov rcx, [rsp]
mov rax, [distances + rcx*8]
add rax, _start.first
mov rdx, rax
jmp rdx
.first: mov edi, 1
mov eax, 60
syscall
.second: mov edi, 2
mov eax, 60
syscall
END
    ['what is below the stack pointer, by a copy of it', <<"END", 'table: dq normal, normal, _start.to, _start.to'],
mov rcx, [rsp]
mov rdx, [table + rcx*8]
jmp rdx
.to: mov rax, rsp
mov qword [rax - 8], 77
mov edx, 5
mov rdi, [rax - 8]
add edi, edx
$exit
END
    ['push and pop of 16 bits move the stack pointer by 2', <<"END"],
push 85
pop ax
mov edi, esp
and edi, 15
$exit
END
    ['an address of 32 bits is not one of the stack', <<"END"],
lea rax, [esp + 8]
mov rdi, [rax]
$exit
END
    ['rep stosd by edi', <<"END", "section .bss\nb: resb 4000"],
mov edi, b
mov eax, 0x4142
mov ecx, [rsp]
a32 rep stosd
movzx edi, byte [b + 5]
add edi, ecx
$exit
END
    ['sums of 32 bits are addresses', <<"END", "section .bss\nb: resb 4000"],
mov edi, b
mov eax, [rsp]
add eax, edi
mov byte [rax], 7
movzx edi, byte [b + 2]
$exit
END
    ['lea of 32 bits is an address', <<"END", "section .bss\nb: resb 4000"],
lea rdi, [rel b]
mov eax, [rsp]
lea eax, [rax + rdi]
mov byte [rax], 7
movzx edi, byte [b + 2]
$exit
END
    ['an address that is counted up in 32 bits', <<"END", "section .bss\nb: resb 4000"],
mov esi, b
mov ecx, [rsp]
.again: mov byte [rsi], cl
inc esi
loop .again
movzx edi, byte [b + 1]
$exit
END
    ['xlat has an index', <<"END", "table: db 11, 7, 3, 9"],
mov eax, [rsp]
and eax, 3
mov ebx, table
xlatb
movzx edi, al
$exit
END
    ['a call that writes more than there is', <<"END", "section .bss\nb: resb 16"],
mov eax, 1
mov edi, 1
mov esi, b
mov edx, 65536
syscall
mov edi, eax
shr edi, 4
$exit
END
    ['where instructions stay, a distance between them', <<"END", 'table: dq _start.one, _start.two'],
$jumps
lea rdi, [rel .two]
lea rax, [rel .ends]
sub rdi, rax
$exit
END
    ['where instructions stay, their bytes are written', <<"END", 'table: dq _start.one, _start.two'],
$jumps
mov eax, 1
mov edi, 1
mov esi, .ends
mov edx, 8
syscall
mov edi, eax
$exit
END
    ['where instructions stay, what a call pushed is read', <<"END", 'table: dq _start.one, _start.two'],
$jumps
call f
mov edi, eax
$exit
f: mov rax, [rsp]
sub rax, _start.ends
ret
END
    ['where instructions stay, a system call leaves its address in rcx', <<"END", 'table: dq _start.one, _start.two'],
$jumps
mov eax, 1
mov edi, 1
mov esi, table
xor edx, edx
syscall
sub rcx, .ends
mov edi, ecx
$exit
END
    ['where instructions stay, an address is counted up', <<"END", 'table: dq _start.one, _start.two'],
mov rax, [rsp]
and eax, 1
jmp [table + rax*8]
.one: nop
.two: cmp bl, bl
mov edi, 6
inc r12d
cmp r12d, 2
je .end
mov rax, [table]
inc rax
jmp rax
.end: $exit
END
    ['where instructions stay, a call gets more than its section has', <<"END", "table: dq _start.one, _start.two\nsection .bss\nb: resb 16"],
$jumps
mov eax, 1
mov edi, 1
mov esi, b
mov edx, 65536
syscall
mov edi, eax
shr edi, 4
$exit
END
    ['such a size comes by the stack, in a function', <<"END", "table: dq _start.one, _start.two\nb: db 1, 2, 3, 4"],
$jumps
push 100
pop rdx
call f
mov edi, eax
$exit
f: mov eax, 1
mov edi, 1
mov esi, b
syscall
ret
END
    ['a place is behind its section', <<"END", 'table: dq _start.one, _start.two'],
$jumps
movzx edi, byte [table + 50]
$exit
END
    ['where instructions stay, an address is used after a jump', <<"END", 'table: dq _start.one, _start.two'],
$jumps
lea rdi, [rel .one]
jmp .far
nop
.far: and edi, 4095
shr edi, 2
$exit
END
    ['an address of code was pushed', <<"END", 'table: dq _start.one, _start.two'],
$jumps
push .two
mov eax, 39
syscall
pop rax
and eax, 4095
mov edi, eax
$exit
END
    ['an address of code is computed with that a table has', <<"END", 'table: dq _start.one, _start.two'],
$jumps
mov esi, table
xor edi, edi
mov ecx, 2
.again: add rdi, [rsi]
add rsi, 8
dec ecx
jnz .again
and edi, 127
$exit
END
    ['bytes of addresses of code are read', <<"END", 'table: dq _start.one, _start.two'],
$jumps
mov esi, table
xor edi, edi
mov ecx, 16
.again: movzx eax, byte [rsi]
add edi, eax
inc rsi
dec ecx
jnz .again
$exit
END
    ['an address of code is an argument', <<"END", 'table: dq _start.one, _start.two'],
$jumps
mov edi, .two
call f
mov edi, eax
$exit
f: mov eax, edi
shr eax, 1
and eax, 127
ret
END
    ['an address of code is stored by a function', <<"END", "table: dq _start.one, _start.two\nsection .bss\nb: resb 64"],
$jumps
mov edi, b
call f
movzx edi, byte [b]
$exit
f: mov qword [rdi], _start.two
ret
END
    ['addresses of code are found by an address in data', <<"END", "table: dq _start.one, _start.two\nplace: dq table"],
$jumps
mov rsi, [place]
mov rdi, [rsi]
and edi, 127
$exit
END
    ['a call of a call looks at what the first one pushed', <<"END", 'table: dq _start.one, _start.two'],
$jumps
call f
mov edi, eax
$exit
f: call g
nop
ret
g: mov rax, [rsp + 8]
and eax, 127
ret
END
    ['what a call pushed is still there after it', <<"END", 'table: dq _start.one, _start.two'],
$jumps
call f
sub rsp, 8
pop rdi
and edi, 127
$exit
f: ret
END
    ['rcx has where a system call returned to, after a jump', <<"END", 'table: dq _start.one, _start.two'],
$jumps
mov eax, 39
syscall
jmp .far
nop
.far: mov edi, ecx
and edi, 127
$exit
END
    ['addresses of code are written', <<"END", "table: dq _start.one, _start.two\nvector: dq table, 16"],
$jumps
mov eax, 20
mov edi, 1
mov esi, vector
mov edx, 1
syscall
$exit
END
    ['a string goes past its section', <<"END", "table: dq _start.one, _start.two\nsection .bss\nb: resb 64"],
$jumps
mov edi, b
mov ecx, 100000
rep stosb
mov edi, 4
$exit
END
    ['the distance of two sections', <<"END", "table: dq _start.one, _start.two\nsection .bss\nb: resb 64"],
$jumps
mov edi, b
sub edi, table
$exit
END
    ['numbers beside addresses of code are numbers', <<"END", "table: dq _start.one, _start.two\npairs: dq 3, _start.one, 4, _start.two"],
$jumps
mov esi, pairs
mov ecx, 2
xor edi, edi
.again: add edi, [rsi]
add rsi, 16
dec ecx
jnz .again
$exit
END
    ['a segment register is loaded, which faults', <<"END"],
mov eax, [rsp]
shl eax, 8
or eax, 3
mov ds, eax
mov edi, 5
$exit
END
    ['a place is counted from outside of the memory', <<"END", 'table: db 0, 21, 42, 63'],
mov eax, [rsp]
add eax, 65536
movzx edi, byte [table + rax - 65536]
$exit
END
    ['an address is counted from outside of the memory', <<"END", 'table: db 0, 21, 42, 63'],
mov rax, [rsp]
mov ecx, table - 388
movzx edi, byte [rcx + rax + 388]
$exit
END
    ['an argument by an address that is behind it', <<"END"],
lea rsi, [rsp + 24]
mov rdx, [rsi - 8]
movzx edi, byte [rdx]
$exit
END
    ['what is behind a call is no end, if it is not lifted', <<"END"],
std
mov eax, 999
syscall
pushf
pop rdi
shr edi, 10
and edi, 1
cld
$exit
END
    ["the entry's address is above the arguments", <<"END"],
$find_entry
sub rax, _start
mov edi, eax
$exit
END
    ["it is compared with the entry's address", <<"END"],
$find_entry
xor edi, edi
mov ecx, _start
cmp rax, rcx
sete dil
$exit
END
    ['the distance of a computed address to another section, and instructions stay', <<"END", "align 8\ntable: dq first, second\nthree: db 5\nsection .rodata align=1\none: db 1, 2, 3\nsection .bss align=64\ntwo: resb 100"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: mov rax, [rsp]
lea rsi, [one + rax]
mov ecx, two
sub esi, ecx
mov edi, esi
shr edi, 2
$exit
END
    ['the distance of two computed addresses in two sections, and instructions stay', <<"END", "align 8\ntable: dq first, second\nthree: db 5\nsection .rodata align=1\none: db 1, 2, 3\nsection .bss align=64\ntwo: resb 100"],
mov eax, [rsp]
and eax, 1
jmp [table + rax*8]
second: nop
first: mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
sub esi, ecx
mov edi, esi
shr edi, 2
$exit
END
    ['a number that was loaded, minus an address', <<"END", 'b: db 1, 2, 3, 4'],
mov edi, [rsp]
sub edi, b
$exit
END
    ['a number that was loaded, by an address', <<"END", 'b: db 1, 2, 3, 4'],
mov edi, b
xor edi, [rsp]
$exit
END
    ['one of an address and a number', <<"END", 'b: db 1, 2, 3, 4'],
mov edi, b
cmp dword [rsp], 2
cmove edi, [rsp]
$exit
END
    ['bits of an address that is counted up', <<"END", 'b: db 1, 2, 3, 4'],
mov edi, b
mov ecx, [rsp]
.again: inc edi
loop .again
popcnt edi, edi
$exit
END
    ['what a call of a call pushed is an argument', <<"END"],
mov ecx, 3
xor eax, eax
push rax
call adds
pop rdx
push rax
call adds
pop rdx
movzx edi, al
$exit
adds: add eax, [rsp + 8]
dec ecx
js .done
call adds
.done: ret
END
    ['what a call of a call pushed is written', <<"END"],
mov ecx, 3
xor ebx, ebx
push rbx
call adds
pop rdx
push rbx
call adds
pop rdx
movzx edi, bl
$exit
adds: dec ecx
js .done
call last
.done: ret
last: xchg ebx, [rsp + 8]
call other
call other
xchg ebx, [rsp + 8]
ret
other: lea ebx, [rbx + rbx*2 + 5]
rol ebx, 3
xor ebx, 74565
ret
END
    ['an address is the status', <<"END", 'b: db 1, 2, 3, 4'],
mov edi, b
$exit
END
    ['an address is subtracted in memory', <<"END", 'b: db 1, 2, 3, 4'],
sub dword [rsp], b
mov edi, [rsp]
$exit
END
    ['the distance of two computed addresses in two sections', <<"END", "three: db 5\nsection .rodata align=1\none: db 1, 2, 3\nsection .bss align=64\ntwo: resb 100"],
mov rax, [rsp]
lea rsi, [one + rax]
lea rcx, [two + rax*2]
sub esi, ecx
mov edi, esi
shr edi, 2
$exit
END
    ['the stack ends before a place that is used', <<"END"],
sub rsp, 33554432
mov dword [rsp], 5
mov edi, [rsp]
$exit
END
    ['memory where there is none is read', <<"END"],
mov rsi, 0x100000000
mov edi, [rsi]
$exit
END
    ['memory where there is none is read, by a number', <<"END"],
mov rsi, 0x100000000
add rsi, [rsp]
mov edi, [rsi]
$exit
END
    ['memory where there is none is read, by a number of lea', <<"END"],
mov rcx, [rsp]
lea rdi, [rcx*4 + 0x40000]
mov edi, [rdi]
$exit
END
    ['where the program headers are', <<"END"],
$find_headers
mov edi, eax
$exit
END
    ['how many program headers there are', <<"END", 'b: db 1', 'split'],
$find_number
mov edi, eax
add dil, [b]
$exit
END
    ['an address is counted down by loop', <<"END", 'b: db 1, 2, 3, 4'],
mov ecx, b
add rcx, [rsp]
xor edi, edi
.again: inc edi
loop .again
$exit
END
    ['an address is counted down by dec', <<"END", 'b: db 1, 2, 3, 4'],
mov ecx, b
add rcx, [rsp]
xor edi, edi
.again: inc edi
dec ecx
jnz .again
$exit
END
    ['a half of an address that was stored in the stack', <<"END", 'b: db 1, 2, 3, 4'],
mov edi, b
add rdi, [rsp]
mov [rsp + 8], rdi
mov edi, [rsp + 8]
$exit
END
    ['a byte of an address that was stored in data', <<"END", "b: dq 1\nc: dq 2"],
mov edi, b
add rdi, [rsp]
mov [c], rdi
movzx edi, byte [c]
$exit
END
    ['a byte of an address that was exchanged with data', <<"END", "b: dq 1\nc: dq 2"],
mov edi, b
add rdi, [rsp]
xchg rdi, [c]
add dil, [c]
$exit
END
    ['an address is what a function returns', <<"END", 'b: db 1, 2, 3, 4'],
call f
call f
mov edi, eax
$exit
f: mov eax, b
add rax, [rsp + 8]
ret
END
    ['a call gets an address where there is no memory', <<"END"],
mov eax, 1
mov edi, 1
mov rsi, 0x100000000
mov edx, 4
syscall
mov edi, eax
neg edi
$exit
END
    ['int 0x80 takes 32 bits of an address', <<"END", 'text: db 1, 2, 3, 4'],
mov ebx, 1
mov rcx, 0x500000000
add rcx, text
mov edx, 3
mov eax, 4
int 0x80
mov edi, eax
$exit
END
    ['fs begins at 0', <<"END", 'bytes: db 1, 2, 3, 4'],
mov rcx, [rsp]
mov dil, [fs:bytes + rcx]
movzx edi, dil
$exit
END
    ['bytes of its code are added up', <<"END"],
mov esi, _start
mov ecx, 40
xor eax, eax
xor edi, edi
.again: lodsb
add edi, eax
loop .again
$exit
END
    ['the stack pointer is stored at itself', <<"END"],
mov [rsp + 24], rsp
mov dil, [rsp + 24]
movzx edi, dil
and edi, 15
$exit
END
);
push @programs, map { @{ rows_of("$FindBin::Bin/$_.pl") } } qw(hidden_rewrites hidden_sizes hidden_verbatim);

my @arguments = (['x' x 777], ['x' x 777, 'q'], []);

sub examine {
    my ($at) = @_;
    my ($name, $source, $data, $layout) = @{ $programs[$at] };
    my $base = "$folder/$at";
    write_file("$base.s", hidden_behind($source, $data));
    my ($built, $error) = build($base, $layout ? ('--layout', $layout) : (), "$base.s");
    return "is not built: $error" unless defined $built;
    my $golfed = golf("$base.golf", ['--nodes', '20000', '--environments', '20'], $layout ? $base : "$base.s");
    return $golfed->{message} =~ /it is left alone: \S/ ? '' : $golfed->{message} if $golfed->{verdict} eq 'refused';
    return "$golfed->{verdict}: $golfed->{message}" unless $golfed->{verdict} =~ /^(smaller|copy)$/;
    for my $arguments (@arguments) {
        my @was = run_command(10, $base, @$arguments);
        return 'it does not end, so that nothing is compared' if $was[0] == -1;
        my @is = run_command(10, "$base.golf", @$arguments);
        return sprintf 'with %d arguments it ended with %d, and now with %d', scalar @$arguments, $was[0], $is[0] if "@was" ne "@is";
    }
    return '';
}

my @results = in_parallel(2, \&examine, 0 .. $#programs);
my $wrong = 0;
for my $at (grep { $results[$_] } 0 .. $#programs) {
    $wrong++;
    print "$programs[$at][0]: $results[$at]\n";
}
printf "%d programs, %d wrong\n", scalar @programs, $wrong;
exit($wrong > 0);

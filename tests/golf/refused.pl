#!/usr/bin/perl
# refused.pl TINYELF JUDGE: `tinyelf golf` refuses programs that it cannot compare, or does not follow, and says why; no file is written.
# What it need not refuse may be left as it is or made smaller, and then the judge finds no difference.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use golf;

golf::limits(@ARGV);
@ARGV == 2 or die "usage: refused.pl TINYELF JUDGE\n";
setup(@ARGV);
my $options = ['--nodes', '1000'];
my $exit = "mov eax, 60\nxor edi, edi\nsyscall";
my $exit32 = "mov eax, 1\nxor ebx, ebx\nint 0x80";

# A name, the reason, and the source after "_start:"; 32 bits if the name ends so.
my @refused = (
    ['loops for ever', qr/does not end|without end|never ends/, 'jmp _start'],
    ['writes for ever', qr/without end|never ends/, "mov eax, 1\nmov edi, 1\nmov esi, _start\nmov edx, 1\nsyscall\njmp _start"],
    ['waits', qr/./, "mov eax, 34\nsyscall\n$exit"],
    ['reads the clock', qr/clock/, "mov eax, 201\nxor edi, edi\nsyscall\nmov edi, eax\nmov eax, 60\nsyscall"],
    ['reads the clock by clock_gettime', qr/clock/, "mov eax, 228\nxor edi, edi\nmov rsi, rsp\nsyscall\nmov rdi, [rsp]\nmov eax, 60\nsyscall"],
    ['reads the clock, 32', qr/clock/, "mov eax, 13\nxor ebx, ebx\nint 0x80\nmov ebx, eax\nmov eax, 1\nint 0x80"],
    ['counts cycles', qr/./, "rdtsc\nmov edi, eax\nmov eax, 60\nsyscall"],
    ['asks the processor', qr/processor/, "cpuid\nmov edi, ebx\nmov eax, 60\nsyscall"],
    ['asks which processor it runs on, when it has 56 arguments', qr/processor/, "cmp qword [rsp], 57\njne .end\nmov eax, 0x7b\nlsl edi, eax\n.end: mov eax, 60\nsyscall"],
    ['asks for a shadow stack, when it has 56 arguments', qr/processor/,
        "cmp qword [rsp], 57\njne .end\nmov edi, 4\ndb 0xf3, 0x48, 0x0f, 0x1e, 0xcf ; rdsspq rdi\n.end: mov eax, 60\nsyscall"],
    ['stores the address of an instruction of the FPU, when it has 56 arguments', qr/processor's state/,
        "cmp qword [rsp], 57\njne .end\nfld1\nfnstenv [rsp - 40]\nmov edi, [rsp - 28]\n.end: mov eax, 60\nsyscall"],
    ['clears a line of the cache, when it has 56 arguments', qr/cache/,
        "cmp qword [rsp], 57\njne .end\nmov eax, .line\ndb 0x0f, 1, 0xfc ; clzero\nmov edi, [.line]\n.end: mov eax, 60\nsyscall\n"
            . "section .data align=64\n.line: times 64 db 5"],
    ['jumps with a prefix 66, when it has 56 arguments', qr/processors differ/,
        "cmp qword [rsp], 57\njne .end\ndb 0x66, 0xeb, 0\nmov edi, 3\n.end: mov eax, 60\nsyscall"],
    ['asks for random bytes', qr/./, "mov eax, 318\nmov rdi, rsp\nmov esi, 1\nxor edx, edx\nsyscall\nmov edi, [rsp]\nmov eax, 60\nsyscall"],
    ['forks', qr/starts processes/, "mov eax, 57\nsyscall\n$exit"],
    ['forks, 32', qr/starts processes/, "mov eax, 2\nint 0x80\n$exit32"],
    ['clones', qr/starts processes/, "mov eax, 56\nmov edi, 17\nxor esi, esi\nxor edx, edx\nxor r10d, r10d\nsyscall\n$exit"],
    ['becomes another', qr/starts processes.* another program/, "mov eax, 59\nmov rdi, [rsp + 8]\nxor esi, esi\nxor edx, edx\nsyscall\n$exit"],
    ['handles signals', qr/signals/, "mov eax, 13\nmov edi, 2\nxor esi, esi\nxor edx, edx\nmov r10d, 8\nsyscall\n$exit"],
    ['sends itself a signal', qr/signals/, "mov eax, 62\nxor edi, edi\nxor esi, esi\nsyscall\n$exit"],
    ['maps memory', qr/memory/,
        "mov eax, 9\nxor edi, edi\nmov esi, 4096\nmov edx, 3\nmov r10d, 34\nmov r8, -1\nxor r9d, r9d\nsyscall\n$exit"],
    ['moves its break', qr/memory/, "mov eax, 12\nxor edi, edi\nsyscall\n$exit"],
    ['moves its break, 32', qr/memory/, "mov eax, 45\nxor ebx, ebx\nint 0x80\n$exit32"],
    ['changes permissions', qr/./, "mov eax, 10\nmov edi, 0x10000\nmov esi, 4096\nmov edx, 7\nsyscall\n$exit"],
    ['opens a file', qr/sandbox blocks: open/, "mov eax, 2\nmov rdi, [rsp + 8]\nxor esi, esi\nsyscall\n$exit"],
    ['writes to its code', qr/own code/, "mov byte [.next + 1], 5\n.next: mov edi, 1\nmov eax, 60\nsyscall"],
    ['has a failed read as a size', qr/test it first/,
        "xor edi, edi\nmov esi, .buffer\nmov edx, 4\nxor eax, eax\nsyscall\nmov edx, eax\nmov esi, .buffer\nmov edi, 1\nmov eax, 1\nsyscall\n"
            . "$exit\n.buffer: db 1, 2, 3, 4, 5"],
    ['writes as many bytes as it has arguments', qr/test it first/,
        "pop rdx\nmov esi, .text\nmov edi, 1\nmov eax, 1\nsyscall\n$exit\n.text: db 'text'"],
    ['forks when it has three arguments', qr/./, "cmp qword [rsp], 4\njne .end\nmov eax, 57\nsyscall\n.end:\n$exit"],
    ['is too large', qr/larger than/, "$exit\ntimes 2000000 db 1"],
);

# Those of the system are dynamic.
my @systems = ('/bin/true', '/bin/sh');

# Golf may leave these alone, copy them or make them smaller.
my @possible = (
    ['jumps by a register', "lea rax, [rel .next]\njmp rax\n.next:\n$exit"],
    ['jumps by a table', "mov rax, [rsp]\nand eax, 1\njmp [.table + rax * 8]\n.one: mov edi, 1\nmov eax, 60\nsyscall\n.two: mov edi, 2\nmov eax, 60\nsyscall\n.table: dq .one, .two"],
    ['calls by a register', "mov eax, .function\ncall rax\nmov edi, eax\nmov eax, 60\nsyscall\n.function: mov eax, 7\nret"],
    ['reads its code', "mov edi, [rel _start]\nmov eax, 60\nsyscall"],
    ['writes its code', "mov eax, 1\nmov edi, 1\nmov esi, _start\nmov edx, 20\nsyscall\n$exit"],
    ['writes its headers', "mov eax, 1\nmov edi, 1\nmov esi, 0x10000\nmov edx, 64\nsyscall\n$exit"],
    ['exits with a byte of its headers', "movzx edi, byte [0x10010]\nmov eax, 60\nsyscall"],
    ['exits with a byte of its code', "xor eax, eax\nlea rsi, [rel _start]\nlodsb\nmov edi, eax\nmov eax, 60\nsyscall"],
    ['has an address in data', "mov rsi, [.pointer]\nmov eax, 1\nmov edi, 1\nmov edx, 3\nsyscall\n$exit\n.text: db `ab\\n`\n.pointer: dq .text"],
    ['compares addresses', "mov eax, .a\nmov ecx, .b\nxor edi, edi\ncmp eax, ecx\nsetb dil\nmov eax, 60\nsyscall\n.a: db 1\n.b: db 2"],
    ['exits with an address', "mov edi, .a\nand edi, 15\nmov eax, 60\nsyscall\n.a: db 1"],
    ['faults: ud2', 'ud2'],
    ['faults: no address', "xor eax, eax\nmov [rax], eax"],
    ['faults: division', "xor ecx, ecx\ndiv ecx"],
    ['faults: int3', 'int3'],
    ['faults: hlt', 'hlt'],
    ['faults after a write', "mov eax, 1\nmov edi, 1\nmov esi, .t\nmov edx, 2\nsyscall\nud2\n.t: db `a\\n`"],
    ['runs out of its code', 'nop'],
    ['overflows its stack', "push rax\njmp _start"],
    ['makes a call that is none', "mov eax, 999\nsyscall\nmov edi, eax\nmov eax, 60\nsyscall"],
    ['makes a call of 64 bits by int 0x80', "mov eax, 1\nmov ebx, 7\nint 0x80"],
    ['exits by a loop of calls', ".again: mov eax, 60\nmov edi, 9\nsyscall\njmp .again"],
    ['tests the direction flag', "std\npushf\npop rdi\nshr edi, 10\nand edi, 1\nmov eax, 60\nsyscall"],
    ['exits with its stack pointer', "mov rdi, rsp\nand edi, 15\nmov eax, 60\nsyscall"],
    ['exits with a register of the start', "mov edi, edx\nmov eax, 60\nsyscall"],
    ['exits with rcx after a call', "mov eax, 1\nmov edi, 1\nmov esi, _start\nxor edx, edx\nsyscall\nxor edi, edi\ntest ecx, ecx\nsetnz dil\nmov eax, 60\nsyscall"],
    ['uses the red zone', "mov [rsp - 8], rax\nmov rdi, [rsp - 8]\nmov eax, 60\nsyscall"],
    ['writes to argv', "mov rsi, [rsp + 8]\nmov byte [rsi], 10\nmov eax, 1\nmov edi, 1\nmov edx, 1\nsyscall\n$exit"],
);

my ($wrong, $count) = (0, 0);
sub wrong { print "$_[0]\n"; $wrong++ }

sub write_program {
    my ($number, $name, $source) = @_;
    return write_file("$folder/$number.s", "bits " . ($name =~ / 32$/ ? 32 : 64) . "\nglobal _start\n_start:\n$source\n");
}

my @results = in_parallel(2, sub {
    my ($at) = @_;
    my ($name, $reason, $source) = @{ $refused[$at] };
    my $golfed = golf("$folder/r$at.golf", $options, write_program("r$at", $name, $source));
    return { verdict => $golfed->{verdict}, message => $golfed->{message} };
}, 0 .. $#refused);
for my $at (0 .. $#refused) {
    my ($name, $reason) = @{ $refused[$at] };
    $count++;
    wrong("a program that $name: $results[$at]{verdict}: $results[$at]{message}")
        unless $results[$at]{verdict} eq 'refused' && $results[$at]{message} =~ /error: .*$reason/;
}

@results = in_parallel(2, sub {
    my ($at) = @_;
    my ($name, $source) = @{ $possible[$at] };
    my $path = write_program("p$at", $name, $source);
    my ($built, $error) = build("$folder/p$at", $path);
    return { wrong => "is not built: $error" } unless defined $built;
    my $golfed = golf("$folder/p$at.golf", $options, $path);
    return { wrong => "$golfed->{verdict}: $golfed->{message}" } unless $golfed->{verdict} =~ /^(smaller|copy|refused)$/;
    return { wrong => 'refused without a reason' } if $golfed->{verdict} eq 'refused' && $golfed->{message} !~ /error: \S/;
    my $difference = $golfed->{verdict} eq 'smaller' && judge("$folder/p$at", "$folder/p$at.golf");
    return { wrong => $difference || undef, verdict => $golfed->{verdict}, message => $golfed->{message} };
}, 0 .. $#possible);
for my $at (0 .. $#possible) {
    $count++;
    wrong("a program that $possible[$at][0]: $results[$at]{wrong}") if $results[$at]{wrong};
    printf "  %-40s %s %s\n", $possible[$at][0], $results[$at]{verdict} // '', ($results[$at]{message} // '') =~ s/.*error: //r if $ENV{VERBOSE};
}
for my $program (@systems) {
    my $golfed = golf("$folder/system.golf", $options, $program);
    $count++;
    wrong("$program: $golfed->{verdict}: $golfed->{message}") unless $golfed->{verdict} eq 'refused' && $golfed->{message} =~ /dynamic/;
}
printf "%d programs, %d wrong\n", $count, $wrong;
exit($wrong > 0);

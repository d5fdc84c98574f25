#!/usr/bin/perl
# metamorphic.pl TINYELF JUDGE [--golf OPTIONS] [--only TEXT] [--few] [--spare BYTES] [--jobs N]
#
# Sources that say the same in other words go through `tinyelf golf OPTIONS`. Texts of 8 to 40 bytes become at most 77 bytes plus their
# length. Another syntax, other registers, another order of moves, dead code, data in .text and other labels give the same size within a
# byte. Exit statuses from 0 to 255 give 80 bytes each. The judge compares each with its original. With --few a sample, for seconds;
# with --spare, sizes may be so many bytes more, since a short search finds less. Exit status: 0 if all is so, 1 if not.
use strict;
use warnings;
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use golf;

golf::limits(@ARGV);
my %option = (jobs => 2, spare => 0, golf => '--time 20');
GetOptions(\%option, 'golf=s', 'only=s', 'few', 'spare=i', 'jobs|j=i', 'keep') && @ARGV == 2
    or die "usage: metamorphic.pl TINYELF JUDGE [--golf OPTIONS] [--only TEXT] [--few] [--spare BYTES] [--jobs N]\n";
setup(@ARGV, $option{keep});
my @cases;

# A case: its group, its name, the source, and the most bytes (undef: only compared with its group).
sub add { push @cases, { group => $_[0], name => $_[1], source => $_[2], most => $_[3] } }

# ---- texts ----
my $pangram = 'The five boxing wizards jump quickly, sphinx!';
for my $length (8 .. 40) {
    next if $option{few} && $length != 8 && $length != 25;
    my $text = substr $pangram, 0, $length - 1;
    add('texts', "$length bytes", <<EOF, 77 + $length);
bits 64
global _start
section .text
_start:
    mov rax, 1
    mov rdi, 1
    mov rsi, text
    mov rdx, $length
    syscall
    mov rax, 231
    mov rdi, 0
    syscall
text: db "$text", 10
EOF
}

# ---- statuses ----
for my $status (0 .. 255) {
    next if $option{few} && !grep { $_ == $status } 0, 1, 42, 127, 128, 255;
    add('statuses', "status $status", "bits 64\nglobal _start\n_start:\n    mov eax, 60\n    mov edi, $status\n    syscall\n", 80);
}

# ---- one program in many words ----
# What writes $_[0] strings of equal length, then exits, from a list of what each argument is set by.
my @texts = ("Hello world", "Second text", "And a third");

sub nasm {
    my ($writes, %say) = @_;
    my ($code, $data) = ('', '');
    for my $number (0 .. $writes - 1) {
        my $label = ($say{label} // 'text') . $number;
        my @moves = ($say{nr} // 'mov eax, 1', $say{fd} // 'mov edi, 1', ($say{at} // 'mov esi, %s') =~ s/%s/$label/r,
            $say{size} // 'mov edx, 12');
        @moves = @moves[@{ $say{order} }] if $say{order};
        $code .= join "\n", ($say{before} // ()), @moves, ($say{between} // ()), "syscall\n";
        $data .= "$label: db \"$texts[$number]\", 10\n";
    }
    $code .= ($say{last} // "mov eax, 231\nmov edi, 0\nsyscall") . "\n";
    my $section = $say{section} // '';
    my $body = "_start:\n$code" . ($say{after} // '') . "\n";
    return "bits 64\nglobal _start\nsection .text\n" . ($say{data_first} ? "$data$body" : "$body$section\n$data");
}

my %words = (
    'as it is' => {},
    '64-bit moves' => { nr => 'mov rax, 1', fd => 'mov rdi, 1', at => 'mov rsi, %s', size => 'mov rdx, 12' },
    'seven-byte moves' => { nr => 'mov rax, strict dword 1', size => 'mov rdx, strict dword 12' },
    'ten-byte addresses' => { at => 'mov rsi, qword %s' },
    'relative addresses' => { at => 'lea rsi, [rel %s]' },
    'push and pop' => { nr => "push 1\npop rax", fd => "push 1\npop rdi", size => "push 12\npop rdx" },
    'other registers' => { nr => "mov ebx, 1\nmov eax, ebx", fd => "mov r9, 1\nmov rdi, r9", size => "mov r15d, 12\nmov rdx, r15" },
    'sums' => { nr => "xor eax, eax\ninc eax", size => "mov edx, 5\nadd edx, 7", fd => "xor edi, edi\nadd edi, 1" },
    'reversed moves' => { order => [3, 2, 1, 0] },
    'mixed moves' => { order => [2, 0, 3, 1] },
    'dead moves' => { before => "mov r8d, 5\nmov rbx, 0x1234567890\nadd rbx, r8" },
    'jumps over dead code' => { between => "jmp short %%over\nmov edi, 2\nud2\n%%over:" },
    'code after its end' => { after => "mov eax, 5\nret\nunused: xor eax, eax\njmp unused\n" },
    'no-ops' => { between => "nop\nnop\nmov rbp, rbp" },
    'data in .rodata' => { section => 'section .rodata' },
    # Its segment is writable, and what is made of it may be, too.
    'data in .data' => { section => 'section .data', smaller => 1 },
    'data first' => { data_first => 1 },
    'other labels' => { label => 'a_longer_name_than_that_one' },
    'exit' => { last => "mov eax, 60\nxor edi, edi\nsyscall" },
    'a test that is known' => { before => "mov ecx, 3\ncmp ecx, 3\njne unused", after => "unused: ud2\n" },
    'a function' => { last => "call leave", after => "leave: mov eax, 231\nxor edi, edi\nsyscall\n" },
);
my @sampled = ('as it is', 'push and pop', 'mixed moves', 'jumps over dead code', 'data in .data', 'a function');
for my $writes (1, 2) {
    next if $option{few} && $writes == 2;
    for my $name (sort keys %words) {
        next if $option{few} && !grep { $_ eq $name } @sampled;
        my $number = 0;
        my $source = nasm($writes, %{ $words{$name} }) =~ s/%%over:/"over" . $number++ . ':'/ger;
        $number = 0;
        $source =~ s/%%over/"over" . $number++/ge;
        add(($writes == 1 ? 'one write' : 'two writes'), $name, $source, $writes == 1 ? 89 : undef);
        $cases[-1]{smaller} = $words{$name}{smaller};
    }
}
add('one write', 'Intel syntax', <<'EOF', 89);
.intel_syntax noprefix
.globl _start
.text
_start: mov eax, 1
    mov edi, 1
    lea rsi, text[rip]
    mov edx, 12
    syscall
    mov eax, 231
    xor edi, edi
    syscall
text: .ascii "Hello world\n"
EOF
add('one write', 'AT&T syntax', <<'EOF', 89);
.globl _start
.text
_start: movl $1, %eax
    movl $1, %edi
    movl $text, %esi
    movl $12, %edx
    syscall
    movl $231, %eax
    xorl %edi, %edi
    syscall
text: .ascii "Hello world\n"
EOF

@cases = grep { "$_->{group} $_->{name}" =~ /$option{only}/ } @cases if defined $option{only};
sub examine {
    my ($at) = @_;
    my $path = write_file("$folder/$at.s", $cases[$at]{source});
    my ($built, $error) = build("$folder/$at", $path);
    return { wrong => "is not built: $error" } unless defined $built;
    my $golfed = golf("$folder/$at.golf", [split ' ', $option{golf}], $path);
    return { wrong => "$golfed->{verdict}: $golfed->{message}" } unless $golfed->{verdict} =~ /^(smaller|copy)$/;
    return { size => $golfed->{size}, wrong => judge("$folder/$at", "$folder/$at.golf") || undef, seconds => $golfed->{seconds} };
}
my @results = in_parallel($option{jobs}, \&examine, 0 .. $#cases);
my ($wrong, %sizes) = (0);
for my $at (0 .. $#cases) {
    my ($case, $result) = ($cases[$at], $results[$at]);
    my $what = $result->{wrong} // '';
    $what = "has $result->{size} bytes, at most $case->{most}" if !$what && defined $case->{most} && $result->{size} > $case->{most} + $option{spare};
    if ($what) {
        $wrong++;
        print "$case->{group}, $case->{name}: $what\n";
    }
    push @{ $sizes{ $case->{group} } }, [$result->{size}, $case->{name}, $case->{smaller}] if defined $result->{size};
}
# Within a group, the sizes differ by a byte.
for my $group (grep { /write/ } sort keys %sizes) {
    my @sorted = sort { $a->[0] <=> $b->[0] } @{ $sizes{$group} };
    print "$group: from $sorted[0][0] ($sorted[0][1]) to $sorted[-1][0] ($sorted[-1][1])\n";
    my ($least) = grep { !$_->[2] } @sorted;
    next if !$least || $sorted[-1][0] - $least->[0] <= 1;
    $wrong++;
    print "$group: " . join(', ', map { "$_->[1] $_->[0]" } @sorted) . "\n";
}
printf "%d programs, %d wrong\n", scalar @cases, $wrong;
exit($wrong > 0);

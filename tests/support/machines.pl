#!/usr/bin/perl
# Fails if a file of elfgen/ names a processor that need not: what depends on a processor is a row, which the others ask.
#
#   machines.pl SOURCE           exit status: 0 no fault, 1 a fault
#
# Names are the numbers of e_machine, types of relocations, ABIs, and the names of processors as strings, in .c and .h
# files, comments apart. Tables of rows (.def) are where processors belong. A choice between the sizes of 64-bit and of
# 32-bit files counts as a name: elfgen_address_size() and the rows of ABIs have them.
use strict;
use warnings;
use File::Find;

die "usage: machines.pl SOURCE\n" if @ARGV != 1;
my $root = "$ARGV[0]/elfgen";
# Folder or file => why it may. docs/architecture.md has this list.
my %may = (
    'arch/' => 'the rows, and how x86 instructions are relaxed',
    'assemble/' => "objects of x86 as NASM makes them",
    'include/elfgen/arch.h' => 'names of the rows',
    'include/elfgen/format.h' => 'numbers of the specifications',
    'include/elfgen/image.h' => 'the defaults are those of the lecture, for x86-64',
    'kernel/' => "Linux's own rules for x86",
    'tinyelf/x86/' => 'its instructions',
    'tinyelf/golf/' => 'its instructions, its calls by both doors, and which headers Linux takes for it',
    'tinyelf/ptrace/registers.c' => 'where the kernel puts the registers of a traced process',
    'tinyelf/stepper/recording.c' => 'how large the registers of a recording are',
    'tinyelf/stepper/vector_registers.c' => "where the kernel puts x86's vector registers",
    'tinyelf/sandbox/filter.c' => 'the architectures of its seccomp filter',
);
my $name = qr{\b\w*(?:EM_(?:386|486|X86_64|AARCH64)|R_(?:386|X86_64|AARCH64)_\w+|X86_64_\w+|(?:AUDIT|SCMP)_ARCH_\w+|NT_X86_\w+|CALL_(?:X86_64|I386))\b
    |"(?:x86_64|x86-64|amd64|i386|aarch64|arm64|-?m32|-?m64|elf32|elf64)"
    |\?\s*(?:8|16|32|64)\s*:\s*(?:4|8|32)\b}x;
my ($files, @wrong, %used) = (0);
find({no_chdir => 1, wanted => sub {
    return unless /\.[ch]$/;
    my $file = substr $_, 1 + length $root;
    open my $handle, '<', $_ or die "machines.pl: $_: $!\n";
    my $text = do { local $/; <$handle> };
    $text =~ s{/\*.*?\*/}{ $& =~ tr/\n//cdr }gse;
    $files++;
    my ($reason) = grep { $_ eq $file || (m{/$} && index($file, $_) == 0) } keys %may;
    my $line = 0;
    for (split /\n/, $text) {
        $line++;
        next unless /($name)/;
        $reason ? $used{$reason}++ : push @wrong, "elfgen/$file:$line: $1\n";
    }
}}, $root);
die "machines.pl: no files in $root\n" if !$files;
push @wrong, map { "$_: named as one that may name a processor, and does not\n" } grep { !$used{$_} } sort keys %may;
printf "%d files, %d wrong\n", $files, scalar @wrong;
print @wrong;
exit(@wrong ? 1 : 0);

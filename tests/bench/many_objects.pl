#!/usr/bin/perl
# many_objects.pl COUNT FOLDER [STARTS...]: writes COUNT x86-64 objects FOLDER/00000.o, ... like a compiler's: five
# functions, 100 relocations (calls into other objects, addresses of strings, data and functions), data with
# pointers, and strings, some of which all objects share. An object refers to earlier objects, always to the one
# just before. So the first N are a program together with FOLDER/start-N.o, which is written for each N of STARTS,
# and none is unused. The program exits with 42. No assembler is used, since that would take minutes.
use strict;
use warnings;

my ($count, $folder, @starts) = @ARGV;
die "usage: many_objects.pl COUNT FOLDER [STARTS...]\n" unless defined $folder;

use constant { R_64 => 1, R_PC32 => 2, R_PLT32 => 4, FUNCTIONS => 5 };
srand(1);

# write_object(path, text, data, strings, places, globals, relocations): places are those of the strings; globals are
# [name, section, value, size, type], or [name] for undefined ones; relocations [section, offset, type, symbol,
# addend], where symbol is a number of globals, or -1, -2, -3 for the sections .text, .data, .rodata.str1.1, or -4 and
# below for the strings.
sub write_object {
    my ($path, $text, $data, $strings, $places, $globals, $relocations) = @_;
    my $symbols = "\0" x 24;
    my $names = "\0";
    $symbols .= pack 'V C C v Q Q', 0, 3, 0, $_, 0, 0 for 1 .. 3;
    for my $s (0 .. $#$places) {
        $symbols .= pack 'V C C v Q Q', length $names, 0, 0, 3, $places->[$s], 0;
        $names .= ".LC$s\0";
    }
    for my $g (@$globals) {
        my ($name, $section, $value, $size, $type) = @$g;
        $symbols .= pack 'V C C v Q Q', length $names, 16 | ($type // 0), 0, $section // 0, $value // 0, $size // 0;
        $names .= "$name\0";
    }
    my @rela = ('', '', '');
    for my $r (@$relocations) {
        my ($section, $offset, $type, $symbol, $addend) = @$r;
        my $number = $symbol < 0 ? -$symbol : $symbol + 4 + @$places;
        $rela[$section] .= pack 'Q V V q', $offset, $type, $number, $addend;
    }
    my $section_names = "\0.rela.text\0.rela.data\0.rodata.str1.1\0.symtab\0.strtab\0.shstrtab\0.note.GNU-stack\0";
    my %at = ('.text' => 6, '.data' => 17);
    $at{$_} = index $section_names, "$_\0" for qw(.rela.text .rela.data .rodata.str1.1 .symtab .strtab .shstrtab .note.GNU-stack);
    # name, type, flags, bytes, link, info, alignment, entry size
    my @sections = (
        ['.text', 1, 6, $text, 0, 0, 16, 0], ['.data', 1, 3, $data, 0, 0, 8, 0],
        ['.rodata.str1.1', 1, 0x32, $strings, 0, 0, 1, 1], ['.rela.text', 4, 0x40, $rela[1], 6, 1, 8, 24],
        ['.rela.data', 4, 0x40, $rela[2], 6, 2, 8, 24], ['.symtab', 2, 0, $symbols, 7, 4 + @$places, 8, 24],
        ['.strtab', 3, 0, $names, 0, 0, 1, 0], ['.shstrtab', 3, 0, $section_names, 0, 0, 1, 0],
        ['.note.GNU-stack', 1, 0, '', 0, 0, 1, 0],
    );
    my $body = "\0" x 64;
    my $headers = "\0" x 64;
    for my $s (@sections) {
        my ($name, $type, $flags, $bytes, $link, $info, $alignment, $entry) = @$s;
        $body .= "\0" x (-length($body) % $alignment);
        $headers .= pack 'V V Q Q Q Q V V Q Q', $at{$name}, $type, $flags, 0, length $body, length $bytes, $link, $info,
            $alignment, $entry;
        $body .= $bytes;
    }
    $body .= "\0" x (-length($body) % 8);
    substr($body, 0, 64) = pack 'a4 C4 x8 v v V Q Q Q V v6', "\x7fELF", 2, 1, 1, 0, 1, 62, 1, 0, 0, length $body, 0, 64,
        0, 0, 64, @sections + 1, 8;
    open my $out, '>:raw', $path or die "$path: $!\n";
    print $out $body, $headers;
    close $out or die "$path: $!\n";
}

sub object {
    my ($n) = @_;
    my (@globals, @relocations, %number);
    my ($text, $strings) = ('', '');
    my @places;
    for my $s (0 .. 9) {
        push @places, length $strings;
        $strings .= ($s < 5 ? "a message that many files have, number $s" : "object $n says $s") . "\0";
    }
    push @globals, ["f${n}_$_", 1, $_ * 160, 160, 2] for 0 .. FUNCTIONS - 1;
    push @globals, ["d$n", 2, 0, 64, 1];
    # The number of a symbol that another object defines.
    my $outside = sub {
        my ($name) = @_;
        return $number{$name} //= do { push @globals, [$name]; $#globals };
    };
    my $before = sub { $n == 0 ? 0 : int rand $n };
    for my $f (0 .. FUNCTIONS - 1) {
        my $code = "\x55\x48\x89\xe5";    # push %rbp; mov %rsp, %rbp
        for my $c (0 .. 14) {
            my $to = $f == 0 && $c == 0 ? ($n > 0 ? $n - 1 : 0) : $before->();
            my $name = 'f' . $to . '_' . int rand FUNCTIONS;
            my $symbol = $to == $n ? substr($name, -1) : $outside->($name);
            push @relocations, [1, length($text) + length($code) + 1, R_PLT32, $symbol, -4];
            $code .= "\xe8\0\0\0\0";    # call
        }
        for my $s (0 .. 1) {
            push @relocations, [1, length($text) + length($code) + 3, R_PC32, -4 - (2 * $f + $s), -4];
            $code .= "\x48\x8d\x3d\0\0\0\0";    # lea string(%rip), %rdi
        }
        my $to = $before->();
        my $symbol = $to == $n ? FUNCTIONS : $outside->("d$to");
        push @relocations, [1, length($text) + length($code) + 2, R_PC32, $symbol, 8 * int(rand 8) - 4];
        $code .= "\x8b\x05\0\0\0\0";    # mov d(%rip), %eax
        $code .= "\x5d\xc3";            # pop %rbp; ret
        $text .= $code . "\x90" x (160 - length $code);
    }
    for my $slot (0 .. 7) {
        push @relocations, [2, 8 * $slot, R_64, $slot < 5 ? (-3, $places[$slot]) : ($slot - 5, 0)];
    }
    push @relocations, [2, 64 + 8 * $_, R_64, 0, $_] for 0 .. 1;
    write_object(sprintf('%s/%05d.o', $folder, $n), $text, "\0" x 80, $strings, \@places,
        \@globals, \@relocations);
}

object($_) for 0 .. $count - 1;
for my $n (@starts) {
    # mov $60, %eax; mov $42, %edi; syscall; call f
    write_object("$folder/start-$n.o", "\xb8\x3c\0\0\0\xbf\x2a\0\0\0\x0f\x05\xe8\0\0\0\0", '', '', [],
        [['_start', 1, 0, 17, 2], ['f' . ($n - 1) . '_0']], [[1, 13, R_PLT32, 1, -4]]);
}

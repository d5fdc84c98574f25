#!/usr/bin/perl
# Holds what `tinyelf encode --json` prints to nasm and objdump.
#
#   encodings.pl BITS SOURCE JSON...      exit status: 0 no fault, 1 a fault
#
# SOURCE has an instruction a line, JSON the answers in the same order, with --ask or without. nasm assembles all of SOURCE
# at once; its bytes are those of the encoding that is marked. objdump decodes every encoding to what it makes of nasm's.
# Parts that are joined are the bytes, and fields that are joined their byte.
use strict;
use warnings;
use JSON::PP;

my ($bits, $source, @answers) = @ARGV;
my (@lines, @wrong, @encodings, @decoded);

open my $in, '<', $source or die "encodings.pl: $source: $!\n";
chomp(@lines = <$in>);
my @objects = map { open my $file, '<', $_ or die "encodings.pl: $_: $!\n"; map { decode_json($_) } <$file> } @answers;
die "encodings.pl: " . @lines . " instructions, " . @objects . " answers\n" if @lines != @objects;

# Slots of 16 bytes, filled with int3.
open my $out, '>', 'slots.asm' or die;
print $out "bits $bits\n", map { "s$_: $lines[$_]\n times 16-(\$-s$_) db 0xcc\n" } 0 .. $#lines;
close $out;
system('nasm', '-f', 'bin', '-o', 'slots.bin', 'slots.asm') == 0 or die "encodings.pl: nasm\n";
open my $slots, '<:raw', 'slots.bin' or die;
for my $i (0 .. $#lines) {
    read $slots, my $slot, 16;
    my ($usual, @others) = grep { $_->{nasm} } @{$objects[$i]{encodings} // []};
    push(@wrong, "$lines[$i]: none is nasm's"), next if !$usual || @others;
    my $bytes = pack 'H*', $usual->{bytes} =~ s/ //gr;
    push @wrong, "$lines[$i]: $usual->{bytes}, nasm " . unpack 'H*', $slot if $bytes . "\xcc" x (16 - length $bytes) ne $slot;
    my ($last, %seen) = (0);
    for my $encoding (@{$objects[$i]{encodings}}) {
        my $byte = sub { defined $_[0] ? $_[0]{byte} : () };
        my $joined = join ' ', grep { defined } $encoding->{prefixes}, $byte->($encoding->{rex}), $encoding->{opcode},
            $byte->($encoding->{modrm}), $byte->($encoding->{sib}), @$encoding{qw(displacement immediate immediate_2)};
        push @wrong, "$lines[$i]: parts $joined of $encoding->{bytes}" if $joined ne $encoding->{bytes};
        push @wrong, "$lines[$i]: $encoding->{length} of $encoding->{bytes}" if 3 * $encoding->{length} - 1 != length $encoding->{bytes};
        push @wrong, "$lines[$i]: $encoding->{bytes} is listed twice" if $seen{$encoding->{bytes}}++;
        push @wrong, "$lines[$i]: $encoding->{bytes} comes after a longer one" if $encoding->{length} < $last;
        $last = $encoding->{length};
        for ([$encoding->{rex}, 4, 1, qw(w r x b)], [$encoding->{modrm}, 0, 3, qw(mod reg rm)], [$encoding->{sib}, 0, 3, qw(scale index base)]) {
            my ($fields, $value, $width, @names) = @$_;
            next unless $fields;
            $value = ($value << $width) + $fields->{$_} for @names;
            push @wrong, "$lines[$i]: fields of $fields->{byte}" if $value != hex $fields->{byte};
        }
        push @encodings, [$i, $encoding];
    }
}

# What objdump calls an encoding, without what tells encodings apart.
open my $code, '>:raw', 'code.bin' or die;
print $code map { my $b = pack 'H*', $_->[1]{bytes} =~ s/ //gr; $b . "\xcc" x (16 - length $b) } @encodings;
close $code;
open my $dump, '-|', 'objdump', '-D', '-z', '-w', '-b', 'binary', '-m', $bits == 64 ? 'i386:x86-64' : 'i386', '-M', 'intel', 'code.bin' or die;
while (<$dump>) {
    my ($at, $text) = /^ *([0-9a-f]+):\t[0-9a-f ]+\t(.*?)\s*$/ or next;
    next if hex($at) % 16;
    $text =~ s/\s+/ /g;
    $text =~ s/\{\w+\} //g;
    $text =~ s/\b(?:cs|ds|es|ss|rex(?:\.[WRXB]+)?) (?=\S)//g;
    $text =~ s/[+-]0x0(?=\])|[re]iz\*\d\+?|\+[re]iz\*\d//g;
    $text =~ s/\*1\b//g;
    $text =~ s/\[(\w+)\+(\w+)/my ($a, $b) = sort $1, $2; "[$a+$b"/e unless $text =~ /\*/;
    $text =~ s/movabs/mov/;
    $text =~ s/(?:BYTE|[DQ]?WORD|XMMWORD) PTR //;
    $text =~ s/\bds:(0x[0-9a-f]+)/[$1]/;
    # Without a sign, 32 bits of a number are extended with zeros; a segment register has 16 bits.
    $text =~ s/^mov [re]([abcds][xip]),(?=0x[0-9a-f]{1,8}$)/mov e$1,/;
    $text =~ s/^mov (r\d+)d?,(?=0x[0-9a-f]{1,8}$)/mov $1d,/;
    $text =~ s/\b[re](?=[abcds][xip],[c-gs]s$)|(?<=[c-gs]s,)[re](?=[abcds][xip]$)//;
    $text =~ s/^xchg (.*),(.*)/'xchg ' . join ',', sort $1, $2/e;
    $text =~ s/,0x1$/,1/;
    $text =~ s/^(j\w+|call|loop\w*) 0x([0-9a-f]+)/"$1 " . sprintf '0x%x', hex($2) - hex $at/e;
    $decoded[hex($at) / 16] = $text;
}
my %first;
for my $n (0 .. $#encodings) {
    my ($i, $encoding) = @{$encodings[$n]};
    $first{$i} = $decoded[$n] if $encoding->{nasm};
}
for my $n (0 .. $#encodings) {
    my ($i, $encoding) = @{$encodings[$n]};
    push @wrong, "$lines[$i]: $encoding->{bytes} is '" . ($decoded[$n] // '') . "', not '$first{$i}'" if ($decoded[$n] // '') ne $first{$i};
}
printf "%d instructions, %d encodings, %d wrong\n", scalar @lines, scalar @encodings, scalar @wrong;
print "$_\n" for @wrong;
exit(@wrong ? 1 : 0);

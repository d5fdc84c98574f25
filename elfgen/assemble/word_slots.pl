#!/usr/bin/perl
# Prints word_slots.def: where the table that finds words by their hash has each of them.
#
#   word_slots.pl ELFGEN > ELFGEN/assemble/word_slots.def
#
# Needed when a row of words.def, foreign_words.def, x86_mnemonics.def or x86_registers.def is new; the unit test `lex`
# fails until then. The hash is word_hash() of lex.h.
use strict;
use warnings;

die "usage: word_slots.pl ELFGEN\n" if @ARGV != 1;
my $slots = 8192;
my @names;
for (['include/elfgen/x86_mnemonics.def', qr/^ELFGEN_X86_MNEMONIC\((\w+)\)/m],
    ['include/elfgen/x86_registers.def', qr/^ELFGEN_X86_REGISTER\((\w+),/m], ['assemble/words.def', qr/^WORD\((\w+),/m],
    ['assemble/foreign_words.def', qr/\bFOREIGN_(?:WORD|DIRECTIVE)\((\w+)\)(?=\s)/]) {
    my ($file, $row) = @$_;
    open my $text, '<', "$ARGV[0]/$file" or die "word_slots.pl: $ARGV[0]/$file: $!\n";
    push @names, grep { defined } do { local $/; <$text> } =~ /$row/g;
}
sub hash {
    my @bytes = map { ord($_) | 0x20 } split //, $_[0];
    my $hash = 0;
    for (my $i = 0; $i < @bytes; $i += 8) {
        my $word = 0;
        for my $k (0 .. 7) { $word |= $bytes[$i + $k] << 8 * $k if $i + $k < @bytes }
        use integer;
        $hash = (($hash >> 32 & 0xffffffff) ^ $hash ^ $word) * (0x9e3779b9 << 32 | 0x7f4a7c15);
    }
    return $hash >> 51;
}
my @table;
for my $name (@names) {
    my $slot = hash($name);
    $slot = ($slot + 1) % $slots while $table[$slot];
    $table[$slot] = $name;
}
print "/* Where the table of words has each of them; word_slots.pl makes it: SLOT(place, name), 16 places a line. */\n";
for (my $line = 0; $line < $slots; $line += 16) {
    my @row = map { sprintf 'SLOT(0x%04x, %s)', $_, $table[$_] } grep { $table[$_] } $line .. $line + 15;
    print join(' ', @row), "\n" if @row;
}

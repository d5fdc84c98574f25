#!/usr/bin/perl
# Fails if a test has an assertion that cannot fail: bash's errexit, by which bats fails a test, does not see
# "[ A ] && [ B ]" if A is false, and sees "! COMMAND" never, unless they come last in a function.
#
#   asserts.pl SOURCE            exit status: 0 no fault, 1 a fault
use strict;
use warnings;
use File::Find;

die "usage: asserts.pl SOURCE\n" if @ARGV != 1;
my ($files, @wrong) = (0);
find({no_chdir => 1, wanted => sub {
    return unless /\.(?:bats|bash)$/;
    my $name = $_;
    open my $text, '<', $name or die "asserts.pl: $name: $!\n";
    my @lines = <$text>;
    for my $i (0 .. $#lines) {
        my $line = $lines[$i];
        next if $line =~ /\|\||\breturn\b|\bcontinue\b|[\\)]$/; # what is not an assertion, or is a part of one
        next if ($lines[$i + 1] // '') =~ /^\}|^\s+\|\|/;
        push @wrong, sprintf '%s:%d: %s', $name, $i + 1, $line =~ s/^\s+//r
            if $line =~ /^\s+\[.*\]\s+&&\s+(?:\[|!|grep|cmp|diff|test)/ || $line =~ /^\s+!\s/ && ($lines[$i + 1] // '') !~ /^\s+\}/;
    }
    $files++;
}}, "$ARGV[0]/tests");
print "$files files, ", scalar @wrong, " assertions that cannot fail\n", @wrong;
die "asserts.pl: no tests below $ARGV[0]\n" if !$files;
exit(@wrong ? 1 : 0);

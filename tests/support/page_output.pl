#!/usr/bin/perl
# Compares what a command printed with what a page shows of it.
#
#   page_output.pl SHOWN PRINTED      exit status: 0 the same, 1 not
#
# A page may leave out lines, and says so in a line of its own:
#   ... 12 lines           exactly 12
#   ... about 40 lines     between half and double, where systems differ
#   ...                    any number, and others between the lines that are shown, too
# In a line, "…" stands for any text, such as an address that is another one in each run. A line of 80 columns may go on in
# the next one, as on a terminal.
use strict;
use warnings;

die "usage: page_output.pl SHOWN PRINTED\n" if @ARGV != 2;
my ($shown, $printed) = map {
    open my $in, '<', $_ or die "page_output.pl: $_: $!\n";
    local $/;
    scalar <$in> // '';
} @ARGV;

sub line_pattern {
    my ($line) = @_;
    my $columns = length($line =~ s/…/./gr);
    return join('.*', map { quotemeta } split /…/, $line, -1) . ($columns == 80 ? '\n?' : '\n');
}

my @lines = $shown =~ /(.*)\n/g;
if (grep { $_ eq '...' } @lines) {
    my @wanted = map { line_pattern($_) } grep { !/^\.\.\./ } @lines;
    for my $line ($printed =~ /.*\n?/g) {
        shift @wanted if @wanted && $line =~ /\A$wanted[0]\z/;
    }
    exit(@wanted ? 1 : 0);
}
my $pattern = join '', map {
        /^\.\.\. (\d+) lines?$/       ? "(?:.*\\n){$1}"
      : /^\.\.\. about (\d+) lines$/ ? sprintf('(?:.*\n){%d,%d}?', $1 / 2, 2 * $1)
      : line_pattern($_)
} @lines;
exit($printed =~ /\A$pattern\z/ ? 0 : 1);

#!/usr/bin/perl
# random.pl TINYELF JUDGE [--seed N] [--count N] [--golf OPTIONS] [--jobs N] [--keep] [--print]
#
# Random small programs through `tinyelf golf OPTIONS`, and what it made compared with the original by the judge, which shares nothing
# with golf's proof. Golf may refuse a program, with a reason, or copy it. Prints the reasons with how often each occurs, and for each
# program that is wrong its seed: `random.pl TINYELF JUDGE --seed N --count 1 --print` shows it. Exit status: 0 if none is wrong, and
# at least a tenth became smaller.
use strict;
use warnings;
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use generate;
use golf;

golf::limits(@ARGV);
my %option = (jobs => 2, seed => 1, count => 200, golf => '--time 1');
GetOptions(\%option, 'seed=i', 'count=i', 'golf=s', 'jobs|j=i', 'keep', 'print') && @ARGV == 2
    or die "usage: random.pl TINYELF JUDGE [--seed N] [--count N] [--golf OPTIONS] [--jobs N] [--keep] [--print]\n";
setup(@ARGV, $option{keep});

sub examine {
    my ($seed) = @_;
    return examine_source($seed, generate($seed), $option{golf}, $option{keep}, sub { judge(@_, $seed) });
}

my @seeds = $option{seed} .. $option{seed} + $option{count} - 1;
if ($option{print}) { print generate($_) for @seeds }
my @results = in_parallel($option{jobs}, \&examine, @seeds);
my ($sum, $seconds) = (0, 0);
for my $result (@results) {
    $sum += ($result->{size} // 0) / ($result->{built} // 1);
    $seconds += $result->{seconds} // 0;
}
printf "mean %.3f of build's size, %.1f s of processor time each\n", $sum / @seeds, $seconds / @seeds;
exit report(\@seeds, \@results, 10);

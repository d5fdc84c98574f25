#!/usr/bin/perl
# Fails if a command compiles although an option in its rows is missing in its code: the compiler must find the row.
#
#   option_rows.pl SOURCE BUILD        exit status: 0 no fault, 1 a fault
#
# Each command's source is compiled with a copy of its options.def that has one row more.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Path 'make_path';
use File::Temp 'tempdir';
use JSON::PP;

die "usage: option_rows.pl SOURCE BUILD\n" if @ARGV != 2;
my ($root, $build) = (abs_path("$ARGV[0]/elfgen/tinyelf"), $ARGV[1]);
my $copy = tempdir(CLEANUP => 1);
open my $json, '<', "$build/compile_commands.json" or die "option_rows.pl: $build/compile_commands.json: $!\n";
my %command = map { abs_path($_->{file}) => $_ } @{decode_json(do { local $/; <$json> })};

# Compiles a source; files of the copy come before those of the tree. Returns what the compiler says.
sub compile {
    my ($file) = @_;
    my $entry = $command{"$root/$file"} or die "option_rows.pl: $build does not compile $file\n";
    my $line = $entry->{command};
    $line =~ s/ -o \S+ -c \S+/ -fsyntax-only -Wswitch -Werror=switch -I$copy $root\/$file/ or die "option_rows.pl: $line\n";
    $line =~ s/ -I/ -I$copy -I/;
    return scalar `cd '$entry->{directory}' && LC_ALL=C $line 2>&1`;
}

my @wrong;
open my $commands, '<', "$root/commands/commands.def" or die "option_rows.pl: commands.def: $!\n";
my @names = map { /^COMMAND\("(\w+)"/ ? $1 : () } <$commands>;
for my $name (@names) {
    my $rows = "commands/$name/options.def";
    my $said = compile("commands/$name/$name.c");
    push @wrong, "$name does not compile as it is: $said" if $said =~ /error:/;
    make_path("$copy/commands/$name");
    open my $from, '<', "$root/$rows" or die "option_rows.pl: $rows: $!\n";
    open my $to, '>', "$copy/$rows" or die "option_rows.pl: $copy/$rows: $!\n";
    print {$to} <$from>, qq{OPTION(FORGOTTEN, 0, "forgotten", NULL, "a row without a case")\n};
    close $to or die "option_rows.pl: $copy/$rows: $!\n";
    $said = compile("commands/$name/$name.c");
    push @wrong, "$name: the compiler does not miss a case for a new row\n" unless $said =~ /FORGOTTEN.*not handled/;
}
printf "%d commands, %d wrong\n", scalar @names, scalar @wrong;
print @wrong;
exit(@wrong || !@names ? 1 : 0);

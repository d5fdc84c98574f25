#!/usr/bin/perl
# Fails if a file is too long (600 lines in elfgen/, 900 in tests/), if its first line says nothing, if a source of
# elfgen/ compiles more than once in a build: main.c alone does, for the command and its companion; or if a file of bats
# or of unit tests is none of the build's tests.
#
#   files.pl SOURCE BUILD        exit status: 0 no fault, 1 a fault
use strict;
use warnings;
use Cwd 'abs_path';
use File::Find;
use JSON::PP;

die "usage: files.pl SOURCE BUILD\n" if @ARGV != 2;
my ($source, $build) = (abs_path($ARGV[0]), $ARGV[1]);
my %most = (elfgen => 600, tests => 900);
my ($files, @wrong, %compiled, %unit) = (0);
for my $folder (sort keys %most) {
    find(sub {
        return if -d || $File::Find::name =~ m{/corpus/} || !/\.(c|h|def|bats|bash|sh|pl|txt)$/;
        open my $text, '<', $_ or die "files.pl: $File::Find::name: $!\n";
        my @lines = <$text>;
        my $first = $lines[0] =~ /^#!/ ? $lines[1] : $lines[0];
        push @wrong, "$File::Find::name: " . @lines . " lines, at most $most{$folder}\n" if @lines > $most{$folder};
        push @wrong, "$File::Find::name: no comment begins it\n" unless ($first // '') =~ m{^(/\*|#) \S};
        $files++;
    }, "$source/$folder");
}
open my $json, '<', "$build/compile_commands.json" or die "files.pl: $build/compile_commands.json: $!\n";
for my $entry (@{decode_json(do { local $/; <$json> })}) {
    $unit{$1} = 1 if abs_path($entry->{file}) =~ m{^\Q$source\E/tests/unit/(.*)};
    # What the front needs is compiled with musl as well.
    next if $entry->{command} =~ m{(?:^|/)(?:front-[\w-]+|elfgen-front)\.dir/\S+\.o -c };
    $compiled{$1}++ if abs_path($entry->{file}) =~ m{^\Q$source\E/(elfgen/.*)};
}
%compiled or die "files.pl: $build/compile_commands.json names no source of $source/elfgen\n";
push @wrong, map { "$_ compiles $compiled{$_} times\n" }
    grep { $compiled{$_} > 1 && $_ ne 'elfgen/tinyelf/main.c' } sort keys %compiled;
push @wrong, map { m{([^/]*)$} && !$unit{$1} ? "$_ is not compiled\n" : () } glob "$source/tests/unit/*.c";
my $tests = join '', map { open my $text, '<', $_ or die "files.pl: $_: $!\n"; <$text> } glob "$build/tests/*/CTestTestfile.cmake";
push @wrong, map { m{(/tests/.*)$} && $tests !~ /\Q$1\E"/ ? "$_ is none of ctest's\n" : () } glob "$source/tests/*/*.bats";
printf "%d files, %d sources, %d wrong\n", $files, scalar keys %compiled, scalar @wrong;
print @wrong;
exit(@wrong ? 1 : 0);

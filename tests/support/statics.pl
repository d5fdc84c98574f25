#!/usr/bin/perl
# Fails if a room that starts programs has a static variable: what it knows of a program belongs to its caller.
#
#   statics.pl SOURCE BUILD      exit status: 0 no fault, 1 a fault, 77 skipped
#
# It reads the objects of these rooms that BUILD/compile_commands.json names. Constants are in other sections, also those
# that contain addresses (.data.rel.ro).
use strict;
use warnings;
use Cwd 'abs_path';
use JSON::PP;

die "usage: statics.pl SOURCE BUILD\n" if @ARGV != 2;
my ($root, $build) = (abs_path("$ARGV[0]/elfgen/tinyelf"), $ARGV[1]);
my ($files, @wrong) = (0);
open my $json, '<', "$build/compile_commands.json" or die "statics.pl: $build/compile_commands.json: $!\n";
for my $entry (@{decode_json(do { local $/; <$json> })}) {
    my ($file) = abs_path($entry->{file}) =~ m{^\Q$root\E/((?:ptrace|sandbox|stepper)/.*)} or next;
    print("ok 1 # skip: $1 adds variables\n"), exit 77 if $entry->{command} =~ /(--coverage|-flto|-fsanitize)/;
    my ($object) = map { "$entry->{directory}/$_" } $entry->{command} =~ / -o (\S+)/;
    -e $object or die "statics.pl: $object is not built\n";
    $files++;
    open my $nm, '-|', 'nm', '-f', 'sysv', '--defined-only', $object or die "statics.pl: nm: $!\n";
    while (<$nm>) {
        my ($name, undef, undef, undef, undef, undef, $section) = map { s/^\s+|\s+$//gr } split /\|/;
        push @wrong, "$name of $file is static\n" if ($section // '') =~ /^(?:\.t?(?:data|bss)(?!\.rel\.ro)|\*COM\*)/;
    }
    close $nm or die "statics.pl: nm fails for $object\n";
}
$files or die "statics.pl: $build/compile_commands.json names no source of these rooms\n";
printf "%d files, %d wrong\n", $files, scalar @wrong;
print @wrong;
exit(@wrong ? 1 : 0);

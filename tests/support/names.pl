#!/usr/bin/perl
# Fails if an external name of the command is also a function of another file, static or not, and if an
# external name of the library does not begin with elfgen_.
#
#   names.pl SOURCE BUILD        exit status: 0 no fault, 1 a fault, 77 skipped
#
# It reads the objects of elfgen/ that BUILD/compile_commands.json names; a source that compiles twice counts once.
# Without optimization no static function is inlined away, so a Debug build shows most.
use strict;
use warnings;
use Cwd 'abs_path';
use JSON::PP;

die "usage: names.pl SOURCE BUILD\n" if @ARGV != 2;
my ($root, $build) = (abs_path("$ARGV[0]/elfgen"), $ARGV[1]);
my (%functions, %external, @wrong, %files, %source); # $functions{NAME}{FILE}, $external{FILE}{NAME} = nm's type
open my $json, '<', "$build/compile_commands.json" or die "names.pl: $build/compile_commands.json: $!\n";
for my $entry (@{decode_json(do { local $/; <$json> })}) {
    my ($file) = abs_path($entry->{file}) =~ m{^\Q$root\E/(.*)} or next;
    if ($entry->{command} =~ /(--coverage|-flto)/) {
        print "ok 1 # skip: $1 changes which symbols an object has\n";
        exit 77;
    }
    my ($object) = map { "$entry->{directory}/$_" } $entry->{command} =~ / -o (\S+)/;
    -e $object or die "names.pl: $object is not built\n";
    $files{$file} = 1;
    $source{$object} = $file;
}
# One nm for many objects: to start one for each takes most of a minute.
my @objects = sort keys %source;
while (my @some = splice @objects, 0, 200) {
    open my $pipe, '-|', 'nm', '-P', '-A', '--defined-only', @some or die "names.pl: nm: $!\n";
    while (<$pipe>) {
        my ($object, $name, $type) = /^(.*): (\S+) (\S)/ or die "names.pl: nm prints: $_";
        my $file = $source{$object} // die "names.pl: nm names no object: $_";
        # Names made by compilers: a part of a function, a copy for some arguments, AddressSanitizer's marks.
        $name =~ s/(\.(part|constprop|cold|isra|lto_priv|llvm)(\.\d+)?)+$//;
        $name =~ s/^__odr_asan\.//;
        $functions{$name}{$file} = 1 if $type =~ /^[TtW]$/;
        $external{$file}{$name} = $type if $type =~ /^[A-Z]$/;
    }
    close $pipe or die "names.pl: nm fails for one of: @some\n";
}
%files or die "names.pl: $build/compile_commands.json names no source of $root\n";

for my $file (sort keys %external) {
    for my $name (sort keys %{$external{$file}}) {
        if ($file !~ m{^tinyelf/}) {
            push @wrong, "$name of $file does not begin with elfgen_\n" unless $name =~ /^elfgen_/;
        } else {
            my @others = grep { $_ ne $file } sort keys %{$functions{$name}};
            push @wrong, "$name of $file is also a function of @others\n" if @others;
        }
    }
}
printf "%d files, %d names of functions, %d wrong\n", scalar keys %files, scalar keys %functions, scalar @wrong;
print @wrong;
exit(@wrong ? 1 : 0);

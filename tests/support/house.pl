#!/usr/bin/perl
# Builds the graph of dependencies between elfgen/'s files and folders ("rooms"), and fails if there is a circle or
# a dependency that the order forbids.
#
#   house.pl SOURCE BUILD        exit status: 0 no fault, 1 a fault, 77 skipped
#
# A .c uses a .c whose object defines a symbol that its own leaves undefined (nm, over the objects that
# BUILD/compile_commands.json names; a source that compiles twice counts once). A file uses each header and
# each table of rows that it includes. A header is a file separate from the .c with its name. A ..._private.h is for
# its own room alone, and cli alone prints to standard error.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Find;
use JSON::PP;

# ROOM => rooms that it may use besides itself; an entry for a kind of room is for every room of that kind.
my %may = (
    arch => 'format', view => 'format arch', map => 'format view arch', kernel => 'format view arch',
    image => 'format view kernel arch', hex => 'format', encode => 'format', assemble => 'encode image arch format',
    library => 'include', base => 'library', engine => 'library base', cli => 'library base bytemap symbols',
    command => 'library base engine cli commands', main => 'library base engine cli commands command',
    stepper => 'ptrace syscalls x86', x86 => 'syscalls', sandbox => 'ptrace', ptrace => 'syscalls',
    coverage => 'ptrace stepper strace syscalls x86', golf => 'ptrace sandbox strace syscalls x86',
    strace => 'ptrace syscalls', input => 'link', bytemap => 'symbols',
    'commands/stages' => 'commands/build commands/compare', 'commands/disasm' => 'commands/explain commands/run',
    'commands/explain' => 'commands/run commands/mutate', 'commands/show' => 'commands/explain', 'commands/golf' => 'commands/build commands/explain commands/run',
    map { $_ => 'commands/run' } qw(commands/mutate commands/step commands/trace));
my %kind = (map({$_ => 'library'} qw(include arch assemble encode format hex image kernel map view)),
    map({$_ => 'engine'} qw(bytemap coverage golf input link ptrace sandbox stepper strace symbols syscalls x86)));

sub room {
    my ($file) = @_;
    return $1 if $file =~ m{^tinyelf/(commands/[^/]+)/};
    return 'main' if $file eq 'tinyelf/main.c';
    return $file =~ m{^(?:tinyelf/)?([^/]+)/} ? $1 : die "house.pl: elfgen/$file is in no room\n";
}
sub kind { my ($room) = @_; return $kind{$room} // ($room =~ m{/} ? 'command' : $room) }
sub is_allowed {
    my ($from, $to) = @_;
    return $from eq $to || grep { $_ eq $to || $_ eq kind($to) } map { split ' ', $may{$_} // '' } $from, kind($from);
}
die "usage: house.pl SOURCE BUILD\n" if @ARGV != 2;
my ($root, $build) = (abs_path("$ARGV[0]/elfgen"), $ARGV[1]);
my (%prints, %uses, %defines, %wants, %source_of); # $uses{FILE}{FILE} = why
open my $json, '<', "$build/compile_commands.json" or die "house.pl: $build/compile_commands.json: $!\n";
for my $entry (@{decode_json(do { local $/; <$json> })}) {
    my ($file) = abs_path($entry->{file}) =~ m{^\Q$root\E/(.*)} or next;
    print("ok 1 # skip: $1 changes which symbols an object has\n"), exit 77 if $entry->{command} =~ /(--coverage|-flto)/;
    my ($object) = map { "$entry->{directory}/$_" } $entry->{command} =~ / -o (\S+)/;
    -e $object or die "house.pl: $object is not built\n";
    $source_of{$object} = $file;
}
%source_of or die "house.pl: $build/compile_commands.json names no source of $root\n";
open my $nm, '-|', 'nm', '-A', '-g', '-P', keys %source_of or die "house.pl: nm: $!\n";
while (<$nm>) {
    my ($object, $symbol, $type) = /^(.*): (\S+) (\S)/;
    $type =~ /[Uvw]/ ? $wants{$source_of{$object}}{$symbol} = 1 : ($defines{$symbol}{$source_of{$object}} = 1);
}
close $nm or die "house.pl: nm failed\n";
# What the C library has as well is not asked of the front that replaces it.
for my $from (keys %wants) {
    for my $symbol (grep { !/^(?:malloc|calloc|realloc|free|aligned_alloc)$/ } sort keys %{$wants{$from}}) { $uses{$from}{$_} //= "it uses $symbol" for keys %{$defines{$symbol}} }
}
find(sub {
    return unless /\.(c|h|def)$/;
    my ($from, $folder) = (substr($File::Find::name, 1 + length $root), $File::Find::dir);
    open my $text, '<', $_ or die "house.pl: elfgen/$from: $!\n";
    while (<$text>) {
        next if /^(?:LIBC|TINY)\(/; # names, for a message
        $prints{$from} //= "line $. prints" if /\b(?:stderr|perror)\b/ && room($from) ne 'cli';
        my ($name) = /^ *# *(?:include|define [A-Z]+) +"([^"]*\.(?:h|def))"/ or next;
        my ($to) = grep { -e } map { "$_/$name" } $folder, "$root/include", "$root/tinyelf";
        $to or die "house.pl: elfgen/$from:$.: no \"$name\" in its folder or an include root\n";
        $uses{$from}{substr abs_path($to), 1 + length $root} //= "line $. includes it";
    }
}, $root);
delete $uses{$_}{$_} for keys %uses;
# Tarjan: a strongly connected component of two files or more is a circle.
my (%number, %low, @stack, %is_on_stack, @circles);
sub visit {
    my ($file) = @_;
    $number{$file} = $low{$file} = keys %number;
    $is_on_stack{$file} = push @stack, $file;
    for my $next (sort keys %{$uses{$file} // {}}) {
        visit($next) unless exists $number{$next};
        $low{$file} = $low{$next} if $is_on_stack{$next} && $low{$next} < $low{$file};
    }
    return if $low{$file} != $number{$file};
    my @members;
    do { push @members, pop @stack; $is_on_stack{$members[-1]} = 0 } until $members[-1] eq $file;
    push @circles, "circle: " . join(' ', sort @members) . "\n" if @members > 1;
}
for (sort keys %uses) { visit($_) unless exists $number{$_} }

my (%files, %arrows, @wrong, $count);
push @wrong, "wrong: $_: $prints{$_} to standard error; cli alone does\n" for sort keys %prints;
$files{room($_)}++ for keys %number;
for my $from (sort keys %uses) {
    for my $to (sort keys %{$uses{$from}}) {
        my ($user, $used) = (room($from), room($to));
        $count++;
        $arrows{$user}{$used} = 1 if $user ne $used;
        push @wrong, "wrong: $from -> $to: $uses{$from}{$to}\n" unless is_allowed($user, $used);
        push @wrong, "wrong: $from -> $to: it is private to its room\n" if $user ne $used && $to =~ /_private\.h$/;
    }
}
printf "%-17s %3d files -> %s\n", $_, $files{$_}, join ' ', sort keys %{$arrows{$_} // {}} for sort keys %files;
printf "%d files, %d arrows, %d circles, %d wrong\n", scalar(keys %number), $count, scalar @circles, scalar @wrong;
print @circles, @wrong;
exit(@circles || @wrong ? 1 : 0);

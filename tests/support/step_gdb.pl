#!/usr/bin/perl
# step_gdb.pl RECORDING PROGRAM: runs PROGRAM, an absolute path, under gdb for as many steps as the recording has.
# Compares all registers after each step, and at the end all memory that was writable at the start, after applying
# the recorded changes. Both run without address space randomisation and without an environment.
use strict;
use warnings;
no warnings 'portable'; # 64-bit numbers
use JSON::PP;

my ($recording, $program) = @ARGV;
open my $file, '<', $recording or die "$recording: $!\n";
my $run = JSON::PP->new->decode(do { local $/; <$file> });
my $count = @{$run->{steps}};
# The registers that gdb also has.
my @names = grep { !/_base$/ } keys %{$run->{registers}};

my @writable = grep { $_->{permissions} =~ /^rw/ } @{$run->{mappings}};
open my $script, '>', 'step.gdb' or die "step.gdb: $!\n";
print $script "set pagination off\nset confirm off\nset startup-with-shell off\n",
    "set disable-randomization on\nunset environment\nstarti\n";
my $dump = sub {
    my ($name) = @_;
    print $script "dump binary memory $name$_ $writable[$_]{start} $writable[$_]{end}\n"
        for 0 .. $#writable;
};
$dump->('start');
print $script "set \$i = 0\nwhile \$i < $count\nstepi\ninfo registers\nset \$i = \$i + 1\nend\n";
$dump->('end');
print $script "kill\n";
close $script;

my %now = %{$run->{registers}};
my ($step, %theirs) = (-1);
my $errors = 0;
# gdb completed a step: compare it with the recording's next one.
my $compare = sub {
    my $changes = $run->{steps}[$step]{registers} || {};
    $now{$_} = $changes->{$_}[1] for keys %$changes;
    for my $name (@names) {
        next if $now{$name} eq $theirs{$name};
        print "step ", $step + 1, ": $name $now{$name}, gdb has $theirs{$name}\n";
        $errors++;
    }
};
open my $gdb, '-|', "/usr/bin/env PATH=/usr/bin:/bin timeout 250 gdb -nx -batch -x step.gdb '$program' </dev/null 2>gdb.err"
    or die "gdb: $!\n";
while (<$gdb>) {
    next unless /^(\w+) +(0x[0-9a-f]+)/;
    if ($1 eq 'rax') {
        $compare->() if $step >= 0 && $errors < 20;
        $step++;
    }
    $theirs{$1} = $2;
    # gdb shows the resume flag, and in r11, where syscall saves the flags, the trap flag of its own single steps. Flags have no bits 3,
    # 5, 15, and none from 22 on.
    my $hidden = $1 eq 'eflags' ? 0x10000 : $1 eq 'r11' && hex($2) < 0x400000 && (hex($2) & 0x832a) == 0x302 ? 0x100 : 0;
    $theirs{$1} = sprintf '0x%x', hex($2) & ~$hidden if $hidden;
}
close $gdb;
$compare->() if $step >= 0;
print "gdb took ", $step + 1, " steps of $count\n" if $step + 1 != $count;
$errors++ if $step + 1 != $count;

my $changed = 0;
for my $i (0 .. $#writable) {
    my ($start, $end) = (hex $writable[$i]{start}, hex $writable[$i]{end});
    my ($before, $after) = map {
        open my $in, '<:raw', "$_$i" or die "$_$i: $!\n";
        local $/;
        <$in>;
    } 'start', 'end';
    for my $step (@{$run->{steps}}) {
        for my $piece (grep { $_->{kind} eq 'memory' } @{$step->{pieces} || []}) {
            my ($at, $to) = (hex $piece->{address}, pack 'H*', $piece->{to});
            next if $at < $start || $at + length $to > $end;
            substr($before, $at - $start, length $to) = $to;
            $changed++;
        }
    }
    # Strings and auxiliary vector at the stack's end contain random bytes, and the file name that gdb gave.
    my $xor = $before ^ $after;
    my @differ = grep { substr($xor, $_, 1) ne "\0" } 0 .. length($xor) - 1;
    next unless @differ;
    printf "memory 0x%x differs: %d bytes, the first at 0x%x\n", $start, scalar @differ,
        $start + $differ[0];
    $errors++;
}
print "$count steps, $changed changes of memory: ", $errors ? "different\n" : "the same\n";
exit($errors ? 1 : 0);

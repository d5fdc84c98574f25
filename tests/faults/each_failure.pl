#!/usr/bin/perl
# Runs commands again and again, and makes one call of each run fail: the first in the first run, the second in the
# second, until a run has no such call. Whatever fails, there is a true message, or the same result as without; the
# old output is intact or the new one whole; no file, no process and no leak is left.
#
# each_failure.pl SOURCE TINYELF shim LIBRARY [CALL...]     functions of a dynamic program, by a preloaded library
# each_failure.pl SOURCE TINYELF strace [CALL...]           system calls of the program as it is installed
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h);

my ($source, $tinyelf, $way, @rest) = @ARGV;
my $library = $way eq 'shim' ? shift @rest : undef;
my %only = map { $_ => 1 } @rest;
my $most = 4000;    # runs of one call
$ENV{TINYELF_TEMPLATES} = "$source/templates";    # tiny.h is beside them

# What each call fails with, and what a message about it says.
my $memory = qr/out of memory|not enough memory|memory/i;
my %shim = (
    allocate => $memory, write => qr/No space left/, rename => qr/No space left/, open => qr/Too many open files/,
    pipe2 => qr/Too many open files/, memfd_create => qr/Too many open files/, ftruncate => qr/No space left/,
    unlink => qr/Input\/output error/, read => qr/Input\/output error/, close => qr/Input\/output error/, mkdir => qr/No space left/,
    fork => qr/temporarily unavailable/, socketpair => qr/Too many open files/, mmap => $memory,
);
# A system call that is made to fail is not made at all: close() would leave a pipe open.
my %strace = (
    write => ['ENOSPC', qr/No space left/], rename => ['ENOSPC', qr/No space left/],
    renameat2 => ['EINVAL', qr/rename decides/], unlink => ['EIO', qr/Input\/output error/],
    openat => ['EMFILE', qr/Too many open files/], pipe2 => ['EMFILE', qr/Too many open files/],
    memfd_create => ['EMFILE', qr/Too many open files/],
    clone => ['EAGAIN', qr/temporarily unavailable/], clone3 => ['EAGAIN', qr/temporarily unavailable/],
    mkdir => ['ENOSPC', qr/No space left/],
    pwrite64 => ['ENOSPC', qr/No space left/], socketpair => ['EMFILE', qr/Too many open files/],
    signalfd4 => ['EMFILE', qr/Too many open files/], ftruncate => ['ENOSPC', qr/No space left/],
);

# ---- what is run ----

my $made = tempdir(CLEANUP => 1);

sub in_folder
{
    my ($folder, @command) = @_;
    my $id = fork // die "fork: $!";
    if ($id == 0) {
        chdir $folder or die "$folder: $!";
        open STDOUT, '>', '/dev/null';
        exec @command or die "$command[0]: $!";
    }
    waitpid $id, 0;
    $? == 0 or die "@command: status $?\n";
}

# The inputs, once. "out" is what stood there before.
for (qw(hello.s hello.c tiny.h tiny_memory.h)) { copy("$source/asm/$_", "$made/$_") or die "$_: $!" }
open my $old, '>', "$made/out" or die;
print $old "old\n";
close $old;
in_folder($made, $tinyelf, 'build', 'hello.s', '-o', 'hello');
in_folder($made, $tinyelf, 'build', '-g', 'hello.c', '-o', 'hello_c');
in_folder($made, 'nasm', '-f', 'elf64', 'hello.s', '-o', 'hello.o');
in_folder($made, $tinyelf, 'step', '--record', 'recording', './hello');
in_folder($made, 'sh', '-c', "'$tinyelf' explain --format hex hello >hello.hex");
in_folder($made, 'sh', '-c', "'$tinyelf' mutate --json --values 1 --field 0-7 --shard 1/2 ./hello >part1;" .
        "'$tinyelf' mutate --json --values 1 --field 0-7 --shard 2/2 ./hello >part2");

# ONLY is a command to try alone, FROM the first call that fails.
my @commands = $ENV{ONLY} ? ($ENV{ONLY}) : (
    'build hello.s -o out',
    'build -g --map hello.c -o out',
    'build hello.o -o out',
    'build hello.hex -o out',
    'unfold hello_c -o out',
    'explain hello',
    'explain --format json --with bytes,verdict,memory,parts hello_c',
    'explain --memory hello_c',
    'explain --format html hello -o out',
    'show -o out hello',
    'check --json hello',
    'compare hello hello_c',
    'disasm hello_c',
    'dump -h -l -S -s hello.o',
    'syscall write',
    'stages --json hello.c -o kept',
    'run ./hello',
    'run --sandbox ./hello',
    'trace ./hello',
    'trace --json -o out ./hello',
    'step --plain ./hello',
    'step --record out ./hello',
    'step --replay recording',
    'mutate --json --values 1 --field 0-7 --jobs 2 ./hello',
    'mutate --merge part1 part2',
);

# ---- one run ----

# This process inherits whatever its children leave behind. prctl(PR_SET_CHILD_SUBREAPER, 1).
syscall(157, 36, 1, 0, 0, 0) == 0 or die "prctl: $!";

sub text_of
{
    my ($path) = @_;
    open my $file, '<:raw', $path or return undef;
    local $/;
    return scalar <$file>;
}

# Every file below a folder, with its content.
sub files_of
{
    my ($folder) = @_;
    my %files;
    opendir my $names, $folder or return {};
    for (grep { !/^\.\.?$/ } readdir $names) {
        my $path = "$folder/$_";
        if (-d $path) { $files{"$_/"} = join "\0", %{files_of($path)} }
        else { $files{$_} = text_of($path) }
    }
    return \%files;
}

my $work = tempdir(CLEANUP => 1);
my %inputs = map { s{.*/}{}r => [text_of($_), (stat)[2] & 07777] } glob "$made/*";

# Makes the folder in which a command runs as it was before the first run.
sub renew
{
    remove_tree("$work/here");
    mkdir "$work/here" or die "$work/here: $!";
    for (keys %inputs) {
        open my $file, '>:raw', "$work/here/$_" or die "$_: $!";
        print $file $inputs{$_}[0];
        close $file or die "$_: $!";
        chmod $inputs{$_}[1], "$work/here/$_";
    }
}

sub run_once
{
    my ($command, $environment, @before) = @_;
    renew();
    my $id = fork // die "fork: $!";
    if ($id == 0) {
        chdir "$work/here" or die;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$work/stdout";
        open STDERR, '>', "$work/stderr";
        $ENV{$_} = $environment->{$_} for keys %$environment;
        syscall(135, 0x0040000) >= 0 or die "personality: $!";    # ADDR_NO_RANDOMIZE
        exec 'timeout', '-s', 'KILL', 60, @before, $tinyelf, split ' ', $command or die;
    }
    waitpid $id, 0;
    my %result = (status => $?, left => 0);
    # What the command left is this process's child now. It may be about to end.
    for (1 .. 100) {
        my $gone = waitpid -1, WNOHANG;
        last if $gone < 0;
        select undef, undef, undef, 0.02 if $gone == 0;
        $result{left} = $gone == 0;
    }
    if ($result{left}) {
        for (glob "/proc/$$/task/$$/children") {
            kill 'KILL', split ' ', text_of($_) // '';
        }
        1 while waitpid(-1, 0) > 0;
    }
    $result{stdout} = text_of("$work/stdout");
    $result{stderr} = text_of("$work/stderr");
    $result{files} = files_of("$work/here");
    return \%result;
}

# What differs between runs: times, process numbers, and 16 random bytes on the stack of a program.
sub without_times
{
    my ($text) = @_;
    return '' if !defined $text;
    $text =~ s/\b\d+(\.\d+)? ?(ms|s|ns|MiB|KiB)\b/TIME/g;
    $text =~ s/"(seconds|nanoseconds|time|id|pid|process|rate)": ?[\d.]+/$1/g;
    $text =~ s/("address":"0x7f[0-9a-f]+","bytes":")[0-9a-f]+/$1STACK/g;
    return $text;
}

# Where a call is made is null in a trace if that cannot be read.
sub without_places
{
    return without_times($_[0]) =~ s/"file":("[^"]*"|null),"offset(_hex)?":("[^"]*"|\d+|null)(,"offset_hex":("[^"]*"|null))?/PLACE/gr;
}

# What failed in a child that is about to become a program reaches the command as the child's end.
my $child = qr/the process that should become the program is gone|the sandbox's worker ended before it began/;

# What is wrong with a run in which a call failed; undef: nothing.
sub fault_of
{
    my ($run, $good, $says, $command) = @_;
    return 'a process is left' if $run->{left};
    return "a sanitizer's report" if $run->{stderr} =~ /Sanitizer|runtime error:/;
    return sprintf 'ended by signal %d', $run->{status} & 127 if $run->{status} & 127;
    my $status = $run->{status} >> 8;
    for (sort keys %{$run->{files}}) {
        my ($now, $then, $new) = ($run->{files}{$_}, text_of("$made/$_"), $good->{files}{$_});
        next if -d "$made/$_";
        return "$_ is left" unless defined $then || defined $new;
        next if (defined $then && $now eq $then);
        my $is_log = $command =~ /^trace/ && $_ eq 'out';    # it grows while the program runs
        next if defined $new && (without_times($now) eq without_times($new) ||
            $is_log && index(without_places($new), without_places($now)) == 0);
        # A recording that ends early says so.
        next if $command =~ /--record/ && $status == 1 && $now =~ /"end":\{"kind":"full"/;
        next if m{/$} && $status == 0;
        return "$_ is neither the old nor the new one" if !m{/$};
    }
    for (keys %{$good->{files}}) {
        return "$_ is gone" if -e "$made/$_" && !defined $run->{files}{$_};
    }
    if ($run->{status} == $good->{status}) {
        return undef if without_times($run->{stdout}) eq without_times($good->{stdout}) &&
            ($status != 0 || join(',', sort keys %{$run->{files}}) eq join(',', sort keys %{$good->{files}}));
        return undef if "$run->{stderr}$run->{stdout}" =~ s/\s+/ /gr =~ $says;
        return 'another result without a word';
    }
    # The loader of programs speaks for itself.
    return undef if $status == 127 && $run->{stderr} =~ /error while loading shared libraries/;
    return "status $status" if $status != 1;
    return 'no message' if $run->{stderr} eq '';
    return "the message does not say why" if $run->{stderr} !~ $says && $run->{stderr} !~ $child;
    return undef;
}

# ---- all runs ----

# stages starts compilers, and each step of it is a command of this list; what reads a recording allocates each value of its JSON:
# every seventh of their calls is enough, unless EVERY says otherwise. With STRIDE only each so many of these.
my %rows = $way eq 'shim' ? %shim : map { $_ => $strace{$_}[1] } keys %strace;
my @variables = $way eq 'shim'
    ? (LD_PRELOAD => $library, FAIL => "$work/fail", ASAN_OPTIONS => 'verify_asan_link_order=0')
    : (ASAN_OPTIONS => 'detect_leaks=0');    # it cannot look for leaks in a traced process
my ($runs, $faults) = (0, 0);

# Runs a command whose call of that number fails. Returns nothing if it has no such call.
sub run_with_failure
{
    my ($command, $call, $number) = @_;
    my @before;
    unlink "$work/note", "$work/log";
    if ($way eq 'shim') {
        open my $file, '>', "$work/fail" or die;
        print $file "$call $number $work/note\n";
        close $file;
    } else {
        @before = ('strace', '-qq', '-o', "$work/log", '-e', "trace=$call", '-e',
            "inject=$call:error=$strace{$call}[0]:when=$number");
    }
    my $run = run_once($command, {@variables}, @before);
    return -e "$work/note" || (text_of("$work/log") // '') =~ /\(INJECTED\)/ ? $run : undef;
}

for my $command (@commands) {
    unlink "$work/fail";
    my $good = run_once($command, {@variables});
    my $every = $ENV{EVERY} // ($command =~ /^(?:stages|step --replay)/ ? 7 : 1) * ($ENV{STRIDE} // 1);
    for my $call (sort grep { !%only || $only{$_} } keys %rows) {
        for (my $number = $ENV{FROM} // 1; $number <= $most; $number += $every) {
            my $run = run_with_failure($command, $call, $number) // last;
            $runs++;
            my $fault = fault_of($run, $good, $rows{$call}, $command) // next;
            $faults++;
            print "tinyelf $command: call $number of $call fails: $fault\n";
            print "    $_\n" for grep { defined } (split /\n/, $run->{stderr})[0 .. 2];
        }
    }
}
die "nothing failed: the library or strace does not work\n" if $runs == 0;
print "$runs runs with a failing call, $faults faults\n";
exit($faults != 0);

#!/usr/bin/perl
# strace.pl TINYELF: compares traces by tinyelf, line by line, with traces by strace of the same programs.
#
# Addresses are compared if randomization can be switched off; process numbers, random bytes and measured
# times are not compared.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);

my ($tinyelf) = @ARGV;
die "usage: strace.pl TINYELF\n" unless defined $tinyelf;
my $here = dirname(abs_path($0));
$tinyelf = abs_path($tinyelf);
my @trace = ($tinyelf, 'trace');
my $folder = tempdir(CLEANUP => 1);
my ($failed, $compared, $lines) = (0, 0, 0);

sub skip_all { print "skipped: $_[0]\n"; exit 77 }

skip_all("there is no strace") unless grep { -x "$_/strace" } split(/:/, $ENV{PATH});
skip_all("strace cannot trace here") if system("strace -o '$folder/x' true 2>'$folder/y'") != 0;
skip_all("another version of strace than 6.1, with words of its own")
    unless `strace --version` =~ /version 6\.1$/m;

# Without randomization, addresses are compared as well.
my @fixed = system("setarch -R true 2>'$folder/y'") == 0 ? qw(setarch -R) : ();

sub compile {
    my ($name, $sources, @options) = @_;
    my $file = "$folder/$name";
    my $paths = join ' ', map { "'$here/programs/$_'" } split / /, $sources;
    my $log = `cc -w -D_GNU_SOURCE -O1 -o '$file' @options $paths -pthread 2>&1`;
    return $file if $? == 0;
    print "skipped: $name: ", (split(/\n/, $log))[0] // "no compiler", "\n";
    return undef;
}

# ---- making two runs alike ----

sub read_lines {
    my ($file) = @_;
    open(my $in, '<', $file) or return ();
    my @all = <$in>;
    close($in);
    return @all;
}

# Joins interrupted lines, and sorts the lines by process.
sub by_process {
    my @all = @_;
    my (%of, @order, %open);
    for my $line (@all) {
        my ($pid, $text) = $line =~ /^(\d+) +(.*)$/s or next;
        push @order, $pid unless $of{$pid};
        $of{$pid} //= [];
        if ($text =~ /^<\.\.\. \S+ resumed>(.*)$/s) {
            my $rest = $1;
            $text = ($open{$pid} // '') . $rest;
            delete $open{$pid};
        }
        if ($text =~ /^(.*?) ?<unfinished \.\.\.>$/s) {
            $open{$pid} = $1;
            next;
        }
        # The column of the result depends on where the line was cut.
        $text =~ s/\)\s+= /) = /;
        push @{$of{$pid}}, $text;
    }
    return (\%of, \@order);
}

# Numbers of processes among the arguments have four digits in one run and five in the other, and the column of results is further on.
sub without_padding {
    my ($line) = @_;
    $line =~ s/\)\s+= /) = / if $line =~ /^[^=]*\((?:.*\W)?(?:ID|P\d+)\W.*\s= /;
    return $line;
}

sub number_processes {
    my ($order, @all) = @_;
    my %name;
    $name{$order->[$_]} = "P$_" for 0 .. $#$order;
    for (@all) {
        s/(?<![\w.])(\d+)(?![\w.])/exists $name{$1} ? $name{$1} : $1/ge if %name;
        $_ = without_padding($_);
    }
    return @all;
}

sub normalise {
    my ($options, @all) = @_;
    for (@all) {
        s/"(?:\\x[0-9a-f]{2})+"/RANDOM/g;
        s/0x[0-9a-f]{6,16}\b/ADDRESS/g if !@fixed || $options->{addresses};
        s/si_([us])time=\d+(?: \/\* \d+\.\d\d s \*\/)?/si_$1time=T/g;
        s/(, )0x\w+( \/\* \d+ vars)/$1ENVIRONMENT$2/ if $_ eq $all[0];
        s/^((?:clone|fork|vfork|clone3|wait4|waitpid)\(.*\) += )\d+$/$1ID/;
        s/^(wait4|waitpid)\(\d+/$1(ID/;
        s/^((?:set_tid_address|getpid|getppid|gettid|getpgrp|getpgid|getsid)\(.*\)\s*)= \d+$/$1= ID/;
        s/(si_pid|PID)=\d+/$1=ID/g;
        s/(tgkill|kill|rt_sigqueueinfo|rt_tgsigqueueinfo)\((?!1073741823)\d+, (?:\d+, )?/$1(ID, /;
        s/\{tv_sec=\d+, tv_nsec=\d+\}/TIMESPEC/g if /ERESTART/ || /^restart_syscall/;
        s/(prlimit64\()\d\d+/$1ID/;
        $_ = without_padding($_);
        $_ = $options->{also}->($_) if $options->{also};
    }
    return grep { !$options->{without} || !/$options->{without}/ } @all;
}

# Removes differences that depend on which of two threads was first.
sub without_races {
    my ($line) = @_;
    $line =~ s/=> \{parent_tid=\[\w+\]\}/=> {parent_tid=[TID]}/;
    $line =~ s/^\+\+\+ exited with \d+ \+\+\+/+++ exited +++/;
    return $line;
}

# Removes the digits of measured values and of ports that the kernel chose.
sub without_digits {
    my ($line) = @_;
    $line =~ s/\d+/N/g
        if $line =~ /^(?:sysinfo|getrusage|times|time|gettimeofday|clock_get|statfs\("\/"|getcpu)/;
    $line =~ s/htons\(\d+\)/htons(N)/;
    $line =~ s/N-N-NTN:N:N/DATE/g;
    return $line;
}

sub names_only {
    return map { /^(\w+)\(.*\)\s+= (-?\w+)/ ? "$1 " . (length($2) > 6 ? "" : $2) . "\n" : $_ } @_;
}

# ---- comparing ----

sub show_difference {
    my ($title, $expected, $got) = @_;
    my $count = @$expected > @$got ? @$expected : @$got;
    my $shown = 0;
    for my $i (0 .. $count - 1) {
        my ($a, $b) = ($expected->[$i] // "nothing\n", $got->[$i] // "nothing\n");
        next if $a eq $b;
        print "FAILED: $title, line ", $i + 1, "\n  strace: $a  ours:   $b";
        last if ++$shown == 5;
    }
    $failed++ if $shown;
}

sub run {
    my ($tool, $file, $program, $follow, $input) = @_;
    my $work = "$folder/work";
    mkdir $work;
    my $pid = fork();
    if ($pid == 0) {
        chdir($work) or exit 9;
        open(STDIN, '<', $input) or exit 9;
        open(STDOUT, '>', "$folder/output") or exit 9;
        open(STDERR, '>', $file eq 'stderr' ? "$folder/stderr" : "$folder/errors") or exit 9;
        my @to = $file eq 'stderr' ? () : ('-o', $file);
        exec('timeout', '60', @fixed, @$tool, ($follow ? '-f' : ()), @to, @$program);
        exit 9;
    }
    waitpid($pid, 0);
    my $status = $?;
    system('rm', '-rf', $work);
    return $status >> 8 || ($status & 127 ? 128 + ($status & 127) : 0);
}

# compare TITLE, OPTIONS, PROGRAM...: options: follow, names (compare only names and results), without (a
# pattern of lines that depend on the scheduler), stderr (trace to standard error), input.
sub compare {
    my ($title, $options, @program) = @_;
    return if grep { !defined } @program;
    my @both;
    for my $tool ([['strace'], 'expected'], [\@trace, 'got']) {
        my $file = $options->{stderr} ? 'stderr' : "$folder/$tool->[1]";
        my $status = run($tool->[0], $file, \@program, $options->{follow},
            $options->{input} // '/dev/null');
        my @all = read_lines($file eq 'stderr' ? "$folder/stderr" : $file);
        push @both, {status => $status, lines => \@all};
    }
    $compared++;
    if ($options->{follow}) {
        compare_processes($title, $options, @both);
    } else {
        my ($expected, $got) = map { [normalise($options, @{$_->{lines}})] } @both;
        ($expected, $got) = map { [names_only(@$_)] } ($expected, $got) if $options->{names};
        $lines += @$expected;
        show_difference($title, $expected, $got);
    }
    my $same = $both[0]{status} == $both[1]{status} || ($options->{refused} && $both[1]{status});
    if (!$same || !@{$both[0]{lines}}) {
        print "FAILED: $title: status $both[0]{status} of strace, $both[1]{status} of ours\n";
        $failed++;
    }
}

sub compare_processes {
    my ($title, $options, @both) = @_;
    my @sides;
    for my $side (@both) {
        my ($of, $order) = by_process(@{$side->{lines}});
        push @sides, {map {
            my $i = $_;
            ($i => [normalise($options, number_processes($order, @{$of->{$order->[$i]}}))])
        } 0 .. $#$order};
        $sides[-1]{count} = @$order;
    }
    if ($sides[0]{count} != $sides[1]{count}) {
        print "FAILED: $title: $sides[0]{count} processes, not $sides[1]{count}\n";
        $failed++;
        return;
    }
    for my $i (0 .. $sides[0]{count} - 1) {
        $lines += @{$sides[0]{$i}};
        show_difference("$title, process $i", $sides[0]{$i}, $sides[1]{$i});
    }
}

# ---- programs ----

# The lecture's programs and all others in asm/ that end, for both machines.
for my $source (glob("$here/../../../asm/*.s")) {
    my ($name) = $source =~ m{([^/]+)\.s$};
    next if $name eq 'spin'; # it never ends, and makes no call
    if (system("'$tinyelf' build -o '$folder/$name' '$source' 2>'$folder/y'") != 0) {
        print "skipped: $name: ", read_lines("$folder/y");
        next;
    }
    compare($name, {input => $source}, "$folder/$name", qw(one two));
}
for my $bits (64, 32) {
    my $dynamic = compile("hello-$bits", 'hello.c', "-m$bits");
    my $static = compile("static-$bits", 'hello.c', "-m$bits", '-static');
    compare("C, dynamic, $bits bits", {}, $dynamic);
    compare("C, static, $bits bits", {}, $static);
    compare("C, static, $bits bits, on standard error", {stderr => 1}, $static);
    my $calls = compile("calls-$bits", 'calls.c calls_files.c calls_time.c calls_sockets.c', "-m$bits", '-static');
    compare("all calls, $bits bits", {}, $calls);
    my $flags = compile("flags-$bits", 'flags.c', "-m$bits", '-static');
    compare("all flags, $bits bits", {}, $flags);
    my $results = compile("results-$bits", 'results.c', "-m$bits", '-static', '-lutil');
    compare("results, $bits bits", {also => \&without_digits}, $results);
    my $hostile = compile("hostile-$bits", 'hostile.c', "-m$bits", '-static');
    compare("wrong counts, sizes and pointers, $bits bits", {also => \&without_digits}, $hostile);
    compare("restarted calls, $bits bits", {}, $hostile, 'restart');
    my $family = compile("family-$bits", 'family.c', "-m$bits", '-static');
    compare("children, $bits bits", {follow => 1}, $family);
    my $signals = compile("signals-$bits", 'signals.c', "-m$bits", '-static');
    compare("signals, killed by $_, $bits bits", {}, $signals, $_) for qw(s b i t h a k);
    # The scheduler decides whether a thread waits for another.
    my $threads = compile("threads-$bits", 'threads.c', "-m$bits", '-static');
    # A thread may end before its number is read, by itself or with all others.
    my %other = (follow => 1, without => qr/^futex/, also => \&without_races);
    compare("threads, $bits bits", {%other}, $threads);
    compare("a thread's execve, $bits bits", {%other}, $threads, 'exec');
}
# A file that the kernel refuses at once, and one that it rejects after the point of no return.
for my $size (20, 3000) {
    my $part = "$folder/part-$size";
    system("head -c $size /bin/true >'$part' && chmod +x '$part'") == 0 or die;
    compare("$size bytes of a program", {without => qr/^\+\+\+ exited/, refused => 1}, $part);
}
my ($execs64, $execs32) = map { compile("execs-$_", 'execs.c', "-m$_", '-static') } 64, 32;
compare('execve, 64 to 32 to 64 bits', {stderr => 1}, $execs64, $execs32, $execs64);
my $int80 = compile('int80', 'int80.c', '-static');
compare('int 0x80 in 64 bits', {}, $int80);
compare('int 0x80 in 64 bits, on standard error', {stderr => 1}, $int80);
compare('true', {}, '/bin/true');
compare('ls', {also => sub { $_[0] =~ s/st_size=\d+/st_size=N/r }}, '/bin/ls', '-l', '/etc/default');
compare('cat', {}, '/bin/cat', '/etc/passwd', '/nothing');
compare('a shell', {follow => 1, without => qr/^wait4|SIGCHLD|^rt_sigreturn/},
    '/bin/sh', '-c', '/bin/true; /bin/echo $?; (exit 3); /bin/echo $?');

print "$compared runs, $lines lines compared", @fixed ? "" : ", but for addresses", "\n";
exit($failed ? 1 : 0);

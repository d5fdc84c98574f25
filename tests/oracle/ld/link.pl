#!/usr/bin/perl
# link.pl TINYELF [--quick] [--jobs N] [--seed N] [--generated N] [--only TEXT] [--verbose] [--keep]
#
# Links the same objects with ld and with `tinyelf build`: both programs must have the same output and exit status,
# and tinyelf's file must be no larger than what the kernel loads of the file of ld -N -s --gc-sections. The
# programs are those in programs/ and those of generate.pl, compiled by gcc and clang at four levels, in flavours
# chosen by a fixed seed. Prints a line for each failure, with the commands that reproduce it. Exit status: 0 if
# there is no difference, 1 if there is, 2 for a usage error.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use Getopt::Long;

# Limits for everything that is started here, so that no runaway program or linker fills the disk.
if (!$ENV{TINYELF_LINK_LIMITS}) {
    $ENV{TINYELF_LINK_LIMITS} = 1;
    exec { 'sh' } 'sh', '-c', 'ulimit -c 0; ulimit -f 200000; ulimit -t 300; exec "$@"', 'sh', $^X, __FILE__, @ARGV;
}

my %option = (jobs => 2, seed => 1);
GetOptions(\%option, 'quick', 'jobs|j=i', 'seed=i', 'generated=i', 'only=s', 'verbose', 'keep') && @ARGV == 1
    or die_of_call("usage: link.pl TINYELF [--quick] [--jobs N] [--seed N] [--generated N] [--only TEXT] [--verbose]");
my $tinyelf = abs_path($ARGV[0]);
die_of_call("$ARGV[0]: not a program") unless defined $tinyelf && -x $tinyelf;
my $here = abs_path(dirname(__FILE__));
my $began = time;

sub die_of_call {
    print STDERR "link.pl: $_[0]\n";
    exit 2;
}

# ---- tools of this machine --------------------------------------------------------------------------
my $folder = tempdir('tinyelf-link-XXXXXX', TMPDIR => 1, CLEANUP => !$option{keep});
my @skipped;

sub output_of {
    open my $pipe, '-|', 'sh', '-c', "$_[0] 2>/dev/null" or return '';
    my $text = do { local $/; <$pipe> };
    close $pipe;
    chomp $text if defined $text;
    return $text // '';
}

sub has { output_of("command -v $_[0]") ne '' }

die_of_call('ld is missing: install the package binutils') unless has('ld');
my @compilers = grep {
    my $there = has($_);
    push @skipped, "$_: not installed" unless $there;
    $there
} qw(gcc clang);
@compilers or do { print "link.pl: skipped, neither gcc nor clang is installed\n"; exit 0 };

# A gcc without its 32-bit files names the 64-bit library instead: look at an object inside.
sub libgcc {
    my ($flag, $format) = @_;
    my $path = output_of("gcc $flag -print-libgcc-file-name");
    return -f $path && output_of("objdump -f $path | head -n 4") =~ /$format/ ? $path : undef;
}

my %libgcc = (x86_64 => libgcc('-m64', 'elf64-x86-64'), i386 => libgcc('-m32', 'elf32-i386'));
$libgcc{$_} or push @skipped, "programs that need libgcc on $_: gcc has none" . ($_ eq 'i386' ? ' (package gcc-multilib)' : '')
    for sort keys %libgcc;

# Runs programs of each machine: the kernel, qemu-i386 where the kernel does not run 32-bit programs, or nothing.
# In the last case they are still linked, and their sizes compared.
open my $assembler, '|-', 'as', '--32', '-o', "$folder/i.o" or die "as: $!\n";
print $assembler ".globl _start\n_start: movl \$1, %eax\nmovl \$42, %ebx\nint \$0x80\n";
close $assembler && system("ld -m elf_i386 -o $folder/i $folder/i.o") == 0 or die "as and ld make no i386 program\n";
my %runner = (x86_64 => [], i386 => undef);
for my $runner ([], ['qemu-i386'], ['qemu-i386-static']) {
    last if $runner{i386};
    $runner{i386} = $runner if system("@$runner $folder/i 2>/dev/null") >> 8 == 42;
}
push @skipped, 'i386: programs are linked but not run, by lack of CONFIG_IA32_EMULATION and of qemu-i386'
    unless $runner{i386};

# ---- cases ----------------------------------------------------------------------------------------
my @common = ('-ffreestanding', '-fno-stack-protector', '-w', "-I$here/programs");
my @split_up = ('-ffunction-sections', '-fdata-sections');
my %flavours = (
    x86_64 => [
        ['-fno-pic'], ['-fpic'], ['-fPIE'], ['-fno-pic', @split_up], ['-fpic', @split_up], ['-fPIE', @split_up],
        ['-fno-pic', '-fcommon'], ['-fPIC', '-fno-plt'], ['-fPIE', '-fvisibility=hidden'],
        ['-fpic', '-Wa,-mrelax-relocations=no'], ['-fno-pic', '-mcmodel=medium'], ['-fno-pic', '-mcmodel=large'],
        ['-fno-pic', '-g'], ['-fpic', '-g', @split_up], ['-fno-pic', '-fcf-protection'], ['-fPIE', '-fcommon'],
        ['-fno-pic', '-fmerge-all-constants', @split_up], ['-fpie', '-fno-common'],
    ],
    i386 => [
        ['-fno-pic'], ['-fpic'], ['-fPIE'], ['-fno-pic', @split_up], ['-fpic', @split_up],
        ['-fno-pic', '-fcommon'], ['-fPIC', '-fno-plt'], ['-fPIE', '-fvisibility=hidden', @split_up],
        ['-fno-pic', '-g'], ['-fpic', '-g'], ['-fpic', '-Wa,-mrelax-relocations=no'],
    ],
);
my @options = (
    ['--layout', 'split'], ['--layout', 'split', '--stack', 'noexec'], ['--sections'], ['-g'], ['--no-gc-sections'],
    ['--layout', 'split', '--sections'], ['--layout', 'split', '--no-gc-sections'], ['-g', '--sections'],
);
my @levels = qw(-O0 -O1 -O2 -Os);

# "/* machines: x86_64", "* libgcc: i386", "flags: -fcommon": a program's directives, in its first lines.
sub directives {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!\n";
    my %directives;
    for (1 .. 3) {
        my $line = <$in> // last;
        $directives{$1} = [split ' ', $2] if $line =~ m{^(?:/| )\* (machines|libgcc|flags): (.*?)(?: \*/)?$};
    }
    close $in;
    return \%directives;
}

# Every choice depends on the case's name alone, so a case does not change with the set of cases.
sub choose {
    my ($name, @from) = @_;
    my $hash = 2166136261 + $option{seed};
    $hash = (($hash ^ ord) * 16777619) & 0xffffffff for split //, $name;
    $hash = (($hash ^ $hash >> 15) * 0x2c1b3c6d) & 0xffffffff;
    return $from[ ($hash ^ $hash >> 13) % @from ];
}

my @programs = map { { name => basename($_, '.c'), sources => [$_], generated => 0 } } sort glob "$here/programs/*.c";
my $generated = $option{generated} // ($option{quick} ? 60 : 200);
if ($generated > 0) {
    mkdir "$folder/generated";
    system($^X, "$here/generate.pl", 1, $generated, "$folder/generated") == 0 or die "generate.pl failed\n";
    for my $n (1 .. $generated) {
        my @sources = sort glob sprintf '%s/generated/p%03d_*.c', $folder, $n;
        push @programs, { name => sprintf('p%03d', $n), sources => \@sources, generated => $n };
    }
}

my @cases;
sub add_case {
    my ($program, $machine, $compiler, $level, $turn) = @_;
    my $directives = $program->{directives} //= directives($program->{sources}[0]);
    return if $directives->{machines} && !grep { $_ eq $machine } @{ $directives->{machines} };
    return if $directives->{libgcc} && !$libgcc{$machine} && grep { $_ eq $machine } @{ $directives->{libgcc} };
    my $name = "$program->{name} $machine $compiler $level $turn";
    my @flags = ($machine eq 'i386' ? '-m32' : '-m64', $level, @{ choose("$name flavour", @{ $flavours{$machine} }) });
    push @flags, @{ $directives->{flags} // [] };
    push @flags, choose("$name tables", '-fasynchronous-unwind-tables', ('-fno-asynchronous-unwind-tables') x 2);
    my $case = { program => $program, machine => $machine, compiler => $compiler, flags => \@flags, name => $name };
    $case->{options} = choose("$name options", @options)
        if choose("$name whether", (0) x ($option{quick} ? 1 : 2), 1);
    push @cases, $case;
}

my @machines = ('x86_64', 'i386');
for my $program (@programs) {
    next if defined $option{only} && $program->{name} !~ /\Q$option{only}\E/;
    for my $compiler (@compilers) {
        my @at = @levels;
        @at = choose("$program->{name} $compiler level", @levels) if $option{quick};
        for my $level (@at) {
            if ($program->{generated}) {
                # One machine for each case, x86_64 for three of four.
                add_case($program, choose("$program->{name} $compiler $level machine", ('x86_64') x 3, 'i386'),
                    $compiler, $level, 1);
            } else {
                add_case($program, $_, $compiler, $level, 1) for @machines;
                add_case($program, 'x86_64', $compiler, $level, 2) unless $option{quick};
            }
        }
    }
}

# ---- one case -------------------------------------------------------------------------------------
# Runs a program with a time limit, its standard output and error in files. Returns how it ended.
sub start {
    my ($seconds, $out, $errors, @command) = @_;
    my $child = fork // die "fork: $!\n";
    if ($child == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>', $errors;
        alarm $seconds;
        { exec { $command[0] } @command }
        print STDERR "$command[0]: $!\n";
        require POSIX;
        POSIX::_exit(127);
    }
    waitpid $child, 0;
    return $? & 127 ? 'signal ' . ($? & 127) : 'exit ' . ($? >> 8);
}

sub contents {
    open my $in, '<:raw', $_[0] or return '';
    local $/;
    return <$in> // '';
}

# The end of the last bytes of the file that a PT_LOAD maps.
sub last_loaded_byte {
    my ($path) = @_;
    my $file = contents($path);
    return 0 if length $file < 64;
    my $wide = ord(substr $file, 4, 1) == 2;
    my ($offset) = unpack $wide ? 'x32 Q<' : 'x28 V', $file;
    my ($size, $count) = unpack $wide ? 'x54 v v' : 'x42 v v', $file;
    my $last = 0;
    for my $i (0 .. $count - 1) {
        my $header = substr $file, $offset + $i * $size, $size;
        my ($type, $from, $bytes) = $wide ? unpack('V x4 Q< x16 Q<', $header) : unpack('V V x8 V', $header);
        $last = $from + $bytes if $type == 1 && $from + $bytes > $last;
    }
    return $last;
}

sub quoted { join ' ', map { /^[\w\/.,:=+-]+$/ ? $_ : "'$_'" } @_ }

# Prints a failing case, and records it for the summary.
my ($results, $failures);
sub fail {
    my ($case, $what, @steps) = @_;
    my $generated = $case->{program}{generated};
    my @sources = @{ $case->{program}{sources} };
    if ($generated) {
        unshift @steps, "$^X $here/generate.pl $generated $generated .";
        @sources = map { basename($_) } @sources;
    }
    my $commands = join ' && ', 'cd $(mktemp -d)', @steps;
    $commands =~ s/SOURCE(\d)/quoted($sources[$1 - 1])/ge;
    $what =~ s/\s*\n\s*/ | /g;
    printf $failures "FAIL %s: %s: %s\n", $case->{name}, substr($what, 0, 400), $commands;
}

# How a program ended, and its output; always the same if this machine cannot run it.
sub run_program {
    my ($case, $path) = @_;
    my $runner = $runner{ $case->{machine} } or return ('exit unknown', 'unknown');
    my $end = start(10, 'output', 'errors', @$runner, "./$path");
    return ($end, contents('output'));
}

sub run_case {
    my ($case) = @_;
    unlink glob '*';
    my $machine = $case->{machine};
    my @objects;
    my @steps;
    for my $i (1 .. @{ $case->{program}{sources} }) {
        my @command = ($case->{compiler}, @common, @{ $case->{flags} }, '-c', '-o', "$i.o");
        push @steps, quoted(@command) . " SOURCE$i";
        push @objects, "$i.o";
        my $end = start(120, 'out', 'errors', @command, $case->{program}{sources}[ $i - 1 ]);
        return fail($case, "does not compile: " . contents('errors'), @steps) if $end ne 'exit 0';
    }
    my @libraries = grep { defined } $libgcc{$machine};
    my @ld = ('ld', '-m', $machine eq 'i386' ? 'elf_i386' : 'elf_x86_64', '-z', 'noexecstack');
    my @expected = (@ld, '-o', 'expected', @objects, @libraries);
    return fail($case, 'ld does not link it: ' . contents('errors'), @steps, quoted(@expected))
        if start(60, 'out', 'errors', @expected) ne 'exit 0';
    push @steps, quoted(@expected);
    my ($expected_end, $expected_output) = run_program($case, 'expected');
    return fail($case, "the program that ld makes ends with $expected_end", @steps, './expected')
        if $expected_end !~ /^exit/ || $expected_output eq '';
    # A program's output must not depend on the compiler: otherwise the program is wrong, and tests nothing.
    my $key = $case->{program}{generated} ? $case->{program}{name} : "$case->{program}{name}-$machine";
    print $results join("\t", 'output', $key, unpack('H*', "$expected_output$expected_end"), $case->{name}), "\n"
        if $runner{$machine};

    for my $options ([], $case->{options} // ()) {
        my @ours = ($tinyelf, 'build', @$options, @objects, '-o', 'ours');
        my @repeat = (@steps, quoted(@ours));
        rename 'ours', 'plain';
        my $end = start(60, 'out', 'errors', @ours);
        my $given = join ' ', grep { $_ ne '' } @$options;
        if ($end ne 'exit 0' || !-e 'ours') {
            fail($case, "tinyelf build $given: $end: " . contents('errors'), @repeat);
            next;
        }
        my ($our_end, $our_output) = run_program($case, 'ours');
        my ($runner) = map { $_ && @$_ ? "@$_ " : '' } $runner{$machine};
        if ($our_end ne $expected_end) {
            fail($case, "$given ends with $our_end, not $expected_end", @repeat,
                "{ $runner./ours; echo \$?; $runner./expected; echo \$?; }");
        } elsif ($our_output ne $expected_output) {
            fail($case, "$given another output", @repeat, "{ $runner./ours >1; $runner./expected >2; diff 1 2; }");
        }
        if (@$options == 0) {
            my @small = (@ld, '-N', '-s', '--gc-sections', '-o', 'small', @objects, @libraries);
            return fail($case, 'ld -N: ' . contents('errors'), @steps, quoted(@small))
                if start(60, 'out', 'errors', @small) ne 'exit 0';
            my ($ours, $theirs) = (-s 'ours', last_loaded_byte('small'));
            print $results join("\t", 'size', $ours, $theirs, $case->{name}), "\n";
            fail($case, "$ours bytes, ld's last loaded one is $theirs", @repeat, quoted(@small), 'stat -c %s ours && readelf -lW small')
                if $ours > $theirs;
        } elsif ("@$options" eq '-g') {
            fail($case, 'the file with -g differs from the one without', @repeat) if contents('ours') ne contents('plain');
            fail($case, 'no ours.debug', @repeat) unless -s 'ours.debug';
        }
    }
}

# ---- all cases ----------------------------------------------------------------------------------
$| = 1;
$option{jobs} = 1 if $option{jobs} < 1;
my @workers;
for my $worker (0 .. $option{jobs} - 1) {
    my $child = fork // die "fork: $!\n";
    if ($child) {
        push @workers, $child;
        next;
    }
    mkdir "$folder/$worker";
    chdir "$folder/$worker" or die "$folder/$worker: $!\n";
    open $results, '>', "$folder/results.$worker" or die $!;
    open $failures, '>', "$folder/failures.$worker" or die $!;
    for (my $i = $worker; $i < @cases; $i += $option{jobs}) {
        print $results join("\t", 'case', $cases[$i]{name}), "\n";
        run_case($cases[$i]);
    }
    close $results and close $failures or die $!;
    exit 0;
}
my $failed = 0;
for my $child (@workers) {
    waitpid $child, 0;
    next if $? == 0;
    print "FAIL a worker ended with status $?\n";
    $failed++;
}

my ($ours, $theirs, $largest, $largest_name, $done) = (0, 0, 0, 'none', 0);
my %outputs;
for my $worker (0 .. $option{jobs} - 1) {
    for (split /\n/, contents("$folder/failures.$worker")) {
        print "$_\n";
        $failed++;
    }
    for (split /\n/, contents("$folder/results.$worker")) {
        my ($kind, @fields) = split /\t/;
        $done++ if $kind eq 'case';
        push @{ $outputs{ $fields[0] }{ $fields[1] } }, $fields[2] if $kind eq 'output';
        next unless $kind eq 'size';
        $ours += $fields[0];
        $theirs += $fields[1];
        print "size $fields[0] ld $fields[1]: $fields[2]\n" if $option{verbose};
        ($largest, $largest_name) = ($fields[0] / $fields[1], "$fields[2], $fields[0] and $fields[1] bytes")
            if $fields[1] > 0 && $fields[0] / $fields[1] > $largest;
    }
}
for my $key (sort keys %outputs) {
    my @kinds = sort { @$a <=> @$b } values %{ $outputs{$key} };
    next if @kinds == 1;
    print "FAIL $key: its output depends on the compiler, also by ld: $kinds[0][0] / $kinds[1][0]\n";
    $failed++;
}
print "skipped: $_\n" for @skipped;
my $i386 = grep { $_->{machine} eq 'i386' } @cases;
my $optioned = grep { $_->{options} } @cases;
printf "link.pl: %d of %d cases of %d programs (%s; %d for i386), %d with further options, %d s\n", $done,
    scalar @cases, scalar(@programs), join(', ', @compilers), $i386, $optioned, time - $began;
printf "sizes: %d bytes, ld -N -s --gc-sections %d: %.3f; the largest ratio %.3f (%s)\n", $ours, $theirs, $ours / $theirs,
    $largest, $largest_name if $theirs > 0;
print $failed ? "$failed failures\n" : "no difference\n";
print "kept: $folder\n" if $option{keep};
exit($failed || $done != @cases ? 1 : 0);

# Runs `tinyelf golf` for the tests of this folder, with limits, and has the judge compare what it made with the original.
package golf;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use JSON::PP;
use Time::HiRes qw(time);

our @EXPORT = qw(examine_source hidden_behind report setup build golf judge run_command write_file size_of in_parallel median_of $folder $tinyelf $here);
our ($folder, $tinyelf, $judge);
our $here = dirname(abs_path(__FILE__));

# Nothing that is started here may fill the disk or run for ever.
sub limits {
    return if $ENV{TINYELF_GOLF_LIMITS};
    $ENV{TINYELF_GOLF_LIMITS} = 1;
    exec { 'sh' } 'sh', '-c', 'ulimit -c 0; ulimit -f 200000; ulimit -t 600; exec "$@"', 'sh', $^X, $0, @_;
}

# setup(TINYELF, JUDGE, KEEP): a folder of its own, which is removed at the end.
sub setup {
    my ($program, $judging, $keep) = @_;
    $tinyelf = abs_path($program // '') // '';
    $judge = abs_path($judging // '') // '';
    die "$0: no program: ", $program // '', "\n" unless -x $tinyelf;
    die "$0: no judge: ", $judging // '', "\n" unless -x $judge;
    $folder = tempdir('tinyelf-golf-XXXXXX', TMPDIR => 1, CLEANUP => !$keep);
    return $folder;
}

sub write_file {
    my ($path, $text) = @_;
    open my $out, '>', $path or die "$path: $!\n";
    print $out $text;
    close $out or die "$path: $!\n";
    return $path;
}

sub size_of { (stat $_[0])[7] // -1 }

# Runs a command for at most so many seconds. Returns its wait status (-1: it was stopped), standard output and standard error.
sub run_command {
    my ($seconds, @command) = @_;
    my $name = "$folder/run.$$";
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$name.out";
        open STDERR, '>', "$name.err";
        exec { $command[0] } @command or do { print STDERR "$command[0]: $!\n"; exit 127 };
    }
    my $status = eval {
        local $SIG{ALRM} = sub { die "late\n" };
        alarm $seconds;
        waitpid $child, 0;
        alarm 0;
        $?;
    };
    if (!defined $status) {
        kill 'TERM', $child;
        select undef, undef, undef, 0.5;
        kill 'KILL', $child;
        waitpid $child, 0;
        $status = -1;
    }
    my @texts = map { open my $in, '<', "$name.$_"; local $/; my $text = <$in>; $text // '' } qw(out err);
    unlink "$name.out", "$name.err";
    return ($status, @texts);
}

# hidden_behind(CODE, DATA, BITS): a program that runs the code if its first argument has 777 bytes, which no environment of the proof
# has; rbx or ebx is 777 there. DATA begins in section .data; BITS are 64 if they are not given.
sub hidden_behind {
    my ($code, $data, $bits) = @_;
    my ($r, $word, $end) = ($bits // 64) == 64 ? ('r', 8, "mov edi, 3\nmov eax, 60\nsyscall") : ('e', 4, "mov ebx, 3\nmov eax, 1\nint 0x80");
    return ($word == 4 ? "bits 32\n" : '') . <<"END" . ($data ? "section .data\n$data\n" : '');
global _start
_start:
mov ${r}si, [${r}sp + @{[2 * $word]}]
test ${r}si, ${r}si
jz normal
xor ebx, ebx
.length:
cmp byte [${r}si + ${r}bx], 0
je .ends
inc ${r}bx
jmp .length
.ends:
cmp ebx, 777
jne normal
$code
normal:
$end
END
}

# build(OUTPUT, INPUT...): the size of what `tinyelf build` makes, or undef and the error.
sub build {
    my ($output, @inputs) = @_;
    my ($status, $text, $errors) = run_command(60, $tinyelf, 'build', '-o', $output, @inputs);
    return $status == 0 ? size_of($output) : (undef, $errors);
}

# golf(OUTPUT, OPTIONS (an array), INPUT...) returns a hash:
#   verdict  smaller, copy, refused, or what must never be: crash, hang, bad
#   size, message, seconds (user time), report (the parsed JSON)
sub golf {
    my ($output, $options, @inputs) = @_;
    unlink $output;
    my $before = (times)[2];
    my ($status, $text, $errors) = run_command(240, $tinyelf, 'golf', '--json', '-o', $output, @$options, @inputs);
    my %result = (seconds => (times)[2] - $before, message => $errors);
    chomp $result{message};
    my $report = eval { decode_json($text) };
    my $unreadable = $report ? '' : sprintf '; the report of %d bytes: %s', length $text, $@;
    if ($status == -1) { $result{verdict} = 'hang' }
    elsif ($status & 127) { $result{verdict} = 'crash'; $result{message} .= " signal " . ($status & 127) }
    elsif ($status == 256 && $result{message} =~ /: error: ./ && !-e $output) { $result{verdict} = 'refused' }
    elsif ($status != 0 || !$report) { $result{verdict} = 'bad'; $result{message} .= " status $status$unreadable" }
    else {
        $result{report} = $report;
        $result{size} = size_of($output);
        $result{rejected} = $report->{search}{rejected};
        $result{verdict} = $result{size} == $report->{original}{size} ? 'copy' : 'smaller';
        $result{verdict} = 'bad' if $result{size} > $report->{original}{size} || $result{size} != $report->{candidate}{size};
    }
    return \%result;
}

# judge(ORIGINAL, CANDIDATE, SEED): '' if both do the same, else where they differ. undef: the original cannot be judged.
sub judge {
    my ($original, $candidate, $seed) = @_;
    my ($status, $text, $errors) = run_command(120, $judge, '--seed', $seed // 1, $original, $candidate);
    return '' if $status == 0;
    return undef if $status == 3 << 8;
    chomp(my $said = $text . $errors);
    return "judge: $said" . ($status == 256 ? '' : " (status $status)");
}

# examine_source(NAME, SOURCE, OPTIONS, KEEP, COMPARE): builds a source, golfs it, and has COMPARE(ORIGINAL, CANDIDATE) look at what became
# smaller: it returns '' if both do the same, else where they differ; undef: that cannot be seen. Returns a hash:
#   verdict   what golf() says, or not built, different, not judged
#   message, built (bytes), size (bytes at the end), seconds, rejected
sub examine_source {
    my ($name, $source, $options, $keep, $compare) = @_;
    my $base = "$folder/$name";
    write_file("$base.s", $source);
    my ($built, $error) = build($base, "$base.s");
    return { verdict => 'not built', message => $error } unless defined $built;
    my $golfed = golf("$base.golf", [split ' ', $options], "$base.s");
    my %result = (built => $built, size => $golfed->{size} // $built, map { $_ => $golfed->{$_} } qw(verdict message seconds rejected));
    if ($golfed->{verdict} eq 'smaller') {
        my $difference = $compare->($base, "$base.golf");
        if (!defined $difference) { @result{qw(verdict message)} = ('not judged', '') }
        elsif ($difference) { @result{qw(verdict message)} = ('different', $difference) }
    }
    unlink "$base.s", $base, "$base.golf" unless $keep;
    return \%result;
}

# report(SEEDS, RESULTS, PERCENT): prints how often which verdict with which reason occurs, the seeds that are wrong, and counts. Returns
# the exit status: 0 if nothing is wrong and at least so many of a hundred became smaller, since nothing else is judged.
sub report {
    my ($seeds, $results, $percent) = @_;
    my ($wrong, %why, %count) = (0);
    for my $at (0 .. $#$seeds) {
        my $result = $results->[$at];
        my $verdict = $result->{verdict};
        my $reason = $result->{message} =~ s/\A.*?(?:error|note): //sr =~ s/\n.*//sr =~ s/0x[0-9a-f]+/N/gr =~ s/\b\d+\b/N/gr;
        $reason =~ s/.*(?:instructions stay|left alone)[^:]*: // or $verdict ne 'smaller' or $reason = '';
        $count{$verdict}++;
        $count{verbatim}++ if $verdict eq 'smaller' && $reason;
        $count{rejected}++ if $result->{rejected};
        $why{"$verdict: " . ($verdict eq 'different' ? '' : $reason =~ s/N: //r)}++;
        print "seed $seeds->[$at]: golf made files that did something else ($result->{rejected})\n" if $result->{rejected} && $ENV{VERBOSE};
        next if $verdict =~ /^(?:smaller|copy|not judged)$/ || ($verdict eq 'refused' && $reason);
        $wrong++;
        print "seed $seeds->[$at]: $verdict: $result->{message}\n";
    }
    printf "%5d %s\n", $why{$_}, $_ =~ s/: $//r for sort { $why{$b} <=> $why{$a} || $a cmp $b } keys %why;
    $count{$_} //= 0 for qw(smaller verbatim copy refused rejected);
    printf "%d programs from seed %d on: %d smaller (%d of them with their own instructions), %d copied, %d refused, %d wrong; "
        . "of %d golf's proof rejected a file\n", scalar @$seeds, $seeds->[0], @count{qw(smaller verbatim copy refused)}, $wrong, $count{rejected};
    my $is_enough = $count{smaller} * 100 >= @$seeds * $percent;
    print "too few became smaller, at least $percent of a hundred are wanted: what golf makes was hardly compared\n" unless $is_enough;
    return $wrong > 0 || !$is_enough;
}

# in_parallel(JOBS, FUNCTION, ITEM...): the function's results (which JSON can tell), in the order of the items.
sub in_parallel {
    my ($jobs, $function, @items) = @_;
    my @children;
    for my $job (0 .. $jobs - 1) {
        my $child = fork // die "fork: $!\n";
        if (!$child) {
            my %done;
            for (my $at = $job; $at < @items; $at += $jobs) {
                $done{$at} = $function->($items[$at]);
            }
            write_file("$folder/job.$job", encode_json(\%done));
            require POSIX;
            POSIX::_exit(0);
        }
        push @children, $child;
    }
    my @results;
    waitpid $_, 0 for @children;
    for my $job (0 .. $jobs - 1) {
        open my $in, '<', "$folder/job.$job" or die "a job of $0 did not end well\n";
        my $done = decode_json(do { local $/; <$in> });
        $results[$_] = $done->{$_} for keys %$done;
    }
    return @results;
}

1;

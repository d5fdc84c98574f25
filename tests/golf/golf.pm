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

our @EXPORT = qw(hidden_behind setup build golf judge run_command write_file size_of in_parallel median_of $folder $tinyelf $here);
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

# hidden_behind(CODE, DATA): a program that runs the code if its first argument has 777 bytes, which no environment of the proof
# has; rbx is 777 there.
sub hidden_behind {
    my ($code, $data) = @_;
    return <<"END" . ($data ? "section .data\n$data\n" : '');
global _start
_start:
mov rsi, [rsp + 16]
test rsi, rsi
jz normal
xor ebx, ebx
.length:
cmp byte [rsi + rbx], 0
je .ends
inc rbx
jmp .length
.ends:
cmp ebx, 777
jne normal
$code
normal:
mov edi, 3
mov eax, 60
syscall
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

#!/usr/bin/perl
# c_programs.pl TINYELF JUDGE [--golf OPTIONS] [--only TEXT] [--jobs N] [--few] [--list]
#
# The C programs of tests/oracle/ld/programs/, by gcc and clang, for size and for speed, for both machines, through `tinyelf golf
# OPTIONS`: none becomes larger, the judge finds no difference, and all together leave at most 0.93 of what build made. With --few only
# sixteen, always the same. Prints how often each refusal and each reason for a copy occurs. Exit status: 0 if all is so, 1 if not.
use strict;
use warnings;
use File::Basename qw(basename);
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use golf;

golf::limits(@ARGV);
my %option = (jobs => 2, golf => '--time 5', most => 0.93);
GetOptions(\%option, 'golf=s', 'only=s', 'jobs|j=i', 'few', 'list', 'most=f', 'keep') && @ARGV == 2
    or die "usage: c_programs.pl TINYELF JUDGE [--golf OPTIONS] [--only TEXT] [--jobs N] [--few] [--list] [--most RATIO]\n";
setup(@ARGV, $option{keep});
my $sources = "$here/../oracle/ld/programs";

# A program's directives, in its first lines: "machines: x86_64", "libgcc: i386", "flags: -fcommon".
sub directives {
    my ($path) = @_;
    my %directives;
    open my $in, '<', $path or die "$path: $!\n";
    for (1 .. 3) {
        my $line = <$in> // last;
        $directives{$1} = $2 if $line =~ m{^(?:/| )\* (machines|libgcc|flags): (.*?)(?: \*/)?$};
    }
    return %directives;
}

my @compilers = grep { system("command -v $_ >/dev/null") == 0 } qw(gcc clang);
my @cases;
for my $path (sort glob "$sources/*.c") {
    my %directives = directives($path);
    for my $compiler (@compilers) {
        for my $level ('-Os', '-O2') {
            for my $machine ('x86_64', 'i386') {
                next if $directives{machines} && $directives{machines} !~ /\b$machine\b/;
                my $libgcc = ($directives{libgcc} // '') =~ /\b$machine\b/;
                push @cases, { path => $path, compiler => $compiler, level => $level, machine => $machine, libgcc => $libgcc,
                    flags => [split ' ', $directives{flags} // ''], name => join ' ', basename($path, '.c'), $compiler, $level, $machine };
            }
        }
    }
}
@cases = grep { $_->{name} =~ /$option{only}/ } @cases if defined $option{only};
# Each machine, compiler and level in turn.
if ($option{few}) {
    my $step = int(@cases / 16) | 1;
    @cases = map { $cases[$_ * $step % @cases] } 0 .. 15;
}
if ($option{list}) {
    print "$_->{name}\n" for @cases;
    exit;
}

sub examine {
    my ($case) = @_;
    my $base = "$folder/" . $case->{name} =~ tr/ /_/r;
    my $flag = $case->{machine} eq 'i386' ? '-m32' : '-m64';
    my ($status, $text, $errors) = run_command(120, $case->{compiler}, $flag, $case->{level}, '-ffreestanding', '-fno-stack-protector',
        '-fno-pic', '-fno-asynchronous-unwind-tables', '-w', "-I$sources", @{ $case->{flags} }, '-c', '-o', "$base.o", $case->{path});
    return { verdict => 'not compiled', message => $errors } if $status != 0;
    my @inputs = "$base.o";
    if ($case->{libgcc}) {
        ($status, $text) = run_command(60, 'gcc', $flag, '-print-libgcc-file-name');
        chomp $text;
        return { verdict => 'not compiled', message => 'no libgcc' } unless -f $text;
        push @inputs, $text;
    }
    my ($built, $error) = build($base, @inputs);
    return { verdict => 'not built', message => $error } unless defined $built;
    my $golfed = golf("$base.golf", [split ' ', $option{golf}], @inputs);
    my $search = $golfed->{report}{search} // {};
    my %result = (built => $built, verdict => $golfed->{verdict}, size => $golfed->{size} // $built, seconds => $golfed->{seconds},
        message => $golfed->{message} || ($search->{reason} // $search->{message} // ''));
    if ($golfed->{verdict} eq 'smaller') {
        my $difference = judge($base, "$base.golf");
        @result{qw(verdict message)} = ('different', $difference) if $difference;
    }
    unlink "$base.o", $base, "$base.golf" unless $option{keep};
    return \%result;
}

my @results = in_parallel($option{jobs}, \&examine, @cases);
my ($before, $after, $wrong, $sum, $count, %why) = (0, 0, 0, 0, 0);
for my $at (0 .. $#cases) {
    my $result = $results[$at];
    my $reason = $result->{message} =~ s{.*(?:error|note): }{}r =~ s/\s+/ /gr =~ s/0x[0-9a-f]+/N/gr =~ s/\b\d+\b/N/gr;
    $why{"$result->{verdict}: $reason"}++;
    if ($result->{verdict} !~ /^(smaller|copy|refused|not compiled)$/) {
        $wrong++;
        print "WRONG ";
    }
    if ($result->{built}) {
        $count++;
        $sum += $result->{size} / $result->{built};
        printf "%-44s %6d -> %6d  %.3f  %5.1f s  %s %s\n", $cases[$at]{name}, $result->{built}, $result->{size},
            $result->{size} / $result->{built}, $result->{seconds} // 0, $result->{verdict}, $result->{message};
    } else {
        print "$cases[$at]{name}: $result->{verdict} $result->{message}\n";
    }
}
print "\n";
printf "%4d %s\n", $why{$_}, $_ for sort { $why{$b} <=> $why{$a} } keys %why;
my $mean = $count ? $sum / $count : 1;
my $missed = $mean > $option{most};
printf "%d programs, mean %.4f (at most %.2f)%s, %d wrong\n", scalar @cases, $mean, $option{most}, $missed ? ' MISSED' : '', $wrong;
exit($wrong > 0 || $missed);

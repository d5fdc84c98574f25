#!/usr/bin/perl
# programs.pl TINYELF JUDGE [--golf OPTIONS] [--only TEXT] [--jobs N] [--table]: the programs of programs/ do what their comments say.
#
# A line "; $ COMMAND" (or "# $ COMMAND") of the first comment is run in a folder with the program, which is in the sandbox of
# `tinyelf run`; the comment's lines after it are what it writes. With --golf, the same holds for what `tinyelf golf OPTIONS` makes
# of each, the judge finds no difference, and a table has the sizes. Exit status: 0 if all is so, 1 if not.
use strict;
use warnings;
use File::Basename qw(basename dirname);
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use golf;

golf::limits(@ARGV);
my %option = (jobs => 2);
GetOptions(\%option, 'golf=s', 'only=s', 'jobs|j=i', 'table', 'keep') && @ARGV == 2
    or die "usage: programs.pl TINYELF JUDGE [--golf OPTIONS] [--only TEXT] [--jobs N] [--table]\n";
setup(@ARGV, $option{keep});

# The most that golf is to leave of a program of so many bytes.
sub target { my $most = 60 + 0.75 * ($_[0] - 120); $most > 82 ? $most : 82 }

# What the first comment says: pairs of a command and its output.
sub examples {
    my ($path) = @_;
    my @examples;
    open my $in, '<', $path or die "$path: $!\n";
    while (<$in>) {
        last unless s/^[;#] ?//;
        if (/^\$ (.*)/) { push @examples, [$1, ''] }
        elsif (@examples) { $examples[-1][1] .= $_ }
    }
    return @examples;
}

# Whether a program does what its source says. Returns what it does not.
sub behaves {
    my ($name, $program) = @_;
    my $place = "$program.run";
    mkdir $place;
    write_file("$place/$name", "#!/usr/bin/perl\nexec '$tinyelf', qw(run --sandbox --time 5), '$program', \@ARGV;\n");
    chmod 0755, "$place/$name";
    my @wrong;
    for my $example (examples("$here/programs/$name.s")) {
        my ($command, $expected) = @$example;
        my ($status, $text) = run_command(30, 'bash', '-c', "cd '$place' && { $command\n}");
        push @wrong, "\$ $command\nexpected:\n$expected" . "written:\n$text" if $text ne $expected;
    }
    return @wrong;
}

sub examine {
    my ($name) = @_;
    my $program = "$folder/$name";
    my ($built, $error) = build($program, "$here/programs/$name.s");
    return { wrong => ["does not build: $error"] } unless defined $built;
    my %result = (built => $built, wrong => [behaves($name, $program)]);
    push @{ $result{wrong} }, 'has no example' unless examples("$here/programs/$name.s");
    push @{ $result{wrong} }, "has $built bytes, more than 300" if $built > 300;
    if ($option{golf}) {
        my $golfed = golf("$program.golf", [split ' ', $option{golf}], "$here/programs/$name.s");
        $result{$_} = $golfed->{$_} for qw(verdict size seconds message);
        $result{complete} = $golfed->{report}{search}{complete} ? 1 : 0;
        if ($golfed->{verdict} =~ /^(smaller|copy)$/) {
            push @{ $result{wrong} }, behaves($name, "$program.golf");
            my $difference = judge($program, "$program.golf");
            push @{ $result{wrong} }, $difference if $difference;
        }
        push @{ $result{wrong} }, "$golfed->{verdict}: $golfed->{message}" if $golfed->{verdict} !~ /^(smaller|copy|refused)$/;
    }
    return \%result;
}

my @names = grep { !$option{only} || /$option{only}/ } map { basename($_, '.s') } sort glob "$here/programs/*.s";
my @results = in_parallel($option{jobs}, \&examine, @names);
my ($wrong, $sum, $missed) = (0, 0, 0);
for my $at (0 .. $#names) {
    my $result = $results[$at];
    for (@{ $result->{wrong} }) {
        $wrong++;
        print "$names[$at]: $_\n";
    }
    next unless $option{golf};
    my $size = $result->{size} // $result->{built};
    my $most = target($result->{built});
    $sum += $size / $result->{built};
    $missed++ if $size > $most;
    printf "%-12s %3d -> %3d  %.2f  at most %3d  %6.1f s%s%s%s\n", $names[$at], $result->{built}, $size, $size / $result->{built}, $most,
        $result->{seconds}, $size > $most ? '  MISSED' : '', $result->{complete} ? '  complete' : '',
        $result->{verdict} eq 'refused' ? "  refused: $result->{message}" : $result->{verdict} eq 'copy' ? '  copy' : '';
}
printf "mean %.3f (at most 0.55), %d of %d larger than they should be\n", $sum / @names, $missed, scalar @names if $option{golf};
printf "%d programs, %d wrong\n", scalar @names, $wrong;
exit($wrong > 0);

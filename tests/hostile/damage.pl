# damage.pl TINYELF cut|change|digits FILE LAST INPUT...: builds a program repeatedly from INPUTs, of which FILE is
# damaged: cut to every length (cut), or with each byte before LAST (0: of the whole file) changed to any value
# (change) or to a digit or zero (digits). Each build must end with status 1, a message and no output, or with
# status 0 and an output; with a cut file, only the output of the undamaged one. Works in the current folder.
#
# A command with sanitizers takes twenty times as long, so it gets a part of the cases: fuzz targets of objects and
# archives have the same functions meet all kinds of damage, within one process.
use strict;
use warnings;

my ($tinyelf, $how, $path, $last, @inputs) = @ARGV;
sub contents { open my $in, '<:raw', $_[0] or return undef; local $/; return scalar <$in> }
sub store { open my $out, '>:raw', $path or die "$path: $!\n"; print $out $_[0]; close $out or die "$path: $!\n" }

my $whole = contents($path) // die "$path: $!\n";
my ($answers, $linked) = (0, 0);

sub build {
    my ($what) = @_;
    unlink 'out';
    my $child = fork // die "fork: $!\n";
    if ($child == 0) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', 'hostile.out';
        open STDERR, '>', 'hostile.errors';
        alarm 20;
        { exec $tinyelf, 'build', @inputs, '-o', 'out' }
        exit 127;
    }
    waitpid $child, 0;
    my ($status, $said) = ($?, contents('hostile.errors') // '');
    return 1 if $status == 0 && -s 'out';
    return 0 if $status == 256 && !-e 'out' && $said =~ /^tinyelf: ./;
    print "$path $what: ", $status & 127 ? 'signal ' . ($status & 127) : 'status ' . ($status >> 8),
        -e 'out' ? ', an output' : ', no output', ': ', substr($said, 0, 500), "\n";
    store($whole);
    exit 1;
}

build('whole') or die "$path is not linked as it is\n";
my $good = contents('out');
my $end = $last || length $whole;
my $most = contents($tinyelf) =~ /__asan_init/ ? 60 : 4000;
my $stride = 1 + int($end * ($how eq 'cut' ? 1 : $how eq 'change' ? 2 : 3) / $most);
for (my $at = 0; $at < $end; $at += $stride) {
    my @damaged = substr($whole, 0, $at);
    if ($how ne 'cut') {
        @damaged = map { my $copy = $whole; substr($copy, $at, 1) = $_; $copy }
            $how eq 'digits' ? ("\0", '9', "\xff") : chr(($at * 97 + 1) % 256), "\xff";
    }
    for my $bytes (@damaged) {
        store($bytes);
        my $done = build($how eq 'cut' ? "cut at $at" : "changed at $at");
        $answers++;
        $linked += $done;
        if ($how eq 'cut' && $done && contents('out') ne $good) {
            print "$path cut at $at: linked, but not to what the whole one gives\n";
            store($whole);
            exit 1;
        }
    }
}
store($whole);
print "$answers answers, $linked of them a program; one place of $stride\n";

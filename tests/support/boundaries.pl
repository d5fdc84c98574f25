# boundaries.pl TINYELF FILE...: where instructions begin, by disasm --all and by objdump -d.
#
# They agree but for what objdump shows otherwise than the processor sees it: it takes fwait and the
# x87 instruction behind it for one, and splits prefixes that say nothing into lines of their own;
# and but for jumps over a lock prefix, which only who follows the code knows of. A function in which
# objdump meets bytes that are no instruction is data at least in part, and is left out.
use strict;
use warnings;

my ($tinyelf, @files) = @ARGV;
my ($compared, $wrong) = (0, 0);

sub begins
{
    my ($command, $pattern) = @_;
    my %lines;
    open(my $pipe, '-|', @$command) or die "$command->[0]: $!";
    while (<$pipe>) {
        $lines{hex $1} = $2 if /$pattern/;
    }
    close($pipe);
    return \%lines;
}

for my $file (@files) {
    my $ours = begins([$tinyelf, 'disasm', '--all', '-a', $file], qr/^0x([0-9a-f]+)  (.*)/);
    my $theirs = begins(['objdump', '-d', '-z', '-w', '--no-show-raw-insn', '-M', 'intel', $file],
        qr/^ *([0-9a-f]+):\s*(.*)/);
    my $previous;
    my ($entry) = `readelf -h "$file"` =~ /Entry point address: +0x([0-9a-f]+)/;
    $entry = hex($entry // 0); # in front of which data may stand that objdump runs over it from
    next if grep { /\(bad\)|\.byte/ } values %$theirs;
    for my $address (sort { $a <=> $b } keys %$ours) {
        $compared++;
        if (!exists $theirs->{$address}) {
            my $fwait = defined $previous && $ours->{$previous} eq 'fwait';
            my $lock = defined $previous && $ours->{$previous} =~ /^lock / && $address == $previous + 1;
            unless ($fwait || $lock || $address == $entry) {
                print "$file: only ours: ", sprintf('%x', $address), " $ours->{$address}\n";
                $wrong++;
            }
        }
        $previous = $address;
    }
    for my $address (keys %$theirs) {
        next if exists $ours->{$address};
        next if $theirs->{$address} =~ /^((data16|addr32|rex[.A-Z]*|[c-g]s|ss|repn?z|lock|bnd)\s*)+$/;
        print "$file: only objdump's: ", sprintf('%x', $address), " $theirs->{$address}\n";
        $wrong++;
    }
}
print "$compared instructions compared\n";
exit($wrong > 0 || $compared == 0);

# boundaries.pl TINYELF FILE...: compares where instructions begin by disasm --all and by objdump -d, and
# the names of those that have a condition.
#
# Exceptions are differences between objdump and the processor: objdump joins fwait with the x87
# instruction after it, and prints prefixes without effect as separate lines, before what is left of
# the instruction. Jumps over a lock prefix are another exception, which only a disassembler that
# follows the code notices. Files in which objdump finds invalid instructions are skipped, since they
# have data among the code.
use strict;
use warnings;

my ($tinyelf, @files) = @ARGV;
my ($compared, $wrong) = (0, 0);

# The name of an instruction with a condition, without prefixes; '' for others.
sub condition
{
    my ($text) = @_;
    return $text =~ /^(?:(?:bnd|[cd]s|notrack|data16|addr32|rex\S*) )*((?:j|set|f?cmov)\w+)/ && $1 !~ /^jmp|^setss/ ? $1 : '';
}

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
    $entry = hex($entry // 0); # objdump may decode data before it as an instruction that overlaps it
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
        my ($name, $right) = (condition($ours->{$address}), condition($theirs->{$address} // ''));
        if ($right ne '' && $name ne $right) {
            print "$file: ", sprintf('%x', $address), " $ours->{$address}: objdump says $right\n";
            $wrong++;
        }
    }
    my ($is_prefix, $was_prefix) = (0, 0);
    for my $address (sort { $a <=> $b } keys %$theirs) {
        $was_prefix = $is_prefix;
        $is_prefix = $theirs->{$address} =~ /^((data16|addr32|rex[.A-Z]*|[c-g]s|ss|repn?z|lock|bnd)\s*)+$/;
        next if exists $ours->{$address} || $is_prefix || $was_prefix;
        print "$file: only objdump's: ", sprintf('%x', $address), " $theirs->{$address}\n";
        $wrong++;
    }
}
print "$compared instructions compared\n";
exit($wrong > 0 || $compared == 0);

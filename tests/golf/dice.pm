# Numbers that depend on a seed alone, the same on each machine.
package dice;
use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(start_dice random one_of chance);

my $state = 0;

# start_dice(SEED): what follows is the same for the same seed.
sub start_dice {
    { use integer; $state = $_[0] * 7919 + 12345; }
    random(2) for 1 .. 4;
}

# random(N): from 0 to N - 1. Perl's integers wrap only with "use integer".
sub random {
    { use integer; $state = $state * 6364136223846793005 + 1442695040888963407; }
    return ($state >> 33 & 0x7fffffff) % $_[0];
}

sub one_of { return $_[random(scalar @_)] }
sub chance { return random(100) < $_[0] }

1;

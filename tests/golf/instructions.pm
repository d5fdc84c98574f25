# Instructions with random operands, by rows: a row is a form that some mnemonics have.
package instructions;
use strict;
use warnings;
use Exporter qw(import);
use dice;
our @EXPORT = qw(instruction fitting condition_code registers_of);

my %column = (b => 0, w => 1, d => 2, q => 3);
my %size_name = (b => 'byte', w => 'word', d => 'dword', q => 'qword');
my @conditions = qw(o no c nc z nz na a s ns p np l ge le g);

# How often, which mnemonics (CC: any condition), of which sizes (b w d q; h: 8 bits of al to dh), and operands:
#   R    a register of that size            N    a number that fits
#   M    a place in memory of that size     K    a count of a shift: a number or cl
#   Rb   a register of another size         B    a number of a bit
#   Mb   a place of another size            A    an address to compute
my @rows = (
    [9, 'add sub and or xor cmp test adc sbb mov mov', 'bwdddq', 'R R'],
    [9, 'add sub and or xor cmp test adc sbb mov', 'bwdddq', 'R N'],
    [2, 'add sub and or xor cmp test adc sbb mov xchg', 'h', 'R R'],
    [5, 'inc dec neg not', 'bwdddq', 'R'],
    [6, 'shl shr sar rol ror rcl rcr', 'bwdddq', 'R K'],
    [1, 'shld shrd', 'wdq', 'R R K'],
    [2, 'bt bts btr btc', 'dq', 'R B'],
    [1, 'bt bts btr btc', 'wdq', 'R R'],
    [4, 'bsf bsr imul xchg', 'wdddq', 'R R'],
    [2, 'imul', 'wddq', 'R R N'],
    [2, 'setCC', 'bbh', 'R'],
    [3, 'cmovCC', 'wdddq', 'R R'],
    [3, 'movzx movsx', 'dq', 'R Rb'],
    [1, 'movzx movsx', 'dq', 'R Rw'],
    [1, 'movsxd', 'q', 'R Rd'],
    [3, 'lea', 'dddq', 'R A'],
    [4, 'cdq cwd cwde cbw clc stc cmc lahf sahf', 'd', ''],
    [2, 'cqo cdqe', 'q', ''],
    [2, 'mul imul', 'bwdddq', 'R'],
    [1, 'xadd cmpxchg', 'bdddq', 'R R'],
    [1, 'bswap', 'dq', 'R'],
);
my @memory_rows = (
    [9, 'add sub and or xor cmp adc sbb mov mov mov', 'bbwdddq', 'R M'],
    [9, 'add sub and or xor cmp test adc sbb mov mov mov', 'bbwdddq', 'M R'],
    [5, 'add sub and or xor cmp test adc sbb mov mov', 'bbwdddq', 'M N'],
    [4, 'inc dec neg not', 'bbwdddq', 'M'],
    [3, 'shl shr sar rol ror rcl rcr', 'bwddq', 'M K'],
    [1, 'shld shrd', 'd', 'M R K'],
    [2, 'bt bts btr btc', 'dq', 'M B'],
    [2, 'bsf bsr imul', 'wddq', 'R M'],
    [1, 'imul', 'wdq', 'R M N'],
    [2, 'setCC', 'b', 'M'],
    [2, 'cmovCC', 'wddq', 'R M'],
    [4, 'movzx movsx', 'dq', 'R Mb'],
    [2, 'movzx movsx', 'dq', 'R Mw'],
    [1, 'movsxd', 'q', 'R Md'],
    [1, 'mul imul', 'bdq', 'M'],
    [1, 'xadd cmpxchg xchg', 'bddq', 'M R'],
);

sub condition_code { return one_of(@conditions) }

# registers_of(BITS, ROLE...): names of 8, 16, 32 and 64 bits of the registers a, b, c, d, si, di, bp, 8 to 15.
sub registers_of {
    my ($bits, @roles) = @_;
    return map {
            /^[abcd]$/ ? ["${_}l", "${_}x", "e${_}x", "r${_}x"]
          : /^\d+$/    ? ["r${_}b", "r${_}w", "r${_}d", "r$_"]
          : [$bits == 64 ? "${_}l" : undef, $_, "e$_", "r$_"]
    } @roles;
}

sub register {
    my ($context, $size) = @_;
    my @registers = @{ $context->{registers} };
    if ($size eq 'h') { return one_of(map { ($_->[0], $_->[0] =~ s/l$/h/r) } grep { $_->[1] =~ /x$/ } @registers) }
    return one_of(grep { defined } map { $_->[$column{$size}] } @registers);
}

# A number that an operand of this size can have.
sub fitting {
    my ($size) = @_;
    my $number = one_of(0, 0, 1, 1, 2, 5, -1, -2, 8, 60, 127, -128, 128, 255, 256, 1000, 65535, 100000, random(1000));
    return $size =~ /[bh]/ ? $number % 128 : $size eq 'w' ? $number % 32768 : $number;
}

sub address {
    my ($context) = @_;
    my $wide = $context->{bits} == 64 ? 'q' : 'd';
    return sprintf '[%s + %s*%d + %d]', register($context, $wide), register($context, $wide), one_of(1, 2, 4), one_of(0, 1, 100, 3);
}

sub place {
    my ($context, $size) = @_;
    return $size_name{$size} . ($context->{gas} ? ' ptr ' : ' ') . $context->{memory}->($size);
}

sub operand {
    my ($context, $letter, $size) = @_;
    $size = $1 if $letter =~ /.(.)/;
    return
        $letter =~ /^R/ ? register($context, $size)
      : $letter =~ /^M/ ? place($context, $size)
      : $letter eq 'N'  ? fitting($size)
      : $letter eq 'K'  ? one_of(1, 2, 3, 7, $context->{no_cl} ? 1 : 'cl')
      : $letter eq 'B'  ? one_of(0, 5, 31)
      :                   address($context);
}

my (%forms, %memory_forms);

# The rows that a word size has, as often as each says.
sub forms_of {
    my ($bits, @all) = @_;
    my @forms;
    for my $row (@all) {
        my ($weight, $mnemonics, $sizes, $operands) = @$row;
        $sizes =~ s/q//g if $bits == 32;
        push @forms, ([[split ' ', $mnemonics], [split //, $sizes], [split ' ', $operands]]) x $weight if $sizes ne '';
    }
    return \@forms;
}

# instruction(CONTEXT): a random one. The context, a hash, has
#   bits       32 or 64
#   registers  those that may be read and written, as registers_of() has them; a, c and d are among them unless no_cl is set
#   memory     a function (SIZE) that returns a place such as "[table + 3]"; none: no operand is in memory
#   gas        whether the language is GNU as's
#   no_cl      cl, rax and rdx are not used unless they are among the registers
sub instruction {
    my ($context) = @_;
    my $bits = $context->{bits};
    my $forms = $context->{memory} && chance(55) ? $memory_forms{$bits} //= forms_of($bits, @memory_rows)
        : $forms{$bits} //= forms_of($bits, @rows);
    for (1 .. 100) {
        my ($mnemonics, $sizes, $operands) = @{ one_of(@$forms) };
        my ($mnemonic, $size) = (one_of(@$mnemonics), one_of(@$sizes));
        next if $context->{no_cl} && (@$operands == 0 || ($mnemonic =~ /mul$/ && @$operands == 1) || $mnemonic eq 'cmpxchg' || $size eq 'h');
        $mnemonic =~ s/CC/condition_code()/e;
        return $mnemonic if @$operands == 0;
        return "$mnemonic " . join ', ', map { operand($context, $_, $size) } @$operands;
    }
    return 'nop';
}

1;

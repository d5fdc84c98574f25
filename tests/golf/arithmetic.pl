#!/usr/bin/perl
# arithmetic.pl TINYELF JUDGE [--seed N] [--count N] [--jobs N] [--print]
#
# Random arithmetic that runs only when the first argument has 777 bytes, which no environment of the proof has: what golf makes of it is
# right only if golf knows what instructions do to registers and flags. Each program is run with that argument, alone and with more, as it
# was and as golf made it. Exit status: 0 if none is different.
use strict;
use warnings;
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use golf;

golf::limits(@ARGV);
my %option = (jobs => 2, seed => 1, count => 200);
GetOptions(\%option, 'seed=i', 'count=i', 'jobs|j=i', 'print') && @ARGV == 2
    or die "usage: arithmetic.pl TINYELF JUDGE [--seed N] [--count N] [--jobs N] [--print]\n";
setup(@ARGV);

my ($state, @code, $labels);
sub random {
    { use integer; $state = $state * 6364136223846793005 + 1442695040888963407; }
    return ($state >> 33 & 0x7fffffff) % $_[0];
}
sub one_of { return $_[random(scalar @_)] }
sub chance { return random(100) < $_[0] }
sub emit { push @code, $_[0] }

# A general register but rsp, in a size of 8, 16, 32 or 64 bits.
my @names = map { my $low = $_; [map { "$_" } @$low] } (
    ['al', 'ax', 'eax', 'rax'], ['bl', 'bx', 'ebx', 'rbx'], ['cl', 'cx', 'ecx', 'rcx'], ['dl', 'dx', 'edx', 'rdx'],
    ['sil', 'si', 'esi', 'rsi'], ['dil', 'di', 'edi', 'rdi'], ['bpl', 'bp', 'ebp', 'rbp'], ['r8b', 'r8w', 'r8d', 'r8'],
    ['r9b', 'r9w', 'r9d', 'r9'], ['r10b', 'r10w', 'r10d', 'r10'],
);
sub register { my ($size) = @_; return $names[random(scalar @names)][$size] }
sub number { return one_of(0, 0, 1, 1, 2, 5, -1, -2, 8, 60, 127, -128, 128, 255, 256, 1000, 65535, 100000, random(1000)) }
my @conditions = qw(o no c nc z nz na a s ns p np l ge le g);

# A number that an operand of this size can have.
sub fitting { my ($size) = @_; my $number = number(); return $size == 0 ? $number % 128 : $size == 1 ? $number % 32768 : $number }

my @makes = (
    sub { my $s = one_of(0, 1, 2, 2, 2, 3); emit(one_of(qw(add sub and or xor cmp test adc sbb mov mov)) . ' ' . register($s) . ', ' . register($s)) },
    sub { my $s = one_of(0, 1, 2, 2, 2, 3); emit(one_of(qw(add sub and or xor cmp test adc sbb)) . ' ' . register($s) . ', ' . fitting($s)) },
    sub { my $s = one_of(0, 2, 2, 2, 3); emit('mov ' . register($s) . ', ' . fitting($s)) },
    sub { emit(one_of(qw(inc dec neg not)) . ' ' . register(one_of(0, 1, 2, 2, 3))) },
    sub { emit(one_of(qw(shl shr sar rol ror rcl rcr)) . ' ' . register(one_of(0, 1, 2, 2, 3)) . ', ' . one_of(1, 2, 3, 7, 'cl', 'cl')) },
    sub { emit(one_of(qw(shld shrd)) . ' ' . register(2) . ', ' . register(2) . ', ' . one_of(1, 4, 'cl')) },
    sub { emit(one_of(qw(bt bts btr btc)) . ' ' . register(2) . ', ' . one_of(0, 5, register(2))) },
    sub { emit(one_of(qw(bsf bsr imul xchg)) . ' ' . register(2) . ', ' . register(2)) },
    sub { emit('set' . one_of(@conditions) . ' ' . register(0)) },
    sub { my $s = one_of(1, 2, 3); emit('cmov' . one_of(@conditions) . ' ' . register($s) . ', ' . register($s)) },
    sub { emit(one_of(qw(movzx movsx)) . ' ' . register(2) . ', ' . register(one_of(0, 1))) },
    sub { emit('lea ' . register(one_of(2, 3)) . ', [' . register(3) . ' + ' . register(3) . '*' . one_of(1, 2, 4) . ' + ' . one_of(0, 1, 100, -3) . ']') },
    sub { emit(one_of('cdq', 'cqo', 'cwde', 'cdqe', 'cbw', 'clc', 'stc', 'cmc', 'lahf', 'sahf', 'mul ' . register(2), 'imul ' . register(3))) },
    sub { my $r = register(3); emit("push $r"); emit('pop ' . register(3)) },
    sub { emit('xadd ' . register(2) . ', ' . register(2)) },
    sub { emit('cmpxchg ' . register(2) . ', ' . register(2)) },
    sub { emit('bswap ' . register(2)) },
);

# Statements; some behind a condition, with one way or two; some are repeated.
sub statements {
    my ($count, $depth) = @_;
    for (1 .. $count) {
        if ($depth > 0 && chance(12)) {
            my ($else, $end) = ('.L' . ++$labels, '.L' . ++$labels);
            emit('j' . one_of(@conditions) . " $else");
            statements(1 + random(3), $depth - 1);
            my $has_other = chance(50);
            emit("jmp $end") if $has_other;
            emit("$else:");
            statements(1 + random(3), $depth - 1) if $has_other;
            emit("$end:") if $has_other;
        } elsif ($depth == 2 && chance(5)) {
            my $loop = '.L' . ++$labels;
            emit("mov r12d, " . (1 + random(4)));
            emit("$loop:");
            statements(1 + random(4), 0);
            emit('dec r12d');
            emit("jnz $loop");
        } elsif (chance(3)) {
            my $to = '.L' . ++$labels;
            emit(one_of(qw(loop loope loopne jrcxz)) . " $to");
            emit("$to:");
        } else { one_of(@makes)->() }
    }
}

sub generate {
    ($state) = @_;
    random(2) for 1 .. 5;
    @code = ();
    $labels = 0;
    emit($_) for 'mov rcx, [rsp]', 'lea rdx, [rcx + 7]', 'mov eax, ecx', 'lea esi, [rcx + rbx]', 'lea r8, [rbx - 777]', 'mov r9, rdx';
    emit('mov edi, ' . number()) if chance(50);
    emit(one_of('cmp ecx, 2', 'sub ecx, 3', 'test ecx, ecx'));
    emit('mov r10, rcx');
    emit('mov ebp, ' . number());
    statements(4 + random(14), 2);
    for my $condition (qw(c z)) { emit("set$condition r11b"), emit('movzx r11d, r11b'), emit('lea edi, [rdi*2 + r11]') if chance(40) }
    for my $name (map { $_->[2] } @names) { emit(one_of('add', 'xor') . " edi, $name") if $name ne 'edi' && chance(35) }
    emit('mov eax, 60');
    emit('syscall');
    return hidden_behind(join "\n", @code);
}

my @arguments = map { ['x' x 777, ('q') x $_] } 0 .. 3;

sub examine {
    my ($seed) = @_;
    my $base = "$folder/$seed";
    write_file("$base.s", generate($seed));
    my ($built, $error) = build($base, "$base.s");
    return { verdict => 'not built', message => $error } unless defined $built;
    my $golfed = golf("$base.golf", ['--nodes', '2000', '--environments', '4', '--jobs', '1'], "$base.s");
    my %result = (verdict => $golfed->{verdict}, message => $golfed->{message});
    for my $arguments ($golfed->{verdict} eq 'smaller' ? @arguments : ()) {
        my @was = run_command(10, $base, @$arguments);
        my @is = run_command(10, "$base.golf", @$arguments);
        next if "@was" eq "@is";
        %result = (verdict => 'different', message => sprintf '%d arguments: ended with %d, and now with %d', scalar @$arguments, $was[0], $is[0]);
        last;
    }
    unlink "$base.s", $base, "$base.golf";
    return \%result;
}

my @seeds = $option{seed} .. $option{seed} + $option{count} - 1;
if ($option{print}) { print generate($_) for @seeds }
my @results = in_parallel($option{jobs}, \&examine, @seeds);
my ($wrong, %count) = (0);
for my $at (0 .. $#seeds) {
    my $result = $results[$at];
    $count{ $result->{verdict} }++;
    next if $result->{verdict} =~ /^(smaller|copy|refused)$/;
    $wrong++;
    print "seed $seeds[$at]: $result->{verdict}: $result->{message}\n";
}
printf "%d programs from seed %d on: %s; %d wrong\n", scalar @seeds, $seeds[0], join(', ', map { "$count{$_} $_" } sort keys %count), $wrong;
exit($wrong > 0 || ($count{smaller} // 0) * 2 < @seeds);

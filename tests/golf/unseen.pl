#!/usr/bin/perl
# unseen.pl TINYELF JUDGE [--kind KIND] [--seed N] [--count N] [--golf OPTIONS] [--jobs N] [--keep] [--print]
#
# Random code that runs only when the first argument has 777 bytes, which no environment of the proof has: what golf makes of it is right
# only if golf knows what instructions do. Each program is run with that argument, alone and with more, as it was and as golf made it.
# KIND: arithmetic (registers and flags), memory, calls, jumps (tables and pointers), or a name with 32 behind it; else they take turns.
# Exit status: 0 if none is different, and enough became smaller.
use strict;
use warnings;
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use dice;
use golf;
use instructions;

# How many statements of which kind there are among a hundred; the others are instructions.
my %kinds = (
    arithmetic => { repeated => 3 },
    memory => { memory => 1, bytes => 8, pushed => 8, repeated => 6, system => 4 },
    calls => { memory => 1, called => 22, pushed => 6, repeated => 3, system => 3, bytes => 2 },
    jumps => { memory => 1, table => 14, pointer => 10, called => 6, pushed => 3, system => 2, bytes => 2 },
);
my @kinds = map { ($_, $_ . '32') } sort keys %kinds;

golf::limits(@ARGV);
my %option = (jobs => 2, seed => 1, count => 200, golf => '--nodes 2000 --environments 4 --jobs 1');
GetOptions(\%option, 'kind=s', 'seed=i', 'count=i', 'golf=s', 'jobs|j=i', 'keep', 'print') && @ARGV == 2
    && (!$option{kind} || grep { $_ eq $option{kind} } @kinds)
    or die "usage: unseen.pl TINYELF JUDGE [--kind KIND] [--seed N] [--count N] [--golf OPTIONS] [--jobs N] [--keep] [--print]\n";
setup(@ARGV, $option{keep});

my ($bits, $word, %of, @code, @tail, @data, $labels, @functions, $function, $pushed, %context);

sub emit { push @code, @_ }
sub label { return 'L' . ++$labels }

# The names that 64-bit code has for registers are those of this word size.
sub wide { return $bits == 64 ? "r$_[0]" : "e$_[0]" }
sub address_word { return $bits == 64 ? 'dq' : 'dd' }
sub word_size { return $bits == 64 ? 'qword' : 'dword' }

# ---- memory ----

# A place of up to 8 bytes: in .data or .bss, by a number or an index; what was pushed; a byte of the argument.
sub place {
    my ($size) = @_;
    my $choice = random(10);
    if ($choice < 4) { return sprintf '[%s%s + %d]', $bits == 64 ? one_of('', 'rel ') : '', one_of('bytes', 'buffer'), random(56) }
    if ($choice < 7) {
        my $index = one_of(qw(ax cx dx), 'si');
        emit("and e$index, 7");
        return sprintf '[%s + %s*%s + %d]', one_of('bytes', 'buffer'), wide($index), one_of(1, 2, 4), random(20);
    }
    if ($choice < 9) { return sprintf '[%s + %d]', wide('sp'), $word * random($pushed) + random(1 + $word - ($size eq 'q' ? 8 : 4)) if $pushed }
    elsif ($bits == 64) { return sprintf '[r13 + %d]', random(760) }
    return '[bytes + ' . random(56) . ']';
}

# String instructions, and loops over bytes. What is left in registers are no addresses.
sub bytes {
    my ($si, $di, $cx, $count) = (wide('si'), wide('di'), wide('cx'), 1 + random(12));
    my $unit = one_of('b', 'b', 'w', 'd', $bits == 64 ? 'q' : 'd');
    my ($source, $target) = map { one_of('bytes', 'buffer') } 1, 2;
    my ($from, $to) = map { $_ . ' + ' . random(16) } $source, $target;
    my $again = label();
    my @set = $bits == 64 && chance(50) ? ("lea rsi, [rel $from]", "lea rdi, [rel $to]") : ("mov esi, $from", "mov edi, $to");
    $count = 1 + $count % 5 if $unit =~ /[wdq]/;
    push @set, "mov ecx, $count";
    @set = reverse @set if chance(30);
    emit(@set);
    my $choice = random(8);
    if ($choice == 0) { emit("rep movs$unit") }
    elsif ($choice == 1) { emit("rep stos$unit") }
    elsif ($choice == 2) { emit(one_of(qw(repe repne)) . " cmps$unit") }
    elsif ($choice == 3) { emit(one_of(qw(repe repne)) . " scas$unit") }
    elsif ($choice == 4) { emit("$again:", 'lodsb', one_of('xor al, cl', 'add al, 3', 'not al', 'rol al, 1'), 'stosb', "loop $again") }
    elsif ($choice == 5) { emit("$again:", "mov al, [$si]", "add [$di], al", "inc $si", "inc $di", "dec ecx", "jnz $again") }
    elsif ($choice == 6) { emit("$again:", "movzx eax, byte [$si + $cx]", 'lea edx, [edx*2 + eax]', "sub $cx, 1", "jns $again") }
    else { emit("add $si, 12", "add $di, 12", 'std', one_of("rep movsb", "rep stosb", 'lodsb', 'movsb'), 'cld') }
    emit(one_of("sub edi, $target", 'xor edi, edi', 'mov edi, ecx'), one_of("sub esi, $source", 'mov esi, ecx', 'xor esi, esi'));
}

# A call of the kernel, of which the result and the memory count.
sub system_call {
    my ($fd, $at, $size) = (one_of(1, 1, 1, 9, 0), one_of('bytes', 'buffer') . ' + ' . random(20), 1 + random(30));
    my $reads = chance(30);
    $fd = 0 if $reads;
    emit('push ' . wide('bx'));
    if ($bits == 64) { emit("mov edi, $fd", "mov esi, $at", "mov edx, $size", 'mov eax, ' . ($reads ? 0 : 1), 'syscall') }
    else { emit("mov ebx, $fd", "mov ecx, $at", "mov edx, $size", 'mov eax, ' . ($reads ? 3 : 4), 'int 0x80') }
    emit('pop ' . wide('bx'), one_of('mov ecx, eax', 'xor ecx, ecx'));
    emit('lea esi, [eax + 3]') if $bits == 64;
}

# ---- calls and jumps ----

sub called {
    my @callable = grep { !defined $function || $_->{number} > $function } @functions;
    return instructions_of(1) unless @callable;
    my $callee = one_of(@callable);
    my $name = $callee->{name};
    emit('push ' . one_of(7, wide('ax'), wide('dx'))) if $callee->{pops} || $callee->{arguments};
    if ($of{pointer} && $bits == 64 && chance(30)) { emit("mov r11d, $name", 'call r11') }
    else { emit("call $name") }
    emit('pop ' . wide('dx')) if $callee->{arguments};
}

# A function: what it saves, a body, and how it ends. It calls those behind it, or itself a few times.
sub define_function {
    my ($callee) = @_;
    my @outer = splice @code;
    ($function, $pushed) = ($callee->{number}, 0);
    my $frame = chance(30);
    my @saved = grep { chance(25) } map { wide($_) } qw(bx si bp);
    @saved = grep { $_ !~ /bp/ } @saved if $frame || $bits == 32;
    $frame = 0 if $bits == 32;
    emit("$callee->{name}:");
    emit('add eax, [' . wide('sp') . " + $word]") if ($callee->{pops} || $callee->{arguments}) && chance(70);
    emit('push rbp', 'mov rbp, rsp', 'sub rsp, 16', 'mov [rbp - 8], rax', 'mov [rsp], rdx') if $frame;
    emit(map { "push $_" } @saved);
    local $context{registers} = [registers_of($bits, qw(a b c d si))];
    statements(1 + random(4), 1);
    my $again = $callee->{recurs} && label();
    if ($callee->{recurs}) { emit('dec byte [depth]', "js $again", one_of("call $callee->{name}", "call $callee->{name}", 'inc eax')), emit("$again:") }
    emit(map { "pop $_" } reverse @saved);
    emit('add eax, [rbp - 8]', 'xor edx, [rbp - 16]', 'leave') if $frame;
    my ($next) = grep { $_->{number} > $function && !$_->{pops} && !$_->{arguments} } @functions;
    if ($callee->{pops}) { emit("ret $word") }
    elsif ($next && !$callee->{arguments} && chance(20)) { emit("jmp $next->{name}") }
    else { emit('ret') }
    push @tail, splice @code;
    push @code, @outer;
    $function = undef;
}

# One of four ways, by a table; the table is in .data or lies in the code's section.
sub table {
    my ($table, $end, @ways) = ('t' . label(), label(), map { label() } 1 .. 4);
    my $cx = wide(one_of('ax', 'cx', 'dx'));
    push @data, "$table: " . address_word() . ' ' . join ', ', map { one_of(@ways) } 1 .. 4;
    emit('and ' . $cx =~ s/^r/e/r . ', 3');
    if (chance(60)) { emit("jmp [$table + $cx*$word]") }
    elsif (chance(50)) { emit("mov $cx, [$table + $cx*$word]", "jmp $cx") }
    else { emit("push " . word_size() . " [$table + $cx*$word]", 'ret') }
    for my $way (@ways) {
        emit("$way:", 'mov ' . $cx =~ s/^r/e/r . ', ' . random(100));
        instructions_of(1 + random(2));
        emit("jmp $end") if chance(70);
    }
    emit("$end:", 'mov ' . $cx =~ s/^r/e/r . ', ' . random(100));
}

# A function by a pointer in .data, or an address of data from there.
sub pointer {
    my @callable = grep { !$_->{pops} && !$_->{arguments} && (!defined $function || $_->{number} > $function) } @functions;
    my ($name, $cx) = ('p' . label(), wide('cx'));
    if (@callable && chance(60)) {
        push @data, "$name: " . address_word() . ' ' . join ', ', map { one_of(@callable)->{name} } 1, 2;
        emit('and ecx, 1', "call [$name + $cx*$word]");
    } else {
        push @data, "$name: " . address_word() . ' ' . join ', ', map { one_of('bytes', 'buffer') . ' + ' . random(50) } 1, 2;
        emit('and ecx, 1', "mov $cx, [$name + $cx*$word]", one_of("mov eax, [$cx]", "add [$cx], eax", "movzx eax, byte [$cx + 1]"), 'mov ecx, eax');
    }
}

# ---- statements ----

sub instructions_of { emit(instruction(\%context)) for 1 .. $_[0] }

# What is pushed is there for a while, and popped into whatever.
sub pushed {
    my ($depth) = @_;
    my $count = 1 + random(3);
    emit('push ' . one_of(5, -3, wide('ax'), wide('cx'), wide('dx'), wide('bx'), $of{memory} ? word_size() . ' [bytes + 8]' : 9)) for 1 .. $count;
    $pushed += $count;
    statements(1 + random(3), $depth - 1);
    $pushed -= $count;
    if (chance(20)) { emit('add ' . wide('sp') . ', ' . $count * $word) }
    else { emit(map { 'pop ' . wide(one_of('ax', 'cx', 'dx', 'bx')) } 1 .. $count) }
}

sub branch {
    my ($depth) = @_;
    my ($else, $end) = (label(), label());
    emit('j' . condition_code() . " $else");
    statements(1 + random(3), $depth - 1);
    my $has_other = chance(50);
    emit("jmp $end") if $has_other;
    emit("$else:");
    statements(1 + random(3), $depth - 1) if $has_other;
    emit("$end:") if $has_other;
}

# Some loops count in ecx, others where nothing else is.
sub repeated {
    my $again = label();
    my $choice = random(3);
    if ($choice == 0) {
        local $context{registers} = [registers_of($bits, qw(b si di), $bits == 64 ? 9 : ())];
        local $context{no_cl} = 1;
        local $context{memory} = undef;
        emit('mov ecx, ' . (1 + random(4)), "$again:");
        instructions_of(1 + random(3));
        emit(one_of("loop $again", "loopne $again", "loope $again", "sub ecx, 1\njnz $again", "dec ecx\njg $again"));
    } else {
        my $counter = $bits == 64 && $choice == 1 ? 'r12d' : 'dword [' . 'n' . label() . ']';
        push @data, "$1: dd 0" if $counter =~ /(nL\d+)/;
        emit("mov $counter, " . (1 + random(4)), "$again:");
        statements(1 + random(4), 0);
        emit("dec $counter", "jnz $again");
    }
}

my %statement = (
    bytes => \&bytes, pushed => \&pushed, repeated => \&repeated, system => \&system_call, called => \&called, table => \&table,
    pointer => \&pointer,
);

sub statements {
    my ($count, $depth) = @_;
    STATEMENT: for (1 .. $count) {
        if ($depth > 0 && chance(12)) { branch($depth); next }
        my $left = random(100);
        for my $name (sort keys %statement) {
            $left -= $of{$name} // 0;
            next if $left >= 0;
            next STATEMENT if $depth == 0 && $name =~ /^(?:pushed|repeated)$/;
            $statement{$name}->($depth);
            next STATEMENT;
        }
        if (chance(3)) {
            my $to = label();
            emit(one_of(qw(loop loope loopne jrcxz)) =~ s/jrcxz/$bits == 64 ? 'jrcxz' : 'jecxz'/er . " $to");
            emit("$to:");
        } else { instructions_of(1) }
    }
}

# ---- programs ----

sub begin {
    my ($cx, $bx) = (wide('cx'), wide('bx'));
    emit("mov $cx, [" . wide('sp') . ']', "lea " . wide('dx') . ", [$cx + 7]", 'mov eax, ecx', 'lea ' . wide('si') . ", [$cx + $bx]");
    emit('lea r8, [rbx - 777]', 'mov r9, rdx') if $bits == 64;
    emit('mov r13, [rsp + 16]') if $of{memory} && $bits == 64;
    emit('mov edi, ' . fitting('d')) if $bits == 32 || chance(50);
    emit(one_of('cmp ecx, 2', 'sub ecx, 3', 'test ecx, ecx'));
    emit('mov r10, rcx') if $bits == 64;
    emit('mov ebp, ' . fitting('d'));
}

# How it ends depends on registers, flags and memory.
sub finish {
    my @low = map { $_->[2] } registers_of($bits, qw(a b c d si bp), $bits == 64 ? (8, 9, 10) : ());
    if ($bits == 64) {
        for my $condition (qw(c z)) { emit("set$condition r11b", 'movzx r11d, r11b', 'lea edi, [rdi*2 + r11]') if chance(40) }
    } elsif (chance(50)) { emit('setc cl', 'movzx ecx, cl', 'lea edi, [edi*2 + ecx]') }
    for my $name (@low) { emit(one_of('add', 'xor') . " edi, $name") if chance(40) }
    if ($of{memory}) {
        emit('mov [bytes + 60], edi');
        for my $what (qw(bytes buffer)) {
            if ($bits == 64) { emit('mov edi, 1', "mov esi, $what", 'mov edx, 64', 'mov eax, 1', 'syscall') }
            else { emit('mov ebx, 1', "mov ecx, $what", 'mov edx, 64', 'mov eax, 4', 'int 0x80') }
        }
        emit('movzx edi, byte [bytes + 60]');
    }
    emit($bits == 64 ? ('mov eax, 60', 'syscall') : ('mov ebx, edi', 'mov eax, 1', 'int 0x80'));
}

sub generate {
    my ($seed) = @_;
    start_dice($seed);
    my $kind = $option{kind} // $kinds[$seed % @kinds];
    ($bits, $word) = $kind =~ s/32$// ? (32, 4) : (64, 8);
    %of = %{ $kinds{$kind} };
    (@code, @tail, @data, @functions, $function) = ();
    $labels = $pushed = 0;
    %context = (bits => $bits, registers => [registers_of($bits, qw(a b c d si di bp), $bits == 64 ? (8, 9, 10) : ())],
        memory => $of{memory} && \&place);
    @functions = map { { number => $_, name => "f$_", pops => chance(15), arguments => chance(20), recurs => chance(15) } } 1 .. 1 + random(4)
        if $of{called};
    for my $callee (@functions) { $callee->{arguments} = 0 if $callee->{pops} }
    begin();
    statements($of{memory} ? 3 + random(8) : 4 + random(14), 2);
    finish();
    define_function($_) for @functions;
    my @section = ('bytes: db ' . join(', ', map { random(256) } 1 .. 64), 'buffer: times 64 db 0', 'depth: db 3', @data);
    @section = ('bytes: db ' . join(', ', map { random(256) } 1 .. 64), 'depth: db 3', @data, 'section .bss', 'buffer: resb 64', 'resb 64')
        if chance(50);
    return hidden_behind(join("\n", @code, @tail), $of{memory} || @data ? join "\n", @section : undef, $bits);
}

# With the argument that leads there; what it reads, and where it writes to.
my @arguments = map { ['x' x 777, ('q') x $_] } 0 .. 3;

# Whether a program does something else when it runs again, since it depends on where the kernel puts its stack.
sub is_random {
    my ($program, $arguments, $was) = @_;
    my @again = map { [run_command(5, $program, @$arguments)] } 1 .. 12;
    return grep { "@$_" ne "@$was" } @again;
}

# Runs both with each list of arguments.
sub compare {
    my @programs = @_;
    for my $arguments (@arguments) {
        my ($was, $is) = map { [run_command(5, $_, @$arguments)] } @programs;
        return 'the original does not end' if $was->[0] == -1;
        next if "@$was" eq "@$is" || is_random($programs[0], $arguments, $was);
        return sprintf '%d arguments: ended with %d, and now with %d%s', scalar @$arguments, $was->[0], $is->[0],
            $was->[1] ne $is->[1] ? ', and wrote something else' : '';
    }
    return '';
}

sub examine {
    my ($seed) = @_;
    return examine_source($seed, generate($seed), $option{golf}, $option{keep}, \&compare);
}

my @seeds = $option{seed} .. $option{seed} + $option{count} - 1;
if ($option{print}) { print generate($_) for @seeds }
my @results = in_parallel($option{jobs}, \&examine, @seeds);
exit report(\@seeds, \@results, 25);

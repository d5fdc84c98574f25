# Random small programs, by seed: loops, arguments, variables, several strings, arrays, buffers, functions, instructions of all forms that
# instructions.pm has; 32 and 64 bits; NASM and GNU as.
#
# A program is a list of statements over up to five variables, each of which has a register that no call changes, or a place in memory. It
# always ends: loops count down, and are as deep as two. What it writes and how it ends depends on arguments, variables, standard
# input and on the results of calls.
package generate;
use strict;
use warnings;
use Exporter qw(import);
use dice;
use instructions;
our @EXPORT = qw(generate);

my ($bits, $gas, @code, @data, @arrays, @bss, $labels, @functions, @computing, %register, $depth);

sub emit { push @code, "    $_[0]" }
sub label { return 'L' . ++$labels }
sub place { push @code, "$_[0]:" }

# Registers by their role, so that text for one word size or the other comes from the same statement.
sub wide {
    my $name = $_[0] =~ /^[abcd]$/ ? "$_[0]x" : $_[0];
    return $bits == 64 ? "r$name" : "e$name";
}
sub system_call { emit($bits == 64 ? 'syscall' : 'int 0x80') }
my (@variables, $word);

# An operand that is a variable: a register or a place in .data or .bss.
sub variable {
    my ($name) = @_;
    return $bits == 64 ? "r$name" : "e$name" if $name eq 'bp';
    return $bits == 64 ? 'rbx' : 'ebx' if $name eq 'b' && $bits == 64;
    return $bits == 64 ? 'r12' : 'edi' if $name eq 'x';
    return $bits == 64 ? 'r13' : 'esi' if $name eq 'y';
    my $size = $bits == 64 ? 'qword' : 'dword';
    return $gas ? "$size ptr [v_$name]" : "$size [v_$name]";
}

# ---- strings ----
sub text_of {
    my @words = qw(alpha beta gamma tea coffee milk zero one two ten yes no maybe left right up down);
    return join(one_of(' ', ', ', '-', ''), map { one_of(@words) } 1 .. 1 + random(3)) . one_of('', '!', '.', '?');
}

sub string {
    my ($text, $newline, $zero) = @_;
    my $name = 't' . scalar @data;
    my $tail = ($newline ? ', 10' : '') . ($zero ? ', 0' : '');
    my $size = length($text) + ($newline ? 1 : 0);
    push @data, $gas ? "$name: .ascii \"$text" . ($newline ? '\\n' : '') . ($zero ? '\\0' : '') . '"' : "$name: db \"$text\"$tail";
    return ($name, $size);
}

# ---- calls ----
sub address {
    my ($to, $name) = @_;
    my $register = wide($to);
    if ($bits == 64 && chance(40)) { emit($gas ? "lea $register, [rip + $name]" : "lea $register, [rel $name]") }
    else { emit($gas ? "mov $register, offset $name" : "mov $register, $name") }
}

sub constant {
    my ($to, $value) = @_;
    my $register = chance(70) && $bits == 64 ? wide($to) =~ s/^r/e/r : wide($to);
    if ($value == 0 && chance(60)) { emit("xor $register, $register") }
    elsif ($value < 128 && chance(15)) { emit("push $value"); emit('pop ' . wide($to)) }
    else { emit("mov $register, $value") }
}

# A call whose descriptor, address and size are set by code in any order.
sub call_of {
    my ($number64, $number32, %set) = @_;
    my %roles = $bits == 64 ? (nr => 'a', fd => 'di', at => 'si', size => 'd') : (nr => 'a', fd => 'b', at => 'c', size => 'd');
    my @order = sort { ($set{$a}{first} // 0) <=> ($set{$b}{first} // 0) || $a cmp $b } keys %set;
    @order = reverse @order if chance(30) && !grep { $set{$_}{first} } @order;
    $set{$_}{make}->($roles{$_}) for @order;
    constant('a', $bits == 64 ? $number64 : $number32);
    emit($bits == 64 ? 'syscall' : 'int 0x80');
}

sub write_text {
    my ($fd) = @_;
    my ($name, $size) = string(text_of(), chance(60));
    my $show = random($size) + 1;
    $show = $size if chance(80);
    if ($bits == 64 && chance(6)) { return write_by_interrupt($fd, $name, $show) }
    $fd = one_of(5, 77) if chance(6);
    call_of(1, 4, fd => { make => sub { constant($_[0], $fd) } }, at => { make => sub { address($_[0], $name) } },
        size => { make => sub { constant($_[0], $show) } });
}

# The door of 32 bits, in a program of 64.
sub write_by_interrupt {
    my ($fd, $name, $size) = @_;
    my $keeps = grep { $_ eq 'b' } @variables;
    emit('push rbx') if $keeps;
    emit("mov ebx, $fd");
    emit($gas ? "mov ecx, offset $name" : "mov ecx, $name");
    emit("mov edx, $size");
    emit('mov eax, 4');
    emit('int 0x80');
    emit('pop rbx') if $keeps;
}

# Registers for loops are variables that calls keep; on 32 bits ebx is a call's, and b is in memory.
sub write_or_function {
    my ($fd) = @_;
    if (@functions && chance(30)) { emit('call ' . one_of(@functions)) }
    else { write_text($fd) }
}

# Writes the low digit or letter of a variable through a byte of .data.
sub write_digit {
    my $name = 't' . scalar @data;
    push @data, $gas ? "$name: .ascii \"?\\n\"" : "$name: db \"?\", 10";
    return unless numbers();
    emit('mov ' . wide('a') . ', ' . variable(one_of(numbers())));
    my $mask = one_of(7, 15, 3);
    emit($bits == 64 && chance(50) ? "and rax, $mask" : "and eax, $mask");
    emit('add al, ' . one_of(48, 65, 97));
    emit($gas ? "mov byte ptr [$name], al" : "mov [$name], al");
    call_of(1, 4, fd => { make => sub { constant($_[0], 1) } }, at => { make => sub { address($_[0], $name) } },
        size => { make => sub { constant($_[0], 1 + random(2)) } });
}

# The string at a variable's address is written; an address of 0 is left out.
sub write_string {
    my ($variable) = @_;
    my ($out, $loop, $end) = (label(), label(), label());
    my $si = $bits == 64 ? 'rsi' : 'ecx';
    my $dx = $bits == 64 ? 'rdx' : 'edx';
    emit("mov $si, " . variable($variable));
    emit("test $si, $si");
    emit("jz $out");
    my $by_index = chance(50);
    if ($by_index) {
        emit('xor edx, edx');
        place($loop);
        emit($gas ? "cmp byte ptr [$si+$dx], 0" : "cmp byte [$si+$dx], 0");
        emit("je $end");
        emit("inc $dx");
        emit("jmp $loop");
    } else {
        emit("mov $dx, $si");
        place($loop);
        emit($gas ? "mov al, byte ptr [$dx]" : "mov al, [$dx]");
        emit('test al, al');
        emit("jz $end");
        emit("add $dx, 1");
        emit("jmp $loop");
    }
    place($end);
    emit("sub $dx, $si") unless $by_index;
    constant($bits == 64 ? 'di' : 'b', one_of(1, 1, 2));
    constant('a', $bits == 64 ? 1 : 4);
    emit($bits == 64 ? 'syscall' : 'int 0x80');
    place($out);
}

# argv[number] into a variable, or 0: at the beginning alone, where the stack is as it was.
sub begin {
    my $sp = wide('sp');
    my ($a, $ptr) = (wide('a'), $gas ? ' ptr' : '');
    for my $name (@variables) {
        my $operand = variable($name);
        my $choice = random(6);
        if ($choice == 0) {
            emit("mov $a, [$sp]");
            emit("mov $operand, $a");
            $register{$name} = 'number';
        } elsif ($choice <= 2) {
            my $number = 1 + random(2);
            my ($none, $done) = (label(), label());
            emit('cmp ' . ($bits == 64 ? 'qword' : 'dword') . "$ptr [$sp], " . ($number + 1));
            emit(one_of('jb', 'jl') . " $none");
            emit("mov $a, [$sp + " . (($number + 1) * $word) . ']');
            emit("jmp $done");
            place($none);
            emit('xor eax, eax');
            place($done);
            emit("mov $operand, $a");
            $register{$name} = 'string';
        } else {
            my $value = random(chance(80) ? 20 : 2000);
            if ($operand =~ /\[/) { emit("mov $operand, $value") if $value }
            elsif ($value == 0) { emit("xor $operand, $operand") }
            else { emit("mov $operand, $value") }
            $register{$name} = 'number';
        }
    }
}

# ---- statements ----
sub arithmetic {
    my ($to, $from) = map { variable(one_of(grep { $register{$_} eq 'number' } @variables)) } 1, 2;
    return if !defined $to || $to eq '';
    my $choice = random(8);
    if ($choice == 0) { emit("inc $to") }
    elsif ($choice == 1) { emit("dec $to") }
    elsif ($choice == 2) { emit("add $to, " . (1 + random(300))) }
    elsif ($choice == 3) { emit("xor $to, " . random(128)) }
    elsif ($choice == 4) { emit("shl $to, " . (1 + random(3))) }
    elsif ($choice == 5) { emit("neg $to") }
    else {
        my $a = wide('a');
        emit("mov $a, $from");
        emit(one_of('add', 'sub', 'xor', 'and', 'or') . " $to, $a");
    }
}

sub numbers { return grep { $register{$_} eq 'number' } @variables }
sub strings { return grep { $register{$_} eq 'string' } @variables }

sub condition {
    my ($target) = @_;
    my @strings = strings();
    if (@strings && chance(30)) {
        my $a = wide('a');
        emit("mov $a, " . variable(one_of(@strings)));
        emit("test $a, $a");
        emit(one_of('jz', 'jnz') . " $target");
    } elsif (numbers()) {
        emit('cmp ' . variable(one_of(numbers())) . ', ' . random(12));
        emit(one_of(qw(je jne jb jae jl jg jbe ja)) . " $target");
    }
}

# ---- instructions of all forms ----

# An array of 32 bytes, in .data or .bss.
sub array {
    if (@arrays && chance(70)) { return one_of(@arrays)->[0] }
    my $name = 'array' . scalar @arrays;
    my @elements = map { random(256) } 1 .. 32;
    my $line = chance(25) ? undef : ($gas ? '.byte ' : 'db ') . join ', ', @elements;
    push @arrays, [$name, defined $line ? "$name: $line" : undef];
    push @bss, $gas ? "$name: .skip 32" : "$name: resb 32" unless defined $line;
    return $name;
}

# A place in an array: a number behind it, or what a register has.
sub array_place {
    my ($index) = @_;
    my $name = array();
    return sprintf '[%s + %d]', $name, random(24) if !defined $index || chance(60);
    emit("and e${index}x, 7");
    return sprintf '[%s + %s*%d + %d]', $name, wide($index), one_of(1, 2), random(10);
}

sub context {
    my ($index, @roles) = @_;
    return { bits => $bits, gas => $gas, registers => [registers_of($bits, @roles)], memory => chance(60) ? sub { array_place($index) } : undef };
}

# Variables in registers, by the names that registers_of() has for them.
sub roles_of_variables {
    my %role = $bits == 64 ? (b => 'b', x => 12, y => 13, bp => 'bp') : (x => 'di', y => 'si', bp => 'bp');
    return grep { defined } map { $role{$_} } numbers();
}

# Sets registers to variables, numbers or a byte of an argument; ZF and its like are those of a comparison then.
sub set_registers {
    for my $names (registers_of($bits, @_)) {
        my $register = $names->[$bits == 64 ? 3 : 2];
        my $choice = random(5);
        if ($choice < 3) { emit("mov $register, " . variable(one_of(numbers()))) }
        elsif ($choice == 3) { emit("mov $names->[2], " . random(300)) }
        else { emit("movzx $names->[2], byte " . ($gas ? 'ptr ' : '') . array_place()) }
    }
    emit("cmp " . wide($_[0]) . ', ' . random(100));
}

# What was computed becomes a variable.
sub keep_result {
    if (chance(25)) { emit('set' . condition_code() . ' al'), emit('movzx eax, al') }
    emit('mov ' . variable(one_of(numbers())) . ', ' . wide('a'));
}

sub compute {
    my @roles = (qw(a c d), grep { chance(30) } $bits == 64 ? qw(si di 8 9 10) : 'b');
    set_registers(@roles);
    my $context = context('c', @roles, chance(50) ? roles_of_variables() : ());
    for (1 .. 1 + random(5)) {
        if (chance(5)) { emit('xor edx, edx'), emit('or ecx, 1'), emit('div ' . wide('c')) }
        elsif (chance(6)) { emit('push ' . wide(one_of(qw(a c d)))), emit(instruction($context)), emit('pop ' . wide(one_of(qw(a c d)))) }
        else { emit(instruction($context)) }
    }
    keep_result();
}

# A loop that counts in ecx, by loop or without.
sub tight_loop {
    my $again = label();
    set_registers(qw(a d));
    emit('mov ecx, ' . (1 + random(6)));
    my $skip = chance(20) && label();
    if ($skip) { emit('mov ' . wide('c') . ', ' . variable(one_of(numbers()))), emit('and ecx, 7'), emit(($bits == 64 ? 'jrcxz' : 'jecxz') . " $skip") }
    place($again);
    my $context = context('d', 'a', 'd', $bits == 64 ? grep { /^\d/ } roles_of_variables() : ());
    $context->{no_cl} = 1;
    emit(instruction($context)) for 1 .. 1 + random(3);
    my $choice = random(5);
    if ($choice < 2) { emit("loop $again") }
    elsif ($choice == 2) { emit(one_of(qw(loope loopne)) . " $again") }
    else { emit(one_of('dec ecx', 'sub ecx, 1')), emit("jnz $again") }
    place($skip) if $skip;
    keep_result();
}

# String instructions on two arrays, and one of them is written.
sub copy {
    my ($from, $to, $count) = (array(), array(), 1 + random(16));
    my $choice = random(7);
    my @kept = $bits == 32 ? grep { my $r = $_; grep { variable($_) eq $r } @variables } qw(esi edi) : ();
    emit("push $_") for @kept;
    emit('mov ' . wide('a') . ', ' . variable(one_of(grep { !/^[xy]$/ } numbers()))) if grep { !/^[xy]$/ } numbers();
    emit('xor eax, eax') unless grep { !/^[xy]$/ } numbers();
    address('si', $from);
    address('di', $to);
    constant('c', $count);
    my $again = label();
    if ($choice == 0) { emit('rep movsb') }
    elsif ($choice == 1) { emit('rep stosb') }
    elsif ($choice == 2) { emit('rep stosd') if $count <= 8 }
    elsif ($choice == 3) { emit('repe cmpsb'), emit('seta al') }
    elsif ($choice == 4) { emit('repne scasb'), emit('mov eax, ecx') }
    elsif ($choice == 5) { place($again), emit('lodsb'), emit(one_of('xor al, cl', 'add al, 3', 'rol al, 1')), emit('stosb'), emit("loop $again") }
    else { emit(one_of('movsb', 'lodsb', 'stosb', 'movsd')) }
    emit("pop $_") for reverse @kept;
    emit('movzx eax, al') if $choice > 2;
    emit('mov ' . variable(one_of(numbers())) . ', ' . wide('a')) if numbers() && $choice > 2;
    call_of(1, 4, fd => { make => sub { constant($_[0], 1) } }, at => { make => sub { address($_[0], $to) } },
        size => { make => sub { constant($_[0], $count) } }) if chance(70);
}

# A function that computes of eax, ecx and edx, or of what was pushed.
sub function_that_computes {
    my ($name, $takes) = @_;
    place($name);
    emit('add ' . wide('a') . ', [' . wide('sp') . " + $word]") if $takes;
    my @kept = grep { chance(20) } qw(c bp b);
    emit('push ' . wide($_)) for @kept;
    my $context = context('c', qw(a c d), @kept);
    emit('mov ' . wide($_) . ', ' . wide('a')) for grep { $_ ne 'c' } @kept;
    emit('cmp eax, ' . random(50));
    emit(instruction($context)) for 1 .. 1 + random(4);
    emit('pop ' . wide($_)) for reverse @kept;
    emit($takes && $takes == 2 ? "ret $word" : 'ret');
}

sub call_what_computes {
    my ($name, $takes) = @{ one_of(@computing) };
    set_registers(qw(a c d));
    emit('push ' . one_of(wide('c'), variable(one_of(numbers())), 5)) if $takes;
    emit("call $name");
    emit(one_of('pop ' . wide('c'), 'add ' . wide('sp') . ", $word")) if $takes && $takes == 1;
    keep_result();
}

# Reads a few bytes, and makes something of what came.
sub read_input {
    my $size = one_of(1, 4, 64, 512);
    my $name = 'buffer' . scalar @bss;
    push @bss, $gas ? "$name: .skip $size" : "$name: resb $size";
    call_of(0, 3, fd => { make => sub { constant($_[0], 0) } }, at => { make => sub { address($_[0], $name) } },
        size => { make => sub { constant($_[0], $size) } });
    my $a = wide('a');
    my $choice = random(3);
    if ($choice == 0 && numbers()) {
        emit('mov ' . variable(one_of(numbers())) . ", $a");
    } elsif ($choice == 1) {
        my $skip = label();
        emit("test $a, $a");
        emit(one_of('jle', 'js', 'jz') . " $skip");
        my ($d, $at) = (wide('d'), wide($bits == 64 ? 'si' : 'c'));
        emit("mov $d, $a");
        constant($bits == 64 ? 'di' : 'b', 1);
        constant('a', $bits == 64 ? 1 : 4);
        emit($bits == 64 ? 'syscall' : 'int 0x80');
        place($skip);
    } elsif (numbers()) {
        emit($gas ? "movzx eax, byte ptr [$name]" : "movzx eax, byte [$name]");
        emit('mov ' . variable(one_of(numbers())) . ", $a");
    }
}

sub loop {
    my $counter = 'v_c' . $depth . '_' . ++$labels;
    my $size = $bits == 64 ? 'qword' : 'dword';
    my $ptr = $gas ? "$size ptr [$counter]" : "$size [$counter]";
    my @free = grep { /^(?:x|y|bp)$/ && $register{$_} eq 'number' } @variables;
    my ($operand, $taken);
    if (@free && chance(60)) {
        $taken = one_of(@free);
        $operand = variable($taken);
        $register{$taken} = 'counter';
    } else {
        push @bss, $gas ? "$counter: .skip $word" : "$counter: resb $word";
        $operand = $ptr;
    }
    my $times = 1 + random($depth ? 3 : 6);
    my $up = chance(35);
    emit('mov ' . $operand . ', ' . ($up ? 0 : $times));
    my ($again, $out) = (label(), label());
    place($again);
    $depth++;
    statements(1 + random(3));
    $depth--;
    if (chance(20)) { condition($out) }
    if ($up) {
        emit("inc $operand");
        emit("cmp $operand, $times");
        emit(one_of('jb', 'jl', 'jne') . " $again");
    } else {
        emit(chance(50) ? "dec $operand" : "sub $operand, 1");
        emit(one_of('jnz', 'jg') . " $again");
    }
    place($out);
    $register{$taken} = 'number' if defined $taken;
}

sub branch {
    my ($other, $end) = (label(), label());
    condition($other);
    statements(1 + random(2));
    if (chance(50)) {
        emit("jmp $end");
        place($other);
        statements(1);
        place($end);
    } else {
        place($other);
    }
}

# What a call returned decides.
sub check_result {
    my $fine = label();
    my $a = wide('a');
    emit("test $a, $a");
    emit(one_of('jns', 'jg', 'jnz') . " $fine");
    leave(random(256));
    place($fine);
}

sub statements {
    my ($count) = @_;
    for (1 .. $count) {
        my $choice = random(30);
        if ($choice >= 20) {
            if (!numbers()) { copy() if $choice == 20 }
            elsif ($choice < 24) { compute() }
            elsif ($choice < 26) { tight_loop() }
            elsif ($choice < 28) { copy() }
            elsif (@computing) { call_what_computes() for 1 .. 1 + random(2) }
        } elsif ($choice < 6) { write_or_function(chance(80) ? 1 : 2); check_result() if chance(25) && $code[-1] =~ /syscall|int/ }
        elsif ($choice < 9) { arithmetic() if numbers() }
        elsif ($choice < 11) { write_digit() }
        elsif ($choice < 13) { write_string(one_of(strings())) if strings() }
        elsif ($choice < 15) { read_input() }
        elsif ($choice < 17) { branch() if $depth < 3 }
        elsif ($depth < 2) { loop() }
    }
}

sub leave {
    my ($status) = @_;
    my $di = $bits == 64 ? 'di' : 'b';
    if (defined $status) { constant($di, $status) }
    elsif (numbers()) { my $variable = variable(one_of(numbers())); emit('mov ' . wide($di) . ", $variable") if $variable ne wide($di) }
    else { constant($di, 0) }
    constant('a', $bits == 64 ? one_of(60, 231) : one_of(1, 252));
    emit($bits == 64 ? 'syscall' : 'int 0x80');
}

# generate(SEED): the source of a program.
sub generate {
    my ($seed) = @_;
    start_dice($seed);
    $bits = chance(65) ? 64 : 32;
    $word = $bits / 8;
    $gas = chance(35);
    (@code, @data, @arrays, @bss, @functions, @computing, %register) = ();
    $labels = $depth = 0;
    my @from = ('b', 'bp', 'x', 'y', 'm');
    @variables = map { splice @from, random(scalar @from), 1 } 1 .. 1 + random(1 + random(5));
    begin();
    # Functions know no variables: they write, and come back.
    my @bodies;
    for my $number (1 .. (chance(60) ? 0 : 1 + random(2))) {
        my @outer = @code;
        @code = ();
        place("f$number");
        write_text(1);
        write_text(2) if chance(20);
        emit('ret');
        push @bodies, @code;
        @code = @outer;
        push @functions, "f$number";
    }
    for my $number (1 .. (chance(70) ? 0 : 1 + random(2))) {
        my @outer = splice @code;
        push @computing, ["g$number", one_of(0, 0, 1, 2)];
        function_that_computes(@{ $computing[-1] });
        push @bodies, splice @code;
        push @code, @outer;
    }
    statements(1 + random(4));
    leave(chance(60) ? random(256) : undef);
    push @bss, map { $gas ? "v_$_: .skip $word" : "v_$_: resb $word" } grep { variable($_) =~ /\[v_/ } @variables;
    my @text = (@code, @bodies);
    my @words = grep { defined } map { $_->[1] } @arrays;
    if ($gas) {
        return join "\n", "# seed $seed", '.intel_syntax noprefix', $bits == 32 ? '.code32' : (), '.globl _start', '.text', '_start:', @text,
            chance(50) ? '.data' : '.text', @data, '.data', @words, '.bss', @bss, '';
    }
    my $written = grep { /mov(?: byte)? \[t/ } @text;
    my $section = $written ? 'section .data' : one_of('section .rodata', 'section .data', '');
    return join "\n", "; seed $seed", "bits $bits", 'global _start', 'section .text', '_start:', @text, $section, @data,
        @words ? 'section .data' : (), @words, 'section .bss', @bss, '';
}

1;

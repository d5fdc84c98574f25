# Random small programs, by seed: loops, arguments, variables, several strings, buffers, functions; 32 and 64 bits; NASM and GNU as.
#
# A program is a list of statements over up to five variables, each of which has a register that no call changes, or a place in memory. It
# always ends: loops count down, and are as deep as two. What it writes and how it ends depends on arguments, variables, standard
# input and on the results of calls.
package generate;
use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(generate);

my ($state, $bits, $gas, @code, @data, @bss, $labels, @functions, %register, $depth);

# Perl's integers wrap only with "use integer".
sub random {
    { use integer; $state = $state * 6364136223846793005 + 1442695040888963407; }
    return ($state >> 33 & 0x7fffffff) % $_[0];
}

sub one_of { return $_[random(scalar @_)] }
sub chance { return random(100) < $_[0] }

sub emit { push @code, "    $_[0]" }
sub label { return 'L' . ++$labels }
sub place { push @code, "$_[0]:" }

# Registers by their role, so that text for one word size or the other comes from the same statement.
sub wide {
    my $name = $_[0] =~ /^[abcd]$/ ? "$_[0]x" : $_[0];
    return $bits == 64 ? "r$name" : "e$name";
}
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
    call_of(1, 4, fd => { make => sub { constant($_[0], $fd) } }, at => { make => sub { address($_[0], $name) } },
        size => { make => sub { constant($_[0], $show) } });
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
        my $choice = random(20);
        if ($choice < 6) { write_or_function(chance(80) ? 1 : 2); check_result() if chance(25) && $code[-1] =~ /syscall|int/ }
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
    $state = $seed * 7919 + 12345;
    random(2) for 1 .. 4;
    $bits = chance(65) ? 64 : 32;
    $word = $bits / 8;
    $gas = chance(35);
    (@code, @data, @bss, @functions, %register) = ();
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
    statements(1 + random(4));
    leave(chance(60) ? random(256) : undef);
    push @bss, map { $gas ? "v_$_: .skip $word" : "v_$_: resb $word" } grep { variable($_) =~ /\[v_/ } @variables;
    my @text = (@code, @bodies);
    if ($gas) {
        return join "\n", "# seed $seed", '.intel_syntax noprefix', $bits == 32 ? '.code32' : (), '.globl _start', '.text', '_start:', @text,
            chance(50) ? '.data' : '.text', @data, '.bss', @bss, '';
    }
    my $written = grep { /mov(?: byte)? \[t/ } @text;
    my $section = $written ? 'section .data' : one_of('section .rodata', 'section .data', '');
    return join "\n", "; seed $seed", "bits $bits", 'global _start', 'section .text', '_start:', @text, $section, @data, 'section .bss', @bss,
        '';
}

1;

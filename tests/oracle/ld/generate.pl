#!/usr/bin/perl
# generate.pl FIRST LAST FOLDER: writes random C programs FOLDER/pNNN_1.c (_2.c, _3.c: up to three translation
# units), the same for the same numbers. They have functions and globals of many types and alignments, static,
# global, weak and common, pointers to them, tables of functions and strings, switches and bounded loops, and print
# a check sum over everything at the end. Nothing in them is undefined or depends on a compiler: numbers are
# unsigned, shifts masked, divisors odd, indices masked, and no expression has two calls. So a program's output is
# the same for every machine, compiler and option.
use strict;
use warnings;

my ($first, $last, $folder) = @ARGV;
die "usage: generate.pl FIRST LAST FOLDER\n" unless @ARGV == 3;

my @types = qw(u8 u16 u32 u64 s8 s16 s32 s64);
my @words = qw(alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma);

# The parts of the program that is being generated.
my ($units, @unit, @globals, @functions, @structs, $declarations, $divides, $number);

sub any { $_[int rand @_] }
sub chance { rand() < $_[0] }
sub between { $_[0] + int rand($_[1] - $_[0] + 1) }

sub constant {
    my @kinds = (sub { between(0, 9) }, sub { between(0, 255) }, sub { int rand 65536 },
        sub { sprintf '0x%xu', int rand 2**32 }, sub { sprintf '0x%x%08xull', int(rand 2**31), int rand 2**32 });
    return any(@kinds)->();
}

sub text {
    my $text = join any(' ', '-', ', ', ''), map { any(@words) } 1 .. between(1, 3);
    return '"' . any('', '', 'the ', 'not ') . $text . any('', '', '\n', '\0inside') . '"';
}

# An initial value that the type can hold on every machine.
sub value_of {
    my ($type) = @_;
    my %most = (u8 => 255, s8 => 127, u16 => 65535, s16 => 32767, u32 => 2**32 - 1, s32 => 2**31 - 1);
    return sprintf '0x%x%08xull', int rand 2**31, int rand 2**32 if $type eq 'u64';
    return '-' . int(rand 2**31) . 'll' if $type eq 's64';
    my $sign = $type =~ /^s/ && chance(0.5) ? '-' : '';
    return $sign . int(rand $most{$type}) . ($type eq 'u32' ? 'u' : '');
}

# ---- structs -------------------------------------------------------------------------------------
sub make_structs {
    @structs = ();
    for my $s (0 .. between(1, 3)) {
        my (@fields, $body);
        for my $f (0 .. between(1, 5)) {
            my $type = any(@types);
            my %field = (name => "f$f", type => $type);
            if ($type =~ /^u/ && $type ne 'u64' && chance(0.25)) {
                $field{bits} = between(1, { u8 => 8, u16 => 16, u32 => 32 }->{$type});
                $body .= "    $type f$f : $field{bits};\n";
            } elsif (chance(0.25)) {
                $field{count} = 1 << between(1, 3);
                $body .= "    $type f$f\[$field{count}];\n";
            } else {
                $body .= "    $type f$f;\n";
            }
            push @fields, \%field;
        }
        $body .= "    const char *text;\n" if my $text = chance(0.4);
        my $packed = chance(0.15) ? ' __attribute__((packed))' : '';
        $declarations .= "struct s$s {\n$body}$packed;\n";
        push @structs, { name => "struct s$s", fields => \@fields, text => $text, packed => $packed };
    }
}

sub struct_value {
    my ($struct) = @_;
    my @values;
    for my $f (@{ $struct->{fields} }) {
        my $type = $f->{type};
        push @values, $f->{count} ? '{' . join(', ', map { value_of($type) } 1 .. between(1, $f->{count})) . '}'
            : $f->{bits} ? int rand 2**$f->{bits}
            : value_of($type);
    }
    push @values, text() if $struct->{text};
    return '{' . join(', ', @values) . '}';
}

# ---- globals -------------------------------------------------------------------------------------
# Each is defined in its unit, and declared in all units unless it is static.
sub place {
    my ($g, $declarator, $initial) = @_;
    my $where = $g->{unit};
    my $const = $g->{const} && $g->{kind} ne 'strings' ? 'const ' : '';
    my $aligned = chance(0.2) ? sprintf(' __attribute__((aligned(%d)))', 1 << between(3, 7)) : '';
    my $section = '';
    $section = sprintf ' __attribute__((section("%s.named_%d")))', $g->{const} ? '.rodata' : '.data', between(0, 3)
        if !$g->{common} && $initial && $initial !~ /[&"]|\bfunction/ && chance(0.1);
    my $linkage = $g->{static} ? 'static ' : '';
    my $attributes = $aligned . $section;
    $attributes .= ' __attribute__((weak))' if !$g->{static} && $initial && chance(0.1);
    $attributes .= ' __attribute__((common))' if $g->{common};
    my $type = "$const$g->{type} $declarator";
    $unit[$where]{globals} .= "$linkage$type$attributes" . ($initial && !$g->{common} ? " = $initial" : '') . ";\n";
    $declarations .= "extern $type;\n" unless $g->{static};
    push @globals, $g;
}

# Static names are the same in every unit: a linker must keep them apart.
sub own_name {
    my ($unit, $name) = @_;
    return $name . $unit[$unit]{count}{$name}++;
}

sub make_globals {
    for my $n (0 .. between(8, 24)) {
        my $static = chance(0.4);
        my $unit = int rand $units;
        my $g = { name => $static ? own_name($unit, 'own') : "g$n", unit => $unit, static => $static, const => chance(0.25) };
        $g->{common} = !$static && !$g->{const} && chance(0.2);
        my $kind = rand;
        my $zero = !$g->{const} && chance(0.3);
        if ($kind < 0.35) {
            $g->{kind} = 'scalar';
            $g->{type} = any(@types);
            place($g, $g->{name}, $zero ? '' : value_of($g->{type}));
        } elsif ($kind < 0.6) {
            $g->{kind} = 'array';
            $g->{type} = any(@types);
            $g->{count} = 1 << between(1, $zero ? 9 : 5);
            my @values = map { value_of($g->{type}) } 1 .. between(1, $g->{count} > 32 ? 32 : $g->{count});
            place($g, "$g->{name}\[$g->{count}]", $zero ? '' : '{' . join(', ', @values) . '}');
        } elsif ($kind < 0.8) {
            my $struct = any(@structs);
            $g->{kind} = 'struct';
            $g->{struct} = $struct;
            $g->{type} = $struct->{name};
            $g->{count} = 1 << between(0, 2);
            $zero = 0 if $struct->{text};
            $g->{common} = 0 if $struct->{text};
            my @values = map { struct_value($struct) } 1 .. $g->{count};
            place($g, "$g->{name}\[$g->{count}]", $zero ? '' : '{' . join(', ', @values) . '}');
        } else {
            $g->{kind} = 'strings';
            $g->{type} = 'const char *';
            $g->{common} = 0;
            $g->{count} = 1 << between(1, 3);
            place($g, ($g->{const} ? 'const ' : '') . "$g->{name}\[$g->{count}]",
                '{' . join(', ', map { text() } 1 .. $g->{count}) . '}');
        }
    }
    make_pointers();
}

# Pointers into other globals: into arrays and structs, to scalars, and to pointers.
sub make_pointers {
    my @targets = grep { $_->{kind} =~ /scalar|array/ && !$_->{static} } @globals;
    for my $n (0 .. between(1, 5)) {
        my $unit = int rand $units;
        my @seen = (@targets, grep { $_->{static} && $_->{unit} == $unit && $_->{kind} =~ /scalar|array/ } @globals);
        last unless @seen;
        my $to = any(@seen);
        my $static = chance(0.4);
        my $g = { name => $static ? own_name($unit, 'link') : "p$n", unit => $unit, static => $static, kind => 'pointer', to => $to, const => 0 };
        $g->{type} = ($to->{const} ? 'const ' : '') . "$to->{type} *";
        my $initial = $to->{count} ? sprintf '&%s[%d]', $to->{name}, int rand $to->{count} : "&$to->{name}";
        place($g, (chance(0.5) ? 'const ' : '') . $g->{name}, $initial);
    }
}

# ---- expressions and statements --------------------------------------------------------------------
sub seen_from {
    my ($unit, $kind) = @_;
    return grep { $_->{kind} eq $kind && (!$_->{static} || $_->{unit} == $unit) } @globals;
}

# A variable as (text, whether it can be assigned to).
sub variable {
    my ($unit, $depth) = @_;
    for (1 .. 5) {
        my $kind = any(qw(scalar scalar array array struct pointer));
        my @seen = seen_from($unit, $kind) or next;
        my $g = any(@seen);
        my $writable = !$g->{const};
        return ($g->{name}, $writable) if $kind eq 'scalar';
        return ("*$g->{name}", !$g->{to}{const}) if $kind eq 'pointer';
        my $index = sprintf '[(%s) & %d]', expression($unit, $depth - 1), $g->{count} - 1;
        return ("$g->{name}$index", $writable) if $kind eq 'array';
        my $f = any(@{ $g->{struct}{fields} });
        my $in = $f->{count} ? sprintf '[(%s) & %d]', expression($unit, $depth - 1), $f->{count} - 1 : '';
        return ("$g->{name}$index.$f->{name}$in", $writable);
    }
    return (any(qw(a b v w)), 1);
}

# An expression of type u64: so is every operand, so that no promotion differs.
sub expression {
    my ($unit, $depth) = @_;
    return any(sub { '(u64)' . constant() }, sub { '(u64)' . any(qw(a b v w)) })->() if $depth <= 0;
    my $one = sub { expression($unit, $depth - 1) };
    my $roll = rand;
    if ($roll < 0.3) {
        my ($read) = variable($unit, $depth);
        return "(u64)$read";
    }
    return sprintf '(%s %s %s)', $one->(), any(qw(+ - * & | ^)), $one->() if $roll < 0.65;
    return sprintf '(%s %s ((%s) & 63))', $one->(), any('<<', '>>'), $one->() if $roll < 0.72;
    return sprintf '(u64)((u32)%s %s ((u32)%s | 1))', $one->(), any('/', '%'), $one->() if $roll < 0.78;
    if ($roll < 0.8 && $divides) {
        return sprintf '(%s %s (%s | 1))', $one->(), any('/', '%'), $one->();
    }
    return sprintf '(u64)(%s %s %s)', $one->(), any(qw(< > == != <= >=)), $one->() if $roll < 0.86;
    return sprintf '(%s ? %s : %s)', $one->(), $one->(), $one->() if $roll < 0.9;
    return sprintf '(~%s)', $one->() if $roll < 0.93;
    my @strings = seen_from($unit, 'strings');
    if (@strings && $roll < 0.97) {
        my $g = any(@strings);
        return sprintf '(u64)(u8)%s[(%s) & %d][0]', $g->{name}, $one->(), $g->{count} - 1;
    }
    return any(sub { '(u64)' . constant() }, sub { '(u64)' . any(qw(a b v w)) })->();
}

sub call {
    my ($unit, $from) = @_;
    my @callable = grep { $_->{number} > $from && (!$_->{static} || $_->{unit} == $unit) } @functions;
    return unless @callable;
    my $f = any(@callable);
    return sprintf '%s(%s, (u32)%s)', $f->{name}, expression($unit, 1), expression($unit, 1);
}

sub statement {
    my ($unit, $from, $depth) = @_;
    my $pad = '    ' x (4 - $depth);
    my $roll = rand;
    if ($roll < 0.4 || $depth == 0) {
        my ($to, $writable) = variable($unit, 1);
        $to = any(qw(v w)) unless $writable;
        return "$pad$to " . any('=', '+=', '^=', '-=') . ' ' . expression($unit, 2) . ";\n";
    }
    if ($roll < 0.52) {
        my $call = call($unit, $from) or return '';
        return $pad . any(qw(v w)) . " += $call;\n";
    }
    if ($roll < 0.6) {
        return $pad . "v ^= table_of_$unit\[w & 3](w, (u32)v);\n" if $from == 0 && $unit[$unit]{table};
        return $pad . 'w = w * 31 + hash_text(' . text() . ");\n";
    }
    my $body = sub { join '', map { statement($unit, $from, $depth - 1) } 1 .. between(1, 3) };
    if ($roll < 0.72) {
        my $else = chance(0.5) ? "$pad} else {\n" . $body->() : '';
        return "${pad}if (" . expression($unit, 2) . ") {\n" . $body->() . "$else$pad}\n";
    }
    if ($roll < 0.86) {
        return sprintf "%sfor (u32 i%d = 0; i%d < %d; i%d++) {\n%s%s    w += i%d;\n%s}\n", $pad, $depth, $depth,
            between(1, 7), $depth, $body->(), $pad, $depth, $pad;
    }
    # With five cases or more, compilers make a table.
    my $cases = '';
    for my $c (0 .. between(2, 9)) {
        $cases .= "${pad}case $c:\n" . statement($unit, $from, 0);
        $cases .= "$pad    break;\n" if chance(0.85);
    }
    return sprintf "%sswitch (%s & 15) {\n%s%sdefault:\n%s    v += %s;\n%s}\n", $pad, expression($unit, 2), $cases,
        $pad, $pad, constant(), $pad;
}

# ---- functions -----------------------------------------------------------------------------------
# Functions call only those with larger numbers, and each call uses up fuel, so that every run ends soon.
sub make_functions {
    my $count = between(4, 9);
    for my $n (0 .. $count) {
        my ($unit, $static) = (int rand $units, $n > 0 && chance(0.35));
        my $name = $static ? own_name($unit, 'helper') : "function$n";
        my $f = { number => $n, name => $name, unit => $unit, static => $static };
        push @functions, $f;
        my $prototype = "u64 $f->{name}(u64 a, u32 b)";
        if ($f->{static}) {
            $unit[ $f->{unit} ]{prototypes} .= "static $prototype;\n";
        } else {
            $declarations .= "$prototype;\n";
        }
    }
    for my $u (0 .. $units - 1) {
        # Tables have the last three functions, which call few others, so that calls through tables are cheap.
        my @callable = grep { $_->{number} >= $count - 2 && (!$_->{static} || $_->{unit} == $u) } @functions;
        next unless @callable;
        $unit[$u]{table} = 1;
        my $const = chance(0.5) ? 'const ' : '';
        $unit[$u]{tables} .= "static u64 (*${const}table_of_$u\[4])(u64, u32) = {"
            . join(', ', map { any(@callable)->{name} } 1 .. 4) . "};\n";
    }
    for my $f (@functions) {
        my $body = join '', map { statement($f->{unit}, $f->{number}, 3) } 1 .. between(2, 6);
        my $attributes = chance(0.5) ? '__attribute__((noinline)) ' : '';
        my $head = ($f->{static} ? 'static ' : '') . "${attributes}u64 $f->{name}(u64 a, u32 b)";
        my $variables = chance(0.3) ? sprintf "    static u32 calls = %d;\n    w += calls++;\n", between(0, 5) : '';
        $unit[ $f->{unit} ]{functions} .= "$head\n{\n    u64 v = a * 3 + b, w = b;\n$variables"
            . "    if (fuel == 0)\n        return v;\n    fuel--;\n$body    return v ^ w;\n}\n\n";
    }
}

# Weak functions that another unit overrides, weak ones that are used, and undefined ones.
sub make_weak {
    for my $n (0 .. between(0, 2)) {
        my $defined = int rand $units;
        my $kind = any($units > 1 ? qw(overridden alone absent) : qw(alone absent));
        $declarations .= "u32 weak$n(u32 n)" . ($kind eq 'absent' ? ' __attribute__((weak))' : '') . ";\n";
        my $one = sub { sprintf "u32 weak$n(u32 n)\n{\n    return n * %d + %d;\n}\n\n", between(2, 99), between(0, 9) };
        $unit[$defined]{functions} .= "__attribute__((weak, noinline)) " . $one->() if $kind ne 'absent';
        $unit[ ($defined + 1) % $units ]{functions} .= $one->() if $kind eq 'overridden';
        my $user = int rand $units;
        $unit[$user]{sum} .= $kind eq 'absent'
            ? "    h = h * 31 + (weak$n ? weak$n((u32)h) : 5);\n"
            : "    h = h * 31 + weak$n((u32)h);\n";
    }
}

# A unit's part of the check sum: everything that it defines.
sub add_sum {
    my ($u) = @_;
    my $sum = $unit[$u]{sum} // '';
    for my $g (grep { $_->{unit} == $u } @globals) {
        my $n = $g->{name};
        my $loop = $g->{count} ? "    for (u32 i = 0; i < $g->{count}; i++)\n    " : '';
        $sum .= "    h = h * 31 + (u64)$n;\n" if $g->{kind} eq 'scalar';
        $sum .= "    h = h * 31 + (u64)*$n;\n" if $g->{kind} eq 'pointer';
        $sum .= "$loop    h = h * 31 + (u64)$n\[i];\n" if $g->{kind} eq 'array';
        $sum .= "$loop    h = h * 31 + hash_text($n\[i]);\n" if $g->{kind} eq 'strings';
        next unless $g->{kind} eq 'struct';
        for my $f (@{ $g->{struct}{fields} }) {
            my $all = $f->{count} ? "    for (u32 j = 0; j < $f->{count}; j++)\n        " : '';
            my $in = $f->{count} ? '[j]' : '';
            $sum .= "$loop$all    h = h * 31 + (u64)$n\[i].$f->{name}$in;\n";
        }
        $sum .= "$loop    h = h * 31 + hash_text($n\[i].text);\n" if $g->{struct}{text};
    }
    $unit[$u]{functions} .= "u64 sum_of_$u(u64 h)\n{\n$sum    return h;\n}\n";
    $declarations .= "u64 sum_of_$u(u64 h);\n";
}

sub write_units {
    my $types = join '', map { "typedef $_;\n" } 'unsigned char u8', 'unsigned short u16', 'unsigned int u32',
        'unsigned long long u64', 'signed char s8', 'short s16', 'int s32', 'long long s64';
    for my $u (0 .. $units - 1) {
        my $path = sprintf '%s/p%03d_%d.c', $folder, $number, $u + 1;
        open my $out, '>', $path or die "$path: $!\n";
        print $out "/* generate.pl $number: unit ", $u + 1, " of $units */\n";
        print $out "/* libgcc: i386 */\n" if $divides;
        print $out $u == 0 ? "#include \"start.h\"\n" : $types, "\nextern u32 fuel;\nu64 hash_text(const char *text);\n";
        print $out $declarations, "\n";
        print $out map { $unit[$u]{$_} // '' } qw(prototypes globals tables);
        print $out "\n", $unit[$u]{functions};
        if ($u == 0) {
            print $out "\nu32 fuel = 20000;\n\n",
                "u64 hash_text(const char *text)\n{\n    u64 h = 5381;\n    while (*text)\n",
                "        h = h * 33 + (u8)*text++;\n    return h;\n}\n\n",
                "int main(void)\n{\n    u64 h = 1;\n",
                "    for (u32 i = 0; i < 5; i++) {\n        h = h * 31 + function0(h, i);\n        show_hex(\"step\", h);\n    }\n",
                (map { "    h = sum_of_$_(h);\n    show_hex(\"unit\", h);\n" } 0 .. $units - 1),
                "    return (int)(h & 63);\n}\n";
        }
        close $out or die "$path: $!\n";
    }
}

for my $n ($first .. $last) {
    $number = $n;
    srand(1_000_003 + $number);
    $units = any(1, 2, 2, 3);
    $divides = chance(0.3);
    @unit = map { {} } 1 .. $units;
    @globals = @functions = ();
    $declarations = '';
    make_structs();
    make_globals();
    make_functions();
    make_weak();
    add_sum($_) for 0 .. $units - 1;
    write_units();
}

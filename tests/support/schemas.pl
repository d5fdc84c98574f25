#!/usr/bin/perl
# Fails if a command writes JSON without a schema and a version, or not as its schema says.
#
#   schemas.pl SOURCE TINYELF        exit status: 0 no fault, 1 a fault
#
# A command writes JSON if a source of its own includes base/json_write.h, or its options speak of JSON. Where
# python3-jsonschema is installed, each such command is run on small inputs; tests/command/json.bats does more.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use JSON::PP;

die "usage: schemas.pl SOURCE TINYELF\n" if @ARGV != 2;
my ($root, $tinyelf) = map { abs_path($_) } @ARGV;
my (@wrong, %writes, %told, %row, %schema, %shape);

sub slurp {
    my ($path) = @_;
    open my $file, '<', $path or die "schemas.pl: $path: $!\n";
    return do { local $/; <$file> };
}

for my $path (glob "$root/elfgen/tinyelf/commands/*/*.[ch]") {
    my ($name) = $path =~ m{/([^/]+)/[^/]+$};
    $writes{$name} = "its sources include base/json_write.h" if slurp($path) =~ m{#include "base/json_write\.h"};
}
open my $options, '-|', $tinyelf, '--print-options' or die "schemas.pl: $tinyelf: $!\n";
while (<$options>) {
    chomp;
    my ($kind, $name, @fields) = split /\t/;
    $writes{$name} //= "an option of it speaks of JSON" if $kind =~ /^(?:option|choice)$/ && "@fields" =~ /json\b/i;
    $told{$name} = $fields[0] if $kind eq 'json';
}
close $options or die "schemas.pl: $tinyelf --print-options failed\n";
%row = slurp("$root/elfgen/tinyelf/commands/json_versions.def") =~ /^JSON_VERSION\((\w+), (\d+)\)$/mg;

# Every object says which keys it may have, but for parts that others include.
sub closed {
    my ($name, $node, $path) = @_;
    if (ref $node eq 'ARRAY') { closed($name, $node->[$_], "$path\[$_]") for 0 .. $#$node }
    return if ref $node ne 'HASH';
    my $type = $node->{type} // '';
    push @wrong, "$name.json: $path allows keys that it does not have\n"
        if grep({ $_ eq 'object' } ref $type ? @$type : $type)
        && !exists $node->{additionalProperties} && !exists $node->{unevaluatedProperties};
    for my $key (sort keys %$node) {
        my $names = $key =~ /^(?:properties|\$defs)$/ ? $node->{$key} : undef;
        closed($name, $node->{$key}, "$path.$key") unless $names;
        closed($name, $names->{$_}, "$path.$_") for sort keys %{$names // {}};
    }
}
my $json = JSON::PP->new->canonical;
for my $path (glob "$root/docs/schema/*.json") {
    my ($name) = $path =~ m{([^/]+)\.json$};
    my $schema = $schema{$name} = $json->decode(slurp($path));
    push @wrong, "$name.json: no row of json_versions.def\n" unless $row{$name};
    closed($name, $schema, '$');
    # What has one name is one thing.
    for my $part (keys %{$schema->{'$defs'} // {}}) {
        my $text = $json->encode($schema->{'$defs'}{$part});
        my $first = $shape{$part} //= {name => $name, text => $text};
        push @wrong, "$name.json: '$part' is another than in $first->{name}.json\n" if $first->{text} ne $text;
    }
}
for my $name (sort keys %{{%writes, %row, %told}}) {
    my $why = $writes{$name} // 'json_versions.def has it';
    my $version = $row{$name} // 'none';
    push @wrong, "$name: no row of json_versions.def, but $why\n" unless $row{$name};
    push @wrong, "$name: a row of json_versions.def, but it writes no JSON\n" unless $writes{$name};
    push @wrong, "$name: .json_version is " . ($told{$name} // 'missing') . ", not $version\n" if ($told{$name} // '') ne $version;
    push(@wrong, "$name: no docs/schema/$name.json, but $why\n"), next unless $schema{$name};
    my $said = $schema{$name}{properties}{version}{const} // 'none';
    push @wrong, "$name.json: its version is $said, not $version\n" if $said ne $version;
    push @wrong, "$name.json: its title names no version $version\n" unless $schema{$name}{title} =~ /, version \Q$version\E$/;
}

# ---- what is printed ----
my $folder = tempdir(CLEANUP => 1);
chdir $folder or die "schemas.pl: $folder: $!\n";
my %line = (
    check => '--json hello /bin/sh', compare => '--json hello /bin/sh', encode => "--json 'mov rax, 1'", explain => '--format json --with bytes,verdict,memory,parts hello',
    golf => '--json -v --environments 20 --prove hello hello', mutate => '--json --values 1 hello', stages => "--json -o kept $root/asm/hello.c", step => '--record made ./hello',
    syscall => '--json write', trace => '--json -o made ./hello');
my $can = system('python3 -c "import jsonschema" 2>/dev/null') == 0 && system($tinyelf, 'build', "$root/asm/hello.s", '-o', 'hello') == 0;
for my $name ($can ? sort keys %schema : ()) {
    push(@wrong, "schemas.pl: no command line for $name\n"), next unless $line{$name};
    system "'$tinyelf' $name $line{$name} >printed 2>said";
    rename 'made', 'printed' if -e 'made';
    my $answer = `python3 '$root/tests/support/json_contract.py' '$root/docs/schema/$name.json' printed 2>&1`;
    push @wrong, "$name $line{$name}: $answer", slurp('said') if $? != 0;
}
printf "%d commands with JSON, %d schemas, outputs %s, %d wrong\n", scalar keys %writes, scalar keys %schema,
    $can ? 'validated' : 'not validated: no python3-jsonschema', scalar @wrong;
print @wrong;
exit(@wrong || !%writes ? 1 : 0);

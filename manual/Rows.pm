# Reads what `tinyelf --print-options` prints (docs/architecture.md, "All options as a list").
package Rows;
use strict;
use warnings;

# The commands in the order of --help, each a hash: name, summary, usage (array), about (array), rows (options and
# headings in order), notes (array), status, json. The first one is the program itself.
sub read_rows {
    my ($tinyelf) = @_;
    my (@commands, %by_name);
    open my $rows, '-|', $tinyelf, '--print-options' or die "$tinyelf: $!\n";
    while (my $line = <$rows>) {
        chomp $line;
        my ($kind, $name, @fields) = split /\t/, $line, -1;
        my $command = $by_name{$name};
        if (!$command) {
            $command = $by_name{$name} =
                {name => $name, summary => '', usage => [], about => [], rows => [], notes => [], status => '', json => 0};
            push @commands, $command;
        }
        if ($kind eq 'command') {
            $command->{summary} = $fields[0];
        } elsif ($kind eq 'usage' || $kind eq 'about') {
            push @{$command->{$kind}}, $fields[0];
        } elsif ($kind eq 'note') {
            push @{$command->{notes}}, $fields[0];
        } elsif ($kind eq 'status' || $kind eq 'json') {
            $command->{$kind} = $fields[0];
        } elsif ($kind eq 'heading') {
            push @{$command->{rows}}, {heading => $fields[0]};
        } elsif ($kind eq 'option') {
            my ($letter, $long, $argument, $help, $value) = map { $_ eq '-' ? '' : $_ } @fields;
            push @{$command->{rows}},
                {letter => $letter, long => $long, argument => $argument, help => $help, value => $value, choices => []};
        } elsif ($kind eq 'choice') {
            my ($long, $value, $help) = map { $_ eq '-' ? '' : $_ } @fields;
            my ($option) = grep { ($_->{long} // '') eq $long } @{$command->{rows}};
            push @{$option->{choices}}, {name => $value, help => $help};
        } else {
            die "$tinyelf --print-options: line $.: a record of an unknown kind: $kind\n";
        }
    }
    close $rows or die "$tinyelf --print-options failed\n";
    @commands > 1 or die "$tinyelf --print-options: no commands\n";
    return @commands;
}

# The options of a command without its headings.
sub options {
    return grep { !$_->{heading} } @{$_[0]{rows}};
}

# The words of a command's operands, such as PROGRAM and ARGUMENT, in order.
sub operands {
    my ($command) = @_;
    my (@words, %seen);
    for my $usage (@{$command->{usage}}) {
        # Values of options that a usage shows, and the brackets, are not operands.
        my $rest = $usage =~ s/\[OPTIONS\]//r;
        for my $option (sort { length $b->{long} <=> length $a->{long} } options($command)) {
            for my $name (grep { $_ } $option->{long}, $option->{letter}) {
                $rest =~ s/(?<!\S)\[?\Q$name\E(?![\w-])(?: \Q$option->{argument}\E)?\]?/ /g if $option->{argument};
                $rest =~ s/(?<!\S)\[?\Q$name\E(?![\w-])\]?/ /g unless $option->{argument};
            }
        }
        push @words, grep { !$seen{$_}++ } $rest =~ /([A-Z][A-Z|]*(?:\.[a-z]+)?)/g;
    }
    return @words;
}

# Whether what follows the first operand belongs to another program.
sub stops_at_operand {
    return scalar grep { /\[ARGUMENT\.\.\.\]/ && !/ -- / && !/\[--/ } @{$_[0]{usage}};
}

1;

#!/usr/bin/perl
# Writes the lists of options in pages of docs/: what stands between <!-- options of NAME --> and <!-- end --> is made of the
# rows of the command, as its --help is.
#
#   option_lists.pl TINYELF DOCS             writes them anew in the pages of the folder DOCS
#   option_lists.pl --check TINYELF DOCS     says what differs, and which command has no list; exit status 1 if there is any
use strict;
use warnings;
use File::Glob ':bsd_glob'; # a path may have blanks
use FindBin;
use lib $FindBin::Bin;
use Rows;

my $check = @ARGV && $ARGV[0] eq '--check' && shift;
die "usage: option_lists.pl [--check] TINYELF DOCS\n" if @ARGV != 2;
my ($tinyelf, $docs) = @ARGV;
my @pages = glob "$docs/*.md";
my %commands = map { $_->{name} => $_ } Rows::read_rows($tinyelf);

# Text of a row as Markdown: words that look like options or quoted commands are code.
sub words {
    my ($text) = @_;
    my $out = '';
    for my $part (split /('tinyelf [^']*'|(?<![^ (])--[a-z][a-z-]*)/, $text) {
        if ($part =~ /^'(tinyelf .*)'$/ || $part =~ /^(--[a-z].*)$/) {
            $out .= "`$1`";
        } else {
            $out .= $part =~ s/([\\`*_<>|\[\]])/\\$1/gr;
        }
    }
    return $out;
}

# A paragraph or an entry of a list, in lines of at most 130 characters.
sub fold {
    my ($first, $other, $text) = @_;
    my ($out, $line) = ('', $first);
    my $empty = 1;
    for my $word (split / /, $text) {
        if (!$empty && length($line) + 1 + length($word) > 130) {
            $out .= "$line\n";
            ($line, $empty) = ($other, 1);
        }
        $line .= ($empty ? '' : ' ') . $word;
        $empty = 0;
    }
    return "$out$line\n";
}

sub list {
    my ($command) = @_;
    my $name = $command->{name};
    my $out = join '', map { "`tinyelf $name $_`\n\n" } @{$command->{usage}};
    my $rows = 0;
    for my $row (@{$command->{rows}}) {
        if ($row->{heading}) {
            $out .= ($rows ? "\n" : '') . words($row->{heading}) . "\n\n";
        } else {
            my $letter = $row->{letter} ? "`$row->{letter}`, " : '';
            my $argument = $row->{argument} ? " $row->{argument}" : '';
            $out .= fold('- ', '  ', "$letter`$row->{long}$argument`: " . words($row->{help}));
            $out .= fold('  - ', '    ', "`$_->{name}`: " . words($_->{help})) for grep { $_->{help} } @{$row->{choices}};
        }
        $rows++;
    }
    $out .= "\n" . fold('', '', words($_)) for @{$command->{notes}};
    $out .= "\n" . fold('', '', "Exit status: " . words($command->{status})) if $command->{status};
    $out .= "\nJSON: version $command->{json}; [its schema](schema/$name.json), and [what is common to all](json.md).\n" if $command->{json};
    return $out;
}

my ($differ, %has) = (0);
for my $page (@pages) {
    open my $in, '<', $page or die "$page: $!\n";
    my $text = do { local $/; <$in> };
    my $new = $text;
    $new =~ s{(<!-- options of (\S+) -->\n).*?(<!-- end -->\n)}{
        my ($begin, $name, $end) = ($1, $2, $3);
        my $command = $commands{$name} or die "$page: no command '$name'\n";
        $has{$name} = 1;
        "$begin\n" . list($command) . "\n$end";
    }gse;
    next if $new eq $text;
    $differ++;
    if ($check) {
        print "$page: its options are not those of the command. To write them anew: perl manual/option_lists.pl $tinyelf $docs\n";
    } else {
        open my $out, '>', $page or die "$page: $!\n";
        print $out $new;
        close $out or die "$page: $!\n";
    }
}
for my $name (grep { $_ ne 'tinyelf' && !$has{$_} } sort keys %commands) {
    print "$name: no page in $docs has <!-- options of $name -->\n";
    $differ++;
}
exit($check && $differ ? 1 : 0);

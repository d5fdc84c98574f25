#!/usr/bin/perl
# Fails if a page of the lecture does not fit the room, a term is not explained, or a figure stands differently in two pages.
#
#   lecture.pl SOURCE        exit status: 0 all is well, 1 not
#
# 1. Figures of each page: at most 5 % of all commands pipe, no command is longer than 80 columns, and each block of a console
#    or of its text has at most 24 lines of 80 columns; lines that are left out are counted ("... 12 lines").
# 2. docs/glossary.md has each term once, in order. Links to it lead to a term. A page links each term once, where its text
#    uses it first.
# 3. Facts that several pages have: wherever a row of lecture_facts.txt finds its fact, it is the same.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

die "usage: lecture.pl SOURCE\n" if @ARGV != 1;
my $root = $ARGV[0];
my (@wrong, $commands, $piping);
use constant { COLUMNS => 80, LINES => 24, MOST_PIPES => 0.05 };

sub read_page {
    my ($path) = @_;
    open my $in, '<', $path or die "lecture.pl: $path: $!\n";
    local $/;
    return scalar <$in>;
}

# The command without what stands in quotes.
sub pipes {
    my ($command) = @_;
    $command =~ s/'[^']*'|"(?:[^"\\]|\\.)*"//g;
    return $command =~ /(?<!\|)\|(?!\|)/;
}

sub check_blocks {
    my ($name, $text) = @_;
    my ($own, $own_pipes, $longest, $largest) = (0, 0, 0, 0);
    while ($text =~ /^```(console|text)\n(.*?)^```$/msg) {
        my ($kind, $block) = ($1, $2);
        my @lines = split /\n/, $block;
        $largest = @lines if @lines > $largest;
        push @wrong, "$name: a block of ${\scalar @lines} lines: $lines[0]\n" if @lines > LINES;
        for my $line (@lines) {
            push @wrong, "$name: wider than ${\COLUMNS} columns: $line\n" if length $line > COLUMNS;
            push @wrong, "$name: how many lines are left out? ($lines[0])\n" if $line eq '...';
            next if $kind ne 'console' || $line !~ /^\$ (.*)/;
            $own++;
            $own_pipes++ if pipes($1);
            $longest = length $1 if length $1 > $longest;
        }
    }
    printf "%-26s %3d commands, %d with a pipe; the longest has %2d columns; the largest block %2d lines\n", $name, $own,
        $own_pipes, $longest, $largest;
    $commands += $own;
    $piping += $own_pipes;
}

sub anchor { lc($_[0]) =~ s/[^\w\- ]//gr =~ s/ /-/gr }

my $glossary = read_page("$root/docs/glossary.md");
my @titles = $glossary =~ /^## (.*)$/mg;
my @terms = map { anchor($_) } @titles;
my %known = map { $_ => 1 } @terms;
push @wrong, "docs/glossary.md: $terms[$_] comes after $terms[$_ - 1]\n"
    for grep { $terms[$_ - 1] ge $terms[$_] } 1 .. $#terms;

# Terms that pages need not link: words of everyday language, or of every page.
my %common = map { $_ => 1 } qw(alignment argument field hexadecimal instruction loader offset page register stack symbol);

# Other words for a term.
my %also = ('File descriptor' => 'descriptor', 'Mapping' => 'mapped', 'Core file' => 'core\sdump');

# A term as a word of its own: names such as ELF and errno as they are spelt.
sub term_pattern {
    my ($title) = @_;
    my $word = join('\s', map { quotemeta } split / /, $title);
    $word = "(?:$word|$also{$title})" if $also{$title};
    $word .= 's?';
    return $title =~ /^[[:upper:]_]+$|^(?:readelf|strace|errno|i386|execve|ptrace)$/ ? qr/(?<![\w\/.-])$word(?![\w-])/
                                                                     : qr/(?<![\w\/.-])$word(?![\w-])/i;
}

# A page without commands, what they print, headings, code, and tables that link no term.
sub prose {
    my ($text) = @_;
    $text =~ s/^```.*?^```$//msg;
    $text =~ s/^<!-- \$ .*?^<!-- end -->$//msg;
    $text =~ s/^(?:#|\|(?!.*glossary)).*$//mg;
    $text =~ s/(?<!\[)`[^`\n]*`//g;
    return $text;
}

sub check_terms {
    my ($name, $text) = @_;
    $text = prose($text);
    my %linked;
    for my $term ($text =~ /\]\(\.\.\/glossary\.md#([^)]+)\)/g) {
        push @wrong, "$name: no term '$term' in docs/glossary.md\n" if !$known{$term};
        push @wrong, "$name: '$term' is linked twice\n" if $linked{$term}++;
    }
    return scalar keys %linked if $name !~ /^\d/; # pages for who knows the terms
    for my $title (grep { !$common{anchor($_)} } @titles) {
        my $term = anchor($title);
        my $rest = $text =~ s/\[[^\]]*\]\((?!\.\.\/glossary\.md#\Q$term\E\))[^)]*\)//gr;
        my $link = $rest =~ /\[[^\]]*\]\(\.\.\/glossary\.md#\Q$term\E\)/ ? $-[0] : length $rest;
        push @wrong, "$name: '$title' is used before it is linked to the glossary\n"
            if substr($rest, 0, $link) =~ term_pattern($title);
    }
    return scalar keys %linked;
}

my $links = 0;
for my $path (sort glob "$root/docs/lecture/*.md") {
    my $text = read_page($path);
    my $name = $path =~ s/.*\///r;
    check_blocks($name, $text);
    $links += check_terms($name, $text);
}
push @wrong, "$piping of $commands commands pipe\n" if $piping > MOST_PIPES * $commands;
push @wrong, "only $links links to the glossary\n" if $links < 20;

# A row: a name, a pattern whose last group that matched is the fact, and pages (globs), with tabs between.
for my $row (grep { /\S/ && !/^#/ } split /\n/, read_page("$root/tests/support/lecture_facts.txt")) {
    my ($name, $pattern, @globs) = split /\t+/, $row;
    my (%found, $times);
    for my $path (map { glob "$root/$_" } map { split / / } @globs) {
        my $text = read_page($path) =~ s/\s+/ /gr;
        while ($text =~ /$pattern/g) {
            push @{$found{$+ =~ s/,//gr}}, substr $path, 1 + length $root;
            $times++;
        }
    }
    push @wrong, "'$name' is in fewer than two places\n" if ($times // 0) < 2;
    push @wrong, "'$name' differs: " . join('; ', map { "$_ in @{$found{$_}}" } sort keys %found) . "\n" if keys %found > 1;
}

printf "%d commands, %d with a pipe; %d terms, %d links to them\n", $commands, $piping, scalar @terms, $links;
print @wrong;
exit(@wrong ? 1 : 0);

# Writes pages of the manual in mdoc(7): escapes, paragraphs, blocks of code, and the Markdown that docs/ is written in.
package Mdoc;
use strict;
use warnings;
use File::Glob 'bsd_glob';

# The files of a folder that fit a pattern. The folder's path may have blanks and any other character.
sub files {
    my ($folder, $pattern) = @_;
    $folder =~ s/([\\\[\]{}*?~])/\\$1/g;
    return bsd_glob("$folder/$pattern");
}

# The head of a page. A build of the same sources on another day is the same if SOURCE_DATE_EPOCH is set.
sub head {
    my ($name, $section, $version, $summary) = @_;
    my @months = qw(January February March April May June July August September October November December);
    my @time = gmtime($ENV{SOURCE_DATE_EPOCH} // time);
    return ".\\\" Made when tinyelf was built.\n"
        . ".Dd $months[$time[4]] $time[3], " . ($time[5] + 1900) . "\n.Dt \U$name\E $section\n.Os tinyelf $version\n"
        . ".Sh NAME\n.Nm $name\n.Nd " . prose($summary) . "\n";
}

# Text in which every character is as it is typed: what is between quotes, options, code.
sub exact {
    my ($text) = @_;
    $text =~ s/\\/\\e/g;
    $text =~ s/-/\\-/g;
    $text =~ s/'/\\(aq/g;
    $text =~ s/`/\\(ga/g;
    $text =~ s/\^/\\(ha/g;
    $text =~ s/~/\\(ti/g;
    $text =~ s/([^\x00-\x7f])/sprintf '\\[u%04X]', ord $1/ge;
    return $text;
}

# A sentence: options and numbers keep their signs, and `code` is bold.
sub prose {
    my ($text) = @_;
    $text =~ s/\[([^\]]+)\]\([^)]+\)/$1/g;
    my $out = '';
    for my $piece (split /(`[^`]+`|\*\*[^*]+\*\*)/, $text) {
        if ($piece =~ /^`(.+)`$/s) {
            my $code = exact($1);
            $out .= '\fB' . ($code =~ / / || $out =~ /\S$/ ? '' : '\%') . $code . '\fR';
        } elsif ($piece =~ /^\*\*(.+)\*\*$/s) {
            $out .= '\fB' . prose($1) . '\fR';
        } else {
            # Names are not hyphenated.
            $piece =~ s/(?<!\S)(?=\S*[_>\/])/\x01/g;
            $out .= join '', map { s/\x01/\\%/gr } map { /^(?:--?[\w-]*|.*[\\'`^~].*|[^\x00-\x7f]+)$/s ? exact($_) : $_ }
                split /((?<![\w-])--?[a-zA-Z0-9][\w-]*|[\\'`^~]|[^\x00-\x7f]+)/, $piece;
        }
    }
    return $out;
}

# Lines of at most 78 characters. mdoc wants each sentence to begin a line.
sub fill {
    my ($text) = @_;
    my @lines;
    $text =~ s/^\s+|\s+$//g;
    # What ends in "..." or "#!" and goes on in lower case is no end of a sentence, nor of a line.
    $text =~ s/(\.\.\.\)?|#!)\s+(?=[a-z])/$1\x02/g;
    for my $sentence (split /(?<=[.!?])\s+|(?<=[.!?]\))\s+/, $text) {
        my $line = '';
        for my $word (split ' ', $sentence) {
            if ($line ne '' && length("$line $word") > 78) {
                push @lines, $line;
                $line = '';
            }
            $line .= ($line eq '' ? '' : ' ') . $word;
        }
        push @lines, $line if $line ne '';
    }
    return join '', map { (/^\./ ? "\\&$_" : $_) =~ tr/\x02/ /r . "\n" } @lines;
}

# A phrase as a sentence. Names and instructions keep their first letter.
sub sentence {
    my ($text) = @_;
    $text = ucfirst $text if $text =~ /^(?!int 0x)[a-z]+[ ,;:]/;
    return $text =~ /[.:]$/ ? $text : "$text.";
}

sub paragraph {
    return ".Pp\n" . fill(prose($_[0]));
}

# Lines as they are.
sub literal {
    my @lines = @_;
    return ".Bd -literal -offset 2n\n" . join('', map { (/^\./ ? '\&' : '') . exact($_) . "\n" } @lines) . ".Ed\n";
}

# A list of pairs of a tag, which is mdoc already, and a text, which is as well.
sub tags {
    my @pairs = @_;
    my $out = ".Bl -tag -width Ds\n";
    $out .= ".It $_->[0]\n$_->[1]" for @pairs;
    return "$out.El\n";
}

# A word or several as arguments of a macro.
sub argument {
    my ($text) = @_;
    return '"' . ($text =~ s/"/\\(dq/gr) . '"';
}

# The sections of a text in Markdown: pairs of a heading of the second level ('' at first) and lines.
sub sections {
    my ($file) = @_;
    open my $text, '<:utf8', $file or die "$file: $!\n";
    my @sections = (['', []]);
    my $inside = 0;
    while (my $line = <$text>) {
        chomp $line;
        $inside = !$inside if $line =~ /^```/;
        if (!$inside && $line =~ /^## (.*)/) {
            push @sections, [$1, []];
        } elsif ($inside || $line !~ /^# |^<!--/) {
            push @{$sections[-1][1]}, $line;
        }
    }
    return @sections;
}

# Markdown as docs/ has it: paragraphs, ``` blocks, tables whose first column is a tag, and lists "- `TAG`: text".
sub markdown {
    my @lines = @_;
    my ($out, @text, @pairs) = ('');
    my $flush = sub {
        $out .= paragraph(join ' ', @text) if @text;
        $out .= tags(@pairs) if @pairs;
        @text = @pairs = ();
    };
    while (defined(my $line = shift @lines)) {
        if ($line =~ /^```/) {
            my @code;
            push @code, shift @lines while @lines && $lines[0] !~ /^```/;
            shift @lines;
            $flush->();
            $out .= literal(@code);
        } elsif ($line =~ /^\|/) {
            my ($tag, @cells) = map { s/^\s+|\s+$//gr } split /(?<!\\)\|/, $line =~ s/^\||\|\s*$//gr;
            next if ($tag // '') =~ /^(?:[ -]*)$/;
            $flush->() if @text;
            # The tag of a heading is no code.
            push @pairs, [argument(prose($tag)), fill(prose(sentence(join '; ', @cells)))];
        } elsif ($line =~ /^- (`[^:]*`|[^:]*\)): (.*)/ || $line =~ /^- ([^:]+): (.*)/) {
            $flush->() if @text;
            my ($tag, $text) = ($1, $2);
            $text .= ' ' . shift(@lines) =~ s/^\s+//r while @lines && $lines[0] =~ /^  \S/;
            push @pairs, [argument(prose($tag)), fill(prose(sentence($text)))];
        } elsif ($line =~ /^\s*$/) {
            $flush->();
        } elsif ($line =~ /^### (.*)/) {
            $flush->();
            $out .= '.Ss ' . prose($1) . "\n";
        } else {
            $flush->() if @pairs;
            push @text, $line;
        }
    }
    $flush->();
    return $out =~ s/^(\.S[sh] .*\n)\.Pp\n/$1/gmr =~ s/^\.Pp\n//r;
}

1;

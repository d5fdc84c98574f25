#!/usr/bin/perl
# Makes elfgen(3), a page elfgen-HEADER(3) a public header, and for each function a page that leads to its header's.
#
#   library_pages.pl SOURCE VERSION FOLDER        FOLDER gets man3/
#
# All text is the headers' comments: that before the includes is the page's description, one before a declaration is about
# that and those which follow it without a blank line.
use strict;
use warnings;
use File::Basename;
use lib dirname(__FILE__);
use Mdoc;

die "usage: library_pages.pl SOURCE VERSION FOLDER\n" if @ARGV != 3;
my ($source, $version, $folder) = @ARGV;
my $include = "$source/elfgen/include";
my $width = 73;
mkdir $_ for $folder, "$folder/man3";
unlink Mdoc::files($folder, 'man3/*');

sub write_page {
    my ($name, $text) = @_;
    my $file = "$folder/man3/$name.3";
    open my $page, '>', $file or die "$file: $!\n";
    print {$page} $text;
    close $page or die "$file: $!\n";
}

# The text of a comment without its signs.
sub bare {
    my ($comment) = @_;
    $comment =~ s{^/\*+ ?|\s*\*/$}{}g;
    $comment =~ s/^[ \t]*\* ?//gm;
    return $comment;
}

# The text of a comment in mdoc: paragraphs, "NAME   what it is" as a list, lines that begin with blanks as they are.
sub comment_text {
    my ($comment) = @_;
    my $out = '';
    for my $block (split /\n[ \t]*\n/, bare($comment)) {
        my @lines = split /\n/, $block;
        if (!grep { !/^  / } @lines) {
            my ($least) = sort { $a <=> $b } map { /^( +)/ ? length $1 : 0 } @lines;
            $out .= Mdoc::literal(map { substr $_, $least } @lines);
        } elsif ($lines[0] =~ /^\w+ {2,}\S/) {
            my @pairs;
            for my $line (@lines) {
                if ($line =~ /^(\w+) {2,}(.*)/) {
                    push @pairs, [$1, $2];
                } else {
                    $pairs[-1][1] .= " $line";
                }
            }
            $out .= Mdoc::tags(map { ["Fa $_->[0]", Mdoc::fill(Mdoc::prose($_->[1]))] } @pairs);
        } else {
            $out .= Mdoc::paragraph($block);
        }
    }
    return $out =~ s/^\.Pp\n//r;
}

# A comment in code, from a column on.
sub wrapped_comment {
    my ($text, $indent) = @_;
    my @lines = ('');
    for my $word (split ' ', $text) {
        push @lines, '' if $lines[-1] ne '' && $indent + 3 + length("$lines[-1] $word") + 3 > $width;
        $lines[-1] .= ($lines[-1] eq '' ? '' : ' ') . $word;
    }
    return map { ' ' x $indent . ($_ == 0 ? '/* ' : ' * ') . $lines[$_] . ($_ == $#lines ? ' */' : '') } 0 .. $#lines;
}

# Code that is too long for a line is continued after a comma or a blank.
sub wrapped_code {
    my ($text, $indent) = @_;
    my @lines;
    my $room = $indent;
    while ($room + length $text > $width && (substr($text, 0, $width - $room + 1) =~ /^(.{8,}, )/
        || substr($text, 0, $width - $room + 1) =~ /^(.{8,}[ |(])/)) {
        my $part = $1;
        push @lines, ' ' x $room . $part =~ s/\s+$//r;
        $text = substr $text, length $part;
        $room = $indent + 4;
    }
    return (@lines, ' ' x $room . $text);
}

# A declaration, laid out for a page: a member a line, comments beside it or below.
sub laid_out {
    my ($text) = @_;
    my (@lines, $depth, $code);
    ($depth, $code) = (0, '');
    $text =~ s/^(?:ELFGEN_API|ELFGEN_DATA) +//;
    # What a function in a header does is not what it is.
    $text =~ s/(\))\s*\{.*\}\s*$/$1;/s if $text =~ /^(?:static )?inline/;
    my $separates = $text =~ /^enum/ ? qr/[;,]/ : qr/;/;
    my $put = sub {
        my $line = $code =~ s/\s+/ /gr =~ s/^ | $//gr;
        $code = '';
        $depth-- if $line =~ /^\}/ && $depth > 0;
        push @lines, wrapped_code($line, 4 * $depth) if $line ne '';
        $depth++ if $line =~ /\{$/;
    };
    while ($text =~ m{\G(?:(\s+)|(/\*.*?\*/)|(^[ \t]*#(?:[^\n]*\\\n)*[^\n]*)|("(?:[^"\\]|\\.)*")|(.))}gsm) {
        my ($space, $comment, $directive, $string, $sign) = ($1, $2, $3, $4, $5);
        if (defined $space) {
            $code .= ' ' if $code ne '';
        } elsif (defined $comment) {
            my $words = bare($comment) =~ s/\s+/ /gr;
            # Beside what stands before it on its line, else above what comes.
            my $line_start = rindex(substr($text, 0, pos($text) - length $comment), "\n") + 1;
            my $before = substr $text, $line_start, pos($text) - length($comment) - $line_start;
            if ($code =~ /\S/ && $code !~ /[{;]\s*$/ && $code !~ /^[^,]*,\s*$/) {
                # The last one of an enum, or one within a declaration.
                $put->();
            }
            if ($before =~ /\S/ && @lines && length("$lines[-1]  $words") + 6 <= $width) {
                $lines[-1] .= " /* $words */";
            } else {
                push @lines, wrapped_comment($words, 4 * $depth + ($before =~ /\S/ ? 4 : 0));
            }
        } elsif (defined $directive) {
            $put->();
            push @lines, map { s/\s*\\$/ \\/r } split /\n/, $directive;
        } elsif (defined $string) {
            $code .= $string;
        } else {
            # A closing brace is on a line of its own, with what is said after it.
            $put->() if $sign eq '}';
            $code .= $sign;
            my $parts = ($code =~ tr/(//) - ($code =~ tr/)//);
            $put->() if $sign eq '{' || ($sign =~ $separates && $parts == 0);
        }
    }
    $put->();
    return @lines;
}

sub bytes_at {
    my ($width, $offset) = @_;
    return "$width byte" . ($width == 1 ? '' : 's') . " at $offset";
}

# The fields of a structure, X(name, 32-bit offset, width, 64-bit offset, width, kind, reader, "meaning"), as a list.
sub field_list {
    my ($directive) = @_;
    my @pairs;
    while ($directive =~ /X\((\w+),\s*(\d+),\s*(\d+),\s*(\d+),\s*(\d+),\s*(\w+),\s*(\w+),\s*"((?:[^"\\]|\\.)*)"\)/g) {
        my ($name, $offset32, $width32, $offset64, $width64, $kind, $reader, $meaning) = ($1, $2, $3, $4, $5, $6, $7, $8);
        my @where;
        if ($offset32 == $offset64 && $width32 == $width64) {
            @where = bytes_at($width32, $offset32);
        } else {
            push @where, 'in 32-bit files ' . bytes_at($width32, $offset32) if $width32;
            push @where, 'in 64-bit files ' . bytes_at($width64, $offset64) if $width64;
        }
        push @pairs, [Mdoc::argument($name),
            Mdoc::fill(Mdoc::prose(ucfirst(join ', ', @where) . ', ' . lc("$kind, $reader") . ": $meaning."))];
    }
    # Other rows: what they say, and the rest.
    while (!@pairs || pos $directive) {
        $directive =~ /X\((\w+),\s*([^()"]*?),\s*"((?:[^"\\]|\\.)*)"\)/g or last;
        my ($name, $rest, $meaning) = ($1, $2, $3);
        push @pairs, [Mdoc::argument($name), Mdoc::fill(Mdoc::prose(ucfirst("$meaning ($rest).") =~ s/\s+/ /gr))];
    }
    return @pairs ? Mdoc::tags(@pairs) : '';
}

# A header: its first comment, and groups of a comment and the declarations that it is about.
sub read_header {
    my ($file) = @_;
    open my $header, '<', $file or die "$file: $!\n";
    my $text = do { local $/; <$header> };
    $text =~ m{\A(/\*.*?\*/)\n#ifndef \w+\n#define \w+\n(.*)\n#endif\n*\z}s or die "$file: no comment and guard around it\n";
    my ($about, $body) = ($1, $2);
    $body =~ s/^#include .*\n//gm;
    $body =~ s{^/\* clang-format o(?:n|ff) \*/\n}{}gm;
    my (@groups, $comment);
    # A directive with its continued lines, a comment, a function with a body, or what ends with ';' outside of braces.
    while ($body =~ m{\G(?:
            (\n[ \t]*\n\s*) | (\s+)
            | (/\*.*?\*/)
            | (\#(?:[^\n]*\\\n)*[^\n]*)
            | ((?:\w+\ )?inline[^;\{]*(\{(?:[^\{\}]|(?6))*\}))
            | ((?:[^;\{\#])*?(?:\{(?:[^\{\}]|\{[^\{\}]*\})*\})?[^;\{\}\#]*;)
            | ([^\n]+)
        )}gsx) {
        my ($gap, $space, $said, $directive, $function, $declaration, $other) = ($1, $2, $3, $4, $5, $7, $8);
        $declaration //= $other;
        if (defined $gap) {
            undef $comment;
            push @groups, {comment => '', parts => []} if !@groups || @{$groups[-1]{parts}};
        } elsif (defined $said) {
            # After a directive on its line, or before what it is about.
            my $at = pos($body) - length $said;
            if (@groups && @{$groups[-1]{parts}} && substr($body, 0, $at) !~ /\n[ \t]*$/) {
                $groups[-1]{parts}[-1] .= " $said";
                next;
            }
            push @groups, {comment => $said, parts => []};
        } elsif (defined $directive || defined $declaration || defined $function) {
            push @groups, {comment => '', parts => []} if !@groups;
            push @{$groups[-1]{parts}}, $directive // $declaration // $function;
        }
    }
    return ($about, grep { $_->{comment} || @{$_->{parts}} } @groups);
}

# What a declaration declares.
sub names_of {
    my ($part) = @_;
    return ("$1()") if $part =~ /^(?:ELFGEN_API|static inline)\b[^;{(]*?(\w+)\(/s;
    return ($1) if $part =~ /^ELFGEN_DATA\b.*?(\w+)(?:\[|;)/s;
    return ("$1 $2") if $part =~ /^(struct|enum) (\w+)/;
    return ($1) if $part =~ /^typedef [^(]*?(\w+)\(/s || $part =~ /^typedef .*?(\w+);/s;
    return ($1) if $part =~ /^#define (\w+)/;
    return ($1) if $part =~ /^enum \{\s*(?:#[^\n]*\n|\/\*.*?\*\/|\s)*(\w+)/s;
    return ();
}

# A function as an argument list: type, name, arguments.
sub synopsis {
    my ($part) = @_;
    $part =~ s{/\*.*?\*/}{}gs;
    $part =~ s/\s+/ /g;
    $part =~ /^(?:ELFGEN_API|static inline) (?:inline )?(.*?)(\w+)\((.*?)\)(?:;| \{)/ or return '';
    my ($type, $name, $arguments) = ($1, $2, $3);
    $type =~ s/\s+$//;
    # A comma within a function pointer's arguments separates none.
    my (@arguments, $depth);
    ($depth, @arguments) = (0, '');
    for my $piece (split /([(),])/, $part =~ /\((.*)\)(?:;| \{)/ ? $1 : $arguments) {
        $depth += $piece eq '(' ? 1 : $piece eq ')' ? -1 : 0;
        last if $depth < 0;
        if ($piece eq ',' && $depth == 0) {
            push @arguments, '';
        } else {
            $arguments[-1] .= $piece;
        }
    }
    return ".Ft " . Mdoc::argument($type) . "\n.Fo $name\n"
        . join('', map { '.Fa ' . Mdoc::argument(s/^\s+|\s+$//gr) . "\n" } @arguments) . ".Fc\n";
}

# The first sentence of a comment, as a summary.
sub summary {
    my ($about) = @_;
    my ($first) = bare($about) =~ /\A(.*?[.:])(?:\s|\z)/s;
    return lcfirst($first =~ s/\s+/ /gr =~ s/[.:]$//r) =~ s/^eLF/ELF/r;
}

my (%page, @headers);
open my $all, '<', "$include/elfgen.h" or die "$include/elfgen.h: $!\n";
my @order = map { m{^#include "elfgen/(\w+)\.h"} ? $1 : () } <$all>;
my %is_ordered = map { $_ => 1 } @order;
# What api.h has is for the headers alone.
push @order, grep { !$is_ordered{$_} && $_ ne 'api' } map { basename($_, '.h') } sort(Mdoc::files($include, 'elfgen/*.h'));
for my $header (@order) {
    my ($about, @groups) = read_header("$include/elfgen/$header.h");
    my (@functions, $prototypes, $description);
    ($prototypes, $description) = ('', '');
    for my $group (@groups) {
        my @names = map { names_of($_) } @{$group->{parts}};
        my %seen;
        @names = grep { !$seen{$_}++ } @names;
        push @functions, map { /^(\w+)\(\)$/ ? $1 : () } @names;
        $prototypes .= join '', map { synopsis($_) } @{$group->{parts}};
        # The first ones stand for many.
        my $title = @names > 4 ? join(', ', @names[0 .. 2]) . ', ...' : join ', ', @names;
        $description .= '.Ss ' . Mdoc::argument($title) . "\n" if $title;
        $description .= '.Pp' . "\n" if !$title && $description;
        $description .= comment_text($group->{comment}) if $group->{comment};
        my $fields = join '', map { field_list($_) } grep { /^#define \w+\(X\)/ } @{$group->{parts}};
        my @code = map { laid_out($_) } grep { !(/^#define \w+\(X\)/ && field_list($_)) && !/^#(?:undef|ifdef|else|endif)/ } @{$group->{parts}};
        $description .= $fields;
        $description .= Mdoc::literal(@code) if @code;
    }
    my $page = "elfgen-$header";
    push @headers, {name => $header, page => $page, summary => summary($about), functions => \@functions};
    $page{$header} = Mdoc::head($page, 3, $version, summary($about))
        . ".Sh LIBRARY\nThe library elfgen (libelfgen, \\-lelfgen).\n.Sh SYNOPSIS\n.In elfgen/$header.h\n$prototypes"
        . ".Sh DESCRIPTION\n" . comment_text($about) . $description;
}

for my $header (@headers) {
    my @others = sort grep { $_ ne $header->{page} } map { $_->{page} } @headers;
    write_page($header->{page}, $page{$header->{name}} . ".Sh SEE ALSO\n"
        . join(" ,\n", map { ".Xr $_ 3" } 'elfgen', @others) . "\n");
    write_page($_, ".so man3/$header->{page}.3\n") for @{$header->{functions}};
}

# The page of the whole: what all headers promise, and which has what.
open my $umbrella, '<', "$include/elfgen.h" or die "$include/elfgen.h: $!\n";
my ($promise) = do { local $/; <$umbrella> } =~ m{\A(/\*.*?\*/)}s;
my @sections = Mdoc::sections("$source/manual/elfgen.md");
my %section = map { $_->[0] => $_->[1] } @sections;
write_page('elfgen', Mdoc::head('elfgen', 3, $version, 'make and read small ELF programs, byte by byte')
    . ".Sh LIBRARY\nThe library elfgen (libelfgen, \\-lelfgen).\n.Sh SYNOPSIS\n.In elfgen.h\n.Pp\n"
    . ".Nm cc\nprogram.c " . Mdoc::exact('$(pkg-config --cflags --libs elfgen)') . "\n"
    . ".Sh DESCRIPTION\n" . comment_text($promise) . ".Pp\n" . Mdoc::markdown(@{$section{''}})
    . ".Sh HEADERS\nEach has a page, and each function a name in the manual that leads to it.\n"
    . Mdoc::tags(map { my $header = $_;
        ["Xr $header->{page} 3", Mdoc::fill(Mdoc::prose(ucfirst "$header->{summary}."))
            . (@{$header->{functions}} ? ".Pp\n" . join(" ,\n", map { ".Fn $_" } @{$header->{functions}}) . "\n" : '')] } @headers)
    . join('', map { ".Sh " . Mdoc::prose(uc $_->[0]) . "\n" . Mdoc::markdown(@{$_->[1]}) } grep { $_->[0] } @sections)
    . ".Sh SEE ALSO\n.Xr tinyelf 1 ,\n.Xr elf 5\n");

#!/usr/bin/perl
# Makes tinyelf(1), a page tinyelf-COMMAND(1) a command, and tinyelf-hex(5).
#
#   command_pages.pl TINYELF SOURCE VERSION DATADIR FOLDER        FOLDER gets man1/ and man5/
#
# Synopsis, description, options and exit status are those of the options' rows (TINYELF --print-options). All else of a
# command is commands/NAME/manual.md, of the whole manual/tinyelf.md, and of the hex language docs/hex.md. DATADIR is where
# data is installed, below the prefix.
use strict;
use warnings;
use File::Basename;
use lib dirname(__FILE__);
use Mdoc;
use Rows;

die "usage: command_pages.pl TINYELF SOURCE VERSION DATADIR FOLDER\n" if @ARGV != 5;
my ($tinyelf, $source, $version, $datadir, $folder) = @ARGV;
my ($program, @commands) = Rows::read_rows($tinyelf);
# In the order that mdoc(7) has for sections.
my @last = ('Environment', 'Files', 'Exit status', 'Examples', 'See also');

# Pages of commands that are no more.
unlink Mdoc::files($folder, 'man[15]/tinyelf*');

sub write_page {
    my ($name, $section, $text) = @_;
    mkdir $_ for $folder, "$folder/man$section";
    my $file = "$folder/man$section/$name.$section";
    open my $page, '>', $file or die "$file: $!\n";
    print {$page} $text;
    close $page or die "$file: $!\n";
}

# A usage: words of options bold, what stands for something else in italics.
sub synopsis {
    my ($usage) = @_;
    return join '', map {
        /^-/ ? '\fB' . Mdoc::exact($_) . '\fR' : /^[A-Z]/ ? '\fI' . Mdoc::exact($_) . '\fR' : Mdoc::exact($_)
    } split /(--?[a-z][\w-]*|--|[A-Z][A-Z|]*(?:\.[a-z]+)?)/, $usage;
}

sub put_options {
    my ($command) = @_;
    my ($out, @pairs) = ('');
    my $flush = sub { $out .= Mdoc::tags(@pairs) if @pairs; @pairs = (); };
    my $headed = 0;
    for my $row (@{$command->{rows}}) {
        if ($row->{heading}) {
            $flush->();
            $out .= '.Ss ' . Mdoc::prose($row->{heading} =~ s/:$//r) . "\n";
            $headed = 1;
            next;
        }
        my $tag = join ' , ', map { 'Fl ' . Mdoc::exact(s/^-//r) } grep { $_ } $row->{letter}, $row->{long};
        $tag .= ' Ar ' . Mdoc::exact($row->{argument}) if $row->{argument};
        # The text of --help is another one than this.
        my $help = $row->{long} eq '--help' ? 'print a summary of the options' : $row->{help};
        my $text = Mdoc::fill(Mdoc::prose(Mdoc::sentence($help)));
        my @told = grep { $_->{help} } @{$row->{choices}};
        $text .= Mdoc::tags(map { ['Cm ' . Mdoc::exact($_->{name}), Mdoc::fill(Mdoc::prose(Mdoc::sentence($_->{help})))] } @told)
            if @told;
        push @pairs, [$tag, $text];
    }
    $flush->();
    return $out;
}

# "A (default: x), B" of the section "See also": names of commands, pages with their section.
sub see_also {
    my @names = @_;
    my %seen;
    my @pages = grep { !$seen{$_}++ } map { /\((\d)\)$/ ? $_ : "tinyelf-$_(1)" } @names;
    @pages = sort { substr($a, -2) cmp substr($b, -2) || $a cmp $b } @pages;
    my $out = '';
    for my $i (0 .. $#pages) {
        $pages[$i] =~ /^(.*)\((\d)\)$/ or die;
        $out .= ".Xr $1 $2" . ($i < $#pages ? ' ,' : '') . "\n";
    }
    return $out;
}

sub read_sections {
    my ($file) = @_;
    my @sections = Mdoc::sections($file);
    for my $section (@sections) {
        s/\@DATADIR\@/$datadir/g for @{$section->[1]};
    }
    return @sections;
}

# The texts of manual/tinyelf.md about each variable of the environment, by name.
my @own = read_sections("$source/manual/tinyelf.md");
my %variable;
for my $section (grep { $_->[0] eq 'Environment' } @own) {
    my $name;
    for my $line (@{$section->[1]}) {
        $name = $1 if $line =~ /^- `(\w+)`/;
        $variable{$name} .= "$line\n" if $name && $line ne '';
    }
}

# A whole page. Sections of the file that are not at the end of a page stand before those.
sub put_page {
    my ($command, $name, $summary, @sections) = @_;
    my $out = Mdoc::head($name, 1, $version, $summary) . ".Sh SYNOPSIS\n";
    my $call = $command == $program ? 'tinyelf' : "tinyelf $command->{name}";
    $out .= ".Nm $call\n" . synopsis($_) . "\n" for @{$command->{usage}};
    $out .= ".Sh DESCRIPTION\n";
    my $about = join "\n\n", @{$command->{about}};
    my %section = map { $_->[0] => $_->[1] } @sections;
    $out .= Mdoc::markdown(split /\n/, "$about\n\n" . join("\n", @{$section{''} // []}), -1);
    if ($command == $program) {
        $out .= ".Sh COMMANDS\n" . Mdoc::tags(
            (map { ["Xr tinyelf-$_->{name} 1", Mdoc::fill(Mdoc::prose(Mdoc::sentence($_->{summary})))] } @commands),
            ['Cm help Op Ar COMMAND', Mdoc::fill('Print the list of commands, or what the options of one are.')]);
    }
    $out .= ".Sh OPTIONS\n" . put_options($command);
    $out .= Mdoc::paragraph($_) for @{$command->{notes}};
    if ($command->{json}) {
        $out .= ".Sh JSON\n" . Mdoc::fill(Mdoc::prose("The JSON has version $command->{json}; a key that is added is not a new "
            . "version. Its schema (JSON Schema, draft 2020-12) is `PREFIX/$datadir/tinyelf/schema/$command->{name}.json`, where "
            . "PREFIX is the folder above that of tinyelf."));
    }
    my %last = map { $_ => 1 } @last;
    for my $section (grep { $_->[0] && !$last{$_->[0]} } @sections) {
        $out .= ".Sh " . Mdoc::prose(uc $section->[0]) . "\n" . Mdoc::markdown(@{$section->[1]});
    }
    $section{'Environment'} //= ["COLUMNS"];
    for my $heading (@last) {
        my @lines = @{$section{$heading} // []};
        if ($heading eq 'Exit status') {
            $out .= ".Sh EXIT STATUS\n" . Mdoc::fill(Mdoc::prose(ucfirst $command->{status}));
            $out .= ".Pp\n" . Mdoc::markdown(@lines) if @lines;
        } elsif ($heading eq 'Environment' && $command != $program) {
            # A command names the variables; what they mean stands once.
            my @names = map { split /[ ,]+/ } @lines;
            $out .= ".Sh ENVIRONMENT\n"
                . Mdoc::markdown(map { split /\n/, $variable{$_} // die "$name: manual/tinyelf.md has no $_\n" } @names);
        } elsif ($heading eq 'See also') {
            my @names = $command == $program ? map { $_->{name} } @commands : ('tinyelf(1)', map { split /[ ,]+/ } @lines);
            push @names, map { split /[ ,]+/ } @lines if $command == $program;
            $out .= ".Sh SEE ALSO\n" . see_also(@names);
        } elsif (@lines) {
            $out .= ".Sh \U$heading\E\n" . Mdoc::markdown(@lines);
        }
    }
    return $out;
}

write_page('tinyelf', 1, put_page($program, 'tinyelf', 'make and explain the smallest programs that Linux runs', @own));
for my $command (@commands) {
    my $file = "$source/elfgen/tinyelf/commands/$command->{name}/manual.md";
    write_page("tinyelf-$command->{name}", 1,
        put_page($command, "tinyelf-$command->{name}", $command->{summary}, read_sections($file)));
}

# The page of docs/ is written for readers of either.
my ($hex, @more) = Mdoc::sections("$source/docs/hex.md");
write_page('tinyelf-hex', 5, Mdoc::head('tinyelf-hex', 5, $version, 'a file written down byte by byte, with comments and labels')
    . ".Sh DESCRIPTION\n" . Mdoc::markdown(@{$hex->[1]})
    . join('', map { '.Sh ' . uc($_->[0]) . "\n" . Mdoc::markdown(@{$_->[1]}) } @more)
    . ".Sh SEE ALSO\n" . see_also('build', 'explain', 'new', 'elfgen-hex(3)'));

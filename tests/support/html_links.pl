#!/usr/bin/perl
# html_links.pl SOURCE FOLDER: checks the pages that manual/html makes of docs/. Every page is there and can be reached from
# index.html, and every link leads to a file and, where it has a fragment, to an element with that id.
use strict;
use warnings;
use File::Find;
use File::Spec;

my ($source, $folder) = @ARGV;
-d $folder or print("skipped: this build makes no HTML (pandoc is missing, or -DTINYELF_HTML=OFF)\n"), exit 77;

my %text;    # by path from FOLDER
my @files;
find({no_chdir => 1, wanted => sub { push @files, File::Spec->abs2rel($_, $folder) if -f }}, $folder);
my %is_file = map { $_ => 1 } @files;
for my $page (grep { /\.html$/ && !m{^examples/} } @files) {
    open my $in, '<:encoding(UTF-8)', "$folder/$page" or die "$page: $!\n";
    local $/;
    $text{$page} = <$in>;
}
my @faults;
my %ids;
for my $page (keys %text) {
    $ids{$page}{$1}++ while $text{$page} =~ /\sid="([^"]*)"/g;
    push @faults, map { "$page: the id '$_' twice" } grep { $ids{$page}{$_} > 1 } sort keys %{$ids{$page}};
}

# What a link of a page means: a path from FOLDER, and a fragment.
sub place {
    my ($page, $link) = @_;
    my ($path, $fragment) = $link =~ /^([^#]*)(?:#(.*))?$/;
    return ($page, $fragment) if $path eq '';
    my @parts = split m{/}, $page;
    pop @parts;
    for my $part (split m{/}, $path) {
        if ($part eq '..') { return ("$path (above the pages)", undef) unless @parts; pop @parts }
        elsif ($part ne '.') { push @parts, $part }
    }
    return (join('/', @parts), $fragment);
}

my %leads;
my $links = 0;
for my $page (sort keys %text) {
    my $headings = () = $text{$page} =~ /<h1\b/g;
    push @faults, "$page: $headings headings of the first level, not one" if $headings != 1;
    push @faults, "$page: no title" unless $text{$page} =~ m{<title>[^<]+ - tinyelf</title>};
    while ($text{$page} =~ /\s(?:href|src)="([^"]*)"/g) {
        my $link = $1;
        $link =~ s/&amp;/&/g;
        $links++;
        next if $link =~ m{^https://};
        if ($link =~ /^[a-z]+:/i) { push @faults, "$page: $link"; next }
        my ($path, $fragment) = place($page, $link);
        push @{$leads{$page}}, $path;
        if (!$is_file{$path}) { push @faults, "$page: $link: there is no $path" }
        elsif (defined $fragment && $path =~ /\.html$/ && !$ids{$path}{$fragment}) { push @faults, "$page: $link: no element has this id" }
        elsif ($path =~ /\.md$/) { push @faults, "$page: $link: not HTML" }
    }
}

# Each page of docs/ is here, and a reader who begins at index.html can find it.
my %seen = ('index.html' => 1);
my @next = ('index.html');
while (defined(my $page = shift @next)) {
    for my $there (@{$leads{$page} || []}) {
        push @next, $there unless $seen{$there}++;
    }
}
push @faults, map { "$_: no way leads there from index.html" } grep { !$seen{$_} } sort keys %text;
find({no_chdir => 1, wanted => sub {
    return unless /\.md$/;
    my $page = File::Spec->abs2rel($_, "$source/docs") =~ s/README\.md$/index.html/r =~ s/\.md$/.html/r;
    push @faults, "$page is missing" unless $text{$page};
}}, "$source/docs");

print "$_\n" for @faults;
printf "%d pages, %d links, %d faults\n", scalar keys %text, $links, scalar @faults;
push @faults, 'too few' if keys %text < 30 || $links < 500;
exit(@faults ? 1 : 0);

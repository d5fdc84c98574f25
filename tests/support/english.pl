#!/usr/bin/perl
# Fails if a phrase comes back that readers stumbled on.
#
#   english.pl SOURCE      exit status: 0 no phrase, 1 some
#
# The facts of these sentences were right, but their word order, or a verb such as "stand", "get", "take" and "tell"
# where the field has one of its own, made people read them twice. Each row has a phrase, as a pattern, and what to write
# instead. Text is compared without regard to line breaks, to the quotes of C strings and to the stars of its comments.
use strict;
use warnings;
use File::Find;

die "usage: english.pl SOURCE\n" if @ARGV != 1;
my $root = $ARGV[0];
my @rows = map { /\S/ ? [split /\s+=>\s+/, $_, 2] : () } split /\n/, <<'END';
the door to who\b                       => the door to those who
where it says which                     => where it is recorded
order the bytes of a number stand       => how a number's bytes are ordered
little end first                        => least significant first
stops behind                            => stops after
and writes down (?:that|what)           => records
has them from who                       => inherits them from whoever
get to who waits                        => reach the waiting process
registers are six                       => it has six registers
how many are before                     => how many come before
other things of threads                 => per-thread data
the page before shows                   => the previous page shows
not the program chooses                 => it is the kernel, not the program, that chooses
made anew                               => made again; numbered afresh
is meant the number does not say        => the number does not say which is meant
behind the (?:end|last page|first)      => past the end; after the
of most of them the                     => the ... showed most of them
(?:had|gets|stays|lies|stands?) behind  => after; follows
code in hand                            => that you already have
(?:programs?|one) that nobody trusts    => untrusted
by chance|which chance                  => at random; the random seed
of which those are taken                => only members that are needed are linked
told apart by                           => detected from
(?:and|counts) what becomes of          => how it ends
no process that it started is left[.]   => all its processes are killed
makes? it all the same                  => writes it anyway
all that it may read executable         => every readable page executable
is no multiple|what is no multiple      => is not a multiple; anything but a multiple
shells tell as                          => shells report as
may not do this, or not so              => not allowed in ring 3, or not with these operands
did not come by                         => did not reach
nothing cares                           => no value matters
(?:Linux|processor) takes it for no     => does not accept it as
taken for good                          => assumed to be good
places left open|has what is missing    => addresses left open; is in
address that this byte gets             => address where its first byte is loaded
asked for is\b                          => but ... was asked for
\bwould do: +(?:[a-z]_|%)               => would work:
stands in front of                      => precedes
nobody's business|is nobody[.]           => ignored; dropped
: (?:told|said) why                     => returns false after reporting the error
a wrong call\b                          => a usage error
two of the same are one                 => signals of one number do not queue
too fast to be caught                   => it ends before it can be observed
': it is (?:a |an |all|one|text|MiB)    => ': it must be
END

my @files;
my @wanted = grep { -e } map { "$root/$_" } qw(elfgen docs manual asm templates README.md);
find({no_chdir => 1, wanted => sub { push @files, $_ if -f && /[.](?:[chs]|def|md|json|txt)$/ }}, @wanted);
my $any = join '|', map { "(?:$_->[0])" } @rows;
my @wrong;
for my $file (sort @files) {
    open my $in, '<', $file or die "english.pl: $file: $!\n";
    my $text = do { local $/; <$in> } // '';
    $text =~ s/["\\]?\s*\n\s*(?:\*(?!\/)|\/\/|#|>|;)?\s*"?/ /g;
    while ($text =~ /($any)/gi) {
        my $found = $1;
        my ($row) = grep { $found =~ /^(?:$_->[0])/i } @rows;
        push @wrong, substr($file, length("$root/")) . ": \"$found\": better: $row->[1]\n";
    }
}
printf "%d files, %d phrases, %d found\n", scalar @files, scalar @rows, scalar @wrong;
print @wrong;
exit(@wrong ? 1 : 0);

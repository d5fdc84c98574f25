#!/usr/bin/perl
# Compares the assembler with nasm on the project's own sources: its programs, examples, and those that tests have
# between their lines.
#
#   project.pl ASSEMBLE-NASM SOURCE [TINYELF]     exit status: 0 the same, 1 a difference, 77 skipped
#
# With TINYELF, the programs that it builds of them with both assemblers as well, in all layouts.
# What nasm refuses in code of 64 and of 32 bits is in another language, and left out.
use strict;
use warnings;
use File::Find;
use File::Temp 'tempdir';

die "usage: project.pl ASSEMBLE-NASM SOURCE [TINYELF]\n" if @ARGV != 2 && @ARGV != 3;
my ($judge, $root, $tinyelf) = @ARGV;
if (system 'nasm -v >/dev/null 2>&1') {
    print "ok 1 # skip: nasm is missing\n";
    exit 77;
}
my $folder = tempdir('assemble-project-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($count, @files, @others) = (0); # the others are refused as objects

# Whether nasm assembles a file.
sub is_nasm
{
    my ($file) = @_;
    return assembles($file, 'elf64') || assembles($file, 'elf32');
}

sub assembles
{
    my ($file, $format) = @_;
    return !system 'sh', '-c', 'exec nasm -w-all -f "$1" -o "$2" "$3" 2>/dev/null', 'sh', $format, "$folder/object", $file;
}

sub offer
{
    my ($name, $text) = @_;
    my $file = sprintf '%s/%03d-%s.asm', $folder, $count++, $name =~ s{.*/|\W}{}gr;
    open my $handle, '>', $file or die "project.pl: $file: $!\n";
    print $handle $text;
    close $handle;
    push @{is_nasm($file) ? \@files : \@others}, $file;
}

# The escapes of printf in a shell.
sub printed
{
    my ($text) = @_;
    my %letters = (n => "\n", t => "\t", '\\' => '\\', e => "\e", r => "\r");
    return $text =~ s/%%/%/gr =~ s/\\([nt\\er])/$letters{$1}/gr;
}

find({no_chdir => 1, preprocess => sub { sort grep { !/^(\.|build)/ && $_ ne 'node_modules' } @_ }, wanted => sub {
    return unless -f && /\.(s|asm|bats|bash|pl|md|sh)$/;
    my $path = $_;
    if ($path =~ /\.(s|asm)$/) {
        push @{is_nasm($path) ? \@files : \@others}, $path;
        return;
    }
    open my $handle, '<', $path or die "project.pl: $path: $!\n";
    my $text = do { local $/; <$handle> };
    offer($path, $2) while $text =~ /<<'?(\w+)'?[^\n]*\n(.*?)^\s*\1$/gms;
    offer($path, printed($1)) while $text =~ /printf '((?:[^'\n]|'\\'')+)' >\S*\.(?:s|asm)\b/g;
    offer($path, $1) while $text =~ /^    ```(?:nasm|asm)\n(.*?)^\s*```/gms;
}}, map { "$root/$_" } qw(asm docs templates tests elfgen));
@files > 100 or die "project.pl: there are only " . @files . " sources\n";
my $wrong = system $judge, @files;
my @flat = grep { assembles($_, 'bin') } @files, @others;
@flat > 30 or die "project.pl: there are only " . @flat . " sources of flat files\n";
$wrong |= system $judge, '--flat', @flat;
exit($wrong ? 1 : 0) unless $tinyelf;

# The bytes of a program, or "" if it is refused.
sub built
{
    my ($assembler, $file, @options) = @_;
    my $program = "$folder/program";
    unlink $program;
    system 'sh', '-c', 'exec "$@" >/dev/null 2>&1', 'sh', $tinyelf, 'build', '--from', 'nasm', '--assembler', $assembler,
        '-o', $program, @options, $file;
    open my $handle, '<', $program or return '';
    local $/;
    return <$handle>;
}

my @options = ([], ['--layout', 'split'], ['--sections'], ['--layout', 'split', '--sections', '--stack', 'noexec'],
    ['--no-gc-sections', '--sections']);
my ($same, $refused, $foreign) = (0, 0, 0);
for my $file (@files) {
    for my $options (@options) {
        my $theirs = built('nasm', $file, @$options);
        if ($theirs eq '') {
            $refused++;
            last;
        }
        my $ours = built('inside', $file, @$options);
        if ($ours eq '' && `$judge $file` =~ /[1-9]\d* are for nasm/) {
            $foreign++;
            last;
        }
        if ($ours eq $theirs) {
            $same++;
        } else {
            print "$file: build @$options: ", $ours eq '' ? "the inside refuses it\n" : "other bytes\n";
            $wrong = 1;
        }
    }
}
print "$same programs are the same, $refused sources make none, $foreign are for nasm\n";
exit($wrong || !$same ? 1 : 0);

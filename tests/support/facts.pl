#!/usr/bin/perl
# Fails if a fact that has a place of its own stands a second time in elfgen/, or no longer in its place.
#
#   facts.pl SOURCE              exit status: 0 no fault, 1 a fault
#
# A fact is a pattern, which is looked for in .c and .h files, comments apart, and the files that may match it. Each of
# these must: a fact that has moved takes its row with it.
use strict;
use warnings;
use File::Find;

my $T = 'tinyelf/';
my @facts = (
    ["ELF's magic number", qr/\\(?:177|x7f)ELF|\b0x7f,\s*'E'|'E',\s*'L',\s*'F'|ei_mag[0-3]\s*[!=]=(?!\s*ELFGEN_MAG)|
        0x464c457f|\b(?:MAG0|mag0)\s*=\s*0x7f/x, 'include/elfgen/format.h'],
    ['that a file is not ELF', qr/7f 45 4c 46/, 'format/codec.h'],
    ['that a file is empty', qr/the file is empty/, "${T}base/file.h"],
    ['that the ELF header is cut', qr/the file ends after %u of/, 'view/view.c'],
    # Its users call it PAGE or ELFGEN_PAGE; other numbers of 4,096 are sizes of buffers, with names of their own.
    ['the page size', qr/\b(?:\w*page\w*|PAGE|ELFGEN_PAGE)\s*=\s*[^;,]*\b(?:4096|0x1000|0xfff)\b|
        [-+\/%&]\s*(?:4096|0x1000)\b|~\s*(?:4095|0xfff)\b/x,
     'include/elfgen/memory.h', 'arch/arch.c', 'image/relocate.c'], # the instruction ADRP counts in pages of 4 KiB
    ['the longest path', qr/\b\w*(?:PATH|LONGEST_STRING)\w*\s*=\s*(?:4096|0x1000)\b/, 'format/codec.h'], # PATH_MAX elsewhere
    ['searching by halving', qr/\b(?:low|first|left)\s*\+\s*(?:high|last|right)\)\s*\/\s*2|\/\s*2;.*middle|
        \bmiddle\s*=.*\/\s*2/x, 'include/elfgen/search.h'],
    ['how far words are apart', qr/\brows\[3\]/, 'include/elfgen/distance.h'],
    ['reading a clock', qr/\b(?:clock_gettime|gettimeofday|clock_getcpuclockid|clock|time)\s*\((?:NULL|CLOCK|&|id)/,
     "${T}base/clock.c"],
    ['the largest errno', qr/\b4095\b/, 'include/elfgen/code.h', "${T}strace/args/args.h"], # a path of PATH_MAX
    ['the most bytes of a transfer', qr/\b0x7ffff000\b|\b2147479552\b/i, "${T}syscalls/table.h"],
    ["the program's own file", qr{/proc/self/exe}, "${T}base/own_program.h"],
    ['the path of an open file', qr{/proc/self/fd/%}, "${T}base/file.c"],
    ['vm.mmap_min_addr', qr{/proc/sys/vm/mmap_min_addr}, "${T}base/proc.c"],
    ["vm.mmap_min_addr's usual value", qr/\b(?:\w*LOW\w*|\w*MIN_ADDR|\w*lowest\w*|usual)\s*=\s*(?:65536|0x10000)\b/,
     'include/elfgen/kernel.h'],
    ['the size of a buffer', qr/the buffer has %u/, 'format/argument.c'],
    ["the recordings' format", qr/tinyelf step \d/, "${T}stepper/json_names.h"],
    ['the mappings of a process', qr{/maps"|"maps"}, "${T}base/maps.c"],
    ['paths of a process in /proc', qr{"/proc/%}, "${T}base/proc.c", "${T}base/maps.c",
     "${T}stepper/mappings.c"], # /proc/ID/exe, which is opened and not read
    ['opening files of /proc', qr{\b(?:f?open|openat)\s*\([^;]*"/proc}],
    ['that there is no memory', qr/"[^"]*out of memory|no memory"/, "${T}base/no_memory.h",
     "${T}stepper/stepper.c"], # one of four reasons
    # Rows of base/errors.def and signals.def, so that no output depends on the C library.
    ['texts of the C library', qr/\b(?:strerror\w*|strsignal|perror|sigabbrev_np|sigdescr_np|psignal)\s*\(/],
    # The others make room for an exact number of items, once or seldom.
    ['growing an array', qr/\brealloc\s*\(/, "${T}base/grow.c", "${T}base/shellwords.c", "${T}input/object.c",
     "${T}link/section_headers.c", "${T}commands/mutate/result.c", "${T}bytemap/verdict.c",
     "${T}cli/front_malloc.c"], # which defines it
    ['doubling', qr/\?\s*(?:2\s*\*\s*\*?[\w>.-]+|[\w>.*-]+\s*\*\s*2)\s*:/, "${T}base/grow.c",
     map({ "$T$_" } qw(commands/explain/page/page_strings.c link/hash_table.c ptrace/tracees.c stepper/instruction.c))], # hash tables, which are filled again
    ['a program in memory as a file', qr/memfd_create\s*\("program"/, "${T}base/file.c"],
    ['writing all bytes', qr/\bwrite\w*\s*\([^;]*[+]\s*done\b|\bwrite_all\b|=\s*write\s*\(file, at,/, "${T}base/file.c"],
    ['which bytes are printable', qr/>=\s*(?:0x20|' ')\s*&&\s*[\w\[\]]+\s*(?:<\s*(?:0x7f|127)|<=\s*'~')/,
     "${T}base/ascii.h"],
    ['raw system calls', qr/asm\w*\s+(?:volatile\s*)?\(\s*"syscall/, "${T}ptrace/raw_syscall.h", "${T}ptrace/child_setup.c"],
    # The others trace one process each, and have no table.
    ['the stops of traced processes', qr/\bptrace\s*\(PTRACE_LISTEN\b/, "${T}ptrace/tracees.c", "${T}sandbox/supervisor.c",
     "${T}stepper/stepper.c"],
    ["a child's signals", qr/\bSYS_rt_sigaction\b|\bSYS_setsid\b|\bsetsid\s*\(|,\s*TIOCSCTTY/, "${T}ptrace/child_setup.c",
     "${T}cli/program.c"], # asks which of its own are ignored: a C library hides some
    ['what an error is about, found in its sentence',
     qr/\bstr(?:str|n?cmp|chr)\s*\([^;]*\b(?:error|report|message|what)(?:->|\.)text/],
    ['the kinds of a piece', qr/case\s+STEP_PIECE_|\[STEP_PIECE_(?!KINDS)[A-Z]+\]/],
);

die "usage: facts.pl SOURCE\n" if @ARGV != 1;
my $root = "$ARGV[0]/elfgen";
my ($files, @wrong, %found) = (0);
find({no_chdir => 1, wanted => sub {
    return unless /\.[ch]$/;
    my $file = substr $_, 1 + length $root;
    open my $handle, '<', $_ or die "facts.pl: $_: $!\n";
    my $text = do { local $/; <$handle> };
    $text =~ s{/\*.*?\*/}{ $& =~ tr/\n//cdr }gse;
    $files++;
    for my $fact (@facts) {
        my ($name, $pattern, @places) = @$fact;
        while ($text =~ /$pattern/g) {
            my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
            $found{$name}{$file} = 1;
            push @wrong, "elfgen/$file:$line: $name: " . (@places ? "it is in $places[0]" : 'it is in rows or base') . "\n"
                unless grep { $_ eq $file } @places;
        }
    }
}}, $root);
$files or die "facts.pl: no files in $root\n";
for my $fact (@facts) {
    my ($name, undef, @places) = @$fact;
    push @wrong, map { "elfgen/$_: $name: it is not there\n" } grep { !$found{$name}{$_} } @places;
}
printf "%d files, %d facts, %d wrong\n", $files, scalar @facts, scalar @wrong;
print @wrong;
exit(@wrong ? 1 : 0);

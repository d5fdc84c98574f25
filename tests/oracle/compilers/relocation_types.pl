#!/usr/bin/perl
# Compares the names of relocation types in elfgen/format.h with <elf.h> and with what gcc and clang emit.
#
#   relocation_types.pl CC INCLUDE LIBRARY      exit status: 0 no fault, 1 a fault
#
# Every type of <elf.h> must have the same number. A program and assembly are compiled for x86-64, i386 and AArch64,
# with each code and thread-local storage model; the types that readelf finds must have its names.
use strict;
use warnings;
use File::Temp 'tempdir';

die "usage: relocation_types.pl CC INCLUDE LIBRARY\n" if @ARGV != 3;
my ($cc, $include, $library) = @ARGV;
my $folder = tempdir(CLEANUP => 1);
my $faults = 0;

sub fault { print "not ok: @_\n"; $faults++ }
sub put { my ($name, $text) = @_; open my $file, '>', "$folder/$name" or die "$name: $!\n"; print $file $text; close $file }
sub quietly { return system("@_ >$folder/log 2>&1") == 0 }

put('all.c', <<'END');
extern int far_data, far_array[]; extern int far_function(int); extern __thread int far_thread;
extern int weak_function(void) __attribute__((weak)); extern int hidden_data __attribute__((visibility("hidden")));
extern int hidden_function(int) __attribute__((visibility("hidden")));
extern __thread int hidden_thread __attribute__((visibility("hidden")));
__thread int own_thread = 7; static __thread int static_thread, more_thread; int own_data = 3; static int static_data[9];
int (*pointers[])(int) = {far_function, hidden_function}; int *data_pointers[] = {&far_data, &static_data[3]};
static int called_by_all(int a) { return a * far_data + static_data[a & 7]++; }
int own_function(int a) { return called_by_all(a) + far_function(a) + hidden_function(a); }
int *addresses(int a) { return a == 1 ? &far_data : a == 2 ? &own_data : a == 3 ? &static_data[a] : far_array + a; }
int (*functions(int a))(int) { return a ? far_function : a + 1 ? own_function : called_by_all; }
int thread(int a) { own_thread += a; far_thread++; hidden_thread++; static_thread += 2; more_thread += 3;
    return own_thread + far_thread + static_thread + more_thread; }
int *thread_address(int a) { return a ? &own_thread : a + 1 ? &far_thread : &static_thread; }
const char *word(int a) { switch (a) { case 0: return "zero"; case 1: return "one"; case 2: return "two";
    case 3: return "three"; case 4: return "four"; case 5: far_function(5); return "five"; case 6: return "six"; } return 0; }
int weak(void) { return weak_function ? weak_function() : 0; }
double half(double x) { return x * 0.5 + (x > 3.25 ? 1e300 : -2.5); }
int tail(int a) { return far_function(a + 1); }
int tests(int a) { return (hidden_data & a) + (far_data > a) + (far_array == 0); }
short shorts[4]; char bytes[4]; long long longs[4];
int widths(int a) { return shorts[a] + bytes[a] + (int)longs[a]; }
END
put('x86_64.s', <<'END');
    .data
    .quad far, far-., far@GOTOFF, far@GOT, far@PLTOFF, far@SIZE, far@TPOFF, far@DTPOFF, far@GOTPCREL
    .quad _GLOBAL_OFFSET_TABLE_-.
    .long far, far-., far@PLT, far@GOTPCREL, far@GOT, far@SIZE, far@TPOFF, far@DTPOFF, far@GOTTPOFF
    .word far, far-.
    .byte far, far-.
    .reloc ., R_X86_64_NONE, far
    .text
    movq $far, %rax
    mov far@GOTPCREL(%rip), %rax
    call *far@GOTPCREL(%rip)
    leaq far@TLSGD(%rip), %rdi
    leaq far@TLSLD(%rip), %rdi
    addq far@GOTTPOFF(%rip), %rax
    leaq far@TLSDESC(%rip), %rax
    call *far@TLSCALL(%rax)
    movabsq $far@GOT, %rax
    movabsq $far@PLTOFF, %rax
    leaq _GLOBAL_OFFSET_TABLE_(%rip), %rbx
END
put('i386.s', <<'END');
    .data
    .long far, far-., far@GOT, far@GOTOFF, far@PLT, far@SIZE, far@NTPOFF, far@TPOFF, far@DTPOFF, far@INDNTPOFF, far@GOTNTPOFF
    .long far@GOTTPOFF
    .word far, far-.
    .byte far, far-.
    .reloc ., R_386_NONE, far
    .text
    addl $_GLOBAL_OFFSET_TABLE_, %ebx
    movl far@GOT(%ebx), %eax
    call *far@GOT(%ebx)
    leal far@TLSGD(,%ebx,1), %eax
    leal far@TLSLDM(%ebx), %eax
    leal far@TLSDESC(%ebx), %eax
    call *far@TLSCALL(%eax)
END

my @models = map { "-ftls-model=$_" } qw(global-dynamic local-dynamic initial-exec local-exec);
my @kinds = ('-fno-pic', '-fPIC', '-fPIE', '-fPIC -fno-plt');
my %sets = (
    x86_64 => ['-mcmodel=large -fno-pic', '-mcmodel=large -fPIC', '-mcmodel=medium -fPIC', '-mcmodel=kernel -fno-pic',
        '-fPIC -mtls-dialect=gnu2', '-fPIC -m64 -g', '-fno-pic -ffunction-sections -fdata-sections'],
    i386 => ['-m32 -fPIC -mtls-dialect=gnu2', '-m32 -g'],
    aarch64 => ['-mcmodel=large -fno-pic', '-mcmodel=tiny -fno-pic', '-fPIC -g', '-fPIC -mtls-size=12', '-fPIC -mtls-size=24']);
my %extra = (x86_64 => '', i386 => '-m32', aarch64 => '');
for my $target (keys %sets) {
    for my $kind (@kinds) { push @{$sets{$target}}, map { "$extra{$target} $kind $_" } '', @models }
}
my %compilers = (x86_64 => ['gcc', 'clang'], i386 => ['gcc', 'clang'],
    aarch64 => ['aarch64-linux-gnu-gcc', 'clang --target=aarch64-linux-gnu']);
my %assemblers = (x86_64 => 'as --64', i386 => 'as --32', aarch64 => 'aarch64-linux-gnu-as');

my (%found, $compiled);
sub read_types {
    my ($target, $object) = @_;
    for (`readelf -rW $folder/$object`) {
        my ($info, $name) = /^[0-9a-f]+\s+([0-9a-f]+)\s+(\S+)/ or next;
        my $type = hex(substr $info, -8) & ($target eq 'i386' ? 0xff : 0xffffffff);
        fault("readelf has no name for type $type of $target") unless $name =~ /^R_/;
        $found{$target}{$type} = $name;
    }
    $compiled++;
}
for my $target (sort keys %sets) {
    for my $compiler (@{$compilers{$target}}) {
        quietly((split ' ', $compiler)[0], '--version') or next;
        for my $options (@{$sets{$target}}) {
            for my $level ('-O0', '-O2') {
                # Each compiler refuses some options of the other.
                read_types($target, 'all.o')
                    if quietly("$compiler $options $level -w -c $folder/all.c -o $folder/all.o");
            }
        }
    }
    # GNU as: clang's assembler lacks some of the operators.
    my $assembler = $assemblers{$target};
    next unless -e "$folder/$target.s" && quietly((split ' ', $assembler)[0], '--version');
    quietly("$assembler $folder/$target.s -o $folder/asm.o")
        ? read_types($target, 'asm.o') : fault("$target.s: " . `cat $folder/log`);
}

# What the header has, for each name of readelf and <elf.h>.
my %wanted;
for my $target (keys %found) { $wanted{$found{$target}{$_}} = $_ for keys %{$found{$target}} }
open my $system, '-|', "echo '#include <elf.h>' | $cc -E -dM -" or die "relocation_types.pl: $cc: $!\n";
while (<$system>) {
    my ($name, $value) = /^#define (R_(?:X86_64|386|AARCH64)_\w+) (\d+)$/ or next;
    next if $name =~ /_NUM$|_P32_/; # a count, and the types of ILP32
    $name .= '64' if $name =~ /^R_AARCH64_TLS_(?:DTPMOD|DTPREL|TPREL)$/; # as the psABI calls them
    fault("$name is $value in <elf.h>, and $wanted{$name} in objects") if ($wanted{$name} // $value) != $value;
    $wanted{$name} = $value;
}
my $lines = '';
for my $name (sort keys %wanted) {
    my $machine = $name =~ /X86_64/ ? 62 : $name =~ /_386_/ ? 3 : 183;
    $lines .= "    is(\"$name\", $machine, ELFGEN_$name, $wanted{$name});\n";
}
put('header.c', <<"END");
#include <elfgen/format.h>
#include <elfgen/names.h>
#include <stdio.h>
#include <string.h>
static int faults;
static void is(const char *name, int machine, int has, int wanted)
{
    const char *known = elfgen_relocation_type_name((uint64_t)machine, (uint64_t)wanted);
    if (has == wanted && known && strcmp(known, name) == 0)
        return;
    printf("not ok: %s is %d and named %s, not %d\\n", name, has, known ? known : "nothing", wanted);
    faults++;
}
int main(void)
{
$lines    return faults != 0;
}
END
if (quietly("$cc -I $include $folder/header.c $library -o $folder/header")) {
    print `$folder/header`;
    $faults += $? != 0;
} else {
    fault(`cat $folder/log`);
}
my %least = (x86_64 => 30, i386 => 22, aarch64 => 20);
for my $target (sort keys %least) {
    my @types = map { "$_ $found{$target}{$_}" } sort { $a <=> $b } keys %{$found{$target} // {}};
    print "$target: ", scalar(@types), " types: ", join(', ', @types), "\n";
    next if $target ne 'x86_64' && !@types; # no compiler for it
    fault("only " . @types . " types of $target, where $least{$target} are expected") if @types < $least{$target};
}
print "$compiled objects, ", scalar(keys %wanted), " names, $faults faults\n";
exit($faults != 0);

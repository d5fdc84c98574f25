# variants.pl FILE FOLDER: copies a little-endian ELF file with changed header fields, so that all kinds of names,
# flags and columns occur. The values are the same each time, so failures are reproducible.
use strict;
use warnings;

my ($path, $folder) = @ARGV;
open(my $in, '<:raw', $path) or die "$path: $!";
my $file = do { local $/; <$in> };
my $is64 = ord(substr($file, 4, 1)) == 2;
my $count = 0;
srand(7);

sub variant {
    my @changes = @_;    # offset, bytes, ...
    my $copy = $file;
    while (my ($at, $bytes) = splice(@changes, 0, 2)) {
        substr($copy, $at, length $bytes) = $bytes;
    }
    open(my $out, '>:raw', sprintf('%s/%s-%04d', $folder, $is64 ? 64 : 32, $count++)) or die $!;
    print $out $copy;
    close $out;
}

sub word { pack('V', int(rand(2)) ? int(rand(2**32)) : 1 << int(rand(32))) }

my $flags_at = $is64 ? 48 : 36;
variant(18, pack('v', $_), 7, chr(int(rand(256))), $flags_at, word()) for (0 .. 300, 0x9026, 0xf00d, 0xfeb0, 0xbaab);
# Machines whose e_flags have a meaning: every bit alone, small numbers, and random numbers.
for my $machine (4, 8, 10, 15, 20, 21, 22, 36, 40, 42, 43, 45, 50, 75, 83, 87, 88, 92, 93, 99, 105, 106, 140,
    167, 173, 195, 197, 220, 221, 224, 243, 250, 258, 0x9026, 0x9041, 0x9080, 0xf00d, 0x5441) {
    my @flags = ((map { 1 << $_ } 0 .. 31), (1 .. 16), (map { int(rand(2**32)) } 1 .. 8));
    variant(18, pack('v', $machine), $flags_at, pack('V', $_)) for $is64 ? @flags : ();
}
variant(7, chr($_)) for 0 .. 255;
variant(16, pack('v', $_)) for (0 .. 6, 0xfe00, 0xfeff, 0xff00, 0xffff);

# Section 1 and segment 0, if they exist: types and flags, by machine and OS/ABI.
my ($shoff, $phoff) = $is64 ? unpack('x40 Q x', $file) : unpack('x32 V', $file);
($phoff) = $is64 ? unpack('x32 Q', $file) : unpack('x28 V', $file);
my $phnum = unpack('v', substr($file, $is64 ? 56 : 44, 2));
my @machines = (2, 3, 8, 15, 20, 21, 22, 40, 42, 43, 50, 62, 93, 105, 140, 180, 183, 243, 258);
for my $machine (@machines) {
    for my $osabi (0, 1, 3, 6, 9, 13) {
        my @place = (18, pack('v', $machine), 7, chr($osabi));
        for my $base (0, 0x60000000, 0x6ffffff0, 0x6474e550, 0x70000000, 0x78030000, 0x80000000) {
            my $type = pack('V', $base + int(rand(20)));
            if ($shoff) {
                my $section = $shoff + ($is64 ? 64 : 40);
                my $flags = $is64 ? word() . word() : word();
                variant(@place, $section + 4, $type, $section + 8, $flags);
            }
            variant(@place, $phoff, $type) if $phnum;
        }
    }
}

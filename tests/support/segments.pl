# segments.pl SEED COUNT FOLDER: makes programs with one to six PT_LOADs at random addresses in a few pages: they
# overlap or not, in any order, with and without bytes in the file, or past its end. The programs need only start.
# The same seed gives the same programs, so failures are reproducible.
use strict;
use warnings;

my ($seed, $count, $folder) = @ARGV;
srand($seed);
for my $number (0 .. $count - 1) {
    my $is64   = int(rand(3)) > 0;
    my $dyn    = int(rand(4)) == 0;
    my $length = 200 + int(rand(20000));
    my $loads  = 1 + int(rand(6));
    my $body   = join('', map { chr(int(rand(255)) + 1) } 1 .. $length);
    my @headers;
    for (1 .. $loads) {
        my $page  = int(rand(2)) ? 0 : int(rand(4096));
        my $vaddr = 0x40000 + 0x1000 * int(rand(12)) + $page;
        my $off   = 0x1000 * int(rand(7)) + $page;
        my $filesz = (0, int(rand(100)), int(rand(5000)), 0x1000 * int(rand(4)), int(rand(30000)))[int(rand(5))];
        my $memsz = $filesz + (0, 0, int(rand(100)), int(rand(9000)))[int(rand(4))];
        $off = int(rand(100000)) if $filesz == 0;
        my $flags = int(rand(8));
        push @headers, [1, $flags, $off, $vaddr, $filesz, $memsz, (0, 1, 0x1000, 0x2000, 3)[int(rand(5))]];
    }
    push @headers, [0x6474e551, 6, 0, 0, 0, 0, 16] if int(rand(2));
    my $entry = $headers[0][3];
    my ($head, $table) = ('', '');
    if ($is64) {
        $head = "\x7fELF\2\1\1" . "\0" x 9
            . pack('vvVQQQVvvvvvv', $dyn ? 3 : 2, 62, 1, $entry, 64, 0, 0, 64, 56, scalar @headers, 0, 0, 0);
        $table .= pack('VVQQQQQQ', $_->[0], $_->[1], $_->[2], $_->[3], $_->[3], $_->[4], $_->[5], $_->[6]) for @headers;
    } else {
        $head = "\x7fELF\1\1\1" . "\0" x 9
            . pack('vvVVVVVvvvvvv', $dyn ? 3 : 2, 3, 1, $entry, 52, 0, 0, 52, 32, scalar @headers, 0, 0, 0);
        $table .= pack('VVVVVVVV', $_->[0], $_->[2], $_->[3], $_->[3], $_->[4], $_->[5], $_->[1], $_->[6]) for @headers;
    }
    my $file = $head . $table;
    $file .= substr($body, length $file) if length $file < $length;
    my $name = sprintf('%s/program-%04d', $folder, $number);
    open(my $out, '>:raw', $name) or die "$name: $!";
    print $out $file;
    close $out;
    chmod 0755, $name;
}

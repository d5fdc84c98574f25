#!/usr/bin/env bats
# tinyelf dump: readelf's text, also for files with which readelf gives up. readelf.bats compares it over the
# system's files.
load ../support/setup

@test "the lecture's file is dumped as readelf dumps it" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for options in "" "-h" "-l" "-S" "-h -l -S" "-l -W" "-h -l -S -W" "-hlSW" "-e" "--segments --wide"; do
        # shellcheck disable=SC2086
        diff <(readelf ${options:--h -l} hello) <("$TINYELF" dump $options hello)
    done
}

@test "a file that is read in parts is dumped as one that is read as a whole" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp /usr/bin/ls large
    for size in 30 100 4095 4096 4097 9000 20000 60000; do
        head -c "$size" large >"cut$size"
    done
    # Section headers and their names far apart, and more of them than a part has.
    for i in $(seq 3000); do echo ".section .s$i; .byte $i & 255"; done | as -o sections.o
    { cat large; head -c 300000 /dev/zero; } >trailing
    libc=$(ldconfig -p | sed -n 's/.*libc\.so\.6 .*=> //p' | head -n 1)
    for file in hello large cut* sections.o trailing "$libc" "$TINYELF"; do
        for options in -h -l -S -hlSW; do
            "$TINYELF" dump $options "$file" >parts 2>messages || true
            "$TINYELF" dump $options - <"$file" >whole 2>others || true
            cmp parts whole
            [ "$(sed "s|$file|<stdin>|" messages)" = "$(cat others)" ]
        done
    done
    # Of a file of a gigabyte, few bytes are read, and nothing is mapped.
    truncate -s 1G large
    command -v strace >/dev/null || skip "strace is missing"
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=pread64,mmap "$TINYELF" dump -hl large >/dev/null || true
    run ! grep -E '1073741824' log
}

@test "several files are dumped with their names first" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o one
    "$TINYELF" build "$SOURCE/asm/cat.s" -o two
    diff <(readelf -h -l one two) <("$TINYELF" dump one two)
}

@test "reports of many files are written together, and messages stand where they belong" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    printf 'bits 64\n' >source.s
    "$TINYELF" dump hello missing hello source.s hello . hello >both 2>&1 || true
    # Each report ends before what is said of the next file: the lines between two reports.
    [ "$(grep -n -E '^(File:|tinyelf:)' both | cut -d : -f 2-3 | tr '\n' '|')" = \
        "File: hello|tinyelf: missing|File: hello|File: source.s|tinyelf: source.s|tinyelf: source.s|File: hello|tinyelf: .|File: hello|" ]
    head -n "$(($(grep -n missing both | cut -d : -f 1) - 1))" both >first
    diff <(echo && echo "File: hello" && "$TINYELF" dump hello) first
    # Standard input is waited for only after the report before it.
    mkfifo input answer
    "$TINYELF" dump hello - <input >answer &
    exec 5>input
    timeout 20 grep -m 1 'Entry point' answer
    cat hello >&5
    exec 5>&-
    wait || true
    command -v strace >/dev/null || skip "strace is missing"
    # shellcheck disable=SC2046 # fifty words
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=write "$TINYELF" dump -h $(printf 'hello %.0s' $(seq 50)) >all
    [ "$(grep -c '^File: hello' all)" -eq 50 ]
    [ "$(grep -c "^write" log)" -le 2 ] # pieces of 64 KiB
}

@test "standard input is dumped" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    diff <(readelf -h hello) <("$TINYELF" dump -h - <hello)
    diff <(readelf -h hello) <(cat hello | "$TINYELF" dump -h -)
}

@test "a 45-byte program runs, and is dumped with zeros past its end" {
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    [ "$(stat -c %s tiny)" -eq 45 ]
    tinyelf dump -h -l tiny
    exits 0
    says "the file ends after 45 of the ELF header's 52 bytes"
    says "readelf: Failed to read file header"
    [[ $output == *"Number of section headers:         0  [past the end of the file, read as zeros]"* ]]
    [[ $output == *"LOAD           0x000000 0x00010000 0x00030002 0x10020 0x10020 R   0xc0312ab3"* ]]
    # Only fields past the end are marked: padded to a whole header, readelf prints the same.
    cp tiny padded
    truncate -s 60 padded
    diff <(readelf -h -l padded 2>/dev/null) <(sed 's/  \[past.*//' <<<"$output")
    chmod +x tiny
    run ./tiny
    [ "$status" -eq 42 ] || skip "this kernel does not run 32-bit programs"
}

@test "cut files are dumped as far as possible, with a message and status 1" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for size in 0 1 3 4 5 16 20 57 63 64 65 100 119 120 150 177; do
        head -c "$size" hello >cut
        tinyelf dump -h -l -S cut
        exits 1
        [ -n "$stderr" ]
    done
    head -c 100 hello >cut
    tinyelf dump -l cut
    says "offset 0x40 (e_phoff): error: 1 program headers of 56 bytes pass the end of the file"
    [[ $output == *"[cut by the end of the file, the rest read as zeros]"* ]]
    head -c 40000 "$(command -v readelf)" >cut
    tinyelf dump -h -l -S cut
    exits 1
    says "(e_shoff)"
    [[ $output == *"INTERP"* ]]
}

@test "files that are not ELF or cannot be read are reported" {
    printf 'hello\n' >text
    tinyelf dump text
    exits 1
    says "text: error: not an ELF file: it does not start with 7f 45 4c 46"
    tinyelf dump nothing
    exits 1
    says "nothing: error: No such file or directory"
    mkfifo pipe
    tinyelf dump pipe
    exits 1
    says "pipe: error: not a regular file"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf dump -h text hello
    exits 1
    [[ $output == *"ELF Header:"* ]]
}

@test "a full disk is reported" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    run --separate-stderr bash -c "'$TINYELF' dump hello >/dev/full"
    exits 1
    says "cannot write: No space left on device"
}

@test "counts of 65,535 and offsets past 2^63 are dumped in time" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o bad
    # e_phoff, e_shoff, e_phnum, e_shnum, e_shstrndx
    printf '\377\377\377\377\377\377\377\377' | dd of=bad bs=1 seek=40 conv=notrunc status=none
    printf '\377\377' | dd of=bad bs=1 seek=56 conv=notrunc status=none
    printf '\377\377\377\377' | dd of=bad bs=1 seek=60 conv=notrunc status=none
    run --separate-stderr timeout 60 "$TINYELF" dump -h -l -S bad
    exits 1
    [[ $output == *"Start of section headers:          -1 (bytes into file)"* ]]
}

@test "a gigabyte of zeros is dumped in time" {
    truncate -s 1G zeros
    run --separate-stderr timeout 60 "$TINYELF" dump zeros
    exits 1
    says "not an ELF file"
}

# Makes a file with `count` program headers from offset 64 on, which repeat 56 bytes.
many_segments()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    head -c 64 hello >"$1"
    printf '\377\376' | dd of="$1" bs=1 seek=56 conv=notrunc status=none
    yes "$2" | head -n 65279 | tr -d '\n' | xxd -r -p >>"$1"
}

@test "65,000 interpreters that share a name of four megabytes are dumped in time" {
    command -v xxd >/dev/null || skip "xxd is not installed"
    # PT_INTERP, file offset 0x400000, 0x300000 bytes
    many_segments interpreters "03000000040000000000400000000000$(printf '0%.0s' {1..32})00003000000000000000000000000000$(printf '0%.0s' {1..16})"
    truncate -s 4194304 interpreters
    head -c 3145728 /dev/zero | tr '\0' x >>interpreters
    run --separate-stderr timeout 20 bash -c "'$TINYELF' dump -l interpreters | tail -c 100"
    says "the rest is left out"
}

@test "a core file of 24,000 segments is mapped as readelf maps it" {
    command -v gdb >/dev/null || skip "gdb is not installed"
    cat >maps.c <<'C'
#include <stdlib.h>
#include <sys/mman.h>
int main(void)
{
    char *p = mmap(0, 4096L * 24000, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (long i = 0; i < 24000; i += 2) {
        p[i * 4096] = 1;
        mprotect(p + i * 4096, 4096, 1);
    }
    abort();
}
C
    gcc maps.c -o maps
    gdb -q -batch -ex run -ex 'generate-core-file core' -ex kill ./maps >/dev/null 2>&1 || true
    [ -s core ] || skip "gdb cannot make a core file here"
    cmp <(readelf -l -W core) <("$TINYELF" dump -l -W core)
}

@test "a section name table outside of the file is reported" {
    printf '.section .a,"a"\n.byte 1\n' >a.s
    as a.s -o a.o
    size=$(readelf -h a.o | awk '/Start of section/ {print $5}')
    index=$(readelf -h a.o | awk '/string table index/ {print $6}')
    printf '\377\377\377' | dd of=a.o bs=1 seek=$((size + index * 64 + 24)) conv=notrunc status=none
    tinyelf dump -S a.o
    exits 1
    says "the section names, has"
    [[ $output == *"<no-strings>"* ]]
}

@test "long section names are complete with -W" {
    { printf '.section .'; head -c 70000 /dev/zero | tr '\0' x; printf ',"a"\n.byte 1\n'; } >l.s
    as l.s -o l.o
    cmp <(readelf -S -W l.o) <("$TINYELF" dump -S -W l.o)
    cmp <(readelf -S l.o) <("$TINYELF" dump -S l.o)
}

@test "65,534 to 65,536 program headers are counted as readelf counts them" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for count in 65534 65535 65536; do
        # ELF header, section header 0 with the count in sh_info, then that many empty segments.
        perl -e '
            my $count = shift;
            local $/;
            open(my $in, "<:raw", "hello");
            my $ehdr = substr(<$in>, 0, 64);
            substr($ehdr, 32, 16) = pack("QQ", 128, 64);
            substr($ehdr, 56, 2) = pack("v", $count < 65535 ? $count : 65535);
            substr($ehdr, 60, 2) = pack("v", 1);
            print $ehdr, "\0" x 44, pack("V", $count < 65535 ? 0 : $count), "\0" x 16, "\0" x (56 * $count);
        ' "$count" >many
        diff <(readelf -h many) <("$TINYELF" dump -h many)
        cmp <(readelf -l -W many) <("$TINYELF" dump -l -W many)
    done
}

@test "counts in a section header 0 that does not fit e_shentsize are not taken, as by readelf" {
    # e_shentsize 65535 passes the end of the file; sh_info of section header 0 is 2^32 - 1.
    perl -e '
        local $/;
        open(my $in, "<:raw", "/bin/true");
        my $file = <$in>;
        my $offset = unpack("Q", substr($file, 40, 8));
        substr($file, 56, 2) = substr($file, 58, 2) = substr($file, 62, 2) = "\xff\xff";
        substr($file, $offset + 40, 8) = "\xff" x 8;
        print $file;
    ' >odd
    # Rows of a table that is not all there are printed by dump alone.
    diff <(readelf -l -W odd | sed -n 4p) <("$TINYELF" dump -l -W odd | sed -n 4p)
    "$TINYELF" dump -l -W odd 2>/dev/null | grep -q '^There are 65535 program headers'
    diff <(readelf -h odd) <("$TINYELF" dump -h odd)
}

@test "the entry size of a second table of dynamic symbols is the file's, as in readelf" {
    echo 'int main(void) { return 0; }' >m.c
    gcc m.c -o whole
    local changes
    # Section numbers, types, entry sizes and sizes to write (- leaves one). 11 is SHT_DYNSYM.
    while read -r changes; do
        perl -e '
            local $/;
            open(my $in, "<:raw", "whole");
            my $file = <$in>;
            my $table = unpack("Q", substr($file, 40, 8));
            my ($dynsym) = grep { unpack("V", substr($file, $table + 64 * $_ + 4, 4)) == 11 } 0 .. 30;
            while (my ($section, $type, $entry, $size) = splice(@ARGV, 0, 4)) {
                my $at = $table + 64 * ($section eq "dynsym" ? $dynsym : $section);
                substr($file, $at + 4, 4) = pack("V", $type);
                substr($file, $at + 56, 8) = pack("Q", $entry);
                substr($file, $at + 32, 8) = pack("Q", $size) if $size ne "-";
            }
            print $file;
        ' $changes >odd
        diff <(readelf -S -W odd) <("$TINYELF" dump -S -W odd)
    done <<'LIST'
20 11 7 -
dynsym 11 7 - 20 11 9 -
1 11 7 -
1 11 7 0
1 11 7 0 20 11 9 -
dynsym 11 9 10 20 11 9 -
dynsym 11 24 25 20 11 0 -
1 11 0 24 dynsym 11 0 -
1 2 7 - dynsym 2 9 -
LIST
    "$TINYELF" dump -S odd >/dev/null
}

# ---- --verify ----------------------------------------------------------------------------------------------

@test "--verify: libelf reads every field of programs, libraries and objects alike" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    echo 'int data = 7; int f(int n) { return n + data; }' >f.c
    gcc -c -g f.c -o f.o
    tinyelf dump --verify hello f.o "$TINYELF"
    exits 0
    [ "${lines[0]}" = "hello: libelf reads the same: ELF header, 1 program header, 0 sections, 0 symbols, 0 relocations, 0 dynamic entries, 0 notes" ]
    [ "$(wc -l <<<"$output")" -eq 3 ]
    symbols=$(readelf -sW f.o | grep -c '^ *[0-9]*: ')
    [[ ${lines[1]} == "f.o: libelf reads the same: ELF header, 0 program headers, "*", $symbols symbols, "* ]]
    # A few hundred files of the system.
    find /usr/bin /usr/lib/*-linux-gnu -maxdepth 1 -type f \( -name '*.so*' -o -perm -100 \) | sort | head -400 | while read -r file; do
        [ "$(head -c 4 "$file" | tr -d '\0')" != $'\177ELF' ] || printf '%s\0' "$file"
    done >files
    xargs -0 "$TINYELF" dump --verify <files >out
    [ "$(wc -l <out)" -eq "$(tr -cd '\0' <files | wc -c)" ]
}

@test "--verify: what libelf does not read, or reads otherwise, is said" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    # Linux does not look at EI_CLASS; libelf goes by it.
    printf '\3' | dd of=hello bs=1 seek=4 conv=notrunc status=none
    tinyelf dump --verify hello
    exits 1
    says "hello: error: libelf cannot read it"
    echo text >text
    tinyelf dump --verify text
    exits 1
    says "text: error: libelf cannot read it"
    # libelf takes program headers for 56 bytes each, whatever e_phentsize says.
    cp "$TINYELF" odd
    printf '\100' | dd of=odd bs=1 seek=54 conv=notrunc status=none
    tinyelf dump --verify odd
    exits 1
    says "odd: offset 0x80 (p_type): error: 0x"
    # Cut at each place, it is read or refused, and nothing breaks.
    echo 'int data = 7; int f(int n) { return n + data; }' >f.c
    gcc -c f.c -o f.o
    for size in 1 16 63 64 65 100 300 700 1000; do
        head -c "$size" f.o >cut
        tinyelf dump --verify cut
        [ "$status" -le 1 ]
    done
    tinyelf dump --verify none f.o
    exits 1
    says "none"
    [[ $output == "f.o: libelf reads the same"* ]]
}

@test "--verify stands alone, and may be abbreviated" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf dump -h --verify hello
    exits 2
    says "--verify prints no headers: it stands alone"
    tinyelf dump --verify
    exits 2
    says "no file given"
    tinyelf dump --ver hello
    exits 0
    [[ $output == "hello: libelf reads the same"* ]]
    "$TINYELF" dump --help | grep -q -e --verify
}

@test "a file that is shorter than its size says, as in /sys, is read as it is" {
    [ -r /sys/kernel/vmcoreinfo ] || skip "there is no /sys/kernel/vmcoreinfo"
    tinyelf dump /sys/kernel/vmcoreinfo
    exits 1
    says "not an ELF file"
}

#!/usr/bin/env bats
# tinyelf compare: two files side by side.
load ../support/setup

setup_file()
{
    export LC_ALL=C
    # With a sanitizer, which takes ten times as long, fewer.
    local files=150
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then files=30; fi
    find /usr/bin /usr/lib/x86_64-linux-gnu -xdev -type f -size +0 -size -1500k 2>/dev/null | sort |
        shuf --random-source=<(yes) |
        while IFS= read -r file; do
            IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
            [ "$magic" = $'\x7fELF' ] && printf '%s\n' "$file"
        done 2>/dev/null | head -n "$files" >"$BATS_FILE_TMPDIR/files" || true
}

needs()
{
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "$tool is not installed"
    done
}

hello()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
}

# Makes the C program, if this machine can.
c_hello()
{
    needs cc
    printf '#include <stdio.h>\nint main(void) { puts("Hello world"); return 0; }\n' >c-hello.c
    cc "$@" c-hello.c -o c-hello 2>/dev/null || skip "cc cannot make it ($*)"
}

# fact FILE EXPRESSION: evaluates it on the file's facts `f`, from --json; the other file is the 178 bytes.
fact()
{
    "$TINYELF" compare --json "$1" hello | python3 -c '
import json, sys
f = json.load(sys.stdin)["files"][0]
print(eval(sys.argv[1]))' "$2"
}

@test "the 178 bytes have 64 and 56 bytes of headers, 46 of code, 12 of text, 8 instructions and a page" {
    needs python3
    hello
    "$TINYELF" compare --json hello hello >json
    python3 - <<'P'
import json
doc = json.load(open("json"))
assert doc["identical"] is True
f = doc["files"][0]
assert doc["files"][1] == f
assert f["size"] == 178 and f["class"] == "ELF64" and f["entry"] == 0x10078
assert f["headers"] == {"elf_header": 64, "program_headers": 56, "section_headers": 0}
assert {k: v for k, v in f["bytes"].items() if v} == {"headers": 120, "code": 46, "data": 12}
assert not any(f["shared"].values())
assert f["segments"]["count"] == 1 and f["segments"]["loaded"]["r-x"] == 1 and f["segments"]["others"] == 0
assert f["sections"]["count"] == 0
assert f["memory"]["bytes"] == 4096 and f["memory"]["pages"] == 1 and f["memory"]["from_file"] == 178
assert f["memory"]["permissions"]["r-x"] == 4096 and f["memory"]["refused"] is False
assert f["instructions"] == 8 and f["instructions_by"] == "flow"
assert f["interpreter"] is None and f["needed"] == [] and f["needed_count"] == 0
P
}

@test "a byte of two headers, or of header and code, is counted once, as shared, with its owners" {
    needs python3
    hello
    nasm -f bin -o tiny "$SOURCE/tests/support/tiny45.asm"
    # The program header is bytes 4 to 35 of the ELF header, code is in 0x20 to 0x26 of both.
    [ "$(fact tiny '{k: v for k, v in f["bytes"].items() if v}')" = "{'headers': 10, 'several': 35}" ]
    [ "$(fact tiny '{k: v for k, v in f["shared"].items() if v}')" = \
        "{'elf_header': 35, 'program_headers': 32, 'code': 7}" ]
    [ "$(fact tiny 'f["instructions"]')" -eq 4 ]
    tinyelf compare tiny hello
    exits 0
    grep -q '^  several of these  *35  *0  -35$' <<<"$output"
    grep -q '^    program headers  *32  *0  -32$' <<<"$output"
}

@test "in 200 of the system's files every byte has one kind, and the size is stat's" {
    needs python3 readelf
    hello
    [ "$(wc -l <"$BATS_FILE_TMPDIR/files")" -ge 50 ] || skip "few ELF files here"
    cat >check.py <<'P'
import json, os, re, subprocess, sys
for path in open(sys.argv[1]).read().split("\n")[:-1]:
    run = subprocess.run([os.environ["TINYELF"], "compare", "--json", path, "hello"], capture_output=True)
    assert run.returncode == 0 and run.stderr == b"", (path, run.stderr)
    f = json.loads(run.stdout)["files"][0]
    assert f["size"] == os.stat(path).st_size == sum(f["bytes"].values()), path
    assert sum(f["headers"].values()) == f["bytes"]["headers"], path
    assert f["bytes"]["unknown"] * 4 <= f["size"], (path, f["bytes"]["unknown"])
    # Counts by readelf.
    text = subprocess.run(["readelf", "-hlSW", path], capture_output=True, text=True, errors="replace").stdout
    number = lambda name: int(re.search(name + r":\s+(\d+)", text).group(1))
    assert f["segments"]["count"] == number("Number of program headers"), path
    assert f["sections"]["count"] == number("Number of section headers"), path
    assert sum(f["segments"]["loaded"].values()) == len(re.findall(r"^  LOAD ", text, re.M)), path
    for flags, name in (("R  ", "r--"), ("R E", "r-x"), ("RW ", "rw-"), ("RWE", "rwx")):
        count = len(re.findall(r"^  LOAD .* %s 0x[0-9a-f]+$" % flags, text, re.M))
        assert f["segments"]["loaded"][name] == count, (path, name)
    for c in f["segments"], f["sections"]:
        assert sum(c["loaded"].values()) + c["others"] == c["count"], path
    flags = re.findall(r" [0-9a-f]{8,16} [0-9a-f]{6,} [0-9a-f]{6,} [0-9a-f]{2,} +([A-Za-z]*) +\d+ +\d+ +\d+$", text, re.M)
    assert len(flags) == f["sections"]["count"], path
    for name, has, not_ in (("r--", "", "WX"), ("rw-", "W", "X"), ("r-x", "X", "W"), ("rwx", "WX", "")):
        count = sum(set("A" + has) <= set(x) and not set(not_) & set(x) for x in flags)
        assert f["sections"]["loaded"][name] == count, (path, name)
    entry = re.search(r"Entry point address:\s+(\S+)", text).group(1)
    assert f["entry"] is None or f["entry"] == int(entry, 16), path
    asked = re.search(r"Requesting program interpreter: (.*)\]", text)
    assert f["interpreter"] == (asked and asked.group(1)), path
    text = subprocess.run(["readelf", "-dW", path], capture_output=True, text=True, errors="replace").stdout
    assert f["needed"] == re.findall(r"\(NEEDED\) +Shared library: \[(.*)\]", text), path
    assert f["needed_count"] == len(f["needed"])
P
    TINYELF=$TINYELF python3 check.py "$BATS_FILE_TMPDIR/files"
}

@test "each kind has as many bytes as readelf's sections of that kind" {
    needs python3 readelf
    hello
    c_hello -g
    # kind NAME...: prints the sum of these sections' sizes.
    kind()
    {
        local name sum=0 size
        for name in "$@"; do
            size=$(readelf -SW c-hello | sed -n "s/^  \[ *[0-9]*\] $name  *[A-Z_]*  *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p")
            sum=$((sum + 0x${size:-0}))
        done
        echo "$sum"
    }
    [ "$(fact c-hello 'f["bytes"]["symbols"]')" -eq "$(kind .symtab .strtab .shstrtab)" ]
    [ "$(fact c-hello 'f["bytes"]["code"]')" -eq \
        "$(kind .init .plt .plt.got .plt.sec .text .fini)" ]
    [ "$(fact c-hello 'f["bytes"]["unwind"]')" -eq "$(kind .eh_frame .eh_frame_hdr)" ]
    [ "$(fact c-hello 'f["bytes"]["debug"]')" -eq "$(kind .debug_aranges .debug_info .debug_abbrev \
        .debug_line .debug_str .debug_line_str .debug_loclists .debug_rnglists)" ]
    [ "$(fact c-hello 'f["bytes"]["dynamic"]')" -eq "$(kind .interp .gnu.hash .dynsym .dynstr \
        .gnu.version .gnu.version_r .rela.dyn .rela.plt .relr.dyn .dynamic)" ]
    [ "$(fact c-hello 'f["bytes"]["notes"]')" -eq \
        "$(kind .note.gnu.property .note.gnu.build-id .note.ABI-tag .comment)" ]
    [ "$(fact c-hello 'f["bytes"]["unknown"] + f["bytes"]["several"] + f["bytes"]["other"]')" -eq 0 ]
    [ "$(fact c-hello 'f["headers"]["section_headers"]')" -eq \
        $((64 * $(readelf -h c-hello | sed -n 's/.*Number of section headers: *//p'))) ]
    # After stripping, the only names are those of sections, and nothing is for a debugger.
    strip c-hello
    [ "$(fact c-hello 'f["bytes"]["symbols"]')" -eq "$(kind .shstrtab)" ]
    [ "$(fact c-hello 'f["bytes"]["debug"]')" -eq 0 ]
}

@test "there are as many instructions as in objdump -d" {
    needs python3 objdump cc
    hello
    c_hello -O1
    strip c-hello
    cc -O1 -c c-hello.c -o c-hello.o
    for file in c-hello c-hello.o /usr/bin/true /usr/bin/wc; do
        objdump -d -z -w --no-show-raw-insn "$file" >listing
        ! grep -qE '\(bad\)|\.byte|fwait' listing || continue
        [ "$(fact "$file" 'f["instructions"]')" -eq "$(grep -cP '^ *[0-9a-f]+:\t' listing)" ]
        [ "$(fact "$file" 'f["instructions_by"]')" = sections ]
    done
}

@test "the memory is as large as the kernel's mappings" {
    needs python3 perl
    [ -r /proc/self/maps ] || skip "no /proc"
    hello
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat
    files=(./cat)
    if command -v cc >/dev/null; then
        printf '#include <unistd.h>\nchar big[99999];\nint main(void) { char c; return (int)read(0, &c, 1) + big[5]; }\n' >block.c
        cc block.c -o block && files+=(./block)
        cc -static block.c -o block-static 2>/dev/null && files+=(./block-static)
    fi
    for file in "${files[@]}"; do
        # It waits for input while its maps are read: the file's pages and the pages of zeros after them.
        perl -e '
            pipe(my $in, my $out);
            my $child = fork // die;
            if (!$child) { open(STDIN, "<&", $in); close $out; exec $ARGV[0]; }
            my ($sum, $end, @lines) = (0);
            for (1 .. 100) {
                select(undef, undef, undef, 0.05);
                open(my $call, "<", "/proc/$child/syscall") or last;
                last if (<$call> // "") =~ /^0 0x0 /;
            }
            open(my $maps, "<", "/proc/$child/maps") or die;
            while (<$maps>) {
                my ($from, $to, $name) = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)$/ or die;
                my $own = $name =~ m,/\Q$ARGV[1]\E$,;
                next unless $own || ($name eq "" && defined $end && hex($from) == $end);
                $sum += hex($to) - hex($from);
                $end = hex $to;
            }
            close $out;
            waitpid($child, 0);
            print "$sum\n";' "$file" "${file#./}" >mapped
        [ "$(fact "$file" 'f["memory"]["bytes"]')" -eq "$(cat mapped)" ]
        [ "$(fact "$file" 'f["memory"]["pages"]')" -eq $(($(cat mapped) / 4096)) ]
        [ "$(fact "$file" 'sum(f["memory"]["permissions"].values())')" -eq "$(cat mapped)" ]
    done
}

@test "for objects, core files and other processors, memory, entry and instructions are n/a or null" {
    needs python3
    hello
    "$TINYELF" compare --json "$SOURCE/tests/fuzz/corpus/dump/x86_64-linux-gnu.o" \
        "$SOURCE/tests/fuzz/corpus/dump/mips-linux-gnu.o" >json
    python3 - <<'P'
import json
object, mips = json.load(open("json"))["files"]
for f in object, mips:
    assert f["memory"] is None and f["entry"] is None and f["interpreter"] is None
assert object["instructions"] > 0 and object["instructions_by"] == "sections"
assert mips["instructions"] is None and mips["instructions_by"] is None
assert mips["bytes"]["code"] > 0
P
    tinyelf compare "$SOURCE/tests/fuzz/corpus/dump/x86_64-linux-gnu.o" hello
    exits 0
    grep -q '^memory mapped  *n/a  *4096$' <<<"$output"
    grep -q '^  r-x  *n/a  *4096$' <<<"$output"
    # A core file as the kernel writes it: notes and memory, no section.
    needs perl
    perl -e 'print pack("A4C5x7vvVQQQVvvvvvv", "\x7fELF", 2, 1, 1, 0, 0, 4, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0),
        pack("VVQQQQQQ", 4, 0, 176, 0, 0, 20, 0, 4), pack("VVQQQQQQ", 1, 6, 4096, 0x10000, 0, 8192, 8192, 4096),
        "\1" x 20, "\0" x 3900, "\2" x 8192' >core
    [ "$(fact core '{k: v for k, v in f["bytes"].items() if v}')" = \
        "{'headers': 176, 'data': 8192, 'notes': 20, 'padding': 3900}" ]
    [ "$(fact core 'f["memory"], f["entry"], f["instructions"]')" = "(None, None, None)" ]
}

@test "one of the files may be standard input, and identical files are reported as identical" {
    hello
    cp hello other
    tinyelf compare hello other
    exits 0
    [ "${lines[0]}" = "the files are identical" ]
    tinyelf compare - hello <other
    exits 0
    [ "${lines[0]}" = "the files are identical" ]
    [[ ${lines[1]} == *"<stdin>"*"hello" ]]
    tinyelf compare hello - <other
    exits 0
    printf '\1' >>other
    tinyelf compare hello other
    exits 0
    [[ $output != *identical* ]]
    grep -q '^  unknown  *0  *1  +1$' <<<"$output"
    tinyelf compare - - <hello
    exits 2
    says "standard input can be one of the two files, not both"
}

@test "changes are ratios from double on, and differences below" {
    hello
    head -c 100 /dev/zero >zeros
    cat hello zeros >more
    cat hello zeros zeros >double
    tinyelf compare hello more
    grep -q '^size  *178  *278  +100$' <<<"$output"
    tinyelf compare hello double
    grep -q '^size  *178  *378  2\.1 times$' <<<"$output"
    tinyelf compare double hello
    grep -q '^size  *378  *178  1/2\.1$' <<<"$output"
    tinyelf compare double more
    grep -q '^size  *378  *278  -100$' <<<"$output"
    # Zeros after all known parts are not known to be padding.
    grep -q '^  unknown  *200  *100  1/2\.0$' <<<"$output"
}

# bats test_tags=long
@test "no line is longer than 100 columns, whatever the names" {
    hello
    cp hello "$(printf 'x%.0s' {1..200})"
    cp hello $'odd "\\\n\xff'
    for file in x* odd* /usr/bin/env "$TINYELF"; do
        "$TINYELF" compare "$file" hello >out
        "$TINYELF" compare hello "$file" >>out
        ! grep -E '.{101}' out || false
        ! grep -P '[^\x20-\x7e]' out || false
        ! command -v python3 >/dev/null ||
            "$TINYELF" compare --json hello "$file" | python3 -m json.tool >/dev/null
    done
}

@test "files that are not ELF or are cut are reported, and what there is of them is compared" {
    hello
    echo text >text
    touch empty
    mkdir folder
    for pair in "text:error: not an ELF file: it does not start with 7f 45 4c 46" \
        "empty:error: the file is empty" "folder:error: Is a directory" \
        "gone:error: No such file or directory"; do
        tinyelf compare hello "${pair%%:*}"
        exits 1
        says "tinyelf: ${pair%%:*}: ${pair#*:}"
        [ -z "$output" ]
        tinyelf compare --json "${pair%%:*}" hello
        exits 1
        [ -z "$output" ]
    done
    # Both are reported.
    tinyelf compare text gone
    exits 1
    says "text: error"
    says "gone: error"
    for size in 20 63 100 177; do
        head -c "$size" hello >cut
        tinyelf compare hello cut
        exits 1
        says "tinyelf: cut: offset 0x"
        grep -q "^size  *178  *$size " <<<"$output"
    done
    head -c 20 hello >cut
    tinyelf compare cut hello
    says "offset 0x14: error: the file ends after 20 of the ELF header's 64 bytes"
    head -c 100 hello >cut
    tinyelf compare cut hello
    says "offset 0x40 (e_phoff): error: 1 program headers of 56 bytes pass the end of the file, 0x64"
    head -c 177 hello >cut
    tinyelf compare cut hello
    says "offset 0x0 (p_filesz): error: segment 0 takes 178 bytes from here, the file ends at 0xb1"
    head -c 1000 "$TINYELF" >cut
    tinyelf compare cut hello
    exits 1
    says "(e_shoff): error: "
    # Linux runs the 45 bytes, whose ELF header is cut.
    nasm -f bin -o tiny "$SOURCE/tests/support/tiny45.asm"
    tinyelf compare tiny hello
    exits 0
    [ -z "$stderr" ]
}

@test "a segment that Linux refuses is reported" {
    needs perl
    hello
    perl -pe 'BEGIN { $/ = undef; binmode STDIN } substr($_, 80, 8) = pack("Q", 0x10001)' hello >refused
    tinyelf compare hello refused
    exits 0
    grep -q '^  Linux maps it  *yes  *no$' <<<"$output"
}

@test "thousands of overlapping sections and endless names and tables are compared in time" {
    needs perl python3
    hello
    # A section name table that is the whole file and has no NUL, and 20,000 sections of the whole file.
    perl -e '
        my $n = 20000;
        print pack("A4C5x7vvVQQQVvvvvvv", "\x7fELF", 2, 1, 1, 0, 0, 3, 62, 1, 0, 64, 120, 0, 64, 56, 1, 64, $n, 1),
            pack("VVQQQQQQ", 2, 6, 64, 64, 0, $n * 64, 0, 8);
        print pack("VVQQQQVVQQ", 0x01010101 * ($_ % 2), 1, 6, 1, 1, 0x0101010101010101, 1, 1, 1, 1) for 1 .. $n;
        print "\1" x 1000000' >many
    run -1 timeout 60 "$TINYELF" compare --json many hello
    timeout 60 "$TINYELF" compare --json many hello 2>err | python3 -c '
import json, sys
f = json.load(sys.stdin)["files"][0]
assert sum(f["bytes"].values()) == f["size"] and f["sections"]["count"] == 20000, f'
    grep -q "^tinyelf: many: .*: error: section 0 has " err
}

@test "usage errors are reported" {
    for arguments in "" "one" "one two three"; do
        # shellcheck disable=SC2086 # some words
        tinyelf compare $arguments
        exits 2
        says "compare takes two files"
        says "Try: tinyelf compare --help"
    done
    tinyelf compare --jsn one two
    exits 2
    says "did you mean '--json'?"
    tinyelf compare --json=1 one two
    exits 2
    tinyelf compare --help
    exits 0
    [[ $output == *"--json"* ]]
    hello
    run bash -c "'$TINYELF' compare hello hello >/dev/full"
    [ "$status" -eq 1 ]
}

@test "files of 100 MB are compared in limited memory" {
    file=$(ls -S /usr/lib/x86_64-linux-gnu/libLLVM*.so* 2>/dev/null | head -n 1)
    [ -n "$file" ] || skip "no libLLVM here"
    ! nm "$TINYELF" 2>/dev/null | grep -q __asan_init || skip "a sanitizer needs more"
    hello
    # The mapped file, and several bits for every byte of code, but no struct for each.
    limit=$((($(stat -Lc %s "$file") * 3 / 2 + 200000000) / 1024))
    run bash -c "ulimit -v $limit; '$TINYELF' compare hello '$file'"
    [ "$status" -eq 0 ]
    [[ $output == *"instructions"* ]]
}

@test "without section headers, what the dynamic linker, debuggers and unwinders read is counted as with them" {
    cp /usr/bin/true whole
    cp whole bare
    # e_shoff and e_shnum
    printf '\0\0\0\0\0\0\0\0' | dd of=bare bs=1 seek=40 conv=notrunc status=none
    printf '\0\0' | dd of=bare bs=1 seek=60 conv=notrunc status=none
    tinyelf compare bare whole
    exits 0
    read -r _ _ bare whole _ <<<"$(grep 'dynamic linking' <<<"$output")"
    # The one difference is padding between tables, whose sections are aligned.
    [ "$bare" -ge $((whole - 64)) ]
    [ "$bare" -le $((whole + 64)) ]
    read -r _ _ bare whole _ <<<"$(grep 'unwind tables' <<<"$output")"
    [ "$bare" -gt $((whole / 2)) ]
    [ "$bare" -le "$whole" ]
    read -r _ bare whole _ <<<"$(grep '^  notes' <<<"$output")"
    [ "$bare" -eq "$whole" ]
}

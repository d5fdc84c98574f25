#!/usr/bin/env bats
# Symbol names in explain and disasm: from a program's own symbol table, and from FILE.debug beside it.
load ../support/setup

# Makes a program of three functions and two variables with known names.
make_program()
{
    cat >p.c <<'C'
#include <tiny.h>
int counter = 3;
char table[16] = "abc";
const char text[] = "Hello\n";
__attribute__((noinline, noclone)) int helper(int n) { counter += n; return counter * 3; }
__attribute__((noinline, noclone)) void show(const char *s) { write(1, s, 6); table[counter & 7] = 'x'; }
int main(void) { show(text); return helper(4); }
C
    "$TINYELF" build -g "$@" p.c -o p 2>messages
}

# Prints explain's output without symbol names.
plain()
{
    mv p.debug away
    "$TINYELF" explain "$@" p
    mv away p.debug
}

has()
{
    grep -qE -- "$1" <<<"$output" && return 0
    echo "missing: $1"
    echo "$output"
    return 1
}

@test "the walk has labels before functions and data, and names after calls and addresses" {
    for options in "" "--layout split" "--target i386" "--target i386 --layout split"; do
        # shellcheck disable=SC2086
        make_program $options
        tinyelf explain p
        exits 0
        [ -z "$stderr" ]
        for name in main show helper; do
            has "^  [0-9a-f]{4}  +$name: function, [0-9]+ bytes$"
        done
        has '^  [0-9a-f]{4}  +counter: object, 4 bytes$'
        has '^  [0-9a-f]{4}  +table: object, 16 bytes$'
        has 'call 0x[0-9a-f]+ <main>'
        has 'call 0x[0-9a-f]+ <show>'
        has '<helper>'
        has '0x[0-9a-f]+ # <text>|\[rip\+.* <text>'
        # Only labels and names are new, and the lines keep their width.
        sed -E '/^  [0-9a-f]{4} {20}[a-zA-Z_]+:( |$)/d; s/ ?#? ?<[a-z_+0-9]+>//; s/ +/ /g' <<<"$output" >named
        plain | sed -E 's/ +/ /g' >bare
        diff named bare
        [ -z "$(sed 1d <<<"$output" | grep -E '^.{101}')" ]
    done
}

@test "a label is at nm's address, before its first byte" {
    command -v nm >/dev/null || skip "nm is not installed"
    for options in "" "--layout split" "--target i386"; do
        # shellcheck disable=SC2086
        make_program $options
        "$TINYELF" explain --format json p >p.json
        python3 - <<'P' || return 1
import json, subprocess
theirs = {}
for line in subprocess.run(["nm", "p.debug"], capture_output=True, text=True).stdout.splitlines():
    address, _, name = line.split()
    theirs[name] = int(address, 16)
doc = json.load(open("p.json"))
ours = {s["name"]: s["address"] for s in doc["symbols"]}
assert set(ours) >= {"main", "show", "helper", "counter", "table", "text"}, ours
assert ours == {name: theirs[name] for name in ours}, (ours, theirs)
starts = {c["offset"]: c for c in doc["claims"] if c["structure"] == "instruction"}
for symbol in doc["symbols"]:
    if symbol["type"] == "function":
        assert starts[symbol["offset"]]["index"] == symbol["address"], symbol
        assert starts[symbol["offset"]]["symbol"] == symbol["name"], symbol
P
    done
}

@test "JSON has the symbol of each claim, and the target of an instruction" {
    make_program
    "$TINYELF" explain --format json p >p.json
    python3 - <<'P'
import json
doc = json.load(open("p.json"))
symbols = {s["name"]: s for s in doc["symbols"]}
assert symbols["table"]["length"] == 16 and symbols["table"]["type"] == "object"
assert symbols["main"]["type"] == "function"
for claim in doc["claims"]:
    inside = [s["name"] for s in doc["symbols"] if s["offset"] <= claim["offset"] and
              claim["offset"] + claim["length"] <= s["offset"] + s["length"]]
    assert claim["symbol"] == (inside[0] if inside else None), claim
targets = [(c["symbol"], c["target"]) for c in doc["claims"] if (c["meaning"] or "").startswith("call")]
assert ("_start", "main") in targets and ("main", "show") in targets, targets
assert [c["symbol"] for c in doc["claims"] if c["structure"] == "string"] == ["text"]
P
    # Without names, the keys are there with null.
    plain --format json >plain.json
    python3 -c '
import json
doc = json.load(open("plain.json"))
assert doc["symbols"] == [] and all(c["symbol"] is None and c["target"] is None for c in doc["claims"])'
}

@test "Markdown has labels and a table of symbols; hex has comments, and builds the same file" {
    make_program
    tinyelf explain --format markdown p
    exits 0
    has '^\| 0x[0-9a-f]+ \| \| main: function, [0-9]+ bytes \|'
    has 'call 0x[0-9a-f]+ \\<show>'
    has '^\*\*Symbols\*\*$'
    has '^\| 0x[0-9a-f]+ \| 0x[0-9a-f]+ \| table \| object \| 16 \|$'
    tinyelf explain --format hex p
    exits 0
    has '^# [0-9a-f]{6} main: function, [0-9]+ bytes$'
    has '^# [0-9a-f]{6} table: object, 16 bytes$'
    has 'call 0x[0-9a-f]+ <show>'
    printf '%s\n' "$output" >p.hex
    "$TINYELF" build p.hex -o again
    cmp p again
}

@test "--at finds a symbol by name, and says which symbol a byte is in" {
    command -v nm >/dev/null || skip "nm is not installed"
    for options in "" "--layout split"; do
        # shellcheck disable=SC2086
        make_program $options
        for name in main helper counter table text; do
            address=$(nm p.debug | awk -v name=$name '$3 == name {sub(/^0+/, "", $1); print $1}')
            tinyelf explain --at $name p
            exits 0
            [[ ${lines[0]} == "offset 0x"*", in memory at 0x$address, $name: "* ]]
        done
        offset=$(sed 's/offset \(0x[0-9a-f]*\).*/\1/' <<<"$("$TINYELF" explain --at table p | head -n 1)")
        tinyelf explain --at $((offset + 3)) p
        has ', in table: object, 16 bytes$'
    done
    # A field keeps its name.
    printf '#include <tiny.h>\nint e_entry = 5;\nint main(void) { return e_entry; }\n' >p.c
    "$TINYELF" build -g --cflags -O0 p.c -o p 2>messages
    tinyelf explain --at e_entry p
    [[ $output == *"ehdr.e_entry"* ]]
    tinyelf explain --at nowhere p
    exits 1
    says "'nowhere': no field, structure, symbol or text of that name"
    # A symbol that is only in memory.
    printf '#include <tiny.h>\nint zeros[4];\nint main(void) { return zeros[getpid() & 3]++; }\n' >p.c
    "$TINYELF" build -g p.c -o p 2>messages
    tinyelf explain --at zeros p
    exits 1
    says "'zeros' is at 0x"
}

@test "--code none, flow and all have the same symbols" {
    make_program
    for mode in none flow all; do
        tinyelf explain --code $mode p
        exits 0
        has 'main: function, '
        has 'table: object, 16 bytes'
    done
    tinyelf explain --code none p
    run ! grep -q '<show>' <<<"$output"
}

@test "disasm has labels and names, and nasm's syntax still assembles to the same bytes" {
    make_program
    tinyelf disasm p
    exits 0
    has '^main:$'
    has '^call 0x[0-9a-f]+ <show>$'
    tinyelf disasm --syntax att p
    has '<counter>'
    "$TINYELF" disasm -a -b --syntax nasm p >p.asm
    grep -q '^; main:$' p.asm
    nasm -f bin -o code p.asm
    cp p copy
    dd if=code of=copy bs=1 seek=120 conv=notrunc status=none
    "$TINYELF" disasm copy >theirs
    cp p bare
    "$TINYELF" disasm bare >ours
    cmp ours theirs
}

@test "a file's own symbol table comes first, a dynamic one last" {
    make_program --sections
    tinyelf explain p
    has 'main: function, '
    echo rubbish >p.debug
    tinyelf explain p
    exits 0
    [ -z "$stderr" ]
    has 'main: function, '
    command -v gcc >/dev/null || skip "gcc is not installed"
    command -v objcopy >/dev/null || skip "objcopy is not installed"
    printf 'int counter = 5; int f(int n) { return n * counter; } int main(void) { return f(3); }\n' >g.c
    gcc -O0 g.c -o g || skip "gcc cannot link here"
    tinyelf explain g
    exits 0
    has 'counter: object, 4 bytes'
    has 'call 0x[0-9a-f]+ <f>'
    tinyelf explain --at f g
    [[ ${lines[0]} == *", f: function, "* ]]
    # Stripped, with its symbols in the file beside it: its own dynamic table has fewer.
    objcopy --only-keep-debug g stripped.debug
    strip g -o stripped
    tinyelf explain stripped
    exits 0
    [ -z "$stderr" ]
    has 'counter: object, 4 bytes'
    rm stripped.debug
    tinyelf explain stripped
    exits 0
    run ! grep -q 'counter: ' <<<"$output"
    # Objects.
    gcc -O0 -c g.c -o g.o
    tinyelf explain g.o
    has '  f: function, '
    has '  counter: object, 4 bytes'
}

@test "an unsuitable FILE.debug is ignored" {
    make_program
    cp p.debug good.debug
    plain >plain.text
    plain --format json >plain.json
    same()
    {
        "$TINYELF" explain p >out.text 2>messages
        cmp out.text plain.text
        "$TINYELF" explain --format json p >out.json 2>messages
        cmp out.json plain.json
        "$TINYELF" disasm p >listing 2>>messages
        run ! grep -q main listing
    }
    warns()
    {
        same
        [ "$(grep -c 'p.debug: warning: .*no names are taken from it' messages)" -eq 2 ]
    }
    : >p.debug
    warns
    head -c 5000 /dev/urandom >p.debug
    warns
    (printf '\x7fELF'; head -c 5000 /dev/urandom) >p.debug
    warns
    size=$(stat -c %s good.debug)
    for cut in 1 64 65 500 $((size / 2)) $((size - 20)) $((size - 64)); do
        head -c $((size - cut)) good.debug >p.debug
        warns
    done
    rm p.debug && mkdir p.debug
    same
    [ ! -s messages ]
    rmdir p.debug && mkfifo p.debug
    same
    [ ! -s messages ]
    rm p.debug && ln -s p.debug p.debug
    same
    # Of other programs: another length, another entry point, another machine.
    rm p.debug
    mkdir other && cd other
    make_program
    sed -i 's/table.16./table[32]/' p.c
    "$TINYELF" build -g p.c -o p 2>messages
    cp p.debug ../p.debug
    cd ..
    warns
    says_all=$(cat messages)
    [[ $says_all == *"the end in memory is 0x"*", the program's is 0x"* ]]
    cd other && "$TINYELF" build -g --base 0x20000 p.c -o p 2>messages && cp p.debug ../p.debug && cd ..
    warns
    cd other && "$TINYELF" build -g --target i386 p.c -o p 2>messages && cp p.debug ../p.debug && cd ..
    warns
    # Symbols with invalid names and addresses.
    perl -0777 -pe 's/\bcounter\0/\e[31m\n#"\0/; s/\btable\0/tab\xff\x01\0/' good.debug >p.debug
    tinyelf explain p
    exits 0
    [ "$(tr -d '\n\40-\176' <<<"$output" | wc -c)" -eq 0 ]
    "$TINYELF" explain --format json p | python3 -m json.tool >out.json
    "$TINYELF" explain --format hex p >p.hex
    "$TINYELF" build p.hex -o again
    cmp p again
}

@test "--debug-file names another file" {
    make_program
    mv p.debug elsewhere
    tinyelf explain --debug-file elsewhere p
    exits 0
    has 'main: function, '
    tinyelf disasm --debug-file elsewhere p
    has '^main:$'
    tinyelf explain --debug-file gone p
    exits 1
    says "gone: error: No such file or directory"
    tinyelf explain --debug-file p p
    exits 0
    says "p: warning: not of this build, no names are taken from it: it has no complete symbol table"
    # There is no file beside standard input.
    mv elsewhere ./-.debug
    tinyelf explain - <p
    exits 0
    [ -z "$stderr" ]
    run ! grep -q 'main: ' <<<"$output"
}

@test "thousands of nested symbols, or of symbols with one long name, are explained in time" {
    # 40,000 symbols in 40,000 bytes of code; all names are one string of 1 MB without an end.
    perl -e '
        my ($n, $text, $names) = (40000, 40000, 1 << 20);
        my $code = 0x78 + $text; my $strings = $code + 24 * ($n + 1); my $headers = $strings + $names;
        print "\x7fELF\2\1\1", "\0" x 9, pack("vvVQQQVvvvvvv", 2, 62, 1, 0x10078, 64, $headers, 0, 64, 56, 1, 64, 3, 0);
        print pack("VVQQQQQQ", 1, 5, 0, 0x10000, 0x10000, $code, $code, 4096), "\x90" x $text;
        print "\0" x 24;
        print pack("VCCvQQ", $_, 0x12, 0, 1, 0x10078 + int($_ / 2), $_ & 1 ? 0 : $text) for 1 .. $n;
        print "A" x $names, "\0" x 64, pack("VVQQQQVVQQ", 0, 2, 0, 0, $code, 24 * ($n + 1), 2, 1, 8, 24);
        print pack("VVQQQQVVQQ", 0, 3, 0, 0, $strings, $names, 0, 0, 1, 0)' >many
    for format in text json markdown hex; do
        run timeout 60 bash -c "'$TINYELF' explain --format $format many | tail -c 200"
        [ "$status" -eq 0 ]
        [ -n "$output" ]
    done
    run timeout 20 bash -c "'$TINYELF' disasm many | tail -c 200"
    [ "$status" -eq 0 ]
}

#!/usr/bin/env bats
# tinyelf explain: every byte with its owners, as text, JSON and hex source.
load ../support/setup

setup_file()
{
    export LC_ALL=C
    # Two hundred of the system's files of limited size; thirty with a sanitizer, which takes ten
    # times as long.
    local files=200
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then files=30; fi
    find /usr/bin /usr/lib -xdev -type f -size +0 -size -400k 2>/dev/null | sort |
        shuf --random-source=<(yes) |
        while IFS= read -r file; do
            IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
            [ "$magic" = $'\x7fELF' ] && printf '%s\n' "$file"
        done 2>/dev/null | head -n "$files" >"$BATS_FILE_TMPDIR/files" || true
}

@test "the lecture's file has 31 fields, 8 instructions, 2 system calls and 12 bytes of text" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf explain hello
    exits 0
    # Two headings, 12 rows of bytes, 40 owners; what a field is for may be on lines of its own.
    [ "$(grep -c '^  [0-9a-f]' <<<"$output")" -eq 40 ]
    [ "$(grep -c '^[0-9a-f]\{4\}  ' <<<"$output")" -eq 12 ]
    [ "${lines[0]}" = "hello: 178 bytes = 64 ELF header + 56 program header + 46 code + 12 text" ]
    [ "${lines[1]}" = "ELF64, Advanced Micro Devices X86-64" ]
    [ "${lines[2]}" = "0000  7f 45 4c 46 02 01 01 03 00 00 00 00 00 00 00 00  .ELF............" ]
    has() { grep -qxF "$1" <<<"$output" || { echo "missing: $1"; return 1; }; }
    [[ $output == *"  0018  7800010000000000  e_entry          0x10078    file offset 0x78: mov rax,0x1          kernel"* ]]
    [[ $output == *"                                                      address of the first instruction"* ]]
    [[ $output == *"  0036  3800              e_phentsize      0x38       56: size of one program header         kernel"* ]]
    [[ $output == *"  0044  05000000          phdr[0].p_flags  0x5        read + execute                         kernel"* ]]
    [[ $output == *"                                                      permissions: 4 read, 2 write, 1 execute"* ]]
    [[ $output == *"  0060  b200000000000000  phdr[0].p_filesz 0xb2       to file offset 0xb2, the file's end    kernel"* ]]
    [[ $output == *"                                                      178: bytes taken from the file"* ]]
    [[ $output == *"  0070  0001000000000000  phdr[0].p_align  0x100      alignment; Linux, from 5.10 on: where  kernel"* ]]
    [[ $output == *"                                                      an ET_DYN goes"* ]]
    [[ $output == *"  0078  48c7c001000000    instruction      mov rax,0x1                                       program"* ]]
    [[ $output == *"  0094  0f05              instruction      syscall: write(1, 0x100a6, 12)                    program"* ]]
    [[ $output == *"  00a4  0f05              instruction      syscall: exit_group(0)                            program"* ]]
    has '  00a6  48656c6c6f20776f+ string[0x100a6]  "Hello world\n"                                   program'
    [ "$(grep -c ' instruction ' <<<"$output")" -eq 8 ]
}

@test "the walk fits into 100 columns, and colours do not change its text" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for file in hello $(head -n 5 "$BATS_FILE_TMPDIR/files"); do
        "$TINYELF" explain "$file" >plain
        [ -z "$(sed 1d plain | grep -E '^.{101}')" ]
        "$TINYELF" explain --color always "$file" >coloured
        sed 's/\x1b\[[0-9;]*m//g' coloured >bare
        cmp plain bare
        grep -q $'\x1b' coloured
    done
    # No colours on a pipe, nor with NO_COLOR on a terminal, nor on one that knows no escape sequences.
    script -qec true /dev/null </dev/null >terminal 2>&1 || skip "script is missing, or makes no terminal here"
    script -qec "env -u NO_COLOR TERM=xterm '$TINYELF' explain hello" /dev/null </dev/null >terminal
    grep -q $'\x1b' terminal
    for terminal in TERM=dumb TERM= "-u TERM"; do
        script -qec "env -u NO_COLOR $terminal '$TINYELF' explain hello" /dev/null </dev/null >terminal
        run ! grep -q $'\x1b' terminal
    done
    TERM=xterm NO_COLOR=1 script -qec "'$TINYELF' explain hello" /dev/null </dev/null >terminal
    run ! grep -q $'\x1b' terminal
}

@test "a colour says who reads a byte, in the row as in its line" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    COLUMNS=100 "$TINYELF" explain --color always hello >coloured
    # Each line that ends with a reader begins with the reader's colour, and with no other one's.
    for pair in "kernel 1;38;5;161" "program 38;5;28" "tools 38;5;63" "nobody 38;5;243"; do
        reader=${pair% *} colour=${pair#* }
        grep " $reader"$'\e''\[0m$' coloured >lines
        [ "$(wc -l <lines)" -gt 0 ]
        [ "$(grep -cF $'\e'"[${colour}m" lines)" -eq "$(wc -l <lines)" ]
        [ "$(grep -o $'\e' lines | wc -l)" -eq "$((2 * $(wc -l <lines)))" ]
    done
    grep -qF $'0000  \e[1;38;5;161m7f 45 4c 46 \e[38;5;63m02 01 01 03 00 \e[38;5;243m00 00 00 00 00 00 00 \e[0m' coloured
}

@test "--at explains a place by offset, field or structure" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for at in 0x36 54 e_phentsize ehdr.e_phentsize; do
        tinyelf explain --at "$at" hello
        exits 0
        [ "$output" = "offset 0x36, in memory at 0x10036
ehdr.e_phentsize
  bytes     38 00, 0x36 to 0x37
  value     56
  meaning   size of one program header
  reader    kernel" ]
    done
    tinyelf explain --at 'phdr[0].p_vaddr' hello
    [[ $output == "offset 0x50, in memory at 0x10050"* ]]
    # A structure: all its lines.
    tinyelf explain --at 'phdr[0]' hello
    [ "$(grep -c 'phdr\[0\]\.' <<<"$output")" -eq 8 ]
    tinyelf explain --at 'phdr[1].p_vaddr' hello
    exits 1
    says "hello: error: this file has no 'phdr[1].p_vaddr': phdr[0] is the last"
    tinyelf explain --at 'phdr[99999]' hello
    exits 1
    says "hello: error: this file has no 'phdr[99999]': phdr[0] is the last"
    for command in "explain --at" "mutate --field"; do
        # shellcheck disable=SC2086
        tinyelf $command ehdr,phdr hello
        exits 1
        says "hello: error: 'ehdr,phdr': one place at a time, such as 'ehdr'"
        # shellcheck disable=SC2086
        tinyelf $command "ehdr.e_type ehdr.e_machine" hello
        exits 1
        says "one place at a time, such as 'ehdr.e_type'"
    done
    for pair in 'phdr[0=phdr[0]' 'phdr[0.p_flag=phdr[0].p_flags'; do
        tinyelf explain --at "${pair%%=*}" hello
        exits 1
        says "did you mean '${pair#*=}'?"
    done
    tinyelf explain --at 178 hello
    exits 1
    says "past the end of the file, 0xb2"
    # Without the code, the other bytes have no owner.
    tinyelf explain --code none --at 0x80 hello
    [ "$output" = "offset 0x80, in memory at 0x10080
unclaimed: no header, table, section or instruction owns it
  bytes     0x78 to 0xb1" ]
}

@test "--at takes an address, and a text" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for at in 0x100a6 @0x100a6 65702 Hello 'Hello world' '"Hello world\n"' '"\x48ello"' '"Hel'; do
        tinyelf explain --at "$at" hello
        [ "$at" != '"Hel' ] || continue
        exits 0
        [ "${lines[0]}" = "offset 0xa6, in memory at 0x100a6" ]
        [ "${lines[1]}" = "string[0x100a6]" ]
        [ -z "$stderr" ]
    done
    exits 1
    # As grep finds it, the first of several.
    tinyelf explain --at 'l' hello
    [ "${lines[0]%%,*}" = "offset 0x$(printf %x "$(grep -obUa l hello | head -n 1 | cut -d : -f 1)")" ]
    says "note: the text 'l' is there $(grep -obUa l hello | wc -l) times, first at offset 0xa8; then at 0xa9, 0xaf"
    for at in @0x100b2 @178 @ @x '""' '"\q"' '"hello"' 0x100b2; do
        tinyelf explain --at "$at" hello
        exits 1
        [ -z "$output" ]
    done
    says "0x100b2 is past the end of the file, 0xb2, and no address of a byte of it"
    # In a file whose data lie elsewhere in memory, the same number may be both.
    cc -x c -o dynamic - <<<'char data[0x9000] = {1}; int main(void) { return data[5]; }'
    address=$(nm dynamic | sed -n 's/^0*\([0-9a-f]*\) D data$/0x\1/p')
    tinyelf explain --at "@$address" dynamic
    exits 0
    [[ ${lines[0]} == *", in memory at $address, data: "* ]]
    tinyelf explain --at "$address" dynamic
    exits 0
    [[ ${lines[0]} == "offset $address,"* ]]
    says "note: $address is taken as an offset; the byte at that address is @$address"
}

@test "--at says which rule it went by, and what may have been meant" {
    printf '#include <tiny.h>\nint e_entry = 5;\nchar text[] = "main";\nint main(void) { return e_entry + text[0]; }\n' >p.c
    "$TINYELF" build -g p.c -o p 2>messages
    tinyelf explain --at e_entry p
    [ "${lines[1]}" = "ehdr.e_entry" ]
    says "note: 'e_entry' is taken as a field; the symbol of that name is at offset 0x"
    tinyelf explain --at main p
    [[ ${lines[0]} == *", main: function, "* ]]
    offset=0x$(printf %x "$(grep -obUa main p | head -n 1 | cut -d : -f 1)")
    says "note: 'main' is taken as a symbol; it is also a text, at offset $offset"
    tinyelf explain --at '"main"' p
    [[ ${lines[0]} == "offset $offset,"* ]]
    [ -z "$stderr" ]
    # Each symbol has its name in a table of strings: that is no other text.
    cc -x c -o dynamic - <<<'int main(void) { return 0; }'
    tinyelf explain --at main dynamic
    [ -z "$stderr" ]
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for pair in e_phentsiz=e_phentsize 'phdr[0].p_flag=phdr[0].p_flags' 'phd[0].p_flags=phdr[0].p_flags' edhr=ehdr; do
        tinyelf explain --at "${pair%%=*}" hello
        exits 1
        says "'${pair%%=*}': no field, structure, symbol or text of that name: did you mean '${pair#*=}'?"
    done
    tinyelf mutate --field e_phentsiz hello
    says "did you mean 'e_phentsize'?"
    for name in st_name 'phdr[7]' shdr; do
        tinyelf explain --at "$name" hello
        exits 1
        says "hello: error: this file has no '$name'"
    done
    tinyelf explain --at completely-different hello
    exits 1
    says "hello: error: 'completely-different': no field, structure, symbol or text of that name; 'tinyelf explain' lists what the file has"
    [[ $stderr != *"did you mean"* ]]
}

@test "--at suggests what this file has: its symbols too, and nothing far from what was typed" {
    command -v cc >/dev/null || skip "cc is not installed"
    cc -x c -o dynamic - <<<'int main(void) { return 0; }'
    for pair in mian=main _strat=_start 'phd[0]=phdr[0]'; do
        tinyelf explain --at "${pair%%=*}" dynamic
        exits 1
        says "did you mean '${pair#*=}'?"
    done
    # Fields of core files' records, of notes and of unwind tables are not in it.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for name in mian _strat -1 ab foo code 'phd[9]'; do
        for command in "explain --at" "mutate --field"; do
            # shellcheck disable=SC2086
            tinyelf $command "$name" hello
            exits 1
            says "hello: error: '$name': no field, structure, symbol or text of that name"
            [[ $stderr != *"did you mean"* ]]
        done
    done
}

@test "--at names an untyped symbol without a colon" {
    printf 'bits 64\nglobal _start\n_start: mov eax,60\nsyscall\n' >hs.asm
    "$TINYELF" build --sections hs.asm -o hs
    tinyelf explain --at _start hs
    exits 0
    [[ ${lines[0]} == "offset 0x"*", _start" ]]
}

@test "--at takes the first of several tables' entries of one index" {
    cc -x c -o dynamic - <<<'#include <stdio.h>
int main(void) { return puts("a") < 0; }'
    [ "$(readelf -rW dynamic | grep -c '^Relocation section')" -gt 1 ]
    offset=$(readelf -rW dynamic | sed -n "s/^Relocation section .* at offset \(0x[0-9a-f]*\) .*/\1/p" | head -n 1)
    next=$(readelf -rW dynamic | sed -n "s/^Relocation section .* at offset \(0x[0-9a-f]*\) .*/\1/p" | sed -n 2p)
    tinyelf explain --at 'relocation[0]' --format json dynamic
    exits 0
    [ "$(grep -o '"offset":[0-9]*,"length":[0-9]*,[^{]*"field":"r_[a-z]*"' <<<"$output" | wc -l)" -eq 3 ]
    says "note: several tables have 'relocation[0]': this is the first, at offset $offset; name another by its offset: the next one's is $next"
    tinyelf explain --at 'phdr[1]' dynamic
    exits 0
    [ -z "$stderr" ]
}

@test "--at explains padding and gaps alike in every format" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" explain --format json /bin/true >whole.json
    python3 - >places <<'P'
import json
doc = json.load(open("whole.json"))
for item in [c for c in doc["claims"] if c["structure"] == "padding"][:3] + doc["unclaimed"][:2]:
    for at in (item["offset"], item["offset"] + item["length"] - 1):
        print(at, "structure" in item, item["offset"], item["offset"] + item["length"] - 1)
P
    [ -s places ]
    while read -r at padding from to; do
        tinyelf explain --at "$at" /bin/true
        exits 0
        [ "$padding" = False ] || [[ $output == *"padding["* ]]
        [[ $output == *"$(printf '0x%x' "$from")"* && $output == *"$(printf '0x%x' "$to")"* ]]
        "$TINYELF" explain --at "$at" --format json /bin/true | python3 -c "
import json, sys
doc = json.load(sys.stdin)
found = doc['claims'] if $padding else doc['unclaimed']
assert [(i['offset'], i['length']) for i in found] == [($from, $to - $from + 1)], doc"
    done <places
}

@test "flags and parts of instructions are explained bit by bit, and a letter's case bit" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf explain --at p_flags hello
    [[ $output == *"
  bit 0     1  execute
  bit 1     0  write
  bit 2     1  read
"* ]]
    tinyelf explain --at 0x78 hello
    [[ $output == *"encoding[0x10078].rex"*"value     0x48, W"*"bit 3     1  W: 64-bit operands"* ]]
    tinyelf explain --at 0x7a hello
    [[ $output == *"text      mov rax,0x1"*"value     0xc0, mod 3, reg 0, rm 0"* ]]
    tinyelf explain --at 0x89 hello
    [[ $output == *"encoding[0x10086].immediate"*"value     0x100a6, as an address: file offset 0xa6"* ]]
    tinyelf explain --at 0xa6 hello
    [[ $output == *"here      0x48, 'H': bit 5 is 0, upper case; with 1 it is 0x68, 'h'"* ]]
    tinyelf explain --at 0x94 hello
    [[ $output == *"arguments fd = 0x1
            buf = 0x100a6: file offset 0xa6, 12 bytes
            count = 0xc"* ]]
}

@test "--parts claims the parts of every instruction, which together are the instruction" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for file in hello /bin/true; do
        "$TINYELF" explain --parts --format json "$file" | python3 -c '
import json, sys
claims = json.load(sys.stdin)["claims"]
parts = {}
for claim in claims:
    if claim["structure"] == "encoding":
        parts.setdefault(claim["index"], []).append(claim)
whole = [c for c in claims if c["structure"] == "instruction"]
assert len(whole) >= 8
for claim in whole:
    own = sorted(parts.pop(claim["index"]), key=lambda part: part["offset"])
    assert own[0]["offset"] == claim["offset"]
    for a, b in zip(own, own[1:]):
        assert a["offset"] + a["length"] == b["offset"]
    assert own[-1]["offset"] + own[-1]["length"] == claim["offset"] + claim["length"]
    assert any(part["field"] == "opcode" for part in own)
assert not parts'
    done
}

# The kernel gives SIGBUS there: a program that reads 0x11000 shows it.
@test "--memory tells zeros from pages past the end of the file" {
    printf 'bits 64\nglobal _start\nsection .text\n_start: movzx edi, byte [0x10fff]\nmov al, [0x11000]\n' >short.s
    "$TINYELF" build short.s -o short
    printf '\x02\x50\0\0\0\0\0\0\x02\x70' | dd of=short bs=1 seek=96 conv=notrunc status=none
    size=$(stat -c %s short)
    tinyelf explain --memory short
    exits 0
    [[ $output == *"  0x100$(printf %x "$size")         r-x  zeros, $((0x1000 - size)) bytes"* ]]
    [[ $output == *"  0x11000         r-x  not there, 20480 bytes past the end of the file: SIGBUS"* ]]
    [[ $output == *"  0x16000         r-x  zeros, 8192 bytes"* ]]
    tinyelf check -v short
    [[ $output == *"    0x000000010000-0x000000016000 r-x file from 0x0, segment 0, zeros from 0x100$(printf %x "$size"), not there from 0x11000 on, past the end of the file (SIGBUS)"* ]]
    tinyelf check --json short
    [[ $output == *"\"file_end_hex\":\"0x100$(printf %x "$size")\",\"missing\":69632,\"missing_hex\":\"0x11000\"}"* ]]
    [ "$(perl -e 'system "./short"; print $? & 127')" = 7 ]
}

@test "--memory shows the address space that Linux makes" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf explain --memory hello
    exits 0
    [[ $output == *"phdr[0]: 0x10000 to 0x10fff r-x"*"0x100a6         r-x  0x00a6  48 65 6c 6c 6f"*"strings"*"0x100b2         r-x  zeros, 3918 bytes"* ]]
    # A static program prints its own maps; cat, whose .bss is large, too.
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat
    ./cat </proc/self/maps >/dev/null
    "$TINYELF" explain --memory cat | sed -n 's/^phdr.*: 0x\([0-9a-f]*\) to .* \(...\)$/\1 \2/p' >ours
    (exec ./cat <"/proc/$BASHPID/maps") >/dev/null
    # Look into /proc at a program that waits for input.
    mkfifo pipe
    ./cat <pipe >/dev/null &
    local program=$!
    exec 8>pipe
    for _ in $(seq 1000); do
        [ "$(readlink "/proc/$program/exe")" = "$PWD/cat" ] && break
        sleep 0.01
    done
    awk '/cat$/ {split($1, range, "-"); sub("^0*", "", range[1]); print range[1], substr($2, 1, 3)}' \
        "/proc/$program/maps" >theirs
    exec 8>&-
    wait "$program"
    [ -s theirs ]
    diff ours theirs
}

@test "a byte of overlapping headers has both owners" {
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    tinyelf explain --at 0x10 tiny
    exits 0
    [[ $output == *"ehdr.e_type"*"phdr[0].p_paddr"* ]]
    # The code in them is found: exit(42).
    tinyelf explain tiny
    [[ $output == *"instruction      int 0x80: exit(42)"* ]]
}

@test "in JSON, claims and unclaimed ranges cover every byte of any file" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    cat >cover.py <<'P'
import json, os, sys
for path in sys.argv[1:]:
    doc = json.load(os.popen('"$TINYELF" explain --format json "%s"' % path))
    size = os.path.getsize(path)
    assert doc["size"] == size and doc["file"] == path
    owned = bytearray(size)
    for claim in doc["claims"]:
        assert claim["reader"] in ("kernel", "program", "tools", "nobody")
        assert claim["length"] > 0 and claim["offset"] + claim["length"] <= size
        owned[claim["offset"]:claim["offset"] + claim["length"]] = b"\1" * claim["length"]
    for gap in doc["unclaimed"]:
        assert not any(owned[gap["offset"]:gap["offset"] + gap["length"]]), (path, gap)
        owned[gap["offset"]:gap["offset"] + gap["length"]] = b"\1" * gap["length"]
    assert all(owned), path
P
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    printf 'no ELF file' >text
    touch empty 'odd "name'
    head -n 20 "$BATS_FILE_TMPDIR/files" >some
    TINYELF=$TINYELF python3 cover.py hello tiny text empty $(cat some)
    "$TINYELF" explain --format json 'odd "name' | python3 -m json.tool >/dev/null
    "$TINYELF" explain --format json hello | python3 -c '
import json, sys
doc = json.load(sys.stdin)
assert doc["class"] == "ELF64" and doc["machine"] == "Advanced Micro Devices X86-64"
entry = [c for c in doc["claims"] if c["field"] == "e_entry"]
assert entry == [{"offset": 24, "length": 8, "address": 0x10018, "address_hex": "0x10018",
                  "structure": "ehdr", "index": 0, "index_hex": "0x0", "field": "e_entry", "short": "entry",
                  "value": 0x10078, "hex": "0x10078", "shown": "hex",
                  "purpose": "address of the first instruction",
                  "meaning": "file offset 0x78: mov rax,0x1", "bits": None,
                  "refers": {"offset": 120, "length": 7, "length_hex": "0x7", "address": 0x10078,
                             "address_hex": "0x10078"},
                  "reader": "kernel", "symbol": None, "target": None, "only_if_fails": None}], entry
assert doc["unclaimed"] == []
# Every byte has exactly one owner.
place = 0
for claim in doc["claims"]:
    assert claim["offset"] == place, claim
    place += claim["length"]
assert place == 178
structures = [claim["structure"] for claim in doc["claims"]]
assert structures == 23 * ["ehdr"] + 8 * ["phdr"] + 8 * ["instruction"] + ["string"], structures
string = doc["claims"][-1]
assert (string["offset"], string["length"], string["meaning"]) == (166, 12, "\"Hello world\\n\"")'
}

@test "text: one base in the column of values, each purpose whole once a table, and the account counts each byte once" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    cat >account.py <<'P'
import json, os, re, sys
for path in sys.argv[1:]:
    run = lambda options: os.popen('"$TINYELF" explain %s "%s"' % (options, path)).read()
    lines = run("").split("\n")
    size, account = re.fullmatch(r".*: (\d+) bytes? = ([^;]*)(?:; \d+ bytes? ha.*)?", lines[0]).groups()
    assert int(size) == os.path.getsize(path) == sum(int(part.split()[0]) for part in account.split(" + ")), lines[0]
    claims = json.loads(run("--format json"))["claims"]
    # Entries, each with its lines put together again.
    entries = []
    for line in lines[2:]:
        if re.match(r"  [0-9a-f]{4,}  [0-9a-f]", line):
            entries.append(line[:92].rstrip())
        elif line.startswith(" " * 50):
            entries[-1] += " " + line.strip()
    assert len(entries) == len(claims), (len(entries), len(claims))
    said = set()
    for entry, claim in zip(entries, claims):
        if claim["field"] and claim["value"] is not None:
            words = re.sub(" +", " ", entry)
            if claim["field"] not in said:
                assert claim["purpose"] in words, (entry, claim)
            elif claim["structure"] in ("phdr", "shdr", "dynamic", "versym"):  # which are one table
                assert claim["purpose"] not in words, (entry, claim)
            said.add(claim["field"])
            if claim["shown"] == "decimal" and claim["value"] >= 10:
                assert re.search("[ ;]" + str(claim["value"]) + "(:| bytes|$)", words), (entry, claim)
            value = claim["hex"] if claim["value"] >= 0 else hex(claim["value"])
            assert (" " + value + " ") in entry + " ", (entry, claim)
P
    TINYELF=$TINYELF python3 account.py hello tiny $(head -n 6 "$BATS_FILE_TMPDIR/files")
    # In Markdown, the rows of a table are in the order of their bytes.
    "$TINYELF" explain --format markdown "$(type -P true)" >map.md
    python3 - <<'P'
import re
last = -1
for line in open("map.md"):
    if line.startswith("**") or line.startswith("- "):
        last = -1
    row = re.match(r"\| 0x([0-9a-f]+) ", line)
    if row:
        assert int(row.group(1), 16) >= last, line
        last = int(row.group(1), 16)
P
    grep -qF '| 0x44 | `' map.md
    [ "$(grep -cF 'what the segment is for' map.md)" -eq 1 ]
}

@test "JSON says what each field is for, what its value says, where it leads, and its bits" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    # p_align of 0x6f77206f6c6c6548, which no double has.
    printf 'Hello wo' | dd of=hello bs=1 seek=112 conv=notrunc status=none
    "$TINYELF" explain --format json hello | python3 -c '
import json, sys
doc = json.load(sys.stdin, parse_int=float)
assert doc["titles"]["phdr"] == "program header" and doc["version"] == 1
claims = {c["field"] or int(c["offset"]): c for c in doc["claims"]}
assert set(c["structure"] for c in doc["claims"]) <= set(doc["titles"])
align = claims["p_align"]
assert align["hex"] == "0x6f77206f6c6c6548" and align["value"] != int(align["hex"], 16) + 1
assert align["shown"] == "hex" and claims["p_filesz"]["shown"] == "decimal"
kind = claims["p_type"]
assert kind["purpose"] == "what the segment is for; PT_LOAD is mapped" and kind["meaning"] == "LOAD"
assert claims["e_phentsize"]["meaning"] is None and claims["e_phentsize"]["purpose"] == "size of one program header"
assert [(b["name"], b["low"], b["width"], b["value"]) for b in claims["p_flags"]["bits"]] == [
    ("execute", 0, 1, 1), ("write", 1, 1, 0), ("read", 2, 1, 1)]
place = lambda c: c["refers"] and (c["refers"]["offset"], c["refers"]["length"], c["refers"]["address_hex"])
assert place(claims["e_phoff"]) == (64, 56, "0x10040")
assert place(claims["p_offset"]) == (0, 178, "0x10000")
assert place(claims[0x86]) == (0xa6, None, "0x100a6"), claims[0x86]  # mov rsi,0x100a6
assert place(claims[0x94]) == (0xa6, 12, "0x100a6"), claims[0x94]   # write(1, 0x100a6, 12)
assert place(claims[0x78]) is None and place(claims["e_shoff"]) is None
assert (claims["ei_class"]["short"], claims["e_phentsize"]["short"], claims[0x78]["short"],
        claims[0x94]["short"], claims[0xa4]["short"]) == ("cls", "phentsize", "mov", "write", "syscall")'
    # Labels fit and references stay inside, in any file.
    cat >fit.py <<'P'
import json, os, sys
for path in sys.argv[1:]:
    doc = json.load(os.popen('"$TINYELF" explain --parts --format json "%s"' % path))
    jumps = 0
    for claim in doc["claims"]:
        assert 1 <= len(claim["short"]) <= (4 if claim["length"] == 1 else 9), claim
        assert (claim["value"] is None) == (claim["hex"] is None) == (claim["shown"] is None)
        assert claim["hex"] is None or int(claim["hex"], 16) == claim["value"] % 2 ** (8 * claim["length"])
        assert claim["address"] is None or int(claim["address_hex"], 16) == claim["address"]
        where = claim["refers"]
        if where and where["offset"] is not None:
            assert where["offset"] + (where["length"] or 0) <= doc["size"], claim
            if claim["meaning"] and claim["meaning"].startswith("jmp 0x"):
                assert int(claim["meaning"].split()[1], 16) == where["address"], claim
P
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    printf 'no ELF file' >text
    TINYELF=$TINYELF python3 fit.py hello cat tiny text $(head -n 10 "$BATS_FILE_TMPDIR/files")
}

@test "JSON with the bytes, check's verdict, the memory map and the parts of instructions" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp hello wrong
    printf '\x39' | dd of=wrong bs=1 seek=54 conv=notrunc status=none
    # Its code may be read alone: Linux up to 5.7 executes that, without PT_GNU_STACK.
    cp hello readable
    printf '\4' | dd of=readable bs=1 seek=68 conv=notrunc status=none
    printf 'no ELF file' >text
    touch empty
    cat >with.py <<'P'
import json, os, sys
for path in sys.argv[1:]:
    run = lambda command: json.loads(os.popen('"$TINYELF" %s "%s"' % (command, path)).read())
    plain = run("explain --format json")
    doc = run("explain --format json --with bytes,verdict,memory,parts")
    check = run("check --json")
    assert bytes.fromhex(doc["bytes"]) == open(path, "rb").read()
    assert check.pop("version") == 1
    assert doc["memory"] == check.pop("map") and doc["verdict"] == check
    assert doc["claims"] == run("explain --parts --format json")["claims"]
    assert not {"bytes", "verdict", "memory"} & set(plain)
    for area in doc["memory"]:
        assert int(area["end_hex"], 16) == area["end"] > area["start"] == int(area["start_hex"], 16)
    assert "memory" not in run("explain --format json --with verdict")
    old, check = run("explain --kernel 5.4 --format json --with verdict")["verdict"], run("check --kernel 5.4 --json")
    assert {key: check[key] for key in check if key not in ("version", "map")} == old
P
    TINYELF=$TINYELF python3 with.py hello wrong readable text empty $(head -n 2 "$BATS_FILE_TMPDIR/files")
    "$TINYELF" explain --format json --with parts hello | grep -q '"structure":"encoding"'
    tinyelf explain --with bytes hello
    exits 2
    says "--with is for --format json"
    tinyelf explain --format json --with bytes,verdikt hello
    exits 2
    says "--with 'verdikt': it must be bytes, verdict, memory or parts: did you mean 'verdict'?"
    tinyelf explain --format json --with '' hello
    exits 2
}

@test "JSON is as its schema says, of any file" {
    python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    printf 'no ELF file' >text
    touch empty
    head -c 90 hello >cut
    nasm -f elf64 "$SOURCE/asm/hello.s" -o hello.o
    for file in /usr/bin/true hello tiny text empty cut hello.o "$SOURCE"/tests/fuzz/corpus/dump/*; do
        "$TINYELF" explain --format json --with bytes,verdict,memory "$file" >"json-$(basename "$file")"
    done
    python3 "$SOURCE/tests/support/json_contract.py" "$SOURCE/docs/schema/explain.json" json-*
    echo '{"version":1,"file":"no claims"}' >wrong
    run python3 "$SOURCE/tests/support/json_contract.py" "$SOURCE/docs/schema/explain.json" wrong
    [ "$status" -eq 1 ]
}

@test "field values are those that readelf prints" {
    file=$(head -n 1 "$BATS_FILE_TMPDIR/files")
    value() { "$TINYELF" explain --at "$1" "$file" | sed -n 's/^  value *\([^, ]*\).*/\1/p' | head -n 1; }
    header() { readelf -h "$file" | sed -n "s/^  $1: *\([^ ]*\).*/\1/p"; }
    [ "$(value e_entry)" = "$(header 'Entry point address')" ]
    [ "$((  $(value e_shoff) ))" = "$(header 'Start of section headers')" ]
    [ "$(value e_shnum)" = "$(header 'Number of section headers')" ]
    [ "$(value e_shstrndx)" = "$(header 'Section header string table index')" ]
}

@test "the hex source of any file is assembled to the file" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    printf 'no ELF file: 0xZZ "quotes" # and :labels\r\n' >text
    touch empty
    head -c 5000 /dev/urandom >random
    head -c 90 hello >cut
    for name in cat echo exit sections; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name"
    done
    ls -d hello tiny text empty random cut cat echo exit sections >list
    cat "$BATS_FILE_TMPDIR/files" >>list
    while IFS= read -r file; do
        "$TINYELF" explain --format hex "$file" >source.hex
        "$TINYELF" build source.hex -o again
        cmp "$file" again || { echo "$file"; return 1; }
    done <list
}

@test "every field and instruction that the JSON names has its line in the hex source" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/../support/tiny45.asm" -o tiny
    for file in hello tiny $(head -n 3 "$BATS_FILE_TMPDIR/files"); do
        "$TINYELF" explain --format json "$file" >map.json
        "$TINYELF" explain --format hex "$file" >map.hex
        python3 - <<'P'
import json
lines = open("map.hex", encoding="latin-1").read().split("\n")
noted = set()
for line in lines:
    if "# " in line:
        words = line.split("# ", 1)[1].replace("also ", "", 1).split(" ")
        if len(words) > 1:
            noted.add((int(words[0], 16), words[1]))
for claim in json.load(open("map.json"))["claims"]:
    owner = claim["structure"]
    by_address = owner in ("instruction", "padding") or (owner == "string" and claim["reader"] == "program")
    if owner != "ehdr":
        owner += "[%s]" % (hex(claim["index"]) if by_address else claim["index"])
    if claim["field"]:
        owner += "." + claim["field"]
    assert (claim["offset"], owner) in noted, claim
P
    done
}

@test "a large library is explained in limited memory" {
    file=$(find /usr/lib -xdev -type f -size +20M -name '*.so*' 2>/dev/null | head -n 1)
    [ -n "$file" ] || skip "no library of 20 MB on this machine"
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then skip "a sanitizer takes its own memory"; fi
    # 64 MiB in addition to the mapped file.
    limit=$(($(stat -c %s "$file") / 1024 + 65536))
    run bash -c "ulimit -v $limit; '$TINYELF' explain --format json '$file' | tail -c 3"
    [ "$output" = "]}" ]
}

@test "a file of a megabyte whose sections share all strings is explained in time" {
    # 8,000 string tables of 512 KiB of empty strings.
    perl -e '
        my $ehdr = "\x7fELF\2\1\1" . "\0" x 9 . pack("vvVQQQVvvvvvv", 1, 62, 1, 0, 0, 64, 0, 64, 0, 0, 64, 8000, 0);
        my $shdr = pack("VVQQQQVVQQ", 0, 3, 0, 0, 512064, 524288, 0, 0, 1, 0);
        print $ehdr, $shdr x 8000, "\0" x 524288' >same
    local limit=1000000
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then limit=unlimited; fi # it uses much memory itself
    for format in text json hex; do
        run --separate-stderr timeout 60 bash -c "ulimit -v $limit; '$TINYELF' explain --format $format same | tail -c 100"
        says "same: error: too many headers, tables and strings overlap"
    done
}

@test "a program is explained as Linux reads it" {
    # Linux does not read EI_CLASS and EI_DATA: small programs have other bytes there.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for byte in 4 5; do
        cp hello other
        printf '\xb3' | dd of=other bs=1 seek=$byte conv=notrunc status=none
        [ "$(./other)" = "Hello world" ]
        "$TINYELF" explain other | grep -q 'syscall: write(1, 0x100a6, 12)'
    done
    # A segment of one byte: the rest of the page is in memory, too.
    cp hello other
    printf '\x01' | dd of=other bs=1 seek=96 conv=notrunc status=none
    printf '\x01' | dd of=other bs=1 seek=104 conv=notrunc status=none
    [ "$(./other)" = "Hello world" ]
    "$TINYELF" explain other | grep -q 'syscall: write(1, 0x100a6, 12)'
}

@test "code outside of executable sections is found" {
    command -v ld >/dev/null || skip "ld is not installed"
    printf 'bits 64\nglobal _start\nsection .text\n_start: jmp there\nsection .data\nthere: mov edi, 3\n mov eax, 60\n syscall\n' >a.s
    nasm -f elf64 a.s -o a.o
    ld -N a.o -o a 2>ld.messages
    local status=0
    ./a || status=$?
    [ "$status" -eq 3 ]
    "$TINYELF" explain a | grep -q 'syscall: exit(3)'
    # Also if an executable section has no bytes in the file.
    printf 'bits 64\nglobal _start\nsection .text\n_start: mov edi, 3\n mov eax, 60\n syscall\nsection .jit nobits exec write\nresb 64\n' >b.s
    nasm -f elf64 b.s -o b.o
    ld b.o -o b 2>ld.messages
    "$TINYELF" explain b | grep -q 'syscall: exit(3)'
}

@test "strings without an end are read only once" {
    # A table of 40 MB without a NUL.
    perl -e '
        my $ehdr = "\x7fELF\2\1\1" . "\0" x 9 . pack("vvVQQQVvvvvvv", 1, 62, 1, 0, 0, 64, 0, 64, 0, 0, 64, 1, 0);
        print $ehdr, pack("VVQQQQVVQQ", 0, 3, 0, 0, 128, 40_000_000, 0, 0, 1, 0), "A" x 40_000_000' >long
    for format in text json; do
        run timeout 20 bash -c "'$TINYELF' explain --format $format long | tail -c 200"
        [ "$status" -eq 0 ]
        [ -n "$output" ]
    done
}

@test "bad input and usage errors are reported" {
    tinyelf explain gone
    exits 1
    says "gone: error: No such file or directory"
    mkdir folder
    tinyelf explain folder
    exits 1
    tinyelf explain
    exits 2
    tinyelf explain --format yaml x
    exits 2
    says "--format 'yaml': it must be text, json, "
    tinyelf explain --fromat x
    exits 2
    says "did you mean '--format'?"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    run bash -c "'$TINYELF' explain hello >/dev/full"
    [ "$status" -eq 1 ]
    truncate -s 1G zeros
    run --separate-stderr timeout 60 "$TINYELF" explain zeros
    exits 0
    [[ $output == "zeros: 1073741824 bytes, not an ELF file"*"unclaimed, 1073741824 bytes"*"more bytes" ]]
}

@test "a relocation names its symbol or section, and its addend is signed" {
    printf 'extern puts\nsection .data\nd: dq d\nsection .text\ncall puts wrt ..plt\nmov rax,[rel d-8]\n' >r.s
    nasm -f elf64 -o r.o r.s
    tinyelf explain r.o
    exits 0
    readelf -rW r.o >theirs
    grep -q 'R_X86_64_PLT32 .* puts - 4$' theirs
    grep -q 'R_X86_64_PC32 .* \.data - c$' theirs
    [[ $output =~ r_info\ 0x[0-9a-f]+\ +R_X86_64_PLT32,\ symbol\ [0-9]+\ \"puts\" ]]
    [[ $output =~ r_info\ 0x[0-9a-f]+\ +R_X86_64_PC32,\ symbol\ [0-9]+\ \".data\" ]]
    [[ $output =~ r_addend\ -0x4\ +-4:\  && $output =~ r_addend\ -0xc\ +-12\  ]]
    tinyelf explain --format json r.o
    [[ $output =~ \"field\":\"r_addend\"[^}]*\"value\":-12, ]]
    [[ $output == *"R_X86_64_PLT32, symbol "[0-9]*"puts"* ]]
}

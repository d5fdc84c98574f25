#!/usr/bin/env bats
# tinyelf explain: every byte with its owners, as text, JSON and hex source.
load setup

setup_file()
{
    export LC_ALL=C
    # A hundred of the system's files, of sizes that a test can afford.
    find /usr/bin /usr/lib -xdev -type f -size +0 -size -400k 2>/dev/null | sort |
        shuf --random-source=<(yes) |
        while IFS= read -r file; do
            IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
            [ "$magic" = $'\x7fELF' ] && printf '%s\n' "$file"
        done 2>/dev/null | head -n 300 >"$BATS_FILE_TMPDIR/files" || true
}

@test "the lecture's file: 31 fields and 58 bytes that no header claims" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf explain hello
    exits 0
    [ "${#lines[@]}" -eq 32 ]
    [ "${lines[13]}" = "00000018  78 00 01 00 00 00 00 00  ehdr.e_entry = 0x10078, file offset 0x78: address of the first instruction [kernel]" ]
    [ "${lines[24]}" = "00000044  05 00 00 00              phdr[0].p_flags = 0x5, read + execute: permissions: 4 read, 2 write, 1 execute [kernel]" ]
    [ "${lines[31]}" = "00000078  unclaimed, 58 bytes" ]
}

@test "--at finds a byte's owners by offset and by field" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for at in 0x36 55 e_phentsize ehdr.e_phentsize; do
        tinyelf explain --at "$at" hello
        exits 0
        [ "$output" = "00000036  38 00                    ehdr.e_phentsize = 56: size of one program header [kernel]" ]
    done
    tinyelf explain --at 'phdr[0].p_vaddr' hello
    [[ $output == 00000050* ]]
    tinyelf explain --at 0x80 hello
    [ "$output" = "00000080  unclaimed, 1 byte" ]
    tinyelf explain --at 'phdr[1].p_vaddr' hello
    exits 1
    says "no field 'phdr[1].p_vaddr'"
    tinyelf explain --at 178 hello
    exits 1
    says "past the end of the file, 0xb2"
}

@test "overlapping headers: a byte has both owners" {
    nasm -f bin "$BATS_TEST_DIRNAME/tiny45.asm" -o tiny
    tinyelf explain --at 0x10 tiny
    exits 0
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} == *ehdr.e_type* ]]
    [[ ${lines[1]} == *phdr\[0\].p_paddr* ]]
}

@test "JSON: claims and unclaimed cover every byte of any file" {
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
    nasm -f bin "$BATS_TEST_DIRNAME/tiny45.asm" -o tiny
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
assert entry == [{"offset": 24, "length": 8, "structure": "ehdr", "index": 0, "field": "e_entry",
                  "value": 0x10078, "meaning": "file offset 0x78", "reader": "kernel"}], entry
assert doc["unclaimed"] == [{"offset": 120, "length": 58}]'
}

@test "values are those that readelf prints" {
    file=$(head -n 1 "$BATS_FILE_TMPDIR/files")
    value() { "$TINYELF" explain --at "$1" "$file" | sed -n "s/.*$1 = \([^,: ]*\).*/\1/p" | head -n 1; }
    header() { readelf -h "$file" | sed -n "s/^  $1: *\([^ ]*\).*/\1/p"; }
    [ "$(value e_entry)" = "$(header 'Entry point address')" ]
    [ "$((  $(value e_shoff) ))" = "$(header 'Start of section headers')" ]
    [ "$(value e_shnum)" = "$(header 'Number of section headers')" ]
    [ "$(value e_shstrndx)" = "$(header 'Section header string table index')" ]
}

@test "the hex source of any file makes the file again" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/tiny45.asm" -o tiny
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

@test "every field that the JSON names has its line in the hex source" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$BATS_TEST_DIRNAME/tiny45.asm" -o tiny
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
    if owner != "ehdr":
        owner += "[%d]" % claim["index"]
    if claim["field"]:
        owner += "." + claim["field"]
    assert (claim["offset"], owner) in noted, claim
P
    done
}

@test "a large library is explained in little memory" {
    file=$(find /usr/lib -xdev -type f -size +20M -name '*.so*' 2>/dev/null | head -n 1)
    [ -n "$file" ] || skip "no library of 20 MB on this machine"
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then skip "a sanitizer takes its own memory"; fi
    # 64 MiB beyond the mapped file.
    limit=$(($(stat -c %s "$file") / 1024 + 65536))
    run bash -c "ulimit -v $limit; '$TINYELF' explain --format json '$file' | tail -c 3"
    [ "$output" = "]}" ]
}

@test "a file of a megabyte whose sections are all the same strings is answered in time" {
    # 8,000 string tables of 512 KiB of empty strings.
    perl -e '
        my $ehdr = "\x7fELF\2\1\1" . "\0" x 9 . pack("vvVQQQVvvvvvv", 1, 62, 1, 0, 0, 64, 0, 64, 0, 0, 64, 8000, 0);
        my $shdr = pack("VVQQQQVVQQ", 0, 3, 0, 0, 512064, 524288, 0, 0, 1, 0);
        print $ehdr, $shdr x 8000, "\0" x 524288' >same
    local limit=1000000
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then limit=unlimited; fi # it takes its own memory
    for format in text json hex; do
        run --separate-stderr timeout 60 bash -c "ulimit -v $limit; '$TINYELF' explain --format $format same | tail -c 100"
        says "same: error: too many headers, tables and strings overlap"
    done
}

@test "bad input and wrong calls" {
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
    says "text, json or hex"
    tinyelf explain --fromat x
    exits 2
    says "did you mean '--format'?"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    run bash -c "'$TINYELF' explain hello >/dev/full"
    [ "$status" -eq 1 ]
    truncate -s 1G zeros
    run --separate-stderr timeout 10 "$TINYELF" explain zeros
    exits 0
    [ "$output" = "00000000  unclaimed, 1073741824 bytes" ]
}

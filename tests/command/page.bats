#!/usr/bin/env bats
# tinyelf explain --format html: what the page has in it. How it looks and what it does is asked of a browser (tests/browser).
load ../support/setup

setup_file()
{
    export LC_ALL=C
    cd "$BATS_FILE_TMPDIR"
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    nasm -f bin "$SOURCE/tests/support/tiny45.asm" -o tiny
}

setup()
{
    cd "$BATS_TEST_TMPDIR"
    cp "$BATS_FILE_TMPDIR/hello" "$BATS_FILE_TMPDIR/tiny" .
}

# page FILE...: makes the page of each as page.html, and compares its data with the JSON of explain and check.
page()
{
    local file
    for file in "$@"; do
        "$TINYELF" explain --format html "$file" -o page.html
        "$TINYELF" explain --format json --with bytes "$file" >claims.json
        "$TINYELF" check --json "$file" >check.json || [ $? -eq 1 ]
        local decoded=()
        if command -v node >/dev/null; then
            node "$SOURCE/tests/support/page_decode.mjs" "$SOURCE/elfgen/tinyelf/commands/explain/page/data.js" page.html >decoded.json
            decoded=(decoded.json)
        fi
        python3 "$SOURCE/tests/support/page_data.py" page.html claims.json check.json "${decoded[@]}" || { echo "page of $file"; return 1; }
    done
}

# data EXPRESSION: of the page's data.
data()
{
    python3 - "$1" "$SOURCE/tests/support" <<'P'
import sys
sys.path[:0] = [sys.argv[2]]
from page_data import data_of, owners_of
data = data_of("page.html")
data["owners"] = owners_of(data)
verdict, memory, owners = data["verdict"], data["memory"], data["owners"]
print(eval(sys.argv[1]))
P
}

# byte FILE OFFSET HEX...: changes bytes.
byte()
{
    local file=$1 offset=$2
    shift 2
    printf "$(printf '\\x%s' "$@")" | dd of="$file" bs=1 seek="$((offset))" conv=notrunc status=none
}

@test "the page has what explain and check say as JSON, of all kinds of files" {
    printf '%s\n' 'int g = 5; int f(int x) { return x ? f(x - 1) * 2 : 3; } int main(void) { return f(g); }' >code.c
    gcc -O1 -g -c code.c
    gcc -O1 code.c -o dynamic
    cp hello refused
    byte refused 0x10 09
    cp hello big_endian
    byte big_endian 5 02
    byte big_endian 0x12 00 15
    printf '#!/bin/sh\n' >script
    printf x >one
    : >empty
    head -c 50 hello >cut
    page hello tiny code.o dynamic refused big_endian script one empty cut "$(type -P true)"
}

@test "the lecture's page: verdict, owners and memory" {
    page hello
    [ "$(data 'data["file"], data["size"], data["facts"], data["elf"], data["page"]')" = "('hello', 178, ['178 bytes', 'ELF64', 'x86-64'], True, 1)" ]
    [ "$(data 'verdict["state"], verdict["words"], verdict["guilty"], len(verdict["remarks"])')" = "('starts', 'Linux starts it', None, 2)" ]
    # Four bytes of the magic number are one owner.
    [ "$(data 'len(owners), owners[0]["name"], owners[0]["length"], owners[0]["value"]')" = "(37, 'ehdr.ei_mag', 4, '7f 45 4c 46')" ]
    [ "$(data '[(one["name"], one["kind"]) for one in data["parts"]]')" = "[('ehdr', 'ehdr'), ('phdr', 'phdr'), ('instruction', 'code'), ('string', 'text')]" ]
    [ "$(data 'memory["segments"]')" = "[{'index': 0, 'flags': 'r-x', 'fileOffset': 0, 'fileLength': 178, 'start': '0x10000', 'bytesEnd': '0x100b2', 'zerosEnd': '0x11000', 'end': '0x11000', 'zerosAfter': '0x11000'}]" ]
    [ "$(data 'memory["entry"], memory["entryOffset"], memory["more"], memory["page"]')" = "('0x10078', 120, 0, 4096)" ]
    [ "$(data 'sorted((one["name"], one["flags"]) for one in memory["others"])')" = "[('stack', 'rw-'), ('vDSO', 'r-x'), ('vvar', 'r--')]" ]
    [ "$(data 'data["run"], data["heat"]')" = "(None, None)" ]
}

@test "a refused file's page names the field to blame and what would work; objects and libraries are not for starting" {
    cp hello refused
    byte refused 0x10 09
    page refused
    [ "$(data 'verdict["state"], verdict["guilty"]')" = "('refused', {'offset': 16, 'length': 2})" ]
    [ "$(data 'verdict["words"]')" = "Linux refuses it: e_type is 9: Linux starts 2 (ET_EXEC) and 3 (ET_DYN); would work: e_type 2" ]
    printf 'int main(void) { return 0; }' >c.c
    gcc c.c -o dynamic -Wl,--dynamic-linker=/nowhere/ld.so
    page dynamic
    [ "$(data 'verdict["state"], verdict["guilty"]["length"]')" = "('refused', 8)" ]
    [[ $(data 'verdict["words"]') == *": /nowhere/ld.so"* ]]
    gcc -c c.c
    page c.o
    [ "$(data 'verdict["state"], verdict["words"]')" = "('none', 'It is an object file: it is linked, not started')" ]
    gcc -shared c.c -o libc.so -nostdlib
    page libc.so
    [ "$(data 'verdict["state"], verdict["words"]')" = "('none', 'It is a shared library: programs use it, and it is not started')" ]
}

@test "a remark has the place that it is about, and its whole field" {
    page hello
    [ "$(data '[(one["who"], one["offset"], one["length"]) for one in verdict["remarks"]]')" = "[('practice', None, 0), ('portability', 112, 8)]" ]
    # Headers that overlap have many.
    page tiny
    [ "$(data 'len(verdict["remarks"]) > 8')" = True ]
    [ "$(data 'all(one["offset"] is None or any(other["offset"] == one["offset"] and other["length"] == one["length"] for other in owners) for one in verdict["remarks"])')" = True ]
}

@test "identification bytes that Linux does not look at are said to be so" {
    byte tiny 4 48
    byte tiny 5 49
    page tiny
    [ "$(data 'data["facts"]')" = "['45 bytes', 'ELF32', 'i386', 'ei_class 0x48: Linux does not look', 'ei_data 0x49: Linux does not look']" ]
    byte hello 5 02
    byte hello 0x12 00 15
    page hello
    [ "$(data 'data["facts"]')" = "['178 bytes', 'ELF64', 'PowerPC64', 'big-endian']" ]
}

@test "memory: zeros to the page's end, what is not there, zeros after it, and the first eight of 64 segments" {
    # p_filesz and p_memsz pass the file's end, and p_memsz passes p_filesz.
    byte hello 0x60 00 30
    byte hello 0x68 00 60
    page hello
    [ "$(data '[memory["segments"][0][key] for key in ("bytesEnd", "zerosEnd", "end", "zerosAfter")]')" = "['0x100b2', '0x11000', '0x13000', '0x16000']" ]
    "$TINYELF" explain --memory hello >memory.txt
    grep -q '0x100b2 .*zeros, 3918 bytes' memory.txt
    grep -q '0x11000 .*not there, 8192 bytes' memory.txt
    grep -q '0x13000 .*zeros, 12288 bytes' memory.txt
    python3 - <<'P'
import struct
head = b"\x7fELF\2\1\1" + bytes(9)
def write(name, count, address):
    ehdr = head + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 64, 0, 0, 64, 56, count, 64, 0, 0)
    open(name, "wb").write(ehdr + b"".join(struct.pack("<IIQQQQQQ", 1, 5, 0, address(i), 0, 0x200, 0x200, 4096) for i in range(count)))
write("many", 64, lambda i: 0x400000 + 0x1000 * i)
write("over", 3, lambda i: 0x400000)
P
    page many over
    "$TINYELF" explain --format html many -o page.html
    [ "$(data 'len(memory["segments"]), memory["more"]')" = "(8, 56)" ]
    "$TINYELF" explain --format html over -o page.html
    [ "$(data '[one["index"] for one in memory["segments"]], memory["more"]')" = "([2], 0)" ]
}

@test "hostile names and strings are text: no tag begins in the data, and the title is one" {
    name=$'</script><!--"\\\x01\xff\xe2\x80\xa8\xc3\xa9.s'
    printf '%s\n' 'global _start' 'section .text' '_start: mov eax, 1' 'mov edi, 1' 'lea rsi, [rel text]' 'mov edx, 40' syscall \
        'mov eax, 60' syscall 'text: db "</script><script>alert(1)</script><!--", 0xe2, 0x80, 0xa8, 0xff' >s.s
    "$TINYELF" build s.s -o s
    mkdir folder
    # A name has no slash.
    name=${name//\//}
    cp s "folder/$name"
    "$TINYELF" explain --format html "folder/$name" -o page.html
    [ "$(PYTHONIOENCODING=utf-8 data 'data["file"]')" = '<script><!--"\\x01\xff\xe2\x80\xa8é.s' ]
    [ "$(grep -ac '<title>&lt;script>&lt;!--"\\\\x01\\xff\\xe2\\x80\\xa8é.s</title>' page.html)" -eq 1 ]
    [ "$(grep -aoi '<script' page.html | wc -l)" -eq 2 ]
    [ "$(grep -aoF '<!--' page.html | wc -l)" -eq 0 ]
    [ "$(data 'any("<!--" in one["meaning"] for one in owners)')" = True ]
    "$TINYELF" explain --format html - <hello >page.html
    [ "$(data 'data["file"]')" = "standard input" ]
}

@test "the page is one document with hashes of its style and script, and asks for nothing" {
    "$TINYELF" explain --format html hello -o page.html
    python3 - <<'P'
import base64, hashlib, re
text = open("page.html").read()
style, script = re.findall(r"<style>(.*?)</style>", text, re.S), re.findall(r"<script>(.*?)</script>", text, re.S)
assert len(style) == len(script) == 1
hash_of = lambda one: "'sha256-" + base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() + "'"
policy = "default-src 'none'; script-src %s; style-src %s; base-uri 'none'; form-action 'none'" % (hash_of(script[0]), hash_of(style[0]))
assert '<meta http-equiv="Content-Security-Policy" content="%s">' % policy in text
assert not re.search(r"""<[^>]*\s(style|on[a-z]+|src|href)=""", text.replace(script[0], "")), "an attribute that the policy refuses"
assert set(re.findall(r"\w+://[\w./]+", text)) <= {"http://www.w3.org/2000/svg"}, "an address that is no name of XML"
assert "innerHTML" not in text and "eval(" not in text
P
    # A hash that is computed without Python, too.
    sed -n '/^<script>/,/<\/script>$/p' page.html | sed '1s/^<script>//; $s/<\/script>$//' | head -c -1 >script
    hash=$(sha256sum script | cut -d' ' -f1 | xxd -r -p | base64)
    grep -qF "script-src 'sha256-$hash'" page.html
}

@test "the page is the same bytes each time, and has no path, argument or environment in it" {
    mkdir secret-folder
    cp hello secret-folder
    SECRET_NAME=secret-value "$TINYELF" explain --format html secret-folder/hello -o a.html
    "$TINYELF" explain --format html "$PWD/secret-folder/hello" >b.html
    cmp a.html b.html
    [ "$(grep -c "secret" a.html)" -eq 0 ]
    [ "$(grep -cF "$PWD" a.html)" -eq 0 ]
}

@test "a file above 1 MiB or with more than 300,000 owners has no page: --at is named, and no file is made" {
    truncate -s 1048577 large
    tinyelf explain --format html large -o page.html
    exits 1
    says "--at PLACE"
    [ ! -e page.html ]
    truncate -s 1048576 large
    "$TINYELF" explain --format html large -o page.html
    [ "$(data 'data["size"], len(owners)')" = "(1048576, 0)" ]
    # A megabyte of nops: each has an owner.
    printf '%s\n' 'global _start' 'section .text' '_start: times 300001 nop' 'jmp _start' >nops.s
    "$TINYELF" build nops.s -o nops
    rm page.html
    tinyelf explain --format html nops
    exits 1
    says "300000 owners"
    says "--at PLACE"
    [ "$(grep -c '<' <<<"$output")" -eq 0 ]
}

@test "-o writes any format as a whole or not at all" {
    for format in text json markdown hex html; do
        "$TINYELF" explain --format $format hello >expected
        "$TINYELF" explain --format $format hello -o made
        cmp expected made
    done
    "$TINYELF" explain --memory hello >expected
    "$TINYELF" explain --memory hello -o made
    cmp expected made
    tinyelf explain --format html large-one -o made
    exits 1
    cmp expected made
    tinyelf explain --format html hello -o none/page.html
    exits 1
    says "none"
    tinyelf explain --format html hello -o hello
    exits 2
    cmp hello "$BATS_FILE_TMPDIR/hello"
    "$TINYELF" explain --format html hello -o - >expected
    head -c 15 expected | grep -qx '<!doctype html>'
}

@test "options that a page does not go with are usage errors, with the reason" {
    tinyelf explain --format html --at 3 hello
    exits 2
    says "--format html is for whole files, --at for one place"
    tinyelf explain --format html --memory hello
    exits 2
    says "a page shows the memory, too"
    tinyelf explain --format html --with bytes hello
    exits 2
    says "a page has all of it"
    "$TINYELF" explain --format html --parts hello -o page.html
    [ "$(data 'sum(one["owner"].startswith("encoding") for one in owners) > 8')" = True ]
    "$TINYELF" explain --format html --code none hello -o page.html
    [ "$(data 'sum(one["owner"].startswith("instruction") for one in owners)')" = 0 ]
    "$TINYELF" explain --format html --kernel 5.4 hello -o page.html
    [ "$(data 'verdict["kernel"]')" = 5.4 ]
}

@test "the lecture's page with a run and a heat map of all its bytes has at most 80,000 bytes" {
    "$TINYELF" step --record recording --plain ./hello >/dev/null
    "$TINYELF" mutate --json hello >heat
    "$TINYELF" explain --format html --recording recording --heat heat hello -o page.html
    [ "$(data 'len(data["heat"]["counts"]) > 0 and len(data["run"]["steps"]) > 0')" = True ]
    [ "$(stat -c %s page.html)" -le 80000 ]
}

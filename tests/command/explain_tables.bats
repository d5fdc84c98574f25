#!/usr/bin/env bats
# tinyelf explain: what the dynamic linker, unwinders and debuggers read, with section headers and without.
load ../support/setup

setup_file()
{
    export LC_ALL=C
}

# strip_headers FROM TO: a copy whose ELF header tells of no section headers.
strip_headers()
{
    python3 - "$1" "$2" <<'P'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
wide, order = data[4] == 2, "little" if data[5] == 1 else "big"
shoff, width, shnum = (40, 8, 60) if wide else (32, 4, 48)
data[shoff:shoff + width] = bytes(width)
data[shnum:shnum + 4] = bytes(4)
open(sys.argv[2], "wb").write(data)
P
}

# covers JSON FILE: each byte of the sections that a loader needs, as FILE's section headers have them, is in a claim
# of JSON.
covers()
{
    readelf -SW "$2" | sed -nE 's/^ *\[ *[0-9]+\] *//p' >sections
    python3 - "$1" sections <<'P'
import json, sys
owned = bytearray(1 << 24)
for claim in json.load(open(sys.argv[1]))["claims"]:
    if claim["structure"] != "padding":
        owned[claim["offset"]:claim["offset"] + claim["length"]] = b"\1" * claim["length"]
types = {"NOTE", "GNU_HASH", "HASH", "DYNSYM", "STRTAB", "VERSYM", "VERNEED", "VERDEF", "REL", "RELA", "RELR", "DYNAMIC",
         "INIT_ARRAY", "FINI_ARRAY", "PREINIT_ARRAY"}
count = 0
for line in open(sys.argv[2]):
    words = line.split()
    if len(words) < 6 or not (words[1] in types or words[0] in (".interp", ".eh_frame_hdr", ".eh_frame", ".tdata")):
        continue
    if "A" not in words[6] and words[6] != "A":
        continue
    offset, size = int(words[3], 16), int(words[4], 16)
    missing = [at for at in range(offset, offset + size) if not owned[at]]
    assert not missing, (words[0], hex(missing[0]), len(missing))
    count += 1
assert count >= 5, count
P
}

@test "without section headers, nothing that the program headers lead to is unclaimed" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    cat >thread.c <<'C'
__thread int here = 42;
static void first(void) { here++; }
#ifndef SHARED
__attribute__((section(".preinit_array"), used)) static void (*const early)(void) = first;
#endif
__attribute__((constructor)) static void begin(void) { here++; }
int main(void) { return here; }
C
    local files=/bin/true flags
    for flags in "-pie" "-no-pie -Wl,--hash-style=sysv" "-pie -Wl,-z,pack-relative-relocs" "-m32 -pie -Wl,--hash-style=both"; do
        # shellcheck disable=SC2086
        gcc $flags thread.c -o "thread$flags" 2>/dev/null || continue
        files="$files thread${flags// /?}"
    done
    gcc -DSHARED -shared -fpic -Wl,--version-script=/dev/stdin thread.c -o versions.so <<<'ONE { global: main; local: *; }; TWO { } ONE;'
    for file in $files versions.so /usr/lib/x86_64-linux-gnu/libc.so.6 $(gcc -print-file-name=libstdc++.so.6); do
        strip_headers "$file" headless
        "$TINYELF" explain --format json headless >claims.json
        covers claims.json "$file" || { echo "$file"; false; }
        # What section headers say reads the same without them.
        "$TINYELF" explain --code none --format hex "$file" | sed -nE 's/ *\[tools\]$//; s/.* (dynamic\[|versym\[|verneed\[|verdef\[|hash\[|array\[|relocation\[|symbol\[)/\1/p' |
            sort >with
        "$TINYELF" explain --code none --format hex headless | sed -nE 's/ *\[tools\]$//; s/.* (dynamic\[|versym\[|verneed\[|verdef\[|hash\[|array\[|relocation\[|symbol\[)/\1/p' |
            sort >without
        grep -v 'x_shndx\|st_shndx' with >with.all
        grep -v 'x_shndx\|st_shndx' without >without.all
        [ "$(comm -13 with.all without.all | wc -l)" -eq 0 ] || { echo "$file"; comm -13 with.all without.all | head; false; }
    done
}

# bats test_tags=long
@test "relocation types, dynamic tags, their flags and types of notes have readelf's names, on all machines of Debian" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    readelf --version | grep -q ' 2\.40$' || skip "the names are those of readelf 2.40"
    run python3 "$SOURCE/tests/support/entries.py" "$TINYELF"
    echo "$output" | tail
    [ "$status" -eq 0 ]
}

@test "a dynamic section, versions and hash tables say what readelf says" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    for file in /bin/true "$(gcc -print-file-name=libstdc++.so.6)"; do
        "$TINYELF" explain --code none --format json "$file" >claims.json
        readelf -dW "$file" | sed -nE 's/^ 0x[0-9a-f]+ \(NEEDED\) .*\[(.*)\]$/\1/p' >needed
        readelf -VW "$file" >versions
        readelf --dyn-syms -W "$file" >symbols
        python3 - <<'P'
import json, re
claims = json.load(open("claims.json"))["claims"]
dynamic = [c for c in claims if c["structure"] == "dynamic"]
needed = [v["meaning"] for t, v in zip(dynamic[::2], dynamic[1::2]) if t["meaning"] == "NEEDED"]
assert needed and needed == ['"%s"' % line.rstrip() for line in open("needed")], needed
# The version that readelf shows of each symbol.
shown = []
for line in open("versions"):
    if re.match(r"^  [0-9a-f]{3,}: ", line):
        shown += re.findall(r"([0-9a-f]+)(h?) ?\((.*?)\)", line)
    elif not re.match(r"^ +(Addr|0x|[0-9a-f]{6})", line) and shown:
        break
ours = [c["meaning"] for c in claims if c["field"] == "vs_index"]
assert len(ours) == len(shown) > 20, (len(ours), len(shown))
for mine, (index, hidden, name) in zip(ours, shown):
    expected = {"*local*": "local", "*global*": "global"}.get(name, '"%s"' % name) + (", hidden" if hidden else "")
    assert mine == expected, (mine, index, hidden, name)
names = {line.split()[7].split("@")[0] for line in open("symbols") if re.match(r"^ +[0-9]+: ", line) and len(line.split()) > 7}
buckets = [c["meaning"] for c in claims if c["field"] == "gh_bucket" and c["value"]]
assert buckets and all(any(n.startswith(m.rstrip(".").strip('"')) for n in names) for m in buckets[:300]), buckets[:3]
P
    done
}

@test "what st_shndx and e_flags say is in words" {
    cat >words.s <<'A'
.comm shared,8,8
.set fixed,0x1234
.globl fixed
.quad missing
A
    as words.s -o words.o
    "$TINYELF" explain --format hex words.o | grep -F st_shndx >indexes
    grep -q 'st_shndx = 65522, common' indexes
    grep -q 'st_shndx = 65521, absolute' indexes
    [ "$(grep -c 'st_shndx = 0, undefined' indexes)" -eq 2 ]
    command -v clang >/dev/null || skip "clang is not installed"
    for target in riscv64 mips64 mips64el mips powerpc64le arm; do
        echo 'int x;' | clang -target "$target-linux-gnu" -c -xc - -o "$target.o" 2>/dev/null || continue
        run "$TINYELF" explain --at e_flags "$target.o"
        flags=$(sed -nE 's/^  value     0x[0-9a-f]+, //p' <<<"$output")
        [ "$(readelf -hW "$target.o" | sed -nE 's/^ *Flags: *0x[0-9a-f]+, //p')" = "$flags" ] || { echo "$target: $flags"; false; }
    done
}

@test "r_info of 64-bit MIPS, in both byte orders, has three types and a symbol" {
    command -v clang >/dev/null || skip "clang is not installed"
    echo 'extern int f(int); extern int g; int h(int x) { return f(g + x); }' >h.c
    for target in mips64 mips64el; do
        clang -target $target-linux-gnuabi64 -O1 -fPIC -c h.c -o h.o 2>/dev/null || skip "clang makes no objects for MIPS"
        "$TINYELF" explain --format hex h.o >h.hex
        grep -q 'r_info = .*, R_MIPS_GPREL16, R_MIPS_SUB, R_MIPS_HI16, symbol 2 "h"' h.hex
        "$TINYELF" explain --at r_info h.o | grep -qE '^  bits [0-9-]+ +5  third relocation type$'
    done
}

@test "relocation types of an object for the 486 have the names that readelf prints" {
    printf 'extern int a[], b(void); int f(void) { return a[1] + b(); }\n' >h.c
    gcc -m32 -fno-pic -O1 -c h.c -o h.o || skip "gcc makes no objects for i386"
    printf '\6' | dd of=h.o bs=1 seek=18 conv=notrunc status=none
    readelf -rW h.o >theirs
    [ "$(grep -c R_386_ theirs)" -ge 2 ]
    tinyelf explain h.o
    exits 0
    local type
    for type in $(grep -o 'R_386_[A-Z0-9]*' theirs); do
        [[ "$output" = *"$type, symbol "* ]] || { echo "$type"; return 1; }
    done
    "$TINYELF" disasm -b h.o | grep -F "R_386_32 a"
}

@test "a core file's notes are taken apart: registers, signal, process, auxiliary vector, mapped files" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    command -v gdb >/dev/null || skip "gdb is not installed"
    echo 'int main(int count, char **words) { (void)words; *(volatile int *)(long)(0x1230 + count) = 1; return 0; }' >dies.c
    local made=0
    for flags in -m64 -m32; do
        gcc -w "$flags" dies.c -o dies 2>/dev/null || continue
        rm -f core core.*
        (ulimit -c unlimited && exec ./dies) >/dev/null 2>&1 || true
        core=$(find . -name 'core*' -type f | head -n 1)
        if [ -z "$core" ]; then
            gdb -batch -ex run -ex 'generate-core-file core' ./dies >/dev/null 2>&1 || continue
            core=core
        fi
        made=$((made + 1))
        "$TINYELF" explain --code none --format json "$core" >claims.json
        readelf -nW "$core" | sed -nE 's/^  (CORE|LINUX) +0x[0-9a-f]+\t([^\t]*).*$/\2/p' >types
        gdb -batch -ex 'printf "%lu %lu\n", (unsigned long)$pc, (unsigned long)$sp' -ex 'info auxv' \
            ./dies "$core" >gdb.out 2>/dev/null
        python3 - <<'P'
import json, re
claims = json.load(open("claims.json"))["claims"]
notes = [c for c in claims if c["structure"] == "note"]
values = {}
for c in notes:
    values.setdefault(c["field"], c)
types = [line.rstrip("\n") for line in open("types")]
ours = [c["meaning"] for c in notes if c["field"] == "n_type"]
assert len(ours) == len(types) >= 6, (ours, types)
for mine, theirs in zip(ours, types):
    assert theirs.startswith("Unknown") or mine == theirs, (mine, theirs)
lines = open("gdb.out").read().splitlines()
pc, sp = next(map(int, line.split()) for line in lines if re.match(r"^\d+ \d+$", line))
wide = "rip" in values
assert values["rip" if wide else "eip"]["value"] == pc
assert values["rsp" if wide else "esp"]["value"] == sp
assert values["si_signo"]["value"] == values["pr_cursig"]["value"] == 11
assert values["si_addr"]["value"] == 0x1231
assert values["pr_fname"]["meaning"] == '"dies"' and values["pr_fname"]["value"] is None
vector = dict(zip([c["value"] for c in notes if c["field"] == "a_type"], [c["value"] for c in notes if c["field"] == "a_val"]))
shown = [re.match(r"^(\d+) +(AT_\w+) .*?(0x[0-9a-f]+|\d+)(?: \".*\")?$", line) for line in lines]
shown = {int(m[1]): int(m[3], 0) for m in shown if m}
assert len(shown) > 10 and all(vector[k] == v for k, v in shown.items()), (vector, shown)
assert len([c for c in notes if c["field"] == "f_start"]) == values["f_count"]["value"]
assert any(c["meaning"] and c["meaning"].endswith('/dies"') for c in notes if c["field"] is None)
P
    done
    [ "$made" -gt 0 ] || skip "no core file is made here"
}

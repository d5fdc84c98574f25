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
    done
}

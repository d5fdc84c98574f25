#!/usr/bin/env bats
# tinyelf explain: what values lead to is what readelf says, with section headers and without.
load ../support/setup

setup_file()
{
    export LC_ALL=C
}

# Libraries with both kinds of hash tables, versions, arrays and relative relocations, and an object: files.
files()
{
    cat >library.c <<'C'
extern int other(int);
int data = 1, *address = &data;
static int local(int x) { return other(x) + data; }
int (*pointer)(int) = local;
__attribute__((constructor)) static void begin(void) { data++; }
int first(int x) { return local(x); }
int second(int x) { return first(x) + 1; }
C
    printf 'ONE { first; };\nTWO { second; } ONE;\n' >versions
    gcc -g -c -ffunction-sections library.c -o object.o
    gcc -fPIC -shared -Wl,--hash-style=both,--version-script=versions library.c -o library.so
    gcc -m32 -fPIC -shared -nostdlib -Wl,--hash-style=both library.c -o library32.so 2>/dev/null || rm -f library32.so
    ls ./object.o ./library*.so
}

@test "names, symbols, sections, versions and addresses lead where readelf says" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    run python3 "$SOURCE/tests/support/refers.py" "$TINYELF" $(files) /bin/true "$(gcc -print-file-name=libz.so.1)" \
        "$(gcc -print-file-name=crt1.o)"
    echo "$output" | tail
    [ "$status" -eq 0 ]
    # Each kind of field was there.
    local field
    for field in a_function d_val e_entry e_phoff gh_bucket gh_chain gh_symoffset h_bucket h_chain p_offset r_addend r_info \
        r_offset sh_addr sh_info sh_link sh_name sh_offset st_name st_shndx st_value vd_aux vd_next vda_name vda_next vn_aux \
        vn_file vna_name vs_index; do
        [[ " $output" =~ [[:space:]]$field\ [1-9] ]] || { echo "$field"; return 1; }
    done
}

@test "without section headers, values lead to the same places" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    cat >same.py <<'P'
import json, os, sys
def claims(path):
    out = json.load(os.popen('"$TINYELF" explain --code none --format json %s' % path))["claims"]
    return {(c["structure"], c["offset"], c["field"]): c for c in out if c["field"]}
for path in sys.argv[1:]:
    data = bytearray(open(path, "rb").read())
    wide = data[4] == 2
    shoff, width, shnum = (40, 8, 60) if wide else (32, 4, 48)
    data[shoff:shoff + width] = bytes(width)
    data[shnum:shnum + 4] = bytes(4)
    open("headless", "wb").write(data)
    whole, bare = claims(path), claims("headless")
    compared = 0
    for key in whole:
        if key[0] not in ("symbol", "relocation", "dynamic", "hash", "versym", "verneed", "verdef", "array") or key not in bare:
            continue
        a, b = whole[key]["refers"], bare[key]["refers"]
        if key[2] == "st_shndx":
            continue  # there are no section headers to lead to
        # How many bytes versions have, and those at DT_INIT and DT_PLTGOT, is known of sections alone.
        if key[2] == "d_val" and a and b and b["length"] is None:
            a = dict(a, length=None, length_hex=None)
        assert a == b, (path, key, a, b)
        compared += a is not None
    assert compared > 20, (path, compared)
P
    TINYELF=$TINYELF python3 same.py $(files | grep so) /bin/true
}

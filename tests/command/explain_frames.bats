#!/usr/bin/env bats
# tinyelf explain: records of .eh_frame and their table say what readelf says, with section headers and without.
load ../support/setup

setup_file()
{
    export LC_ALL=C
}

# A program whose functions catch exceptions and whose frames have all sorts of instructions, and objects: files.
files()
{
    cat >catches.cc <<'C'
struct thrown { long number; };
__attribute__((noinline)) long fails(long n) { if (n > 1) throw thrown{n}; return n; }
long catches(long n) { try { return fails(n); } catch (thrown &t) { return t.number; } }
long takes(long n) { volatile char *room = (volatile char *)__builtin_alloca(n); room[0] = 1; return catches(n) + room[0]; }
int main(int count, char **) { return (int)takes(count) != 2; }
C
    g++ -O2 catches.cc -o catches || return 1
    g++ -O2 -c catches.cc -o catches.o
    g++ -m32 -O2 -c catches.cc -o catches32.o 2>/dev/null || true
    ls ./catches ./*.o
}

@test "CIEs, FDEs, their instructions and the table are those that readelf prints" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    command -v g++ >/dev/null || skip "g++ is not installed"
    local found
    found=$(files)
    run python3 "$SOURCE/tests/support/frames.py" "$TINYELF" $found /bin/true "$(gcc -print-file-name=libc.so.6)" \
        "$(gcc -print-file-name=crt1.o)"
    echo "$output" | tail
    [ "$status" -eq 0 ]
    # Personality routine and tables for exceptions lead somewhere.
    "$TINYELF" explain --code none --format json ./catches | python3 -c '
import json, sys
fields = {}
for c in json.load(sys.stdin)["claims"]:
    fields.setdefault(c["field"], []).append(c)
assert fields["cie_personality"][0]["refers"]["length"] == 8
assert any(c["meaning"] == "indirect pcrel sdata4" for c in fields["cie_personality_enc"])
assert any(c["refers"] and c["refers"]["offset"] for c in fields["fde_lsda"])
assert any(c["meaning"] == "\"zPLR\"" for c in fields["cie_augmentation"])'
    [[ "$("$TINYELF" explain --code none ./catches)" = *"def_cfa: r7 ofs 8, "* ]]
}

@test "without section headers, unwind records are the same" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    cat >same.py <<'P'
import json, os, sys
def claims(path):
    found = json.load(os.popen('"$TINYELF" explain --code none --format json %s' % path))["claims"]
    return [(c["offset"], c["field"], c["value"], c["meaning"], str(c["refers"])) for c in found
            if c["structure"] == "unwind" and c["field"]]
for path in sys.argv[1:]:
    data = bytearray(open(path, "rb").read())
    data[40:48] = bytes(8)
    data[60:64] = bytes(4)
    open("headless", "wb").write(data)
    whole, bare = claims(path), claims("headless")
    assert len(whole) > 100 and whole == bare, (path, [pair for pair in zip(whole, bare) if pair[0] != pair[1]][:1])
P
    TINYELF=$TINYELF python3 same.py /bin/true
}

@test "hex source of a file with unwind records is assembled to the file" {
    cp /bin/true program
    "$TINYELF" explain --format hex program >program.hex
    "$TINYELF" build program.hex -o again
    cmp program again
    grep -q 'unwind\[1\].fde_start' program.hex
}

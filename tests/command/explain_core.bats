#!/usr/bin/env bats
# tinyelf explain: registers and signals in core files are those that the program had.
load ../support/setup

setup_file()
{
    export LC_ALL=C
}

# dump PROGRAM...: runs it, which ends it by a signal, and sets `core` to the file that Linux or qemu leaves of it.
dump()
{
    rm -f core ./*core*
    (ulimit -c unlimited && exec "$@") >/dev/null 2>&1 || true
    core=$(find . -name '*core*' -type f | head -n 1)
    [ -n "$core" ]
}

@test "vector registers of x86-64, as far as the processor has them, are where XSAVE puts them" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    cat >dies.s <<'S'
.globl _start
_start:
.ifdef AVX
        vpcmpeqd %xmm1, %xmm1, %xmm1
        vinsertf128 $1, %xmm1, %ymm3, %ymm3
.endif
.ifdef AVX512
        mov $0x5a5a5a5a, %eax
        kmovw %eax, %k5
        vpbroadcastd %eax, %zmm4
        vpbroadcastd %eax, %zmm21
.endif
        mov $0x1122334455667788, %rax
        movq %rax, %xmm7
        fld1
        mov $0x1230, %ecx
        mov %eax, (%rcx)
S
    local flags=
    ! grep -qw avx /proc/cpuinfo || flags="--defsym AVX=1"
    ! grep -qw avx512bw /proc/cpuinfo || flags="$flags --defsym AVX512=1"
    as $flags dies.s -o dies.o && ld dies.o -o dies
    dump ./dies || skip "no core file is made here"
    "$TINYELF" explain --code none --format json "$core" >claims.json
    python3 - "$core" "$flags" <<'P'
import json, sys
claims = [c for c in json.load(open("claims.json"))["claims"] if c["structure"] == "note"]
core, flags = open(sys.argv[1], "rb").read(), sys.argv[2]
# The note of XSAVE alone; NT_FPREGSET has some of its fields, too.
number = [c["index"] for c in claims if c["field"] == "n_type" and c["value"] == 0x202]
if not number:
    sys.exit()
field = {c["field"]: c for c in claims if c["index"] == number[0]}
data = lambda name: core[field[name]["offset"]:field[name]["offset"] + field[name]["length"]]
assert data("xmm7") == bytes.fromhex("8877665544332211") + bytes(8)
assert data("st0")[:10] == bytes(7) + b"\x80\xff\x3f"
assert field["fx_xcr0"]["value"] & 3 == 3
if "AVX=1" in flags:
    assert data("ymm3h") == b"\xff" * 16 and data("xmm3") == bytes(16)
if "AVX512" in flags:
    assert field["k5"]["value"] == 0x5a5a
    assert data("zmm4h") == b"\x5a" * 32 and data("ymm4h") == data("xmm4") == b"\x5a" * 16
    assert data("zmm21") == b"\x5a" * 64
# Since Linux 6.12, a note says where the parts are.
start = field["fcw"]["offset"]
first = {2: "ymm0h", 5: "k0", 6: "zmm0h", 7: "zmm16", 9: "pkru", 17: "tilecfg", 18: "tile_row"}
rows = {}
for c in claims:
    if c["field"] in ("xl_type", "xl_offset", "xl_size"):
        rows.setdefault(c["field"], []).append(c["value"])
for part, offset in zip(rows.get("xl_type", []), rows.get("xl_offset", [])):
    if part in first:
        at = min(c["offset"] for c in claims if c["index"] == number[0] and c["field"] == first[part])
        assert at == start + offset, (part, at - start, offset)
P
}

@test "a 32-bit program's FXSAVE area and segments of thread-local data are in its core file" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    echo 'int main(void) { __asm__ volatile("movl $0x11223344, %eax; movd %eax, %xmm6"); *(volatile int *)0x1230 = 1; return 0; }' >dies.c
    gcc -w -m32 dies.c -o dies 2>/dev/null || skip "no 32-bit programs are compiled here"
    dump ./dies || skip "no core file is made here"
    "$TINYELF" explain --code none --format json "$core" >claims.json
    python3 - "$core" <<'P'
import json, sys
claims = [c for c in json.load(open("claims.json"))["claims"] if c["structure"] == "note"]
core = open(sys.argv[1], "rb").read()
types = {c["value"]: c["index"] for c in claims if c["field"] == "n_type"}
if 0x46e62b7f in types:
    found = [c for c in claims if c["index"] == types[0x46e62b7f]]
    xmm6 = [c for c in found if c["field"] == "xmm6"][0]
    assert core[xmm6["offset"]:xmm6["offset"] + 16] == bytes.fromhex("44332211") + bytes(12)
    assert [c["value"] for c in found if c["field"] == "mxcsr"] == [0x1f80]
if 0x200 in types:
    rows = {c["field"]: c for c in reversed(claims) if c["index"] == types[0x200]}
    assert rows["tls_entry"]["value"] in range(6, 15)
    # The C library's own data begin with their address.
    base, place = rows["tls_base"]["value"], rows["tls_base"]["refers"]
    assert place["address"] == base and core[place["offset"]:place["offset"] + 4] == base.to_bytes(4, "little")
    bits = {b["name"]: b["value"] for b in rows["tls_flags"]["bits"]}
    assert bits["32 bits"] == bits["useable"] == bits["limit in pages"] == 1 and bits["not present"] == 0
P
}

@test "the signal that ended a program, and why, are in words" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    cat >dies.c <<'C'
#include <signal.h>
#include <stdlib.h>
int main(int count, char **words)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    switch (atoi(words[1])) {
    case SIGSEGV: *(volatile int *)0x1230 = count; break;
    case SIGILL: __builtin_trap();
    case SIGFPE: { volatile int zero = count - 2; count /= zero; break; }
    default: raise(atoi(words[1]));
    }
    return count;
}
C
    gcc -w dies.c -o dies
    local made=0 signal
    for signal in 11:SIGSEGV:SEGV_MAPERR 4:SIGILL:ILL_ILLOPN 8:SIGFPE:FPE_INTDIV 6:SIGABRT:SI_TKILL 3:SIGQUIT:SI_TKILL; do
        dump ./dies "${signal%%:*}" || continue
        made=$((made + 1))
        "$TINYELF" explain --code none --format json "$core" >claims.json
        python3 - "$signal" <<'P'
import json, sys
number, name, code = sys.argv[1].split(":")
field = {}
for c in json.load(open("claims.json"))["claims"]:
    if c["structure"] == "note":
        field.setdefault(c["field"], c)
for key in ("si_signo", "pr_cursig", "pr_si_signo"):
    assert (field[key]["value"], field[key]["meaning"]) == (int(number), name), field[key]
assert field["si_code"]["meaning"] == code, field["si_code"]
assert field["pr_sighold"]["meaning"] == "SIGUSR1, SIGWINCH", field["pr_sighold"]
assert ("si_addr" if int(number) in (4, 8, 11) else "si_pid") in field
P
    done
    [ "$made" -gt 0 ] || skip "no core file is made here"
}

@test "the auxiliary vector of a core file says what gdb says, and its addresses lead to the file's bytes" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    command -v gdb >/dev/null || skip "gdb is not installed"
    echo 'int main(void) { *(volatile int *)0x1230 = 1; return 0; }' >dies.c
    gcc -w dies.c -o dies
    dump ./dies || skip "no core file is made here"
    "$TINYELF" explain --code none --format json "$core" >claims.json
    gdb -batch -ex 'info auxv' ./dies "$core" >gdb.out 2>/dev/null
    readelf -lW "$core" | grep LOAD >loads
    python3 - "$core" <<'P'
import json, re, sys
claims = [c for c in json.load(open("claims.json"))["claims"] if c["structure"] == "note"]
core = open(sys.argv[1], "rb").read()
loads = [tuple(int(w, 16) for w in line.split()[1:6]) for line in open("loads")]
vector = {t["meaning"]: v for t, v in zip([c for c in claims if c["field"] == "a_type"], [c for c in claims if c["field"] == "a_val"])}
compared = 0
for line in open("gdb.out"):
    m = re.match(r'^\d+ +(AT_\w+) .*?(0x[0-9a-f]+|\d+)(?: (".*"))?$', line.rstrip())
    if not m or m[1] not in vector:
        continue
    ours = vector[m[1]]
    assert ours["value"] == int(m[2], 0), (line, ours)
    if m[3]:
        assert ours["meaning"] == m[3], (line, ours)
    elif not m[2].startswith("0x"):
        assert ours["meaning"] == m[2], (line, ours)
    compared += 1
assert compared > 10, compared
# Addresses: where readelf says that their bytes are.
def check(claim, length=None):
    for offset, start, _, size, memory in loads:
        if start <= claim["value"] < start + memory:
            r = claim["refers"]
            assert r and r["address"] == claim["value"], claim
            inside = claim["value"] < start + size
            assert r["offset"] == (offset + claim["value"] - start if inside else None), claim
            return inside
    assert not claim["refers"], claim
assert check(vector["AT_RANDOM"]) and check(vector["AT_EXECFN"])
r = vector["AT_EXECFN"]["refers"]
assert core[r["offset"]:r["offset"] + r["length"]].endswith(b"/dies\0")
check(vector["AT_ENTRY"]), check(vector["AT_PHDR"])
field = {c["field"]: c for c in reversed(claims)}
assert check(field["rsp"])
assert sum(bool(check(c)) for c in claims if c["field"] == "f_start") > 0
P
}

@test "an AArch64 program's registers are in its core file, as qemu writes it" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-as >/dev/null || skip "qemu or binutils for AArch64 is not installed"
    printf '%s\n' '.globl _start' '_start: mov x0, #0x11' 'mov x19, #0x44' 'mov x30, #0x33' 'mov x9, #0x1230' 'place: str x0, [x9]' >dies.s
    aarch64-linux-gnu-as dies.s -o dies.o && aarch64-linux-gnu-ld dies.o -o dies
    dump qemu-aarch64 ./dies || skip "no core file is made here"
    # Linux may write one of qemu itself besides.
    core=$(find . -name 'qemu_*core*' -type f | head -n 1)
    [ -n "$core" ] || skip "qemu made no core file here"
    "$TINYELF" explain --code none --format json "$core" >claims.json
    readelf -sW dies | awk '$8 == "place" { print $2 }' >place
    python3 - <<'P'
import json
claims = [c for c in json.load(open("claims.json"))["claims"] if c["structure"] == "note"]
field = {c["field"]: c for c in reversed(claims)}
assert [field[name]["value"] for name in ("x0", "x9", "x19", "x30")] == [0x11, 0x1230, 0x44, 0x33]
assert field["pc"]["value"] == int(open("place").read(), 16)
assert field["sp"]["refers"]["offset"] and field["pr_cursig"]["meaning"] == "SIGSEGV"
P
}

@test "a field of text has no number, and none is announced" {
    "$TINYELF" build --no-check "$SOURCE/docs/exercises/core.hex" -o core
    tinyelf explain --at pr_fname core
    exits 0
    [ "${lines[3]}" = '  value     "sum"' ]
    tinyelf explain --at si_code core
    [ "${lines[3]}" = '  value     1, SEGV_MAPERR' ]
}

#!/bin/bash
# run.sh TINYELF WRITE_EXEC SOURCE: benchmarks the command; both sides of a ratio alternate in one run.
set -eu
tinyelf=$1 write_exec=$2 source=$3
# shellcheck source=figures.sh
. "$(dirname "$0")/figures.sh"

"$write_exec"

"$tinyelf" build "$source/asm/hello.s" -o hello
nasm -f elf64 -o hello.o "$source/asm/hello.s"
for _ in $(seq "$rounds"); do
    once build "$tinyelf build $source/asm/hello.s -o out"
    once nasm "nasm -f elf64 -o hello.o $source/asm/hello.s"
    once ld "ld -n -s -o linked hello.o"
    once dump "$tinyelf dump -h -l hello"
    once readelf "readelf -h -l hello"
done
nasm_ld=$(awk -v a="$(median nasm)" -v b="$(median ld)" 'BEGIN {print a + b}')
report "tinyelf build hello.s / nasm, then ld -n -s" "$(median build)" "$nasm_ld" 0.75
report "  of which nasm alone" "$(median nasm)" "$nasm_ld" 1
report "tinyelf dump -h -l hello / readelf -h -l" "$(median dump)" "$(median readelf)" 0.65

# The lecture's file from hex source, against fasm's flat assembler on the same program.
if command -v fasm >/dev/null; then
    cat >hello.fasm <<'F'
format ELF64 executable 3
segment readable executable
entry $
    mov eax, 1
    mov edi, 1
    lea rsi, [text]
    mov edx, 12
    syscall
    mov eax, 231
    xor edi, edi
    syscall
text: db 'Hello world', 10
F
    for _ in $(seq "$rounds"); do
        once hex "$tinyelf build $source/templates/hello.hex -o out"
        once fasm "fasm hello.fasm out.fasm"
    done
    report "tinyelf build hello.hex / fasm hello.fasm" "$(median hex)" "$(median fasm)" 0.5
else
    echo "tinyelf build hello.hex / fasm: not measured, the package fasm is missing"
fi

# Every byte of a large library, against xxd: once a round, alternating.
library=$(find /usr/lib -xdev -type f -name '*.so*' -size +90M 2>/dev/null | sort | head -n 1)
[ -n "$library" ] || library=$(find /usr/lib -xdev -type f -name '*.so*' -printf '%s %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
once_large()
{
    local TIMEFORMAT=%R
    { time "${@:2}" "$library" >/dev/null; } 2>time.txt
    awk '{print $1 * 1000}' time.txt >>"$1"
}
for _ in $(seq $((rounds < 5 ? rounds : 5))); do
    once_large explain_none "$tinyelf" explain --code none
    once_large xxd xxd
    once_large explain_all "$tinyelf" explain --code all
done
echo "$(basename "$library"), $(($(stat -c %s "$library") / 1000000)) MB:"
report "  explain --code none / xxd" "$(median explain_none)" "$(median xxd)" 1
report "  explain --code all / xxd" "$(median explain_all)" "$(median xxd)" 3
for mode in none flow all; do
    /usr/bin/env time -f %M -o memory.txt "$tinyelf" explain --code "$mode" "$library" >/dev/null 2>&1 || continue
    awk -v mode="$mode" '{printf "  explain --code %s: %.0f MiB resident, the mapped file included\n", mode, $1 / 1024}' memory.txt
done

# A thousand of the system's files in one call: CPU time, user and system.
find /usr/bin /usr/sbin /usr/lib -xdev -type f -size +0 | sort | shuf --random-source=<(yes) |
    while IFS= read -r file; do
        IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
        [ "$magic" = $'\x7fELF' ] && printf '%s\0' "$file"
    done 2>/dev/null | head -z -n 1000 >files || true
cpu()
{
    local TIMEFORMAT='%U %S'
    { time xargs -0 -n 1000 "${@:2}" <files >/dev/null 2>&1 || true; } 2>time.txt
    awk '{print ($1 + $2) * 1000}' time.txt >>"$1"
}
for _ in $(seq $((rounds * 4))); do
    cpu ours "$tinyelf" dump -h -l
    cpu theirs readelf -h -l
done
mean() { awk '{s += $1} END {print s / NR}' "$1"; }
report "dump -h -l of $(tr -cd '\0' <files | wc -c) files / readelf, CPU time" \
    "$(mean ours)" "$(mean theirs)" 0.5

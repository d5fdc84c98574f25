#!/bin/bash
# The figures: both sides of each ratio in one run, in turn. run.sh TINYELF WRITE_EXEC SOURCE
# ROUNDS (default 10) rounds of RUNS (default 50) runs each; medians of all rounds' medians.
set -eu
tinyelf=$1 write_exec=$2 source=$3
rounds=${ROUNDS:-10} runs=${RUNS:-50}
command -v hyperfine >/dev/null || { echo "hyperfine is missing: install the package hyperfine"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$write_exec"

# once NAME COMMAND: adds one round's median, in milliseconds, to NAME.
once()
{
    hyperfine -N --style none --warmup 5 --runs "$runs" --export-csv one.csv "$2" >/dev/null 2>&1
    awk -F, 'NR == 2 {print $(NF - 4) * 1000}' one.csv >>"$1"
}

median()
{
    sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# report TEXT OURS THEIRS LIMIT
report()
{
    awk -v text="$1" -v ours="$2" -v theirs="$3" -v limit="$4" -v unit="${5:-ms}" 'BEGIN {
        printf "%-44s %8.3f %s / %8.3f %s = %.2f   (at most %s)%s\n", text, ours, unit, theirs, unit,
               ours / theirs, limit, ours / theirs <= limit ? "" : "   MISSED" }'
}

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

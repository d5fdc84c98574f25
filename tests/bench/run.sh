#!/bin/bash
# run.sh TINYELF: benchmarks the command on many bytes and files; both sides of a ratio alternate in one run.
set -eu
tinyelf=$1
# shellcheck source=figures.sh
. "$(dirname "$0")/figures.sh"

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
    [ "$tenth" -eq 1 ] || [ $mode = flow ] || continue
    /usr/bin/env time -f %M -o memory.txt "$tinyelf" explain --code "$mode" "$library" >/dev/null 2>&1 || continue
    awk -v mode="$mode" '{printf "  explain --code %s: %.0f MiB resident, the mapped file included\n", mode, $1 / 1024}' memory.txt
done

# A thousand of the system's files in one call: CPU time, user and system.
find /usr/bin /usr/sbin /usr/lib -xdev -type f -size +0 | sort | shuf --random-source=<(yes) |
    while IFS= read -r file; do
        IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
        [ "$magic" = $'\x7fELF' ] && printf '%s\n' "$file"
    done 2>/dev/null | head -n 1000 >files || true
for _ in $(seq "$rounds"); do
    turns 4 ours "? $tinyelf dump -h -l @files" theirs "? readelf -h -l @files"
done
report "dump -h -l of $(wc -l <files) files / readelf, CPU time" \
    "$(median ours.processor)" "$(median theirs.processor)" 0.4

#!/bin/bash
# whole.sh TINYELF [COUNT [SEED]]: `disasm --syntax nasm --whole` of COUNT of the system's ELF files (20), the same for a
# SEED, assembled by nasm and by build itself: every file must come back byte for byte. build leaves to nasm what has words
# of nasm alone, such as x87's.
tinyelf=$1 count=${2:-20} seed=${3:-1}
command -v nasm >/dev/null || exit 77
work=$(mktemp -d) || exit 1
trap 'rm -r "$work"' EXIT
same=0 wrong=0 own=0
while [ "$same" -lt "$count" ] && IFS= read -r file; do
    IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
    [ "$magic" = $'\x7fELF' ] || continue
    # Other processors' files are refused.
    "$tinyelf" disasm --syntax nasm --whole "$file" >"$work/a.asm" 2>"$work/message" || continue
    if nasm -f bin -o "$work/a.bin" "$work/a.asm" 2>"$work/message" && cmp -s "$work/a.bin" "$file"; then
        same=$((same + 1))
        rm -f "$work/own"
        if "$tinyelf" build --from nasm --assembler inside --no-check -o "$work/own" "$work/a.asm" 2>"$work/message"; then
            own=$((own + 1))
            cmp "$work/own" "$file" || wrong=$((wrong + 1))
        elif ! grep -q 'is for NASM alone' "$work/message"; then
            wrong=$((wrong + 1))
            echo "$file: $(head -n 1 "$work/message")"
        fi
    else
        wrong=$((wrong + 1))
        echo "$file: $(head -n 1 "$work/message") $(cmp "$work/a.bin" "$file" 2>&1 | head -n 1)"
    fi
done < <(find /usr/bin /usr/sbin /usr/lib -xdev -type f -size +1k -size -300k 2>/dev/null | LC_ALL=C sort |
    shuf --random-source=<(yes "$seed") 2>/dev/null) 2>/dev/null
echo "$same files are the same, $own of them without nasm, $wrong are not"
[ "$wrong" -eq 0 ] && [ "$same" -gt 0 ] && [ "$own" -gt 0 ]

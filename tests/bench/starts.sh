#!/bin/bash
# starts.sh TINYELF SOURCE: benchmarks commands that are mostly a start, in U: the time that the lecture's 178-byte program
# takes from spawn to wait. Each command and U take turns, and so do a command and the other tool that does the same; outputs
# replace those of the turn before.
set -eu
tinyelf=$1 source=$2
# shellcheck source=figures.sh
. "$(dirname "$0")/figures.sh"

"$tinyelf" build "$source/asm/hello.s" -o hello
nasm -f elf64 -o hello.o "$source/asm/hello.s"
cp "$source/asm/hello.s" hello.s
echo 'nasm -f elf64 -o out.theirs.o hello.s && ld -n -s -o out.theirs out.theirs.o' >nasm-ld.sh
printf '\xb8\x3c\x00\x00\x00\x31\xff\x0f\x05' >raw
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

# starts BAR WORDS: a command, at most BAR times U.
rows=()
starts() { rows+=("$1 $2"); }
starts 1.25 "--version"
starts 1.25 "syscall write"
starts 1.25 "encode mov rax,1"
starts 1.5 "dump hello"
starts 1.6 "check hello"
starts 2.0 "build $source/templates/hello.hex -o out.hex"
starts 2.0 "build --from raw raw -o out.raw"
starts 2.0 "build hello.o -o out.object"
starts 2.0 "build hello.s -o out.source"

# The other tools: NAME BAR, ours, theirs.
versus=()
against()
{
    if command -v "${4%% *}" >/dev/null; then
        versus+=("$@")
    else
        echo "$1: not measured, ${4%% *} is missing"
    fi
}
against "dump / readelf -h -l" 0.3 "$tinyelf dump -h -l hello" "readelf -h -l hello"
against "build hello.hex / fasm" 0.35 "$tinyelf build $source/templates/hello.hex -o out.hex" "fasm hello.fasm out.fasm"
against "build hello.o / ld -n -s" 0.2 "$tinyelf build hello.o -o out.object" "ld -n -s hello.o -o out.ld"
against "build hello.s / nasm && ld" 0.08 "$tinyelf build hello.s -o out.source" "sh nasm-ld.sh"
against "trace hello / strace" 0.3 "$tinyelf trace ./hello" "strace ./hello"

for _ in $(seq "$rounds"); do
    for i in "${!rows[@]}"; do
        turns "$runs" "unit_$i" ./hello "ours_$i" "$tinyelf ${rows[i]#* }"
    done
    for ((i = 0; i < ${#versus[@]}; i += 4)); do
        turns "$runs" "versus_$i" "${versus[i + 2]}" "theirs_$i" "${versus[i + 3]}"
    done
    turns "$runs" build "$tinyelf build $source/asm/hello.s -o out.nasm" nasm "nasm -f elf64 -o out.o $source/asm/hello.s" \
        ld "ld -n -s out.o -o out.linked"
done

cat unit_*[0-9] >units
unit=$(median units)
awk -v ms="$unit" 'BEGIN {printf "U, the 178 bytes of the lecture from spawn to wait: %.0f us\n", ms * 1000}'
for i in "${!rows[@]}"; do
    words=${rows[i]#* }
    report "  tinyelf ${words//"$source/templates/"/}" "$(median "ours_$i")" "$(median "unit_$i")" "${rows[i]%% *}"
done
for ((i = 0; i < ${#versus[@]}; i += 4)); do
    report "tinyelf ${versus[i]}" "$(median "versus_$i")" "$(median "theirs_$i")" "${versus[i + 1]}"
done
nasm_ld=$(awk -v a="$(median nasm)" -v b="$(median ld)" 'BEGIN {print a + b}')
report "tinyelf build hello.s / nasm, then ld -n -s" "$(median build)" "$nasm_ld" 0.75
report "  of which nasm alone" "$(median nasm)" "$nasm_ld" 1

#!/bin/bash
# coverage.sh TINYELF SOURCE: explain --run against explain and step --plain, which it is instead of: of a tiny program, of a
# loop of 56,000 steps, of a C program and, with three rounds or more, of a dynamic one. Both sides alternate; step runs confined where
# explain does.
set -eu
tinyelf=$1 source=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=figures.sh
. "$here/figures.sh"

# both NAME MOST_ROUNDS RUNS OPTION STEP_OPTION FILE: a line of the report.
both()
{
    local name=$1 most=$2 runs=$3 option=$4 sandbox=$5 file=$6
    for _ in $(seq $((rounds < most ? rounds : most))); do
        turns "$runs" "run_$name" "$tinyelf explain --run $option $file" \
            "explain_$name" "$tinyelf explain $file" "step_$name" "$tinyelf step --plain $sandbox $file"
    done
    line "explain --run $name / explain + step --plain" ""
    line "  the same, processor time" .processor
}

# line TEXT ENDING: the figures of files with this ending.
line()
{
    report "$1" "$(median "run_$name$2")" \
        "$(awk -v a="$(median "explain_$name$2")" -v b="$(median "step_$name$2")" 'BEGIN {print a + b}')" 1.5
}

"$tinyelf" build "$source/asm/hello.s" -o hello
cat >loop.s <<S
bits 64
global _start
section .text write
_start: mov ecx, $((8000 / tenth))
.more:  add rax, rcx
        mov rbx, [rel kept]
        push rax
        mov [rel kept], rax
        pop rax
        dec ecx
        jnz .more
        mov eax, 60
        xor edi, edi
        syscall
kept:   dq 0
S
"$tinyelf" build loop.s -o loop 2>/dev/null
both hello 9 20 "" "--sandbox --time none" ./hello
both loop 5 1 "" "--sandbox --time none" ./loop
[ "$tenth" -gt 1 ] || both true 3 1 --no-sandbox "" /usr/bin/true
if echo 'int main(void) { return 0; }' | gcc -xc -static -O2 -o static - 2>/dev/null; then
    both static 5 1 --no-sandbox "" ./static
else
    echo "  a static C program: not measured, gcc does not link it"
fi

#!/bin/bash
# trace.sh TINYELF: benchmarks tracing against strace; both sides of a ratio alternate in one run.
set -eu
tinyelf=$1
# shellcheck source=figures.sh
. "$(dirname "$0")/figures.sh"
command -v strace >/dev/null || { echo "strace is missing: install the package strace"; exit 1; }

# So many calls: one without arguments, one with a string.
calls=$((100000 / tenth))
for call in getppid write; do
    cat >"$call.s" <<S
        global _start
        section .text
_start: mov ebx, $calls
again:  mov eax, $([ $call = write ] && echo 1 || echo 110)
        mov edi, 1
        mov esi, text
        mov edx, 12
        syscall
        dec ebx
        jnz again
        mov eax, 231
        xor edi, edi
        syscall
text:   db "Hello world", 10
S
    "$tinyelf" build "$call.s" -o "$call"
done
# once_long NAME COMMAND...: one run that takes seconds, without a warm-up.
once_long()
{
    local TIMEFORMAT=%R
    { time "${@:2}" >/dev/null 2>&1; } 2>time.txt
    awk '{print $1 * 1000}' time.txt >>"$1"
}
# The same processors for both: all of them, then one.
for where in "" "taskset -c 0 "; do
    for call in getppid write; do
        rm -f many_trace many_strace
        for _ in $(seq $((rounds < 5 ? rounds : 5))); do
            # shellcheck disable=SC2086 # no word, or three
            once_long many_trace $where "$tinyelf" trace -o log "./$call"
            # shellcheck disable=SC2086
            once_long many_strace $where strace -o log.strace "./$call"
        done
        report "$calls $call${where:+, one processor}: trace / strace" "$(median many_trace)" \
            "$(median many_strace)" 1
    done
done

#!/bin/bash
# run.sh BUILD SECONDS: runs each fuzz target of a build for SECONDS, two at a time, from the committed seeds; those
# whose input does not come from outside, for a quarter of that. New inputs are discarded; an input that crashes a
# target is kept in the current folder, and its name is printed.
set -eu
build=$1 seconds=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# fuzz TARGET: logs to $folder/TARGET.log, and prints a line of it on success.
fuzz()
{
    local target=$1 seeds=$here/corpus/$1 more=() time=$seconds most=8192 words=() input
    mkdir "$folder/$target"
    case $target in
    map | kernel | explain | disasm | compare | unfold | lift) seeds=$here/corpus/dump ;; # all of these read ELF files
    detect) seeds=$here/../../asm ;;
    run) more=("$here/corpus/recording") ;;
    esac
    case $target in
    recording | run) most=65536 ;; # a longer seed would be cut, and be none
    esac
    case $target in
    library | image | detect | strace | encode) time=$(((seconds + 3) / 4)) ;;
    esac
    [ ! -e "$here/$target.dict" ] || words=("-dict=$here/$target.dict")
    if "$build/tests/fuzz-$target" "${words[@]}" -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 \
        -max_len=$most -print_final_stats=1 "$folder/$target" "$seeds" "${more[@]}" >"$folder/$target.log" 2>&1; then
        echo "$target: $(grep -E 'number_of_executed_units' "$folder/$target.log")"
    else
        touch "$folder/failed"
        tail -n 60 "$folder/$target.log"
        input=$(sed -n 's/.*Test unit written to //p' "$folder/$target.log" | tail -n 1)
        [ ! -e "$input" ] || base64 "$input"
    fi
}

for target in library dump map notes dynamic kernel explain disasm compare unfold image object archive detect hex strace recording run mutate encode assemble lift place golf; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
        wait -n
    done
    fuzz "$target" &
done
wait
[ ! -e "$folder/failed" ]

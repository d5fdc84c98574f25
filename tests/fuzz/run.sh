#!/bin/bash
# run.sh BUILD SECONDS: the fuzz targets of a build for so long, two at a time, from the committed seeds; those
# whose input is no file that anybody may send, a quarter of that. New inputs go to a folder that is thrown away;
# one that crashes is kept in the current folder and named.
set -eu
build=$1 seconds=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# fuzz TARGET: its log in $folder/TARGET.log, a line of it on success.
fuzz()
{
    local target=$1 seeds=$here/corpus/$1 time=$seconds
    mkdir "$folder/$target"
    case $target in
    map | kernel | explain | compare | unfold) seeds=$here/corpus/dump ;; # any ELF file is good for all of these
    detect) seeds=$here/../../asm ;;
    esac
    case $target in
    image | detect | strace) time=$(((seconds + 3) / 4)) ;;
    esac
    if "$build/tests/fuzz-$target" -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 \
        -max_len=8192 -print_final_stats=1 "$folder/$target" "$seeds" >"$folder/$target.log" 2>&1; then
        echo "$target: $(grep -E 'number_of_executed_units' "$folder/$target.log")"
    else
        touch "$folder/failed"
        tail -n 60 "$folder/$target.log"
    fi
}

for target in dump map kernel explain compare unfold image object archive detect hex strace recording mutate; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
        wait -n
    done
    fuzz "$target" &
done
wait
[ ! -e "$folder/failed" ]

#!/bin/bash
# run.sh BUILD SECONDS: the fuzz targets of a build for so long, from the committed seeds; those whose
# input is no file that anybody may send, a quarter of that. New inputs go to a folder that is thrown
# away; one that crashes is kept in the current folder and named.
set -eu
build=$1 seconds=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for target in dump map explain compare unfold image object archive detect hex; do
    mkdir "$folder/$target"
    seeds=$here/corpus/$target
    case $target in
    map | explain | compare | unfold) seeds=$here/corpus/dump ;; # any ELF file is good for all of these
    detect) seeds=$here/../../asm ;;
    esac
    time=$seconds
    case $target in
    image | detect) time=$(((seconds + 3) / 4)) ;;
    esac
    status=0
    "$build/tests/fuzz-$target" -max_total_time="$time" -timeout=10 -rss_limit_mb=2048 \
        -max_len=8192 -print_final_stats=1 "$folder/$target" "$seeds" \
        >"$folder/log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$folder/log"
        exit 1
    fi
    grep -E 'DONE|number_of_executed_units' "$folder/log"
done

#!/bin/bash
# run.sh BUILD SECONDS: every fuzz target of a build for so long, from the committed seeds. New inputs
# go to a folder that is thrown away; one that crashes is kept in the current folder and named.
set -eu
build=$1 seconds=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for target in dump image object detect hex; do
    mkdir "$folder/$target"
    echo "== fuzz-$target, $seconds seconds"
    "$build/tests/fuzz-$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -max_len=8192 -print_final_stats=1 "$folder/$target" "$here/corpus/$target" 2>&1 |
        grep -E 'ERROR|SUMMARY|artifact|number_of_executed_units|DONE|^    #' || true
    [ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
done

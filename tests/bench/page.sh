#!/bin/bash
# page.sh TINYELF SOURCE: explain --format html against explain --format json --with bytes,verdict,memory, which says the same
# to programs; and against what a page may take: 3 ms and 80 KB for the lecture's file, with a run and a heat map as well, and a
# second and 12 MB for a mebibyte of dense code.
set -eu
tinyelf=$1 source=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=figures.sh
. "$here/figures.sh"

# both NAME MOST_ROUNDS RUNS FILE MILLISECONDS BYTES [OPTION...]: lines of the report.
both()
{
    local name=$1 most=$2 runs=$3 file=$4 milliseconds=$5 bytes=$6
    shift 6
    for _ in $(seq $((rounds < most ? rounds : most))); do
        turns "$runs" "page_$name" "$tinyelf explain --format html $* $file" \
            "json_$name" "$tinyelf explain --format json --with bytes,verdict,memory $file"
    done
    "$tinyelf" explain --format html "$@" "$file" >page.html
    [ $# -gt 0 ] || report "page of $name / its JSON" "$(median "page_$name")" "$(median "json_$name")" 1.5
    report "page of $name / the time it may take" "$(median "page_$name")" "$milliseconds" 1
    report "  the same, processor time" "$(median "page_$name.processor")" "$milliseconds" 1
    report "page of $name / the size it may have" "$(stat -c %s page.html)" "$bytes" 1 bytes
}

"$tinyelf" build "$source/asm/hello.s" -o hello
python3 "$here/dense_code.py" dense
"$tinyelf" step --record recording --plain ./hello >/dev/null
"$tinyelf" mutate --json hello >heat
both hello 10 100 hello 3 80000
both hello_run_heat 10 100 hello 3 80000 --recording recording --heat heat
both dense 5 3 dense 1000 12000000

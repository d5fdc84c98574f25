#!/bin/bash
# page.sh TINYELF SOURCE: explain --format html against explain --format json --with bytes,verdict,memory, which says the same
# to programs; and against what a page may take: 3 ms for the lecture's file, a second and 12 MB for a
# megabyte of dense code.
set -eu
tinyelf=$1 source=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=figures.sh
. "$here/figures.sh"

# both NAME MOST_ROUNDS RUNS FILE MILLISECONDS BYTES: lines of the report.
both()
{
    local name=$1 most=$2 runs=$3 file=$4
    for _ in $(seq $((rounds < most ? rounds : most))); do
        turns "$runs" "page_$name" "$tinyelf explain --format html $file" \
            "json_$name" "$tinyelf explain --format json --with bytes,verdict,memory $file"
    done
    "$tinyelf" explain --format html "$file" >page.html
    report "page of $name / its JSON" "$(median "page_$name")" "$(median "json_$name")" 1.5
    report "page of $name / the time it may take" "$(median "page_$name")" "$5" 1
    report "  the same, processor time" "$(median "page_$name.processor")" "$5" 1
    report "page of $name / the size it may have" "$(stat -c %s page.html)" "$6" 1 bytes
}

"$tinyelf" build "$source/asm/hello.s" -o hello
python3 "$here/dense_code.py" dense
both hello 10 100 hello 3 80000
both dense 5 3 dense 1000 12000000

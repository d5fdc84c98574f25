#!/bin/bash
# golf.sh TINYELF SOURCE: the sizes and times of golf for the sources of asm/, with the most bytes that are wanted.
# GOLF_TIME is --time of each (default: 20). With fewer ROUNDS than the default it is 2, and rows with options are left out. With
# ONLY, the rows whose words it matches.
set -eu
tinyelf=$(realpath "$1") source=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
time=${GOLF_TIME:-20} only=${ONLY:-.}
if [ "${ROUNDS:-10}" -lt 10 ]; then time=2 only='^[^ ]* $'; fi
echo "golf --time $time, on $(nproc) processors:"
while read -r wanted input words; do
    [[ "$input $words" =~ $only ]] || continue
    "$tinyelf" build -o built "$source/asm/$input" 2>errors.txt
    # shellcheck disable=SC2086 # several words
    if ! /usr/bin/env time -o time.txt -f '%e %U' "$tinyelf" golf --time "$time" $words -o golfed "$source/asm/$input" >report.txt 2>errors.txt; then
        echo "  $input $words: $(head -n 1 errors.txt)"
        continue
    fi
    awk -v name="$input $words" -v golfed="$(stat -c %s golfed)" -v built="$(stat -c %s built)" -v wanted="$wanted" \
        -v end="$(grep -o 'search complete' report.txt || true)" '{
        printf "  %-44s %4d / %4d = %.2f   (at most %3d)  %5.1f s, %5.1f s of processors%s%s\n", name, golfed, built, golfed / built,
               wanted, $1, $2, end ? ", complete" : "", (golfed + 0 > wanted + 0) ? "   MISSED" : "" }' time.txt
done <<EOF
87 hello.s
87 hello-intel.s
87 hello-att.s
89 hello.c
65 hello32.s
65 hello32-att.s
80 exit.s
80 ring3.s
93 sections.s
109 cat.s
149 echo.s
84 hello.s --with int80
81 hello.s --with int80,overcommit
83 hello.s --with full-writes,rwx
60 hello32.s --kernel 6.1-
73 exit.s --with overcommit
73 ring3.s --with overcommit
92 sections.s --with overcommit
102 cat.s --with overcommit
146 echo.s --with overcommit
153 hello.s --level spec
EOF

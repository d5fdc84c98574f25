#!/bin/bash
# golf.sh TINYELF SOURCE: the sizes and times of golf for the sources of asm/, with the most bytes that are wanted, and what it leaves of
# the programs of tests/golf/programs/, with GOLF_NODES (default: 2000000) states each.
# GOLF_TIME is --time of each (default: 20). With fewer ROUNDS than the default it is 1, and rows with options are left out. With
# ONLY, the rows whose words it matches.
set -eu
tinyelf=$(realpath "$1") source=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
time=${GOLF_TIME:-20} only=${ONLY:-.}
if [ "${ROUNDS:-10}" -lt 10 ]; then time=1 only='^[^ ]* $'; fi
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

# The most is the larger of 82 and 60 + 0.75 x (build - 120).
[ "${ROUNDS:-10}" -ge 10 ] || exit 0
echo "golf --nodes ${GOLF_NODES:-2000000}, of programs of tests/golf/programs:"
for program in "$source"/tests/golf/programs/*.s; do
    name=$(basename "$program" .s)
    [[ "$name.s " =~ $only ]] || continue
    "$tinyelf" build -o built "$program" 2>errors.txt
    "$tinyelf" golf --nodes "${GOLF_NODES:-2000000}" --seed 1 -o golfed "$program" >report.txt 2>errors.txt || cp built golfed
    echo "$name $(stat -c %s built) $(stat -c %s golfed)"
done | awk '{
    most = 60 + 0.75 * ($2 - 120)
    if (most < 82) most = 82
    printf "  %-12s %3d -> %3d = %.2f   (at most %3d)%s\n", $1, $2, $3, $3 / $2, most, $3 > most ? "   MISSED" : ""
    fflush()
    sum += $3 / $2
} END { if (NR) printf "  mean %.3f   (at most 0.55)%s\n", sum / NR, sum / NR > 0.55 ? "   MISSED" : "" }'

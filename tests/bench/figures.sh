# Shared by the benchmarks: a temporary folder, medians, and a line of the report. For bash scripts with set -eu.
# There are ROUNDS (default 10) rounds of RUNS (default 50) runs; a figure is the median of the rounds' medians.
# `warmup` runs come before each round (default 5).
rounds=${ROUNDS:-10} runs=${RUNS:-50}
command -v hyperfine >/dev/null || { echo "hyperfine is missing: install the package hyperfine"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# once NAME COMMAND: adds one round's median, in milliseconds, to NAME, and the mean of its processor time to NAME.processor.
once()
{
    hyperfine -N --style none --warmup "${warmup:-5}" --runs "$runs" --export-csv one.csv "$2" >/dev/null 2>&1
    awk -F, 'NR == 2 {print $(NF - 4) * 1000}' one.csv >>"$1"
    awk -F, 'NR == 2 {print ($(NF - 3) + $(NF - 2)) * 1000}' one.csv >>"$1.processor"
}

median()
{
    sort -n "$1" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# report TEXT OURS THEIRS LIMIT
report()
{
    awk -v text="$1" -v ours="$2" -v theirs="$3" -v limit="$4" -v unit="${5:-ms}" 'BEGIN {
        printf "%-44s %8.3f %s / %8.3f %s = %.2f   (at most %s)%s\n", text, ours, unit, theirs, unit,
               ours / theirs, limit, ours / theirs <= limit ? "" : "   MISSED" }'
}

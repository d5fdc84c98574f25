# Shared by the benchmarks: a temporary folder, medians, and a line of the report. For bash scripts with set -eu.
# There are ROUNDS (default 10) rounds of RUNS (default 50) runs of each command, which take turns; a figure is the median
# of the rounds' medians. SPAWN is the program bench-spawn.
rounds=${ROUNDS:-10} runs=${RUNS:-50} spawn=${SPAWN:?}
# With one or two rounds what takes seconds does a tenth of its work.
tenth=$((rounds < 3 ? 10 : 1))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# turns ROUNDS NAME COMMAND [NAME COMMAND]...: adds the medians of so many turns, in milliseconds, to the files NAME and, of
# processor time, NAME.processor. Words of a command as bench-spawn reads them.
turns()
{
    local count=$1 names=() commands=() name elapsed processor
    shift
    for (( ; $#; )); do
        names+=("$1") commands+=("$2")
        shift 2
    done
    "$spawn" "$count" "${commands[@]}" >turns.txt
    for name in "${names[@]}"; do
        read -r elapsed processor _
        awk -v us="$elapsed" 'BEGIN {print us / 1000}' >>"$name"
        awk -v us="$processor" 'BEGIN {print us / 1000}' >>"$name.processor"
    done <turns.txt
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

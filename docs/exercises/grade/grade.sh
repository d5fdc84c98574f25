#!/bin/sh
# Judges programs that students hand in: whether Linux starts them, what they print, their status, size and system calls.
#
#   grade.sh TASK FILE...       TASK says what is wanted; README.md beside this file explains its words
#
# One line a hand-in: its name, points, and what is missing, separated by tabs. Programs run in tinyelf's sandbox only, so that
# hostile ones do no harm, and nothing of a hand-in is run outside of it. TINYELF names the command, if it is not on PATH.
#
# Exit status: 0 if every hand-in has all points, 1 if not, 2 for a usage error or a wrong task, 3 if nothing can be judged here.
set -u
LC_ALL=C
export LC_ALL

stop() { # stop STATUS MESSAGE
    printf 'grade.sh: error: %s\n' "$2" >&2
    exit "$1"
}

[ $# -ge 2 ] || stop 2 "usage: grade.sh TASK FILE..."
tinyelf=${TINYELF-$(command -v tinyelf)}
case $tinyelf in
'') stop 3 "tinyelf is not on PATH, and TINYELF does not name it" ;;
/*) ;;
*) tinyelf=$PWD/$tinyelf ;;
esac
[ -x "$tinyelf" ] || stop 3 "$tinyelf is not a program"

# ---- the task ----

from=program prints='' status=0 size='' calls='' allow='' answers='' input='' seconds=2 memory=16 written=64K
wants_output=false
task=$1
shift
[ -r "$task" ] || stop 2 "$task cannot be read"

# A number of one to six digits, without a zero before it.
is_number() {
    case $1 in
    '' | *[!0-9]* | 0?* | ???????*) return 1 ;;
    esac
}

line=0
while read -r word value || [ -n "$word" ]; do
    line=$((line + 1))
    bad="$task, line $line:"
    case $word in
    '' | '#'*) ;;
    from)
        case $value in
        program | hex | text) from=$value ;;
        *) stop 2 "$bad 'from' takes program, hex or text" ;;
        esac
        ;;
    prints) prints=$value wants_output=true ;;
    input) input=$value ;;
    status)
        # From 128 on a status would also say that a signal or a limit ended the program.
        { is_number "$value" && [ "$value" -lt 128 ]; } || stop 2 "$bad 'status' takes a number from 0 to 127"
        status=$value
        ;;
    size)
        is_number "$value" || stop 2 "$bad 'size' takes a number of bytes"
        size=$value
        ;;
    calls) calls=$value ;;
    allow) allow=$value ;;
    answer) answers="$answers$value
" ;;
    seconds) seconds=$value ;;
    memory) memory=$value ;;
    written) written=$value ;;
    *) stop 2 "$bad '$word' is not a word of a task" ;;
    esac
done <"$task"
[ "$from" != text ] || [ -n "$answers" ] || stop 2 "$task: 'from text' needs an 'answer'"

# ---- the folder in which everything happens: what is wanted, and below it a folder where programs run ----

work=$(mktemp -d "${TMPDIR:-/tmp}/grade.XXXXXX") || exit 3
mkdir "$work/run" || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 3' HUP INT TERM
printf '%b' "$prints" >"$work/expected"
printf '%b' "$input" >"$work/input"

# Runs tinyelf where programs run, without this shell's variables and never for more than 20 seconds. The longest file that it may
# write is 16 MiB: a program that makes call after call has a long trace.
limited() {
    (
        cd "$work/run" || exit 3
        ulimit -f 32768
        exec env -i LC_ALL=C PATH="$PATH" timeout -k 1 20 "$tinyelf" "$@"
    )
}

# The first line of a message, without what a terminal would obey, and without the program's name.
reason() {
    head -n 1 "$1" | tr -cd '[:print:]' | cut -c 1-200 | sed 's,^tinyelf: ,,; s,^\./program: ,,; s,^error: ,,'
}

# A program that is known to be good must run: otherwise it is this machine that has no sandbox.
printf '\061\377\270\347\000\000\000\017\005' >"$work/good" # xor edi, edi; mov eax, 231; syscall
limited build --from raw -o program ../good 2>"$work/why" || stop 3 "$(reason "$work/why")"
limited run --sandbox ${allow:+--allow "$allow"} --time "$seconds" --memory "$memory" --output "$written" ./program \
    >/dev/null 2>"$work/why" </dev/null
case $? in
0) ;;
2) stop 2 "$task: $(reason "$work/why")" ;; # the task's options
*) stop 3 "no program runs in the sandbox here: $(reason "$work/why")" ;;
esac
for call in $calls; do
    limited syscall "$call" >/dev/null 2>&1 || stop 2 "$task: 'calls': there is no system call '$call'"
done

# ---- one hand-in ----

points=0 of=0 missing=

# point NAME true/false [WHY]: one more point to be had. No WHY: it follows from what was missing before.
point() {
    of=$((of + 1))
    if "$2"; then
        points=$((points + 1))
    else
        missing="$missing${missing:+; }$1${3:+: $3}"
    fi
}

# Takes a copy of a hand-in as $work/handed, or says why not. Links, folders, devices and pipes are not opened.
take() {
    if [ -L "$1" ] || [ ! -f "$1" ] || [ ! -r "$1" ]; then
        echo "not a file that can be read"
        return 1
    fi
    head -c 1048577 <"$1" >"$work/handed"
    [ "$(wc -c <"$work/handed")" -le 1048576 ] || {
        echo "larger than 1 MiB"
        return 1
    }
}

# How the traced run ended: exited, signal, call, time, memory, output; nothing if its trace is incomplete.
how() { tail -n 1 "$work/trace" | sed -n 's/.*"sandbox":"\([a-z ]*\)".*/\1/p'; }

# Whether the hand-in is an ELF file.
is_elf() { [ "$(head -c 4 "$work/handed" | od -A n -t x1 | tr -d ' \n')" = 7f454c46 ]; }

# Whether the hand-in is a text, such as a source, and no script that names an interpreter.
is_text() {
    [ -s "$work/handed" ] && [ "$(head -c 2 "$work/handed" | od -A n -t x1 | tr -d ' \n')" != 2321 ] &&
        [ "$(LC_ALL=C tr -d '[:print:][:space:]' <"$work/handed" | wc -c)" -eq 0 ]
}

# The names of the program's calls, one a line. The first is the execve by which the sandbox starts it. Arguments are removed
# first, since they show the program's own text.
made() {
    grep '"event":"call"' "$work/trace" | tail -n +2 |
        sed 's/"arguments":\[.*\]//; s/"instruction":{[^}]*}//; s/.*"name":"\{0,1\}\([a-z0-9_]*\).*/\1/'
}

# Runs the program twice: for its output, and traced for its calls. Both runs must print the same. Sets `why` if it does not end well.
observe() {
    why=
    limited run --sandbox ${allow:+--allow "$allow"} --time "$seconds" --memory "$memory" --output "$written" ./program \
        <"$work/input" >"$work/out" 2>"$work/errors"
    ended=$?
    if [ "$ended" -ge 128 ]; then
        why=$(tail -n 1 "$work/errors" >"$work/why" && reason "$work/why")
        return
    fi
    limited trace --sandbox ${allow:+--allow "$allow"} --json -o ../trace --time "$seconds" --memory "$memory" ./program \
        <"$work/input" >"$work/again" 2>"$work/errors"
    if [ "$(how)" = "not started" ]; then
        # Nothing of the program ran, so that the message is tinyelf's.
        why="$(tail -n 1 "$work/errors" >"$work/why" && reason "$work/why"); hand in a program that needs no other file to start"
    elif [ "$(how)" != exited ]; then
        why="it does not run to its end in the sandbox: $(how)"
    elif [ "$(tail -n 1 "$work/trace" | sed -n 's/.*"status":\([0-9]*\).*/\1/p')" != "$ended" ]; then
        why="two runs end with different statuses"
    elif ! cmp -s "$work/out" "$work/again"; then
        why="two runs print different things"
    fi
}

judge_program() {
    limited check program >"$work/verdict" 2>"$work/why" && starts=true || starts=false
    # The second line of the verdict names the field, if one is to blame.
    sed 's/^program: //; s/^ *//' "$work/verdict" | head -n 2 | tail -n 1 >"$work/why"
    point starts "$starts" "$(reason "$work/why")"
    # What comes next is not to be had without it.
    ended='' why=''
    ! $starts || observe
    $starts && [ -z "$why" ] && runs=true || runs=false
    point runs "$runs" "$why"
    right=$runs
    if $wants_output; then
        good=true
        { $runs && cmp -s "$work/out" "$work/expected"; } || good=false right=false
        $runs && why="not what the task wants, $(wc -c <"$work/out") bytes" || why=
        point prints "$good" "$why"
    fi
    good=true
    { $runs && [ "$ended" -eq "$status" ]; } || good=false right=false
    $runs && why="$ended, not $status" || why=
    point status "$good" "$why"
    # Size and calls count for a program that does what is wanted.
    if [ -n "$size" ]; then
        bytes=$(wc -c <"$work/run/program")
        $right && [ "$bytes" -le "$size" ] && good=true || good=false
        $right && why="$bytes bytes, more than $size" || why=
        point size "$good" "$why"
    fi
    if [ -n "$calls" ]; then
        other=
        ! $runs || for call in $(made | sort -u); do
            case " $calls " in
            *" $call "*) ;;
            *) other="$other $call" ;;
            esac
        done
        $right && [ -z "$other" ] && good=true || good=false
        $right && why="it also makes$other" || why=
        point calls "$good" "$why"
    fi
}

judge_text() {
    tr -s '[:space:]' ' ' <"$work/handed" | sed 's/^ //; s/ $//' | head -c 1000 >"$work/said"
    echo >>"$work/said"
    good=false
    # -x: the whole line; -F: no patterns; -i: upper and lower case are the same.
    ! printf '%s' "$answers" | grep -qxiF -f "$work/said" || good=true
    point answer $good "not what the task wants"
}

all=0
for file; do
    points=0 of=0 missing=
    rm -f "$work/run/program" "$work/handed" "$work/trace" "$work/out" "$work/again"
    case $file in
    /*) ;;
    *) file=./$file ;; # it may begin with -
    esac
    if ! problem=$(take "$file"); then
        point file false "$problem"
    elif [ "$from" = text ]; then
        judge_text
    elif [ "$from" = program ] && is_text; then
        point starts false "this is a text: hand in the program that is built from it"
    elif [ "$from" = hex ] && is_elf; then
        point builds false "this is a program: hand in the hex text that it is built from"
    elif [ "$from" = hex ] && ! limited build --from hex --no-check -o program ../handed 2>"$work/why"; then
        point builds false "$(reason "$work/why" | sed 's,^\.\./handed:,,')"
    else
        if [ "$from" = hex ]; then
            point builds true ""
        else
            cp "$work/handed" "$work/run/program" && chmod 755 "$work/run/program"
        fi
        judge_program
    fi
    [ "$points" -eq "$of" ] || all=1
    printf "%s\t%s/%s%s\n" "$(basename "$file" | tr -c '[:print:]\n' '?' | tr '\n' ' ' | sed 's/ $//')" "$points" "$of" "${missing:+	$missing}"
done
exit $all

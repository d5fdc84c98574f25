# Shared by the tests of `tinyelf step`.
: "${BUILD:=$SOURCE/build}"

# With a time limit, since a program that should end may not.
step()
{
    run_apart timeout 60 "$TINYELF" step "$@" </dev/null
}

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    # Some containers forbid ptrace.
    "$TINYELF" build "$SOURCE/asm/exit.s" -o probe || return 1
    timeout 20 strace -o /dev/null ./probe 2>strace.err || true
    grep -q 'PTRACE\|ptrace' strace.err && skip "ptrace is forbidden here"
    rm -f probe strace.err
}

# Makes a program from NASM source on standard input.
assembled()
{
    { printf 'bits 64\nglobal _start\nsection .text\n'; cat; } >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" && rm "$1.s"
}

static_c()
{
    cat >"$1.c"
    gcc -O1 -static -no-pie -fno-pie -o "$1" "$1.c" 2>gcc.err ||
        skip "gcc makes no static programs: $(tail -n 1 gcc.err)"
    rm "$1.c" gcc.err
}

needs_gdb()
{
    command -v gdb >/dev/null || skip "gdb is not installed"
    setarch -R true 2>/dev/null || skip "addresses cannot be kept from being random here"
}

# Prints the processes that run this file of the test's folder.
processes_of()
{
    local link
    for link in /proc/[0-9]*/exe; do
        [ "$(readlink "$link" 2>/dev/null)" != "$PWD/$1" ] || basename "${link%/exe}"
    done
}

# Such a process exists.
runs()
{
    [ -n "$(processes_of "$1")" ]
}

# A command fails; a bare `!` would not fail a test.
not()
{
    if "$@"; then
        echo "unexpected: $*"
        return 1
    fi
}

# The program is gone, or is soon, if the kernel has to end it.
is_gone()
{
    local i
    for i in $(seq 200); do
        runs "$1" || return 0
        sleep 0.05
    done
    echo "$1 is left: $(processes_of "$1")"
    return 1
}

# Runs without an environment, with fixed addresses, and on one processor, whose number cpuid returns.
alone()
{
    local processor
    processor=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
    env -i PATH="$PATH" taskset -c "$processor" env -i setarch -R "$@"
}

# Prints the registers at the end of a recording as lines "name value", from its JSON alone.
final_registers()
{
    python3 -c '
import json, sys
run = json.load(sys.stdin)
now = dict(run["registers"])
for step in run["steps"]:
    for name, (before, after) in step.get("registers", {}).items():
        assert now[name] == before, f"{name} is {now[name]}, not {before}"
        now[name] = after
for name in sorted(now):
    print(name, now[name])' <"$1"
}

# Shared by all bats tests: runs the command in a folder of the test's own, and checks its results.
bats_require_minimum_version 1.5.0

# CMake sets TINYELF and SOURCE; otherwise they have these defaults.
: "${SOURCE:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${TINYELF:=$SOURCE/build/tinyelf}"
: "${LECTURE:=621f012e31988de27aad40f660da8a4b9df0c3f47c9d54ba37dd62f28fe64dc7}"
export SOURCE TINYELF LC_ALL=C
export SHELL=$BASH # which script and tmux start: no test may depend on the user's
unset COLUMNS # reports have their wide form, which most tests read
# Nor may it depend on how the user's shell is set: "(core dumped)" after signals, modes of files, options after operands.
ulimit -S -c 0
umask 022
unset POSIXLY_CORRECT

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
}

# Whether this kernel runs 32-bit programs; makes one of them, tiny45.
runs_ia32()
{
    nasm -f bin "$SOURCE/tests/support/tiny45.asm" -o tiny45
    chmod +x tiny45
    local status=0
    ./tiny45 || status=$?
    [ "$status" -eq 42 ]
}

needs_ia32()
{
    runs_ia32 || skip "this kernel runs no 32-bit programs (CONFIG_IA32_EMULATION)"
}

# What `run --separate-stderr` does, of which there are thousands, without the programs that it starts besides.
run_apart()
{
    local - IFS=$' \t\n' apart_stderr=$BATS_TEST_TMPDIR/standard-error
    set +eET
    output=$("$@" 2>"$apart_stderr") && status=0 || status=$?
    read -r -d '' stderr <"$apart_stderr" || true
    set -f
    IFS=$'\n'
    # shellcheck disable=SC2206,SC2034 # into lines, and those that are empty are left out
    lines=($output) stderr_lines=($stderr)
}

# Runs the command; its exit status, standard output and standard error are in status, output and stderr.
tinyelf()
{
    run_apart "$TINYELF" "$@"
}

# Standard error contains a text; prints both if not.
says()
{
    case $stderr in
    *"$1"*) return 0 ;;
    esac
    echo "expected: $1"
    echo "stderr:   $stderr"
    return 1
}

exits()
{
    [ "$status" -eq "$1" ] && return 0
    echo "exit status $status, not $1; stderr: $stderr"
    return 1
}

# The test's folder contains exactly these files.
holds_only()
{
    [ "$(ls -A)" = "$(printf '%s\n' "$@")" ] && return 0
    ls -lA
    return 1
}

sha256()
{
    sha256sum "$1" | cut -d ' ' -f 1
}

# Sets `child` to the first child of a process, or to nothing if there is none or no process. It is called often for
# processes that end soon, so it starts no program if Linux has a file with the children (CONFIG_PROC_CHILDREN).
find_child()
{
    child=
    [ -n "$1" ] || return 0
    if [ -e "/proc/$$/task/$$/children" ]; then
        read -r child _ 2>/dev/null <"/proc/$1/task/$1/children" || true
    else
        child=$(pgrep -o -P "$1") || true
    fi
}

# What every command test starts from: the command, a folder of its own, and the sources.
bats_require_minimum_version 1.5.0

# TINYELF and SOURCE come from CMake; by hand they are the usual places.
: "${SOURCE:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${TINYELF:=$SOURCE/build/tinyelf}"
: "${LECTURE:=621f012e31988de27aad40f660da8a4b9df0c3f47c9d54ba37dd62f28fe64dc7}"
export SOURCE TINYELF LC_ALL=C

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
}

# The command; its exit status, standard output and standard error end up in status, output, stderr.
tinyelf()
{
    run --separate-stderr "$TINYELF" "$@"
}

# Whether standard error has a text in it; says what it has if not.
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

# Nothing but these files is in the test's folder.
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

# Sets `child`: the first child of a process; empty where there is none, or no process. It is asked often, of what does
# not live long, so no program is started for it where Linux has a file that says it (CONFIG_PROC_CHILDREN).
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

# Shared by the tests of `tinyelf mutate`. Mutants do no harm if an attempt succeeds: they run in the test's own
# folder, and those that are made to do harm only fork ten times or send signal 0.
: "${BUILD:=$SOURCE/build}"

setup_file()
{
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
}

# Runs mutate a few times a second at most: some kernels hang when hundreds of filters are created and removed
# quickly.
mutate()
{
    run_apart timeout 120 "$TINYELF" mutate --color never "$@" 3>&-
    sleep 0.3
}

hello()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
}

# Builds a program from NASM source on standard input; its code begins at offset 0x78.
assemble()
{
    { printf 'bits 64\nsection .text align=1\nglobal _start\n'; cat; } >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" 2>/dev/null
}

# Evaluates a Perl expression on the JSON of $output or of a file: `$d` is the document.
json()
{
    perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>); '"$1"
}

# Prints the sum of a class over all bytes of $output.
sum()
{
    json 'my $n = 0; $n += $_->{'"$1"'} for @{$d->{bytes}}; print $n' <<<"$output"
}

# Starts mutate in its own process group and with default signals, as from a terminal. Its output is in `out` and
# `err`, its process number in $main.
begin()
{
    perl -e 'setpgrp(0, 0); $SIG{INT} = "DEFAULT"; exec @ARGV' "$TINYELF" mutate --json "$@" >out 2>err 3>&- &
    main=$!
}

# Every process that begin() started has ended: none can leave the process group.
nobody_left()
{
    for _ in $(seq 100); do
        kill -0 -- "-$main" 2>/dev/null || return 0
        sleep 0.1
    done
    pgrep -a -g "$main"
    return 1
}

# Waits until the worker $1 runs a program, its child, other than $2.
next_program()
{
    local i
    for ((i = 0; i < 2000; i++)); do
        find_child "$1"
        find_child "$child"
        program=$child
        [ -z "$program" ] || [ "$program" = "$2" ] || return 0
        sleep 0.01
    done
    echo "no program is run"
    return 1
}

# Waits for the first of $main's processes that perform runs: only these have children with children.
find_runner()
{
    local i
    for ((i = 0; i < 2000; i++)); do
        find_child "$main"
        runner=$child
        find_child "$child"
        find_child "$child"
        [ -z "$child" ] || return 0
        sleep 0.01
    done
    echo "no change is run"
    return 1
}

# Waits until a run is counted, before the same worker begins another.
until_counted()
{
    find_runner
    next_program "$runner" ""
    next_program "$runner" "$program"
}

# Waits for $main, which should have ended, and sets status.
ended()
{
    status=0
    timeout 60 tail --pid "$main" -f /dev/null
    wait "$main" || status=$?
}

# sleeping NAME NANOSECONDS [SECONDS]: makes a program that sleeps as long.
sleeping()
{
    assemble "$1" <<END
_start: push $2
        push ${3:-0}
        mov eax, 35
        mov rdi, rsp
        xor esi, esi
        syscall
        xor edi, edi
        mov eax, 60
        syscall
END
}

# Makes a program that takes a few hundredths of a second.
slow()
{
    sleeping slow 20000000
}

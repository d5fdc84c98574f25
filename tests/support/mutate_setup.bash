# What the tests of `tinyelf mutate` share. What mutants try does no harm where it succeeds: they run in a folder that
# is the test's own, and those that are made for it fork ten times or send signal 0.
: "${BUILD:=$SOURCE/build}"

setup_file()
{
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
}

# Kernels have been seen to hang when filters come and go by the hundred, so there are a few a
# second.
mutate()
{
    run --separate-stderr timeout 120 "$TINYELF" mutate --color never "$@" 3>&-
    sleep 0.3
}

hello()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
}

# A program in NASM's language, from standard input: it begins at offset 0x78.
assemble()
{
    { printf 'bits 64\nsection .text align=1\nglobal _start\n'; cat; } >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" 2>/dev/null
}

# What perl finds in the JSON of $output, or of a file: `$d` is the document.
json()
{
    perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>); '"$1"
}

# The sum of a class over all bytes of $output.
sum()
{
    json 'my $n = 0; $n += $_->{'"$1"'} for @{$d->{bytes}}; print $n' <<<"$output"
}

# A process of mutate's, in a group of its own and with the usual signals, as from a terminal: its output is in
# `out` and `err`, its number in $main.
begin()
{
    perl -e 'setpgrp(0, 0); $SIG{INT} = "DEFAULT"; exec @ARGV' "$TINYELF" mutate --json "$@" >out 2>err 3>&- &
    main=$!
}

# What begin() started leaves that group only by its end.
nobody_left()
{
    for _ in $(seq 100); do
        kill -0 -- "-$main" 2>/dev/null || return 0
        sleep 0.1
    done
    pgrep -a -g "$main"
    return 1
}

# Waits for the program that a worker runs, which is the child of process $1; but not for $2.
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

# Waits for the first of $main's processes that take runs: those alone have children with children.
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

# Waits until a run is counted, which is before the same worker begins another.
until_counted()
{
    find_runner
    next_program "$runner" ""
    next_program "$runner" "$program"
}

# How $main ended, which it should by now.
ended()
{
    status=0
    timeout 60 tail --pid "$main" -f /dev/null
    wait "$main" || status=$?
}

# A program that sleeps so many nanoseconds.
sleeping()
{
    assemble "$1" <<END
_start: push $2
        push 0
        mov eax, 35
        mov rdi, rsp
        xor esi, esi
        syscall
        xor edi, edi
        mov eax, 60
        syscall
END
}

# One that takes some hundredths of a second.
slow()
{
    sleeping slow 20000000
}

# Shared by the tests of `tinyelf run` and of its sandbox. An attempt by a hostile program is harmless if it
# succeeds. It must first succeed outside of the sandbox: otherwise its failure inside would prove nothing.
: "${BUILD:=$SOURCE/build}"
hostile=$BATS_FILE_TMPDIR/hostile64

setup_file()
{
    local source=$SOURCE/tests/hostile/hostile.c
    local flags=(-O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie)
    gcc -m64 "${flags[@]}" -o "$BATS_FILE_TMPDIR/hostile64" "$source"
    gcc -m32 "${flags[@]}" -o "$BATS_FILE_TMPDIR/hostile32" "$source" || true
    # For tests that run as another user.
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
}

needs_32()
{
    [ -x "$BATS_FILE_TMPDIR/hostile32" ] || skip "gcc makes no 32-bit programs (gcc-multilib)"
    "$BATS_FILE_TMPDIR/hostile32" exit 0 ||
        skip "this kernel runs no 32-bit programs (CONFIG_IA32_EMULATION)"
    hostile=$BATS_FILE_TMPDIR/hostile32
}

# The command that confines a program; tests of others set it.
confining=(run --sandbox)

# Runs a program in the sandbox, a few times a second at most: some kernels hang when hundreds of filters
# are created and removed quickly.
sandboxed()
{
    run_apart timeout 60 "$TINYELF" "${confining[@]}" "$@" 3>&-
    sleep 0.2
}

# An attempt succeeds outside of the sandbox.
succeeds()
{
    run timeout 20 "$hostile" "$@" </dev/null
    [ "$status" -eq 0 ]
    [ "$output" = "did it" ]
}

# And is killed for a system call inside.
killed_for()
{
    local call=$1
    shift
    succeeds "$@"
    sandboxed "$hostile" "$@" </dev/null
    exits 159
    [ -z "$output" ]
    says "error: system call not allowed in the sandbox: $call"
}

# Waits for a child of a process and prints its number.
child_of()
{
    local i
    for ((i = 0; i < 2000; i++)); do
        find_child "$1"
        [ -z "$child" ] || break
        sleep 0.01
    done
    echo "$child"
}

# Runs a program for which some calls are refused, without the leak check, which needs ptrace.
refusing()
{
    run_apart env ASAN_OPTIONS=detect_leaks=0 timeout 60 "$BUILD/tests/forbid" "$@" 3>&-
    sleep 0.2
}

# Runs a program in the sandbox, and sets `main` (tinyelf), `worker` and `program` to the process numbers.
in_background()
{
    "$TINYELF" "${confining[@]}" "$@" >out 2>err 3>&- &
    main=$!
    worker=$(child_of "$main")
    program=$(child_of "$worker")
    # Wait until it has called execve.
    local i
    for ((i = 0; i < 2000; i++)); do
        [ "/proc/$program/exe" -ef "$hostile" ] && return 0
        sleep 0.01
    done
    return 1
}

ended()
{
    for _ in $(seq 400); do
        [ -e "/proc/$1" ] || return 0
        sleep 0.05
    done
    cat "/proc/$1/status"
    return 1
}

status_of()
{
    status=0
    wait "$1" || status=$?
}

# leaves_nothing SIGNAL WORD...: a confined program that sleeps has ended, and its worker, after the command got the signal,
# of which the command ended.
leaves_nothing()
{
    local signal=$1
    shift
    # Background programs of a shell ignore SIGINT.
    perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$TINYELF" "$@" "$hostile" sleep 20000 >out 2>err 3>&- &
    main=$!
    worker=$(child_of "$main")
    program=$(child_of "$worker")
    kill "-$signal" "$main"
    status_of "$main"
    [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
    ended "$worker"
    ended "$program"
}

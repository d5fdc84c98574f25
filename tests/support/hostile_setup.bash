# What the tests of `tinyelf run` and of its sandbox share. What the hostile programs try does no harm where it
# succeeds, and first succeeds outside of the sandbox, or its failure inside would say nothing.
: "${BUILD:=$SOURCE/build}"
hostile=$BATS_FILE_TMPDIR/hostile64

setup_file()
{
    local source=$SOURCE/tests/hostile/hostile.c
    local flags=(-O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie)
    gcc -m64 "${flags[@]}" -o "$BATS_FILE_TMPDIR/hostile64" "$source"
    gcc -m32 "${flags[@]}" -o "$BATS_FILE_TMPDIR/hostile32" "$source" || true
    # For tests as another user.
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
}

needs_32()
{
    [ -x "$BATS_FILE_TMPDIR/hostile32" ] || skip "gcc makes no 32-bit programs (gcc-multilib)"
    "$BATS_FILE_TMPDIR/hostile32" exit 0 ||
        skip "this kernel runs no 32-bit programs (CONFIG_IA32_EMULATION)"
    hostile=$BATS_FILE_TMPDIR/hostile32
}

# In the sandbox. Kernels have been seen to hang when filters come and go by the hundred, so there
# are a few a second.
sandboxed()
{
    run --separate-stderr timeout 60 "$TINYELF" run --sandbox "$@" 3>&-
    sleep 0.2
}

# An attempt that succeeds outside, and is killed inside for a system call.
killed_for()
{
    local call=$1
    shift
    run timeout 20 "$hostile" "$@" </dev/null
    [ "$status" -eq 0 ]
    [ "$output" = "did it" ]
    sandboxed "$hostile" "$@" </dev/null
    exits 159
    [ -z "$output" ]
    says "error: system call not allowed in the sandbox: $call"
}

# A child of a process, waited for.
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

# On a system that refuses some calls. (A sanitizer's own look at leaks needs ptrace.)
refusing()
{
    run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 timeout 60 "$BUILD/tests/forbid" "$@" 3>&-
    sleep 0.2
}

# Sets `main` (tinyelf), `worker` and `program`.
in_background()
{
    "$TINYELF" run --sandbox "$@" >out 2>err 3>&- &
    main=$!
    worker=$(child_of "$main")
    program=$(child_of "$worker")
    # Behind its execve.
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

#!/usr/bin/env bats
# Programs with limits, and in the sandbox. What the hostile ones try does no harm where it succeeds,
# and first succeeds outside of the sandbox, or its failure inside would say nothing.
load ../support/setup

setup_file()
{
    local source=$BATS_TEST_DIRNAME/../hostile/hostile.c
    local flags=(-O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie)
    gcc -m64 "${flags[@]}" -o "$BATS_FILE_TMPDIR/hostile64" "$source"
    gcc -m32 "${flags[@]}" -o "$BATS_FILE_TMPDIR/hostile32" "$source" || true
    # For tests as another user.
    chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
}

hostile=$BATS_FILE_TMPDIR/hostile64
: "${BUILD:=$SOURCE/build}"

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

# ---- what may run ----

@test "the lecture's programs run in the sandbox as they do outside" {
    local name
    for name in hello echo cat exit; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name" 2>/dev/null
        run -0 bash -c "echo text | { ./$name one two || echo \$?; }"
        local expected=$output
        run -0 bash -c "echo text | { '$TINYELF' run --sandbox ./$name one two || echo \$?; }" 3>&-
        [ "$output" = "$expected" ]
        sleep 0.2
    done
}

@test "so do programs of 32 bits" {
    needs_32
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    sandboxed ./hello32
    exits 0
    [ "$output" = "Hello world" ]
    sandboxed "$hostile" exit 7
    exits 7
    sandboxed "$hostile" sleep 10
    exits 0
}

@test "a program's status is that of the command, a signal's is 128 more and told" {
    sandboxed "$hostile" exit 7
    exits 7
    [ -z "$stderr" ]
    sandboxed "$hostile" fault 16
    exits 139
    says "tinyelf: $hostile: error: killed by signal 11 (SIGSEGV), at address 0x10"
}

@test "mapping 4 GB and touching little of it is no use of memory" {
    run -0 "$hostile" map 4096
    sandboxed --memory 8 "$hostile" map 4096
    exits 0
    [ "$output" = "did it" ]
    # The lecture's own with one byte changed, in the size of its segment.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    printf '\1' | dd of=hello bs=1 seek=$((0x6c)) conv=notrunc status=none
    run -0 ./hello
    sandboxed ./hello
    exits 0
    [ "$output" = "Hello world" ]
}

@test "a file that Linux gives up on while it loads it is told so" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    printf '\1' | dd of=hello bs=1 seek=$((0x6e)) conv=notrunc status=none
    run ./hello
    [ "$status" -eq 139 ]
    sandboxed ./hello
    exits 139
    says "killed by signal 11 (SIGSEGV): Linux gave up while it loaded the file"
    tinyelf run ./hello
    exits 139
    says "Linux gave up while it loaded the file"
}

@test "so is a file of 32 bits" {
    needs_32
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    printf '\1' | dd of=hello32 bs=1 seek=$((0x38)) conv=notrunc status=none
    run ./hello32
    [ "$status" -eq 139 ]
    sandboxed ./hello32
    exits 139
    says "killed by signal 11 (SIGSEGV): Linux gave up while it loaded the file"
}

@test "a sleep that is interrupted goes on" {
    in_background "$hostile" sleep 3000
    kill -STOP "$program"
    sleep 0.1
    kill -CONT "$program"
    status_of "$main"
    [ "$status" -eq 0 ]
    [ "$(cat out)" = slept ]
}

# ---- attempts ----

@test "ten forks, a signal to everyone, ptrace of the parent" {
    killed_for "fork (number 57, x86-64)" fork
    killed_for "kill (number 62, x86-64)" kill
    run "$hostile" ptrace $$
    [ "$output" = "did it" ] || skip "ptrace is forbidden here"
    killed_for "ptrace (number 101, x86-64)" ptrace $$
}

@test "a new file, a socket, memory of a file or shared" {
    run -0 "$hostile" create made
    rm made
    sandboxed "$hostile" create made
    exits 159
    says "open (number 2, x86-64)"
    [ ! -e made ]
    killed_for "socket (number 41, x86-64)" socket
    killed_for "mmap (number 9, x86-64)" map-shared
    run -0 "$hostile" map-file <"$hostile"
    sandboxed "$hostile" map-file <"$hostile"
    exits 159
    says "mmap (number 9, x86-64)"
}

@test "the same in 32 bits, and the calls whose arguments a filter cannot read" {
    needs_32
    killed_for "fork (number 2, i386)" fork
    killed_for "kill (number 37, i386)" kill
    killed_for "socket (number 359, i386)" socket
    killed_for "socketcall (number 102, i386)" socketcall
    killed_for "mmap (number 90, i386)" oldmmap
    killed_for "mmap2 (number 192, i386)" map-shared
    run -0 "$hostile" create made
    rm made
    sandboxed "$hostile" create made
    exits 159
    [ ! -e made ]
}

@test "a second execve, also with a guess of the worker's secret" {
    local way
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for way in execve execveat execveat-1; do
        run -0 "$hostile" "$way" ./hello
        [ "$output" = "Hello world" ]
        sandboxed "$hostile" "$way" ./hello
        exits 159
        [ -z "$output" ]
        says "${way%-1} (number"
    done
}

@test "32-bit calls from 64-bit code are those of the 32-bit table" {
    run "$hostile" other 20
    [ "$output" = "did it" ] || skip "this kernel has no int 0x80"
    killed_for "getpid (number 20, i386)" other 20
    # The number of a call that x86-64 programs may make.
    sandboxed "$hostile" other 39
    exits 159
    says "mkdir (number 39, i386)"
}

@test "64-bit calls from 32-bit code are those of the 64-bit table" {
    needs_32
    killed_for "getpid (number 39, x86-64)" other 39
    # 4 is write to i386, and stat here.
    run "$hostile" other 4
    sandboxed "$hostile" other 4
    exits 159
    says "stat (number 4, x86-64)"
}

@test "x32's calls are nobody's" {
    run -0 "$hostile" x32 1
    sandboxed "$hostile" x32 1
    exits 159
    says "number 0x40000001, one of x32's"
}

@test "-1 is no call, and none of x32's" {
    printf 'bits 64\nglobal _start\n_start: mov eax,-1\nsyscall\n' >none.asm
    "$TINYELF" build none.asm -o none
    sandboxed ./none
    exits 159
    says "number -1"
}

@test "of both tables whole, only these calls are let through" {
    # Arguments are zeros, with which none that may be called does anything.
    run -0 timeout 60 "$BUILD/tests/worker-runs" --numbers 600 "$hostile" call
    # read readv munmap brk nanosleep exit gettimeofday time restart_syscall clock_...; exit_group
    # Linux since 6.14 asks no filter about 335 and 336, with which its own probes return; from
    # anywhere else they fail.
    [ "$(echo "${lines[0]}" | sed 's/335 //; s/336 //')" = "0 11 12 19 35 60 96 201 219 228 229 230 231 " ]
    needs_32
    run -0 timeout 60 "$BUILD/tests/worker-runs" --numbers 600 "$hostile" call
    [ "${lines[0]}" = "0 1 3 13 45 78 91 145 162 252 265 266 267 403 406 407 " ]
}

@test "no descriptor but three, and of those no other use" {
    run -0 "$hostile" read 9 9<"$hostile"
    sandboxed "$hostile" read 9 9<"$hostile"
    exits 159
    says "read of descriptor 9 (number 0, x86-64)"
    run -0 "$hostile" write 0 0>written
    sandboxed "$hostile" write 0 0>written
    exits 159
    says "write of descriptor 0"
    in_background "$hostile" sleep 3000 9<"$hostile"
    [ "$(ls "/proc/$program/fd" | sort | tr '\n' ' ')" = "0 1 2 " ]
    kill "$main"
    status_of "$main"
}

@test "SIGTERM ignored, a stop of itself, an endless loop" {
    run -0 "$hostile" ignore
    [ "$output" = "did it" ]
    sandboxed "$hostile" ignore
    exits 159
    says "rt_sigaction"
    sandboxed "$hostile" stop
    exits 159
    sandboxed --time 0.3 "$hostile" loop
    exits 137
    says "killed: it reached the time limit of 0.3 s (--time)"
    sandboxed --time 0.3 "$hostile" sleep 20000
    exits 137
    # Stopped by somebody else.
    in_background --time 3 "$hostile" sleep 20000
    kill -STOP "$program"
    status_of "$main"
    [ "$status" -eq 137 ]
    ended "$program"
}

@test "more memory than allowed, written or only read" {
    run -0 "$hostile" touch 64
    sandboxed --memory 32 "$hostile" touch 64
    exits 137
    says "the memory limit of 32 MiB (--memory)"
    sandboxed --memory 128 "$hostile" touch 64
    exits 0
    # Page tables for pages of zeros: 2 MiB for each GiB.
    sandboxed --memory 4 "$hostile" read-touch 8192
    exits 137
    says "the memory limit of 4 MiB (--memory)"
}

@test "100 MB of output end at the limit, to the byte" {
    [ "$("$hostile" pour 100 | wc -c)" -eq 104857600 ]
    "$TINYELF" run --sandbox "$hostile" pour 100 >out 2>err 3>&- || status=$?
    [ "$status" -eq 137 ]
    [ "$(stat -c %s out)" -eq $((16 << 20)) ]
    grep -F "the output limit of 16 MiB (--output)" err
    "$TINYELF" run --sandbox --output 1 "$hostile" pour 1 >out
    [ "$(stat -c %s out)" -eq $((1 << 20)) ]
    sleep 0.3
    [ "$("$TINYELF" run --sandbox --output none "$hostile" pour 100 | wc -c)" -eq 104857600 ]
}

@test "what is written keeps its order, also where 1 and 2 are one file" {
    "$hostile" both >theirs 2>&1
    "$TINYELF" run --sandbox "$hostile" both >ours 2>&1
    cmp theirs ours
    sleep 0.2
    "$TINYELF" run --sandbox "$hostile" both >1 2>2
    [ "$(sort -u 1)" = a ]
    [ "$(sort -u 2)" = b ]
}

@test "a reader that goes away kills the program, one that does not read costs it its time" {
    { "$TINYELF" run --sandbox --output none "$hostile" pour 1000 2>err 3>&- || echo $? >status; } |
        head -c 10 >/dev/null
    [ "$(cat status)" -eq 141 ]
    rm status
    sleep 0.3
    { "$TINYELF" run --sandbox --time 0.5 "$hostile" pour 10 2>err 3>&- || echo $? >status; } | sleep 5
    [ "$(cat status)" -eq 137 ]
    grep -F "time limit" err
}

# ---- what stands around it ----

@test "the program has namespaces, capabilities and a root of its own, and one filter" {
    in_background "$hostile" sleep 3000
    local space
    grep -qx "NoNewPrivs:	1" "/proc/$program/status"
    grep -qx "CapEff:	0000000000000000" "/proc/$program/status"
    grep -qx "CapPrm:	0000000000000000" "/proc/$program/status"
    grep -qx "CapBnd:	0000000000000000" "/proc/$program/status"
    local own theirs
    own=$(sed -n 's/^Seccomp_filters:\t//p' /proc/self/status)
    theirs=$(sed -n 's/^Seccomp_filters:\t//p' "/proc/$program/status")
    [ $((theirs - own)) -eq 1 ]
    if ! grep -q warning err; then
        for space in pid net mnt ipc; do
            [ "$(readlink "/proc/$program/ns/$space")" != "$(readlink "/proc/self/ns/$space")" ]
        done
        [ -z "$(ls -A "/proc/$program/root/")" ]
    fi
    kill "$main"
    status_of "$main"
    [ "$status" -eq 143 ]
}

@test "nothing is left, however the command ends" {
    local signal number
    for signal in INT TERM HUP KILL; do
        number=$(kill -l "$signal")
        # A shell's background programs ignore SIGINT.
        perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$TINYELF" run --sandbox "$hostile" sleep 20000 \
            >out 2>err 3>&- &
        main=$!
        worker=$(child_of "$main")
        program=$(child_of "$worker")
        kill "-$signal" "$main"
        status_of "$main"
        [ "$status" -eq $((128 + number)) ]
        [ ! -s err ]
        ended "$worker"
        ended "$program"
    done
}

@test "a signal that comes before anything waits is not lost" {
    local delay
    # Early ones die as any command does, later ones in every step of the start.
    for delay in 0005 001 0015 002 0025 003 0035 004 005 006 008 012; do
        timeout -k 1 60 perl -e 'my ($delay, @command) = @ARGV; my $id = fork;
            if (!$id) { $SIG{TERM} = "DEFAULT"; exec @command }
            select undef, undef, undef, $delay; kill "TERM", $id; waitpid $id, 0; exit($? & 127)' \
            "0.$delay" "$TINYELF" run sleep 200 3>&- || [ "$?" -eq 15 ]
    done
}

@test "nothing is left where there are neither namespaces nor ptrace" {
    "$BUILD/tests/forbid" namespaces,ptrace "$TINYELF" run --sandbox "$hostile" sleep 20000 \
        >out 2>err 3>&- &
    main=$!
    worker=$(child_of "$main")
    program=$(child_of "$worker")
    kill -KILL "$main"
    status_of "$main"
    ended "$worker"
    ended "$program"
}

# Runs as a normal user, who is nobody's child here.
as_user()
{
    [ "$(id -u)" -eq 0 ] || skip "only root can become another user"
    cp -p "$TINYELF" tinyelf
    chmod 755 tinyelf . "$BATS_TEST_TMPDIR"
    chmod o+x "$BATS_FILE_TMPDIR"/.. "$BATS_TEST_TMPDIR"/..
    run --separate-stderr timeout 20 setpriv --reuid 65534 --regid 65534 --clear-groups "$@" 3>&-
    sleep 0.2
}

@test "a normal user has the same sandbox" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    as_user ./tinyelf run --sandbox ./hello
    exits 0
    [ "$output" = "Hello world" ]
    as_user ./tinyelf run --sandbox "$hostile" fork
    exits 159
    says "fork (number 57, x86-64)"
    as_user ./tinyelf run --sandbox --memory 16 "$hostile" touch 64
    exits 137
}

@test "without user namespaces a normal user has what is left, and a warning" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cat >script <<'END'
echo 0 >/proc/sys/user/max_user_namespaces || exit 99
for program in ./hello "$1 fork"; do
    setpriv --bounding-set=-all --inh-caps=-all ./tinyelf run --sandbox $program
    echo $?
done
END
    # In a user namespace of its own, so that the machine's limit stays.
    as_user unshare -Ur sh script "$hostile"
    [ "$status" -ne 99 ] || skip "no user namespaces here"
    [ "$output" = "Hello world
0
159" ]
    says "warning: not possible on this system: user namespace, pid namespace, network"
    says "fork (number 57, x86-64)"
}

@test "without namespaces or ptrace it confines all the same; without filters it refuses" {
    refusing namespaces \
        "$TINYELF" run --sandbox "$hostile" fork
    exits 159
    says "pid namespace, network namespace, mount namespace, IPC namespace"
    says "fork (number 57, x86-64)"
    sleep 0.2
    refusing namespaces,ptrace \
        "$TINYELF" run --sandbox "$hostile" fork
    exits 159
    [ -z "$output" ]
    says "killed for a system call that the sandbox does not allow"
    sleep 0.2
    refusing ptrace \
        "$TINYELF" run --sandbox --memory 16 "$hostile" touch 64
    exits 137
    says "the memory limit of 16 MiB"
    refusing seccomp \
        "$TINYELF" run --sandbox "$hostile" exit 0
    exits 1
    says "no seccomp filter can be set here, and without one there is no sandbox"
}

@test "one worker runs hundreds of programs with one filter and one set of namespaces" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    run -0 timeout 60 "$BUILD/tests/worker-runs" 300 ./hello
    [ "${lines[0]}" = "300: exited 0, 12 bytes written" ]
    run -0 timeout 60 "$BUILD/tests/worker-runs" 300 "$hostile" fork
    [[ "${lines[0]}" = "300: call 31"*", 0 bytes written" ]]
    run -0 timeout 60 "$BUILD/tests/worker-runs" 20 "$hostile" fault 16
    [[ "${lines[0]}" = "20: signal 11"*", 0 bytes written" ]]
    command -v strace >/dev/null || skip "no strace to count with"
    ASAN_OPTIONS=detect_leaks=0 timeout 60 strace -f -o calls -e trace=seccomp,prctl,unshare,clone,execveat \
        "$BUILD/tests/worker-runs" 50 ./hello
    [ "$(grep -c 'execveat(' calls)" -eq 50 ]
    [ "$(grep -c -E 'seccomp\(SECCOMP_SET_MODE|prctl\(PR_SET_SECCOMP' calls)" -eq 1 ]
    [ "$(grep -c 'CLONE_NEW' calls)" -le 4 ]
}

# ---- what cannot be started ----

@test "what cannot be started is told, with status 1" {
    local way
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp "$SOURCE/asm/hello.s" text
    echo '#!/nowhere/shell' >script
    chmod +x script
    for way in "" --sandbox; do
        tinyelf run $way ./nothing
        exits 1
        says "tinyelf: ./nothing: error: cannot be run: No such file or directory"
        tinyelf run $way ./text
        exits 1
        says "it is not executable"
        tinyelf run $way .
        exits 1
        tinyelf run $way ./
        says "tinyelf: ./: error: Is a directory"
        tinyelf run $way hello
        exits 1
        says "tinyelf: hello: error: no such program on PATH: did you mean './hello'?"
        tinyelf run $way no-such-program
        exits 1
        says "tinyelf: no-such-program: error: no such program on PATH"
        chmod +x text
        tinyelf run $way ./text
        exits 1
        says "Linux takes it for no program: Exec format error"
        chmod -x text
        tinyelf run $way ./script
        exits 1
        sleep 0.3
    done
    PATH=.:$PATH tinyelf run hello
    exits 0
    [ "$output" = "Hello world" ]
}

@test "a dynamically linked program is told what it misses" {
    sandboxed /bin/true
    case $status in
    1) says "it needs the interpreter '/lib" ;;
    159) says "it is linked dynamically, and its interpreter needs files" ;;
    *) false ;;
    esac
}

@test "wrong calls" {
    tinyelf run
    exits 2
    says "no program given"
    tinyelf run --sandbocks ./hello
    exits 2
    says "did you mean '--sandbox'?"
    tinyelf run --time soon ./hello
    exits 2
    says "--time 'soon'"
    tinyelf run --time 0 ./hello
    exits 2
    tinyelf run --time 99999999999999999999 ./hello
    exits 2
    tinyelf run --memory 5Q ./hello
    exits 2
    says "--memory '5Q'"
    tinyelf run --memory 99999999999999G ./hello
    exits 2
    tinyelf run --output 5 ./hello
    exits 2
    says "add --sandbox"
}

# ---- without the sandbox ----

@test "without the sandbox a program has its descriptors, arguments, environment and status" {
    run -3 env MARK=here "$TINYELF" run sh -c 'read a; echo "$a $MARK $1 $0"; cat <&9; exit 3' zero one \
        9<<<nine <<<text
    [ "$output" = "text here one zero
nine" ]
    tinyelf run sh -c 'kill -11 $$'
    exits 139
    says "tinyelf: sh: error: killed by signal 11 (SIGSEGV)"
}

@test "at a limit all of its processes end, whatever they ignore and wherever they went" {
    cat >family <<'END'
trap '' TERM
sh -c 'trap "" TERM; echo $$ >>pids; sleep 200' &
setsid sh -c 'echo $$ >>pids; sleep 200' &
echo $$ >>pids
sleep 200
END
    tinyelf run --time 4 sh family
    exits 137
    says "tinyelf: sh: error: killed: it reached the time limit of 4 s (--time)"
    [ "$(wc -l <pids)" -eq 3 ]
    local id
    while read -r id; do
        ended "$id"
    done <pids
    rm pids
    refusing ptrace "$TINYELF" run --time 4 sh family
    exits 137
    [ "$(wc -l <pids)" -eq 3 ]
    while read -r id; do
        ended "$id"
    done <pids
}

@test "what it leaves behind ends with it" {
    tinyelf run sh -c 'setsid sleep 200 & echo $! >pid; exit 4'
    exits 4
    ended "$(cat pid)"
    # And with the command.
    "$TINYELF" run sh -c 'setsid sleep 200 & echo $! >pid; sleep 200' 3>&- &
    main=$!
    for _ in $(seq 400); do
        [ -s pid ] && break
        sleep 0.05
    done
    kill -KILL "$main"
    status_of "$main"
    ended "$(cat pid)"
}

@test "memory counts for all of its processes together, but shared pages once" {
    tinyelf run --memory 100 "$hostile" touch 64
    exits 0
    tinyelf run --memory 32 "$hostile" touch 2000
    exits 137
    says "the memory limit of 32 MiB (--memory)"
    # Each alone is below it.
    tinyelf run --memory 100 sh -c '"$0" touch-and-sleep 64 & "$0" touch-and-sleep 64; wait' "$hostile"
    exits 137
    perl -e 1 || skip "no perl"
    tinyelf run --memory 100 perl -e '$x = "x" x (30 << 20); for (1 .. 4) { unless (fork) { sleep 1;
        exit 0 } } 1 while wait >= 0; exit 5'
    exits 5
}

@test "signals are as the command found them" {
    # SIGPIPE kills, or is ignored where it was.
    { "$TINYELF" run "$hostile" pour 10 2>err || echo $? >status; } | head -c 1 >/dev/null
    [ "$(cat status)" -eq 141 ]
    { perl -e '$SIG{PIPE} = "IGNORE"; exec @ARGV' "$TINYELF" run "$hostile" pour 10 2>err ||
        echo $? >status; } | head -c 1 >/dev/null
    [ "$(cat status)" -eq 9 ]
    sleep 0.2
    { perl -e '$SIG{PIPE} = "IGNORE"; exec @ARGV' "$TINYELF" run --sandbox "$hostile" pour 10 2>err ||
        echo $? >status; } | head -c 1 >/dev/null
    [ "$(cat status)" -eq 9 ]
    grep -q SigIgn /proc/self/status
    run -0 "$TINYELF" run grep SigIgn /proc/self/status
    [ "$output" = "$(grep SigIgn /proc/self/status)" ]
    run -0 bash -c 'trap "" ALRM HUP; "$TINYELF" run grep SigIgn /proc/self/status'
    [ "$output" = "$(trap '' ALRM HUP; grep SigIgn /proc/self/status)" ]
}

# How a command ends to which the shell commands of $1 happen: as wait tells it. It may leave cores.
end_of()
{
    perl -e '$SIG{INT} = $SIG{QUIT} = $SIG{ALRM} = "DEFAULT"; my ($what, @command) = @ARGV;
        my $id = open(my $out, "-|") // die;
        if (!$id) { exec "bash", "-c", q(ulimit -c unlimited; exec "$@"), "bash", @command }
        <$out>; $ENV{id} = $id; system "bash", "-c", $what; close $out; print $?' "$@" 3>&-
}

@test "it dies of the signal that it got, without a core file" {
    [ "$(end_of 'kill -QUIT $id' "$TINYELF" run sh -c 'echo; sleep 20')" -eq 3 ]
    [ "$(end_of 'kill -INT $id' "$TINYELF" run sh -c 'echo; sleep 20')" -eq 2 ]
}

@test "an alarm that was set before it began ends the program, too" {
    run -142 timeout 20 perl -e 'alarm 1; exec @ARGV' "$TINYELF" run "$hostile" sleep 20000 3>&-
    local link
    for link in /proc/[0-9]*/exe; do
        [ ! "$link" -ef "$hostile" ] || ended "$(basename "${link%/exe}")"
    done
}

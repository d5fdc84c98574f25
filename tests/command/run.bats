#!/usr/bin/env bats
# Programs in the sandbox and outside of it: status, limits, output, signals, what cannot be started.
load ../support/setup
load ../support/hostile_setup

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

# ---- limits and output ----

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

# ---- signals ----

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

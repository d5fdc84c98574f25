#!/usr/bin/env bats
# tinyelf run, with and without the sandbox: status, limits, output, signals, programs that cannot be started.
load ../support/setup
load ../support/hostile_setup

# ---- programs that run ----

@test "the lecture's programs run in the sandbox as they do outside of it" {
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

@test "32-bit programs run in the sandbox as they do outside of it" {
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

@test "the command's status is the program's; a signal is reported, with its number plus 128 as status" {
    sandboxed "$hostile" exit 7
    exits 7
    [ -z "$stderr" ]
    sandboxed "$hostile" fault 16
    exits 139
    says "tinyelf: $hostile: error: killed by signal 11 (SIGSEGV), at address 0x10"
}

@test "4 GB that are mapped and mostly not touched do not count as memory" {
    run -0 "$hostile" map 4096
    sandboxed --memory 8 "$hostile" map 4096
    exits 0
    [ "$output" = "did it" ]
    # The lecture's program with one byte of its segment's size changed.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    printf '\1' | dd of=hello bs=1 seek=$((0x6c)) conv=notrunc status=none
    run -0 ./hello
    sandboxed ./hello
    exits 0
    [ "$output" = "Hello world" ]
}

@test "a file that Linux kills while loading it is reported as such" {
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

@test "a 32-bit file that Linux kills while loading it is reported as such" {
    needs_32
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    printf '\1' | dd of=hello32 bs=1 seek=$((0x38)) conv=notrunc status=none
    run ./hello32
    [ "$status" -eq 139 ]
    sandboxed ./hello32
    exits 139
    says "killed by signal 11 (SIGSEGV): Linux gave up while it loaded the file"
}

@test "a program below vm.mmap_min_addr is said to be that, by run, step and mutate" {
    lowest=$(cat /proc/sys/vm/mmap_min_addr)
    [ "$lowest" -ge 4096 ] || skip "vm.mmap_min_addr is $lowest here"
    cat >zero.asm <<'S'
        bits 64
        org 0
        db 0x7f, "ELF", 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
        dw 2, 62
        dd 1
        dq start, 64, 0
        dd 0
        dw 64, 56, 1, 0, 0, 0
        dd 1, 5
        dq 0, 0, 0, end, end, 4096
start:  mov al, 60
        syscall
end:
S
    nasm -f bin zero.asm -o zero
    chmod +x zero
    local command note="segment 0 is at address 0x0, below vm.mmap_min_addr, which is $(printf 0x%x "$lowest") here"
    for command in "run --sandbox" "step --plain --sandbox" mutate; do
        # shellcheck disable=SC2086
        tinyelf $command ./zero
        [ "$status" -ne 0 ]
        says "$note"
    done
}

@test "an interrupted sleep continues" {
    in_background "$hostile" sleep 3000
    kill -STOP "$program"
    sleep 0.1
    kill -CONT "$program"
    status_of "$main"
    [ "$status" -eq 0 ]
    [ "$(cat out)" = slept ]
}

# ---- limits and output ----

@test "a program that writes or reads more memory than allowed is killed" {
    run -0 "$hostile" touch 64
    sandboxed --memory 32 "$hostile" touch 64
    exits 137
    says "the memory limit of 32 MiB (--memory)"
    sandboxed --memory 128 "$hostile" touch 64
    exits 0
    # Page tables for pages of zeros take 2 MiB for each GiB.
    sandboxed --memory 4 "$hostile" read-touch 8192
    exits 137
    says "the memory limit of 4 MiB (--memory)"
}

@test "output is cut exactly at the limit" {
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

@test "output keeps its order, also if descriptors 1 and 2 are one file" {
    "$hostile" both >theirs 2>&1
    "$TINYELF" run --sandbox "$hostile" both >ours 2>&1
    cmp theirs ours
    sleep 0.2
    "$TINYELF" run --sandbox "$hostile" both >1 2>2
    [ "$(sort -u 1)" = a ]
    [ "$(sort -u 2)" = b ]
}

@test "the program is killed if the reader closes the pipe, and times out if it does not read" {
    { "$TINYELF" run --sandbox --output none "$hostile" pour 1000 2>err 3>&- || echo $? >status; } |
        head -c 10 >/dev/null
    [ "$(cat status)" -eq 141 ]
    rm status
    sleep 0.3
    { "$TINYELF" run --sandbox --time 0.5 "$hostile" pour 10 2>err 3>&- || echo $? >status; } | sleep 5
    [ "$(cat status)" -eq 137 ]
    grep -F "time limit" err
}

@test "a reader that never reads is not waited for past the time limit" {
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat
    head -c 100000 /dev/zero >zeros
    # More than a pipe holds, so the program has ended, and the command has the rest.
    { timeout 20 "$TINYELF" run --sandbox --time 0.5 ./cat <zeros 2>err 3>&- || echo $? >status
        touch over; } | while [ ! -e over ]; do sleep 0.1; done
    [ "$(cat status)" -eq 137 ]
    grep -F "its output was not read within the time limit of 0.5 s (--time)" err
    rm over status
    sleep 0.3
    # The message has no room either.
    { timeout 20 "$TINYELF" run --sandbox --time 0.5 ./cat <zeros 2>&1 3>&- || echo $? >status
        touch over; } | while [ ! -e over ]; do sleep 0.1; done
    [ "$(cat status)" -eq 137 ]
    rm over
    sleep 0.3
    # A reader that is only slow gets everything.
    "$TINYELF" run --sandbox --time 9 ./cat <zeros 2>err 3>&- | { sleep 1; wc -c >count; }
    [ "$(cat count)" -eq 100000 ]
}

# ---- signals ----

@test "a signal during the start is not lost" {
    local delay
    # Signals come before the command handles them, and in every later step of the start.
    for delay in 0005 001 0015 002 0025 003 0035 004 005 006 008 012; do
        timeout -k 1 60 perl -e 'my ($delay, @command) = @ARGV; my $id = fork;
            if (!$id) { $SIG{TERM} = "DEFAULT"; exec @command }
            select undef, undef, undef, $delay; kill "TERM", $id; waitpid $id, 0; exit($? & 127)' \
            "0.$delay" "$TINYELF" run sleep 200 3>&- || [ "$?" -eq 15 ]
    done
}

# ---- programs that cannot be started ----

@test "a program that cannot be started is reported, with status 1" {
    local way
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp "$SOURCE/asm/hello.s" text
    echo '#!/nowhere/shell' >script
    chmod +x script
    for way in "" --sandbox; do
        tinyelf run $way ./nothing
        exits 1
        says "tinyelf: ./nothing: error: No such file or directory"
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
        says "Linux does not accept it as a program: Exec format error"
        chmod -x text
        tinyelf run $way ./script
        exits 1
        sleep 0.3
    done
    PATH=.:$PATH tinyelf run hello
    exits 0
    [ "$output" = "Hello world" ]
}

@test "a dynamically linked program is refused with a message about its interpreter" {
    sandboxed /bin/true
    case $status in
    1) says "it needs the interpreter '/lib" ;;
    159) says "it is linked dynamically, and its interpreter needs files" ;;
    *) false ;;
    esac
}

@test "usage errors are reported" {
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

@test "at a limit all of a program's processes are killed, in any session and whatever they ignore" {
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

@test "processes that a program leaves behind are killed when it ends" {
    tinyelf run sh -c 'setsid sleep 200 & echo $! >pid; exit 4'
    exits 4
    ended "$(cat pid)"
    # And when the command ends.
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

@test "the memory of all processes of a program is added, with shared pages counted once" {
    tinyelf run --memory 100 "$hostile" touch 64
    exits 0
    tinyelf run --memory 32 "$hostile" touch 2000
    exits 137
    says "the memory limit of 32 MiB (--memory)"
    # Each process is below the limit.
    tinyelf run --memory 100 sh -c '"$0" touch-and-sleep 64 & "$0" touch-and-sleep 64; wait' "$hostile"
    exits 137
    perl -e 1 || skip "no perl"
    tinyelf run --memory 100 perl -e '$x = "x" x (30 << 20); for (1 .. 4) { unless (fork) { sleep 1;
        exit 0 } } 1 while wait >= 0; exit 5'
    exits 5
}

@test "signal dispositions are passed on unchanged" {
    # SIGPIPE kills, or is ignored if it was ignored before.
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

# Prints how a command ends, as by wait, after the shell commands of $1. It may dump core.
end_of()
{
    perl -e '$SIG{INT} = $SIG{QUIT} = $SIG{ALRM} = "DEFAULT"; my ($what, @command) = @ARGV;
        my $id = open(my $out, "-|") // die;
        if (!$id) { exec "bash", "-c", q(ulimit -c unlimited; exec "$@"), "bash", @command }
        <$out>; $ENV{id} = $id; system "bash", "-c", $what; close $out; print $?' "$@" 3>&-
}

@test "the command dies by the signal that it got, without a core file" {
    [ "$(end_of 'kill -QUIT $id' "$TINYELF" run sh -c 'echo; sleep 20')" -eq 3 ]
    [ "$(end_of 'kill -INT $id' "$TINYELF" run sh -c 'echo; sleep 20')" -eq 2 ]
}

@test "an alarm that was set before the command began also ends the program" {
    run -142 timeout 20 perl -e 'alarm 1; exec @ARGV' "$TINYELF" run "$hostile" sleep 20000 3>&-
    local link
    for link in /proc/[0-9]*/exe; do
        [ ! "$link" -ef "$hostile" ] || ended "$(basename "${link%/exe}")"
    done
}

# ---- more system calls ----

@test "a refused call names the kinds that permit it, where its arguments are theirs" {
    sandboxed "$hostile" pid
    exits 159
    says "getpid (number 39, x86-64); --allow identity permits it"
    sandboxed "$hostile" write 0
    exits 159
    says "write of descriptor 0 (number 1, x86-64); --allow write-stdin permits it"
    sandboxed "$hostile" open file
    exits 159
    says "open (number 2, x86-64); --allow read-files permits it"
    sandboxed "$hostile" open-w file
    exits 159
    [[ "$stderr" = *"open (number 2, x86-64)" ]]
    sandboxed "$hostile" stat-empty file
    exits 159
    says "newfstatat (number 262, x86-64); --allow read-files or libc-start permits it"
    sandboxed --allow identity "$hostile" other 37
    exits 159
    [[ "$stderr" != *--allow* ]]
    tinyelf run --sandbox --allow read-file "$hostile"
    exits 2
    says "--allow 'read-file': it must be write-stdin, read-files, identity, signals or libc-start: did you mean 'read-files'?"
    tinyelf run --allow identity "$hostile"
    exits 2
    says "--allow is for the sandbox only: add --sandbox"
}

@test "static C programs start with --allow libc-start, and read files with read-files" {
    cat >copy.c <<'END'
#include <stdio.h>
int main(int count, char **words)
{
    int byte;
    FILE *file = count > 1 ? fopen(words[1], "r") : stdin;
    while (file && (byte = getc(file)) != EOF)
        putchar(byte);
    printf("%s\n", file ? "end" : "none");
    return 3;
}
END
    gcc -static -O1 copy.c -o copy || skip "gcc makes no static programs"
    sandboxed ./copy <<<text
    exits 159
    says "; --allow libc-start permits it"
    sandboxed --allow libc-start ./copy <<<text
    [[ "$stderr" != *"does not offer one"* ]] || skip "no mount namespace here"
    exits 3
    [ "$output" = "text
end" ]
    echo inside >file
    sandboxed --allow libc-start,read-files ./copy file
    exits 3
    [ "$output" = "inside
end" ]
    sandboxed --allow libc-start --allow read-files ./copy /etc/passwd
    exits 3
    [ "$output" = none ]
    printf '%s\n' '#include <iostream>' '#include <vector>' \
        'int main() { std::vector<int> many(100000, 7); std::cout << many.back() << "\n"; }' >seven.cpp
    if g++ -static -O1 seven.cpp -o seven; then
        sandboxed --allow libc-start ./seven
        exits 0
        [ "$output" = 7 ]
    fi
    gcc -m32 -static -O1 copy.c -o copy32 || skip "gcc makes no 32-bit programs"
    needs_32
    sandboxed --allow libc-start,read-files ./copy32 file
    exits 3
    [ "$output" = "inside
end" ]
}

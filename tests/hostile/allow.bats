#!/usr/bin/env bats
# The sandbox with more kinds of system calls allowed (--allow): programs that try to do more than these say.
load ../support/setup
load ../support/hostile_setup

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" "$BATS_TEST_TMPDIR/work/below" && cd "$BATS_TEST_TMPDIR/work" || return 1
    echo "the target's text" >target
    echo outside >../outside
}

# An attempt that succeeds outside of the sandbox is refused by the filter.
refused_for()
{
    local call=$1
    shift
    sandboxed "$hostile" "$@" </dev/null
    exits 159
    [ -z "$output" ]
    says "error: system call not allowed in the sandbox: $call"
}

# Runs attempts in one sandbox, each of two words, and prints how each ended.
each()
{
    run -0 timeout 60 "$BUILD/tests/worker-runs" "${kinds[@]}" --each "$hostile" "$@"
}

# Attempts that a sandbox with the kinds in `kinds` lets through, and which succeed.
do_it()
{
    local attempt
    each "$@"
    for attempt; do
        grep -qx "$attempt: exited 0, 7 bytes written" <<<"$output"
    done
}

# Attempts that succeed outside of it, and inside are let through and fail.
fail_there()
{
    local attempt words
    for attempt; do
        read -ra words <<<"$attempt"
        run timeout 20 "$hostile" "${words[@]}" </dev/null
        [ "$status" -eq 0 ]
    done
    each "$@"
    for attempt; do
        grep -qx "$attempt: exited 9, 8 bytes written" <<<"$output"
    done
}

# Attempts for which the filter kills.
are_killed()
{
    local attempt
    each "$@"
    for attempt; do
        grep -q "^$attempt: call 31.*, 0 bytes written\$" <<<"$output"
    done
}

needs_files()
{
    sandboxed "$hostile" open target
    [[ "$stderr" != *"does not offer one"* ]] || skip "no mount namespace here"
    [[ "$stderr" != *"this needs Linux 5.12"* ]] || skip "this kernel cannot make a mount read-only"
}

# ---- read-files ----

@test "files of the working directory are read, by both tables, and none outside of it" {
    confining=(run --sandbox --allow read-files)
    needs_files
    ln -s below/inner inside
    ln -s ../outside leaves
    ln -s /etc/passwd to-passwd
    echo inner >below/inner
    kinds=(--allow read-files)
    do_it "open target" "open $PWD/target" "open inside" "open-d ." "stat target" "other-open target"
    fail_there "open ../outside" "open leaves" "open /etc/passwd" "open to-passwd" "open $BATS_TEST_TMPDIR/outside" \
        "open /proc/self/maps" "open /proc/self/environ" "open /proc/1/status" "open /dev/null" "stat /etc/passwd"
    needs_32
    do_it "open target"
    fail_there "open /etc/passwd"
    are_killed "open-w target" "openat2 target" "creat new"
}

@test "a file is not opened for anything but reading, whatever the flags, and neither made nor removed" {
    confining=(run --sandbox --allow read-files)
    needs_files
    local way
    for way in open-w open-rw open-a open-c open-p; do
        succeeds "$way" target
    done
    echo "the target's text" >target
    kinds=(--allow read-files)
    are_killed "open-w target" "open-rw target" "open-3 target" "open-t target" "open-wt target" "open-a target" \
        "open-c target" "open-p target" "open-tmp ." "open-c new" "creat new" "openat2 target" "unlink target" \
        "link new" "chdir .." "other-open-w target" "x32-open target"
    refused_for "open (number 2, x86-64)" open-w target
    refused_for "openat2 (number 437, x86-64)" openat2 target
    refused_for "open (number 5, i386)" other-open-w target
    [ "$(cat target)" = "the target's text" ]
    [ "$(ls | tr '\n' ' ')" = "below target " ]
}

@test "of the flags of open alone, these do not end a program: O_NOCTTY, O_NONBLOCK, O_LARGEFILE, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC" {
    confining=(run --sandbox --allow read-files)
    needs_files
    run -0 timeout 60 "$BUILD/tests/worker-runs" --allow read-files --numbers 32 "$hostile" open-bit
    [ "${lines[0]}" = "8 11 15 16 17 19 " ]
    [ "$(cat target)" = "the target's text" ]
    needs_32
    run -0 timeout 60 "$BUILD/tests/worker-runs" --allow read-files --numbers 32 "$hostile" open-bit
    [ "${lines[0]}" = "8 11 15 16 17 19 " ]
    [ "$(cat target)" = "the target's text" ]
}

@test "devices are not opened, and who waits for a FIFO is ended by the time limit" {
    confining=(run --sandbox --time 0.3 --allow read-files)
    needs_files
    mkfifo fifo
    sandboxed "$hostile" open fifo
    exits 137
    says "killed: it reached the time limit of 0.3 s (--time)"
    mknod null c 1 3 || skip "only root can make a device"
    kinds=(--allow read-files)
    fail_there "open null"
}

@test "a directory as descriptor 0 is no way out" {
    confining=(run --sandbox --allow read-files)
    needs_files
    run -0 "$hostile" openat-0 etc/passwd </
    sandboxed "$hostile" openat-0 etc/passwd </
    exits 1
    says "descriptor 0: Is a directory"
    refused_for "openat (number 257, x86-64)" openat-0 target
}

@test "the working directory is mounted read-only, without devices, set-user-ID, execution and what is mounted later" {
    confining=(run --sandbox --allow read-files)
    needs_files
    in_background "$hostile" sleep 3000
    # The root and the directory are all that there is: number, parent, device, what, where, options, "-".
    cut -d ' ' -f 5-7 "/proc/$program/mountinfo" >mounts
    kill "$main"
    status_of "$main"
    [ "$(wc -l <mounts)" -eq 2 ]
    grep -q '^/ ro,nosuid,nodev.* -$' mounts
    grep -q "^$PWD ro,nosuid,nodev,noexec.* -\$" mounts
}

@test "the root and the kernel's own files are not given for reading" {
    confining=(run --sandbox --allow read-files)
    needs_files
    cd /
    sandboxed "$hostile" open etc/passwd
    exits 1
    says "cannot confine what the program reads to the working directory: it is the root directory"
    cd /proc
    sandboxed "$hostile" open cpuinfo
    exits 1
    says "it is in a file system of the kernel's, such as /proc"
}

@test "without a mount namespace, kinds of calls that take names of files are refused" {
    refusing namespaces "$TINYELF" run --sandbox --allow read-files "$hostile" open target
    exits 1
    says "these system calls take names of files, which only a mount namespace can confine: this system does not offer one"
    refusing namespaces "$TINYELF" run --sandbox --allow libc-start "$hostile" exit 0
    exits 1
    says "which only a mount namespace can confine"
    refusing namespaces "$TINYELF" run --sandbox --allow identity,signals,write-stdin "$hostile" exit 3
    exits 3
}

@test "a normal user's program reads the same files, and none that the user may not read" {
    [ "$(id -u)" -eq 0 ] || skip "only root can become another user"
    confining=(run --sandbox --allow read-files)
    needs_files
    echo secret >secret
    chmod 600 secret
    cp -p "$TINYELF"* "$hostile" .
    chmod 755 tinyelf hostile64 . "$BATS_TEST_TMPDIR"
    chmod o+x "$BATS_FILE_TMPDIR"/.. "$BATS_TEST_TMPDIR"/..
    local user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    run --separate-stderr timeout 20 "${user[@]}" ./tinyelf run --sandbox --allow read-files ./hostile64 open target
    [[ "$stderr" != *"does not offer one"* ]] || skip "no user namespaces here"
    exits 0
    [ "$output" = "did it" ]
    sleep 0.2
    run --separate-stderr timeout 20 "${user[@]}" ./tinyelf run --sandbox --allow read-files ./hostile64 open secret
    exits 9
    sleep 0.2
    run --separate-stderr timeout 20 "${user[@]}" ./tinyelf run --sandbox --allow read-files ./hostile64 open ../outside
    exits 9
}

@test "files that a program leaves open are not the next one's, and it has 64 descriptors at most" {
    confining=(run --sandbox --allow read-files)
    needs_files
    # Descriptor 0 is free, and 1 and 2 are pipes.
    run -0 timeout 60 "$BUILD/tests/worker-runs" --allow read-files 40 "$hostile" open-some target
    [ "${lines[0]}" = "40: exited 4, 0 bytes written" ]
    sandboxed "$hostile" open-all target
    exits 61
}

# ---- write-stdin ----

@test "what is written to descriptor 0 is output: limited, in order, and never in the file that was 0" {
    confining=(run --sandbox --allow write-stdin)
    run -0 "$hostile" write 0 0<>target
    echo "the target's text" >target
    sandboxed "$hostile" write 0 0<>target
    exits 0
    [ "$output" = "here
did it" ]
    [ "$(cat target)" = "the target's text" ]
    sandboxed "$hostile" turns
    exits 0
    [ "$output" = "$(for _ in $(seq 100); do echo a; echo b; done)" ]
    "$TINYELF" run --sandbox --allow write-stdin --output 1 "$hostile" pour-0 20 >poured 2>err || status=$?
    [ "$status" -eq 137 ]
    [ "$(wc -c <poured)" -eq $((1 << 20)) ]
    refused_for "write of descriptor 3 (number 1, x86-64)" write 3
    sandboxed "$hostile" read 0 <target
    exits 9
    [ "$output" = refused ]
}

# ---- signals, identity, libc-start ----

@test "a program that handles, ignores and blocks all signals is ended by its limits and by the filter" {
    confining=(run --sandbox --time 0.3 --allow signals)
    sandboxed "$hostile" resist
    exits 137
    says "killed: it reached the time limit of 0.3 s (--time)"
    refused_for "socket (number 41, x86-64)" resist call
    refused_for "kill (number 62, x86-64)" kill
    kinds=(--allow signals)
    do_it "alarms 0"
}

@test "identity shows the numbers of the sandbox, and signals are still not sent" {
    confining=(run --sandbox --allow identity)
    sandboxed "$hostile" pid
    if [ -z "$stderr" ]; then
        # The worker is the first process of its namespace.
        exits 2
    fi
    refused_for "kill (number 62, x86-64)" stop
    refused_for "ptrace (number 101, x86-64)" ptrace 1
}

@test "the start of a C library neither sets limits nor asks for those of others, nor names files outside" {
    confining=(run --sandbox --allow libc-start)
    sandboxed "$hostile" exit 0
    [[ "$stderr" != *"does not offer one"* ]] || skip "no mount namespace here"
    refused_for "prlimit64 (number 302, x86-64)" limit
    kinds=(--allow libc-start)
    # TIOCSTI (21522) types into the terminal; TCGETS (21505) is of no terminal here.
    are_killed "limit-of 1" "arch 0" "ioctl 21522" "stat target" "open target" "resist call"
    grep -q "^limit-of 1: call 31 number 302" <<<"$output"
    each "ioctl 21505"
    [[ "$output" = "ioctl 21505: exited 9"* ]]
    fail_there "stat-empty /etc/passwd" "readlink /proc/self/exe"
}

@test "step and trace let through what is allowed, and nothing else" {
    local what
    for what in "step --sandbox --plain" "trace --sandbox"; do
        read -ra confining <<<"$what"
        confining+=(--allow read-files,signals)
        needs_files
        sandboxed "$hostile" open target
        exits 0
        [[ "$output" = *"did it"* ]]
        sandboxed "$hostile" open-w target
        exits 159
        says "error: system call not allowed in the sandbox: open (number 2, x86-64)"
        sandboxed "$hostile" open ../outside
        exits 9
    done
}

# The numbers that are let through with a kind and not without it, with zeros as arguments.
added_by()
{
    timeout 60 "$BUILD/tests/worker-runs" --time 300 --allow "$1" --numbers 600 "$hostile" call >with
    head -n 1 with | tr ' ' '\n' | sort | comm -23 - without | sort -n | tr '\n' ' '
}

@test "of all calls in both tables, each kind lets through these alone" {
    confining=(run --sandbox --allow read-files)
    needs_files
    timeout 60 "$BUILD/tests/worker-runs" --numbers 600 "$hostile" call >out
    head -n 1 out | tr ' ' '\n' | sort >without
    [ "$(added_by write-stdin)" = "1 20 " ]
    [ "$(added_by read-files)" = "2 3 4 5 6 8 17 21 78 89 217 262 267 269 295 332 " ]
    [ "$(added_by identity)" = "39 63 79 102 104 107 108 110 111 115 118 120 121 124 186 " ]
    [ "$(added_by signals)" = "13 14 15 34 36 37 38 127 128 130 131 " ]
    [ "$(added_by libc-start)" = "5 10 25 89 97 205 218 273 302 318 334 " ]
    needs_32
    timeout 60 "$BUILD/tests/worker-runs" --numbers 600 "$hostile" call >out
    head -n 1 out | tr ' ' '\n' | sort >without
    [ "$(added_by write-stdin)" = "4 146 " ]
    [ "$(added_by read-files)" = "5 6 19 33 85 106 107 108 140 141 180 195 196 197 220 300 305 307 333 383 " ]
    [ "$(added_by identity)" = "20 24 47 49 50 64 65 80 122 132 147 165 171 183 199 200 201 202 205 209 211 224 " ]
    [ "$(added_by signals)" = "27 29 48 67 72 73 104 105 119 126 173 174 175 176 177 179 186 421 " ]
    [ "$(added_by libc-start)" = "76 85 108 125 163 191 197 243 258 311 340 355 386 " ]
}

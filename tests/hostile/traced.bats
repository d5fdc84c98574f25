#!/usr/bin/env bats
# Programs that try to leave the sandbox while step or trace has them in it.
load ../support/setup
load ../support/hostile_setup

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    "$hostile" exit 0 || return 1
    timeout 20 "$TINYELF" trace -o /dev/null "$hostile" exit 0 || skip "ptrace is forbidden here"
}

# An attempt that succeeds outside is the last call in a trace, and in steps, and both say why.
refused()
{
    local call=$1 name=$2
    shift 2
    confining=(trace --sandbox -o log)
    sandboxed "$hostile" "$@"
    exits 159
    [ -z "$output" ]
    says "error: system call not allowed in the sandbox: $call"
    grep -q "^$name(.*) *= ? (the sandbox does not allow it)\$" log
    [ "$(tail -n 1 log)" = "+++ killed by SIGSYS +++" ]
    confining=(step --sandbox --plain)
    sandboxed "$hostile" "$@"
    exits 159
    says "error: system call not allowed in the sandbox: $call"
    [ "$(echo "$output" | grep -c 'does not allow')" -eq 1 ]
    echo "$output" | tail -n 5 | grep -q "asks the kernel: $name ("
    [[ $(echo "$output" | tail -n 2) = "      the sandbox does not allow this call
killed by SIGSYS after "*" steps" ]]
}

@test "files, sockets, processes, signals and ptrace are refused to a program that is traced or stepped" {
    succeeds fork
    refused "fork (number 57, x86-64)" fork fork
    succeeds signal $$
    refused "kill (number 62, x86-64)" kill signal $$
    refused "kill (number 62, x86-64)" kill kill
    succeeds socket
    refused "socket (number 41, x86-64)" socket socket
    run -0 "$hostile" create made
    rm made
    refused "open (number 2, x86-64)" open create made
    [ ! -e made ]
    # 1 is init inside, and the tracer's own number is another one there.
    refused "ptrace (number 101, x86-64)" ptrace ptrace 1
    succeeds map-shared
    refused "mmap (number 9, x86-64)" mmap map-shared
    run -0 "$hostile" read 9 9<"$hostile"
    refused "read of descriptor 9 (number 0, x86-64)" read read 9 9<"$hostile"
}

@test "another execve is refused, also with a guess of the secret that the first one had" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    run -0 "$hostile" execve ./hello
    refused "execve (number 59, x86-64)" execve execve ./hello
    refused "execveat (number 322, x86-64)" execveat execveat ./hello
    refused "execveat (number 322, x86-64)" execveat execveat-1 ./hello
}

@test "32-bit programs are refused the same, and calls by the other table" {
    refused "getpid (number 20, i386)" getpid other 20
    needs_32
    refused "fork (number 2, i386)" fork fork
    refused "socket (number 359, i386)" socket socket
    refused "mmap (number 90, i386)" mmap oldmmap
    refused "getpid (number 39, x86-64)" getpid other 39
}

@test "loops, sleeps and memory end at their limits, output too" {
    local what
    for what in "trace --sandbox -o log" "step --sandbox --record log"; do
        read -ra confining <<<"$what"
        sandboxed --time 0.3 "$hostile" loop
        exits 137
        says "killed: it reached the time limit of 0.3 s (--time)"
        sandboxed --time 0.3 "$hostile" sleep 20000
        exits 137
        says "killed: it reached the time limit of 0.3 s (--time)"
        sandboxed --memory 8 "$hostile" touch 64
        exits 137
        says "killed: it exceeded the memory limit of 8 MiB (--memory)"
        status=0
        timeout 60 "$TINYELF" "${confining[@]}" "$hostile" pour 20 >poured 2>err || status=$?
        [ "$status" -eq 137 ]
        [ "$(cat err)" = "tinyelf: $hostile: error: killed: it exceeded the output limit of 16 MiB" ]
        [ "$(wc -c <poured)" -eq $((16 << 20)) ]
        sleep 0.2
    done
}

# Behind these the processor, or the kernel, takes the next instruction along in the same step.
@test "a call that hides behind an instruction without a step of its own has the same limits" {
    local first
    for first in 'mov ss,ecx' 'sgdt [rsp-64]'; do
        printf '%s\n' 'bits 64' 'global _start' '_start: mov ecx,ss' 'push 0' 'push 20' 'mov rdi,rsp' \
            'xor esi,esi' 'mov eax,35' "$first" 'syscall' 'mov eax,60' 'syscall' >hidden.asm
        "$TINYELF" build hidden.asm -o hidden
        confining=(step --sandbox --plain)
        sandboxed --time 0.3 ./hidden
        exits 137
        says "killed: it reached the time limit of 0.3 s (--time)"
        # 1 GiB that the kernel touches in one call: mmap with MAP_POPULATE and MAP_NORESERVE.
        printf '%s\n' 'bits 64' 'global _start' '_start: mov ecx,ss' 'mov edx,3' 'mov r10d,0xc022' \
            'mov r8,-1' 'xor r9d,r9d' 'xor edi,edi' 'mov esi,1<<30' 'mov eax,9' "$first" 'syscall' \
            'mov eax,60' 'syscall' >populates.asm
        "$TINYELF" build populates.asm -o populates
        sandboxed --memory 16 ./populates
        exits 137
        says "killed: it exceeded the memory limit of 16 MiB (--memory)"
        sed 's/mov eax,35/mov eax,57/' hidden.asm >fork.asm
        "$TINYELF" build fork.asm -o fork
        sandboxed ./fork
        exits 159
        says "fork (number 57, x86-64)"
    done
}

@test "no process is left, however step or trace ends" {
    local signal what
    for what in "step --sandbox --plain" "trace --sandbox"; do
        for signal in INT TERM KILL; do
            # shellcheck disable=SC2086 # two words
            leaves_nothing "$signal" $what
            sleep 0.2
        done
    done
}

@test "the program has one filter, no capabilities, three descriptors and its own namespaces" {
    confining=(trace --sandbox)
    in_background "$hostile" sleep 3000 9<"$hostile"
    local own theirs space
    grep -qx "NoNewPrivs:	1" "/proc/$program/status"
    grep -qx "CapEff:	0000000000000000" "/proc/$program/status"
    own=$(sed -n 's/^Seccomp_filters:\t//p' /proc/self/status)
    theirs=$(sed -n 's/^Seccomp_filters:\t//p' "/proc/$program/status")
    [ $((theirs - own)) -eq 1 ]
    [ "$(ls "/proc/$program/fd" | sort | tr '\n' ' ')" = "0 1 2 " ]
    if ! grep -q warning err; then
        for space in pid net mnt ipc; do
            [ "$(readlink "/proc/$program/ns/$space")" != "$(readlink "/proc/self/ns/$space")" ]
        done
    fi
    kill "$main"
    status_of "$main"
}

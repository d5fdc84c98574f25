#!/usr/bin/env bats
# Programs that have a terminal in the sandbox, and try to reach beyond it.
load ../support/setup
load ../support/hostile_setup
confining=(run --sandbox --tty)

# Runs a program outside of the sandbox, with a terminal that script makes for it, in a session of its own.
on_a_terminal()
{
    command -v script >/dev/null || skip "script is not installed"
    run timeout 20 setsid --wait script -qec "$(printf '%q ' "$@")" /dev/null </dev/null 3>&-
}

@test "requests that type, that take the terminal or that change others than it are refused" {
    local request
    for request in TIOCSTI TIOCSCTTY TIOCNOTTY TIOCSETD TIOCSWINSZ TIOCEXCL TIOCSPGRP FIONBIO TCFLSH; do
        sandboxed "$hostile" terminal "$request" </dev/null
        exits 159
        [ -z "$output" ]
        says "error: system call not allowed in the sandbox: ioctl (number 16, x86-64)"
    done
    # Outside, a program that has a terminal does such things to it.
    for request in TIOCSETD TIOCSWINSZ TIOCEXCL FIONBIO TCFLSH; do
        on_a_terminal "$hostile" terminal "$request"
        [ "$status" -eq 0 ]
        [[ "$output" == *"did it"* ]]
    done
    sandboxed "$hostile" terminal TCGETS </dev/null
    exits 0
    [ "$output" = "did it" ]
}

@test "32-bit programs are refused the same" {
    needs_32
    local request
    for request in TIOCSTI TIOCSETD FIONBIO; do
        sandboxed "$hostile" terminal "$request" </dev/null
        exits 159
        says "error: system call not allowed in the sandbox: ioctl (number 54, i386)"
    done
    sandboxed "$hostile" terminal TCGETS </dev/null
    exits 0
    [ "$output" = "did it" ]
}

@test "without --tty there is no terminal, and no request to one" {
    confining=(run --sandbox)
    sandboxed "$hostile" terminal TCGETS </dev/null
    exits 159
    says "ioctl (number 16, x86-64)"
}

@test "other calls are refused as without a terminal, and it has no other descriptor" {
    killed_for "fork (number 57, x86-64)" fork
    sandboxed "$hostile" write 3 3>written
    exits 159
    sandboxed "$hostile" read 3 </dev/null
    exits 159
    in_background "$hostile" sleep 3000
    [ "$(ls "/proc/$program/fd" | sort | tr '\n' ' ')" = "0 1 2 " ]
    [ "$(readlink "/proc/$program/fd/0")" != "$(readlink /proc/self/fd/0)" ]
    # The process has no controlling terminal that would be this one.
    [ "$(cut -d' ' -f7 "/proc/$program/stat")" = "$(cut -d' ' -f7 "/proc/$main/stat")" ]
    kill "$main"
    status_of "$main"
}

@test "what is written beyond the limit is cut, and a program that waits for input is ended" {
    sandboxed --output 1 "$hostile" pour 3 >/dev/null
    exits 137
    says "killed: it exceeded the output limit of 1 MiB (--output)"
    sandboxed --time 0.3 "$hostile" loop
    exits 137
    # It reads from a terminal into which nobody types.
    mkfifo silent
    sleep 10 3>&- >silent &
    local writer=$!
    sandboxed --time 0.3 "$hostile" read 0 <silent
    exits 137
    says "killed: it reached the time limit of 0.3 s (--time)"
    kill "$writer"
    # The end of the input is read, not waited for.
    sandboxed --time 5 "$hostile" read 0 </dev/null
    exits 0
}

@test "no process is left, however the command ends" {
    local signal
    for signal in INT TERM HUP KILL; do
        leaves_nothing "$signal" "${confining[@]}"
    done
}

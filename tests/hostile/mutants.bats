#!/usr/bin/env bats
# tinyelf mutate: changed programs that try to do harm, and processes of mutate that are killed by others.
load ../support/setup
load ../support/mutate_setup

# ---- harmful mutants ----

@test "of all system call numbers in a byte, only the sandbox's permitted ones are let through" {
    assemble calls <<'END'
_start: mov eax, 231
        xor edi, edi
        syscall
END
    sleep 1000 &
    local other=$!
    mutate --json --field 0x79 calls
    exits 0
    kill -0 "$other"
    kill "$other"
    # exit ends the program as before; read, write, readv, writev, brk, munmap, restart_syscall and the calls of
    # clocks and sleeping return, to bytes after the end that are not code; mmap has the wrong flags.
    [ "$(json 'my $b = $d->{bytes}[0]; print "$b->{value} same $b->{same} signal $b->{signal} blocked $b->{blocked} timeout $b->{timeout}"' \
        <<<"$output")" = "231 same 1 signal 11 blocked 243 timeout 0" ]
}

@test "mutants of asm/ leave nothing behind and touch nothing" {
    local name
    for name in hello echo cat exit sections; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name" 2>/dev/null
    done
    "$TINYELF" build "$SOURCE/asm/hello.c" -o hello-c 2>/dev/null
    echo kept >kept
    local state
    state=$(ls -lA --time-style=full-iso)
    sleep 1000 &
    local other=$!
    for name in hello echo cat exit sections hello-c; do
        begin --values 20 --seed 11 "$name" "one"
        ended
        output=$(cat out)
        rm out err
        exits 0
        nobody_left
        [ "$(sum same)" -gt 0 ]
        [ "$(sum signal)" -gt 0 ]
        [ "$(json 'print $d->{runs}' <<<"$output")" -eq $((20 * $(stat -c %s "$name"))) ]
    done
    kill -0 "$other"
    kill "$other"
    [ "$(ls -lA --time-style=full-iso)" = "$state" ]
}

@test "mutants that loop end at the processor time limit, those that sleep at the limit of the clock" {
    assemble loops <<'END'
_start: mov ecx, 3
again:  dec ecx
        jnz again
        mov eax, 60
        syscall
END
    # mov ecx, imm32: with the high byte it counts to billions; jnz's offset -2 is an endless loop.
    mutate --json --field 0x7c --values 40 loops
    exits 0
    [ "$(sum timeout)" -gt 30 ]
    # With more time, mutants that count to millions end.
    mutate --json --field 0x7b --values 20 --time 5 loops
    exits 0
    [ "$(sum same)" -eq 20 ]
    mutate --json --field 0x7c --values 3 --time 0.001 loops
    exits 0
    [ "$(sum timeout)" -eq 3 ]
}

@test "a stack overflow is not reported as a loop" {
    assemble recursion <<'END'
_start: mov ecx, 2
again:  dec ecx
        jz done
        call again
done:   mov eax, 60
        xor edi, edi
        syscall
END
    # mov ecx, imm32: with a large high byte it calls itself millions of times. To touch all of the stack may take longer than the
    # usual limit on a busy machine.
    mutate --json --field 0x7c --jobs 3 --time 5 recursion
    exits 0
    [ "$(sum signal)" -eq 255 ]
}

@test "mutants that write without end, use memory or sleep are ended" {
    assemble pours <<'END'
_start: mov ebx, 1
again:  mov eax, 1
        mov edi, 1
        lea rsi, [rel _start]
        mov edx, 8
        syscall
        dec ebx
        jnz again
        xor edi, edi
        mov eax, 60
        syscall
END
    # The high byte of ebx: billions of writes; jnz's offset.
    mutate --json --field 0x7c pours
    exits 0
    [ "$(json 'my $b = $d->{bytes}[0]; print "$b->{output}"' <<<"$output")" = 255 ]
    assemble sleeps <<'END'
_start: push 0
        push 0
        mov eax, 35
        mov rdi, rsp
        xor esi, esi
        syscall
        mov eax, 60
        xor edi, edi
        syscall
END
    # The second push is the seconds; -128 is invalid, so the call returns at once.
    mutate --json --values 6 --field 0x7b sleeps
    exits 0
    [ "$(json 'my $b = $d->{bytes}[0]; print $b->{same} + $b->{timeout}, " ", $b->{timeout} > 0' <<<"$output")" = "6 1" ]
    assemble touches <<'END'
_start: mov esi, 0x00001000
        mov eax, 9
        xor edi, edi
        mov edx, 3
        mov r10d, 0x4022
        mov r8d, -1
        xor r9d, r9d
        syscall
        mov ecx, esi
        mov rdi, rax
        xor eax, eax
        rep stosb
        xor edi, edi
        mov eax, 60
        syscall
END
    # The high byte of the size: 16 MiB and more, all of it written to.
    mutate --json --values 3 --memory 8 --time 5 --field 0x7c touches
    exits 0
    [ "$(sum blocked)" -eq 3 ]
}

# ---- processes killed by others ----

@test "a killed process of mutate is reported with the results so far, and mutate does not hang" {
    local plan
    slow
    for plan in "--pairs 0x78-0x7f" "--field ehdr"; do
        begin --jobs 2 $plan slow
        until_counted
        kill -KILL "$runner"
        ended
        [ "$status" -eq 1 ]
        grep -q "^tinyelf: slow: error: a process of the sandbox was killed from outside, after [0-9]* of " err
        [ "$(json 'print $d->{complete} ? "all" : "some"' <out)" = some ]
        nobody_left
    done
}

@test "a changed program that is killed by others is run again" {
    local runner program
    sleeping slower 300000000
    begin --field e_shoff --values 2 --jobs 1 slower
    find_runner
    next_program "$runner" ""
    for _ in 1 2 3; do
        kill -KILL "$program"
        # The same change again, and then the next one.
        next_program "$runner" "$program"
        next_program "$runner" "$program"
    done
    ended
    output=$(cat out)
    [ "$(sum same)" -eq 16 ]
}

@test "a killed sandbox of the unchanged program is reported, and mutate does not hang" {
    sleeping slower 0 4
    local program
    begin slower
    next_program "$main" ""
    find_child "$main"
    kill -KILL "$child"
    ended
    [ "$status" -eq 1 ]
    grep -q "^tinyelf: slower: error: the sandbox's worker is gone" err
    nobody_left
}

@test "no process is left when mutate is killed" {
    slow
    begin slow
    until_counted
    kill -KILL "$main"
    ended
    [ ! -s out ]
    nobody_left
}

#!/usr/bin/env bats
# tinyelf step and system calls that a signal without a handler interrupts: the kernel makes them again.
load ../support/setup
load ../support/step_setup

# A program that forks; the child sleeps for 0.3 s and exits, the parent for 2 s, so that SIGCHLD interrupts it.
sleeper()
{
    assembled sleeper <<'E'
_start:
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov eax, 35
    lea rdi, [rel two_seconds]
    lea rsi, [rel left]
    syscall
after:
    nop
    mov edi, eax
    mov eax, 60
    syscall
child:
    mov eax, 35
    lea rdi, [rel a_while]
    xor esi, esi
    syscall
    mov eax, 60
    xor edi, edi
    syscall
a_while: dq 0, 300000000
two_seconds: dq 2, 0
section .data
left: dq 0, 0
E
}

# Runs the sleeper so until SIGCHLD comes during its sleep: on a busy machine it may come before. $1 is seen then.
interrupted()
{
    local _
    for _ in 1 2 3 4 5; do
        run --separate-stderr timeout 60 "${@:2}" </dev/null
        exits 0
        [[ $output$stderr != *"$1"* ]] || return 0
    done
    skip "SIGCHLD never came during the sleep: this machine is too busy"
}

@test "a sleep that SIGCHLD interrupts goes on as restart_syscall, as in strace, and not as the next instruction" {
    sleeper
    interrupted "resuming interrupted" strace ./sleeper
    grep -o '^[a-z_]*(' <<<"$stderr" | tr -d '(' | tail -n +2 >theirs
    interrupted ERESTART_RESTARTBLOCK "$TINYELF" step ./sleeper
    grep -o 'asks the kernel: [a-z_]*' <<<"$output" | cut -d ' ' -f 4 >ours
    diff theirs ours
    [[ $output = *"      the kernel answers: -516 ERESTART_RESTARTBLOCK: Interrupted by signal
      rax 0x23 -> 0xfffffffffffffdfc, "*"  between two instructions
      SIGCHLD comes, at CPL 3
"*"  the kernel returns to the interrupted call, to restart it
      rax 0xfffffffffffffdfc -> 0xdb, rip 0x"*" syscall
      asks the kernel: restart_syscall (219)
      the kernel answers: 0
      rax 0xdb -> 0x0
      it resumes the interrupted nanosleep
"* ]]
    # Under the nop nothing changes.
    grep -A 1 ' nop$' <<<"$output" | tail -n 1 | grep -q ' mov edi,eax$'
}

@test "an address after an interrupted call is not reached before the call has been made again" {
    sleeper
    step ./sleeper
    address=$(grep ' nop$' <<<"$output" | grep -o '0x[0-9a-f]*' | head -n 1)
    interrupted ERESTART_RESTARTBLOCK "$TINYELF" step --until "$address" ./sleeper
    [[ $output = *"it resumes the interrupted nanosleep
stopped here after "* ]]
    interrupted "" "$TINYELF" step --record run.json ./sleeper
    grep -q '"kind":"restart"' run.json || skip "SIGCHLD did not come during the sleep"
    step --replay run.json --until "$address"
    [[ $output = *"it resumes the interrupted nanosleep
stopped here after "* ]]
    step --replay run.json --record again.json
    cmp run.json again.json
}

@test "where no breakpoint can be set, the second call is still the call" {
    [ -x "$BUILD/tests/forbid" ] || skip "tests/forbid is not built"
    sleeper
    interrupted ERESTART_RESTARTBLOCK "$BUILD/tests/forbid" breakpoints "$TINYELF" step ./sleeper
    [[ $output != *"the kernel returns"* ]]
    [[ $output = *"SIGCHLD comes, at CPL 3
"*" syscall
      asks the kernel: restart_syscall (219)
      the kernel answers: 0
      rax 0xfffffffffffffdfc -> 0x0
      it resumes the interrupted nanosleep
"* ]]
    grep -A 1 ' nop$' <<<"$output" | tail -n 1 | grep -q ' mov edi,eax$'
}

# Waits until step has printed a line.
prints()
{
    local i
    for i in $(seq 600); do
        grep -q -- "$1" out.txt && return 0
        sleep 0.05
    done
    echo "never printed: $1"
    cat out.txt
    return 1
}

# Waits until the program waits in a call.
waits()
{
    local i
    for i in $(seq 600); do
        id=$(processes_of "$1")
        [ -n "$id" ] && grep -q '^State:[[:space:]]*S' "/proc/$id/status" && return 0
        sleep 0.05
    done
    echo "$1 does not wait"
    return 1
}

# A program that reads 8 bytes and exits with their number, in 64-bit or 32-bit code.
readers()
{
    assembled reader <<'E'
_start:
    sub rsp, 64
    xor eax, eax
    xor edi, edi
    mov rsi, rsp
    mov edx, 8
    syscall
    nop
    mov edi, eax
    mov eax, 60
    syscall
E
    cat >reader32.s <<'E'
bits 32
global _start
section .text
_start:
    sub esp, 64
    mov eax, 3
    xor ebx, ebx
    mov ecx, esp
    mov edx, 8
    int 0x80
    nop
    mov ebx, eax
    mov eax, 1
    int 0x80
E
    "$TINYELF" build reader32.s -o reader32
    mkfifo input
}

@test "a read that SIGWINCH interrupts is made again, and gets its data" {
    readers
    for program in reader reader32; do
        status=0
        printf '12345678' | "./$program" || status=$?
        if [ "$program" = reader32 ] && [ "$status" -ne 8 ]; then
            continue # this kernel runs no 32-bit programs
        fi
        [ "$status" -eq 8 ]
        : >out.txt
        "$TINYELF" step "./$program" <input >out.txt &
        ours=$!
        exec 7>input
        waits "$program"
        kill -WINCH "$id"
        prints 'returns to the interrupted call'
        printf 'abc' >&7
        exec 7>&-
        status=0
        wait "$ours" || status=$?
        [ "$status" -eq 3 ]
        output=$(cat out.txt)
        [[ $output = *"the kernel answers: -512 ERESTARTSYS: To be restarted if SA_RESTART is set
"*"SIGWINCH comes, at CPL 3
"*"asks the kernel: read ("*"the kernel answers: 3
"*" -> 61 62 63
"* ]]
        [ "$(grep -c 'asks the kernel: read (' out.txt)" -eq 2 ]
        grep -A 1 ' nop$' out.txt | tail -n 1 | grep -q ' mov e[bd][ix],eax$'
    done
}

@test "Ctrl-Z and fg: a call that the stop interrupted is made again" {
    readers
    : >out.txt
    # A process group of its own, which a terminal would signal, as a shell with job control makes it.
    perl -e '
        my $id = fork // die;
        if (!$id) { setpgrp(0, 0); exec @ARGV; }
        open my $out, ">", "group"; print $out $id; close $out;
        waitpid $id, 0;
        exit $? >> 8' "$TINYELF" step ./reader <input >out.txt &
    ours=$!
    exec 7>input
    waits reader
    group=$(cat group)
    kill -TSTP -- "-$group"
    sleep 0.5
    kill -CONT -- "-$group"
    prints 'returns to the interrupted call'
    printf 'abcd' >&7
    exec 7>&-
    status=0
    wait "$ours" || status=$?
    [ "$status" -eq 4 ]
    [ "$(grep -c 'asks the kernel: read (' out.txt)" -eq 2 ]
    grep -A 1 ' nop$' out.txt | tail -n 1 | grep -q ' mov edi,eax$'
}

@test "a call that a signal with a handler interrupts ends as without step: EINTR, or the call again after the handler" {
    static_c handles <<'E'
#include <errno.h>
#include <signal.h>
#include <unistd.h>
static void handler(int number)
{
    (void)number;
}
int main(int argc, char **argv)
{
    (void)argv;
    struct sigaction action = {.sa_handler = handler, .sa_flags = argc > 1 ? SA_RESTART : 0};
    char byte;
    int ends[2];
    sigaction(SIGALRM, &action, NULL);
    if (pipe(ends) != 0)
        return 9;
    if (fork() == 0) {
        sleep(3);
        return write(ends[1], "x", 1) != 1;
    }
    alarm(1);
    return read(ends[0], &byte, 1) == 1 ? 1 : errno == EINTR ? 2 : 3;
}
E
    step ./handles
    exits 2
    [[ $output = *"the kernel calls the signal's handler"* ]]
    step ./handles again
    exits 1
    [[ $output = *"the kernel calls the signal's handler"* ]]
}

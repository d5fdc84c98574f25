#!/usr/bin/env bats
# tinyelf trace: the command itself; oracle/strace/strace.pl compares the lines of a trace with strace's.
load ../support/setup

# program NAME TARGET: makes a program from assembly on standard input.
program()
{
    { echo "global _start"; echo "section .text"; echo "_start:"; cat; } >"$1.s"
    "$TINYELF" build --target "$2" "$1.s" -o "$1"
}

hello()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build --target i386 "$SOURCE/asm/hello32.s" -o hello32
}

# Makes a program that sleeps for two seconds and a half.
naps()
{
    program naps x86_64 <<'S'
        mov eax, 35             ; nanosleep, 2.5 seconds
        push 500000000
        push 2
        mov rdi, rsp
        xor esi, esi
        syscall
        mov edi, eax
        mov eax, 60
        syscall
S
}

# Makes a program that never ends.
endless()
{
    program endless x86_64 <<'S'
again:  mov eax, 34             ; pause
        syscall
        jmp again
S
}

# Makes one that also ignores signals.
stubborn()
{
    program stubborn x86_64 <<'S'
        mov ebx, 1
ignore: mov eax, 13             ; rt_sigaction
        mov edi, ebx
        mov esi, action
        xor edx, edx
        mov r10d, 8
        syscall
        inc ebx
        cmp ebx, 20
        jb ignore
again:  mov eax, 34             ; pause
        syscall
        jmp again
        align 8
action: dq 1, 0, 0, 0           ; SIG_IGN
S
}

# Waits until a command succeeds, half a minute at most.
until_true()
{
    for _ in $(seq 600); do
        "$@" && return 0
        sleep 0.05
    done
    return 1
}

# Kills this test's programs that a broken trace left running.
teardown()
{
    local link
    for link in /proc/[0-9]*/exe; do
        case $(readlink "$link" 2>/dev/null) in
        "$BATS_TEST_TMPDIR"/*) kill -s KILL "$(basename "$(dirname "$link")")" 2>/dev/null || true ;;
        esac
    done
}

# No process runs the program with that name in this folder.
is_gone()
{
    local link
    for link in /proc/[0-9]*/exe; do
        [ "$(readlink "$link" 2>/dev/null)" != "$PWD/$1" ] || return 1
    done
}

@test "the trace of the lecture's program has strace's four lines" {
    command -v strace >/dev/null || skip "strace is not installed"
    hello
    strace ./hello 2>theirs >/dev/null
    tinyelf trace ./hello
    exits 0
    [ "$output" = "Hello world" ]
    normal() { sed -E 's/0x[0-9a-f]{6,} \/\* [0-9]+ vars \*\//ENVIRONMENT/'; }
    [ "$(echo "$stderr" | normal)" = "$(normal <theirs)" ]
    [ "$(wc -l <theirs)" -eq 4 ]
}

@test "-o writes the whole trace to a file, and nothing to standard error" {
    hello
    echo older and longer than what follows, by far: "$(seq 1000)" >log
    tinyelf trace -o log ./hello
    exits 0
    [ "$output" = "Hello world" ]
    [ -z "$stderr" ]
    [ "$(wc -l <log)" -eq 4 ]
    [ "$(sed -n 2p log)" = 'write(1, "Hello world\n", 12)           = 12' ]
}

@test "a call is written before the output that it makes in the same file" {
    hello
    "$TINYELF" trace ./hello >both 2>&1
    [ "$(sed -n 2,3p both)" = 'write(1, "Hello world\n", 12Hello world
)           = 12' ]
}

@test "a trace in a file is written before the program ends" {
    endless
    "$TINYELF" trace -o log ./endless &
    until_true grep -q pause log
    kill "$!"
    status=0; wait "$!" || status=$?
    [ "$status" -eq 143 ]
    is_gone endless
}

@test "the exit status is the program's" {
    program seven x86_64 <<'S'
        mov edi, 7
        mov eax, 60
        syscall
S
    tinyelf trace ./seven
    exits 7
    says '+++ exited with 7 +++'
}

@test "after death by a signal the status is 128 plus its number" {
    program fault x86_64 <<<'mov eax, [0]'
    tinyelf trace ./fault
    exits 139
    says '--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---'
    says '+++ killed by SIGSEGV'
}

@test "the second part of a call in which the program is killed is missing, as in strace" {
    command -v strace >/dev/null || skip "strace is not installed"
    # The child waits until its parent sleeps, and then a little longer, since that may be another call.
    local wait='pipe A, B; if (!fork) { do { select undef, undef, undef, 0.2; open S, "/proc/" . getppid . "/stat" }
        until <S> =~ /\) S /; select undef, undef, undef, 0.2; kill 9, getppid; exit }'
    local end
    for end in 'sysread A, $x, 1' 'wait' 'syscall 34'; do
        tinyelf trace -o log perl -e "$wait $end"
        exits 137
        run timeout 20 strace -o strace.log perl -e "$wait $end"
        diff <(tail -n 2 strace.log) <(tail -n 2 log)
    done
    grep -q '^pause()  *= ?$' log
}

@test "wrong counts, times without a meaning and huge pages read as strace writes them" {
    program odd x86_64 <<'S'
        mov eax, 218            ; set_tid_address(NULL)
        xor edi, edi
        syscall
        mov eax, 9              ; mmap of a descriptor that is not open, page size but no MAP_HUGETLB
        xor edi, edi
        mov esi, 4096
        xor edx, edx
        mov r10d, 2 | 21 << 26
        mov r8d, -1
        xor r9d, r9d
        syscall
        mov eax, 20             ; writev of 2^64 - 1 pieces
        mov edi, -1
        mov esi, _start
        mov rdx, -1
        syscall
        mov eax, 23             ; select of -1 descriptors, and -1 microseconds
        mov edi, -1
        mov esi, _start
        xor edx, edx
        xor r10d, r10d
        mov r8d, time
        syscall
        mov eax, 435            ; clone3 with thread-local data at 0
        mov edi, clone
        mov esi, 64
        syscall
        mov eax, 60
        xor edi, edi
        syscall
        align 8
time:   dq 0, -1
clone:  dq 0x80800, 0, 0, 0, 0, 0, 0, 0 ; CLONE_SETTLS|CLONE_SIGHAND, which needs CLONE_VM
S
    tinyelf trace -o log ./odd
    exits 0
    start=$("$TINYELF" dump -h odd | sed -n 's/.*Entry point address: *//p')
    grep -q '^set_tid_address(0) ' log
    grep -qF 'mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE|21<<MAP_HUGE_SHIFT, -1, 0)' log
    grep -qF "writev(-1, $start, 18446744073709551615)" log
    grep -qF "select(-1, $start, NULL, NULL, {tv_sec=0, tv_usec=18446744073709551615})" log
    grep -qF 'clone3({flags=CLONE_SIGHAND|CLONE_SETTLS, exit_signal=0, stack=NULL, stack_size=0, tls=NULL}, 64)' log
}

@test "a call that goes on after a stop names what it goes on with" {
    program sleeper x86_64 <<'S'
        mov eax, 35             ; nanosleep
        mov edi, time
        xor esi, esi
        syscall
        mov eax, 60
        xor edi, edi
        syscall
        align 8
time:   dq 2, 0
S
    "$TINYELF" trace -o log ./sleeper &
    until_true grep -q nanosleep log
    for link in /proc/[0-9]*/exe; do
        [ "$(readlink "$link" 2>/dev/null)" = "$PWD/sleeper" ] || continue
        kill -s STOP "$(basename "$(dirname "$link")")"
        until_true grep -q 'stopped by SIGSTOP' log
        kill -s CONT "$(basename "$(dirname "$link")")"
    done
    wait "$!"
    grep -qF 'restart_syscall(<... resuming interrupted nanosleep ...>) = 0' log
}

@test "--abi: each call has its instruction, address, registers and ring, which is the processor's" {
    hello
    tinyelf trace --abi ./hello
    exits 0
    place="offset 0x94 of hello"
    says "  instruction 0x10094               0f 05  syscall, $place"
    says '  rax         1                     x86-64: write, in the kernel __x64_sys_write'
    says '  rdi         0x1                   int fd = 1'
    says '  rsi         0x100a6               const void *buf = "Hello world\n"'
    says '  rdx         0xc                   size_t count = 12'
    says '  cs          0x33                  ring 3: its low two bits, the CPL; 3 is user mode, 0 the kernel'
    says '  rax         12                    returned: 12'
    says "offset 0xa4 of hello"
    says '+++ exited with 0 +++'
    # From another folder, the file has its whole path.
    (cd / && "$TINYELF" trace --abi -o "$OLDPWD/log" "$OLDPWD/hello" >/dev/null)
    grep -qF "offset 0x94 of $PWD/hello" log
    # These are the bytes at that address.
    [ "$(xxd -s 0x94 -l 2 -p hello)" = 0f05 ]
}

@test "--abi: tinyelf's own execve is shown with --execve alone, the program's always" {
    hello
    tinyelf trace --abi -o log ./hello
    exits 0
    [ "$(head -n 1 log)" = write ]
    [ "$(grep -c '^execve' log)" -eq 0 ]
    tinyelf trace --abi --execve -o log ./hello
    exits 0
    [ "$(head -n 1 log)" = execve ]
    [ "$(grep -c '^execve' log)" -eq 1 ]
    tinyelf trace --abi -o log sh -c 'exec ./hello'
    exits 0
    [ "$(grep -c '^execve' log)" -eq 1 ]
    tinyelf trace --abi -f -o log sh -c './hello; :'
    exits 0
    [ "$(grep -c '^\[pid [0-9]*\] execve$' log)" -eq 1 ]
    tinyelf trace --execve ./hello
    exits 2
    says "--execve needs --abi"
}

@test "--abi: calls made by int 0x80, in a 32-bit and in a 64-bit program" {
    hello
    ./hello32 >/dev/null || skip "this kernel runs no 32-bit programs"
    tinyelf trace --abi ./hello32
    exits 0
    says 'cd 80  int 0x80'
    says 'i386: write, in the kernel __ia32_sys_write'
    says '  ebx '
    says '  cs          0x23 '
    program older x86_64 <<'S'
        mov eax, 20
        int 0x80
        mov edi, 3
        mov eax, 60
        syscall
S
    tinyelf trace --abi ./older
    exits 3
    says 'i386: getpid, in the kernel __ia32_sys_getpid'
    says 'x86-64: exit, in the kernel __x64_sys_exit'
    [ "$(grep -c '  cs          0x33 ' <<<"$stderr")" -eq 2 ]
}

@test "--abi: calls made by sysenter in a 32-bit program, directly and through the vdso" {
    hello
    ./hello32 >/dev/null || skip "this kernel runs no 32-bit programs"
    program fast i386 <<'S'
        mov eax, 20             ; getpid
        push back
        push ecx
        push edx
        push ebp
        mov ebp, esp
        sysenter
back:   mov eax, 1
        mov ebx, 5
        int 0x80
S
    status=0
    ./fast || status=$?
    [ "$status" -eq 5 ] || skip "this processor has no sysenter for 32-bit programs"
    tinyelf trace --abi ./fast
    exits 5
    says "0f 34  sysenter, offset"
    says "of fast"
    echo 'int main(void) { return 4; }' >four.c
    gcc -m32 four.c -o four 2>/dev/null || skip "gcc has no 32-bit C library"
    tinyelf trace --abi ./four
    exits 4
    says "0f 34  sysenter, in the kernel's [vdso]"
}

@test "--abi: a failed call has errno's name and text" {
    program nowhere x86_64 <<'S'
        mov eax, 3
        mov edi, 99
        syscall
        mov edi, eax
        neg edi
        mov eax, 60
        syscall
S
    tinyelf trace --abi ./nowhere
    exits 9
    says '  rax         -9                    returned: -1 EBADF (Bad file descriptor)'
}

# Makes a C program whose calls have known authors, $1, with the options $2.
grouped()
{
    cat >"$1.c" <<'C'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    printf("some text\n");
    getppid();
    getpgrp();
    return 3;
}
C
    # shellcheck disable=SC2086
    gcc $2 "$1.c" -o "$1" 2>/dev/null || return 1
    local status=0
    "./$1" >/dev/null || status=$?
    [ "$status" -eq 3 ]
}

# group LOG CALL: the marks of that call.
group()
{
    sed -nE "s/^(.{11})$2\(.*/\1/p" "$1" | sort -u | sed 's/ *$//'
}

@test "--group: calls of the dynamic linker, of the C library around main, and of main are marked" {
    local options
    command -v gcc >/dev/null || skip "gcc is not installed"
    for options in "-O0" "-O2 -no-pie" "-static" "-O2 -static-pie" "-m32" "-m32 -O2 -static"; do
        grouped marked "$options" || continue
        tinyelf trace --group -o log ./marked >/dev/null
        exits 3
        [ "$(group log execve)" = "loading" ]
        [ "$(group log getppid)" = "program" ]
        [ "$(group log getpgrp)" = "program" ]
        # Output to a pipe or file is written when main has returned.
        [ "$(group log write)" = "C library" ]
        [ "$(group log exit_group)" = "C library" ]
        if [[ $options != *static* ]]; then
            [ "$(group log openat)" = "loading" ]
            [ "$(group log mprotect)" = "loading" ]
        else
            [ "$(group log mprotect)" = "C library" ]
            [ "$(grep -c '^loading' log)" -eq 1 ]
        fi
        [ "$(grep -cE '^ {11}\+\+\+ exited with 3' log)" -eq 1 ]
    done
}

@test "--group: a program without a C library makes its own calls, also through -f and execve" {
    hello
    tinyelf trace --group -o log ./hello
    exits 0
    [ "$(group log execve)" = "loading" ]
    [ "$(group log write)" = "program" ]
    [ "$(group log exit_group)" = "program" ]
    tinyelf trace --group -f -o log sh -c './hello; exit 4'
    exits 4
    grep -qE '^program    [0-9]+ +write\(1, "Hello world' log
    grep -qE '^program    [0-9]+ +execve\("./hello"' log
}

@test "--group: --abi and --json say it as well" {
    hello
    tinyelf trace --group --abi -o log ./hello
    exits 0
    [ "$(grep -c '^  group         program$' log)" -eq 2 ]
    tinyelf trace --group --json -o log ./hello
    exits 0
    [ "$(grep -o '"name":"[a-z_]*","entry":"[a-z0-9_]*","group":"[a-z]*"' log | sed 's/"entry":"[a-z0-9_]*",//' | paste -sd ' ')" = \
        '"name":"execve","group":"loading" "name":"write","group":"program" "name":"exit_group","group":"program"' ]
    tinyelf trace --json -o log ./hello
    exits 0
    [ "$(grep -c '"group"' log)" -eq 0 ]
}

@test "--json: the output is one valid object, with everything that --abi shows" {
    hello
    "$TINYELF" trace --json -o trace.json ./hello >/dev/null
    perl -MJSON::PP -e '
        local $/; my $t = decode_json(<>);
        my ($exec, $write, $exit, $end) = @{$t->{events}};
        die "not four events" unless @{$t->{events}} == 4;
        die "write" unless $write->{event} eq "call" && $write->{name} eq "write" && $write->{number} == 1
            && $write->{abi} eq "x86_64" && $write->{entry} eq "__x64_sys_write"
            && $write->{result} == 12 && !defined $write->{errno};
        my $at = $write->{instruction};
        die "instruction" unless $at->{address} == 0x10094 && $at->{offset} == 0x94 && $at->{bytes} eq "0f05"
            && $at->{name} eq "syscall" && $at->{file} =~ m{/hello$};
        die "ring" unless $write->{cs} == 0x33 && $write->{cpl} == 3;
        my $buf = $write->{arguments}[1];
        die "argument" unless $buf->{register} eq "rsi" && $buf->{name} eq "buf" && $buf->{value} == 0x100a6
            && $buf->{text} eq "\"Hello world\\n\"";
        die "exit" unless $exit->{name} eq "exit_group" && !defined $exit->{result};
        die "end" unless $end->{event} eq "exited" && $end->{status} == 0;
        die "twins" unless hex $buf->{value_hex} == $buf->{value} && $write->{result_hex} eq "0xc";
        die "status" unless $t->{status} == 0 && !defined $t->{signal} && !defined $t->{errno};
    ' trace.json
}

@test "--json: a program that is killed by a signal and one that Linux refuses have their end" {
    program fault x86_64 <<<'hlt'
    tinyelf trace --json ./fault
    exits 139
    perl -MJSON::PP -e 'local $/; my $t = decode_json(<>); my $e = $t->{events};
        die unless $t->{signal} == 11 && $t->{signal_name} eq "SIGSEGV" && $e->[-1]{signal_name} eq "SIGSEGV"
            && $e->[-1]{event} eq "killed" && $e->[-2]{event} eq "signal"
            && $e->[-2]{text} =~ /SI_KERNEL/' <<<"$stderr"
    head -c 100 fault >cut && chmod +x cut
    run "$TINYELF" trace --json -o trace.json ./cut
    [ "$status" -eq 1 ]
    perl -MJSON::PP -e 'local $/; my $t = decode_json(<>);
        die unless $t->{errno} eq "ENOEXEC" || $t->{errno} eq "EIO" || $t->{errno} eq "EINVAL"' trace.json
}

@test "arguments after the program are the program's" {
    tinyelf trace -o log sh -c 'echo "$@"' sh -f --json -o x
    exits 0
    [ "$output" = "-f --json -o x" ]
    grep -q 'execve("/.*/sh", \["sh", "-c", "echo \\"$@\\"", "sh", "-f", ' log
}

@test "the trace continues after the program calls execve" {
    hello
    tinyelf trace -o log sh -c 'exec ./hello'
    exits 0
    [ "$output" = "Hello world" ]
    grep -q '^execve("./hello", \["./hello"\], 0x[0-9a-f]* /\* [0-9]* vars \*/) = 0$' log
    [ "$(tail -n 1 log)" = "+++ exited with 0 +++" ]
}

@test "-f follows children; without it they run untraced" {
    tinyelf trace -f -o log sh -c '(exit 3); (exit 4); exit 5'
    exits 5
    grep -q 'exited with 3 +++$' log
    grep -q 'exited with 4 +++$' log
    tinyelf trace -o log sh -c '(exit 3); (exit 4); exit 5'
    exits 5
    [ "$(grep -c '+++' log)" -eq 1 ]
}

@test "a signal to tinyelf ends it and a program that never ends" {
    endless
    for signal in INT TERM HUP; do
        env --default-signal=INT,QUIT "$TINYELF" trace -o log ./endless &
        until_true grep -q pause log
        kill -s "$signal" "$!"
        status=0; wait "$!" || status=$?
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        grep -q "+++ killed by SIG$signal +++" log
        is_gone endless
        rm log
    done
}

@test "Ctrl-C in a terminal ends tinyelf and the program" {
    command -v tmux >/dev/null || skip "tmux is not installed"
    endless
    tmux -L "trace$$" -f /dev/null new-session -d -x 80 -y 24 \
        "$TINYELF trace ./endless 2>log; echo \$? >status"
    until_true grep -qs pause log
    tmux -L "trace$$" send-keys C-c
    until_true test -s status
    tmux -L "trace$$" kill-server 2>/dev/null || true
    [ "$(cat status)" -eq 130 ]
    is_gone endless
}

@test "--sandbox: Ctrl-C in a terminal ends tinyelf and the program" {
    command -v tmux >/dev/null || skip "tmux is not installed"
    naps
    tmux -L "trace$$" -f /dev/null new-session -d -x 80 -y 24 \
        "$TINYELF trace --sandbox ./naps 2>log; echo \$? >status"
    until_true grep -qs nanosleep log
    tmux -L "trace$$" send-keys C-c
    until_true test -s status
    tmux -L "trace$$" kill-server 2>/dev/null || true
    [ "$(cat status)" -eq 130 ]
    [ "$(tail -n 1 log)" = "+++ killed by SIGINT +++" ]
    is_gone naps
}

# The traced program ignored the signal, and had to be killed. $1: the tracer.
is_killed()
{
    status=0; wait "$1" || status=$?
    [ "$status" -eq 137 ]
    grep -q -- '--- SIGINT ' log
    grep -q "+++ killed by SIGKILL +++" log
    is_gone stubborn
}

@test "a program that ignores all signals is killed a second later" {
    stubborn
    env --default-signal=INT "$TINYELF" trace -o log ./stubborn &
    until_true grep -q pause log
    kill -s INT "$!"
    is_killed "$!"
}

# If SIGALRM is blocked, no time limit ends the wait: only the second signal can. (A trace in a file would be
# delayed, too.)
@test "a second signal kills a program that ignores all signals at once" {
    stubborn
    env --default-signal=INT --block-signal=ALRM "$TINYELF" trace ./stubborn 2>log &
    until_true grep -q pause log
    kill -s INT "$!"
    until_true grep -q -- '--- SIGINT ' log
    kill -s INT "$!"
    until_true is_gone stubborn
    is_killed "$!"
}

@test "no program is left if tinyelf is killed, even by SIGKILL" {
    stubborn
    "$TINYELF" trace -o log ./stubborn &
    until_true grep -q pause log
    kill -s KILL "$!"
    status=0; wait "$!" || status=$?
    [ "$status" -eq 137 ]
    until_true is_gone stubborn
}

@test "a program that stops itself stays stopped until it is continued" {
    tinyelf trace -o log sh -c '(until grep -q "^State:.[Tt] (.*stop" /proc/$$/status && grep -q "stopped by" log; do
        sleep 0.05; done; kill -s CONT $$) & kill -s STOP $$; echo on'
    exits 0
    [ "$output" = "on" ]
    grep -q -- '--- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, ' log
    grep -q -- '--- stopped by SIGSTOP ---' log
    grep -q -- '--- SIGCONT {si_signo=SIGCONT, si_code=SI_USER, ' log
}

@test "the program's processors, ignored signals and environment are unchanged" {
    show='grep -E "^(Cpus_allowed|SigIgn|SigBlk)" /proc/self/status; env | grep -v ^_= | sort'
    sh -c "$show" >plain
    "$TINYELF" trace -o log sh -c "$show" >traced
    diff plain traced
    (trap '' PIPE USR1 HUP ALRM; sh -c "$show") >plain
    (trap '' PIPE USR1 HUP ALRM; "$TINYELF" trace -o log sh -c "$show") >traced
    diff plain traced
    # 34 is the first real-time signal of one C library, and another's own.
    blocked() { perl -MPOSIX -e 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(10, 34, 64)); exec @ARGV' "$@"; }
    (trap '' 34 64; blocked sh -c "$show") >plain
    (trap '' 34 64; blocked "$TINYELF" trace -o log sh -c "$show") >traced
    diff plain traced
}

@test "if ptrace is forbidden, trace says so, with status 1" {
    command -v strace >/dev/null || skip "strace is not installed"
    hello
    # Its child already has a tracer, and can have only one.
    run --separate-stderr strace -f -o /dev/null "$TINYELF" trace ./hello
    exits 1
    says "cannot trace a program here: Operation not permitted: ptrace is forbidden"
    [ -z "$output" ]
}

@test "a program that cannot be run is reported with the reason, and status 1" {
    hello
    tinyelf trace ./nothing
    exits 1
    says "./nothing: error: No such file or directory"
    tinyelf trace hello
    exits 1
    says "did you mean './hello'?"
    chmod -x hello
    tinyelf trace ./hello
    exits 1
    says "chmod +x"
    chmod +x hello
    printf '\x7fELF' >cut && chmod +x cut
    tinyelf trace ./cut
    exits 1
    says '= -1 ENOEXEC (Exec format error)'
    says "error: Linux does not accept it as a program"
    tinyelf trace .
    exits 1
}

@test "a program that is killed inside execve is reported by the signal, not as refused" {
    # A segment at an invalid address: when Linux notices, the old program is already gone.
    hello
    xxd -p hello | tr -d '\n' | sed 's/^\(.\{160\}\)0000010000000000/\1000000000080ffff/' | xxd -r -p >high
    chmod +x high
    status=0
    ./high 2>/dev/null || status=$?
    [ "$status" -eq 139 ] || skip "this kernel refuses it earlier"
    tinyelf trace ./high
    exits 139
    says 'execve("./high", ["./high"], 0x'
    says '+++ killed by SIGSEGV'
}

@test "a trace that cannot be written is an error" {
    hello
    tinyelf trace -o /dev/full ./hello
    exits 1
    says "error: cannot write: No space left on device"
    tinyelf trace -o nowhere/log ./hello
    exits 1
    says "nowhere/log: error: the folder 'nowhere' does not exist"
    [ -z "$output" ]
    # A program that cannot be run leaves an older trace unchanged.
    echo older >log
    tinyelf trace -o log nothing-of-that-name
    exits 1
    [ "$(cat log)" = older ]
}

@test "--sandbox: the trace is the same, but for the call that started the program" {
    hello
    local name
    for name in hello hello32; do
        ./"$name" >/dev/null || continue
        "$TINYELF" trace -o plain ./"$name" >/dev/null
        tinyelf trace --sandbox -o log ./"$name"
        exits 0
        [ "$output" = "Hello world" ]
        [ -z "$stderr" ]
        [[ $(head -n 1 log) = 'execveat('*', "", ["./'$name'"], 0x'*' vars */, AT_EMPTY_PATH) = 0' ]]
        diff <(tail -n +2 plain | sed 's/PID=[0-9]*/PID/') <(tail -n +2 log | sed 's/PID=[0-9]*/PID/')
        sleep 0.2
    done
}

@test "--sandbox: a refused call is the last, and --json says so; a fault is only traced" {
    program asks x86_64 <<'S'
        mov eax, 41             ; socket(AF_UNIX, SOCK_STREAM, 0)
        mov edi, 1
        mov esi, 1
        syscall
        jmp _start
S
    tinyelf trace --sandbox -o log ./asks
    exits 159
    [ "$stderr" = "tinyelf: ./asks: error: system call not allowed in the sandbox: socket (number 41, x86-64)" ]
    diff - <(tail -n +2 log) <<'E'
socket(AF_UNIX, SOCK_STREAM, 0)         = ? (the sandbox does not allow it)
+++ killed by SIGSYS +++
E
    sleep 0.2
    tinyelf trace --sandbox --json -o trace.json ./asks
    perl -MJSON::PP -e 'local $/; my $t = decode_json(<>); my ($exec, $call, $end) = @{$t->{events}};
        die unless $t->{sandbox} eq "call" && $t->{signal_name} eq "SIGSYS" && !exists $exec->{refused}
            && $call->{name} eq "socket" && $call->{refused} && !defined $call->{result}' trace.json
    sleep 0.2
    program fault x86_64 <<<'mov byte [0x10], 1'
    tinyelf trace --sandbox ./fault
    exits 139
    diff - <(tail -n +2 <<<"$stderr") <<'E'
--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10} ---
+++ killed by SIGSEGV +++
E
    tinyelf trace --sandbox -o log /bin/ls
    exits 1
    says "/bin/ls: error: it needs the interpreter"
}

@test "--sandbox: --abi finds the instructions, and a program that is stopped goes on" {
    hello
    "$TINYELF" trace --abi -o plain ./hello >/dev/null
    "$TINYELF" trace --sandbox --abi -o log ./hello >/dev/null
    diff <(sed -n '/^write/,$p' plain) <(sed -n '/^write/,$p' log)
    sleep 0.2
    naps
    "$TINYELF" trace --sandbox -o log ./naps &
    local ours=$! id
    until_true grep -qs nanosleep log
    for _ in $(seq 100); do
        find_child "$ours" # the worker
        find_child "$child"
        id=$child
        [ -z "$id" ] || break
    done
    kill -s STOP "$id"
    until_true grep -q 'stopped by SIGSTOP' log
    kill -s CONT "$id"
    status=0
    wait "$ours" || status=$?
    [ "$status" -eq 0 ]
    grep -q '^restart_syscall(.*) = 0$' log
    grep -q '^+++ exited with 0 +++$' log
}

@test "JSON on standard error is not followed by a message" {
    printf 'bits 64\nglobal _start\n_start: mov eax,57\nsyscall\n' >fork.asm
    "$TINYELF" build fork.asm -o fork
    tinyelf trace --json --sandbox ./fork
    exits 159
    [ "$(perl -MJSON::PP -0777 -e 'my $d = decode_json(<STDIN>); print "$d->{sandbox} $d->{events}[1]{name}"' <<<"$stderr")" = "call fork" ]
    tinyelf trace --json --sandbox -o log ./fork
    exits 159
    says "system call not allowed in the sandbox: fork"
    perl -MJSON::PP -0777 -e 'decode_json(<STDIN>)' <log
    printf 'no program' >text
    chmod +x text
    tinyelf trace --json ./text
    exits 1
    [ "$(perl -MJSON::PP -0777 -e 'print decode_json(<STDIN>)->{errno}' <<<"$stderr")" = "ENOEXEC" ]
    sleep 0.2
}

@test "usage errors are reported" {
    hello
    tinyelf trace
    exits 2
    says "no program given"
    tinyelf trace --jsn ./hello
    exits 2
    says "--json"
    tinyelf trace --json --abi ./hello
    exits 2
    tinyelf trace --memory 3 ./hello
    exits 2
    says "--time, --memory and --tty are for the sandbox: add --sandbox"
    tinyelf trace --sandbox --memory much ./hello
    exits 2
    says "--memory 'much'"
    tinyelf trace -o
    exits 2
    tinyelf trace --help
    exits 0
    grep -q -- --abi <<<"$output"
}

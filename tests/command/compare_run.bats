#!/usr/bin/env bats
# tinyelf compare --run: what two programs do when they run.
load ../support/setup

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    # Some containers forbid ptrace.
    "$TINYELF" compare --run hello hello >/dev/null 2>why || skip "no program can be traced: $(cat why)"
}

needs()
{
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "$tool is not installed"
    done
}

# c NAME [FLAG...]: makes a program from C on standard input.
c()
{
    local name=$1
    shift
    needs cc
    cc -x c -O1 -w -o "$name" - "$@" 2>/dev/null || skip "cc cannot make it ($*)"
}

c_hello()
{
    c "$@" <<<'#include <stdio.h>
int main(void) { puts("Hello world"); return 0; }'
}

# fact FILE EXPRESSION: evaluates it on the file's run `r`; the other file is the 178 bytes. It runs once for all
# facts of a test.
fact()
{
    if [ "$(cat measured 2>/dev/null)" != "$1" ]; then
        "$TINYELF" compare --run --json "$1" hello 2>err >json || true
        printf '%s' "$1" >measured
    fi
    python3 -c '
import json, sys
r = json.load(open("json"))["files"][0]["run"]
print(eval(sys.argv[1]))' "$2"
}

# Prints the names of the calls that strace sees after execve. A child's lines begin with its number.
strace_names()
{
    timeout 20 strace -f -o log "$1" </dev/null >/dev/null 2>&1 || true
    perl -ne 'next if /resumed>|^\d+ +(\+\+\+|---)/; print "$1\n" if /^\d+ +(\w+)\(/' log | tail -n +2
}

# No process runs one of the test's programs.
none_left()
{
    local process
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
        "$PWD"/*)
            echo "$process is left: $(readlink "$process/exe")"
            return 1
            ;;
        esac
    done
}

@test "the 178 bytes make two calls, write and exit_group" {
    needs python3
    [ "$(fact hello 'r["order"]')" = "['write', 'exit_group']" ]
    python3 - <<'P'
import json
files = json.load(open("json"))["files"]
for r in files[0]["run"], files[1]["run"]:
    assert r["ran"] is True and r["error"] is None and r["exit_status"] == 0 and r["signal"] is None
    assert r["time_up"] is False and r["processes"] == 1 and r["output"] == 12
    assert r["call_count"] == r["order_count"] == 2 and r["before_write"] == 0
    assert r["abi"] == {"x86_64": 2, "i386": 0}
    assert r["calls"] == [{"name": n, "count": 1, "failed": 0} for n in ("write", "exit_group")]
    # The program's page, and one or two of the stack by the kernel.
    assert 2 <= r["pages"]["faults"] == r["pages"]["minor"] + r["pages"]["major"] <= 5
    assert 2 <= r["pages"]["resident"] <= 6
    assert 1 <= r["time"]["runs"] <= 500 and 0 < r["time"]["least_ns"] <= r["time"]["median_ns"]
P
    tinyelf compare --run hello hello
    exits 0
    grep -qE '^run +exit 0 +exit 0$' <<<"$output"
    grep -qE '^  bytes of output +12 +12$' <<<"$output"
    grep -qE '^system calls +2 +2$' <<<"$output"
    [[ $output == *"in this order
  both                 write, exit_group" ]]
    [[ $output != *"Hello world"* ]]
}

@test "calls are those that strace sees, by name and in order" {
    needs python3 strace
    files=(./hello /bin/true /bin/ls /bin/cat)
    if command -v cc >/dev/null; then
        c_hello dynamic && files+=(./dynamic)
        printf 'int main(void) { return 0; }' | cc -static -x c -o probe - 2>/dev/null && c_hello static -static && files+=(./static)
        printf 'int main(void) { return 0; }' | cc -m32 -x c -o probe - 2>/dev/null && ./probe && c_hello dynamic32 -m32 && files+=(./dynamic32)
    fi
    for file in "${files[@]}"; do
        strace_names "$file" >theirs
        fact "$file" '"\n".join(r["order"])' >ours
        diff theirs ours || { echo "$file"; return 1; }
        fact "$file" '"\n".join("%d %s" % (c["count"], c["name"]) for c in r["calls"])' | sort >ours
        sort theirs | uniq -c | sed 's/^ *//' | sort | diff - ours || { echo "$file"; return 1; }
        # Failed calls.
        [ "$(fact "$file" 'sum(c["failed"] for c in r["calls"])')" -eq "$(grep -c ' = -1 ' log || true)" ]
    done
}

@test "a C program ends with the two calls of the 178 bytes, after many more" {
    c_hello dynamic
    tinyelf compare --run hello dynamic
    exits 0
    awk '$1 == "system" && $2 == "calls" { found = $3 == 2 && $4 > 10 } END { exit !found }' <<<"$output"
    awk '$1 == "page" && $2 == "faults" { found = $4 > 5 * $3 } END { exit !found }' <<<"$output"
    [ "${lines[-1]}" = "  both                 write, exit_group" ]
    awk 'length > 100 { print; wide = 1 } END { exit wide }' <<<"$output"
}

@test "calls are listed side by side: those of both programs, and those of one" {
    printf 'global _start\n_start:\n' >head
    call() { printf 'mov eax, %s\nsyscall\n' "$1"; }
    { cat head; call 39; call 102; call 104; call 39; call 39; call 39; printf 'xor edi, edi\n'; call 60; } >first.s
    { cat head; call 39; call 107; call 39; call 110; printf 'xor edi, edi\n'; call 60; } >second.s
    "$TINYELF" build first.s && "$TINYELF" build second.s
    tinyelf compare --run first second
    exits 0
    [[ $output == *"system calls                                        7                              5  -2
  getpid                                            4                              2  1/2.0
  getuid                                            1                              0  -1
  getgid                                            1                              0  -1
  geteuid                                           0                              1  +1
  getppid                                           0                              1  +1
  exit                                              1                              1
page faults"* ]]
    [[ $output == *"in this order
  both                 getpid
  only the first       getuid, getgid
  only the second      geteuid
  both                 getpid
  only the first       getpid 2 times
  only the second      getppid
  both                 exit" ]]
}

@test "page faults are as many as perf or GNU time counts" {
    needs python3
    c_hello dynamic
    c many <<<'#include <stdlib.h>
int main(void)
{
    volatile char *block = malloc(8 << 20);
    for (int i = 0; i < 8 << 20; i += 4096)
        block[i] = 1;
    return 0;
}'
    counted=0
    for file in ./dynamic ./many; do
        ours=$(fact "$file" 'r["pages"]["faults"]')
        # From execve to the end: a few faults for the new stack come before perf begins.
        if perf stat -x, -e page-faults "$file" >/dev/null 2>perf; then
            theirs=$(awk -F, '$3 ~ /^page-faults/ && $3 !~ /u$/ { print $1 }' perf)
            if [ -n "$theirs" ]; then
                echo "$file: $ours, perf $theirs"
                [ $((ours - theirs)) -ge -12 ]
                [ $((ours - theirs)) -le 16 ]
                counted=1
            fi
        fi
        # time counts its own child, so subtract the count of a program with few faults.
        if /usr/bin/time -f '%R %F' true 2>/dev/null; then
            few=$(/usr/bin/time -f '%R %F' ./hello 2>&1 >/dev/null | awk '{ print $1 + $2 }')
            theirs=$(/usr/bin/time -f '%R %F' "$file" 2>&1 >/dev/null | awk '{ print $1 + $2 }')
            echo "$file: $ours, time $theirs - $few"
            [ $((ours - theirs + few)) -ge -12 ]
            [ $((ours - theirs + few)) -le 16 ]
            counted=1
        fi
    done
    [ "$counted" -eq 1 ] || skip "neither perf nor GNU time counts here"
    # 8 MB of touched memory are 2,048 pages at the end, however they were mapped.
    [ "$(fact ./many 'r["pages"]["resident"] >= 2048')" = True ]
}

@test "files are run only with --run" {
    c leaves <<<'#include <fcntl.h>
#include <unistd.h>
int main(void) { close(open("trace-of-it", O_CREAT | O_WRONLY, 0600)); return 0; }'
    tinyelf compare leaves hello
    exits 0
    [ ! -e trace-of-it ]
    [[ $output != *"system calls"* ]]
    "$TINYELF" compare --json leaves hello | grep -q '"run":null}'
    tinyelf compare --run leaves hello
    exits 0
    [ -e trace-of-it ]
}

@test "a program that never ends is killed and reported, and the other is measured" {
    needs python3
    printf 'global _start\n_start: jmp _start\n' >loop.s
    # Endless calls, and a stopped process.
    printf 'global _start\n_start: mov eax, 39\nsyscall\njmp _start\n' >calls.s
    printf 'global _start\n_start: mov eax, 39\nsyscall\nmov edi, eax\nmov esi, 19\nmov eax, 62\nsyscall\njmp _start\n' >stopped.s
    for name in loop calls stopped; do
        "$TINYELF" build $name.s
        tinyelf compare --run --time 1 --json hello $name
        exits 1
        says "tinyelf: $name: error: it or a child of it still ran after 1 s and was killed"
        printf '%s' "$output" >json
        python3 - <<'P'
import json
a, b = (f["run"] for f in json.load(open("json"))["files"])
assert a["exit_status"] == 0 and a["time"]["runs"] >= 1 and a["pages"]
assert b["ran"] and b["time_up"] and b["exit_status"] is None and b["time"] is None and b["pages"] is None
P
        none_left
    done
    [ "$(fact calls 'len(r["order"]), r["order_count"] == r["call_count"] > 65535')" = "(65535, True)" ] ||
        [ "$(fact calls 'r["call_count"] <= 65535')" = True ]
}

@test "no child is left, whatever the program does" {
    needs python3 strace
    # Children in other sessions that ignore signals and never end.
    c children <<<'#include <signal.h>
#include <unistd.h>
int main(void)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            setsid();
            fork();
            for (;;)
                pause();
        }
    return 0;
}'
    tinyelf compare --run --time 2 children hello
    exits 1
    says "children: error: it or a child of it still ran"
    grep -qE '^  processes, threads +9 +1' <<<"$output"
    none_left
    # Children that end: their calls count, but the order is that of the program.
    c waits <<<'#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            write(1, "child\n", 6);
            _exit(0);
        }
    while (wait(0) > 0)
        ;
    return 0;
}'
    strace_names ./waits >theirs
    [ "$(fact ./waits 'r["processes"], r["output"]')" = "(4, 18)" ]
    fact ./waits '"\n".join("%d %s" % (c["count"], c["name"]) for c in r["calls"])' | sort >ours
    # A call that a child's end interrupts is repeated: strace shows both, but it is one call.
    sort theirs | uniq -c | sed 's/^ *//' | sort | diff <(grep -vE 'wait4|clone') <(grep -vE 'wait4|clone' ours)
    grep -q '^3 clone$' ours && grep -q '^4 wait4$' ours
    [ "$(fact ./waits '"write" in r["order"]')" = False ]
    [ "$(fact ./waits 'r["time"]["runs"] > 0')" = True ]
    none_left
}

@test "if the command is killed, no process is left" {
    printf 'global _start\n_start: jmp _start\n' >loop.s
    "$TINYELF" build loop.s
    for signal in INT TERM KILL; do
        "$TINYELF" compare --run --time 20 loop hello >/dev/null 2>&1 3>&- &
        running=$!
        for _ in $(seq 400); do
            none_left >/dev/null || break
            sleep 0.05
        done
        # A background job of a shell ignores SIGINT.
        kill -s "$signal" $running
        [ "$signal" != INT ] || kill -s TERM $running
        wait $running || true
        for _ in $(seq 400); do
            none_left >/dev/null && break
            sleep 0.05
        done
        none_left
    done
}

@test "a program that Linux refuses is reported, and the other is measured" {
    needs python3
    printf 'global _start\n_start: ret\n' >object.s
    nasm -f elf64 -o object object.s
    tinyelf compare --run object hello
    exits 1
    says "tinyelf: object: error: Permission denied: it is not executable"
    grep -qE '^run +no: Permission denied +exit 0$' <<<"$output"
    grep -qE '^system calls +n/a +2$' <<<"$output"
    chmod +x object
    tinyelf compare --run hello object
    exits 1
    says "tinyelf: object: error: Linux does not accept it as a program: Exec format error"
    grep -qE '^run +exit 0 +no: Exec format error$' <<<"$output"
    # A program for another machine.
    "$TINYELF" explain --format hex hello | sed 's/^3e 00  *# 000012/b7 00 # 000012/' >arm.hex
    "$TINYELF" build arm.hex -o arm
    ./arm 2>/dev/null && skip "this machine runs programs of AArch64"
    tinyelf compare --run --json arm hello
    exits 1
    says "arm: error: Linux does not accept it as a program"
    printf '%s' "$output" >json
    python3 - <<'P'
import json
a, b = (f["run"] for f in json.load(open("json"))["files"])
assert a["ran"] is False and a["error"] == "Exec format error" and a["exit_status"] is None and a["signal"] is None
assert a["calls"] == a["order"] == [] and a["call_count"] == 0 and a["pages"] is None and a["time"] is None
assert a.keys() == b.keys() and b["ran"] and b["time"]
P
    tinyelf compare --run - hello <hello
    exits 1
    says "tinyelf: <stdin>: error: only a file can be run: name one"
    grep -qE '^run +no: standard input +exit 0$' <<<"$output"
    tinyelf compare --run object object
    exits 1
    [ "$(grep -c 'object: error' <<<"$stderr")" -eq 2 ]
}

@test "a program's standard input is empty, whatever the command's is" {
    needs python3
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat
    # A pipe that is neither written to nor closed.
    mkfifo pipe
    exec 5<>pipe
    run --separate-stderr timeout 20 "$TINYELF" compare --run cat hello <&5
    exec 5>&-
    exits 0
    [ "$(fact cat 'r["order"][0], r["exit_status"], r["output"]')" = "('read', 0, 0)" ]
    # Closed descriptors do not matter either.
    run -0 bash -c "'$TINYELF' compare --run cat hello <&- 2>&-"
}

@test "a program's output is counted and not shown" {
    needs python3
    c prints <<<'#include <string.h>
#include <unistd.h>
char block[1 << 16];
int main(void)
{
    memset(block, 120, sizeof block);
    for (int i = 0; i < 160; i++)
        write(1 + i % 2, block, sizeof block);
    return 3;
}'
    [ "$(fact prints 'r["output"], r["exit_status"]')" = "(10485760, 3)" ]
    tinyelf compare --run prints hello
    exits 0
    [[ $output != *xxxx* ]]
    [ -z "$stderr" ]
    grep -qE '^run +exit 3 +exit 0$' <<<"$output"
}

@test "a program that a signal kills is measured like any other" {
    needs python3
    printf '\xf4' >halt.bin
    "$TINYELF" build --from raw halt.bin -o halt
    tinyelf compare --run halt hello
    exits 0
    grep -qE '^run +killed by SIGSEGV +exit 0$' <<<"$output"
    [ "$(fact halt 'r["signal"], r["exit_status"], r["order"], r["pages"]["faults"] > 0, r["time"]["runs"] > 0')" = \
        "(11, None, [], True, True)" ]
}

@test "calls of i386 have their own names, and calls without a name show their number" {
    needs python3
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    ./hello32 >/dev/null || skip "this kernel runs no 32-bit programs"
    [ "$(fact hello32 'r["order"], r["abi"]')" = "(['write', 'exit'], {'x86_64': 0, 'i386': 2})" ]
    # One program, calls of both ABIs: 20 is getpid on i386 and writev on x86-64.
    printf 'global _start\n_start: mov eax, 20\nint 0x80\nmov eax, 39\nsyscall\nmov eax, 9999\nsyscall\nxor edi, edi\nmov eax, 60\nsyscall\n' >both.s
    "$TINYELF" build both.s
    [ "$(fact both 'r["order"], r["abi"]')" = \
        "(['getpid', 'getpid', 'syscall_0x270f', 'exit'], {'x86_64': 3, 'i386': 1})" ]
    tinyelf compare --run both hello32
    grep -qE "^  by x86-64's numbers +3 +0  -3$" <<<"$output"
    grep -qE "^  by i386's +1 +2  2.0 times$" <<<"$output"
}

@test "thousands of different call numbers are counted" {
    needs python3
    printf 'global _start\n_start: mov ebx, 100000\nnext: mov eax, ebx\nsyscall\ninc ebx\ncmp ebx, 103000\njne next\nxor edi, edi\nmov eax, 60\nsyscall\n' >numbers.s
    "$TINYELF" build numbers.s
    [ "$(fact numbers 'r["call_count"], len(r["calls"]), r["calls"][-1]["name"], sum(c["count"] for c in r["calls"]), r["order"][-1]')" = \
        "(3001, 1024, 'others', 3001, 'others')" ]
    tinyelf compare --run numbers hello
    exits 0
    awk 'length > 100 { print; wide = 1 } END { exit wide }' <<<"$output"
}

@test "without ptrace the files are compared, and the missing runs are reported" {
    c forbidden <<<'#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {4, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return 99;
    execv(argv[1], argv + 1);
    return 98;
}'
    run --separate-stderr ./forbidden "$TINYELF" compare --run hello hello
    [ "$status" -lt 98 ] || skip "no seccomp here"
    exits 1
    says "error: cannot trace a program here: Operation not permitted"
    [[ $output == *"instructions"* ]]
    grep -qE '^run +no: skipped +no: skipped$' <<<"$output"
    none_left
}

@test "usage errors are reported" {
    for time in 0 -1 x "" 1x 100000 . 0.0; do
        tinyelf compare --run --time "$time" hello hello
        exits 2
        says "--time '$time': it must be a number of seconds"
    done
    tinyelf compare --time 1 hello hello
    exits 2
    says "--time is for --run"
    tinyelf compare --rn hello hello
    exits 2
    says "did you mean '--run'?"
    run -1 bash -c "'$TINYELF' compare --run hello hello >/dev/full"
}

@test "a program has no controlling terminal" {
    needs python3 script
    c asks <<<'#include <fcntl.h>
int main(void) { return open("/dev/tty", O_RDWR) < 0 ? 7 : 8; }'
    script -qec "./asks; echo with \$?; '$TINYELF' compare --run asks hello" /dev/null </dev/null >out
    tr -d '\r' <out >lines
    grep -q '^with 8$' lines || skip "script gives no terminal here"
    grep -qE '^run +exit 7 +exit 0$' lines
}

@test "a call that a signal interrupts counts once, unless the program itself repeats it" {
    needs python3
    for flags in SA_RESTART 0; do
        c interrupted$flags <<E2
#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>
static int ends[2];
static void fill(int number) { write(ends[1], "x", 1); getpid(); }
int main(void)
{
    struct sigaction action = {.sa_handler = fill, .sa_flags = $flags};
    struct itimerval soon = {.it_value = {0, 100000}};
    char byte;
    pipe(ends);
    sigaction(SIGALRM, &action, 0);
    setitimer(ITIMER_REAL, &soon, 0);
    while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
        ;
    _exit(0);
}
E2
    done
    for program in "interruptedSA_RESTART 1" "interrupted0 2"; do
        set -- $program
        # From its own pipe, after the loader's calls.
        [ "$(fact "$1" 'r["order"][r["order"].index("pipe2" if "pipe2" in r["order"] else "pipe"):].count("read")')" -eq "$2" ]
    done
}

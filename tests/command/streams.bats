#!/usr/bin/env bats
# Standard streams and outputs that fail: a reader that is gone, full disks, closed and missing descriptors.
load ../support/setup

# What each command writes to standard output. run and trace write nothing there: it is their program's.
examples=(
    "build -o - hello.s"
    "build --map -o made hello.s"
    "build --listing -o made bytes.hex"
    "check -v hello"
    "compare hello hello"
    "compare --run --time 3 hello hello"
    "disasm hello"
    "dump hello"
    "encode nop"
    "encode --all --json xor eax, eax"
    "explain hello"
    "explain --run hello"
    "explain --format json hello"
    "explain --format hex hello"
    "explain --format markdown --color=always hello"
    "mutate --values 1 --field e_type hello"
    "mutate --values 1 --field e_type --json hello"
    "new --list"
    "new made.s"
    "show -o made hello"
    "stages -o made prog.c"
    "step --plain ./hello"
    "step --plain --sandbox ./hello"
    "golf --prove hello hello"
    "step --record made --plain ./hello"
    "syscall read"
    "syscall --list"
    "unfold -o - hello"
    "--help"
    "--version"
    "--print-options"
    "help build"
)

prepare()
{
    cp "$SOURCE/asm/hello.s" .
    printf 'int main(void) { return 0; }\n' >prog.c
    printf '61 62\n' >bytes.hex
    "$TINYELF" build hello.s -o hello
}

commands()
{
    "$TINYELF" --print-options | awk -F '\t' '$1 == "command" { print $2 }'
}

# Runs a command with a pipe as standard output whose reader is gone. SIGPIPE is as $1 says: DEFAULT or IGNORE.
without_reader()
{
    perl -e '$SIG{PIPE} = shift; pipe my $reader, my $writer; close $reader; open STDOUT, ">&", $writer; close $writer;
        exec @ARGV' "$@"
}

@test "each command is among the examples" {
    for name in $(commands); do
        [ "$name" != run ] || continue
        [ "$name" != trace ] || continue
        grep -q "^$name " <(printf '%s\n' "${examples[@]}") || {
            echo "no example of $name"
            return 1
        }
    done
}

@test "a reader that is gone ends each command by SIGPIPE, without a word, as it ends readelf" {
    prepare
    run --separate-stderr without_reader DEFAULT readelf -h hello
    exits 141
    [ -z "$stderr" ]
    for example in "${examples[@]}"; do
        rm -rf made made.s
        # shellcheck disable=SC2086
        run --separate-stderr without_reader DEFAULT "$TINYELF" $example
        echo "$example: $status: $stderr"
        [ "$status" -eq 141 ]
        [ -z "$stderr" ]
    done
    for name in $(commands); do
        run --separate-stderr without_reader DEFAULT "$TINYELF" "$name" --help
        [ "$status" -eq 141 ]
        [ -z "$stderr" ]
    done
    rm -rf made made.s
    holds_only bytes.hex hello hello.s prog.c
}

@test "with SIGPIPE ignored from outside, a reader that is gone is an error like any other" {
    prepare
    for example in "${examples[@]}"; do
        rm -rf made made.s
        # shellcheck disable=SC2086
        run --separate-stderr without_reader IGNORE "$TINYELF" $example
        echo "$example: $status: $stderr"
        [ "$status" -eq 1 ]
        [[ $stderr == *"<stdout>: error: cannot write: Broken pipe" ]]
    done
    for name in $(commands); do
        run --separate-stderr without_reader IGNORE "$TINYELF" "$name" --help
        [ "$status" -eq 1 ]
        [ "$stderr" = "tinyelf: <stdout>: error: cannot write: Broken pipe" ]
    done
    rm -rf made made.s
    holds_only bytes.hex hello hello.s prog.c
}

@test "in a shell's pipe a report ends with its reader, and is whole if it is read" {
    run -0 bash -c '"$TINYELF" explain --format json /bin/sh | head -c 10 >/dev/null; echo "${PIPESTATUS[@]}"'
    [ "$output" = "141 0" ]
    run -0 bash -c '"$TINYELF" explain /bin/sh | cat >/dev/null; echo "${PIPESTATUS[@]}"'
    [ "$output" = "0 0" ]
}

# A program that writes nothing and never ends: it counts, or makes calls.
endless()
{
    printf '.globl _start\n_start: %s\njmp _start\n' "$1" | "$TINYELF" build --from gas -o endless -
}

# No process of the folder's program `endless` is left.
is_ended()
{
    for _ in $(seq 100); do
        find /proc/[0-9]*/exe -maxdepth 0 -printf '%l\n' 2>/dev/null | grep -qx "$PWD/endless" || return 0
        sleep 0.05
    done
    return 1
}

@test "step ends its program when nobody reads the steps" {
    endless "inc %eax"
    for options in "" --sandbox; do
        # shellcheck disable=SC2086
        run --separate-stderr timeout 20 bash -c '"$TINYELF" step --plain $1 ./endless | head -n 4 >/dev/null
            exit "${PIPESTATUS[0]}"' - $options
        exits 141
        [ -z "$stderr" ]
        is_ended
    done
}

@test "trace ends its program when nobody reads the calls, as strace does" {
    endless 'mov $1,%eax; mov $2,%edi; xor %edx,%edx; syscall' # write(2, ..., 0)
    for options in "-o /dev/stdout" "--sandbox -o /dev/stdout" "-f -o /dev/stdout"; do
        # shellcheck disable=SC2086
        run --separate-stderr timeout 20 bash -c '"$TINYELF" trace $* ./endless | head -n 2; exit "${PIPESTATUS[0]}"' \
            - $options
        exits 141
        [ -z "$stderr" ]
        [ "${#lines[@]}" -eq 2 ]
        is_ended
    done
    run timeout 20 bash -c '"$TINYELF" trace ./endless 2>&1 | head -n 2; exit "${PIPESTATUS[0]}"'
    [ "$status" -eq 141 ]
    [ "${#lines[@]}" -eq 2 ]
    is_ended
}

@test "run and trace end as their program does when its reader is gone" {
    # It exits with 7 if it cannot write.
    printf '%s\n' '.globl _start' '_start: mov $1,%eax' 'mov %eax,%edi' 'lea _start(%rip),%rsi' 'mov %eax,%edx' syscall \
        'xor %edi,%edi' 'test %eax,%eax' 'jns 1f' 'mov $7,%edi' '1: mov $60,%eax' syscall |
        "$TINYELF" build --from gas -o seven -
    endless 'mov $1,%eax; mov $1,%edi; lea _start(%rip),%rsi; mov $1,%edx; syscall'
    for command in run "trace -o log"; do
        # shellcheck disable=SC2086
        run --separate-stderr without_reader IGNORE "$TINYELF" $command ./seven
        exits 7
    done
    # In the sandbox its output goes through a pipe, and the first bytes of it are taken.
    for command in "run ./seven" "run --sandbox ./endless" "trace -o log ./seven" "trace --sandbox -o log ./endless"; do
        # shellcheck disable=SC2086
        run --separate-stderr without_reader DEFAULT "$TINYELF" $command
        exits 141
        if [[ $command == run* ]]; then
            says ": error: killed by signal 13 (SIGPIPE)"
        else
            grep -q '^+++ killed by SIGPIPE +++' log
        fi
    done
}

@test "mutate stops when its reader goes away, and leaves no runner" {
    printf '.globl _start\n_start: mov $1000000,%%ecx\n1: dec %%ecx\njnz 1b\nmov $60,%%eax\nxor %%edi,%%edi\nsyscall\n' |
        "$TINYELF" build --from gas -o endless -
    head -c 3000 /dev/zero >>endless
    mkfifo pipe
    exec 7<>pipe
    perl -e '$SIG{PIPE} = "DEFAULT"; exec @ARGV' "$TINYELF" mutate --keep kept endless >pipe 2>err 3>&- 7>&- &
    main=$!
    # It runs, with children of its own.
    for _ in $(seq 200); do
        find_child "$main"
        [ -z "$child" ] || break
        sleep 0.02
    done
    [ -n "$child" ]
    exec 7>&-
    status=0
    timeout 20 tail --pid "$main" -f /dev/null
    wait "$main" || status=$?
    exits 141
    [ ! -s err ]
    [ ! -e "/proc/$child" ]
    is_ended
}

# ---- limits, and streams that are closed ----

# Runs the command under limits as prlimit takes them. Standard error comes through a pipe: a file of bats would be cut.
limited()
{
    run bash -c '{ prlimit $0 "$TINYELF" "$@" 2>&1 >&4 4>&- | cat; } 4>/dev/null
        exit "$((PIPESTATUS[0] == 127 ? 1 : PIPESTATUS[0]))"' "$@" 3>&-
}

# Each line is a message, and none blames what is not to blame.
is_true()
{
    [ "$status" -eq 1 ] || return 1
    [ -n "$output" ] || return 1
    ! grep -vE "^tinyelf: .*($1)" <<<"$output"
}

@test "with few descriptors each command says so, or does its work" {
    prepare
    printf '.globl _start\n_start: nop\n' >source.S
    local rest=("build -o made source.S" "trace ./hello" "run ./hello" "run --sandbox ./hello" "trace --sandbox -o log ./hello")
    for number in 3 4 7; do
        for example in "${examples[@]}" "${rest[@]}"; do
            rm -rf made made.s log
            # shellcheck disable=SC2086
            limited "--nofile=$number" $example
            [ "$status" -ne 0 ] || continue
            echo "$number, $example: $status: $output"
            # The companion is dynamic: its loader has no descriptor for a library.
            [[ $output != *"error while loading shared libraries"* ]] || continue
            is_true "Too many open files|neither way leads to a program|not made|still ran after"
        done
    done
    rm -rf made made.s log
    holds_only bytes.hex hello hello.s prog.c source.S
}

@test "with a stack of 128 KiB each command does its work" {
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then skip "a sanitizer needs more memory itself"; fi
    prepare
    local rest=("build --from nasm -o made hello.s" "trace ./hello" "run ./hello" "run --sandbox ./hello" "trace --sandbox ./hello"
        "explain --format html hello" "explain --color=always hello" "golf -v --nodes 20000 -o made hello.s"
        "golf --with rwx,overcommit --nodes 20000 -o made hello.s")
    for example in "${examples[@]}" "${rest[@]}"; do
        rm -rf made made.s
        run bash -c 'ulimit -S -s 128; exec "$TINYELF" $1' - "$example"
        echo "$example: $status: $output"
        [ "$status" -eq 0 ]
    done
}

@test "where no file may have a byte, each command says so, and leaves none" {
    prepare
    local rest=("run --sandbox ./hello" "trace --sandbox ./hello" "unfold -o made hello" "step --record made ./hello")
    for example in "${examples[@]}" "${rest[@]}"; do
        # shellcheck disable=SC2086
        limited --fsize=0 $example
        [ "$status" -ne 0 ] || continue
        echo "$example: $status: $output"
        is_true "File too large|killed by signal 25 \(SIGXFSZ: File size limit exceeded\)"
    done
    holds_only bytes.hex hello hello.s prog.c
}

@test "with standard output closed each command says so" {
    prepare
    for example in "${examples[@]}"; do
        rm -rf made made.s
        # shellcheck disable=SC2086
        run bash -c '"$TINYELF" "$@" 2>&1 >&- | cat; exit "${PIPESTATUS[0]}"' - $example
        echo "$example: $status: $output"
        [ "$status" -eq 1 ]
        [ "${lines[-1]}" = "tinyelf: <stdout>: error: cannot write: Bad file descriptor" ]
    done
    for name in $(commands); do
        run bash -c '"$TINYELF" "$1" --help 2>&1 >&- | cat; exit "${PIPESTATUS[0]}"' - "$name"
        [ "$status" -eq 1 ]
        [ "$output" = "tinyelf: <stdout>: error: cannot write: Bad file descriptor" ]
    done
}

@test "with other streams closed each command does its work, and no file gets what is meant for them" {
    prepare
    for closed in "<&-" "2>&-" "<&- 2>&-"; do
        for example in "${examples[@]}"; do
            rm -rf made made.s
            run bash -c "\"\$TINYELF\" \"\$@\" $closed" - $example
            echo "$closed $example: $status: $output"
            [ "$status" -eq 0 ]
        done
    done
    # The log could be descriptor 2, where the message goes that the program was killed.
    printf '.globl _start\n_start: hlt\n' | "$TINYELF" build --from gas -o crash -
    for command in trace "trace --sandbox"; do
        run bash -c "\"\$TINYELF\" $command -o log ./crash <&- >&- 2>&-"
        [ "$status" -eq 139 ]
        [ "$(tail -n 1 log)" = "+++ killed by SIGSEGV +++" ] || [ "$(tail -n 1 log)" = "+++ killed by SIGSEGV (core dumped) +++" ]
        ! grep -a tinyelf log || return 1
    done
    # A program finds closed what was closed.
    run bash -c '"$TINYELF" run ls -l /proc/self/fd 2>&1 <&- | grep -c "[0-9] -> "'
    [ "$output" = "$(bash -c 'ls -l /proc/self/fd 2>&1 <&- | grep -c "[0-9] -> "')" ]
}

@test "an empty name is an error that shows it" {
    for arguments in build check compare\ x disasm dump explain mutate new show "unfold -o x"; do
        # shellcheck disable=SC2086
        tinyelf $arguments ""
        [ "$status" -ne 0 ]
        says "''"
    done
    "$TINYELF" --print-options | awk -F '\t' '$1 == "option" && ($5 == "FILE" || $5 == "FOLDER" || $5 == "DIR" || $5 == "TWIN" || $5 == "PAGE") { print $2, $4 }' >options
    [ "$(wc -l <options)" -gt 8 ]
    while read -r name option; do
        tinyelf "$name" "$option" "" x
        exits 2
        says "option '$option' needs a "
        says ", not ''"
    done <options
    holds_only options
}

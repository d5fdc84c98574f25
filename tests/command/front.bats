#!/usr/bin/env bats
# The front, which starts fast, and its companion: the same program to users; nothing of another C library is in the front.
load ../support/setup

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    build=$(dirname "$TINYELF")
    [ -x "$build/tinyelf-code" ] || skip "this build has one program"
}

# The page faults of a program: the least of ten starts, as the place of the stack, which is random, costs one or two.
faults()
{
    python3 -c 'import os, sys
null = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
def faults():
    _, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=null), 0)
    assert status == 0
    return usage.ru_minflt
print(min(faults() for _ in range(10)))' "$@"
}

has_musl() { [ -e "$build/elfgen/tinyelf/base/libfront-base.a" ]; }

@test "the front prints the help and the options of every command as the companion does, and starts nothing" {
    "$TINYELF" --print-options >options
    cmp options <("$build/tinyelf-code" --print-options)
    for command in $(awk -F '\t' '$1 == "command" && $2 != "tinyelf" {print $2}' options); do
        "$TINYELF" "$command" --help >help
        cmp help <("$build/tinyelf-code" "$command" --help)
        "$TINYELF" help "$command" | cmp help -
    done
    strace -f -e trace=execve -o calls "$TINYELF" step --help >/dev/null
    [ "$(grep -c execve calls)" -eq 1 ]
}

@test "the front and the companion answer alike: outputs, errors, usage errors" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    while read -r words; do
        # shellcheck disable=SC2086
        run --separate-stderr "$TINYELF" $words
        printf '%s\n' "$status" "$output" "$stderr" >front
        # shellcheck disable=SC2086
        run --separate-stderr "$build/tinyelf-code" $words
        printf '%s\n' "$status" "$output" "$stderr" >companion
        diff front companion
    done <<'W'
--version
dump hello
dump -e /bin/ls
check hello
check --verbose /bin/ls
check --json hello
syscall write
syscall 1
syscall --json openat
encode mov rax, 1
encode --bits 32 --json push es
encode mov al
new --list
build none.s
build hello -o
build --listing
build --bas 1
build -Zx
build -o /none/x hello.s
dump hello -hZ
dump --heade hello
trace
trace -o log ./hello
trace -o log ./none
trace -o /none/log ./hello
trace --follow --ouput log ./hello
trace --execve ./hello
trace --json --abi ./hello
trace --time 5 ./hello
trace --time x ./hello
trace --memory x ./hello
trace --tty ./hello
trace --allow network ./hello
trace --allow none-such ./hello
trace --sandbox=1 ./hello
trace --sandbox
trace --sand -o log ./hello
trace -o log --sandbox --time x ./hello
trace -o --sandbox ./hello
trace -o log ./hello --sandbox
W
}

@test "the front traces by itself; only a trace in the sandbox starts the companion, once" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    strace -s 4096 -e trace=execve -o calls "$TINYELF" trace -o log ./hello --sandbox-of-its-own
    [ "$(grep -c execve calls)" -eq 1 ]
    grep -qxF 'write(1, "Hello world\n", 12)           = 12' log
    strace -s 4096 -e trace=execve -o calls "$TINYELF" trace --sandbox -o log ./hello
    [ "$(grep -c execve calls)" -eq 2 ]
    grep -q 'tinyelf-code", "trace", "--sandbox", "-o", "log", "./hello"' calls
    grep -qxF 'write(1, "Hello world\n", 12)           = 12' log
}

@test "nothing in the front was built against another C library than musl" {
    has_musl || skip "the front is built with the system's C library"
    run nm "$TINYELF"
    [[ $output == *" __libc_start_main"* ]]
    [[ $output != *" __libc_start_call_main"* ]]
    run grep -c 'GLIBC\|GNU C Library' "$TINYELF"
    [ "$output" = 0 ]
    run grep -a -c 'GLIBC_2' "$build/tinyelf-code"
    [ "$output" != 0 ]
}

@test "a start of the front takes few page faults: what it uses is on few pages" {
    command -v python3 >/dev/null || skip "python3 is not installed"
    has_musl || skip "the front is built with the system's C library"
    # What a start costs on this machine, where a file's pages may come one by one or sixteen at a time.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    local least
    least=$(faults ./hello)
    run faults "$TINYELF" --version
    echo "hello $least, --version $output"
    [ "$output" -le $((least + 7)) ]
    # What a change of other code moves costs some more until the order is made again. These took 14 to 37 more than hello.
    printf '\xb8\x3c\0\0\0\x31\xff\x0f\x05' >raw
    cp "$SOURCE/templates/hello.hex" "$SOURCE/asm/hello.s" .
    local most words
    while read -r most words; do
        # shellcheck disable=SC2086 # words
        run faults "$TINYELF" $words
        echo "$words: $output"
        [ "$output" -le $((least + most)) ]
    done <<'W'
12 syscall write
16 encode mov rax,1
12 build hello.hex -o out
13 build --from raw raw -o out
28 build hello.s -o out
W
}

@test "configure says that the front is built with the system's C library where musl is missing" {
    run cmake -S "$SOURCE" -B without -DMUSL_ARCHIVE=
    [ "$status" -eq 0 ]
    [[ $output == *"The front is built with the system's C library, and starts more slowly"* ]]
}

@test "configure asks for the archives of a static program alone: musl's or the system's C library" {
    local slower="starts more slowly" none="-DMUSL_ARCHIVE= -DLIBC_ARCHIVE="
    run cmake -S "$SOURCE" -B without -DLIBELF_ARCHIVE= -DZLIB_ARCHIVE= -DSECCOMP_ARCHIVE=
    [ "$status" -eq 0 ]
    [[ $output != *"dynamically"* ]]
    ! has_musl || [[ $output != *"$slower"* ]]
    # shellcheck disable=SC2086 # two words
    run cmake -S "$SOURCE" -B dynamic $none
    [ "$status" -eq 0 ]
    [[ $output == *"No musl (musl-dev) and no libc.a (libc6-dev): the command is linked dynamically, and $slower"* ]]
}

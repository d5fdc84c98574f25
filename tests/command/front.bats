#!/usr/bin/env bats
# The front, which starts fast, and its companion: the same program to users; nothing of another C library is in the front.
load ../support/setup

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    build=$(dirname "$TINYELF")
    [ -x "$build/tinyelf-code" ] || skip "this build has one program"
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
W
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

@test "configure says that the front is built with the system's C library where musl is missing" {
    run cmake -S "$SOURCE" -B without -DMUSL_ARCHIVE=
    [ "$status" -eq 0 ]
    [[ $output == *"The front is built with the system's C library, and starts more slowly"* ]]
}

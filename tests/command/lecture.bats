#!/usr/bin/env bats
# What the lecture says of its programs, where a page shows an excerpt or a figure without its command.
load ../support/setup

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    ln -s "$SOURCE/asm" asm
    "$TINYELF" build asm/hello.s
}

# Skips a test where programs cannot be traced.
traces() {
    "$TINYELF" trace -o log ./hello >/dev/null 2>&1 || skip "programs cannot be traced here"
}

# Prints how many fields of the headers have this reader.
fields() {
    "$TINYELF" explain --format markdown hello >tables
    awk -F '|' -v reader="$1" '$4 ~ /^ [ep]i?\\_/ && $8 ~ reader' tables | wc -l
}

@test "the headers have as many fields for Linux, for tools and for nobody as the lecture says" {
    [ "$(fields kernel)" -eq 17 ]
    [ "$(fields tools)" -eq 12 ]
    [ "$(fields nobody)" -eq 2 ]
    grep -q 'has 10 fields that Linux reads, 12 for tools and one that nobody' "$SOURCE/docs/lecture/README.md"
    grep -q 'program header has 7 for Linux, and one' "$SOURCE/docs/lecture/README.md"
}

@test "the README names as many pages of the lecture as there are" {
    pages=$(find "$SOURCE/docs/lecture" -name '[0-9]*-*.md' | wc -l)
    grep -q "(docs/lecture/README.md): $pages short pages" "$SOURCE/README.md"
}

@test "no system call has more than six arguments, and i386's first mmap has one" {
    for abi in x86_64 i386; do
        "$TINYELF" syscall --list --abi $abi >list
        [ "$(awk -F, 'NF > 6' list | wc -l)" -eq 0 ]
        [ "$(awk -F, 'NF == 6' list | wc -l)" -gt 0 ]
    done
    "$TINYELF" syscall mmap --abi i386 >one
    [ "$(grep -c argument one)" -eq 1 ]
    "$TINYELF" syscall mmap2 --abi i386 >six
    [ "$(grep -c argument six)" -eq 6 ]
}

@test "the lecture's table of numbers is that of tinyelf and of the kernel's headers" {
    calls=0
    while IFS='|' read -r _ name i386 x86_64 _; do
        name=$(tr -d ' `' <<<"$name")
        "$TINYELF" syscall "$name" >found
        grep -qE "^number +rax = $((x86_64)) .* eax = $((i386)) " found
        calls=$((calls + 1))
        for bits in 32:$((i386)) 64:$((x86_64)); do
            printf '#include <asm/unistd_%s.h>\n' "${bits%:*}" | cc -E -dM - >numbers 2>/dev/null || continue
            grep -qx "#define __NR_$name ${bits#*:}" numbers
        done
    done < <(grep -E '^\| `[a-z_]+` \| [0-9]+ \| [0-9]+ \|' "$SOURCE/docs/lecture/14-numbers.md")
    [ "$calls" -eq 8 ]
}

@test "ls makes the calls that the lecture lists, and a program that does nothing makes none of ls's own" {
    traces
    mkdir folder && touch folder/one folder/two
    "$TINYELF" trace -o log ls folder
    [ "$(wc -l <log)" -gt 40 ]
    for call in execve brk access openat read mmap mprotect munmap close getdents64 write exit_group; do
        grep -q "^$call(" log || { echo "no $call"; return 1; }
    done
    grep -qE '^(fstat|newfstatat|statx)\(' log
    cc asm/nothing.c -o nothing
    "$TINYELF" trace -o log ./nothing
    [ "$(grep -cE '^(getdents64|write)\(' log)" -eq 0 ]
}

@test "a C program makes many calls before its write, a static one fewer, and needs no library" {
    traces
    cc asm/printf.c -o printf
    "$TINYELF" trace -o dynamic ./printf >/dev/null
    [ "$(wc -l <dynamic)" -gt 20 ]
    cc -static asm/printf.c -o static 2>/dev/null || skip "there is no static C library"
    "$TINYELF" trace -o static.log ./static >/dev/null
    [ "$(wc -l <static.log)" -gt 5 ]
    [ "$(wc -l <static.log)" -lt "$(wc -l <dynamic)" ]
    [ "$(grep -cE '^(openat|mmap|close|read)\(' static.log)" -eq 0 ]
}

@test "hello runs in very few pages" {
    traces
    "$TINYELF" compare --run --json hello hello >run.json
    perl -MJSON::PP -0777 -ne '
        my $pages = decode_json($_)->{files}[0]{run}{pages};
        exit($pages->{faults} <= 5 && $pages->{resident} <= 5 ? 0 : 1)' run.json
}

@test "an X in each byte that nobody reads: hello with 61 bytes changed is still hello" {
    "$TINYELF" build "$SOURCE/docs/examples/filled.hex"
    [ "$(cmp -l hello filled | wc -l)" -eq 61 ]
    [ "$(cmp -l hello filled | awk '$1 <= 120' | wc -l)" -eq 58 ]
    [ "$(./filled)" = "Hello world" ]
}

@test "the C program without a library is small, the compiler's own is large" {
    "$TINYELF" stages asm/hello.c >/dev/null
    [ "$(wc -c <hello.stages/cc/hello)" -gt 10000 ]
    [ "$(wc -c <hello.stages/tinyelf/hello)" -le 210 ]
}

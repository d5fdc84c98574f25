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
    says=$(sed -E 's/\[([^]]*)\]\([^)]*\)/\1/g' "$SOURCE/docs/lecture/README.md" | tr '\n' ' ')
    [[ $says == *"ELF header has 10 fields that Linux reads, 12 for tools and one that nobody reads."* ]]
    [[ $says == *"program header has 7 for Linux, and one that nobody reads."* ]]
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

# Runs the check of pages on a copy of the documentation in which a command changed something.
broken() {
    rm -rf copy && mkdir -p copy/tests/support
    cp -r "$SOURCE/docs" "$SOURCE/README.md" "$SOURCE/CHANGELOG.md" copy/
    cp "$SOURCE/tests/support/lecture_facts.txt" copy/tests/support/
    (cd copy && eval "$1")
    run perl "$SOURCE/tests/support/lecture.pl" copy
    [ "$status" -eq 1 ] || { echo "not found: $1"; return 1; }
    [[ "$output" == *"$2"* ]] || { echo "$output"; return 1; }
}

@test "the check of pages is green, and red when a page breaks one of its rules" {
    run -0 perl "$SOURCE/tests/support/lecture.pl" "$SOURCE"
    page=docs/lecture/8-calls.md
    broken "sed -i 's/^\\$ strace .*/\\$ strace .\\/hello 2>\\&1 | tail -n 3/' docs/lecture/*.md
        for i in {1..20}; do sed -i 's/^\\$ tinyelf build.*/& | cat/' docs/lecture/{1,2,3,4,5}-*.md; done" "commands pipe"
    broken "sed -i 's/^\\$ strace .*/& # a command that goes on and on, so that no terminal of 80 columns shows it in one line/' $page" \
        "wider than 80 columns"
    broken "sed -i 's/^exit_group(0)  .*/&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&\\n&/' $page" \
        "a block of"
    broken "sed -i 's/^exit_group(0)  .*/.../' $page" "how many lines are left out?"
    broken "sed -i 's/glossary.md#system-call/glossary.md#syscall/' $page" "no term 'syscall'"
    broken "sed -i '2i\\\\\\nA system call.' $page" "is used before it is linked"
    broken "echo 'A [system call](../glossary.md#system-call).' >>$page" "linked twice"
    broken "printf '\\n## ELF\\n\\nAgain.\\n' >>docs/glossary.md" "docs/glossary.md: elf comes after"
    broken "sed -i 's/all 45,390 files/all 45,930 files/' docs/lecture/16-which-bytes-matter.md" "'all mutants' differs"
    broken "sed -i 's/45,390//' docs/mutate.md docs/lecture/*.md" "'all mutants' is in fewer than two places"
}

# What page_output.pl says of a page's lines and of printed lines.
shows() {
    printf "$1" >shown
    printf "$2" >printed
    perl "$SOURCE/tests/support/page_output.pl" shown printed
}

@test "lines that a page leaves out are counted, and what it shows is what was printed" {
    shows 'a\nb\n' 'a\nb\n'
    run ! shows 'a\nb\n' 'a\nb\nc\n'
    run ! shows 'a\nb\n' 'a\nB\n'
    shows 'a\n... 2 lines\nd\n' 'a\nb\nc\nd\n'
    run ! shows 'a\n... 1 line\nd\n' 'a\nb\nc\nd\n'
    run ! shows 'a\n... 3 lines\nd\n' 'a\nb\nc\nd\n'
    shows '... about 4 lines\nd\n' 'a\nb\nc\nd\n'
    run ! shows '... about 8 lines\nd\n' 'a\nb\nc\nd\n'
    run ! shows '... about 1 lines\nd\n' 'a\nb\nc\nd\n'
    shows '...\nb\n' 'a\nb\nc\n'
    run ! shows '...\nc\nb\n' 'a\nb\nc\n'
    shows 'at 0x… now\n' 'at 0x7ffc12 now\n'
    run ! shows 'at 0x… now\n' 'at 0x7ffc12 then\n'
    # A terminal goes on in the next line after 80 columns, and not before.
    shows "$(printf '%080d' 0)\n1\n" "$(printf '%080d' 0)1\n"
    run ! shows "$(printf '%079d' 0)\n1\n" "$(printf '%079d' 0)1\n"
    run ! shows '' 'more\n'
    run ! shows 'more\n' ''
}

@test "each program of the lecture ends as its first line says, whoever assembles it" {
    ends() {
        "$TINYELF" build "asm/$1.s" -o "$1"
        if command -v nasm >/dev/null; then
            "$TINYELF" build --assembler nasm "asm/$1.s" -o "$1.nasm"
            cmp "$1" "$1.nasm"
        fi
        "$TINYELF" check "$1" >/dev/null
        run -"$2" "$TINYELF" run --time 5 "./$1" "${@:3}"
    }
    ends halt 139
    ends crash 139
    [[ $output == "Hello world"* ]]
    ends below 0
    [ "${#lines[@]}" -eq 1 ]
    ends count 1
    ends count 3 one two
    ends kernel 139
    ends cs 51
    ends setcs 132
    ends return 139
    ends return 0 own
    ends status 3
    ends badwrite 242
    ends badclose 9
    ends int81 139
    ends nosuch 38
    "$TINYELF" build --base 0x400000 asm/other.s -o other
    run -139 "$TINYELF" run --time 5 ./other
    "$TINYELF" build asm/spin.s -o spin
    run -137 "$TINYELF" run --time 0.1 ./spin
    "$TINYELF" build asm/socket.s -o socket
    run -159 "$TINYELF" run --sandbox ./socket
    "$TINYELF" build asm/hello32.s -o hello32
    ./hello32 >/dev/null || skip "this kernel runs no 32-bit programs"
    ends mixed 7
}

@test "each step from 178 bytes down has the size that its name says, and is the same program, but for those of 139 and 83" {
    for size in 166 154 140 139 132 112 87 83 81; do
        "$TINYELF" build "$SOURCE/templates/golf/hello-$size.hex"
        [ "$(wc -c <hello-$size)" -eq "$size" ]
        run "$TINYELF" golf --prove hello-$size asm/hello.s
        [ "$status" -eq $((size == 139 || size == 83)) ] || { echo "$size: $output"; return 1; }
    done
}

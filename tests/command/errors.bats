#!/usr/bin/env bats
# Errors of tinyelf build: the message says what is wrong and where, and no file is lost.
load ../support/setup

hello=$SOURCE/asm/hello.s

# The build fails with a status, and leaves no file.
refuses()
{
    local expected=$1
    shift
    tinyelf build -o out "$@"
    exits "$expected"
    [ ! -e out ]
    ! ls -A | grep tinyelf-
}

@test "a missing file is an error" {
    refuses 1 nothing.s
    says "tinyelf: nothing.s: error: No such file or directory"
}

@test "a directory is an error" {
    mkdir folder.s
    refuses 1 folder.s
    says "folder.s: error: Is a directory"
    tinyelf dump folder.s
    exits 1
    says "folder.s: error: Is a directory"
}

@test "an empty file is an error" {
    touch empty.s
    refuses 1 empty.s
    says "empty.s: error: the file is empty"
    tinyelf dump empty.s
    exits 1
    says "empty"
}

@test "what is wrong with a file that should be ELF reads the same in every command" {
    mkdir folder
    : >empty
    printf 'neither code nor data, but a line of text\n' >text
    head -c 30 "$TINYELF" >cut
    "$TINYELF" build "$hello" -o good
    local failed=0 file sentence command
    while read -r file sentence; do
        for command in dump disasm "disasm --all" "unfold -o twin" "compare good" "compare --json good" \
            "build -o out --from object"; do
            # shellcheck disable=SC2086
            run --separate-stderr "$TINYELF" $command "$file"
            [[ $status -eq 1 && $stderr == "tinyelf: $file: $sentence"* ]] || {
                echo "$command $file: $status: $stderr"
                failed=1
            }
        done
    done <<'END'
missing error: No such file or directory
folder error: Is a directory
empty error: the file is empty
text error: not an ELF file: it does not start with 7f 45 4c 46
cut offset 0x1e: error: the file ends after 30 of the ELF header's 64 bytes
END
    [ "$failed" -eq 0 ]
    for command in run "run --sandbox" step trace; do
        # shellcheck disable=SC2086
        tinyelf $command ./missing
        exits 1
        says "tinyelf: ./missing: error: No such file or directory"
    done
    # The same from explain and check, which answer for any bytes, and from mutate, which runs them.
    for command in explain check "mutate --values 1" "explain --debug-file" "disasm --debug-file"; do
        [[ $command == *debug* ]] && after=good || after=
        # shellcheck disable=SC2086
        tinyelf $command missing $after
        exits 1
        says "tinyelf: missing: error: No such file or directory"
        # shellcheck disable=SC2086
        tinyelf $command folder $after
        exits 1
        says "tinyelf: folder: error: Is a directory"
    done
    tinyelf mutate --values 1 empty
    exits 1
    says "tinyelf: empty: error: the file is empty"
    for command in explain disasm; do
        tinyelf "$command" --debug-file empty good
        exits 0
        says "empty: warning: no names are taken from it: the file is empty"
        tinyelf "$command" --debug-file text good
        exits 0
        says "text: warning: no names are taken from it: not an ELF file: it does not start with 7f 45 4c 46"
    done
}

@test "a file that has no room in memory reads as all that runs out of memory" {
    ! ldd "$TINYELF" | grep -q 'lib.san' || skip "a sanitizer needs more memory itself"
    truncate -s 3G big
    # dump reads it in parts, and needs no room for it.
    run --separate-stderr bash -c 'ulimit -v 500000; exec "$@"' limited "$TINYELF" dump big
    exits 1
    says "tinyelf: big: error: not an ELF file"
    for command in explain disasm compare "mutate --values 1" "build --from raw -o out"; do
        [ "$command" != compare ] || command="compare $TINYELF"
        # shellcheck disable=SC2086
        run --separate-stderr bash -c 'ulimit -v 500000; exec "$@"' limited "$TINYELF" $command big
        exits 1
        says "tinyelf: big: error: out of memory"
    done
}

@test "a file that is not assembly is an error" {
    head -c 64 /dev/zero >zero.s
    refuses 1 zero.s
    says "offset 0x0: error: not assembly: byte 0x00 is not text"
    cp "$TINYELF" elf.s
    refuses 1 elf.s
    says "this is an ELF file, not assembly"
    refuses 1 --from object "$hello"
    says "hello.s: error: not an ELF file: it does not start with 7f 45 4c 46"
    cp "$TINYELF" linked.o
    refuses 1 linked.o
    says "(e_type): error: type 2 is already linked" || says "(e_type): error: type 3 is already linked"
    cp "$hello" what.ever
    refuses 1 what.ever
    says "--from"
}

@test "a syntax error is reported with the user's file and line, by both assemblers" {
    printf 'bits 64\nmov eax, [\n' >bad.asm
    refuses 1 bad.asm
    says "tinyelf: bad.asm:2:11: error: "
    says "mov eax, ["
    printf '.text\nmovq $1, %%rax\nnonsense %%rax\n' >bad.s
    refuses 1 bad.s
    says "tinyelf: bad.s:3: error: no such instruction"
    says "nonsense %rax"
    tinyelf build - -o out <bad.s
    exits 1
    says "tinyelf: <stdin>:3: error: no such instruction"
    tinyelf build - -o out <bad.asm
    says "tinyelf: <stdin>:2:11: error: "
    printf '#define X 1\n.text\nnonsense %%rax\n' >bad.S
    refuses 1 bad.S
    says "tinyelf: bad.S:3: error: no such instruction"
    printf '#include "missing.h"\n' >include.S
    refuses 1 include.S
    says "missing.h"
}

@test "every undefined symbol is reported with the place that uses it" {
    printf 'extern one, two\nglobal _start\nsection .text\n_start: call one\ncall two\n' >u.asm
    refuses 1 u.asm
    says "tinyelf: u.asm:(.text+0x1): error: undefined symbol 'one'"
    says "tinyelf: u.asm:(.text+0x6): error: undefined symbol 'two'"
}

@test "a relocation that does not fit is reported with symbol, section offset and range" {
    printf 'bits 64\nglobal _start\nsection .text\n_start: nop\ndb text\ntext:\n' >r.asm
    refuses 1 r.asm
    says "(.text+0x1): error: R_X86_64_8 against 'text': 0x10082 does not fit, 8 bits hold -0x80 to 0xff"
    refuses 1 --base 0x100000000 "$hello"
    says "(.text+0x11): error: R_X86_64_32S against 'text': 0x1000000a6 does not fit"
}

@test "a relocation of an unsupported type is named" {
    printf '.globl _start\n_start: movq x@gottpoff(%%rip), %%rax\n.section .tbss,"awT",@nobits\nx: .long 0\n' >tls.s
    refuses 1 tls.s
    says "tls.s:(.tbss): error: thread-local storage is not supported"
    printf '.globl _start\n_start: movq x@gottpoff(%%rip), %%rax\n' >tls.s
    refuses 1 tls.s
    says "tls.s:(.text+0x3): error: symbol 'x': thread-local storage is not supported"
    printf '.globl _start\n_start: .reloc ., R_X86_64_COPY, _start\nret\n' >copy.s
    refuses 1 copy.s
    says "copy.s:(.text+0x0): error: R_X86_64_COPY against '_start' is not supported"
}

@test "without an entry symbol, likely candidates are named" {
    printf 'global main\nsection .text\nmain: ret\nhelper: ret\n' >m.asm
    refuses 1 m.asm
    says "no entry: '_start' is not defined; nothing calls main: name it _start, and end it with the system call exit instead of ret"
    refuses 1 -e mian m.asm
    says "no entry: 'mian' is not defined; start at another label with -e: helper"
    printf 'section .text\nbegin: ret\nhelper: ret\n' >m.asm
    refuses 1 m.asm
    says "no entry: '_start' is not defined; start at another label with -e: begin, helper"
    refuses 1 -e 0x5 m.asm
    says "entry 0x5 lies outside the segment"
}

@test "an entry with nothing after it is an error that says so" {
    printf 'global _start\n_start:\n' >m.asm
    refuses 1 m.asm
    says "error: nothing is at the entry _start, 0x10080: the segment is 0x10000 to 0x10077; an entry is a label with an instruction after it"
    refuses 1 --layout split m.asm
    says "error: nothing is at the entry _start, 0x"
    printf 'global _start\n_start equ 5\nsection .data\ndb 1\n' >m.asm
    refuses 1 m.asm
    says "error: nothing is at the entry _start, 0x5: the segment is 0x10000 to 0x1007"
    printf 'global _start\nnop\n_start:\n' >m.asm
    refuses 1 m.asm
    says "error: nothing is at the entry _start, 0x10081: the segment is 0x10000 to 0x10080;"
}

@test "all undefined names are listed at once, by either assembler, of a source and of a program" {
    printf 'global _start\n_start: call a\n call b\n jmp c\n' >m.asm
    refuses 1 m.asm
    [ "$(grep -c 'error: the symbol `[abc]` is not defined' <<<"$stderr")" -eq 3 ]
    refuses 1 --assembler nasm m.asm
    [ "$(grep -c "error: symbol \`[abc]' not defined" <<<"$stderr")" -eq 3 ]
    printf 'extern a, b, c\n' | cat - m.asm >n.asm
    refuses 1 n.asm
    says "error: undefined symbol 'a'"
    says "error: undefined symbol 'b'"
    says "error: undefined symbol 'c'"
    # Nor do errors of a flat file, which this is none of, hide them.
    [[ $stderr != *flat* ]]
}

@test "a base that is not page-aligned is an error" {
    refuses 2 --base 0x10001 "$hello"
    says "base 0x10001 is not page-aligned: it must be a multiple of 0x1000, such as 0x11000"
}

@test "a base that is named instead of a wrong one is accepted, without a warning" {
    printf '\310' >one.bin
    local target base
    for target in x86_64 i386 aarch64; do
        for base in 0x10 0xfff 0x10001 0x123456 0xffffffff 0x7fffffffffffffff 0xffffffffffffffff; do
            tinyelf build --from raw --target $target --base $base one.bin -o out
            exits 2
            [[ "$stderr" =~ "such as "(0x[0-9a-f]+) ]]
            tinyelf build --from raw --target $target --base ${BASH_REMATCH[1]} one.bin -o out
            exits 0
            [ -z "$stderr" ] || { echo "$target $base ${BASH_REMATCH[1]}"; return 1; }
        done
    done
    [ "$(cat /proc/sys/vm/mmap_min_addr)" -gt 0 ] || skip "vm.mmap_min_addr is 0 here"
    for target in x86_64 aarch64; do
        tinyelf build --from raw --target $target --base 0 --no-check one.bin -o out
        [[ "$stderr" =~ (0x[0-9a-f]+)" is the lowest that works" ]]
        tinyelf build --from raw --target $target --base ${BASH_REMATCH[1]} one.bin -o out
        exits 0
        [ -z "$stderr" ]
    done
}

@test "a base under vm.mmap_min_addr is a warning" {
    [ "$(cat /proc/sys/vm/mmap_min_addr)" -gt 0 ] || skip "vm.mmap_min_addr is 0 here"
    tinyelf build --base 0 "$hello" -o out
    exits 0
    says "warning: base 0x0 is below vm.mmap_min_addr"
}

@test "addresses past the end of user space are an error" {
    refuses 2 --base 0x7ffffffff000 "$hello"
    says "pass the end of user space, 0x7ffffffff000"
    printf '.globl _start\n_start: .quad x\n.bss\nx: .skip 0x7fffffff0000\n' >b.s
    refuses 1 b.s
    says "end of user space"
    printf 'global _start\nsection .text align=1\n_start: nop\n' >fits.asm
    tinyelf build --base 0x7fffffffe000 fits.asm -o fits
    exits 0
}

@test "an alignment that is not a power of two or does not divide the base is an error" {
    refuses 2 --align 3 "$hello"
    says "align 0x3 is not a power of two"
    refuses 2 --align 0x20000 "$hello"
    says "base 0x10000 is not a multiple of align 0x20000"
}

@test "without nasm on PATH, the package is named" {
    mkdir empty
    run --separate-stderr env PATH="$PWD/empty" "$TINYELF" build --assembler nasm "$hello" -o out
    exits 1
    says "no 'nasm' on PATH, which this input needs: install the package nasm"
    run --separate-stderr env PATH="$PWD/empty" "$TINYELF" build "$SOURCE/asm/cat.s" -o out
    says "install the package binutils"
    [ ! -e out ]
}

@test "a full disk leaves the older output unchanged, and no temporary file" {
    printf 'older\n' >out
    # No file may grow, which has the same effect as a full disk.
    run bash -c "set -o pipefail; (ulimit -f 0; exec '$TINYELF' build '$hello' --from raw -o out) 2>&1 | cat"
    [ "$status" -eq 1 ]
    # (An instrumented build has further output, which it cannot write either.)
    [[ $output == *"tinyelf: out: error: cannot write: File too large"* ]]
    [ "$(cat out)" = older ]
    holds_only out
    tinyelf build "$hello" -o /dev/full
    exits 1
    says "/dev/full: error: cannot write: No space left on device"
    [ -c /dev/full ]
}

@test "a read-only folder is an error" {
    mkdir locked
    chmod 555 locked
    if [ "$(id -u)" -eq 0 ]; then
        command -v setpriv >/dev/null || skip "setpriv is not installed: root may write anywhere"
        chmod 711 . "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_FILE_TMPDIR" 2>/dev/null || true
        cp "$TINYELF" "$hello" .
        run --separate-stderr setpriv --reuid=65534 --regid=65534 --clear-groups \
            ./tinyelf build --from raw hello.s -o locked/out
        case $stderr in *"ermission denied"*) ;; *) skip "setpriv cannot drop root here" ;; esac
    else
        tinyelf build "$hello" -o locked/out
    fi
    exits 1
    says "locked/out: error: cannot create a file beside it: Permission denied"
    [ -z "$(ls -A locked)" ]
}

@test "a failure leaves an older output unchanged" {
    printf 'older\n' >out
    printf 'bits 64\nmov eax, [\n' >bad.asm
    tinyelf build bad.asm -o out
    exits 1
    [ "$(cat out)" = older ]
}

@test "the input is never overwritten" {
    cp "$hello" mine.s
    ln mine.s other.s
    for output in mine.s ./mine.s other.s; do
        tinyelf build mine.s -o "$output"
        exits 2
        says "is the input"
    done
    cmp "$hello" mine.s
}

@test "the input is never overwritten, whatever name it has" {
    cp "$hello" in.s
    ln -s in.s in
    tinyelf build in.s
    exits 2
    says "is the input"
    cmp "$hello" in.s
    run --separate-stderr bash -c "'$TINYELF' build - -o in.s <in.s"
    exits 2
    cmp "$hello" in.s
    cp "$TINYELF" raw
    ln -s raw a.out
    tinyelf build --from raw raw
    exits 2
    cmp "$TINYELF" raw
}

@test "an output whose folder is missing, or that can only be a folder, is said to be that" {
    echo text >file
    while IFS='|' read -r name text; do
        tinyelf build "$hello" -o "$name"
        exits 1
        [ "$stderr" = "tinyelf: $name: error: $text" ] || { echo "$stderr"; return 1; }
    done <<'END'
new/|cannot write: Is a directory
file/|cannot write: Not a directory
none/deeper/out|the folder 'none' does not exist
file/out|'file' is not a folder
END
    holds_only file
}

@test "a dangling symbolic link stays, and its target is made as cc makes it" {
    mkdir folder elsewhere
    echo 'int main(void) { return 0; }' >main.c
    ln -s nowhere link
    ln -s folder/second first
    ln -s ../elsewhere/third folder/second
    ln -s "$PWD/absolute" whole
    for link in link first whole; do
        gcc main.c -o "$link"
        [ -L "$link" ]
    done
    rm nowhere elsewhere/third absolute # it made all three
    for link in link first whole; do
        (umask 027 && "$TINYELF" build "$hello" -o "$link")
        [ -L "$link" ]
    done
    for target in nowhere elsewhere/third absolute; do
        [ "$(stat -c '%a %s' "$target")" = "750 178" ]
    done
    rm -r nowhere elsewhere absolute first whole main.c folder
    holds_only link
}

@test "a symbolic link that leads nowhere is an error, and nothing is left" {
    ln -s two one
    ln -s one two
    ln -s none/file link
    tinyelf build "$hello" -o one
    exits 1
    says "one: error: cannot follow the link: Too many levels of symbolic links"
    tinyelf build "$hello" -o link
    exits 1
    says "tinyelf: link: error: it is a link to 'none/file': the folder 'none' does not exist"
    # A target that cannot be written whole is not made.
    ln -s target full
    "$TINYELF" build "$hello" -o hello
    "$TINYELF" unfold hello >/dev/null 2>&1 || true
    run bash -c '(ulimit -f 0; "$TINYELF" unfold hello -o full) 2>&1 | cat; exit "${PIPESTATUS[0]}"'
    [ "$status" -eq 1 ]
    [[ $output == *"target: error: cannot write: File too large" ]]
    rm -f hello hello.unfolded*
    holds_only full link one two
}

@test "an output whose name is too long is reported with its full name" {
    name=$(printf 'n%.0s' {1..300})
    tinyelf build "$hello" -o "$name"
    exits 1
    says "tinyelf: $name: error:"
    tinyelf build "$hello" -o "$(printf './%.0s' {1..2100})out"
    exits 1
    [ -z "$(ls -A)" ]
}

@test "an object whose tables cannot be read is refused" {
    nasm -f elf64 "$hello" -o good.o
    # The header of .rela.text is number $index; these are offsets of its fields.
    index=$(readelf -SW good.o | sed -n 's/^ *\[ *\([0-9]*\)\] \.rela\.text .*/\1/p')
    start=$(($(readelf -h good.o | awk '/Start of section/ {print $5}') + index * 64))
    broken()
    {
        cp good.o bad.o
        printf "$2" | dd of=bad.o bs=1 seek=$((start + $1)) conv=notrunc status=none
        refuses 1 bad.o
        says ".rela.text"
    }
    tinyelf build good.o -o good
    exits 0
    broken 24 '\0\0\0\0\0\1'  # sh_offset
    broken 32 '\0\0\0\0\0\1'  # sh_size
    broken 32 '\31'                # sh_size: not a whole number of entries
    broken 44 '\377\377'          # sh_info
    broken 56 '\7'                 # sh_entsize
    broken 40 '\0'                 # sh_link
}

@test "an error after a million warnings is reported" {
    printf '.text\n.rept 100000\n.warning "again"\n.endr\nnonsense %%rax\n' >w.s
    tinyelf build w.s -o out
    exits 1
    says "w.s:5: error: no such instruction"
    says "more like these"
    [ "$(wc -l <<<"$stderr")" -lt 200 ]
}

@test "constructors, thread-local storage and indirect functions are refused by name" {
    printf '.globl _start\n_start: nop\n.section .init_array,"aw"\n.quad 0\n' >i.s
    refuses 1 i.s
    says "(.init_array): error: constructors and destructors are not supported"
    printf '.globl _start\n_start: nop\n.section .ctors,"aw"\n.quad 0\n' >c.s
    refuses 1 c.s
    says "(.ctors): error: constructors"
    printf '.globl _start\n_start: call f\n.type f,@gnu_indirect_function\nf: ret\n' >f.s
    refuses 1 f.s
    says "symbol 'f': indirect functions"
}

@test "for an unknown option or command, the nearest one is suggested" {
    tinyelf bild
    exits 2
    says "unknown command 'bild': did you mean 'build'?"
    tinyelf build --bsae=1 x.s
    exits 2
    says "unknown option '--bsae': did you mean '--base'?"
    tinyelf dump --segmnets x
    exits 2
    says "did you mean '--segments'?"
    tinyelf dump -q x
    exits 2
    says "unknown option '-q'"
    tinyelf build --from cobol x.s
    exits 2
    says "nasm, gas, fasm, c, object, raw or hex"
    tinyelf build --osabi linus x.s
    exits 2
    says "GNU"
    for entry in 5x '' 0xffffffffffffffff; do
        tinyelf build -e "$entry" x.s
        exits 2
    done
    tinyelf build --verbose -qv x.s
    exits 2
    says "unknown option '-qv'"
    tinyelf build --verbose -vq x.s
    exits 2
    says "unknown option '-q' in '-vq'"
    tinyelf build --verbose=3 x.s
    exits 2
    says "option '--verbose' takes no value"
}

@test "an option that takes the name of a file refuses an empty one, in every command" {
    local command option argument count=0
    while IFS=$'\t' read -r _ command _ option argument _; do
        tinyelf "$command" "$option=" nosuch
        exits 2
        says "tinyelf: $command: error: option '$option' needs a $argument, not ''"
        count=$((count + 1))
    done < <("$TINYELF" --print-options | awk -F '\t' '$1 == "option" && $5 ~ /^(FILE|FOLDER|TWIN|PAGE)$/')
    [ "$count" -ge 9 ]
    tinyelf build -o '' nosuch
    exits 2
    says "option '-o' needs a FILE, not ''"
    for option in -e --entry; do
        tinyelf build "$option" '' nosuch
        exits 2
        says "build: error: $option '': neither a symbol nor an address"
    done
}

@test "calls without their required arguments are usage errors" {
    tinyelf
    exits 2
    tinyelf build
    exits 2
    says "no input given"
    tinyelf dump
    exits 2
    says "no file given"
    tinyelf build a.hex b.hex
    exits 2
    says "'b.hex' is one too many"
    tinyelf build -g -o - "$hello"
    exits 2
    says "-g writes a file beside the output"
    tinyelf build -o
    exits 2
    says "needs a value"
}

@test "words after --help, --version, --print-options and help COMMAND are usage errors" {
    local command
    for command in "help build" --help --version --print-options; do
        # shellcheck disable=SC2086
        tinyelf $command extra words
        exits 2
        [ -z "$output" ]
        says "tinyelf: error: 'extra' is one too many"
    done
    tinyelf help bild
    exits 2
    says "unknown command 'bild': did you mean 'build'?"
    tinyelf --help
    [[ $output == *"'tinyelf help COMMAND' says more"* ]]
    for command in $("$TINYELF" --print-options | awk -F '\t' '$1 == "command" { print $2 }'); do
        tinyelf "$command" --help
        local help=$output
        tinyelf help "$command"
        exits 0
        [ "$output" = "$help" ]
    done
}

@test "help and version are printed on standard output with status 0" {
    for command in "--help" "help" "--version" "build --help" "dump --help" "help build"; do
        # shellcheck disable=SC2086
        tinyelf $command
        exits 0
        [ -n "$output" ]
        [ -z "$stderr" ]
    done
}

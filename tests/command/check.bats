#!/usr/bin/env bats
# tinyelf check: will Linux run a file?
load ../support/setup
load ../support/check_setup

@test "check of a program that starts ends with 0 and says so" {
    hello
    tinyelf check hello
    exits 0
    [ "${lines[0]}" = "hello: Linux starts it" ]
    tinyelf check --strict hello
    exits 1
}

@test "a wrong field is named with its offset, value and a suggestion that repairs it" {
    hello
    patch hello 0x36 3900
    tinyelf check hello
    exits 1
    [ "${lines[0]}" = 'hello: Linux refuses it: execve fails with ENOEXEC, which shells report as "Exec format error"' ]
    [ "${lines[1]}" = "  offset 0x36 (e_phentsize): e_phentsize is 57, not 56" ]
    [ "${lines[2]}" = "  would work: e_phentsize 56" ]
    patch hello 0x36 3800
    tinyelf check hello
    exits 0
}

@test "what this machine is like is read only where the verdict depends on it" {
    [ -x "$(dirname "$TINYELF")/tinyelf-code" ] || skip "where this program is mapped says nothing of low addresses"
    asked() { strace -o calls -e trace=open,openat,uname,access "$TINYELF" check "$@" >/dev/null; grep -o '/proc/[a-z0-9/_]*[a-z]\|^uname' calls | sort -u; }
    hello
    # The lecture's address is one that vm.mmap_min_addr may forbid.
    run asked hello
    [ "$output" = $'/proc/sys/vm/mmap_min_addr\nuname' ]
    tinyelf build --base 0x400000 "$SOURCE/asm/hello.s" -o high
    run asked high
    [ "$output" = uname ]
    patch high 0x36 3900
    run asked high
    [ "$output" = "" ]
    tinyelf build --base 0x400000 "$SOURCE/asm/hello.s" -o high
    patch high 0x44 07
    run asked high
    [ "$output" = $'/proc/sys/vm/overcommit_memory\nuname' ]
    # Where it would be mapped with all these facts is printed.
    run asked --verbose hello
    [[ $output == *"/proc/cpuinfo"*"/proc/sys/vm/mmap_min_addr"*"uname"* ]]
    run asked --json hello
    [[ $output == *"/proc/cpuinfo"*"/proc/sys/vm/mmap_min_addr"*"uname"* ]]
}

@test "the JSON has all documented keys, null if one does not apply" {
    hello
    tinyelf check --json hello
    exits 0
    [ "$(key verdict)" = '"starts"' ]
    for name in errno signal field offset value message; do [ "$(key $name)" = null ]; done
    case $(key warnings) in '[{'*) ;; *) false ;; esac
    patch hello 0x10 01
    tinyelf check --json hello
    exits 1
    [ "$(key file)" = '"hello"' ]
    [ "$(key verdict)" = '"refused"' ]
    [ "$(key errno)" = '"ENOEXEC"' ]
    [ "$(key signal)" = null ]
    [ "$(key field)" = '"e_type"' ]
    [ "$(key offset)" = 16 ]
    [ "$(key value)" = 1 ]
    case $(key message) in *"e_type is 1"*) ;; *) false ;; esac
}

@test "programs that are killed or fault have a signal and no errno" {
    hello
    cp hello killed
    patch killed 0x60 b3
    tinyelf check --json killed
    exits 1
    [ "$(key verdict)" = '"killed"' ]
    [ "$(key errno)" = null ]
    [ "$(key signal)" = 11 ]
    cp hello faults
    patch faults 0x44 04
    tinyelf check --json faults
    exits 1
    [ "$(key verdict)" = '"faults"' ]
    [ "$(key errno)" = null ]
    [ "$(key signal)" = 11 ]
    [ "$(key field)" = '"p_flags"' ]
    # Past the end of the file: SIGBUS.
    cp hello bus
    patch bus 0x19 10
    patch bus 0x60 00200000
    patch bus 0x68 00200000
    tinyelf check --json bus
    [ "$(key verdict)" = '"faults"' ]
    [ "$(key signal)" = 7 ]
}

@test "the verdict is what execve does here, by the shell's exit status" {
    hello
    local offset
    for offset in 0 4 5 16 18 32 54 56 64 68 72 80 96 104; do
        cp hello "mutant$offset"
        patch "mutant$offset" "$offset" ff
        local ended=0 expected verdict
        timeout 10 "./mutant$offset" >/dev/null 2>&1 </dev/null || ended=$?
        tinyelf check --json "mutant$offset"
        verdict=$(key verdict)
        case $verdict in
        '"starts"') expected=0 ;;
        # Shells run a file that execve refuses as a script.
        '"refused"') expected=refused && [ "$ended" -gt 0 ] && ended=refused ;;
        *) expected=$((128 + $(key signal))) ;;
        esac
        echo "$offset: $verdict, $ended"
        [ "$ended" = "$expected" ]
    done
}

@test "of several files each is reported, and the status is 1 if one is bad" {
    hello
    cp hello other
    patch other 0x12 28
    tinyelf check hello other
    exits 1
    grep -q '^hello: Linux starts it' <<<"$output"
    grep -q '^other: Linux refuses it' <<<"$output"
    tinyelf check --json hello other
    [ "${#lines[@]}" -eq 2 ]
}

@test "standard input, empty files and short files are checked" {
    hello
    tinyelf check - <hello
    exits 0
    [ "${lines[0]}" = "<stdin>: Linux starts it" ]
    : >empty
    tinyelf check --json empty
    exits 1
    [ "$(key errno)" = '"ENOEXEC"' ]
    for size in 1 4 20 63 64 119; do
        head -c "$size" hello >short
        tinyelf check short
        exits 1
    done
    # A field that is not there is not blamed for a value.
    head -c 3 hello >short
    tinyelf check short
    [[ "${lines[1]}" == *": ei_mag3 is 0x0 (the file ends before ei_mag3)" ]]
    head -c 20 hello >short
    tinyelf check short
    [[ "${lines[1]}" == *": e_phentsize is 0, not 56 (the file ends before e_phentsize)" ]]
    head -c 120 hello >short
    tinyelf check short
    exits 0
}

@test "an interpreter is checked too, and named if it is missing" {
    printf '#!/nowhere/sh\n' >script
    tinyelf check script
    exits 1
    case $output in *ENOENT*"/nowhere/sh"*) ;; *) echo "$output"; false ;; esac
    tinyelf check --json script
    [ "$(key errno)" = '"ENOENT"' ]
    printf '#! /bin/sh\n' >script
    tinyelf check script
    exits 0
    printf '#!\t \n' >script
    tinyelf check --json script
    exits 1
    [ "$(key errno)" = '"ENOEXEC"' ]
    printf '#!/etc/passwd\n' >script
    tinyelf check --json script
    [ "$(key errno)" = '"EACCES"' ]
    local program
    program=$(command -v bats >/dev/null && command -v perl)
    tinyelf check --json "$program"
    exits 0
    case $(key interpreter) in *ld-linux*) ;; *) false ;; esac
    sed 's,/lib64/ld-linux,/lib64/xx-linux,' "$program" >moved
    tinyelf check --json moved
    exits 1
    [ "$(key errno)" = '"ENOENT"' ]
    # Itself as interpreter, and a file that is not ELF.
    printf 'text, and long enough to be as long as the header of an ELF file, at least' >text
    chmod +x text
    sed "s,/lib64/ld-linux-x86-64.so.2,./text\x00xxxxxxxxxxxxxxxxxxxx," "$program" >moved
    tinyelf check --json moved
    [ "$(key errno)" = '"ELIBBAD"' ]
}

# real FILE: prints execve's result here: "starts", or the errno's name.
real()
{
    timeout 10 perl -MErrno -e '
        my ($file) = @ARGV;
        my $pid = fork;
        if ($pid == 0) {
            open $_, "+<", "/dev/null" for *STDIN, *STDOUT, *STDERR;
            my $arguments = pack "pp", $file, undef;
            my $environment = pack "p", undef;
            syscall 59, $file, $arguments, $environment;
            exit $!;
        }
        waitpid $pid, 0;
        my ($name) = grep { $! = $? >> 8; $!{$_} } keys %!;
        print $? >> 8 ? "$name\n" : "starts\n"' "$1"
}

# by_check FILE: prints the same according to check.
by_check()
{
    tinyelf check --json "$1"
    if [[ $output == *'"verdict":"starts"'* ]]; then
        echo starts
    elif [[ $output =~ '"errno":'\"?([A-Za-z]+) ]]; then
        echo "${BASH_REMATCH[1]}"
    fi
}

# What execve does with a file is what check says.
agree()
{
    local truly said
    truly=$(real "./$1")
    said=$(by_check "$1")
    [ "$truly" = "$said" ] || { echo "$2: $truly, by check $said"; return 1; }
}

# bats test_tags=long
@test "check says what execve does with odd first lines of scripts" {
    hello
    printf 'text, and long enough to be as long as the header of an ELF file, at least' >text
    cp hello plain && chmod 644 plain
    ln -s nowhere dangling
    ln -s circle circle
    mkfifo pipe
    chmod +x text pipe
    local i=0 line
    for line in '#!./hello\n' '#! ./hello\n' '#!\t ./hello\t\n' '#!./hello' '#!./hello a b\n' '#!./hello\r\n' \
        '#!./hello\0\n' '#!\0' '#! \0\n' '#!' '#!\n' '#!   \n' '#!   ' '#!hello\n' '#!./none\n' '#!.\n' '#!..\n' '#!/\n' \
        '#!/dev/null\n' '#!./plain\n' '#!./text\n' '#!./hello/x\n' '#!./dangling\n' '#!./circle\n' '#!./pipe\n' \
        '#!\v./hello\n' '#' '#\n!' '#!#!./hello\n' '\xef\xbb\xbf#!./hello\n' 'echo no\n' ''; do
        # shellcheck disable=SC2059
        printf "$line" >"script$i"
        chmod +x "script$i"
        agree "script$i" "$line"
        i=$((i + 1))
    done
    # Around the limit of 256 bytes that Linux reads.
    local size kind
    for size in 253 254 255 256 257 258; do
        for kind in '' '\n' ' ' '\0x'; do
            { printf '#!.'; printf '%*s' $((size - 8)) '' | tr ' ' /; printf 'hello'; printf "$kind"; } >slashes
            { printf '#!'; printf '%*s' $((size - 9)) ''; printf './hello'; printf "$kind"; } >blanks
            { printf '#!./hello '; printf '%*s' $((size - 10)) '' | tr ' ' x; printf "$kind"; } >argument
            chmod +x slashes blanks argument
            for file in slashes blanks argument; do
                agree $file "$file, $size, '$kind'"
            done
        done
    done
}

@test "an interpreter's name is printed without control characters" {
    printf '#!/no\033[31m\tx\n' >script
    tinyelf check script
    exits 1
    case $output in *'cannot be opened: /no\x1b[31m'*) ;; *) echo "$output"; false ;; esac
    case $output in *$'\033'*) false ;; esac
    tinyelf check --json script
    case $(key interpreter) in '"/no\u001b[31m"') ;; *) key interpreter; false ;; esac
}

@test "an interpreter that may be executed but not read is assumed to be good" {
    hello
    chmod 111 hello
    printf '#!./hello\n' >script
    chmod 755 script . ..
    local as=""
    [ "$(id -u)" -ne 0 ] || as="setpriv --reuid 65534 --regid 65534 --clear-groups"
    $as test -x ./hello || skip "others cannot get into this folder"
    [ "$($as ./script)" = "Hello world" ]
    # shellcheck disable=SC2086
    run --separate-stderr $as "$TINYELF" check script
    exits 0
    [ "${lines[1]}" = "  the interpreter may be executed but not read, so it is assumed to be good: ./hello" ]
}

@test "a 32-bit header with the machine x86-64 is reported as x32" {
    printf '.globl _start\n_start: mov $60, %%eax\nxor %%edi, %%edi\nsyscall\n' >x32.s
    as --x32 x32.s -o x32.o && ld -m elf32_x86_64 x32.o -o x32 || skip "as or ld makes no x32 here"
    tinyelf check --json x32
    exits 1
    [ "$(key errno)" = '"ENOEXEC"' ]
    [ "$(key field)" = '"e_machine"' ]
    [ "$(key check)" = '"x32"' ]
}

@test "huge files with holes and endless files are checked in time" {
    hello
    cp hello holes && truncate -s 4G holes || skip "no files of 4 GiB here"
    tinyelf check holes
    exits 0
    truncate -s 0 holes && truncate -s 4G holes
    tinyelf check holes
    exits 1
    timeout 60 "$TINYELF" check /proc/self/exe
    run timeout 60 "$TINYELF" check /dev/zero
    [ "$status" -eq 1 ]
}

@test "--kernel answers for other versions; an invalid version is a usage error" {
    hello
    patch hello 0x44 04
    tinyelf check --json --kernel 5.4 hello
    exits 0
    [ "$(key verdict)" = '"starts"' ]
    tinyelf check --json --kernel 6.1.192 hello
    exits 1
    [ "$(key verdict)" = '"faults"' ]
    local version
    for version in 4.18 3.2 7.0 x 6 6.1x ''; do
        tinyelf check --kernel "$version" hello
        exits 2
    done
    for version in 4.19 5.4 5.10 5.15 6.1 6.6 6.12 6.18 6.18.44-generic; do
        tinyelf check --kernel "$version" hello
        [ "$status" -lt 2 ]
    done
}

@test "objections of other loaders are listed with their sources" {
    hello
    tinyelf check --loader wsl1 hello
    exits 1
    case $output in *"offset 0x70 (p_align)"*"microsoft/WSL issue 8219, cited"*) ;; *) false ;; esac
    tinyelf check --loader freebsd --json hello
    exits 1
    [ "$(key field)" = '"ei_osabi"' ]
    [ "$(key loader)" = '"freebsd"' ]
    tinyelf check --loader qemu-user hello
    exits 0
    tinyelf check --loader linux hello
    exits 0
    tinyelf check --loader dos hello
    exits 2
}

# bats test_tags=long
@test "qemu-user does what check says" {
    command -v qemu-x86_64 >/dev/null || skip "qemu-user is not installed"
    command -v qemu-i386 >/dev/null || skip "qemu-i386 is not installed"
    hello
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    local program qemu offset value
    for program in hello hello32; do
        qemu=qemu-x86_64
        [ "$program" = hello ] || qemu=qemu-i386
        # Changes in the ELF header, other than in the entry and the mapping: programs run as before or not at all.
        for offset in 0 1 2 3 4 5 6 7 8 15 16 17 20 23 40 41 42 43 48 49 50 51 52 53 54 55 60 61 62 63; do
            [ "$program" = hello ] || [ "$offset" -lt 44 ] || continue
            for value in 00 01 02 40; do
                cp "$program" mutant
                patch mutant "$offset" "$value"
                tinyelf check --loader qemu-user mutant
                local by_check=$status ran=0
                timeout 10 "$qemu" ./mutant >out 2>err </dev/null || ran=$?
                if [ "$by_check" -eq 0 ]; then
                    [ "$ran" -eq 0 ] || { echo "$program: $offset $value: starts, and $ran"; false; }
                else
                    [ "$ran" -ne 0 ] || { echo "$program: $offset $value: refused, and ran"; false; }
                fi
            done
        done
    done
}

@test "the map shows the program's memory" {
    hello
    tinyelf check -v --kernel 6.18 hello
    exits 0
    grep -q '^    0x000000010000-0x000000011000 r-x file from 0x0, segment 0$' <<<"$output"
    grep -q 'rw- stack$' <<<"$output"
    grep -q 'first instruction: 0x10078$' <<<"$output"
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    tinyelf check -v --kernel 6.18 hello32
    grep -q 'rwx stack$' <<<"$output"
}

@test "thousands of program headers are checked in time" {
    perl -e '
        print "\x7fELF", pack("CCCx9", 2, 1, 1), pack("vvVQQQVvvvvvv", 2, 62, 1, 0x10078, 64, 0, 0, 64, 56, 1170, 64, 0, 0);
        print pack("VVQQQQQQ", 1, 5, 0, 0x10000 + ($_ * 4096 * 7 % (1170 * 4096)), 0, 4096, 8192, 4096) for 1..1170;
        print "\0" x 4096;' >many
    chmod +x many
    tinyelf check -v --json --kernel 6.18 many
    exits 0
    tinyelf check --kernel 6.16 many
    exits 1
    case $output in *"no more than 73 program headers"*) ;; *) echo "$output"; false ;; esac
}

@test "unreadable files, folders and devices are errors, and usage errors are reported" {
    tinyelf check missing
    exits 1
    says "missing: error: No such file or directory"
    mkdir folder
    tinyelf check folder
    exits 1
    tinyelf check /dev/null
    exits 1
    says "not a regular file"
    tinyelf check
    exits 2
    tinyelf check --jsn x
    exits 2
    says "--json"
    tinyelf check --help
    exits 0
    hello
    tinyelf check hello >/dev/full
    run bash -c '"$TINYELF" check hello >/dev/full'
    [ "$status" -eq 1 ]
}

@test "build writes no program that Linux cannot start, except with --no-check" {
    hello
    cp hello older
    cat >data.asm <<'A'
global _start
section .text
    ret
section .data
_start: ret
A
    tinyelf build --layout split --no-gc-sections data.asm -o older
    exits 1
    says "error: it would die at its first instruction: e_entry points into memory that may not be executed"
    says "--no-check writes it anyway"
    cmp hello older
    tinyelf build --layout split --no-gc-sections data.asm -o new
    exits 1
    [ ! -e new ]
    tinyelf build --no-check --layout split --no-gc-sections data.asm -o new
    exits 0
    tinyelf check new
    exits 1
    # It is written if root may start it, or if it only sometimes overlaps the stack.
    printf '\x90' >code
    tinyelf build --from raw --base 0 code -o low
    exits 0
    tinyelf build --from raw --base 0x7fffffffe000 code -o high
    exits 0
}

@test "a hex source may describe any file; one that looks like a program and is not gets a warning" {
    echo "7F 45 4C 46 02" >bad.hex
    tinyelf build bad.hex
    exits 0
    says "bad: offset 0x10 (e_type): warning: Linux would refuse to start it"
    [ "$(od -An -tx1 bad)" = " 7f 45 4c 46 02" ]
    tinyelf build --no-check bad.hex
    exits 0
    [ -z "$stderr" ]
    echo "01 02 03" >data.hex
    tinyelf build data.hex
    exits 0
    [ -z "$stderr" ]
}

# The last command's standard error has the note that refers to check.
pointed()
{
    grep -qxF "tinyelf: $1: note: $2: 'tinyelf check' says why" <<<"$stderr" && return 0
    echo "stderr: $stderr"
    return 1
}

not_pointed()
{
    case $stderr in
    *"tinyelf check"*) echo "stderr: $stderr"; return 1 ;;
    esac
}

@test "explain and dump refer to check if a program would not start, and their output does not change" {
    hello
    cp hello refused && patch refused 0x36 39
    cp hello killed && patch killed 0x60 b3
    cp hello faults && patch faults 0x44 04
    local command
    for command in "dump" "dump -S" "explain" "explain --at e_entry" "explain --memory"; do
        # shellcheck disable=SC2086
        tinyelf $command refused
        exits 0
        pointed refused "Linux would refuse to start it"
        # shellcheck disable=SC2086
        tinyelf $command killed
        pointed killed "Linux would kill it at its start"
        # shellcheck disable=SC2086
        tinyelf $command faults
        pointed faults "it would die at its first instruction"
        # shellcheck disable=SC2086
        tinyelf $command hello
        exits 0
        [ -z "$stderr" ]
    done
    for command in json markdown hex; do
        tinyelf explain --format "$command" refused
        exits 0
        not_pointed
    done
    tinyelf dump - <refused
    pointed "<stdin>" "Linux would refuse to start it"
    diff <(readelf -hlW killed 2>/dev/null) <("$TINYELF" dump -hlW killed 2>/dev/null)
    # After the report, and before the next file's.
    run bash -c '"$TINYELF" dump -h refused hello 2>&1'
    grep -n -e '^File: ' -e 'note:' <<<"$output" | sed 's/^[0-9]*://; s/: note.*//' >order
    diff - order <<<$'File: refused\ntinyelf: refused\nFile: hello'
}

@test "explain and dump do not refer to check for files that are not meant to be started on x86" {
    hello
    # An ET_DYN with an entry or an interpreter is a program, one without is a library.
    cp hello library && patch library 0x10 03 && patch library 0x18 0000000000000000
    tinyelf check library
    exits 1
    tinyelf dump library
    not_pointed
    cp library pie && patch pie 0x18 01
    patch pie 0x36 39
    tinyelf dump pie
    pointed pie "Linux would refuse to start it"
    cp library named && patch named 0x40 03
    tinyelf check named
    exits 1
    tinyelf dump named
    pointed named "Linux would refuse to start it"
    # Objects, other machines, files without program headers, text.
    printf 'nop\n' >object.s
    as object.s -o object.o
    tinyelf dump object.o
    not_pointed
    cp hello arm && patch arm 0x12 b7
    tinyelf check arm
    exits 1
    tinyelf dump arm
    not_pointed
    cp hello ppc && patch ppc 0x05 02 && patch ppc 0x10 00020015
    tinyelf dump ppc
    not_pointed
    cp hello none && patch none 0x20 0000000000000000 && patch none 0x38 0000
    tinyelf dump none
    not_pointed
    printf 'text\n' >text
    tinyelf explain text
    not_pointed
    # A file that only has the addresses of another file's code.
    objcopy --only-keep-debug "$(command -v perl)" perl.debug
    tinyelf check perl.debug
    exits 1
    tinyelf dump -h perl.debug
    not_pointed
    # Programs that start sometimes: with another stack, or if the caller may map low addresses.
    "$TINYELF" build --base 0 "$SOURCE/asm/hello.s" -o low
    tinyelf dump low
    not_pointed
}

@test "boot.sh, which asks Debian's kernel, reports what is missing and how to call it" {
    local script=$SOURCE/tests/oracle/kernel/boot.sh tool
    run --separate-stderr bash "$script"
    exits 2
    says "usage: boot.sh BUILD"
    run --separate-stderr bash "$script" .
    exits 2
    says "has no libelfgen-core.a: build there first"
    : >libelfgen-core.a
    run --separate-stderr bash "$script" . many
    exits 2
    mkdir tools
    for tool in bash dirname mktemp; do ln -s "$(command -v $tool)" tools/; done
    run env PATH="$PWD/tools" bash "$script" .
    [ "$status" -eq 77 ]
    [ "$output" = "skipped: qemu-system-x86_64 is missing (Debian: qemu-system-x86)" ]
    printf '#!/bin/sh\n' >tools/qemu-system-x86_64
    chmod +x tools/qemu-system-x86_64
    run env PATH="$PWD/tools" bash "$script" .
    [ "$status" -eq 77 ]
    [ "$output" = "skipped: cpio is missing (Debian: cpio)" ]
}

# Linux puts an ET_DYN without interpreter at the top of what mmap() may have, and its own pages right below.
@test "the vDSO below an ET_DYN is named, with as many pages as this kernel has" {
    hello
    patch hello 0x10 03
    patch hello 0x18 fffe000000000000 # a byte before the first one
    tinyelf check hello
    exits 0
    [ "${lines[0]}" = "hello: Linux starts it" ]
    [ "${lines[1]}" = "  offset 0x18 (e_entry): the first instruction is in the vDSO, code of the kernel's own that lies there without randomisation: e_entry is 0xfeff" ]
    [ "${lines[2]}" = "  would work: e_entry 0x10078" ]
    [ "${lines[3]}" = "  the kernel's map_vdso() says so" ]
    tinyelf check --json hello
    [ "$(key verdict)" = '"starts"' ]
    [ "$(key check)" = '"first_vdso"' ]
    [ "$(key signal)" = null ]
    # As many pages as bash has.
    pages=$(perl -ne '/^(\w+)-(\w+) .*\[(vdso|vvar)/ and $n{$3} += (hex($2) - hex($1)) / 4096; END { print "$n{vvar} $n{vdso}" }' /proc/self/maps)
    tinyelf check -v hello
    [ "$(perl -ne '/0x(\w+)-0x(\w+) (r--|r-x) (vvar|vDSO)$/ and $n{"$3$4"} = (hex($2) - hex($1)) / 4096; END { print "$n{\"r--vvar\"} $n{\"r-xvDSO\"}" }' <<<"$output")" = "$pages" ]
    # A version has its own number of data pages.
    for version in 4.19=3 5.4=3 5.6=4 6.12=4 6.14=4 6.15=6 6.18=6; do
        tinyelf check --kernel "${version%=*}" -v hello
        [ "$(perl -ne '/0x(\w+)-0x(\w+) r-- vvar$/ and print((hex($2) - hex($1)) / 4096)' <<<"$output")" = "${version#*=}" ]
    done
}

@test "in the vDSO's data an instruction faults, with a signal that is not promised" {
    hello
    patch hello 0x10 03
    patch hello 0x18 00df000000000000 # two pages of code are above it
    tinyelf check --kernel 6.18 hello
    exits 1
    [ "${lines[0]}" = "hello: Linux starts it, but its first instruction cannot be fetched: SIGSEGV or SIGBUS" ]
    [ "${lines[1]}" = "  offset 0x18 (e_entry): e_entry points into the kernel's data beside the vDSO (vvar), which may not be executed: e_entry is 0xdf00" ]
    tinyelf check --kernel 6.18 --json hello
    [ "$(key signal)" = null ]
    [ "$(key check)" = '"first_vvar"' ]
}

# ends_in HEX: the program `edge`, whose only page ends in these bytes, where it begins
ends_in()
{
    hello
    cp hello edge
    truncate -s 4096 edge
    patch edge $((4096 - ${#1} / 2)) "$1"
    patch edge 0x18 "$(printf '%02x0f010000000000' $((256 - ${#1} / 2)))"
    patch edge 0x60 0010000000000000
    patch edge 0x68 0010000000000000
}

@test "a first instruction that goes on in a page that is not there faults, as on the processor" {
    for bytes in b8 48 66 0f 48b8010203040506 81c0aabbcc 8b04 8b0425 c78000000000aa f680aabbcc e9 00; do
        ends_in "$bytes"
        tinyelf check edge
        exits 1
        [ "${lines[0]}" = "edge: Linux starts it, but its first instruction cannot be fetched: SIGSEGV" ]
        [ "${lines[1]}" = "  offset 0x18 (e_entry): the first instruction, at $(printf 0x%x $((0x11000 - ${#bytes} / 2))), continues at 0x11000, where nothing is mapped" ]
        [ "$(perl -e 'system "./edge"; print $? & 127')" = 11 ]
    done
    # These end in their page: what they do is their business.
    for bytes in 90 c3 31c0 0f05 b001 b83c000000 f7d8 ebfe; do
        ends_in "$bytes"
        tinyelf check edge
        exits 0
    done
    # The next page is past the end of the file: SIGBUS.
    ends_in b8
    patch edge 0x60 0020000000000000
    patch edge 0x68 0020000000000000
    tinyelf check edge
    [ "${lines[0]}" = "edge: Linux starts it, but its first instruction cannot be fetched: SIGBUS" ]
    [[ ${lines[1]} == *"continues at 0x11000, in a page past the end of the file" ]]
    [ "$(perl -e 'system "./edge"; print $? & 127')" = 7 ]
}

@test "an entry point that is wrong is offered the first byte after the headers, never the headers" {
    hello
    patch hello 0x18 0000020000000000
    tinyelf check hello
    [ "${lines[2]}" = "  would work: e_entry 0x10078" ]
    patch hello 0x18 7800010000000000
    run ./hello
    [ "$output" = "Hello world" ]
    # With several pieces of code nobody knows the first.
    printf 'int main(void) { return 0; }\n' >main.c
    gcc -static main.c -o main
    patch main 0x18 0000000000000000
    tinyelf check main
    [ "${lines[2]}" = "  would work: e_entry with the address of its first instruction" ]
}

# by_qemu FILE: check says of the file under qemu-x86_64 what happens there
by_qemu()
{
    tinyelf check --loader qemu-user "$1"
    local by_check=$status ran=0
    timeout 10 qemu-x86_64 "./$1" >/dev/null 2>&1 </dev/null || ran=$?
    [ "$by_check" = "$((ran != 0))" ] || { echo "$1: check $by_check, qemu $ran"; return 1; }
}

@test "qemu-user does what check says of program headers" {
    command -v qemu-x86_64 >/dev/null || skip "qemu-user is not installed"
    hello
    local row offset value
    # The type, permissions, offset, address, sizes; the entry point and the place of the headers.
    for row in 64:00000000 64:02000000 68:04000000 68:01000000 68:06000000 72:10 72:0010 72:0000000000000080 \
        80:0010 80:00 80:10 80:0000000000800000 96:01 96:b1 96:0010 96:0000000000800000 104:00 104:b1 104:b3 104:0010 \
        104:0000000000800000 104:ffffffffffffffff 24:0000020000000000 32:41 32:0010 32:0000000000000080 \
        56:0000 56:0200 56:4000 112:00 112:01; do
        cp hello mutant
        patch mutant "${row%%:*}" "${row#*:}"
        by_qemu mutant || { echo "$row"; false; }
    done
    # Writable zeros after the file's bytes are cleared; in a page past the end of the file they are not there.
    cp hello mutant
    patch mutant 68 07
    patch mutant 104 0010
    by_qemu mutant
    patch mutant 96 1010
    patch mutant 104 2010
    by_qemu mutant
}

@test "qemu-user does what check says of PT_INTERP" {
    command -v qemu-x86_64 >/dev/null || skip "qemu-user is not installed"
    hello
    local path
    for path in '' '\0' '\0\0' '/\0' '/usr/\0' '/usr'; do
        perl -e '
            open my $in, "<:raw", "hello";
            read $in, my $file, 178;
            my $path = eval "\"$ARGV[0]\"";
            substr $file, 24, 8, pack "Q", 0x10000 + 176;
            substr $file, 56, 2, pack "v", 2;
            my $size = 176 + 58 + length $path;
            open my $out, ">:raw", "asks";
            print $out substr($file, 0, 64), pack("VVQQQQQQ", 3, 4, 176 + 58, 0, 0, length $path, length $path, 1),
                pack("VVQQQQQQ", 1, 5, 0, 0x10000, 0x10000, $size, $size, 4096), substr($file, 120), $path;' "$path"
        chmod +x asks
        tinyelf check --loader qemu-user asks
        exits 1
        [[ ${lines[1]} == *"PT_INTERP"* ]]
        by_qemu asks
    done
}

@test "--kernel takes a version, a range or all, and a range makes a table" {
    hello
    tinyelf check --kernel all hello
    exits 0
    [ "$output" = "hello:
  4.19 to 6.18  starts" ]
    # Entry in a page that only READ_IMPLIES_EXEC makes executable: up to 5.7.
    cp hello old
    patch old 0x44 04
    tinyelf check --kernel 5.4-6.1 old
    exits 1
    [ "$output" = "old:
  5.4 to 5.7    starts
  5.8 to 6.1    faults: e_entry points into memory that may not be executed: p_flags is 0x4" ]
    tinyelf check --kernel 6.17- old
    [[ ${lines[1]} == "  6.17 to 6.18  faults: "* ]]
    tinyelf check --kernel 5.4-5.7 old
    exits 0
    tinyelf check --json --kernel 5.7-5.8 old
    exits 1
    [ "$(key kernels)" = '[{"check":null,"errno":null,"from":"5.7","needs":[],"signal":null,"to":"5.7","verdict":"starts"},{"check":"first_not_executable","errno":null,"from":"5.8","needs":[],"signal":11,"to":"5.8","verdict":"faults"}]' ]
    [ "$(key verdict)" = '"faults"' ]
    for versions in 6.6-5.4 6.1-7.0 4.18- -6.1 6.1x 6.1--6.2 all-; do
        tinyelf check --kernel "$versions" hello
        exits 2
    done
    # Hyphens of releases make no range.
    for version in 6.1-rc2 6.1.0-50-amd64 6.18.44-generic; do
        tinyelf check --kernel "$version" hello
        exits 0
        [ "${lines[0]}" = "hello: Linux starts it" ]
    done
}

@test "the table of versions marks what a machine needs besides" {
    hello
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    tinyelf check --kernel all hello32
    exits 0
    [ "${lines[1]}" = "  4.19 to 6.18  starts, with IA32 emulation" ]
    cp hello low
    patch low 0x50 001000
    patch low 0x18 781000
    tinyelf check --kernel all low
    exits 1
    [ "${lines[1]}" = "  4.19 to 6.18  starts, with root (CAP_SYS_RAWIO)" ]
    cp hello large
    patch large 0x44 07
    patch large 0x68 0000000000010000
    tinyelf check --kernel all large
    [ "${lines[1]}" = "  4.19 to 6.18  starts, with vm.overcommit_memory=1" ]
    cp hello high
    patch high 0x50 0000010000000400
    patch high 0x18 7800010000000400
    tinyelf check --kernel all high
    [ "${lines[1]}" = "  4.19 to 6.18  starts, with 57-bit addresses" ]
    tinyelf check --json --kernel all high
    [[ $(key kernels) == *'"needs":["la57"]'* ]]
    # Nothing helps: the reason is that of a usual machine.
    patch hello 0x36 39
    tinyelf check --kernel all hello
    [ "${lines[1]}" = "  4.19 to 6.18  refused: e_phentsize is 57, not 56" ]
}

@test "disasm, explain and unfold take for code what the Linux of --kernel executes" {
    hello
    patch hello 0x44 04 # r--, without PT_GNU_STACK
    tinyelf disasm hello
    exits 1
    tinyelf disasm --kernel 5.8- hello
    exits 1
    for versions in 5.7 4.19-6.1 all; do
        tinyelf disasm --kernel "$versions" hello
        exits 0
        [ "${lines[0]}" = "mov rax,0x1" ]
    done
    tinyelf explain --memory hello
    [[ ${lines[1]} == *" r--" ]]
    tinyelf explain --memory --kernel 5.4 hello
    [[ ${lines[1]} == *" r-x" ]]
    "$TINYELF" unfold hello -o new
    "$TINYELF" unfold --kernel 5.4 hello -o old
    [ "$(readelf -SW new | grep -c ' AX ')" = 0 ]
    readelf -SW old | grep -q ' AX '
    for command in disasm explain unfold; do
        tinyelf "$command" --kernel 3.2 hello
        exits 2
        says "known are 4.19 to 6.18"
    done
}

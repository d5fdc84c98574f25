#!/usr/bin/env bats
# Names and texts that a file or a program made up reach a terminal without control characters.
load ../support/setup

# A name with a colour, a title, a newline, C1's CSI and a byte that is not UTF-8.
NAME=$'e\e[31mred\e]0;x\a\nn\xc2\x9bm\xff'

# An object and a program with such names of sections, symbols and interpreter; a program with no names but its own.
make_files()
{
    local bad=$'\e[31mb\x7f\xc2\x9bm'
    {
        printf '.section ".te%sxt", "awx", @progbits\n.globl _start, "f%s"\n' "$bad" "$bad"
        # open(NAME), write to a closed descriptor, exit
        printf '_start: "f%s":\nmov $2, %%eax\nlea name(%%rip), %%rdi\nxor %%esi, %%esi\nsyscall\n' "$bad"
        printf 'mov $1, %%eax\nmov $9, %%edi\nlea name(%%rip), %%rsi\nmov $9, %%edx\nsyscall\n'
        printf 'mov $60, %%eax\nxor %%edi, %%edi\nsyscall\n"nowhere%s": .quad 0\n' "$bad"
        printf 'name: .asciz "\\033[31mname\\r\\233\\n"\n'
    } >source.s
    as -o object.o source.s
    ld -o named object.o
    ld -pie -o interpreted --dynamic-linker=$'\e[31m/no\nsuch\xc2\x9b' object.o
    printf '.globl _start\n_start: call "gone%s"\n' "$bad" | as -o undefined.o -
    "$TINYELF" build -o plain "$SOURCE/asm/hello.s"
    local file
    for file in named interpreted undefined.o object.o plain source.s; do cp "$file" "$NAME-$file"; done
    cp "$NAME-plain" "$NAME.debug"
    head -c 80 named >"$NAME-cut"
    printf 'text \e[31m\n' >"$NAME-text"
    printf '7f 45 # \e[31mcomment\n' >"$NAME.hex"
    printf '7f 4g # \e[31mcomment\n' >"$NAME-bad.hex"
    printf 'int main(void) { return "\e[31m" + x; }\n' >"$NAME.c"
    printf 'section .text\n global _start\n_start: mov eax, "\e[31m" foo\n' >"$NAME.asm"
}

# Whether the files of printed/, and what else is named, have no byte that a terminal obeys but newlines and tabs; $1: others that
# may be there. The first line of a file in printed/ is the command that printed the rest.
is_plain()
{
    perl -e 'use Encode;
        my ($allowed, $faults) = ("\n\t" . shift, 0);
        for my $name (glob("printed/*"), @ARGV) {
            open my $file, "<:raw", $name or die; local $/; my $bytes = <$file> // "";
            my $text = eval { decode("UTF-8", my $copy = $bytes, Encode::FB_CROAK) };
            my $what = !defined $text ? "not UTF-8" : $text =~ /[^\P{Cc}$allowed]/ ? "not plain" : next;
            print "$name: $what: ", $bytes =~ s/[^\n\x20-\x7e]/?/gr, "\n" if $faults++ < 5;
        }
        exit($faults > 0)' "$@"
}

# Runs a command whose output is_plain() will look at.
prints()
{
    local status=0
    : $((number++))
    echo "tinyelf ${*//[^ -~]/?}" >"printed/$number.err"
    echo "tinyelf ${*//[^ -~]/?}" >"printed/$number.out"
    timeout 60 "$TINYELF" "$@" >>"printed/$number.out" 2>>"printed/$number.err" <empty || status=$?
    return $status
}

# No byte of what a command prints may be one that a terminal obeys, but newlines and tabs. It exits with 0 or 1.
shows()
{
    local status=0
    prints "$@" || status=$?
    [ "$status" -le 1 ] || {
        echo "$status:"
        LC_ALL=C tr -c '\n -~' '?' <"printed/$number.err" | head -n 3
        return 1
    }
}

# The same for a usage error.
misuses()
{
    local status=0
    prints "$@" || status=$?
    [ "$status" -eq 2 ] || {
        echo "tinyelf ${*//[^ -~]/?}: $status, not 2"
        return 1
    }
}

# The same for a command that runs a program, and ends with its status.
traces()
{
    prints "$@" || true
    if grep -aq '^Try: tinyelf' "printed/$number.err"; then
        LC_ALL=C tr -c '\n -~' '?' <"printed/$number.err" | head -n 3
        return 1
    fi
}

# bats test_tags=long
@test "no control character of a name or a text reaches the terminal" {
    make_files
    : >empty
    mkdir printed
    local failed=0 file number=0
    for file in "$NAME"-* "$NAME".*; do
        for options in "" --memory --parts "--format markdown" "--format hex" "--format json" "--code none" \
            "--at _start" "--at nosuch" "--at 0x40"; do
            shows explain $options "$file" || failed=1
        done
        for options in "" --json --verbose "--kernel 5.4" "--loader qemu-user" "--loader freebsd"; do
            shows check $options "$file" || failed=1
        done
        for options in "" "--syntax att" "--syntax nasm" --bytes --addresses --all "--syntax nasm --whole"; do
            shows disasm $options "$file" || failed=1
        done
        shows explain --debug "$file" named || failed=1
        shows disasm --debug "$file" named || failed=1
        for options in "" --json --run; do
            shows compare $options "$file" named || failed=1
            shows compare $options named "$file" || failed=1
        done
        local ways=("" "-v" "--from gas" "--from object" "--from raw --map" "--from hex --listing")
        # A hex source takes no options of programs.
        [[ $file == *.hex ]] ||
            ways+=(--map -g "-e nosuch" "--sections --map" "--no-gc-sections --map" "--layout split")
        for options in "${ways[@]}"; do
            shows build $options -o "made$NAME" "$file" || failed=1
        done
        shows build -o "no/$NAME" "$file" || failed=1
        shows build named "$file" || failed=1
        shows build -o out.elf object.o "$file" || failed=1
        shows unfold -o "twin$NAME" "$file" || failed=1
        BROWSER=$NAME TMPDIR=. shows show "$file" || failed=1
        misuses new --template "$file" made || failed=1
        shows new "$file" || failed=1
        shows stages "$file" || failed=1
        misuses run --no-such "$file" || failed=1
        shows mutate --values 1 --field e_type "$file" || failed=1
        shows mutate --merge "$file" || failed=1
        shows step --replay "$file" || failed=1
        shows syscall "$file" || failed=1
        misuses "$file" || failed=1
        misuses "--$file" || failed=1
        misuses explain "--$file" || failed=1
        misuses explain --format "$file" named || failed=1
    done
    is_plain ""
    [ "$failed" -eq 0 ]
}

@test "no control character of a traced program's name, arguments and strings reaches the terminal" {
    make_files
    : >empty
    mkdir printed
    local failed=0 file number=0
    for file in "$NAME"-*; do
        chmod +x "$file"
        # What the program prints itself is its own: plain prints a line, named writes to no file.
        for command in trace "trace --abi" "trace --json" "trace -o log" step "step --plain" run "run --sandbox" \
            "run --time 1" "step --record recording"; do
            traces $command "./$file" "$NAME" || failed=1
        done
        [ ! -e recording ] || shows step --replay recording || failed=1
        rm -f recording
        traces trace "$file" || failed=1
    done
    is_plain ""
    [ "$failed" -eq 0 ]
}

@test "dump prints names as readelf does, but to a terminal without control characters" {
    make_files
    export file
    for file in "$NAME-named" "$NAME-interpreted" "$NAME-object.o" "$NAME-cut"; do
        readelf -W -l named >theirs 2>/dev/null
        "$TINYELF" dump -W -l named >ours
        cmp theirs ours
        script -qec '"$TINYELF" dump -e "$file" named' /dev/null </dev/null >out || true
        grep -q 'ELF Header' out
        is_plain '\r' out
    done
    "$TINYELF" dump -l "$NAME-interpreted" | grep -aq $'\e'
}

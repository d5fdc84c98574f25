#!/usr/bin/env bats
# What people do wrong at first, and what they are told to do instead.
load ../support/setup

# ---- sources given to commands that run programs ----

# started TEXT COMMAND...: the command ends with an error, standard error has TEXT, and chmod is not advised.
started()
{
    local text=$1
    shift
    tinyelf "$@"
    exits 1
    says "$text"
    [[ $stderr != *chmod* ]] || { echo "$stderr"; return 1; }
}

@test "a source given to a command that runs programs is to be built first" {
    cp "$SOURCE/asm/hello.s" .
    cp hello.s hello.asm
    cp hello.s hello.NASM
    cp "$SOURCE/asm/hello.c" .
    cp "$SOURCE/templates/hello.hex" .
    "$TINYELF" build hello.s -o program
    for file in hello.s hello.asm hello.NASM hello.c hello.hex; do
        for command in run "run --sandbox" trace step "step --sandbox" "explain --run" mutate "compare --run program"; do
            # explain, mutate and compare read files, the others programs of PATH.
            for name in "$file" "./$file"; do
                [[ $command != compare* ]] || continue
                # shellcheck disable=SC2086
                started "tinyelf: $name: error: this is a source, not a program; build it first: tinyelf build $name" $command "$name"
            done
        done
        # Those that take a file apart say it, too.
        for command in disasm dump "compare program"; do
            # shellcheck disable=SC2086
            started "tinyelf: $file: note: this is a source: 'tinyelf build $file' makes a program of it" $command "$file"
        done
    done
    # An executable bit makes no program of it.
    chmod +x hello.asm
    started "this is a source, not a program" run ./hello.asm
}

@test "names in a command to paste are quoted where a shell needs it" {
    cp "$SOURCE/asm/hello.s" "my prog.s"
    cp "$SOURCE/asm/hello.s" 'a$b.s'
    cp "$SOURCE/asm/hello.s" ./-dash.s
    started "build it first: tinyelf build \"./my prog.s\"" run "./my prog.s"
    started "build it first: tinyelf build './a\$b.s'" run './a$b.s'
    started "note: this is a source: 'tinyelf build \"my prog.s\"' makes a program of it" disasm "my prog.s"
    started "note: this is a source: 'tinyelf build ./-dash.s' makes a program of it" disasm -- -dash.s
    started "did you mean -o \"my out\"?" build "my prog.s" "my out"
    tinyelf "my prog.s"
    exits 2
    says "unknown command 'my prog.s': did you mean 'build \"my prog.s\"'?"
    export TINYELF_TEMPLATES=$SOURCE/templates
    tinyelf new "my new"
    exits 0
    [[ $output == "my new"*" is made: tinyelf build \"my new"*"\"" ]]
    # As it says.
    eval "\"\$TINYELF\" ${output##*: tinyelf }"
}

@test "an object is no source, and neither is a program or a script whose name ends like one" {
    command -v nasm >/dev/null || skip "nasm is not installed"
    nasm -f elf64 "$SOURCE/asm/hello.s" -o hello.o
    started "tinyelf: ./hello.o: error: this is an object, not a program; build it first: tinyelf build ./hello.o" run ./hello.o
    # A program that Linux refuses: what is wrong is not its name.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o program.s
    printf '\x39' | dd of=program.s bs=1 seek=54 conv=notrunc status=none
    tinyelf run ./program.s
    exits 1
    says "Exec format error"
    # One that Linux runs.
    printf '#!/bin/sh\necho ran\n' >script.s
    chmod +x script.s
    tinyelf run ./script.s
    exits 0
    [ "$output" = ran ]
    # What is no file of that name stays what it was.
    tinyelf run ./absent.s
    says "No such file or directory"
    mkdir folder.s
    tinyelf run ./folder.s
    says "Is a directory"
}

# ---- names of sources ----

@test "names that end in .nasm, .yasm, .inc, .asm, in capitals as well, are assembly" {
    for suffix in nasm yasm inc asm NASM ASM INC Asm s; do
        cp "$SOURCE/asm/hello.s" "program.$suffix"
        tinyelf build "program.$suffix"
        exits 0
        [ "$(sha256 program)" = "$LECTURE" ]
        rm program "program.$suffix"
    done
    # .nasm and .yasm are NASM's language whatever the text looks like; .inc and .ASM are told by their contents.
    for suffix in inc ASM; do
        cp "$SOURCE/asm/hello-att.s" "program.$suffix"
        tinyelf build -v "program.$suffix"
        exits 0
        says "read as GNU assembly"
        [ "$(sha256 program)" = "$LECTURE" ]
    done
    tinyelf build "$SOURCE/asm/hello-att.s" --from nasm -o program
    exits 1
    cp "$SOURCE/asm/hello-att.s" att.nasm
    tinyelf build att.nasm
    exits 1
    # One letter is not another: .S goes through the preprocessor, .C is C++.
    cp "$SOURCE/asm/hello.c" hello.C
    tinyelf build hello.C
    exits 1
    says "hello.C: error: cannot tell what this is from its name, which ends in none of .s .asm .inc .nasm"
    says ": say --from KIND, one of nasm gas fasm c object raw hex"
    holds_only att.nasm hello.C program program.ASM program.inc
}

@test "fasm's language is told from NASM's, by the name and by the contents, and fasm's object is linked" {
    printf 'format ELF64\npublic _start\nsection %s executable\n_start: mov edi, 4\nmov eax, 60\nsyscall\n' "'.text'" >four.fasm
    cp four.fasm four.asm
    cp four.fasm four.s
    tinyelf run ./four.fasm
    says "build it first: tinyelf build ./four.fasm"
    # `format` is a label as any other.
    printf 'bits 64\nglobal _start\nsection .text\n_start: mov rsi, format\nmov eax, 60\nsyscall\nsection .data\nformat db "ELF", 0\n' >label.asm
    tinyelf build label.asm
    exits 0
    command -v fasm >/dev/null || skip "fasm is not installed"
    fasm four.fasm four.o
    for file in four.fasm four.asm four.s four.o; do
        rm -f four
        tinyelf build "$file"
        exits 0
        run ./four
        [ "$status" -eq 4 ]
    done
    # Beside another source.
    printf 'bits 64\nextern end_it\nglobal _start\n_start: jmp end_it\n' >main.asm
    sed 's/_start/end_it/' four.fasm >end.fasm
    tinyelf build main.asm end.fasm
    exits 0
    run ./main
    [ "$status" -eq 4 ]
}

# ---- C ----

needs_compiler()
{
    command -v cc >/dev/null || skip "no C compiler is installed"
    export TINYELF_TEMPLATES=$SOURCE/templates
}

@test "main without _start: <tiny.h> is advised, and never -e main, which would crash" {
    needs_compiler
    printf '#include <stdio.h>\nint main(void) { return printf("hi\\n") < 0; }\n' >program.c
    cc -c program.c -o program.o
    printf 'static int helper(void) { return 3; }\nint main(void) { return helper(); }\n' >plain.c
    printf 'int other(void) { return 3; }\n' >other.c
    for inputs in program.c program.o plain.c "plain.c other.c" "other.c plain.c" "--cflags -O0 plain.c"; do
        # shellcheck disable=SC2086
        tinyelf build $inputs
        exits 1
        says "no entry: '_start' is not defined; in C, #include <tiny.h> instead of the C library's headers: its _start calls main"
        [[ $stderr != *"-e"* ]] || { echo "$stderr"; return 1; }
    done
    # As advised.
    sed -i '1i #include <tiny.h>' plain.c
    tinyelf build plain.c
    exits 0
    run ./plain
    [ "$status" -eq 3 ]
    # In assembly it is another advice; and main is not named beside other labels.
    printf 'section .text\nmain: ret\nother: ret\n' >main.s
    tinyelf build main.s
    exits 1
    says "nothing calls main: name it _start, and end it with the system call exit instead of ret"
    tinyelf build -e mian main.s
    exits 1
    says "no entry: 'mian' is not defined; start at another label with -e: other"
    printf 'section .text\nmain: ret\n' >main.s
    tinyelf build -e mian main.s
    exits 1
    says "no entry: 'mian' is not defined; there is only main; nothing calls main: name it _start"
    printf 'section .data\ndb 1\n' >main.s
    tinyelf build -e mian main.s
    exits 1
    says "no entry: 'mian' is not defined; define it, or give an address with -e"
}

@test "what a C library would define is said to be that, with the header that has it as well" {
    needs_compiler
    start='void _start(void) { for (;;) body(); }'
    for name in printf malloc sqrt sinf isalpha fopen qsort pthread_create __stack_chk_fail stdout; do
        printf 'extern int %s(int); static void body(void) { %s(1); }\n%s\n' $name $name "$start" >uses.c
        tinyelf build --cflags -w uses.c
        exits 1
        says "undefined symbol '$name'"
        says "tinyelf: note: no C library is linked unless you give one, such as musl's crt1.o and libc.a; it would define $name"
    done
    for pair in write:tiny.h fork:tiny.h strlen:tiny_memory.h; do
        name=${pair%:*}
        printf 'extern int %s(int); static void body(void) { %s(1); }\n%s\n' $name $name "$start" >uses.c
        tinyelf build --cflags "-w -fno-builtin" uses.c
        exits 1
        says "tinyelf: note: no C library is linked unless you give one; in C, <${pair#*:}> defines $name as well"
    done
    # Assembly, too; and nothing is said of names that are the user's.
    printf 'extern puts\nglobal _start\nsection .text\n_start: call puts\n' >puts.s
    tinyelf build puts.s
    says "it would define puts"
    printf 'extern pots\nglobal _start\nsection .text\n_start: call pots\n' >pots.s
    tinyelf build pots.s
    [[ $stderr != *note* ]] || { echo "$stderr"; return 1; }
}

@test "what the headers are said to define, they define; what a C library is said to define, musl's does" {
    grep -oE 'TINY\([a-z0-9_]+, "[a-z_.]+"\)' "$SOURCE/elfgen/tinyelf/link/libc_names.def" | tr -d '"(),' |
        sed 's/^TINY//' >headers
    [ "$(wc -l <headers)" -gt 15 ]
    while read -r name header; do
        grep -qE "(^|[ *])$name\(" "$SOURCE/asm/$header" || { echo "$name $header"; return 1; }
    done <headers
    [ -e /usr/lib/x86_64-linux-musl/libc.a ] || skip "musl is not installed (package musl-dev)"
    nm -g --defined-only /usr/lib/x86_64-linux-musl/libc.a 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >musl
    # Of glibc's own headers' names, musl has some.
    sed '/^\/\* glibc/,$d' "$SOURCE/elfgen/tinyelf/link/libc_names.def" | grep -E '^(LIBC|TINY)' |
        grep -oE '(LIBC|TINY)\([a-zA-Z0-9_]+' | sed 's/.*(//' | sort -u >names
    [ "$(wc -l <names)" -gt 400 ]
    comm -23 names musl >absent
    [ ! -s absent ] || { cat absent; return 1; }
}

@test "musl's C library, given by crt1.o and libc.a, makes programs that run" {
    needs_compiler
    musl=/usr/lib/x86_64-linux-musl
    [ -e $musl/libc.a ] || skip "musl is not installed (package musl-dev)"
    cat >program.c <<'END'
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(int argc, char **argv)
{
    int *numbers = malloc(100 * sizeof *numbers);
    for (int i = 0; i < 100; i++)
        numbers[i] = i * 37 % 101;
    qsort(numbers, 100, sizeof *numbers, order);
    printf("%d %d %s %.2f %s", numbers[0], numbers[99], argv[argc - 1], sqrt(argc), getenv("WHAT"));
    if (!fopen("/no/such/file", "r"))
        printf(" %s\n", strerror(errno));
    return 5;
}
END
    for layout in single split; do
        tinyelf build --layout $layout --cflags "-nostdinc -isystem /usr/include/x86_64-linux-musl" \
            program.c $musl/crt1.o $musl/libc.a
        exits 0
        WHAT=set run ./program one two
        [ "$status" -eq 5 ]
        [ "$output" = "0 100 two 1.73 set No such file or directory" ]
    done
}

@test "<tiny.h> after a header that it takes the place of says so" {
    needs_compiler
    for header in stdio unistd fcntl errno; do
        printf '#include <%s.h>\n#include <tiny.h>\nint main(void) { return 0; }\n' $header >both.c
        tinyelf build both.c
        exits 1
        says "<tiny.h> takes the place of <stdio.h>, <unistd.h>, <fcntl.h> and <errno.h>: leave those out"
    done
}

# ---- options ----

@test "words of compilers, linkers and assemblers are told whole, with what there is instead" {
    cp "$SOURCE/asm/hello.s" .
    while IFS='|' read -r word instead; do
        for line in "$word hello.s" "hello.s $word" "-v hello.s -o program $word"; do
            # shellcheck disable=SC2086
            tinyelf build $line
            exits 2
            [ "${stderr_lines[0]}" = "tinyelf: build: error: unknown option '$word': $instead" ] || { echo "$stderr"; return 1; }
        done
    done <<'END'
-static|every program is static; leave it out
-nostdlib|no C library and no startup files are linked anyway; leave it out
-lfoo|an archive is an INPUT: give the path of libfoo.a
-L.|an archive is an INPUT: give the path of its file, such as ./libNAME.a
-I.|for the C compiler, say --cflags '-I.'
-O2|for the C compiler, say --cflags '-O2'
-Wl,-z,noexecstack|say --stack noexec
-Wl,--as-needed|ld is not run; 'tinyelf build --help' lists what tinyelf does itself
-march=native|for the C compiler, say --cflags '-march=native'
-Wall|for the C compiler, say --cflags '-Wall'
-std=c11|for the C compiler, say --cflags '-std=c11'
-no-pie|every program has a fixed address (--base); leave it out
-shared|only programs are made, no shared libraries
-m32|say --target i386
-felf64|the source says whether it is for 32 or 64 bits, or --target does
-ggdb|say -g, and --cflags '-ggdb' for the C compiler
-c|build makes the program at once; 'tinyelf stages FILE.c' keeps the object
-verbose|did you mean '--verbose'?
-entry|did you mean '--entry'?
-version|did you mean 'tinyelf --version'?
-eh-frame-hdr|nothing unwinds the stack of a program without a C library; leave it out
-emit-relocs|a program keeps no relocations; leave it out
-elf64|say --target x86_64
-gsplit-dwarf|say -g, which writes debugging information to FILE.debug
END
    [ ! -e hello ]
    [ ! -e program ]
    # What is advised is taken.
    for advised in "--cflags -O2" "--cflags -march=native" "--stack noexec" "--target x86_64" "-g --cflags -ggdb" --map; do
        # shellcheck disable=SC2086
        tinyelf build $advised hello.s
        exits 0
    done
    # Other commands tell the word, too; a value and a file's name are no options.
    tinyelf stages -O2 x.c
    exits 2
    says "unknown option '-O2': for the C compiler, say --cflags '-O2'"
    tinyelf stages -run x.c
    says "unknown option '-run': did you mean '--run'?"
    tinyelf check -static x
    exits 2
    says "unknown option '-static'"
    tinyelf -static
    exits 2
    says "unknown option '-static'"
    tinyelf build hello.s -o -static
    exits 0
    cp hello.s ./-lfoo.s
    tinyelf build -- -lfoo.s
    exits 0
    [ "$(sha256 ./-lfoo)" = "$LECTURE" ]
    # What follows a program is the program's.
    tinyelf run sh -c 'exit 7' -static
    exits 7
}

@test "-h is --help, for each command that has no other -h" {
    "$TINYELF" --help >long
    "$TINYELF" -h >short
    cmp long short
    "$TINYELF" help >short
    cmp long short
    commands=$("$TINYELF" --print-options | awk -F '\t' '$1 == "command" && $2 != "tinyelf" { print $2 }')
    [ "$(wc -w <<<"$commands")" -ge 14 ]
    for command in $commands; do
        "$TINYELF" "$command" --help >long
        "$TINYELF" help "$command" >short
        cmp long short
        [ "$command" != dump ] || continue
        "$TINYELF" "$command" -h >short
        cmp long short
        grep -qE '^  -h, --help ' long
    done
    # readelf's -h is the ELF header.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" dump -h hello | grep -q '^ELF Header:'
    tinyelf -h build
    exits 2
}

# ---- an output without -o, a file without a command, a folder for a program ----

@test "an output that is given without -o is told from an input that is missing" {
    cp "$SOURCE/asm/hello.s" .
    tinyelf build hello.s out
    exits 1
    [ "$stderr" = "tinyelf: out: error: No such file or directory: did you mean -o out?" ]
    [ "$(ls)" = hello.s ]
    cp "$SOURCE/templates/hello.hex" .
    tinyelf build hello.hex out
    exits 1
    [ "$stderr" = "tinyelf: out: error: No such file or directory: did you mean -o out?" ]
    # The name that the output has anyway, when it is there already.
    "$TINYELF" build hello.s
    tinyelf build hello.s ./hello
    exits 2
    says "error: './hello' is an input here: did you mean -o ./hello?"
    # These are inputs.
    tinyelf build hello.s missing.o
    exits 1
    [[ $stderr != *"did you mean"* ]]
    tinyelf build hello.s missing -o out
    exits 1
    [[ $stderr != *"did you mean"* ]]
    run --separate-stderr bash -c "printf '\t.globl other\nother: ret\n' | '$TINYELF' build hello.s - && ./hello"
    [ "$status" -eq 0 ]
    [ "$output" = "Hello world" ]
}

@test "a file where a command is expected is given to one that takes it" {
    cp "$SOURCE/asm/hello.s" .
    "$TINYELF" build hello.s -o program
    cp program trase
    mkdir folder
    tinyelf hello.s
    exits 2
    says "unknown command 'hello.s': did you mean 'build hello.s'?"
    tinyelf ./program
    exits 2
    says "unknown command './program': did you mean 'explain ./program'?"
    tinyelf trase
    exits 2
    says "unknown command 'trase': did you mean 'trace'?"
    for name in folder missing; do
        tinyelf "$name"
        exits 2
        [[ $stderr != *"did you mean"* ]] || { echo "$stderr"; return 1; }
    done
}

@test "-e and -o with their values in one word, as cc and ld take them; of an entry that is not there the word is said" {
    cp "$SOURCE/asm/hello.s" .
    for words in "-e _start" -e_start -ve_start "-o hello" -ohello; do
        # shellcheck disable=SC2086
        tinyelf build $words hello.s
        exits 0
        [ "$(sha256 hello)" = "$LECTURE" ]
        rm hello
    done
    for word in -env -estart -vefoo; do
        tinyelf build "$word" hello.s
        exits 1
        says "no entry: '${word#-*e}', from '$word', is not defined; start at another label with -e: _start"
    done
    for words in "-e nv" "--entry nv" --entry=nv; do
        # shellcheck disable=SC2086
        tinyelf build $words hello.s
        exits 1
        says "no entry: 'nv' is not defined; start at another label with -e: _start"
    done
    tinyelf build -env -e nx hello.s
    exits 2
    says "option '-e' is given twice: 'nv', then 'nx'"
}

@test "-version, -help and help of help are understood" {
    tinyelf -version
    exits 2
    says "unknown option '-version': did you mean '--version'?"
    tinyelf -help
    exits 2
    says "unknown option '-help': did you mean '--help'?"
    tinyelf -x
    exits 2
    [[ $stderr != *"did you mean"* ]] || { echo "$stderr"; return 1; }
    for command in build trace explain; do
        tinyelf "$command" -version x
        exits 2
        says "unknown option '-version': did you mean 'tinyelf --version'?"
    done
    "$TINYELF" --help >expected
    for word in help --help -h; do
        tinyelf help "$word"
        exits 0
        [ "$output" = "$(cat expected)" ]
    done
}

@test "a missing entry: other labels are listed whole or with an ellipsis, and main alone is said" {
    printf 'section .text\nglobal main\nmain: nop\nb1: nop\nb2: nop\nb3: nop\nb4: nop\nb5: nop\n' >labels.asm
    tinyelf build -e foo labels.asm
    exits 1
    [[ $stderr == *"start at another label with -e: b1, b2, b3, b4, b5" ]]
    echo 'b6: nop' >>labels.asm
    tinyelf build -e foo labels.asm
    exits 1
    [[ $stderr == *"start at another label with -e: b1, b2, b3, b4, b5, ..." ]]
    printf 'section .text\nglobal main\nmain: ret\n' >main.asm
    tinyelf build -e maim main.asm
    exits 1
    says "no entry: 'maim' is not defined; there is only main; nothing calls main: name it _start, and end it with the system call exit instead of ret"
}

@test "a folder is not offered as a program" {
    mkdir folder
    for command in run trace step; do
        started "tinyelf: folder: error: no such program on PATH" "$command" folder
        [[ $stderr != *"did you mean"* ]] || { echo "$stderr"; return 1; }
        started "tinyelf: .: error: " "$command" .
        [[ $stderr != *"did you mean"* ]] || { echo "$stderr"; return 1; }
    done
}

@test "explain shows a source's bytes and says how to make a program of it" {
    cp "$SOURCE/asm/hello.s" .
    tinyelf explain hello.s
    exits 0
    [[ $output == *"not an ELF file"* ]]
    says "tinyelf: hello.s: note: this is a source: 'tinyelf build hello.s' makes a program of it"
    tinyelf explain --format json hello.s
    exits 0
    [ -z "$stderr" ]
    cp hello.s text
    tinyelf explain text
    exits 0
    [ -z "$stderr" ]
}

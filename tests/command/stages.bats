#!/usr/bin/env bats
# tinyelf stages: the steps from C to a program, run, kept and shown.
load ../support/setup

# The command finds <tiny.h> beside itself; from another folder it is told where.
export TINYELF_TEMPLATES=$SOURCE/templates

setup()
{
    command -v cc >/dev/null || skip "no C compiler is installed"
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    printf '#include <stdio.h>\n\nint main(void)\n{\n    printf("hello, world\\n");\n    return 0;\n}\n' >hello.c
    cp "$SOURCE/asm/hello.c" tiny.c
}

# value KEY STAGE WAY: prints a value of stages.json.
value()
{
    perl -MJSON::PP -e 'local $/; my $all = decode_json(<STDIN>); my ($key, $stage, $way) = @ARGV;
        my @rows = grep { $_->{stage} eq $stage && $_->{way} eq $way } @{$all->{stages}};
        my $value = $rows[0]{$key}; print ref $value eq "ARRAY" ? join(" ", @$value) : $value // "null"' "$@" <json
}

same()
{
    [ "$1" = "$2" ] && return 0
    echo "$3: '$1', not '$2'"
    return 1
}

# bats test_tags=long
@test "the shown commands make the same files, byte for byte" {
    for compiler in cc $(command -v clang || true); do
        for name in hello tiny; do
            tinyelf stages --cc "$compiler" --json $name.c
            exits 0
            printf '%s' "$output" >json
            for way in cc tinyelf; do
                rm -rf typed && mkdir typed && cp $name.c typed && cd typed
                cp ../json .
                mkdir bin
                ln -sf "$TINYELF" bin/tinyelf
                for stage in preprocessed assembly object executable; do
                    command=$(value command $stage $way)
                    if [ "$(value made $stage $way)" = 1 ]; then
                        PATH=$PWD/bin:$PATH bash -c "$command" 2>/dev/null
                        file=$(value file $stage $way)
                        cmp "../$name.stages/$file" "$(basename "$file")" || { echo "$command"; return 1; }
                        same "$(value size $stage $way)" "$(stat -c %s "$(basename "$file")")" "$file"
                        same "$(value first_bytes $stage $way)" \
                            "$(head -c 16 "$(basename "$file")" | od -An -v -tx1 | tr -d ' \n')" "$file"
                    fi
                done
                cd ..
            done
        done
    done
}

@test "tinyelf's way ends with the file that build makes of the same source" {
    tinyelf stages tiny.c
    exits 0
    tinyelf build tiny.c
    cmp tiny tiny.stages/tinyelf/tiny
    [ "$(tiny.stages/tinyelf/tiny)" = "Hello world" ]
    tinyelf stages --target i386 tiny.c
    exits 0
    tinyelf build --target i386 tiny.c -o tiny32
    cmp tiny32 tiny.stages/tinyelf/tiny
}

@test "the facts about the files are those of readelf, nm, objdump and wc" {
    for name in hello tiny; do
        tinyelf stages --json $name.c
        exits 0
        printf '%s' "$output" >json
        for way in cc tinyelf; do
            cd "$name.stages/$way"
            cp ../../json .
            for stage in preprocessed assembly; do
                file=$(basename "$(value file $stage $way)")
                same "$(value lines $stage $way)" "$(wc -l <"$file")" "lines of $file"
            done
            same "$(value header_lines preprocessed $way)" \
                "$(awk '/^# [0-9]+ "/ { own = ($3 == "\"'$name'.c\""); next } NF && !own { n++ } END { print n + 0 }' $name.i)" own
            same "$(value headers preprocessed $way)" \
                "$(awk '/^# [0-9]+ "/ { file = $3; next } NF && file != "\"'$name'.c\"" && !(file in seen) { seen[file]; n++ } END { print n + 0 }' $name.i)" headers
            same "$(value instructions assembly $way)" \
                "$(objdump -d $name.o | grep -cE '^ +[0-9a-f]+:	.*	')" "instructions of $way"
            same "$(value sections object $way)" "$(readelf -hW $name.o | awk '/Number of section/ {print $5}')" sections
            same "$(value relocations object $way)" "$(readelf -rW $name.o | grep -c R_X86_64)" relocations
            same "$(value needs object $way)" "$(nm -u $name.o | awk '{print $2}' | paste -sd ' ')" needs
            same "$(value defined object $way)" "$(nm -g --defined-only $name.o | wc -l)" defined
            if [ "$(value made executable $way)" = 1 ]; then
                same "$(value sections executable $way)" "$(readelf -hW $name | awk '/Number of section/ {print $5}')" sections
                same "$(value segments executable $way)" "$(readelf -hW $name | awk '/Number of program/ {print $5}')" segments
                same "$(printf 0x%x "$(value entry executable $way)")" "$(readelf -hW $name | awk '/Entry/ {print $4}')" entry
                interpreter=$(readelf -lW $name | sed -n 's/.*interpreter: \(.*\)]/\1/p')
                same "$(value interpreter executable $way)" "${interpreter:-null}" interpreter
            fi
            rm json
            cd ../..
        done
        rm -r $name.stages
    done
}

@test "everything is on one screen" {
    for compiler in cc $(command -v clang || true); do
        for name in hello tiny; do
            tinyelf stages --cc "$compiler" $name.c
            exits 0
            [ "${#lines[@]}" -le 40 ]
            for line in "${lines[@]}"; do
                [ "${#line}" -le 100 ] || { echo "$line"; return 1; }
            done
            for stage in 1 2 3 4; do
                grep -q "^$stage\. " <<<"$output"
            done
        done
    done
}

@test "for a program that needs the C library, the missing symbols are named, and the status is 0" {
    tinyelf stages hello.c
    exits 0
    [ -z "$stderr" ]
    [[ $output == *" needs printf: in the C library, "* ]]
    [ "$(hello.stages/cc/hello)" = "hello, world" ]
    [ ! -e hello.stages/tinyelf/hello ]
}

@test "if neither way can link, the status is 1 and the objects are kept" {
    printf 'int nowhere(void);\nint main(void) { return nowhere(); }\n' >open.c
    tinyelf stages open.c
    exits 1
    says "open.c: error: neither way leads to a program"
    [[ $output == *"undefined reference to"* ]]
    [[ $output == *"needs nowhere"* ]]
    [ -e open.stages/cc/open.o ]
    [ ! -e open.stages/cc/open ]
    tinyelf stages --cflags -nostdlib tiny.c
    exits 0
}

@test "an error is shown once at its step, the files so far are kept, and the status is 1" {
    printf '#include <tiny.h>\nint main(void)\n{\n    return undeclared;\n}\n' >wrong.c
    tinyelf stages wrong.c
    exits 1
    says "tinyelf: wrong.c:4:12: error: "
    says $'     4 |     return undeclared;\n       |            ^'
    [ "$(grep -c 'wrong.c:4:12: error' <<<"$stderr")" -eq 1 ]
    [[ $output == *"not made"*"skipped"* ]]
    [ "$(cd wrong.stages && find . -type f | sort | paste -sd ' ')" = "./.stages ./cc/wrong.i ./stages.json ./tinyelf/wrong.i" ]
    # An error that only tinyelf's way has.
    printf '#if __STDC_HOSTED__ == 0\n#error freestanding\n#endif\nint main(void) { return 0; }\n' >hosted.c
    tinyelf stages hosted.c
    exits 0
    says "hosted.c:2:2: error: #error freestanding"
    [ -x hosted.stages/cc/hosted ]
}

@test "if the first step fails, no folder is made" {
    printf '#include <no/such.h>\n' >none.c
    tinyelf stages none.c
    exits 1
    says "none.c:1:10: fatal error" || says "none.c:1:10: error"
    [ -z "$output" ]
    tinyelf stages --cc no-such-compiler hello.c
    exits 1
    says "no 'no-such-compiler' on PATH"
    mkdir empty
    run --separate-stderr env PATH="$PWD/empty" "$TINYELF" stages hello.c
    exits 1
    says "no 'cc' on PATH, which this input needs: install the package gcc"
    rmdir empty
    tinyelf stages --cc no-such-compiler --json hello.c
    exits 1
    printf '%s' "$output" >json
    [ "$(value made preprocessed cc)" = 0 ]
    [ "$(value said preprocessed cc)" != null ]
    rm json
    holds_only hello.c none.c tiny.c
}

@test "bad input and usage errors are reported" {
    tinyelf stages none.c
    exits 1
    says "none.c: error: No such file or directory"
    tinyelf stages .
    exits 1
    says "error: "
    : >empty.c
    tinyelf stages empty.c
    exits 1
    says "empty.c: error: the file is empty"
    tinyelf stages "$SOURCE/asm/hello.s"
    exits 1
    says "whose name ends in .c"
    cp "$TINYELF" elf.c
    tinyelf stages elf.c
    exits 1
    says "not C: it contains bytes that are not text"
    mkfifo pipe.c
    tinyelf stages pipe.c
    exits 1
    says "not a regular file"
    tinyelf stages
    exits 2
    tinyelf stages hello.c tiny.c
    exits 2
    tinyelf stages --jsno hello.c
    exits 2
    says "did you mean '--json'?"
    tinyelf stages --target arm hello.c
    exits 2
    tinyelf stages -o '' hello.c
    exits 2
    tinyelf stages --cflags "'" hello.c
    exits 2
    tinyelf stages --help
    exits 0
    holds_only elf.c empty.c hello.c pipe.c tiny.c
}

@test "a folder that stages made is replaced, anything else is left alone" {
    tinyelf stages hello.c -o kept/
    exits 0
    tinyelf stages tiny.c -o kept
    exits 0
    [ "$(cd kept && find . -type f | wc -l)" -eq 10 ]
    [ ! -e kept/cc/hello ]
    # Files that somebody changed, added or replaced.
    echo '/* mine */' >>kept/cc/tiny.i
    tinyelf stages tiny.c -o kept
    exits 1
    says "kept/cc/tiny.i: error: 'tinyelf stages' did not make this, or it was changed since"
    grep -q mine kept/cc/tiny.i
    rm -r kept
    tinyelf stages tiny.c -o kept
    echo mine >kept/notes
    tinyelf stages tiny.c -o kept
    exits 1
    says "kept/notes: error:"
    rm kept/notes
    mkdir -p kept/cc/more/deep
    tinyelf stages tiny.c -o kept
    exits 1
    rm -r kept/cc/more
    ln -s /etc/passwd kept/cc/link
    tinyelf stages tiny.c -o kept
    exits 1
    rm kept/cc/link
    tinyelf stages tiny.c -o kept
    exits 0
    rm -r kept
    mkdir folder && echo mine >folder/file && ln -s folder link && echo mine >file
    for other in folder link file; do
        tinyelf stages tiny.c -o $other
        exits 1
        says "$other: error: it exists, and 'tinyelf stages' did not make it"
    done
    tinyelf stages tiny.c -o no/such/folder
    exits 1
    holds_only file folder hello.c link tiny.c
}

@test "after a full disk or an unwritable folder nothing is left behind" {
    (ulimit -f 1 && "$TINYELF" stages hello.c >out 2>&1) && return 1
    rm -f out
    holds_only hello.c tiny.c
    mkdir shut && chmod 555 shut
    [ -w shut ] && skip "this user may write anywhere"
    tinyelf stages hello.c -o shut/kept
    exits 1
    chmod 755 shut
    rmdir shut
    holds_only hello.c tiny.c
}

@test "--cflags apply to both ways, libraries are found, and names may be odd" {
    printf '#include <math.h>\n#include <stdio.h>\nint main(int argc, char **argv) { (void)argv; printf("%%g\\n", sqrt(argc * FOUR)); return 0; }\n' >math.c
    tinyelf stages --cflags "-DFOUR=4.0 -lm" math.c
    exits 0
    [ "$(math.stages/cc/math)" = 2 ]
    for name in "-dash.c" "two words.c" "quote'.c"; do
        cp tiny.c "./$name"
        tinyelf stages -- "$name"
        exits 0
        [ -x "./${name%.c}.stages/tinyelf/${name%.c}" ]
    done
}

@test "without -o the folder is made in the working folder, and nothing beside the C file" {
    mkdir -p there/inner
    mv tiny.c there/inner
    rm -f hello.c
    for path in there/inner/tiny.c "$PWD/there/inner/tiny.c" there/../there/inner/tiny.c; do
        tinyelf stages "$path"
        exits 0
        [ -x tiny.stages/tinyelf/tiny ]
        holds_only there tiny.stages
        [ "$(ls there/inner)" = tiny.c ]
        rm -r tiny.stages
    done
}

# bats test_tags=long
@test "unusual output of a compiler is examined and reported correctly" {
    printf '#!/bin/sh\nfor last; do [ "$before" = -o ] && out=$last; before=$last; done\ncat "$MADE" >"$out"\n' >compiler
    chmod +x compiler
    head -c 5000 /dev/urandom >random
    head -c 200 /bin/sh >short
    printf '# 1 "\n# 99999999999999 "x\\\n"a;b#:::: =' >text
    for made in random short text "$SOURCE"/tests/fuzz/corpus/dump/* "$SOURCE"/tests/fuzz/corpus/object/*; do
        MADE=$made tinyelf stages --cc ./compiler -o kept hello.c
        [ "$status" -le 1 ] || { echo "$made: $status $stderr"; return 1; }
        [ "${#lines[@]}" -gt 10 ]
        MADE=$made tinyelf stages --cc ./compiler -o kept --json hello.c
        [ "$status" -le 1 ]
        perl -MJSON::PP -e 'local $/; decode_json(<STDIN>)' <<<"$output"
    done
}

# Evaluates an expression on the run `r` of a way's program, from stages.json.
ran()
{
    python3 -c '
import json, sys
r = json.load(open("json"))["run"]
r = r and r[sys.argv[1]]
print(eval(sys.argv[2]))' "$@"
}

# Some containers forbid ptrace.
can_run()
{
    command -v python3 >/dev/null || skip "python3 is not installed"
    "$TINYELF" stages --run -o probe tiny.c >/dev/null 2>why || skip "no program can be traced: $(cat why)"
    rm -r probe why
}

@test "--run: a fifth step shows the calls that strace sees" {
    can_run
    command -v strace >/dev/null || skip "strace is not installed"
    for name in hello tiny; do
        tinyelf stages --run --json $name.c
        exits 0
        printf '%s\n' "$output" >json
        cmp json $name.stages/stages.json
        for way in cc tinyelf; do
            if [ ! -e $name.stages/$way/$name ]; then
                [ "$(ran $way r)" = None ]
                continue
            fi
            strace -o log $name.stages/$way/$name >/dev/null 2>&1
            sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' log | tail -n +2 >theirs
            ran $way '"\n".join(r["order"])' | diff theirs -
            before=$(grep -n -m 1 '^write$' theirs | cut -d : -f 1)
            [ "$(ran $way '(r["before_write"], r["exit_status"], r["time_up"])')" = "($((before - 1)), 0, False)" ]
            [ "$(ran $way 'r["output"]')" -eq "$($name.stages/$way/$name | wc -c)" ]
            [ "$(ran $way 'r["time"]["runs"] > 0 and r["pages"]["faults"] > 0')" = True ]
        done
    done
}

@test "--run: both programs end with the same two calls, and tinyelf's makes no others" {
    can_run
    tinyelf stages --run tiny.c
    exits 0
    [ -z "$stderr" ]
    [[ $output == *"5. run: Linux loads it, and from then on it asks Linux
command  ./tiny                                        ./tiny
ended    exit 0, 12 bytes of output                    exit 0, 12 bytes of output
at first "*" system calls before the first write"*"0 system calls before the first write"*"
then     2 system calls: write, exit_group             2 system calls: write, exit_group
cost     "* ]]
    [[ $output != *"Hello world"* ]]
    [ "${#lines[@]}" -le 50 ]
    for line in "${lines[@]}"; do
        [ "${#line}" -le 100 ] || { echo "$line"; return 1; }
    done
}

@test "--run: without it no program is run" {
    can_run
    printf '#include <fcntl.h>\nint main(void) { return open("trace-of-it", O_CREAT | O_WRONLY, 0600) < 0; }\n' >leaves.c
    tinyelf stages --json leaves.c
    exits 0
    [[ $output == *'"run":null}' ]]
    [ ! -e trace-of-it ]
    tinyelf stages --run leaves.c
    exits 0
    [ -e trace-of-it ]
    [[ $output == *", no write among"* ]]
}

@test "--run: an endless program is killed and reported, the files are kept, and a missing one is not run" {
    can_run
    printf '#include <tiny.h>\nint main(void) { for (volatile unsigned i = 0;; i++) ; }\n' >loop.c
    tinyelf stages --run --time 0.3 loop.c
    exits 1
    says "tinyelf: loop.stages/cc/loop: error: it or a child of it still ran after 0.3 s and was killed"
    says "tinyelf: loop.stages/tinyelf/loop: error: "
    [ -x loop.stages/cc/loop ]
    [ -x loop.stages/tinyelf/loop ]
    [[ $output == *"ended    time was up, "* ]]
    printf 'int nowhere(void);\nint main(void) { return nowhere(); }\n' >open.c
    tinyelf stages --run --json open.c
    exits 1
    [[ $output == *'"run":{"cc":null,"tinyelf":null}}' ]]
    tinyelf stages --run open.c
    exits 1
    [[ $output != *"5. run"* ]]
    tinyelf stages --time 1 hello.c
    exits 2
    says "--time is for --run"
    tinyelf stages --run --time no hello.c
    exits 2
}

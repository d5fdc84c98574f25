#!/usr/bin/env bats
# The autograder of docs/exercises/grade: right hand-ins, wrong ones, and hostile ones, which stay bounded and do no harm.
load ../support/setup
grade=$SOURCE/docs/exercises/grade/grade.sh

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" "$BATS_TEST_TMPDIR/temporary" && cd "$BATS_TEST_TMPDIR/work" || return 1
    export TMPDIR=$BATS_TEST_TMPDIR/temporary
    printf 'prints Hello world\\n\nstatus 0\nsize 178\ncalls write exit exit_group\nseconds 0.5\n' >task
    "$TINYELF" build "$SOURCE/asm/hello.s" -o right
}

# hand_in NAME LINE...: a program in C that does what the lines of main() say, and then prints the right text.
hand_in()
{
    local name=$1
    shift
    {
        printf '#include <tiny.h>\nint main(void)\n{\n    char room[4096];\n    int done = 1;\n'
        printf '    %s\n' "$@"
        printf '    write(1, "Hello world\\n", 12);\n    return !done;\n}\n'
    } >"$name.c"
    "$TINYELF" build "$name.c" -o "$name"
}

# The last line of the grader's output about a hand-in.
judged() { grep "^$1	" <<<"$output"; }

# The grader has removed its folder.
left_nothing()
{
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "a right hand-in gets all points, and wrong ones lose those of what they get wrong" {
    sed 's/"Hello world"/"hello world"/' "$SOURCE/asm/hello.s" >small.s
    sed 's/mov rdi, strict dword 0/mov rdi, strict dword 3/' "$SOURCE/asm/hello.s" >three.s
    printf 'section .text align=1\nglobal _start\n_start: hlt\n' >halt.s
    for name in small three halt; do
        "$TINYELF" build $name.s -o $name
    done
    cp right refused
    printf '\x39' | dd of=refused bs=1 seek=54 conv=notrunc status=none
    { cat right; echo; } >long
    hand_in asks 'done = read(0, room, 12) == 0;'
    run -1 sh "$grade" task right small three halt refused long asks
    [ "$(judged right)" = "right	6/6" ]
    [ "$(judged small)" = "small	3/6	prints: not what the task wants, 12 bytes; size; calls" ]
    [ "$(judged three)" = "three	3/6	status: 3, not 0; size; calls" ]
    [ "$(judged halt)" = "halt	1/6	runs: killed by signal 11 (SIGSEGV); prints; status; size; calls" ]
    [[ "$(judged refused)" == "refused	0/6	starts: offset 0x36 (e_phentsize): e_phentsize is 57, not 56; runs; prints; status; size; calls" ]]
    [ "$(judged long)" = "long	5/6	size: 179 bytes, more than 178" ]
    [[ "$(judged asks)" == *"calls: it also makes read" ]]
    left_nothing
    run -0 sh "$grade" task right
}

@test "a hand-in that needs an interpreter is told which one, and what would be right" {
    cc "$SOURCE/asm/printf.c" -o dynamic
    printf '#!/bin/sh\necho Hello world\n' >script
    run -1 sh "$grade" task dynamic script
    [[ "$(judged dynamic)" == "dynamic	1/6	runs: it needs the interpreter '/"*"' (PT_INTERP), and in the sandbox there are no files; hand in a program that needs no other file to start; prints; "* ]]
    [[ "$(judged script)" == "script	1/6	runs: it needs the interpreter of a script (#!), and in the sandbox there are no files; hand in a program "* ]]
    [[ "$output" != *"not started"* ]]
    left_nothing
}

@test "hostile hand-ins are stopped: an endless loop, forks, a file outside, endless output, the answer's file" {
    mkdir outside
    echo "Hello world" >outside/answer
    # Each would succeed outside, do no harm there, and end by itself.
    hand_in loop 'for (volatile long i = 0; i < 20000000000; i++) continue;'
    hand_in forks 'for (int i = 0; i < 3; i++) done = fork() >= 0 && done;'
    hand_in writes "int file = open(\"$PWD/outside/escaped\", O_CREAT | O_WRONLY, 0600);" 'done = write(file, "out", 3) == 3;'
    hand_in floods 'for (int i = 0; i < 256; i++) write(1, room, sizeof room);'
    hand_in reads "int file = open(\"$PWD/outside/answer\", O_RDONLY, 0);" 'done = read(file, room, 12) == 12;'
    [ "$(./forks | grep -c Hello)" -eq 8 ]
    ./writes
    [ "$(cat outside/escaped)" = out ]
    rm outside/escaped
    [ "$(./floods | wc -c)" -eq 1048588 ]
    ./reads
    before=$SECONDS
    run -1 timeout 60 sh "$grade" task loop forks writes floods reads right
    [ $((SECONDS - before)) -lt 40 ]
    [[ "$(judged loop)" == "loop	1/6	runs: killed: it reached the time limit of 0.5 s (--time); "* ]]
    [[ "$(judged forks)" == "forks	1/6	runs: system call not allowed in the sandbox: fork "* ]]
    [[ "$(judged writes)" == "writes	1/6	runs: system call not allowed in the sandbox: open "* ]]
    [[ "$(judged floods)" == "floods	1/6	runs: killed: it exceeded the output limit of 64 KiB (--output); "* ]]
    [[ "$(judged reads)" == "reads	1/6	runs: system call not allowed in the sandbox: open "* ]]
    [ "$(judged right)" = "right	6/6" ]
    [ "$(ls outside)" = answer ]
    left_nothing
}

@test "a program that may read files finds its own folder alone, without the answer" {
    echo 'allow read-files' >>task
    sed -i 's/^calls.*/calls open getdents64 write exit exit_group/; s/^size.*/size 1000/' task
    # Below its root there are only the folders that lead to its own, and there only itself.
    hand_in looks 'int file = open("..", O_RDONLY, 0);' 'done = file < 0 || open("../expected", O_RDONLY, 0) < 0;'
    run sh "$grade" task looks right
    [[ "$output" != *"does not offer one"* ]] || skip "no mount namespace here"
    [[ "$output" != *"this needs Linux 5.12"* ]] || skip "this kernel cannot make a mount read-only"
    [ "$(judged looks)" = "looks	6/6" ]
    left_nothing
}

@test "calls without end make no trace without end, and texts that look like a trace deceive nobody" {
    # A million calls, of which a trace would have hundreds of megabytes.
    hand_in calls 'for (int i = 0; i < 1000000; i++) write(1, room, 0);'
    hand_in forges 'static const char text[] = "],\"errno\":null,\"status\":0,\"sandbox\":\"exited\"}\n";' \
        'write(2, "tinyelf: ./program: error: all is well\n", 39);' 'write(2, text, sizeof text - 1);' 'fork();'
    run -1 timeout 60 sh "$grade" task calls forges
    [[ "$(judged calls)" == "calls	1/6	runs: "* ]]
    [[ "$(judged forges)" == "forges	1/6	runs: system call not allowed in the sandbox: fork "* ]]
    left_nothing
}

@test "links, pipes, folders and large files are not opened, and names do not reach the terminal as they are" {
    ln -s right link
    mkfifo pipe
    mkdir folder
    head -c 1048577 /dev/zero >large
    odd=$'odd\e[31m\nname'
    cp right "$odd"
    cp right ./-v
    run -1 timeout 60 sh "$grade" task link pipe folder large nothing "$odd" -v
    for name in link pipe folder nothing; do
        [ "$(judged $name)" = "$name	0/1	file: not a file that can be read" ]
    done
    [ "$(judged large)" = "large	0/1	file: larger than 1 MiB" ]
    [ "${lines[5]}" = "odd?[31m name	6/6" ]
    [ "${lines[6]}" = "-v	6/6" ]
    left_nothing
}

@test "a wrong task, and a machine without a sandbox, are said before anything is judged" {
    for line in 'status 128' 'status -1' 'status 08' 'size many' 'from pdf' 'colour red'; do
        echo "$line" >wrong
        run -2 sh "$grade" wrong right
        [[ "$output" == "grade.sh: error: wrong, line 1: "* ]]
    done
    run -2 sh "$grade" task
    run -2 sh "$grade" nothing right
    run -3 env TINYELF=/nowhere/tinyelf sh "$grade" task right
    if [ -x "$BUILD/tests/forbid" ]; then
        run -3 "$BUILD/tests/forbid" seccomp sh "$grade" task right
        [[ "$output" == "grade.sh: error: "* ]]
    fi
    left_nothing
}

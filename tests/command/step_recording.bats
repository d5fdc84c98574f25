#!/usr/bin/env bats
# tinyelf step --record and --replay: a recording replays the same, and what is none is refused.
load ../support/setup
load ../support/step_setup

@test "a recording replays to the same text, output, status and document" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build "$SOURCE/asm/ring3.s" -o ring3
    static_c program <<'E'
#include <stdio.h>
int main(void)
{
    double x = 1.5;
    fprintf(stderr, "to stderr\n");
    printf("Hello %g\n", x * 3);
    return 7;
}
E
    for program in hello ring3 program; do
        expected=0
        timeout 60 "$TINYELF" step --record run.json "./$program" >own.out 2>own.err || expected=$?
        [ "$program" != program ] || { [ "$expected" -eq 7 ] && [ -s own.err ]; }
        # The program is not needed to replay.
        rm "$program"
        status=0
        "$TINYELF" step --replay run.json --record again.json >replay.out 2>replay.err || status=$?
        [ "$status" -eq "$expected" ]
        cmp own.out replay.out
        cmp own.err replay.err
        cmp run.json again.json
    done
    # The text of the same run, since each run has another stack address.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    step --record run.json --plain ./hello
    text=$output
    step --replay run.json
    [ "$output" = "$text" ]
    step --replay run.json --until 3
    [ "${lines[-1]}" = "stopped here after 3 steps" ]
    exits 0
}

@test "the final registers in a recording are those with which the program ends" {
    assembled ends <<'E'
_start:
    mov ecx, 9
l:  add ebx, ecx
    loop l
    mov rdx, 0x1122334455667788
    mov edi, ebx
    mov eax, 231
    syscall
E
    status=0
    ./ends || status=$?
    [ "$status" -eq 45 ]
    step --record run.json ./ends
    exits 45
    final_registers run.json >final
    grep -qx 'rdi 0x2d' final
    grep -qx 'rbx 0x2d' final
    grep -qx 'rcx 0x0' final
    grep -qx 'rax 0xe7' final
    grep -qx 'rdx 0x1122334455667788' final
    grep -q '"end":{"kind":"exited","number":45,' run.json
}

@test "the environment's strings are not in a recording, the arguments are" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    SECRET_WORD=sesame step --record run.json ./hello argument
    exits 0
    grep -q "$(printf 'argument' | xxd -p)" run.json
    not grep -q "$(printf 'sesame' | xxd -p)" run.json
}

# bad.json is refused.
refused()
{
    step --replay bad.json
    exits 1
    says "bad.json: error: "
    [ -z "$output" ]
}

# bad.json is no JSON document, from line and column $1 on.
refused_at()
{
    step --replay bad.json
    exits 1
    says "bad.json:$1: error: "
    [ -z "$output" ]
}

@test "a file that is not a recording is refused, with the place of the error" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    step --record run.json ./hello
    : >bad.json
    refused_at 1:1
    echo '{' >bad.json
    refused_at 2:1
    echo '[]' >bad.json
    refused
    head -c 100000 /dev/zero | tr '\0' '[' >bad.json
    refused_at 1:2050
    printf '"\xff\xfe"' >bad.json
    refused_at 1:2
    head -n 1 run.json >bad.json
    refused_at 2:1
    sed 's/"tinyelf step 1"/"tinyelf step 2"/' run.json >bad.json
    refused
    says "'format' should be"
    sed 's/"instruction":3/"instruction":300/' run.json >bad.json
    refused
    says "steps[3]: 'instruction' should be"
    sed 's/"rax":\["0x0","0x1"\]/"rax":["0x7","0x1"]/' run.json >bad.json
    refused
    says "steps[0]: 'registers' should be"
    local change
    for change in 's/"rax":\["0x0","0x1"\]/"xyz":["0x0","0x1"]/' 's/"descriptor":1/"descriptor":70000/' \
        's/"bits":64/"bits":16/' 's/"files":\[/"files":[],"x":[/' 's/"size":178/"size":179/' \
        's/"number":0,"core"/"number":-1,"core"/' 's/"kind":"ran"/"kind":"walked"/' \
        '0,/"address":"0x[0-9a-f]*"/s//"address":"0x11112222333344445"/' '0,/"bytes":"/s//"bytes":"x/'; do
        sed "$change" run.json >bad.json
        not cmp -s run.json bad.json
        refused
    done
    step --replay missing.json
    exits 1
    says "missing.json: error: "
}

@test "a recording that is damaged or cut is read or refused" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    step --record run.json ./hello
    perl -e '
        local $/;
        open my $in, "<", "run.json"; my $good = <$in>;
        srand 1;
        for my $i (1 .. 60) {
            my $bad = $good;
            if ($i % 3) { substr $bad, rand length $bad, 1, chr int rand 256 for 1 .. 3 }
            else { $bad = substr $bad, 0, rand length $bad }
            open my $out, ">", "bad.json"; print $out $bad; close $out;
            my $status = system "timeout 20 \"$ENV{TINYELF}\" step --replay bad.json >out.txt 2>err.txt </dev/null";
            die "status $status in round $i\n" if $status >> 8 > 1 || $status & 127;
        }'
}

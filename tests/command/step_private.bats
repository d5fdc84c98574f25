#!/usr/bin/env bats
# tinyelf step --record --private: what a recording for others does not have.
load ../support/setup
load ../support/step_setup

# No line of a file has the words, as text or as hex digits.
lacks()
{
    local word
    for word in "${@:2}"; do
        not grep -qF -- "$word" "$1"
        not grep -qF -- "$(printf %s "$word" | xxd -p | tr -d '\n')" "$1"
    done
}

@test "a private recording has no path, argument, environment or stack; one that is not has them" {
    static_c tells <<'E'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static char kept[4096];
static volatile int counter;
int main(int argc, char **argv)
{
    char folder[2048];
    if (argc < 2 || !getcwd(folder, sizeof folder))
        return 1;
    snprintf(kept, sizeof kept, "%s %s", argv[1], getenv("SECRET_WORD"));
    strcpy(kept + 1024, folder);
    access(kept + 1024, R_OK);
    counter = 0x11223344;
    return puts("printed") < 0;
}
E
    SECRET_WORD=sesameopen step --record full.json ./tells magicargument
    exits 0
    grep -q "$(printf magicargument | xxd -p)" full.json
    grep -q "$PWD/tells" full.json
    # The environment's strings are copied by the program, 16 bytes or fewer at once.
    grep -q "$(printf sesameop | xxd -p)" full.json
    SECRET_WORD=sesameopen step --record run.json --private ./tells magicargument
    exits 0
    [ "$output" = printed ]
    lacks run.json sesameopen sesame magicargument magic "$PWD" ./tells
    # What the program wrote elsewhere, printed, and its file are there.
    grep -q '"to":"44332211"' run.json
    grep -q "\"bytes\":\"$(printf 'printed\n' | xxd -p)\"" run.json
    grep -q '"name":"(left out)","starts":' run.json
    grep -q '"private":true' run.json
    grep -q '"arguments":\[\]' run.json
    grep -q '"memory":\[\]' run.json
    # A replay shows what was left out as that, and keeps it so.
    step --replay run.json
    exits 0
    [[ $output = "(left out): "*" bytes, starts at 0x"* ]]
    [[ $output = *"paths, arguments, environment and stack are left out
"* ]]
    [[ $output = *"]: 8 bytes, left out
"* ]]
    [[ $output = *"asks the kernel: access "*"pathname=0x"*" (left out), "* ]]
    [[ $output = *"printed"* ]]
    step --replay run.json --record again.json
    exits 0
    cmp run.json again.json
    # A recording that is not private is made so later.
    step --replay full.json --record late.json --private
    exits 0
    lacks late.json magicargument "$PWD"
    step --replay full.json
    [[ $output != *"left out"* ]]
}

@test "a dynamically linked program's loader and libraries are named nowhere" {
    step --record run.json --private true
    exits 0
    # Its own file, which is in the recording, names its loader.
    sed -n '/^"registers":/,$p' run.json >rest
    [ "$(wc -c <rest)" -gt 100000 ]
    lacks rest /lib/ /usr/lib ld-linux "$PATH"
    not grep -q '"name":"/' run.json
    step --replay run.json
    exits 0
    [[ $output = *"in (left out):"* ]]
}

@test "usage errors of --private" {
    step --private ./probe
    exits 2
    says "--private needs a recording: add --record FILE"
}

@test "bytes left out that are none are refused" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    assembled pushes <<'E'
_start:
    push rsp
    mov eax, 60
    xor edi, edi
    syscall
E
    step --record run.json --private ./pushes
    exits 0
    grep -q '"from":"","to":"","left_out":8}' run.json
    for count in 0 -1 17000000 '"8"'; do
        sed "s/\"left_out\":8/\"left_out\":$count/" run.json >bad.json
        step --replay bad.json
        exits 1
        says "'left_out' should be"
    done
}

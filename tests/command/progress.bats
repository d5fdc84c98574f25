#!/usr/bin/env bats
# The line on standard error that shows how far a command is that takes more than a second.
load ../support/setup

# on_terminal FILE COMMAND: runs a shell's command in a terminal, with its output in FILE, beside the test.
on_terminal()
{
    TERM=${TERM_OF_TEST-xterm} script -qec "$2" /dev/null </dev/null >"$1" &
}

# An input that takes that many seconds, and then ends.
slow()
{
    echo "(head -c 20000 /dev/zero; sleep $1)"
}

# What was drawn, a line each, without what wipes it.
drawn()
{
    tr '\r' '\n' <"$1" | sed -n 's/^\x1b\[K//p' | grep . || true
}

# shows_nothing_soon INPUT: checks it on a terminal, and that nothing is drawn if that took less than a second. On a machine that is too
# busy for that it tries again.
shows_nothing_soon()
{
    local took
    for _ in 1 2 3 4 5; do
        on_terminal quick "began=\$(date +%s%N); $1 | '$TINYELF' check - >out.quick; echo \$((\$(date +%s%N) - began)) >took"
        wait
        took=$(cat took)
        if [ "$took" -lt 1000000000 ]; then
            [ "$(wc -c <quick)" -eq 0 ]
            return
        fi
    done
    echo "it took $took ns, and $1 takes half a second"
    return 1
}

needs_terminal()
{
    script -qec true /dev/null </dev/null >probe 2>&1 || skip "script is missing, or makes no terminal here"
}

@test "what takes over a second shows a line with rate, on a terminal, and wipes it" {
    needs_terminal
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    on_terminal read "$(slow 3) | '$TINYELF' check - >out"
    on_terminal files "sleep 3 | '$TINYELF' check hello /dev/null - hello >out.files"
    on_terminal narrow "stty cols 20; $(slow 3) | '$TINYELF' check - >out.narrow"
    on_terminal resized "$(slow 4) | '$TINYELF' check - >out.resized & sleep 2.5; stty cols 20; wait"
    wait
    drawn read | grep -Eq '^reading <stdin>: 20 kB, [0-9]+ kB a second$'
    [ "$(tail -c 4 read | od -An -tx1)" = " 0d 1b 5b 4b" ]
    shows_nothing_soon "$(slow 0.5)"
    # Files that were checked before count.
    drawn files | grep -Eq '^reading <stdin>: '
    drawn narrow | grep -Eq '^20 kB, [0-9]+ kB a s'
    [ "$(drawn narrow | grep -Ec '^.{20}')" -eq 0 ]
    drawn resized | grep -q '^reading <stdin>: 20 kB, '
    drawn resized | tail -n 1 | grep -Eq '^.{19}$'
    grep -q 'not an ELF file\|ENOEXEC' out
}

@test "no line for a terminal without escapes, in a pipe, in a file, and after output to a pipe" {
    local command="$(slow 1.4) | '$TINYELF' check -"
    needs_terminal
    TERM_OF_TEST=dumb on_terminal dumb "$command >out"
    TERM_OF_TEST= on_terminal unknown "$command >out"
    on_terminal unset "env -u TERM sh -c \"$(slow 1.4) | '$TINYELF' check - >out\""
    on_terminal file "$command >out 2>err"
    on_terminal pipe "$command 2>&1 >out | cat"
    # The reader of a pipe may show what it reads on the same terminal.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    on_terminal output "(sleep 1.6; cat hello) | '$TINYELF' check hello - | cat >out.output"
    wait
    [ "$(cat dumb unknown unset file pipe output err)" = "" ]
    grep -q starts out.output
}

@test "a signal that ends the command leaves a clean line" {
    needs_terminal
    on_terminal stopped "$(slow 2) | timeout --foreground -s INT 1.5 '$TINYELF' check -; printf 'status %s' \$?"
    on_terminal message "$(slow 1.4) | '$TINYELF' disasm - >out"
    wait
    drawn stopped | grep -q '^reading <stdin>: '
    [ "$(tr '\r' '\n' <stopped | tail -n 1 | sed 's/^\x1b\[K//')" = "status 124" ]
    # So does a message.
    drawn message | grep -q '^tinyelf: <stdin>: error: '
}

@test "the line names the step, and counts what there is to count" {
    needs_terminal
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    printf '#!/bin/sh\ncase " $* " in\n*one.c* | *" -E "*" -o "*) sleep 1.5 ;;\nesac\nexec cc "$@"\n' >slow_cc
    chmod +x slow_cc
    printf 'void _start(void) { for (;;) ; }\n' >one.c
    printf '#include <tiny.h>\nint main(void) { return 0; }\n' >two.c
    "$TINYELF" build one.c -o loops
    on_terminal build "'$TINYELF' build --cc ./slow_cc one.c -o one"
    on_terminal inputs "'$TINYELF' build --cc ./slow_cc '$SOURCE/asm/hello.s' one.c -o inputs.out"
    on_terminal stages "'$TINYELF' stages --cc ./slow_cc two.c -o folder >out"
    on_terminal run "'$TINYELF' explain --run --time 1.6 --steps 100000000 loops >out.run"
    wait
    drawn build | grep -Eq '^reading one.c: [1-9] s$'
    drawn inputs | grep -Eq '^reading one.c: \[#+ +\] 1 of 2 inputs, [1-9] s$'
    drawn stages | grep -Eq '^compiling two.c: [0-9]+ s$'
    drawn run | grep -Eq '^running loops: [0-9,]+ instructions, [0-9,]+ a second$' || skip "nothing can be traced here"
}

#!/usr/bin/env bats
# tinyelf golf: the sizes that a search finds in so many states. These tests take long.

load ../support/setup
load ../support/golf_setup

@test "a smaller file is found, which does the same" {
    tinyelf golf -o exit "$SOURCE/asm/exit.s"
    exits 0
    contains "exit: 80 bytes, and does the same as the 132 of"
    contains "search complete"
    is_golfed exit 80 "$SOURCE/asm/exit.s"
    run ./exit
    [ "$status" -eq 42 ]
    tinyelf golf -o ring3 "$SOURCE/asm/ring3.s"
    exits 0
    is_golfed ring3 80 "$SOURCE/asm/ring3.s"
}

@test "text is placed as well, and the same nodes give the same file" {
    tinyelf golf --nodes 600000 -o hello "$SOURCE/asm/hello.s"
    exits 0
    is_golfed hello 112 "$SOURCE/asm/hello.s"
    [ "$(./hello)" = "Hello world" ]
    tinyelf golf --nodes 600000 -o again "$SOURCE/asm/hello.s"
    cmp hello again
    tinyelf golf --nodes 400000 -o hello32 "$SOURCE/asm/hello32.s"
    is_golfed hello32 62 "$SOURCE/asm/hello32.s"
    [ "$(./hello32)" = "Hello world" ]
}

@test "any number of jobs finds the same file, and none of them is left" {
    for input in echo exit; do
        for jobs in 1 2 3; do
            tinyelf golf --nodes 50000 --seed 3 --jobs $jobs -o $input.$jobs "$SOURCE/asm/$input.s"
            exits 0
        done
        cmp $input.1 $input.2
        cmp $input.1 $input.3
    done
    tinyelf golf --nodes 100000 --jobs 2 --shard 2/2 -o part "$SOURCE/asm/exit.s"
    exits 0
    [ "$(stat -c %s part)" -le 132 ]
    for wrong in "--nodes 0" "--jobs 0" "--jobs 257" "--shard 0/2" "--shard 3/2" "--shard 2" "--shard +1/2"; do
        tinyelf golf $wrong -o made "$SOURCE/asm/exit.s"
        exits 2
    done
}

@test "programs without a loop have the sizes of the page" {
    tinyelf golf --nodes 1500000 -o hello "$SOURCE/asm/hello.s"
    exits 0
    is_golfed hello 87 "$SOURCE/asm/hello.s"
    run bash -c './hello >/dev/full'
    [ "$status" -eq 0 ]
    tinyelf golf --nodes 2000000 --with int80,overcommit -o hello "$SOURCE/asm/hello.s"
    is_golfed hello 81 "$SOURCE/asm/hello.s"
    [ "$(./hello)" = "Hello world" ]
    tinyelf golf --nodes 1000000 --with full-writes,rwx -o hello "$SOURCE/asm/hello.s"
    [ "$(stat -c %s hello)" -le 83 ]
    [ "$(./hello)" = "Hello world" ]
    tinyelf golf --prove hello "$SOURCE/asm/hello.s"
    exits 1
}

@test "a pointer to the arguments becomes the stack pointer, and ranges of values tell which bits are 0" {
    tinyelf golf --nodes 2000000 --json -o echo "$SOURCE/asm/echo.s"
    exits 0
    [ "$(./echo one "two  three" "")" = "one two  three " ]
    [ "$(stat -c %s echo)" -le 146 ]
    [[ "$output" = *"a pop loads what the stack pointer climbs over"* ]]
    [[ "$output" = *"a pop and a jrcxz test what the stack pointer climbs over"* ]]
    tinyelf golf --nodes 2000000 -o fizz "$SOURCE/tests/golf/programs/fizz.s"
    exits 0
    [ "$(stat -c %s fizz)" -le 165 ]
}

@test "a place in memory is reached from an address that a register has anyway" {
    tinyelf golf --nodes 1500000 -o seq "$SOURCE/tests/golf/programs/seq.s"
    exits 0
    [ "$(./seq | tr -d '\n')" = 123456789 ]
    [ "$(stat -c %s seq)" -le 86 ]
}

@test "a counter is kept in the byte of the text that shows it" {
    tinyelf golf --nodes 1800000 -o sections "$SOURCE/asm/sections.s"
    exits 0
    [ "$(./sections | tr -d '\n')" = "$(printf 'line %d' 1 2 3 4 5 6 7 8 9)" ]
    [ "$(stat -c %s sections)" -le 97 ]
}

@test "what is at the start of the stack is loaded by pop" {
    tinyelf golf --nodes 600000 --json -o cmp "$SOURCE/tests/golf/programs/cmp.s"
    exits 0
    contains "a pop loads what is on the stack"
    [ "$(stat -c %s cmp)" -le 94 ]
    run ./cmp same sane
    [ "$status" -eq 1 ]
    run ./cmp same same
    [ "$status" -eq 0 ]
}

@test "what a jrcxz leads to is placed where it reaches it" {
    sed -e 's/mov rbx, \[rsp + 16\]/mov rcx, [rsp + 16]\n    mov rbx, rcx/; /test rbx, rbx/d; s/jz  .usage/jrcxz .usage/' \
        "$SOURCE/tests/golf/programs/greet.s" > greet.s
    tinyelf golf --nodes 100000 -o greet greet.s
    exits 0
    [ "$(./greet you)" = "Hello, you!" ]
    [ "$(stat -c %s greet)" -le 190 ]
}

@test "constants stay in their registers from block to block, and short functions are part of their callers" {
    tinyelf golf --nodes 600000 --json -o greet "$SOURCE/tests/golf/programs/greet.s"
    exits 0
    contains '"rewritten":[{"source":'
    contains "a value stays in its register"
    [ "$(./greet you)" = "Hello, you!" ]
    [ "$(stat -c %s greet)" -le 190 ]
    tinyelf golf --nodes 1000 -v -o greet "$SOURCE/tests/golf/programs/greet.s"
    contains "what was changed across blocks"
}

@test "headers that count gigabytes have the code in 73 bytes" {
    for name in exit ring3; do
        tinyelf golf --nodes 300000 --with overcommit -o "$name" "$SOURCE/asm/$name.s"
        is_golfed "$name" 73 "$SOURCE/asm/$name.s"
    done
}

@test "headers that take terabytes have more code, and come first where they are asked for" {
    tinyelf golf --nodes 2000000 --with overcommit -o cat "$SOURCE/asm/cat.s"
    exits 0
    [ "$(stat -c %s cat)" -le 102 ]
    [ "$(echo text | ./cat)" = text ]
    tinyelf golf --nodes 2000000 --with overcommit -o echo "$SOURCE/asm/echo.s"
    exits 0
    [ "$(stat -c %s echo)" -le 146 ]
    [ "$(./echo one "" two)" = "one  two" ]
}

@test "with full writes the result of a write is a constant, and the report says that it is not the same program" {
    printf 'global _start\n_start: mov eax, 1\nmov edi, 1\nlea rsi, [rel t]\nmov edx, 3\nsyscall\nxor edi, edi\nmov eax, 60\nsyscall\nt: db "hi", 10\n' >hi.s
    tinyelf golf --nodes 30000 --with full-writes -o hi hi.s
    exits 0
    contains "only where each write returns all that it was asked for"
    [ "$(./hi)" = hi ]
    tinyelf golf --prove hi --with full-writes hi.s
    exits 0
    tinyelf golf --json --prove hi --with full-writes hi.s
    contains '"full_writes":true'
    tinyelf golf --prove hi --with rwx hi.s
    exits 2
}

@test "other statuses, other registers, dead code and another syntax give the same size" {
    for status in 0 1 127 128 255; do
        printf 'global _start\n_start: mov eax, 60\nmov edi, %d\nsyscall\n' "$status" >status.s
        tinyelf golf --nodes 400000 -o status status.s
        is_golfed status 80 status.s
    done
    cat >moves.s <<'S'
global _start
_start: mov r9d, 42
    xor ecx, ecx
    push 231
    pop rax
    mov rdi, r9
    jmp out
    ud2
out: syscall
S
    tinyelf golf --nodes 400000 -o moves moves.s
    is_golfed moves 80 moves.s
}

@test "a status that says whether the write failed is kept" {
    tinyelf golf --nodes 100000 -o hello "$SOURCE/asm/hello.c"
    exits 0
    is_golfed hello 120 "$SOURCE/asm/hello.c"
    run bash -c './hello >/dev/full'
    [ "$status" -eq 1 ]
    tinyelf golf --nodes 1600000 -o hello "$SOURCE/asm/hello.c"
    is_golfed hello 89 "$SOURCE/asm/hello.c"
    run bash -c './hello >/dev/full'
    [ "$status" -eq 1 ]
}

@test "a part of a search is the same with any number of jobs, claims no completeness, and one of the parts has what the whole has" {
    local least=1000 size part jobs
    tinyelf golf --nodes 200000 -o whole "$SOURCE/asm/hello.s"
    for part in 1 2; do
        for jobs in 1 2; do
            tinyelf golf --nodes 300000 --jobs $jobs --shard $part/2 -o part.$jobs "$SOURCE/asm/hello.s"
            exits 0
            contains "search stopped: there may be smaller ones"
        done
        cmp part.1 part.2
        is_golfed part.1 178 "$SOURCE/asm/hello.s"
        [ "$(./part.1)" = "Hello world" ]
        size=$(stat -c %s part.1)
        [ "$size" -ge "$least" ] || least=$size
    done
    [ "$least" -le "$(stat -c %s whole)" ]
}

# What the model says of versions that do not run here is asked of check, which golf has no part in.
@test "what is found for some versions of Linux starts on each of them, and is as small, more or less, as what is found for all" {
    local input kernels option size
    for input in hello hello32; do
        tinyelf golf --nodes 30000 -o "$input.all" "$SOURCE/asm/$input.s"
        exits 0
        tinyelf check --kernel all "$input.all"
        exits 0
        contains "4.19 to 6.18"
        [[ $output != *"does not"* ]]
        size=$(stat -c %s "$input.all")
        for kernels in 4.19 5.4-5.10 6.1-; do
            tinyelf golf --nodes 30000 --kernel $kernels -o "$input.some" "$SOURCE/asm/$input.s"
            exits 0
            [ "$(stat -c %s "$input.some")" -le $((size + 8)) ]
            tinyelf check --kernel $kernels "$input.some"
            exits 0
        done
    done
    for option in "--level spec" "--with rwx,int80" "--with overcommit"; do
        tinyelf golf --nodes 20000 $option -o hello.wide "$SOURCE/asm/hello.s"
        exits 0
        tinyelf check --kernel all hello.wide
        exits 0
    done
}

# Each of the four calls has as many states before it as a single one would.
@test "many calls one after another are bounded, and become smaller" {
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then skip "a sanitizer takes a minute"; fi
    for jobs in 1 2; do
        tinyelf golf --nodes 150000 --seed 1 --jobs $jobs -o poem.$jobs "$SOURCE/tests/golf/programs/poem.s"
        exits 0
    done
    cmp poem.1 poem.2
    run ./poem.1
    [ "$status" -eq 3 ]
    [ "${lines[1]}" = "violets are blue" ]
    [ "$(stat -c %s poem.1)" -le 173 ]
}

# With five bytes for each constant they have 114 and 208.
@test "constants in loops take no number of four bytes" {
    for input in countdown32:100 fizz:200; do
        tinyelf golf --nodes 400000 --seed 1 -o made "$SOURCE/tests/golf/programs/${input%:*}.s"
        exits 0
        [ "$(stat -c %s made)" -le "${input#*:}" ]
    done
}

# The relocations of the source tell three objects, which the executable has as one.
@test "what is known of a source's objects makes its file no larger than that of its executable" {
    "$TINYELF" build -o hex "$SOURCE/tests/golf/programs/hex.s"
    for input in "$SOURCE/tests/golf/programs/hex.s" hex; do
        tinyelf golf --nodes 300000 --seed 1 -o "made.${input##*/}" "$input"
        exits 0
    done
    [ "$(stat -c %s made.hex)" -le 141 ]
    [ "$(stat -c %s made.hex.s)" -le "$(stat -c %s made.hex)" ]
}

# A program that jumps by a table, and adds 1 so many times if there is one argument.
long_program()
{
    printf 'global _start\nsection .text\n_start: mov rax, [rsp]\nand eax, 3\njmp [jumps + rax * 8]\nmany: xor edi, edi\n'
    yes 'add edi, 1' | head -n "$1"
    printf 'mov eax, 60\nsyscall\nfew: mov edi, 7\nmov eax, 60\nsyscall\nsection .rodata\njumps: dq few, few, many, few\n'
    for number in $(seq 60); do printf 'unused%d: dq jumps\n' "$number"; done
}

@test "up to 8,192 instructions are placed, the report ends where its room does, and more are left alone" {
    long_program 8170 >many.s
    tinyelf golf --nodes 20000 -v --hex many.hex -o many many.s
    exits 0
    [[ $stderr == *"its instructions stay as they are"* ]]
    [ "$(stat -c %s many)" -lt 26000 ]
    run ./many argument
    [ "$status" -eq $((8170 % 256)) ]
    run ./many
    [ "$status" -eq 7 ]
    "$TINYELF" build many.hex -o again
    cmp many again
    long_program 8200 >more.s
    tinyelf golf --nodes 20000 -o more more.s
    exits 1
    says "it is left alone"
    [ ! -e more ]
}

@test "many data are bounded by the states as well, and the same states give the same file" {
    printf 'global _start\nsection .text\n_start:\n' >data.s
    for number in $(seq 150); do
        printf 'mov eax, 1\nmov edi, 1\nmov rsi, t%d\nmov edx, %d\nsyscall\n' "$number" $((3 + number % 7))
    done >>data.s
    printf 'mov eax, 60\nxor edi, edi\nsyscall\n' >>data.s
    for number in $(seq 150); do printf 't%d: db "%d,  %d  !"\n' "$number" "$number" "$number"; done >>data.s
    "$TINYELF" build -o original data.s
    for jobs in 1 2; do
        tinyelf golf --nodes 20000 --environments 20 --jobs $jobs -o data.$jobs data.s
        exits 0
    done
    cmp data.1 data.2
    [ "$(stat -c %s data.1)" -le 3200 ]
    cmp <(./data.1) <(./original)
}

# As linkers do it: code in a segment without W, data in one without X.
@test "what is written has a second segment where the original has no W with X, and the file is smaller" {
    cat >counts.s <<'S'
global _start
section .text
_start: mov rcx, [rsp]
        lea rdi, [rel table]
.next:  inc byte [rdi + rcx]
        dec ecx
        jnz .next
        inc dword [total]
        mov eax, 1
        mov edi, 1
        mov rsi, table
        mov edx, 40
        syscall
        mov eax, 60
        mov edi, [total]
        syscall
section .data
table:  db "abcdefghijklmnopqrstuvwxyz0123456789ABC", 10
section .bss
total:  resd 1
S
    "$TINYELF" build --layout split -o counts counts.s
    tinyelf golf --nodes 60000 -o made counts
    exits 0
    is_golfed made 240 counts
    tinyelf check --kernel all made
    exits 0
    for arguments in "" "a b c"; do
        run ./counts $arguments
        expected="$status $output"
        run ./made $arguments
        [ "$status $output" = "$expected" ]
    done
    # Both headers are whole in 32 bits, too.
    printf 'bits 32\nglobal _start\nsection .text\n_start: inc byte [text]\nmov eax, 4\nmov ebx, 1\nmov ecx, text\nmov edx, 4\nint 0x80\nmov eax, 1\nxor ebx, ebx\nint 0x80\nsection .data\ntext: db "abc", 10\n' >small.s
    "$TINYELF" build --layout split -o small small.s
    tinyelf golf --nodes 60000 -o made small
    exits 0
    is_golfed made 150 small
    [ "$(./made)" = bbc ]
    # A second segment is for what is written: with rwx, one is enough.
    tinyelf golf --nodes 60000 --with rwx -o other small
    exits 0
    [ "$(stat -c %s other)" -lt "$(stat -c %s made)" ]
}

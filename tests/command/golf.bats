#!/usr/bin/env bats
# tinyelf golf: what is the same, what is not, what is refused; what a search finds, and what it tells.

load ../support/setup

# Standard output contains a text; prints both if not.
contains()
{
    [[ $output == *"$1"* ]] && return 0
    echo "expected: $1"
    echo "output:   $output"
    return 1
}

proves()
{
    tinyelf golf --prove "$@"
    exits 0
}

# It is another program.
differs()
{
    tinyelf golf --prove "$@"
    exits 1
}

# Makes a program of NASM's language from standard input.
make()
{
    cat >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" 2>/dev/null
}

# 112 bytes: the program header lies over the last 8 bytes of the ELF header, code and text in what Linux does
# not read. The argument: 8 bytes of code, from the first syscall on.
headers_over_each_other()
{
    cat <<EOF
bits 64
org 0x10000
start:
    db 0x7f, "ELF"
text: db "Hello world", 10
    dw 2, 62
    dd 1
    dq code
    dq 56
code:
    inc eax
    mov edi, eax
    mov esi, text
    mov dl, 12
    jmp short second
    times start + 54 - \$ nop
    dw 56, 1, 0
    times start + 60 - \$ db 0
    dd 5
    dq 0, start
second:
    $1
    times start + 88 - \$ nop
    dq 112, 112, 0
EOF
}

@test "the examples of asm/ do the same as themselves, in other layouts too" {
    for name in hello hello-intel hello-att exit ring3 cat echo sections hello32 hello32-att; do
        "$TINYELF" build "$SOURCE/asm/$name.s" --layout split -o "$name" 2>/dev/null
        proves "$name" --environments 60 "$SOURCE/asm/$name.s"
    done
}

@test "NASM's own choice of instructions is the same program" {
    for name in hello exit ring3 echo sections; do
        sed 's/strict dword //' "$SOURCE/asm/$name.s" >"$name.s"
        "$TINYELF" build --assembler nasm "$name.s" 2>/dev/null
        proves "$name" --environments 60 "$SOURCE/asm/$name.s"
    done
}

@test "no two examples are the same, but hello of 32 and of 64 bits" {
    for name in hello exit ring3 cat echo sections hello32; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name" 2>/dev/null
    done
    for one in hello exit ring3 cat echo sections; do
        for other in exit ring3 cat echo sections hello32; do
            case $one$other in
            hellohello32 | "$one$one") ;;
            *) differs "$one" --environments 40 "$other" ;;
            esac
        done
    done
    proves hello32 hello
}

@test "a C program is the same as itself, whatever write returns" {
    "$TINYELF" build "$SOURCE/asm/hello.c" -o hello
    proves hello "$SOURCE/asm/hello.c"
    # It returns 1 if write fails; the one in assembly does not.
    differs hello "$SOURCE/asm/hello.s"
    contains "exit_group(0)"
    contains "exit_group(1)"
}

@test "headers over each other are the same program; one that trusts in write is not" {
    headers_over_each_other 'syscall
    xchg eax, ebx
    xchg eax, edi
    mov al, 60
    syscall' | make robust
    headers_over_each_other 'syscall
    xor edi, edi
    mov al, 60
    syscall' | make trusting
    [ "$(wc -c <robust)" = 112 ]
    [ "$(wc -c <trusting)" = 112 ]
    [ "$(./robust)" = "Hello world" ]
    [ "$(./trusting)" = "Hello world" ]
    proves robust "$SOURCE/asm/hello.s"
    differs trusting "$SOURCE/asm/hello.s"
    contains "each write fails: ENOSPC"
    contains "syscall_0xffffffffffffff3c()"
}

@test "the command that a report prints shows the difference" {
    printf 'global _start\n_start: mov eax, 231\nxor edi, edi\nsyscall\n' | make empty
    printf 'global _start\n_start: mov rdi, [rsp]\ndec edi\nmov eax, 231\nsyscall\n' | make count
    differs count empty
    command=$(grep 'to see it' <<<"$output" | sed 's/ *to see it *//')
    original=$(grep ' original ' <<<"$output")
    [[ $original == *"exit_group(0)" ]]
    run sh -c "$command"
    [ "$status" -ne 0 ]
    shown=$status
    differs count empty
    [[ $(grep ' candidate ' <<<"$output") == *"exit_group($shown)" ]]
}

@test "arguments and standard input of the user are met" {
    # It is another program only if its first argument begins with z, or its input with Q.
    cat >common.inc <<'EOF'
        mov eax, 231
        syscall
        section .bss
buffer: resb 16
EOF
    make asks <<'EOF'
global _start
section .text
_start: xor edi, edi
        mov rsi, buffer
        mov edx, 16
        syscall
        xor edi, edi
        mov rax, [rsp + 16]
        test rax, rax
        jz .input
        cmp byte [rax], 'z'
        sete dil
.input: mov al, [buffer]
        cmp al, 'Q'
        sete al
        or dil, al
%include "common.inc"
EOF
    make plain <<'EOF'
global _start
section .text
_start: xor edi, edi
        mov rsi, buffer
        mov edx, 16
        syscall
        xor edi, edi
%include "common.inc"
EOF
    printf Q >q
    differs asks --environments 14 plain
    contains "it does in 14 environments, but not for all arguments"
    differs asks --environments 14 plain -- zebra
    contains '"zebra"'
    differs asks --environments 14 --input q plain
    contains "standard input  as given, 1 byte"
}

@test "files are read with --allow read-files, and answered from the original's run" {
    make opens <<'EOF'
global _start
section .text
_start: mov eax, 2
        mov edi, name
        xor esi, esi
        syscall
        test eax, eax
        js .end
        mov edi, eax
        mov esi, buffer
        mov edx, 64
        xor eax, eax
        syscall
        mov edx, eax
        mov edi, 1
        mov eax, 1
        syscall
.end:   xor edi, edi
        mov eax, 60
        syscall
name:   db "data", 0
        section .bss
buffer: resb 64
EOF
    printf 'some data\n' >data
    [ "$(./opens)" = "some data" ]
    differs opens opens
    says "blocks: open"
    proves opens --allow read-files opens
    sed 's/mov edx, 64/mov edx, 63/' opens.s | make other
    differs other --allow read-files opens
    contains "read(3, "
    sed 's/"data"/"date"/' opens.s | make third
    differs third --allow read-files opens
    contains 'open("date", O_RDONLY)'
}

@test "a difference that no environment has is found, and the report says what is shown" {
    make plain <<'EOF'
global _start
_start: mov eax, 60
        syscall
EOF
    make rare <<'EOF'
global _start
_start: cmp dword [rsp], 57
        sete dil
        mov eax, 60
        syscall
EOF
    differs rare plain
    contains "it does in 200 environments, but not for all arguments, input and results"
    contains "what the original does from 0x10080 on ends otherwise in the candidate"
    tinyelf golf --json --prove rare plain
    contains '"same":false'
    contains '"difference":null,"stretches":{"shown":0,"left":1,"differ":true}'
    proves plain plain
    contains "shown for any arguments and results: 1 of 1 stretch between calls"
    # A counter never comes back; what is before it is shown.
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    proves echo --environments 20 echo
    contains "; the rest only ran"
}

@test "a Linux that starts the original has to start the candidate" {
    # Linux up to 6.0, and 6.2 to 6.5, kill a program whose only page is read-only and has to be cleared after its file's bytes.
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp hello larger
    printf '\xc0' | dd of=larger bs=1 seek=104 conv=notrunc status=none
    differs larger hello
    contains "does the same as hello in 200 environments"
    contains "Linux 4.19 to 6.0, 6.2 to 6.5 starts hello, but not larger"
    proves larger --kernel 6.6- hello
}

@test "what cannot be proven is refused, with the reason" {
    printf 'global _start\n_start: jmp _start\n' | make loops
    differs loops loops.s
    says "tinyelf: loops.s: error: cannot be proven: it does not end within the time limit"
    differs loops "$(command -v ls)"
    says "cannot be proven: it is dynamic"
    printf 'not a program' >text
    differs text "$SOURCE/asm/hello.s"
    says "text: error: it is not an executable"
}

@test "usage errors say what to give" {
    tinyelf golf "$SOURCE/asm/hello.s"
    exits 2
    says "no output given: -o FILE is the smallest file that is found (or --prove CANDIDATE one that you made)"
    tinyelf golf --prove x
    exits 2
    says "no input given: what should 'x' do the same as?"
    tinyelf golf --environments 0 --prove x y
    exits 2
    says "at least 1"
    tinyelf golf --environments many --prove x y
    exits 2
    says "it must be a number"
    tinyelf golf --kernel 2.6 --prove x y
    exits 2
    says "known are"
    differs x missing.s
    says "missing.s: error: No such file or directory"
}

@test "the same seed gives the same report, and -v lists the environments" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    "$TINYELF" golf -v --seed 7 --prove echo echo >one
    "$TINYELF" golf -v --seed 7 --prove echo echo >two
    "$TINYELF" golf -v --seed 8 --prove echo echo >three
    cmp one two
    run -1 cmp -s one three
    [ "$(grep -c 'standard input' one)" = 200 ]
}

@test "--time gives up, and says so" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    differs hello --environments 100000 --time 0.2 hello
    says "not proven in the time that --time gives"
}

@test "JSON says the same" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build "$SOURCE/asm/exit.s" -o exit
    tinyelf golf --json --prove hello hello
    exits 0
    contains '"same":true,"unproven":null,"seed":1,"environments":200,"steps":400,"cut":0,"difference":null'
    contains '"kernels":{"first":"4.19","last":"6.18","refuse":[],"message":null}'
    tinyelf golf --json --prove exit hello
    exits 1
    contains '"same":false'
    contains '"difference":{"kind":"end","step":1,'
    contains '"candidate":"exit_group(42)"'
}

# ---- the search ----

# The file's size is at most this, it is proven, and Linux runs it as it runs the original.
is_golfed()
{
    local made=$1 most=$2 source=$3
    [ "$(stat -c %s "$made")" -le "$most" ]
    tinyelf golf --prove "$made" "$source"
    exits 0
}

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
    tinyelf golf --nodes 400000 -o hello "$SOURCE/asm/hello.s"
    exits 0
    is_golfed hello 112 "$SOURCE/asm/hello.s"
    [ "$(./hello)" = "Hello world" ]
    tinyelf golf --nodes 400000 -o again "$SOURCE/asm/hello.s"
    cmp hello again
    tinyelf golf --nodes 400000 -o hello32 "$SOURCE/asm/hello32.s"
    is_golfed hello32 84 "$SOURCE/asm/hello32.s"
    [ "$(./hello32)" = "Hello world" ]
}

@test "any number of jobs finds the same file, and none of them is left" {
    for input in echo exit; do
        for jobs in 1 2 3; do
            tinyelf golf --nodes 200000 --seed 3 --jobs $jobs -o $input.$jobs "$SOURCE/asm/$input.s"
            exits 0
        done
        cmp $input.1 $input.2
        cmp $input.1 $input.3
    done
    tinyelf golf --nodes 200000 --jobs 2 --shard 2/2 -o part "$SOURCE/asm/exit.s"
    exits 0
    [ "$(stat -c %s part)" -le 132 ]
    for wrong in "--jobs 0" "--jobs 257" "--shard 0/2" "--shard 3/2" "--shard 2" "--shard +1/2"; do
        tinyelf golf $wrong -o made "$SOURCE/asm/exit.s"
        exits 2
    done
}

@test "the end of the command ends its jobs, and Ctrl-C writes the best file so far" {
    env --default-signal=INT "$TINYELF" golf --nodes 4000000000 --jobs 2 -o made "$SOURCE/asm/echo.s" >report 2>&1 &
    local id=$! children=
    for i in $(seq 200); do # the worker of the sandbox, and two jobs
        children=$(pgrep -P $id || true)
        [ "$(wc -w <<<"$children")" -lt 3 ] || break
        sleep 0.02
    done
    kill -INT $id
    wait $id || true
    for child in $children; do
        ! kill -0 $child 2>/dev/null || [ "$(ps -o stat= -p $child | cut -c1)" = Z ]
    done
    [ -s made ]
}

@test "programs without a loop have the sizes of the page" {
    if nm "$TINYELF" 2>/dev/null | grep -q __asan; then skip "a sanitizer takes a minute"; fi
    tinyelf golf --nodes 3000000 -o hello "$SOURCE/asm/hello.s"
    exits 0
    is_golfed hello 87 "$SOURCE/asm/hello.s"
    run bash -c './hello >/dev/full'
    [ "$status" -eq 0 ]
    tinyelf golf --nodes 2000000 --with int80,overcommit -o hello "$SOURCE/asm/hello.s"
    is_golfed hello 83 "$SOURCE/asm/hello.s"
    [ "$(./hello)" = "Hello world" ]
}

@test "a place in memory is reached from an address that a register has anyway" {
    tinyelf golf --nodes 1000000 -o seq "$SOURCE/tests/golf/programs/seq.s"
    exits 0
    [ "$(./seq | tr -d '\n')" = 123456789 ]
    [ "$(stat -c %s seq)" -le 86 ]
}

@test "headers that count gigabytes have the code in 73 bytes" {
    for name in exit ring3; do
        tinyelf golf --nodes 300000 --with overcommit -o "$name" "$SOURCE/asm/$name.s"
        is_golfed "$name" 73 "$SOURCE/asm/$name.s"
    done
}

@test "with full writes the result of a write is a constant, and the report says that it is not the same program" {
    printf 'global _start\n_start: mov eax, 1\nmov edi, 1\nlea rsi, [rel t]\nmov edx, 3\nsyscall\nxor edi, edi\nmov eax, 60\nsyscall\nt: db "hi", 10\n' >hi.s
    tinyelf golf --nodes 300000 --with full-writes -o hi hi.s
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
    tinyelf golf --nodes 400000 -o hello "$SOURCE/asm/hello.c"
    exits 0
    is_golfed hello 120 "$SOURCE/asm/hello.c"
    run bash -c './hello >/dev/full'
    [ "$status" -eq 1 ]
}

@test "what the search cannot follow is left alone, and nothing is written" {
    for code in 'mov eax, 201\nsyscall\nmov edi, eax\nmov eax, 60\nsyscall' 'jmp $' 'lea rax, [rel _start]\njmp rax'; do
        printf "global _start\ndefault rel\n_start: $code\n" >odd.s
        "$TINYELF" build odd.s -o odd
        run "$TINYELF" golf -o made odd
        [ "$status" -eq 1 ]
        [[ $output == *error:* ]]
        [ ! -e made ]
    done
    run "$TINYELF" golf -o made /bin/ls
    [ "$status" -eq 1 ]
    [[ $output == *dynamic* ]]
}

@test "golf says which options are missing or do not go together, and does not lose an input" {
    tinyelf golf "$SOURCE/asm/exit.s"
    exits 2
    tinyelf golf --prove exit -o made "$SOURCE/asm/exit.s"
    exits 2
    cp "$SOURCE/asm/exit.s" own.s
    tinyelf golf -o own.s own.s
    exits 1
    cmp own.s "$SOURCE/asm/exit.s"
    tinyelf golf --json --nodes 400000 -o made own.s
    exits 0
    contains '"search":{"found":true,"complete":true'
}

@test "the time counts for all of it, and a file is written when it is over" {
    printf 'global _start\n_start: mov ecx, 0x10000000\n.l: dec ecx\njnz .l\nmov eax, 60\nsyscall\n' >spin.s
    tinyelf golf --time 0.5 -o spin spin.s
    exits 1
    says "not proven in the time that --time gives"
    # Its original is run in less than that; the search takes longer.
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    tinyelf golf --time 0.4 -o made cat
    exits 0
    [ -x made ]
    [ "$(stat -c %s made)" -le "$(stat -c %s cat)" ]
}

@test "an output that cannot be made is an error before the search" {
    tinyelf golf -o none/x "$SOURCE/asm/hello.s"
    exits 1
    says "the folder 'none' does not exist"
    tinyelf golf -o . "$SOURCE/asm/hello.s"
    exits 1
    says "Is a directory"
    tinyelf golf -o - "$SOURCE/asm/hello.s"
    exits 2
}

# ---- what is told ----

@test "level spec is for readelf, gdb and qemu-user too, and nothing larger than by hand" {
    tinyelf golf --level spec --nodes 300000 -o spec "$SOURCE/asm/hello.s"
    exits 0
    contains "program header at offset 64"
    is_golfed spec 153 "$SOURCE/asm/hello.s"
    [ "$(./spec)" = "Hello world" ]
    readelf -aW spec >readelf.out 2>readelf.err
    [ ! -s readelf.err ]
    grep -q "LOAD .* R E 0x1000" readelf.out
    tinyelf check --loader qemu-user spec
    exits 0
    tinyelf check --loader wsl1 spec
    exits 0
    if command -v qemu-x86_64 >/dev/null; then
        [ "$(qemu-x86_64 ./spec)" = "Hello world" ]
    fi
    if command -v gdb >/dev/null; then
        gdb -batch -nx -ex run ./spec >gdb.out 2>&1
        grep -q "exited normally" gdb.out
    fi
}

@test "--hex writes a source that the same file is made of" {
    tinyelf golf --nodes 200000 --hex exit.hex -o exit "$SOURCE/asm/exit.s"
    exits 0
    "$TINYELF" build exit.hex -o again
    cmp exit again
    grep -q "also instruction.*mov edi,0x2a" exit.hex
    grep -q "golf: mov: a constant, for 0x82 of" exit.hex
    tinyelf golf --nodes 200000 --hex exit -o exit "$SOURCE/asm/exit.s"
    exits 2
    tinyelf golf --nodes 200000 --hex - -o exit "$SOURCE/asm/exit.s"
    exits 2
    cp "$SOURCE/asm/exit.s" own.s
    tinyelf golf --hex own.s -o made own.s
    exits 1
    cmp own.s "$SOURCE/asm/exit.s"
}

@test "the bytes by kind are all of the file, and other options are tried in the time that is left" {
    tinyelf golf -v --nodes 200000 -o exit "$SOURCE/asm/exit.s"
    exits 0
    contains "search complete within these overlaps and rewrites"
    contains "headers alone   120"
    contains "--with rwx saves nothing"
    contains "what may differ: time"
    contains "syscall needs rax = 60 or 231, dil = 42; ends"
    [ "$(grep -A6 '^  bytes ' <<<"$output" | awk '/^    /{before += $(NF - 1); after += $NF} END {print before, after}')" = "132 80" ]
    tinyelf golf --nodes 3000 -v -o hello "$SOURCE/asm/hello.s"
    exits 0
    contains "search stopped"
    contains "--with rwx was not tried: no time was left"
    tinyelf golf --json --nodes 200000 -o exit "$SOURCE/asm/exit.s"
    contains '"before":{"headers":120,"code":12,"data":0,"jumps":0,"shared":0,"unused":0}'
    contains '{"options":"--with rwx","result":"none","size":null}'
    contains '"meaning":"mov: a constant","source":130}'
}

@test "--unproven writes what cannot be proven, and says so" {
    printf 'global _start\n_start: mov ecx, 0x40000000\n.l: dec ecx\njnz .l\nmov eax, 60\nsyscall\n' >spin.s
    tinyelf golf --time 1 -o spin spin.s
    exits 1
    [ ! -e spin ]
    tinyelf golf --unproven --time 1 -o spin spin.s
    exits 0
    contains "not proven to do the same: that takes longer than half of the time"
    [[ $output != *"and does the same"* ]]
    [ "$(stat -c %s spin)" -lt 144 ]
    tinyelf golf --unproven --json --time 1 -o spin spin.s
    contains '"same":false,"unproven":"that takes longer'
}

@test "--prove of a text or an object is an error, not a difference" {
    printf 'some text\n' >text
    tinyelf golf --prove text "$SOURCE/asm/exit.s"
    exits 1
    says "text: error: it is not an executable"
    nasm -f elf64 "$SOURCE/asm/exit.s" -o exit.o
    tinyelf golf --prove exit.o "$SOURCE/asm/exit.s"
    exits 1
    says "exit.o: error: it is an object, not an executable"
}

@test "options that do not go together are told apart" {
    for words in "--level spec --with rwx -o x" "--hex h --prove x" "--unproven --prove x" "--level spec --prove x" "--level other -o x"; do
        # shellcheck disable=SC2086
        tinyelf golf $words "$SOURCE/asm/exit.s"
        exits 2
    done
}

@test "--from says what an input is" {
    printf '\270\074\0\0\0\017\005' >code
    tinyelf golf --nodes 100000 -o made code
    exits 1
    says "say --from"
    tinyelf golf --from raw --nodes 100000 -o made code
    exits 0
    [ "$(stat -c %s made)" -le 80 ]
    run ./made
    [ "$status" -eq 0 ]
}

@test "--with and --kernel widen a search, and what they find is proven as well" {
    tinyelf golf --with rwx,overcommit --nodes 100000 -o with "$SOURCE/asm/exit.s"
    exits 0
    is_golfed with 80 "$SOURCE/asm/exit.s"
    tinyelf golf --kernel 6.1- --nodes 100000 -o kernel "$SOURCE/asm/hello32.s"
    exits 0
    contains "Linux 6.1 to 6.18 starts both"
    [ "$(stat -c %s kernel)" -le 84 ]
    tinyelf golf --kernel 6.1- --prove kernel "$SOURCE/asm/hello32.s"
    exits 0
    tinyelf golf --with gold -o x "$SOURCE/asm/exit.s"
    exits 2
    says "gold"
}

@test "after Ctrl-C the best file so far is written, as a whole, and the status is that of the signal" {
    # A shell without job control starts what is in the background with SIGINT ignored.
    run timeout --preserve-status --signal=INT 1.5 env --default-signal=INT "$TINYELF" golf --time 20 -o made "$SOURCE/asm/hello.s"
    [ "$status" -eq 130 ]
    [[ $output == *"search stopped"* ]]
    [ "$(stat -c %s made)" -le 178 ]
    [ "$(./made)" = "Hello world" ]
    tinyelf golf --prove made "$SOURCE/asm/hello.s"
    exits 0
    for left in .tinyelf-*; do
        [ ! -e "$left" ]
    done
}

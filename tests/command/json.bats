#!/usr/bin/env bats
# The JSON of all commands: as docs/schema says, with a version, and with an exact twin for each number beyond 2^53.
# That each command has a schema is tests/support/schemas.pl's.
load ../support/setup

setup()
{
    python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
}

# contract [--large N] COMMAND FILE...: the documents are as the command's schema says.
contract()
{
    local large=()
    [ "$1" != --large ] || { large=("$1" "$2"); shift 2; }
    local schema=$SOURCE/docs/schema/$1.json
    shift
    python3 "$SOURCE/tests/support/json_contract.py" "${large[@]}" "$schema" "$@"
}

# Makes a program from NASM source on standard input.
assembled()
{
    { printf 'bits 64\nglobal _start\nsection .text\n_start:\n'; cat; } >"$1.s"
    "$TINYELF" build "$1.s" -o "$1"
}

# Makes a program from C that uses the C library.
static_c()
{
    cat >"$1.c"
    cc -O1 -pthread -o "$1" "$1.c" 2>cc.err || skip "no C programs here: $(tail -n 1 cc.err)"
}

traced()
{
    "$TINYELF" build "$SOURCE/asm/exit.s" -o probe
    timeout 20 "$TINYELF" trace -o /dev/null ./probe 2>trace.err || true
    grep -q ptrace trace.err && skip "ptrace is forbidden here"
    rm -f probe trace.err
}

# Files of many kinds.
files()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build --target i386 "$SOURCE/asm/hello32.s" -o hello32
    nasm -f elf64 "$SOURCE/asm/hello.s" -o hello.o
    nasm -f bin "$SOURCE/tests/support/tiny45.asm" -o tiny
    chmod +x tiny
    head -c 90 hello >"cut"
    head -c 70000 /usr/bin/ls >cut-ls
    echo 'no ELF file' >text
    printf '#!/bin/sh\n' >script
    chmod +x script
    touch empty
}

# put FILE OFFSET BYTES: overwrites bytes, which are given as printf has them.
put()
{
    # shellcheck disable=SC2059 # the bytes are escapes
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

far='\377\377\377\377\377\377\377\377'

# Kills a program that a broken test left.
bounded()
{
    timeout 60 "$TINYELF" "$@" </dev/null
}

@test "check and explain: JSON of any file is as its schema says" {
    files
    for loader in linux qemu-user wsl1 freebsd; do
        bounded check --json --loader $loader hello hello32 tiny cut cut-ls text empty script hello.o /usr/bin/ls \
            "$SOURCE"/tests/fuzz/corpus/dump/* >check-$loader || true
    done
    for kernel in 4.19 5.10 6.18 5.4-6.1 all; do
        bounded check --json --kernel $kernel hello hello32 tiny cut text /usr/bin/ls >check-$kernel || true
    done
    [ "$(wc -l <check-linux)" -ge 15 ]
    contract check check-*
    for file in hello hello32 tiny cut text empty hello.o "$SOURCE"/tests/fuzz/corpus/dump/*; do
        bounded explain --format json --with bytes,verdict,memory,parts "$file" >"explain-$(basename "$file")"
    done
    for file in hello hello32 tiny; do
        bounded explain --format json --run "$file" >"explain-run-$file" || true
    done
    find . -name 'explain-run-*' -size 0 -delete # ptrace is forbidden
    contract explain explain-*
}

@test "check and explain: numbers beyond 2^53 have exact twins" {
    files
    for at in 24 32 40 64 72 80 88 96 104 112; do # e_entry to e_shoff, and the fields of the program header
        cp hello far-$at
        put far-$at $at "$far"
        cp hello high-$at
        put high-$at $at '\001\000\000\000\000\000\100\000' # 2^54 + 1
    done
    for loader in linux qemu-user wsl1 freebsd; do
        bounded check --json --loader $loader far-* high-* >check-$loader || true
    done
    contract --large 24 check check-*
    for file in far-* high-*; do
        bounded explain --format json --with verdict,memory "$file" >"explain-$file"
    done
    contract --large 40 explain explain-*
    # Symbols that say how large they are.
    cp "$SOURCE/tests/fuzz/corpus/dump/shared.so" symbols
    put symbols $((0x$(readelf -WS symbols | sed -n 's/.* \.dynsym *DYNSYM *[0-9a-f]* \([0-9a-f]*\) .*/\1/p') + 24 + 16)) \
        '\001\000\000\000\000\000\100\000'
    bounded explain --format json symbols >symbols.json
    contract --large 2 explain symbols.json
    # What a reader with doubles makes of it.
    bounded explain --at p_align --format json far-112 >one
    grep -q '"value":18446744073709551615,"hex":"0xffffffffffffffff"' one
}

@test "compare: JSON is as its schema says, and memory beyond 2^53 has twins" {
    files
    for pair in "hello hello32" "hello.o /usr/bin/ls" "tiny hello" "$SOURCE/tests/fuzz/corpus/dump/shared.so hello"; do
        # shellcheck disable=SC2086 # two names
        bounded compare --json $pair >"compare-${pair//\//_}"
    done
    contract compare compare-*
    cp hello vast
    put vast 104 '\001\000\000\000\000\000\100\000' # p_memsz
    bounded compare --json hello vast >vast.json
    contract --large 2 compare vast.json
    grep -q '"r-x":18014398509486080.*"r-x":"0x40000000001000"' vast.json
}

@test "compare --run: JSON is as its schema says, of programs that exit, die, hang, read and are refused" {
    traced
    files
    printf 'ud2\n' | assembled illegal
    printf 'jmp _start\n' | assembled endless
    printf 'mov eax, 60\nmov edi, 255\nsyscall\n' | assembled status
    printf 'mov eax, 0x1234567\nsyscall\nmov eax, 60\nsyscall\n' | assembled unknown
    cp hello refused
    put refused 18 '\377\377'
    for pair in "hello illegal" "status unknown" "refused hello32" "/usr/bin/ls script" "hello endless"; do
        # shellcheck disable=SC2086 # two names
        bounded compare --run --time 1 --json $pair >"run-${pair//\//_}" 2>>said || true
    done
    find . -name 'run-*' -size 0 -delete # pairs that are no ELF files
    [ "$(find . -name 'run-*' | wc -l)" -ge 4 ]
    contract compare run-*
    grep -q '"time_up":true' 'run-hello endless'
    grep -q '"signal":4' 'run-hello illegal'
}

@test "trace: JSON is as its schema says, of calls, signals, children, threads and ends of all kinds" {
    traced
    files
    printf 'ud2\n' | assembled illegal
    printf 'mov eax, 60\nmov edi, 255\nsyscall\n' | assembled status
    static_c many <<'C'
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void handler(int number) { (void)number; }
static void *thread(void *nothing) { return nothing; }
static void *becomes(void *nothing)
{
    char *arguments[] = {"./hello32", "\xc3\xa9\xff\n", NULL};
    execv("./hello32", arguments);
    return nothing;
}
int main(void)
{
    pthread_t other;
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    raise(SIGWINCH);
    pthread_create(&other, NULL, thread, NULL);
    pthread_join(other, NULL);
    if (fork() == 0)
        raise(SIGKILL);
    wait(NULL);
    if (fork() == 0) {
        pthread_create(&other, NULL, becomes, NULL);
        pthread_join(other, NULL);
    }
    wait(NULL);
    read(99, NULL, 0);
    *(volatile char *)1 = 1;
}
C
    for program in ./hello ./hello32 ./illegal ./status; do
        bounded trace --json -o "trace-$(basename $program)" $program >output || true
    done
    bounded trace --json -f -o trace-many ./many >output || true
    bounded trace --json -o trace-ls /usr/bin/ls / >output
    bounded trace --json --sandbox -o trace-confined ./many >output 2>said || true
    find . -name trace-confined -size 0 -delete # no sandbox here
    bounded trace --json --group -o trace-group /usr/bin/ls / >output
    cp hello refused
    put refused 18 '\377\377'
    bounded trace --json -o trace-refused ./refused || true
    [ -s trace-refused ]
    contract trace trace-*
    for event in call signal started execed exited killed; do
        grep -q "\"event\":\"$event\"" trace-*
    done
    grep -q '"errno":"ENOEXEC"' trace-refused
    grep -q '"signal_name":"SIGSEGV"' trace-many
}

@test "trace: calls, arguments, results, addresses and offsets beyond 2^53 have exact twins" {
    traced
    assembled wide <<'S'
        mov rax, -5                     ; no call has this number
        mov rdi, -1
        syscall
        mov eax, 1                      ; write
        mov rdi, -1
        mov rsi, -2
        mov rdx, 0x20000000000001
        syscall
        mov eax, 319                    ; memfd_create
        lea rdi, [rel name]
        xor esi, esi
        syscall
        mov r12, rax
        mov rdi, rax
        mov eax, 18                     ; pwrite64, at 2^60
        lea rsi, [rel there]
        mov edx, there_end - there
        mov r10, 1 << 60
        syscall
        mov eax, 9                      ; mmap of what was written
        xor edi, edi
        mov esi, 4096
        mov edx, 5
        mov r10d, 2
        mov r8, r12
        mov r9, 1 << 60
        syscall
        test rax, rax
        js end
        jmp rax
there:  mov eax, 39                     ; getpid
        syscall
        mov eax, 60
        xor edi, edi
        syscall
there_end:
end:    mov eax, 60
        mov edi, 1
        syscall
name:   db "/dev/shm", 0
S
    run -0 bounded trace --json -o wide.json ./wide
    contract --large 8 trace wide.json
    grep -q '"number":18446744073709551611,"number_hex":"0xfffffffffffffffb"' wide.json
    grep -q '"result":-38,"result_hex":"0xffffffffffffffda"' wide.json
    grep -q '"offset":1152921504606846981,"offset_hex":"0x1000000000000005"' wide.json
    # The same through another reader with doubles.
    if command -v node >/dev/null; then
        run -0 node -e '
            const events = JSON.parse(require("fs").readFileSync("wide.json")).events;
            const write = events.find(e => e.name === "write");
            console.log(write.arguments.map(a => BigInt(a.value_hex).toString()).join(" "));'
        [ "$output" = "18446744073709551615 18446744073709551614 9007199254740993" ]
    fi
}

@test "step: recordings are as their schema says, of faults, handlers, vectors, calls and 32-bit programs" {
    traced
    files
    printf 'ud2\n' | assembled illegal
    printf 'mov rax, -1\nmov rax, [rax]\n' | assembled faulting
    printf 'jmp _start\n' | assembled endless
    assembled work <<'S'
        movq xmm0, rsp
        vpaddq ymm1, ymm0, ymm0
        push rax
        fld1
        mov eax, 13                     ; rt_sigaction(SIGUSR1, ...)
        mov edi, 10
        lea rsi, [rel action]
        xor edx, edx
        mov r10d, 8
        syscall
        mov eax, 39
        syscall
        mov edi, eax
        mov eax, 62                     ; kill
        mov esi, 10
        syscall
        mov eax, 1
        mov edi, 2
        lea rsi, [rel action]
        mov edx, 8
        syscall
        mov eax, 59                     ; execve
        lea rdi, [rel path]
        xor esi, esi
        xor edx, edx
        syscall
handler: ret
restore: mov eax, 15
        syscall
path:   db "./hello32", 0
        align 8
action: dq handler, 0x04000000, restore, 0
S
    for program in hello hello32 illegal faulting tiny; do
        bounded step --record step-$program ./$program >output || true
    done
    grep -q avx /proc/cpuinfo && { bounded step --record step-work ./work >output 2>said || true; }
    bounded step --until 3 --record step-until ./hello >output || true
    # The schema's reader needs a second for a thousand steps.
    bounded step --until 2000 --record step-endless ./endless >output || true
    bounded step --until 3000 --record step-true /usr/bin/true >output || true
    bounded step --until 3000 --record step-private --private /usr/bin/true >output || true
    contract step step-*
    grep -q '"kind":"fault"' step-faulting
    grep -q '"rax":\["0x0","0xffffffffffffffff"\]' step-faulting
    if [ -e step-work ]; then
        for kind in memory vector call argument answer output signal program; do
            grep -q "{\"kind\":\"$kind\"" step-work || { echo "no $kind"; return 1; }
        done
    fi
}

@test "step --replay reads recordings with the version, without one, and no later one" {
    traced
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    bounded step --record now ./hello >output
    sed '1s/"version":1,//' now >before
    [ "$(head -n 1 before)" = '{"format":"tinyelf step 1",' ]
    bounded step --replay before --record again >output
    cmp now again
    sed '1s/"version":1,/"version":2,/' now >later
    tinyelf step --replay later
    exits 1
    says "tinyelf: later: error: no recording of tinyelf: 'version' should be 1"
}

@test "mutate: JSON is as its schema says, of bytes, pairs, shards and merged parts, with exact twins" {
    files
    bounded mutate --json --values 3 hello >mutate-hello
    bounded mutate --json --values 3 hello32 >mutate-hello32
    bounded mutate --json --pairs 0x18-0x1b --values 2 hello >mutate-pairs
    bounded mutate --json --allow write-stdin,read-files,identity,signals,libc-start --values 1 hello >mutate-allow
    bounded mutate --json --values 2 --shard 1/2 hello >mutate-one
    bounded mutate --json --values 2 --shard 2/2 hello >mutate-two
    bounded mutate --merge --json mutate-one mutate-two >mutate-merged
    bounded mutate --json --values 1 --seed 9223372036854775807 hello >seed
    contract mutate mutate-*
    contract --large 1 mutate seed
}

@test "mutate --merge reads results with the version, without one, and no later one; and a seed that a reader rounded" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    bounded mutate --json --field e_phentsize --values 2 --seed 9007199254740993 hello >now
    sed '1s/"version":1,//' now >before
    bounded mutate --merge --json before >again
    cmp now again
    sed '1s/"version":1,/"version":2,/' now >later
    tinyelf mutate --merge later
    exits 1
    says "tinyelf: later: error: no result of tinyelf mutate: 'version' should be 1"
    sed 's/"seed":9007199254740993/"seed":9007199254740992/' now >rounded
    bounded mutate --merge --json rounded >again
    cmp now again
    # What no run can write is no result.
    for wrong in '"size":9007199254740993' '"shards":9007199254740993'; do
        sed "s/${wrong%:*}:[0-9]*/$wrong/" now >changed
        tinyelf mutate --merge --json changed
        exits 1
        says "'$(cut -d '"' -f 2 <<<"$wrong")' should be"
        [ -z "$output" ]
    done
}

@test "stages: JSON is as its schema says, of programs that are made, fail and run, with exact twins" {
    traced
    bounded stages --json -o kept "$SOURCE/asm/hello.c" >stages-made
    bounded stages --json --run -o run "$SOURCE/asm/hello.c" >stages-run
    cmp stages-made kept/stages.json
    echo 'int main(void) { return missing(); }' >wrong.c
    bounded stages --json wrong.c >stages-wrong 2>said || true
    echo 'int main(void) { return 0 }' >syntax.c
    bounded stages --json syntax.c >stages-syntax 2>said || true
    find . -maxdepth 1 -name 'stages-*' -size 0 -delete
    [ -e stages-made ]
    contract stages stages-*
    # A compiler whose objects have .text of 2^62 bytes, and relocations of one byte each.
    cat >patching <<'S'
#!/bin/bash
cc "$@" || exit
[[ " $* " == *" -c "* ]] || exit 0
object=$(sed 's/.* -o \([^ ]*\).*/\1/' <<<" $* ")
python3 - "$object" <<'P'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
at, = struct.unpack_from("<Q", data, 40)
count, = struct.unpack_from("<H", data, 60)
for header in range(at, at + 64 * count, 64):
    kind, flags = struct.unpack_from("<IQ", data, header + 4)
    if flags & 4 and struct.unpack_from("<Q", data, header + 32)[0]:
        struct.pack_into("<Q", data, header + 32, 2**61 + 1)
    if kind == 4:
        struct.pack_into("<Q", data, header + 32, 2**61 + 3)
        struct.pack_into("<Q", data, header + 56, 1)
open(sys.argv[1], "wb").write(data)
P
S
    chmod +x patching
    bounded stages --json --cc ./patching -o patched "$SOURCE/asm/hello.c" >patched.json 2>said || true
    contract --large 3 stages patched.json
}

@test "encode: JSON is as its schema says, of instructions and of errors" {
    bounded encode --json --all --ask 'lock add dword [fs:r12+rcx*4+0x10], 5' >encode-one
    printf '%s\n' 'mov rax, 1' 'mvo rax, 1' 'mov rax' '' 'add al, 300' 'rep stosq' 'jmp 0x10' 'mov rax, [0x1000]' 'cpuid' 'mov byte [rax], 5' |
        timeout 60 "$TINYELF" encode --json - >encode-lines 2>said || true
    [ "$(wc -l <encode-lines)" -eq 9 ]
    bounded encode --json --bits 32 'jmp 0x33:0x1000' >encode-far
    contract encode encode-*
}

@test "syscall: JSON is as its schema says, of every call" {
    bounded syscall --json --list >syscall-all
    bounded syscall --json --list --abi i386 >syscall-i386
    for call in write 60 socketcall accept; do
        bounded syscall --json $call >syscall-$call
    done
    contract syscall syscall-*
}

@test "--help of each command with JSON names its schema, which is there" {
    "$TINYELF" --print-options | awk -F '\t' '$1 == "json" { print $2, $3 }' >all
    [ "$(wc -l <all)" -ge 8 ]
    while read -r command version; do
        COLUMNS=100 "$TINYELF" "$command" --help | tail -n 3 | tr '\n' ' ' >help
        grep -q "JSON: version $version, as its schema $SOURCE/docs/schema/$command.json says" help
        [ -r "$SOURCE/docs/schema/$command.json" ]
    done <all
    run -0 bash -c "'$TINYELF' dump --help | grep -c schema || true"
    [ "$output" = 0 ]
}

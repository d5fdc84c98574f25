#!/usr/bin/env bats
# tinyelf step: the shown registers, memory and end are compared with gdb and with the program's own end.
load ../support/setup
load ../support/step_setup

@test "the lecture's program has eight steps, and each is shown completely" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    step ./hello
    exits 0
    [ -z "$stderr" ]
    diff - <(echo "$output") <<'E'
./hello: 178 bytes, starts at 0x10078, in 64-bit code
cs 0x33, its low two bits 3: CPL 3, as the processor shows it;
in the kernel it is 0, by architecture, not measured
   1  0x10078 +0x78     48 c7 c0 01 00 00 00     mov rax,0x1
      rax 0x0 -> 0x1
   2  0x1007f +0x7f     48 c7 c7 01 00 00 00     mov rdi,0x1
      rdi 0x0 -> 0x1
   3  0x10086 +0x86     48 c7 c6 a6 00 01 00     mov rsi,0x100a6
      rsi 0x0 -> 0x100a6
   4  0x1008d +0x8d     48 c7 c2 0c 00 00 00     mov rdx,0xc
      rdx 0x0 -> 0xc
Hello world
   5  0x10094 +0x94     0f 05                    syscall
      asks the kernel: write (1)
      rdi fd=1, rsi buf=0x100a6 "Hello world\n", rdx count=12
      the kernel answers: 12
      rax 0x1 -> 0xc, rcx 0x0 -> 0x10096, r11 0x0 -> 0x202
      output 1: "Hello world\n"
   6  0x10096 +0x96     48 c7 c0 e7 00 00 00     mov rax,0xe7
      rax 0xc -> 0xe7
   7  0x1009d +0x9d     48 c7 c7 00 00 00 00     mov rdi,0x0
      rdi 0x1 -> 0x0
   8  0x100a4 +0xa4     0f 05                    syscall
      asks the kernel: exit_group (231)
      rdi status=0
ended with status 0 after 8 steps
E
}

@test "the 32-bit program shows the 32-bit code segment, registers and call numbers" {
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    ./hello32 >/dev/null || skip "this kernel runs no 32-bit programs (CONFIG_IA32_EMULATION)"
    step ./hello32
    exits 0
    [[ $output = *", in 32-bit code"*"cs 0x23, its low two bits 3: CPL 3"* ]]
    [[ $output = *"      eax 0x0 -> 0x4"* ]]
    [[ $output = *"asks the kernel: write (4) of i386
      ebx fd=1, ecx buf=0x10076 \"Hello world\\n\", edx count=12
      the kernel answers: 12
      eax 0x4 -> 0xc"* ]]
    [[ $output != *rax* ]]
}

@test "an instruction that ring 3 may not execute is named, with the fault and CPL 3" {
    "$TINYELF" build "$SOURCE/asm/ring3.s" -o ring3
    arguments=()
    for what in hlt "in al,0x64" "mov rax,cr0"; do
        step ./ring3 "${arguments[@]}"
        exits $((128 + 11))
        reason="a privileged instruction: for ring 0 only"
        [[ $what != in* ]] || reason="an I/O instruction: neither iopl nor ioperm allows it"
        [[ $output = *"  $what
"*"      SIGSEGV: the instruction faults at CPL 3
      general protection: $reason
killed by SIGSEGV "* ]]
        arguments+=(more)
    done
}

@test "faults are shown with their causes" {
    assembled fault <<<'_start: mov eax, [0x12345]'
    step ./fault
    exits $((128 + 11))
    [[ $output = *"SIGSEGV: the instruction faults at CPL 3, address 0x12345
      nothing is mapped there"* ]]
    assembled fault <<<'_start: div ecx'
    step ./fault
    exits $((128 + 8))
    [[ $output = *"SIGFPE: the instruction faults"*"division by zero"* ]]
    assembled fault <<<'_start: ud2'
    step ./fault
    exits $((128 + 4))
    [[ $output = *"ud2"*"SIGILL: the instruction faults"* ]]
    assembled fault <<'E'
_start: int3
    nop
E
    step ./fault
    exits $((128 + 5))
    [[ $output = *"int3"*"SIGTRAP"*"a breakpoint instruction
killed by SIGTRAP "*"after 1 step" ]]
}

@test "registers after each step, and all memory at the end, are the same as in gdb" {
    needs_gdb
    static_c program <<'E'
#include <stdio.h>
int main(void)
{
    return puts("Hello") < 0;
}
E
    alone "$TINYELF" step --until 2000 --record run.json "$PWD/program"
    run alone perl "$BATS_TEST_DIRNAME/../support/step_gdb.pl" run.json "$PWD/program"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "unusual instructions have the same effects as in gdb" {
    needs_gdb
    assembled odd <<'E'
_start:
    lea rsi, [rel source]
    lea rdi, [rel target]
    mov ecx, 5
    rep movsb
    mov ecx, 3
    add rdi, 200
    std
    rep stosw
    cld
    mov eax, 77
    bts [rel target + 32], eax
    mov rax, -9
    btc [rel target + 32], eax
    btc [rel target + 32], rax
    push word 0x1234
    push qword [rel source]
    pop qword [rsp - 16]
    push fs
    enter 32, 0
    leave
    call next
next:
    xchg [rsp], rax
    lock cmpxchg [rel target + 8], rcx
    mov rax, [rel target + 8]
    lock cmpxchg [rel target + 8], rcx
    cmpxchg16b [rel target + 64]
    fld1
    fldpi
    fstp qword [rel target + 16]
    fnstenv [rel target + 96]
    fnsave [rel target + 160]
    movups xmm3, [rel source]
    movups [rel target + 48], xmm3
    movhps [rel target + 24], xmm3
    fxsave64 [rel area]
    xor eax, eax
    setz [rel target + 40]
    mov eax, [rsp]
    mov ebx, 8
    mov dword [rsp + rbx * 2 - 64], 0x11223344
    stmxcsr [rel target + 320]
    lea rdi, [rel target + 340]
    maskmovdqu xmm3, xmm3
    neg qword [rel target]
    lodsb
    mov eax, 158
    mov edi, 0x1002
    lea rsi, [rel target]
    syscall
    mov dword [fs:4], 0x55667788
    mov eax, 60
    xor edi, edi
    syscall
section .data align=64
source: db 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    align 64
target: times 512 db 0
area: times 4096 db 0
E
    # Everything except the end.
    alone "$TINYELF" step --record run.json "$PWD/odd"
    count=$(grep -c '"kind":"ran"' run.json)
    [ "$count" -gt 50 ]
    alone "$TINYELF" step --until "$count" --record run.json "$PWD/odd"
    run alone perl "$BATS_TEST_DIRNAME/../support/step_gdb.pl" run.json "$PWD/odd"
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "changes of vector registers, x87 registers and flags are shown by name" {
    assembled vectors <<'E'
_start:
    movups xmm2, [rel source]
    fld1
    stc
    mov eax, 60
    xor edi, edi
    syscall
source: db 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
E
    step ./vectors
    exits 0
    [[ $output = *"      xmm2: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
         -> 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10"* ]]
    [[ $output = *"      st0: 00 00 00 00 00 00 00 00 00 00 -> 00 00 00 00 00 00 00 80 ff 3f"* ]]
    [[ $output = *"eflags 0x202 -> 0x203 +CF"* ]]
}

@test "flags that stepping sets are in no register or memory of the program, and it sees none" {
    # It collects the flags that syscall, pushf and popf leave, and exits with the trap flag of any of them.
    assembled flags <<'E'
_start:
    mov eax, 39
    syscall
    mov ebx, r11d
    pushf
    pop rcx
    or ebx, ecx
    pushf
    popf
    nop
    mov eax, 39
    syscall
    or ebx, r11d
    pushfw
    pop cx
    or ebx, ecx
    std
    lea rdi, [rsp - 16]
    mov ecx, 3
    rep stosb
    cld
    mov edi, ebx
    shr edi, 8
    and edi, 3
    mov eax, 60
    syscall
E
    status=0
    ./flags || status=$?
    [ "$status" -eq 2 ]
    step ./flags
    exits 2
    [[ $output = *"r11 0x0 -> 0x202"* ]]
    [[ $output = *"]: 00 00 00 00 00 00 00 00 -> 02 02 00 00 00 00 00 00"* ]]
    not grep -E '[+-](TF|RF)' <<<"$output"
    not grep -E ' -> .. 03' <<<"$output"
    # The trap flag that a program sets itself is shown.
    assembled traps <<'E'
_start:
    pushf
    or dword [rsp], 0x100
    popf
    pushf
    pop rbx
    pushf
    and dword [rsp], ~0x100
    popf
    mov eax, 39
    syscall
    mov edi, r11d
    shr edi, 8
    and edi, 3
    mov eax, 60
    syscall
E
    step ./traps
    exits 2
    [ "$(grep -c '+TF' <<<"$output")" -eq 1 ]
    [ "$(grep -c -e '-TF' <<<"$output")" -eq 1 ]
    [[ $output = *"rbx 0x0 -> 0x302"* ]]
    # What the processor saves of a fault has RF, which is no program's.
    assembled fault <<<'_start: hlt'
    step ./fault
    exits $((128 + 11))
    [[ $output != *eflags* ]]
}

@test "after mov ss two instructions run in one step, which is shown" {
    assembled shadow <<'E'
_start:
    mov ax, ss
    mov ss, ax
    mov ebx, 5
    mov eax, 60
    mov edi, ebx
    syscall
E
    step ./shadow
    exits 5
    [[ $output = *"mov ss,ax
      rbx 0x0 -> 0x5,"*"the processor does not trap after this one: the next one ran, too"* ]]
}

@test "an instruction that the kernel emulates is a step, or says that the next one ran with it" {
    for what in "sgdt [rsp]" "sidt [rsp]" "smsw eax" "smsw [rsp]" "sldt eax" "str eax"; do
        assembled emulated <<E
_start:
    sub rsp, 64
    $what
    inc ebx
    $what
    $what
    inc ebx
    mov edi, ebx
    mov eax, 60
    syscall
E
        expected=0
        ./emulated || expected=$?
        step ./emulated
        exits "$expected"
        # With UMIP and a kernel that does not emulate it, it faults.
        if [ "$expected" -eq $((128 + 11)) ]; then
            [[ $output = *"SIGSEGV: the instruction faults at CPL 3"* ]]
            continue
        fi
        [ "$expected" -eq 2 ]
        # Each that is followed by no step of its own has taken the next one along, the second both of them.
        notes=$(grep -c 'the kernel emulated this one, and no trap comes after that: the next' <<<"$output" || true)
        own=$(grep -c ' inc ebx$' <<<"$output" || true)
        [ $((notes + own)) -eq 2 ]
        [ "$notes" -eq 0 ] || [[ $output = *"the next ones ran, too"* ]]
    done
    # The page of vsyscalls, where the kernel has one.
    grep -q vsyscall /proc/self/maps || return 0
    assembled old <<'E'
_start:
    mov rax, 0xffffffffff600400
    xor edi, edi
    call rax
    nop
    mov eax, 60
    syscall
E
    ./old || skip "the kernel emulates no vsyscalls"
    step ./old
    exits 0
    [[ $output = *"(no instruction can be read here)"*"the next one ran, too"* ]] || [[ $output = *" nop
"* ]]
}

@test "self-modifying code is shown as it ran" {
    cat >smc.s <<'E'
bits 64
global _start
section .text write
_start: mov ecx, 2
again:  mov [rel patch + 1], cl
patch:  mov al, 0
    dec ecx
    jnz again
    mov eax, 60
    mov edi, 7
    syscall
E
    nasm -f elf64 smc.s && ld -N -o smc smc.o 2>/dev/null
    step ./smc
    exits 7
    [[ $output = *"mov al,0x2"*"mov al,0x1"* ]]
    [[ $output != *"mov al,0x0"* ]]
    [[ $output = *"]: 00 -> 02"*"]: 02 -> 01"* ]]
}

@test "memory that the kernel writes is shown" {
    assembled reads <<'E'
_start:
    sub rsp, 64
    xor eax, eax
    xor edi, edi
    mov rsi, rsp
    mov edx, 64
    syscall
    mov edi, eax
    mov eax, 60
    syscall
E
    run --separate-stderr timeout 20 "$TINYELF" step ./reads < <(printf 'abc')
    exits 3
    [[ $output = *"asks the kernel: read (0)"*"the kernel answers: 3"*" -> 61 62 63"* ]]
}

@test "a failed call shows errno's name and text" {
    assembled fails <<'E'
_start:
    mov eax, 3
    mov edi, 999
    syscall
    mov edi, eax
    neg edi
    mov eax, 60
    syscall
E
    step ./fails
    exits 9
    [[ $output = *"asks the kernel: close (3)
      rdi fd=999
      the kernel answers: -9 EBADF: Bad file descriptor"* ]]
}

@test "loops are shown iteration by iteration, also those of rep prefixes" {
    assembled loops <<'E'
_start:
    mov ecx, 3
l:  dec ecx
    jnz l
    lea rdi, [rsp - 32]
    mov ecx, 4
    mov al, 'x'
    rep stosb
    mov eax, 60
    syscall
E
    step ./loops
    [ "$(grep -c 'dec ecx' <<<"$output")" -eq 3 ]
    [ "$(grep -c 'rep stosb' <<<"$output")" -eq 4 ]
    [ "$(grep -c '\]: .. -> 78' <<<"$output")" -eq 4 ]
}

@test "signal handlers run, their frames are shown, and the program ends as without step" {
    static_c signals <<'E'
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
static volatile int seen;
static void handler(int number)
{
    seen = number;
}
int main(int argc, char **argv)
{
    int status;
    (void)argc;
    signal(SIGUSR1, handler);
    signal(SIGTRAP, handler);
    signal(SIGALRM, handler);
    switch (argv[1][0]) {
    case 'u': raise(SIGUSR1); return seen == SIGUSR1 ? 3 : 1;
    case 't': raise(SIGTRAP); return seen == SIGTRAP ? 4 : 1;
    case 'i': __asm__ volatile("int3"); return seen == SIGTRAP ? 5 : 1;
    case 'a': alarm(1); pause(); return seen == SIGALRM ? 6 : 1;
    case 'd': raise(SIGTERM); return 1;
    case 'f': if (fork() == 0) _exit(7); wait(&status); return WEXITSTATUS(status);
    case 'v': if (vfork() == 0) _exit(8); wait(&status); return WEXITSTATUS(status);
    }
    return 1;
}
E
    # Into a file: bash is slow with tens of thousands of lines.
    for case in u:3 t:4 i:5 a:6 d:143 f:7 v:8; do
        status=0
        "$TINYELF" step ./signals "${case%:*}" >text </dev/null || status=$?
        [ "$status" = "${case#*:}" ]
        case $case in
        [utia]:*) grep -q "the kernel calls the signal's handler" text ;;
        [fv]:*) grep -q "runs on its own: it is not stepped" text ;;
        esac
    done
}

@test "stepping continues in the program that execve starts" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    assembled becomes <<'E'
_start:
    mov eax, 59
    lea rdi, [rel name]
    push 0
    push rdi
    mov rsi, rsp
    xor edx, edx
    syscall
    hlt
name: db './hello', 0
E
    step --record run.json ./becomes
    exits 0
    [ "$output" = "Hello world" ]
    step ./becomes
    exits 0
    [[ $output = *"another program takes its place: "*"/hello"*"mov rax,0x1"*"output 1: \"Hello world"* ]]
    step --replay run.json --record again.json
    exits 0
    cmp run.json again.json
}

@test "--until stops before an address or after a number of steps, and kills the program" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    step --until 0x10094 ./hello
    exits 0
    [ "${lines[-1]}" = "stopped here after 4 steps" ]
    [[ $output != *"Hello world"$'\n'* ]]
    step --until 5 ./hello
    exits 0
    [ "${lines[-1]}" = "stopped here after 5 steps" ]
    [[ $output = *"Hello world"* ]]
    step --until 0 ./hello
    [ "${lines[-1]}" = "stopped here after 0 steps" ]
    assembled step-forever <<<'_start: jmp _start'
    step --until 1000 ./step-forever
    exits 0
    [ "${lines[-1]}" = "stopped here after 1000 steps" ]
    is_gone step-forever
}

# bats test_tags=long
@test "--until NAME: symbols of a static, a position-independent and a stripped program with FILE.debug" {
    cat >named.c <<'E'
static __attribute__((noinline)) int helper(int x)
{
    __asm__ volatile("");
    return x + 1;
}
int main(int argc, char **argv)
{
    (void)argv;
    return helper(argc);
}
__asm__(".globl _start\n_start: mov (%rsp), %edi\nlea 8(%rsp), %rsi\ncall main\nmov %eax, %edi\nmov $60, %eax\nsyscall");
E
    # Without a C library, whose start is a hundred thousand steps. The dynamic ones begin in the program interpreter.
    local bare="-O1 -nostdlib"
    gcc $bare -pie -o dynamic named.c || skip "gcc makes no programs"
    gcc $bare -fno-pie -no-pie -o fixed named.c
    gcc $bare -static-pie -o static-pie named.c || cp dynamic static-pie
    gcc $bare -pie -o stripped named.c
    objcopy --only-keep-debug stripped stripped.debug
    strip stripped
    local program name
    for program in dynamic fixed static-pie stripped; do
        # A local symbol; of one program a global one, too.
        for name in helper $([ "$program" != dynamic ] || echo main); do
            # The last three digits of an address are those of the file: pages are moved as a whole.
            from=$program
            [ "$program" != stripped ] || from=stripped.debug
            address=$(nm "$from" | sed -n "s/^0*\([0-9a-f]*\) [tT] $name\$/\1/p")
            # Into files: bash is slow with a hundred thousand lines.
            "$TINYELF" step --until "$name" --record run.json "./$program" >text </dev/null
            final_registers run.json >final
            grep -q "^rip 0x[0-9a-f]*${address: -3}$" final
            "$TINYELF" step --replay run.json --until "$name" >text
            [[ $(tail -n 1 text) = "stopped here after "* ]]
        done
    done
    # gdb stops there, too.
    if command -v gdb >/dev/null && setarch -R true 2>/dev/null; then
        theirs=$(setarch -R gdb -nx -batch -ex 'set startup-with-shell off' -ex 'break *helper' -ex run -ex 'info registers rip' ./dynamic 2>&1 </dev/null |
            sed -n 's/^rip *\(0x[0-9a-f]*\).*/\1/p')
        setarch -R "$TINYELF" step --until helper --record run.json ./dynamic </dev/null
        final_registers run.json >final
        grep -qx "rip $theirs" final
    fi
    step --until nonsense ./dynamic
    exits 1
    says "--until 'nonsense': ./dynamic has no such symbol; an address (0x...) or a number of steps needs none"
    step --until mian ./dynamic
    says "--until 'mian': ./dynamic has no such symbol: did you mean 'main'?"
    [ -z "$output" ]
    rm stripped.debug
    step --until main ./stripped
    exits 1
    says "--until 'main': ./stripped has no symbols, and there is no ./stripped.debug of this build"
    # FILE.debug of another build is none.
    cp fixed stripped.debug
    step --until main ./stripped
    exits 1
}

@test "Ctrl-C ends step and the program, also one that waits or stops itself" {
    assembled step-forever <<<'_start: jmp _start'
    assembled step-waits <<'E'
_start: mov eax, 34
    syscall
E
    assembled step-stops <<'E'
_start: mov eax, 39
    syscall
    mov edi, eax
    mov esi, 19
    mov eax, 62
    syscall
    mov eax, 60
    syscall
E
    for program in step-forever step-waits step-stops; do
        # A shell without job control starts background programs with SIGINT ignored.
        env --default-signal=INT "$TINYELF" step --record run.json "./$program" >out.txt </dev/null &
        ours=$!
        for _ in $(seq 400); do
            runs "$program" && break
            sleep 0.05
        done
        runs "$program"
        sleep 0.3
        kill -INT "$ours"
        status=0
        wait "$ours" || status=$?
        exits 130
        is_gone "$program"
        grep -q '"end":{"kind":"interrupted","number":2,.*"signal_name":"SIGINT"' run.json
    done
}

@test "if step is killed, the program is killed too" {
    assembled step-forever <<<'_start: jmp _start'
    "$TINYELF" step --record run.json ./step-forever >out.txt </dev/null &
    ours=$!
    for _ in $(seq 400); do
        runs step-forever && break
        sleep 0.05
    done
    kill -KILL "$ours"
    wait "$ours" || true
    is_gone step-forever
    [ ! -e run.json ]
}

@test "an output that cannot be written is an error, and no process or file is left" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    run --separate-stderr bash -c '"$TINYELF" step ./hello >/dev/full </dev/null'
    exits 1
    says "<stdout>: error: cannot write"
    mkdir folder
    step --record folder ./hello
    exits 1
    says "folder: error: "
    step --record missing/run.json ./hello
    exits 1
    holds_only folder hello
}

@test "--sandbox: the steps are the same, and so is what comes of them" {
    local name
    for name in hello hello32 exit; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name"
        ./"$name" >/dev/null || [ $? -ne 126 ] || continue
        step ./"$name"
        local plain=$output expected=$status
        step --sandbox ./"$name"
        exits "$expected"
        [ -z "$stderr" ]
        diff - <(echo "$output") <<<"$plain"
        sleep 0.2
    done
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat
    run --separate-stderr timeout 60 "$TINYELF" step --sandbox --record run.json ./cat <<<"some input"
    exits 0
    [ "$output" = "some input" ]
    rm cat
    run --separate-stderr timeout 60 "$TINYELF" step --replay run.json --record again.json
    [ "$output" = "some input" ]
    cmp run.json again.json
}

@test "--sandbox: --until, faults, refused calls and programs that need files" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    step --sandbox --until 0x10094 ./hello
    exits 0
    [ "$(echo "$output" | tail -n 1)" = "stopped here after 4 steps" ]
    sleep 0.2
    assembled fault <<<'_start: mov byte [0x10],1'
    step --sandbox ./fault
    exits 139
    [ -z "$stderr" ]
    [[ "$output" = *"SIGSEGV: the instruction faults at CPL 3, address 0x10"*"killed by SIGSEGV after 1 step" ]]
    sleep 0.2
    assembled asks <<'E'
_start: mov eax, 39
    syscall
E
    step --sandbox --record run.json ./asks
    exits 159
    [ "$stderr" = "tinyelf: ./asks: error: system call not allowed in the sandbox: getpid (number 39, x86-64); --allow identity permits it" ]
    step --replay run.json
    exits 159
    [[ "$output" = *"asks the kernel: getpid (39)
      the sandbox does not allow this call
killed by SIGSYS after 2 steps" ]]
    step --sandbox /bin/ls
    exits 1
    [ -z "$output" ]
    says "/bin/ls: error: it needs the interpreter"
}

@test "if ptrace is forbidden, step says so" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    [ -x "$BUILD/tests/forbid" ] || skip "tests/forbid is not built"
    run --separate-stderr timeout 20 "$BUILD/tests/forbid" ptrace "$TINYELF" step ./hello </dev/null
    exits 1
    says "cannot trace a program here: Operation not permitted"
    [ -z "$output" ]
}

@test "usage errors say what is wrong" {
    step
    exits 2
    says "no program given"
    step --until 5x ./hello
    exits 2
    says "--until '5x': it must be an address, 0x..., a number of steps, or a name"
    step --until "" ./hello
    exits 2
    step --recrod x ./hello
    exits 2
    says "did you mean '--record'"
    step --replay a.json ./hello
    exits 2
    says "--replay runs no program: './hello' is too much"
    step --record - ./hello
    exits 2
    step --time 3 ./hello
    exits 2
    says "--time, --memory and --tty are for the sandbox: add --sandbox"
    step --sandbox --time soon ./hello
    exits 2
    says "--time 'soon': it must be seconds"
    step --sandbox --replay a.json
    exits 2
    says "--replay runs no program: it needs no --sandbox"
    step ./missing
    exits 1
    says "./missing: error: "
    step no-such-program-anywhere
    exits 1
    says "no such program on PATH"
    echo nothing >text
    chmod +x text
    step ./text
    exits 1
    says "Linux does not accept it as a program"
    step --help
    exits 0
    holds_only text
}

@test "options after the program are the program's, and PATH is searched" {
    step --record run.json echo --help me
    exits 0
    grep -q '"arguments":\["echo","--help","me"\]' run.json
}

@test "a dynamically linked program is stepped with its linker, in lines of a hundred columns" {
    step true
    exits 0
    [[ $output = *"in "*/ld-linux*".so"* ]]
    not grep -qE '.{101}' <<<"$output"
    [[ ${lines[-1]} = "ended with status 0 after "* ]]
}

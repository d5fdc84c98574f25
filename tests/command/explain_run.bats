#!/usr/bin/env bats
# tinyelf explain and disasm with --run and --recording: what a run did with the bytes of the file.
load ../support/setup

# assemble NAME: builds a 64-bit program from the code on standard input.
assemble()
{
    { printf 'bits 64\nglobal _start\nsection .text write\n_start:\n'; cat; } >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" 2>/dev/null
}

# kept PROGRAM ARGUMENT...: keeps a run in recording.json.
kept()
{
    "$TINYELF" step --record recording.json "$@" >/dev/null 2>&1 </dev/null || true
}

# ran FILE: the offsets of the instructions that ran, as --recording says.
ran()
{
    "$TINYELF" explain --recording recording.json --format json "$1" |
        perl -MJSON::PP -0777 -e 'print join " ", map {$_->{offset}} @{decode_json(<STDIN>)->{run}{instructions}}'
}

# The 73 bytes whose magic number is code; it exits 42.
make_73()
{
    perl -e 'print pack "H*", "7f454c46b0e740b72a0f05000100000003003e000c000000000000000c0000000c00000000" .
        "00000000000000000038000100000000003800010000000000000000000000000000ebbb"' >tiny
    chmod +x tiny
}

@test "each instruction is marked, and a call is as strace writes it" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    kept ./hello
    tinyelf explain --recording recording.json hello
    exits 0
    grep -qxF 'run: 8 instructions; exit 0; 46 bytes executed, 12 read, 0 written' <<<"$output"
    grep -qE '^  0094  0f05 +instruction +syscall: write\(1, "Hello world\\n", 12\) = 12 +program ran$' <<<"$output"
    grep -qE '^  00a4  0f05 +instruction +syscall: exit_group\(0\) = \? +program ran$' <<<"$output"
    grep -qE '^  00a6  .*"Hello world\\n" +program read$' <<<"$output"
    [ "$(grep -c ' ran$' <<<"$output")" -eq 8 ]
    run ! grep -q 'not run' <<<"$output"
}

@test "a program of 73 bytes whose headers are code: exactly what ran" {
    make_73
    kept ./tiny
    [ "$(ran tiny)" = "0 4 6 9 71" ]
    tinyelf disasm --recording recording.json tiny
    exits 0
    [ "$(tail -n +2 <<<"$output")" = "jg 0xc00000047  ; ran
mov al,0xe7  ; ran
mov dil,0x2a  ; ran
syscall  ; ran: exit_group(42) = ?
jmp 0xc00000004  ; ran" ]
    tinyelf explain --recording recording.json tiny
    grep -qE 'ei_pad .* nobody  ran 2 of 7$' <<<"$output"
}

# 84 bytes: the program header begins at 24, in the ELF header; entry at byte 1 of the magic number. It exits 42.
make_84()
{
    perl -e 'print "\x7fELF", "\xb0\x3c\x40\xb7\x2a\xeb\x45", "\0" x 5, pack("vvVVVQVVVvvQQQ",
        2, 62, 1, 1, 5, 24, 24, 5, 0, 0, 56, 1, 1, 0), "\x0f\x05\xff\xff"' >golf
    chmod +x golf
}

@test "a program of 84 bytes with overlapping headers: the instructions of the recording, and no others" {
    make_84
    kept ./golf
    perl -MJSON::PP -0777 -e 'my %seen; $seen{hex $_->{offset}}++ for grep {defined $_->{offset}} @{decode_json(<STDIN>)->{instructions}};
        print join " ", sort {$a <=> $b} keys %seen' <recording.json >expected
    [ "$(cat expected)" = "1 6 9 80" ]
    [ "$(ran golf)" = "$(cat expected)" ]
    tinyelf disasm --recording recording.json golf
    [ "$(tail -n +2 <<<"$output")" = "mov al,0x3c  ; ran
mov dil,0x2a  ; ran
jmp 0x500000050  ; ran
syscall  ; ran: exit(42) = ?" ]
    tinyelf explain --recording recording.json golf
    grep -qE '^  0001  454c46b03c +instruction +mov al,0x3c +program ran$' <<<"$output"
    grep -qE ' ei_pad .* nobody  ran 2 of 7$' <<<"$output"
}

@test "what the program changed in its own code is told, and what it read and wrote" {
    assemble self <<'S'
        lea rsi, [rel table]
        mov ecx, 4
.again: lodsb
        loop .again
        mov byte [rel patched+2], 7
        lea rdi, [rel buffer]
        mov ecx, 3
        rep stosb
        jmp patched
        ud2
patched: mov dil, 1
        mov eax, 60
        syscall
table:  db 1, 2, 3, 4
buffer: times 4 db 0
S
    kept ./self
    tinyelf explain --recording recording.json self
    grep -qE 'mov dil,0x1 +program ran as 40b707, written 1 of 3$' <<<"$output"
    grep -qE '^run: .*; exit 7; .* 4 read, 4 written$' <<<"$output"
    grep -qE 'unclaimed, 8 bytes, read 4 of 8, written 3 of 8$' <<<"$output"
    grep -qE 'lodsb +program ran 4 times$' <<<"$output"
}

@test "a jump that went into an instruction leaves no reading of the whole one" {
    assemble overlap <<'S'
        rdtsc
        test rsp, rsp
        jnz .inside+1
.inside: db 0xb9
        mov al, 60
        db 0x31, 0xff
        syscall
S
    tinyelf disasm overlap
    grep -q '^mov ecx,0xff313cb0$' <<<"$output"
    kept ./overlap
    tinyelf disasm --recording recording.json overlap
    run ! grep -q 'mov ecx' <<<"$output"
    tinyelf disasm --recording recording.json overlap
    grep -qx 'xor edi,edi  ; ran' <<<"$output"
}

@test "--at says how often and which calls; hex source and nasm source have comments alone more" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    kept ./echo one two
    tinyelf explain --recording recording.json --at 0xde echo
    grep -qxF '  run       ran 4 times' <<<"$output"
    grep -qxF '  calls     write(1, "one", 3) = 3' <<<"$output"
    grep -qxF '            write(1, "\n", 1) = 1' <<<"$output"
    "$TINYELF" explain --recording recording.json --format hex echo >echo.hex
    grep -q '\[program\] ran 4 times$' echo.hex
    "$TINYELF" build echo.hex -o again
    cmp echo again
    "$TINYELF" disasm --recording recording.json --syntax nasm --whole echo >whole.s
    nasm -f bin whole.s -o again
    cmp echo again
    "$TINYELF" disasm --recording recording.json --syntax att echo | grep -q '^[a-z].*  # ran'
    "$TINYELF" explain --recording recording.json --format markdown echo | grep -q '| reader | run |$'
}

@test "the JSON says it for the file and for each claim" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    kept ./hello
    "$TINYELF" explain --recording recording.json --format json hello >run.json
    perl -MJSON::PP -0777 -e '
        my $all = decode_json(<STDIN>); my $run = $all->{run};
        $run->{steps} == 8 && $run->{steps_here} == 8 or die "steps";
        $run->{end}{status} == 0 && $run->{end}{words} eq "exit 0" && !defined $run->{end}{signal} or die "end";
        $run->{read}[0]{offset} == 0xa6 && $run->{read}[0]{length} == 12 or die "read";
        $run->{calls}[0]{number} == 1 && $run->{calls}[0]{arguments}[1] eq "0x100a6" or die "call";
        $run->{calls}[0]{texts}[0]{text} eq q{write(1, "Hello world\n", 12) = 12} or die "text";
        my @ran = grep {$_->{run}} @{$all->{claims}};
        @ran == 8 && $ran[0]{structure} eq "instruction" && $ran[0]{times} == 1 && $ran[0]{executed} == 7 or die "claims";
        my ($string) = grep {$_->{structure} eq "string"} @{$all->{claims}};
        !$string->{run} && $string->{read} == 12 && !defined $string->{times} or die "string"' <run.json
    "$TINYELF" explain --format json hello | perl -MJSON::PP -0777 -e 'my $all = decode_json(<STDIN>);
        exists $all->{run} || grep {exists $_->{run}} @{$all->{claims}} and die "without a run"; 1'
}

@test "the JSON with a run is as its schema says" {
    python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    kept ./echo one
    "$TINYELF" explain --recording recording.json --format json echo >run.json
    python3 - <<'P'
import json, jsonschema, os
schema = json.load(open(os.environ["SOURCE"] + "/docs/schema/explain.json"))
document = json.load(open("run.json"))
jsonschema.Draft202012Validator(schema).validate(document)
assert document["run"]["calls"] and document["run"]["instructions"] and "times" in document["claims"][0]
del document["run"]["end"]["words"]
assert not jsonschema.Draft202012Validator(schema).is_valid(document)
P
}

# bats test_tags=long
@test "of a dynamic program only its own file counts" {
    printf 'int main(void) { return 7; }\n' >main.c
    gcc -O0 -o main main.c
    kept ./main
    tinyelf explain --recording recording.json --at main main
    exits 0
    grep -qx '  run       ran' <<<"$output"
    tinyelf explain --recording recording.json main
    grep -qE '^run: [0-9]+ instructions, [0-9]+ of them in this file; exit 7; ' <<<"$output"
}

@test "a recording of another file is refused" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    kept ./hello
    cp hello other
    printf '\x48' | dd of=other bs=1 seek=170 conv=notrunc status=none
    tinyelf explain --recording recording.json other
    exits 1
    [ -z "$output" ]
    says "tinyelf: other: offset 0xaa: error: another file ran: its byte here is 0x6f, that of this one 0x48"
    printf x >>other
    tinyelf disasm --recording recording.json other
    exits 1
    says "another file ran: it has 178 bytes, this one 179"
    echo '{"format":"nothing"}' >recording.json
    tinyelf explain --recording recording.json hello
    exits 1
    says recording.json
}

@test "--run runs the file in the sandbox, keeps nothing, prints nothing of the program's, and exits 0" {
    make_73
    tinyelf disasm --run tiny
    exits 0
    [ -z "$stderr" ]
    [ "$output" = "; run: 5 instructions; exit 42; 11 bytes executed, 0 read, 0 written
jg 0xc00000047  ; ran
mov al,0xe7  ; ran
mov dil,0x2a  ; ran
syscall  ; ran: exit_group(42) = ?
jmp 0xc00000004  ; ran" ]
    holds_only tiny
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf explain --run hello
    exits 0
    run ! grep -qx 'Hello world' <<<"$output"
    holds_only hello tiny
}

@test "--run gives the same as a recording of the same run, on x86-64 and i386" {
    local name
    for name in hello hello32; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o $name
        kept ./$name
        "$TINYELF" explain --recording recording.json --format json $name >kept.json
        "$TINYELF" explain --run --format json $name >now.json
        cmp kept.json now.json
    done
}

@test "--run passes arguments, and --input what the program reads" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    tinyelf disasm --run echo -- one -n
    exits 0
    grep -qF 'write(1, "one", 3) = 3; write(1, " ", 1) = 1; write(1, "-n", 2) = 2' <<<"$output"
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    echo text >input
    tinyelf disasm --run --input input cat
    grep -qF 'read(0, "text\n", 65536) = 5; read(0, "", 65536) = 0' <<<"$output"
    tinyelf disasm --run cat </dev/zero
    grep -qF 'ran: read(0, "", 65536) = 0' <<<"$output"
    tinyelf disasm --run --input none cat
    exits 1
    says "none: error: cannot open: No such file or directory"
    tinyelf disasm --run - -- one <echo
    exits 0
    grep -qF 'write(1, "one", 3) = 3' <<<"$output"
}

@test "the sandbox kills at other calls, which is told; --no-sandbox lets it" {
    assemble getpid <<'S'
        mov eax, 39
        syscall
        mov eax, 60
        xor edi, edi
        syscall
S
    tinyelf disasm --run getpid
    exits 0
    says "tinyelf: getpid: note: the sandbox does not allow getpid, which ended it: --allow identity or --no-sandbox does"
    grep -qF '; run: 2 instructions; killed by SIGSYS' <<<"$output"
    grep -qx 'mov eax,0x3c  ; not run' <<<"$output"
    tinyelf disasm --run --no-sandbox getpid
    exits 0
    [ -z "$stderr" ]
    grep -qx 'mov eax,0x3c  ; ran' <<<"$output"
    grep -qE '^syscall  ; ran: getpid\(\) = [0-9]+$' <<<"$output"
}

@test "a program that never ends is stopped by count, and one that waits by time" {
    assemble forever <<'S'
.more:  inc eax
        jmp .more
S
    tinyelf disasm --run --steps 1001 forever
    exits 0
    [ "$output" = "; run: 1001 instructions; stopped after 1001 instructions; 4 bytes executed, 0 read, 0 written
inc eax  ; ran 501 times
jmp 0x10078  ; ran 500 times" ]
    assemble waits <<'S'
        mov eax, 35
        lea rdi, [rel span]
        syscall
span:   dq 1000, 0
S
    tinyelf disasm --run --time 1 waits
    exits 0
    grep -qF '; run: 2 instructions; stopped after 2 instructions, when its time was up;' <<<"$output"
}

@test "a signal ends the run, what ran until then is shown, and the command ends by the signal" {
    assemble forever <<'S'
.more:  jmp .more
S
    "$TINYELF" disasm --run forever >shown &
    local id=$! status=0
    # Long after the start, however busy the machine is.
    for _ in {1..100}; do
        sleep 0.1
        [ "$(awk '{print $14 + $15}' "/proc/$id/stat")" -lt 20 ] || break
    done
    kill -TERM "$id"
    wait "$id" || status=$?
    [ "$status" -eq 143 ]
    grep -qE '^; run: [0-9]+ instructions; interrupted; 2 bytes executed' shown
    holds_only forever forever.s shown
}

@test "a program that does not start: the error, and no report" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp hello wrong
    printf '\x39' | dd of=wrong bs=1 seek=54 conv=notrunc status=none
    tinyelf explain --run wrong
    exits 1
    [ -z "$output" ]
    says "tinyelf: wrong: error: Linux does not accept it as a program: Exec format error ('tinyelf check' says which field is to blame)"
    chmod -x hello
    tinyelf explain --run hello
    exits 1
    says "it is not executable ('chmod +x' makes it so)"
    printf 'int main(void) { return 7; }\n' >main.c
    gcc -O0 -o main main.c
    tinyelf explain --run main
    exits 1
    says "in the sandbox there are no files"
    says "main: note: --no-sandbox runs it with all that it needs"
    tinyelf explain --run --no-sandbox --time 600 main
    exits 0
    grep -qE '^run: [0-9]+ instructions, [0-9]+ of them in this file; exit 7; ' <<<"$output"
}

@test "a program that a signal kills: where" {
    assemble fault <<'S'
        mov eax, 1
        ud2
S
    tinyelf explain --run fault
    exits 0
    grep -qx 'run: 2 instructions; killed by SIGILL, which the instruction at file offset 0x7d raised; 7 bytes executed, 0 read, 0 written' <<<"$output"
}

@test "a private recording is enough" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    "$TINYELF" step --record private.json --private ./echo one >/dev/null
    kept ./echo one
    "$TINYELF" disasm --recording recording.json echo | sed -E 's/"(one|.n)"/(left out)/g' >expected
    "$TINYELF" disasm --recording private.json echo >shown
    diff expected shown
}

@test "usage errors: options that do not go together" {
    tinyelf explain --run --recording a b
    exits 2
    says "--run and --recording cannot be combined"
    tinyelf explain --input a b
    exits 2
    says "--input is for --run"
    tinyelf disasm --steps 5 b
    exits 2
    says "--steps is for --run"
    tinyelf explain --run --steps 0 b
    exits 2
    says "--steps '0': it must be a number of instructions, 1 or more"
    tinyelf explain --recording a b c
    exits 2
    says "one file at a time"
    tinyelf explain --run --memory b
    exits 2
    says "--memory shows the file before it runs"
}

@test "a call's number is that of the whole register" {
    printf 'mov rax,-5\nsyscall\nmov eax,60\nxor edi,edi\nsyscall\n' | assemble negative
    kept ./negative
    tinyelf explain --recording recording.json --format json negative
    exits 0
    grep -qF '"number":18446744073709551611,"number_hex":"0xfffffffffffffffb"' <<<"$output"
    grep -qF '"number":60,"number_hex":"0x3c"' <<<"$output"
}

@test "what ran in the same step as the instruction before it ran" {
    printf 'sgdt [rsp-32]\nnop\nmov eax,ss\nmov ss,eax\ninc ecx\nmov eax,60\nxor edi,edi\nsyscall\n' | assemble shadows
    tinyelf disasm --run shadows
    exits 0
    grep -qxF 'inc ecx  ; ran' <<<"$output"
    [ -z "$(grep -F 'not run' <<<"$output")" ]
}

@test "a recording without the program's bytes is not taken for that of a small file" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp hello large
    truncate -s 17000000 large
    kept ./large
    tinyelf explain --recording recording.json hello
    exits 1
    says "the recording does not have its bytes"
    tinyelf explain --recording recording.json --at 0x94 large
    exits 0
    grep -qF 'write(1,' <<<"$output"
}

@test "the lists that writev and readv take are read by the kernel" {
    assemble lists <<'E'
    mov eax, 20
    mov edi, 1
    lea rsi, [rel list]
    mov edx, 2
    syscall
    mov eax, 60
    xor edi, edi
    syscall
list: dq 0, 0, 0, 0
after: db "not read"
E
    tinyelf explain --run lists
    exits 0
    # Two entries, and nothing after them.
    [[ "$output" == *" executed, 32 read, 0 written"* ]]
}

@test "restart_syscall names the call that it resumes" {
    local _
    assemble sleeper <<'E'
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov eax, 35
    lea rdi, [rel longer]
    xor esi, esi
    syscall
    mov eax, 60
    xor edi, edi
    syscall
child:
    mov eax, 35
    lea rdi, [rel a_while]
    xor esi, esi
    syscall
    mov eax, 60
    xor edi, edi
    syscall
longer: dq 0, 400000000
a_while: dq 0, 100000000
E
    for _ in 1 2 3 4 5; do
        tinyelf explain --run --no-sandbox sleeper
        exits 0
        [[ $output != *'restart_syscall('* ]] || break
    done
    [[ $output == *'restart_syscall('* ]] || skip "SIGCHLD never came during the sleep: this machine is too busy"
    [[ $output == *'restart_syscall(<... resuming interrupted nanosleep'* ]]
}

@test "a note offers --no-sandbox for a program, not for a script" {
    printf '#!/bin/sh\necho\n' >script
    chmod +x script
    tinyelf explain --run script
    exits 1
    [ "$stderr" = "tinyelf: script: error: it needs the interpreter of a script (#!), and in the sandbox there are no files" ]
    tinyelf explain --run /bin/true
    says "note: --no-sandbox runs it with all that it needs"
    tinyelf explain script -- argument
    exits 2
    says "one file at a time; with --run, what follows FILE is the program's"
}

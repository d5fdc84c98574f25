#!/usr/bin/env bats
# tinyelf build: making programs from one input, and running them.
load ../support/setup

@test "NASM, GNU Intel and GNU AT&T syntax become the lecture's 178 bytes" {
    for name in hello hello-intel hello-att; do
        tinyelf build "$SOURCE/asm/$name.s" -o "$name"
        exits 0
        [ -z "$stderr" ]
        [ "$(stat -c %s "$name")" -eq 178 ]
        [ "$(sha256 "$name")" = "$LECTURE" ]
    done
}

@test "the lecture's file writes its text and exits with 0" {
    tinyelf build "$SOURCE/asm/hello.s" -o hello
    run ./hello
    [ "$status" -eq 0 ]
    [ "$output" = "Hello world" ]
}

@test "strace sees the lecture's two system calls" {
    command -v strace >/dev/null || skip "strace is not installed"
    tinyelf build "$SOURCE/asm/hello.s" -o hello
    run strace -o trace ./hello
    [ "$status" -eq 0 ] || skip "this machine does not let strace trace"
    run sed -E '/^execve/d; s/ += / = /' trace
    [ "${lines[0]}" = 'write(1, "Hello world\n", 12) = 12' ]
    [ "${lines[1]}" = 'exit_group(0) = ?' ]
    [ "${lines[2]}" = '+++ exited with 0 +++' ]
}

@test "exit.s ends with its status" {
    tinyelf build "$SOURCE/asm/exit.s" -o exit
    run ./exit
    [ "$status" -eq 42 ]
}

@test "echo.s prints its arguments" {
    tinyelf build "$SOURCE/asm/echo.s" -o echo
    run ./echo one "two  words" "" four
    [ "$output" = "one two  words  four" ]
    run ./echo
    [ "$output" = "" ]
    [ "$status" -eq 0 ]
    run sh -c './echo a >/dev/full'
    [ "$status" -eq 1 ]
}

@test "cat.s copies standard input, and its .bss takes no room in the file" {
    tinyelf build "$SOURCE/asm/cat.s" -o cat
    head -c 300000 /dev/urandom >data
    ./cat <data >copy
    cmp data copy
    [ "$(stat -c %s cat)" -lt 300 ]
}

@test "sections.s uses .text, .rodata, .data and .bss" {
    tinyelf build "$SOURCE/asm/sections.s" -o sections
    run ./sections
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 9 ]
    [ "${lines[8]}" = "line 9" ]
    readelf -lW sections | grep -q 'LOAD .* RWE 0x100'
}

@test "without -o, the output is named after the input" {
    cp "$SOURCE/asm/hello.s" .
    tinyelf build hello.s
    exits 0
    [ "$(sha256 hello)" = "$LECTURE" ]
    tinyelf build - <hello.s
    exits 0
    [ "$(sha256 a.out)" = "$LECTURE" ]
    holds_only a.out hello hello.s
}

@test "without -o, the output is in the working folder, as cc's is, and nothing beside the sources" {
    mkdir -p there/inner
    cp "$SOURCE/asm/hello.s" there/inner
    cp "$SOURCE/templates/hello.hex" there/inner/bytes.hex
    cp "$SOURCE/asm/hello.s" there/inner/-.s
    cp "$SOURCE/asm/hello.s" there/.s
    for path in there/inner/hello.s "$PWD/there/inner/hello.s" there/../there/inner/hello.s there/inner/./hello.s; do
        tinyelf build "$path"
        exits 0
        [ "$(sha256 hello)" = "$LECTURE" ]
        holds_only hello there
        rm hello
    done
    tinyelf build --base 0x10000 there/inner/bytes.hex
    exits 0
    [ "$(sha256 bytes)" = "$LECTURE" ]
    # A name that would be standard output is none.
    tinyelf build there/inner/-.s
    exits 0
    [ -z "$output" ]
    [ "$(sha256 ./-)" = "$LECTURE" ]
    # A name that is all suffix has nothing before it.
    tinyelf build --from nasm there/.s
    exits 0
    [ "$(sha256 a.out)" = "$LECTURE" ]
    # -g writes beside the output.
    tinyelf build -g there/inner/hello.s
    exits 0
    holds_only - a.out bytes hello hello.debug there
    [ "$(find there -type f | sort | paste -sd ' ')" = "there/.s there/inner/-.s there/inner/bytes.hex there/inner/hello.s" ]
}

@test "-o - writes to standard output" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o - >out
    [ "$(sha256 out)" = "$LECTURE" ]
}

@test "the language of standard input is detected" {
    tinyelf build - -o hello <"$SOURCE/asm/hello-att.s"
    exits 0
    [ "$(sha256 hello)" = "$LECTURE" ]
}

@test "a .S file is preprocessed, in either assembly language" {
    mkdir folder
    printf '#define STATUS 7\n' >folder/status.h
    printf '#include "status.h"\n.globl _start\n_start: movl $231, %%eax\n movl $STATUS, %%edi\n syscall\n' >folder/gnu.S
    tinyelf build folder/gnu.S -o gnu
    exits 0
    run ./gnu
    [ "$status" -eq 7 ]
    printf '#include "status.h"\nglobal _start\nsection .text\n_start: mov eax, 231\n mov edi, STATUS\n syscall\n' >folder/nasm.S
    tinyelf build folder/nasm.S -o nasm
    exits 0
    run ./nasm
    [ "$status" -eq 7 ]
}

@test "--from overrides the detected language" {
    printf '_start: nop\n' >bare.s
    tinyelf build --from gas --verbose bare.s -o out
    says "start: as --64"
    tinyelf build --from nasm --verbose bare.s -o out
    says "assembled without NASM"
}

@test "an object compiled by gcc is linked and runs" {
    command -v gcc >/dev/null || skip "gcc is not installed"
    cat >c.c <<'C'
static long call(long n, long a, const void *b, long c)
{
    long r;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return r;
}
static const char text[] = "from C\n";
int count = 3, zero;
int common_value __attribute__((common));
static const char *const table[] = {text, text + 5};
void _start(void)
{
    for (int i = zero + common_value; i < count; i++)
        call(1, 1, table[0], 7);
    call(231, zero, 0, 0);
}
C
    gcc -O1 -c -fno-pie -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables c.c -o c.o
    tinyelf build c.o -o c
    exits 0
    run ./c
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 3 ]
    # -ffunction-sections, PIC through PLT32 to a defined symbol
    printf 'int f(int a){return a*2;}\nvoid _start(void){__asm__("syscall"::"a"(231),"D"(f(21)));for(;;);}\n' >p.c
    gcc -O0 -c -fno-pie -ffunction-sections -ffreestanding -fno-stack-protector p.c -o p.o
    tinyelf build p.o -o p
    exits 0
    run ./p
    [ "$status" -eq 42 ]
}

@test "raw machine code gets 120 bytes of headers" {
    tail -c +121 <("$TINYELF" build "$SOURCE/asm/hello.s" -o -) >code.bin
    tinyelf build --from raw code.bin -o hello
    exits 0
    [ "$(sha256 hello)" = "$LECTURE" ]
    tinyelf build --from raw - -o hello2 <code.bin
    cmp hello hello2
}

@test "-e sets the entry point to a symbol or address" {
    printf 'bits 64\nglobal one\nsection .text\none: mov edi, 1\njmp end\ntwo: mov edi, 2\nend: mov eax, 231\nsyscall\n' >e.s
    tinyelf build -e one e.s -o e1
    exits 0
    run ./e1
    [ "$status" -eq 1 ]
    tinyelf build -e two e.s -o e2
    exits 0
    run ./e2
    [ "$status" -eq 2 ]
    tinyelf build -e 0x10087 e.s -o e3
    exits 0
    run ./e3
    [ "$status" -eq 2 ]
}

@test "base, alignment and OS/ABI are set by options" {
    tinyelf build --base 0x400000 --align 4096 --osabi none "$SOURCE/asm/hello.s" -o hello
    exits 0
    readelf -h hello | grep -q 'UNIX - System V'
    readelf -lW hello | grep -q 'LOAD  *0x000000 0x0000000000400000 0x0000000000400000 0x0000b2 0x0000b2 R E 0x1000'
    run ./hello
    [ "$output" = "Hello world" ]
    tinyelf build --osabi 0x61 "$SOURCE/asm/hello.s" -o hello
    [ "$(od -An -tx1 -j7 -N1 hello)" = " 61" ]
}

@test "NASM's own alignment of 16 is honoured" {
    printf 'global _start\nsection .text\n_start: mov eax, 60\nsyscall\n' >a.s
    tinyelf build a.s -o a
    [ "$("$TINYELF" dump -h a | grep Entry | grep -o '0x.*')" = 0x10080 ]
    [ "$(stat -c %s a)" -eq 135 ]
}

@test "the output's mode is 0755 without the umask's bits" {
    (umask 027 && "$TINYELF" build "$SOURCE/asm/hello.s" -o hello)
    [ "$(stat -c %a hello)" = 750 ]
    (umask 077 && "$TINYELF" build "$SOURCE/asm/hello.s" -o hello)
    [ "$(stat -c %a hello)" = 700 ]
}

@test "an output that is a symbolic link replaces its target, and a pipe is written to" {
    mkdir real
    touch real/old
    ln -s real/old link
    tinyelf build "$SOURCE/asm/hello.s" -o link
    exits 0
    [ -L link ]
    [ "$(sha256 real/old)" = "$LECTURE" ]
    mkfifo pipe
    cat pipe >copy &
    tinyelf build "$SOURCE/asm/hello.s" -o pipe
    wait
    [ -p pipe ]
    [ "$(sha256 copy)" = "$LECTURE" ]
}

@test "--verbose prints the steps" {
    tinyelf build --verbose "$SOURCE/asm/hello.s" -o hello
    exits 0
    says "read as NASM's assembly"
    says "assembled without NASM"
    says "entry 0x10078, 178 bytes in the file"
    [ "$(grep -c "golf" <<<"$stderr")" = 1 ]
    tinyelf build "$SOURCE/asm/hello.s" -o hello
    [ -z "$stderr" ]
}

@test "/dev/stdout, a pipe or a file, is written to in place" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o /dev/stdout | cat >piped
    [ "$(sha256 piped)" = "$LECTURE" ]
    [ -L /dev/stdout ]
    ln -s /proc/self/fd/1 link
    "$TINYELF" build "$SOURCE/asm/hello.s" -o link | cat >piped
    [ "$(sha256 piped)" = "$LECTURE" ]
    [ -L link ]
    tinyelf build --map "$SOURCE/asm/hello.s" -o link
    exits 2
    says "--map and -o link would both write to standard output"
    { printf 'head'; "$TINYELF" build "$SOURCE/asm/hello.s" -o link; } >both
    [ "$(stat -c %s both)" -eq 182 ]
    [ "$(head -c 4 both)" = head ]
}

@test "inputs that can be read only once are built" {
    mkfifo pipe.s
    cat "$SOURCE/asm/hello.s" >pipe.s &
    tinyelf build pipe.s -o one
    wait
    exits 0
    [ "$(sha256 one)" = "$LECTURE" ]
    run bash -c "'$TINYELF' build --from nasm <(cat '$SOURCE/asm/hello.s') -o two"
    [ "$(sha256 two)" = "$LECTURE" ]
    "$TINYELF" build --from nasm /dev/stdin -o three <"$SOURCE/asm/hello.s"
    [ "$(sha256 three)" = "$LECTURE" ]
    { read -r _; "$TINYELF" build --from gas - -o four; } < <(echo skipped; cat "$SOURCE/asm/hello-att.s")
    [ "$(sha256 four)" = "$LECTURE" ]
}

@test "file names may have a dash, an @, a colon, a blank and a newline" {
    for name in '-x.s' '@x.s' 'a:9:b.s' 'a b.s' $'a\nb.s'; do
        cp "$SOURCE/asm/hello-att.s" "./$name"
        tinyelf build -o out -- "$name"
        exits 0
        [ "$(sha256 out)" = "$LECTURE" ]
        printf '.text\nnonsense %%rax\n' >"./$name"
        tinyelf build -o bad -- "$name"
        exits 1
        says "tinyelf: ${name/$'\n'/\\x0a}:2: error: no such instruction"
    done
    # GNU tools would read this one as options.
    printf -- '-o pwned\n' >r.s
    cp "$SOURCE/asm/hello-att.s" @r.s
    tinyelf build @r.s -o out
    exits 0
    [ ! -e pwned ]
}

@test "an ignored SIGCHLD and NASMENV have no effect" {
    run bash -c "trap '' CHLD; NASMENV=-Znasm.err exec '$TINYELF' build '$SOURCE/asm/hello.s' -o out"
    [ "$status" -eq 0 ]
    [ "$(sha256 out)" = "$LECTURE" ]
    holds_only out
}

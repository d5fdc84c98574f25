#!/usr/bin/env bats
# tinyelf build with C sources, and the headers that they use instead of a C library.
load ../support/setup

# The command finds <tiny.h> beside itself; from another folder it is told where.
export TINYELF_TEMPLATES=$SOURCE/templates

compilers()
{
    command -v gcc
    command -v clang
    true
}

# Fails if the command succeeds; a bare ! would not fail a test.
nothing()
{
    ! "$@"
}

needs_compiler()
{
    command -v cc >/dev/null || skip "no C compiler is installed"
}

# Runs a program for either machine; 32-bit ones only if the kernel runs them.
runs()
{
    local file=$1
    shift
    run timeout 10 "./$file" "$@"
    if [ "$(od -An -t u1 -j 4 -N 1 "$file" | tr -d ' ')" -eq 1 ] && [ "$status" -eq 126 ]; then
        skip "this kernel does not run 32-bit programs"
    fi
}

@test "hello.c is built to 210 bytes or fewer, for either machine, by gcc and by clang" {
    needs_compiler
    for compiler in cc $(compilers); do
        tinyelf build --cc "$compiler" "$SOURCE/asm/hello.c" -o hello
        exits 0
        [ -z "$stderr" ]
        [ "$(stat -c %s hello)" -le 210 ] || { stat -c "$compiler: %s" hello; return 1; }
        runs hello
        [ "$status" -eq 0 ]
        [ "$output" = "Hello world" ]
        tinyelf build --cc "$compiler" --target i386 "$SOURCE/asm/hello.c" -o hello32
        exits 0
        [ "$(stat -c %s hello32)" -le 180 ] || { stat -c "$compiler -m32: %s" hello32; return 1; }
        runs hello32
        [ "$status" -eq 0 ]
        [ "$output" = "Hello world" ]
    done
}

@test "new --template c writes hello.c, and the command that it prints builds it" {
    needs_compiler
    tinyelf new --template c hello
    exits 0
    [ "$output" = "hello.c is made: tinyelf build hello.c" ]
    tinyelf build hello.c
    exits 0
    runs hello
    [ "$output" = "Hello world" ]
    holds_only hello hello.c
}

@test "strace sees the two system calls of hello.c" {
    needs_compiler
    command -v strace >/dev/null || skip "strace is not installed"
    tinyelf build "$SOURCE/asm/hello.c" -o hello
    run strace -o trace ./hello
    [ "$status" -eq 0 ] || skip "this machine does not let strace trace"
    run sed -E '/^execve/d; s/ += / = /' trace
    [ "${lines[0]}" = 'write(1, "Hello world\n", 12) = 12' ]
    [ "${lines[1]}" = 'exit_group(0) = ?' ]
}

@test "main gets argc, argv, envp and an aligned stack; its result is the exit status" {
    needs_compiler
    cat >main.c <<'C'
#include <tiny.h>
#include <tiny_memory.h>
int main(int argc, char **argv, char **envp)
{
    /* As compilers align what the processor must find aligned. */
    struct { _Alignas(16) char bytes[16]; } aligned;
    char *volatile at = aligned.bytes;
    if ((unsigned long)at % 16 != 0)
        return 99;
    for (int i = 1; i < argc; i++) {
        write(1, argv[i], strlen(argv[i]));
        write(1, "\n", 1);
    }
    if (argv[argc] != NULL)
        return 98;
    for (; *envp; envp++)
        if (memcmp(*envp, "TINY=", 5) == 0)
            write(1, *envp, strlen(*envp));
    return argc;
}
C
    for compiler in $(compilers); do
        for target in x86_64 i386; do
            for level in 0 1 2 3 s; do
                tinyelf build --cc "$compiler" --target $target --cflags "-O$level" main.c -o main
                exits 0
                TINY=yes runs main "one two" three
                [ "$output" = $'one two\nthree\nTINY=yes' ] || { echo "$compiler $target -O$level: $output"; return 1; }
                [ "$status" -eq 3 ]
            done
        done
    done
}

@test "a failed call returns -1 and sets errno; a large result is not an error" {
    needs_compiler
    cat >fail.c <<'C'
#include <tiny.h>
int main(void)
{
    errno = 0;
    if (write(1, "ok\n", 3) != 3 || errno != 0)
        return 1;
    if (write(77, "x", 1) != -1 || errno != 9)
        return 2; /* EBADF */
    if (open("/none/such", O_RDONLY) != -1 || errno != 2)
        return 3; /* ENOENT */
    if (tiny_result(-4095) != -1 || errno != 4095)
        return 4;
    if (tiny_result(-4096) != -4096 || errno != 4095)
        return 5;
    if (mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED || errno != 22)
        return 6; /* EINVAL */
    return 0;
}
C
    for compiler in $(compilers); do
        for target in x86_64 i386; do
            tinyelf build --cc "$compiler" --target $target fail.c -o fail
            exits 0
            runs fail
            [ "$status" -eq 0 ] || { echo "$compiler $target: $status"; return 1; }
        done
    done
}

@test "hello.c has no writable data: errno is omitted if it is never read" {
    needs_compiler
    for compiler in $(compilers); do
        tinyelf build --cc "$compiler" "$SOURCE/asm/hello.c" -o hello
        exits 0
        readelf -lW hello | grep -qE '^  LOAD .* R E '
    done
}

@test "files share errno if they ask for it" {
    needs_compiler
    printf '#define TINY_SHARED_ERRNO\n#include <tiny.h>\nint why(void);\nint main(void) { return close(77) ? why() : 0; }\n' >main.c
    printf '#define TINY_SHARED_ERRNO\n#include <tiny.h>\nint why(void) { return errno; }\n' >why.c
    for compiler in $(compilers); do
        for target in x86_64 i386; do
            tinyelf build --cc "$compiler" --target $target main.c why.c -o shared
            exits 0
            runs shared
            [ "$status" -eq 9 ]
        done
    done
}

@test "every wrapper of tiny.h makes its system call" {
    needs_compiler
    cat >calls.c <<'C'
#include <tiny.h>
static char bytes[16];
static struct timespec now, moment = {0, 1};
static int check(int line, int good)
{
    if (!good)
        exit(line);
    return 1;
}
#define CHECK(condition) check(__LINE__, condition)
int main(int argc, char **argv, char **envp)
{
    int ends[2], status = 0;
    if (argc > 1)
        return 42; /* the program that execve starts */
    CHECK(mkdir("folder", 0755) == 0);
    int file = open("folder/a", O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK(file >= 0 && write(file, "0123456789", 10) == 10);
    CHECK(lseek(file, 4, SEEK_SET) == 4 && read(file, bytes, 16) == 6 && bytes[0] == '4');
    char *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    CHECK(map != MAP_FAILED && map[9] == '9' && munmap(map, 4096) == 0);
    CHECK(ioctl(file, 0x5401, bytes) == -1 && errno == 25); /* no terminal: ENOTTY */
    CHECK(close(file) == 0 && close(file) == -1 && errno == 9);
    CHECK(rename("folder/a", "folder/b") == 0 && unlink("folder/a") == -1);
    CHECK(unlink("folder/b") == 0);
    CHECK(getrandom(bytes, 16, 0) == 16);
    CHECK(nanosleep(&moment, NULL) == 0);
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec > 1000000000);
    CHECK(pipe(ends) == 0 && dup2(ends[1], 9) == 9 && write(9, "p", 1) == 1);
    CHECK(read(ends[0], bytes, 1) == 1 && bytes[0] == 'p');
    CHECK(getpid() > 0 && kill(getpid(), 0) == 0);
    pid_t child = fork();
    if (child == 0) {
        char *arguments[] = {argv[0], argv[0], NULL};
        execve(argv[0], arguments, envp);
        return 1;
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 42 << 8);
    return 0;
}
C
    for compiler in $(compilers); do
        for target in x86_64 i386; do
            for level in 0 s 3; do
                rm -rf folder
                tinyelf build --cc "$compiler" --target $target --cflags "-O$level" calls.c -o calls
                exits 0
                runs calls
                [ "$status" -eq 0 ] || { echo "$compiler $target -O$level: line $status"; return 1; }
            done
        done
    done
}

@test "six arguments are passed in their registers, even if one is the frame pointer" {
    needs_compiler
    cat >six.c <<'C'
#include <tiny.h>
#define SYS_pselect6 TINY_BOTH(270, 308)
int main(int argc, char **argv)
{
    struct timespec time = {0, 1};
    struct {
        void *set;
        long size;
    } mask = {0, 8};
    return tiny_call6(SYS_pselect6, argc - 1, 0, 0, 0, (long)&time, (long)&mask) == 0 ? 0 : !argv[0] + 1;
}
C
    for compiler in $(compilers); do
        for target in x86_64 i386; do
            for flags in -O0 -Os -O3 "-O1 -fno-omit-frame-pointer" "-O2 -fPIC"; do
                case "$target $flags" in "i386 "*PIC) continue ;; esac
                tinyelf build --cc "$compiler" --target $target --cflags "$flags" six.c -o six
                exits 0
                runs six
                [ "$status" -eq 0 ] || { echo "$compiler $target $flags: $status"; return 1; }
                # A wrong sixth argument is refused, so it was passed.
                sed 's/mask = {0, 8}/mask = {(void *)8, 99}/' six.c >wrong.c
                tinyelf build --cc "$compiler" --target $target --cflags "$flags" wrong.c -o wrong
                exits 0
                runs wrong
                [ "$status" -eq 1 ] || { echo "$compiler $target $flags: the sixth is lost"; return 1; }
            done
        done
    done
}

@test "tiny.h has the kernel's call numbers, for both machines" {
    needs_compiler
    for machine in 64 32; do
        printf '#include <asm/unistd_%s.h>\n' $machine | cc -E -dM - >kernel 2>/dev/null ||
            skip "the kernel's headers are not installed (package linux-libc-dev)"
        names=$(sed -nE 's/^#define SYS_([a-z0-9_]+) .*/\1/p' "$SOURCE/asm/tiny.h")
        [ "$(wc -w <<<"$names")" -ge 20 ]
        [ $machine -eq 64 ] && other=mmap2 || other=mmap
        for name in $names; do
            [ "$name" = $other ] && continue
            printf '#include <tiny.h>\nTHE_NUMBER SYS_%s\n' "$name" >number.c
            ours=$(cc -m$machine -E -I "$SOURCE/asm" number.c | sed -n 's/THE_NUMBER //p')
            theirs=$(awk -v name="__NR_$name" '$2 == name {print $3}' kernel)
            [ "$ours" = "$theirs" ] || { echo "$machine $name: $ours, the kernel's is $theirs"; return 1; }
        done
        # The constants for arguments.
        printf '#include <tiny.h>\n' | cc -m$machine -E -dM -I "$SOURCE/asm" - |
            grep -E '^#define (O|SEEK|PROT|MAP|CLOCK)_[A-Z_]+ [0-9]' | grep -v MAP_FAILED | sort >ours
        [ "$(wc -l <ours)" -ge 15 ]
        while read -r _ name value; do
            printf '#include <asm/fcntl.h>\n#include <linux/mman.h>\n#include <linux/fs.h>\n#include <linux/time.h>\n#if %s != %s\n#error\n#endif\n' \
                "$name" "$value" | cc -m$machine -E - >expanded || { echo "$name"; return 1; }
            grep -q . expanded
        done <ours
    done
}

@test "compilers' own calls of memcpy, memmove, memset and memcmp work" {
    needs_compiler
    cat >memory.c <<'C'
#include <tiny.h>
#include <tiny_memory.h>
struct large { char bytes[3000]; } a, b;
static char text[32], expected[32];
static int fails(int size, int from, int to)
{
    for (int i = 0; i < 32; i++)
        text[i] = expected[i] = (char)('a' + i);
    for (int i = 0; i < size; i++)
        expected[to + i] = (char)('a' + from + i);
    return memmove(text + to, text + from, (size_t)size) != text + to || memcmp(text, expected, 32) != 0;
}
int main(int argc, char **argv)
{
    (void)argv;
    struct large *volatile to = &a, *volatile of = &b;
    memset(of, argc + 1, sizeof *of);
    *to = *of;
    if (a.bytes[0] != argc + 1 || a.bytes[2999] != argc + 1)
        return 1;
    for (int size = 0; size <= 8; size++)
        for (int from = 0; from < 16; from++)
            for (int at = 0; at < 16; at++)
                if (fails(size, from, at))
                    return 2;
    if (memcmp("abc", "abd", 3) >= 0 || memcmp("\xff", "a", 1) <= 0 || memcmp("a", "b", 0) != 0)
        return 3;
    return strlen("four") == 4 && strlen("") == 0 ? 0 : 4;
}
C
    for compiler in $(compilers); do
        for target in x86_64 i386; do
            for level in 0 1 2 3 s; do
                tinyelf build --cc "$compiler" --target $target --cflags "-O$level" memory.c -o memory
                exits 0
                runs memory
                [ "$status" -eq 0 ] || { echo "$compiler $target -O$level: $status"; return 1; }
            done
        done
    done
}

# bats test_tags=long
@test "the headers give no warnings, by both compilers, in C99 to C2x, with and without optimisation" {
    needs_compiler
    printf '#include "tiny.h"\n#include "tiny_memory.h"\nint main(void) { return open("a", O_RDONLY) + open("a", O_CREAT, 0644); }\n' >all.c
    sed '1i #define TINY_SHARED_ERRNO' all.c >shared.c
    for compiler in $(compilers); do
        for standard in c99 c11 c2x gnu17; do
            for level in 0 2 s; do
                for machine in 32 64; do
                    "$compiler" -std=$standard -O$level -m$machine -ffreestanding -Wall -Wextra -Wpedantic -Wshadow \
                        -Wconversion -Wstrict-prototypes -Werror -I "$SOURCE/asm" -c all.c shared.c
                done
            done
        done
    done
}

@test "a program may define its own _start" {
    needs_compiler
    printf '#define TINY_NO_START\n#include <tiny.h>\nvoid _start(void) { exit(7); }\n' >own.c
    tinyelf build own.c
    exits 0
    runs own
    [ "$status" -eq 7 ]
    printf 'int main(void) { return 0; }\n' >bare.c
    tinyelf build bare.c
    exits 1
    says "no entry: '_start' is not defined"
}

@test "a compiler's error is shown with the user's line and a caret" {
    needs_compiler
    printf 'int main(void)\n{\n\treturn undeclared;\n}\n' >wrong.c
    printf '#include "wrong.h"\nint main(void) { return f(); }\n' >includes.c
    printf 'static int f(void) { return undeclared; }\n' >wrong.h
    for compiler in $(compilers); do
        tinyelf build --cc "$compiler" wrong.c -o out
        exits 1
        says "tinyelf: wrong.c:3:9: error: "
        says $'     3 | \treturn undeclared;\n       | \t       ^'
        tinyelf build --cc "$compiler" includes.c -o out
        exits 1
        says "tinyelf: includes.c:1: note: included from here"
        says "wrong.h:1:29: error: "
        says $'     1 | static int f(void) { return undeclared; }\n       |                             ^'
        tinyelf build --cc "$compiler" --from c - -o out <wrong.c
        exits 1
        says "tinyelf: <stdin>:3:9: error: "
        tinyelf build --cc "$compiler" --cflags -fno-such-flag wrong.c -o out
        exits 1
        says "-fno-such-flag"
        nothing grep -q /dev/fd <<<"$stderr"
        # Only messages: without the compiler's carets and counts of errors.
        nothing grep -vE '^tinyelf: |^ +[0-9]+ \| |^ +\| +' <<<"$stderr"
    done
    holds_only includes.c wrong.c wrong.h
}

@test "a warning is shown, and the program is built" {
    needs_compiler
    printf '#include <tiny.h>\nint main(void) { int unused; puts("a: error: b"); return 0; }\nint puts(const char *text) { return (int)text[0]; }\n' >warn.c
    for compiler in $(compilers); do
        tinyelf build --cc "$compiler" --cflags "-Wall -std=gnu11 -Wno-error" warn.c
        exits 0
        says "warn.c:2:22: warning: unused variable 'unused' [-Wunused-variable]"
        nothing grep -q ': error:.*: b' <<<"$(grep ^tinyelf <<<"$stderr")"
    done
}

@test "a compiler that crashes, fails without a message or makes no object is an error" {
    printf 'int main(void) { return 0; }\n' >a.c
    script() { printf '#!/bin/sh\n%s\n' "$1" >compiler && chmod +x compiler; }
    script 'kill -SEGV $$'
    tinyelf build --cc ./compiler a.c
    exits 1
    says "a.c: error: the C compiler was killed by signal 11"
    script 'exit 3'
    tinyelf build --cc ./compiler a.c
    exits 1
    says "a.c: error: the C compiler failed with status 3"
    script 'echo no licence; exit 3'
    tinyelf build --cc ./compiler a.c
    exits 1
    says "a.c: error: no licence"
    script 'echo compiling; exit 0'
    tinyelf build --cc ./compiler a.c
    exits 1
    says "a.c: error: the C compiler made no object"
    script 'echo hello >&3'
    tinyelf build --cc ./compiler a.c
    exits 1
    says "a.c: error: not an object"
    script 'exec cat /dev/zero | head -c 100000000 >&2; exit 1'
    tinyelf build --cc ./compiler a.c
    exits 1
    holds_only a.c compiler
}

@test "without a compiler, the message names the package" {
    printf 'int main(void) { return 0; }\n' >a.c
    mkdir none
    run --separate-stderr env PATH="$PWD/none" "$TINYELF" build a.c
    exits 1
    says "no 'cc' on PATH, which this input needs: install the package gcc"
    run --separate-stderr env PATH="$PWD/none" "$TINYELF" build --cc clang-99 a.c
    exits 1
    says "no 'clang-99' on PATH, which this input needs: install the package clang-99"
    tinyelf build --cc no-such-compiler a.c
    exits 1
    says "no 'no-such-compiler' on PATH, which this input needs"
    tinyelf build --cc ./none/cc a.c
    exits 1
    says "cannot start './none/cc': No such file or directory"
}

@test "--cc is a path that may contain blanks, or words as in a shell" {
    needs_compiler
    mkdir "with blank"
    printf '#!/bin/sh\necho "$@" >>log\nexec cc "$@"\n' >"with blank/cc x"
    chmod +x "with blank/cc x"
    cp "$SOURCE/asm/hello.c" .
    tinyelf build --cc "./with blank/cc x" hello.c
    exits 0
    nothing grep -q STATUS log
    tinyelf build --cc "'./with blank/cc x' -DSTATUS=1" hello.c
    exits 0
    grep -q '^-DSTATUS=1 ' log
    tinyelf build --cc 'env FOO=1 cc' hello.c
    exits 0
    for wrong in "'cc" '"cc' 'cc \'; do
        tinyelf build --cc "$wrong" hello.c
        exits 2
        says "a quote is not closed"
        tinyelf build --cflags "$wrong" hello.c
        exits 2
    done
    tinyelf build --cc " " hello.c
    exits 2
    says "--cc names no compiler"
}

@test "--cflags are words, accumulate, and override" {
    needs_compiler
    printf '#include <tiny.h>\nint main(void) { write(1, TEXT, sizeof TEXT - 1); return STATUS; }\n' >a.c
    tinyelf build --cflags "-DTEXT='\"two  words\"'" --cflags '-DSTATUS=4 -USTATUS' --cflags -DSTATUS=5 a.c
    exits 0
    runs a
    [ "$output" = "two  words" ]
    [ "$status" -eq 5 ]
    tinyelf build --verbose --cflags "-DTEXT=\\\"\\\" -DSTATUS=0 -O0" a.c
    exits 0
    grep -q 'start: cc -c -Os .* -O0 -o /dev/fd/3' <<<"$stderr"
    # A flag that changes the machine is noticed in the object.
    tinyelf build --cflags "-m32 -DTEXT=\\\"\\\" -DSTATUS=0" a.c
    exits 0
    [ "$(od -An -t u1 -j 18 -N 1 a | tr -d ' ')" -eq 3 ]
    tinyelf build --target x86_64 --cflags "-m32 -DTEXT=\\\"\\\" -DSTATUS=0" a.c
    exits 1
    says "the object is for"
    tinyelf build --cflags -O0 --from hex a.c
    exits 2
    says "--cflags cannot be used with a hex source"
}

@test "C is read from files with odd names, from standard input, preprocessed, and with --from c" {
    needs_compiler
    for name in -dash.c @at.c "two words.c" $'new\nline.c' 'quote".c'; do
        cp -- "$SOURCE/asm/hello.c" "$name"
        tinyelf build -o hello -- "$name"
        exits 0
        runs hello
        [ "$output" = "Hello world" ]
        rm -- hello "$name"
    done
    tinyelf build --from c -o hello - <"$SOURCE/asm/hello.c"
    exits 0
    runs hello
    [ "$output" = "Hello world" ]
    mkdir folder && printf '#define STATUS 9\n' >folder/status.h
    printf '#include <tiny.h>\n#include "status.h"\nint main(void) { return STATUS; }\n' >folder/status.txt
    tinyelf build --from c folder/status.txt -o status
    exits 0
    runs status
    [ "$status" -eq 9 ]
    tinyelf build --from c -o status - <folder/status.txt
    exits 1
    cd folder
    tinyelf build --from c -o status - <status.txt
    exits 0
    cc -E -I "$SOURCE/asm" -x c status.txt -o status.i
    tinyelf build status.i
    exits 0
    runs status
    [ "$status" -eq 9 ]
    tinyelf build folder
    exits 1
}

@test "the environment's compiler options are ignored, its include folders are used" {
    needs_compiler
    mkdir include && printf '#define STATUS 6\n' >include/status.h
    printf '#include <tiny.h>\n#include <status.h>\nint main(void) { return STATUS; }\n' >a.c
    CPATH=$PWD/include DEPENDENCIES_OUTPUT=$PWD/dependencies GCC_COLORS="error=01;31" \
        CCC_OVERRIDE_OPTIONS="+-DSTATUS=8" tinyelf build a.c
    exits 0
    runs a
    [ "$status" -eq 6 ]
    holds_only a a.c include
}

@test "a .S file is preprocessed by the same compiler with the same flags" {
    needs_compiler
    printf '#include <status.h>\n.globl _start\n_start: movl $231, %%eax\n movl $STATUS, %%edi\n syscall\n' >gnu.S
    mkdir include && printf '#define STATUS 7\n' >include/status.h
    tinyelf build --cflags "-I include" gnu.S
    exits 0
    runs gnu
    [ "$status" -eq 7 ]
    tinyelf build --cc no-such-compiler gnu.S
    exits 1
    says "no 'no-such-compiler' on PATH"
}

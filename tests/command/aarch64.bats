#!/usr/bin/env bats
# AArch64: programs of machine code and objects are built, read and refused; qemu-aarch64 runs them.
load ../support/setup

# needs TOOL PACKAGE
needs()
{
    command -v "$1" >/dev/null || skip "$1 is not installed (package $2)"
}

# Writes exit.bin: mov x8, #93; mov x0, #42; svc #0.
write_exit()
{
    printf '\xa8\x0b\x80\xd2\x40\x05\x80\xd2\x01\x00\x00\xd4' >exit.bin
}

# Ends with 42 under qemu.
ends_with_42()
{
    local got=0
    qemu-aarch64 "$1" >out || got=$?
    [ "$got" -eq 42 ] || { echo "$1 ends with $got"; return 1; }
}

@test "a program of machine code has 64 and 56 bytes of headers, and runs" {
    write_exit
    tinyelf build --from raw --target aarch64 exit.bin -o program
    exits 0
    [ -z "$stderr" ]
    [ "$(xxd -p -c 200 program)" = "7f454c4602010103000000000000000002""00b70001000000780001000000000040000000000000000000000000\
0000000000000040003800010040000000000001000000050000000000000000000000000001000000000000000100000000008400000000000000\
84000000000000000001000000000000a80b80d2400580d2010000d4" ]
    [ -x program ]
    needs qemu-aarch64 qemu-user
    ends_with_42 ./program
}

@test "layouts, a stack, sections and other bases run as well" {
    write_exit
    needs qemu-aarch64 qemu-user
    for options in "--layout split" "--stack noexec" "--layout split --stack noexec" --sections "--base 0x400000" \
        "--base 0x7fff0000" "--align 0x10000" "--osabi none" "-e 0x10078"; do
        # shellcheck disable=SC2086 # words of a command
        tinyelf build --from raw --target aarch64 $options exit.bin -o program
        exits 0
        ends_with_42 ./program || { echo "$options"; return 1; }
    done
}

@test "a base suits pages of 64 KiB" {
    write_exit
    for base in 0x11000 0x4000 0x408000; do
        tinyelf build --from raw --target aarch64 --base $base exit.bin -o program
        exits 2
        says "base $base is not page-aligned: it must be a multiple of 0x10000"
    done
    holds_only exit.bin
    tinyelf build --from raw --target aarch64 --base 0x1000000000000 exit.bin -o program
    exits 2
    says "the end of user space, 0x1000000000000"
}

@test "what a source is made by is not there for AArch64, which is said" {
    for source in hello.s hello.c hello-att.s; do
        tinyelf build --target aarch64 "$SOURCE/asm/$source" -o program
        exits 1
        says "error: for AArch64, objects (.o), archives (.a) and machine code (--from raw) are accepted, but no sources"
    done
    tinyelf stages --target aarch64 "$SOURCE/asm/hello.c" -o hello
    exits 2
    says "--target 'aarch64'"
    holds_only
}

@test "dump prints what readelf prints; explain and compare read all but the code" {
    write_exit
    "$TINYELF" build --from raw --target aarch64 --layout split --stack noexec --sections exit.bin -o program
    "$TINYELF" dump -h -l -S program >ours
    readelf -h -l -S program >theirs
    diff theirs ours
    tinyelf explain --code none program
    exits 0
    [ -z "$stderr" ]
    [[ "$output" = *"e_machine        0xb7       AArch64"* ]]
    [[ "$output" = *"flags of the ABI; AArch64 has none"* ]]
    "$TINYELF" explain --code none program >none
    for code in flow all; do
        "$TINYELF" explain --code $code program | diff none -
    done
    tinyelf explain --format json program
    exits 0
    tinyelf compare program program
    exits 0
    [[ "$output" = *"machine  "*AArch64* ]]
}

@test "what needs a decoder, or Linux on that processor, refuses in words" {
    write_exit
    "$TINYELF" build --from raw --target aarch64 exit.bin -o program
    tinyelf check program
    exits 1
    [[ "$output" = *"e_machine is 183: this Linux starts 62 (x86-64) and 3 (i386)"* ]]
    tinyelf disasm program
    exits 1
    says "e_machine): error: code for AArch64 (183) is not known here, only x86's"
    tinyelf unfold program -o twin
    exits 1
    says "e_machine is 183 (AArch64): only programs for x86, 62, 3 or 6, are unfolded"
    holds_only exit.bin program
}

# Two objects that print a line and end with 42: data, zeros, constants, strings, a weak symbol, a table of jumps.
write_objects()
{
    cat >main.c <<'C'
static long ask(long number, long a, long b, long c)
{
    register long x8 asm("x8") = number, x0 asm("x0") = a, x1 asm("x1") = b, x2 asm("x2") = c;
    asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
}
const char text[] = "Hello world\n";
int counter;
long table[4] = {1, 2, 3, 36};
extern long twice(long);
extern int missing(void) __attribute__((weak));
void _start(void)
{
    ask(64, 1, (long)text, sizeof text - 1);
    for (int i = 0; i < 4; i++)
        counter += table[i];
    if (missing)
        counter += missing();
    ask(93, twice(counter / 2), 0, 0);
}
C
    cat >twice.c <<'C'
long factor = 2;
static const long *where = &factor;
long twice(long x)
{
    switch (x) {
    case 1: return 7;
    case 2: return 9;
    case 3: return 11;
    case 4: return 13;
    case 5: return 1;
    }
    return x * *where;
}
C
}

# runs_with_each COMPILER WORD...: compiles and links in each code model.
runs_with_each()
{
    write_objects
    for flags in -fno-pic -fPIC -fpic "-fno-pic -mcmodel=tiny" "-fno-pic -mcmodel=large" "-O2 -fno-pic" \
        "-O2 -fPIC -ffunction-sections -fdata-sections" "-g -fno-pic"; do
        # shellcheck disable=SC2086 # words of a command
        "$@" -c -O1 -ffreestanding -fno-stack-protector $flags main.c twice.c
        readelf -rW main.o twice.o | grep -o 'R_AARCH64_[A-Z0-9_]*' >>types
        for options in "" "--layout split" "-g --sections --no-gc-sections"; do
            # shellcheck disable=SC2086 # words of a command
            tinyelf build $options main.o twice.o -o program
            exits 0
            ends_with_42 ./program || { echo "$flags, $options"; return 1; }
            [ "$(cat out)" = "Hello world" ]
        done
    done
    for type in CALL26 ADR_PREL_PG_HI21 ADD_ABS_LO12_NC LDST64_ABS_LO12_NC ABS64 ADR_GOT_PAGE LD64_GOT_LO12_NC; do
        grep -qx "R_AARCH64_$type" types || { echo "no $type"; return 1; }
    done
}

# Debian's gcc-multilib, which 32-bit programs need, and its compilers for other processors exclude each other.
@test "objects of gcc are linked, in each code model, and run" {
    needs aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    needs qemu-aarch64 qemu-user
    runs_with_each aarch64-linux-gnu-gcc
    grep -qx R_AARCH64_LD64_GOTPAGE_LO15 types
}

@test "objects of clang are linked, in each code model, and run" {
    needs clang clang
    needs qemu-aarch64 qemu-user
    runs_with_each clang --target=aarch64-linux-gnu
}

@test "a member of an archive is linked, and an object for another machine is not" {
    needs clang clang
    needs aarch64-linux-gnu-ar binutils-aarch64-linux-gnu
    needs qemu-aarch64 qemu-user
    write_objects
    clang --target=aarch64-linux-gnu -c -O1 -ffreestanding -fno-stack-protector main.c twice.c
    aarch64-linux-gnu-ar rc twice.a twice.o
    tinyelf build main.o twice.a -o program
    exits 0
    ends_with_42 ./program
    tinyelf build --target x86_64 main.o twice.a -o program
    exits 1
    says "main.o: offset 0x12 (e_machine): error: the object is for AArch64 (183), but Advanced Micro Devices X86-64 was asked for"
    as --64 -o other.o "$SOURCE/asm/hello-att.s"
    tinyelf build main.o other.o -o program
    exits 1
    says "other.o: offset 0x12 (e_machine): error: the object is for Advanced Micro Devices X86-64 (62), but AArch64 was asked for"
}

@test "what a relocation cannot hold is refused with its place" {
    needs aarch64-linux-gnu-as binutils-aarch64-linux-gnu
    printf '.globl _start\n_start: bl far\nldr x0, [x0, :lo12:odd]\ntbz x0, #1, near\n' >uses.s
    aarch64-linux-gnu-as uses.s -o uses.o
    link()
    {
        printf '.globl far, odd, near\n.set far, %s\n.set odd, %s\n.set near, %s\n' "$@" >values.s
        aarch64-linux-gnu-as values.s -o values.o
        tinyelf build uses.o values.o -o program
    }
    link 0x10000 0x10008 0x10000
    exits 0
    link 0x8010078 0x10008 0x10000
    exits 1
    says "uses.o:(.text+0x0): error: R_AARCH64_CALL26 against 'far': 0x8000000 does not fit, 28 bits hold -0x8000000 to 0x7ffffff"
    link 0x10000 0x10009 0x10000
    exits 1
    says "uses.o:(.text+0x4): error: R_AARCH64_LDST64_ABS_LO12_NC against 'odd': 0x10009 is not a multiple of 8"
    link 0x10000 0x10008 0x18080
    exits 1
    says "uses.o:(.text+0x8): error: R_AARCH64_TSTBR14 against 'near': 0x8000 does not fit, 16 bits hold -0x8000 to 0x7fff"
}

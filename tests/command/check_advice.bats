#!/usr/bin/env bats
# tinyelf check: what it advises for files that are no programs for x86.
load ../support/setup
load ../support/check_setup

# advises FILE TEXT: check of the file says that this would do, in its JSON as well, and offers no value
advises()
{
    tinyelf check "$1"
    exits 1
    [ "${lines[2]}" = "  would work: $2" ] || { echo "$output"; return 1; }
    tinyelf check --json "$1"
    [ "$(key advice)" = "\"$2\"" ]
    [ "$(key would)" = null ]
}

# header FILE CLASS DATA TYPE MACHINE: the first bytes of a file for another processor, numbers in hexadecimal bytes
header()
{
    printf '7f454c46%s%s01000000000000000000%s%s%0192d' "$2" "$3" "$4" "$5" 0 | xxd -r -p >"$1"
}

@test "files that are no programs for x86 are named, and what they need" {
    printf 'int main(void) { return 0; }\n' >main.c
    gcc -c main.c -o main.o
    advises main.o "linking it, with ld or tinyelf build: it is an object file"
    header arm.o 02 01 0100 b700
    advises arm.o "linking it, with an ld for AArch64: it is an object file for that processor"
    header ppc.o 01 02 0001 0014
    advises ppc.o "linking it, with an ld for PowerPC: it is an object file for that processor"
    local size
    hello
    # All but the last two are refused for a field that is not there.
    for size in 4 7 16 17 40 54 55; do
        head -c "$size" hello >cut
        advises cut "the rest of it: the file ends inside its ELF header, which has 52 bytes with 32-bit addresses and 64 with 64-bit ones"
    done
    printf '#!/bin/sh\r\necho hi\r\n' >windows_lines
    chmod +x windows_lines
    run -127 ./windows_lines
    advises windows_lines "lines that end with a newline alone: the carriage return at the end of the first one is taken for a part of the name"
    printf '#!/nonexistent/sh\n' >unix_lines
    advises unix_lines "a path that exists and may be executed"
    ar rc main.a main.o
    advises main.a "linking its members: it is an archive of objects"
    gcc -shared -fPIC -Wl,-z,separate-code main.c -o main.so
    advises main.so "a program that uses it: it is a shared library, without an entry point"
    advises main.c "#! and an interpreter as its first line, such as #!/bin/sh, if it is a script; a build, if it is source"
    printf '\n#!/bin/sh\necho\n' >late
    advises late "#! as its first two bytes: something precedes it"
    printf '\xef\xbb\xbf#!/bin/sh\necho\n' >marked
    advises marked "#! as its first two bytes: something precedes it"
    printf 'MZ\x90\0\3\0\0\0' >windows
    advises windows "Windows, or wine: it is a PE program"
    printf '\xcf\xfa\xed\xfe\7\0\0\1' >mac
    advises mac "macOS: it is a Mach-O program"
    printf '\xca\xfe\xba\xbe\0\0\0\2' >fat
    advises fat "macOS: it is a Mach-O program"
    printf '\xca\xfe\xba\xbe\0\0\0\x41' >class
    advises class "java: it is a class for its machine"
    printf '\0asm\1\0\0\0' >module
    advises module "a runtime for WebAssembly: it is a module"
    hello
    gzip -kn hello
    advises hello.gz "its contents: gzip -d unpacks it"
    xz -k hello
    advises hello.xz "its contents: xz -d unpacks it"
    : >empty
    advises empty "a file that is not empty"
    header core 02 01 0400 3e00
    advises core "gdb: it is a core dump, the memory of a process"
    header bare 02 01 0200 3e00
    advises bare "linking it again: it has no program headers that Linux could use"
}

@test "programs for other processors are named, with QEMU's program for them" {
    local class data machine name program
    while read -r class data machine program name; do
        [ "$data" = 01 ] && type=0200 || type=0002
        header foreign "$class" "$data" "$type" "$machine"
        advises foreign "$program, which runs it here: it is a program for $name"
        [ -z "$(command -v qemu-x86_64)" ] || command -v "$program"
        tinyelf check foreign
        [ -z "$(grep -E 'for x86|x86 is' <<<"$output")" ]
    done <<'ROWS'
02 01 b700 qemu-aarch64 AArch64
01 01 2800 qemu-arm ARM
01 02 0028 qemu-armeb ARM
02 02 0016 qemu-s390x IBM S/390
02 02 0015 qemu-ppc64 PowerPC64
02 01 1500 qemu-ppc64le PowerPC64
01 02 0014 qemu-ppc PowerPC
02 01 f300 qemu-riscv64 RISC-V
01 01 f300 qemu-riscv32 RISC-V
01 02 0008 qemu-mips MIPS R3000
02 01 0800 qemu-mips64el MIPS R3000
02 01 0201 qemu-loongarch64 LoongArch
02 02 002b qemu-sparc64 Sparc v9
01 02 0004 qemu-m68k MC68000
02 01 2690 qemu-alpha Alpha
01 02 000f qemu-hppa HPPA
ROWS
    header foreign 02 01 0200 3200
    advises foreign "its own machine: it is a program for Intel IA-64"
    # A header that is not another processor's in class: x86's, with a wrong number.
    hello
    patch hello 0x12 2800
    tinyelf check hello
    [ "${lines[2]}" = "  would work: e_machine 62" ]
}

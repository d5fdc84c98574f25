#!/usr/bin/env bats
# Every kind of file that build makes is read alike by libelf (dump --verify), and by readelf without a warning.
load ../support/setup

# The files are well-formed: libelf finds in them what tinyelf finds, and readelf nothing to warn of.
well_formed()
{
    local file
    for file in "$@"; do
        "$TINYELF" dump --verify "$file" >verdict 2>&1 || { cat verdict; return 1; }
        grep -qF "$file: libelf reads the same" verdict || { cat verdict; return 1; }
        readelf -aW "$file" >read 2>warnings
        [ ! -s warnings ] || { echo "$file"; cat warnings; return 1; }
        ! grep -iE 'warning|error|corrupt' read || { echo "$file"; return 1; }
    done
}

# made NAME INPUT...: builds NAME of the inputs, once for each way of laying it out, and checks each.
made()
{
    local name=$1 way count=0
    shift
    for way in "" "--sections" "-g" "--layout split" "--layout split --sections" "--stack noexec" "--no-gc-sections --sections" \
        "--layout split --stack noexec -g --base 0x400000 --align 0x1000 --osabi 0"; do
        # shellcheck disable=SC2086 # options
        "$TINYELF" build $way "$@" -o "$name.$count" 2>messages || { cat messages; return 1; }
        well_formed "$name.$count"
        [[ " $way " != *" -g "* ]] || well_formed "$name.$count.debug"
        count=$((count + 1))
    done
}

@test "programs of every source of asm/ are well-formed, in every layout, and so are their debug files" {
    local source
    for source in "$SOURCE"/asm/*.s; do
        [[ $source != */ring3.s ]] || continue # its own test is below
        made "$(basename "$source" .s)" "$source"
    done
    made ring3 "$SOURCE/asm/ring3.s"
}

@test "programs in C are well-formed, of 64 and of 32 bits, with debugging information" {
    command -v cc >/dev/null || skip "there is no cc"
    made c "$SOURCE/asm/hello.c"
    printf '%s\n' '#include <tiny.h>' 'static int count[100] = {1};' 'int zeros[1000];' 'const char *names[] = {"a", "b"};' \
        'int main(int argc, char **argv) { zeros[argc]++; return count[argc] + names[argc & 1][0]; }' >data.c
    made data data.c
    printf 'int main(void) { return 42; }\nint _start(void) { return main(); }\n' >plain.c
    "$TINYELF" build -g --cflags -g3 plain.c -o plain
    well_formed plain plain.debug
    if echo 'int i;' | cc -m32 -x c -c -o /dev/null - 2>/dev/null; then
        made c32 --target i386 "$SOURCE/asm/hello.c"
    fi
}

@test "hex sources of templates, and the hex source of a file, make well-formed files" {
    local template
    for template in "$SOURCE"/templates/*.hex; do
        tinyelf build --base 0x10000 "$template" -o "$(basename "$template" .hex)"
        exits 0
        well_formed "$(basename "$template" .hex)"
    done
    "$TINYELF" build --sections "$SOURCE/asm/sections.s" -o sections 2>/dev/null
    "$TINYELF" explain --format hex sections >again.hex
    tinyelf build again.hex
    exits 0
    cmp sections again
    well_formed again
}

@test "raw machine code of three machines, and headers by hand, make well-formed files" {
    printf '\270\347\0\0\0\277\052\0\0\0\017\005' >code
    local target
    for target in x86_64 i386 aarch64; do
        made "raw.$target" --from raw --target "$target" code
    done
    tinyelf build -g "$SOURCE/docs/examples/headers.asm" -o headers
    exits 0
    well_formed headers headers.debug
    command -v fasm >/dev/null || return 0
    printf 'format ELF64 executable\nentry start\nsegment readable executable\nstart: mov edi, 42\nmov eax, 60\nsyscall\nsegment readable writeable\nn rb 9\n' >flat.fasm
    tinyelf build -g flat.fasm
    exits 0
    well_formed flat flat.debug
}

@test "programs of objects and of archives are well-formed, in every layout" {
    cp "$SOURCE/docs/examples/main.s" .
    sed 's/nowhere/greet/' "$SOURCE/docs/examples/greet.s" >greet.s
    as -o greet.o greet.s
    as -g -o main.o main.s
    ar rc libgreet.a greet.o
    made objects main.o greet.o
    made archive main.s libgreet.a
    nasm -g -F dwarf -f elf64 -o sections.o "$SOURCE/asm/sections.s"
    made nasm sections.o
    nasm -f elf32 -o hello32.o "$SOURCE/asm/hello32.s"
    made object32 hello32.o
    # A table for addresses, COMMON symbols, weak ones and merged strings.
    printf '%s\n' '.globl _start' '.weak nobody' '.comm shared, 64, 32' '_start: mov shared@GOTPCREL(%rip), %rax' \
        ' lea nobody(%rip), %rdi' ' movq text@GOTPCREL(%rip), %rsi' ' cmpq $0, nobody@GOTPCREL(%rip)' \
        '.section .rodata.str1.1, "aMS", @progbits, 1' 'text: .string "text"' '.string "unused"' \
        '.section .init_data, "aw"' '.quad _start, text, __start_names, __stop_names' \
        '.section names, "aR"' '.long 1' >odd.s
    sed -i 's/ lea nobody.*/ mov $nobody, %edi/' odd.s
    made odd odd.s
}

@test "many sections and symbols are counted alike" {
    {
        echo '.globl _start'
        echo '_start: ret'
        for i in $(seq 3000); do
            echo ".section .text.f$i, \"ax\""
            echo ".globl f$i"
            echo "f$i: .byte $((i % 256))"
            echo ".section .data.d$i, \"aw\""
            echo "d$i: .quad f$i"
        done
    } >many.s
    tinyelf build --no-gc-sections --sections many.s
    exits 0
    well_formed many
    tinyelf build --no-gc-sections -g many.s -o split --layout split
    exits 0
    well_formed split split.debug
}

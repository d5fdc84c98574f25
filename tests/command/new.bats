#!/usr/bin/env bats
# tinyelf new: programs to start from.
load ../support/setup

# The command finds its templates beside itself; from another folder it is told where.
export TINYELF_TEMPLATES=$SOURCE/templates

@test "every template is listed, builds with the printed options, and runs" {
    tinyelf new --list
    exits 0
    names=$(awk '{print $1}' <<<"$output")
    [ "$(wc -w <<<"$names")" -ge 10 ]
    for name in $names; do
        mkdir "$name"
        cd "$name"
        tinyelf new --template "$name" program
        exits 0
        file=$(ls)
        [ "$output" = "$file is made: tinyelf build $(sed 's/.*tinyelf build //' <<<"$output")" ]
        # shellcheck disable=SC2046
        tinyelf build $(sed 's/.*tinyelf build //' <<<"$output")
        exits 0
        [ -x program ]
        run ./program one two </dev/null
        case $name in
        hello32*) [ "$output" = "Hello world" ] || skip "this kernel does not run 32-bit programs" ;;
        hello*) [ "$output" = "Hello world" ] && [ "$(sha256 program)" = "$LECTURE" ] ;;
        exit | elf64) [ "$status" -eq 42 ] ;;
        elf32) [ "$status" -eq 42 ] || skip "this kernel does not run 32-bit programs" ;;
        echo) [ "$output" = "one two" ] ;;
        *) [ "$status" -eq 0 ] ;;
        esac
        cd ..
    done
}

@test "the header templates contain the name of every field" {
    for field in e_type e_machine e_version e_entry e_phoff e_shoff e_flags e_ehsize e_phentsize \
        e_phnum e_shentsize e_shnum e_shstrndx p_type p_flags p_offset p_vaddr p_paddr p_filesz \
        p_memsz p_align EI_CLASS EI_DATA EI_VERSION EI_OSABI EI_ABIVERSION; do
        for template in hello elf64 elf32; do
            grep -q "# $field" "$SOURCE/templates/$template.hex" || { echo "$template: $field"; return 1; }
        done
    done
}

@test "hex2 assembles the templates that need no extension" {
    command -v hex2 >/dev/null || skip "hex2 is not installed (package mescc-tools)"
    hex2 -f "$SOURCE/templates/elf32.hex" --architecture x86 --little-endian --base-address 0x10000 -o theirs
    "$TINYELF" build --base 0x10000 "$SOURCE/templates/elf32.hex" -o ours
    cmp theirs ours
}

@test "an existing file is not overwritten" {
    echo mine >hello.s
    tinyelf new hello
    exits 1
    says "hello.s: error: it exists already, and is left alone"
    [ "$(cat hello.s)" = mine ]
    tinyelf new hello.s
    exits 1
}

@test "a name that build takes for another language than the template's is refused" {
    for pair in hello:x.c hello:x.hex c:y.s elf64:z.s elf64:z.c hello:x.o; do
        tinyelf new --template "${pair%:*}" "${pair#*:}"
        exits 1
        says "tinyelf: ${pair#*:}: error: template '${pair%:*}' is a "
    done
    holds_only
    tinyelf new x.asm
    exits 0
    tinyelf build x.asm
    exits 0
}

@test "usage errors and missing templates are reported" {
    tinyelf new
    exits 2
    tinyelf new a b
    exits 2
    tinyelf new --template helo x
    exits 2
    says "did you mean 'hello'?"
    tinyelf new --lsit
    exits 2
    says "did you mean '--list'?"
    TINYELF_TEMPLATES=$PWD tinyelf new x
    exits 1
    says "list.txt: error: No such file or directory"
    tinyelf new missing/folder
    exits 1
    holds_only
}

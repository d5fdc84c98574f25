#!/usr/bin/env bats
# The library's public headers in every version of C and C++ that they are for, with both compilers.
load ../support/setup

# compile_all COMPILER SUFFIX VERSION...: each header alone, and a program that uses what is a macro, without a warning.
compile_all()
{
    local compiler=$1 suffix=$2 version header name
    shift 2
    command -v "$compiler" >/dev/null || skip "$compiler is missing"
    rm -rf sources && mkdir sources
    for header in "$SOURCE"/elfgen/include/elfgen.h "$SOURCE"/elfgen/include/elfgen/*.h; do
        name=${header#"$SOURCE"/elfgen/include/}
        printf '#include <%s>\n#include <%s>\nextern int declared;\n' "$name" "$name" >"sources/${name//\//-}.$suffix"
    done
    [ "$(find sources -type f | wc -l)" -ge 17 ]
    cat >"sources/use.$suffix" <<'END'
#include <elfgen.h>
static const struct elfgen_exec_options constant = ELFGEN_EXEC_DEFAULTS;
int main(void)
{
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    const uint32_t version = ELFGEN_LINUX(6, 18);
    return options.base == constant.base && version != 0 ? 0 : 1;
}
END
    for version in "$@"; do
        "$compiler" "-std=$version" -Wall -Wextra -pedantic -Werror -I "$SOURCE/elfgen/include" -fsyntax-only \
            sources/*."$suffix" || { echo "$compiler -std=$version"; return 1; }
    done
}

@test "every header compiles alone and without a warning in C11, C17, C2x and GNU C, with gcc" {
    compile_all gcc c c11 gnu11 c17 c2x
}

@test "every header compiles alone and without a warning in C11, C17, C2x and GNU C, with clang" {
    compile_all clang c c11 gnu11 c17 c2x
}

@test "every header compiles alone and without a warning in C++11 to C++23, with g++" {
    compile_all g++ cc c++11 c++14 c++17 c++20 c++2b
}

@test "every header compiles alone and without a warning in C++11 to C++23, with clang++" {
    compile_all clang++ cc c++11 c++14 c++17 c++20 c++2b
}

@test "the default options are those of the lecture's file, field by field" {
    cat >defaults.c <<'END'
#include <elfgen/image.h>
#include <string.h>
int main(void)
{
    const struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    return options.machine == 62 && options.osabi == 3 && options.permissions == 5 && options.base == 0x10000 &&
           options.align == 0x100 && options.zero_fill == 0 && options.entry == ELFGEN_ENTRY_FIRST &&
           options.stack == 0 ? 0 : 1;
}
END
    cc -I "$SOURCE/elfgen/include" defaults.c -o defaults
    ./defaults
}

@test "the headers define and undefine no macro without the library's prefix" {
    run grep -nE '^ *# *(define|undef) +' -r "$SOURCE/elfgen/include"
    [ "$status" -eq 0 ]
    run ! grep -vE '# *(define|undef) +ELFGEN_[A-Z]' <<<"$output"
}

@test "the fuzz target of the library calls every public function" {
    cat "$SOURCE"/elfgen/include/elfgen/*.h | tr '\n' ' ' | grep -oE 'ELFGEN_API [^;]*;' | grep -oE '\belfgen_[a-z0-9_]+\(' |
        sort -u >functions
    cat "$SOURCE"/tests/fuzz/library_*.c >calls
    [ "$(wc -l <functions)" -gt 90 ]
    while read -r name; do
        grep -qF "$name" calls || { echo "$name is not called"; return 1; }
    done <functions
}

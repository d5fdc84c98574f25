#!/usr/bin/env bats
# Installing the library and the command, and using them from another project. BUILD is the tree to install from.
load ../support/setup
: "${BUILD:=$SOURCE/build}"

@test "the installed library is found by pkg-config and by CMake, and works" {
    if nm "$BUILD/libelfgen-core.a" 2>/dev/null | grep -qE '__asan|__gcov'; then
        skip "an instrumented build is not for installing"
    fi
    cmake --install "$BUILD" --prefix "$PWD/prefix" >log
    for file in bin/tinyelf include/elfgen.h include/elfgen/image.h; do
        [ -f "prefix/$file" ]
    done
    # The schemas of JSON, and --help says where they are.
    [ "$(cd prefix/share/tinyelf/schema && printf '%s\n' *)" = "$(cd "$SOURCE/docs/schema" && printf '%s\n' *)" ]
    cmp prefix/share/tinyelf/schema/check.json "$SOURCE/docs/schema/check.json"
    [ ! -e "$BUILD/manual/pages/index.html" ] || for file in index.html style.css lecture/index.html schema/check.json; do
        [ -s "prefix/share/doc/tinyelf/html/$file" ]
    done
    # The autograder judges where it is installed.
    (cd prefix/share/doc/tinyelf/examples && [ "$(printf '%s\n' *.*)" = "$(cd "$SOURCE/docs/examples" && printf '%s\n' *)" ] &&
        [ "$(printf '%s\n' grade/*.task)" = "$(cd "$SOURCE/docs/exercises" && printf '%s\n' grade/*.task)" ])
    "$TINYELF" build "$SOURCE/asm/hello.s" -o judged
    TINYELF=prefix/bin/tinyelf prefix/share/doc/tinyelf/examples/grade/grade.sh prefix/share/doc/tinyelf/examples/grade/hello.task judged
    rm judged
    for command in check compare; do # compare may be the companion's
        COLUMNS=100 prefix/bin/tinyelf $command --help | tr '\n' ' ' |
            grep -qF "schema $(realpath prefix)/share/tinyelf/schema/$command.json"
    done
    [ "$(prefix/bin/tinyelf --version)" = "$("$TINYELF" --version)" ]
    # Completion and pages are where shells and man look for them; only a build without perl has none.
    [ ! -e "$BUILD/manual/completion.bash" ] || for file in bash-completion/completions/tinyelf \
        zsh/site-functions/_tinyelf fish/vendor_completions.d/tinyelf.fish \
        man/man1/tinyelf.1 man/man1/tinyelf-compare.1 man/man3/elfgen.3 man/man3/elfgen_write_exec.3 man/man5/tinyelf-hex.5; do
        [ -s "prefix/share/$file" ]
    done
    (mkdir made && cd made && ../prefix/bin/tinyelf new hello && ../prefix/bin/tinyelf build hello.s &&
        [ "$(sha256 hello)" = "$LECTURE" ] && [ "$(../prefix/bin/tinyelf disasm hello | wc -l)" -eq 8 ])
    # <tiny.h> is found beside the command, wherever that is installed.
    mv prefix moved
    (cd made && unset TINYELF_TEMPLATES && ../moved/bin/tinyelf new --template c main &&
        ../moved/bin/tinyelf build -v main.c 2>log && grep -q -- "-isystem $(realpath ../moved)/share/tinyelf/asm " log &&
        [ "$(./main)" = "Hello world" ])
    mv moved prefix
    PKG_CONFIG_PATH=$(dirname "$(find prefix -name elfgen.pc)")
    export PKG_CONFIG_PATH
    # shellcheck disable=SC2046
    cc "$SOURCE/docs/examples/emit.c" $(pkg-config --cflags --libs elfgen) -o emit
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir elfgen) ./emit >program
    chmod +x program
    run ./program
    [ "$status" -eq 42 ]
    [ "$(stat -c %s program)" -eq 132 ]
    printf '#include <elfgen.h>\nint main() { return elfgen_machine_name(62) && elfgen_structures[0].count ? 0 : 1; }\n' >cpp.cc
    # shellcheck disable=SC2046
    c++ -Wall -Wextra -Werror cpp.cc $(pkg-config --cflags --libs elfgen) -o cpp
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir elfgen) ./cpp
    version=$("$TINYELF" --version)
    cmake -S "$SOURCE/tests/install/stranger" -B stranger -DCMAKE_PREFIX_PATH="$PWD/prefix" -DELFGEN_WANTED="${version#tinyelf }" \
        -DEXAMPLE="$SOURCE/docs/examples/emit.c" >log
    cmake --build stranger >log
    for how in shared core static; do
        cmp program <(stranger/with-$how)
    done
}

@test "the library's page shows programs that compile and print what it says, and that are C++ as well" {
    if nm "$BUILD/libelfgen.a" 2>/dev/null | grep -qE '__asan|__gcov'; then
        skip "an instrumented build needs its instruments"
    fi
    cmake --install "$BUILD" --prefix "$PWD/prefix" >log
    PKG_CONFIG_PATH=$(dirname "$(find "$PWD/prefix" -name elfgen.pc)")
    LD_LIBRARY_PATH=$(dirname "$(find "$PWD/prefix" -name libelfgen.so)")
    export PKG_CONFIG_PATH LD_LIBRARY_PATH
    bash "$SOURCE/tests/support/run_page.sh" "$SOURCE/docs/library.md"
    # The page of the manual shows a compiler's last step.
    if command -v mandoc >/dev/null && [ -e prefix/share/man/man3/elfgen.3 ]; then
        bash "$SOURCE/tests/support/man_examples.sh" prefix/share/man/man3/elfgen.3 >elfgen.md
        grep -q '^\$ cc emit.c' elfgen.md
        PAGE_FILE=$SOURCE/docs/examples/emit.c bash "$SOURCE/tests/support/run_page.sh" elfgen.md
    fi
    # shellcheck disable=SC2046
    for language in "c -std=c11" "c++ -std=c++11" "c++ -std=c++20"; do
        cc -x $language -Wall -Wextra -pedantic -Werror "$SOURCE/docs/examples/assemble.c" -x none \
            $(pkg-config --cflags --libs elfgen) -o assemble
        ./assemble <"$SOURCE/asm/hello.s" >made
        [ "$(sha256sum <made)" = "$LECTURE  -" ]
        run ./assemble <<<'mov eax, [rax'
        [ "$status" -eq 1 ]
        [[ "$output" == *"1:"*": error: "* ]]
    done
    # shellcheck disable=SC2046
    cc "$SOURCE/docs/examples/sections.c" $(pkg-config --cflags --libs elfgen) -o sections
    for version in c++11 c++14 c++17 c++20; do
        # shellcheck disable=SC2046
        c++ "-std=$version" -Wall -Wextra -pedantic -Werror -x c++ "$SOURCE/docs/examples/sections.c" -x none \
            $(pkg-config --cflags --libs elfgen) -o sections-cc
        for layout in single split; do
            ./sections-cc $layout >made
            cmp made <(./sections $layout)
            chmod +x made
            run ./made
            [ "$status" -eq 26 ]
            [ "$output" = "Hello from four sections." ]
        done
        run ./sections-cc undefined
        [ "$status" -eq 1 ]
    done
}

# takes VERSION: whether find_package(elfgen VERSION) takes the installed package.
takes()
{
    mkdir -p finds
    printf 'cmake_minimum_required(VERSION 3.22)\nproject(finds NONE)\nfind_package(elfgen %s)\n%s\n' "$1" \
        'if(NOT elfgen_FOUND)
            message(FATAL_ERROR "not taken")
        endif()' >finds/CMakeLists.txt
    rm -rf found
    cmake -S finds -B found -DCMAKE_PREFIX_PATH="$PWD/prefix" >log 2>&1
}

@test "header, library, SONAME, package, pkg-config and command have one version, and agree what is compatible" {
    cmake --install "$BUILD" --prefix "$PWD/prefix" >log
    version=$("$TINYELF" --version)
    version=${version#tinyelf }
    [[ $version =~ ^([0-9]+)\.([0-9]+)\.([0-9]+)$ ]]
    major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]} patch=${BASH_REMATCH[3]}
    compatible=$major
    [ "$major" -ne 0 ] || compatible=0.$minor
    for library in prefix/lib/libelfgen.so prefix/lib64/libelfgen.so prefix/lib/*/libelfgen.so; do
        [ ! -e "$library" ] || break
    done
    readelf -dW "$library" | grep -F "Library soname: [libelfgen.so.$compatible]"
    [ -e "$(dirname "$library")/libelfgen.so.$version" ]
    PKG_CONFIG_PATH=$(dirname "$(find prefix -name elfgen.pc)")
    export PKG_CONFIG_PATH
    [ "$(pkg-config --modversion elfgen)" = "$version" ]
    cat >version.c <<'END'
#include <elfgen.h>
#include <stdio.h>
int main(void)
{
    return printf("%d.%d.%d %s %s %d\n", ELFGEN_VERSION_MAJOR, ELFGEN_VERSION_MINOR, ELFGEN_VERSION_PATCH,
                  ELFGEN_VERSION_TEXT, elfgen_version_text(), elfgen_version() == ELFGEN_VERSION) < 0;
}
END
    if ! nm "$BUILD/libelfgen-core.a" 2>/dev/null | grep -qE '__asan|__gcov'; then
        # shellcheck disable=SC2046
        cc version.c $(pkg-config --cflags --libs elfgen) -o version
        [ "$(LD_LIBRARY_PATH=$(dirname "$library") ./version)" = "$version $version $version 1" ]
    fi
    # The package takes what the SONAME takes: no other minor number below 1, no other major number from 1 on.
    for taken in "" "$version" "$major.$minor"; do
        takes "$taken" || { cat log; return 1; }
    done
    refused="$((major + 1)) $((major + 1)).0 $major.$((minor + 1)) $major.$minor.$((patch + 1))"
    [ "$minor" -eq 0 ] || [ "$major" -ne 0 ] || refused="$refused 0.$((minor - 1))"
    for other in $refused; do
        run takes "$other"
        [ "$status" -ne 0 ] || { echo "find_package(elfgen $other) takes $version"; return 1; }
    done
}

@test "from version 1 on, library and package are compatible with all of a major number" {
    mkdir source
    cp -r "$SOURCE/CMakeLists.txt" "$SOURCE/cmake" "$SOURCE/elfgen" "$SOURCE/manual" source
    sed -i 's/\(#define ELFGEN_VERSION_MAJOR\) .*/\1 1/; s/\(#define ELFGEN_VERSION_MINOR\) .*/\1 2/' \
        source/elfgen/include/elfgen/version.h
    cmake -S source -B built -DTINYELF_COMMAND=OFF -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS='-O0 -g0' >log
    cmake --build built -j2 >log
    cmake --install built --prefix "$PWD/prefix" >log
    library=$(find prefix -name libelfgen.so)
    readelf -dW "$library" | grep -F 'Library soname: [libelfgen.so.1]'
    [ -e "$(find prefix -name 'libelfgen.so.1.2.*')" ]
    for taken in 1 1.0 1.1 1.2; do
        takes $taken || { cat log; return 1; }
    done
    for other in 0 0.1 1.3 2; do
        run takes $other
        [ "$status" -ne 0 ]
    done
}

@test "every external name of the library begins with elfgen_, in the archives and in the shared library" {
    library=$(find "$BUILD" -maxdepth 1 -name 'libelfgen.so.*.*' | head -n 1)
    [ -n "$library" ]
    nm -D --defined-only "$library" | awk '{print $NF}' >names-shared
    # Names that a sanitizer or coverage adds begin with __, which the C standard reserves.
    for archive in libelfgen.a libelfgen-core.a; do
        nm -g --defined-only "$BUILD/$archive" | awk 'NF == 3 {print $3}' >"names-$archive"
    done
    for names in names-*; do
        grep -q '^elfgen_write_exec$' "$names"
        run grep -vE '^(elfgen_|_init$|_fini$|__|_edata$|_end$)' "$names"
        [ "$status" -eq 1 ] || { echo "$names: $output"; return 1; }
    done
}

@test "a program with its own functions decide(), offer(), map_file() ... links with both archives" {
    if nm "$BUILD/libelfgen.a" 2>/dev/null | grep -qE '__asan|__gcov'; then
        skip "an instrumented build needs its instruments"
    fi
    words="ask_script blame_entry blame_header blame_segment can_clear decide find_area
        find_interpreter find_room has_page load_interpreter load_program map_file map_zeros
        most_headers name_header name_segment offer put_area read_headers unmap"
    {
        printf '#include <elfgen.h>\n'
        for word in $words; do
            printf 'int %s(int);\nint %s(int value) { return value; }\n' "$word" "$word"
        done
        cat <<'END'
int main(void)
{
    static const unsigned char bytes[64] = {0x7f, 'E', 'L', 'F'};
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    elfgen_kernel_usual(&machine);
    return elfgen_kernel_ask(bytes, sizeof bytes, &machine, 0, &answer, 0) != ELFGEN_OK ||
           answer.verdict != ELFGEN_REFUSED || decide(3) + offer(4) != 7;
}
END
    } >own.c
    for archive in libelfgen.a libelfgen-core.a; do
        cc -I "$SOURCE/elfgen/include" own.c "$BUILD/$archive" -o own
        ./own
    done
}

@test "the core needs nothing but the memory and string functions of C" {
    # clang turns memcmp() == 0 into bcmp.
    if nm "$BUILD/libelfgen-core.a" 2>/dev/null | grep -qE '__asan|__gcov'; then
        skip "an instrumented build needs its instruments"
    fi
    nm "$BUILD/libelfgen-core.a" | awk '$1 == "U" {print $2}' | sort -u >needs
    nm --defined-only "$BUILD/libelfgen-core.a" | awk 'NF == 3 {print $3}' | sort -u >has
    comm -23 needs has | grep -vE '^(mem(cpy|move|set|cmp|chr)|bcmp|str(len|cmp|str)|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_)$' >outside || true
    cat outside
    [ ! -s outside ]
}

@test "the core has no writable data" {
    if nm "$BUILD/libelfgen-core.a" 2>/dev/null | grep -qE '__asan|__gcov'; then
        skip "an instrumented build has counters"
    fi
    # Only the dynamic linker writes .data.rel.ro.
    objdump -h "$BUILD/libelfgen-core.a" |
        awk '$2 ~ /^\.(data|bss|tdata|tbss)/ && $2 !~ /^\.data\.rel\.ro/ && $3 !~ /^0+$/ {print}' >writable
    cat writable
    [ ! -s writable ]
    objdump -h "$BUILD/libelfgen-core.a" | grep -q '\.rodata'
}

# Configures as on a machine where only the named tools and packages are found.
configure_blind()
{
    rm -rf tree
    run cmake -S "$SOURCE" -B tree -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF -DCMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH=OFF \
        -DCMAKE_MAKE_PROGRAM="$(command -v make)" -DCMAKE_C_COMPILER="$(command -v cc)" \
        -DCMAKE_AR="$(command -v ar)" -DCMAKE_LINKER="$(command -v ld)" "$@"
}

# The configuration stops with a message that contains a text.
stops()
{
    local expected=$1
    shift
    configure_blind "$@"
    [ "$status" -ne 0 ]
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"$expected"* ]] || { echo "$output"; return 1; }
}

@test "a missing dependency stops the configuration and its package is named" {
    stops "libelf is missing: install the package libelf-dev"
    found="-DLIBELF_INCLUDE_DIR=/usr/include -DLIBELF_LIBRARY=/usr/lib/libelf.so"
    # shellcheck disable=SC2086
    stops "Zydis is missing: install the package libzydis-dev" $found
    found="$found -DZYDIS_INCLUDE_DIR=/usr/include -DZYDIS_LIBRARY=/usr/lib/libZydis.so"
    # shellcheck disable=SC2086
    stops "libseccomp is missing: install the package libseccomp-dev" $found
    found="$found -DSECCOMP_INCLUDE_DIR=/usr/include -DSECCOMP_LIBRARY=/usr/lib/libseccomp.so"
    # shellcheck disable=SC2086
    stops "jansson is missing: install the package libjansson-dev" $found
    found="$found -DJANSSON_INCLUDE_DIR=/usr/include -DJANSSON_LIBRARY=/usr/lib/libjansson.so"
    # shellcheck disable=SC2086
    stops "ncurses is missing: install the package libncurses-dev" $found
    found="$found -DCURSES_INCLUDE_DIR=/usr/include -DCURSES_LIBRARY=/usr/lib/libncurses.so
        -DTINFO_LIBRARY=/usr/lib/libtinfo.so"
    # It does not stop without nasm, which the command asks for when it needs it, or without what only tests need.
    # shellcheck disable=SC2086
    configure_blind $found
    [ "$status" -eq 0 ]
    # shellcheck disable=SC2086
    stops "pkg-config is missing: install the package pkg-config" $found -DTINYELF_TESTS=ON
    found="$found -DTINYELF_TESTS=ON -DPKG_CONFIG_EXECUTABLE=$(command -v pkg-config)"
    # shellcheck disable=SC2086
    PKG_CONFIG_LIBDIR=$PWD stops "Check is missing: install the package check" $found
    # shellcheck disable=SC2086
    stops "perl is missing: install the package perl" $found
    # shellcheck disable=SC2086
    stops "bats is missing: install the package bats" $found -Dperl_PROGRAM=/usr/bin/perl
}

@test "a project that adds the sources gets only the library, and keeps its own settings" {
    cmake -S "$SOURCE/tests/install/stranger" -B stranger -DELFGEN_SOURCE="$SOURCE" \
        -DEXAMPLE="$SOURCE/docs/examples/emit.c" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >log
    cmake --build stranger -j2 >log
    stranger/with-core >program
    [ "$(stat -c %s program)" -eq 132 ]
    for how in shared static; do
        cmp program <(stranger/with-$how)
    done
    grep -q '^CMAKE_BUILD_TYPE:STRING=$' stranger/CMakeCache.txt
    run ! grep -E -e '-Wall|-O[0-3s]|tinyelf/' stranger/compile_commands.json
    cmake --install stranger --prefix prefix >log
    [ "$(cd prefix && find . -type f)" = ./bin/with-core ]
}

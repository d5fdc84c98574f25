#!/usr/bin/env bats
# One version: elfgen/version.h has it, and everything that tells it agrees. A tarball of the source is complete.
load ../support/setup
: "${BUILD:=$SOURCE/build}"

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    version=$(sed -n 's/^#define ELFGEN_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' "$SOURCE/elfgen/include/elfgen/version.h" | paste -sd .)
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "command, man pages, pkg-config and CMake's package say the version that the library's header has" {
    [ "$("$TINYELF" --version)" = "tinyelf $version" ]
    grep -qx "Version: $version" "$BUILD/elfgen.pc"
    grep -qx "set(PACKAGE_VERSION \"$version\")" "$BUILD/elfgen-config-version.cmake"
    [ -e "$BUILD/libelfgen.so.$version" ]
    [ -e "$BUILD/manual/man/man1" ] || skip "this build makes no man pages"
    pages=0
    for page in "$BUILD"/manual/man/man*/*; do
        # A page of several functions is found by the name of each: a line that leads to it.
        ! grep -q '^\.so ' "$page" || continue
        pages=$((pages + 1))
        [ "$(sed -n 's/^\.Os //p' "$page")" = "tinyelf $version" ] || { echo "$page"; return 1; }
    done
    [ "$pages" -gt 16 ]
}

@test "nothing else in the source has the version: a release changes version.h and CHANGELOG.md" {
    # Packages of others may have the same number.
    run grep -rIlF "$version" "$SOURCE" --exclude-dir=.git --exclude-dir='build*' --exclude-dir=node_modules \
        --exclude='package*.json' --exclude=CHANGELOG.md
    [ "$status" -eq 1 ] || { echo "$output"; return 1; }
}

@test "CHANGELOG.md begins with what is not released, or with this version and a date, and versions go down" {
    # The first version had no date.
    grep '^## ' "$SOURCE/CHANGELOG.md" >headings
    run grep -vxE '## (Unreleased|0\.1\.0|[0-9]+\.[0-9]+\.[0-9]+ \([0-9]{4}-[0-9]{2}-[0-9]{2}\))' headings
    [ "$status" -eq 1 ] || { echo "not a heading of a release: $output"; return 1; }
    run tail -n +2 headings
    [[ "$output" != *Unreleased* ]]
    sed -n 's/^## \([0-9][0-9.]*\).*/\1/p' headings >versions
    sort -rVu versions | cmp - versions
    # What is not released comes after all that is.
    if [ "$(head -n 1 headings)" = "## Unreleased" ]; then
        [ "$(printf '%s\n' "$version" | sort -rV - versions | head -n 1)" = "$version" ]
        run grep -xF "$version" versions
        [ "$status" -eq 1 ]
    else
        [ "$(head -n 1 versions)" = "$version" ]
    fi
    for day in $(sed -n 's/.*(\(.*\))$/\1/p' headings); do
        [ "$(date -d "$day" +%F)" = "$day" ]
    done
}

@test "a tarball of the source builds and is tested where there is no git" {
    git -C "$SOURCE" rev-parse HEAD >/dev/null 2>&1 || skip "this source is no git checkout, so no tarball is made of it"
    command -v nproc >/dev/null
    git -C "$SOURCE" archive --prefix=tinyelf/ HEAD | tar -x
    [ ! -e tinyelf/.git ]
    # Nothing of the checkout is left out.
    diff <(git -C "$SOURCE" ls-tree -r --name-only HEAD | sort) <(cd tinyelf && find . -type f -o -type l | sed 's,^\./,,' | sort)
    # Whoever calls git is found out.
    mkdir bin
    printf '#!/bin/sh\necho "$0 $*" >>"%s/called"\nexit 1\n' "$PWD" >bin/git
    chmod +x bin/git
    PATH=$PWD/bin:$PATH
    # Without optimizing, and the command once instead of twice: a third of the time. Of the tests a few that need no more programs.
    # Ninja, where there is one, starts fewer processes than make: a fifth of the processor time less.
    ! command -v ninja >/dev/null || export CMAKE_GENERATOR=Ninja
    cmake -S tinyelf -B built -DTINYELF_TESTS=ON -DTINYELF_MUSL=OFF -DTINYELF_STATIC=OFF -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_C_FLAGS='-O0 -g0 -w' >log 2>&1 || { cat log; return 1; }
    cmake --build built -j "$(nproc)" --target tinyelf >log 2>&1 || { tail -n 40 log; return 1; }
    [ "$(built/tinyelf --version)" = "tinyelf $version" ]
    (cd tinyelf && ../built/tinyelf build asm/hello.s -o hello && [ "$(./hello)" = "Hello world" ])
    rm tinyelf/hello
    ctest --test-dir built --output-on-failure -R '^(command-(hex|new)|machines|asserts)$' >log || { cat log; return 1; }
    grep -q '100% tests passed.* out of 4' log
    [ ! -e called ] || { cat called; return 1; }
}

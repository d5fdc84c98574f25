#!/usr/bin/env bats
# bootstrap.sh, with a cmake that only puts the built command in place.
load ../support/setup
: "${BUILD:=$SOURCE/build}"

# checkout FOLDER: bootstrap.sh and what it reads, and in bin/ the commands that it calls to install and to build.
checkout()
{
    mkdir -p "$1" bin
    cp -r "$SOURCE/bootstrap.sh" "$SOURCE/asm" "$1"
    printf '#!/bin/sh\necho installed\n' >bin/dpkg-query
    # shellcheck disable=SC2016 # the stub expands it
    printf '#!/bin/sh\nmkdir -p build && ln -sf "$TINYELF" build/tinyelf\n' >bin/cmake
    ln -s /bin/true bin/apt-get
    chmod +x bin/*
}

@test "bootstrap.sh ends with the line that puts tinyelf on PATH, whatever the path of the checkout has" {
    for folder in plain "two words" "it's \$HOME; \`x\` \"q\" \\ *"; do
        rm -rf bin
        checkout "$folder"
        PATH=$PWD/bin:$PATH run --separate-stderr "$folder/bootstrap.sh"
        exits 0
        [[ ${lines[-1]} == "  export PATH="* ]] || { echo "$output"; return 1; }
        found=$(eval "${lines[-1]}" && cd / && type -P tinyelf)
        [ "$found" = "$PWD/$folder/build/tinyelf" ] || { echo "$found"; return 1; }
    done
}

@test "bootstrap.sh leaves no program beside the command in build/, where PATH would find it" {
    checkout here
    PATH=$PWD/bin:$PATH run --separate-stderr here/bootstrap.sh
    exits 0
    [[ $output == *"178 build/examples/hello"*"Hello world"* ]]
    [ "$(ls here/build)" = "$(printf '%s\n' examples tinyelf)" ]
    [ "$(ls here)" = "$(printf '%s\n' asm bootstrap.sh build)" ]
}

@test "bootstrap.sh test passes its other words to ctest, as they are; no other way takes any" {
    checkout "a here"
    # shellcheck disable=SC2016 # the stub expands it
    printf '#!/bin/sh\nprintf "<%%s>\\n" "$@"\n' >bin/ctest
    chmod +x bin/ctest
    PATH=$PWD/bin:$PATH run --separate-stderr "a here/bootstrap.sh" test -R "hex|two words"
    exits 0
    [[ $output == *"<-R>"$'\n'"<hex|two words>" ]] || { echo "$output"; return 1; }
    PATH=$PWD/bin:$PATH run --separate-stderr "a here/bootstrap.sh" test
    exits 0
    [[ $output != *"<-R>"* ]] || { echo "$output"; return 1; }
    PATH=$PWD/bin:$PATH run --separate-stderr "a here/bootstrap.sh" packages -R hex
    exits 2
    says "usage: ./bootstrap.sh [test [OPTIONS OF CTEST] | packages]"
}

@test "the build folder's top has no program but the command and its companion, which PATH would find" {
    find "$BUILD" -maxdepth 1 -type f -perm /111 ! -name '*.so*' -printf '%f\n' | sort >programs
    run grep -vxE 'tinyelf|tinyelf-code' programs
    [ "$status" -eq 1 ] || { echo "$output"; return 1; }
}

@test "README and the lecture's first page say how a shell finds tinyelf, and where their commands run" {
    # shellcheck disable=SC2016 # the pages have it so
    for page in README.md docs/lecture/README.md; do
        grep -qF 'export PATH="$PWD/build:$PATH"' "$SOURCE/$page" || { echo "$page"; return 1; }
        grep -qw bash "$SOURCE/$page" || { echo "$page"; return 1; }
    done
}

@test "the library's page says how to use the library where it is built" {
    ln -s "$SOURCE/docs" "$SOURCE/elfgen" .
    ln -s "$BUILD" build
    line=$(grep '^cc -I' "$SOURCE/docs/library.md")
    eval "$line"
    ./emit >program
    chmod +x program
    run ./program
    [ "$status" -eq 42 ]
}

# A copy of the source, configured in another folder. Nothing is compiled: the built command is put in place.
configured()
{
    mkdir "a copy" && (cd "$SOURCE" && cp -r CMakeLists.txt cmake elfgen manual asm templates docs "$OLDPWD/a copy")
    printf 'int main;\n' >"a copy/asm/mine.c"
    cp "$TINYELF" "a copy/asm/hello"
    cp "$TINYELF" "a copy/templates/hello"
    mkdir -p "a copy/asm/hello.stages/cc"
    cp "$TINYELF" "a copy/asm/hello.stages/cc/hello"
    cp "$SOURCE/elfgen/include/elfgen/api.h" "a copy/elfgen/include/elfgen/api.h.orig"
    cmake -S "a copy" -B "else where" >log 2>&1 || { cat log; return 1; }
    cp "$(dirname "$TINYELF")"/tinyelf* "else where"
}

@test "a command that is built in another folder than its source's finds templates, tiny.h and schemas" {
    configured
    unset TINYELF_TEMPLATES
    mkdir work && cd work
    run "../else where/tinyelf" new hello
    [ "$output" = "hello.s is made: tinyelf build hello.s" ]
    cmp hello.s "$SOURCE/asm/hello.s"
    run "../else where/tinyelf" new --template c program
    [ "$output" = "program.c is made: tinyelf build program.c" ]
    "../else where/tinyelf" build program.c
    [ "$(./program)" = "Hello world" ]
    COLUMNS=300 run "../else where/tinyelf" check --help
    [[ $(tr -s ' \n' ' ' <<<"$output") == *"a copy/docs/schema/check.json"* ]]
    # Pages of the manual are made, whatever the paths have.
    cd ..
    perl "a copy/manual/library_pages.pl" "a copy" 1 "pages of a [manual]"
    perl "a copy/manual/command_pages.pl" "else where/tinyelf" "a copy" 1 share "pages of a [manual]"
    for page in man1/tinyelf-build.1 man3/elfgen.3 man3/elfgen-view.3 man5/tinyelf-hex.5; do
        [ -s "pages of a [manual]/$page" ] || { echo "$page"; return 1; }
    done
    cd work
    # Both folders may move together.
    cd ..
    mkdir moved && mv "a copy" "else where" moved
    cd work && rm hello.s
    run "../moved/else where/tinyelf" new hello
    cmp hello.s "$SOURCE/asm/hello.s"
}

@test "what is installed is listed: every file of the project, and nothing that somebody put beside them" {
    configured
    cmake --install "else where" --component data --prefix "$PWD/prefix" >log
    cmake --install "else where" --component headers --prefix "$PWD/prefix" >log
    (cd prefix && find . -type f) | sed 's|^\./share/tinyelf/||; s|^\./include/|elfgen/include/|; s|^schema/|docs/schema/|
            s|^\./share/doc/tinyelf/examples/grade/|docs/exercises/grade/|; s|^\./share/doc/tinyelf/|docs/|' |
        sort >installed
    (cd "a copy" && find asm templates docs/schema docs/examples docs/exercises/grade elfgen/include -type f \
        -not -name README.md -not -name mine.c -not -name hello -not -name '*.orig') |
        sort >expected
    diff expected installed
}

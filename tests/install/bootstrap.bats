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

#!/bin/sh
# bootstrap.sh [test [OPTIONS OF CTEST] | packages]
#
# Installs what is missing (apt on Debian and Ubuntu; elsewhere it names the packages), builds, and
# does the main job: asm/hello.s becomes 178 bytes, and runs. The last thing it prints is the line that
# puts the command on PATH. With "test": runs every test instead, or those that ctest's
# options choose, such as "test -R hex"; with "packages": installs what the tests need, and nothing
# more. As root or with sudo; again at any time.
set -eu
cd "$(dirname "$0")"

build_packages="gcc libc6-dev make cmake binutils nasm libelf-dev zlib1g-dev libzydis-dev libseccomp-dev libjansson-dev libncurses-dev musl-dev"
test_packages="perl check pkg-config bats strace gdb tmux xxd mescc-tools parallel python3-jsonschema mandoc"

usage() {
    echo "usage: ./bootstrap.sh [test [OPTIONS OF CTEST] | packages]" >&2
    exit 2
}

case ${1-} in
"") packages=$build_packages tests=OFF ;;
test | packages) packages="$build_packages $test_packages" tests=ON ;;
*)
    usage
    ;;
esac
[ $# -le 1 ] || [ "$1" = test ] || usage

missing_packages() {
    for package in $packages; do
        # One package may be provided by another (pkg-config by pkgconf).
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -q '^installed$' ||
            echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "bootstrap.sh: cannot install packages: run it as root, or install sudo" >&2
        exit 1
    fi
}

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    missing=$(missing_packages)
    if [ -n "$missing" ]; then
        echo "Installing:" $missing
        as_root apt-get update -q
        # shellcheck disable=SC2086 # one word a package
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends $missing
    fi
else
    for tool in cc make cmake nasm as ld; do
        command -v "$tool" >/dev/null && continue
        echo "bootstrap.sh: '$tool' is missing. This system has no apt; install what Debian calls:" >&2
        echo "  $packages" >&2
        exit 1
    done
fi

[ "${1-}" != packages ] || exit 0

cmake -S . -B build -DTINYELF_TESTS=$tests
cmake --build build -j "$(nproc 2>/dev/null || echo 2)"

if [ "$tests" = ON ]; then
    shift
    status=0
    # Much of the time a test waits: for programs that sleep, for a terminal, for what it started to begin.
    ctest --test-dir build --output-on-failure -j4 "$@" || status=$?
    # What this machine lacks is said, not passed over.
    grep -h '^ok .* # skip' build/Testing/Temporary/LastTest.log || true
    exit $status
fi

# The demonstration: not in build/ itself, which is on PATH.
mkdir -p build/examples
echo
echo '$ build/tinyelf build asm/hello.s -o build/examples/hello'
build/tinyelf build asm/hello.s -o build/examples/hello
echo '$ wc -c build/examples/hello'
wc -c build/examples/hello
echo '$ build/examples/hello'
build/examples/hello
[ "$(wc -c <build/examples/hello)" -eq 178 ]

# In single quotes, so that a shell takes any path as it is.
folder=$(pwd | sed "s/'/'\\\\''/g")
echo
echo "README.md and docs/lecture/README.md say where to start. Their commands are for bash, in this folder."
echo "This line lets a shell find tinyelf (in ~/.bashrc: each shell):"
echo
printf "  export PATH='%s/build':\"\$PATH\"\n" "$folder"

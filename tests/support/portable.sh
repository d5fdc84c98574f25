#!/bin/bash
# portable.sh m32|s390x|wasm SOURCE WORK TINYELF NATIVE_BYTES --core FILE.c... [--test PROGRAM FILE.c...]...
#
# Runs the core's unit tests as 32-bit code, on a big-endian machine (under qemu) or as WebAssembly (under node). It
# compiles the core's sources for the target, links each test with them alone, and runs it. The bytes that the
# library makes must be the same as here: NATIVE_BYTES writes those, and the first 178 are the hello that TINYELF
# builds. PROGRAM is the test built for this machine: it names the test, and WebAssembly, whose tests cannot read
# their own file, reads it instead. Exit status 77: a compiler, a library or an emulator for the target is missing.
set -euo pipefail
target=$1 source=$(realpath "$2") work=$3 tinyelf=$4 native_bytes=$5
shift 5
support=$source/tests/support

# shellcheck disable=SC2206 # one word for each option
flags=(-std=c11 -Wall -Wextra ${MORE_FLAGS-} -I "$source/elfgen/include" -I "$source/tests" -I "$support/check")
# An emulator takes longer for what is not optimized than a compiler takes to optimize it.
optimize=-O0
# Undefined behaviour traps, since Debian has no sanitizer library for most targets.
traps=(-fsanitize=undefined -fsanitize-trap=undefined) link_flags=()
case $target in
m32)
    name="32-bit code" needs="gcc-multilib"
    compile=("${CC:-cc}" -m32 "-fsanitize=address,undefined" -fno-sanitize-recover=all)
    ;;
s390x)
    name="big-endian code"
    needs="clang libc6-dev-s390x-cross binutils-s390x-linux-gnu libgcc-12-dev-s390x-cross qemu-user"
    compile=("${CLANG:-clang}" --target=s390x-linux-gnu "${traps[@]}")
    optimize=-O1
    ;;
wasm)
    name="WebAssembly" needs="clang lld wasi-libc libclang-rt-14-dev-wasm32 nodejs"
    # wasi-libc has no <elf.h>; this machine's needs only two macros.
    compile=("${CLANG:-clang}" --target=wasm32-wasi "${traps[@]}" -idirafter "$work/include"
        -D__BEGIN_DECLS= -D__END_DECLS=)
    # All memory from the start: node 20 may crash after a program's memory has grown by much.
    link_flags=("-Wl,-z,stack-size=1048576,--initial-memory=268435456")
    ;;
*)
    echo "portable.sh: unknown target '$target'" >&2
    exit 2
    ;;
esac

rm -rf "$work"
mkdir -p "$work/include"
[ ! -e /usr/include/elf.h ] || cp /usr/include/elf.h "$work/include"

run() { # PROGRAM
    case $target in
    m32) "$1" ;;
    s390x) qemu-s390x -L /usr/s390x-linux-gnu "$1" ;;
    wasm) node --no-warnings "$support/wasi.mjs" "$1.self" "$1" ;;
    esac
}

# A small program with a header and a library shows whether code for the target can be built and run.
mkdir "$work/probe.self"
echo '#include <stdio.h>
int main(void) { return puts("runs") < 0; }' >"$work/probe.c"
if ! "${compile[@]}" "${link_flags[@]}" "$work/probe.c" -o "$work/probe" >"$work/probe.log" 2>&1 ||
    [ "$(run "$work/probe" 2>>"$work/probe.log")" != runs ]; then
    reason=$(grep -m1 . "$work/probe.log" || echo "a program that prints a word does not run")
    echo "ok - portable-$target # skip no $name: $reason (packages: $needs)"
    exit 77
fi

# One line for the core's sources, then one for each test: its program and its sources.
groups=()
while [ $# -gt 0 ]; do
    case $1 in
    --core | --test) groups+=("") ;;
    *) groups[-1]+=$1$'\n' ;;
    esac
    shift
done
mapfile -t core <<<"${groups[0]%$'\n'}"

# Compiles each source once, as many at a time as there are processors.
object() { echo "$work/${1//\//_}.o"; }
printf '%s' "${groups[@]}" "$support/check/check.c"$'\n' "$support/portable_bytes.c"$'\n' |
    grep '\.c$' | while read -r file; do
    printf '"%s" -o "%s"\n' "$file" "$(object "$file")"
done | xargs -L 1 -P "$(nproc)" "${compile[@]}" "${flags[@]}" $optimize -c

link() { # PROGRAM FILE.c...: with the core
    local program=$1 file objects=()
    shift
    for file in "$@" "${core[@]}"; do objects+=("$(object "$file")"); done
    "${compile[@]}" "${link_flags[@]}" "${objects[@]}" -o "$program"
    mkdir "$program.self"
}

compare_bytes() {
    link "$work/bytes" "$support/portable_bytes.c"
    run "$work/bytes" >"$work/bytes.here"
    "$native_bytes" >"$work/bytes.native"
    "$tinyelf" build "$source/asm/hello.s" -o "$work/hello"
    cmp "$work/hello" <(head -c 178 "$work/bytes.here")
    cmp "$work/bytes.native" "$work/bytes.here"
    echo "bytes: hello's 178 and all $(wc -c <"$work/bytes.here") are the native ones"
}

run_test() { # a group
    local files test status=0
    mapfile -t files <<<"${1%$'\n'}"
    test=$work/$(basename "${files[0]}")
    link "$test" "${files[@]:1}" "$support/check/check.c"
    cp "${files[0]}" "$test.self/exe"
    run "$test" >"$test.log" 2>&1 || status=$?
    if [ $status -eq 0 ]; then
        tail -n 1 "$test.log"
    else
        echo "$(basename "$test") fails as $name, status $status:"$'\n'"$(tail -n 20 "$test.log")"
    fi
    return $status
}

jobs=()
compare_bytes &
jobs+=($!)
for group in "${groups[@]:1}"; do
    run_test "$group" &
    jobs+=($!)
done
failed=0
for job in "${jobs[@]}"; do wait "$job" || failed=1; done
exit $failed

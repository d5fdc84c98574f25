#!/usr/bin/env bats
# tinyelf dump, compared with readelf over the system's own files.
load ../support/setup

# At least five hundred files, at most a thousand; on one machine, the same ones each time.
MOST=${DUMP_FILES:-1000}

setup_file()
{
    export LC_ALL=C
    local version
    version=$(readelf --version | head -n 1)
    [[ $version == *" 2.40"* ]] || skip "readelf is not 2.40 but: $version"
    # In a pseudo-random order with a fixed seed, so that folders are mixed.
    find /usr/bin /usr/sbin /usr/lib /usr/libexec -xdev -type f -size +0 2>/dev/null | sort |
        shuf --random-source=<(yes) |
        while IFS= read -r file; do
            IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
            [ "$magic" = $'\x7fELF' ] && printf '%s\0' "$file"
        done 2>/dev/null | head -z -n "$MOST" >"$BATS_FILE_TMPDIR/files"
}

# All files in one call of each tool; if the outputs differ, one by one.
agree()
{
    local files=$BATS_FILE_TMPDIR/files
    [ "$(tr -cd '\0' <"$files" | wc -c)" -ge 500 ]
    xargs -0 readelf "$@" <"$files" >theirs 2>/dev/null
    xargs -0 "$TINYELF" dump "$@" <"$files" >ours 2>/dev/null
    cmp -s theirs ours && return 0
    while IFS= read -r -d '' file; do
        diff <(readelf "$@" "$file" 2>/dev/null) <("$TINYELF" dump "$@" "$file" 2>/dev/null) ||
            echo "^^^ $file"
    done <"$files" | head -n 50
    return 1
}

@test "-h -l of the system's files" { agree -h -l; }
@test "-h -l -S of the system's files" { agree -h -l -S; }
@test "-h -l -S -W of the system's files" { agree -h -l -S -W; }
@test "-l alone of the system's files" { agree -l; }
@test "-S alone of the system's files" { agree -S; }
@test "-S -W of the system's files" { agree -S -W; }

@test "the exit status is readelf's if readelf has no warnings" {
    head -z -n 200 "$BATS_FILE_TMPDIR/files" >some
    while IFS= read -r -d '' file; do
        [ -z "$(readelf -h -l -S "$file" 2>&1 >/dev/null)" ] || continue
        "$TINYELF" dump -h -l -S "$file" >/dev/null 2>errors || { echo "$file"; cat errors; return 1; }
        [ ! -s errors ] || { echo "$file"; cat errors; return 1; }
    done <some
}

# An object for every target of this clang.
@test "objects for other machines, of both classes and byte orders, are dumped as by readelf" {
    command -v clang >/dev/null || skip "clang is not installed"
    printf 'int one = 1; int zero; const char text[] = "t"; __thread int local = 2;\n' >a.c
    printf 'int f(int a) { return a + one + zero + text[0]; }\n' | cat a.c - >b.c
    local tried=0
    for target in x86_64 i386 aarch64 aarch64_be arm armeb arm-linux-gnueabihf mips mipsel mips64 \
        mips64el powerpc powerpc64 powerpc64le riscv32 riscv64 s390x sparc sparc64 hexagon bpf avr \
        msp430 lanai xcore; do
        case $target in *-*) full=$target ;; *) full=$target-linux-gnu ;; esac
        clang --target="$full" -w -c -g -ffunction-sections b.c -o "$target.o" 2>/dev/null ||
            clang --target="$full" -w -c a.c -o "$target.o" 2>/dev/null || continue
        diff <(readelf -h -l -S "$target.o") <("$TINYELF" dump -h -l -S "$target.o")
        diff <(readelf -h -l -S -W "$target.o") <("$TINYELF" dump -h -l -S -W "$target.o")
        tried=$((tried + 1))
    done
    [ "$tried" -ge 8 ] || skip "this clang knows only $tried targets"
}

@test "shared, position-independent, stripped, separate-debug and core files are dumped as by readelf" {
    command -v gcc >/dev/null || skip "gcc is not installed"
    printf 'int shared(void) { return 1; }\n' >s.c
    printf 'extern int shared(void); int main(void) { return shared(); }\n' >m.c
    gcc -g -shared -fPIC s.c -o libs.so
    gcc -g -pie -fPIE m.c -L. -ls -o pie
    gcc -g -no-pie m.c -L. -ls -o nopie
    gcc -g -gz -c m.c -o compressed.o
    gcc -flto -c m.c -o lto.o
    ld -r compressed.o -o partial.o
    objcopy --only-keep-debug pie pie.debug
    objcopy --add-section ".odd	name$(printf '\001')=m.c" compressed.o odd.o
    strip -o stripped pie
    cp pie noshdr
    printf '\0\0\0\0\0\0\0\0' | dd of=noshdr bs=1 seek=40 conv=notrunc status=none
    printf '\0\0\0\0' | dd of=noshdr bs=1 seek=60 conv=notrunc status=none
    for file in libs.so pie nopie compressed.o lto.o partial.o pie.debug odd.o stripped noshdr; do
        for options in "-h -l -S" "-h -l -S -W" "-l" "-S"; do
            # shellcheck disable=SC2086
            diff <(readelf $options $file 2>/dev/null) <("$TINYELF" dump $options $file 2>/dev/null)
        done
    done
    command -v gdb >/dev/null || skip "gdb is not installed: no core file was looked at"
    printf 'int main(void) { for (;;) ; }\n' >loop.c
    gcc -g loop.c -o loop
    gdb -batch -ex 'break main' -ex run -ex 'generate-core-file core' ./loop >/dev/null 2>&1 || true
    [ -s core ] || skip "gdb cannot make a core file here"
    diff <(readelf -h -l -S core) <("$TINYELF" dump -h -l -S core)
}

@test "all machines, OS/ABIs, types and flags are dumped as by readelf" {
    mkdir variants
    printf '.globl _start\n_start: ret\n.section .other,"aw"\n.long 1\n' >v.s
    for bits in 32 64; do
        as --$bits v.s -o "v$bits.o"
        perl "$BATS_TEST_DIRNAME/../support/variants.pl" "v$bits.o" variants
    done
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    mkdir programs
    perl "$BATS_TEST_DIRNAME/../support/variants.pl" hello programs
    [ "$(ls variants programs | wc -l)" -gt 3000 ]
    for options in "-h -S" "-h -l -S -W"; do
        # Without messages, which differ on purpose.
        # shellcheck disable=SC2086
        find variants programs -type f | sort | xargs readelf $options >theirs 2>/dev/null || true
        # shellcheck disable=SC2086
        find variants programs -type f | sort | xargs "$TINYELF" dump $options >ours 2>/dev/null || true
        cmp theirs ours || { diff theirs ours | head -n 20; return 1; }
    done
}

@test "more sections than e_shnum can count are dumped as by readelf" {
    seq 66000 | sed 's/.*/.section s&,"a"; .byte 0/' >many.s
    as many.s -o many.o
    cmp <(readelf -h -l -S -W many.o) <("$TINYELF" dump -h -l -S -W many.o)
}

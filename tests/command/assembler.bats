#!/usr/bin/env bats
# Who assembles NASM's language in tinyelf build: tinyelf itself or nasm.
load ../support/setup

# Runs tinyelf with nothing on PATH.
without_nasm()
{
    mkdir -p "$BATS_TEST_TMPDIR/no-nasm"
    run --separate-stderr env PATH="$BATS_TEST_TMPDIR/no-nasm" "$TINYELF" "$@"
}

hello()
{
    cp "$SOURCE/asm/hello.s" .
}

@test "the lecture's program needs no nasm" {
    hello
    without_nasm build hello.s -o out
    exits 0
    [ "$(sha256 out)" = "$LECTURE" ]
    command -v strace >/dev/null || skip "strace is not installed"
    env ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=execve,vfork,clone,fork -o calls "$TINYELF" build hello.s -o out
    [ "$(grep -c execve calls)" -eq 1 ]
    run -1 grep -E 'fork|clone' calls
}

@test "--assembler asks one of the two, and both make the same" {
    hello
    tinyelf build --verbose --assembler inside hello.s -o inside
    exits 0
    says "hello.s: note: assembled without NASM"
    tinyelf build --verbose --assembler nasm hello.s -o nasm
    exits 0
    says "start: nasm -f elf64"
    cmp inside nasm
    without_nasm build --assembler nasm hello.s -o out
    exits 1
    says "no 'nasm' on PATH, which this input needs: install the package nasm"
    tinyelf build --assembler yasm hello.s -o out
    exits 2
    says "--assembler"
}

@test "what only nasm knows sends the source to nasm, and -v says which word that is" {
    local line
    while IFS= read -r line; do
        printf 'global _start\n_start:\n%b\n mov eax, 60\n syscall\n' "$line" >source.asm
        tinyelf build --verbose source.asm -o out
        exits 0
        says "source.asm: note: NASM assembles it, since line 3 has '"
        says "start: nasm -f elf64"
        tinyelf build --assembler inside source.asm -o out
        exits 1
        says "source.asm:3:"
        says "is for NASM alone: leave out --assembler inside"
        without_nasm build source.asm -o out
        exits 1
        says "source.asm:3:"
        says "error: no 'nasm' on PATH for '"
        says ": install the package nasm
     3 | "
    done <<'END'
%macro leave 0\n%endmacro
%rep 2\n nop\n%endrep
fldpi
vaddps ymm0, ymm1, ymm2
struc point\n.x resd 1\nendstruc
END
}

@test "a size that no file has is refused at once, without nasm's opinion" {
    local line
    for line in 'times 10000000000 nop' 'times 5000000000 db 0' 'db 1000000000 dup (1000000000 dup (0))'; do
        printf 'global _start\n_start:\n%s\n' "$line" >large.asm
        run --separate-stderr timeout 10 "$TINYELF" build large.asm -o out
        exits 1
        says "large.asm:3:"
        [ ! -e out ]
    done
}

@test "wait is an instruction, in both" {
    printf 'global _start\n_start:\nwait\nwait nop\nret\n' >wait.asm
    tinyelf build wait.asm -o out
    exits 0
    tinyelf build --assembler nasm wait.asm -o nasm
    cmp out nasm
}

@test "debugging information is nasm's" {
    hello
    tinyelf build --verbose -g hello.s -o out
    exits 0
    says "NASM assembles it, since it makes debugging information"
    tinyelf build -g --assembler inside hello.s -o out
    exits 1
    says "hello.s: error: NASM makes debugging information (-g): leave out --assembler inside"
}

@test "an error has its line, column and caret, with nasm and without" {
    printf 'global _start\n_start:\n        mov eax, nowhere\n' >bad.asm
    tinyelf build bad.asm -o out
    exits 1
    says "bad.asm:3:18: error: "
    says "     3 |         mov eax, nowhere
       |                  ^"
    [ ! -e out ]
    local first=$stderr
    without_nasm build bad.asm -o out
    exits 1
    [ "$stderr" = "$first" ]
}

@test "an error in an included file names that file" {
    mkdir lib
    printf '        mov eax, ebx, ecx, edx\n' >lib/part.inc
    printf '%%include "part.inc"\nglobal _start\n_start:\n nop\n' >lib/main.asm
    tinyelf build lib/main.asm -o out
    exits 1
    says "lib/part.inc:1:"
    says "     1 |         mov eax, ebx, ecx, edx"
}

@test "files are found as nasm finds them: in the working folder, then in the source's" {
    mkdir lib
    printf 'abc' >lib/data
    printf 'value equ 7\n' >lib/part.inc
    printf '%%include "part.inc"\nglobal _start\n_start:\n mov edi, value\n mov eax, 60\n syscall\nincbin "data"\n' >lib/main.asm
    tinyelf build --assembler inside lib/main.asm -o inside
    exits 0
    tinyelf build --assembler nasm lib/main.asm -o nasm
    exits 0
    cmp inside nasm
    printf 'here' >data
    tinyelf build --assembler inside lib/main.asm -o inside
    exits 0
    grep -q here inside
    tinyelf build --assembler nasm lib/main.asm -o nasm
    cmp inside nasm
    rm data lib/data
    tinyelf build lib/main.asm -o out
    exits 1
    says "lib/main.asm:7:"
    says "No such file or directory"
    [[ $stderr != *nasm* ]]
    printf '%%include "."\n' >folder.asm
    tinyelf build folder.asm -o out
    exits 1
    [ "$stderr" = 'tinyelf: folder.asm:1:10: error: . cannot be read: Is a directory
     1 | %include "."
       |          ^' ]
    tinyelf build folder.asm --assembler nasm -o out
    exits 1
    says "no entry"
    mkfifo data
    timeout 10 "$TINYELF" build --assembler inside lib/main.asm -o out 2>error && false
    grep -q "it is not a regular file" error
}

@test "a source from a pipe, and several at once" {
    "$TINYELF" build --assembler inside - -o out <"$SOURCE/asm/hello.s"
    [ "$(sha256 out)" = "$LECTURE" ]
    cat "$SOURCE/asm/hello.s" | "$TINYELF" build --assembler inside - -o out
    [ "$(sha256 out)" = "$LECTURE" ]
    printf 'extern two\nglobal _start\n_start: call two\n mov eax, 60\n syscall\n' >one.asm
    printf 'global two:function\ntwo: mov edi, [rel number]\n ret\nsection .data\nnumber: dd 9\n' >two.asm
    tinyelf build --assembler inside one.asm two.asm -o inside
    exits 0
    tinyelf build --assembler nasm one.asm two.asm -o nasm
    exits 0
    cmp inside nasm
    run ./inside
    [ "$status" -eq 9 ]
    # nasm's part of the program and tinyelf's are linked as any two objects.
    printf '%%macro give 0\n mov edi, [rel number]\n ret\n%%endmacro\nglobal two:function\ntwo: give\nsection .data\nnumber: dd 9\n' >two.asm
    tinyelf build one.asm two.asm -o mixed
    exits 0
    cmp inside mixed
}

@test "a warning is told at its line, as nasm does" {
    printf 'global _start\n_start:\n mov al, 300\n mov eax, 60\n syscall\n' >warns.asm
    tinyelf build --assembler inside warns.asm -o inside
    exits 0
    says "warns.asm:3:"
    tinyelf build --assembler nasm warns.asm -o nasm
    exits 0
    says "warns.asm:3: warning: "
    [ "$(grep -c warning: <<<"$stderr")" -eq 1 ]
    cmp inside nasm
}

@test "what tinyelf refuses and nasm accepts is nasm's, and -v says so" {
    # A stand-in for nasm accepts everything, as a later NASM may accept more.
    mkdir later
    printf 'global _start\n_start: nop\n' >plain.asm
    nasm -f elf64 plain.asm -o plain.o
    cat >later/nasm <<END
#!/bin/sh
exec /bin/cat "$PWD/plain.o" >&3
END
    chmod +x later/nasm
    printf 'global _start\n_start:\n frobnicate eax\n' >later.asm
    PATH="$PWD/later:$PATH" tinyelf build --verbose later.asm -o out
    exits 0
    says "later.asm: note: NASM assembled it; tinyelf itself refused line 3: "
    "$TINYELF" build plain.asm -o plain
    cmp out plain
}

# Whether a process that this test started has ended; nobody may have waited for it.
has_ended()
{
    local state
    state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 0
    [ "$state" = Z ] || [ "$state" = "" ]
}

@test "an assembler ends with tinyelf, however that is killed" {
    mkdir tools
    printf '#!/bin/sh\necho $$ >"%s/id"\nmv "%s/id" "%s/tool"\nexec sleep 60\n' "$PWD" "$PWD" "$PWD" >tools/nasm
    cp tools/nasm tools/cc
    chmod +x tools/nasm tools/cc
    printf 'global _start\n_start: fldpi\n' >slow.asm
    printf 'int main(void) { return 0; }\n' >slow.c
    local signal source waits
    for signal in KILL TERM; do
        for source in slow.asm slow.c; do
            rm -f tool
            PATH="$PWD/tools:$PATH" "$TINYELF" build "$source" -o out 3>&- &
            local tinyelf=$!
            for ((waits = 0; waits < 200; waits++)); do
                [ ! -e tool ] || break
                sleep 0.05
            done
            kill -s $signal $tinyelf
            wait $tinyelf || true
            local tool
            tool=$(<tool)
            for ((waits = 0; waits < 200; waits++)); do
                if has_ended "$tool"; then break; fi
                sleep 0.05
            done
            if ! has_ended "$tool"; then
                kill "$tool"
                false
            fi
            [ ! -e out ]
        done
    done
}

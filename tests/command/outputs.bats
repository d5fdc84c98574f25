#!/usr/bin/env bats
# How an output takes the place of an older file: what stays when it is interrupted, and what links lead to.
load ../support/setup

# injects CALL:WHAT: strace makes system calls of a build fail, or kills it there; skips where strace cannot.
injects()
{
    command -v strace >/dev/null || skip "strace is missing"
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=none -e "inject=$1" true 2>/dev/null || skip "this strace injects nothing, or may not trace"
}

# How many files there are whose names begin so, and their names.
temporary() { find . -name '.tinyelf-*'; }

@test "a build that is killed as it removes the older file leaves the new one whole, and the older one beside it" {
    injects unlink:signal=KILL
    printf older >out
    local ended=0
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2,unlink -e inject=unlink:signal=KILL \
        "$TINYELF" build "$SOURCE/templates/hello.hex" -o out || ended=$?
    [ "$ended" -ne 0 ]
    grep -F 'RENAME_EXCHANGE' log | grep -F ' = 0' || skip "no exchange of names here"
    [ "$(sha256 out)" = "$LECTURE" ]
    [ "$(temporary | wc -l)" -eq 1 ]
    [[ $(temporary) =~ ^\./\.tinyelf-[0-9]+-0$ ]]
    [ "$(cat "$(temporary)")" = older ]
    # Nobody removes what another process has left.
    kept=$(temporary)
    tinyelf build "$SOURCE/templates/hello.hex" -o out
    exits 0
    [ "$(temporary)" = "$kept" ]
    [ "$(cat "$kept")" = older ]
}

@test "a build that is killed before the exchange leaves the older file" {
    injects renameat2:signal=KILL
    printf older >out
    local ended=0
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2 -e inject=renameat2:error=EINVAL:signal=KILL \
        "$TINYELF" build "$SOURCE/templates/hello.hex" -o out || ended=$?
    [ "$ended" -ne 0 ]
    [ "$(cat out)" = older ]
}

@test "where names cannot be exchanged, the older file is replaced by rename" {
    local error
    for error in EINVAL ENOSYS EPERM; do
        injects "renameat2:error=$error"
        printf older >out
        env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2,rename,unlink -e "inject=renameat2:error=$error" \
            "$TINYELF" build "$SOURCE/templates/hello.hex" -o out
        [ "$(sha256 out)" = "$LECTURE" ]
        [ "$(stat -c %a out)" = 755 ]
        grep -F "$error" log
        grep -E '^rename\(.*"out"\) += 0' log
        [ -z "$(temporary)" ]
    done
}

@test "whichever of the two calls fails, there is the older file and a message, or the new one" {
    injects unlink:error=EIO
    printf older >out
    # The exchange is made undone, and the second unlink removes the new file.
    local ended=0
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2,unlink -e inject=unlink:error=EIO:when=1 \
        "$TINYELF" build "$SOURCE/templates/hello.hex" -o out 2>messages || ended=$?
    grep -F 'RENAME_EXCHANGE' log | grep -F ' = 0' || skip "no exchange of names here"
    [ "$ended" -eq 1 ]
    grep -xF 'tinyelf: out: error: cannot replace: Input/output error' messages
    [ "$(cat out)" = older ]
    [ -z "$(temporary)" ]
    # Neither can be exchanged nor renamed.
    ended=0
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2,rename -e inject=renameat2:error=ENOSYS -e inject=rename:error=EROFS \
        "$TINYELF" build "$SOURCE/templates/hello.hex" -o out 2>messages || ended=$?
    [ "$ended" -eq 1 ]
    grep -xF 'tinyelf: out: error: cannot replace: Read-only file system' messages
    [ "$(cat out)" = older ]
    [ -z "$(temporary)" ]
}

@test "each command that replaces a file exchanges it, and only over a regular one" {
    injects renameat2:error=ENOSYS
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    local command
    for command in "build $SOURCE/asm/hello.s -o out" "unfold hello -o out" "step --record out ./hello"; do
        rm -f out
        # shellcheck disable=SC2086 # words of a command
        env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2,rename "$TINYELF" $command
        [ "$(grep -c renameat2 log)" -eq 0 ]
        grep -E '^(.* )?rename\(' log
        # shellcheck disable=SC2086
        env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2,rename "$TINYELF" $command
        grep -F 'RENAME_EXCHANGE' log
    done
    # A folder is not exchanged away.
    mkdir folder
    touch folder/inside
    env ASAN_OPTIONS=detect_leaks=0 strace -qq -o log -e trace=renameat2 "$TINYELF" build "$SOURCE/asm/hello.s" -o folder 2>messages || true
    [ "$(grep -c renameat2 log)" -eq 0 ]
    grep -F 'Is a directory' messages
    [ -e folder/inside ]
}

@test "a hard link keeps the older file, and a symbolic link its name" {
    mkdir folder
    printf older >folder/file
    chmod 600 folder/file
    ln folder/file kept
    ln -s folder/file link
    tinyelf build "$SOURCE/templates/hello.hex" -o link
    exits 0
    [ "$(readlink link)" = folder/file ]
    [ "$(sha256 folder/file)" = "$LECTURE" ]
    [ "$(stat -c %a folder/file)" = 755 ]
    [ "$(cat kept)" = older ]
    [ "$(stat -c %a kept)" = 600 ]
    [ -z "$(temporary)" ]
}

@test "a link into a folder where nothing can be created is an error, and all stays" {
    [ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
    mkdir folder
    printf older >folder/file
    ln -s folder/file link
    chmod 555 folder
    tinyelf build "$SOURCE/templates/hello.hex" -o link
    chmod 755 folder
    exits 1
    says "folder/file: error: cannot create a file beside it: Permission denied"
    [ "$(cat folder/file)" = older ]
    [ -L link ]
}

@test "each command names the folder that its output's path lacks, or the file that is in its way" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    touch file
    local words
    for words in "build $SOURCE/asm/hello.s -o no/x" "unfold hello -o no/x" "trace -o no/x ./hello" "step --record no/x ./hello" \
        "golf -o no/x hello" "golf -o made --hex no/x hello" "explain --run --format html hello -o no/x" \
        "explain --format hex hello -o no/x" "stages $SOURCE/asm/hello.c -o no/x/"; do
        # shellcheck disable=SC2086 # words of a command
        tinyelf $words
        exits 1
        says "no/x: error: the folder 'no' does not exist"
        [ -z "$output" ] || { echo "the program ran: $words"; return 1; }
        # shellcheck disable=SC2086
        tinyelf ${words//no\/x/file\/x}
        exits 1
        says "file/x: error: 'file' is not a folder"
    done
    [ "$(ls)" = "file
hello" ]
}

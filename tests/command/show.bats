#!/usr/bin/env bats
# tinyelf show: makes a page and opens it; the browser of these tests is a script.
load ../support/setup

setup()
{
    mkdir -p "$BATS_TEST_TMPDIR/work" "$BATS_TEST_TMPDIR/bin" "$BATS_TEST_TMPDIR/pages"
    cd "$BATS_TEST_TMPDIR/work" || return 1
    export TMPDIR=$BATS_TEST_TMPDIR/pages
    unset BROWSER DISPLAY WAYLAND_DISPLAY
    # It writes down what it is given, a line an argument, and prints what nobody may see.
    cat >"$BATS_TEST_TMPDIR/bin/browser" <<'END'
#!/bin/sh
printf '%s\n' "$0" "$@" >"$BATS_TEST_TMPDIR/asked.part"
mv "$BATS_TEST_TMPDIR/asked.part" "$BATS_TEST_TMPDIR/asked"
echo noise
echo noise >&2
END
    chmod +x "$BATS_TEST_TMPDIR/bin/browser"
    ln -s browser "$BATS_TEST_TMPDIR/bin/xdg-open"
    export PATH=$BATS_TEST_TMPDIR/bin:$PATH BATS_TEST_TMPDIR
    "$TINYELF" build "$SOURCE/asm/hello.s"
}

# What the browser was given: its own name and its arguments, with a blank between them.
asked()
{
    local tries
    for ((tries = 0; tries < 100; tries++)); do
        [ ! -e "$BATS_TEST_TMPDIR/asked" ] || break
        sleep 0.05
    done
    sed 's,.*/bin/,,' "$BATS_TEST_TMPDIR/asked" | paste -sd ' '
}

@test "the page is what explain makes, in a folder for the user alone, and its path is printed" {
    tinyelf show hello
    exits 0
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == "$TMPDIR"/tinyelf-??????/hello.html ]]
    [ "$(stat -c %a "$(dirname "$output")")" = 700 ]
    "$TINYELF" explain --format html hello -o theirs
    cmp "$output" theirs
    says "note: open it in a browser: BROWSER names none"
    [ ! -e "$BATS_TEST_TMPDIR/asked" ]
}

@test "-o names the page, which is opened by its URL" {
    BROWSER=browser tinyelf show -o made.html hello
    exits 0
    [ "$output" = made.html ]
    [ -z "$stderr" ]
    [ "$(asked)" = "browser file://$PWD/made.html" ]
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "BROWSER is a list of commands: the first that starts and does not fail gets the page" {
    printf '#!/bin/sh\nexit 3\n' >failing && chmod +x failing
    touch shut
    BROWSER="no-such::$PWD/shut:$PWD/failing:'open:browser --window %s --name=%%x%c --end &:xdg-open" tinyelf show -o p hello
    exits 0
    [ -z "$stderr" ]
    [ "$(asked)" = "browser --window file://$PWD/p --name=%x: --end" ]
}

@test "a display means xdg-open, after BROWSER" {
    for display in DISPLAY WAYLAND_DISPLAY; do
        rm -f "$BATS_TEST_TMPDIR/asked"
        run --separate-stderr env "$display=:7" BROWSER=no-such "$TINYELF" show -o p hello
        exits 0
        [ -z "$stderr" ]
        [ "$(asked)" = "xdg-open file://$PWD/p" ]
    done
}

@test "that no browser can be started is a note, and success" {
    for list in no-such : "no-such:'"; do
        BROWSER=$list tinyelf show -o p hello
        exits 0
        [ "$output" = p ]
        says "tinyelf: p: note: open it in a browser: "
    done
}

@test "no name is a command, an option or a second word" {
    while IFS= read -r -d '' name; do
        rm -f "$BATS_TEST_TMPDIR/asked"
        cp hello "./$name"
        BROWSER='browser %s' tinyelf show -o "./$name.html" -- "$name"
        exits 0
        [ -z "$stderr" ]
        asked >words
        [ "$(wc -w <words)" -eq 2 ]
        [[ $(<words) =~ ^browser\ file:///[A-Za-z0-9/._~%-]+$ ]]
        # The URL leads to the file.
        [ "$(printf '%b' "$(sed 's,.*file://,,; s/%/\\x/g' words)")" = "$PWD/$name.html" ]
        tinyelf show -- "$name"
        exits 0
        [[ $output =~ ^"$TMPDIR"/tinyelf-[A-Za-z0-9]{6}/[A-Za-z0-9._-]+\.html$ ]]
        [ -s "$output" ]
    done < <(printf '%s\0' 'two words' "it's" '%s' '"%20"' '$(touch made)' ';touch made;' '`touch made`' '-o' '--help' '#x?y' \
        '%c' 'a&b' $'new\nline' $'\xff' 'ü')
    [ ! -e made ]
}

@test "a terminal gets no byte of the path that it would obey, a pipe gets each" {
    local odd=$'page\e[31m.html'
    BROWSER=browser tinyelf show -o "$odd" hello
    [ "$output" = "$odd" ]
    # By the environment, which each shell takes as it is.
    ODD=$odd BROWSER=browser script -qec '"$TINYELF" show -o "$ODD" hello' /dev/null >seen </dev/null
    [ "$(tr -d '\r' <seen)" = 'page\x1b[31m.html' ]
}

@test "a browser that runs on is not waited for, and outlives the command" {
    cat >"$BATS_TEST_TMPDIR/bin/stays" <<'END'
#!/bin/sh
streams=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)
{ ps -o pid=,sid= -p $$; echo "$streams"; } >"$BATS_TEST_TMPDIR/asked.part"
mv "$BATS_TEST_TMPDIR/asked.part" "$BATS_TEST_TMPDIR/asked"
exec sleep 5
END
    chmod +x "$BATS_TEST_TMPDIR/bin/stays"
    BROWSER=stays run timeout 4 "$TINYELF" show -o p hello
    [ "$status" -eq 0 ]
    [ "$output" = p ]
    asked >/dev/null
    read -r id session <"$BATS_TEST_TMPDIR/asked"
    [ "$id" = "$session" ]
    [ "$(tail -n 3 "$BATS_TEST_TMPDIR/asked" | sort | uniq -c | tr -s ' ')" = " 3 /dev/null" ]
    kill "$id"
}

@test "the program is not run, and any file has a page" {
    printf '%s\n' 'global _start' '_start: mov eax,57' 'jmp $' >loop.s
    "$TINYELF" build loop.s
    run timeout 5 "$TINYELF" show -o p loop
    [ "$status" -eq 0 ]
    printf '' >empty
    printf x >one
    for file in empty one "$TINYELF.none"; do
        tinyelf show "$file"
        [ "$status" -eq "$([ -e "$file" ] && echo 0 || echo 1)" ]
    done
    run --separate-stderr bash -c '"$TINYELF" show - <hello'
    exits 0
    [[ $output == "$TMPDIR"/tinyelf-??????/stdin.html ]]
}

@test "an error leaves neither a folder nor a page" {
    tinyelf show none
    exits 1
    [ -z "$output" ]
    says "tinyelf: none: error: No such file or directory"
    tinyelf show .
    exits 1
    TMPDIR=$PWD/none tinyelf show hello
    exits 1
    says "none: error: cannot make a folder in it: No such file or directory: -o PAGE or TMPDIR can name another place"
    tinyelf show -o none/p hello
    exits 1
    says "tinyelf: none/p: error: the folder 'none' does not exist"
    BROWSER=browser tinyelf show -o hello hello
    exits 2
    says "the output 'hello' is the input: it is never overwritten"
    tinyelf show -o - hello
    exits 2
    says "the path goes to standard output"
    tinyelf show
    exits 2
    says "no file given"
    tinyelf show hello hello
    exits 2
    says "one file at a time"
    tinyelf show -o a -o b hello
    exits 2
    says "option '-o' is given twice: 'a', then 'b'"
    [ -z "$(ls -A "$TMPDIR")" ]
    [ ! -e "$BATS_TEST_TMPDIR/asked" ]
    holds_only hello
}

@test "what cannot be written is an error, and what is printed is on standard output alone" {
    run bash -c '"$TINYELF" show -o p hello >/dev/full'
    [ "$status" -eq 1 ]
    run bash -c 'BROWSER=browser "$TINYELF" show -o p hello >&-'
    [ "$status" -eq 1 ]
    [ ! -e "$BATS_TEST_TMPDIR/asked" ]
}

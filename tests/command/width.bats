#!/usr/bin/env bats
# Tables fit the width of a terminal, and have their wide form in a pipe.
load ../support/setup
load ../support/width_setup

# The files that tables are about: the lecture's program, a program of the system, one in C with a long name, all by
# relative names, so that lines are as long wherever the tests are.
setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return 1
    "${TINYELF:-$SOURCE/build/tinyelf}" build "$SOURCE/asm/hello.s" -o hello
    cp /usr/bin/ls ls
    {
        echo '#include <stdio.h>'
        printf 'void a_function%s(void) { puts("a text of some length, which is longer than the columns that there are"); }\n' \
            "$(printf '_of_a_long_name%.0s' 1 2 3 4 5 6 7 8)"
        echo "int main(void) { a_function$(printf '_of_a_long_name%.0s' 1 2 3 4 5 6 7 8)(); return 0; }"
    } >long.c
    cc -O1 -o long long.c
}

setup()
{
    cd "$BATS_FILE_TMPDIR" || return 1
}

# ---- explain ----

@test "explain fits, and the column with the reader stays" {
    for file in hello long; do
        fits_all explain $file
        fits_all explain --parts $file
        fits_all explain --memory $file
    done
    fits 80 explain ls >/dev/null
    fits 60 explain --memory ls >/dev/null
    fits_all explain hello
    for width in 60 80 120; do
        # The line of each field has its reader, all in one column.
        [ "$(grep -cE ' (kernel|tools|program|nobody)$' at$width)" -eq "$("$TINYELF" explain hello | grep -cE ' (kernel|tools|program|nobody)$')" ]
        [ "$(grep -oE '^  .* (kernel|tools|program|nobody)$' at$width | sed -E 's/[a-z]+$//' | awk '{ print length }' |
            sort -u | wc -l)" -eq 1 ]
    done
    # At 60 words are shortened, at 80 they go on below, at 120 they have the room that there is.
    grep -qxE '  0000 ei_mag0          0x7f       [a-z ]+\.\.\. kernel' at60
    grep -qxE '  0000  7f        ei_mag0          0x7f       [a-z].{25} kernel' at80
    grep -A1 '^  0000  7f ' at80 | grep -qxE ' {46}[a-z].*'
    grep -qxE '  0004  02                ei_class         0x2        ELF64 +tools' at120
    grep -qxE '  0050  0000010000000000  phdr\[0\]\.p_vaddr  0x10000    file offset 0x0; [a-z ]+ kernel' at120
    [ "$(grep -c '^  .*\.\.\. ' at80)" -eq 0 ]
}

@test "explain shows in 80 columns each word that it has in a pipe" {
    words() { sed -E 's/^ *[0-9a-f]{4} .*(ei_|e_[a-z]|phdr|instruction|string)/\1/' | tr -s ' \n' '\n\n' | sort; }
    "$TINYELF" explain hello | grep -vE '^[0-9a-f]{4}  ' | words >wide
    fits 80 explain hello | grep -vE '^[0-9a-f]{4}  ' | words >narrow
    diff wide narrow
}

@test "explain of a place, and of a run, fits" {
    for place in e_entry 'phdr[0]' 0x94 0xa6; do
        fits_all explain --at "$place" hello
    done
    fits_all explain --at main long
    fits 40 explain hello >/dev/null
    fits_all explain --run hello
    grep -qxE '  0094 instruction      syscall: write\(1, "Hello world\\n", 12\) +program ran' at80
    [ "$(grep -c ' program ran$' at60)" -eq 8 ]
}

# ---- the rule ----

@test "a terminal's own width comes before COLUMNS, and a pipe has the wide form whatever the terminal" {
    for width in 60 80 120; do
        fits $width explain --color never hello >expected
        in_terminal $width "$TINYELF" explain --color never hello >shown
        cmp expected shown
    done
    # 0 columns: the terminal does not say.
    in_terminal 0 "$TINYELF" explain --color never --at e_entry hello >shown
    [ "$(awk 'length > 33' shown)" = "" ]
    grep -q '^            ' shown
    "$TINYELF" explain hello >wide
    in_terminal 60 /bin/sh -c 'unset COLUMNS; "$0" explain hello | cat' "$TINYELF" >shown
    cmp wide shown
    [ "$(awk '{ if (length > most) most = length } END { print most }' wide)" -eq 100 ]
    grep -qxE '  0000  7f                ei_mag0          0x7f       [a-z].{37} kernel' wide
}

# ---- check ----

@test "check fits: sentences are broken between words, and a table of versions goes on in its column" {
    cp "$SOURCE/tests/fuzz/corpus/dump/p_align-beyond-user-space" beyond
    for options in -v '--kernel all' '--loader qemu-user'; do
        fits_all check $options hello ls long beyond
        "$TINYELF" check $options hello ls long beyond >wide || true
        # Each word of the wide form is there, in its order.
        for width in 60 80 120; do
            diff <(tr -s ' \n' '\n\n' <wide) <(tr -s ' \n' '\n\n' <at$width)
        done
    done
    fits 80 check --kernel all beyond | grep -q '^ \{16\}[a-z]'
    fits 80 check hello >narrow
    [ "$(grep -c '^    [^ ]' narrow)" -ge 1 ]
}

# ---- mutate ----

@test "mutate fits, and its reasons stay" {
    "$TINYELF" mutate --values 4 --pairs 0x34-0x36 --json hello >pairs || skip "no sandbox here"
    fits_all mutate --merge pairs
    "$TINYELF" mutate --values 4 --json hello >result
    "$TINYELF" mutate --merge result >wide
    fits_all mutate --merge result
    # Each place has its line; the errors and signals are all there.
    for width in 60 80 120; do
        diff <(grep -oE '(ENO|SIG)[A-Z]+' wide) <(grep -oE '(ENO|SIG)[A-Z]+' at$width)
        diff <(grep -oE '^[0-9a-f]{4}  ' wide) <(grep -oE '^[0-9a-f]{4}  ' at$width)
    done
    grep -qE '^field +same +out +stat +ref +sig' at60
    grep -qE '^field +same  output  status refused  signal' at120
    grep -qE '^0068  phdr\[0\]\.p_memsz ' at80
    grep -qE '^0068  \.\.\..*p_memsz ' at60
    # The rows of the map name more owners where there is room.
    [ "$(grep -c ', \.\.\.$' at120)" -lt "$(grep -c ', \.\.\.$' at80)" ]
}

# ---- build --map ----

@test "build --map fits, and is in a pipe what it was" {
    printf '%s\n' '#include <tiny.h>' 'static char zeros[4000];' \
        '__attribute__((noinline)) static void a_function_with_a_long_name_that_does_a_thing(int n) { zeros[n] = 1; }' \
        'int main(int c, char **v) { a_function_with_a_long_name_that_does_a_thing(c); return zeros[c + 1]; }' >map.c
    fits_all build --map --sections map.c -o mapped
    "$TINYELF" build --map --sections map.c -o mapped >wide
    for width in 60 80 120; do
        [ "$(grep -cE '^ +[0-9]+ ' at$width)" -eq "$(grep -cE '^ +[0-9]+ ' wide)" ]
    done
    grep -qxE '     120 .*  headers +Linux reads them' at80
    grep -qx '   bytes         offset      what                              why' wide
    grep -qE '^ +[0-9]+ .*  map\.c:\.text\._start                the program begins here$' wide
}

#!/usr/bin/env bats
# The hex language: compared with stage0's hex2 (package mescc-tools), and its extensions.
load ../support/setup

# Both make the same bytes, with a base and a byte order.
agree()
{
    command -v hex2 >/dev/null || skip "hex2 is not installed (package mescc-tools)"
    local source=$1 base=${2:-0} order=${3:-little} architecture=${4:-amd64}
    hex2 -f "$source" --architecture "$architecture" "--$order-endian" --base-address "$base" -o theirs
    "$TINYELF" build --from hex --base "$base" --endian "$order" "$source" -o ours
    cmp theirs ours
}

@test "the lecture's bytes, as printed and without comments, are assembled to its file" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    od -An -v -tx1 hello >bare.hex
    sed 's/ / 0x/g' bare.hex >prefixed.hex0
    for source in bare.hex prefixed.hex0; do
        tinyelf build "$source" -o out
        exits 0
        cmp hello out
        [ -x out ]
    done
    tinyelf build --from hex - -o out <bare.hex
    exits 0
    cmp hello out
}

@test "every construct of hex2 is assembled to hex2's bytes" {
    cat >all.hex2 <<'H'
# a comment		; with both signs
; another
:start
7f 45 4C 46 4 5		# a byte's digits may be apart
4 # even so
5
:middle 90<90^90
!start !end @start @end ~start ~end %start %end
$middle &end
%end>start @end>middle !end>end ~middle>start &start>end $start>end
:end
:odd-name.with_any+sign? c3 %odd-name.with_any+sign?
H
    for base in 0 0x1000; do
        for order in little big; do
            for architecture in amd64 x86; do
                agree all.hex2 "$base" "$order" "$architecture"
            done
        done
    done
}

@test "empty sources and sources without a final newline are assembled as by hex2" {
    printf ':a 90 !a' >a.hex
    agree a.hex
    printf '# only a comment' >b.hex
    agree b.hex
    printf '' >c.hex
    agree c.hex
    printf '48\r\n89\r\n# comment\rc3\r\n' >d.hex
    agree d.hex
}

# A random valid source: bytes, labels before and after their use, all references, comments.
random_source()
{
    awk -v seed="$1" 'BEGIN {
        srand(seed)
        labels = int(rand() * 20) + 1
        split("! @ ~ % $ & %", sign, " ")
        for (i = 1; i <= labels; i++) {
            bytes = int(rand() * 6)
            for (b = 0; b < bytes; b++) printf "%02X%s", int(rand() * 256), rand() < 0.5 ? " " : ""
            printf "%s:l%d%s", rand() < 0.5 ? "\n" : " ", i, rand() < 0.5 ? "\n" : "\t"
            for (r = int(rand() * 4); r > 0; r--) {
                s = sign[int(rand() * 7) + 1]
                # One byte reaches 127, two-byte addresses 65535: enough for this small file.
                near = i - int(rand() * 2); if (near < 1) near = 1
                to = s == "!" ? near : int(rand() * labels) + 1
                printf "%sl%d", s, to
                if (s != "!" && rand() < 0.3) printf ">l%d", int(rand() * labels) + 1
                printf "%s", rand() < 0.2 ? " # said :so !l1\n" : " "
            }
        }
        print ""
    }'
}

# bats test_tags=long
@test "random sources are assembled to hex2's bytes" {
    for seed in $(seq 150); do
        random_source "$seed" >random.hex2
        agree random.hex2 "$((seed % 7 * 4096))" little || { cat random.hex2; return 1; }
    done
}

@test "extensions of hex2 are 64-bit references, strings and listings" {
    cat >more.hex <<'H'
:start =end +start +end>start
"Hi\n\t\0\\\"\x41 # no comment; :no_label"
:end
H
    tinyelf build --base 0x10000 --listing more.hex -o out
    exits 0
    [ "${lines[0]}" = "00000000  38 00 01 00 00 00 00 00  :start =end +start +end>start" ]
    [ "${lines[1]}" = "00000008  f0 ff ff ff ff ff ff ff  " ]
    [ "${lines[3]}" = '00000018  48 69 0a 09 00 5c 22 41  "Hi\n\t\0\\\"\x41 # no comment; :no_label"' ]
    [ "${lines[7]}" = "00000038                           :end" ]
    [ "${#lines[@]}" -eq 8 ]
    [ "$(stat -c %s out)" -eq 56 ]
    printf '38 00 01 00 00 00 00 00 f0 ff ff ff ff ff ff ff 38 00 00 00 00 00 00 00\n' >front.hex
    cmp -n 24 out <("$TINYELF" build front.hex -o -)
    tinyelf build --endian big --base 0x10000 more.hex -o big
    [ "$(od -An -tx1 -N8 big)" = " 00 00 00 00 00 01 00 38" ]
}

@test "input that hex2 misreads is an error with line, column and caret" {
    refused()
    {
        printf '%b' "$1" >bad.hex
        tinyelf build bad.hex -o out
        exits 1
        says "$2"
        says '^'
        [ ! -e out ]
    }
    refused '90\n4D 5\n' "bad.hex:2:4: error: a lone digit"
    refused '90\n4D 4g\n' "bad.hex:2:5: error: not a hexadecimal digit"
    refused '4D 5 :a 90' "bad.hex:1:4: error: a lone digit"
    refused '90 zz' "bad.hex:1:4: error: this character means nothing here"
    refused ':a 90\n:a 91' "bad.hex:2:2: error: this label is already defined"
    refused '\t!gone' "bad.hex:1:3: error: no label has this name"
    refused '%gone>a :a' "bad.hex:1:2: error: no label has this name"
    refused ':a %a>gone' "bad.hex:1:7: error: no label has this name"
    refused '"text' "bad.hex:1:1: error: the string is not closed"
    refused '"\\q"' "unknown escape"
    refused '0x4 90' "0x takes exactly two digits"
    refused '0x412' "0x takes exactly two digits"
    refused ': 90' "a label without a name"
    refused '! 90' "a reference without the name"
    refused ':a !a> ' "'>' without the label"
}

@test "references that do not fit are refused from the same values as by hex2" {
    command -v hex2 >/dev/null || skip "hex2 is not installed (package mescc-tools)"
    bytes() { head -c "$1" /dev/zero | od -An -v -tx1; }
    for size in 126 127 128; do
        { echo ":a"; bytes "$size"; echo ":b !b>a"; } >near.hex
        ours=no theirs=no
        "$TINYELF" build near.hex -o out 2>/dev/null && ours=yes
        hex2 -f near.hex --architecture amd64 --little-endian -o out2 >/dev/null 2>&1 && theirs=yes
        [ "$ours" = "$theirs" ]
    done
    # hex2 1.4.0 stops at 0x7fff, later versions at 0xffff, as tinyelf does.
    echo ':a $a' >address.hex
    agree address.hex 0x7fff
    tinyelf build --base 0xffff address.hex -o out
    exits 0
    tinyelf build --base 0x10000 address.hex -o out
    exits 1
    says "the address 0x10000 does not fit 2 bytes"
    echo ':a &a' >wide.hex
    tinyelf build --base 0x100000000 wide.hex -o out
    exits 1
    says "the address 0x100000000 does not fit 4 bytes"
}

@test "options for programs are refused for a hex source, and those for hex for other inputs" {
    echo 90 >a.hex
    for option in "-e x" "--align 4" "--osabi GNU" "--layout single"; do
        # shellcheck disable=SC2086
        tinyelf build $option a.hex -o out
        exits 2
        says "cannot be used with a hex source"
    done
    tinyelf build --listing "$SOURCE/asm/hello.s" -o out
    exits 2
    says "cannot be used with a program"
    tinyelf build --endian middle a.hex
    exits 2
    [ ! -e out ]
}

@test "a missing file, a directory, and the input as output are errors" {
    tinyelf build gone.hex
    exits 1
    says "gone.hex: error: No such file or directory"
    mkdir d.hex
    tinyelf build d.hex
    exits 1
    says "Is a directory"
    echo 90 >a.hex
    tinyelf build a.hex -o ./a.hex
    exits 2
    says "is the input"
}

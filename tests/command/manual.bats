#!/usr/bin/env bats
# Pages of the manual: they are valid, complete, fit a terminal, and what their examples show is what commands print.
load ../support/setup
: "${BUILD:=$SOURCE/build}"

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    man=$BUILD/manual/man
    [ -e "$man/man1/tinyelf.1" ] || skip "this build has no pages: it is instrumented, or there was no perl"
    command -v mandoc >/dev/null || skip "mandoc is not installed"
}

# Prints a page as a terminal of some columns shows it, without bold and underlined characters.
show()
{
    mandoc -T utf8 -O "width=$1" "$2" | sed 's/.\x08//g'
}

@test "mandoc finds no fault in any page" {
    count=0
    for page in "$man"/man?/*; do
        # A name of a function leads to a page; mandoc would rather have links.
        if [ "$(head -c 3 "$page")" = .so ]; then
            [ -f "$man/$(cut -d ' ' -f 2 "$page")" ]
            continue
        fi
        mandoc -T lint -W warning "$page" || { echo "$page"; return 1; }
        count=$((count + 1))
    done
    [ "$count" -ge 36 ]
}

@test "each command has a page with all that a reader needs, and with every option, choice and status of its rows" {
    "$TINYELF" --print-options >rows
    for command in $(awk -F '\t' '$1 == "command" { print $2 }' rows); do
        show 300 "$man/man1/tinyelf-$command.1" >page
        for section in NAME SYNOPSIS DESCRIPTION OPTIONS ENVIRONMENT "EXIT STATUS" EXAMPLES "SEE ALSO"; do
            grep -qx "$section" page || { echo "$command: no $section"; return 1; }
        done
        # The words, however they are broken into lines. A sentence begins with a large letter there.
        tr -s ' \n' '  ' <page >words
        while IFS=$'\t' read -r letter long argument help; do
            pattern=$long
            [ "$argument" = - ] || pattern="$long $argument"
            [ "$letter" = - ] || pattern="$letter, $pattern"
            grep -qF -- " $pattern " words || { echo "$command: no $pattern"; return 1; }
            [ "$long" = --help ] || grep -qiF -- "$help" words || { echo "$command: no $help"; return 1; }
        done < <(awk -F '\t' -v OFS='\t' -v name="$command" '$1 == "option" && $2 == name { print $3, $4, $5, $6 }' rows)
        while IFS=$'\t' read -r kind text; do
            grep -qiF -- "$text" words || { echo "$command: no $kind $text"; return 1; }
        done < <(awk -F '\t' -v OFS='\t' -v name="$command" '
            $2 != name { next }
            $1 == "choice" { print $1, $4 }
            $1 ~ /^(command|about|note|status)$/ { print $1, $3 }' rows)
        show 300 "$man/man1/tinyelf.1" | grep -q "tinyelf-$command(1)"
    done
}

@test "what a command's page shows is what commands print" {
    failed=0
    for page in "$man"/man1/*.1; do
        bash "$SOURCE/tests/support/man_examples.sh" "$page" >"$(basename "$page").md"
        grep -q '^\$ tinyelf' "$(basename "$page").md" || { echo "$page: no examples"; failed=1; }
        bash "$SOURCE/tests/support/run_page.sh" "$(basename "$page").md" 2>>lacking || failed=1
    done
    [ "$failed" -eq 0 ]
    # The page of the hex language is made of docs/hex.md, whose commands docs.bats runs.
    diff <(show 300 "$man/man5/tinyelf-hex.5" | sed -n 's/^       \$ //p') <(sed -n 's/^\$ //p' "$SOURCE/docs/hex.md")
    ! grep -q 'not compared' lacking || skip "not possible on this system: $(grep -m 1 'not compared' lacking)"
}

@test "on a terminal of 80 columns no line of a command's page is wider" {
    for page in "$man"/man1/*.1; do
        show 80 "$page" | awk -v page="$page" '{ gsub(/[\200-\277]/, "") } length > 80 { print page ": " $0; bad = 1 } END { exit bad }'
    done
}

@test "each public function has a name in the manual, which leads to the page of its header, with its contract" {
    perl -0777 -ne 'print "$1\n" while /^ELFGEN_API [^;{(]*?(\w+)\(/mg' "$SOURCE"/elfgen/include/elfgen/*.h | sort -u >functions
    [ "$(wc -l <functions)" -ge 100 ]
    for page in "$man"/man3/elfgen-*.3; do
        show 80 "$page" >"$(basename "$page" .3)"
    done
    show 80 "$man/man3/elfgen.3" >whole
    while read -r function; do
        header=$(sed -n 's/^\.so man3\/\(.*\)\.3$/\1/p' "$man/man3/$function.3")
        # Twice: in the synopsis, and where it is described.
        [ "$(grep -c "\\b$function(" "$header")" -ge 2 ] || { echo "$function is not in $header(3)"; return 1; }
        grep -q "\\b$function()" whole
    done <functions
}

@test "what every Debian system has of perl is enough to make completion and pages" {
    base=$(perl -e 'print grep m{/perl-base$}, @INC')
    [ -n "$base" ] || skip "this system has no package perl-base"
    mkdir made
    while read -r script arguments; do
        # shellcheck disable=SC2086
        perl -e 'BEGIN { @INC = (shift) } $0 = shift; do $0 or die $@ || $!' "$base" "$SOURCE/manual/$script" $arguments
    done <<END
completion.pl bash $TINYELF made/completion.bash
command_pages.pl $TINYELF $SOURCE 1.0 share made/man
library_pages.pl $SOURCE 1.0 made/man
END
    cmp made/completion.bash "$BUILD/manual/completion.bash"
    [ "$(ls made/man/man3)" = "$(ls "$man/man3")" ]
}

#!/usr/bin/env bats
# Exercises for the pages of docs/lecture: each page has some, and every command of the answers prints what is shown.
load ../support/setup
load ../support/pages_setup

@test "each page of the lecture has exercises, and each of these an answer of the same number" {
    pages=0
    for page in "$SOURCE"/docs/lecture/[0-9]*.md; do
        pages=$((pages + 1))
        name=$(basename "$page")
        exercises=$SOURCE/docs/exercises/$name answers=$SOURCE/docs/exercises/answers/$name
        [ -e "$exercises" ] || { echo "no exercises for $name"; return 1; }
        grep -qF "](../lecture/$name)" "$exercises"
        grep -qF "](answers/$name)" "$exercises"
        grep -qF "]($name)" "$SOURCE/docs/exercises/README.md"
        grep -qF "](answers/$name)" "$SOURCE/docs/exercises/README.md"
        diff <(sed -n 's/^\([0-9]*\)\. .*/\1/p' "$exercises") <(sed -n 's/^## \([0-9]*\)$/\1/p' "$answers")
        # An answer without a command is not tested.
        awk '/^## / { if (n && !commands) exit 1; n++; commands = 0 } /^\$ / { commands++ } END { exit !n || !commands }' "$answers"
    done
    [ "$pages" -ge 16 ]
}

@test "the answers' commands print what the pages show" {
    prints_what_is_shown "$SOURCE"/docs/exercises/README.md "$SOURCE"/docs/exercises/*/*.md
}

@test "every link of an exercise's page leads to a file that is there" {
    links_lead 80 "$SOURCE"/docs/exercises/*.md "$SOURCE"/docs/exercises/*/*.md
}

@test "answers that the autograder can judge get all points" {
    grade=$SOURCE/docs/exercises/grade answers=$SOURCE/docs/exercises/answers
    "$TINYELF" build "$answers/small.s" -o small
    run -0 sh "$grade/grade.sh" "$grade/small.task" small
    [ "$output" = "small	6/6" ]
    run -0 sh "$grade/grade.sh" "$grade/exit42.task" "$answers/exit42.hex"
    [ "$output" = "exit42.hex	6/6" ]
    run -1 sh "$grade/grade.sh" "$grade/exit42.task" small
    [ "$output" = "small	0/1	builds: this is a program: hand in the hex text that it is built from" ]
    run -1 sh "$grade/grade.sh" "$grade/small.task" "$answers/small.s"
    [ "$output" = "small.s	0/1	starts: this is a text: hand in the program that is built from it" ]
    echo 0x9d >guilty.txt
    run -0 sh "$grade/grade.sh" "$grade/guilty.task" guilty.txt
}

@test "each of the lecturer's 18 points has a command that runs, once the page's first commands have" {
    page=$SOURCE/docs/lecture/lecturer.md
    ln -s "$SOURCE/asm" asm
    ln -s "$TINYELF" tinyelf
    export PATH=$PWD:$PATH COLUMNS=80 BROWSER=true
    awk '/^```console$/ { n++; next } /^```$/ { if (n) exit } n && /^\$ / { print substr($0, 3) }' "$page" >before
    bash -e before
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        command=$(sed -E 's/^[^`]*`([^`]*)`.*/\1/; s/ \\\| less$//' <<<"$line")
        [[ "$line" == "| $number | "* ]]
        [ -n "$command" ]
        run bash -c "$command" <&-
        # ring3 is there to be killed.
        [ "$status" -eq 0 ] || [[ "$number $status" == "1 139" ]] || { echo "$command: $status, $output"; return 1; }
        [ "${#lines[@]}" -ge 2 ]
    done < <(grep -E '^\| +[0-9]+ \|' "$page")
    [ "$number" -eq 18 ]
}

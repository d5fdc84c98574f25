#!/usr/bin/env bats
# Options as rows: what --print-options lists is what commands accept, what --help shows and what is suggested.
load ../support/setup

# The records of a kind: rows KIND [COMMAND]
rows()
{
    "$TINYELF" --print-options | awk -F '\t' -v kind="$1" -v name="${2:-}" \
        '$1 == kind && (name == "" || $2 == name)'
}

commands()
{
    rows command | cut -f 2
}

@test "--print-options lists every command with usage, description, options and exit status" {
    "$TINYELF" --print-options >all
    [ "$(commands | wc -l)" -ge 14 ]
    for command in $(commands); do
        for kind in usage about option status; do
            [ -n "$(rows "$kind" "$command")" ] || { echo "$command has no $kind"; return 1; }
        done
        [ "$(rows option "$command" | cut -f 4 | tail -n 1)" = --help ]
    done
    # Every folder is a command, and every row has a folder.
    [ "$(commands | sort)" = "$(cd "$SOURCE/elfgen/tinyelf/commands" && printf '%s\n' */ | tr -d / | sort)" ]
}

@test "--print-options has as many fields as its kind says, none of them empty" {
    "$TINYELF" --print-options | awk -F '\t' '
        BEGIN { fields["command"] = fields["usage"] = fields["about"] = fields["heading"] = 3
                fields["note"] = fields["status"] = fields["json"] = 3; fields["option"] = 7; fields["choice"] = 5 }
        NF != fields[$1] { print "fields: " $0; bad = 1 }
        { for (i = 1; i <= NF; i++) if ($i == "") { print "empty: " $0; bad = 1 } }
        $1 == "option" && ($3 !~ /^-[A-Za-z]?$/ || $4 !~ /^--[a-z-]+$/) { print "spelling: " $0; bad = 1 }
        $1 == "option" && ($5 == "-") != ($7 == "-") { print "value: " $0; bad = 1 }
        $1 == "option" && $7 !~ /^(-|any|choice|list|path|words)$/ { print "value: " $0; bad = 1 }
        $1 == "choice" && kind[$2, $3] !~ /^(choice|list)$/ { print "no value: " $0; bad = 1 }
        $1 == "option" { kind[$2, $4] = $7 }
        $1 == "option" && seen[$2, $4]++ { print "twice: " $0; bad = 1 }
        $1 == "option" && $3 != "-" && seen[$2, $3]++ { print "twice: " $0; bad = 1 }
        /\{|\}/ { print "not expanded: " $0; bad = 1 }
        END { exit bad }'
    [ -z "$("$TINYELF" --help | grep -e --print-options)" ]
}

# bats test_tags=long
@test "each option is accepted by its command, long and short" {
    rows option | grep -v "^option	tinyelf" >all
    while IFS=$'\t' read -r _ command letter long argument _; do
        for option in "$long" "$letter"; do
            [ "$option" != - ] || continue
            if [ "$argument" = - ]; then
                tinyelf "$command" "$option" --help
                exits 0
                [[ $output == "Usage: tinyelf $command"* ]]
            else
                # The value may be refused; the option is known and needs one.
                tinyelf "$command" "$option" '' --help
                [[ $stderr != *"unknown option"* && $stderr != *"no value"* ]] || { echo "$option: $stderr"; return 1; }
                tinyelf "$command" "$option"
                exits 2
                says "option '$option' needs a value"
            fi
        done
        [ "$argument" != - ] || { tinyelf "$command" "$long=x"; exits 2; says "takes no value"; }
    done <all
}

# bats test_tags=long
@test "each choice is accepted, and another word is refused with a list of them" {
    rows choice >all
    [ "$(wc -l <all)" -gt 20 ]
    while IFS=$'\t' read -r _ command option value _; do
        tinyelf "$command" "$option" "$value" --help
        exits 0
        tinyelf "$command" "$option"
        exits 2
        [[ $stderr == *"option '$option' needs a value: "*"$value"* ]] || { echo "$stderr"; return 1; }
        tinyelf "$command" "$option" "!"
        exits 2
        says "$option '!': it must be "
        says "$value"
        tinyelf "$command" "$option" ""
        exits 2
        [[ $stderr != *"did you mean"* ]]
    done <all
}

# A value that the option COMMAND LONG takes, whose value is called ARGUMENT: value_of COMMAND LONG ARGUMENT
value_of()
{
    local choice
    choice=$(rows choice "$1" | awk -F '\t' -v option="$2" '$3 == option { print $4; exit }')
    case $choice$3 in
    VERSIONS) echo all ;;
    I/N) echo 1/2 ;;
    N | SECONDS | SIZE | S | ADDRESS) echo 16 ;;
    'N|NAME') echo GNU ;;
    "$3") echo name ;;
    *) echo "$choice" ;;
    esac
}

@test "an option that has one value is given once, by its letter or its name; lists and words add up" {
    rows option | grep -v "^option	tinyelf" >all
    local counted=0
    while IFS=$'\t' read -r _ command letter long argument _ kind; do
        [ "$argument" != - ] || continue
        value=$(value_of "$command" "$long" "$argument")
        for option in "$long" "$letter"; do
            [ "$option" != - ] || continue
            tinyelf "$command" "$long" "$value" "$option" "$value" --help
            if [ "$kind" = list ] || [ "$kind" = words ]; then
                exits 0
            else
                exits 2
                says "tinyelf: $command: error: option '$option' is given twice: '$value', then '$value'"
                counted=$((counted + 1))
            fi
        done
    done <all
    [ "$counted" -ge 60 ]
    cp "$SOURCE/asm/hello.s" .
    "$TINYELF" build hello.s -o hello
    "$TINYELF" explain --format json --with bytes,memory hello >together
    "$TINYELF" explain --format json --with bytes --with memory hello >apart
    cmp together apart
}

@test "--help of every command shows all of its options and choices" {
    COLUMNS=40 "$TINYELF" --help >/dev/null
    for command in $(commands); do
        for width in 40 80; do
            COLUMNS=$width "$TINYELF" "$command" --help >help
            while IFS=$'\t' read -r _ _ letter long argument _; do
                pattern=$long
                [ "$argument" = - ] || pattern="$long $argument"
                [ "$letter" = - ] || pattern="$letter, $pattern"
                grep -qF -- "$pattern" help || { echo "$command, $width columns: no $pattern"; return 1; }
            done < <(rows option "$command")
            while IFS=$'\t' read -r _ _ _ value _; do
                grep -qwF -- "$value" help || { echo "$command, $width columns: no $value"; return 1; }
            done < <(rows choice "$command")
        done
        # The words are those of the list, however lines are broken.
        tr -s ' \n' '  ' <help >words
        while IFS=$'\t' read -r _ _ _ _ _ text _; do
            grep -qF -- "$text" words || { echo "$command: no '$text'"; return 1; }
        done < <(rows option "$command")
        "$TINYELF" --help | grep -q "^  $command "
        cmp help <("$TINYELF" help "$command")
    done
}

@test "no line of a help is wider than 80 columns, or than COLUMNS where words allow it" {
    for command in "" $(commands); do
        # shellcheck disable=SC2086 # none or one word
        "$TINYELF" $command --help | awk '(length > 80 && NF > 1) || / $/ { print; bad = 1 } END { exit bad }'
        for width in 40 60; do
            # A label or a usage stays together with its indentation; a word alone (the path of a schema) is what it is.
            # shellcheck disable=SC2086
            COLUMNS=$width "$TINYELF" $command --help | awk -v most="$width" '
                length > most && NF > 1 && !/^ +(-[A-Za-z], )?--[a-z-]+ [^ ]+$/ && !/^(Usage:)? +tinyelf / { print; bad = 1 }
                / $/ { print; bad = 1 }
                END { exit bad }'
        done
    done
}

@test "a mistyped command, option or choice is answered with the nearest" {
    for command in $(commands); do
        [ ${#command} -ge 4 ] || continue # of three letters, one is too much
        tinyelf "${command}x"
        exits 2
        says "unknown command '${command}x': did you mean '$command'?"
    done
    tinyelf explain --prts x
    exits 2
    says "unknown option '--prts': did you mean '--parts'?"
    tinyelf explain --format jsn x
    exits 2
    says "--format 'jsn': it must be text, json, "
    says ": did you mean 'json'?"
    tinyelf build --from nsam x
    exits 2
    says "--from 'nsam': it must be nasm, gas, fasm, c, object, raw or hex: did you mean 'nasm'?"
    tinyelf build --osabi FREBSD x
    exits 2
    says ": did you mean 'FREEBSD'?"
    tinyelf --versoin
    exits 2
    says "unknown option '--versoin': did you mean '--version'?"
    # An empty word means nothing.
    for word in "" --; do
        tinyelf "$word"
        exits 2
        [[ $stderr != *"did you mean"* ]]
    done
}

@test "a full disk is reported by --help and --print-options" {
    for arguments in --help --print-options "build --help" "explain --help"; do
        status=0
        # shellcheck disable=SC2086
        "$TINYELF" $arguments >/dev/full 2>messages || status=$?
        [ "$status" -eq 1 ]
        grep -q "No space left on device" messages
    done
}

@test "wherever there is JSON, --help names its schema, and nowhere else" {
    "$TINYELF" --print-options >rows
    writers=$(awk -F '\t' '($1 == "option" && $4 == "--json") || ($1 == "choice" && $3 == "--format" && $4 == "json") { print $2 }' rows | sort -u)
    records=$(awk -F '\t' '$1 == "json" { print $2 }' rows | sort -u)
    # What step keeps with --record is JSON without an option of that name.
    [ "$(printf '%s\nstep\n' "$writers" | sort)" = "$records" ]
    for command in $(awk -F '\t' '$1 == "command" { print $2 }' rows); do
        "$TINYELF" "$command" --help | tr -s ' \n' ' ' >help
        if grep -qx "$command" <<<"$records"; then
            path=$(grep -oE "[^ ]*/schema/$command\.json" help)
            [ -f "$path" ]
            version=$(awk -F '\t' -v name="$command" '$1 == "json" && $2 == name { print $3 }' rows)
            grep -q "JSON: version $version, " help
        else
            run ! grep -q '/schema/' help
        fi
    done
}

#!/usr/bin/env bats
# Completion for bash, zsh and fish offers what the rows of the options say, and files by their kind.
load ../support/setup
: "${BUILD:=$SOURCE/build}"

setup()
{
    mkdir "$BATS_TEST_TMPDIR/work" && cd "$BATS_TEST_TMPDIR/work" || return 1
    [ -e "$BUILD/manual/completion.bash" ] || skip "this build has no completion: it is instrumented, or there was no perl"
    mkdir bin functions folder
    ln -s "$TINYELF" bin/tinyelf
    ln -s "$BUILD/manual/completion.zsh" functions/_tinyelf
    export PATH=$PWD/bin:$PATH TINYELF_TEMPLATES=$SOURCE/templates HOME=$PWD/bin
    touch hello.c hello.s 'two words.c'
    install -m 755 /dev/null program
}

# Prints what bash offers for the last of some words, one a line.
offered_by_bash()
{
    bash -c 'source "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _tinyelf
        [ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' bash "$BUILD/manual/completion.bash" "$@" | sort
}

# Prints what fish offers at the end of a line, without the descriptions.
offered_by_fish()
{
    fish -N -c 'source $argv[1]; complete -C $argv[2]' "$BUILD/manual/completion.fish" "$1" | cut -f 1 | sort
}

# Prints what zsh offers at the end of a line.
offered_by_zsh()
{
    timeout 20 zsh -f "$SOURCE/tests/support/complete.zsh" functions "$1" | cut -f 2 | sort -u
}

# Exactly these are offered: same TEXT WORD...
same()
{
    local expected
    expected=$([ $# -eq 1 ] || printf '%s\n' "${@:2}" | sort)
    [ "$1" = "$expected" ] && return 0
    printf 'offered: %s\nexpected: %s\n' "${1//$'\n'/ }" "${expected//$'\n'/ }"
    return 1
}

commands()
{
    "$TINYELF" --print-options | awk -F '\t' '$1 == "command" { print $2 }'
}

# Lines "COMMAND --OPTION[ VALUE]" of all options and choices but those of tinyelf itself.
all_rows()
{
    "$TINYELF" --print-options | awk -F '\t' '
        $1 == "option" && $2 != "tinyelf" { print $2, $4 }
        $1 == "choice" { print $2, $3, $4 }' | sort
}

@test "bash: every command, option and choice of the rows is offered, and no other" {
    # shellcheck disable=SC2046
    same "$(offered_by_bash tinyelf '')" $(commands) help -h --help --version
    # One bash for all: the options of each command, then the choices of each option that has any.
    cat >ask.bash <<'END'
source "$1"
offer() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _tinyelf; }
while read -r command; do
    offer tinyelf "$command" --
    for option in "${COMPREPLY[@]}"; do
        echo "$command $option"
        offer tinyelf "$command" "$option" ''
        [[ " $3 " != *" $command$option "* ]] || for value in "${COMPREPLY[@]}"; do echo "$command $option $value"; done
    done
done <"$2"
END
    commands >names
    bash ask.bash "$BUILD/manual/completion.bash" names "$(all_rows | awk 'NF == 3 { print $1 $2 }' | tr '\n' ' ')" | sort >offered
    all_rows >rows
    diff rows offered
    same "$(offered_by_bash tinyelf build -o x -)" \
        $("$TINYELF" --print-options | awk -F '\t' '$1 == "option" && $2 == "build" { print $3; print $4 }' | grep -vx -e -)
}

@test "bash: values after a blank or '=', lists with commas, files by kind, and what comes after a program" {
    same "$(offered_by_bash tinyelf bu)" build
    same "$(offered_by_bash tinyelf help ex)" explain
    same "$(offered_by_bash tinyelf help explain '')"
    same "$(offered_by_bash tinyelf nosuch '')"
    # As bash splits words with '=' among COMP_WORDBREAKS, and without it.
    same "$(offered_by_bash tinyelf build --layout = s)" single split
    same "$(offered_by_bash tinyelf build --layout =)" single split
    same "$(offered_by_bash tinyelf build --layout=si)" --layout=single
    same "$(offered_by_bash tinyelf build --layout = single --lis)" --listing
    same "$(offered_by_bash tinyelf explain --with bytes,m)" bytes,memory
    same "$(offered_by_bash tinyelf explain --with = bytes,m)" bytes,memory
    # What a list has is not offered again.
    same "$(offered_by_bash tinyelf explain --with bytes,memory,)" bytes,memory,parts bytes,memory,verdict
    same "$(offered_by_bash tinyelf explain --with bytes,b)"
    same "$(offered_by_bash tinyelf explain --with=bytes,)" --with=bytes,memory --with=bytes,parts --with=bytes,verdict
    same "$(offered_by_bash tinyelf build h)" hello.c hello.s
    same "$(offered_by_bash tinyelf build -o tw)" "two words.c"
    same "$(offered_by_bash tinyelf stages '')" bin folder functions hello.c "two words.c"
    same "$(offered_by_bash tinyelf run '')" bin folder functions program
    same "$(offered_by_bash tinyelf mutate --keep fo)" folder
    same "$(offered_by_bash tinyelf syscall exit)" exit exit_group
    same "$(offered_by_bash tinyelf build --base '')"
    # Options of a program are not tinyelf's.
    same "$(offered_by_bash tinyelf run --time 5 --san)" --sandbox
    same "$(offered_by_bash tinyelf run --time 5 program --san)"
    same "$(offered_by_bash tinyelf run --time 5 program hello.)" hello.c hello.s
    same "$(offered_by_bash tinyelf explain --run program -- --for)"
    same "$(offered_by_bash tinyelf new --template elf)" elf32 elf64
}

@test "bash: the loader of bash-completion finds the installed file by the command's name" {
    loader=/usr/share/bash-completion/bash_completion
    [ -e "$loader" ] || skip "the package bash-completion is not installed"
    mkdir -p data/bash-completion/completions
    cp "$BUILD/manual/completion.bash" data/bash-completion/completions/tinyelf
    run env XDG_DATA_HOME="$PWD/data" bash --norc -c "source $loader
        _completion_loader tinyelf
        complete -p tinyelf
        COMP_WORDS=(tinyelf explain --format m) COMP_CWORD=3
        _tinyelf
        echo \"\${COMPREPLY[@]}\""
    [ "${lines[0]}" = "complete -F _tinyelf tinyelf" ]
    [ "${lines[1]}" = markdown ]
}

@test "fish: every command, option and choice of the rows is offered, and no other" {
    command -v fish >/dev/null || skip "fish is not installed"
    # shellcheck disable=SC2046
    same "$(offered_by_fish 'tinyelf ')" $(commands) help
    same "$(offered_by_fish 'tinyelf --')" --help --version
    all_rows >rows
    awk 'NF == 3 { print $1, $2 }' rows | sort -u >valued
    commands >names
    fish -N -c 'source $argv[1]
        for command in (cat names)
            for line in (complete -C "tinyelf $command --")
                echo $command (string split -f 1 \t -- $line)
            end
        end
        for option in (cat valued)
            for line in (complete -C "tinyelf $option ")
                echo $option (string split -f 1 \t -- $line)
            end
        end' "$BUILD/manual/completion.fish" | sort >offered
    diff rows offered
}

@test "fish: values, lists with commas, files by kind, and what comes after a program" {
    command -v fish >/dev/null || skip "fish is not installed"
    same "$(offered_by_fish 'tinyelf bu')" build
    same "$(offered_by_fish 'tinyelf help ex')" explain
    same "$(offered_by_fish 'tinyelf build --layout=si')" --layout=single
    same "$(offered_by_fish 'tinyelf explain --with bytes,m')" bytes,memory
    same "$(offered_by_fish 'tinyelf explain --with bytes,memory,')" bytes,memory,parts bytes,memory,verdict
    same "$(offered_by_fish 'tinyelf explain --with bytes,b')"
    same "$(offered_by_fish 'tinyelf explain --with=bytes,')" --with=bytes,memory --with=bytes,parts --with=bytes,verdict
    same "$(offered_by_fish 'tinyelf build h')" hello.c hello.s
    same "$(offered_by_fish 'tinyelf stages ')" bin/ folder/ functions/ hello.c "two words.c"
    same "$(offered_by_fish 'tinyelf run ')" bin/ folder/ functions/ program
    same "$(offered_by_fish 'tinyelf mutate --keep fo')" folder/
    same "$(offered_by_fish 'tinyelf syscall exit')" exit exit_group
    same "$(offered_by_fish 'tinyelf run --time 5 --san')" --sandbox
    same "$(offered_by_fish 'tinyelf run --time 5 program --san')"
    same "$(offered_by_fish 'tinyelf run build --san')"
    same "$(offered_by_fish 'tinyelf new --template elf')" elf32 elf64
    # What an option does stands beside it.
    fish -N -c 'source $argv[1]; complete -C "tinyelf build --layout "' "$BUILD/manual/completion.fish" >beside
    grep -q "^split	one for each set of permissions" beside
}

@test "zsh: every command, option and choice of the rows is offered, and no other" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    # shellcheck disable=SC2046
    same "$(offered_by_zsh 'tinyelf ')" $(commands) help
    same "$(offered_by_zsh 'tinyelf --')" --help --version
    all_rows >rows
    { commands | sed 's/$/ --/'; awk 'NF == 3 { print $1, $2 " " }' rows | sort -u; } >asked
    sed 's/^/tinyelf /' asked >lines
    mapfile -t lines <lines
    timeout 60 zsh -f "$SOURCE/tests/support/complete.zsh" functions "${lines[@]}" >words
    awk -F '\t' 'NR == FNR { sub(/ (--)?$/, ""); asked[NR] = $0; next } { print asked[$1], $2 }' asked words | sort -u >offered
    diff rows offered
}

@test "zsh: values, lists with commas, files by kind, and what comes after a program" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    same "$(offered_by_zsh 'tinyelf bu')" build
    same "$(offered_by_zsh 'tinyelf help ex')" explain
    same "$(offered_by_zsh 'tinyelf build --layout=si')" single
    same "$(offered_by_zsh 'tinyelf explain --with bytes,m')" memory
    same "$(offered_by_zsh 'tinyelf explain --with bytes,memory,')" parts verdict
    same "$(offered_by_zsh 'tinyelf build -o x --outp')"
    same "$(offered_by_zsh 'tinyelf build h')" hello.c hello.s
    same "$(offered_by_zsh 'tinyelf stages ')" bin folder functions hello.c 'two\ words.c'
    same "$(offered_by_zsh 'tinyelf run p')" program
    same "$(offered_by_zsh 'tinyelf mutate --keep fo')" folder
    same "$(offered_by_zsh 'tinyelf syscall exit')" exit exit_group
    same "$(offered_by_zsh 'tinyelf run --time 5 --san')" --sandbox
    same "$(offered_by_zsh 'tinyelf run --time 5 program --san')"
    same "$(offered_by_zsh 'tinyelf new --template elf')" elf32 elf64
}

@test "each word of --help for a path is known to completion" {
    "$TINYELF" --print-options | awk -F '\t' '$1 == "option" && $7 == "path" { print $5 }' | sort -u >paths
    while read -r word; do
        grep -qE "\\b$word => '" "$SOURCE/manual/completion.pl" || { echo "completion.pl does not know $word"; return 1; }
    done <paths
}

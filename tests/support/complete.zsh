# complete.zsh FOLDER LINE...: prints what zsh offers at the end of each command line, with the functions of a folder.
# A zsh of its own runs at a pseudo-terminal, where the builtin that all of its completion goes through is listened to.
# Each line of the output is the number of the command line, a tab, and a word that is offered for it.
zmodload zsh/zpty
folder=$1
shift
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; fpath=(${(q)folder} \$fpath)
autoload -Uz compinit; compinit -u -D; LISTMAX=0; setopt no_beep
compadd () {
    if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd \"\$@\"; return; fi
    local -a offered
    builtin compadd -A offered \"\$@\"
    (( \${#offered} )) && print -rl -- \$offered >>offered.\$number
    builtin compadd \"\$@\"
}
zle-line-init () { print READ''Y.\$number }; zle -N zle-line-init
offer () { zle complete-word; print DON''E.\$number }; zle -N offer; bindkey '^I' offer; bindkey '^U' kill-buffer
number=0"
zpty -r shell output '*READY.0*'
integer number=0
# Nothing is typed before the shell waits for it: input that waits changes what completion does.
for line; do
    number+=1
    zpty -w shell "number=$number"
    zpty -r shell output "*READY.$number*"
    zpty -w -n shell "$line"$'\t'
    zpty -r shell output "*DONE.$number*"
    zpty -w -n shell $'\C-u'
    [[ ! -e offered.$number ]] || sed "s/^/$number	/" offered.$number
    rm -f offered.$number
done
zpty -d shell

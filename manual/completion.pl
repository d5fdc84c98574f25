#!/usr/bin/perl
# Makes completion for a shell from the rows of the options.
#
#   completion.pl bash|zsh|fish TINYELF FILE        TINYELF: the program; FILE: the script to write
use strict;
use warnings;
use File::Basename;
use lib dirname(__FILE__);
use Rows;

# What is offered for a word of --help that stands for a value or an operand. A value that is a path is a file unless its
# word says more; words that are not here stand for numbers and names that nobody can list.
my %offered = (
    FILE => 'file', INPUT => 'file', RESULT => 'file', ARGUMENT => 'file', TWIN => 'file', PAGE => 'file', CANDIDATE => 'file',
    'FILE.c' => 'source', DIR => 'folder', FOLDER => 'folder', PROGRAM => 'program', COMMAND => 'command',
    TEMPLATE => 'template', 'NAME|NUMBER' => 'call',
);
# Lists that the program itself prints.
my %listed = (
    template => q{new --list 2>/dev/null | sed 's/ .*//'},
    call => q{syscall --list 2>/dev/null | sed '1d;s/ .*//'},
);

die "usage: completion.pl bash|zsh|fish TINYELF FILE\n" if @ARGV != 3;
my ($shell, $tinyelf, $file) = @ARGV;
my ($program, @commands) = Rows::read_rows($tinyelf);
my $help = {name => 'help', summary => 'say how a command is used', rows => [], usage => ['COMMAND']};

sub offer {
    my ($option) = @_;
    return $offered{$option->{argument}} // ($option->{value} eq 'path' ? 'file' : 'none');
}

# What the operands of a command are: the first, and those after it.
sub offer_operands {
    my ($command) = @_;
    my @kinds = map { $offered{$_} // 'none' } Rows::operands($command);
    push @kinds, 'none' unless @kinds;
    return ($kinds[0], Rows::stops_at_operand($command) ? 'file' : $kinds[0]);
}

# A string of a shell, in single quotes.
sub quote {
    my ($text) = @_;
    return "'" . ($text =~ s/'/'\\''/gr) . "'";
}

# The first sentence, or part of it, for a list beside the command line.
sub short {
    my ($text) = @_;
    $text =~ s/[:;]$//;
    return $text =~ s/^((?:[^();]|\([^()]*\))*); .*/$1/r;
}

sub spellings {
    return join ' ', map { my $o = $_; grep { $_ } $o->{letter}, $o->{long} } @_;
}

sub bash {
    my $arms = '';
    for my $command (@commands) {
        my @options = Rows::options($command);
        my ($first, $rest) = offer_operands($command);
        $arms .= "    $command->{name})\n"
            . "        options=" . quote(spellings(@options)) . "\n"
            . "        valued=" . quote(' ' . spellings(grep { $_->{argument} } @options) . ' ') . "\n"
            . "        first=$first rest=$rest stops=" . (Rows::stops_at_operand($command) ? 1 : 0) . "\n"
            . "        case \$option in\n";
        for my $option (grep { $_->{argument} } @options) {
            my $pattern = join ' | ', grep { $_ } $option->{letter}, $option->{long};
            $arms .= "        $pattern) "
                . (@{$option->{choices}}
                ? 'kind=' . ($option->{value} eq 'list' ? 'list' : 'words') . ' words='
                    . quote(join ' ', map { $_->{name} } @{$option->{choices}})
                : 'kind=' . offer($option)) . " ;;\n";
        }
        $arms .= "        esac\n        ;;\n";
    }
    my $names = quote(join ' ', map { $_->{name} } @commands);
    my $more = quote(spellings(Rows::options($program)));
    return <<"END" . <<'END' . $arms . <<"END" . <<'END';
# Completion of tinyelf for bash. Made from the rows of its options when it was built.

# Sets options, valued, first, rest and stops for a command; kind and words for the value of an option of it.
_tinyelf_rows()
{
    local command=\$1 option=\$2
    commands=$names
    others=$more
END
    case $command in
END
    esac
}

# Sets COMPREPLY to what of a kind begins with a word.
_tinyelf_offer()
{
    local kind=\$1 word=\$2 candidate begun left
    case \$kind in
    file | source | program)
        compopt -o filenames 2>/dev/null
        while IFS= read -r candidate; do
            [[ \$kind == source && \$candidate != *.c && ! -d \$candidate ]] && continue
            [[ \$kind == program && ! -x \${candidate/#\\~/\$HOME} ]] && continue
            COMPREPLY+=("\$candidate")
        done < <(compgen -f -- "\$word")
        ;;
    folder)
        compopt -o filenames 2>/dev/null
        while IFS= read -r candidate; do COMPREPLY+=("\$candidate"); done < <(compgen -d -- "\$word")
        ;;
    command)
        while IFS= read -r candidate; do COMPREPLY+=("\$candidate"); done < <(compgen -c -- "\$word" | sort -u)
        ;;
    template) mapfile -t COMPREPLY < <(compgen -W "\$("\$program" $listed{template})" -- "\$word") ;;
    call) mapfile -t COMPREPLY < <(compgen -W "\$("\$program" $listed{call})" -- "\$word") ;;
    words) mapfile -t COMPREPLY < <(compgen -W "\$words" -- "\$word") ;;
    list)
        begun= left=
        [[ \$word == *,* ]] && begun=\${word%,*},
        for candidate in \$words; do [[ ,\$begun == *,"\$candidate",* ]] || left+="\$candidate "; done
        mapfile -t COMPREPLY < <(compgen -P "\$begun" -W "\$left" -- "\${word##*,}")
        ;;
    esac
}
END

_tinyelf()
{
    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]-} word=${COMP_WORDS[COMP_CWORD]} option='' begun=''
    local commands others options='' valued='' words='' kind='' first=none rest=none stops=0 operands=0 ended=0 i
    COMPREPLY=()
    _tinyelf_rows "$command" ''
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands help $others" -- "$word")
        return
    fi
    if [ "$command" = help ]; then
        [ "$COMP_CWORD" -gt 2 ] || mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
        return
    fi
    # What the words before are. Bash may take '=' for a word of its own.
    for ((i = 2; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]]; then
            ended=1
            break
        elif [[ $valued == *" ${COMP_WORDS[i]} "* ]]; then
            [[ ${COMP_WORDS[i + 1]} != = ]] || i=$((i + 1))
            i=$((i + 1))
        elif [[ ${COMP_WORDS[i]} != -?* ]]; then
            operands=$((operands + 1))
            [ "$stops" -eq 0 ] || break
        fi
    done
    if [ "$ended" -eq 0 ] && { [ "$stops" -eq 0 ] || [ "$operands" -eq 0 ]; }; then
        # The value of an option: `--name VALUE`, `--name = VALUE` in words, or `--name=VALUE` in one.
        option=${COMP_WORDS[COMP_CWORD - 1]}
        [[ $option != = || $COMP_CWORD -lt 4 ]] || option=${COMP_WORDS[COMP_CWORD - 2]}
        if [[ $word == = ]]; then
            word=
        elif [[ $word == --*=* ]]; then
            option=${word%%=*} begun=${word%%=*}= word=${word#*=}
        fi
        _tinyelf_rows "$command" "$option"
        if [ -n "$kind" ]; then
            _tinyelf_offer "$kind" "$word"
            COMPREPLY=("${COMPREPLY[@]/#/$begun}")
            return
        fi
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
            return
        fi
    fi
    if [ "$operands" -eq 0 ]; then
        _tinyelf_offer "$first" "$word"
    else
        _tinyelf_offer "$rest" "$word"
    fi
}

complete -F _tinyelf tinyelf
END
}

# A text in a pair NAME:TEXT of zsh's _describe, or in brackets of its _arguments and _values.
sub zsh_text {
    my ($text) = @_;
    return short($text) =~ s/([\[\]:\\])/\\$1/gr;
}

sub zsh {
    my %action = (
        file => '_files', source => '_files -g "*.c(-.)"', folder => '_files -/', program => '_files -g "*(-*)"',
        command => '_command_names -e', template => '_tinyelf_templates', call => '_tinyelf_calls', none => '',
    );
    my ($functions, $arms) = ('', '');
    for my $command (@commands) {
        my $stops = Rows::stops_at_operand($command);
        my @specs;
        for my $option (Rows::options($command)) {
            my $value = '';
            if ($option->{argument}) {
                my $does = $action{offer($option)};
                if (@{$option->{choices}}) {
                    $does = "_tinyelf_$command->{name}_" . ($option->{long} =~ s/^--//r =~ s/-/_/gr);
                    my @choices = @{$option->{choices}};
                    $functions .= "$does()\n{\n";
                    if ($option->{value} eq 'list') {
                        $functions .= "    _values -s , " . quote($option->{argument}) . ' '
                            . join(' ', map { quote($_->{name} . ($_->{help} ? '[' . zsh_text($_->{help}) . ']' : '')) } @choices);
                    } else {
                        $functions .= '    local -a choices=('
                            . join(' ', map { quote($_->{name} . ($_->{help} ? ':' . zsh_text($_->{help}) : '')) } @choices)
                            . ")\n    _describe -t choices " . quote($option->{argument}) . ' choices';
                    }
                    $functions .= "\n}\n\n";
                }
                $value = ':' . ($option->{argument} =~ s/:/\\:/gr) . ':' . $does;
            }
            my $text = '[' . zsh_text($option->{help}) . ']';
            my $sign = $option->{argument} ? '=' : '';
            # Either spelling, once.
            if ($option->{letter}) {
                my $plus = $option->{argument} ? '+' : '';
                push @specs, quote("($option->{letter} $option->{long})") . "{$option->{letter}$plus,$option->{long}$sign}"
                    . quote($text . $value);
            } else {
                push @specs, quote("$option->{long}$sign$text$value");
            }
        }
        my ($first) = Rows::operands($command);
        my ($offer) = offer_operands($command);
        push @specs, quote("1:$first:$action{$offer}"), quote('*:ARGUMENT:_files') if $stops;
        push @specs, quote("*:$first:$action{$offer}") if !$stops;
        $arms .= "    $command->{name})\n        _arguments -s -S" . ($stops ? " -A '-*'" : '') . " \\\n            "
            . join(" \\\n            ", @specs) . "\n        ;;\n";
    }
    my $names = join "\n", map { '        ' . quote("$_->{name}:" . zsh_text($_->{summary})) } @commands;
    my $more = join ' ', map { quote($_->{long} . '[' . zsh_text($_->{help}) . ']') } Rows::options($program);
    return <<"END" . <<'END' . $arms . <<'END';
#compdef tinyelf
# Completion of tinyelf for zsh. Made from the rows of its options when it was built.

_tinyelf_commands()
{
    local -a commands=(
$names
    )
    [[ \${@[-1]-} != with-help ]] || commands+=(${\ quote("help:" . zsh_text($help->{summary}))})
    _describe -t commands COMMAND commands
}

_tinyelf_templates()
{
    local -a templates=(\${(f)"\$(_call_program templates tinyelf new --list 2>/dev/null | sed 's/:/\\\\:/g;s/  */:/')"})
    _describe -t templates TEMPLATE templates
}

_tinyelf_calls()
{
    local -a calls=(\${(f)"\$(_call_program calls tinyelf ${\ ($listed{call} =~ s/'1d/'1d/r)})"})
    compadd -a calls
}

${functions}_tinyelf()
{
    local curcontext=\$curcontext state line
    local -A opt_args
    _arguments -C $more '1:COMMAND:_tinyelf_commands with-help' '*:: :->words'
    [[ \$state == words ]] || return
END
    case $line[1] in
    help)
        _arguments '1:COMMAND:_tinyelf_commands'
        ;;
END
    esac
}

_tinyelf "$@"
END
}

sub fish_text {
    my ($text) = @_;
    return "'" . (short($text) =~ s/(['\\])/\\$1/gr) . "'";
}

sub fish {
    my $out = <<"END" . <<'END';
# Completion of tinyelf for fish. Made from the rows of its options when it was built.

# Whether the command on the line is one of these. A word after it may be called like a command.
function __tinyelf_command
    set -l words (commandline -opc)
    test (count \$words) -ge 2; and contains -- \$words[2] \$argv
end

END
# Whether there is no command yet.
function __tinyelf_no_command
    test (count (commandline -opc)) -eq 1
end

# Whether the command is this one, and its program was not given yet: what comes after that is the program's.
function __tinyelf_before_program
    __tinyelf_command $argv[1]; or return 1
    set -l words (commandline -opc)
    set -l valued $argv[2..-1]
    set -l skip 0
    for word in $words[3..-1]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word $valued
            set skip 1
        else if not string match -q -- '-*' $word
            return 1
        end
    end
    return 0
end

# A list with commas, longer by each of these words that it does not have.
function __tinyelf_list
    set -l begun (commandline -ct | string replace -r -- '^--[^=]*=' '' | string match -r -- '^.*,')
    set -l listed (string split -- , "$begun")
    for word in $argv
        contains -- $word $listed; or echo "$begun$word"
    end
end

# Files that can be run, and folders.
function __tinyelf_programs
    for line in (__fish_complete_path (commandline -ct))
        test -x (string split -f 1 \t -- $line); and echo $line
    end
end

complete -c tinyelf -f
END
    my %does = (
        file => ' -r -F', source => ' -x -a ' . fish_quote(q{(__fish_complete_suffix .c | string match -r '.*(?:\.c|/)(?:\t.*)?$')}), folder => " -x -a '(__fish_complete_directories)'",
        program => ' -x -a "(__tinyelf_programs)"', command => " -x -a '(__fish_complete_command)'",
        template => " -x -a " . fish_quote(q{(tinyelf new --list 2>/dev/null | string replace -r ' +' \t)}),
        call => " -x -a " . fish_quote("(tinyelf $listed{call})"), none => ' -x',
    );
    for my $command (@commands, $help) {
        $out .= "complete -c tinyelf -n __tinyelf_no_command -a $command->{name} -d " . fish_text($command->{summary}) . "\n";
    }
    for my $option (Rows::options($program)) {
        $out .= "complete -c tinyelf -n __tinyelf_no_command -l " . ($option->{long} =~ s/^--//r) . ' -d '
            . fish_text($option->{help}) . "\n";
    }
    $out .= "\ncomplete -c tinyelf -n '__tinyelf_command help' -a " . fish_quote(join ' ', map { $_->{name} } @commands) . "\n";
    for my $command (@commands) {
        my @options = Rows::options($command);
        my $stops = Rows::stops_at_operand($command);
        my $when = $stops
            ? fish_quote("__tinyelf_before_program $command->{name} " . spellings(grep { $_->{argument} } @options))
            : fish_quote("__tinyelf_command $command->{name}");
        $out .= "\n";
        for my $option (@options) {
            $out .= "complete -c tinyelf -n $when" . ($option->{letter} ? ' -s ' . substr($option->{letter}, 1) : '')
                . ' -l ' . ($option->{long} =~ s/^--//r);
            if ($option->{argument}) {
                if (@{$option->{choices}}) {
                    my $list = join ' ', map { $_->{name} . ($_->{help} ? '\t' . fish_word(short($_->{help})) : '') } @{$option->{choices}};
                    $list = "(__tinyelf_list " . join(' ', map { $_->{name} } @{$option->{choices}}) . ')' if $option->{value} eq 'list';
                    $out .= ' -x -a ' . fish_quote($list);
                } else {
                    $out .= $does{offer($option)};
                }
            }
            $out .= ' -d ' . fish_text($option->{help}) . "\n";
        }
        my ($first) = offer_operands($command);
        my $operands = $does{$first} =~ s/^ -[rx]//r;
        $out .= "complete -c tinyelf -n " . fish_quote("__tinyelf_command $command->{name}") . $operands . "\n" if $operands;
    }
    return $out;
}

sub fish_quote {
    my ($text) = @_;
    return "'" . ($text =~ s/(['\\])/\\$1/gr) . "'";
}

# A description within a list of -a, where blanks and such separate.
sub fish_word {
    my ($text) = @_;
    return $text =~ s/([^\w.,+\/-])/\\$1/gr;
}

my %made = (bash => \&bash, zsh => \&zsh, fish => \&fish);
$made{$shell} or die "completion.pl: no completion for '$shell'\n";
open my $script, '>', $file or die "completion.pl: $file: $!\n";
print {$script} $made{$shell}->();
close $script or die "completion.pl: $file: $!\n";

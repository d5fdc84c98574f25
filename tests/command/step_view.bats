#!/usr/bin/env bats
# The interactive view of tinyelf step, in terminals of tmux.
load ../support/setup
load ../support/step_setup

# Runs tmux with the test's own server.
terminal()
{
    tmux -S "$BATS_TEST_TMPDIR/socket" -f /dev/null "$@"
}

# open_terminal COLUMNS LINES: starts a shell in a terminal.
open_terminal()
{
    command -v tmux >/dev/null || skip "tmux is not installed"
    terminal new-session -d -x "$1" -y "$2" "env PS1='\$ ' bash --norc --noprofile" 3>&-
    type_line "cd '$PWD' && clear && echo ready"
    sees '^ready'
}

# A view that a failed test left open is killed: AddressSanitizer's search for leaks may not end once the terminal is gone.
teardown()
{
    local shell
    shell=$(terminal display-message -p '#{pane_pid}' 2>/dev/null) && pkill -KILL -P "$shell" || true
    terminal kill-server 2>/dev/null || true
}

type_line()
{
    terminal send-keys -l "$1"
    terminal send-keys Enter
}

press()
{
    terminal send-keys "$@"
}

screen()
{
    terminal capture-pane -p
}

# Waits until a line of the screen matches.
sees()
{
    local i
    for i in $(seq 900); do
        screen | grep -q -- "$1" && return 0
        sleep 0.1
    done
    echo "never seen: $1"
    screen
    return 1
}

# Opens the view of the lecture's program, before its first instruction.
view()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    open_terminal "$1" "$2"
    type_line "'$TINYELF' step ./hello; echo status \$?"
    sees "step 0 of 0 so far"
}

@test "80x24: a whole run shows registers, file, instructions, changes and output" {
    view 80 24
    sees '^\./hello  step 0 of 0 so far  cs 0x33: CPL 3  64 bits'
    sees 'rsp 0x0000'
    sees '^> 0x10078  mov rax,0x1'
    sees '^00000070  00 01 00 00 00 00 00 00 48 c7 c0 01 00 00 00 48'
    press s
    sees 'rax 0x0000000000000001$'
    sees '^> 0x1007f  mov rdi,0x1'
    sees '^rax 0x0 -> 0x1'
    press Space Enter Right
    sees '^> 0x10094  syscall'
    not grep -q 'Hello' <(screen | tail -n 3)
    press s
    sees '^asks the kernel: write (1)'
    sees '^output: Hello world'
    # Every line is in its place: no line wraps.
    [ "$(screen | wc -l)" -eq 24 ]
    sees '^s step  b back'
    press s s s
    sees '^ended with status 0 after 8 steps'
    press s
    sees 'that was the last step'
    press q
    sees '^ended with status 0 after 8 steps'
    sees '^status 0'
}

@test "200x50: instructions are beside the file" {
    view 200 50
    sees '^hello  *instructions'
    sees '^00000000  7f 45 4c 46 .*  > 0x10078  mov rax,0x1 '
    press c
    sees '> 0x10094  syscall'
    sees '^step 4: mov rdx,0xc'
    press s
    sees '^output 1: "Hello world\\n"'
    sees '^Hello world'
    [ "$(screen | wc -l)" -eq 50 ]
    press q
    sees '^stopped here after 5 steps'
    sees '^status 0'
}

@test "the view steps back through the recorded steps, and forward again" {
    view 80 24
    press c
    sees 'step 4 of 4 so far'
    press s
    sees '^output: Hello world'
    press b
    sees 'step 4 of 5 so far'
    sees '^no output yet'
    sees 'rcx 0x0000000000000000$'
    press Home
    sees 'step 0 of 5 so far'
    sees '^nothing has run yet'
    press End
    sees 'step 5 of 5 so far'
    sees '^output: Hello world'
    press Left Left Right
    sees 'step 4 of 5 so far'
    press r
    sees 'step 8 of 8 '
    press '<' g
    sees '^run to address or name: _'
    type_line 0x1009d
    sees '^> 0x1009d'
    press '?'
    sees 'Any key goes back'
    press x
    sees '^> 0x1009d'
    press q
    sees '^ended with status 0 after 8 steps'
}

@test "after a change of the terminal's size the view is redrawn, or says that it is too small" {
    view 80 24
    terminal resize-window -x 59 -y 24
    sees '^59x24 is too small: 60x24 are needed'
    # 60 columns have room for 8 bytes a line, and for all keys.
    terminal resize-window -x 60 -y 24
    sees '^00000070  00 01 00 00 00 00 00 00  *rbx 0x0000000000000000$'
    sees '^s step  b back  c call  r run  g place  ? help  q quit$'
    press '?'
    sees '^  g  *on to an address, 0x..., or a$'
    sees '^ \{26\}symbol.s name$'
    press x
    sees '^> 0x10078'
    terminal resize-window -x 200 -y 50
    sees '^00000000  7f 45 4c 46 .*  > 0x10078'
    press s
    sees 'rax 0x0000000000000001$'
    press q
    sees '^status 0'
}

# The shell records the terminal's state when the view ends.
is_as_before()
{
    for _ in $(seq 300); do
        [ -e after ] && break
        sleep 0.1
    done
    cmp before after
    rm after
}

@test "the terminal is restored, however the view ends" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o step-hello
    assembled step-forever <<<'_start: jmp _start'
    open_terminal 80 24
    type_line 'stty -a >before'
    for how in q C-c TERM HUP SEGV; do
        type_line clear
        type_line "'$TINYELF' step ./step-hello; echo status \$?; stty -a >after.new; mv after.new after"
        sees "step 0 of 0 so far"
        press s
        sees 'step 1 of 1 so far'
        case $how in
        q | C-c) press "$how" ;;
        *) kill -"$how" "$(pgrep -P "$(terminal display-message -p '#{pane_pid}')")" ;;
        esac
        case $how in
        q) sees '^status 0' ;;
        C-c) sees '^status 130' ;;
        TERM) sees '^status 143' ;;
        HUP) sees '^status 129' ;;
        SEGV) sees '^status 139' ;;
        esac
        is_gone step-hello
        is_as_before
        # The first screen is back, and the cursor is visible.
        [ "$(terminal display-message -p '#{alternate_on} #{cursor_flag}')" = "0 1" ]
    done
    # Also while the program runs on.
    type_line clear
    type_line "'$TINYELF' step ./step-forever; echo status \$?; stty -a >after.new; mv after.new after"
    sees "step 0 of 0 so far"
    press r
    sees 'running: any key stops it here'
    press x
    sees '^s step  b back'
    press r
    sees 'running: any key stops it here'
    press C-c
    sees '^status 130'
    is_gone step-forever
    is_as_before
}

@test "the program has a separate terminal, and empty input" {
    static_c asks <<'E'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    char c;
    printf("terminal %d, read %d\n", isatty(1), (int)read(0, &c, 1));
    return 3;
}
E
    open_terminal 80 24
    type_line "'$TINYELF' step ./asks; echo status \$?"
    sees "step 0 of 0 so far"
    press r
    sees '^output: terminal 1, read 0'
    press q
    sees '^status 3'
}

@test "where there is room, the stack is shown, with the names of what Linux put there" {
    assembled pushes <<'E'
_start:
    push 0x1234
    sub rsp, 64
    add rsp, 64
    pop rax
    mov eax, 60
    xor edi, edi
    syscall
E
    local columns
    open_terminal 200 50
    for columns in 200 140 80; do
        terminal resize-window -x "$columns" -y 50
        type_line "clear; env -i A=1 B=2 C=3 D=4 E=5 F=6 TERM=\$TERM '$TINYELF' step ./pushes one 'two three'; echo status \$?"
        sees ' stack, from the stack pointer on\|^stack, from the stack pointer on'
        sees '+0x0    0x0000000000000003 argc'
        sees '+0x8    0x00007ff[0-9a-f]* argv\[0\] "./pushes"'
        sees '+0x18   0x00007ff[0-9a-f]* argv\[2\] "two three"'
        sees '+0x20   0x0000000000000000 end of argv'
        sees '+0x28   0x00007ff[0-9a-f]* envp\[0\]'
        sees '+0x30   0x00007ff[0-9a-f]* envp\[1\] to envp\[6\]'
        sees '+0x60   0x0000000000000000 end of envp'
        sees '+0x68   0x[0-9a-f]* AT_[A-Z_]*'
        press s
        sees '+0x0    0x0000000000001234'
        sees '+0x8    0x0000000000000003 argc'
        press s
        sees '+0x0    not known'
        press b b
        sees '+0x0    0x0000000000000003 argc'
        [ "$(screen | wc -l)" -eq 50 ]
        press q
        sees '^status 0'
    done
}

@test "g takes the name of a symbol, and says if there is none" {
    static_c named <<'E'
static __attribute__((noinline)) int helper(int x)
{
    __asm__ volatile("");
    return x + 1;
}
int main(int argc, char **argv)
{
    (void)argv;
    return helper(argc);
}
E
    address=$(nm named | sed -n 's/^0*\(.*\) t helper$/\1/p')
    start=$(nm named | sed -n 's/^0*\(.*\) T main$/\1/p')
    open_terminal 80 24
    type_line "'$TINYELF' step --until main ./named; echo status \$?"
    sees "^> 0x$start  "
    press g
    sees '^run to address or name: _'
    type_line nonsense
    sees "^'nonsense': ./named has no such symbol"
    press g
    type_line helper
    sees "^> 0x$address  "
    press g
    type_line main
    sees '^it did not reach main, 0x'
    press q
    sees '^ended with status 2 '
}

@test "--sandbox: the view shows the same, time passes in steps alone, and a new size is no signal" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    open_terminal 80 24
    type_line "'$TINYELF' step --sandbox --time 0.5 ./hello; echo status \$?"
    sees "step 0 of 0 so far"
    press s s s s
    sees '^> 0x10094  syscall'
    sleep 0.7
    terminal resize-window -x 100 -y 30
    press s
    sees '^asks the kernel: write (1)'
    sees '^Hello world'
    press r
    sees '^ended with status 0 after 8 steps'
    press q
    sees '^status 0'
}

@test "--sandbox: the view ends at a refused call, and says why afterwards" {
    assembled asks <<'E'
_start: mov eax, 39
    syscall
E
    open_terminal 80 24
    type_line "'$TINYELF' step --sandbox ./asks; echo status \$?"
    sees "step 0 of 0 so far"
    press r
    sees '^the sandbox does not allow this call'
    press q
    sees 'error: system call not allowed in the sandbox: getpid'
    sees '^status 159'
}

@test "a recording can be viewed, and a viewed run recorded" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    open_terminal 80 24
    type_line "'$TINYELF' step --record run.json ./hello; echo status \$?"
    sees "step 0 of 0 so far"
    press r q
    sees '^status 0'
    rm hello
    type_line "clear; '$TINYELF' step --replay run.json --until 5; echo status \$?"
    sees '^\./hello  step 5 of 8  cs 0x33'
    sees '^output: Hello world'
    press r
    sees '^ended with status 0 after 8 steps'
    press q
    sees '^ended with status 0 after 8 steps'
}

@test "NO_COLOR turns colours off, and a terminal without a cursor has text" {
    view 80 24
    press s
    sees 'step 1 of 1'
    terminal capture-pane -e -p >coloured
    press q
    sees '^status 0'
    type_line "clear; NO_COLOR=1 '$TINYELF' step ./hello; echo status \$?"
    sees "step 0 of 0 so far"
    press s
    sees 'step 1 of 1'
    terminal capture-pane -e -p >plain
    press q
    sees '^status 0'
    grep -q $'\e\[[0-9;]*3[0-8][0-9;]*m' coloured
    not grep -q $'\e\[[0-9;]*3[0-8][0-9;]*m' plain
    # Changes are still highlighted.
    grep -q $'\e\[1mrax' plain
    type_line "clear; NO_COLOR=1 '$TINYELF' step --color always ./hello; echo status \$?"
    sees "step 0 of 0 so far"
    press s
    sees 'step 1 of 1'
    terminal capture-pane -e -p >coloured
    press q
    sees '^status 0'
    grep -q $'\e\[[0-9;]*3[0-8][0-9;]*m' coloured
    # The screen has the last round's text until the next one clears it.
    for type in TERM=dumb TERM= "-u TERM"; do
        type_line "clear; env $type '$TINYELF' step ./hello 2>note; echo status \$? with $type"
        sees "^status 0 with $type\$"
        screen | grep -q '^ended with status 0 after 8 steps'
        grep -q "step: note: text, not the view, which needs a terminal with a cursor: TERM is " note
    done
    type_line "clear; TERM=nothing '$TINYELF' step ./hello; echo status \$?"
    sees "unknown terminal 'nothing': set TERM, or use --plain"
    sees '^status 1'
}

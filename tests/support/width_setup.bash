# Shared by the tests of what fits the width of the output.

# fits WIDTH COMMAND...: prints what the command does with COLUMNS set, of which no line is wider. python3 counts
# characters of two columns as such.
fits()
{
    COLUMNS=$1 "$TINYELF" "${@:2}" >"$BATS_TEST_TMPDIR/fitted" 2>"$BATS_TEST_TMPDIR/errors" || true
    if ! [ -s "$BATS_TEST_TMPDIR/fitted" ]; then
        cat "$BATS_TEST_TMPDIR/errors"
        return 1
    fi
    python3 - "$1" "$BATS_TEST_TMPDIR/fitted" <<'END' || return 1
import re, sys, unicodedata
width = int(sys.argv[1])
for line in open(sys.argv[2], encoding="utf-8", errors="surrogateescape"):
    shown = re.sub("\x1b\\[[0-9;]*m", "", line.rstrip("\n"))
    columns = len(shown) if shown.isascii() else sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)
    if columns > width:
        sys.exit("%d columns, not %d: %s" % (columns, width, shown))
END
    cat "$BATS_TEST_TMPDIR/fitted"
}

# fits_all COMMAND...: the same at 60, 80 and 120 columns.
fits_all()
{
    local width
    for width in 60 80 120; do
        fits $width "$@" >"at$width" || return 1
    done
}

# in_terminal COLUMNS COMMAND...: prints what the command writes to a terminal of that width, whose COLUMNS say 33.
in_terminal()
{
    python3 - "$@" <<'END'
import fcntl, os, pty, struct, sys, termios
process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("4H", 24, int(sys.argv[1]), 0, 0))
    attributes = termios.tcgetattr(1)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(1, termios.TCSANOW, attributes)
    os.environ.update(COLUMNS="33", NO_COLOR="1", TERM="xterm")
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    os.write(1, piece)
os.waitpid(process, 0)
END
}

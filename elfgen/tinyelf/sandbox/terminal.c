/* The terminal of a sandboxed program: its settings, and what is typed into it.
 *
 * Its input is typed line by line, which is how a terminal reads. Control characters are typed
 * after the character that quotes them (VLNEXT), so that the program reads the bytes of its input,
 * whichever they are. A program that reads without lines (ICANON off) gets the bytes as they come.
 */
#include "sandbox_private.h"

#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/pty.h"

enum {
    MOST_LINE = 4000, /* Linux keeps 4095 bytes of a line, and drops what comes after */
    ENDS = 64,        /* how often the end of the input can be read */
    COLUMNS = 80,
    LINES = 24
};

/* ---- its settings ---- */

/* Those of a new terminal of Linux, except that nothing is echoed and that output is not changed.
 */
static void set_usual(struct termios *settings)
{
    *settings =
        (struct termios){.c_iflag = ICRNL,
                         .c_oflag = OPOST,
                         .c_cflag = CS8 | CREAD | HUPCL,
                         .c_lflag = ISIG | ICANON | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN};
    const struct {
        int index;
        cc_t value;
    } characters[] = {{VINTR, 3},    {VQUIT, 0x1c},  {VERASE, 0x7f},   {VKILL, 0x15},
                      {VEOF, 4},     {VMIN, 1},      {VSTART, 0x11},   {VSTOP, 0x13},
                      {VSUSP, 0x1a}, {VREPRINT, 18}, {VDISCARD, 0x0f}, {VWERASE, 0x17},
                      {VLNEXT, 0x16}};
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++)
        settings->c_cc[characters[i].index] = characters[i].value;
    cfsetispeed(settings, B38400);
    cfsetospeed(settings, B38400);
}

bool sandbox_terminal_open(const struct sandbox_terminal *terminal, int ends[2])
{
    const struct winsize size = {
        .ws_col = terminal->columns != 0 ? (unsigned short)terminal->columns : COLUMNS,
        .ws_row = terminal->lines != 0 ? (unsigned short)terminal->lines : LINES};
    if (!pty_open(&ends[0], &ends[1]))
        return false;
    ioctl(ends[1], TIOCSWINSZ, &size);
    return true;
}

/* Turning lines and flow control off and on makes Linux forget a quoting character without a
 * successor, and a stop. Written to a terminal, what was still to be echoed comes, and a carriage
 * return ends what it knows of the column. */
static void reset(const int ends[2])
{
    struct termios usual, raw;
    set_usual(&usual);
    raw = usual;
    cfmakeraw(&raw);
    ioctl(ends[0], TCFLSH, TCIFLUSH);
    tcsetattr(ends[1], TCSANOW, &raw);
    tcsetattr(ends[1], TCSANOW, &usual);
    if (write(ends[1], "\r", 1) == 1)
        ioctl(ends[0], TCFLSH, TCIFLUSH);
    ioctl(ends[1], TCFLSH, TCIFLUSH);
}

/* ---- typing ---- */

static void put(struct sandbox_terminal *terminal, cc_t byte)
{
    terminal->bytes[terminal->size++] = byte;
}

/* Types a piece of the input. In the middle of a long line, the end of file has the program read
 * what is there. */
static void put_piece(struct sandbox_terminal *terminal, const struct termios *settings,
                      const uint8_t *piece, size_t size)
{
    bool lines = (settings->c_lflag & ICANON) != 0 && (settings->c_lflag & IEXTEN) != 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = piece[i];
        bool control = (byte < 0x20 && byte != '\n') || byte == 0x7f;
        if (lines && control)
            put(terminal, settings->c_cc[VLNEXT]);
        put(terminal, byte);
        terminal->line = byte == '\n' ? 0 : terminal->line + 1;
        if (lines && terminal->line == MOST_LINE) {
            put(terminal, settings->c_cc[VEOF]);
            terminal->line = 0;
        }
    }
}

static void put_end(struct sandbox_terminal *terminal, const struct termios *settings)
{
    if (terminal->line != 0)
        put(terminal, settings->c_cc[VEOF]);
    for (int i = 0; i < ENDS; i++)
        put(terminal, settings->c_cc[VEOF]);
}

/* Reads a piece of the input, if there is one now. Returns false if there is none. */
static bool take(struct sandbox_terminal *terminal, int slave)
{
    uint8_t piece[SANDBOX_PIECE];
    struct pollfd ready = {.fd = terminal->source, .events = POLLIN};
    struct termios settings;
    if (terminal->ended || (terminal->source >= 0 && poll(&ready, 1, 0) <= 0))
        return false;
    ssize_t got = terminal->source >= 0 ? read(terminal->source, piece, sizeof piece) : 0;
    if (tcgetattr(slave, &settings) != 0)
        set_usual(&settings);
    terminal->start = terminal->size = 0;
    terminal->ended = got <= 0;
    if (got > 0)
        put_piece(terminal, &settings, piece, (size_t)got);
    else
        put_end(terminal, &settings);
    return true;
}

void sandbox_terminal_type(struct sandbox_terminal *terminal, const int ends[2])
{
    terminal->full = false;
    if (ends[0] < 0)
        terminal->ended = true;
    while (ends[0] >= 0 && (terminal->start < terminal->size || take(terminal, ends[1]))) {
        size_t left = terminal->size - terminal->start;
        ssize_t part = write(ends[0], terminal->bytes + terminal->start, left);
        terminal->full = part < (ssize_t)left;
        if (part > 0)
            terminal->start += (size_t)part;
        if (terminal->full)
            return;
    }
}

struct pollfd sandbox_terminal_events(const struct sandbox_terminal *terminal)
{
    bool reads = terminal->used && !terminal->ended && !terminal->full;
    return (struct pollfd){.fd = reads ? terminal->source : -1, .events = POLLIN};
}

void sandbox_terminal_begin(struct sandbox_terminal *terminal, int source, const int ends[2])
{
    terminal->source = source;
    terminal->ended = false;
    terminal->line = terminal->start = terminal->size = 0;
    reset(ends);
    sandbox_terminal_type(terminal, ends);
}

/* The terminal of a sandboxed program: its settings, and what is typed into it.
 *
 * A line is typed when the program waits for one in read(), and so is the end of the input. Linux
 * handles what is typed by the settings of that moment, which the program cannot change meanwhile:
 * it reads the same in every run, and discards (TCSETSF) no line for which it did not ask. Control
 * characters are typed after the character that quotes them (VLNEXT), so that the program reads the
 * bytes of its input, whichever they are.
 */
#include "sandbox_private.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/proc.h"
#include "base/pty.h"

enum {
    MOST_LINE = 4000, /* Linux keeps 4095 bytes of a line, and drops what comes after */
    ENDS = 64,        /* how often the end of the input can be read */
    SHORTEST = 20000, /* nanoseconds between two looks whether the program waits */
    LONGEST = 5000000,
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

/* ---- whether the program waits ---- */

/* Whether it is in a read of its terminal. Returns true as well if that cannot be known. */
static bool is_reading(pid_t id)
{
    /* read and readv of x86-64 and of i386. */
    static const unsigned long reads[] = {0, 19, 3, 145};
    char text[256], *at = text;
    if (!proc_read_of(id, "syscall", text, sizeof text))
        return true;
    unsigned long number = strtoul(text, &at, 10);
    if (at == text || strtoul(at, NULL, 16) > STDERR_FILENO)
        return false;
    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++)
        if (number == reads[i])
            return true;
    return false;
}

/* Whether a byte can be read. Linux first handles all that was typed (n_tty_poll). */
static bool has_input(int slave)
{
    struct pollfd ready = {.fd = slave, .events = POLLIN};
    return poll(&ready, 1, 0) > 0;
}

/* Whether the program has read what was typed and waits for more. One that never waits, since its
 * reads give 0 if nothing is there (VMIN 0), only has to have read it; *asleep is false then. */
static bool wants_more(int slave, pid_t id, const struct termios *settings, bool *asleep)
{
    if (has_input(slave))
        return false;
    *asleep = limits_is_asleep(id) && is_reading(id);
    return *asleep || ((settings->c_lflag & ICANON) == 0 && settings->c_cc[VMIN] == 0);
}

/* ---- typing ---- */

/* What is typed at once: a line, each byte quoted, and an end of file. */
struct typed {
    size_t size;
    uint8_t bytes[2 * MOST_LINE + 1];
};

static void put(struct typed *typed, uint8_t byte)
{
    typed->bytes[typed->size++] = byte;
}

static void type(const int ends[2], const uint8_t *bytes, size_t size)
{
    ssize_t part;
    while (size != 0 && (part = write(ends[0], bytes, size)) > 0) {
        bytes += part;
        size -= (size_t)part;
    }
}

/* Whether a byte could do something else than to be read. */
static bool is_special(const struct termios *settings, uint8_t byte)
{
    if (byte < 0x20 || byte == 0x7f)
        return true;
    for (size_t i = 0; i < sizeof settings->c_cc; i++)
        if (i != VMIN && i != VTIME && settings->c_cc[i] == byte)
            return true;
    return false;
}

static void put_quoted(struct typed *typed, const struct termios *settings, const uint8_t *bytes,
                       size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (is_special(settings, bytes[i]))
            put(typed, settings->c_cc[VLNEXT]);
        put(typed, bytes[i]);
    }
}

/* Settings with which a byte can be quoted, also where the program's do not allow it. */
static struct termios quoting(const struct termios *settings)
{
    struct termios with = *settings, usual;
    set_usual(&usual);
    with.c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY);
    with.c_lflag = (with.c_lflag | ICANON | IEXTEN) & ~(tcflag_t)(ISIG | ECHOCTL);
    memcpy(with.c_cc, usual.c_cc, sizeof with.c_cc);
    return with;
}

/* Types bytes for a program that waits. They end no line, so that it goes on waiting until they are
 * handled and it has its own settings again. */
static void type_quoted(const int ends[2], const struct termios *settings, const uint8_t *bytes,
                        size_t size)
{
    struct typed typed = {.size = 0};
    const struct termios with = quoting(settings);
    put_quoted(&typed, &with, bytes, size);
    tcsetattr(ends[1], TCSANOW, &with);
    type(ends, typed.bytes, typed.size);
    has_input(ends[1]);
    tcsetattr(ends[1], TCSANOW, settings);
}

/* Types the next bytes of a line, with its end if `newline`. In the middle of a long line, the end
 * of file has the program read what is there. */
static void type_line(struct sandbox_terminal *terminal, const int ends[2],
                      const struct termios *settings, const uint8_t *bytes, size_t size,
                      bool newline)
{
    struct typed typed = {.size = 0};
    if ((settings->c_lflag & IEXTEN) != 0 && settings->c_cc[VLNEXT] != 0)
        put_quoted(&typed, settings, bytes, size);
    else
        type_quoted(ends, settings, bytes, size);
    terminal->line += size;
    if (newline)
        put(&typed, '\n');
    else if (terminal->line == MOST_LINE && settings->c_cc[VEOF] != 0)
        put(&typed, settings->c_cc[VEOF]);
    if (newline || terminal->line == MOST_LINE)
        terminal->line = 0;
    type(ends, typed.bytes, typed.size);
}

/* Types bytes for a program that reads without lines. */
static void type_raw(const int ends[2], const struct termios *settings, const uint8_t *bytes,
                     size_t size, bool asleep)
{
    const tcflag_t changing = ICRNL | INLCR | IGNCR | IXON;
    bool acts = (settings->c_iflag & changing) != 0 || (settings->c_lflag & ISIG) != 0;
    if (acts && asleep)
        type_quoted(ends, settings, bytes, size);
    else
        type(ends, bytes, size);
}

static void type_input(struct sandbox_terminal *terminal, const int ends[2],
                       const struct termios *settings, bool asleep)
{
    bool lines = (settings->c_lflag & ICANON) != 0;
    size_t room = MOST_LINE - (lines ? terminal->line : 0);
    size_t left = terminal->size - terminal->start, most = left < room ? left : room;
    const uint8_t *bytes = terminal->bytes + terminal->start;
    const uint8_t *newline = memchr(bytes, '\n', most);
    size_t size = newline ? (size_t)(newline - bytes) : most;
    terminal->start += newline ? size + 1 : size;
    if (lines) {
        type_line(terminal, ends, settings, bytes, size, newline != NULL);
        return;
    }
    terminal->line = 0;
    type_raw(ends, settings, bytes, newline ? size + 1 : size, asleep);
}

static void type_end(struct sandbox_terminal *terminal, const int ends[2],
                     const struct termios *settings)
{
    const uint8_t usual = 4;
    bool lines = (settings->c_lflag & ICANON) != 0;
    /* The first one ends a line that has no newline. */
    if (terminal->line == 0 || !lines)
        terminal->ends++;
    terminal->line = 0;
    if (settings->c_cc[VEOF] != 0)
        type(ends, &settings->c_cc[VEOF], 1);
    else if (!lines)
        type(ends, &usual, 1);
}

/* Reads a piece of the input, if there is one now and none is left. */
static void take(struct sandbox_terminal *terminal)
{
    struct pollfd ready = {.fd = terminal->source, .events = POLLIN};
    if (terminal->ended || terminal->start < terminal->size ||
        (terminal->source >= 0 && poll(&ready, 1, 0) <= 0))
        return;
    ssize_t got =
        terminal->source >= 0 ? read(terminal->source, terminal->bytes, sizeof terminal->bytes) : 0;
    terminal->start = 0;
    terminal->size = got > 0 ? (size_t)got : 0;
    terminal->ended = got <= 0;
}

static bool is_something_left(const struct sandbox_terminal *terminal)
{
    return terminal->start < terminal->size || (terminal->ended && terminal->ends < ENDS);
}

void sandbox_terminal_type(struct sandbox_terminal *terminal, const int ends[2], pid_t id)
{
    struct termios settings;
    bool asleep = false;
    terminal->holds = false;
    for (take(terminal); ends[0] >= 0 && is_something_left(terminal); take(terminal)) {
        if (tcgetattr(ends[1], &settings) != 0)
            return;
        terminal->holds = !wants_more(ends[1], id, &settings, &asleep);
        if (terminal->holds) {
            terminal->pause += terminal->pause;
            if (terminal->pause > LONGEST)
                terminal->pause = LONGEST;
            return;
        }
        /* What the program set before it waited. */
        tcgetattr(ends[1], &settings);
        if (terminal->start < terminal->size)
            type_input(terminal, ends, &settings, asleep);
        else
            type_end(terminal, ends, &settings);
        terminal->pause = SHORTEST;
    }
}

struct pollfd sandbox_terminal_events(const struct sandbox_terminal *terminal)
{
    bool reads = terminal->used && !terminal->ended && !terminal->holds;
    return (struct pollfd){.fd = reads ? terminal->source : -1, .events = POLLIN};
}

void sandbox_terminal_begin(struct sandbox_terminal *terminal, int source, const int ends[2])
{
    terminal->source = source;
    terminal->ended = false;
    terminal->holds = true;
    terminal->pause = SHORTEST;
    terminal->ends = 0;
    terminal->line = terminal->start = terminal->size = 0;
    reset(ends);
}

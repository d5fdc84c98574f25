/* Manages the screen of the view, and a terminal of its own for the program. */
#include "view.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- the screen ---- */

static struct {
    SCREEN *screen;
    struct termios before;
    char leave[64]; /* what ncurses writes at its end */
    size_t length;
} terminal;

/* This program crashed: restore the terminal, and crash again. */
static void restore_and_die(int number)
{
    tcsetattr(STDOUT_FILENO, TCSANOW, &terminal.before);
    if (write(STDOUT_FILENO, terminal.leave, terminal.length) < 0)
        _exit(128 + number);
    signal(number, SIG_DFL);
    raise(number);
}

static void keep_end(const char *capability)
{
    const char *text = tigetstr(capability);
    /* -1 means that it is no string capability. */
    size_t length = text && (intptr_t)text != -1 ? strlen(text) : 0;
    if (length == 0 || length > sizeof terminal.leave - terminal.length)
        return;
    memcpy(terminal.leave + terminal.length, text, length);
    terminal.length += length;
}

bool step_terminal_open(bool *colour)
{
    static const int breaks[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    const char *no_colour = getenv("NO_COLOR");
    tcgetattr(STDOUT_FILENO, &terminal.before);
    terminal.screen = newterm(NULL, stdout, stdin);
    if (!terminal.screen) {
        const char *type = getenv("TERM");
        message("step", "error", "unknown terminal '%s': set TERM, or use --plain",
                type ? type : "");
        return false;
    }
    terminal.length = 0;
    keep_end("rmcup");
    keep_end("cnorm");
    keep_end("sgr0");
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++)
        signal(breaks[i], restore_and_die);
    cbreak();
    noecho();
    keypad(stdscr, TRUE);
    set_escdelay(50);
    curs_set(0);
    /* Check regularly whether a signal was noted. */
    timeout(250);
    *colour = !(no_colour && *no_colour) && has_colors() && start_color() == OK &&
              use_default_colors() == OK;
    if (*colour) {
        init_pair(1, COLOR_YELLOW, -1);
        init_pair(2, COLOR_GREEN, -1);
    }
    return true;
}

void step_terminal_close(void)
{
    if (!terminal.screen)
        return;
    endwin();
    delscreen(terminal.screen);
    terminal.screen = NULL;
}

/* ---- the program's own terminal ---- */

static int pty_master = -1, pty_slave = -1, pty_nothing = -1;

/* Reads the program's output. A full terminal would stop the program in the middle of a step. */
static void *drain(void *nothing)
{
    char bytes[4096];
    (void)nothing;
    while (read(pty_master, bytes, sizeof bytes) > 0 || errno == EINTR)
        ;
    return NULL;
}

static bool start_draining(void)
{
    sigset_t all, before;
    pthread_t thread;
    /* Signals are handled by the thread that draws. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, drain, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed == 0)
        pthread_detach(thread);
    return failed == 0;
}

bool step_pty_open(int files[3])
{
    struct winsize size;
    char name[64];
    pty_master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    pty_nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (pty_master >= 0 && grantpt(pty_master) == 0 && unlockpt(pty_master) == 0 &&
        ptsname_r(pty_master, name, sizeof name) == 0)
        pty_slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (pty_slave < 0 || pty_nothing < 0 || !start_draining()) {
        message("step", "error", "cannot make a terminal for the program: %s (--plain needs none)",
                strerror(errno));
        return false;
    }
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        ioctl(pty_slave, TIOCSWINSZ, &size);
    files[0] = pty_nothing;
    files[1] = files[2] = pty_slave;
    return true;
}

void step_pty_close(void)
{
    /* The master stays open: a thread reads from it. */
    if (pty_slave >= 0)
        close(pty_slave);
    if (pty_nothing >= 0)
        close(pty_nothing);
    pty_slave = pty_nothing = -1;
}

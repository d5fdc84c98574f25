/* Manages the screen of the view, and a terminal of its own for the program. */
#include "view.h"
#include "base/pty.h"
#include "base/system_error.h"

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
#include "cli/colour.h"

/* ---- the screen ---- */

/* A signal handler needs it, and ncurses has one screen. */
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
    /* -1 means that it is not a string capability. */
    size_t length = text && (intptr_t)text != -1 ? strlen(text) : 0;
    if (length == 0 || length > sizeof terminal.leave - terminal.length)
        return;
    memcpy(terminal.leave + terminal.length, text, length);
    terminal.length += length;
}

bool step_terminal_open(bool *colour)
{
    static const int breaks[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
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
    *colour = *colour && has_colors() && start_color() == OK && use_default_colors() == OK;
    if (*colour) {
        /* Of a terminal's first eight colours, magenta alone is legible on black and on white. */
        const bool many = COLORS >= 256;
        init_pair(1, (short)(many ? (int)colour_number(COLOUR_CHANGED) : COLOR_MAGENTA), -1);
        init_pair(2, (short)(many ? (int)colour_number(COLOUR_TITLE) : -1), -1);
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

/* Reads the program's output as long as this process lives. A full terminal would stop the program
 * in the middle of a step. */
static void *drain(void *context)
{
    int master = *(int *)context;
    char bytes[4096];
    free(context);
    while (read(master, bytes, sizeof bytes) > 0 || errno == EINTR)
        ;
    return NULL;
}

static bool start_draining(int master)
{
    sigset_t all, before;
    pthread_t thread;
    int *its_own = malloc(sizeof *its_own);
    if (!its_own)
        return false;
    *its_own = master;
    /* Signals are handled by the thread that draws. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, NULL, drain, its_own);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed == 0)
        pthread_detach(thread);
    else
        free(its_own);
    return failed == 0;
}

bool step_pty_open(struct step_pty *pty)
{
    struct winsize size;
    int master, slave;
    bool made = pty_open(&master, &slave);
    pty->files[0] = made ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    pty->files[1] = pty->files[2] = slave;
    if (!made || pty->files[0] < 0 || !start_draining(master)) {
        message("step", "error", "cannot make a terminal for the program: %s (--plain needs none)",
                system_error_text(errno));
        step_pty_close(pty);
        if (master >= 0)
            close(master);
        return false;
    }
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        ioctl(slave, TIOCSWINSZ, &size);
    return true;
}

void step_pty_close(struct step_pty *pty)
{
    /* The master stays open: a thread reads from it. */
    for (size_t i = 0; i < 2; i++)
        if (pty->files[i] >= 0)
            close(pty->files[i]);
    for (size_t i = 0; i < 3; i++)
        pty->files[i] = -1;
}

/* Starts a tool as a process that ends with this one, however that is killed.
 *
 * posix_spawnp() cannot ask for that. Like it, this makes a child that shares this process's memory
 * until its execve, so that a large source costs nothing; only what may run in such a child is
 * called in it. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tool_child.h"

/* On the child's stack, which is freed, AddressSanitizer would leave marks. */
#define CHILD_FUNCTION __attribute__((no_sanitize_address))

/* What execvpe() needs for a path, and sanitizers for the functions that are called. */
enum { STACK = 128 * 1024, FAILED = 127 };

struct start {
    const struct tool_child *child;
    sigset_t mask; /* of the program */
    pid_t parent;
    int error; /* set by the child */
};

/* This process's handlers must not run in the child; execve sets them to the default. */
CHILD_FUNCTION static void set_signals(void)
{
    struct sigaction action;
    for (int number = 1; number < NSIG; number++)
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
            (action.sa_handler != SIG_IGN || number == SIGPIPE || number == SIGXFSZ)) {
            action.sa_handler = SIG_DFL;
            action.sa_flags = 0;
            sigaction(number, &action, NULL);
        }
}

CHILD_FUNCTION static int set_files(const struct tool_child *child)
{
    const int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || (nothing != STDIN_FILENO && dup2(nothing, STDIN_FILENO) < 0))
        return errno;
    if (nothing != STDIN_FILENO)
        close(nothing);
    for (size_t i = 0; i < TOOL_FILES; i++)
        if (child->files[i].from >= 0 && dup2(child->files[i].from, child->files[i].to) < 0)
            return errno;
    return 0;
}

CHILD_FUNCTION static int run(void *context)
{
    struct start *start = context;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != start->parent) /* it ended before that was asked for */
        _exit(FAILED);
    set_signals();
    start->error = set_files(start->child);
    if (start->error == 0 && sigprocmask(SIG_SETMASK, &start->mask, NULL) == 0) {
        execvpe(start->child->program, start->child->arguments, start->child->environment);
        start->error = errno;
    }
    _exit(FAILED);
}

int tool_child_start(const struct tool_child *child, pid_t *id)
{
    struct start start = {.child = child, .parent = getpid()};
    uint8_t *stack = malloc(STACK);
    sigset_t all;
    if (!stack)
        return ENOMEM;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &start.mask);
    const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
    const pid_t made = clone(run, stack + STACK, flags, &start);
    int error = made < 0 ? errno : start.error;
    if (made > 0 && error != 0)
        waitpid(made, NULL, 0);
    sigprocmask(SIG_SETMASK, &start.mask, NULL);
    free(stack);
    *id = error == 0 ? made : 0;
    return error;
}

/* Runs a program with limits of time and memory, but with all its rights: no sandbox. */
#ifndef PTRACE_LIMIT_RUN_H
#define PTRACE_LIMIT_RUN_H

#include "limits.h"
#include "ptrace.h"

struct limit_run {
    struct run_limits limits; /* time, and the memory of all its processes together */
    void *context;
    /* Asked before each wait, and after a signal handler of the caller interrupted one; NULL:
     * never. If it returns true, all processes are killed. A signal between the question and the
     * wait does not end the wait: let the handler set an alarm. */
    bool (*interrupted)(void *context);
    bool untraced; /* out: ptrace is forbidden. Less is known about how a program died, and
                      processes that it started may survive */
};

/* Runs a program to its end. All its processes are killed at a limit, and those that are left when
 * it ends. end->output stays 0. SIGCHLD is blocked meanwhile; it must not be ignored (SIG_IGN).
 * Returns false and *error if no process can be made. */
bool limit_run(const struct process_program *program, struct limit_run *watch, struct run_end *end,
               struct elfgen_error *error);

/* ---- private to these files: without ptrace ---- */

/* The children of this process as text; the caller frees it. NULL: /proc does not say. */
char *limit_untraced_children(void);

/* Makes this process adopt orphans, or not. Returns whether it did before. */
bool limit_untraced_adopt_orphans(bool take);

/* Kills all children that are not in `before`, and their children, and waits for them. */
void limit_untraced_kill_new(const char *before);

#endif

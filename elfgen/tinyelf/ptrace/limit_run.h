/* A program with limits, as it is: nothing is taken from it, nothing between it and the system. */
#ifndef PTRACE_LIMIT_RUN_H
#define PTRACE_LIMIT_RUN_H

#include "limits.h"
#include "ptrace.h"

struct limit_run {
    struct run_limits limits; /* time, and memory of all its processes together */
    void *context;
    /* Asked before each wait, and when a signal handler of the caller's ended one; NULL: go on.
     * True: kill it all. A signal between the two ends no wait: let the handler set an alarm. */
    bool (*interrupted)(void *context);
    bool untraced; /* out: ptrace is forbidden. Deaths are told with less detail, and a process that
                    * left the program's family may stay */
};

/* Runs a program to its end; what it started and left behind is killed then, as all of it is at a
 * limit. end->output stays 0. SIGCHLD is blocked meanwhile, and must not be ignored (SIG_IGN).
 * False and *error: no process to be had. */
bool limit_run(const struct process_program *program, struct limit_run *watch, struct run_end *end,
               struct elfgen_error *error);

/* ---- for the files of the room: where ptrace is forbidden ---- */

/* Starts it without a tracer; it dies with this process. Returns its number, and execve's errno in
 * *refused, 0 if that succeeded; -1 and *error. */
pid_t limit_untraced_start(const struct process_program *program, int *refused,
                           struct elfgen_error *error);

/* This process's children, as text; to be freed. NULL: /proc does not say. */
char *limit_untraced_children(void);

/* Makes this process the parent of orphans; returns whether it was before. */
bool limit_untraced_adopt_orphans(bool take);

/* Kills and waits for the children that are not among `before`, and theirs. */
void limit_untraced_kill_new(const char *before);

#endif

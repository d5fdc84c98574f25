/* A program with limits, as it is: nothing is taken from it, nothing between it and the system. */
#ifndef LIMITED_H
#define LIMITED_H

#include "limits.h"
#include "process.h"

struct limited_watch {
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
bool limited_run(const struct process_program *program, struct limited_watch *watch,
                 struct run_end *end, struct elfgen_error *error);

/* ---- for the files of the room: where ptrace is forbidden ---- */

/* Starts it without a tracer; it dies with this process. Returns its number, and execve's errno in
 * *refused, 0 if that succeeded; -1 and *error. */
pid_t limited_start_untraced(const struct process_program *program, int *refused,
                             struct elfgen_error *error);

/* This process's children, as text; to be freed. NULL: /proc does not say. */
char *limited_children(void);

/* Makes this process the parent of orphans; returns whether it was before. */
bool limited_take_orphans(bool take);

/* Kills and waits for the children that are not among `before`, and theirs. */
void limited_kill_new(const char *before);

#endif

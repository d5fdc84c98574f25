/* Runs a program now, instruction by instruction, and keeps only what it did with its file. */
#ifndef COVERAGE_LIVE_H
#define COVERAGE_LIVE_H

#include "coverage.h"
#include "ptrace/ptrace.h"

struct coverage_limits {
    uint64_t steps; /* instructions */
    uint64_t time;  /* nanoseconds */
    /* Asked when a signal handler of the caller interrupted a wait, and now and then: if it returns
     * true, the program is killed. For the limit of time, handlers should interrupt waits. */
    bool (*interrupted)(void *context);
    /* Called when the program has been started: before, waits must not be interrupted. */
    void (*started)(void *context);
    void *context;
    const struct coverage_watcher *watcher; /* told of each record; NULL: nobody */
};

/* Runs the program until it ends or a limit is reached; nothing of it is left then. *coverage is
 * zeroed, and to be freed in every case. Returns false if it was not started, was another file than
 * the view's, or there is no memory: *refused is the errno of its execve, or 0 and *error says
 * why. */
bool coverage_run(struct coverage *coverage, const struct elfgen_view *view,
                  const struct process_program *program, const struct coverage_limits *limits,
                  int *refused, struct elfgen_error *error);

#endif

/* Watches one run of a worker, whoever traces it: its limits, its output, its end. */
#ifndef SANDBOX_WATCH_H
#define SANDBOX_WATCH_H

#include "sandbox_private.h"

struct sandbox_watch {
    struct sandbox_worker *worker;
    const struct sandbox_job *job;
    struct run_end *end;
    pid_t id;
    int handle;     /* a pidfd, unless the supervisor traces it; -1: none */
    bool traced;    /* by the supervisor: it cannot disappear before that looks */
    bool lent;      /* another tracer has it, and may keep it stopped for as long as it likes */
    bool answering; /* the worker is alive */
    bool over;      /* the program has ended */
    bool entered;   /* it is past its execve, and has its own memory */
    bool stopped;   /* this process killed it, and end->reason is set */
    uint64_t began, deadline, measure, use; /* points in time; UINT64_MAX: never */
};

/* Waits for the child's message, which comes with its process id in this namespace. The worker may
 * report instead that there is no child, or nothing comes if it died: the run is over then. */
void sandbox_watch_open(struct sandbox_watch *watch, struct sandbox_worker *worker,
                        const struct sandbox_job *job, struct run_end *end);

/* Starts the clocks, and lets the child execute the program. Returns false if it is gone. */
bool sandbox_watch_go(struct sandbox_watch *watch);

/* Kills the program, and notes the reason. */
void sandbox_watch_stop(struct sandbox_watch *watch, enum run_reason reason);

/* Whether the job's owner wants it to end. */
bool sandbox_watch_is_interrupted(const struct sandbox_watch *watch);

/* ---- limits ---- */

/* When to look at the clock even if nothing happens; UINT64_MAX: never. */
uint64_t sandbox_watch_next_look(const struct sandbox_watch *watch);

/* Looks which limits have been reached. `due` is the time for which this look was meant. */
void sandbox_watch_look_at_clock(struct sandbox_watch *watch, uint64_t due);

/* It was kept stopped for so long, which does not count. */
void sandbox_watch_pause(struct sandbox_watch *watch, uint64_t nanoseconds);

/* ---- input and output ---- */

/* Types what the program's terminal takes, if it has one. */
void sandbox_watch_type(struct sandbox_watch *watch);

/* Whether a job has a pipe of its own for descriptor 2. */
bool sandbox_has_errors(const struct sandbox_worker *worker, const struct sandbox_job *job);

/* How many pipes it writes to: 1 or 2. */
size_t sandbox_watch_pipe_count(const struct sandbox_watch *watch);

/* Passes on what can be read and written without waiting. */
void sandbox_watch_move(struct sandbox_watch *watch, struct sandbox_pipe *pipe);

/* Passes on all that was written, and waits for its readers. Returns false if some is left: nobody
 * took it in time, or the job was interrupted. */
bool sandbox_watch_flush(struct sandbox_watch *watch);

/* ---- the end ---- */

/* Receives the worker's word, with MSG_DONTWAIT or 0 in `flags`: the program has ended. */
void sandbox_watch_look_at_worker(struct sandbox_watch *watch, int flags);

/* Passes on the rest of the output, and fills *end from what the worker reported. */
void sandbox_watch_close(struct sandbox_watch *watch);

#endif

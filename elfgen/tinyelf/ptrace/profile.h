/* Profiles programs: their system calls, the memory that they touch, and their run time.
 *
 * Each program is run several times. Nothing is printed and no signal handler is set. When a
 * function here returns, no process that it started is left, nor a child of one. */
#ifndef PTRACE_PROFILE_H
#define PTRACE_PROFILE_H

#include "ptrace.h"

enum {
    PROFILE_NAMES = 1024,  /* names of calls; calls beyond that are counted as "others" */
    PROFILE_ORDER = 65535, /* calls whose order is kept; the others are only counted */
    PROFILE_ROUNDS = 500   /* the most runs that are timed */
};

/* A system call of any ABI: "write", or "syscall_0x3e7" if it has no known name. */
struct profile_call {
    char name[32];
    uint64_t count;
    uint64_t failed;
};

struct profile {
    bool given; /* there was a program; otherwise there are no results */
    /* Results, valid until profile_free(). */
    struct process_end end;
    bool time_up; /* it, or a child of it, was killed because the time for a run was over */
    bool has_pages, has_resident;
    uint64_t processes; /* processes that ran: itself, its children and threads */
    uint64_t output;    /* bytes that they wrote to descriptors 1 and 2 */
    /* Calls of all these processes, without the execve that started the program. */
    uint64_t all, by_abi[CALL_ABIS];
    struct profile_call *calls; /* each name once, in the order of the first calls */
    size_t count;
    /* Indices into `calls`, in the order in which the program's first thread made them. */
    uint16_t *order;
    uint64_t order_all; /* how many these are; the first PROFILE_ORDER of them are in `order` */

    /* has_pages: page faults of the program's own process, from execve to its end: for pages that
     * were in memory, and for pages that a device had to provide. */
    uint64_t minor, major;
    uint64_t resident; /* has_resident: its pages that were in memory when it ended */

    uint64_t runs;          /* timed runs, all complete; 0: there are no times */
    uint64_t least, median; /* of these, in nanoseconds from just before execve to the end */
    uint64_t samples[PROFILE_ROUNDS]; /* in ascending order */
};

struct profile_limits {
    uint64_t run;    /* nanoseconds after which a run is over and all its processes are killed */
    uint64_t rounds; /* nanoseconds after which no further round of timed runs begins; there is at
                        least one */
};

/* Profiles all programs; NULL: there is none. Each is run once to count calls and once to count
 * pages; those that ended by themselves are then timed in turn. If a program cannot be run, its
 * `end` says why. Only signals end a wait: to enforce the limits, the caller needs a timer whose
 * handler interrupts calls (no SA_RESTART). Returns false and *error if there is no memory, no
 * process can be made or ptrace is forbidden; earlier results remain valid. */
bool profile_programs(struct profile *profiles, const struct process_program *const *programs,
                      size_t count, const struct profile_limits *limits,
                      struct elfgen_error *error);
void profile_free(struct profile *profile);

/* ---- private to these files ---- */

/* Runs a program once without tracing its calls. *time is the duration as above, or 0 if the limit
 * ended it. With `pages`, sets the results about pages as well. */
bool profile_run(struct profile *profile, const struct process_program *program, bool pages,
                 uint64_t limit, uint64_t *time, struct elfgen_error *error);

#endif

/* What programs do when they run: the system calls that they make, the memory that they touch, the
 * time that they take.
 *
 * Each is run several times. Nothing is printed, no signal handler is set, and no process that was
 * started, nor a child of one, is left when a call here returns.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "process.h"

enum {
    PROFILE_NAMES = 1024,  /* of calls; above that they are counted as "others" */
    PROFILE_ORDER = 65535, /* calls whose order is kept; the rest is counted */
    PROFILE_ROUNDS = 500   /* runs for the time, at most */
};

/* A system call, of whichever ABI: "write", or "syscall_0x3e7" where nobody knows a name. */
struct profile_call {
    char name[32];
    uint64_t count;
    uint64_t failed;
};

struct profile {
    const struct process_program *program; /* the caller's; NULL: none, and no answers */

    /* Answers, valid until profile_free(). */
    struct process_end end;
    bool time_up; /* it, or a child of it, had to be killed: the time for a run was over */
    bool has_pages, has_resident;
    uint64_t processes; /* that ran: itself, its children and threads */
    uint64_t output;    /* bytes that they wrote to descriptors 1 and 2 */
    /* Calls of all of them, without the execve that made it the program. */
    uint64_t all, by_abi[CALL_ABIS];
    struct profile_call *calls; /* each once, in the order in which they were first made */
    size_t count;
    /* Indices of `calls`, in the order in which the program's own first thread made them. */
    uint16_t *order;
    uint64_t order_all; /* the first PROFILE_ORDER of these are in `order` */

    /* has_pages: of the program's own process, from execve to its end, page faults for which the
     * page was in memory, and those that waited for a device. */
    uint64_t minor, major;
    uint64_t resident; /* has_resident: pages of it that were in memory when it ended */

    uint64_t runs;                    /* for the time, all to the end; 0: there is none */
    uint64_t least, median;           /* nanoseconds from just before execve to the end, of these */
    uint64_t samples[PROFILE_ROUNDS]; /* in ascending order */
};

struct profile_limits {
    uint64_t run;    /* nanoseconds after which a run is over, and all its processes killed */
    uint64_t rounds; /* nanoseconds after which no other round for the time begins; one is made */
};

/* Runs all programs: each once for the calls, once for the pages, and then, in turn, those that
 * ended by themselves for the time. How one cannot run is its own answer: `end`. Only signals end a
 * wait, so for the limits the caller must have a timer tick whose handler interrupts (no
 * SA_RESTART). False and *error: there is no memory or no process to be had, or ptrace is
 * forbidden; what was measured until then stands. */
bool profile_programs(struct profile *profiles, size_t count, const struct profile_limits *limits,
                      struct elfgen_error *error);
void profile_free(struct profile *profile);

/* ---- inside the room ---- */

/* Runs it once without looking at its calls: *time is what it took, as above, 0 if the limit ended
 * it; `pages`: fills those answers, too. */
bool profile_run(struct profile *profile, bool pages, uint64_t limit, uint64_t *time,
                 struct elfgen_error *error);

#endif

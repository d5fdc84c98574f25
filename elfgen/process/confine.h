/* Programs that nobody trusts, in a worker.
 *
 * A worker is a process that is made once: namespaces of its own where the system allows them, no
 * new privileges, and one seccomp filter. It then starts any number of programs, one after another,
 * which inherit all that; a run makes no filter and no namespace. A program may
 *
 *     read, readv                                      of descriptor 0
 *     write, writev                                    to 1 and 2
 *     exit, exit_group
 *     brk, munmap, mmap (i386: mmap2 alone)            private, anonymous, no huge pages
 *     time, gettimeofday, clock_gettime, clock_getres  (i386: also with 64-bit time)
 *     nanosleep, clock_nanosleep, restart_syscall      (the same)
 *
 * and is killed at any other system call, in both tables. It has no descriptor but 0, 1 and 2.
 *
 * This is for one thread: the one that opened a worker runs its programs and closes it, and when it
 * ends, however it does, the kernel kills the worker and its program. The room sets no signal
 * handler; while a program runs it keeps SIGCHLD blocked, which must not be ignored (SIG_IGN).
 * Threads share that signal: several workers at the same time want a process each.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "limits.h"

/* What a worker had to do without, and the caller should tell. Bits. */
enum sandbox_lack {
    SANDBOX_NO_USER = 1 << 0, /* namespaces; SANDBOX_NO_USER: and it was needed */
    SANDBOX_NO_PID = 1 << 1,
    SANDBOX_NO_NETWORK = 1 << 2,
    SANDBOX_NO_MOUNT = 1 << 3,
    SANDBOX_NO_IPC = 1 << 4,
    SANDBOX_NO_TRACE = 1 << 5,  /* ptrace: deaths are told with less detail */
    SANDBOX_NO_MEASURE = 1 << 6 /* /proc: memory is not limited */
};

struct sandbox_options {
    struct run_limits limits; /* of each run */
    bool untraced;            /* do without ptrace: faster, and less is known of a death */
    bool fixed;               /* no randomisation: each run finds the same addresses */
    sigset_t ignored;         /* as in struct process_program */
    sigset_t blocked;         /* the signal mask that programs start with */
};

struct sandbox_worker;

/* Makes a worker. NULL and *error: the system has no seccomp filters, or no process to give; there
 * is no sandbox then. What the caller has in memory is copied on write: open it early. */
struct sandbox_worker *sandbox_open(const struct sandbox_options *options,
                                    struct elfgen_error *error);

/* enum sandbox_lack's bits; SANDBOX_NO_TRACE is known after the first run. */
unsigned sandbox_lacks(const struct sandbox_worker *worker);

/* The worker's process number. */
pid_t sandbox_worker_id(const struct sandbox_worker *worker);

/* Where a program's output goes. */
struct sandbox_stream {
    int descriptor; /* written to as it comes; -1: thrown away. SIGPIPE is the caller's to ignore */
    uint8_t *bytes; /* and the first `room` bytes of it are kept here; NULL and 0: none */
    size_t room;
    uint64_t size; /* out: how many there were; those above the limit are not among them */
    bool closed;   /* out: `descriptor` could not be written to; a program that goes on finds its
                    * pipe closed */
    int error;     /* out: and why */
};

struct sandbox_job {
    int file;       /* the program, open for reading or by O_PATH */
    int input;      /* its descriptor 0; -1: it has none */
    uint64_t files; /* not 0: jobs of the same number have the same open file and input, which are
                     * handed to the worker once */
    char *const *arguments;                 /* argv, with NULL behind the last */
    char *const *environment;               /* NULL: this process's own */
    struct sandbox_stream *output, *errors; /* errors NULL: 2 is the same pipe as 1, so that the
                                             * order of what is written to them stays */
    /* What it writes is left in the pipes until it has ended, or it is much. For a write that goes
     * wrong half way, Linux looks whether the pipe is empty: a program must not do something else
     * each time, for nothing but that somebody was faster to read. */
    bool unread;
    void *context;
    /* Asked before each wait, and when a signal handler of the caller's ended one; NULL: go on.
     * True: kill the program. A signal between the two ends no wait: let the handler set an alarm.
     */
    bool (*interrupted)(void *context);
};

/* A program in memory as a file for a job, to be closed. -1 and errno: no memory, or no /proc. */
int sandbox_make_file(const void *bytes, size_t size);

/* Changes bytes of such a file, between two runs. False and errno: it is as it was or partly
 * changed, as where somebody still executes it (ETXTBSY). */
struct sandbox_poke {
    uint64_t offset;
    uint8_t byte;
};
bool sandbox_change_file(int file, const struct sandbox_poke *pokes, size_t count);

/* Runs a program to its end, and until its output is written. False and *error: the worker is
 * broken, the system gives it no process, or the arguments are too long; close it. */
bool sandbox_run(struct sandbox_worker *worker, const struct sandbox_job *job, struct run_end *end,
                 struct elfgen_error *error);

/* Ends the worker; NULL is none. Nothing of it is left. */
void sandbox_close(struct sandbox_worker *worker);

#endif

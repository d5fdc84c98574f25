/* Runs untrusted programs in a sandbox's worker process.
 *
 * A worker is made once: its own namespaces where the system allows them, no new privileges, and
 * one seccomp filter. It then starts any number of programs, one after another. They inherit all
 * of that, so a run makes neither a filter nor a namespace. A program may call
 *
 *     read, readv                                      of descriptor 0
 *     write, writev                                    to 1 and 2
 *     exit, exit_group
 *     brk, munmap, mmap (i386: mmap2 alone)            private, anonymous, no huge pages
 *     time, gettimeofday, clock_gettime, clock_getres  (i386: also with 64-bit time)
 *     nanosleep, clock_nanosleep, restart_syscall      (the same)
 *
 * those of the kinds that sandbox_options allows (kinds.def), and is killed at any other system
 * call of both tables. Descriptors 0, 1 and 2 are its only ones but for files that it may open.
 * With a terminal, it may read and write all three, and
 *
 *     ioctl                                            with TCGETS, TCSETS, TCSETSW, TCSETSF, their
 *                                                      four successors (TCGETS2 ...), TIOCGWINSZ
 *                                                      and TIOCGPGRP
 *
 * A worker belongs to one thread, which opens it, runs its programs and closes it. When that
 * thread ends, in whatever way, the kernel kills the worker and its program. These files set no
 * signal handler. While a program runs, SIGCHLD is blocked; it must not be ignored (SIG_IGN).
 * Threads share that signal, so workers that run at the same time need a process each. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "kinds.h"
#include "ptrace/limits.h"

struct process_confinement;

/* Bits: what the system does not offer to a worker. The caller should warn of it. */
enum sandbox_lack {
    SANDBOX_NO_USER = 1 << 0, /* namespaces; SANDBOX_NO_USER: although one was needed */
    SANDBOX_NO_PID = 1 << 1,
    SANDBOX_NO_NETWORK = 1 << 2,
    SANDBOX_NO_MOUNT = 1 << 3,
    SANDBOX_NO_IPC = 1 << 4,
    SANDBOX_NO_TRACE = 1 << 5,  /* no ptrace: less is known about how a program died */
    SANDBOX_NO_MEASURE = 1 << 6 /* no /proc: memory is not limited */
};

struct sandbox_options {
    struct run_limits limits; /* of each run */
    unsigned kinds; /* kinds of system calls that programs may make besides: SANDBOX_KIND_BIT() */
    bool untraced;  /* do not use ptrace: faster, but less is known about how a program died */
    bool fixed;     /* no address space randomization: each run has the same addresses */
    bool session;   /* programs are in a session of their own: a terminal sends them no signals */
    bool terminal;  /* descriptors 0, 1 and 2 are a pseudo-terminal, and the job's input is typed
                       into it; it is no controlling terminal */
    unsigned columns, lines; /* the terminal's size; 0: 80 and 24 */
    sigset_t ignored; /* signals that programs start with ignored, as in struct process_program */
    sigset_t blocked; /* the signal mask that programs start with */
};

struct sandbox_worker;

/* Makes a worker. Returns NULL and *error if the system has no seccomp filters, so that no sandbox
 * is possible, if kinds that take names of files cannot be confined here, or if no process can be
 * made. Files to read are those of the present working directory. The worker starts as a copy of
 * this process, copied on write: open it early. */
struct sandbox_worker *sandbox_open(const struct sandbox_options *options,
                                    struct elfgen_error *error);

/* Bits of enum sandbox_lack. SANDBOX_NO_TRACE is known after the first run. */
unsigned sandbox_lacks(const struct sandbox_worker *worker);

/* The worker's process id. */
pid_t sandbox_worker_id(const struct sandbox_worker *worker);

/* What becomes of one stream of a program's output. */
struct sandbox_stream {
    int descriptor; /* the output is written here as it comes; -1: it is dropped. The caller has to
                       ignore SIGPIPE */
    uint8_t *bytes; /* keeps the first `room` bytes of the output; NULL and 0: keeps none */
    size_t room;
    uint64_t size; /* out: bytes that were written; those above the limit do not count */
    bool closed;   /* out: writing to `descriptor` failed; a program that goes on finds its pipe
                      closed */
    int error;     /* out: errno of that */
};

struct sandbox_job {
    int file;       /* the program, opened for reading or with O_PATH */
    int input;      /* its descriptor 0; -1: none. With WRITE_STDIN it is the pipe of 1 instead.
                       With a terminal, it is what is typed; -1: the end */
    uint64_t files; /* if not 0: jobs with the same number have the same `file` and `input`, which
                       are handed to the worker only once */
    char *const *arguments;   /* argv, with NULL after the last */
    char *const *environment; /* NULL: that of this process */
    struct sandbox_stream *output,
        *errors; /* errors NULL: descriptor 2 is the same pipe as 1, which keeps the order of what
                    is written to the two. With a terminal, `errors` is not used */
    /* Leaves the output in the pipes until the program has ended or has written much. When a write
     * fails half way, Linux looks whether the pipe is empty: without this, the same program could
     * behave differently each time, depending on how fast the pipe is read. */
    bool unread;
    void *context;
    /* Asked before each wait, and after a signal handler of the caller interrupted one; NULL:
     * never. If it returns true, the program is killed. A signal between the question and the wait
     * does not end the wait: let the handler set an alarm. */
    bool (*interrupted)(void *context);
};

/* Changes bytes of such a file between two runs. Returns false and errno if the file is unchanged
 * or only partly changed, as when some process still executes it (ETXTBSY). */
struct sandbox_poke {
    uint64_t offset;
    uint8_t byte;
};
bool sandbox_change_file(int file, const struct sandbox_poke *pokes, size_t count);

/* Runs a program until it has ended and its output is written, or, past its time limit, until no
 * reader takes more of it for a second (RUN_TIME). Returns false and *error if the
 * worker is broken, the system has no process to give, or the arguments are too long; the caller
 * should close the worker then. */
bool sandbox_run(struct sandbox_worker *worker, const struct sandbox_job *job, struct run_end *end,
                 struct elfgen_error *error);

/* ---- programs that somebody else traces ---- */

/* Makes a program of a job traceable by the stepper or by the tracer of calls, with everything else
 * as in sandbox_run():
 *
 *     program.confinement = sandbox_confine(worker, &job);
 *     stepper_open(&program, ...), stepper_next() ..., stepper_close()     or process_trace()
 *     sandbox_finish(worker, &end, &error);
 *
 * The program's `arguments` and `path` should be those of the job; its `files` and `ignored` are
 * not used. The time limit counts while the tracer waits for the program, and not while it keeps it
 * stopped. job->interrupted is only asked while output waits for its reader: the tracer's own waits
 * end with EINTR. `job`, its streams and the worker must stay as they are until sandbox_finish().
 * From the start of the program until then, SIGCHLD is blocked. */
const struct process_confinement *sandbox_confine(struct sandbox_worker *worker,
                                                  const struct sandbox_job *job);

/* Whether such a program was made, and sandbox_finish() is to be called. */
bool sandbox_is_used(const struct sandbox_worker *worker);

/* Ends such a run when its tracer is done with it, kills the program if it is still there, and
 * passes the rest of its output on. *end is as from sandbox_run(): if the tracer killed it, its
 * reason is RUN_SIGNAL, also after an execve that failed. Returns false and *error as
 * sandbox_run(). */
bool sandbox_finish(struct sandbox_worker *worker, struct run_end *end, struct elfgen_error *error);

/* Ends the worker and all that belongs to it. `worker` may be NULL. */
void sandbox_close(struct sandbox_worker *worker);

#endif

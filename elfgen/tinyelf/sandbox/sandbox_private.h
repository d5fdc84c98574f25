/* What the two sides of a worker have in common: for the room's own files. */
#ifndef SANDBOX_SANDBOX_PRIVATE_H
#define SANDBOX_SANDBOX_PRIVATE_H

#include "sandbox.h"

struct sock_fprog;

/* The filter as the kernel takes it; `secret` in a call's sixth register opens the worker's own
 * calls. To be freed by sandbox_free_filter(). False: out of memory, or libseccomp's no. */
bool sandbox_make_filter(uint64_t secret, struct sock_fprog *filter);
void sandbox_free_filter(struct sock_fprog *filter);

/* Memory that both sides see, at the same address. */
struct sandbox_shared {
    /* from sandbox_open() on */
    const struct sock_fprog *filter;
    uint64_t secret;
    int socket;
    struct run_limits limits;
    sigset_t ignored, blocked;
    bool fixed;
    bool user; /* the worker is in a user namespace of its own, and is to say who it is there: */
    uid_t user_id;
    gid_t group_id;

    /* the worker's answer to that */
    unsigned lacks; /* enum sandbox_lack */
    int error;      /* of seccomp; then of each execve, 0 if it succeeded */
    int no_process; /* of the clone before it: errno, or 0 */

    /* a job's */
    bool has_input, keep;            /* keep: the descriptors are for the next job, too */
    char **arguments, **environment; /* into `text` */

    /* and its end's */
    int status;          /* of wait4 */
    uint64_t processor;  /* its ru_utime and ru_stime, in nanoseconds */
    uint64_t memory;     /* its ru_maxrss, in bytes: the worker's is the least */
    uint64_t own_memory; /* the worker's, with the arguments that it handed over, and a little */

    size_t room;    /* of `text` */
    uint8_t text[]; /* pointers, and strings behind them */
};

/* What goes over the socket, a byte each. */
enum sandbox_word {
    SANDBOX_READY = 'r',   /* worker: shared->error and lacks are known */
    SANDBOX_JOB = 'j',     /* supervisor: with the descriptors: program, input, output, errors */
    SANDBOX_AGAIN = 'a',   /* supervisor: those of the job before */
    SANDBOX_STARTED = 's', /* the child, before its execve; the kernel says who it is */
    SANDBOX_GO = 'g',      /* supervisor, to it */
    SANDBOX_ENDED = 'e'    /* worker: shared->status and memory are known */
};
enum { SANDBOX_DESCRIPTORS = 4 };

/* The worker's whole life. All signals are blocked. */
__attribute__((noreturn)) void sandbox_worker_main(struct sandbox_shared *shared);

/* Network, mount and IPC namespaces, and an empty root. Returns what could not be had. */
unsigned sandbox_enter_namespaces(const struct sandbox_shared *shared);

/* ---- output ---- */

/* A pipe that a program writes to, and where that goes. */
struct sandbox_pipe {
    int ends[2]; /* -1: there is none */
    struct sandbox_stream *stream;
    bool regular;       /* the stream's descriptor never makes a writer wait */
    size_t start, size; /* what is not written yet, in `bytes` */
    uint8_t bytes[65536];
};

struct pollfd;

/* Makes the pipe, if there is none, for a stream. False: errno. */
bool sandbox_pipe_open(struct sandbox_pipe *pipe, struct sandbox_stream *stream);
void sandbox_pipe_close(struct sandbox_pipe *pipe);

/* What to wait for: to read, or to write what was read. */
struct pollfd sandbox_pipe_events(const struct sandbox_pipe *pipe);

/* Does what can be done without waiting. `left` is how many bytes the stream may still have; what
 * goes beyond is dropped. Returns how many bytes the program had written. */
size_t sandbox_pipe_move(struct sandbox_pipe *pipe, uint64_t left);

/* Whether all that was written is where it should go. */
bool sandbox_pipe_is_empty(const struct sandbox_pipe *pipe);

#endif

/* The supervisor's side of a worker, and its watch over one run: private to these files. */
#ifndef SANDBOX_SUPERVISOR_H
#define SANDBOX_SUPERVISOR_H

#include "ptrace/confinement.h"
#include "ptrace/spin_wait.h"
#include "watch.h"

/* A run that another tracer has. */
struct sandbox_loan {
    struct process_confinement confinement;
    const struct sandbox_job *job;
    struct sandbox_watch watch;
    struct run_end end;
    struct spin_wait spin;
    sigset_t before;      /* the signal mask, while `made` */
    bool made;            /* there is a child, or was one */
    bool gone;            /* the tracer has waited for its end */
    uint64_t returned_at; /* when the tracer was last told of a stop; 0: not yet */
};

struct sandbox_worker {
    struct sandbox_shared *shared;
    pid_t id;
    int socket;
    int other;      /* the worker's end of the socket, until the worker has it */
    int ended;      /* a signalfd: a traced program changed its state */
    bool traced;    /* whether to use ptrace */
    bool refused;   /* ptrace is not permitted */
    bool measured;  /* /proc tells how much memory a program has */
    uint64_t files; /* sandbox_job.files of the descriptors that the worker has; 0: it has none */
    struct sandbox_pipe pipes[2];
    struct sandbox_terminal terminal; /* if used, its ends are those of pipes[0] */
    struct sandbox_loan loan;
};

/* Hands a job to the worker, which makes a child for it; it waits for sandbox_watch_go(). With
 * `stops`, it then stops itself just before its execve. Returns false and *error. */
bool sandbox_begin_job(struct sandbox_worker *worker, const struct sandbox_job *job, bool stops,
                       struct elfgen_error *error);

/* Watches a run from the job's start to its end. Returns false if the worker died. */
bool sandbox_supervise(struct sandbox_worker *worker, const struct sandbox_job *job,
                       struct run_end *end);

#endif

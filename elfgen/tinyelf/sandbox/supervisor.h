/* The supervisor's side of a worker, and its watch over one run: private to these files. */
#ifndef SANDBOX_SUPERVISOR_H
#define SANDBOX_SUPERVISOR_H

#include "watch.h"

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
};

/* Watches a run from the job's start to its end. Returns false if the worker died. */
bool sandbox_supervise(struct sandbox_worker *worker, const struct sandbox_job *job,
                       struct run_end *end);

#endif

/* A worker as its supervisor has it, and the watch over a run: for the room's own files. */
#ifndef SANDBOX_WATCH_H
#define SANDBOX_WATCH_H

#include "confine_inside.h"

struct sandbox_worker {
    struct sandbox_shared *shared;
    pid_t id;
    int socket;
    int other;      /* the worker's end, until it has it */
    int ended;      /* a signalfd: a traced program did something */
    bool traced;    /* by ptrace, where it may be */
    bool refused;   /* it may not */
    bool measured;  /* /proc says how much memory a program has */
    uint64_t files; /* whose descriptors the worker has, by sandbox_job's number; 0: none */
    struct sandbox_pipe pipes[2];
};

/* From the job's start to its end. False: the worker died. */
bool sandbox_supervise(struct sandbox_worker *worker, const struct sandbox_job *job,
                       struct run_end *end);

#endif

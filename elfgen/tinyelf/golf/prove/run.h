/* Runs a program in the sandbox, call by call, each of which its tracer answers.
 *
 * The program is really started by Linux, and its instructions really run. Its system calls are not
 * made (PTRACE_SYSEMU): the tracer says what they return, so that any call can fail or fall short.
 * A call may be made all the same, by golf_run_make(), in what the sandbox permits. */
#ifndef GOLF_RUN_H
#define GOLF_RUN_H

#include "ptrace/ptrace.h"
#include "sandbox/sandbox.h"

enum golf_stop {
    GOLF_AT_CALL,  /* it makes run->process.call; answer it before golf_run_next() */
    GOLF_AT_FAULT, /* run->signal will kill it */
    GOLF_AT_END    /* it is gone; run->end says how */
};

struct golf_run {
    /* Private but for reading. */
    struct sandbox_worker *worker;
    struct process process; /* id and the call that it makes */
    siginfo_t signal;       /* GOLF_AT_FAULT */
    struct run_end end;     /* GOLF_AT_END */
    struct sandbox_job job;
    struct sandbox_stream output;
    struct process_program program;
    struct process_child child;
    bool makes;  /* all calls are really made: golf_run_answer() is for none */
    bool gone;   /* it has ended, or is about to: nothing can be asked of it */
    bool reaped; /* its end was waited for */
    bool finished;
    bool started; /* its execve succeeded */
};

/* What a run starts with. */
struct golf_start {
    int file;       /* the program */
    uint64_t files; /* the same number: the same `file` and `input` as in the run before */
    int input;      /* its descriptor 0, if calls are made; -1: none */
    char *const *arguments, *const *environment;
    bool makes; /* all calls are really made */
    void *context;
    bool (*interrupted)(void *context); /* NULL, or as in struct sandbox_job */
};

/* Starts a program, up to its first instruction. Returns false and *error if the sandbox is broken.
 * If Linux does not start it, the first stop is GOLF_AT_END. golf_run_finish() ends it in any
 * case. */
bool golf_run_start(struct golf_run *run, struct sandbox_worker *worker,
                    const struct golf_start *start, struct elfgen_error *error);

/* Lets it go on to its next call, its fault or its end. */
enum golf_stop golf_run_next(struct golf_run *run);

/* Answers the call at which it is, which is not made. */
void golf_run_answer(struct golf_run *run, int64_t result);

/* Makes the call at which it is, as the sandbox permits, and sets process.call.result. Returns
 * false if it is gone: the sandbox killed it for the call, or the call ended it. */
bool golf_run_make(struct golf_run *run);

/* Kills it if it is still there, and frees what the run took; sets run->end. Returns false and
 * *error if the sandbox is broken. */
bool golf_run_finish(struct golf_run *run, struct elfgen_error *error);

#endif

/* A program's run in an environment, call by call: recorded from the original, and compared with a
 * candidate's, which gets the same answers. */
#ifndef GOLF_TRACE_H
#define GOLF_TRACE_H

#include "bytes.h"
#include "model.h"
#include "run.h"
#include "x86/x86.h"

/* What an original did. Zeroed at first; free bytes.bytes. */
struct golf_trace {
    struct golf_bytes bytes; /* items, one after the other */
    size_t calls;            /* with the last, exit or a fault */
    bool cut;                /* it went on: only so many calls are recorded */
    uint64_t stack;          /* bytes that its stack took, if that was asked for */
    uint64_t processor;      /* nanoseconds that it took */
    size_t most_read;        /* the largest size that a read was asked for */
};

/* What all runs share. */
struct golf_tracer {
    struct sandbox_worker *worker;
    struct x86 *decoders[2]; /* of 64-bit and 32-bit code */
    struct calls calls;
    struct golf_bytes key, outputs; /* of the call at hand */
    size_t calls_most;              /* where a run is cut */
    bool wants_stack;
    unsigned kinds; /* of calls that the original may make */
    struct golf_run run;
};

/* How a run of a candidate differs. */
enum golf_difference_kind {
    GOLF_DIFFERENT_CALL,   /* another call, or other arguments */
    GOLF_DIFFERENT_END,    /* a call, a fault or an exit where the original has another of them */
    GOLF_DIFFERENT_RESULT, /* Linux answered the same call differently */
    GOLF_NO_BUFFER,        /* the kernel could not write all of what the original reads */
    GOLF_TOO_LONG,         /* it did not end in time */
    GOLF_TOO_MUCH_STACK,   /* more than 128 KiB beyond the original's */
    GOLF_DOES_NOT_START,   /* Linux refuses it, or kills it inside execve */
    GOLF_KILLED            /* something else killed it */
};
enum { GOLF_LINE = 400 };
struct golf_difference {
    enum golf_difference_kind kind;
    size_t environment; /* its index, for golf_environment_make() */
    size_t call;        /* 1: the first one */
    /* What each does there, as strace prints it. */
    char original[GOLF_LINE], candidate[GOLF_LINE];
};

enum golf_outcome { GOLF_SAME, GOLF_DIFFERENT, GOLF_FAILED };

/* Records a run of the original. GOLF_SAME: it is recorded. GOLF_DIFFERENT: it is refused, *error
 * says why. GOLF_FAILED: the sandbox is broken, or there is no memory. */
enum golf_outcome golf_trace_record(struct golf_tracer *tracer,
                                    const struct golf_environment *environment,
                                    const struct golf_start *start, struct golf_trace *trace,
                                    struct elfgen_error *error);

/* Runs a candidate, and compares. */
enum golf_outcome golf_trace_compare(struct golf_tracer *tracer,
                                     const struct golf_environment *environment,
                                     const struct golf_start *start, const struct golf_trace *trace,
                                     struct golf_difference *difference,
                                     struct elfgen_error *error);

/* Runs the original again up to call `call`, and prints that as strace does. */
void golf_trace_line(struct golf_tracer *tracer, const struct golf_start *start,
                     const struct golf_trace *trace, size_t call, char line[GOLF_LINE]);

#endif

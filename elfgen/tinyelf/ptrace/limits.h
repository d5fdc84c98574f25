/* How long and how much a program may, and how it ended: for the ways to run one that watch it. */
#ifndef PTRACE_LIMITS_H
#define PTRACE_LIMITS_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

#include "syscalls/table.h"

/* 0: no limit. */
struct run_limits {
    uint64_t time;   /* milliseconds of wall clock */
    uint64_t memory; /* bytes that it touched, page tables included; mapping costs nothing */
    /* For a worker alone: */
    uint64_t output;    /* bytes written to 1 and 2 together */
    uint64_t processor; /* milliseconds of processor time: killed soon after, never before */
};

enum run_reason {
    RUN_EXITED,      /* with `status` */
    RUN_SIGNAL,      /* killed by `signal`, its own or somebody's */
    RUN_CALL,        /* the filter killed it for a system call */
    RUN_TIME,        /* limits (time or processor), over which it was killed */
    RUN_MEMORY,      /*  ... or ended before it could be */
    RUN_OUTPUT,      /*  ... */
    RUN_INTERRUPTED, /* `interrupted` said so */
    RUN_NOT_STARTED  /* execve refused it: `error` */
};

struct run_end {
    enum run_reason reason;
    int error;         /* RUN_NOT_STARTED: errno */
    int status;        /* RUN_EXITED */
    int signal;        /* that killed it, whatever the reason is; 0: none */
    bool loading;      /* RUN_SIGNAL: Linux gave up inside execve, no instruction of it ran */
    bool has_address;  /* RUN_SIGNAL: `address` is the one that the processor objected to */
    bool knows_call;   /* RUN_CALL: `abi` and `number` are known, which takes ptrace */
    enum call_abi abi; /* x32's calls are x86-64's with bit 30 set */
    uint64_t address, number;
    uint64_t argument;    /* RUN_CALL: the call's first one, where it is known */
    uint64_t memory;      /* the most that was resident, in bytes, as wait4 tells it; a worker's own
                           * megabyte is the least */
    uint64_t output;      /* bytes that it wrote to 1 and 2; 0 where nobody counted */
    uint64_t nanoseconds; /* from its execve to its end */
    uint64_t processor;   /* nanoseconds of processor time, its execve's included; by a worker */
};

/* ---- for the files of the room ---- */

/* What a process has touched: resident, swapped, and the page tables for it, which are all that
 * reading untouched memory takes. 0: it is gone or a thread, or /proc does not say. */
uint64_t limits_memory(pid_t id);

/* The same, where of a page that several processes have only this one's part counts: slower. */
uint64_t limits_share(pid_t id);

/* Whether it is past its execve. Before, a process has the memory of the one that started it, or a
 * copy; once this said true, whatever is measured is the program's own. Where /proc does not say:
 * true. */
bool limits_has_entered(pid_t id);

/* Whether it waits for something, such as the end of a sleep. False: it runs, wants to, is stopped
 * or gone. Where /proc does not say: true. */
bool limits_is_asleep(pid_t id);

/* Nanoseconds of processor time that a process has used. 0: it is gone, or nobody says. */
uint64_t limits_processor(pid_t id);

/* Whether /proc is there, and shows the process numbers that this process sees. */
bool limits_can_measure(void);

/* How long until memory is worth another look, in milliseconds: the closer to the limit, the
 * sooner. */
uint64_t limits_pause(uint64_t memory, uint64_t limit);

/* A traced process stands still since a signal: notes the address in *end. Returns the signal that
 * it should go on with. */
int limits_signal_stop(pid_t id, int number, struct run_end *end);

/* It stands still in its end (PTRACE_EVENT_EXIT): notes what its registers say. */
void limits_exit_stop(pid_t id, struct run_end *end);

#endif

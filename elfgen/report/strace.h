/* What happens to a program, in the words of strace: system calls line by line, signals, ends.
 *
 * The room's text goes to an elfgen_text; nothing here knows files. Memory is read through a
 * callback, so that what was recorded of a program prints as what runs. Anything may stand in the
 * program's memory and registers: what is read of it and what is written are bounded. */
#ifndef STRACE_H
#define STRACE_H

#include "../process/process.h"
#include "call_reader.h"
#include "elfgen.h"

/* ---- values ---- */

/* Argument `index` of a call as strace prints it: `after`: the kernel answered, and what it wrote
 * is shown; before, addresses of that. `row` NULL, or with fewer parameters: a number. */
void strace_argument_text(struct elfgen_text *out, const struct process_call *call,
                          const struct call_row *row, unsigned index, bool after,
                          const struct memory_reader *reader);

/* Whether a trace leaves argument `index` out: this very call has none (open's mode without
 * O_CREAT), or it is the second half of one of 64 bits. */
bool strace_argument_is_absent(const struct process_call *call, const struct call_row *row,
                               unsigned index);

/* What the kernel answered: "3", "-1 ENOENT (No such file or directory)", "0x2 (flags O_RDWR)". */
void strace_result_text(struct elfgen_text *out, const struct process_call *call,
                        const struct call_row *row, const struct memory_reader *reader);

/* The name of an errno: "ENOENT". Those that the kernel keeps to itself, too: "ERESTARTSYS". NULL:
 * it has none. */
const char *strace_error_name(int64_t number);

/* And what it says: "No such file or directory". */
const char *strace_error_text(int64_t number);

/* "SIGINT", "SIGRT_5" or a number. */
void strace_signal_text(struct elfgen_text *out, int number);

/* A siginfo_t of this machine: "{si_signo=SIGINT, ...}". */
void strace_siginfo_text(struct elfgen_text *out, const siginfo_t *signal);

/* ---- lines ---- */

enum strace_prefix {
    STRACE_BARE,  /* lines do not say of which process they are */
    STRACE_PID,   /* "[pid 5] " while there is more than one, as on a terminal */
    STRACE_COLUMN /* "5     " in every line, as in a file */
};

/* What is written about a run. Zeroed before, then `out` and what else is the caller's are set. */
struct strace {
    struct elfgen_text *out;
    enum strace_prefix prefix;
    const char *tool;            /* who says that a process was attached; NULL: nobody does */
    struct memory_reader reader; /* of the memory of the process that an event is of; without one it
                                  * is read from that itself */

    /* The rest is this room's own. */
    struct process *process; /* of the event */
    struct process *writing; /* whose line has no end yet */
    size_t processes;        /* that are there */
    bool last_i386;          /* the last call was one of i386's */
    pid_t attached;          /* a new one, to be told of when the line ends; or 0 */
    struct calls calls;
    struct elfgen_text line;
    uint64_t flushed; /* bytes of the line that `line` has no more */
    char bytes[1024];
};

/* Prepares a struct whose caller's fields are set; it must then stay where it is. */
void strace_begin(struct strace *strace);

/* Writes what an event is. */
void strace_event(struct strace *strace, const struct process_event *event);

/* Ends a line that has no end: the trace is over. */
void strace_end(struct strace *strace);

#endif

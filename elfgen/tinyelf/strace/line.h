/* Prints what happens to a program as strace does: system calls line by line, signals, exits.
 *
 * Output goes to an elfgen_text; no file is known here. Memory is read through a callback, so that
 * a recording prints like a running program. Memory and registers of the program may hold anything:
 * what is read and what is printed are bounded. */
#ifndef STRACE_LINE_H
#define STRACE_LINE_H

#include "ptrace/ptrace.h"
#include "memory_reader.h"
#include "elfgen.h"

/* ---- values ---- */

/* Prints argument `index` of a call. `after`: the call has returned, and what the kernel wrote
 * is printed; before that, its address. If `row` is NULL or has fewer parameters, a number is
 * printed. */
void strace_argument_text(struct elfgen_text *out, const struct process_call *call,
                          const struct call_row *row, unsigned index, bool after,
                          const struct memory_reader *reader);

/* The same of the stopped process `id`, whose memory is read now. */
void strace_process_argument(struct elfgen_text *out, pid_t id, const struct process_call *call,
                             const struct call_row *row, unsigned index, bool after);

/* Whether a trace omits argument `index`: this call has none (open without O_CREAT has no mode), or
 * it is the second half of a 64-bit argument. */
bool strace_argument_is_absent(const struct process_call *call, const struct call_row *row,
                               unsigned index);

/* Prints the result: "3", "-1 ENOENT (No such file or directory)", "0x2 (flags O_RDWR)". */
void strace_result_text(struct elfgen_text *out, const struct process_call *call,
                        const struct call_row *row, const struct memory_reader *reader);

/* The name of an errno, "ENOENT", also of those that only the kernel uses, "ERESTARTSYS". NULL if
 * it has none. */
const char *strace_error_name(int64_t number);

/* The sentence of an errno: "No such file or directory". */
const char *strace_error_text(int64_t number);

/* "SIGINT", "SIGRT_5" or a number. */
void strace_signal_text(struct elfgen_text *out, int number);

/* A siginfo_t of this machine: "{si_signo=SIGINT, ...}". */
void strace_siginfo_text(struct elfgen_text *out, const siginfo_t *signal);

/* ---- lines ---- */

enum strace_prefix {
    STRACE_BARE,  /* lines have no pid */
    STRACE_PID,   /* "[pid 5] " while there is more than one process, as on a terminal */
    STRACE_COLUMN /* "5     " in every line, as in a file */
};

enum { STRACE_MARK = 11 };

/* A trace being printed. Zeroed first; then the caller sets `out` and the other fields of its
 * own. */
struct strace {
    struct elfgen_text *out;
    enum strace_prefix prefix;
    const char *tool;            /* printed before "Process 5 attached"; NULL: no such lines */
    const char *mark;            /* begins lines, in a column of STRACE_MARK; the caller changes it
                                    from event to event. NULL: there is no such column */
    struct memory_reader reader; /* of the memory of the process of an event; without one, the
                                    process itself is read */

    /* Private. */
    struct process *process; /* of the event */
    struct process *writing; /* its line has no end yet */
    size_t processes;        /* running now */
    enum call_abi last_abi;  /* of the last call */
    pid_t attached;          /* a new process, to be reported when the line ends; or 0 */
    struct calls calls;
    struct elfgen_text line;
    uint64_t flushed; /* bytes of the line that went out already */
    char bytes[1024];
};

/* Prepares a struct whose caller's fields are set. It must stay at its address from then on. */
void strace_begin(struct strace *strace);

/* Prints an event. */
void strace_event(struct strace *strace, const struct process_event *event);

/* Ends an open line: the trace is over. */
void strace_end(struct strace *strace);

#endif

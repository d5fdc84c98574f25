/* A system call as a line of a trace shows it. */
#ifndef STRACE_SHOWN_H
#define STRACE_SHOWN_H

#include "../process/process.h"
#include "call_reader.h"

/* A call as it is shown: some of i386's pass the address of their arguments. */
struct strace_shown {
    struct process_call call;
    const struct call_row *row; /* NULL: nothing is known */
    const char *name;
    char number[32];      /* the name of what has none */
    const uint8_t *order; /* of the parameters; NULL: theirs */
};

/* Fills *shown for a call. */
void strace_show_call(struct strace_shown *shown, const struct process_call *call,
                      struct calls *calls, const struct memory_reader *reader);

/* The name of a call that has none, from its number: "syscall_0x3e8". It is in *shown. */
const char *strace_show_number(struct strace_shown *shown);

#endif

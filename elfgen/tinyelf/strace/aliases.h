/* Resolves i386's socketcall, old mmap etc. to the call and arguments a trace shows. */
#ifndef STRACE_ALIASES_H
#define STRACE_ALIASES_H

#include "ptrace/ptrace.h"
#include "memory_reader.h"

/* A call as it is shown. Some of i386 pass only the address of the arguments. */
struct strace_shown {
    struct process_call call;
    const struct call_row *row; /* NULL: unknown */
    const char *name;
    char number[32];                 /* name of an unknown call */
    uint8_t order[ELFGEN_ARGUMENTS]; /* indices of the parameters, as they are shown */
};

/* Fills *shown for a call. */
void strace_show_call(struct strace_shown *shown, const struct process_call *call,
                      struct calls *calls, const struct memory_reader *reader);

/* Names an unknown call after its number: "syscall_0x3e8". The name is in *shown. */
const char *strace_show_number(struct strace_shown *shown);

#endif

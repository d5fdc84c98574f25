/* Finds the instruction that made a system call, its file, and the privilege level. */
#ifndef PTRACE_CALL_SITE_H
#define PTRACE_CALL_SITE_H

#include <limits.h>

#include "ptrace.h"

/* The instruction that made a call. */
struct call_site {
    enum call_instruction call_instruction;
    bool found;       /* whether `address` is known: the processor saves none for sysenter, so it is
                         derived from the usual ways to return */
    uint64_t address; /* the instruction's */
    uint8_t bytes[CALL_INSTRUCTION_SIZE]; /* the instruction's */
};

/* Finds the call site of process->call for a process that is stopped in that call. Returns false if
 * there is no such instruction before the return address, because it was overwritten or execve
 * replaced it. */
bool call_site_find(const struct process *process, struct call_site *site);

/* The segment register cs in user mode; its low two bits are the current privilege level. Returns
 * false if the process is gone. */
bool call_site_cs(const struct process *process, uint16_t *cs);

/* A mapping of a process. */
struct call_site_mapping {
    uint64_t from, to;   /* addresses */
    uint64_t offset;     /* in the file, where `from` is */
    char file[PATH_MAX]; /* as in /proc/PID/maps; "[vdso]", "[stack]"; "" for none */
};

/* Finds the mapping that contains an address, in /proc/PID/maps. Returns false if there is none. */
bool call_site_find_mapping(pid_t id, uint64_t address, struct call_site_mapping *place);

#endif

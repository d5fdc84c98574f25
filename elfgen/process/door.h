/* Where a system call was made: the instruction, and the file that its bytes come from. */
#ifndef CALL_SITE_H
#define CALL_SITE_H

#include <limits.h>

#include "process.h"

/* The instruction that made a call. */
struct call_site {
    enum elfgen_door door;
    bool found;       /* `address` is: the processor keeps none for sysenter, so that only the usual
                       * ways of coming back tell */
    uint64_t address; /* of the instruction */
    uint8_t bytes[2]; /* its bytes */
};

/* For a process that stands in its last call, process->call. False: there is no such instruction in
 * front of where the call returns to (it was overwritten, or execve replaced it). */
bool call_site_find(const struct process *process, struct call_site *door);

/* "syscall", "int 0x80", "sysenter". */
const char *call_site_instruction_name(enum elfgen_door door);

/* The segment register cs, as the processor has it in user mode; its low two bits are the current
 * privilege level. False: the process is gone. */
bool call_site_cs(const struct process *process, uint16_t *cs);

/* A mapping of a process. */
struct call_site_mapping {
    uint64_t from, to;   /* addresses */
    uint64_t offset;     /* in the file, of `from` */
    char file[PATH_MAX]; /* as /proc/PID/maps names it; "[vdso]", "[stack]"; "" for none */
};

/* The mapping that an address is in, by /proc/PID/maps. False: it is in none. */
bool call_site_find_mapping(pid_t id, uint64_t address, struct call_site_mapping *place);

#endif

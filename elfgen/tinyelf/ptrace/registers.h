/* Reads the registers of a traced process that say which system call it makes. */
#ifndef PTRACE_REGISTERS_H
#define PTRACE_REGISTERS_H

#include <sys/types.h>

#include "syscalls/abi.h"

struct call_registers {
    uint64_t number; /* of the call that it is in, or was in last */
    int64_t result;
    uint64_t arguments[ELFGEN_ARGUMENTS];
};

/* Reads them from a process that is stopped. `abi` is that of the call. Returns false if the
 * process is gone. */
bool registers_read(pid_t id, enum call_abi abi, struct call_registers *registers);

#endif

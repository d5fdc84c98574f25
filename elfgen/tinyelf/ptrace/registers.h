/* Reads the registers of a traced process that say which system call it makes, and answers it. */
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

/* Where a stopped process is. */
struct code_registers {
    uint64_t instruction; /* the next one, or the one that faulted */
    uint64_t number; /* of the call that it makes, with all bits of the register: the high half of
                        a 64-bit one makes it no call up to Linux 5.12, and is ignored later */
    bool is_32_bit;
};
bool registers_read_code(pid_t id, struct code_registers *registers);

/* Sets the result of the call at which a process is stopped, and which is not made
 * (PTRACE_SYSEMU). Returns false if the process is gone. */
bool registers_set_result(pid_t id, int64_t result);

/* Takes a process that is stopped at such a call back to the instruction that made it, so that it
 * makes the call `number` once more. Returns false if the process is gone. */
bool registers_repeat_call(pid_t id, uint64_t number);

#endif

/* Call ABIs: how programs make system calls, and the instructions that do. */
#ifndef SYSCALLS_ABI_H
#define SYSCALLS_ABI_H

#include "elfgen.h"

/* The call ABIs, each with its own numbers: rows of abi.def. */
enum call_abi {
#define ABI(id, ...) CALL_##id,
#include "abi.def"
#undef ABI
    CALL_ABIS,
    CALL_NATIVE = 0 /* the kernel's own */
};

/* The instructions that make system calls: rows of call_instructions.def. */
enum call_instruction {
#define INSTRUCTION(id, ...) CALL_BY_##id,
#include "call_instructions.def"
#undef INSTRUCTION
    CALL_INSTRUCTIONS
};

/* A row of abi.def. */
struct call_abi_row {
    const char *name;                  /* in options and JSON: "x86_64" */
    const char *title;                 /* in sentences: "x86-64" */
    uint32_t arch;                     /* AUDIT_ARCH_..., which is libseccomp's token too */
    uint8_t word;                      /* bytes of a register, of a pointer and of long */
    const char *entry;                 /* what entry points begin with: "__x64_" */
    uint32_t x32;                      /* the bit of a number that makes it one of x32's; 0: none */
    enum call_instruction instruction; /* the usual one */
    const char *number, *result, *arguments[ELFGEN_ARGUMENTS]; /* registers */
    const char *lost[3]; /* registers that change besides the result's; NULL after the last */
};
const struct call_abi_row *syscall_abi(enum call_abi abi);

/* The ABI whose row has this AUDIT_ARCH_..., as ptrace and seccomp report it; CALL_NATIVE if none
 * has. */
enum call_abi syscall_abi_of_arch(uint32_t arch);

/* What the kernel takes of a register's value, and what a returned value is as a number. */
uint64_t syscall_register(enum call_abi abi, uint64_t value);
int64_t syscall_result(enum call_abi abi, uint64_t value);

/* Writes the names of the ABIs that are asked for: "x86_64 or i386". */
enum { CALL_ABI_NAMES_ROOM = 64 };
void syscall_abi_names(const bool asked[CALL_ABIS], char names[CALL_ABI_NAMES_ROOM]);

/* A row of call_instructions.def. */
enum { CALL_INSTRUCTION_SIZE = 2 };
struct call_instruction_row {
    enum call_instruction id;
    const char *name;
    uint8_t bytes[CALL_INSTRUCTION_SIZE];
    enum call_abi abi;
};
const struct call_instruction_row *syscall_instruction(enum call_instruction by);

/* The rows in order; NULL after the last. */
const struct call_instruction_row *syscall_instruction_at(size_t index);

#endif

/* System calls by their meaning: what of a call must be the same in two programs. */
#ifndef GOLF_CALL_H
#define GOLF_CALL_H

#include "bytes.h"
#include "ptrace/ptrace.h"

/* How a proof answers a call: calls.def. */
enum golf_treatment {
    GOLF_ENDS,     /* exit, exit_group */
    GOLF_ANSWERED, /* by the environment */
    GOLF_MADE,     /* by the original, in the sandbox */
    GOLF_NO_CALL,  /* no call has this number: ENOSYS */
    GOLF_REFUSED
};

/* Looks a call up. *row is NULL if its parameters are not known, *reason is why it is refused. */
enum golf_treatment golf_call_treatment(struct calls *calls, const struct process_call *call,
                                        const struct call_row **row, const char **reason);

/* Appends what must be the same: the name, numbers in the width that the kernel takes, what
 * pointers point to. exit is exit_group, of the low 8 bits of a status. `row` may be NULL. The
 * process is stopped at the call. Returns false if a pointer's meaning is not known. */
bool golf_call_key(pid_t id, const struct process_call *call, const char *name,
                   const struct call_row *row, struct golf_bytes *key);

/* Bits of a number of this type that the kernel's function takes; 0: all of a register. */
unsigned golf_call_width(enum call_type type);

/* How many bytes a parameter of this type points to, which the kernel writes, or reads, where the
 * call has no parameter that says so; SIZE_MAX if this is not known. */
size_t golf_call_size(enum call_abi abi, enum call_type type, bool writes);

/* How many bytes parameter `index`, which the kernel fills, has when the call has returned;
 * SIZE_MAX if this is not known. 0 for all other parameters. */
size_t golf_call_output(const struct process_call *call, const struct call_row *row,
                        unsigned index);

/* One piece of memory of readv and writev. Returns false if it is not there. */
struct golf_piece {
    uint64_t address, size;
};
bool golf_call_piece(pid_t id, const struct process_call *call, size_t index,
                     struct golf_piece *piece);

#endif

/* Kinds of system calls that a sandboxed program may be allowed: the rows of kinds.def. */
#ifndef SANDBOX_KINDS_H
#define SANDBOX_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of the kinds, in the order of the rows. A set of kinds has bit 1 << number of each. */
enum sandbox_kind {
#define KIND(id, name, paths, help) SANDBOX_KIND_##id,
#define CALL(kind, name, ...)
#include "kinds.def"
#undef KIND
#undef CALL
    SANDBOX_KINDS
};
#define SANDBOX_KIND_BIT(id) (1u << SANDBOX_KIND_##id)

/* The kind's name, such as "read-files". */
const char *sandbox_kind_name(enum sandbox_kind kind);

/* The kinds that would let a program make this call of either table: bits. `name` is the call's. */
unsigned sandbox_kinds_with(const char *name, const uint64_t arguments[6]);

#endif

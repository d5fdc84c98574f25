/* Names of numbers that system calls take and give: rows of strace_sets.def. */
#ifndef STRACE_SETS_H
#define STRACE_SETS_H

#include <stdint.h>

struct set_value {
    const char *name; /* NULL behind the last */
    uint64_t value;
};

struct set {
    const struct set_value *values;
    const char *unknown; /* what stands for a number without a name */
};

#define BEGIN(id, unknown) extern const struct set set_##id;
#define V(name)
#define N(name, value)
#define END(id)
#include "strace_libc_sets.def"
#include "strace_sets.def"
#undef BEGIN
#undef V
#undef N
#undef END

extern const struct set set_none;

/* The name of a value; NULL: it has none. */
const char *set_name(const struct set *set, uint64_t value);

#endif

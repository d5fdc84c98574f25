/* Names of the numbers in arguments and results of system calls: rows of xlat.def. */
#ifndef STRACE_XLAT_H
#define STRACE_XLAT_H

#include <stdint.h>

struct xlat_row {
    const char *name; /* NULL after the last */
    uint64_t value;
};

struct xlat {
    const struct xlat_row *values;
    const char *unknown; /* printed for a number without a name */
};

#define BEGIN(id, unknown) extern const struct xlat xlat_##id;
#define V(name)
#define N(name, value)
#define END(id)
#include "xlat_libc.def"
#include "xlat.def"
#undef BEGIN
#undef V
#undef N
#undef END

extern const struct xlat xlat_none;

/* The name of a value, or NULL. */
const char *xlat_name(const struct xlat *xlat, uint64_t value);

#endif

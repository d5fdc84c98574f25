/* The rows of calls of kinds.def: private to the sandbox's files. */
#ifndef SANDBOX_KINDS_PRIVATE_H
#define SANDBOX_KINDS_PRIVATE_H

#include "kinds.h"

/* The kernel only looks at the low half of a register that contains an int. */
static const uint64_t LOW_HALF = UINT32_MAX;

/* What a filter compares. */
struct sandbox_condition {
    unsigned argument; /* from 0 on */
    uint64_t mask;     /* 0: there is no condition */
    uint64_t value;
};

enum { SANDBOX_CONDITIONS = 2 };
struct sandbox_kind_call {
    enum sandbox_kind kind;
    const char *name;
    struct sandbox_condition conditions[SANDBOX_CONDITIONS];
};
extern const struct sandbox_kind_call sandbox_kind_calls[];
extern const size_t sandbox_kind_call_count;

/* How many conditions a row has; all of them hold. */
size_t sandbox_condition_count(const struct sandbox_kind_call *call);

/* Whether some calls of these kinds take names of files. */
bool sandbox_kinds_take_paths(unsigned kinds);

#endif

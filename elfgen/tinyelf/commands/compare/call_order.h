/* Aligns two runs' system calls: names in both, and stretches of their order. */
#ifndef COMPARE_CALL_ORDER_H
#define COMPARE_CALL_ORDER_H

#include "run_result.h"

enum { ORDER_NONE = UINT16_MAX };

/* The names of both runs, each once: its index in `calls` of each run, or ORDER_NONE. They are in
 * the order in which the second run first makes them; a name of the first run alone comes before
 * the name that the first run makes next. */
struct call_order_names {
    size_t count;
    uint16_t of[2][2 * PROFILE_NAMES];
    uint16_t merged[2][PROFILE_NAMES]; /* from index to name */
};
void call_order_merge(const struct profile runs[2], struct call_order_names *names);

enum call_order_who { ORDER_BOTH, ORDER_FIRST, ORDER_SECOND };

/* Consecutive calls of both runs or of one. `calls` are indices in its `calls`. */
struct call_order_stretch {
    enum call_order_who who;
    const uint16_t *calls; /* of both: those of the first */
    size_t count;
};

/* Cuts both orders into stretches such that the common order is as long as possible. If the table
 * for that is too large, only the same beginning and end are common. Returns an array of *count
 * stretches, to be freed, or NULL if there are none or memory ran out. */
struct call_order_stretch *call_order_align(const struct profile runs[2],
                                            const struct call_order_names *names, size_t *count);

#endif

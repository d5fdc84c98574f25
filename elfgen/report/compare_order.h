/* Two runs' system calls, side by side: which names both have, and which stretches of their order.
 */
#ifndef COMPARE_ORDER_H
#define COMPARE_ORDER_H

#include "run.h"

enum { ORDER_NONE = UINT16_MAX };

/* The names of both, each once: its place in each run's `calls`, or ORDER_NONE. In the order in
 * which the second first makes them, and what only the first has, before what it makes next. */
struct order_names {
    size_t count;
    uint16_t of[2][2 * PROFILE_NAMES];
    uint16_t merged[2][PROFILE_NAMES]; /* and back */
};
void call_order_merge(const struct profile runs[2], struct order_names *names);

enum order_who { ORDER_BOTH, ORDER_FIRST, ORDER_SECOND };

/* Calls that follow one another, of both or of one: `calls` are places in its `calls`. */
struct order_stretch {
    enum order_who who;
    const uint16_t *calls; /* for both: the first one's */
    size_t count;
};

/* Cuts both orders into stretches so that the longest possible order is of both (above a size that
 * takes too long, only the same beginning and end are). Returns how many stretches there are, to be
 * freed; NULL: none, or out of memory. */
struct order_stretch *call_order_align(const struct profile runs[2],
                                       const struct order_names *names, size_t *count);

#endif

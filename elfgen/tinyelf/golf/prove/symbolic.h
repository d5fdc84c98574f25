/* Shows by symbolic evaluation that a candidate does what an original does, stretch by stretch.
 *
 * A stretch is what runs from the start, or from a system call, up to the next call, fault or exit.
 * Both programs' are evaluated over the same unknown values: the arguments, what calls return and
 * write. Where operands of what ends the stretch are the same expressions, it is shown for every
 * argument and every result. Where that is not so, or what it does is not followed (a loop whose
 * state never comes back, an instruction that is not known), the runs in environments are what is
 * left. */
#ifndef GOLF_SYMBOLIC_H
#define GOLF_SYMBOLIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "environment.h"
#include "x86/x86.h"

struct golf_symbolic {
    size_t shown, left; /* stretches of the original: shown the same; not */
    /* There are values with which both do something else at the end of a stretch of the original
     * that begins at this address. */
    bool differs;
    uint64_t address;
};

/* Environments in which a run goes where evaluation did not show that both do the same: those with
 * the values of a difference, and some that lead into stretches that are left. Each is of a stretch
 * that begins at `address`. */
enum { GOLF_EXAMPLES = 8 };
struct golf_examples {
    struct golf_environment environments[GOLF_EXAMPLES];
    uint64_t addresses[GOLF_EXAMPLES];
    size_t count;
};

/* decoders: of 64-bit and 32-bit code. Bounded in time (milliseconds) and memory. Returns false if
 * there is no memory. `examples` may be NULL; its environments are the caller's to free, and where
 * result->differs, the first one has the values, if one could be made. */
bool golf_symbolic_compare(struct x86 *const decoders[2], const uint8_t *original,
                           size_t original_size, const uint8_t *candidate, size_t candidate_size,
                           struct golf_symbolic *result, struct golf_examples *examples);

#endif

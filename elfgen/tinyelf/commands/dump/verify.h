/* Compares what the library reads of a file with what libelf reads. */
#ifndef DUMP_VERIFY_H
#define DUMP_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/report.h"

/* What was compared. */
struct verified {
    uint64_t segments, sections, symbols, relocations, dynamic, notes; /* how many of each */
    uint64_t differences; /* between the library and libelf */
    bool refused;         /* libelf does not read the file at all */
};

/* Reads `size` bytes with the library and `theirs`, as many, with libelf, which are the same unless
 * a test plants a difference. Each difference, with its offset and field, is reported as an error
 * about `name`, up to VERIFY_MOST, and so is that libelf refuses the file. Returns whether there
 * was none. */
enum { VERIFY_MOST = 20 };
bool verify_bytes(const struct reporter *reporter, const char *name, const void *bytes,
                  const void *theirs, size_t size, struct verified *result);

#endif

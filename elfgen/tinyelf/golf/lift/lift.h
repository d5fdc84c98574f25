/* Lifts an executable to operations: what it asks of the kernel and of memory, without how its
 * operands come into their registers. */
#ifndef GOLF_LIFT_H
#define GOLF_LIFT_H

#include "elfgen/error.h"
#include "elfgen/image.h"
#include "elfgen/text.h"
#include "golf/lifted.h"

/* The most that is lifted: a larger program is refused. */
enum { GOLF_LIFT_INSTRUCTIONS = 8192, GOLF_LIFT_BLOCKS = 1024, GOLF_LIFT_FILE = 1 << 20 };

/* Where a file has absolute addresses of its own, 4 or 8 bytes each: offsets, rising. */
struct golf_addresses {
    const uint32_t *offsets;
    size_t count;
    /* Addresses that no object in memory crosses, rising: where sections begin and end. */
    const uint64_t *bounds;
    size_t bound_count;
    /* Its sections, each with its place; `bytes` are not set, the offset of zeros is
     * ELFGEN_NOWHERE. */
    const struct elfgen_section *sections;
    size_t section_count;
    /* All numbers that depend on places, in rising order: `symbol` is the section to which they
     * lead, and `addend` counts from its beginning. */
    const struct elfgen_relocation *references;
    size_t reference_count;
};

/* Lifts a program of `size` bytes, any bytes. It points into `file`, which must outlive it; free it
 * with golf_lifted_free().
 *
 * False: *error says why it is left alone, as a sentence; error->offset is where in the file, or
 * ELFGEN_NOWHERE. ELFGEN_UNSUPPORTED: a program that golf does not follow (it is dynamic, it
 * computes where it jumps, it writes to its code, it reads the clock, forks, ...), or that never
 * ends; ELFGEN_DOES_NOT_FIT: it is larger than the limits above; ELFGEN_BAD_VALUE: Linux does not
 * start it; ELFGEN_NO_ROOM: there is no memory. Time and memory are bounded by the limits. */
bool golf_lift(const uint8_t *file, size_t size, struct golf_lifted *lifted,
               struct elfgen_error *error);

/* The same, of a file that is known to have no other addresses than these, as its linker knows: any
 * other number is none. NULL: that is not known. */
bool golf_lift_known(const uint8_t *file, size_t size, const struct golf_addresses *addresses,
                     struct golf_lifted *lifted, struct elfgen_error *error);

/* The same without a look at what instructions do: they stay as they are, and only places change.
 * It needs the sections and references of a linked program. `aligned`: sections keep the alignment
 * that they ask for; otherwise only what instructions ask for. */
bool golf_lift_verbatim(const uint8_t *file, size_t size, const struct golf_addresses *addresses,
                        bool aligned, struct golf_lifted *lifted, struct elfgen_error *error);

/* Adds to the reason why a program is not followed the one why its instructions cannot stay. */
void golf_lift_add_reason(struct elfgen_error *error, const struct elfgen_error *more);

void golf_lifted_free(struct golf_lifted *lifted);

/* Appends a line an operation: what it is, what it needs and leaves, and how blocks end. The text
 * is the same for programs that do the same in the same order. */
void golf_lifted_dump(const struct golf_lifted *lifted, struct elfgen_text *text);

/* Appends a value: 12, data0+5, stack-8, v3. */
void golf_value_text(const struct golf_value *value, struct elfgen_text *text);

#endif

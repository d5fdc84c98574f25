/* What an assembly becomes: a program. */
#ifndef ELFGEN_ASSEMBLE_OUTPUT_H
#define ELFGEN_ASSEMBLE_OUTPUT_H

#include "state.h"

/* Relocations as they come, in pieces. */
enum { RELOCATIONS_PIECE = 128 };

struct relocations {
    struct relocations *next;
    size_t count;
    struct {
        struct elfgen_relocation relocation; /* its symbol is not set */
        uint32_t base;
    } rows[RELOCATIONS_PIECE];
};

struct output {
    struct relocations *first, *last;
    size_t count;
    bool needs_zero; /* a relocation is against nothing */
};

/* Makes the bytes of all items, and fills *assembly. Tells an error; false also if the arena is
 * full. */
bool elfgen_asm_output(struct state *state, struct elfgen_assembly *assembly);

/* How many relocations there are so far. */
static inline size_t elfgen_asm_relocation_count(const struct state *state)
{
    return state->output ? state->output->count : 0;
}

/* Adds a relocation of the current section; `base` is a value's, VALUE_NO_BASE: nothing. */
bool elfgen_asm_relocation(struct state *state, uint64_t offset, uint32_t type, uint32_t base,
                           int64_t addend);

#endif

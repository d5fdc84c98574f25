/* Items: what the first reading of a source leaves, in the order of the source. */
#ifndef ELFGEN_ASSEMBLE_ITEMS_H
#define ELFGEN_ASSEMBLE_ITEMS_H

#include "state.h"

/* All return NULL or false if the arena is full. */

/* Adds an item of `size` bytes of the kind; its section, mode and `default rel` are the current
 * ones, what follows struct item has any values. */
void *elfgen_asm_add_item(struct state *state, enum item_kind kind, size_t size);

/* Room for `length` bytes that come next in the current section; elfgen_asm_add_bytes() adds as
 * many of them as were written. */
uint8_t *elfgen_asm_room(struct state *state, size_t length);
void elfgen_asm_add_bytes(struct state *state, size_t length);

/* Adds bytes that stay where they are, `count` times. */
bool elfgen_asm_add_repeated(struct state *state, const uint8_t *bytes, uint64_t length,
                             uint64_t count);

/* Adds a statement that is read again; copies the line's tokens. `times` and `begin` are in the
 * line. */
struct statement *elfgen_asm_add_statement(struct state *state, enum item_kind kind,
                                           const struct token *times, const struct token *begin);

/* Adds bytes to the current section's size. Tells an error if they are too many. */
bool elfgen_asm_advance(struct state *state, uint64_t size, const struct token *at);

/* Where items are added, before a statement; afterwards adds a row to the table of lines if the
 * statement made bytes. */
struct line_begin {
    struct item **tail;
    struct bytes_item *open;
    uint64_t within;
};
struct line_begin elfgen_asm_begin_line(const struct state *state);
bool elfgen_asm_end_line(struct state *state, const struct line_begin *begin);

#endif

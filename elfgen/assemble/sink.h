/* Where the bytes of a statement go, and what relocations they need. */
#ifndef ELFGEN_ASSEMBLE_SINK_H
#define ELFGEN_ASSEMBLE_SINK_H

#include "state.h"

struct sink {
    uint8_t *bytes; /* NULL: they are counted only */
    uint64_t room;  /* of `bytes`; what comes after it is counted only */
    uint64_t size;  /* of what came so far */
    bool has_data;  /* something came that is not reserved only */
    bool is_placed; /* a number among it depends on its own place, although no relocation says so */
    bool is_last;   /* symbols have their values, so relocations are made */
    uint64_t offset; /* of the statement, in its section */
};

/* How a number is stored. */
struct field {
    uint64_t offset;  /* in the statement */
    uint8_t length;   /* bytes */
    bool is_signed;   /* it is sign-extended when read */
    bool is_relative; /* what is stored is relative to `end` */
    uint64_t end;     /* in the statement */
};

/* Stores a value in its field, with a relocation where it needs one. The field's bytes are there.
 * Tells an error at `at`. */
bool elfgen_asm_store(struct state *state, struct sink *sink, const struct field *field,
                      const struct value *value, const struct token *at);

/* Where the next `size` bytes go; NULL: nowhere. */
static inline uint8_t *sink_at(const struct sink *sink, uint64_t size)
{
    return sink->bytes && sink->size <= sink->room && size <= sink->room - sink->size
               ? sink->bytes + sink->size
               : NULL;
}

/* Runs a statement's part after label and times, `count` times: counts or makes its bytes. Tells an
 * error. */
bool elfgen_asm_instruction_bytes(struct state *state, struct statement *statement,
                                  const struct token *begin, uint64_t count, struct sink *sink);
bool elfgen_asm_data_bytes(struct state *state, const struct token *begin, uint64_t count,
                           struct sink *sink);

/* Reads a statement for the first time; `times` are the tokens of the count, or NULL. */
bool elfgen_asm_first_instruction(struct state *state, const struct token *times, uint64_t count,
                                  const struct token *begin);
bool elfgen_asm_first_data(struct state *state, const struct token *times, uint64_t count,
                           const struct token *begin);

/* Whether $ or $$ is among the tokens up to the end of the line. */
static inline bool has_here(const struct token *tokens)
{
    for (; tokens->kind != TOKEN_END; tokens++)
        if (tokens->kind == TOKEN_HERE || tokens->kind == TOKEN_SECTION_START)
            return true;
    return false;
}

#endif

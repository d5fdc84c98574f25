/* Expressions over what a program does not choose: its arguments, its input, what calls return.
 *
 * All are numbers of 64 bits. Equal expressions have the same number, since each is made once and
 * in one form: constants are computed, sums of constants joined. Of each it is known which bits are
 * fixed. */
#ifndef GOLF_EXPRESSION_H
#define GOLF_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen.h"

enum expression_kind {
    EXPRESSION_CONSTANT, /* `number` */
    EXPRESSION_SYMBOL,   /* any value up to `a`, told from others by `number` */
    EXPRESSION_LOAD,     /* the `number` bytes at address `a` when the program started */
    EXPRESSION_CONTENT,  /* byte `a` of what the kernel wrote, the `number`th time */
    EXPRESSION_ADD,
    EXPRESSION_AND,
    EXPRESSION_OR,
    EXPRESSION_XOR,
    EXPRESSION_SHIFT_LEFT, /* by `number` */
    EXPRESSION_SHIFT_RIGHT,
    EXPRESSION_IS_ZERO,
    EXPRESSION_IS_EVEN,  /* the number of ones in the lowest byte */
    EXPRESSION_IS_BELOW, /* a < b, unsigned */
    EXPRESSION_OTHER     /* what operation `number` makes of `a` and `b`, whatever that is */
};

struct expression {
    uint8_t kind;
    bool is_exact; /* it has a value that expression_value() knows */
    uint32_t a, b;
    uint64_t number;
    struct elfgen_bits known;
};

/* Zeroed at first. Without memory, results are any expressions: look at has_no_memory at the end.
 */
struct expressions {
    struct expression *items;
    size_t count, capacity;
    uint32_t *table;
    size_t table_size;
    bool has_no_memory;
};

void expressions_free(struct expressions *all);
const struct expression *expression_at(const struct expressions *all, uint32_t at);

uint32_t expression_constant(struct expressions *all, uint64_t number);

/* A value of which only these bits are known. `is_exact`: it can be any such number of at most
 * `most`, an expression. */
uint32_t expression_symbol(struct expressions *all, uint64_t number, struct elfgen_bits known,
                           uint32_t most, bool is_exact);
uint32_t expression_load(struct expressions *all, uint32_t address, unsigned bytes,
                         struct elfgen_bits known);
uint32_t expression_content(struct expressions *all, uint64_t number, uint32_t byte);

/* ADD, AND, OR, XOR, IS_BELOW, OTHER (of which `number` says which). */
uint32_t expression_two(struct expressions *all, enum expression_kind kind, uint32_t a, uint32_t b,
                        uint64_t number);
/* SHIFT_LEFT, SHIFT_RIGHT by 0 to 63; IS_ZERO, IS_EVEN, without a count. */
uint32_t expression_one(struct expressions *all, enum expression_kind kind, uint32_t a,
                        unsigned count);
uint32_t expression_not(struct expressions *all, uint32_t a);
uint32_t expression_negative(struct expressions *all, uint32_t a);
/* The low `width` bits, the others 0; and the others all as the highest of these. */
uint32_t expression_low(struct expressions *all, uint32_t a, unsigned width);
uint32_t expression_signed(struct expressions *all, uint32_t a, unsigned width);

/* Whether it is a constant, *number. */
bool expression_is(const struct expressions *all, uint32_t at, uint64_t *number);
/* Takes *number, a constant, off a sum. Returns what is left; UINT32_MAX: nothing. */
uint32_t expression_base(const struct expressions *all, uint32_t at, uint64_t *number);

/* Sets values[] of all expressions up to `at`, where symbols, loads and contents have the values
 * that a caller chooses: `a` is that of the expression's `a`. */
struct expression_choice {
    uint64_t (*value)(void *context, uint32_t at, uint64_t a);
    void *context;
};
void expression_values(const struct expressions *all, uint32_t at,
                       const struct expression_choice *choice, uint64_t *values);

#endif

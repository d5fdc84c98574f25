/* What may be in a register or in memory of a program whose instructions stay: a number, an address
 * of its data, of its stack, or of its code. */
#ifndef GOLF_LIFT_HELD_H
#define GOLF_LIFT_HELD_H

#include <stdbool.h>
#include <stdint.h>

/* In rising order: where ways meet, the later one counts, but for the last. */
enum held_kind {
    HELD_NUMBER,
    HELD_STACK, /* `number` counts from where the stack pointer of the function was at first */
    HELD_DATA,  /* an address of an object that is within [low, high) */
    HELD_CODE,  /* an address of code: `number`; `step` 1: one that is in memory within [low, high)
                 */
    HELD_RETURN /* the address that a call pushed */
};

enum { HELD_NO_SECTION = UINT16_MAX };

/* What else may be so of a value. */
enum held_trait {
    HELD_IS_FAR = 1,         /* HELD_NUMBER: a number outside of all memory was added */
    HELD_IS_UPWARDS = 2,     /* HELD_STACK: the stack pointer at the start plus something */
    HELD_IS_FROM_ABOVE = 4,  /* HELD_NUMBER: a word from there */
    HELD_IS_MIXED = 8,       /* on one of the ways that met it was of another kind */
    HELD_IS_RETURN = 16,     /* on one of them it was HELD_RETURN */
    HELD_IS_OVERWRITTEN = 32 /* it may have been, and something may be stored over that since */
};

struct held {
    uint8_t kind;
    uint8_t origin;   /* what it was where the function began: a place of the state, from 1 on */
    uint16_t section; /* HELD_DATA: of which its address was taken; or HELD_NO_SECTION */
    bool is_label;    /* HELD_CODE: its address was taken; no call or system call left it */
    uint8_t other;    /* HELD_CODE: how many low bits are of something else that was written */
    bool is_outer;    /* HELD_NUMBER: no address of the program */
    uint8_t traits;   /* bits of enum held_trait */
    /* HELD_NUMBER: `low` is 1 if it counts up to 0. HELD_STACK: `low` is 1 if `high` more is how
     * far it is from where the stack pointer was when the program started. */
    uint64_t low, high;
    uint64_t number, step; /* the number and multiples of a power of two; step 0: exactly it */
};

struct held held_number(uint64_t number);
struct held held_anything(void);

/* A number that is not known, and no address of the program. */
struct held held_outer(void);

/* The traits, also of a place that is known. */
uint8_t held_traits(const struct held *value);

/* Whether it is an address of data for sure. */
bool held_is_data(const struct held *value);

/* Whether it is a number that is known. */
bool held_is_exact(const struct held *value);

/* Either of them. */
struct held held_either(const struct held *a, const struct held *b);

/* The sum, and the product with a number; of what is no address of code. */
struct held held_sum(const struct held *a, const struct held *b);
struct held held_product(const struct held *value, uint64_t factor);

/* The smallest of the addresses from `from` on that it may be; below `from` if there is none. */
uint64_t held_next(const struct held *value, uint64_t from);

#endif

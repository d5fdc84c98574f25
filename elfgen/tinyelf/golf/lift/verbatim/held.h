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

struct held {
    uint8_t kind;
    uint8_t origin;     /* what it was where the function began: a place of the state, from 1 on */
    uint16_t section;   /* HELD_DATA: of which its address was taken; or HELD_NO_SECTION */
    bool is_label;      /* HELD_CODE: its address was taken; no call or system call left it */
    uint8_t other;      /* HELD_CODE: how many low bits are of something else that was written */
    uint64_t low, high; /* HELD_NUMBER: `low` is 1 if it counts up to 0 */
    uint64_t number, step; /* the number and multiples of a power of two; step 0: exactly it */
};

struct held held_number(uint64_t number);
struct held held_anything(void);

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

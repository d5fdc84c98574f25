/* What instructions do to registers and flags: those that nobody misses can be put anywhere. */
#ifndef GOLF_FILLERS_H
#define GOLF_FILLERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "x86/x86.h"

/* Flags as far as they are known: bits of x86/flags.h. */
struct place_flags {
    uint16_t known, value;
};

/* What an instruction leaves of them: (flags & keeps) | sets, of which `sets.known` are known. */
struct place_flag_effect {
    uint16_t keeps;
    struct place_flags sets;
};

/* An instruction without effect besides registers and flags, by its first two bytes. */
struct filler {
    uint8_t length;  /* 0: these bytes are none */
    uint8_t head;    /* bytes that say what it does; any value will do for the others */
    uint16_t writes; /* registers, by their number in the encoding */
    bool writes_flags;
    struct place_flag_effect flags;
};

struct fillers {
    struct x86 machine;
    struct filler by_bytes[256][256];
};

/* Fills the table for 64-bit or 32-bit code. */
void fillers_open(struct fillers *fillers, bool is_64_bit);

/* What an instruction does to the flags. */
struct place_flag_effect fillers_flags(const struct fillers *fillers, const uint8_t *bytes,
                                       size_t size);
struct place_flags fillers_after(struct place_flags before, struct place_flag_effect effect);

/* Whether a byte may be a prefix. */
bool fillers_is_prefix(bool is_64_bit, uint8_t byte);

/* Whether an instruction of `size` bytes does the same after the first `prefixes` ones of them as
 * with them, and ends with the last. */
bool fillers_is_same(const struct fillers *fillers, const uint8_t *bytes, size_t prefixes,
                     size_t size);

/* Whether the condition of jcc (its low half) is known to hold, or not to. */
bool fillers_holds(uint8_t condition, struct place_flags flags, bool *holds);

#endif

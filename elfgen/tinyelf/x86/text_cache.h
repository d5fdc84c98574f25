/* A cache of texts by instruction bytes: code repeats itself, and printing is most of the work. */
#ifndef X86_TEXT_CACHE_H
#define X86_TEXT_CACHE_H

#include "x86.h"

/* Up to 15 bytes and their number. */
struct x86_text_key {
    uint64_t low, high;
};
struct x86_text_key x86_text_key(const uint8_t *bytes, size_t size);

/* Where the text of a key is or would be, and whether it is. */
static inline struct x86_cached_text *x86_text_place(struct x86 *machine, struct x86_text_key key)
{
    uint64_t hash = (key.low ^ (key.high << 5 | key.high >> 59)) * UINT64_C(0x9e3779b97f4a7c15);
    return &machine->texts[hash >> 32 & (X86_TEXTS - 1)];
}

static inline bool x86_text_is_at(const struct x86_cached_text *place, struct x86_text_key key)
{
    return place->low == key.low && place->high == key.high;
}

/* Keeps the first `length` characters for instructions that begin with these `size` bytes. */
void x86_text_keep(struct x86_cached_text *place, const uint8_t *bytes, size_t size,
                   const char *text, size_t length);

/* Appends the text of an instruction of `size` bytes if there is one with holes for its numbers.
 * *refers is the address that it names relative to itself, or ELFGEN_NOWHERE. */
bool x86_text_fill(struct x86 *machine, const uint8_t *bytes, size_t size, uint64_t address,
                   struct elfgen_text *text, uint64_t *refers);

/* Keeps the text of an instruction without its displacement and immediate. Returns false if its
 * text does not consist so. */
bool x86_text_keep_holes(struct x86 *machine, const ZydisDecodedInstruction *instruction,
                         const ZydisDecodedOperand *operands, const uint8_t *bytes,
                         const char *line, size_t length);

#endif

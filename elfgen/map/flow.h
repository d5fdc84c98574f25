/* What the walk along the code and the questions about it share. */
#ifndef ELFGEN_FLOW_H
#define ELFGEN_FLOW_H

#include "elfgen/code.h"

/* Bytes of code from which on time and memory are saved. */
enum { ELFGEN_CODE_MUCH = 1 << 24 };

static inline bool elfgen_bit_get(const uint64_t *bits, uint64_t index)
{
    return bits[index / 64] >> (index % 64) & 1;
}

static inline void elfgen_bit_set(uint64_t *bits, uint64_t index)
{
    bits[index / 64] |= UINT64_C(1) << (index % 64);
}

/* The first bit that is set in [from, to), or `to`. */
uint64_t elfgen_bit_next(const uint64_t *bits, uint64_t from, uint64_t to);

/* The last bit that is set in [from, to], or UINT64_MAX. */
uint64_t elfgen_bit_previous(const uint64_t *bits, uint64_t from, uint64_t to);

/* Whether there are bits for the byte at `offset` of the file. */
static inline bool elfgen_code_has(const struct elfgen_code *code, uint64_t offset)
{
    return offset >= code->from && offset < code->to;
}

/* The range of code that the byte at `offset` of the file lies in; NULL: none. */
const struct elfgen_range *elfgen_range_of(const struct elfgen_code *code, uint64_t offset);

/* The executable section that `offset` is in, or the next one behind it; NULL: there is none. */
const struct elfgen_range *elfgen_section_from(const struct elfgen_code *code, uint64_t offset);

/* Whether `from` is in an executable section and `to` is not in the same. */
bool elfgen_code_leaves_section(const struct elfgen_code *code, uint64_t from, uint64_t to);

/* The length of the instruction at `offset` of `range`; 0: there is none. */
uint8_t elfgen_code_length(const struct elfgen_code *code, const struct elfgen_range *range,
                           uint64_t offset);

/* Decodes what is at `offset` of `range`. */
bool elfgen_code_decode(const struct elfgen_code *code, const struct elfgen_range *range,
                        uint64_t offset, struct elfgen_registers *registers,
                        struct elfgen_instruction *instruction);

/* Where the code is looked for; the ranges, `from` and `to`. */
void elfgen_code_find_ranges(struct elfgen_code *code);

/* Marks the functions that symbol tables name: `reach` gets the file offset of each. */
void elfgen_code_functions(struct elfgen_code *code,
                           void (*reach)(struct elfgen_code *code, uint64_t offset));

/* Number of executable sections. */
size_t elfgen_code_count_sections(const struct elfgen_view *view);

#endif

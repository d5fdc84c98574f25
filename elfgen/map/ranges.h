/* Which ranges of the file may be code, and where functions with names begin. */
#ifndef ELFGEN_RANGES_H
#define ELFGEN_RANGES_H

#include "elfgen/code.h"

/* With more bytes of code than this, time and memory are saved. */
enum { ELFGEN_CODE_MUCH = 1 << 24 };

/* Whether the byte at `offset` of the file is in [from, to), for which there are bits. */
static inline bool elfgen_code_has(const struct elfgen_code *code, uint64_t offset)
{
    return offset >= code->from && offset < code->to;
}

/* The range of code that the byte at `offset` of the file lies in; NULL: none. */
const struct elfgen_range *elfgen_range_of(const struct elfgen_code *code, uint64_t offset);

/* The executable section that has `offset`, or else the next one after it; NULL: there is none. */
const struct elfgen_range *elfgen_section_from(const struct elfgen_code *code, uint64_t offset);

/* Whether `from` is in an executable section and `to` is not in the same. */
bool elfgen_code_leaves_section(const struct elfgen_code *code, uint64_t from, uint64_t to);

/* Sets where code is looked for: mappings, sections, `from` and `to`. */
void elfgen_code_find_ranges(struct elfgen_code *code);

/* Calls `reach` with the file offset of each function that symbol tables name. */
void elfgen_code_functions(struct elfgen_code *code,
                           void (*reach)(struct elfgen_code *code, uint64_t offset));

/* Number of executable sections. */
size_t elfgen_code_count_sections(const struct elfgen_view *view);

#endif

/* Answers where instructions are, and which bytes of the file system calls read, once the code is
 * followed. */
#include "elfgen/code.h"

#include <string.h>

#include "../format/codec.h"
#include "bits.h"
#include "decode.h"
#include "ranges.h"
#include "run.h"

/* Moves *at past the instruction there, or by a byte if there is none. Returns true if there is
 * one, and it ends by `end`. */
static bool step(struct elfgen_code *code, const struct elfgen_range *range, uint64_t end,
                 uint64_t *at, uint8_t *length)
{
    uint64_t start = *at - code->from;
    bool met = elfgen_bit_get(code->starts, start);
    *length = elfgen_code_length(code, range, *at);
    uint64_t next = *at + (*length ? *length : 1);
    uint64_t better =
        elfgen_bit_next(code->starts, start + 1, (next < end ? next : end) - code->from) +
        code->from;
    *at = better < next ? better : next;
    /* What overlaps an instruction that the flow reached, or leaves the section, is not an
     * instruction. */
    return *length != 0 && (met || (better >= next && next <= end));
}

/* The last instruction boundary up to `at` that a sweep of the section is sure to hit. */
static uint64_t resume(const struct elfgen_code *code, const struct elfgen_range *section,
                       uint64_t at)
{
    uint64_t first = section->offset - code->from, last = at - code->from;
    uint64_t start = elfgen_bit_previous(code->starts, first, last);
    uint64_t swept = elfgen_bit_previous(code->swept, first, last);
    if (start == UINT64_MAX || (swept != UINT64_MAX && swept > start))
        start = swept;
    return start == UINT64_MAX ? section->offset : start + code->from;
}

/* Sweeps a section linearly, from the last place up to `at` that resume() knows, for the first
 * instruction in [at, to). Returns the range that it is in, NULL: there is none. */
static const struct elfgen_range *next_in_section(struct elfgen_code *code,
                                                  const struct elfgen_range *section, uint64_t at,
                                                  uint64_t to, struct elfgen_code_place *found)
{
    uint64_t end = section->offset + section->size;
    if (end > code->to)
        end = code->to;
    if (to > end)
        to = end;
    if (at < section->offset)
        at = section->offset;
    if (at >= to)
        return NULL;
    const struct elfgen_range *range = elfgen_range_of(code, at);
    uint64_t place = at == code->last + 1 ? code->cursor : resume(code, section, at);
    while (place < to && range) {
        uint64_t here = place;
        /* Ranges of segments need not end where sections do. */
        if (here - range->offset >= range->size && !(range = elfgen_range_of(code, here)))
            break;
        elfgen_bit_set(code->swept, here - code->from);
        if (!step(code, range, end, &place, &found->length) || here < at ||
            elfgen_run_contradicts(code->run, here, found->length))
            continue;
        code->last = found->offset = here;
        code->cursor = place;
        return range;
    }
    return NULL;
}

/* The next instruction that the flow reached in [*at, to), outside of sections. Returns its range,
 * NULL: there is none. */
static const struct elfgen_range *next_by_flow(const struct elfgen_code *code, uint64_t *at,
                                               uint64_t to, struct elfgen_code_place *place)
{
    while (*at < to) {
        uint64_t bit = elfgen_bit_next(code->starts, *at - code->from, to - code->from);
        *at = place->offset = bit + code->from;
        const struct elfgen_range *range = *at < to ? elfgen_range_of(code, *at) : NULL;
        place->length = range ? elfgen_code_length(code, range, *at) : 0;
        if (place->length != 0)
            return range;
        /* The decoder decodes an instruction here, and says that it has no length. */
        *at += *at < to;
    }
    return NULL;
}

/* The executable section that has `at`, or else the next one, which is often the one found last. */
static const struct elfgen_range *section_from(struct elfgen_code *code, uint64_t at)
{
    const struct elfgen_range *last = code->section;
    if (!last || at < last->offset || at - last->offset >= last->size)
        code->section = elfgen_section_from(code, at);
    return code->section;
}

bool elfgen_code_next(struct elfgen_code *code, uint64_t at, uint64_t to,
                      struct elfgen_code_place *place)
{
    const struct elfgen_range *section = NULL, *range = NULL;
    if (at < code->from)
        at = code->from;
    if (to > code->to)
        to = code->to;
    while (!range && at < to) {
        if (code->mode == ELFGEN_CODE_ALL)
            section = section_from(code, at);
        uint64_t border = section && section->offset < to ? section->offset : to;
        if (at < border) {
            range = next_by_flow(code, &at, border, place);
        } else {
            range = next_in_section(code, section, at, to, place);
            at = section->offset + section->size;
        }
    }
    if (range)
        place->address = range->address + (place->offset - range->offset);
    return range != NULL;
}

bool elfgen_code_referred(const struct elfgen_code *code, const struct elfgen_call *call,
                          const struct elfgen_signature *signature, unsigned index,
                          uint64_t *offset, uint64_t *length)
{
    struct elfgen_mapping mapping;
    if (index >= signature->count || index >= ELFGEN_ARGUMENTS)
        return false;
    struct elfgen_bits address = call->arguments[index];
    if (address.known != UINT64_MAX || !elfgen_memory_find(code->view, address.value, &mapping))
        return false;
    uint64_t size = mapping.file_end - address.value;
    *offset = mapping.offset + (address.value - mapping.start);
    if (signature->parameters[index].kind == ELFGEN_PARAMETER_INPUT) {
        unsigned size_in = signature->parameters[index].size_in;
        if (size_in >= ELFGEN_ARGUMENTS || call->arguments[size_in].known != UINT64_MAX)
            return false;
        if (call->arguments[size_in].value < size)
            size = call->arguments[size_in].value;
    } else if (signature->parameters[index].kind == ELFGEN_PARAMETER_STRING) {
        const uint8_t *start = code->view->bytes + *offset;
        if (size > ELFGEN_PATH_MAX)
            size = ELFGEN_PATH_MAX;
        const uint8_t *nul = memchr(start, '\0', (size_t)size);
        if (nul)
            size = (uint64_t)(nul - start) + 1;
    } else {
        return false;
    }
    *length = size;
    return size > 0;
}

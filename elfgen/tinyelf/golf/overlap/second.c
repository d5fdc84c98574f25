/* A second segment for what a program writes, where the first one has the code and no W: all of the
 * file once more. The model says which bytes of its header are free. */
#include <string.h>

#include "overlap_private.h"

/* Far enough from the first segment, which has less than 128 MiB, and room for zeros. */
static const uint64_t distance = UINT64_C(256) << 20, zeros = UINT64_C(16) << 20;

void overlap_begin_second(struct rules *rules)
{
    memset(rules->inert, 0, sizeof rules->inert);
    rules->inert[0] = 1 << ELFGEN_PT_LOAD;
}

static enum elfgen_class class_of(const struct golf_overlap *overlap)
{
    return overlap->bits == 64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
}

/* The cell that says what a byte is. */
static struct golf_cell *root_of(struct golf_overlap *overlap, size_t at)
{
    while (overlap->cells[at].kind == GOLF_CELL_MIRROR)
        at = overlap->cells[at].other;
    return &overlap->cells[at];
}

static void fix(struct golf_cell *cell, uint8_t value)
{
    *cell = (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = value};
}

static uint64_t value_of(const char *name, uint64_t address)
{
    static const struct {
        const char *name;
        uint64_t value;
    } values[] = {{"p_type", ELFGEN_PT_LOAD},
                  {"p_flags", ELFGEN_PF_R | ELFGEN_PF_W},
                  {"p_filesz", PAGE},
                  {"p_align", PAGE}};
    if (strcmp(name, "p_vaddr") == 0 || strcmp(name, "p_paddr") == 0)
        return address;
    if (strcmp(name, "p_memsz") == 0)
        return PAGE + zeros;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(name, values[i].name) == 0)
            return values[i].value;
    return 0;
}

/* Whether a byte of a filling may have any value. */
static bool is_free(const struct promise *promise, uint8_t *bytes, size_t at)
{
    const uint8_t before = bytes[at];
    bool is_free = true;
    for (unsigned value = 0; value < 256 && is_free; value++) {
        bytes[at] = (uint8_t)value;
        is_free = promise_holds_at_ends(promise, bytes, promise->size);
    }
    bytes[at] = before;
    return is_free;
}

/* Frees the bytes of a field of the header at `at` that may have any value. The size in memory
 * stays: with more, it would be promised less of the rest. */
static void free_bytes(const struct promise *promise, struct golf_overlap *overlap,
                       const struct elfgen_field *field, size_t at, uint8_t *bytes)
{
    const unsigned index = elfgen_class_index(class_of(overlap));
    for (size_t i = at + field->offset[index];
         i < at + field->offset[index] + field->width[index] && strcmp(field->name, "p_memsz") != 0;
         i++)
        if (is_free(promise, bytes, i))
            overlap->cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
}

/* Holds the file to the addresses that a filling has. Returns its base. */
static uint64_t fix_base(struct golf_overlap *overlap, const uint8_t *bytes)
{
    uint64_t address = 0;
    for (unsigned i = 0; i < overlap->bits / 8u; i++) {
        const size_t at = overlap->base_at + i;
        fix(root_of(overlap, at), bytes[at]);
        address |= (uint64_t)bytes[at] << 8 * i;
    }
    return (address - overlap->base_add) & ~(uint64_t)(PAGE - 1);
}

/* Fills the headers, at a low address if they may be there. */
static bool fill(const struct golf_overlap *overlap, uint8_t *bytes)
{
    enum { LOW_BASES = 1000 };
    struct golf_overlap low = *overlap;
    uint64_t seed = 1;
    if (low.base_low < (uint64_t)LOW_BASES * PAGE)
        low.base_high = low.base_low + (uint64_t)LOW_BASES * PAGE;
    return golf_overlap_fill(&low, &seed, bytes) || golf_overlap_fill(overlap, &seed, bytes);
}

bool overlap_add_second(struct rules *rules, struct golf_overlap *overlap)
{
    enum { NOP = 0x90 };
    const struct elfgen_structure *structure = &elfgen_structures[ELFGEN_STRUCTURE_phdr];
    const enum elfgen_class class_ = class_of(overlap);
    const size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_phdr, class_);
    const size_t at = overlap->phoff + size;
    uint8_t bytes[PAGE];
    memset(bytes, NOP, sizeof bytes);
    if (overlap->base_skip || at < elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, class_) ||
        at + size > GOLF_CELLS || !fill(overlap, bytes))
        return false;
    const uint64_t base = fix_base(overlap, bytes);
    for (unsigned i = 0; i < structure->count; i++)
        elfgen_field_set(&structure->fields[i], class_, ELFGEN_LITTLE_ENDIAN, bytes + at,
                         value_of(structure->fields[i].name, base + distance));
    overlap->base_low = overlap->base_high = base;
    overlap->size = overlap->least = (uint16_t)(at + size);
    overlap->written_at = rules->promise.written_at = distance;
    overlap->written_zeros = rules->promise.written_zeros = PAGE + zeros;
    rules->promise.most_space += PAGE + zeros;
    rules->promise.most_memory += PAGE + zeros;
    overlap->address_space = rules->promise.most_space;
    if (!promise_holds_at_ends(&rules->promise, bytes, rules->promise.size))
        return false;
    for (size_t i = at; i < at + size; i++)
        fix(&overlap->cells[i], bytes[i]);
    for (unsigned i = 0; i < structure->count; i++)
        free_bytes(&rules->promise, overlap, &structure->fields[i], at, bytes);
    return true;
}

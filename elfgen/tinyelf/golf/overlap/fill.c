/* Fills an overlap at random, and tells whether bytes are a filling of it. */
#include "overlap_private.h"

#include <string.h>

enum { ATTEMPTS = 400, LOWEST_BASES = 1000 };

static unsigned address_width(const struct golf_overlap *overlap)
{
    return overlap->bits / 8;
}

static uint64_t get(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static unsigned root_of(const struct golf_overlap *overlap, unsigned cell)
{
    while (overlap->cells[cell].kind == GOLF_CELL_MIRROR)
        cell = overlap->cells[cell].other;
    return cell;
}

/* Changes a byte and its copies. */
static void put(const struct golf_overlap *overlap, uint8_t *bytes, unsigned cell, uint8_t value)
{
    unsigned root = root_of(overlap, cell);
    for (unsigned i = root; i < overlap->size; i++)
        if (root_of(overlap, i) == root)
            bytes[i] = value;
}

static bool cell_admits(const struct golf_overlap *overlap, const uint8_t *bytes, unsigned at)
{
    const struct golf_cell *cell = &overlap->cells[at];
    switch ((enum golf_cell_kind)cell->kind) {
    case GOLF_CELL_FREE:
        return true;
    case GOLF_CELL_FIXED:
        return bytes[at] == cell->value;
    case GOLF_CELL_MIRROR:
        return bytes[at] == bytes[cell->other];
    case GOLF_CELL_SET:
        return set_has(cell->allowed, bytes[at]);
    }
    return false;
}

static uint64_t base_of(const struct golf_overlap *overlap, const uint8_t *bytes)
{
    uint64_t vaddr = get(bytes + overlap->base_at, address_width(overlap));
    if (overlap->base_skip)
        vaddr &= ~UINT64_C(0xff);
    return vaddr - overlap->base_add;
}

bool golf_overlap_admits(const struct golf_overlap *overlap, const uint8_t *bytes)
{
    for (unsigned i = 0; i < overlap->size; i++)
        if (!cell_admits(overlap, bytes, i))
            return false;
    uint64_t base = base_of(overlap, bytes);
    uint64_t entry = get(bytes + overlap->entry_at, address_width(overlap)) - base;
    return base % PAGE == 0 && base >= overlap->base_low && base <= overlap->base_high &&
           entry >= overlap->entry_low && entry <= overlap->entry_high;
}

static uint8_t any_value(const struct golf_cell *cell, uint64_t *seed)
{
    uint8_t value = (uint8_t)overlap_random(seed);
    if (cell->kind == GOLF_CELL_FIXED)
        return cell->value;
    while (cell->kind == GOLF_CELL_SET && !set_has(cell->allowed, value))
        value++;
    return value;
}

/* Makes p_vaddr and e_entry agree. The base is that of p_vaddr, or a random one that is low. */
static void set_addresses(const struct golf_overlap *overlap, uint64_t *seed, uint8_t *bytes)
{
    unsigned width = address_width(overlap);
    uint64_t base = base_of(overlap, bytes) & ~(uint64_t)(PAGE - 1);
    uint64_t entry = get(bytes + overlap->entry_at, 2) & (PAGE - 1);
    uint64_t most =
        overlap->entry_high < overlap->least ? overlap->entry_high : overlap->least - 1u;
    if (base < overlap->base_low || base > overlap->base_high)
        base = overlap->base_low + overlap_random(seed) % LOWEST_BASES * PAGE;
    if (entry < overlap->entry_low || entry > most)
        entry = overlap->entry_low + overlap_random(seed) % (most - overlap->entry_low + 1);
    for (unsigned i = overlap->base_skip; i < width; i++)
        put(overlap, bytes, overlap->base_at + i, (uint8_t)((base + overlap->base_add) >> 8 * i));
    for (unsigned i = 0; i < width; i++)
        put(overlap, bytes, overlap->entry_at + i, (uint8_t)((base + entry) >> 8 * i));
}

/* Of the smallest file. */
static void set_sizes(const struct golf_overlap *overlap, uint8_t *bytes)
{
    const uint8_t at[] = {overlap->filesz_at, overlap->memsz_at};
    for (unsigned i = 0; i < sizeof at; i++)
        for (unsigned byte = 0; at[i] != GOLF_NOWHERE && byte < address_width(overlap); byte++)
            bytes[at[i] + byte] = (uint8_t)((uint64_t)overlap->least >> 8 * byte);
}

bool golf_overlap_fill(const struct golf_overlap *overlap, uint64_t *seed, uint8_t *bytes)
{
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        for (unsigned i = 0; i < overlap->size; i++)
            bytes[i] = overlap->cells[i].kind == GOLF_CELL_MIRROR
                           ? bytes[overlap->cells[i].other]
                           : any_value(&overlap->cells[i], seed);
        set_addresses(overlap, seed, bytes);
        set_sizes(overlap, bytes);
        if (golf_overlap_admits(overlap, bytes))
            return true;
    }
    return false;
}

/* Lays the program headers over the ELF header: what each byte may be if it has several owners. */
#include "overlap_private.h"

#include <string.h>

enum { BITS = 8 * GOLF_CELLS, ZERO = BITS, ONE, NODES };

/* Bits of the file that are the same, as sets; those of ZERO and ONE have a value. */
struct same_bits {
    uint16_t parent[NODES];
};

struct sheet {
    const struct rules *rules;
    unsigned class_index;
    const struct headers *headers;
    uint16_t load_at, size;                 /* the program header of the file's segment; cells */
    struct same_bits all;                   /* with e_entry and p_vaddr, which have the same base */
    struct same_bits copies;                /* without */
    uint16_t roots[BITS], copy_roots[BITS]; /* what stands for each bit in these, at the end */
    uint8_t allowed[GOLF_CELLS][32];
};

static unsigned find(struct same_bits *bits, unsigned node)
{
    while (bits->parent[node] != node) {
        bits->parent[node] = bits->parent[bits->parent[node]];
        node = bits->parent[node];
    }
    return node;
}

/* The lowest one stands for its set, and ZERO and ONE for theirs. */
static void unite(struct same_bits *bits, unsigned one, unsigned other)
{
    one = find(bits, one);
    other = find(bits, other);
    if (one == other)
        return;
    if (one >= ZERO || (other < ZERO && one < other))
        bits->parent[other] = (uint16_t)one;
    else
        bits->parent[one] = (uint16_t)other;
}

static bool is_contradiction(struct same_bits *bits)
{
    return find(bits, ZERO) == find(bits, ONE);
}

static unsigned value_node(uint64_t value, unsigned bit)
{
    return value >> bit & 1 ? ONE : ZERO;
}

static unsigned place_of(const struct sheet *sheet, size_t rule)
{
    const struct rule *at = &sheet->rules->rules[rule];
    return at->field->offset[sheet->class_index] + (at->in_program_header ? sheet->load_at : 0u);
}

static unsigned width_of(const struct sheet *sheet, size_t rule)
{
    return sheet->rules->rules[rule].field->width[sheet->class_index];
}

static bool is_base_tie(const struct rules *rules, const struct tie *tie)
{
    return tie->one == rules->entry && tie->other == rules->vaddr;
}

static bool is_named(const struct rules *rules, size_t rule, const char *name)
{
    return strcmp(rules->rules[rule].field->name, name) == 0;
}

static void unite_fields(const struct sheet *sheet, struct same_bits *bits, bool with_base)
{
    const struct rules *rules = sheet->rules;
    for (unsigned i = 0; i < NODES; i++)
        bits->parent[i] = (uint16_t)i;
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        uint64_t value = rule->value;
        if (is_named(rules, i, "e_phoff"))
            value = sheet->headers->phoff;
        if (is_named(rules, i, "e_phnum"))
            value = sheet->headers->count;
        if (rule->is_size)
            continue;
        for (unsigned bit = 0; bit < 8 * width_of(sheet, i); bit++)
            if (rule->fixed >> bit & 1)
                unite(bits, place_of(sheet, i) * 8 + bit, value_node(value, bit));
    }
    for (size_t i = 0; i < rules->tie_count; i++) {
        const struct tie *tie = &rules->ties[i];
        if (!with_base && is_base_tie(rules, tie))
            continue;
        for (unsigned bit = 0; bit < FIELD_BITS; bit++)
            if (tie->mask >> bit & 1)
                unite(bits, place_of(sheet, tie->one) * 8 + bit,
                      place_of(sheet, tie->other) * 8 + bit);
    }
}

static bool is_known(struct same_bits *bits, unsigned node)
{
    return find(bits, node) >= ZERO;
}

static bool is_same_cell(struct same_bits *bits, unsigned one, unsigned other)
{
    for (unsigned bit = 0; bit < 8; bit++)
        if (find(bits, one * 8 + bit) != find(bits, other * 8 + bit))
            return false;
    return true;
}

/* A byte that is only in part the same as another one is no copy of it: the bits of that part get
 * the values that they have in the plain file. */
static void fix_parts(struct sheet *sheet)
{
    const struct rules *rules = sheet->rules;
    for (size_t i = 0; i < rules->tie_count; i++) {
        const struct tie *tie = &rules->ties[i];
        if (is_base_tie(rules, tie))
            continue;
        unsigned one = place_of(sheet, tie->one), other = place_of(sheet, tie->other);
        for (unsigned byte = 0; byte < 8; byte++) {
            uint8_t mask = (uint8_t)(tie->mask >> 8 * byte);
            if (mask == 0 || is_same_cell(&sheet->all, one + byte, other + byte))
                continue;
            for (unsigned bit = 8 * byte; bit < 8 * byte + 8; bit++)
                if ((tie->mask >> bit & 1) && !is_known(&sheet->all, one * 8 + bit))
                    unite(&sheet->all, one * 8 + bit,
                          value_node(rules->rules[tie->one].value, bit));
        }
    }
}

/* Bits that are known with the base are known without it. */
static void take_known(struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->size * 8u; i++) {
        sheet->roots[i] = (uint16_t)find(&sheet->all, i);
        if (sheet->roots[i] >= ZERO)
            unite(&sheet->copies, i, sheet->roots[i]);
    }
    for (unsigned i = 0; i < sheet->size * 8u; i++)
        sheet->copy_roots[i] = (uint16_t)find(&sheet->copies, i);
}

/* The first cell that has to have the same value as this one, or itself. */
static unsigned first_same(const uint16_t *roots, unsigned cell)
{
    const uint16_t *bits = roots + (size_t)8 * cell;
    for (unsigned bit = 0; bit < 8; bit++)
        if (bits[bit] < ZERO) {
            unsigned first = bits[bit] / 8;
            return memcmp(bits, roots + (size_t)8 * first, 8 * sizeof *bits) == 0 ? first : cell;
        }
    return cell;
}

static void restrict_cell(struct sheet *sheet, unsigned cell, const uint8_t *set)
{
    for (unsigned i = 0; i < sizeof sheet->allowed[cell]; i++)
        sheet->allowed[cell][i] &= set[i];
}

/* Leaves the values in which a bit is as it should be. */
static void restrict_bit(uint8_t *set, unsigned bit, bool is_set)
{
    enum { LOW_BITS = 3 };
    static const uint8_t masks[LOW_BITS] = {0xaa, 0xcc, 0xf0};
    for (unsigned i = 0; i < 32; i++)
        if (bit >= LOW_BITS)
            set[i] &= (i >> (bit - LOW_BITS) & 1) == is_set ? 0xff : 0;
        else
            set[i] &= is_set ? masks[bit] : (uint8_t)~masks[bit];
}

static void allow_values(struct sheet *sheet)
{
    const struct rules *rules = sheet->rules;
    for (size_t i = 0; i < rules->count; i++)
        for (unsigned byte = 0; byte < width_of(sheet, i); byte++)
            restrict_cell(sheet, place_of(sheet, i) + byte, rules->rules[i].allowed[byte]);
    for (unsigned cell = 0; cell < sheet->size; cell++) {
        unsigned known = 0, value = 0;
        for (unsigned bit = 0; bit < 8; bit++) {
            known |= sheet->roots[8 * cell + bit] >= ZERO ? 1u << bit : 0;
            value |= sheet->roots[8 * cell + bit] == ONE ? 1u << bit : 0;
        }
        for (unsigned bit = 0; bit < 8; bit++)
            if (known >> bit & 1)
                restrict_bit(sheet->allowed[cell], bit, value >> bit & 1);
        restrict_cell(sheet, first_same(sheet->roots, cell), sheet->allowed[cell]);
    }
    for (unsigned cell = 0; cell < sheet->size; cell++)
        restrict_cell(sheet, cell, sheet->allowed[first_same(sheet->roots, cell)]);
}

static unsigned count_values(const uint8_t *set, unsigned *first)
{
    unsigned count = 0;
    for (unsigned i = 32; i-- > 0;)
        if (set[i]) {
            count += (unsigned)__builtin_popcount(set[i]);
            *first = 8 * i + (unsigned)__builtin_ctz(set[i]);
        }
    return count;
}

static bool make_cell(const struct sheet *sheet, unsigned at, struct golf_overlap *overlap)
{
    struct golf_cell *cell = &overlap->cells[at];
    unsigned first = 0, count = count_values(sheet->allowed[at], &first);
    *cell = (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = (uint8_t)first};
    if (count <= 1)
        return count == 1;
    memcpy(cell->allowed, sheet->allowed[at], sizeof cell->allowed);
    cell->kind = count == 256 ? GOLF_CELL_FREE : GOLF_CELL_SET;
    unsigned other = first_same(sheet->copy_roots, at);
    if (other != at) {
        cell->kind = GOLF_CELL_MIRROR;
        cell->other = (uint8_t)other;
    }
    return true;
}

/* The sums of what fields may be at least and at most. */
static uint64_t extreme(const struct golf_overlap *overlap, unsigned place, unsigned width,
                        bool most)
{
    uint64_t value = 0;
    for (unsigned byte = 0; byte < width; byte++) {
        const struct golf_cell *cell = &overlap->cells[place + byte];
        if (cell->kind == GOLF_CELL_MIRROR)
            cell = &overlap->cells[cell->other];
        unsigned now = cell->value;
        if (cell->kind != GOLF_CELL_FIXED)
            for (now = most ? 255 : 0; cell->kind == GOLF_CELL_SET && !set_has(cell->allowed, now);)
                now = most ? now - 1 : now + 1;
        value |= (uint64_t)now << 8 * byte;
    }
    return value;
}

/* Whether no byte of a field belongs to another one, too. */
static bool is_alone(const struct sheet *sheet, size_t rule)
{
    unsigned start = place_of(sheet, rule), end = start + width_of(sheet, rule);
    for (size_t i = 0; i < sheet->rules->count; i++)
        if (i != rule && place_of(sheet, i) < end &&
            place_of(sheet, i) + width_of(sheet, i) > start)
            return false;
    return true;
}

/* The permissions that all values have. */
static void note_flags(struct golf_overlap *overlap)
{
    const struct golf_cell *cell = &overlap->cells[overlap->flags_at];
    cell = cell->kind == GOLF_CELL_MIRROR ? &overlap->cells[cell->other] : cell;
    overlap->flags = ELFGEN_PF_R | ELFGEN_PF_W | ELFGEN_PF_X;
    for (unsigned value = 0; value < 256; value++)
        if (cell->kind == GOLF_CELL_FIXED ? value == cell->value : set_has(cell->allowed, value))
            overlap->flags &= value;
}

static void note_entries(const struct sheet *sheet, struct golf_overlap *overlap)
{
    const struct rules *rules = sheet->rules;
    unsigned place = overlap->entry_at;
    uint64_t low = extreme(overlap, place, 2, false) & (PAGE - 1);
    uint64_t high = extreme(overlap, place, 2, true) & (PAGE - 1);
    overlap->entry_low = (uint16_t)low;
    overlap->entry_high = (uint16_t)high;
    /* Only if all of it is the placer's may it be on another page than the headers. */
    if (is_alone(sheet, rules->entry) && is_alone(sheet, rules->vaddr) &&
        rules->promise.size > PAGE)
        overlap->entry_high = UINT16_MAX;
}

static uint64_t whole_pages(uint64_t size)
{
    return (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

/* What the fields say that the placer fills or has to know. */
static void note_fields(const struct sheet *sheet, struct golf_overlap *overlap)
{
    const struct rules *rules = sheet->rules;
    overlap->address_space = whole_pages(rules->promise.size);
    overlap->filesz_at = overlap->memsz_at = GOLF_NOWHERE;
    uint64_t most_file = UINT64_MAX, least_memory = 0;
    for (size_t i = 0; i < rules->count; i++) {
        unsigned place = place_of(sheet, i), width = width_of(sheet, i);
        if (rules->rules[i].is_size)
            *(is_named(rules, i, "p_filesz") ? &overlap->filesz_at : &overlap->memsz_at) =
                (uint8_t)place;
        if (is_named(rules, i, "p_flags"))
            overlap->flags_at = (uint8_t)place;
        if (is_named(rules, i, "p_memsz") && !rules->rules[i].is_size)
            overlap->address_space = whole_pages(extreme(overlap, place, width, true)) + PAGE;
        if (is_named(rules, i, "p_filesz"))
            most_file = extreme(overlap, place, width, true);
        if (is_named(rules, i, "p_memsz"))
            least_memory = extreme(overlap, place, width, false);
        if (is_named(rules, i, "p_offset")) {
            overlap->base_skip = overlap->cells[place].kind != GOLF_CELL_FIXED ? 1 : 0;
            overlap->base_add = overlap->base_skip
                                    ? extreme(overlap, place + 1, width - 1, false) << 8
                                    : extreme(overlap, place, width, false);
        }
    }
    /* Pages after the one in which the file's part ends are zeros; those before are in the file. */
    const uint64_t pages = whole_pages(rules->promise.size);
    overlap->zeros = rules->promise.size < PAGE ? PAGE : rules->promise.size;
    if (rules->promise.is_writable && most_file <= pages && least_memory > overlap->zeros) {
        overlap->zeros = least_memory;
        overlap->fewest = pages > PAGE ? pages - PAGE + 1 : 0;
    }
}

/* What follows the program headers need not be in the file while it is 0, which Linux takes it for;
 * and what nobody reads is no part of the headers. */
static void note_sizes(const struct sheet *sheet, size_t headers_end, struct golf_overlap *overlap)
{
    size_t size = sheet->size;
    while (size > headers_end && overlap->cells[size - 1].kind == GOLF_CELL_FREE)
        size--;
    overlap->size = (uint16_t)size;
    while (size > headers_end && overlap->cells[size - 1].kind == GOLF_CELL_FIXED &&
           overlap->cells[size - 1].value == 0)
        size--;
    overlap->least = (uint16_t)size;
}

static size_t header_size(const struct sheet *sheet)
{
    return elfgen_structures[ELFGEN_STRUCTURE_phdr].size[sheet->class_index];
}

/* Each header but that of the file's segment. */
static void allow_inert(struct sheet *sheet)
{
    for (unsigned i = 0; i < sheet->headers->count; i++)
        if (i != sheet->headers->load)
            restrict_cell(sheet, sheet->headers->phoff + i * (unsigned)header_size(sheet),
                          sheet->rules->inert);
}

static bool unite_all(struct sheet *sheet)
{
    unite_fields(sheet, &sheet->all, true);
    fix_parts(sheet);
    if (is_contradiction(&sheet->all))
        return false;
    unite_fields(sheet, &sheet->copies, false);
    take_known(sheet);
    allow_inert(sheet);
    return true;
}

bool overlap_combine(const struct rules *rules, const struct headers *headers,
                     struct golf_overlap *overlap)
{
    const struct promise *promise = &rules->promise;
    struct sheet sheet = {.rules = rules, .headers = headers};
    sheet.class_index = elfgen_class_index(promise->bits == 64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32);
    size_t end = headers->phoff + headers->count * header_size(&sheet);
    size_t header = elfgen_structures[ELFGEN_STRUCTURE_ehdr].size[sheet.class_index];
    sheet.size = (uint16_t)(end < header ? header : end);
    sheet.load_at = (uint16_t)(headers->phoff + headers->load * header_size(&sheet));
    memset(sheet.allowed, 0xff, sizeof sheet.allowed);
    if (sheet.size > GOLF_CELLS || !unite_all(&sheet))
        return false;
    allow_values(&sheet);
    *overlap = (struct golf_overlap){.bits = (uint8_t)promise->bits,
                                     .type = promise->type,
                                     .phoff = headers->phoff,
                                     .headers = headers->count,
                                     .entry_at = (uint8_t)place_of(&sheet, rules->entry),
                                     .base_at = (uint8_t)place_of(&sheet, rules->vaddr),
                                     .has_random_base = promise->type == ELFGEN_ET_DYN,
                                     .base_low = rules->base_low,
                                     .base_high = rules->base_high,
                                     .memory = promise->size};
    for (unsigned at = 0; at < sheet.size; at++)
        if (!make_cell(&sheet, at, overlap))
            return false;
    note_sizes(&sheet, end, overlap);
    note_fields(&sheet, overlap);
    note_flags(overlap);
    note_entries(&sheet, overlap);
    return true;
}

/* Whether a cell may be all that another one may be. */
static bool cell_contains(const struct golf_cell *whole, const struct golf_cell *part)
{
    if (whole->kind == GOLF_CELL_FREE)
        return true;
    if (whole->kind == GOLF_CELL_MIRROR || part->kind == GOLF_CELL_MIRROR)
        return whole->kind == part->kind && whole->other == part->other;
    if (whole->kind == GOLF_CELL_FIXED)
        return part->kind == GOLF_CELL_FIXED && part->value == whole->value;
    if (part->kind == GOLF_CELL_FIXED)
        return set_has(whole->allowed, part->value);
    for (unsigned i = 0; i < sizeof part->allowed; i++)
        if (part->kind == GOLF_CELL_FREE || (part->allowed[i] & ~whole->allowed[i]))
            return false;
    return true;
}

bool overlap_contains(const struct golf_overlap *whole, const struct golf_overlap *part)
{
    if (whole->bits != part->bits || whole->type != part->type || whole->phoff != part->phoff ||
        whole->headers != part->headers || whole->size > part->size ||
        whole->memory < part->memory || whole->zeros < part->zeros ||
        whole->fewest > part->fewest || (part->flags & ~whole->flags) ||
        whole->base_skip < part->base_skip || whole->base_low > part->base_low ||
        whole->base_high < part->base_high || whole->is_overcommitted > part->is_overcommitted ||
        whole->entry_low > part->entry_low || whole->entry_high < part->entry_high)
        return false;
    for (unsigned i = 0; i < whole->size; i++)
        if (!cell_contains(&whole->cells[i], &part->cells[i]))
            return false;
    return true;
}

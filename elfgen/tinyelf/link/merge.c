/* Merges equal constants and strings. Sections that allow it (SHF_MERGE) are cut into pieces, which
 * are strings or constants of one size. Only pieces that something refers to are placed: equal ones
 * once, and a string that is the end of another inside that one. */
#include <stdlib.h>
#include <string.h>

#include "elfgen/search.h"
#include "link_private.h"

static bool is_strings(const struct link_section *section)
{
    return section->flags & ELFGEN_SHF_STRINGS;
}

/* Whether a section can be cut into pieces: it has whole entries, no relocations, and its last
 * string is terminated. */
static bool can_merge(const struct link_section *section)
{
    /* An alignment above a cache line is meant for the section, not for each of its constants. */
    const uint64_t entry = section->entry_size, most_align = 64;
    /* A section whose name is an identifier in C stays whole: __start_NAME may refer to it. */
    if (*section->name != '.' || section->align > most_align ||
        !(section->flags & ELFGEN_SHF_MERGE) ||
        section->flags & (ELFGEN_SHF_WRITE | ELFGEN_SHF_EXECINSTR) || !section->bytes ||
        section->size == 0 || section->relocation_count > 0 || entry == 0 || entry > 256 ||
        section->size % entry != 0)
        return false;
    for (uint64_t i = 0; is_strings(section) && i < entry; i++)
        if (section->bytes[section->size - 1 - i] != 0)
            return false;
    return true;
}

/* The end of the string that begins at `offset`, after its terminator. */
static uint64_t string_end(const struct link_section *section, uint64_t offset)
{
    static const uint8_t zero[256];
    const uint64_t entry = section->entry_size;
    if (entry == 1) {
        const uint8_t *end = memchr(section->bytes + offset, 0, (size_t)(section->size - offset));
        return (uint64_t)(end - section->bytes) + 1;
    }
    while (memcmp(section->bytes + offset, zero, (size_t)entry) != 0)
        offset += entry;
    return offset + entry;
}

bool link_find_pieces(struct link *link, struct link_section *section)
{
    if (!can_merge(section))
        return true;
    size_t capacity = is_strings(section) ? 0 : (size_t)(section->size / section->entry_size);
    if (capacity > 0 && !(section->pieces = calloc(capacity, sizeof *section->pieces)))
        return report_no_memory(&link->reporter);
    section->merges = true;
    for (uint64_t at = 0, end; at < section->size; at = end) {
        end = is_strings(section) ? string_end(section, at) : at + section->entry_size;
        if (!link_grow(link, &section->pieces, section->piece_count, &capacity,
                       sizeof *section->pieces))
            return false;
        section->pieces[section->piece_count++] =
            (struct link_piece){.offset = at, .size = end - at, .section = LINK_NONE};
    }
    return true;
}

static bool begins_at_or_before(const void *piece, const void *offset)
{
    return ((const struct link_piece *)piece)->offset <= *(const uint64_t *)offset;
}

struct link_piece *link_piece_at(const struct link_section *section, uint64_t offset)
{
    const size_t count = section->piece_count;
    if (count == 0)
        return NULL;
    if (!is_strings(section)) {
        uint64_t index = offset / section->entry_size;
        return &section->pieces[index < count ? index : count - 1];
    }
    size_t next = elfgen_search(section->pieces, count, sizeof *section->pieces, &offset,
                                begins_at_or_before);
    return &section->pieces[next > 0 ? next - 1 : 0];
}

/* The content that equal pieces share. */
struct constant {
    const uint8_t *bytes;
    uint64_t size, align;
    uint64_t entry_size; /* of strings; 0: not a string, so no string may be placed in it */
    uint32_t host;       /* the string whose end it is, or itself */
    uint64_t place;
    uint32_t section; /* the program's */
};

struct pool {
    struct link *link;
    struct link_table table;
    struct constant *constants;
    size_t count, capacity;
};

/* The alignment that the piece had in its file: its section's, unless its offset is less aligned.
 */
static uint64_t align_of(const struct link_section *section, const struct link_piece *piece)
{
    uint64_t align = section->align ? section->align : 1;
    uint64_t lowest = piece->offset & (0 - piece->offset);
    return lowest != 0 && lowest < align ? lowest : align;
}

/* Adds a piece to the constant of its content. Strings of wider characters and constants share one
 * by content, too: a string contains no zero but its terminator. */
static bool pool_piece(struct pool *pool, const struct link_section *section,
                       struct link_piece *piece)
{
    const uint8_t *bytes = section->bytes + piece->offset;
    uint64_t align = align_of(section, piece);
    bool added;
    uint32_t index = (uint32_t)pool->count;
    if (!link_grow(pool->link, &pool->constants, pool->count, &pool->capacity,
                   sizeof *pool->constants))
        return false;
    if (!link_table_put(&pool->table, bytes, (size_t)piece->size, &index, &added))
        return report_no_memory(&pool->link->reporter);
    struct constant *constant = &pool->constants[index];
    if (added) {
        *constant = (struct constant){.bytes = bytes, .size = piece->size, .host = index};
        pool->count++;
    }
    if (align > constant->align)
        constant->align = align;
    if (is_strings(section))
        constant->entry_size = section->entry_size;
    piece->section = index; /* the constant's index, until it is placed */
    return true;
}

/* A string to sort from its last character backwards, and a number that orders it among those that
 * have the same last `same` bytes: the seven bytes before these, the last one first, and in the
 * lowest byte how many of the seven it lacks. A missing byte counts as the highest: the longer
 * string comes first. */
struct ending {
    uint64_t key;
    struct constant *constant;
};
enum { KEY_BYTES = 7 };

static uint64_t key_of(const struct constant *constant, uint64_t same)
{
    uint64_t key = 0, missing = 0;
    const uint8_t *end = constant->bytes + (constant->size - same);
    for (uint64_t i = 1; i <= KEY_BYTES; i++) {
        const bool is_there = i <= constant->size - same;
        missing += !is_there;
        key = key << 8 | (is_there ? *(end - i) : UINT8_MAX);
    }
    return key << 8 | missing;
}

static void exchange(struct ending *one, struct ending *other)
{
    const struct ending kept = *one;
    *one = *other;
    *other = kept;
}

/* The middle one of three keys. */
static uint64_t choose_pivot(const struct ending *rows, size_t count)
{
    const uint64_t a = rows[0].key, b = rows[count / 2].key, c = rows[count - 1].key;
    return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

/* Strings whose last `same` bytes are equal. */
struct endings {
    struct ending *rows;
    size_t count;
    uint64_t same;
};

/* Divides them into those with a lower key than one of them, those with the same one, which differ
 * further ahead, and those with a higher one. */
static void divide(const struct endings *all, struct endings parts[3])
{
    struct ending *rows = all->rows;
    const uint64_t pivot = choose_pivot(rows, all->count);
    size_t low = 0, high = all->count;
    for (size_t i = 0; i < high;) {
        if (rows[i].key < pivot)
            exchange(&rows[low++], &rows[i++]);
        else if (rows[i].key > pivot)
            exchange(&rows[i], &rows[--high]);
        else
            i++;
    }
    parts[0] = (struct endings){rows, low, all->same};
    parts[1] = (struct endings){rows + low, high - low, all->same + KEY_BYTES};
    parts[2] = (struct endings){rows + high, all->count - high, all->same};
    /* Where the key lacks bytes, there is one string: no two are equal. */
    for (size_t i = low; high - low > 1 && i < high; i++)
        rows[i].key = key_of(rows[i].constant, all->same + KEY_BYTES);
}

/* The largest part is sorted in the loop, so that calls are nested no deeper than the logarithm of
 * the number of strings. */
static void sort_endings(struct endings all)
{
    while (all.count > 1) {
        struct endings parts[3];
        size_t largest = 0;
        divide(&all, parts);
        for (size_t i = 1; i < 3; i++)
            largest = parts[i].count > parts[largest].count ? i : largest;
        for (size_t i = 0; i < 3; i++)
            if (i != largest)
                sort_endings(parts[i]);
        all = parts[largest];
    }
}

/* Finds strings that are the end of another. Sorted from their last character backwards, such a
 * string comes right after those that end with it. */
static bool share_ends(struct pool *pool)
{
    struct ending *sorted = malloc((pool->count + 1) * sizeof *sorted);
    size_t count = 0;
    if (!sorted)
        return report_no_memory(&pool->link->reporter);
    for (size_t i = 0; i < pool->count; i++)
        if (pool->constants[i].entry_size != 0)
            sorted[count++] = (struct ending){key_of(&pool->constants[i], 0), &pool->constants[i]};
    sort_endings((struct endings){sorted, count, 0});
    struct constant *host = NULL;
    for (size_t i = 0; i < count; i++) {
        struct constant *constant = sorted[i].constant;
        uint64_t ahead = host ? host->size - constant->size : 0;
        if (host && constant->size <= host->size &&
            memcmp(host->bytes + ahead, constant->bytes, (size_t)constant->size) == 0 &&
            ahead % constant->align == 0 && ahead % constant->entry_size == 0) {
            constant->host = (uint32_t)(host - pool->constants);
            host->align = constant->align > host->align ? constant->align : host->align;
        } else {
            host = constant;
        }
    }
    free(sorted);
    return true;
}

/* Places all constants of one alignment in one section of the program. */
static bool place_aligned(struct pool *pool, uint64_t align)
{
    struct link *link = pool->link;
    uint64_t size = 0;
    for (size_t i = 0; i < pool->count; i++) {
        struct constant *constant = &pool->constants[i];
        if (constant->host != i || constant->align != align)
            continue;
        constant->place = (size + align - 1) & ~(align - 1);
        size = constant->place + constant->size;
    }
    if (size == 0)
        return true;
    uint8_t *bytes = link_keep(link, (size_t)size);
    if (!bytes)
        return false;
    const struct elfgen_section section = {.name = ".rodata",
                                           .bytes = bytes,
                                           .size = size,
                                           .align = align,
                                           .permissions = ELFGEN_PF_R};
    uint32_t index = link_add_section(link, &section);
    for (size_t i = 0; i < pool->count && index != LINK_NONE; i++) {
        struct constant *constant = &pool->constants[i];
        if (constant->host != i || constant->align != align)
            continue;
        constant->section = index;
        memcpy(bytes + constant->place, constant->bytes, (size_t)constant->size);
    }
    return index != LINK_NONE;
}

/* Calls `act` for every live piece. */
static bool each_piece(struct pool *pool,
                       bool (*act)(struct pool *, const struct link_section *, struct link_piece *))
{
    for (size_t i = 0; i < pool->link->object_count; i++) {
        const struct link_object *object = pool->link->objects[i];
        for (size_t j = 1; j < object->section_count; j++) {
            const struct link_section *section = &object->sections[j];
            for (size_t k = 0; section->live && section->merges && k < section->piece_count; k++)
                if (section->pieces[k].live && !act(pool, section, &section->pieces[k]))
                    return false;
        }
    }
    return true;
}

static bool place_piece(struct pool *pool, const struct link_section *section,
                        struct link_piece *piece)
{
    (void)section;
    const struct constant *constant = &pool->constants[piece->section];
    const struct constant *host = &pool->constants[constant->host];
    piece->place = host->place + (host->size - constant->size);
    piece->section = host->section;
    return true;
}

bool link_merge(struct link *link)
{
    struct pool pool = {.link = link};
    bool done = each_piece(&pool, pool_piece) && share_ends(&pool);
    uint64_t aligns = 0; /* a bit for each alignment in use */
    for (size_t i = 0; i < pool.count; i++)
        aligns |= pool.constants[i].align;
    for (unsigned bit = 64; done && bit-- > 0;)
        if (aligns >> bit & 1)
            done = place_aligned(&pool, UINT64_C(1) << bit);
    done = done && each_piece(&pool, place_piece);
    link_table_free(&pool.table);
    free(pool.constants);
    return done;
}

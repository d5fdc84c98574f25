/* Finds the overlaps: learns what each bit may be for every promise, combines, and asks again. */
#include "overlaps.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/kernel.h"
#include "overlap_private.h"

enum { FILLINGS = 12, FEW_FILLINGS = 2 };

/* Level linux: at most 128 MiB more than the original, which has a page at least. */
static const uint64_t usual_space = (UINT64_C(128) << 20) + PAGE;
/* Gigabytes: what a machine of 16 GiB may count. Terabytes: half of the addresses, of what is only
 * read and executed, and so is not counted. */
static const uint64_t overcommitted_memory = (UINT64_C(8) << 30) + PAGE;
static const uint64_t half_of_addresses = (UINT64_C(1) << 46) + PAGE;

/* Relations of the two sizes: as many bytes in memory as in the file; more, up to 128 MiB, where
 * the highest bit is set in memory alone; the same where the file's part ends in the page that the
 * file ends in. The two examples of each differ in every bit that may be different. */
struct relation {
    struct sizes sizes;
    uint64_t most_file; /* the largest file */
    enum relation_use {
        USUAL,
        SPEC,
        FOR_ZEROS, /* only where memory is written */
        GIGABYTES, /* of memory that is written, with overcommit */
        TERABYTES  /* of memory that is not, with overcommit */
    } use;
};
static const struct relation relations[] = {
    {{{0x30123, 0x7fcfedc}, {0x30123, 0x7fcfedc}}, 65536, USUAL},
    {{{0x30000, 0x3fcf000}, {0x4000000, 0x7ffffff}}, 65536, USUAL},
    {{{0x345, 0xcba}, {0x4000000, 0x7ffffff}}, 512, USUAL},
    {{{0xd45, 0xeba}, {0x4000000, 0x7ffffff}}, 3072, FOR_ZEROS},
    {{{PAGE, PAGE}, {PAGE, PAGE}}, PAGE, SPEC},
    {{{0x130123456, 0x1cfedcba9}, {0x130123456, 0x1cfedcba9}}, 65536, GIGABYTES},
    {{{0x12345000, 0xedcba000}, {0x100000000, 0x1ffffffff}}, 65536, GIGABYTES},
    {{{0x345, 0xcba}, {0x100000000, 0x1ffffffff}}, 512, GIGABYTES},
    {{{0x112345670123, 0x2edcba98fedc}, {0x112345670123, 0x2edcba98fedc}}, 65536, TERABYTES},
};

struct search {
    const struct golf_overlap_options *options;
    struct golf_overlap *overlaps;
    size_t count, room;
    uint8_t *file; /* room for LARGEST_FILE bytes */
};

/* Whether random fillings do what the overlap says. */
static bool is_confirmed(const struct rules *rules, const struct golf_overlap *overlap,
                         uint8_t *bytes)
{
    uint64_t seed = overlap->phoff + 1u;
    memset(bytes, 0x90, rules->promise.size);
    for (unsigned i = 0; i < FILLINGS; i++) {
        if (!golf_overlap_fill(overlap, &seed, bytes))
            return false;
        uint64_t least = overlap->fewest > overlap->least ? overlap->fewest : overlap->least;
        uint64_t size = i % 2 == 0 ? least : rules->promise.size;
        if (!promise_holds_at_ends(&rules->promise, bytes, size))
            return false;
        if (i < FEW_FILLINGS && !promise_holds_always(&rules->promise, bytes, size))
            return false;
    }
    return true;
}

/* Keeps an overlap unless another one contains it, and drops those that it contains. */
static void keep(struct search *search, const struct golf_overlap *overlap)
{
    size_t kept = 0;
    for (size_t i = 0; i < search->count; i++)
        if (overlap_contains(&search->overlaps[i], overlap))
            return;
    for (size_t i = 0; i < search->count; i++)
        if (!overlap_contains(overlap, &search->overlaps[i]))
            search->overlaps[kept++] = search->overlaps[i];
    search->count = kept;
    if (search->count < search->room)
        search->overlaps[search->count++] = *overlap;
}

static bool is_forced(const struct golf_overlap *overlap)
{
    return overlap->cells[overlap->flags_at].kind == GOLF_CELL_FIXED;
}

static void try_headers(struct search *search, const struct rules *learnt,
                        const struct relation *relation, const struct headers *headers)
{
    struct golf_overlap overlap;
    struct rules now = *learnt, *rules = &now;
    if (!overlap_combine(rules, headers, &overlap) ||
        (search->options->second && !overlap_add_second(rules, &overlap)))
        return;
    overlap.is_overcommitted = relation->use == GIGABYTES || relation->use == TERABYTES;
    if (rules->promise.is_writable && !search->options->rwx && !is_forced(&overlap))
        return;
    if (is_confirmed(rules, &overlap, search->file))
        keep(search, &overlap);
}

static void search_relation(struct search *search, const struct promise *promise,
                            const struct relation *relation)
{
    struct rules rules;
    if (!overlap_learn(promise, &relation->sizes, search->options->headers > 1, search->file,
                       &rules))
        return;
    enum elfgen_class class_ = promise->bits == 64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
    const uint16_t last = (uint16_t)elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, class_);
    size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_phdr, class_);
    if (promise->is_spec) {
        try_headers(search, &rules, relation, &(struct headers){last, 1, 0});
        return;
    }
    if (search->options->second) {
        overlap_begin_second(&rules);
        for (uint16_t phoff = 0; phoff <= last; phoff++)
            try_headers(search, &rules, relation, &(struct headers){phoff, 2, 0});
        return;
    }
    uint16_t most = search->options->headers > 1 ? 2 : 1;
    for (uint16_t count = 1; count <= most; count++)
        for (uint16_t load = 0; load < count; load++)
            for (uint16_t phoff = 0; phoff + load * size <= last; phoff++)
                try_headers(search, &rules, relation, &(struct headers){phoff, count, load});
}

static bool is_for(const struct relation *relation, const struct promise *promise,
                   const struct golf_overlap_options *options)
{
    const bool has_overcommit = options->overcommit && promise->bits == 64;
    switch (relation->use) {
    case SPEC:
        return promise->is_spec;
    case FOR_ZEROS:
        return !promise->is_spec && promise->is_writable;
    case GIGABYTES:
        return !promise->is_spec && has_overcommit && promise->is_writable;
    case TERABYTES:
        return !promise->is_spec && has_overcommit && !promise->is_writable;
    default:
        return !promise->is_spec;
    }
}

static void search_promises(struct search *search, const struct promise *promise)
{
    for (unsigned i = 0; i < sizeof relations / sizeof *relations; i++) {
        const struct relation *relation = &relations[i];
        struct promise now = *promise;
        if ((now.size > relation->most_file && now.size > PAGE) ||
            !is_for(relation, promise, search->options))
            continue;
        if (now.size > relation->most_file)
            now.size = relation->most_file;
        if (relation->use == GIGABYTES)
            now.most_space = now.most_memory = overcommitted_memory;
        if (relation->use == TERABYTES)
            now.most_space = half_of_addresses;
        search_relation(search, &now, relation);
    }
}

/* A file of which the last of its part's pages is nearly filled, with zeros after it: of as many
 * pages as the original has, or of one less. */
static void search_last_page(struct search *search, const struct promise *promise)
{
    enum { SMALLER = 3072, REST = 16 };
    const uint64_t size = search->options->size;
    uint64_t pages = promise->size == PAGE ? 1 : (size + PAGE - 1) / PAGE;
    if (size <= SMALLER || !promise->is_writable || promise->is_spec)
        return;
    for (unsigned i = 0; i < 2 && pages > (promise->size != PAGE); i++, pages--) {
        const uint64_t end = pages * PAGE;
        const struct relation relation = {
            {{end - 11, end - 6}, {0x4000000, 0x7ffffff}}, end - REST, FOR_ZEROS};
        struct promise now = *promise;
        now.size = relation.most_file;
        search_relation(search, &now, &relation);
    }
}

static void sort_by_size(struct search *search)
{
    for (size_t i = 1; i < search->count; i++) {
        struct golf_overlap overlap = search->overlaps[i];
        size_t at = i;
        for (; at > 0 && search->overlaps[at - 1].size > overlap.size; at--)
            search->overlaps[at] = search->overlaps[at - 1];
        search->overlaps[at] = overlap;
    }
}

/* Permissions that are promised: X; R and X; W, with or without R, and X. */
enum { ONLY_EXECUTABLE, READABLE, WRITABLE, PERMISSIONS };

static bool are_wanted(const struct golf_overlap_options *options, unsigned permissions)
{
    if (options->second)
        return permissions == READABLE;
    switch (permissions) {
    case ONLY_EXECUTABLE:
        return options->data != GOLF_DATA_READ;
    case READABLE:
        return options->data != GOLF_DATA_NONE;
    default:
        return options->rwx || options->overcommit;
    }
}

bool golf_overlaps(unsigned bits, const struct golf_overlap_options *options,
                   struct golf_overlap *overlaps, size_t room, size_t *count)
{
    static const uint16_t types[] = {ELFGEN_ET_EXEC, ELFGEN_ET_DYN};
    static const uint64_t sizes[] = {PAGE, LARGEST_FILE};
    struct search search = {
        .options = options, .overlaps = overlaps, .room = room, .file = malloc(LARGEST_FILE)};
    struct promise promise = {.bits = bits,
                              .is_spec = options->spec,
                              .most_space = usual_space,
                              .most_memory = usual_space,
                              .is_long_term = options->first != 0 || options->last != 0,
                              .first = options->first ? options->first : ELFGEN_LINUX(4, 19),
                              .also = options->also,
                              .last = options->last ? options->last : ELFGEN_LINUX(6, 18)};
    for (unsigned size = 0; size < sizeof sizes / sizeof *sizes && search.file; size++) {
        if (size > 0 && (options->size <= PAGE || options->second))
            break;
        for (unsigned type = 0; type < sizeof types / sizeof *types; type++)
            for (unsigned permissions = 0; permissions < PERMISSIONS; permissions++) {
                if (!are_wanted(options, permissions) ||
                    (options->second && types[type] != ELFGEN_ET_EXEC))
                    continue;
                promise.size = sizes[size];
                promise.type = types[type];
                promise.is_readable = permissions != ONLY_EXECUTABLE;
                promise.is_writable = permissions == WRITABLE;
                search_promises(&search, &promise);
                search_last_page(&search, &promise);
            }
    }
    sort_by_size(&search);
    *count = search.count;
    bool is_done = search.file != NULL;
    free(search.file);
    return is_done;
}

static bool may_be_zero(const struct golf_cell *cell)
{
    return cell->kind == GOLF_CELL_SET     ? cell->allowed[0] & 1
           : cell->kind == GOLF_CELL_FIXED ? cell->value == 0
                                           : true;
}

bool golf_overlap_may_be_low(const struct golf_overlap *overlap)
{
    bool is_low = !overlap->has_random_base && !(overlap->base_low >> 31);
    for (unsigned i = 4; i < overlap->bits / 8u; i++)
        is_low &= may_be_zero(&overlap->cells[overlap->base_at + i]) &&
                  may_be_zero(&overlap->cells[overlap->entry_at + i]);
    return is_low;
}

/* Counts the bytes of a file by owner.
 *
 * Headers, sections, instructions and what system calls read become spans. A sweep over the spans
 * in file order keeps how far each owner reaches. So memory use depends on the number of spans
 * only, even for a library of 100 MB or thousands of sections over the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "compare.h"

const struct compare_owner_name compare_owner_names[COMPARE_OWNER_COUNT] = {
#define X(key, label) {#key, label},
    COMPARE_OWNERS(X)
#undef X
};

struct span {
    uint64_t from, to; /* in the file, at least one byte */
    enum compare_owner owner;
};

struct spans {
    const struct elfgen_view *view;
    struct span *items;
    size_t count, room;
    bool failed; /* out of memory */
};

/* Adds the part of [offset, offset + size) that is in the file. */
static void add(struct spans *spans, uint64_t offset, uint64_t size, enum compare_owner owner)
{
    uint64_t length = spans->view->length;
    if (offset >= length || size == 0 || spans->failed)
        return;
    uint64_t to = size < length - offset ? offset + size : length;
    struct span *last = spans->count > 0 ? &spans->items[spans->count - 1] : NULL;
    if (last && last->owner == owner && offset >= last->from && offset <= last->to) {
        if (to > last->to)
            last->to = to;
        return;
    }
    spans->failed =
        !grow_array(&spans->items, spans->count + 1, &spans->room, sizeof *spans->items);
    if (spans->failed)
        return;
    spans->items[spans->count++] = (struct span){offset, to, owner};
}

static int by_place(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static void sort(struct spans *spans)
{
    if (spans->count > 1)
        qsort(spans->items, spans->count, sizeof *spans->items, by_place);
}

/* ---- who owns what ---- */

static void add_table(struct spans *spans, struct elfgen_table table, enum elfgen_structure_id id,
                      enum compare_owner owner)
{
    uint64_t length = spans->view->length;
    uint64_t size = elfgen_structure_size(id, spans->view->class_);
    if (table.entry_size < size || table.offset >= length || table.count == 0)
        return;
    /* Entries that begin in the file. */
    uint64_t most = (length - table.offset - 1) / table.entry_size + 1;
    uint64_t count = table.count < most ? table.count : most;
    if (table.entry_size == size) {
        add(spans, table.offset, count * size, owner);
        return;
    }
    for (uint64_t i = 0; i < count; i++)
        add(spans, table.offset + i * table.entry_size, size, owner);
}

static void add_headers(struct spans *spans)
{
    const struct elfgen_view *view = spans->view;
    add(spans, 0, elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_), OWNER_elf_header);
    add_table(spans, view->segments, ELFGEN_STRUCTURE_phdr, OWNER_program_headers);
    if (view->ehdr.e_shoff != 0)
        add_table(spans, view->sections, ELFGEN_STRUCTURE_shdr, OWNER_section_headers);
}

/* Adds what segments own. With sections that is only the path of the interpreter, since files of
 * debug information keep program headers of bytes in another file; without any (but the empty
 * first), it is everything. The memory in a core file is data. */
static void add_segments(struct spans *spans)
{
    const struct elfgen_view *view = spans->view;
    struct elfgen_phdr phdr;
    bool alone = view->ehdr.e_shoff == 0 || view->sections.count <= 1;
    bool core = alone && view->ehdr.e_type == ELFGEN_ET_CORE;
    for (uint64_t i = 0; elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK; i++) {
        switch (phdr.p_type) {
        case ELFGEN_PT_INTERP:
            add(spans, phdr.p_offset, phdr.p_filesz, OWNER_dynamic);
            break;
        case ELFGEN_PT_DYNAMIC:
            add(spans, phdr.p_offset, alone ? phdr.p_filesz : 0, OWNER_dynamic);
            break;
        case ELFGEN_PT_NOTE:
            add(spans, phdr.p_offset, alone ? phdr.p_filesz : 0, OWNER_notes);
            break;
        case ELFGEN_PT_GNU_EH_FRAME:
            add(spans, phdr.p_offset, alone ? phdr.p_filesz : 0, OWNER_unwind);
            break;
        case ELFGEN_PT_LOAD:
            add(spans, phdr.p_offset, core ? phdr.p_filesz : 0, OWNER_data);
            break;
        default:
            break;
        }
    }
}

/* Adds what the program headers lead to where no section header describes it: tables of the dynamic
 * linker, notes, unwind records. */
static void add_areas(struct spans *spans)
{
    struct elfgen_map map;
    struct elfgen_claim claim;
    elfgen_map_begin(&map, spans->view, NULL, false, 0, spans->view->length);
    while (elfgen_map_next(&map, &claim) && !(map.areas.known && map.areas.sections))
        if (map.areas.known && claim.section == ELFGEN_NO_SECTION)
            add(spans, claim.offset, claim.length,
                claim.part == ELFGEN_PART_NOTE     ? OWNER_notes
                : claim.part == ELFGEN_PART_UNWIND ? OWNER_unwind
                : claim.part == ELFGEN_PART_TLS    ? OWNER_data
                                                   : OWNER_dynamic);
}

/* Owners by the section's type, for sections in memory and for those kept for tools. */
static const struct {
    const char *type;
    enum compare_owner loaded, kept;
} owners_by_type[] = {
    {"NOTE", OWNER_notes, OWNER_notes},
    {"DYNAMIC", OWNER_dynamic, OWNER_dynamic},
    {"DYNSYM", OWNER_dynamic, OWNER_dynamic},
    {"HASH", OWNER_dynamic, OWNER_dynamic},
    {"GNU_HASH", OWNER_dynamic, OWNER_dynamic},
    {"VERDEF", OWNER_dynamic, OWNER_dynamic},
    {"VERNEED", OWNER_dynamic, OWNER_dynamic},
    {"VERSYM", OWNER_dynamic, OWNER_dynamic},
    {"GNU_LIBLIST", OWNER_dynamic, OWNER_dynamic},
    {"RELR", OWNER_dynamic, OWNER_dynamic},
    {"REL", OWNER_dynamic, OWNER_symbols},
    {"RELA", OWNER_dynamic, OWNER_symbols},
    {"STRTAB", OWNER_dynamic, OWNER_symbols},
    {"SYMTAB", OWNER_symbols, OWNER_symbols},
    {"SYMTAB SECTION INDICES", OWNER_symbols, OWNER_symbols},
    {"GROUP", OWNER_symbols, OWNER_symbols},
};

/* Owners by the beginning of the section's name. */
static const struct {
    const char *prefix;
    enum compare_owner owner;
} owners_by_name[] = {
    {".interp", OWNER_dynamic},  {".eh_frame", OWNER_unwind},  {".gcc_except_table", OWNER_unwind},
    {".sframe", OWNER_unwind},   {".ARM.exidx", OWNER_unwind}, {".ARM.extab", OWNER_unwind},
    {".debug", OWNER_debug},     {".zdebug", OWNER_debug},     {".gnu_debug", OWNER_debug},
    {".gdb_index", OWNER_debug}, {".stab", OWNER_debug},       {".comment", OWNER_notes},
};

enum { LONGEST_PREFIX = 24 };

/* A name in the section name table, only as much as a prefix needs: a table without a NUL would
 * otherwise be read to its end for each section. */
static struct compare_string name_of(const struct elfgen_view *view,
                                     const struct elfgen_shdr *names,
                                     const struct elfgen_shdr *shdr)
{
    struct compare_string name = {"", 0};
    uint64_t end = names->sh_size;
    if (shdr->sh_name >= end)
        return name;
    if (end - shdr->sh_name > LONGEST_PREFIX)
        end = shdr->sh_name + LONGEST_PREFIX;
    name.length = elfgen_view_string(view, names->sh_offset, end, shdr->sh_name, &name.bytes);
    if (name.length == SIZE_MAX)
        name.length = 0;
    return name;
}

static enum compare_owner owner_of(const struct elfgen_view *view, const struct elfgen_shdr *names,
                                   const struct elfgen_shdr *shdr)
{
    bool loaded = shdr->sh_flags & ELFGEN_SHF_ALLOC;
    if (shdr->sh_flags & ELFGEN_SHF_EXECINSTR)
        return OWNER_code;
    const char *type =
        elfgen_section_type_name(view->ehdr.e_machine, view->ehdr.ei_osabi, shdr->sh_type);
    for (size_t i = 0; type && i < sizeof owners_by_type / sizeof owners_by_type[0]; i++)
        if (strcmp(type, owners_by_type[i].type) == 0)
            return loaded ? owners_by_type[i].loaded : owners_by_type[i].kept;
    struct compare_string name = name_of(view, names, shdr);
    for (size_t i = 0; i < sizeof owners_by_name / sizeof owners_by_name[0]; i++) {
        size_t length = strlen(owners_by_name[i].prefix);
        if (name.length >= length && memcmp(name.bytes, owners_by_name[i].prefix, length) == 0)
            return owners_by_name[i].owner;
    }
    return loaded ? OWNER_data : OWNER_other;
}

static void add_sections(struct spans *spans)
{
    const struct elfgen_view *view = spans->view;
    struct elfgen_shdr shdr, names = {0};
    if (view->ehdr.e_shoff == 0)
        return;
    if (view->names != ELFGEN_SHN_UNDEF)
        elfgen_view_section(view, view->names, &names, NULL);
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++)
        if (shdr.sh_type != ELFGEN_SHT_NULL && shdr.sh_type != ELFGEN_SHT_NOBITS)
            add(spans, shdr.sh_offset, shdr.sh_size, owner_of(view, &names, &shdr));
}

/* Adds instructions. Those in executable sections are only counted: the section owns all its bytes
 * already. */
static void add_instructions(struct spans *spans, struct elfgen_code *code, uint64_t *count)
{
    struct elfgen_code_place place;
    size_t next = 0, sections = spans->count;
    uint64_t covered = 0;
    sort(spans);
    for (uint64_t at = 0; elfgen_code_next(code, at, spans->view->length, &place);
         at = place.offset + 1) {
        ++*count;
        for (; next < sections && spans->items[next].from <= place.offset; next++)
            if (spans->items[next].owner == OWNER_code && spans->items[next].to > covered)
                covered = spans->items[next].to;
        if (place.offset + place.length > covered)
            add(spans, place.offset, place.length, OWNER_code);
    }
}

/* Adds what system calls read. */
static void add_referred(struct spans *spans, const struct elfgen_code *code)
{
    struct elfgen_signature signature;
    uint64_t offset, length;
    for (size_t i = 0; i < code->call_count; i++) {
        if (!elfgen_code_signature(code, &code->calls[i], &signature))
            continue;
        for (unsigned argument = 0; argument < signature.count; argument++)
            if (elfgen_code_referred(code, &code->calls[i], &signature, argument, &offset, &length))
                add(spans, offset, length, OWNER_data);
    }
}

/* ---- the sweep ---- */

enum { MOST_SEGMENTS = ELFGEN_PHDRS_LARGEST / 32 }; /* as elfgen_memory_segments() has it */

struct sweep {
    const struct elfgen_view *view;
    struct compare_bytes *bytes;
    uint64_t at;                        /* bytes before are counted */
    uint64_t ends[COMPARE_OWNER_COUNT]; /* how far each owner reaches, as far as it is known */
    uint64_t segments[MOST_SEGMENTS];   /* where segments with bytes begin, sorted */
    size_t segment_count;
    bool has_sections;
};

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void find_segments(struct sweep *sweep)
{
    struct elfgen_phdr phdr;
    uint64_t count = elfgen_memory_segments(sweep->view);
    for (uint64_t i = 0; i < count && i < MOST_SEGMENTS &&
                         elfgen_view_segment(sweep->view, i, &phdr, NULL) == ELFGEN_OK;
         i++)
        if (phdr.p_type == ELFGEN_PT_LOAD && phdr.p_filesz > 0)
            sweep->segments[sweep->segment_count++] = phdr.p_offset;
    if (sweep->segment_count > 1)
        qsort(sweep->segments, sweep->segment_count, sizeof *sweep->segments, by_value);
}

static bool are_zeros(const uint8_t *bytes, uint64_t size)
{
    return bytes[0] == 0 && (size == 1 || memcmp(bytes, bytes + 1, (size_t)size - 1) == 0);
}

/* Whether bytes without an owner are padding: zeros that, in a file without sections, end at an
 * aligned place, as in explain, or where a segment begins. In a file with sections all such zeros
 * are: sections name everything else. Other zeros may be data. */
static bool is_padding(const struct sweep *sweep, uint64_t from, uint64_t to)
{
    if (!are_zeros(sweep->view->bytes + from, to - from))
        return false;
    return sweep->has_sections || elfgen_map_is_padding(sweep->view, from, to) ||
           (sweep->segment_count > 0 &&
            bsearch(&to, sweep->segments, sweep->segment_count, sizeof to, by_value));
}

/* Counts [from, to), whose owners are the same throughout. */
static void count_run(struct sweep *sweep, uint64_t from, uint64_t to)
{
    struct compare_bytes *bytes = sweep->bytes;
    unsigned owners = 0;
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
        owners += sweep->ends[i] > from;
    if (owners == 0) {
        *(is_padding(sweep, from, to) ? &bytes->padding : &bytes->unknown) += to - from;
        return;
    }
    if (owners > 1)
        bytes->several += to - from;
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
        if (sweep->ends[i] > from)
            (owners > 1 ? bytes->shared : bytes->alone)[i] += to - from;
}

/* Counts the bytes before `to`, where the next span begins or the file ends. */
static void advance(struct sweep *sweep, uint64_t to)
{
    while (sweep->at < to) {
        uint64_t next = to;
        for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
            if (sweep->ends[i] > sweep->at && sweep->ends[i] < next)
                next = sweep->ends[i];
        count_run(sweep, sweep->at, next);
        sweep->at = next;
    }
}

static void count_all(struct compare_facts *facts, const struct spans *spans)
{
    struct sweep sweep = {
        .view = facts->view, .bytes = &facts->bytes, .has_sections = facts->sections.all > 0};
    find_segments(&sweep);
    for (size_t i = 0; i < spans->count; i++) {
        const struct span *span = &spans->items[i];
        advance(&sweep, span->from);
        if (span->to > sweep.ends[span->owner])
            sweep.ends[span->owner] = span->to;
    }
    advance(&sweep, facts->view->length);
}

bool compare_count_bytes(struct compare_facts *facts, struct elfgen_code *code)
{
    struct spans spans = {.view = facts->view};
    add_headers(&spans);
    add_segments(&spans);
    add_sections(&spans);
    add_areas(&spans);
    if (code) {
        add_instructions(&spans, code, &facts->instructions);
        add_referred(&spans, code);
    }
    sort(&spans);
    if (!spans.failed)
        count_all(facts, &spans);
    free(spans.items);
    return !spans.failed;
}

uint64_t compare_headers(const struct compare_bytes *bytes)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < COMPARE_HEADERS; i++)
        sum += bytes->alone[i];
    return sum;
}

/* Reads a symbol table and finds symbols by address, file offset or name. */
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "elfgen/search.h"

enum { NAME_LONGEST = 255 };

/* ---- places, sorted ------------------------------------------------------------------------ */

/* While spans are being sorted, `outer` holds the rank of the name. */
static int by_place(const void *a, const void *b)
{
    const struct symbol_span *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->outer != y->outer)
        return x->outer < y->outer ? -1 : 1;
    if (x->to != y->to)
        return x->to > y->to ? -1 : 1;
    return x->symbol > y->symbol ? -1 : x->symbol < y->symbol;
}

/* The rank of a name: if several start at one place, the highest names it. A type, a size and
 * visibility count. */
static uint32_t goodness(const struct symbol *symbol)
{
    uint32_t seen = symbol->binding == ELFGEN_STB_GLOBAL ? 2 : symbol->binding == ELFGEN_STB_WEAK;
    return (symbol->type != ELFGEN_STT_NOTYPE ? 8u : 0u) + (symbol->size != 0 ? 4u : 0u) + seen;
}

static void sort(struct symbol_spans *spans)
{
    size_t sorted = 1;
    while (sorted < spans->count && by_place(&spans->spans[sorted - 1], &spans->spans[sorted]) < 0)
        sorted++;
    if (sorted < spans->count)
        qsort(spans->spans, spans->count, sizeof *spans->spans, by_place);
}

/* Links each span to the nearest earlier one that continues after its start. A span that has ended
 * is passed only once. */
static void nest(struct symbol_spans *spans)
{
    for (size_t i = 0; i < spans->count; i++) {
        uint32_t outer = (uint32_t)i;
        while (outer != 0 && spans->spans[outer - 1].to <= spans->spans[i].from)
            outer = spans->spans[outer - 1].outer;
        spans->spans[i].outer = outer;
    }
}

static bool add_span(struct symbol_spans *spans, size_t room)
{
    spans->spans = calloc(room ? room : 1, sizeof *spans->spans);
    return spans->spans != NULL;
}

/* Divides places into about as many parts as there are spans. Returns false if memory ran out. */
static bool divide(struct symbol_spans *spans)
{
    enum { MOST = 1 << 17 };
    uint64_t first = spans->count > 0 ? spans->spans[0].from : 0;
    uint64_t reach = spans->count > 0 ? spans->spans[spans->count - 1].from - first : 0;
    while (reach >> spans->shift > spans->count || reach >> spans->shift >= MOST)
        spans->shift++;
    spans->part_count = (size_t)(reach >> spans->shift) + 1;
    spans->parts = malloc((spans->part_count + 1) * sizeof *spans->parts);
    if (!spans->parts)
        return false;
    size_t part = 0;
    for (size_t i = 0; i < spans->count; i++)
        while (part <= (spans->spans[i].from - first) >> spans->shift)
            spans->parts[part++] = (uint32_t)i;
    while (part <= spans->part_count)
        spans->parts[part++] = (uint32_t)spans->count;
    return true;
}

static bool is_not_after(const void *span, const void *place)
{
    return ((const struct symbol_span *)span)->from <= *(const uint64_t *)place;
}

/* The index of the first span that begins after `place`. */
static size_t first_after(const struct symbol_spans *spans, uint64_t place)
{
    if (spans->count == 0 || place < spans->spans[0].from)
        return 0;
    uint64_t part = (place - spans->spans[0].from) >> spans->shift;
    if (part >= spans->part_count)
        return spans->count;
    size_t first = spans->parts[part];
    return first + elfgen_search(spans->spans + first, spans->parts[part + 1] - first,
                                 sizeof *spans->spans, &place, is_not_after);
}

static const struct symbol_span *find(struct symbol_spans *spans, uint64_t from, uint64_t length)
{
    /* No program nests deeper. In a crafted file, the rest has no name. */
    enum { DEEPEST = 16 };
    if (from < spans->low || from >= spans->high) {
        spans->number = first_after(spans, from);
        spans->low = spans->number > 0 ? spans->spans[spans->number - 1].from : 0;
        spans->high = spans->number < spans->count ? spans->spans[spans->number].from : UINT64_MAX;
    }
    size_t number = spans->number;
    for (int depth = 0; number != 0 && depth < DEEPEST; depth++) {
        const struct symbol_span *span = &spans->spans[number - 1];
        bool is_place = span->from == span->to && span->from == from;
        if (is_place || (span->to > from && span->to - from >= length))
            return span;
        number = span->outer;
    }
    return NULL;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* Finds the name without reading its bytes: a large library has megabytes of names. */
static bool read_name(const struct elfgen_view *file, const struct elfgen_shdr *strings,
                      uint64_t index, struct symbol *symbol)
{
    if (index == 0 || index >= strings->sh_size || strings->sh_offset >= file->length ||
        index >= file->length - strings->sh_offset)
        return false;
    uint64_t room = strings->sh_size - index, there = file->length - strings->sh_offset - index;
    room = room < there ? room : there;
    symbol->name = (const char *)file->bytes + strings->sh_offset + index;
    symbol->room = room < NAME_LONGEST ? (uint32_t)room : NAME_LONGEST;
    return true;
}

static size_t name_length(const struct symbol *symbol)
{
    const char *end = memchr(symbol->name, '\0', symbol->room);
    return end ? (size_t)(end - symbol->name) : symbol->room;
}

/* Reads a symbol. Returns false if it cannot name anything. */
static bool read_symbol(const struct elfgen_view *file, const struct elfgen_shdr *strings,
                        const struct elfgen_sym *sym, struct symbol *symbol)
{
    uint64_t type = sym->st_info & 15;
    bool is_kind = type <= ELFGEN_STT_FUNC || type == ELFGEN_STT_GNU_IFUNC;
    if (!is_kind || sym->st_shndx == ELFGEN_SHN_UNDEF || sym->st_shndx >= ELFGEN_SHN_LORESERVE)
        return false;
    if (!read_name(file, strings, sym->st_name, symbol))
        return false;
    symbol->type = (uint8_t)type;
    symbol->binding = (uint8_t)(sym->st_info >> 4);
    symbol->address = sym->st_value;
    symbol->offset = UINT64_MAX;
    symbol->size = sym->st_size;
    return true;
}

/* Finds a symbol's first byte in an object. */
static bool place_in_object(const struct elfgen_view *view, uint64_t section, struct symbol *symbol)
{
    struct elfgen_shdr shdr;
    if (elfgen_view_section(view, section, &shdr, NULL) != ELFGEN_OK ||
        shdr.sh_type == ELFGEN_SHT_NOBITS || symbol->address >= shdr.sh_size ||
        shdr.sh_offset >= view->length || symbol->address >= view->length - shdr.sh_offset)
        return false;
    symbol->offset = shdr.sh_offset + symbol->address;
    if (symbol->size > shdr.sh_size - symbol->address)
        symbol->size = shdr.sh_size - symbol->address;
    return true;
}

static bool read_table(struct symbols *symbols, const struct elfgen_view *program,
                       const struct elfgen_view *file, const struct elfgen_shdr *table,
                       size_t *room, uint64_t *left)
{
    struct elfgen_shdr strings;
    struct elfgen_sym sym;
    const bool object = program->ehdr.e_type == ELFGEN_ET_REL;
    if (elfgen_view_section(file, table->sh_link, &strings, NULL) != ELFGEN_OK)
        return true;
    for (uint64_t i = 1; *left > 0 && elfgen_view_symbol(file, table, i, &sym, NULL) == ELFGEN_OK;
         i++, --*left) {
        if (!grow_array(&symbols->all, symbols->count + 1, room, sizeof *symbols->all))
            return false;
        struct symbol *symbol = &symbols->all[symbols->count];
        if (read_symbol(file, &strings, &sym, symbol) &&
            (!object || place_in_object(file, sym.st_shndx, symbol)))
            symbols->count++;
    }
    return true;
}

static bool read_tables(struct symbols *symbols, const struct elfgen_view *program,
                        const struct elfgen_view *file, uint64_t type)
{
    struct elfgen_shdr shdr;
    size_t room = 0;
    /* The file has no room for more symbols, unless its tables overlap. */
    uint64_t left = file->length / elfgen_structure_size(ELFGEN_STRUCTURE_sym, file->class_);
    if (left >= UINT32_MAX)
        left = UINT32_MAX - 1;
    for (uint64_t i = 0; file->ehdr.e_shoff != 0 && left > 0 &&
                         elfgen_view_section(file, i, &shdr, NULL) == ELFGEN_OK;
         i++)
        if (shdr.sh_type == type && !read_table(symbols, program, file, &shdr, &room, &left))
            return false;
    return true;
}

/* ---- places in the program ----------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
    const struct elfgen_mapping *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

/* Cuts a mapping to its segment: other bytes of its pages belong to others. */
static void cut(const struct elfgen_view *program, uint64_t index, struct elfgen_mapping *mapping)
{
    struct elfgen_phdr phdr = {0};
    elfgen_view_segment(program, index, &phdr, NULL);
    uint64_t size = phdr.p_memsz > phdr.p_filesz ? phdr.p_memsz : phdr.p_filesz;
    uint64_t start = phdr.p_vaddr < mapping->end ? phdr.p_vaddr : mapping->end;
    mapping->offset += start - mapping->start;
    mapping->start = start;
    if (mapping->end - start > size)
        mapping->end = start + size;
    if (mapping->file_end < start)
        mapping->file_end = start;
    if (mapping->file_end - start > phdr.p_filesz)
        mapping->file_end = start + phdr.p_filesz;
}

/* The mappings of the program, without overlaps, by address. NULL if memory ran out. */
static struct elfgen_mapping *mappings_of(const struct elfgen_view *program, size_t *count)
{
    uint64_t segments = elfgen_memory_segments(program);
    struct elfgen_mapping *mappings = malloc(((size_t)segments + 1) * sizeof *mappings);
    *count = 0;
    if (!mappings)
        return NULL;
    for (uint64_t i = 0; i < segments; i++) {
        struct elfgen_mapping *mapping = &mappings[*count];
        if (!elfgen_mapping_get(program, i, mapping) ||
            !elfgen_mapping_what_is_left(program, i, mapping))
            continue;
        cut(program, i, mapping);
        ++*count;
    }
    qsort(mappings, *count, sizeof *mappings, by_start);
    return mappings;
}

static struct symbol_span span_of(const struct symbols *symbols, size_t number, uint64_t from,
                                  uint64_t end)
{
    const struct symbol *symbol = &symbols->all[number];
    uint64_t size = symbol->size < end - from ? symbol->size : end - from;
    return (struct symbol_span){from, from + size, (uint32_t)number, goodness(symbol)};
}

/* Keeps the symbols that are mapped, by address and, if they are in the file, by offset. */
static void place_all(struct symbols *symbols, const struct elfgen_mapping *mappings, size_t count)
{
    struct symbol_spans *addresses = &symbols->by_address, *offsets = &symbols->by_offset;
    size_t kept = 0;
    for (size_t i = 0; i < symbols->count; i++)
        addresses->spans[i] = span_of(symbols, i, symbols->all[i].address, UINT64_MAX);
    addresses->count = symbols->count;
    sort(addresses);
    for (size_t i = 0, m = 0; i < addresses->count; i++) {
        const struct symbol_span *span = &addresses->spans[i];
        while (m < count && mappings[m].end <= span->from)
            m++;
        if (m == count || span->from < mappings[m].start)
            continue;
        struct symbol *symbol = &symbols->all[span->symbol];
        size_t number = span->symbol;
        uint64_t offset = mappings[m].offset + (symbol->address - mappings[m].start);
        if (symbol->address < mappings[m].file_end) {
            symbol->offset = offset;
            offsets->spans[offsets->count++] =
                span_of(symbols, number, offset,
                        mappings[m].offset + (mappings[m].file_end - mappings[m].start));
        }
        addresses->spans[kept++] = span_of(symbols, number, symbol->address, mappings[m].end);
    }
    addresses->count = kept;
}

static bool finish(struct symbol_spans *spans)
{
    nest(spans);
    return divide(spans);
}

static bool place_symbols(struct symbols *symbols, const struct elfgen_view *program)
{
    if (!add_span(&symbols->by_address, symbols->count) ||
        !add_span(&symbols->by_offset, symbols->count))
        return false;
    if (program->ehdr.e_type == ELFGEN_ET_REL) {
        for (size_t i = 0; i < symbols->count; i++)
            symbols->by_offset.spans[i] =
                span_of(symbols, i, symbols->all[i].offset, program->length);
        symbols->by_offset.count = symbols->count;
    } else {
        size_t count;
        struct elfgen_mapping *mappings = mappings_of(program, &count);
        if (!mappings)
            return false;
        place_all(symbols, mappings, count);
        free(mappings);
    }
    sort(&symbols->by_offset);
    return finish(&symbols->by_address) && finish(&symbols->by_offset);
}

bool symbols_read(struct symbols *symbols, const struct elfgen_view *program,
                  const struct elfgen_view *file, uint64_t type)
{
    *symbols = (struct symbols){.fixed = program->ehdr.e_type == ELFGEN_ET_EXEC};
    return read_tables(symbols, program, file, type) && place_symbols(symbols, program);
}

void symbols_free(struct symbols *symbols)
{
    free(symbols->all);
    free(symbols->by_address.spans);
    free(symbols->by_address.parts);
    free(symbols->by_offset.spans);
    free(symbols->by_offset.parts);
    *symbols = (struct symbols){.count = 0};
}

/* ---- searching ----------------------------------------------------------------------------- */

static const struct symbol *at_address(struct symbols *symbols, uint64_t from, uint64_t length)
{
    const struct symbol_span *span = symbols ? find(&symbols->by_address, from, length) : NULL;
    return span ? &symbols->all[span->symbol] : NULL;
}

const struct symbol *symbols_at_offset(struct symbols *symbols, uint64_t from, uint64_t length)
{
    const struct symbol_span *span = symbols ? find(&symbols->by_offset, from, length) : NULL;
    return span ? &symbols->all[span->symbol] : NULL;
}

const struct symbol *symbols_find(const struct symbols *symbols, const char *name)
{
    const struct symbol *found = NULL;
    size_t length = strlen(name);
    const struct symbol_spans *spans = symbols ? &symbols->by_address : NULL;
    if (spans && spans->count == 0)
        spans = &symbols->by_offset;
    for (size_t i = 0; spans && i < spans->count; i++) {
        const struct symbol *symbol = &symbols->all[spans->spans[i].symbol];
        if (length <= symbol->room && memcmp(symbol->name, name, length) == 0 &&
            name_length(symbol) == length && (!found || goodness(symbol) > goodness(found)))
            found = symbol;
    }
    return found;
}

void symbols_forget(struct symbols *symbols)
{
    if (symbols)
        symbols->named = NULL;
}

size_t symbols_from(const struct symbols *symbols, uint64_t offset)
{
    if (!symbols || offset == 0)
        return 0;
    return first_after(&symbols->by_offset, offset - 1);
}

/* ---- words --------------------------------------------------------------------------------- */

void symbols_put(struct elfgen_text *out, const struct symbol *symbol)
{
    size_t run = 0, length = name_length(symbol);
    if (length == 0)
        elfgen_text_char(out, '?');
    for (size_t i = 0; i < length; i++) {
        uint8_t c = (uint8_t)symbol->name[i];
        if (c > 0x20 && c < 0x7f)
            continue;
        elfgen_text_bytes(out, symbol->name + run, i - run);
        elfgen_text_char(out, '.');
        run = i + 1;
    }
    elfgen_text_bytes(out, symbol->name + run, length - run);
}

const char *symbols_type_name(const struct symbol *symbol)
{
    return symbol->type == ELFGEN_STT_OBJECT   ? "object"
           : symbol->type == ELFGEN_STT_NOTYPE ? "symbol"
                                               : "function";
}

bool symbols_put_name(void *context, uint64_t address, const char *before, const char *after,
                      struct elfgen_text *out)
{
    struct symbols *symbols = context;
    const struct symbol *symbol = at_address(symbols, address, 1);
    if (!symbol)
        return false;
    symbols->named = symbol;
    symbols->named_distance = address - symbol->address;
    elfgen_text_string(out, before);
    symbols_put(out, symbol);
    if (symbols->named_distance != 0) {
        elfgen_text_char(out, '+');
        elfgen_text_0x(out, symbols->named_distance);
    }
    elfgen_text_string(out, after);
    return true;
}

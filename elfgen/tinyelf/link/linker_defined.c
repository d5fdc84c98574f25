/* Symbols that the linker itself defines: the program's start and end, the global offset table, and
 * __start_NAME and __stop_NAME around all sections of a name. */
#include <stdlib.h>
#include <string.h>

#include "elfgen/search.h"
#include "link_private.h"

static bool is_wanted(const struct link_global *global)
{
    return global->live && (global->claim == LINK_CLAIM_NEEDED || global->claim == LINK_CLAIM_WEAK);
}

/* Only a name that is an identifier in C may follow __start_. */
static bool is_identifier(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return *name && *name != '.' && name[strspn(name, letters)] == '\0';
}

static int compare_named(const void *left, const void *right)
{
    const struct link_named *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return a->section < b->section ? -1 : a->section > b->section;
}

bool link_index_named(struct link *link)
{
    size_t capacity = 0;
    for (uint32_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (uint32_t j = 1; j < object->section_count; j++) {
            if (!(object->sections[j].flags & ELFGEN_SHF_ALLOC) ||
                !is_identifier(object->sections[j].name))
                continue;
            if (!link_grow(link, &link->named, link->named_count, &capacity, sizeof *link->named))
                return false;
            link->named[link->named_count++] = (struct link_named){object->sections[j].name, i, j};
        }
    }
    if (link->named_count > 0)
        qsort(link->named, link->named_count, sizeof *link->named, compare_named);
    return true;
}

static bool is_named_before(const void *section, const void *name)
{
    return strcmp(((const struct link_named *)section)->name, name) < 0;
}

const struct link_named *link_find_named(const struct link *link, const char *name, size_t *count)
{
    size_t low =
        elfgen_search(link->named, link->named_count, sizeof *link->named, name, is_named_before);
    for (*count = 0;
         low + *count < link->named_count && strcmp(link->named[low + *count].name, name) == 0;)
        ++*count;
    return link->named ? link->named + low : NULL;
}

/* The section of an index row; NULL if it is not live, or is placed piece by piece. */
static struct link_section *live_section(const struct link *link, const struct link_named *row)
{
    struct link_section *section = &link->objects[row->object]->sections[row->section];
    return section->live && !section->merges ? section : NULL;
}

/* Puts all live sections of a name, one after another, into one section of the program. Returns its
 * number; LINK_NONE where there are none (*found is false) or after reporting an error. */
static uint32_t concatenate_named(struct link *link, const char *name, bool *found)
{
    enum { MOST_ALIGN = 1 << 20 }; /* the padding between them is in the file */
    struct elfgen_section joined = {.name = name, .align = 1};
    size_t count;
    const struct link_named *rows = link_find_named(link, name, &count);
    bool zeros = true;
    *found = false;
    for (size_t i = 0; i < count; i++) {
        struct link_section *section = live_section(link, &rows[i]);
        if (!section)
            continue;
        const uint64_t align = section->align ? section->align : 1;
        if (section->place != LINK_NONE) {
            *found = true; /* already placed, for the other of the two names */
            return section->place;
        }
        section->delta = (joined.size + align - 1) & ~(align - 1);
        if (align > MOST_ALIGN) {
            const struct place place = link_section_place(link->objects[rows[i].object], section);
            report_error(&link->reporter, &place,
                         "alignment 0x%llx: sections between __start_ and __stop_ can have 0x%x at "
                         "most",
                         (unsigned long long)align, MOST_ALIGN);
            return LINK_NONE;
        }
        if (section->delta < joined.size || section->size > UINT64_MAX - section->delta) {
            const struct place place = place_section(NULL, name, PLACE_NO_OFFSET);
            report_error(&link->reporter, &place, "all sections of this name pass 2^64 bytes");
            return LINK_NONE;
        }
        joined.size = section->delta + section->size;
        joined.align = align > joined.align ? align : joined.align;
        joined.permissions |= link_permissions(section);
        joined.file = link->objects[rows[i].object]->name;
        zeros &= !section->bytes;
        *found = true;
    }
    uint8_t *bytes = zeros ? NULL : link_keep(link, (size_t)joined.size);
    if (!*found || (!zeros && !bytes))
        return LINK_NONE;
    joined.bytes = bytes;
    const uint32_t place = link_add_section(link, &joined);
    for (size_t i = 0; i < count; i++) {
        struct link_section *section = live_section(link, &rows[i]);
        if (!section)
            continue;
        section->place = place;
        if (section->bytes && bytes)
            memcpy(bytes + section->delta, section->bytes, (size_t)section->size);
    }
    return place;
}

static bool define_start_or_stop(struct link *link, struct link_global *global)
{
    static const char start[] = "__start_", stop[] = "__stop_";
    const bool is_start = strncmp(global->name, start, sizeof start - 1) == 0;
    if (!is_start && strncmp(global->name, stop, sizeof stop - 1) != 0)
        return true;
    const char *name = global->name + (is_start ? sizeof start : sizeof stop) - 1;
    bool found;
    if (!is_identifier(name))
        return true;
    uint32_t place = concatenate_named(link, name, &found);
    if (place == LINK_NONE)
        return !found; /* without such a section the symbol stays undefined */
    global->claim = LINK_CLAIM_LINKER;
    global->section = place;
    global->value = is_start ? 0 : link->sections[place].size;
    return true;
}

/* Marks where the program's bytes, or its zeros, end: with an empty section that every layout
 * places there. */
static bool define_end(struct link *link, struct link_global *global, bool zeros)
{
    const struct elfgen_section end = {.name = global->name,
                                       .bytes = zeros ? NULL : (const uint8_t *)"",
                                       .permissions = ELFGEN_PF_R | ELFGEN_PF_W};
    global->claim = LINK_CLAIM_LINKER;
    global->section = link_add_section(link, &end);
    return global->section != LINK_NONE;
}

bool link_define(struct link *link)
{
    static const struct {
        const char *name;
        enum { BASE, GOT, END_OF_BYTES, END } what;
    } known[] = {{"_GLOBAL_OFFSET_TABLE_", GOT},
                 {"__executable_start", BASE},
                 {"__ehdr_start", BASE},
                 {"_edata", END_OF_BYTES},
                 {"edata", END_OF_BYTES},
                 {"__bss_start", END_OF_BYTES},
                 {"_end", END},
                 {"end", END}};
    for (size_t i = 0; i < link->global_count; i++) {
        struct link_global *global = &link->globals[i];
        if (!is_wanted(global))
            continue;
        if (!define_start_or_stop(link, global))
            return false;
        for (size_t j = 0; j < sizeof known / sizeof known[0]; j++) {
            if (strcmp(global->name, known[j].name) != 0)
                continue;
            global->claim = LINK_CLAIM_LINKER;
            global->value = known[j].what == BASE ? link->options.base : 0;
            if (known[j].what == GOT)
                global->section = link->got;
            else if (known[j].what != BASE && !define_end(link, global, known[j].what == END))
                return false;
        }
    }
    return true;
}

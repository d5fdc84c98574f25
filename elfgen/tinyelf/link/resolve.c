/* Resolves symbols: finds the one definition of each name, and adds members of archives as they are
 * needed. */
#include <stdlib.h>
#include <string.h>

#include "link_private.h"

static struct link_global *global_hashed(struct link *link, const char *name, size_t length,
                                         uint64_t hash, uint32_t *index)
{
    bool added;
    if (!link_grow(link, &link->globals, link->global_count, &link->global_capacity,
                   sizeof *link->globals))
        return NULL;
    *index = (uint32_t)link->global_count;
    if (!link_table_put_hashed(&link->names, name, length, hash, index, &added)) {
        report_no_memory(&link->reporter);
        return NULL;
    }
    struct link_global *global = &link->globals[*index];
    if (added) {
        *global = (struct link_global){.name = name,
                                       .object = LINK_NONE,
                                       .symbol = LINK_NONE,
                                       .archive = LINK_NONE,
                                       .section = LINK_NONE};
        link->global_count++;
    }
    return global;
}

static struct link_global *global_of(struct link *link, const char *name, uint32_t *index)
{
    const size_t length = strlen(name);
    return global_hashed(link, name, length, link_table_hash(name, length), index);
}

/* Adds the archive's member that defines a symbol, unless it was added before. */
static bool take_member(struct link *link, struct link_global *global)
{
    struct link_archive *archive = link->archives[global->archive];
    bool failed = false;
    struct link_object *object = archive->load(archive->owner, global->offer, &failed);
    return !failed && (!object || link_add_object(link, object));
}

/* The claim that an object's symbol makes on its name. */
static enum link_claim claim_of(const struct link_object *object, const struct link_symbol *symbol)
{
    bool weak = symbol->binding == ELFGEN_STB_WEAK;
    if (symbol->section == LINK_COMMON)
        return LINK_CLAIM_COMMON;
    /* The group that was kept defines the symbols of a discarded one, too. */
    if (symbol->section == LINK_UNDEFINED ||
        (symbol->section < object->section_count && object->sections[symbol->section].discarded))
        return weak ? LINK_CLAIM_WEAK : LINK_CLAIM_NEEDED;
    return weak ? LINK_CLAIM_DEFINED_WEAK : LINK_CLAIM_DEFINED;
}

/* Reports a second definition at its own place. */
static void report_duplicate(struct link *link, const struct link_global *global, uint32_t object,
                             const struct link_symbol *symbol)
{
    const struct link_object *here = link->objects[object], *there = link->objects[global->object];
    const char *section =
        symbol->section < here->section_count ? here->sections[symbol->section].name : "absolute";
    link->duplicates++;
    const struct place place = place_section(here->name, section, symbol->value);
    report_error(&link->reporter, &place, "duplicate symbol '%s': %s defines it, too", global->name,
                 there->name);
}

/* A symbol's name. */
struct name {
    size_t length;
    uint64_t hash;
};

static bool claim(struct link *link, uint32_t object, uint32_t index, const struct name *name)
{
    struct link_object *from = link->objects[object];
    struct link_symbol *symbol = &from->symbols[index];
    struct link_global *global =
        global_hashed(link, symbol->name, name->length, name->hash, &symbol->global);
    if (!global)
        return false;
    enum link_claim claims = claim_of(from, symbol);
    if (claims == LINK_CLAIM_COMMON) {
        global->size = symbol->size > global->size ? symbol->size : global->size;
        global->align = symbol->value > global->align ? symbol->value : global->align;
    }
    if (claims == LINK_CLAIM_DEFINED && global->claim == LINK_CLAIM_DEFINED) {
        report_duplicate(link, global, object, symbol);
        return true;
    }
    if (claims <= global->claim)
        return true;
    global->claim = claims;
    if (claims >= LINK_CLAIM_DEFINED_WEAK) {
        global->object = object;
        global->symbol = index;
    }
    if (claims == LINK_CLAIM_NEEDED && global->archive != LINK_NONE)
        return take_member(link, global);
    return true;
}

/* Sets *ours to whether this object is the first with a COMDAT group, and so the one that provides
 * it. Of .gnu.linkonce sections, an older form, the name is the signature. */
static bool choose_group(struct link *link, const char *signature, bool *ours)
{
    uint32_t value = 0;
    if (link_table_put(&link->signatures, signature, strlen(signature), &value, ours))
        return true;
    return report_no_memory(&link->reporter);
}

static bool choose_groups(struct link *link, struct link_object *object)
{
    bool ours;
    for (size_t i = 0; i < object->group_count; i++) {
        const struct link_group *group = &object->groups[i];
        if (!choose_group(link, group->signature, &ours))
            return false;
        for (size_t j = 0; !ours && j < group->member_count; j++)
            object->sections[group->members[j]].discarded = true;
    }
    static const char once[] = ".gnu.linkonce.";
    for (size_t i = 1; i < object->section_count; i++) {
        if (strncmp(object->sections[i].name, once, sizeof once - 1) != 0)
            continue;
        if (!choose_group(link, object->sections[i].name, &ours))
            return false;
        object->sections[i].discarded |= !ours;
    }
    return true;
}

/* Claims the names of an object's symbols. Lookups are prepared some symbols ahead. */
static bool claim_all(struct link *link, uint32_t index)
{
    enum { AHEAD = 16, NEAR = 8 };
    struct link_object *object = link->objects[index];
    struct name names[AHEAD];
    object->local_count = object->symbol_count > 0;
    for (size_t i = 1; i < object->symbol_count + AHEAD; i++) {
        if (i >= AHEAD + 1 && object->symbols[i - AHEAD].binding != ELFGEN_STB_LOCAL &&
            !claim(link, index, (uint32_t)(i - AHEAD), &names[(i - AHEAD) % AHEAD]))
            return false;
        if (i > NEAR && i - NEAR < object->symbol_count &&
            object->symbols[i - NEAR].binding != ELFGEN_STB_LOCAL)
            link_table_expect(&link->names, names[(i - NEAR) % AHEAD].hash, LINK_EXPECT_KEY);
        if (i >= object->symbol_count)
            continue;
        if (object->symbols[i].binding == ELFGEN_STB_LOCAL) {
            object->local_count = i + 1;
            continue;
        }
        struct name *name = &names[i % AHEAD];
        name->length = strlen(object->symbols[i].name);
        name->hash = link_table_hash(object->symbols[i].name, name->length);
        link_table_expect(&link->names, name->hash, LINK_EXPECT_ROW);
    }
    return true;
}

/* Reads the symbols of new objects, including members of archives that these need. */
static bool read_new(struct link *link)
{
    for (; link->unread < link->object_count; link->unread++) {
        uint32_t index = (uint32_t)link->unread;
        if (!choose_groups(link, link->objects[index]) || !claim_all(link, index))
            return false;
    }
    return true;
}

/* Notes what archives from `first` on define, and adds the members that are needed already. */
static bool offer_all(struct link *link, size_t first)
{
    for (size_t i = first; i < link->archive_count; i++) {
        const struct link_archive *archive = link->archives[i];
        for (size_t j = 0; j < archive->offer_count; j++) {
            uint32_t index;
            struct link_global *global = global_of(link, archive->offers[j].symbol, &index);
            if (!global)
                return false;
            if (global->archive != LINK_NONE)
                continue;
            global->archive = (uint32_t)i;
            global->offer = (uint32_t)j;
            if (global->claim == LINK_CLAIM_NEEDED && !take_member(link, global))
                return false;
        }
    }
    return read_new(link);
}

static bool take_entry(struct link *link)
{
    uint32_t index, object, symbol;
    if (!link->options.entry || link_find_entry(link, &object, &symbol))
        return true;
    struct link_global *global = global_of(link, link->options.entry, &index);
    if (!global)
        return false;
    bool known = global->claim > LINK_CLAIM_NEEDED;
    return known || global->archive == LINK_NONE || (take_member(link, global) && read_new(link));
}

/* As ld does, prefers an archive's member that initializes a variable to its COMMON symbol. */
static bool take_values(struct link *link)
{
    for (size_t i = 0; i < link->global_count; i++) {
        struct link_global *global = &link->globals[i];
        if (global->claim != LINK_CLAIM_COMMON || global->archive == LINK_NONE)
            continue;
        const struct link_archive *archive = link->archives[global->archive];
        if (archive->defines(archive->owner, global->offer) &&
            (!take_member(link, global) || !read_new(link)))
            return false;
    }
    return true;
}

static bool has_undefined(const struct link *link)
{
    for (size_t i = 0; i < link->global_count; i++)
        if (link->globals[i].claim == LINK_CLAIM_NEEDED)
            return true;
    return false;
}

bool link_resolve(struct link *link)
{
    if (!read_new(link) || !offer_all(link, 0) || !take_entry(link) || !take_values(link))
        return false;
    size_t archives = link->archive_count;
    if (has_undefined(link) && link->options.more &&
        (!link->options.more(link->options.context, link) || !read_new(link) ||
         !offer_all(link, archives)))
        return false;
    return true;
}

bool link_find_entry(const struct link *link, uint32_t *object, uint32_t *symbol)
{
    uint32_t index;
    if (link_table_get(&link->names, link->options.entry, strlen(link->options.entry), &index)) {
        const struct link_global *global = &link->globals[index];
        *object = global->object;
        *symbol = global->symbol;
        if (global->claim == LINK_CLAIM_DEFINED || global->claim == LINK_CLAIM_DEFINED_WEAK)
            return true;
    }
    for (uint32_t i = 0; i < link->object_count; i++) {
        const struct link_object *from = link->objects[i];
        for (uint32_t j = 1; j < from->symbol_count; j++) {
            if (from->symbols[j].binding != ELFGEN_STB_LOCAL ||
                from->symbols[j].section == LINK_UNDEFINED ||
                strcmp(from->symbols[j].name, link->options.entry) != 0)
                continue;
            *object = i;
            *symbol = j;
            return true;
        }
    }
    return false;
}

bool link_needs_compiler_symbol(const struct link *link)
{
    bool needed = false;
    for (size_t i = 0; i < link->global_count; i++)
        needed |= link->globals[i].claim == LINK_CLAIM_NEEDED &&
                  strncmp(link->globals[i].name, "__", 2) == 0 &&
                  strncmp(link->globals[i].name, "__start_", 8) != 0 &&
                  strncmp(link->globals[i].name, "__stop_", 7) != 0;
    return needed;
}

static bool is_code_label(const struct link_object *object, const struct link_symbol *symbol)
{
    return *symbol->name && *symbol->name != '.' && symbol->type != ELFGEN_STT_SECTION &&
           symbol->section < object->section_count &&
           object->sections[symbol->section].flags & ELFGEN_SHF_EXECINSTR &&
           strlen(symbol->name) <= 40;
}

bool link_has_label(const struct link *link, const char *name)
{
    for (size_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (size_t j = 0; j < object->symbol_count; j++)
            if (is_code_label(object, &object->symbols[j]) &&
                strcmp(object->symbols[j].name, name) == 0)
                return true;
    }
    return false;
}

size_t link_find_labels(const struct link *link, const char **names, size_t most)
{
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < link->object_count; i++) {
            const struct link_object *object = link->objects[i];
            for (size_t j = 0; j < object->symbol_count && count < most; j++) {
                const struct link_symbol *symbol = &object->symbols[j];
                bool global = symbol->global != LINK_NONE;
                if (is_code_label(object, symbol) && global == (pass == 0))
                    names[count++] = symbol->name;
            }
        }
    }
    return count;
}

static bool is_missing(const struct link *link, const uint32_t *places, const char *name)
{
    uint32_t index;
    return link_table_get(&link->names, name, strlen(name), &index) && places[index] > 0;
}

/* Explains undefined symbols that a C library would define: without it, what a header of asm/ has
 * needs none, and everything else needs one. */
static void hint_at_libc(const struct link *link, const uint32_t *places)
{
    static const struct {
        const char *name, *header; /* the header is NULL if none of ours has it */
    } names[] = {
#define LIBC(name)         {#name, NULL},
#define TINY(name, header) {#name, header},
#include "libc_names.def"
#undef LIBC
#undef TINY
    };
    const size_t count = sizeof names / sizeof names[0];
    size_t in_header = count, in_libc = count;
    for (size_t i = count; i-- > 0;)
        if (is_missing(link, places, names[i].name))
            *(names[i].header ? &in_header : &in_libc) = i;
    if (in_libc < count)
        report_send(&link->reporter, REPORT_NOTE, NULL,
                    "no C library is linked unless you give one, such as musl's crt1.o and "
                    "libc.a; it would define %s",
                    names[in_libc].name);
    else if (in_header < count)
        report_send(&link->reporter, REPORT_NOTE, NULL,
                    "no C library is linked unless you give one; in C, <%s> defines %s as well",
                    names[in_header].header, names[in_header].name);
}

/* Explains an undefined symbol that the user's source does not mention, since compilers add the
 * call. */
static void hint(const struct link *link, const uint32_t *places)
{
    static const char *const called[] = {"memcpy", "memmove", "memset", "memcmp"};
    hint_at_libc(link, places);
    for (size_t i = 0; i < sizeof called / sizeof called[0]; i++) {
        if (!is_missing(link, places, called[i]))
            continue;
        report_send(&link->reporter, REPORT_NOTE, NULL,
                    "compilers call %s by themselves, for a struct that is copied, say; "
                    "#include <tiny_memory.h> in one C file has it",
                    called[i]);
        return;
    }
}

/* Reports the places that refer to an undefined symbol, up to MOST_PLACES each; the others are
 * counted. */
bool link_all_defined(struct link *link)
{
    enum { MOST_PLACES = 3 };
    if (!has_undefined(link))
        return true;
    uint32_t *places = calloc(link->global_count + 1, sizeof *places);
    bool defined = true;
    if (!places)
        return report_no_memory(&link->reporter);
    for (size_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (size_t j = 0; j < object->relocation_count; j++) {
            const struct elfgen_relocation *relocation = &object->relocations[j];
            const struct link_section *section = &object->sections[relocation->section];
            uint32_t name = object->symbols[relocation->symbol].global;
            if (!section->live || name == LINK_NONE ||
                link->globals[name].claim != LINK_CLAIM_NEEDED)
                continue;
            defined = false;
            const struct place place = link_relocation_place(object, relocation);
            if (++places[name] <= MOST_PLACES)
                report_error(&link->reporter, &place, "undefined symbol '%s'",
                             link->globals[name].name);
        }
    }
    for (size_t i = 0; i < link->global_count; i++)
        if (places[i] > MOST_PLACES)
            report_error(&link->reporter, NULL, "%u more places need '%s'", places[i] - MOST_PLACES,
                         link->globals[i].name);
    if (!defined)
        hint(link, places);
    free(places);
    return defined;
}

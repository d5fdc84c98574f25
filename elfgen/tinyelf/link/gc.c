/* Garbage collection: marks the sections that the entry needs, directly or not; the others are left
 * out. */
#include <stdlib.h>
#include <string.h>

#include "link_private.h"
#include "elfgen/arch.h"

/* Marked sections whose relocations have not been followed yet. */
struct work {
    struct link *link;
    struct {
        uint32_t object, section;
    } * rows;
    size_t count, capacity;
    /* By global symbol: whether another relocation that refers to it marks nothing more. Most refer
     * to symbols that others have referred to; what these are and where is far apart in memory. */
    bool *settled;
};

/* Finds the object's section that a relocation of `object` points to, and the offset in it, which
 * includes the addend if the symbol is a section's. Returns false if it points to no section. */
static bool target_of(const struct link *link, const struct link_object *object,
                      const struct elfgen_relocation *relocation, uint32_t *target_object,
                      uint32_t *section, uint64_t *offset)
{
    const struct link_symbol *symbol = &object->symbols[relocation->symbol];
    *target_object = LINK_NONE;
    if (symbol->global != LINK_NONE) {
        const struct link_global *global = &link->globals[symbol->global];
        if (global->object == LINK_NONE)
            return false;
        *target_object = global->object;
        object = link->objects[global->object];
        symbol = &object->symbols[global->symbol];
    }
    *section = symbol->section;
    *offset = symbol->value;
    if (symbol->type == ELFGEN_STT_SECTION)
        *offset += (uint64_t)relocation->addend;
    return symbol->section < object->section_count;
}

/* False for what a loaded program does not use: notes to linkers, and sections that linkers must
 * leave out. */
static bool is_loaded(const struct link_section *section)
{
    return section->flags & ELFGEN_SHF_ALLOC && !(section->flags >> ELFGEN_SHF_EXCLUDE_BIT & 1) &&
           !section->discarded && strcmp(section->name, ".note.gnu.property") != 0;
}

/* Refuses a section that needs more than a linker: thread-local storage, or a type that is not
 * known here. */
static bool supported(const struct link *link, const struct link_object *object,
                      const struct link_section *section)
{
    const struct place place = link_section_place(object, section);
    if (section->flags & ELFGEN_SHF_TLS)
        return report_error(&link->reporter, &place, "thread-local storage is not supported");
    const uint32_t unwind = elfgen_arch_find(link->options.machine)->unwind_section;
    if (section->type != ELFGEN_SHT_PROGBITS && section->type != ELFGEN_SHT_NOTE &&
        section->type != ELFGEN_SHT_NOBITS && (unwind == 0 || section->type != unwind))
        return report_error(&link->reporter, &place, "sections of type 0x%x are not supported",
                            section->type);
    return true;
}

/* The same for a symbol that a relocation refers to. */
static bool supported_symbol(const struct link *link, const struct link_object *object,
                             const struct elfgen_relocation *relocation)
{
    const struct link_symbol *symbol = &object->symbols[relocation->symbol], *defined = symbol;
    if (symbol->global != LINK_NONE && link->globals[symbol->global].object != LINK_NONE) {
        const struct link_global *global = &link->globals[symbol->global];
        defined = &link->objects[global->object]->symbols[global->symbol];
    }
    /* If the symbol is in a section, supported() judges that section. */
    const bool undefined = defined->section == LINK_UNDEFINED;
    const char *what = defined->type == ELFGEN_STT_GNU_IFUNC
                           ? "indirect functions (STT_GNU_IFUNC) are"
                       : defined->type == ELFGEN_STT_TLS && undefined ? "thread-local storage is"
                                                                      : NULL;
    const struct place place = link_relocation_place(object, relocation);
    return !what || report_error(&link->reporter, &place, "symbol '%s': %s not supported",
                                 symbol->name, what);
}

static bool mark_section(struct work *work, uint32_t object, uint32_t index,
                         struct link_reason reason)
{
    struct link_section *section = &work->link->objects[object]->sections[index];
    if (section->live || !is_loaded(section))
        return true;
    section->live = true;
    section->reason = reason;
    if (!supported(work->link, work->link->objects[object], section))
        return false;
    if (!link_find_pieces(work->link, section))
        return false;
    if (section->relocation_count == 0)
        return true;
    if (!link_grow(work->link, &work->rows, work->count, &work->capacity, sizeof *work->rows))
        return false;
    work->rows[work->count].object = object;
    work->rows[work->count++].section = index;
    return true;
}

/* Whether a relocation points into the piece that its symbol is in. The addend of a relative one is
 * smaller by the bytes between the field and the end of the instruction, four as a rule. */
static bool stays(const struct link *link, const struct link_symbol *symbol,
                  const struct link_piece *piece, const struct elfgen_relocation *relocation)
{
    const bool relative = elfgen_relocation_is_relative(link->options.machine, relocation->type);
    const uint64_t rest = relative ? 4 : 0;
    const uint64_t place = symbol->value + (uint64_t)relocation->addend + rest;
    if (symbol->type == ELFGEN_STT_SECTION)
        return !relative; /* the addend does not tell exactly which piece is meant */
    if (symbol->value >= piece->offset + piece->size)
        return true; /* the end of the section */
    return symbol->size <= piece->size &&
           (place < piece->offset || place < piece->offset + piece->size);
}

/* Marks a section, and the piece at an offset in it, if it has pieces: *found, or NULL. */
static bool mark_place(struct work *work, uint32_t object, uint32_t index, uint64_t offset,
                       struct link_reason reason, const struct link_piece **found)
{
    struct link_section *section = &work->link->objects[object]->sections[index];
    *found = NULL;
    if (!section->live && !mark_section(work, object, index, reason))
        return false;
    struct link_piece *piece = link_piece_at(section, offset);
    if (piece)
        piece->live = true;
    *found = piece;
    return true;
}

/* Marks all sections of a name, for __start_NAME and __stop_NAME. */
static bool mark_named(struct work *work, const char *name, struct link_reason reason)
{
    size_t count;
    const struct link_named *rows = link_find_named(work->link, name, &count);
    for (size_t i = 0; i < count; i++)
        if (!mark_section(work, rows[i].object, rows[i].section, reason))
            return false;
    return true;
}

static bool mark_global(struct work *work, struct link_global *global, struct link_reason reason)
{
    static const char *const bounds[] = {"__start_", "__stop_"};
    if (global->live)
        return true;
    global->live = true;
    global->reason = reason;
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        size_t length = strlen(bounds[i]);
        if (global->object == LINK_NONE && strncmp(global->name, bounds[i], length) == 0 &&
            !mark_named(work, global->name + length, reason))
            return false;
    }
    return true;
}

/* Reports a relocation of a live section whose target is left out: another object's group replaced
 * it, or it is not loaded. Unwind tables may have such relocations, since nobody reads them here.
 */
static void report_absent(struct work *work, const struct link_object *object,
                          const struct elfgen_relocation *relocation, const struct link_object *to,
                          const struct link_section *target)
{
    const struct link_section *section = &object->sections[relocation->section];
    if (strncmp(section->name, ".eh_frame", 9) == 0 ||
        strncmp(section->name, ".gcc_except_table", 17) == 0)
        return;
    work->link->absent++;
    const struct place place = link_relocation_place(object, relocation);
    report_error(&work->link->reporter, &place, "it needs section %s of %s, which is %s",
                 target->name, to->name,
                 target->discarded ? "left out, since another object has the same group"
                                   : "not loaded (no SHF_ALLOC)");
}

/* Marks what a relocation needs. */
static bool mark_relocation(struct work *work, uint32_t object, struct link_reason reason)
{
    struct link *link = work->link;
    const struct link_object *from = link->objects[object];
    const struct elfgen_relocation *relocation = &from->relocations[reason.relocation];
    const uint32_t global = from->symbols[relocation->symbol].global;
    uint32_t target, place;
    const struct link_piece *piece;
    uint64_t offset;
    if (!supported_symbol(link, from, relocation))
        return false;
    if (global != LINK_NONE && !mark_global(work, &link->globals[global], reason))
        return false;
    if (!target_of(link, from, relocation, &target, &place, &offset)) {
        if (global != LINK_NONE)
            work->settled[global] = true;
        return true;
    }
    const struct link_symbol *definition = &from->symbols[relocation->symbol];
    if (target != LINK_NONE)
        definition = &link->objects[target]->symbols[link->globals[global].symbol];
    target = target == LINK_NONE ? object : target;
    if (!mark_place(work, target, place, offset, reason, &piece))
        return false;
    const struct link_object *to = link->objects[target];
    struct link_section *reached = &to->sections[place];
    if (piece && !stays(link, definition, piece, relocation))
        reached->whole = true;
    if (!reached->live)
        report_absent(work, from, relocation, to, reached);
    else if (global != LINK_NONE && !piece)
        work->settled[global] = true;
    return true;
}

/* Symbols are brought nearer to the processor some relocations ahead. */
static bool mark_relocations(struct work *work, uint32_t object, uint32_t index)
{
    enum { AHEAD = 8 };
    const struct link_object *from = work->link->objects[object];
    const struct link_section *section = &from->sections[index];
    for (uint32_t i = 0; i < section->relocation_count; i++) {
        const struct link_reason reason = {object, section->first_relocation + i};
        const uint32_t symbol = from->relocations[reason.relocation].symbol;
        if (i + AHEAD < section->relocation_count)
            __builtin_prefetch(&from->symbols[from->relocations[reason.relocation + AHEAD].symbol]);
        const uint32_t global = from->symbols[symbol].global;
        if ((global == LINK_NONE || !work->settled[global]) &&
            !mark_relocation(work, object, reason))
            return false;
    }
    return true;
}

/* Marks every section if `keep_all`, else those that ask to be kept. */
static bool mark_all(struct work *work, bool keep_all)
{
    const struct link_reason nothing = {LINK_NONE, 0};
    for (uint32_t i = 0; i < work->link->object_count; i++) {
        const struct link_object *object = work->link->objects[i];
        for (uint32_t j = 1; j < object->section_count; j++) {
            struct link_section *section = &object->sections[j];
            bool retained = section->flags & ELFGEN_SHF_GNU_RETAIN || object->keeps_all;
            if (!keep_all && !retained)
                continue;
            if (!mark_section(work, i, j, nothing))
                return false;
            for (size_t k = 0; k < section->piece_count; k++)
                section->pieces[k].live = true;
        }
    }
    for (size_t i = 0; keep_all && i < work->link->global_count; i++)
        if (work->link->globals[i].claim == LINK_CLAIM_COMMON)
            work->link->globals[i].live = true;
    return true;
}

static bool mark_entry(struct work *work)
{
    const struct link_reason nothing = {LINK_NONE, 0};
    const struct link *link = work->link;
    uint32_t object, symbol;
    if (!link->options.entry || !link_find_entry(link, &object, &symbol))
        return true;
    const struct link_object *from = link->objects[object];
    const struct link_symbol *entry = &from->symbols[symbol];
    const struct link_piece *piece;
    if (entry->global != LINK_NONE)
        link->globals[entry->global].live = true;
    return entry->section >= from->section_count ||
           mark_place(work, object, entry->section, entry->value, nothing, &piece);
}

/* Keeps a section whole if something reads more than one of its pieces. */
static void keep_whole(const struct link *link)
{
    for (size_t i = 0; i < link->object_count; i++) {
        for (size_t j = 1; j < link->objects[i]->section_count; j++) {
            struct link_section *section = &link->objects[i]->sections[j];
            if (!section->whole || !section->merges)
                continue;
            section->merges = false;
            section->piece_count = 0;
        }
    }
}

bool link_mark(struct link *link)
{
    struct work work = {.link = link,
                        .settled = calloc(link->global_count + 1, sizeof *work.settled)};
    if (!work.settled)
        return report_no_memory(&link->reporter);
    bool done = link_index_named(link) && mark_entry(&work) &&
                mark_all(&work, link->options.keep_all || !link->options.entry);
    while (done && work.count > 0) {
        work.count--;
        done = mark_relocations(&work, work.rows[work.count].object, work.rows[work.count].section);
    }
    free(work.rows);
    free(work.settled);
    if (done)
        keep_whole(link);
    return done;
}

/* Layout "single": which file offset and address each section gets. */
#include "elfgen/image.h"

#include "../format/codec.h"
#include "target.h"

/* The order of sections in the file. Zeros come last: they are not in the file. */
enum rank { RANK_EXECUTABLE, RANK_READ_ONLY, RANK_WRITABLE, RANK_ZERO_FILL, RANK_COUNT };

static enum rank rank_of(const struct elfgen_section *section)
{
    if (!section->bytes)
        return RANK_ZERO_FILL;
    if (section->permissions & ELFGEN_PF_X)
        return RANK_EXECUTABLE;
    return section->permissions & ELFGEN_PF_W ? RANK_WRITABLE : RANK_READ_ONLY;
}

static enum elfgen_status too_large(const struct elfgen_section *section, uint64_t offset,
                                    struct elfgen_error *error)
{
    return elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                            "section %s (%u bytes, after %u bytes of file) passes the end of user "
                            "space",
                            section->name, section->size, offset);
}

/* Places one section at *end, an offset from the base in file and memory alike, and moves *end. */
static enum elfgen_status place(struct elfgen_section *section, uint64_t base, uint64_t *end,
                                struct elfgen_error *error)
{
    uint64_t align = section->align ? section->align : 1;
    if (align & (align - 1))
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "section %s: alignment %u is not a power of two", section->name,
                                align);
    /* It is the address that must be aligned; an alignment above the base's makes the two differ.
     */
    uint64_t address;
    if (!elfgen_add(base, *end, &address) || !elfgen_round_up(address, align, &address))
        return too_large(section, *end, error);
    section->address = address;
    section->offset = address - base;
    if (!elfgen_add(section->offset, section->size, end))
        return too_large(section, section->offset, error);
    return ELFGEN_OK;
}

static enum elfgen_status find_entry(const struct elfgen_program *program, uint64_t *entry,
                                     struct elfgen_error *error)
{
    const struct elfgen_symbol *found = NULL;
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *symbol = &program->symbols[i];
        if (symbol->section == ELFGEN_SECTION_UNDEFINED ||
            strcmp(symbol->name, program->entry_symbol) != 0)
            continue;
        if (!found || (found->binding == ELFGEN_LOCAL && symbol->binding != ELFGEN_LOCAL))
            found = symbol;
    }
    if (found)
        return elfgen_symbol_address(program, found, entry, error);
    return elfgen_error_set(error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                            "the entry symbol '%s' is not defined", program->entry_symbol);
}

enum elfgen_status elfgen_layout_single(const struct elfgen_program *program,
                                        const struct elfgen_exec_options *options,
                                        struct elfgen_layout *layout, struct elfgen_error *error)
{
    static const struct elfgen_exec_options defaults = ELFGEN_EXEC_DEFAULTS;
    layout->exec = options ? *options : defaults;
    const struct elfgen_target *target = elfgen_target_find(layout->exec.machine, error);
    if (!target)
        return ELFGEN_UNSUPPORTED;

    uint32_t permissions = ELFGEN_PF_R;
    uint64_t first = ELFGEN_ENTRY_FIRST; /* address of the first section that has a byte */
    uint64_t end = elfgen_exec_headers(layout->exec.machine);
    layout->file_size = end;
    for (int rank = 0; rank < RANK_COUNT; rank++) {
        for (size_t i = 0; i < program->section_count; i++) {
            struct elfgen_section *section = &program->sections[i];
            if ((int)rank_of(section) != rank)
                continue;
            uint64_t before = end;
            enum elfgen_status status = place(section, layout->exec.base, &end, error);
            if (status != ELFGEN_OK)
                return status;
            if (section->size == 0) {
                /* Padding in front of nothing would be bytes for nothing. */
                end = before;
                continue;
            }
            permissions |= section->permissions;
            if (first == ELFGEN_ENTRY_FIRST)
                first = section->address;
            if (rank != RANK_ZERO_FILL)
                layout->file_size = end;
        }
    }
    layout->memory_size = end > layout->file_size ? end : layout->file_size;
    if (layout->exec.base > target->user_end ||
        layout->memory_size > target->user_end - layout->exec.base)
        return elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                                "base %x and %u bytes in memory pass the end of user space, %x",
                                layout->exec.base, layout->memory_size, target->user_end);
    layout->exec.permissions = permissions;
    layout->exec.zero_fill = layout->memory_size - layout->file_size;
    if (program->entry_symbol)
        return find_entry(program, &layout->exec.entry, error);
    if (layout->exec.entry == ELFGEN_ENTRY_FIRST)
        layout->exec.entry = first;
    return ELFGEN_OK;
}

enum elfgen_status elfgen_symbol_address(const struct elfgen_program *program,
                                         const struct elfgen_symbol *symbol, uint64_t *address,
                                         struct elfgen_error *error)
{
    if (symbol->section == ELFGEN_SECTION_ABSOLUTE) {
        *address = symbol->value;
    } else if (symbol->section == ELFGEN_SECTION_UNDEFINED) {
        if (symbol->binding != ELFGEN_WEAK)
            return elfgen_error_set(error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                                    "undefined symbol '%s'", symbol->name);
        *address = 0;
    } else if (symbol->section >= program->section_count) {
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "symbol '%s' is in section %u, which does not exist", symbol->name,
                                (uint64_t)symbol->section);
    } else {
        /* A symbol may point anywhere, even outside its section: address arithmetic wraps. */
        *address = program->sections[symbol->section].address + symbol->value;
    }
    return ELFGEN_OK;
}

/* Makes the program: bytes of the sections, relocations, symbols in NASM's order. */
#include "output.h"

#include <string.h>

#include "items.h"
#include "sizes.h"
#include "special.h"

/* Room for the bytes of all sections. */
static bool begin_sections(struct state *state)
{
    for (uint32_t i = 0; i < state->section_count; i++) {
        struct asm_section *section = state->sections[i];
        section->capacity = section->size;
        section->size = 0;
        if (section->type == ELFGEN_SHT_NOBITS)
            continue;
        if (section->capacity > SIZE_MAX >> 1)
            return asm_error(state, NULL, ELFGEN_DOES_NOT_FIT,
                             "the section %s has more bytes than memory can hold", section->name);
        section->bytes = arena_take(&state->arena, (size_t)section->capacity, 16);
        if (!section->bytes)
            return false;
    }
    return true;
}

static void put_bytes(struct asm_section *section, const struct bytes_item *item)
{
    uint8_t *to = section->bytes + section->size;
    if (item->length == 1) {
        memset(to, item->bytes[0], item->count);
        return;
    }
    for (uint64_t i = 0; i < item->count; i++)
        memcpy(to + i * item->length, item->bytes, item->length);
}

/* Makes the bytes of a statement that is read again, now that all is known. */
static bool put_statement(struct state *state, struct statement *statement)
{
    struct asm_section *section = section_here(state);
    const bool is_zero = section->type == ELFGEN_SHT_NOBITS;
    const uint64_t size = statement->item.size;
    struct sink sink = {.bytes = is_zero ? NULL : section->bytes + section->size,
                        .room = size,
                        .is_last = true,
                        .offset = section->size};
    uint64_t count;
    if (!elfgen_asm_enter(state, statement, &count))
        return false;
    const unsigned kind = statement->item.kind;
    if (kind == ITEM_RESERVE && size > 0 && !is_zero)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_ZEROING, statement->begin,
                           "places without a value are zeros in this section");
    if (!elfgen_asm_run(state, statement, count, &sink))
        return false;
    const bool is_free =
        kind == ITEM_RESERVE || (kind == ITEM_DATA && !sink.has_data) ||
        (kind == ITEM_ALIGN && word_of(statement->begin)->number == DIRECTIVE_ALIGNB);
    if (is_zero && size > 0 && !is_free)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_OTHER, statement->begin,
                           "this section has no bytes in a file: what is written is left out");
    if (sink.size != size)
        return asm_error(state, statement->begin, ELFGEN_BAD_VALUE,
                         "the size of this line never settles");
    if (kind >= ITEM_RESERVE && !is_zero && size > 0)
        memset(section->bytes + section->size,
               kind == ITEM_ALIGN && word_of(statement->begin)->number == DIRECTIVE_ALIGN ? 0x90
                                                                                          : 0,
               size);
    return true;
}

static bool put_item(struct state *state, struct item *item)
{
    struct asm_section *section = section_here(state);
    struct statement *statement = (struct statement *)item;
    if (item->size > section->capacity - section->size)
        return asm_error(state, NULL, ELFGEN_BAD_VALUE, "the sizes never settle");
    item->offset = section->size;
    switch (item->kind) {
    case ITEM_BYTES:
        if (section->bytes)
            put_bytes(section, (struct bytes_item *)item);
        break;
    case ITEM_LABEL:
        section->has_label = true;
        break;
    case ITEM_EQU:
        state->line = statement->line;
        state->scope = statement->scope;
        state->lookups = 0;
        if (!elfgen_asm_equ(state, statement->symbol, statement->line.tokens, statement->begin))
            return false;
        break;
    default:
        (void)put_statement(state, statement); /* what fails is told, and the next ones are tried */
        break;
    }
    section->size += item->size;
    section->is_used |= item->size > 0;
    return true;
}

static bool put_items(struct state *state)
{
    for (struct item *item = state->items; item; item = item->next) {
        state->section = item->section;
        if (!put_item(state, item) || state->arena.full)
            return false;
    }
    return !state->failed;
}

/* Numbers the sections of the program: those that are named, then `.text` if it is there without.
 */
static bool make_sections(struct state *state, struct elfgen_assembly *assembly)
{
    struct asm_section *text = state->sections[0];
    const bool has_text = !text->is_named && (text->is_used || text->has_label);
    const uint32_t count = state->named_count + has_text;
    if (has_text)
        text->order = state->named_count;
    if (has_text && text->has_label && text->later_align > text->align)
        text->align = text->later_align;
    struct elfgen_section *sections = arena_take(&state->arena, count * sizeof *sections, 16);
    struct elfgen_assembly_section *more = arena_take(&state->arena, count * sizeof *more, 16);
    if (!sections || !more)
        return false;
    for (uint32_t i = 0; i < state->section_count; i++) {
        const struct asm_section *section = state->sections[i];
        if (i == 0 && !has_text && !section->is_named)
            continue;
        sections[section->order] = (struct elfgen_section){
            .name = section->name,
            .bytes = section->type == ELFGEN_SHT_NOBITS ? NULL : section->bytes,
            .size = section->size,
            .align = section->align,
            .permissions = ELFGEN_PF_R |
                           (section->flags & ELFGEN_SHF_WRITE ? (uint32_t)ELFGEN_PF_W : 0) |
                           (section->flags & ELFGEN_SHF_EXECINSTR ? (uint32_t)ELFGEN_PF_X : 0)};
        more[section->order] = (struct elfgen_assembly_section){
            .type = section->type, .flags = section->flags, .entry_size = section->entry_size};
    }
    assembly->program.sections = sections;
    assembly->program.section_count = count;
    assembly->sections = more;
    return true;
}

/* The symbol table that is being made. */
struct table {
    struct elfgen_symbol *symbols;
    struct elfgen_assembly_symbol *more;
    size_t count;
};

/* The name in the table. A local one before any label is named after the last label, which NASM
 * remembers from the pass before. */
static const char *copy_name(struct state *state, const struct symbol *symbol)
{
    const bool has_no_scope =
        symbol->name[0] == '.' && symbol->length > 1 && symbol->name[1] != '.';
    const struct symbol *scope = has_no_scope ? state->last_scope : NULL;
    const size_t before = scope ? scope->length : 0;
    char *name = arena_take(&state->arena, before + symbol->length + 1, 1);
    if (!name)
        return NULL;
    if (scope)
        memcpy(name, scope->name, before);
    memcpy(name + before, symbol->name, symbol->length);
    name[before + symbol->length] = '\0';
    return name;
}

/* Adds a symbol to the table. Tells an error. */
static bool add_symbol(struct state *state, struct symbol *symbol, struct table *table)
{
    struct elfgen_symbol *entry = &table->symbols[table->count];
    struct elfgen_assembly_symbol *more = &table->more[table->count];
    const bool is_outside = symbol->kind >= SYMBOL_EXTERN;
    const uint32_t base = symbol->value.base;
    *entry = (struct elfgen_symbol){
        .name = copy_name(state, symbol),
        .section = base == VALUE_NO_BASE ? ELFGEN_SECTION_ABSOLUTE
                   : base >= OUTSIDE     ? ELFGEN_SECTION_UNDEFINED
                                         : state->sections[base]->order,
        .binding = symbol->kind >= SYMBOL_GLOBAL ? ELFGEN_GLOBAL : ELFGEN_LOCAL,
        .value = base >= OUTSIDE && base != VALUE_NO_BASE ? 0 : (uint64_t)symbol->value.number};
    if (!entry->name)
        return false;
    if (state->options->mode == 32 && !state->options->flat)
        entry->value = (uint32_t)entry->value;
    *more = (struct elfgen_assembly_symbol){.is_common = symbol->kind == SYMBOL_COMMON,
                                            .place = symbol->definition->place};
    if (symbol->kind == SYMBOL_COMMON)
        entry->size = symbol->size;
    if (symbol->special && state->options->flat) {
        elfgen_error_set(&state->last, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                         "%s has a type or a visibility, which symbols of a flat file have not",
                         entry->name);
        return elfgen_asm_tell_last(state, &symbol->definition->place);
    }
    if ((is_outside || symbol->special) && !elfgen_asm_special(state, symbol, entry, more))
        return false;
    if (base < OUTSIDE && (state->sections[base]->flags & ELFGEN_SHF_TLS))
        more->type = ELFGEN_STT_TLS;
    symbol->index = (uint32_t)table->count++;
    return true;
}

static bool is_left_out(const struct symbol *symbol)
{
    return !symbol || (symbol->kind == SYMBOL_EXTERN && !symbol->is_referenced) ||
           symbol->value.kind == VALUE_UNKNOWN;
}

static bool make_symbols(struct state *state, struct elfgen_assembly *assembly)
{
    struct table table = {0};
    size_t count = assembly->program.section_count + state->output->needs_zero;
    for (const struct definition *row = state->definitions; row; row = row->next)
        count += !is_left_out(row->symbol);
    table.symbols = arena_take(&state->arena, count * sizeof *table.symbols, 16);
    table.more = arena_take(&state->arena, count * sizeof *table.more, 16);
    if (!table.symbols || !table.more)
        return false;
    for (; table.count < assembly->program.section_count; table.count++) {
        table.symbols[table.count] =
            (struct elfgen_symbol){.name = "", .section = (uint32_t)table.count};
        table.more[table.count] = (struct elfgen_assembly_symbol){.type = ELFGEN_STT_SECTION};
    }
    for (unsigned is_global = 0; is_global < 2; is_global++)
        for (const struct definition *row = state->definitions; row; row = row->next)
            if (!is_left_out(row->symbol) &&
                (row->symbol->kind >= SYMBOL_GLOBAL) == (is_global != 0) &&
                !add_symbol(state, row->symbol, &table))
                return false;
    if (state->output->needs_zero) {
        table.symbols[table.count] =
            (struct elfgen_symbol){.name = "", .section = ELFGEN_SECTION_ABSOLUTE};
        table.more[table.count++] = (struct elfgen_assembly_symbol){0};
    }
    assembly->program.symbols = table.symbols;
    assembly->program.symbol_count = table.count;
    assembly->symbols = table.more;
    return true;
}

/* Sorts relocations by section, each section's in the order in which they came. */
static bool make_relocations(struct state *state, struct elfgen_assembly *assembly)
{
    const size_t sections = assembly->program.section_count;
    struct elfgen_relocation *rows =
        arena_take(&state->arena, state->output->count * sizeof *rows, 16);
    size_t *at = arena_take(&state->arena, (sections + 1) * sizeof *at, 16);
    if (!rows || !at)
        return false;
    memset(at, 0, (sections + 1) * sizeof *at);
    for (struct relocations *piece = state->output->first; piece; piece = piece->next)
        for (size_t i = 0; i < piece->count; i++)
            at[state->sections[piece->rows[i].relocation.section]->order + 1]++;
    for (size_t i = 1; i <= sections; i++)
        at[i] += at[i - 1];
    for (struct relocations *piece = state->output->first; piece; piece = piece->next)
        for (size_t i = 0; i < piece->count; i++) {
            const uint32_t base = piece->rows[i].base;
            struct elfgen_relocation row = piece->rows[i].relocation;
            row.section = state->sections[row.section]->order;
            row.symbol = base == VALUE_NO_BASE ? (uint32_t)assembly->program.symbol_count - 1
                         : base >= OUTSIDE     ? state->outside[base - OUTSIDE]->index
                                               : state->sections[base]->order;
            rows[at[row.section]++] = row;
        }
    assembly->program.relocations = rows;
    assembly->program.relocation_count = state->output->count;
    return true;
}

/* Sorts the rows of the table of lines by section, each section's by offset. */
static bool make_lines(struct state *state, struct elfgen_assembly *assembly)
{
    const size_t sections = assembly->program.section_count;
    struct elfgen_assembly_line *lines =
        arena_take(&state->arena, state->line_count * sizeof *lines, 16);
    size_t *at = arena_take(&state->arena, (sections + 1) * sizeof *at, 16);
    if (!lines || !at)
        return false;
    memset(at, 0, (sections + 1) * sizeof *at);
    for (struct line_rows *piece = state->first_lines; piece; piece = piece->next)
        for (size_t i = 0; i < piece->count; i++)
            at[state->sections[piece->rows[i].item->section]->order + 1]++;
    for (size_t i = 1; i <= sections; i++)
        at[i] += at[i - 1];
    for (struct line_rows *piece = state->first_lines; piece; piece = piece->next)
        for (size_t i = 0; i < piece->count; i++) {
            const struct line_row *row = &piece->rows[i];
            const uint32_t section = state->sections[row->item->section]->order;
            lines[at[section]++] = (struct elfgen_assembly_line){
                .section = section, .offset = row->item->offset + row->within, .place = row->place};
        }
    assembly->lines = lines;
    assembly->line_count = state->line_count;
    return true;
}

bool elfgen_asm_output(struct state *state, struct elfgen_assembly *assembly)
{
    struct output output = {0};
    state->output = &output;
    state->is_final = state->is_critical = true;
    state->is_quiet = false;
    state->pass++;
    if (!begin_sections(state) || !put_items(state) || !make_sections(state, assembly) ||
        !make_symbols(state, assembly) || !make_relocations(state, assembly) ||
        !make_lines(state, assembly))
        return false;
    assembly->machine = state->options->mode == 32 ? ELFGEN_EM_386 : ELFGEN_EM_X86_64;
    return true;
}

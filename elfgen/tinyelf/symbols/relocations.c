/* Reads the relocations of an object's code, and finds them by file offset. */
#include "relocations.h"

#include <stdlib.h>

#include "base/grow.h"
#include "elfgen/search.h"
#include "symbols.h"

enum { NAME_LONGEST = 255 };

/* Finds the name of symbol `index` of a symbol table. */
static void find_name(const struct elfgen_view *view, const struct elfgen_shdr *symbols,
                      uint64_t index, struct relocation *relocation)
{
    struct elfgen_shdr section;
    struct elfgen_sym symbol;
    const char *name = NULL;
    size_t length = SIZE_MAX;
    if (index == 0 || elfgen_view_symbol(view, symbols, index, &symbol, NULL) != ELFGEN_OK)
        return;
    if ((symbol.st_info & 15) == ELFGEN_STT_SECTION) {
        if (elfgen_view_section(view, symbol.st_shndx, &section, NULL) == ELFGEN_OK)
            length = elfgen_view_section_name(view, &section, &name);
    } else if (elfgen_view_section(view, symbols->sh_link, &section, NULL) == ELFGEN_OK) {
        length =
            elfgen_view_string(view, section.sh_offset, section.sh_size, symbol.st_name, &name);
    }
    if (length == SIZE_MAX)
        return;
    relocation->name = name;
    relocation->name_length = length < NAME_LONGEST ? (uint32_t)length : NAME_LONGEST;
}

/* Adds the relocations of section header `table`, which are for `target`. More than the file has
 * bytes for are only in a file that is made so: several tables are at one place. */
static bool read_table(struct relocations *relocations, const struct elfgen_shdr *table,
                       const struct elfgen_shdr *target)
{
    enum { SMALLEST = 8 };
    const struct elfgen_view *view = relocations->view;
    struct elfgen_shdr symbols;
    struct elfgen_rela entry;
    bool has_symbols = elfgen_view_section(view, table->sh_link, &symbols, NULL) == ELFGEN_OK;
    for (uint64_t i = 0; relocations->count < view->length / SMALLEST &&
                         elfgen_view_relocation(view, table, i, &entry, NULL) == ELFGEN_OK;
         i++) {
        const struct elfgen_relocation_info info = elfgen_view_relocation_info(view, entry.r_info);
        struct relocation relocation = {.offset = target->sh_offset + entry.r_offset,
                                        .address = entry.r_offset,
                                        .type = info.type[0],
                                        .has_addend = table->sh_type == ELFGEN_SHT_RELA,
                                        .addend = (int64_t)entry.r_addend};
        if (entry.r_offset >= target->sh_size || relocation.offset < target->sh_offset)
            continue;
        if (has_symbols)
            find_name(view, &symbols, info.symbol, &relocation);
        if (!grow_array(&relocations->all, relocations->count + 1, &relocations->room,
                        sizeof *relocations->all))
            return false;
        relocations->all[relocations->count++] = relocation;
    }
    return true;
}

static int by_offset(const void *a, const void *b)
{
    const struct relocation *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

bool relocations_read(struct relocations *relocations, const struct elfgen_view *view)
{
    struct elfgen_shdr table, target;
    *relocations = (struct relocations){.view = view};
    if (view->ehdr.e_type != ELFGEN_ET_REL)
        return true;
    for (uint64_t i = 0; elfgen_view_section(view, i, &table, NULL) == ELFGEN_OK; i++) {
        if ((table.sh_type != ELFGEN_SHT_REL && table.sh_type != ELFGEN_SHT_RELA) ||
            elfgen_view_section(view, table.sh_info, &target, NULL) != ELFGEN_OK ||
            !(target.sh_flags & ELFGEN_SHF_EXECINSTR) || target.sh_type == ELFGEN_SHT_NOBITS)
            continue;
        if (!read_table(relocations, &table, &target))
            return false;
    }
    if (relocations->count > 1)
        qsort(relocations->all, relocations->count, sizeof *relocations->all, by_offset);
    return true;
}

void relocations_free(struct relocations *relocations)
{
    free(relocations->all);
    *relocations = (struct relocations){.all = NULL};
}

static bool is_before(const void *relocation, const void *offset)
{
    return ((const struct relocation *)relocation)->offset < *(const uint64_t *)offset;
}

const struct relocation *relocations_find(const struct relocations *relocations, uint64_t offset,
                                          uint64_t size)
{
    if (!relocations || relocations->count == 0)
        return NULL;
    size_t place = elfgen_search(relocations->all, relocations->count, sizeof *relocations->all,
                                 &offset, is_before);
    const struct relocation *found = &relocations->all[place];
    return place < relocations->count && found->offset - offset < size ? found : NULL;
}

/* The number that `size` bytes are, 1 to 8, sign-extended. */
static uint64_t number_at(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0, sign = UINT64_C(1) << (8 * size - 1);
    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return (value ^ sign) - sign;
}

bool relocations_get(void *context, const uint8_t *bytes, size_t size, struct elfgen_rela *found,
                     struct elfgen_text *symbol)
{
    enum { WIDEST = 8 };
    const struct relocations *relocations = context;
    uint64_t offset = (uint64_t)(bytes - relocations->view->bytes);
    const struct relocation *relocation = relocations_find(relocations, offset, size);
    if (!relocation)
        return false;
    *found = (struct elfgen_rela){.r_offset = relocation->offset - offset,
                                  .r_info = relocation->type,
                                  .r_addend = (uint64_t)relocation->addend};
    size_t left = size - (size_t)found->r_offset;
    if (!relocation->has_addend)
        found->r_addend = number_at(bytes + found->r_offset, left < WIDEST ? left : (size_t)WIDEST);
    if (symbol)
        relocations_put_symbol(symbol, relocation);
    return true;
}

void relocations_put_symbol(struct elfgen_text *out, const struct relocation *relocation)
{
    const struct symbol symbol = {.name = relocation->name, .room = relocation->name_length};
    if (relocation->name_length > 0)
        symbols_put(out, &symbol);
    else
        elfgen_text_char(out, '0');
}

void relocations_put(struct elfgen_text *out, const struct relocations *relocations,
                     const struct relocation *relocation)
{
    const char *name =
        elfgen_relocation_type_name(relocations->view->ehdr.e_machine, relocation->type);
    elfgen_text_0x(out, relocation->address);
    elfgen_text_string(out, ": ");
    if (name)
        elfgen_text_string(out, name);
    else
        elfgen_text_decimal(out, relocation->type, 0);
    elfgen_text_char(out, ' ');
    relocations_put_symbol(out, relocation);
    if (relocation->addend == 0)
        return;
    elfgen_text_char(out, relocation->addend < 0 ? '-' : '+');
    elfgen_text_0x(out, relocation->addend < 0 ? 0 - (uint64_t)relocation->addend
                                               : (uint64_t)relocation->addend);
}

/* Prints claims of the byte map: owner, name, value, meaning. */
#include "bytemap.h"

#include <string.h>

bool bytemap_is_by_address(const struct elfgen_claim *claim)
{
    return claim->part == ELFGEN_PART_INSTRUCTION || claim->part == ELFGEN_PART_ENCODING ||
           claim->part == ELFGEN_PART_PADDING ||
           (claim->part == ELFGEN_PART_STRING && claim->section == ELFGEN_NO_SECTION);
}

void bytemap_put_owner(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    elfgen_text_string(out, elfgen_part_name(claim->part));
    if (claim->part == ELFGEN_PART_EHDR)
        return;
    elfgen_text_char(out, '[');
    if (bytemap_is_by_address(claim)) {
        elfgen_text_0x(out, claim->index);
    } else {
        elfgen_text_decimal(out, claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index,
                            0);
    }
    elfgen_text_char(out, ']');
}

void bytemap_put_name(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    bytemap_put_owner(out, claim);
    if (!claim->field)
        return;
    elfgen_text_char(out, '.');
    elfgen_text_string(out, claim->field->name);
}

bool bytemap_is_decimal(enum elfgen_kind kind)
{
    return kind == ELFGEN_KIND_NUMBER || kind == ELFGEN_KIND_SIZE || kind == ELFGEN_KIND_COUNT ||
           kind == ELFGEN_KIND_INDEX || kind == ELFGEN_KIND_SIGNED;
}

/* The value of a claim of ELFGEN_KIND_SIGNED, which has 4 bytes or 8. */
static int64_t signed_value(const struct elfgen_claim *claim)
{
    enum { WIDTH_32 = 4 };
    return claim->length <= WIDTH_32 ? (int32_t)(uint32_t)claim->value : (int64_t)claim->value;
}

void bytemap_put_decimal(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    if (claim->field && claim->field->kind == ELFGEN_KIND_SIGNED)
        elfgen_text_signed(out, signed_value(claim));
    else
        elfgen_text_decimal(out, claim->value, 0);
}

void bytemap_put_value(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    if (!elfgen_claim_has_value(claim))
        return;
    if (bytemap_is_decimal(claim->field->kind)) {
        bytemap_put_decimal(out, claim);
    } else {
        elfgen_text_0x(out, claim->value);
    }
}

void bytemap_put_hex(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    if (!elfgen_claim_has_value(claim))
        return;
    uint64_t value = claim->value;
    if (claim->field->kind == ELFGEN_KIND_SIGNED && signed_value(claim) < 0) {
        elfgen_text_char(out, '-');
        value = 0 - (uint64_t)signed_value(claim);
    }
    elfgen_text_0x(out, value);
}

void bytemap_put_explanation(struct elfgen_text *out, const struct bytemap *map,
                             const struct elfgen_claim *claim)
{
    const struct elfgen_arch *arch = elfgen_arch_find(map->view->ehdr.e_machine);
    elfgen_text_string(out, claim->field->meaning);
    if (arch && strcmp(claim->field->name, "e_flags") == 0) {
        elfgen_text_string(out, "; ");
        elfgen_text_string(out, arch->flags);
    }
}

void bytemap_put_meaning(struct elfgen_text *out, const struct bytemap *map,
                         const struct elfgen_claim *claim)
{
    size_t before = out->length;
    elfgen_claim_meaning(map->view, map->code, claim, out);
    if (out->length == before && claim->field)
        bytemap_put_explanation(out, map, claim);
}

void bytemap_put_symbol(struct elfgen_text *out, const struct symbol *symbol)
{
    symbols_put(out, symbol);
    elfgen_text_char(out, ':');
    if (symbol->type == ELFGEN_STT_NOTYPE && symbol->size == 0)
        return;
    elfgen_text_char(out, ' ');
    elfgen_text_string(out, symbols_type_name(symbol));
    if (symbol->size == 0)
        return;
    elfgen_text_string(out, ", ");
    elfgen_text_decimal(out, symbol->size, 0);
    elfgen_text_string(out, symbol->size == 1 ? " byte" : " bytes");
}

const struct symbol *bytemap_symbol(const struct bytemap *map, const struct elfgen_claim *claim)
{
    return symbols_at_offset(map->symbols, claim->offset, claim->length);
}

/* Says what a field is for once a table, and its value in decimal each time. */
#include "bytemap.h"

/* The row of a claim's field: its own, or the free one for it. NULL: all are taken. */
static struct bytemap_purpose *find_row(struct bytemap_purposes *purposes,
                                        const struct elfgen_claim *claim)
{
    const size_t count = sizeof purposes->rows / sizeof purposes->rows[0];
    size_t place = (uintptr_t)claim->field / sizeof *claim->field % count;
    for (size_t i = 0; i < count; i++, place = (place + 1) % count) {
        struct bytemap_purpose *row = &purposes->rows[place];
        if (row->field == claim->field || !row->field)
            return row;
    }
    return NULL;
}

/* Whether the table that the claim is in has such a field for the first time. */
static bool is_first(struct bytemap_purposes *purposes, const struct elfgen_claim *claim)
{
    struct bytemap_purpose *row = find_row(purposes, claim);
    if (!row)
        return true;
    if (row->field == claim->field && row->part == claim->part && row->section == claim->section)
        return false;
    *row = (struct bytemap_purpose){claim->field, claim->part, claim->section};
    return true;
}

void bytemap_put_purpose(struct elfgen_text *out, struct bytemap_purposes *purposes,
                         const struct bytemap *map, const struct elfgen_claim *claim)
{
    enum { SAME_DIGITS = 10 }; /* below it */
    if (!claim->field)
        return;
    const bool first = is_first(purposes, claim);
    if (elfgen_claim_has_value(claim) && bytemap_is_decimal(claim->field->kind) &&
        claim->value >= SAME_DIGITS) {
        bytemap_put_decimal(out, claim);
        if (first)
            elfgen_text_string(out, ": ");
        else if (claim->field->kind == ELFGEN_KIND_SIZE)
            elfgen_text_string(out, " bytes");
    }
    if (first)
        bytemap_put_explanation(out, map, claim);
}

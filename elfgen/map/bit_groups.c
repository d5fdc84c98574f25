/* Takes a field, or a part of an instruction, apart into its groups of bits. */
#include "elfgen/map.h"

#include <string.h>

static bool encoding_bits(const struct elfgen_claim *claim, unsigned number,
                          struct elfgen_bit_group *group)
{
    if (number >= claim->encoding->bit_count)
        return false;
    const struct elfgen_bit_meaning *bits = &claim->encoding->bits[number];
    if (bits->low > 63 || bits->width == 0 || bits->width > 64 - bits->low || !bits->name)
        return false;
    uint64_t mask = UINT64_MAX >> (64 - bits->width);
    *group = (struct elfgen_bit_group){bits->name, bits->low, bits->width,
                                       claim->value >> bits->low & mask};
    return true;
}

/* r_info with three types, 64-bit MIPS's, from bit 0 up: four bytes and the symbol, or the other
 * way round. */
static bool mips64_bits(const struct elfgen_view *view, const struct elfgen_claim *claim,
                        unsigned number, struct elfgen_bit_group *group)
{
    static const struct elfgen_bit_group big[] = {{"relocation type", 0, 8, 0},
                                                  {"second relocation type", 8, 8, 0},
                                                  {"third relocation type", 16, 8, 0},
                                                  {"special symbol", 24, 8, 0},
                                                  {"symbol", 32, 32, 0}};
    static const struct elfgen_bit_group little[] = {{"symbol", 0, 32, 0},
                                                     {"special symbol", 32, 8, 0},
                                                     {"third relocation type", 40, 8, 0},
                                                     {"second relocation type", 48, 8, 0},
                                                     {"relocation type", 56, 8, 0}};
    if (number >= sizeof big / sizeof *big)
        return false;
    *group = view->order == ELFGEN_BIG_ENDIAN ? big[number] : little[number];
    group->value = claim->value >> group->low & (UINT64_MAX >> (64 - group->width));
    return true;
}

bool elfgen_claim_bits(const struct elfgen_view *view, const struct elfgen_claim *claim,
                       unsigned number, struct elfgen_bit_group *group)
{
    static const struct {
        const char *field;
        uint8_t low[2], width[2];
        const char *name;
    } rows[] = {
#define X(field, low32, width32, low64, width64, name)                                             \
    {#field, {low32, low64}, {width32, width64}, name},
        ELFGEN_BIT_GROUPS(X)
#undef X
    };
    if (claim->encoding)
        return encoding_bits(claim, number, group);
    if (claim->field && strcmp(claim->field->name, "r_info") == 0 &&
        elfgen_view_relocation_info(view, claim->value).types > 1)
        return mips64_bits(view, claim, number, group);
    unsigned column = elfgen_class_index(view->class_);
    for (size_t i = 0; claim->field && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].field, claim->field->name) != 0 || number-- > 0)
            continue;
        uint64_t mask = (UINT64_C(1) << rows[i].width[column]) - 1;
        *group = (struct elfgen_bit_group){rows[i].name, rows[i].low[column], rows[i].width[column],
                                           claim->value >> rows[i].low[column] & mask};
        return true;
    }
    return false;
}

/* Prints an overlap as a line. */
#include "overlap_private.h"

static bool is_forced(const struct golf_overlap *overlap, unsigned at)
{
    return at >= overlap->size || overlap->cells[at].kind == GOLF_CELL_FIXED;
}

void golf_overlap_print(const struct golf_overlap *overlap, FILE *file)
{
    fprintf(file, "ELF%u phoff=%02x/%u type=%u N=%u flags=%u memory=%llu space=%llu%s | free:",
            overlap->bits, overlap->phoff, overlap->headers, overlap->type, overlap->least,
            overlap->flags, (unsigned long long)overlap->memory,
            (unsigned long long)overlap->address_space,
            overlap->is_overcommitted ? " overcommit" : "");
    for (unsigned i = 0; i < overlap->size; i++) {
        if (is_forced(overlap, i))
            continue;
        unsigned end = i;
        while (!is_forced(overlap, end + 1) &&
               overlap->cells[end + 1].kind == overlap->cells[i].kind &&
               (overlap->cells[i].kind != GOLF_CELL_MIRROR ||
                overlap->cells[end + 1].other == overlap->cells[end].other + 1))
            end++;
        fprintf(file, end > i ? " %02x-%02x" : " %02x", i, end);
        if (overlap->cells[i].kind == GOLF_CELL_MIRROR)
            fprintf(file, "=%02x", overlap->cells[i].other);
        if (overlap->cells[i].kind == GOLF_CELL_SET)
            fprintf(file, "*");
        i = end;
    }
    fprintf(file, " | entry: %02x-%02x base: %llx-%llx+%llx skip %u\n", overlap->entry_low,
            overlap->entry_high < overlap->size ? overlap->entry_high : overlap->size - 1u,
            (unsigned long long)overlap->base_low, (unsigned long long)overlap->base_high,
            (unsigned long long)overlap->base_add, overlap->base_skip);
}

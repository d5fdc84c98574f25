/* Relocations as they come. */
#include "output.h"

bool elfgen_asm_relocation(struct state *state, uint64_t offset, uint32_t type, uint32_t base,
                           int64_t addend)
{
    struct output *output = state->output;
    struct relocations *piece = output->last;
    if (!piece || piece->count == RELOCATIONS_PIECE) {
        piece = arena_take(&state->arena, sizeof *piece, 16);
        if (!piece)
            return false;
        piece->next = NULL;
        piece->count = 0;
        if (output->last)
            output->last->next = piece;
        else
            output->first = piece;
        output->last = piece;
    }
    piece->rows[piece->count].relocation = (struct elfgen_relocation){
        .section = state->section, .type = type, .offset = offset, .addend = addend};
    piece->rows[piece->count++].base = base;
    output->count++;
    output->needs_zero |= base == VALUE_NO_BASE;
    return true;
}

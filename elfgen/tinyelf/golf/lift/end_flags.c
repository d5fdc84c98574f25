/* The flags by which blocks end. */
#include "golf/lifted.h"

uint32_t golf_flags_of_end(const struct golf_block *block)
{
    static const uint32_t flags[] = {
        ELFGEN_X86_OF,
        ELFGEN_X86_CF,
        ELFGEN_X86_ZF,
        ELFGEN_X86_CF | ELFGEN_X86_ZF,
        ELFGEN_X86_SF,
        ELFGEN_X86_PF,
        ELFGEN_X86_SF | ELFGEN_X86_OF,
        ELFGEN_X86_ZF | ELFGEN_X86_SF | ELFGEN_X86_OF,
    };
    if (block->end != GOLF_BRANCH || block->condition >= GOLF_LOOP)
        return 0;
    return block->condition >= GOLF_LOOPNE ? ELFGEN_X86_ZF : flags[(block->condition & 15) / 2];
}

/* The flags by which blocks end. */
#include "golf/lifted.h"

uint32_t golf_flags_of_end(const struct golf_block *block)
{
    enum { LOOPNE = 0xe0, LOOP = 0xe2 };
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
    if (block->end != GOLF_BRANCH || block->condition >= LOOP)
        return 0;
    return block->condition >= LOOPNE ? ELFGEN_X86_ZF : flags[(block->condition & 15) / 2];
}

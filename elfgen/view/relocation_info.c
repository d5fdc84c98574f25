/* Takes r_info apart: the symbol and the types, in the layouts that machines have. */
#include "elfgen/view.h"

struct elfgen_relocation_info elfgen_view_relocation_info(const struct elfgen_view *view,
                                                          uint64_t value)
{
    const uint64_t byte = 0xff;
    if (view->class_ != ELFGEN_CLASS64)
        return (struct elfgen_relocation_info){value >> 8, 1, {value & byte}};
    /* Of 64-bit MIPS: a symbol of 32 bits, then four bytes, whatever the byte order. */
    if (view->ehdr.e_machine == ELFGEN_EM_MIPS)
        return view->order == ELFGEN_BIG_ENDIAN
                   ? (struct elfgen_relocation_info){value >> 32,
                                                     3,
                                                     {value & byte, value >> 8 & byte,
                                                      value >> 16 & byte}}
                   : (struct elfgen_relocation_info){
                         (uint32_t)value, 3, {value >> 56, value >> 48 & byte, value >> 40 & byte}};
    /* The type of SPARC is its low byte; the rest is more of the addend. */
    if (view->ehdr.e_machine == ELFGEN_EM_SPARCV9)
        return (struct elfgen_relocation_info){value >> 32, 1, {value & byte}};
    return (struct elfgen_relocation_info){value >> 32, 1, {(uint32_t)value}};
}

/* Makes the table of x86 instructions of its rows. */
#include "forms.h"

#include <stddef.h>

enum { V = SIZE_OF_OPERAND };
const struct kind_row elfgen_x86_kinds[KINDS] = {
#define KIND(name, place, size, text) [KIND_##name] = {PLACE_##place, size, text},
#include "kinds.def"
#undef KIND
};

enum effect_index {
#define EFFECT(name, operands, ...) EFFECT_##name,
#include "effects.def"
#undef EFFECT
};

enum {
    C = ELFGEN_X86_CF,
    P = ELFGEN_X86_PF,
    A = ELFGEN_X86_AF,
    Z = ELFGEN_X86_ZF,
    S = ELFGEN_X86_SF,
    T = ELFGEN_X86_TF,
    I = ELFGEN_X86_IF,
    D = ELFGEN_X86_DF,
    O = ELFGEN_X86_OF,
    AC = ELFGEN_X86_AC
};
enum {
    AX = 1 << 0,
    CX = 1 << 1,
    DX = 1 << 2,
    BX = 1 << 3,
    SP = 1 << 4,
    BP = 1 << 5,
    SI = 1 << 6,
    DI = 1 << 7,
    R11 = 1 << 11
};
const struct effect elfgen_x86_effect_rows[] = {
#define EFFECT(name, operands, ...) [EFFECT_##name] = {operands, __VA_ARGS__},
#include "effects.def"
#undef EFFECT
};

enum { R = MODRM_REGISTER, X = MODRM_NONE };

/* clang-format off */
#define BEGIN(name) static const struct form forms_##name[] = {
#define FORM(first, second, third, prefix, map, opcode, modrm, sizes, properties, effect)          \
    {{KIND_##first, KIND_##second, KIND_##third}, PREFIX_##prefix, MAP_##map, opcode, modrm,       \
     SIZES_##sizes, EFFECT_##effect, properties},
#define END(name) };
#include "arithmetic.def"
#include "moves.def"
#include "control.def"
#include "stack.def"
#include "bit.def"
#include "string.def"
#include "system.def"
#include "sse.def"
#undef BEGIN
#undef FORM
#undef END
/* clang-format on */

const struct mnemonic elfgen_x86_table[ELFGEN_X86_MNEMONICS] = {
#define ELFGEN_X86_MNEMONIC(name)                                                                  \
    [ELFGEN_X86_OP_##name] = {#name, forms_##name, sizeof forms_##name / sizeof forms_##name[0]},
#include "elfgen/x86_mnemonics.def"
#undef ELFGEN_X86_MNEMONIC
};

const struct form *elfgen_x86_form_row(unsigned mnemonic, unsigned form)
{
    if (mnemonic >= ELFGEN_X86_MNEMONICS || form == 0 || form > elfgen_x86_table[mnemonic].count)
        return NULL;
    return &elfgen_x86_table[mnemonic].forms[form - 1];
}

/* The table of x86 instructions: forms of a mnemonic, in the order in which NASM tries them. */
#ifndef ENCODE_FORMS_H
#define ENCODE_FORMS_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/x86.h"

/* Where an operand of a kind is encoded. */
enum place {
    PLACE_NOWHERE, /* the opcode implies it */
    PLACE_REG,
    PLACE_RM,
    PLACE_BOTH,
    PLACE_OPCODE,
    PLACE_IMMEDIATE,
    PLACE_TARGET,
    PLACE_FAR_TARGET,
    PLACE_OFFSET
};

enum kind {
#define KIND(name, place, size, text) KIND_##name,
#include "kinds.def"
#undef KIND
    KINDS
};

enum { SIZE_OF_OPERAND = 255 }; /* in `size`: the operand size of the instruction */

struct kind_row {
    uint8_t place, size;
    const char *text;
};

/* Opcode maps: one byte, 0f, 0f 38. */
enum { MAP_1, MAP_0F, MAP_38 };

enum { PREFIX_NP = 0, PREFIX_66 = 0x66, PREFIX_F2 = 0xf2, PREFIX_F3 = 0xf3 };

enum { SIZES_N = 0, SIZES_B = 1, SIZES_W = 2, SIZES_D = 4, SIZES_Q = 8 };
enum { SIZES_WD = 6, SIZES_DQ = 12, SIZES_WDQ = 14 };

/* Values of `modrm` besides digits; MODRM_BYTE and more: the byte itself. */
enum { MODRM_REGISTER = 8, MODRM_NONE = 9, MODRM_BYTE = 0x100 };

enum property {
    LOCK = 1 << 0,    /* with a memory operand it may have a lock prefix */
    RELEASE = 1 << 1, /* an f3 prefix (xrelease) may stand before it although nothing is locked */
    WIDE = 1 << 2,    /* 64 bits without REX.W, so that 32 do not exist in 64-bit code */
    ONLY32 = 1 << 3,
    ONLY64 = 1 << 4,
    SIZED_BY_IMMEDIATE = 1 << 5, /* the size asked for an immediate is that of the memory, too */
    UNSIZED = 1 << 6,            /* memory whose size is not said has this form's size */
    NOT_BOTH_EAX = 1 << 7, /* xchg eax, eax is no nop in 64-bit code, whose upper half it clears */
    PUSHED = 1 << 8, /* an immediate that is pushed, as large as an address unless it is a word */
    NO16 = 1 << 9,   /* 16 bits exist in 32-bit code alone */
    FAR = 1 << 10,
    ADDRESS16 = 1 << 11, /* the size of an address counts as the size of rcx */
    ADDRESS32 = 1 << 12,
    ADDRESS64 = 1 << 13,
    STRING = 1 << 14
};

struct form {
    uint8_t kinds[ELFGEN_X86_OPERANDS];
    uint8_t prefix, map, opcode;
    uint16_t modrm;
    uint8_t sizes;
    uint8_t effect;
    uint16_t properties;
};

struct mnemonic {
    const char *name;
    const struct form *forms;
    uint8_t count;
};

struct effect {
    char operands[ELFGEN_X86_OPERANDS + 1];
    uint32_t registers_read, registers_written, flags_read, flags_written, flags_undefined;
};

extern const struct kind_row elfgen_x86_kinds[KINDS];
extern const struct mnemonic elfgen_x86_table[ELFGEN_X86_MNEMONICS];
extern const struct effect elfgen_x86_effect_rows[];

/* The form of a mnemonic, counted from 1; NULL: there is none. */
const struct form *elfgen_x86_form_row(unsigned mnemonic, unsigned form);

#endif

/* Encodes x86 instructions: an instruction as data to bytes.
 *
 * 64-bit and 32-bit code: general-purpose instructions, privileged and I/O ones, SSE and SSE2 on
 * XMM registers. Where an instruction has several encodings, elfgen_encode() takes the one that
 * NASM 2.16.01 takes, or the one that the caller asks for; elfgen_encodings() lists them all.
 * Sources: Intel SDM volume 2 and AMD APM volume 3; encode/ has the tables, with the section of
 * each. */
#ifndef ELFGEN_X86_H
#define ELFGEN_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/api.h"
#include "elfgen/text.h"

/* Instructions by name; mnemonics with one meaning (je and jz) have each a number. */
enum elfgen_x86_mnemonic {
    ELFGEN_X86_OP_NONE,
#define ELFGEN_X86_MNEMONIC(name) ELFGEN_X86_OP_##name,
#include "elfgen/x86_mnemonics.def"
#undef ELFGEN_X86_MNEMONIC
    ELFGEN_X86_MNEMONICS
};

enum elfgen_x86_register {
    ELFGEN_X86_REG_NONE,
#define ELFGEN_X86_REGISTER(name, value) ELFGEN_X86_REG_##name = (value),
#include "elfgen/x86_registers.def"
#undef ELFGEN_X86_REGISTER
};

enum elfgen_x86_operand_kind {
    ELFGEN_X86_NO_OPERAND,
    ELFGEN_X86_REGISTER_OPERAND,
    ELFGEN_X86_MEMORY,
    ELFGEN_X86_IMMEDIATE,
    ELFGEN_X86_TARGET,    /* of a jump or call: an address, which is stored relative to its end */
    ELFGEN_X86_FAR_TARGET /* selector and offset, in 32-bit code */
};

/* What a jump's or call's operand asks for. */
enum elfgen_x86_reach {
    ELFGEN_X86_ANY_REACH,
    ELFGEN_X86_SHORT, /* 8 bits */
    ELFGEN_X86_NEAR,  /* 32 bits; of a memory operand: not far */
    ELFGEN_X86_FAR    /* of a memory operand: a selector and an offset */
};

/* An operand; each kind reads its own fields, and 0 in the others is right. */
struct elfgen_x86_operand {
    uint8_t kind; /* enum elfgen_x86_operand_kind */
    /* Bytes, as `byte` to `oword` say: 1, 2, 4, 8, 16; 0: not said. Of an immediate it is the size
     * that the caller wants, of a register it is not looked at. */
    uint8_t size;
    uint8_t reg;   /* register: enum elfgen_x86_register */
    uint8_t reach; /* target, memory: enum elfgen_x86_reach */
    /* Memory: registers, and what the index is multiplied with: 1, 2, 4, 8 (0 is 1), without a base
     * also 3, 5 and 9. `base` rip or eip: the displacement is relative to the instruction's end. */
    uint8_t segment, base, index, scale;
    /* Memory: bytes of the displacement that were asked for, 1, 2, 4, 8; 0: the fewest. 8, or 4
     * without registers in 32-bit code, asks for mov's form with an address and no ModRM. */
    uint8_t displacement_size;
    bool no_split; /* memory: index * 2 is not made base + index, nor index * 1 the base */
    bool relative; /* memory without registers: `value` is an address, stored relative to the end */
    bool symbolic; /* `value` is not known yet: room for all of it; no choice depends on it */
    bool strict;   /* immediate, target: the size stays as the caller wants it */
    uint16_t selector; /* far target */
    int64_t value;     /* immediate; displacement; address of a target; offset of a far target */
};

/* Prefixes that were asked for. Those that a form needs are added anyway. */
enum elfgen_x86_prefix {
    ELFGEN_X86_LOCK = 1 << 0,
    ELFGEN_X86_REP = 1 << 1,   /* f3: rep, repe, repz, xrelease */
    ELFGEN_X86_REPNE = 1 << 2, /* f2: repne, repnz, xacquire, bnd */
    ELFGEN_X86_A16 = 1 << 3,   /* the size of addresses, where no operand shows it */
    ELFGEN_X86_A32 = 1 << 4,
    ELFGEN_X86_A64 = 1 << 5,
    ELFGEN_X86_REX = 1 << 6, /* a REX prefix even where it says nothing */
    /* The size of operands, whatever the form's is: 66 is written, or not, or REX.W is set. */
    ELFGEN_X86_O16 = 1 << 7,
    ELFGEN_X86_O32 = 1 << 8,
    ELFGEN_X86_O64 = 1 << 9
};

/* Which of ModRM's fields has the first operand, where both are registers. */
enum elfgen_x86_direction {
    ELFGEN_X86_ANY_DIRECTION,
    ELFGEN_X86_TO_RM, /* the first operand is in ModRM.rm, as in 01 /r */
    ELFGEN_X86_TO_REG /* it is in ModRM.reg, as in 03 /r */
};

enum { ELFGEN_X86_OPERANDS = 3, ELFGEN_X86_LONGEST = 15 };

struct elfgen_x86_instruction {
    uint16_t mnemonic; /* enum elfgen_x86_mnemonic */
    uint8_t mode;      /* 64 or 32 */
    uint8_t direction; /* enum elfgen_x86_direction */
    uint16_t prefixes; /* bits of enum elfgen_x86_prefix */
    uint8_t segment;   /* a segment prefix without a memory operand, as of lods; 0: none */
    bool truncate;     /* numbers that do not fit are cut, as NASM does with a warning */
    uint16_t form;     /* take this form alone, counted from 1 (elfgen_x86_form()); 0: any */
    bool any_prefix;   /* lock, rep and repne may stand before any instruction, as NASM has it */
    uint64_t address;  /* of the instruction, from which targets are counted */
    struct elfgen_x86_operand operands[ELFGEN_X86_OPERANDS];
};

enum elfgen_x86_status {
    ELFGEN_X86_OK,
    ELFGEN_X86_NO_MNEMONIC,    /* there is no such instruction */
    ELFGEN_X86_NO_FORM,        /* not with such operands */
    ELFGEN_X86_SIZE_UNKNOWN,   /* no operand says how large it is */
    ELFGEN_X86_SIZE_MISMATCH,  /* the sizes of operands do not go together */
    ELFGEN_X86_OTHER_MODE,     /* not in code of this mode */
    ELFGEN_X86_NO_FIT,         /* a number does not fit into the field */
    ELFGEN_X86_OUT_OF_REACH,   /* a target is too far away */
    ELFGEN_X86_NO_ADDRESS,     /* no address has these registers, scale and sizes */
    ELFGEN_X86_HIGH_BYTE,      /* ah, ch, dh or bh in an instruction that needs a REX prefix */
    ELFGEN_X86_NO_PREFIX,      /* a prefix that the instruction cannot have */
    ELFGEN_X86_TOO_LONG,       /* more than 15 bytes */
    ELFGEN_X86_BAD_INSTRUCTION /* a field of the structure has a value that it cannot have */
};

/* Parts of an encoding, in the order of their bytes. */
enum elfgen_x86_part {
    ELFGEN_X86_PREFIXES, /* legacy ones, those too that select the instruction */
    ELFGEN_X86_REX_PART,
    ELFGEN_X86_OPCODE,
    ELFGEN_X86_MODRM,
    ELFGEN_X86_SIB,
    ELFGEN_X86_DISPLACEMENT, /* an address without ModRM, too */
    ELFGEN_X86_IMMEDIATE_PART,
    ELFGEN_X86_IMMEDIATE_2, /* enter's second one, and a far target's selector */
    ELFGEN_X86_PARTS
};

/* Where the number of an operand is stored, for whoever must fill it in. */
struct elfgen_x86_field {
    uint8_t offset, length; /* in bytes; a length of 0: the operand has none */
    bool is_relative;       /* to the end of the instruction */
    bool is_signed;         /* it is sign-extended when executed */
};

struct elfgen_x86_encoding {
    uint8_t bytes[ELFGEN_X86_LONGEST];
    uint8_t length;
    uint8_t operand_size; /* bytes, 0: it has none */
    uint16_t form;        /* counted from 1, as elfgen_x86_form() does */
    uint8_t blame;        /* with an error: the operand, counted from 0; 255: none */
    bool truncated;       /* a number was cut */
    uint8_t part_offset[ELFGEN_X86_PARTS], part_length[ELFGEN_X86_PARTS];
    struct elfgen_x86_field fields[ELFGEN_X86_OPERANDS];
};

/* Encodes an instruction, as NASM 2.16.01 does unless it asks for something else. The structure may
 * have any values. With a status other than ELFGEN_X86_OK `encoding->blame` is set, and the rest of
 * it unspecified. */
ELFGEN_API enum elfgen_x86_status elfgen_encode(const struct elfgen_x86_instruction *instruction,
                                                struct elfgen_x86_encoding *encoding);

/* What `status` means, as the end of a sentence; never NULL. */
ELFGEN_API const char *elfgen_x86_status_text(enum elfgen_x86_status status);

/* Calls `found` for each different encoding of the instruction, in the order of forms: all forms
 * that its operands have (`form` and `direction` apart), each with displacements that are longer
 * than needed, with and without SIB, base and index exchanged. With `useless`, also with a REX
 * prefix, its bits and segment prefixes that change nothing. Returns how many there are; `found`
 * returns false to stop. */
ELFGEN_API size_t elfgen_encodings(const struct elfgen_x86_instruction *instruction, bool useless,
                                   bool (*found)(const struct elfgen_x86_encoding *encoding,
                                                 void *context),
                                   void *context);

/* The number of a name of `length` bytes in lowercase; 0: there is none. */
ELFGEN_API enum elfgen_x86_mnemonic elfgen_x86_mnemonic(const char *name, size_t length);
ELFGEN_API enum elfgen_x86_register elfgen_x86_register(const char *name, size_t length);

/* The name of a number; NULL: it has none. */
ELFGEN_API const char *elfgen_x86_mnemonic_name(unsigned mnemonic);
ELFGEN_API const char *elfgen_x86_register_name(unsigned reg);

/* Bytes of a register, 0 of those that instructions know no size of (segment, control, debug). */
ELFGEN_API uint8_t elfgen_x86_register_size(unsigned reg);

/* Appends the instruction in NASM's language, from which NASM makes what elfgen_encode() makes.
 * Symbolic numbers are printed as their values. */
ELFGEN_API void elfgen_x86_print(const struct elfgen_x86_instruction *instruction,
                                 struct elfgen_text *text);

/* Where an operand is in an encoding. */
enum elfgen_x86_place {
    ELFGEN_X86_IMPLIED, /* nowhere: the opcode says it */
    ELFGEN_X86_IN_REG,  /* a register: ModRM.reg and REX.R */
    ELFGEN_X86_IN_RM,   /* a register, or memory: ModRM.rm, SIB, displacement, REX.X and REX.B */
    ELFGEN_X86_IN_REG_AND_RM, /* one register in both */
    ELFGEN_X86_IN_OPCODE,     /* a register: the last three bits of the opcode, and REX.B */
    ELFGEN_X86_IN_IMMEDIATE,
    ELFGEN_X86_IN_DISPLACEMENT /* an address: relative, or without a ModRM */
};

/* A form of an instruction. */
struct elfgen_x86_form {
    const char *operands[ELFGEN_X86_OPERANDS]; /* "r/m8", "imm"; NULL: no operand */
    uint8_t places[ELFGEN_X86_OPERANDS];       /* enum elfgen_x86_place */
    bool is_sized[ELFGEN_X86_OPERANDS];        /* the operand is as large as the operand size */
    uint8_t sizes;                             /* operand sizes: the sum of 2, 4 and 8; 0: none */
    bool in_64, in_32;                         /* the modes that have it */
    bool may_lock;
    bool is_string; /* with rep or repne it is repeated */
};

/* Sets what is known of a form of a mnemonic, counted from 1. False: there is none. */
ELFGEN_API bool elfgen_x86_form(unsigned mnemonic, unsigned form, struct elfgen_x86_form *result);

/* Bits of EFLAGS, as the processor has them. */
enum elfgen_x86_flag {
    ELFGEN_X86_CF = 1 << 0,
    ELFGEN_X86_PF = 1 << 2,
    ELFGEN_X86_AF = 1 << 4,
    ELFGEN_X86_ZF = 1 << 6,
    ELFGEN_X86_SF = 1 << 7,
    ELFGEN_X86_TF = 1 << 8,
    ELFGEN_X86_IF = 1 << 9,
    ELFGEN_X86_DF = 1 << 10,
    ELFGEN_X86_OF = 1 << 11,
    ELFGEN_X86_AC = 1 << 18
};

struct elfgen_x86_effects {
    bool reads[ELFGEN_X86_OPERANDS], writes[ELFGEN_X86_OPERANDS]; /* the operands' values */
    uint32_t registers_read, registers_written; /* those that no operand names: bit 0 is rax, and so
                                                 * on in the order of their numbers */
    uint32_t flags_read, flags_written, flags_undefined; /* bits of enum elfgen_x86_flag */
};

/* Sets what a form of a mnemonic, counted from 1, reads and writes besides memory of the stack and
 * of strings. With rep or repne before a string instruction, rcx is read and written, too. False:
 * there is none. */
ELFGEN_API bool elfgen_x86_effects(unsigned mnemonic, unsigned form,
                                   struct elfgen_x86_effects *effects);

#endif

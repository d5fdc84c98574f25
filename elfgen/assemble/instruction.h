/* Instructions in NASM's language as data. */
#ifndef ELFGEN_ASSEMBLE_INSTRUCTION_H
#define ELFGEN_ASSEMBLE_INSTRUCTION_H

#include "expression.h"

/* An instruction, and what the numbers of its operands are made of.
 *
 * An immediate or a displacement with a base is `symbolic` in the instruction; so is a displacement
 * with an unknown name. An unknown immediate is 1, for which NASM, too, takes the shortest form
 * until it knows more; an unknown target is the instruction itself. A target that is not in
 * names.section is `strict`, so that it is near. */
struct operand_values {
    struct elfgen_x86_instruction instruction;
    struct value values[ELFGEN_X86_OPERANDS]; /* number 0 for registers */
    uint8_t is_open; /* a bit for each operand whose value is unknown or has a base */
    const struct token *mnemonic, *operands[ELFGEN_X86_OPERANDS]; /* where each begins; of prefixes
                                                                   * alone the end is `mnemonic` */
    const struct token *lock; /* the prefix; NULL: it is not there */
};

/* Encodes what elfgen_asm_instruction() made, as elfgen_encode() does; prefixes alone, too. */
enum elfgen_x86_status elfgen_asm_encode(const struct elfgen_x86_instruction *instruction,
                                         struct elfgen_x86_encoding *encoding);

/* Parses the instruction whose prefixes or mnemonic begin at `tokens`, up to TOKEN_END. Forms are
 * not looked at, so elfgen_asm_encode() may refuse the result. The address of the instruction is
 * names->here.number. Prefixes may stand alone, for the instruction of the next line: then there is
 * no mnemonic, ELFGEN_X86_OP_NONE. */
bool elfgen_asm_instruction(const struct names *names, const struct token *tokens,
                            struct operand_values *result, struct fault *fault);

/* The operand whose number does not fit, so that NASM warns; ELFGEN_X86_OPERANDS: there is none. Of
 * an instruction with `truncate`, and its encoding; the operands that are open are known by now. A
 * displacement of 0 bytes counts as one that fits, as NASM has it. */
unsigned elfgen_asm_overflow(const struct elfgen_x86_instruction *instruction,
                             const struct elfgen_x86_encoding *encoding);

/* Whether NASM warns that o16, o32 or o64 is not the size of the operands. */
bool elfgen_asm_has_other_size(const struct elfgen_x86_instruction *instruction,
                               const struct elfgen_x86_encoding *encoding);

/* Whether NASM warns that lock does not belong before the instruction. */
bool elfgen_asm_is_not_lockable(const struct elfgen_x86_instruction *instruction,
                                const struct elfgen_x86_encoding *encoding);

/* Tells why elfgen_encode() refuses an instruction, and what there would be. Returns false. */
bool elfgen_asm_refused(const struct operand_values *values, enum elfgen_x86_status status,
                        const struct elfgen_x86_encoding *encoding, struct fault *fault);

/* The mnemonic, or else the directive or prefix, that is nearest to a word; NULL: none is near. */
const char *elfgen_asm_nearest(const char *word, size_t length);

#endif

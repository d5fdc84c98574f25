/* The table of words that NASM's language reserves, found by hash. */
#include "words.h"

#include "elfgen/x86.h"

enum word_number {
    NUMBER_none,
#define ELFGEN_X86_MNEMONIC(name) NUMBER_##name,
#include "elfgen/x86_mnemonics.def"
#undef ELFGEN_X86_MNEMONIC
#define ELFGEN_X86_REGISTER(name, value) NUMBER_##name,
#include "elfgen/x86_registers.def"
#undef ELFGEN_X86_REGISTER
#define WORD(name, kind, number) NUMBER_##name,
#include "words.def"
#undef WORD
#define FOREIGN_WORD(name)      NUMBER_##name,
#define FOREIGN_DIRECTIVE(name) NUMBER_##name,
#include "foreign_words.def"
#undef FOREIGN_WORD
#undef FOREIGN_DIRECTIVE
    NUMBERS
};

/* NASM has no rip: it is a name as any other. */
#define KIND_OF_REGISTER(value)                                                                    \
    ((value) == ELFGEN_X86_REG_rip || (value) == ELFGEN_X86_REG_eip ? WORD_NONE : WORD_REGISTER)

const struct word elfgen_asm_words[] = {
    {"", WORD_NONE, 0},
#define ELFGEN_X86_MNEMONIC(name) {#name, WORD_MNEMONIC, ELFGEN_X86_OP_##name},
#include "elfgen/x86_mnemonics.def"
#undef ELFGEN_X86_MNEMONIC
#define ELFGEN_X86_REGISTER(name, value) {#name, KIND_OF_REGISTER(value), value},
#include "elfgen/x86_registers.def"
#undef ELFGEN_X86_REGISTER
#define WORD(name, kind, number) {#name, WORD_##kind, number},
#include "words.def"
#undef WORD
#define FOREIGN_WORD(name)      {#name, WORD_FOREIGN, 0},
#define FOREIGN_DIRECTIVE(name) {#name, WORD_FOREIGN_DIRECTIVE, 0},
#include "foreign_words.def"
#undef FOREIGN_WORD
#undef FOREIGN_DIRECTIVE
};

const size_t elfgen_asm_word_count = NUMBERS;

const uint16_t elfgen_asm_word_slots[1 << WORD_SLOT_BITS] = {
#define SLOT(place, name) [place] = NUMBER_##name,
#include "word_slots.def"
#undef SLOT
};

/* Upper and lower case are the same. What else has the same bits in lowercase is in no name. */
static bool is_word(const struct word *word, const char *name, size_t length)
{
    for (size_t i = 0; i < length; i += 8)
        if ((name_part(name + i, length - i) ^ name_part(word->text + i, length - i)) &
            ~bits_of_lower(length - i))
            return false;
    return word->text[length] == '\0';
}

uint16_t elfgen_asm_word(const char *name, size_t length, uint64_t hash)
{
    if (length >= WORD_LONGEST)
        return 0;
    for (size_t slot = hash >> (64 - WORD_SLOT_BITS);;
         slot = (slot + 1) & ((1 << WORD_SLOT_BITS) - 1)) {
        const uint16_t number = elfgen_asm_word_slots[slot];
        if (!number || is_word(&elfgen_asm_words[number], name, length))
            return number;
    }
}

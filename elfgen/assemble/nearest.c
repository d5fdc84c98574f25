/* Which word is meant by one that does not exist. */
#include <string.h>

#include "elfgen/distance.h"
#include "instruction.h"

const char *elfgen_asm_nearest(const char *word, size_t length)
{
    const char *nearest = NULL;
    size_t best = length < 4 ? 2 : 3;
    for (unsigned i = 1; i < ELFGEN_X86_MNEMONICS; i++) {
        const char *name = elfgen_x86_mnemonic_name(i);
        const size_t found = elfgen_word_distance(word, length, name, strlen(name), best - 1);
        if (found < best) {
            best = found;
            nearest = name;
        }
    }
    for (size_t i = 1; i < elfgen_asm_word_count; i++) {
        const struct word *other = &elfgen_asm_words[i];
        if (other->kind != WORD_DIRECTIVE && other->kind != WORD_DATA &&
            other->kind != WORD_RESERVE && other->kind != WORD_PREFIX &&
            other->kind != WORD_TIMES && other->kind != WORD_INCBIN)
            continue;
        const size_t found =
            elfgen_word_distance(word, length, other->text, strlen(other->text), best - 1);
        if (found < best) {
            best = found;
            nearest = other->text;
        }
    }
    return nearest;
}

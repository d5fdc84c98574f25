/* Which word is meant by one that does not exist. */
#include <string.h>

#include "instruction.h"

enum { LONGEST_WORD = 16 };

/* How many letters must be changed, added, left out or exchanged; more than `most`: most + 1. */
static unsigned distance(const char *word, size_t length, const char *other, unsigned most)
{
    const size_t other_length = strlen(other);
    unsigned rows[3][LONGEST_WORD + 1];
    if (length > LONGEST_WORD || other_length > LONGEST_WORD ||
        (length > other_length ? length - other_length : other_length - length) > most)
        return most + 1;
    for (unsigned k = 0; k <= other_length; k++)
        rows[0][k] = k;
    for (unsigned i = 1; i <= length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];
        const char letter = (char)(word[i - 1] | 0x20);
        row[0] = i;
        for (unsigned k = 1; k <= other_length; k++) {
            unsigned best = above[k - 1] + (letter != other[k - 1]);
            best = above[k] + 1 < best ? above[k] + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            if (i > 1 && k > 1 && letter == other[k - 2] && (word[i - 2] | 0x20) == other[k - 1] &&
                over[k - 2] + 1 < best)
                best = over[k - 2] + 1;
            row[k] = best;
        }
    }
    const unsigned result = rows[length % 3][other_length];
    return result > most ? most + 1 : result;
}

const char *elfgen_asm_nearest(const char *word, size_t length)
{
    const char *nearest = NULL;
    unsigned best = length < 4 ? 2 : 3;
    for (unsigned i = 1; i < ELFGEN_X86_MNEMONICS; i++) {
        const char *name = elfgen_x86_mnemonic_name(i);
        const unsigned found = distance(word, length, name, best - 1);
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
        const unsigned found = distance(word, length, other->text, best - 1);
        if (found < best) {
            best = found;
            nearest = other->text;
        }
    }
    return nearest;
}

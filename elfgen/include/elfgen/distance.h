/* Measures how far a word is from another one, for suggestions. */
#ifndef ELFGEN_DISTANCE_H
#define ELFGEN_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

/* Words that are longer are far from every other one. */
enum { ELFGEN_DISTANCE_LONGEST = 32 };

/* An ASCII letter as a small one; other characters stay. */
static inline unsigned elfgen_small_letter(char c)
{
    const unsigned letter = (unsigned char)c;
    return letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter;
}

/* How many letters to add, drop, replace or swap with their neighbours make one word the other;
 * small and capital letters are the same. SIZE_MAX: they are more than `most`, or a word is longer
 * than ELFGEN_DISTANCE_LONGEST. */
static inline size_t elfgen_word_distance(const char *word, size_t length, const char *other,
                                          size_t other_length, size_t most)
{
    size_t rows[3][ELFGEN_DISTANCE_LONGEST + 1]; /* row i: from the first i letters of `word` */
    if (length > ELFGEN_DISTANCE_LONGEST || other_length > ELFGEN_DISTANCE_LONGEST ||
        (length > other_length ? length - other_length : other_length - length) > most)
        return SIZE_MAX;
    for (size_t k = 0; k <= other_length; k++)
        rows[0][k] = k;
    for (size_t i = 1; i <= length; i++) {
        size_t *row = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        const unsigned letter = elfgen_small_letter(word[i - 1]);
        row[0] = i;
        for (size_t k = 1; k <= other_length; k++) {
            const unsigned there = elfgen_small_letter(other[k - 1]);
            size_t best = last[k - 1] + (letter != there);
            best = last[k] + 1 < best ? last[k] + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            if (i > 1 && k > 1 && letter == elfgen_small_letter(other[k - 2]) &&
                there == elfgen_small_letter(word[i - 2]) && before[k - 2] + 1 < best)
                best = before[k - 2] + 1;
            row[k] = best;
        }
    }
    const size_t distance = rows[length % 3][other_length];
    return distance > most ? SIZE_MAX : distance;
}

#endif

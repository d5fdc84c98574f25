/* Lists the encodings of an instruction, the shortest first, and prints it by operands. */
#include <stdlib.h>
#include <string.h>

#include "encode.h"

static bool is_same(const struct elfgen_x86_encoding *a, const struct elfgen_x86_encoding *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Makes room for twice as many. */
static bool grow(struct encode_answer *answer)
{
    struct elfgen_x86_encoding *more = reallocarray(answer->is_allocated ? answer->encodings : NULL,
                                                    answer->room, 2 * sizeof *more);
    if (!more)
        return false;
    if (!answer->is_allocated)
        memcpy(more, answer->few, sizeof answer->few);
    answer->encodings = more;
    answer->is_allocated = true;
    answer->room *= 2;
    return true;
}

static bool add(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct encode_answer *answer = context;
    if (!answer->encodings) {
        answer->encodings = answer->few;
        answer->room = sizeof answer->few / sizeof *answer->few;
    }
    if (answer->count == answer->room && !grow(answer))
        return false;
    answer->encodings[answer->count++] = *encoding;
    return true;
}

/* Sorts by length; encodings that are equally long stay in the order of forms. */
static void sort(struct encode_answer *answer)
{
    for (size_t i = 1; i < answer->count; i++) {
        const struct elfgen_x86_encoding encoding = answer->encodings[i];
        size_t at = i;
        for (; at > 0 && answer->encodings[at - 1].length > encoding.length; at--)
            answer->encodings[at] = answer->encodings[at - 1];
        answer->encodings[at] = encoding;
    }
}

bool encode_list(struct encode_answer *answer, const struct elfgen_x86_encoding *usual,
                 bool useless)
{
    answer->count = 0;
    /* A false from elfgen_encodings() would be one encoding less than it counts. */
    if (elfgen_encodings(&answer->instruction, useless, add, answer) != answer->count)
        return false;
    bool is_listed = false;
    for (size_t i = 0; i < answer->count; i++)
        is_listed |= is_same(&answer->encodings[i], usual);
    if (!is_listed && !add(usual, answer))
        return false;
    sort(answer);
    for (size_t i = 0; i < answer->count; i++)
        if (is_same(&answer->encodings[i], usual))
            answer->usual = i;
    return true;
}

void encode_print(const struct elfgen_x86_instruction *instruction,
                  struct encode_operands *operands)
{
    struct elfgen_x86_instruction alone = *instruction;
    struct elfgen_text text = {.bytes = operands->room, .capacity = sizeof operands->room};
    memset(alone.operands, 0, sizeof alone.operands);
    memset(operands->at, 0, sizeof operands->at);
    elfgen_x86_print(&alone, &text);
    size_t at = text.length + 1; /* a blank */
    text.length = 0;
    elfgen_x86_print(instruction, &text);
    operands->length = text.length;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && at < text.length; i++) {
        size_t end = at;
        while (end < text.length && operands->room[end] != ',')
            end++;
        operands->at[i].text = operands->room + at;
        operands->at[i].length = end - at;
        at = end + 2; /* ", " */
    }
}

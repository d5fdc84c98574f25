/* Looks for values of what a program does not choose with which two expressions differ. */
#include <stdlib.h>

#include "symbolic_private.h"
#include "x86/known_bits.h"

enum { TRIES = 300, CONSTANTS = 48, SPREAD = 2 << 20, POINTERS = 0x10000, STRING = 0x1000 };

struct choosing {
    const struct symbolic_run *run;
    unsigned word; /* bytes */
    uint64_t seed;
    uint64_t constants[CONSTANTS];
    size_t count;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
    a = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
    a ^= a >> 32;
    a *= UINT64_C(0xbf58476d1ce4e5b9);
    return a ^ a >> 29;
}

static uint64_t first_stack(const struct choosing *choosing)
{
    return choosing->word == 8 ? UINT64_C(0x7ffd00001000) : UINT64_C(0xff801000);
}

/* A number that the programs compare with, one beside it, a small one, or any. */
static uint64_t pick(const struct choosing *choosing, uint64_t key)
{
    const uint64_t random = mix(choosing->seed, key), more = mix(random, key);
    const uint64_t constant = choosing->count ? choosing->constants[more % choosing->count] : 0;
    switch (random >> 8 & 3) {
    case 0:
        return constant;
    case 1:
        return constant + (random & 1 ? 1 : UINT64_MAX);
    case 2:
        return more & 7;
    default:
        return more;
    }
}

static uint64_t arguments(const struct choosing *choosing)
{
    enum { MOST = 2047 };
    const uint64_t count = pick(choosing, 0) & MOST;
    return count ? count : 1;
}

/* argc, arguments, their end, variables, their end: each word is a pointer, or 0. */
static uint64_t on_stack(const struct choosing *choosing, uint64_t word)
{
    const uint64_t count = arguments(choosing), variables = mix(choosing->seed, 1) & 7;
    if (word == 0)
        return count;
    if (word == count + 1 || word == count + variables + 2)
        return 0;
    return first_stack(choosing) + SPREAD + POINTERS + STRING * word;
}

static uint64_t any_byte(const struct choosing *choosing, uint64_t address)
{
    return pick(choosing, address) & UINT8_MAX;
}

static uint64_t choose(void *context, uint32_t at, uint64_t a)
{
    const struct choosing *choosing = context;
    const struct expression *item = expression_at(&choosing->run->all, at);
    const uint64_t from = a - first_stack(choosing);
    uint64_t value = 0;
    switch (item->kind) {
    case EXPRESSION_SYMBOL:
        if (at == choosing->run->stack)
            return first_stack(choosing);
        value = (pick(choosing, mix(item->number, 2)) & ~item->known.known) | item->known.value;
        if (value > a)
            value = a == UINT64_MAX ? value : value % (a + 1);
        /* -4096 is no error. */
        return item->known.value && (value & 0xfff) == 0 ? value + 1 : value;
    case EXPRESSION_CONTENT:
        return pick(choosing, mix(mix(item->number, 3), a)) & UINT8_MAX;
    default:
        if (from < SPREAD && from % choosing->word == 0 && item->number == choosing->word)
            return on_stack(choosing, from / choosing->word);
        for (unsigned i = 0; i < item->number; i++)
            value |= any_byte(choosing, a + i) << 8 * i;
        return value;
    }
}

/* Notes the constants that expressions up to `last` are made of. */
static void collect(struct choosing *choosing, bool *is_part, uint32_t last)
{
    for (uint32_t i = last + 1; i-- > 0;) {
        const struct expression *item = expression_at(&choosing->run->all, i);
        if (!is_part[i])
            continue;
        if (item->kind == EXPRESSION_CONSTANT) {
            if (choosing->count + 2 <= CONSTANTS) {
                choosing->constants[choosing->count++] = item->number;
                choosing->constants[choosing->count++] = 0 - item->number;
            }
            continue;
        }
        is_part[item->a] = true;
        if (item->kind >= EXPRESSION_ADD)
            is_part[item->b] = true;
    }
}

static bool try_values(struct choosing *choosing, const struct symbolic_facts *facts, uint32_t one,
                       uint32_t other, uint32_t last, uint64_t *values, size_t *left)
{
    const struct expression_choice choice = {choose, choosing};
    for (unsigned i = 0; i<TRIES && * left> last; i++) {
        bool holds = true;
        *left -= last;
        choosing->seed = mix(i, 20);
        expression_values(&choosing->run->all, last, &choice, values);
        for (size_t j = 0; j < facts->count && holds; j++)
            holds = values[facts->of[j]] == facts->is[j];
        if (holds && (one == other || values[one] != values[other]))
            return true;
    }
    return false;
}

bool symbolic_can_differ(struct symbolic_run *run, unsigned word,
                         const struct symbolic_facts *facts, uint32_t one, uint32_t other)
{
    struct choosing choosing = {.run = run, .word = word};
    uint32_t last = one > other ? one : other;
    bool is_exact = expression_at(&run->all, one)->is_exact &&
                    expression_at(&run->all, other)->is_exact && !facts->is_full;
    for (size_t i = 0; i < facts->count; i++) {
        is_exact = is_exact && expression_at(&run->all, facts->of[i])->is_exact;
        last = facts->of[i] > last ? facts->of[i] : last;
    }
    uint64_t *values = calloc(last + 1u, sizeof *values);
    bool *is_part = calloc(last + 1u, sizeof *is_part);
    bool differs = false;
    if (values && is_part && is_exact) {
        is_part[one] = is_part[other] = true;
        for (size_t i = 0; i < facts->count; i++)
            is_part[facts->of[i]] = true;
        collect(&choosing, is_part, last);
        differs = try_values(&choosing, facts, one, other, last, values, &run->values);
    }
    free(values);
    free(is_part);
    return differs;
}

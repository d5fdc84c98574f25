/* Looks for values of what a program does not choose with which two expressions differ, and makes
 * an environment of them. */
#include <stdlib.h>
#include <string.h>

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

static uint64_t variables(const struct choosing *choosing)
{
    return mix(choosing->seed, 1) & 7;
}

/* argc, arguments, their end, variables, their end: each word is a pointer, or 0. */
static uint64_t on_stack(const struct choosing *choosing, uint64_t word)
{
    const uint64_t count = arguments(choosing);
    if (word == 0)
        return count;
    if (word == count + 1 || word == count + variables(choosing) + 2)
        return 0;
    return first_stack(choosing) + SPREAD + POINTERS + STRING * word;
}

/* One of the constants, byte by byte, over and over: words are compared with it. Returns false
 * where a text is other bytes. */
static bool spell(const struct choosing *choosing, uint64_t text, uint64_t at, uint64_t *byte)
{
    const uint64_t random = mix(mix(choosing->seed, text), 4);
    if (choosing->count == 0 || (random & 3) != 0)
        return false;
    const uint64_t first = random & 4 ? 0 : random >> 3;
    *byte =
        choosing->constants[(random >> 8) % choosing->count] >> 8 * ((at - first) & 7) & UINT8_MAX;
    return true;
}

static uint64_t any_byte(const struct choosing *choosing, uint64_t address)
{
    uint64_t byte;
    return spell(choosing, address / STRING, address % STRING, &byte)
               ? byte
               : pick(choosing, address) & UINT8_MAX;
}

/* Of what the kernel wrote, by its number. */
static uint64_t content_byte(const struct choosing *choosing, uint64_t number, uint64_t at)
{
    uint64_t byte;
    return spell(choosing, mix(number, 3), at, &byte)
               ? byte
               : pick(choosing, mix(mix(number, 3), at)) & UINT8_MAX;
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
        return content_byte(choosing, item->number, a);
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

/* Tries values, the *next-th ones first. */
static bool try_values(struct choosing *choosing, const struct symbolic_facts *facts, uint32_t one,
                       uint32_t other, uint32_t last, uint64_t *values, size_t *left,
                       unsigned *next)
{
    const struct expression_choice choice = {choose, choosing};
    while (*next<TRIES && * left> last) {
        bool holds = true;
        *left -= last;
        choosing->seed = mix((*next)++, 20);
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
    run->example = (struct symbolic_example){.word = word, .one = one, .other = other};
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
    unsigned next = 0;
    if (values && is_part && is_exact) {
        is_part[one] = is_part[other] = true;
        for (size_t i = 0; i < facts->count; i++)
            is_part[facts->of[i]] = true;
        collect(&choosing, is_part, last);
        differs = try_values(&choosing, facts, one, other, last, values, &run->values, &next);
    }
    free(values);
    free(is_part);
    return differs;
}

/* ---- an environment that has the values ---- */

/* As many as are on a stack with arguments and variables; what each string needs. */
enum { STRINGS = 2048 + 10, MOST_INPUT = 1 << 20, MORE_INPUT = 300 };

struct making {
    struct choosing choosing;
    uint64_t *values;
    bool *is_part;
    uint32_t last;
    bool has_stack; /* words of the stack are looked at */
    bool is_open;   /* it is no difference that they make */
    /* Bytes of the string at each of these words that are looked at. */
    uint16_t lengths[STRINGS];
};

/* Notes how much of each string the programs look at. */
static void measure_strings(struct making *making)
{
    const struct expressions *all = &making->choosing.run->all;
    for (uint32_t i = 0; i <= making->last; i++) {
        const struct expression *item = expression_at(all, i);
        if (!making->is_part[i] || item->kind != EXPRESSION_LOAD)
            continue;
        const uint64_t stack = making->values[item->a] - first_stack(&making->choosing),
                       from = stack - SPREAD - (uint64_t)POINTERS;
        making->has_stack |= stack < SPREAD;
        const uint64_t word = from / STRING, end = from % STRING + item->number;
        if (word < STRINGS && end < STRING && end > making->lengths[word])
            making->lengths[word] = (uint16_t)end;
    }
}

/* The string at a word of the stack, up to where it was looked at. Returns its length. */
static size_t make_string(const struct making *making, uint64_t word, const char *usual, char *text)
{
    const uint64_t from =
        first_stack(&making->choosing) + SPREAD + (uint64_t)POINTERS + STRING * word;
    size_t length = 0;
    while (length < making->lengths[word] && any_byte(&making->choosing, from + length) != 0) {
        text[length] = (char)any_byte(&making->choosing, from + length);
        length++;
    }
    if (making->lengths[word] == 0)
        while (usual[length]) {
            text[length] = usual[length];
            length++;
        }
    text[length] = '\0';
    return length;
}

/* So many strings, from a word of the stack on, in one block of memory with their pointers. */
static char **make_strings(const struct making *making, uint64_t word, uint64_t count,
                           const char *usual)
{
    size_t size = (count + 1) * sizeof(char *);
    for (uint64_t i = 0; i < count && word + count <= STRINGS; i++)
        size += making->lengths[word + i] + strlen(usual) + 1;
    char **strings = word + count <= STRINGS ? calloc(1, size) : NULL;
    char *text = strings ? (char *)(strings + count + 1) : NULL;
    for (uint64_t i = 0; text && i < count; i++) {
        strings[i] = text;
        text += make_string(making, word + i, usual, text) + 1;
    }
    return strings;
}

/* What calls on the way return and write. Returns false if that is too much. */
static bool make_answers(const struct making *making, const struct symbolic_pair *pair,
                         struct golf_environment *environment)
{
    size_t size = 0;
    environment->answer_count = pair->call_count;
    for (size_t i = 0; i < pair->call_count; i++) {
        const struct symbolic_call *call = &pair->calls[i];
        struct golf_answer *answer = &environment->answers[i];
        *answer = (struct golf_answer){.is_set = call->is_exact,
                                       .result = (int64_t)making->values[call->result],
                                       .parameter = call->parameter};
        if (call->content && answer->result > MOST_INPUT)
            return false;
        if (call->content && answer->result > 0)
            answer->size = (size_t)answer->result;
        size += answer->size;
    }
    /* Where no difference is known yet, calls that come after them get something, too. */
    const size_t more = making->is_open ? MORE_INPUT : 0;
    environment->input = malloc(size + more + 1);
    for (size_t i = 0; environment->input && i < pair->call_count; i++)
        for (size_t k = 0; k < environment->answers[i].size; k++)
            environment->input[environment->input_size++] =
                (uint8_t)content_byte(&making->choosing, pair->calls[i].content, k);
    for (size_t i = 0; environment->input && i < more; i++)
        environment->input[environment->input_size++] = (uint8_t)(i % ('~' - ' ') + ' ');
    environment->input_is = size + more > 0 ? "bytes that make a difference" : "nothing";
    return environment->input != NULL;
}

/* Whether bytes that the kernel wrote are looked at only as far as it did. */
static bool are_contents_there(const struct making *making, const struct symbolic_pair *pair)
{
    const struct expressions *all = &making->choosing.run->all;
    for (uint32_t i = 0; i <= making->last; i++) {
        const struct expression *item = expression_at(all, i);
        bool is_there = !making->is_part[i] || item->kind != EXPRESSION_CONTENT;
        for (size_t k = 0; k < pair->call_count && !is_there; k++)
            is_there = pair->calls[k].content == item->number &&
                       making->values[item->a] < making->values[pair->calls[k].result];
        if (!is_there)
            return false;
    }
    return true;
}

/* Finds such values again, those that a run can have. */
static bool find_values(struct making *making, const struct symbolic_pair *pair)
{
    const struct symbolic_example *example = &making->choosing.run->example;
    size_t left = (size_t)TRIES * (making->last + 1u);
    unsigned next = 0;
    collect(&making->choosing, making->is_part, making->last);
    while (try_values(&making->choosing, &pair->facts, example->one, example->other, making->last,
                      making->values, &left, &next))
        if (are_contents_there(making, pair))
            return true;
    return false;
}

static bool make_environment(struct making *making, const struct symbolic_pair *pair,
                             struct golf_environment *environment)
{
    if (!find_values(making, pair))
        return false;
    measure_strings(making);
    const uint64_t count = making->has_stack ? arguments(&making->choosing) : 1;
    environment->arguments = make_strings(making, 1, count, "a");
    environment->variables =
        make_strings(making, count + 2, making->has_stack ? variables(&making->choosing) : 0, "A=");
    return environment->arguments && environment->variables &&
           make_answers(making, pair, environment);
}

bool symbolic_make_example(struct symbolic_run *run, const struct symbolic_pair *pair, bool is_open,
                           struct golf_environment *environment)
{
    const struct symbolic_example *example = &run->example;
    struct making *making = calloc(1, sizeof *making);
    bool is_made = making && pair->call_count <= SYMBOLIC_CALLS;
    if (is_made) {
        making->choosing = (struct choosing){.run = run, .word = example->word};
        making->is_open = is_open;
        making->last = example->one > example->other ? example->one : example->other;
        for (size_t i = 0; i < pair->facts.count; i++)
            if (pair->facts.of[i] > making->last)
                making->last = pair->facts.of[i];
        for (size_t i = 0; i < pair->call_count; i++)
            if (pair->calls[i].result > making->last)
                making->last = pair->calls[i].result;
        making->values = calloc(making->last + 1u, sizeof *making->values);
        making->is_part = calloc(making->last + 1u, sizeof *making->is_part);
        is_made = making->values && making->is_part;
    }
    if (is_made) {
        making->is_part[example->one] = making->is_part[example->other] = true;
        for (size_t i = 0; i < pair->facts.count; i++)
            making->is_part[pair->facts.of[i]] = true;
        is_made = make_environment(making, pair, environment);
    }
    if (making) {
        free(making->values);
        free(making->is_part);
    }
    free(making);
    if (!is_made)
        golf_environment_free(environment);
    return is_made;
}

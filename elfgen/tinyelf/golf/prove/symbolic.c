/* Follows two programs side by side over expressions, from call to call. */
#include "symbolic.h"

#include <stdlib.h>
#include <string.h>

#include "symbolic_private.h"
#include "x86/known_bits.h"

enum {
    STEPS = 60000,
    VALUES = 1 << 24,
    PAIRS = 600,
    STRETCHES = 256,
    MOST_ITEMS = 600,
    DEPTH = 200
};

struct stretch {
    uint64_t from, to;
    bool is_left;
};

struct comparison {
    struct symbolic_run run;
    struct symbolic_program programs[2];
    struct calls calls;
    struct stretch stretches[STRETCHES];
    size_t stretch_count;
    uint64_t seen[PAIRS][2]; /* pairs of states from which was gone on */
    size_t seen_count;
    size_t pairs, depth;
    bool has_no_memory;
    struct golf_symbolic *result;
    struct golf_examples *examples; /* NULL: nobody wants any */
};

/* ---- stretches ---- */

/* Makes an environment of the values that were found last: of a difference, the first one. */
static void add_example(struct comparison *comparison, const struct symbolic_pair *pair,
                        bool is_difference)
{
    struct golf_examples *examples = comparison->examples;
    if (!examples || examples->count == GOLF_EXAMPLES)
        return;
    const size_t last = examples->count, at = is_difference ? 0 : last;
    struct golf_environment made = {0};
    if (!symbolic_make_example(&comparison->run, pair, !is_difference, &made))
        return;
    examples->environments[last] = examples->environments[at];
    examples->addresses[last] = examples->addresses[at];
    examples->environments[at] = made;
    examples->addresses[at] = pair->from;
    examples->count++;
}

/* The same of a way that leads to what is left: as many ways as leave room for a difference. */
static void add_open_example(struct comparison *comparison, const struct symbolic_pair *pair)
{
    enum { MOST_EXPRESSIONS = 1 << 12, MOST_VALUES = 1 << 20 };
    struct symbolic_run *run = &comparison->run;
    const size_t values = run->values;
    if (!comparison->examples || comparison->examples->count + 1 >= GOLF_EXAMPLES ||
        run->all.count > MOST_EXPRESSIONS || pair->facts.count == 0)
        return;
    run->values = MOST_VALUES;
    if (symbolic_can_differ(run, run->bits / 8, &pair->facts, 0, 0))
        add_example(comparison, pair, false);
    run->values = values;
}

static void note(struct comparison *comparison, const struct symbolic_pair *pair, uint64_t to,
                 bool is_left)
{
    size_t i = 0;
    while (i < comparison->stretch_count &&
           (comparison->stretches[i].from != pair->from || comparison->stretches[i].to != to))
        i++;
    if (i == STRETCHES)
        return;
    if (i == comparison->stretch_count)
        comparison->stretches[comparison->stretch_count++] =
            (struct stretch){pair->from, to, false};
    if (is_left && !comparison->stretches[i].is_left && !comparison->result->differs)
        add_open_example(comparison, pair);
    comparison->stretches[i].is_left |= is_left;
}

/* ---- pairs of states, told from others by what they are but for the names of values ---- */

struct digest {
    const struct comparison *comparison;
    uint64_t sums[2];
    uint32_t items[MOST_ITEMS];
    size_t item_count;
    uint64_t names[MOST_ITEMS];
    size_t name_count;
    bool is_full;
};

static void put(struct digest *digest, uint64_t number)
{
    digest->sums[0] = (digest->sums[0] ^ number) * UINT64_C(0x100000001b3);
    digest->sums[0] ^= digest->sums[0] >> 29;
    digest->sums[1] = (digest->sums[1] + number) * UINT64_C(0x9e3779b97f4a7c15);
    digest->sums[1] ^= digest->sums[1] >> 31;
}

/* How many other names came before a name first did. */
static void put_name(struct digest *digest, uint64_t name)
{
    size_t i = 0;
    while (i < digest->name_count && digest->names[i] != name)
        i++;
    digest->is_full |= i == MOST_ITEMS;
    if (i == digest->name_count && i < MOST_ITEMS)
        digest->names[digest->name_count++] = name;
    put(digest, i);
}

static void put_expression(struct digest *digest, uint32_t at)
{
    const struct expression *item = expression_at(&digest->comparison->run.all, at);
    size_t i = 0;
    while (i < digest->item_count && digest->items[i] != at)
        i++;
    if (i < digest->item_count || i == MOST_ITEMS || digest->is_full) {
        digest->is_full |= i == MOST_ITEMS;
        put(digest, i);
        return;
    }
    digest->items[digest->item_count++] = at;
    put(digest, item->kind | (uint64_t)item->is_exact << 8);
    put(digest, item->known.value);
    put(digest, item->known.known);
    if (item->kind == EXPRESSION_SYMBOL || item->kind == EXPRESSION_CONTENT)
        put_name(digest, item->number);
    else
        put(digest, item->number);
    if (item->kind != EXPRESSION_CONSTANT)
        put_expression(digest, item->a);
    if (item->kind >= EXPRESSION_ADD)
        put_expression(digest, item->b);
}

static void put_state(struct digest *digest, const struct symbolic_state *state)
{
    put(digest, state->at);
    for (size_t i = 0; i < X86_REGISTERS; i++)
        put_expression(digest, state->registers[i]);
    for (size_t i = 0; i < SYMBOLIC_FLAGS; i++)
        put_expression(digest, state->flags[i]);
    for (size_t i = 0; i < state->store_count; i++) {
        const struct symbolic_store *store = &state->stores[i];
        put(digest, store->address);
        put(digest, store->size);
        put(digest, store->is_stack ? 1 : 0);
        put(digest, store->is_whole ? 1 : 0);
        put_expression(digest, store->value);
        put_name(digest, store->content);
    }
}

/* Whether it was gone on from such a pair. */
static bool is_seen(struct comparison *comparison, const struct symbolic_pair *pair)
{
    static const struct digest none = {.sums = {UINT64_C(0xcbf29ce484222325), 1}};
    struct digest *digest = malloc(sizeof *digest);
    if (!digest) {
        comparison->has_no_memory = true;
        return true;
    }
    *digest = none;
    digest->comparison = comparison;
    put_state(digest, &pair->states[0]);
    put_state(digest, &pair->states[1]);
    bool is_seen = false;
    for (size_t i = 0; i < comparison->seen_count && !digest->is_full; i++)
        is_seen |= memcmp(comparison->seen[i], digest->sums, sizeof digest->sums) == 0;
    if (!is_seen && !digest->is_full && comparison->seen_count < PAIRS)
        memcpy(comparison->seen[comparison->seen_count++], digest->sums, sizeof digest->sums);
    free(digest);
    return is_seen;
}

/* ---- conditions ---- */

/* A condition without its negation. */
static uint32_t plain(const struct symbolic_run *run, uint32_t condition, bool *is_negated)
{
    const struct expression *item = expression_at(&run->all, condition);
    uint64_t number;
    *is_negated =
        item->kind == EXPRESSION_XOR && expression_is(&run->all, item->b, &number) && number == 1;
    return *is_negated ? item->a : condition;
}

/* Whether it is known if it holds. */
static bool is_decided(const struct symbolic_run *run, const struct symbolic_pair *pair,
                       uint32_t condition, bool *holds)
{
    uint64_t number;
    bool is_negated;
    if (expression_is(&run->all, condition, &number)) {
        *holds = number & 1;
        return true;
    }
    const uint32_t what = plain(run, condition, &is_negated);
    for (size_t i = pair->decided; i < pair->facts.count; i++)
        if (pair->facts.of[i] == what) {
            *holds = pair->facts.is[i] != is_negated;
            return true;
        }
    return false;
}

/* Returns false if there is no room. */
static bool decide(const struct symbolic_run *run, struct symbolic_pair *pair, uint32_t condition,
                   bool holds)
{
    struct symbolic_facts *facts = &pair->facts;
    bool is_negated;
    const uint32_t what = plain(run, condition, &is_negated);
    facts->is_full |= facts->count == SYMBOLIC_FACTS;
    if (facts->is_full)
        return false;
    facts->of[facts->count] = what;
    facts->is[facts->count++] = holds != is_negated;
    return true;
}

/* ---- both programs ---- */

static void follow(struct comparison *comparison, struct symbolic_pair *pair, unsigned which);

/* Goes on from a copy of a pair, after `change`. */
static struct symbolic_pair *copy(struct comparison *comparison, const struct symbolic_pair *pair)
{
    struct symbolic_pair *result = malloc(sizeof *result);
    if (result)
        *result = *pair;
    else
        comparison->has_no_memory = true;
    return result;
}

static void go_on(struct comparison *comparison, const struct symbolic_pair *pair,
                  const struct call_row *row)
{
    for (unsigned failed = 0; failed < 2; failed++) {
        struct symbolic_pair *next = copy(comparison, pair);
        if (!next)
            return;
        next->from = next->states[0].at;
        next->decided = next->facts.count;
        if (!symbolic_return(&comparison->run, comparison->programs, next, row, failed))
            note(comparison, next, 0, true);
        else if (!is_seen(comparison, next))
            follow(comparison, next, 0);
        free(next);
    }
}

/* Whether a program touches all memory that another one does. */
static bool touches_all(const struct symbolic_state *one, const struct symbolic_state *other)
{
    for (size_t i = 0; i < other->touch_count; i++) {
        size_t at = 0;
        while (at < one->touch_count && (one->touches[at].address != other->touches[i].address ||
                                         one->touches[at].bytes != other->touches[i].bytes))
            at++;
        if (at == one->touch_count)
            return false;
    }
    return true;
}

/* Both are at the end of a stretch. */
static void compare(struct comparison *comparison, struct symbolic_pair *pair)
{
    const struct call_row *row = NULL;
    const enum symbolic_stop one = pair->ends[0].stop, other = pair->ends[1].stop;
    enum symbolic_answer answer;
    bool ends = true;
    if (one == SYMBOLIC_CALL && other == SYMBOLIC_CALL)
        answer = symbolic_compare_calls(&comparison->run, comparison->programs, &comparison->calls,
                                        pair, &ends, &row);
    else if (one == other && pair->ends[0].mnemonic == pair->ends[1].mnemonic)
        answer = SYMBOLIC_SAME;
    else
        answer = symbolic_can_differ(&comparison->run, comparison->programs[0].bits / 8,
                                     &pair->facts, 0, 0)
                     ? SYMBOLIC_DIFFERENT
                     : SYMBOLIC_OPEN;
    if (answer == SYMBOLIC_SAME && (!touches_all(&pair->states[0], &pair->states[1]) ||
                                    !touches_all(&pair->states[1], &pair->states[0])))
        answer = SYMBOLIC_OPEN;
    if (answer == SYMBOLIC_DIFFERENT) {
        comparison->result->differs = true;
        comparison->result->address = pair->from;
        add_example(comparison, pair, true);
    }
    note(comparison, pair, pair->states[0].at, answer != SYMBOLIC_SAME);
    if (answer != SYMBOLIC_DIFFERENT && !ends && row) {
        go_on(comparison, pair, row);
    }
}

/* Goes both ways of a condition: the one on which it does not hold first. Returns false if that is
 * all. */
static bool go_both(struct comparison *comparison, struct symbolic_pair *pair, unsigned which,
                    const struct symbolic_step *step)
{
    struct symbolic_pair *other = copy(comparison, pair);
    bool has_room = other && decide(&comparison->run, other, step->condition, false) &&
                    decide(&comparison->run, pair, step->condition, true);
    if (has_room)
        follow(comparison, other, which);
    else
        note(comparison, pair, which ? pair->states[0].at : 0, true);
    free(other);
    pair->states[which].at = step->taken;
    return has_room;
}

/* Evaluates the program `which`, and those after it, up to the end of the stretch. */
static void follow(struct comparison *comparison, struct symbolic_pair *pair, unsigned which)
{
    if (comparison->pairs == 0 || comparison->depth == DEPTH) {
        note(comparison, pair, which ? pair->states[0].at : 0, true);
        return;
    }
    comparison->pairs--;
    comparison->depth++;
    while (which < 2 && !comparison->result->differs) {
        bool holds;
        const struct symbolic_step step =
            symbolic_step(&comparison->run, &comparison->programs[which], &pair->states[which]);
        if (step.stop == SYMBOLIC_LOST) {
            note(comparison, pair, which ? pair->states[0].at : 0, true);
            break;
        }
        if (step.stop == SYMBOLIC_BRANCH) {
            if (is_decided(&comparison->run, pair, step.condition, &holds))
                pair->states[which].at = holds ? step.taken : pair->states[which].at;
            else if (!go_both(comparison, pair, which, &step))
                break;
        } else if (step.stop != SYMBOLIC_ON) {
            pair->ends[which++] = step;
        }
    }
    if (which == 2 && !comparison->result->differs)
        compare(comparison, pair);
    comparison->depth--;
}

/* ---- the whole ---- */

static void start(struct comparison *comparison, struct symbolic_pair *pair)
{
    struct symbolic_run *run = &comparison->run;
    run->bits = comparison->programs[0].bits;
    const struct elfgen_bits aligned = {
        0,
        15 | (comparison->programs[0].bits == 32 ? ~(uint64_t)UINT32_MAX : UINT64_C(0xffff) << 48)};
    const uint32_t zero = expression_constant(&run->all, 0);
    run->stack =
        expression_symbol(&run->all, 0, aligned, expression_constant(&run->all, UINT64_MAX), true);
    for (unsigned which = 0; which < 2; which++) {
        struct symbolic_state *state = &pair->states[which];
        state->at = comparison->programs[which].entry;
        for (unsigned i = 0; i < X86_REGISTERS; i++)
            state->registers[i] = i == X86_RSP ? run->stack : zero;
        for (unsigned i = 0; i < SYMBOLIC_FLAGS; i++)
            state->flags[i] = zero;
    }
    pair->from = pair->states[0].at;
}

static void count(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->stretch_count; i++)
        if (comparison->stretches[i].is_left)
            comparison->result->left++;
        else
            comparison->result->shown++;
}

bool golf_symbolic_compare(struct x86 *const decoders[2], const uint8_t *original,
                           size_t original_size, const uint8_t *candidate, size_t candidate_size,
                           struct golf_symbolic *result, struct golf_examples *examples)
{
    struct comparison *comparison = calloc(1, sizeof *comparison);
    struct symbolic_pair *pair = calloc(1, sizeof *pair);
    *result = (struct golf_symbolic){0};
    if (examples)
        examples->count = 0;
    bool is_done = comparison && pair;
    if (is_done) {
        comparison->result = result;
        comparison->examples = examples;
        comparison->run.steps = STEPS;
        comparison->run.values = VALUES;
        comparison->pairs = PAIRS;
        if (symbolic_open(&comparison->programs[0], decoders, original, original_size) &&
            symbolic_open(&comparison->programs[1], decoders, candidate, candidate_size) &&
            comparison->programs[0].bits == comparison->programs[1].bits) {
            start(comparison, pair);
            follow(comparison, pair, 0);
            count(comparison);
        } else {
            result->left = 1;
        }
        is_done = !comparison->has_no_memory && !comparison->run.all.has_no_memory;
        if (!is_done)
            *result = (struct golf_symbolic){.left = 1};
        expressions_free(&comparison->run.all);
    }
    free(comparison);
    free(pair);
    return is_done;
}

/* Aligns two runs' system calls. */
#include "call_order.h"

#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

static uint16_t find(const struct profile *run, const char *name)
{
    for (size_t i = 0; i < run->count; i++)
        if (strcmp(run->calls[i].name, name) == 0)
            return (uint16_t)i;
    return ORDER_NONE;
}

static void add(struct call_order_names *names, uint16_t first, uint16_t second)
{
    names->of[0][names->count] = first;
    names->of[1][names->count] = second;
    if (first != ORDER_NONE)
        names->merged[0][first] = (uint16_t)names->count;
    if (second != ORDER_NONE)
        names->merged[1][second] = (uint16_t)names->count;
    names->count++;
}

/* Adds names of the second run from *next up to, but without, `end`. */
static void add_second(const struct profile runs[2], struct call_order_names *names, size_t *next,
                       size_t end)
{
    for (; *next < end; ++*next)
        add(names, find(&runs[0], runs[1].calls[*next].name), (uint16_t)*next);
}

void call_order_merge(const struct profile runs[2], struct call_order_names *names)
{
    size_t next = 0;
    names->count = 0;
    for (size_t i = 0; i < runs[0].count; i++) {
        uint16_t second = find(&runs[1], runs[0].calls[i].name);
        if (second == ORDER_NONE)
            add(names, (uint16_t)i, ORDER_NONE);
        else
            add_second(runs, names, &next, (size_t)second + 1);
    }
    add_second(runs, names, &next, runs[1].count);
}

/* ---- order ---- */

enum { MOST_CELLS = 4000000 }; /* of the table below */

struct alignment {
    const uint16_t *order[2];
    size_t length[2];
    const struct call_order_names *names;
    struct call_order_stretch *stretches;
    size_t count;
};

static bool same(const struct alignment *alignment, size_t a, size_t b)
{
    return alignment->names->merged[0][alignment->order[0][a]] ==
           alignment->names->merged[1][alignment->order[1][b]];
}

static void put(struct alignment *alignment, enum call_order_who who, const uint16_t *calls,
                size_t count)
{
    if (count == 0)
        return;
    if (alignment->count > 0) {
        struct call_order_stretch *last = &alignment->stretches[alignment->count - 1];
        if (last->who == who && last->calls + last->count == calls) {
            last->count += count;
            return;
        }
    }
    alignment->stretches[alignment->count++] = (struct call_order_stretch){who, calls, count};
}

/* The part of both orders between a common beginning and a common end. The table has the length of
 * the longest common order after each pair of places. */
struct middle {
    const struct alignment *alignment;
    size_t from, rows, width;
    uint16_t *table;
};

static uint16_t longest(const struct middle *middle, size_t a, size_t b)
{
    return middle->table[a * middle->width + b];
}

static bool is_pair(const struct middle *middle, size_t a, size_t b)
{
    return a < middle->rows && b < middle->width - 1 &&
           same(middle->alignment, middle->from + a, middle->from + b);
}

static void fill(const struct middle *middle)
{
    for (size_t a = middle->rows; a-- > 0;) {
        for (size_t b = middle->width - 1; b-- > 0;) {
            uint16_t without_a = longest(middle, a + 1, b), without_b = longest(middle, a, b + 1);
            middle->table[a * middle->width + b] =
                is_pair(middle, a, b) ? (uint16_t)(longest(middle, a + 1, b + 1) + 1)
                                      : (without_a > without_b ? without_a : without_b);
        }
    }
}

/* Whether to leave the call at `b` out of the common order, not the one at `a`. If both choices
 * lead to equally long orders, the call nearer to a pair is kept: that makes fewer stretches. */
static bool leave_second(const struct middle *middle, size_t a, size_t b)
{
    enum { NEAR = 64 };
    if (a == middle->rows || b == middle->width - 1)
        return a == middle->rows;
    uint16_t without_a = longest(middle, a + 1, b), without_b = longest(middle, a, b + 1);
    if (without_a != without_b)
        return without_b > without_a;
    for (size_t step = 1; step < NEAR; step++) {
        if (is_pair(middle, a + step, b))
            return false;
        if (is_pair(middle, a, b + step))
            return longest(middle, a, b + step) == longest(middle, a, b);
    }
    return false;
}

/* Returns false if the table would be too large. */
static bool align_middle(struct alignment *alignment, size_t from, const size_t to[2])
{
    const uint16_t *const *order = alignment->order;
    struct middle middle = {
        .alignment = alignment, .from = from, .rows = to[0] - from, .width = to[1] - from + 1};
    if (middle.rows + 1 <= MOST_CELLS / middle.width)
        middle.table = calloc((middle.rows + 1) * middle.width, sizeof *middle.table);
    if (!middle.table)
        return false;
    fill(&middle);
    for (size_t a = 0, b = 0; a < middle.rows || b < middle.width - 1;) {
        if (is_pair(&middle, a, b)) {
            put(alignment, ORDER_BOTH, order[0] + from + a++, 1);
            b++;
        } else if (leave_second(&middle, a, b)) {
            put(alignment, ORDER_SECOND, order[1] + from + b++, 1);
        } else {
            put(alignment, ORDER_FIRST, order[0] + from + a++, 1);
        }
    }
    free(middle.table);
    return true;
}

struct call_order_stretch *call_order_align(const struct profile runs[2],
                                            const struct call_order_names *names, size_t *count)
{
    struct alignment alignment = {
        .order = {runs[0].order, runs[1].order},
        .length = {run_result_length(&runs[0]), run_result_length(&runs[1])},
        .names = names};
    size_t from = 0, *length = alignment.length;
    size_t to[2] = {length[0], length[1]};
    *count = 0;
    if (length[0] + length[1] == 0)
        return NULL;
    alignment.stretches = calloc(length[0] + length[1], sizeof *alignment.stretches);
    if (!alignment.stretches)
        return NULL;
    while (from < length[0] && from < length[1] && same(&alignment, from, from))
        from++;
    while (to[0] > from && to[1] > from && same(&alignment, to[0] - 1, to[1] - 1)) {
        to[0]--;
        to[1]--;
    }
    put(&alignment, ORDER_BOTH, runs[0].order, from);
    if (!align_middle(&alignment, from, to)) {
        put(&alignment, ORDER_FIRST, runs[0].order + from, to[0] - from);
        put(&alignment, ORDER_SECOND, runs[1].order + from, to[1] - from);
    }
    put(&alignment, ORDER_BOTH, runs[0].order + to[0], length[0] - to[0]);
    *count = alignment.count;
    return alignment.stretches;
}

/* Orders sections so that alignment costs the least padding. If a section ends earlier, those after
 * it never end later, so that a set of sections is best placed when it ends earliest, whatever
 * follows. For a few sections every set can be tried. For many, the next one is chosen among the
 * next 64, in several ways; the best result is then improved by moving sections. */
#include "order.h"

#include <string.h>

#include "../format/codec.h"

enum {
    AT_HAND = 64,        /* sections among which the next one is chosen */
    MOST_STEPS = 200000, /* sections looked at; some milliseconds */
};

static uint64_t align_of(const struct elfgen_section *section)
{
    return section->align ? section->align : 1;
}

/* Where a section ends that begins at the first aligned address from `at` on. */
static uint64_t end_of(const struct elfgen_section *section, uint64_t at)
{
    uint64_t end;
    if (at == UINT64_MAX || !elfgen_round_up(at, align_of(section), &end) ||
        !elfgen_add(end, section->size, &end))
        return UINT64_MAX;
    return end;
}

uint64_t elfgen_order_end(const struct elfgen_section *sections, const uint32_t *order,
                          size_t count, uint64_t start)
{
    for (size_t i = 0; i < count; i++)
        start = end_of(&sections[order[i]], start);
    return start;
}

/* The latest address from which `section` still ends at `end` or before; false: there is none. */
static bool latest_start(const struct elfgen_section *section, uint64_t end, uint64_t *start)
{
    if (section->size > end)
        return false;
    *start = (end - section->size) & ~(align_of(section) - 1);
    return true;
}

/* Finds the best order of a few sections. `place` is indexed by sets of sections, one bit a
 * section. It holds first the earliest end of each set, then the latest address at which the set
 * may end so that the rest still ends in time. */
static void try_all(const struct elfgen_section *sections, uint32_t *order, size_t count,
                    uint64_t start)
{
    uint64_t place[1U << ELFGEN_ORDER_PROVEN] = {0};
    uint32_t chosen[ELFGEN_ORDER_PROVEN];
    const uint32_t all = (1U << count) - 1;
    place[0] = start;
    for (uint32_t set = 1; set <= all; set++) {
        place[set] = UINT64_MAX;
        for (size_t last = 0; last < count; last++) {
            if (!(set >> last & 1))
                continue;
            uint64_t end = end_of(&sections[order[last]], place[set & ~(1U << last)]);
            place[set] = end < place[set] ? end : place[set];
        }
    }
    for (uint32_t set = all; set-- > 0;) {
        uint64_t latest = 0, from;
        for (size_t next = 0; next < count; next++) {
            uint32_t with = set | 1U << next;
            if (with != set && latest_start(&sections[order[next]], place[with], &from) &&
                from > latest)
                latest = from;
        }
        place[set] = latest;
    }
    uint32_t set = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t next = 0; next < count; next++) {
            uint64_t end = end_of(&sections[order[next]], start);
            if (set >> next & 1 || end > place[set | 1U << next])
                continue;
            set |= 1U << next;
            chosen[i] = order[next];
            start = end;
            break;
        }
    }
    memcpy(order, chosen, count * sizeof *order);
}

/* What a section costs at `at`: mainly the padding before it, then how far its end is from the next
 * multiple of `wanted`. */
static uint64_t cost_of(const struct elfgen_section *section, uint64_t at, uint64_t wanted)
{
    uint64_t end = end_of(section, at);
    uint64_t padding = end - section->size - at;
    return padding * (wanted + 1) + ((0 - end) & (wanted - 1));
}

static void choose_one_by_one(const struct elfgen_section *sections, uint32_t *order, size_t count,
                              uint64_t start, uint64_t wanted)
{
    for (size_t i = 0; i < count; i++) {
        size_t best = i;
        uint64_t least = UINT64_MAX;
        for (size_t j = i; j < count && j - i < AT_HAND; j++) {
            uint64_t cost = cost_of(&sections[order[j]], start, wanted);
            if (cost < least) {
                least = cost;
                best = j;
            }
        }
        uint32_t chosen = order[best];
        memmove(&order[i + 1], &order[i], (best - i) * sizeof *order);
        order[i] = chosen;
        start = end_of(&sections[chosen], start);
    }
}

/* The multiples that a section should end at. Which is best depends on all sections; the usual ones
 * come first, since there may be no time for all. */
static const uint16_t ways[] = {16, 64, 32, 4, 128, 8, 256, 2, 1};

static bool has_padding(const struct elfgen_section *sections, const uint32_t *order, size_t count,
                        uint64_t start, uint64_t end)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += sections[order[i]].size;
    /* Past 2^64 there is nothing to compare. */
    return end != UINT64_MAX && end - start != bytes;
}

unsigned elfgen_order_ways(const struct elfgen_section *sections, const uint32_t *order,
                           size_t count, uint64_t start)
{
    const size_t most = sizeof ways / sizeof ways[0];
    if (!has_padding(sections, order, count, start,
                     elfgen_order_end(sections, order, count, start)))
        return 0;
    if (count <= ELFGEN_ORDER_PROVEN)
        return 1;
    const size_t affordable = MOST_STEPS / (count * AT_HAND) + 1;
    return (unsigned)(affordable < most ? affordable : most);
}

void elfgen_order_choose(const struct elfgen_section *sections, uint32_t *order, size_t count,
                         uint64_t start, unsigned way)
{
    if (count <= ELFGEN_ORDER_PROVEN)
        try_all(sections, order, count, start);
    else
        choose_one_by_one(sections, order, count, start, ways[way]);
}

/* Moves order[first] after order[last]. */
static void move_back(uint32_t *order, size_t first, size_t last)
{
    uint32_t moved = order[first];
    memmove(&order[first], &order[first + 1], (last - first) * sizeof *order);
    order[last] = moved;
}

/* Moves order[last] before order[first]. */
static void move_forth(uint32_t *order, size_t first, size_t last)
{
    uint32_t moved = order[last];
    memmove(&order[first + 1], &order[first], (last - first) * sizeof *order);
    order[first] = moved;
}

static void exchange(uint32_t *order, size_t first, size_t last)
{
    uint32_t moved = order[first];
    order[first] = order[last];
    order[last] = moved;
}

/* Makes the sections from `first` to `last` end before `end`, by moving one of the two or
 * exchanging them. The sections after them then end no later. Returns false if that does not help.
 */
static bool try_pair(const struct elfgen_section *sections, uint32_t *order, size_t first,
                     size_t last, uint64_t start, uint64_t end)
{
    const uint32_t *between = &order[first + 1];
    const size_t count = last - first - 1;
    const struct elfgen_section *a = &sections[order[first]], *b = &sections[order[last]];
    uint64_t from_b = end_of(b, start);
    if (end_of(a, end_of(b, elfgen_order_end(sections, between, count, start))) < end)
        move_back(order, first, last);
    else if (elfgen_order_end(sections, between, count, end_of(a, from_b)) < end)
        move_forth(order, first, last);
    else if (end_of(a, elfgen_order_end(sections, between, count, from_b)) < end)
        exchange(order, first, last);
    else
        return false;
    return true;
}

/* Tries every two sections, until no pair helps or time is up. */
static void try_pairs(const struct elfgen_section *sections, uint32_t *order, size_t count,
                      uint64_t start)
{
    enum { MOST_APART = 256 };
    size_t steps = 0;
    for (bool better = true; better;) {
        uint64_t at = start;
        better = false;
        for (size_t i = 0; i < count; i++) {
            uint64_t end = end_of(&sections[order[i]], at), bytes = sections[order[i]].size;
            for (size_t j = i + 1; j < count && j - i < MOST_APART; j++) {
                end = end_of(&sections[order[j]], end);
                bytes += sections[order[j]].size;
                if (end - at == bytes)
                    continue;
                if ((steps += 3 * (j - i)) > MOST_STEPS)
                    return;
                if (try_pair(sections, order, i, j, at, end)) {
                    better = true;
                    end = elfgen_order_end(sections, &order[i], j - i + 1, at);
                }
            }
            at = end_of(&sections[order[i]], at);
        }
    }
}

/* Puts every `few` neighbours into their best order. */
static void try_neighbours(const struct elfgen_section *sections, uint32_t *order, size_t count,
                           uint64_t start, size_t few)
{
    for (size_t i = 0; i < count; i += few / 2) {
        const size_t rest = count - i, width = rest < few ? rest : few;
        uint64_t end = elfgen_order_end(sections, &order[i], width, start);
        if (has_padding(sections, &order[i], width, start, end))
            try_all(sections, &order[i], width, start);
        start = elfgen_order_end(sections, &order[i], rest < few / 2 ? rest : few / 2, start);
    }
}

void elfgen_order_polish(const struct elfgen_section *sections, uint32_t *order, size_t count,
                         uint64_t start)
{
    enum { MANY = 64, FEW = 8 };
    if (count <= ELFGEN_ORDER_PROVEN)
        return;
    try_neighbours(sections, order, count, start, FEW);
    try_pairs(sections, order, count, start);
    try_neighbours(sections, order, count, start, count > MANY ? FEW : ELFGEN_ORDER_PROVEN);
}

/* A section behind another costs the bytes up to its alignment. Ending earlier never makes anything
 * behind it end later, so a set of sections is best placed when it ends earliest, whatever stands
 * behind: for a few sections every set can be tried. For many, the next one is chosen among those
 * at hand. */
#include "order.h"

#include <string.h>

#include "../format/codec.h"

static uint64_t align_of(const struct elfgen_section *section)
{
    return section->align ? section->align : 1;
}

/* The end of a section that is placed at the first address from `at` on that suits it. */
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

/* Every order of a few sections. `place` is indexed by sets of sections, a bit for each: first the
 * earliest end of a set that is placed, then the latest address at which the set may end so that
 * the rest still ends in time. */
static void try_all(const struct elfgen_section *sections, uint32_t *order, size_t count,
                    uint64_t start)
{
    uint64_t place[1U << ELFGEN_ORDER_PROVEN];
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

/* How much a section would cost at `at`: padding in front first, then how far it leaves the address
 * from the next multiple of `wanted`. */
static uint64_t cost_of(const struct elfgen_section *section, uint64_t at, uint64_t wanted)
{
    uint64_t end = end_of(section, at);
    uint64_t padding = end - section->size - at;
    return padding * (wanted + 1) + ((0 - end) & (wanted - 1));
}

static void choose_one_by_one(const struct elfgen_section *sections, uint32_t *order, size_t count,
                              uint64_t start)
{
    enum { AT_HAND = 64, WANTED = 16 };
    for (size_t i = 0; i < count; i++) {
        size_t best = i;
        uint64_t least = UINT64_MAX;
        for (size_t j = i; j < count && j - i < AT_HAND; j++) {
            uint64_t cost = cost_of(&sections[order[j]], start, WANTED);
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

bool elfgen_order_improve(const struct elfgen_section *sections, uint32_t *order, size_t count,
                          uint64_t start)
{
    uint64_t before = elfgen_order_end(sections, order, count, start), bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += sections[order[i]].size;
    /* Nothing is better than no padding, and nothing can be said of what passes 2^64. */
    if (before == UINT64_MAX || before - start == bytes)
        return false;
    if (count <= ELFGEN_ORDER_PROVEN)
        try_all(sections, order, count, start);
    else
        choose_one_by_one(sections, order, count, start);
    return elfgen_order_end(sections, order, count, start) < before;
}

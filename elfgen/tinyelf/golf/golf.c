/* Joins golf's stages: lift, shrink, overlaps, place, prove. */
#include "golf.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/no_memory.h"
#include "find/finding.h"
#include "rewrite/set_byte.h"
#include "shrink/full_writes.h"
#include "shrink/shrink.h"

/* First the shortest ways alone, of many blocks in one order, and a little of each board, so that
 * there soon is a file; then more ways, and more of each board. `is_quick`: the pieces for headers
 * that take few bytes are made of a few states, since all of them take most of the time. */
static const struct {
    bool has_few, is_quick;
    unsigned slack;
    uint64_t pack_nodes, board_nodes;
} rounds[] = {{true, true, 0, 1 << 18, 1 << 10},   {true, true, 0, 1 << 20, 1 << 14},
              {false, false, 0, 1 << 22, 1 << 18}, {false, false, 0, 1 << 20, 1 << 22},
              {false, false, 1, 1 << 20, 1 << 14}, {false, false, 1, 1 << 20, 1 << 18},
              {false, false, 1, 1 << 22, 1 << 22}, {false, false, 2, 1 << 22, 1 << 24},
              {false, false, 2, 1 << 22, 0}};
enum { ROUNDS = sizeof rounds / sizeof rounds[0] };

/* ---- stages ---- */

/* Whether rewriting takes too much of the time. */
static bool is_late(void *context)
{
    const struct finding *finding = context;
    return finding_is_interrupted(context) ||
           (finding->rewrite_until && clock_now() >= finding->rewrite_until);
}

/* The least bytes of a block by itself. */
static unsigned cost_of_block(const struct golf_lifted *block, void *context)
{
    enum { STATES = 1 << 11 };
    struct finding *finding = context;
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options wanted = {.small_addresses = true,
                                               .int80 = finding->options->int80,
                                               .no_stack = block->uses_red_zone,
                                               .is_apart = finding->is_apart,
                                               .states = STATES,
                                               .is_interrupted = is_late,
                                               .context = finding};
    if (!golf_shrink(block, &wanted, &pieces, &error))
        return GOLF_REWRITE_NEVER;
    unsigned cost = pieces.nodes[pieces.blocks[0]].least;
    golf_pieces_free(&pieces);
    return cost;
}

static bool rewrite(struct finding *finding)
{
    enum { SHARE = 4 };
    const struct golf_rewrite_options wanted = {cost_of_block, is_late, finding};
    struct golf_found *found = finding->found;
    uint64_t now = clock_now(), deadline = finding->options->deadline;
    if (deadline > now)
        finding->rewrite_until = now + (deadline - now) / SHARE;
    return golf_rewrite(&finding->lifted, &wanted, found->rewritten, &found->rewritten_count) ||
           error_no_memory(finding->error);
}

/* ---- the search ---- */

static void report(size_t size, uint64_t nodes, void *context)
{
    const struct finding *finding = context;
    const struct golf_options *options = finding->options;
    if (options->progress)
        options->progress(finding->found->size, size, finding->found->nodes + nodes,
                          options->context);
}

/* Looks for a file that is smaller than the best one so far, in up to `board_nodes` states of each
 * board; 0: any number. `only_next`: for one that is smaller by a byte. */
static struct golf_place_result place(struct finding *finding, uint64_t board_nodes, bool only_next)
{
    const struct golf_options *options = finding->options;
    struct golf_found *found = finding->found;
    uint64_t all = finding_left(options->nodes, found->nodes);
    size_t most = finding_below(finding) - 1;
    struct golf_place_options wanted = {.nodes = all,
                                        .board_nodes = board_nodes,
                                        .order = finding->order,
                                        .smallest = only_next ? most : 0,
                                        .progress = report,
                                        .jobs = options->jobs,
                                        .shard = options->shard,
                                        .shards = options->shards,
                                        .nanoseconds = finding_left(options->deadline, clock_now()),
                                        .largest =
                                            most < GOLF_PLACE_LARGEST ? most : GOLF_PLACE_LARGEST,
                                        .machines = options->machines,
                                        .machine_count = options->machine_count,
                                        .is_interrupted = finding_is_interrupted,
                                        .context = finding};
    struct golf_place_result placed =
        golf_place(finding->programs, finding->piece_count, finding->overlaps,
                   finding->overlap_count, &wanted, finding_prove);
    found->nodes += placed.nodes;
    found->lacks_memory |= placed.end == GOLF_PLACE_NO_MEMORY;
    return placed;
}

/* How large a file any of the overlaps takes. */
static size_t most_of_overlaps(const struct finding *finding)
{
    uint64_t most = 0;
    for (size_t i = 0; i < finding->overlap_count; i++)
        if (most < finding->overlaps[i].memory)
            most = finding->overlaps[i].memory;
    return most < GOLF_LARGEST ? (size_t)most : GOLF_LARGEST;
}

/* Packs the program in at most so many bytes: a file is found soon, and then smaller ones by a
 * local search. */
static void pack_in(struct finding *finding, uint64_t nodes, size_t most)
{
    const struct golf_options *options = finding->options;
    struct golf_found *found = finding->found;
    uint64_t all = finding_left(options->nodes, found->nodes);
    struct golf_place_options wanted = {.nodes = all != 0 && all < nodes ? all : nodes,
                                        .order = finding->order,
                                        .seed = options->seed + found->nodes,
                                        .jobs = options->jobs,
                                        .shard = options->shard,
                                        .shards = options->shards,
                                        .nanoseconds = finding_left(options->deadline, clock_now()),
                                        .smallest = finding->overlaps[0].least,
                                        .largest = most,
                                        .machines = options->machines,
                                        .machine_count = options->machine_count,
                                        .is_interrupted = finding_is_interrupted,
                                        .progress = report,
                                        .context = finding};
    if (most < wanted.smallest)
        return;
    const struct golf_place_result packed =
        golf_pack(finding->programs, finding->anywhere_count, finding->overlaps,
                  finding->overlap_count, &wanted, finding_prove);
    found->nodes += packed.nodes;
    found->lacks_memory |= packed.end == GOLF_PLACE_NO_MEMORY;
}

/* How large a file may be so that the zeros after it have addresses that low bytes tell apart. */
static size_t most_with_low_bytes(const struct finding *finding)
{
    enum { LEAST = GOLF_LOW_BYTES / 2 };
    size_t zeros = 0;
    for (size_t i = 0; i < finding->lifted.data_count; i++)
        if (!finding->lifted.data[i].bytes)
            zeros += finding->lifted.data[i].size;
    return zeros < GOLF_LOW_BYTES - LEAST ? GOLF_LOW_BYTES - zeros : GOLF_LOW_BYTES;
}

/* Packs the program in fewer bytes than the best file has. Where its pieces set low bytes of
 * addresses alone, there is no larger file with them. */
static void pack(struct finding *finding, uint64_t nodes)
{
    const size_t below = finding_below(finding), room = most_of_overlaps(finding);
    const size_t most = below - 1 < room ? below - 1 : room;
    const size_t most_low = most_with_low_bytes(finding);
    if (finding->is_low && most > most_low)
        pack_in(finding, nodes, most_low);
    if (!finding->is_low || most <= most_low ||
        (finding->found->size == 0 && !finding_is_over(finding)))
        pack_in(finding, nodes, most);
}

/* Packs and places with the pieces of one round. Returns whether the search is over. */
static bool search_once(struct finding *finding, size_t round)
{
    struct golf_found *found = finding->found;
    /* One block with one text has few plans, and its boards have smaller files soon. */
    enum { PART_OF_SIMPLE = 8 };
    bool is_straight = finding->pieces[0].block_count == 1, is_last = round == ROUNDS - 1;
    bool is_simple = is_straight && finding->pieces[0].data_count <= 1;
    if (finding_needs_any(finding) && (round == 0 || !is_straight))
        pack(finding, rounds[round].pack_nodes / (is_simple ? PART_OF_SIMPLE : 1));
    if (finding_is_over(finding) ||
        !finding_shrink_tight(finding, rounds[round].slack, rounds[round].is_quick))
        return true;
    struct golf_place_result placed = {.end = GOLF_PLACE_FOUND};
    /* Much smaller files are not likely if the best one was made of many blocks. */
    bool only_next = !is_straight && !is_last && found->size > 0;
    do
        placed = place(finding, rounds[round].board_nodes, only_next);
    while (only_next && placed.end == GOLF_PLACE_FOUND && !finding_is_over(finding));
    bool is_stopped = placed.end == GOLF_PLACE_STOPPED || placed.end == GOLF_PLACE_NO_MEMORY;
    size_t most = finding_below(finding);
    found->is_complete = !is_stopped && !placed.is_cut && !finding_has_cut(finding, 0) &&
                         !only_next && finding->options->shards <= 1 &&
                         most <= GOLF_PLACE_LARGEST + 1 &&
                         rounds[round].slack == rounds[ROUNDS - 1].slack;
    return is_stopped || found->is_complete;
}

static bool search(struct finding *finding)
{
    if (!finding->overlap_count)
        return true;
    golf_set_first_byte(&finding->lifted, &finding->set);
    for (size_t i = 0; i < ROUNDS && !finding_is_over(finding); i++) {
        /* Otherwise there is no time or memory for more ways. */
        if ((i == 0 || finding_needs_any(finding)) &&
            !finding_shrink(finding, rounds[i].slack, rounds[i].has_few))
            return (i > 0 || finding_is_interrupted(finding) ||
                    finding->error->status == ELFGEN_DOES_NOT_FIT) &&
                   !finding->has_failed;
        if (search_once(finding, i))
            break;
    }
    return !finding->has_failed;
}

/* ---- instructions as they are ---- */

/* Packs instructions as they are, with shorter jumps and without what aligns them. */
static void pack_verbatim(struct finding *finding, bool aligned, uint64_t nodes, bool is_reported)
{
    const struct golf_options *options = finding->options;
    struct elfgen_error error;
    if (!golf_lift_verbatim(options->original, options->size, options->addresses, aligned,
                            &finding->lifted, &error)) {
        if (is_reported)
            golf_lift_add_reason(finding->error, &error);
        return;
    }
    if (golf_shrink_verbatim(&finding->lifted, &finding->pieces[0], &error)) {
        finding->programs[0] =
            (struct golf_place_program){&finding->pieces[0], finding->lifted.bits == 64, 0, false};
        finding->piece_count = finding->anywhere_count = 1;
        if (finding_take_overlaps(finding) && finding->overlap_count > 0)
            pack(finding, nodes);
        finding_free_pieces(finding, 0);
    }
    if (is_reported && finding->found->size > 0 && options->lifted)
        options->lifted(&finding->lifted, options->context);
    finding->anywhere_count = finding->overlap_count = 0;
    golf_lifted_free(&finding->lifted);
}

/* Looks for a file with the original's instructions; with more alignment if what has less does
 * something else. `is_all`: that is all that is searched for. */
static void find_verbatim(struct finding *finding, bool is_all)
{
    enum { FIRST = 1 << 12, ALL = 1 << 26 };
    const struct golf_addresses *known = finding->options->addresses;
    const struct golf_found *found = finding->found;
    if (!known || known->section_count == 0)
        return;
    pack_verbatim(finding, false, is_all ? ALL : FIRST, is_all);
    if (found->size == 0 && found->rejected > 0 && !finding_is_over(finding))
        pack_verbatim(finding, true, is_all ? ALL : FIRST, is_all);
}

/* Searches for a program that is not lifted: only its places change. Returns whether there is a
 * smaller file. */
static bool find_as_it_is(struct finding *finding)
{
    if (finding->lifted.is_left_alone || (finding->error->status != ELFGEN_UNSUPPORTED &&
                                          finding->error->status != ELFGEN_DOES_NOT_FIT))
        return false;
    find_verbatim(finding, true);
    return finding->found->size > 0 && !finding->has_failed;
}

/* Whether it stays as it is: an executable of which it is not known where it has addresses, so that
 * nothing in it can be moved that is not followed. */
static bool stays_whole(const struct finding *finding)
{
    const struct golf_addresses *known = finding->options->addresses;
    return !finding->has_failed && !finding->lifted.is_left_alone &&
           finding->error->status == ELFGEN_UNSUPPORTED && (!known || known->section_count == 0);
}

/* Without memory for a search nothing is said about smaller files. Returns whether it was one. */
static bool had_memory(struct finding *finding)
{
    struct golf_found *found = finding->found;
    found->lacks_memory |=
        finding->error->status == ELFGEN_NO_ROOM && !finding_is_interrupted(finding);
    return !found->lacks_memory || found->size > 0 || error_no_memory(finding->error);
}

bool golf_find(const struct golf_options *options, struct golf_found *found,
               struct elfgen_error *error)
{
    memset(found, 0, sizeof *found);
    struct finding *finding = calloc(1, sizeof *finding);
    if (!finding)
        return error_no_memory(error);
    finding->options = options;
    finding->found = found;
    finding->error = error;
    error->status = ELFGEN_OK;
    if (options->size > GOLF_PLACE_LARGEST)
        find_verbatim(finding, false);
    bool is_done = golf_lift_known(options->original, options->size, options->addresses,
                                   &finding->lifted, error);
    if (is_done && options->lifted)
        options->lifted(&finding->lifted, options->context);
    if (is_done) {
        if (options->full_writes)
            golf_assume_full_writes(&finding->lifted);
        is_done = (finding_take_overlaps(finding) && rewrite(finding) && search(finding)) ||
                  (found->size > 0 && !finding->has_failed);
        is_done = had_memory(finding) && is_done;
        if (found->is_verbatim)
            found->rewritten_count = 0;
        if (is_done)
            error->status = ELFGEN_OK; /* it is lifted: the time was too short for more */
        finding_free_pieces(finding, 0);
        golf_set_first_byte_free(&finding->set);
        golf_lifted_free(&finding->lifted);
    }
    /* Also where no instructions are known that do what was lifted. */
    if (!is_done && !finding->has_failed) {
        is_done = find_as_it_is(finding) || stays_whole(finding);
        is_done = had_memory(finding) && is_done;
    }
    free(finding);
    return is_done;
}

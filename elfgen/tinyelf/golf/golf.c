/* Joins golf's stages: lift, shrink, overlaps, place, prove. */
#include "golf.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/no_memory.h"
#include "lift/lift.h"
#include "overlap/overlaps.h"
#include "shrink/shrink.h"

/* First the shortest ways alone and a little of each board, so that there soon is a file; then more
 * ways, and more of each board. */
static const struct {
    unsigned slack;
    uint64_t pack_nodes, board_nodes;
} rounds[] = {{0, 1 << 18, 1 << 10}, {0, 1 << 20, 1 << 14}, {0, 1 << 22, 1 << 18},
              {1, 1 << 20, 1 << 18}, {1, 1 << 22, 1 << 22}, {2, 1 << 22, 1 << 24},
              {2, 1 << 22, 0}};
enum { ROUNDS = sizeof rounds / sizeof rounds[0], PROGRAMS = 2 };

struct finding {
    const struct golf_options *options;
    struct golf_found *found;
    struct elfgen_error *error;
    struct golf_lifted lifted;
    struct golf_pieces pieces[PROGRAMS];
    size_t piece_count;
    unsigned slack; /* of the pieces */
    struct golf_overlap overlaps[GOLF_OVERLAPS];
    size_t overlap_count;
    bool has_failed; /* *error is set */
};

/* ---- candidates ---- */

static bool is_interrupted(void *context)
{
    const struct finding *finding = context;
    const struct golf_options *options = finding->options;
    return finding->has_failed || (options->deadline && clock_now() >= options->deadline) ||
           (options->is_interrupted && options->is_interrupted(options->context));
}

/* Where an instruction of the original is that a choice provides for, or is itself. */
static uint64_t operation_offset(const struct golf_lifted *lifted, const struct golf_pieces *pieces,
                                 uint32_t choice)
{
    const struct golf_node *node = pieces->nodes;
    while (choice < node->first || choice >= node->first + node->count)
        node++;
    const struct golf_block *block = &lifted->blocks[node->block];
    return node->operation < block->count ? block->operations[node->operation].offset
                                          : ELFGEN_NOWHERE;
}

static uint64_t source_of(const struct finding *finding, const struct golf_pieces *pieces,
                          const struct golf_item *item)
{
    const uint8_t *bytes;
    switch ((enum golf_item_kind)item->kind) {
    case GOLF_ITEM_CHOICE:
        return operation_offset(&finding->lifted, pieces, item->which);
    case GOLF_ITEM_DATA:
        bytes = pieces->data[item->which].bytes;
        return bytes ? (uint64_t)(bytes - finding->options->original) : ELFGEN_NOWHERE;
    default:
        return ELFGEN_NOWHERE;
    }
}

static void keep(struct finding *finding, const uint8_t *bytes, size_t size,
                 const struct golf_placed *how)
{
    struct golf_found *found = finding->found;
    memcpy(found->bytes, bytes, size);
    found->size = size;
    found->overlap = *how->overlap;
    found->base = how->base;
    found->entry = how->entry;
    found->item_count = 0;
    for (size_t i = 0; i < how->count && found->item_count < GOLF_FOUND_ITEMS; i++) {
        const struct golf_item *item = &how->items[i];
        if (!item->length)
            continue;
        const char *reason =
            item->kind == GOLF_ITEM_CHOICE ? how->pieces->choices[item->which].reason : NULL;
        found->items[found->item_count++] = (struct golf_found_item){
            item->offset, item->length, item->kind, reason, source_of(finding, how->pieces, item)};
    }
}

static bool is_proven(const uint8_t *bytes, size_t size, const struct golf_placed *how,
                      void *context)
{
    struct finding *finding = context;
    struct golf_difference difference;
    if (finding->has_failed)
        return false;
    if (!finding->options->prover) {
        keep(finding, bytes, size, how);
        return true;
    }
    switch (golf_prove(finding->options->prover, bytes, size, &difference, finding->error)) {
    case GOLF_SAME:
        keep(finding, bytes, size, how);
        return true;
    case GOLF_DIFFERENT:
        finding->found->rejected++;
        return false;
    default:
        finding->has_failed = !is_interrupted(finding);
        return false;
    }
}

/* ---- stages ---- */

static void free_pieces(struct finding *finding)
{
    for (size_t i = 0; i < finding->piece_count; i++)
        golf_pieces_free(&finding->pieces[i]);
    finding->piece_count = 0;
}

/* Makes the pieces that are right anywhere, and those for addresses of 31 bits. */
static bool shrink(struct finding *finding, unsigned slack)
{
    const struct golf_lifted *lifted = &finding->lifted;
    bool has_small = lifted->bits == 64 && lifted->data_count > 0;
    if (finding->piece_count && finding->slack == slack)
        return true;
    free_pieces(finding);
    finding->slack = slack;
    for (size_t i = 0; i < 1u + has_small; i++) {
        struct golf_shrink_options wanted = {.slack = slack,
                                             .small_addresses = i > 0 || lifted->bits == 32,
                                             .no_stack = lifted->uses_red_zone,
                                             .is_interrupted = is_interrupted,
                                             .context = finding};
        if (!golf_shrink(lifted, &wanted, &finding->pieces[i], finding->error))
            return false;
        finding->piece_count++;
    }
    return true;
}

/* Whether an overlap offers more than those before it. */
static bool is_worth(const struct finding *finding, const struct golf_overlap *overlap)
{
    bool is_read = finding->lifted.data_count > 0;
    if (is_read ? !(overlap->flags & (ELFGEN_PF_R | ELFGEN_PF_W)) : overlap->flags != ELFGEN_PF_X)
        return overlap->bits == 32 && overlap->flags & ELFGEN_PF_R;
    for (size_t i = 0; i < finding->overlap_count; i++) {
        const struct golf_overlap *before = &finding->overlaps[i];
        if (before->phoff == overlap->phoff && before->size == overlap->size &&
            before->memory == overlap->memory && before->type != overlap->type &&
            before->base_add == overlap->base_add &&
            before->has_random_base <= overlap->has_random_base)
            return false; /* it differs in e_type */
    }
    return true;
}

static void find_overlaps(struct finding *finding)
{
    const struct golf_options *options = finding->options;
    struct golf_overlap_options wanted = {.first = options->first,
                                          .last = options->last,
                                          .spec = options->spec,
                                          .rwx = options->rwx || finding->lifted.has_writable_code,
                                          .overcommit = options->overcommit,
                                          .size = options->size};
    size_t count = golf_overlaps(finding->lifted.bits, &wanted, finding->overlaps, GOLF_OVERLAPS);
    for (size_t i = 0; i < count; i++)
        if (is_worth(finding, &finding->overlaps[i]))
            finding->overlaps[finding->overlap_count++] = finding->overlaps[i];
}

/* ---- the search ---- */

/* What is left of a limit; 0 is no limit. */
static uint64_t left(uint64_t limit, uint64_t used)
{
    return limit == 0 ? 0 : used < limit ? limit - used : 1;
}

/* What a first file has to be smaller than. */
static size_t below(const struct finding *finding)
{
    return finding->options->below ? finding->options->below : finding->options->size;
}

/* Looks for a file that is smaller than the best one so far, in up to `board_nodes` states of each
 * board; 0: any number. */
static struct golf_place_result place(struct finding *finding, uint64_t board_nodes)
{
    const struct golf_options *options = finding->options;
    struct golf_found *found = finding->found;
    uint64_t all = left(options->nodes, found->nodes);
    size_t most = (found->size ? found->size : below(finding)) - 1;
    struct golf_place_program programs[PROGRAMS] = {{&finding->pieces[0], false},
                                                    {&finding->pieces[1], true}};
    struct golf_place_options wanted = {.nodes = all,
                                        .board_nodes = board_nodes,
                                        .nanoseconds = left(options->deadline, clock_now()),
                                        .largest =
                                            most < GOLF_PLACE_LARGEST ? most : GOLF_PLACE_LARGEST,
                                        .machines = options->machines,
                                        .machine_count = options->machine_count,
                                        .is_interrupted = is_interrupted,
                                        .context = finding};
    struct golf_place_result placed = golf_place(programs, finding->piece_count, finding->overlaps,
                                                 finding->overlap_count, &wanted, is_proven);
    found->nodes += placed.nodes;
    return placed;
}

static bool is_over(const struct finding *finding)
{
    const struct golf_options *options = finding->options;
    return (options->nodes && finding->found->nodes >= options->nodes) ||
           is_interrupted((void *)finding);
}

/* Packs the program: a file is found soon, and then smaller ones by a local search. */
static void pack(struct finding *finding, uint64_t nodes)
{
    const struct golf_options *options = finding->options;
    struct golf_found *found = finding->found;
    uint64_t all = left(options->nodes, found->nodes);
    size_t most = (found->size ? found->size : below(finding)) - 1;
    struct golf_place_program programs[PROGRAMS] = {{&finding->pieces[0], false},
                                                    {&finding->pieces[1], true}};
    struct golf_place_options wanted = {.nodes = all != 0 && all < nodes ? all : nodes,
                                        .seed = options->seed + found->nodes,
                                        .nanoseconds = left(options->deadline, clock_now()),
                                        .smallest = finding->overlaps[0].least,
                                        .largest = most < GOLF_LARGEST ? most : GOLF_LARGEST,
                                        .machines = options->machines,
                                        .machine_count = options->machine_count,
                                        .is_interrupted = is_interrupted,
                                        .context = finding};
    if (most >= wanted.smallest)
        found->nodes += golf_pack(programs, finding->piece_count, finding->overlaps,
                                  finding->overlap_count, &wanted, is_proven)
                            .nodes;
}

static bool search(struct finding *finding)
{
    if (!finding->overlap_count)
        return true;
    for (size_t i = 0; i < ROUNDS && !is_over(finding); i++) {
        /* Otherwise there is no time or memory for more ways. */
        if (!shrink(finding, rounds[i].slack))
            return (i > 0 || is_interrupted(finding) ||
                    finding->error->status == ELFGEN_DOES_NOT_FIT) &&
                   !finding->has_failed;
        pack(finding, rounds[i].pack_nodes);
        if (is_over(finding))
            break;
        struct golf_place_result placed = place(finding, rounds[i].board_nodes);
        bool is_stopped = placed.end == GOLF_PLACE_STOPPED || placed.end == GOLF_PLACE_NO_MEMORY;
        finding->found->is_complete =
            !is_stopped && !placed.is_cut && rounds[i].slack == rounds[ROUNDS - 1].slack;
        if (is_stopped || finding->found->is_complete)
            break;
    }
    return !finding->has_failed;
}

bool golf_find(const struct golf_options *options, struct golf_found *found,
               struct elfgen_error *error)
{
    *found = (struct golf_found){.size = 0};
    struct finding *finding = calloc(1, sizeof *finding);
    if (!finding)
        return error_no_memory(error);
    finding->options = options;
    finding->found = found;
    finding->error = error;
    bool is_done = golf_lift_known(options->original, options->size, options->addresses,
                                   &finding->lifted, error);
    if (is_done && options->lifted)
        options->lifted(&finding->lifted, options->context);
    if (is_done) {
        find_overlaps(finding);
        is_done = search(finding);
        free_pieces(finding);
        golf_lifted_free(&finding->lifted);
    }
    free(finding);
    return is_done;
}

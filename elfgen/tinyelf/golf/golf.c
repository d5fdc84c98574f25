/* Joins golf's stages: lift, shrink, overlaps, place, prove. */
#include "golf.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/no_memory.h"
#include "lift/lift.h"
#include "overlap/overlaps.h"
#include "rewrite/rewrite.h"
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
enum { ROUNDS = sizeof rounds / sizeof rounds[0], ANYWHERE = 4, TIGHT = 3, SHORT = 48 };

struct finding {
    const struct golf_options *options;
    struct golf_found *found;
    struct elfgen_error *error;
    struct golf_lifted lifted;
    /* Pieces that are right among any headers, and then those for headers that take few bytes. */
    struct golf_pieces pieces[ANYWHERE + TIGHT];
    struct golf_place_program programs[ANYWHERE + TIGHT];
    size_t anywhere_count, piece_count;
    unsigned slack, tight_slack; /* of the pieces */
    bool has_few;                /* of those for any headers */
    bool is_quick;               /* those for headers that take few bytes */
    bool is_cut;                 /* some of them have too many ways */
    bool no_low_bytes, is_apart; /* as in struct golf_shrink_options */
    struct golf_overlap overlaps[GOLF_OVERLAPS];
    size_t overlap_count;
    bool has_failed;        /* *error is set */
    uint64_t rewrite_until; /* a point in time; 0: none */
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
    found->is_verbatim = finding->lifted.is_verbatim;
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

/* Whether there are values that no environment has with which it does something else. */
static bool differs_somewhere(const struct finding *finding, const uint8_t *bytes, size_t size)
{
    struct golf_difference difference;
    return !finding->options->full_writes &&
           golf_prover_show(finding->options->prover, bytes, size, &difference).differs;
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
        if (differs_somewhere(finding, bytes, size)) {
            finding->found->rejected++;
            return false;
        }
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

/* What a first file has to be smaller than. */
static size_t below(const struct finding *finding)
{
    return finding->options->below ? finding->options->below : finding->options->size;
}

static void free_pieces(struct finding *finding, size_t kept)
{
    for (size_t i = kept; i < finding->piece_count; i++)
        golf_pieces_free(&finding->pieces[i]);
    finding->piece_count = kept < finding->piece_count ? kept : finding->piece_count;
}

/* How many states of a block shrink may look at, so that most of the nodes, or of the time, is for
 * placing; 0: as many as are worth it. */
static size_t states_of_block(const struct finding *finding)
{
    enum { PART = 5, A_SECOND = 30000, LEAST = 20000, MOST = 600000 };
    const struct golf_options *options = finding->options;
    uint64_t states = options->nodes / PART, now = options->deadline ? clock_now() : 0;
    if (!options->nodes && options->deadline)
        states = options->deadline > now ? (options->deadline - now) / (1000000000 / A_SECOND) : 1;
    return states == 0 ? 0 : states < LEAST ? LEAST : states > MOST ? MOST : (size_t)states;
}

/* Makes the pieces for one kind of headers: `count` overlaps, 0 for all. */
static bool shrink_for(struct finding *finding, unsigned slack, bool small_addresses,
                       const struct golf_overlap *overlaps, size_t count)
{
    enum { QUICK = 20000 };
    bool is_quick = count > 0 && finding->is_quick;
    const struct golf_lifted *lifted = &finding->lifted;
    struct golf_pieces *pieces = &finding->pieces[finding->piece_count];
    struct golf_shrink_options wanted = {.slack = slack,
                                         .has_few = finding->has_few && !count && lifted->count > 1,
                                         .states = is_quick ? QUICK : states_of_block(finding),
                                         .small_addresses = small_addresses,
                                         .int80 = finding->options->int80,
                                         .no_stack = lifted->uses_red_zone,
                                         .no_low_bytes = finding->no_low_bytes,
                                         .is_apart = finding->is_apart,
                                         .overlaps = overlaps,
                                         .overlap_count = count,
                                         .is_interrupted = is_interrupted,
                                         .context = finding};
    if (!golf_shrink(lifted, &wanted, pieces, finding->error))
        return false;
    finding->programs[finding->piece_count++] = (struct golf_place_program){
        pieces, small_addresses && lifted->bits == 64, count ? overlaps->phoff : 0};
    return true;
}

/* Makes the pieces for any headers. Where they set low bytes of addresses alone, and the file may
 * be too large for that, others come before them: place/ takes the last that are right. */
static bool shrink_anywhere(struct finding *finding, unsigned slack, bool small_addresses)
{
    enum { HEADERS_AND_JUMPS = 96 };
    struct golf_pieces *pieces = &finding->pieces[finding->piece_count];
    if (!shrink_for(finding, slack, small_addresses, NULL, 0))
        return false;
    size_t least = golf_pieces_low_bytes(pieces);
    if (least + HEADERS_AND_JUMPS <= GOLF_LOW_BYTES)
        return true;
    finding->no_low_bytes = true;
    bool is_done = shrink_for(finding, slack, small_addresses, NULL, 0);
    finding->no_low_bytes = false;
    if (is_done) {
        const struct golf_pieces others = pieces[1];
        pieces[1] = pieces[0];
        pieces[0] = others;
        free_pieces(finding, finding->piece_count - (least > GOLF_LOW_BYTES));
    }
    return is_done || finding->error->status == ELFGEN_DOES_NOT_FIT;
}

/* Makes the pieces that are right anywhere, and those for addresses of 31 bits. */
static bool shrink(struct finding *finding, unsigned slack, bool has_few)
{
    const struct golf_lifted *lifted = &finding->lifted;
    if (finding->anywhere_count && finding->slack == slack && finding->has_few == has_few)
        return true;
    free_pieces(finding, 0);
    finding->slack = slack;
    finding->has_few = has_few;
    bool is_done = shrink_anywhere(finding, slack, lifted->bits == 32);
    if (is_done && lifted->bits == 64 && lifted->data_count > 0)
        is_done = shrink_anywhere(finding, slack, true);
    finding->anywhere_count = finding->piece_count;
    return is_done;
}

/* Whether rewriting takes too much of the time. */
static bool is_late(void *context)
{
    const struct finding *finding = context;
    return is_interrupted(context) ||
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

/* ---- headers that take few bytes ---- */

/* The end of the overlaps from `first` on that have the program header at the same place. */
static size_t end_of_group(const struct finding *finding, size_t first)
{
    size_t end = first + 1;
    while (end < finding->overlap_count &&
           finding->overlaps[end].phoff == finding->overlaps[first].phoff)
        end++;
    return end;
}

static size_t least_file(const struct golf_overlap *overlap)
{
    return overlap->least ? overlap->least : overlap->size;
}

/* Whether there may be shorter ways than those of the pieces from `first` on. */
static bool has_cut(const struct finding *finding, size_t first)
{
    bool is_cut = finding->is_cut;
    for (size_t i = first; i < finding->piece_count; i++)
        is_cut |= finding->pieces[i].is_cut;
    return is_cut;
}

/* Makes the pieces for headers of fewer bytes than the best file has. A program of much code does
 * not fit among them, and has too many ways. */
static bool shrink_tight(struct finding *finding, unsigned slack, bool is_quick)
{
    size_t best = finding->found->size ? finding->found->size : below(finding);
    bool is_same = finding->is_quick == is_quick || !has_cut(finding, finding->anywhere_count);
    if (finding->piece_count > finding->anywhere_count && finding->tight_slack == slack && is_same)
        return true;
    finding->is_quick = is_quick;
    finding->is_cut = false;
    free_pieces(finding, finding->anywhere_count);
    finding->tight_slack = slack;
    if (finding->anywhere_count && golf_pieces_least_code(&finding->pieces[0]) > SHORT)
        return true;
    for (size_t i = 0, tight = 0; i < finding->overlap_count && tight < TIGHT; tight++) {
        const struct golf_overlap *overlaps = &finding->overlaps[i];
        size_t count = end_of_group(finding, i) - i;
        i += count;
        if (least_file(overlaps) >= best ||
            shrink_for(finding, slack, overlaps->bits == 32 || golf_overlap_may_be_low(overlaps),
                       overlaps, count))
            continue;
        if (is_interrupted(finding) || finding->error->status != ELFGEN_DOES_NOT_FIT)
            return false;
        finding->is_cut = true;
    }
    return true;
}

/* Whether an overlap offers more than those before it. */
static bool is_worth(const struct finding *finding, const struct golf_overlap *overlap)
{
    bool is_read = finding->lifted.data_count > 0;
    /* A row of X alone has those of R and X. */
    if (is_read ? !(overlap->flags & (ELFGEN_PF_R | ELFGEN_PF_W))
                : overlap->flags & ELFGEN_PF_R && !(overlap->flags & ELFGEN_PF_W))
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

static bool writes(const struct golf_lifted *lifted)
{
    bool is_written = false;
    for (size_t i = 0; i < lifted->data_count; i++)
        is_written |= lifted->data[i].is_written;
    return is_written;
}

static void find_overlaps(struct finding *finding)
{
    const struct golf_options *options = finding->options;
    /* What is_worth() leaves out. */
    const enum golf_overlap_data data = finding->lifted.data_count > 0 ? GOLF_DATA_READ
                                        : finding->lifted.bits == 64   ? GOLF_DATA_NONE
                                                                       : GOLF_DATA_ANY;
    struct golf_overlap_options wanted = {
        .first = options->first,
        .last = options->last,
        .also = options->prover ? golf_prover_kernel(options->first, options->last) : 0,
        .data = data,
        .spec = options->spec,
        .rwx = options->rwx || finding->lifted.has_writable_code,
        .overcommit = options->overcommit,
        .size = options->size};
    wanted.second = !wanted.rwx && !wanted.overcommit && !wanted.spec && writes(&finding->lifted);
    finding->is_apart = wanted.second;
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
    uint64_t all = left(options->nodes, found->nodes);
    size_t most = (found->size ? found->size : below(finding)) - 1;
    struct golf_place_options wanted = {.nodes = all,
                                        .board_nodes = board_nodes,
                                        .smallest = only_next ? most : 0,
                                        .progress = report,
                                        .jobs = options->jobs,
                                        .shard = options->shard,
                                        .shards = options->shards,
                                        .nanoseconds = left(options->deadline, clock_now()),
                                        .largest =
                                            most < GOLF_PLACE_LARGEST ? most : GOLF_PLACE_LARGEST,
                                        .machines = options->machines,
                                        .machine_count = options->machine_count,
                                        .is_interrupted = is_interrupted,
                                        .context = finding};
    struct golf_place_result placed =
        golf_place(finding->programs, finding->piece_count, finding->overlaps,
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
    struct golf_place_options wanted = {.nodes = all != 0 && all < nodes ? all : nodes,
                                        .seed = options->seed + found->nodes,
                                        .jobs = options->jobs,
                                        .shard = options->shard,
                                        .shards = options->shards,
                                        .nanoseconds = left(options->deadline, clock_now()),
                                        .smallest = finding->overlaps[0].least,
                                        .largest = most < GOLF_LARGEST ? most : GOLF_LARGEST,
                                        .machines = options->machines,
                                        .machine_count = options->machine_count,
                                        .is_interrupted = is_interrupted,
                                        .progress = report,
                                        .context = finding};
    if (most >= wanted.smallest)
        found->nodes += golf_pack(finding->programs, finding->anywhere_count, finding->overlaps,
                                  finding->overlap_count, &wanted, is_proven)
                            .nodes;
}

/* Whether headers without pieces of their own may have a file that is smaller than the best one. */
static bool needs_any(const struct finding *finding)
{
    size_t first = 0;
    for (size_t tight = 0; tight < TIGHT && first < finding->overlap_count; tight++)
        first = end_of_group(finding, first);
    return !finding->found->size || golf_pieces_least_code(&finding->pieces[0]) > SHORT ||
           (first < finding->overlap_count &&
            least_file(&finding->overlaps[first]) < finding->found->size);
}

/* Packs and places with the pieces of one round. Returns whether the search is over. */
static bool search_once(struct finding *finding, size_t round)
{
    struct golf_found *found = finding->found;
    bool is_straight = finding->pieces[0].block_count == 1, is_last = round == ROUNDS - 1;
    if (needs_any(finding) && (round == 0 || !is_straight))
        pack(finding, rounds[round].pack_nodes);
    if (is_over(finding) || !shrink_tight(finding, rounds[round].slack, rounds[round].is_quick))
        return true;
    struct golf_place_result placed = {.end = GOLF_PLACE_FOUND};
    /* Much smaller files are not likely if the best one was made of many blocks. */
    bool only_next = !is_straight && !is_last && found->size > 0;
    do
        placed = place(finding, rounds[round].board_nodes, only_next);
    while (only_next && placed.end == GOLF_PLACE_FOUND && !is_over(finding));
    bool is_stopped = placed.end == GOLF_PLACE_STOPPED || placed.end == GOLF_PLACE_NO_MEMORY;
    size_t most = found->size ? found->size : below(finding);
    found->is_complete = !is_stopped && !placed.is_cut && !has_cut(finding, 0) && !only_next &&
                         finding->options->shards <= 1 && most <= GOLF_PLACE_LARGEST + 1 &&
                         rounds[round].slack == rounds[ROUNDS - 1].slack;
    return is_stopped || found->is_complete;
}

static bool search(struct finding *finding)
{
    if (!finding->overlap_count)
        return true;
    for (size_t i = 0; i < ROUNDS && !is_over(finding); i++) {
        /* Otherwise there is no time or memory for more ways. */
        if ((i == 0 || needs_any(finding)) && !shrink(finding, rounds[i].slack, rounds[i].has_few))
            return (i > 0 || is_interrupted(finding) ||
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
            (struct golf_place_program){&finding->pieces[0], finding->lifted.bits == 64, 0};
        finding->piece_count = finding->anywhere_count = 1;
        find_overlaps(finding);
        if (finding->overlap_count > 0)
            pack(finding, nodes);
        free_pieces(finding, 0);
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
    if (found->size == 0 && found->rejected > 0 && !is_over(finding))
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
        find_overlaps(finding);
        is_done =
            (rewrite(finding) && search(finding)) || (found->size > 0 && !finding->has_failed);
        if (found->is_verbatim)
            found->rewritten_count = 0;
        if (is_done)
            error->status = ELFGEN_OK; /* it is lifted: the time was too short for more */
        free_pieces(finding, 0);
        golf_lifted_free(&finding->lifted);
    } else {
        is_done = find_as_it_is(finding);
    }
    free(finding);
    return is_done;
}

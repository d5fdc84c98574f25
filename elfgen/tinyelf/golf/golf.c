/* The search for a smaller file: rounds over sizes, with more nodes each. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/no_memory.h"
#include "golf.h"
#include "lift/lift.h"
#include "overlap/overlaps.h"
#include "shrink/shrink.h"

/* Pieces for addresses below 2^31 fit few headers, but are shorter. */
enum { SMALL, LARGE, KINDS };

struct finding {
    const struct golf_options *options;
    struct golf_found *found;
    struct elfgen_error *error;
    struct golf_pieces pieces[KINDS];
    struct golf_overlap *overlaps;
    size_t overlap_count;
    const struct golf_pieces *placed; /* the pieces of the present candidate */
    uint64_t deadline;                /* a point in time; 0: none */
    size_t smallest, largest;         /* sizes that are left to search, inclusive */
    bool has_failed, is_over;
};

static bool is_interrupted(void *context)
{
    struct finding *finding = context;
    const struct golf_options *options = finding->options;
    finding->is_over = finding->is_over ||
                       (options->is_interrupted && options->is_interrupted(options->context)) ||
                       (finding->deadline && clock_now() >= finding->deadline);
    return finding->is_over || finding->has_failed;
}

/* ---- a candidate ---- */

static void keep(struct finding *finding, const uint8_t *bytes, size_t size,
                 const struct golf_placed *how)
{
    struct golf_found *found = finding->found;
    memcpy(found->bytes, bytes, size);
    found->size = size;
    found->bits = how->overlap->bits;
    found->type = how->overlap->type;
    found->phoff = how->overlap->phoff;
    found->item_count = 0;
    for (size_t i = 0; i < how->count && found->item_count < GOLF_FOUND_ITEMS; i++) {
        const struct golf_item *item = &how->items[i];
        if (!item->length)
            continue;
        const char *reason =
            item->kind == GOLF_ITEM_CHOICE ? finding->placed->choices[item->which].reason : NULL;
        found->items[found->item_count++] =
            (struct golf_found_item){item->offset, item->length, item->kind, reason};
    }
}

static bool is_proven(const uint8_t *bytes, size_t size, const struct golf_placed *how,
                      void *context)
{
    struct finding *finding = context;
    struct golf_difference difference;
    switch (golf_prove(finding->options->prover, bytes, size, &difference, finding->error)) {
    case GOLF_SAME:
        keep(finding, bytes, size, how);
        return true;
    case GOLF_DIFFERENT:
        finding->found->rejected++;
        return false;
    default:
        finding->has_failed = true;
        return false;
    }
}

/* ---- the search ---- */

/* One size with one kind of pieces, with at most `nodes`. */
static enum golf_place_end try_size(struct finding *finding, size_t size, int kind, uint64_t nodes)
{
    const struct golf_options *options = finding->options;
    const struct golf_place_options wanted = {.nodes = nodes,
                                              .smallest = size,
                                              .largest = size,
                                              .machines = options->machines,
                                              .machine_count = options->machine_count,
                                              .is_interrupted = is_interrupted,
                                              .context = finding};
    finding->placed = &finding->pieces[kind];
    struct golf_place_result result =
        golf_place(finding->placed, finding->overlaps, finding->overlap_count, &wanted, is_proven);
    finding->found->nodes += result.nodes;
    if (result.end == GOLF_PLACE_NO_MEMORY)
        finding->has_failed = !error_no_memory(finding->error);
    return result.end;
}

/* Nodes that are left of those that were asked for, at most `nodes`; 0: none are. */
static uint64_t nodes_left(const struct finding *finding, uint64_t nodes)
{
    uint64_t all = finding->options->nodes, seen = finding->found->nodes;
    if (!all)
        return nodes;
    return seen >= all ? 0 : all - seen < nodes ? all - seen : nodes;
}

/* Tries all sizes that are left. Returns whether another round is of use. */
static bool round_of(struct finding *finding, uint64_t nodes)
{
    bool all_were_searched = true;
    for (size_t size = finding->smallest; size <= finding->largest; size++) {
        for (int kind = 0; kind < KINDS; kind++) {
            uint64_t left = nodes_left(finding, nodes);
            if (!left || is_interrupted(finding))
                return false;
            enum golf_place_end end = try_size(finding, size, kind, left);
            if (finding->has_failed || is_interrupted(finding))
                return false;
            if (end == GOLF_PLACE_FOUND) {
                finding->largest = size - 1;
                return true;
            }
            all_were_searched = all_were_searched && end == GOLF_PLACE_NONE;
        }
        if (all_were_searched)
            finding->smallest = size + 1;
    }
    return !all_were_searched;
}

/* Rounds with more and more nodes for each size, up to `most`. */
static void search(struct finding *finding, uint64_t most)
{
    enum { FIRST = 20000, MORE = 4 };
    finding->smallest = finding->overlaps[0].least;
    for (uint64_t nodes = FIRST; finding->smallest <= finding->largest && nodes <= most;) {
        const size_t best = finding->found->size;
        if (!round_of(finding, nodes))
            break;
        /* What was found so easily may have smaller ones. */
        nodes = finding->found->size != best ? FIRST : nodes * MORE;
    }
}

static void forget_pieces(struct finding *finding)
{
    for (int kind = 0; kind < KINDS; kind++)
        golf_pieces_free(&finding->pieces[kind]);
}

static bool shrink(const struct golf_lifted *lifted, struct finding *finding, unsigned slack)
{
    struct golf_shrink_options wanted = {.slack = slack, .no_stack = lifted->uses_red_zone};
    forget_pieces(finding);
    for (int kind = 0; kind < KINDS; kind++) {
        wanted.small_addresses = kind == SMALL;
        if (!golf_shrink(lifted, &wanted, &finding->pieces[kind], finding->error))
            return false;
    }
    return true;
}

/* First with the few shortest ways, of which a file is found soon; then with more of them. */
static bool search_all(const struct golf_lifted *lifted, struct finding *finding)
{
    static const uint64_t most[] = {5000000, UINT64_MAX / 8}; /* nodes for a size, by slack */
    enum { SLACKS = sizeof most / sizeof most[0] };
    finding->largest = finding->options->size - 1;
    if (finding->largest > GOLF_PLACE_LARGEST)
        finding->largest = GOLF_PLACE_LARGEST;
    for (unsigned slack = 0; slack < SLACKS && !is_interrupted(finding); slack++) {
        if (!shrink(lifted, finding, slack))
            return false;
        search(finding, most[slack]);
        finding->found->least = finding->smallest;
        finding->found->is_complete = slack == SLACKS - 1 && finding->smallest > finding->largest;
    }
    return true;
}

static bool find_overlaps(const struct golf_lifted *lifted, struct finding *finding)
{
    const struct golf_options *options = finding->options;
    const struct golf_overlap_options wanted = {
        .first = options->first,
        .last = options->last,
        .rwx = options->rwx || lifted->has_writable_code,
        .overcommit = options->overcommit,
    };
    finding->overlaps = malloc(GOLF_OVERLAPS * sizeof *finding->overlaps);
    if (!finding->overlaps)
        return error_no_memory(finding->error);
    finding->overlap_count = golf_overlaps(lifted->bits, &wanted, finding->overlaps, GOLF_OVERLAPS);
    return true;
}

bool golf_find(const struct golf_options *options, struct golf_found *found,
               struct elfgen_error *error)
{
    struct golf_lifted lifted;
    struct finding finding = {.options = options, .found = found, .error = error};
    *found = (struct golf_found){.size = 0};
    if (!golf_lift(options->original, options->size, &lifted, error))
        return false;
    if (options->time)
        finding.deadline = clock_now() + options->time;
    bool is_done = find_overlaps(&lifted, &finding) &&
                   (!finding.overlap_count || search_all(&lifted, &finding));
    forget_pieces(&finding);
    free(finding.overlaps);
    golf_lifted_free(&lifted);
    return is_done && !finding.has_failed;
}

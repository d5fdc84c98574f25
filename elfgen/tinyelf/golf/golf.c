/* Joins golf's stages: lift, shrink, overlaps, place, prove. */
#include "golf.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/no_memory.h"
#include "golf/lift/lift.h"
#include "golf/overlap/overlaps.h"
#include "golf/shrink/shrink.h"

enum { ROUNDS = 3, PROGRAMS = 2, FIRST_NODES = 1 << 20 };

struct golf {
    const struct golf_options *options;
    struct golf_result *result;
    struct golf_prover *prover;
    struct golf_lifted lifted;
    struct golf_pieces pieces[PROGRAMS];
    size_t piece_count;
    struct golf_overlap overlaps[GOLF_OVERLAPS];
    size_t overlap_count;
    struct elfgen_error *error;
    uint64_t deadline;
    bool has_failed; /* while proving: *error */
};

/* ---- candidates ---- */

static bool is_interrupted(void *context)
{
    const struct golf *golf = context;
    return golf->has_failed ||
           (golf->options->is_interrupted && golf->options->is_interrupted(golf->options->context));
}

static void progress(size_t size, uint64_t nodes, void *context)
{
    const struct golf *golf = context;
    if (golf->options->progress)
        golf->options->progress(size, nodes, golf->options->context);
}

static bool take(const uint8_t *bytes, size_t size, const struct golf_placed *how, void *context)
{
    struct golf *golf = context;
    (void)how;
    golf->result->candidates++;
    if (golf->has_failed)
        return false;
    if (!golf->options->unproven) {
        struct golf_difference difference;
        enum golf_outcome outcome = golf_prove(golf->prover, bytes, size, &difference, golf->error);
        golf->has_failed = outcome == GOLF_FAILED;
        golf->result->refuted += outcome == GOLF_DIFFERENT;
        if (outcome != GOLF_SAME)
            return false;
    }
    memcpy(golf->result->bytes, bytes, size);
    golf->result->size = size;
    return true;
}

/* ---- stages ---- */

/* The pieces that are right anywhere, and those for addresses of 31 bits. */
static bool shrink(struct golf *golf, unsigned slack)
{
    bool has_small = golf->lifted.bits == 64 && golf->lifted.data_count > 0;
    for (size_t i = 0; i < 1u + has_small; i++) {
        struct golf_shrink_options options = {.slack = slack,
                                              .small_addresses = i > 0 || golf->lifted.bits == 32,
                                              .no_stack = golf->lifted.uses_red_zone};
        if (!golf_shrink(&golf->lifted, &options, &golf->pieces[i], golf->error))
            return false;
        golf->piece_count++;
    }
    return true;
}

/* Whether an overlap offers more than those before it. */
static bool is_worth(const struct golf *golf, const struct golf_overlap *overlap)
{
    bool is_read = golf->lifted.data_count > 0;
    if (is_read ? !(overlap->flags & (ELFGEN_PF_R | ELFGEN_PF_W)) : overlap->flags != ELFGEN_PF_X)
        return overlap->bits == 32 && overlap->flags & ELFGEN_PF_R;
    for (size_t i = 0; i < golf->overlap_count; i++) {
        const struct golf_overlap *before = &golf->overlaps[i];
        if (before->phoff == overlap->phoff && before->size == overlap->size &&
            before->memory == overlap->memory && before->type != overlap->type &&
            before->base_add == overlap->base_add &&
            before->has_random_base <= overlap->has_random_base)
            return false; /* it differs in e_type */
    }
    return true;
}

static void find_overlaps(struct golf *golf)
{
    const struct golf_options *options = golf->options;
    struct golf_overlap_options wanted = {.first = options->first,
                                          .last = options->last,
                                          .spec = options->spec,
                                          .rwx = options->rwx || golf->lifted.has_writable_code,
                                          .overcommit = options->overcommit};
    size_t count = golf_overlaps(golf->lifted.bits, &wanted, golf->overlaps, GOLF_OVERLAPS);
    for (size_t i = 0; i < count; i++)
        if (is_worth(golf, &golf->overlaps[i]))
            golf->overlaps[golf->overlap_count++] = golf->overlaps[i];
}

/* The oldest and the newest kernel that has to start the file, and two between. */
static size_t find_machines(const struct golf_options *options,
                            struct elfgen_kernel_machine machines[4])
{
    uint32_t first = options->first > 0 ? options->first : ELFGEN_LINUX(4, 19);
    size_t count = 0;
    elfgen_kernel_usual(&machines[3]);
    uint32_t last = options->last > 0 ? options->last : machines[3].version;
    const uint32_t versions[4] = {first, ELFGEN_LINUX(5, 15), ELFGEN_LINUX(6, 1), last};
    for (size_t i = 0; i < 4; i++) {
        if (versions[i] < first || versions[i] > last)
            continue;
        elfgen_kernel_usual(&machines[count]);
        machines[count++].version = versions[i];
    }
    return count;
}

/* What is left of a limit; 0 is no limit. */
static uint64_t left(uint64_t limit, uint64_t used)
{
    return limit == 0 ? 0 : used < limit ? limit - used : 1;
}

/* Looks for a file that is smaller than the best one so far. */
static bool place(struct golf *golf, uint64_t board_nodes)
{
    const struct golf_options *options = golf->options;
    struct elfgen_kernel_machine machines[4];
    struct golf_place_program programs[PROGRAMS] = {{&golf->pieces[0], false},
                                                    {&golf->pieces[1], true}};
    struct golf_place_options wanted = {.nodes = left(options->nodes, golf->result->nodes),
                                        .board_nodes = board_nodes,
                                        .nanoseconds = left(golf->deadline, clock_now()),
                                        .largest = golf->result->size - 1,
                                        .machines = machines,
                                        .machine_count = find_machines(options, machines),
                                        .is_interrupted = is_interrupted,
                                        .progress = progress,
                                        .context = golf};
    struct golf_place_result placed =
        golf_place(programs, golf->piece_count, golf->overlaps, golf->overlap_count, &wanted, take);
    golf->result->nodes += placed.nodes;
    golf->result->is_cut |= placed.is_cut;
    return placed.end != GOLF_PLACE_STOPPED && placed.end != GOLF_PLACE_NO_MEMORY;
}

static void free_pieces(struct golf *golf)
{
    for (size_t i = 0; i < golf->piece_count; i++)
        golf_pieces_free(&golf->pieces[i]);
    golf->piece_count = 0;
}

/* First the shortest ways alone, and a part of each board, so that there soon is a file; then more
 * ways, and more of each board. */
static bool search(struct golf *golf)
{
    bool goes_on = true;
    for (unsigned round = 0; round < ROUNDS && goes_on; round++) {
        bool is_shrunk = shrink(golf, round);
        goes_on = is_shrunk && place(golf, (uint64_t)FIRST_NODES << 4 * round);
        free_pieces(golf);
        if (!is_shrunk && round == 0)
            return false;
    }
    golf->result->is_stopped = !goes_on;
    return !golf->has_failed;
}

bool golf_run(const struct golf_options *options, struct golf_result *result, bool *refused,
              struct elfgen_error *error)
{
    *refused = false;
    memset(result, 0, sizeof *result);
    struct golf *golf = calloc(1, sizeof *golf);
    if (!golf)
        return error_no_memory(error);
    *golf = (struct golf){.options = options, .result = result, .error = error};
    result->size = options->prove.size;
    golf->deadline = options->nanoseconds > 0 ? clock_now() + options->nanoseconds : 0;
    bool is_lifted = golf_lift(options->prove.original, options->prove.size, &golf->lifted, error);
    *refused = !is_lifted && error->status != ELFGEN_NO_ROOM;
    if (is_lifted && !options->unproven)
        golf->prover = golf_prover_open(&options->prove, refused, error);
    bool is_well = is_lifted && (options->unproven || golf->prover);
    if (is_well) {
        find_overlaps(golf);
        is_well = search(golf);
    }
    golf_prover_close(golf->prover);
    if (is_lifted)
        golf_lifted_free(&golf->lifted);
    free(golf);
    return is_well;
}

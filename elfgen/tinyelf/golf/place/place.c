/* Goes through sizes, overlaps and places of data, and searches each board. */
#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/memory.h"

#include "place_private.h"

enum {
    BATCH = 16,     /* boards that may be searched at the same time */
    WORTH = 1 << 14 /* states of a board that are worth a process */
};

enum task_state { TASK_NONE, TASK_DONE, TASK_HAS_CANDIDATE };

/* What a process found out about a board. */
struct task {
    uint64_t nodes;
    uint8_t state; /* enum task_state */
    bool is_cut;
};

/* All boards in their order, whoever searches them. */
struct walk {
    const struct golf_place_options *options;
    struct jobs *jobs;     /* NULL: this process does all */
    bool is_child;         /* of it */
    bool is_shared;        /* the boards of this batch were searched by others */
    uint64_t seen, boards; /* of all shards, and of this one */
    uint64_t nodes;        /* states so far */
    bool is_cut;
};

struct place {
    uint16_t phoff; /* as in struct golf_place_program, */
    bool is_besides;
    struct search search;
    struct walk *walk;
};

/* ---- data ---- */

/* Whether a datum there begins or ends where free bytes do, or shares bytes that stand: between
 * them all places are as good. */
static bool is_at_edge(const struct search *search, size_t offset, size_t size)
{
    const struct board *board = &search->board;
    return offset == 0 || !board_is_plain(board, offset - 1) ||
           !board_is_plain(board, offset + size) || search_touches(search, offset, size);
}

static bool put_bytes(struct search *search, uint16_t which, size_t offset)
{
    const struct golf_data *data = &search->pieces->data[which];
    const size_t set = data->set_size;
    if (data->is_written && search_touches(search, offset + set, data->size - set))
        return false;
    for (size_t i = 0; i < set; i++)
        if (search->board.state[offset + i] != search->plain_states[offset + i])
            return false; /* it has other data's bytes */
    for (size_t i = set; i < data->size; i++)
        if (!board_put(&search->board, offset + i, i < data->file_size ? data->bytes[i] : 0))
            return false;
    return search_note(search, GOLF_ITEM_DATA, offset, data->size, which);
}

static void lock(struct board *board, size_t offset, size_t size, bool is_locked)
{
    for (size_t cell = offset; cell < offset + size; cell++)
        board->state[cell] = (uint8_t)(is_locked ? board->state[cell] | BOARD_LOCKED
                                                 : board->state[cell] & ~BOARD_LOCKED);
}

/* ---- boards ---- */

/* States that the next board may have; 0: any number. */
static uint64_t budget_of(const struct walk *walk)
{
    const struct golf_place_options *options = walk->options;
    uint64_t left = options->nodes > walk->nodes ? options->nodes - walk->nodes : 1;
    bool is_less =
        options->nodes != 0 && (options->board_nodes == 0 || options->board_nodes > left);
    return is_less ? left : options->board_nodes;
}

static void take_back(struct search *search, struct search_mark mark)
{
    search_undo(search, mark);
    search_forget_blocks(search);
}

/* A board that takes more than a few states is searched again from its beginning, with better
 * bounds: what has failed is remembered. */
static void run_with_paths(struct place *place, struct search_mark mark)
{
    struct search *search = &place->search;
    const uint64_t limit = search->limit, few = paths_worth(search);
    search->has_paths = false;
    if (limit == 0 || limit > few)
        search->limit = few;
    search_run(search);
    if (!search->is_given_up || search->is_stopped || search->limit == limit)
        return;
    take_back(search, mark);
    search->unplaced_need = 0;
    search->limit = limit;
    search->is_given_up = false;
    if (!search->paths)
        search->paths = paths_open(search);
    search->has_paths = bound_open(search) && search->paths;
    if (search->has_paths)
        paths_find(search->paths, search);
    search_run(search);
}

/* Searches the board as it stands. */
static void run_board(struct place *place)
{
    struct search *search = &place->search;
    struct walk *walk = place->walk;
    uint8_t states[BOARD_CELLS];
    uint64_t hash = search->board.hash;
    memcpy(states, search->board.state, search->board.size);
    board_give(&search->board);
    search->salt = memo_mix(walk->boards);
    struct search_mark mark = search_mark(search);
    search->nodes = 0;
    search->limit = budget_of(walk);
    search->is_given_up = search->has_skipped = search->board.is_full = false;
    search->refused = 0;
    if (!search_is_late(search) && bound_open(search))
        run_with_paths(place, mark);
    walk->nodes += search->nodes;
    search->has_skipped |= search->is_given_up || search->board.is_full;
    walk->is_cut |= search->has_skipped;
    if (search->is_found || search->is_stopped)
        return;
    if (search->is_given_up)
        take_back(search, mark);
    memcpy(search->board.state, states, search->board.size);
    search->board.hash = hash;
}

/* What a process does with a board. It ends with the first candidate: later boards are not needed
 * then, and what it is worth is for its parent to say. */
static void run_task(struct place *place, size_t at)
{
    struct walk *walk = place->walk;
    struct search *search = &place->search;
    struct task *task = jobs_result(walk->jobs, at);
    if (!jobs_take(walk->jobs, at))
        return;
    uint64_t nodes = walk->nodes;
    search->task = at;
    search->jobs = walk->jobs;
    run_board(place);
    walk->nodes = nodes; /* each board may have all that is left: the parent counts */
    if (search->is_stopped)
        jobs_exit();
    task->nodes = search->nodes;
    task->is_cut = search->has_skipped;
    task->state = search->is_found ? TASK_HAS_CANDIDATE : TASK_DONE;
    if (search->is_found) {
        jobs_end_after(walk->jobs, at);
        jobs_exit();
    }
}

/* Whether another process has searched a board, and found nothing in the states that are left. */
static bool is_done(struct walk *walk, size_t at)
{
    const struct task *task = walk->is_shared ? jobs_result(walk->jobs, at) : NULL;
    const uint64_t most = walk->options->nodes;
    if (!task || task->state != TASK_DONE)
        return false;
    if (most != 0 && walk->nodes + task->nodes > most) {
        walk->nodes = most;
        return true;
    }
    walk->nodes += task->nodes;
    walk->is_cut |= task->is_cut;
    return true;
}

/* Searches the next boards in several processes if there may be some: each of them goes through the
 * same boards, from here on. */
static void begin_batch(struct place *place)
{
    struct walk *walk = place->walk;
    const struct golf_place_options *options = walk->options;
    uint64_t budget = budget_of(walk);
    if (walk->is_child)
        jobs_exit();
    walk->is_shared = walk->jobs && (budget == 0 || budget >= WORTH);
    if (walk->is_shared)
        walk->is_child = jobs_fork(walk->jobs, options->is_interrupted, options->context);
}

static void search_board(struct place *place)
{
    struct walk *walk = place->walk;
    const struct golf_place_options *options = walk->options;
    if (options->shards > 1 && walk->seen++ % options->shards != options->shard - 1)
        return;
    if (options->nodes != 0 && walk->nodes >= options->nodes)
        place->search.is_stopped = true;
    if (search_is_late(&place->search) && !walk->is_child)
        return;
    size_t at = walk->boards % BATCH;
    if (at == 0)
        begin_batch(place);
    walk->boards++;
    place->search.takes_any = walk->is_child;
    if (walk->is_child)
        run_task(place, at);
    else if (!is_done(walk, at))
        run_board(place);
}

static void place_data(struct place *place, size_t which, size_t zeros);

/* Zeros are behind the file, where the rest of its page is, or more memory. */
static void place_zeros(struct place *place, size_t which, size_t zeros)
{
    const struct golf_data *data = &place->search.pieces->data[which];
    zeros = search_aligned(data, zeros);
    if (!search_zeros_fit(&place->search, data, zeros) ||
        (zeros + data->size > ELFGEN_PAGE && !place->search.overlap->has_random_base &&
         !search_put_base(&place->search)))
        return;
    place->search.data_at[which] = (uint16_t)zeros;
    place_data(place, which + 1, zeros + data->size);
}

static void place_data(struct place *place, size_t which, size_t zeros)
{
    struct search *search = &place->search;
    if (which == search->pieces->data_count) {
        search_board(place);
        return;
    }
    const struct golf_data *data = &search->pieces->data[which];
    if (!search_may_have(search, data) || (search_is_late(search) && !place->walk->is_child))
        return;
    if (!data->bytes) {
        place_zeros(place, which, zeros);
        return;
    }
    for (size_t offset = 0; offset + data->size <= search->board.size; offset++) {
        struct search_mark mark = search_mark(search);
        search->data_at[which] = (uint16_t)offset;
        if (offset == search_aligned(data, offset) && is_at_edge(search, offset, data->size) &&
            put_bytes(search, (uint16_t)which, offset)) {
            lock(&search->board, offset, data->size, data->is_written);
            place_data(place, which + 1, zeros);
            if (search->is_found || search->is_stopped)
                return;
            lock(&search->board, offset, data->size, false);
        }
        search_undo(search, mark);
    }
}

/* ---- sizes and overlaps ---- */

/* Returns false if the program is not right in this overlap. */
static bool try_overlap(struct place *place, const struct golf_overlap *overlap, size_t size)
{
    struct search *search = &place->search;
    search->overlap = overlap;
    search->item_count = search->pending_count = 0;
    search_forget_blocks(search);
    if (overlap->bits != search->pieces->bits || !board_open(&search->board, overlap, size) ||
        !board_put_sizes(&search->board, overlap, size))
        return true;
    if (!search_limit_addresses(search))
        return false;
    /* What does not fit without data does not with it. */
    for (size_t i = 0; i < search->pieces->data_count; i++)
        search->data_at[i] = SEARCH_NOWHERE;
    fits_open(search);
    if (bound_open(search))
        place_data(place, 0, size);
    return true;
}

static bool is_over(const struct place *place)
{
    return place->search.is_found || place->search.is_stopped;
}

static bool is_for(const struct place *place, const struct golf_overlap *overlap)
{
    return place->phoff == 0 || place->phoff == overlap->phoff;
}

/* Tries the last program that is right in this overlap, of which the first one is right in all, and
 * then those that are tried besides. Returns the one that was tried last. */
static struct place *try_programs(struct place *const *places, size_t count,
                                  const struct golf_overlap *overlap, size_t size)
{
    size_t tried = count;
    while (tried > 0 && (!is_for(places[tried - 1], overlap) || places[tried - 1]->is_besides ||
                         !try_overlap(places[tried - 1], overlap, size)))
        tried--;
    struct place *last = places[tried > 0 ? tried - 1 : 0];
    for (size_t at = 0; at < count && !is_over(last); at++)
        if (is_for(places[at], overlap) && places[at]->is_besides &&
            try_overlap(places[at], overlap, size))
            last = places[at];
    return last;
}

static size_t largest_of(const struct golf_place_options *options)
{
    return options->largest == 0 || options->largest > GOLF_PLACE_LARGEST ? GOLF_PLACE_LARGEST
                                                                          : options->largest;
}

static struct golf_place_result try_sizes(struct walk *walk, struct place *const *places,
                                          size_t place_count, const struct golf_overlap *overlaps,
                                          size_t count)
{
    const struct golf_place_options *options = walk->options;
    struct golf_place_result result = {.end = GOLF_PLACE_NONE};
    const size_t largest = largest_of(options);
    for (size_t size = options->smallest > 0 ? options->smallest : 1; size <= largest; size++) {
        result.size = size;
        if (options->progress && !walk->is_child)
            options->progress(size, walk->nodes, options->context);
        for (size_t n = 0; n < count; n++) {
            const size_t i = search_nth_overlap(options, n);
            if (overlaps[i].memory < size)
                continue;
            struct place *place = try_programs(places, place_count, &overlaps[i], size);
            result.nodes = walk->nodes;
            result.is_cut = walk->is_cut;
            if (is_over(place)) {
                result.end = place->search.is_found ? GOLF_PLACE_FOUND : GOLF_PLACE_STOPPED;
                return result;
            }
        }
    }
    return result;
}

/* Whether a program has so many data that all their places are too many to look at. */
static bool has_many_data(const struct golf_pieces *pieces)
{
    enum { MOST = 5 };
    size_t count = 0;
    for (size_t i = 0; i < pieces->data_count; i++)
        count += pieces->data[i].bytes != NULL;
    return count > MOST;
}

/* Whether one of them is larger than any file that is tried. */
static bool has_large_datum(const struct golf_pieces *pieces,
                            const struct golf_place_options *options)
{
    for (size_t i = 0; i < pieces->data_count; i++)
        if (pieces->data[i].bytes && pieces->data[i].size > largest_of(options))
            return true;
    return false;
}

struct golf_place_result golf_place(const struct golf_place_program *programs, size_t program_count,
                                    const struct golf_overlap *overlaps, size_t count,
                                    const struct golf_place_options *options,
                                    golf_candidate *candidate)
{
    struct golf_place_result result = {.end = GOLF_PLACE_NO_MEMORY};
    /* These take long to open. */
    if (program_count > 0 &&
        (has_many_data(programs[0].pieces) || has_large_datum(programs[0].pieces, options)))
        return (struct golf_place_result){.end = GOLF_PLACE_NONE,
                                          .is_cut = has_many_data(programs[0].pieces)};
    struct walk walk = {.options = options};
    struct place **places = calloc(program_count + 1, sizeof(void *));
    bool is_open = places != NULL;
    if (options->jobs > 1)
        walk.jobs = jobs_open(options->jobs, BATCH, sizeof(struct task));
    for (size_t i = 0; i < program_count && is_open; i++) {
        places[i] = calloc(1, sizeof **places);
        if (places[i])
            *places[i] = (struct place){
                .walk = &walk, .phoff = programs[i].phoff, .is_besides = programs[i].is_besides};
        is_open = places[i] &&
                  search_open(&places[i]->search, &programs[i], options, candidate, BOARD_CELLS);
    }
    if (is_open)
        result = try_sizes(&walk, places, program_count, overlaps, count);
    if (walk.is_child) /* stopped or at the end of its boards: what follows is for its parent */
        jobs_exit();
    for (size_t i = 0; i < program_count && places; i++) {
        if (places[i])
            search_close(&places[i]->search);
        free(places[i]);
    }
    free(places);
    jobs_close(walk.jobs);
    return result;
}

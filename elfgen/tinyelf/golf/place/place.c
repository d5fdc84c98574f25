/* Goes through sizes, overlaps and places of data, and searches each board. */
#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/memory.h"

#include "place_private.h"

struct place {
    uint16_t phoff; /* as in struct golf_place_program */
    struct search search;
    uint64_t boards; /* that were searched */
    bool is_cut;
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
    if (data->is_written && search_touches(search, offset, data->size))
        return false;
    for (size_t i = 0; i < data->size; i++)
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

static void search_board(struct place *place)
{
    struct search *search = &place->search;
    uint8_t states[BOARD_CELLS];
    uint64_t hash = search->board.hash;
    memcpy(states, search->board.state, search->board.size);
    board_give(&search->board);
    search->salt = memo_mix(++place->boards);
    struct search_mark mark = search_mark(search);
    uint64_t most = search->options->board_nodes;
    search->board_limit = most > 0 ? search->nodes + most : 0;
    search->is_given_up = false;
    if (!search_is_late(search) && bound_open(search))
        search_run(search);
    if (search->is_found || search->is_stopped)
        return;
    if (search->is_given_up) {
        place->is_cut = true;
        search_undo(search, mark);
        search_forget_blocks(search);
    }
    memcpy(search->board.state, states, search->board.size);
    search->board.hash = hash;
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
    if (!search_may_have(search, data))
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
    place_data(place, 0, size);
    return true;
}

/* The last program that is right in this overlap; the first one is right in all. */
static struct place *try_programs(struct place *const *places, size_t count,
                                  const struct golf_overlap *overlap, size_t size, uint64_t nodes)
{
    places[0]->search.nodes = nodes;
    for (size_t at = count; at-- > 0;) {
        if (places[at]->phoff && places[at]->phoff != overlap->phoff)
            continue;
        places[at]->search.nodes = nodes;
        if (try_overlap(places[at], overlap, size))
            return places[at];
    }
    return places[0];
}

static struct golf_place_result try_sizes(struct place *const *places, size_t place_count,
                                          const struct golf_overlap *overlaps, size_t count)
{
    const struct golf_place_options *options = places[0]->search.options;
    struct golf_place_result result = {.end = GOLF_PLACE_NONE};
    size_t largest = options->largest == 0 || options->largest > GOLF_PLACE_LARGEST
                         ? GOLF_PLACE_LARGEST
                         : options->largest;
    for (size_t size = options->smallest > 0 ? options->smallest : 1; size <= largest; size++) {
        result.size = size;
        if (options->progress)
            options->progress(size, result.nodes, options->context);
        for (size_t i = 0; i < count; i++) {
            if (overlaps[i].memory < size)
                continue;
            struct place *place =
                try_programs(places, place_count, &overlaps[i], size, result.nodes);
            result.nodes = place->search.nodes;
            result.is_cut |= place->is_cut;
            if (place->search.is_found || place->search.is_stopped) {
                result.end = place->search.is_found ? GOLF_PLACE_FOUND : GOLF_PLACE_STOPPED;
                return result;
            }
        }
    }
    return result;
}

struct golf_place_result golf_place(const struct golf_place_program *programs, size_t program_count,
                                    const struct golf_overlap *overlaps, size_t count,
                                    const struct golf_place_options *options,
                                    golf_candidate *candidate)
{
    struct golf_place_result result = {.end = GOLF_PLACE_NO_MEMORY};
    struct place **places = calloc(program_count, sizeof(void *));
    bool is_open = places != NULL;
    for (size_t i = 0; i < program_count && is_open; i++) {
        places[i] = calloc(1, sizeof **places);
        if (places[i])
            places[i]->phoff = programs[i].phoff;
        is_open = places[i] &&
                  search_open(&places[i]->search, &programs[i], options, candidate, BOARD_CELLS);
    }
    if (is_open)
        result = try_sizes(places, program_count, overlaps, count);
    for (size_t i = 0; i < program_count && places; i++) {
        if (places[i])
            search_close(&places[i]->search);
        free(places[i]);
    }
    free(places);
    return result;
}

/* Goes through sizes, overlaps and places of data, and searches each board. */
#include "place.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/memory.h"

#include "base/clock.h"
#include "base/grow.h"
#include "place_private.h"

struct place {
    struct search search;
    struct fillers fillers;
    struct golf_place_result result;
    uint64_t boards; /* that were searched */
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
        if (!board_put(&search->board, offset + i, data->bytes[i]))
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
    memcpy(states, search->board.state, sizeof states);
    board_give(&search->board);
    search->salt = memo_mix(++place->boards);
    if (bound_open(search))
        search_run(search);
    if (search->is_found || search->is_stopped)
        return;
    memcpy(search->board.state, states, sizeof states);
    search->board.hash = hash;
}

static void place_data(struct place *place, size_t which, size_t zeros);

/* Zeros are behind the file, where the rest of its page is, or more memory. */
static void place_zeros(struct place *place, size_t which, size_t zeros)
{
    const struct golf_data *data = &place->search.pieces->data[which];
    uint64_t memory = place->search.overlap->memory;
    if (data->size > ELFGEN_PAGE ||
        zeros + data->size > (memory < ELFGEN_PAGE ? ELFGEN_PAGE : memory))
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
    uint32_t needed = data->is_written ? ELFGEN_PF_W : ELFGEN_PF_R | ELFGEN_PF_W;
    if (!(search->overlap->flags & needed))
        return;
    if (!data->bytes) {
        place_zeros(place, which, zeros);
        return;
    }
    for (size_t offset = 0; offset + data->size <= search->board.size; offset++) {
        struct search_mark mark = search_mark(search);
        search->data_at[which] = (uint16_t)offset;
        if (is_at_edge(search, offset, data->size) && put_bytes(search, (uint16_t)which, offset)) {
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

static void try_overlap(struct place *place, const struct golf_overlap *overlap, size_t size)
{
    struct search *search = &place->search;
    search->overlap = overlap;
    search->item_count = search->pending_count = 0;
    search->block_hash = 0;
    search->unplaced = search->pieces->block_count;
    for (size_t block = 0; block < search->pieces->block_count; block++)
        search->block_at[block] = SEARCH_NOWHERE;
    if (overlap->bits == search->pieces->bits && board_open(&search->board, overlap, size))
        place_data(place, 0, size);
}

static void try_sizes(struct place *place, const struct golf_overlap *overlaps, size_t count)
{
    struct search *search = &place->search;
    const struct golf_place_options *options = search->options;
    size_t largest = options->largest == 0 || options->largest > GOLF_PLACE_LARGEST
                         ? GOLF_PLACE_LARGEST
                         : options->largest;
    for (size_t size = options->smallest > 0 ? options->smallest : 1; size <= largest; size++) {
        place->result.size = size;
        if (options->progress)
            options->progress(size, search->nodes, options->context);
        for (size_t i = 0; i < count; i++) {
            if (overlaps[i].memory >= size)
                try_overlap(place, &overlaps[i], size);
            if (search->is_found || search->is_stopped) {
                place->result.end = search->is_found ? GOLF_PLACE_FOUND : GOLF_PLACE_STOPPED;
                return;
            }
        }
    }
    place->result.end = GOLF_PLACE_NONE;
}

/* ---- memory ---- */

static void close_place(struct place *place)
{
    if (!place)
        return;
    struct search *search = &place->search;
    free((void *)search->flag_effects);
    free(search->failed);
    free(search->data_at);
    free(search->block_at);
    free(search->need);
    free(search->is_on_path);
    free(search->takes);
    free(search->patterns);
    free(search->pattern_of);
    free(search->pattern_takes);
    free(search->fits);
    free(place);
}

static struct place *open_place(const struct golf_pieces *pieces,
                                const struct golf_place_options *options, golf_candidate *candidate)
{
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return NULL;
    struct search *search = &place->search;
    struct place_flag_effect *effects = calloc(pieces->choice_count + 1, sizeof *effects);
    search->flag_effects = effects;
    search->failed = calloc((size_t)1 << MEMO_BITS, sizeof *search->failed);
    search->data_at = calloc(pieces->data_count + 1, sizeof *search->data_at);
    search->block_at = calloc(pieces->block_count + 1, sizeof *search->block_at);
    search->need = calloc(pieces->node_count + 1, sizeof *search->need);
    search->is_on_path = calloc(pieces->node_count + 1, sizeof *search->is_on_path);
    search->takes = calloc(pieces->choice_count + 1, sizeof *search->takes);
    search->pattern_of = calloc(pieces->choice_count + 1, sizeof *search->pattern_of);
    if (!effects || !search->pattern_of || !search->failed || !search->data_at ||
        !search->block_at || !search->need || !search->is_on_path || !search->takes) {
        close_place(place);
        return NULL;
    }
    search->pieces = pieces;
    search->options = options;
    search->fillers = &place->fillers;
    search->candidate = candidate;
    search->limit = options->nodes;
    search->deadline = options->nanoseconds ? clock_now() + options->nanoseconds : 0;
    fillers_open(&place->fillers, pieces->bits == 64);
    for (size_t i = 0; i < pieces->choice_count; i++)
        effects[i] =
            fillers_flags(&place->fillers, pieces->choices[i].bytes, pieces->choices[i].length);
    return place;
}

/* ---- patterns ---- */

static bool is_same_pattern(const struct golf_pieces *pieces, const struct golf_choice *a,
                            const struct golf_choice *b)
{
    if (a->length != b->length || memcmp(a->bytes, b->bytes, a->length) != 0 ||
        a->field_count != b->field_count || a->followed_by != b->followed_by ||
        (pieces->nodes[a->to].kind == GOLF_NODE_STOP) !=
            (pieces->nodes[b->to].kind == GOLF_NODE_STOP))
        return false;
    for (size_t i = 0; i < a->field_count; i++)
        if (a->fields[i].kind != b->fields[i].kind || a->fields[i].offset != b->fields[i].offset ||
            a->fields[i].length != b->fields[i].length ||
            a->fields[i].is_block != b->fields[i].is_block ||
            a->fields[i].target != b->fields[i].target ||
            a->fields[i].addend != b->fields[i].addend)
            return false;
    return true;
}

static struct search_pattern pattern_of(const struct golf_pieces *pieces, uint32_t which)
{
    const struct golf_choice *choice = &pieces->choices[which];
    struct search_pattern pattern = {.choice = which, .length = choice->length};
    pattern.is_last = pieces->nodes[choice->to].kind == GOLF_NODE_STOP;
    for (size_t i = 0; i < choice->field_count; i++)
        if (choice->fields[i].kind == GOLF_NEXT_FIELD) {
            pattern.next = choice->fields[i].offset;
            pattern.next_length = choice->fields[i].length;
        }
    return pattern;
}

/* Numbers choices by their bytes. */
static bool find_patterns(struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    size_t capacity = 0;
    for (uint32_t i = 0; i < pieces->choice_count; i++) {
        const struct golf_choice *choice = &pieces->choices[i];
        size_t at = 0;
        while (at < search->pattern_count &&
               !is_same_pattern(pieces, choice, &pieces->choices[search->patterns[at].choice]))
            at++;
        search->pattern_of[i] = (uint32_t)at;
        if (at < search->pattern_count)
            continue;
        if (!grow_array(&search->patterns, at + 1, &capacity, sizeof *search->patterns))
            return false;
        search->patterns[search->pattern_count++] = pattern_of(pieces, i);
    }
    search->pattern_takes = calloc(search->pattern_count + 1, sizeof *search->pattern_takes);
    search->fits = calloc(search->pattern_count + 1, BOARD_CELLS);
    return search->pattern_takes && search->fits;
}

struct golf_place_result golf_place(const struct golf_pieces *pieces,
                                    const struct golf_overlap *overlaps, size_t count,
                                    const struct golf_place_options *options,
                                    golf_candidate *candidate)
{
    struct golf_place_result result = {.end = GOLF_PLACE_NO_MEMORY};
    struct place *place = open_place(pieces, options, candidate);
    if (!place)
        return result;
    if (!find_patterns(&place->search)) {
        close_place(place);
        return result;
    }
    try_sizes(place, overlaps, count);
    result = place->result;
    result.nodes = place->search.nodes;
    close_place(place);
    return result;
}

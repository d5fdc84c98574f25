/* Opens a search: its memory, and what is known of each choice before anything is placed. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/grow.h"
#include "place_private.h"

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
    search->plain_fits = calloc(search->pattern_count + 1, BOARD_CELLS);
    return search->pattern_takes && search->fits && search->plain_fits;
}

static bool get_memory(struct search *search, size_t capacity)
{
    const struct golf_pieces *pieces = search->pieces;
    search->item_capacity = SEARCH_ITEMS + pieces->node_count * 2 + pieces->data_count;
    search->pending_capacity = SEARCH_PENDING + pieces->node_count;
    for (size_t i = 0; i < pieces->data_count; i++)
        search->pending_capacity += pieces->data[i].reference_count;
    search->flag_effects = calloc(pieces->choice_count + 1, sizeof *search->flag_effects);
    search->failed = memo_open();
    search->data_at = calloc(pieces->data_count + 1, sizeof *search->data_at);
    search->block_at = calloc(pieces->block_count + 1, sizeof *search->block_at);
    search->need = calloc(pieces->node_count + 1, sizeof *search->need);
    search->is_on_path = calloc(pieces->node_count + 1, sizeof *search->is_on_path);
    search->circle_of = calloc(pieces->node_count + 1, sizeof *search->circle_of);
    search->circle_path = calloc(pieces->node_count + 1, sizeof *search->circle_path);
    search->takes = calloc(pieces->choice_count + 1, sizeof *search->takes);
    search->pattern_of = calloc(pieces->choice_count + 1, sizeof *search->pattern_of);
    search->items = calloc(search->item_capacity, sizeof *search->items);
    search->pending = calloc(search->pending_capacity, sizeof *search->pending);
    search->fillers = calloc(1, sizeof *search->fillers);
    return board_make(&search->board, capacity) && search->flag_effects && search->failed &&
           search->data_at && search->block_at && search->need && search->is_on_path &&
           search->circle_of && search->circle_path && search->takes && search->pattern_of &&
           search->items && search->pending && search->fillers;
}

/* With fewer states of a board, those whose bytes differ in value alone count as the same: a file
 * is found sooner then, and not all are looked at anyway. */
enum { COARSE = 1 << 20 };

/* Bytes that instructions may share: search.c. */
static void count_shared_bytes(struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    struct board_set *counts = &search->board.counts;
    for (uint32_t i = 0; i < pieces->choice_count; i++) {
        const struct golf_choice *choice = &pieces->choices[i];
        for (size_t j = 0; j < choice->length && search_may_share(search, i); j++)
            counts->bits[choice->bytes[j] / 64] |= UINT64_C(1) << choice->bytes[j] % 64;
    }
    for (size_t i = 0; i < pieces->node_count; i++)
        if (pieces->nodes[i].kind == GOLF_NODE_RETURNS)
            counts->bits[OPCODE_RETURN / 64] |= UINT64_C(1) << OPCODE_RETURN % 64;
}

bool search_open(struct search *search, const struct golf_place_program *program,
                 const struct golf_place_options *options, golf_candidate *candidate,
                 size_t capacity)
{
    const struct golf_pieces *pieces = program->pieces;
    search->pieces = pieces;
    search->small_addresses = program->small_addresses;
    search->options = options;
    search->candidate = candidate;
    search->deadline = options->nanoseconds ? clock_now() + options->nanoseconds : 0;
    if (!get_memory(search, capacity) || !find_patterns(search) ||
        !circles_find(pieces, search->circle_of))
        return false;
    search->board.is_coarse = options->board_nodes != 0 && options->board_nodes < COARSE;
    count_shared_bytes(search);
    fillers_open(search->fillers, pieces->bits == 64);
    for (size_t i = 0; i < pieces->choice_count; i++)
        search->flag_effects[i] =
            fillers_flags(search->fillers, pieces->choices[i].bytes, pieces->choices[i].length);
    return true;
}

void search_close(struct search *search)
{
    board_free(&search->board);
    free(search->flag_effects);
    memo_close(search->failed);
    free(search->data_at);
    free(search->block_at);
    free(search->need);
    free(search->is_on_path);
    free(search->circle_of);
    free(search->circle_path);
    free(search->takes);
    free(search->patterns);
    free(search->pattern_of);
    free(search->pattern_takes);
    free(search->fits);
    free(search->plain_fits);
    free(search->items);
    free(search->pending);
    free(search->fillers);
    paths_close(search->paths);
}

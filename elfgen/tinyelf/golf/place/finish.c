/* Makes a file of a full board, and asks whether it is the one. */
#include <string.h>

#include "elfgen/memory.h"
#include "place_private.h"

/* The base as far as it is known. */
static uint64_t base_of(const struct board *board)
{
    uint64_t base = 0;
    for (size_t i = 1; i < board->word; i++)
        if (board->state[board->base_at + i] & BOARD_KNOWN)
            base |= (uint64_t)board->value[board->base_at + i] << 8 * i;
    return base - base % ELFGEN_PAGE;
}

static bool put_any(struct board *board, size_t cell)
{
    for (unsigned value = 0; value < 256; value++)
        if (board_may_be(board, cell, (uint8_t)value))
            return board_put(board, cell, (uint8_t)value);
    return false;
}

bool search_put_base(struct search *search)
{
    struct board *board = &search->board;
    const struct golf_overlap *overlap = search->overlap;
    for (size_t i = 1; i < board->word && base_of(board) < overlap->base_low; i++) {
        size_t cell = board->base_at + i;
        if (board->state[cell] & BOARD_KNOWN)
            continue;
        uint64_t rest = base_of(board);
        for (unsigned value = 1; value < 256; value++)
            if (board_may_be(board, cell, (uint8_t)value) &&
                (rest | (uint64_t)value << 8 * i) >= overlap->base_low) {
                if (!board_put(board, cell, (uint8_t)value))
                    return false;
                break;
            }
    }
    for (size_t i = 0; i < board->word; i++)
        if (!put_any(board, board->base_at + i))
            return false;
    uint64_t base = base_of(board);
    return base >= overlap->base_low && base <= overlap->base_high;
}

static bool starts(const struct search *search, const uint8_t *bytes, uint64_t entry)
{
    for (size_t i = 0; i < search->options->machine_count; i++) {
        struct elfgen_kernel_answer answer;
        if (elfgen_kernel_ask(bytes, search->board.size, &search->options->machines[i], NULL,
                              &answer, NULL) != ELFGEN_OK ||
            answer.verdict != ELFGEN_STARTS || answer.entry - answer.bias != entry)
            return false;
    }
    return true;
}

static bool fill(struct search *search)
{
    struct board *board = &search->board;
    if (!search_put_base(search))
        return false;
    for (size_t cell = 0; cell < board->size; cell++)
        if (!(board->state[cell] & BOARD_KNOWN) && !put_any(board, cell))
            return false;
    return true;
}

/* Whether blocks that a program compares are at different places. */
static bool compared_are_apart(const struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    for (size_t i = 0; pieces->is_compared && i < pieces->block_count; i++)
        for (size_t k = 0; pieces->is_compared[i] && k < i; k++)
            if (pieces->is_compared[k] && search->block_at[k] == search->block_at[i] &&
                search->block_at[i] != SEARCH_NOWHERE)
                return false;
    return true;
}

bool search_finish(struct search *search)
{
    struct search_mark mark = search_mark(search);
    bool accepted = false;
    if (compared_are_apart(search) && fill(search)) {
        uint64_t base = base_of(&search->board);
        struct golf_placed placed = {.pieces = search->pieces,
                                     .overlap = search->overlap,
                                     .base = base,
                                     .entry = search->entry,
                                     .items = search->items,
                                     .count = search->item_count,
                                     .data = search->data_at,
                                     .nodes = search->nodes};
        accepted = starts(search, search->board.value, base + search->entry) &&
                   (search->takes_any || search->candidate(search->board.value, search->board.size,
                                                           &placed, search->options->context));
        search->refused += !accepted;
    }
    search_undo(search, mark);
    return accepted;
}

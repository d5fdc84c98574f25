/* Bounds of the search: the free bytes that the rest of the program needs, and those that it can
 * reach. */
#include <string.h>

#include "place_private.h"

enum { JUMP = 2 }; /* bytes of a jump */

/* ---- where instructions fit ---- */

/* Where the distance in `length` bytes leads, if all of them stand; SEARCH_NOWHERE: not known. */
static size_t target_of(const struct board *board, size_t cell, size_t length, size_t end)
{
    uint64_t distance = 0, sign = UINT64_C(1) << (8 * length - 1);
    for (size_t i = 0; i < length; i++) {
        if (!board_is_known(board, cell + i))
            return SEARCH_NOWHERE;
        distance |= (uint64_t)board->value[cell + i] << 8 * i;
    }
    uint64_t target = end + ((distance ^ sign) - sign);
    return target < board->size ? target : SEARCH_MISFIT * (size_t)BOARD_CELLS;
}

/* Whether a distance could stand there that stays in the file. */
static bool may_lead(const struct search *search, size_t cell, size_t length, size_t end)
{
    const struct board *board = &search->board;
    size_t target = target_of(board, cell, length, end);
    if (target != SEARCH_NOWHERE)
        return target < board->size && search->is_alive[target];
    bool may_be_positive = true, may_be_negative = true;
    for (size_t i = 1; i < length; i++) {
        may_be_positive &=
            board_may_be(board, cell + i, 0) || (i == 1 && board_may_be(board, cell + i, 1));
        may_be_negative &=
            board_may_be(board, cell + i, 0xff) || (i == 1 && board_may_be(board, cell + i, 0xfe));
    }
    return may_be_positive || may_be_negative;
}

/* Whether code could go on after a pattern at an offset. */
static bool may_follow(const struct search *search, size_t pattern, size_t offset)
{
    const struct search_pattern *is = &search->patterns[pattern];
    size_t end = offset + is->length;
    if (is->next_length > 0)
        return may_lead(search, offset + is->next, is->next_length, end);
    return is->is_last || search->is_alive[end];
}

static bool choice_lives(const struct search *search, size_t offset)
{
    for (size_t i = 0; i < search->pattern_count; i++)
        if (search->patterns[i].length > 0 &&
            search->fits[i * BOARD_CELLS + offset] != SEARCH_MISFIT &&
            may_follow(search, i, offset))
            return true;
    return false;
}

static bool filler_lives(const struct search *search, size_t offset)
{
    const struct board *board = &search->board;
    if (board_is_free(board, offset)) {
        for (size_t length = 1; length <= 7 && offset + length < board->size; length++)
            if (search->is_alive[offset + length])
                return true;
        return false;
    }
    uint8_t first = board->value[offset];
    if (fillers_is_prefix(board->word == 8, first) && search->is_alive[offset + 1])
        return true;
    for (unsigned second = 0; second < 256; second++) {
        uint8_t length = search->fillers->by_bytes[first][second].length;
        if (length > 0 && offset + length < board->size && search->is_alive[offset + length] &&
            board_may_be(board, offset + 1, (uint8_t)second))
            return true;
    }
    return false;
}

/* Whether a jump there could lead somewhere. */
static bool jump_lives(const struct search *search, size_t offset)
{
    const struct board *board = &search->board;
    bool is_short = board_may_be(board, offset, 0xeb);
    for (unsigned i = 0; i < 20 && !is_short; i++) /* jcc, loop, jrcxz */
        is_short = board_may_be(board, offset, (uint8_t)(i < 16 ? 0x70 + i : 0xd0 + i));
    if (is_short && offset + 1 < board->size) {
        size_t landing = offset + 2 + (size_t)(ptrdiff_t)(int8_t)board->value[offset + 1];
        if (board_is_free(board, offset + 1) ||
            (landing < board->size && search->is_alive[landing]))
            return true;
    }
    return (board_may_be(board, offset, 0xe9) || board_may_be(board, offset, 0x0f)) &&
           offset + 5 <= board->size && may_lead(search, offset + 1, 4, offset + 5);
}

/* Where an instruction could begin: all places but those from which no way goes on, found by taking
 * them away until none is left. */
static void find_alive(struct search *search)
{
    memset(search->is_alive, false, sizeof search->is_alive);
    memset(search->is_alive, true, search->board.size);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t offset = search->board.size; offset-- > 0;)
            if (search->is_alive[offset] && !jump_lives(search, offset) &&
                !choice_lives(search, offset) && !filler_lives(search, offset)) {
                search->is_alive[offset] = false;
                changed = true;
            }
    }
}

/* Whether a choice can begin before `end` and go on after it. */
static bool choice_crosses(const struct search *search, size_t end)
{
    for (size_t i = 0; i < search->pattern_count; i++)
        for (size_t before = 1; before < search->patterns[i].length && before <= end; before++)
            if (search->fits[i * BOARD_CELLS + end - before] != SEARCH_MISFIT &&
                may_follow(search, i, end - before))
                return true;
    return false;
}

/* What it costs to leave the free bytes before `end`, which stands. */
static uint8_t leave_of(const struct search *search, size_t end)
{
    const struct board *board = &search->board;
    if (end == 0 || end >= board->size)
        return JUMP;
    if (search->is_alive[end] || choice_crosses(search, end))
        return 0;
    size_t landing = end + 1 + (size_t)(ptrdiff_t)(int8_t)board->value[end];
    if (landing < board->size && search->is_alive[landing])
        return 1; /* a jump whose distance stands there */
    for (size_t swallowed = 1; swallowed <= 4; swallowed++)
        if (end + swallowed < board->size && search->is_alive[end + swallowed])
            return 1;
    return JUMP;
}

/* The fewest free bytes that each choice takes anywhere, without those that a jump from there would
 * take if the choice is one itself. */
static void find_takes(struct search *search)
{
    for (size_t i = 0; i < search->pattern_count; i++) {
        uint16_t least = SEARCH_NEVER;
        for (size_t offset = 0; offset < search->board.size; offset++) {
            uint8_t takes = search->fits[i * BOARD_CELLS + offset];
            if (takes != SEARCH_MISFIT && takes < least && may_follow(search, i, offset))
                least = takes;
        }
        bool is_jump = search->patterns[i].next_length > 0 && least < SEARCH_NEVER;
        search->pattern_takes[i] = (uint16_t)(!is_jump ? least : least > JUMP ? least - JUMP : 0);
    }
    for (size_t i = 0; i < search->pieces->choice_count; i++)
        search->takes[i] = search->pattern_takes[search->pattern_of[i]];
}

/* ---- what is needed ---- */

static uint32_t cost_of(const struct search *search, const uint16_t *takes, uint32_t node)
{
    const struct golf_pieces *pieces = search->pieces;
    const struct golf_node *at = &pieces->nodes[node];
    if (at->kind != GOLF_STEP)
        return at->kind == GOLF_NODE_BRANCH    ? 2
               : at->kind == GOLF_NODE_RETURNS ? 1
                                               : 0; /* a call's bytes may stand */
    uint32_t best = SEARCH_NEVER;
    for (uint32_t i = at->first; i < at->first + at->count; i++) {
        uint32_t cost = (uint32_t)takes[i] + search->need[pieces->choices[i].to];
        best = cost < best ? cost : best;
    }
    return best < SEARCH_NEVER ? best : SEARCH_NEVER;
}

static void find_needs(struct search *search, const uint16_t *takes)
{
    const struct golf_pieces *pieces = search->pieces;
    for (size_t node = 0; node < pieces->node_count; node++)
        search->need[node] = SEARCH_NEVER;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t node = pieces->node_count; node-- > 0;) {
            uint16_t cost = (uint16_t)cost_of(search, takes, (uint32_t)node);
            changed |= cost != search->need[node];
            search->need[node] = cost;
        }
    }
}

bool bound_is_of_address(const struct search *search, size_t cell)
{
    const struct golf_overlap *overlap = search->overlap;
    return cell - overlap->entry_at < search->board.word ||
           cell - overlap->base_at < search->board.word;
}

/* Conditional jumps that may stand at bytes which are given or bound, or will be: those of
 * addresses. */
static uint16_t jumps_of(const struct search *search)
{
    const struct board *board = &search->board;
    uint16_t jumps = 0;
    for (size_t cell = 0; cell + 1 < board->size; cell++) {
        if ((board_is_plain(board, cell) && !bound_is_of_address(search, cell)) ||
            !search->is_alive[cell])
            continue;
        for (unsigned i = 0; i < 16; i++)
            if (board_may_be(board, cell, (uint8_t)(0x70 | i)))
                jumps |= (uint16_t)(1u << i);
    }
    return jumps;
}

/* Whether the free bytes suffice for all blocks, wherever they are. */
static bool suffices(const struct search *search)
{
    size_t room = 0;
    for (size_t cell = 0; cell < search->board.size; cell++)
        room += board_is_free(&search->board, cell);
    return search->unplaced_need <= room;
}

bool bound_open(struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    fits_find(search);
    find_alive(search);
    find_takes(search);
    for (size_t end = 0; end <= search->board.size; end++)
        search->leave[end] = leave_of(search, end);
    find_needs(search, search->takes);
    search->jumps = jumps_of(search);
    search->unplaced_need = 0;
    for (size_t block = 0; block < pieces->block_count; block++) {
        if (search->need[pieces->blocks[block]] >= SEARCH_NEVER)
            return false;
        search->unplaced_need += search->need[pieces->blocks[block]];
    }
    return suffices(search);
}

/* The end of the run of free bytes that begins at `cell`. */
size_t bound_end_of(const struct board *board, size_t cell)
{
    while (cell < board->size) {
        uint64_t taken = ~board->free[cell / 64] >> cell % 64;
        if (taken != 0)
            return cell + (size_t)__builtin_ctzll(taken);
        cell = (cell / 64 + 1) * 64;
    }
    return board->size;
}

size_t bound_next_free(const struct board *board, size_t cell)
{
    while (cell < board->size) {
        uint64_t rest = board->free[cell / 64] >> cell % 64;
        if (rest != 0)
            return cell + (size_t)__builtin_ctzll(rest);
        cell = (cell / 64 + 1) * 64;
    }
    return board->size;
}

size_t bound_leave_at(const struct search *search, size_t end)
{
    bool is_given = end < search->board.size && search->board.state[end] & BOARD_GIVEN;
    return is_given ? search->leave[end] : JUMP;
}

bool bound_may_go_on(const struct search *search, size_t offset)
{
    const struct board *board = &search->board;
    for (size_t cell = offset; cell < board->size; cell++)
        if (!board_is_plain(board, cell))
            return board->state[cell] & BOARD_GIVEN ? search->leave[cell] == 0
                                                    : board->state[cell] & BOARD_SPECIAL;
    return false;
}

bool bound_allows(const struct search *search, const struct search_at *at)
{
    const struct board *board = &search->board;
    size_t here = search->need[at->node], needed = here + search->unplaced_need;
    if (here >= SEARCH_NEVER)
        return false;
    size_t ahead = 0, reaches = 0;
    if (board_is_free(board, at->offset)) {
        size_t end = bound_end_of(board, at->offset);
        ahead = end - at->offset;
        if (needed <= ahead)
            return true;
        size_t leave = bound_leave_at(search, end);
        if (here > ahead && ahead < leave + at->is_landing)
            return false;
        reaches = ahead < leave ? 0 : ahead - leave;
    }
    reaches += JUMP * (1 + search->unplaced);
    for (size_t cell = bound_next_free(board, 0); cell < board->size && reaches < needed;) {
        bool is_before = cell < at->offset;
        size_t end = bound_end_of(board, cell), length = end - cell,
               leave = bound_leave_at(search, end);
        if (is_before && end > at->offset) { /* the part in front of the current place */
            length = at->offset - cell;
            leave = JUMP;
        } else if (cell == at->offset) {
            length = 0;
        }
        reaches += length > leave ? length - leave : 0;
        cell = bound_next_free(board, end);
    }
    return reaches >= needed;
}

/* Packs a program: blocks one after the other, each in the cheapest way through what is left of the
 * headers and behind them. */
#include <stdlib.h>
#include <string.h>

#include "elfgen/memory.h"

#include "pack_private.h"

enum {
    STATES = 20000,      /* of a route */
    STATES_LARGE = 4000, /* of one in a file larger than GOLF_PLACE_LARGEST */
    AGAIN = 12           /* attempts until all jumps are long enough */
};

/* ---- data ---- */

static size_t used_until(const struct board *board)
{
    size_t end = board->size;
    while (end > 0 && !(board->state[end - 1] & (BOARD_KNOWN | BOARD_RESERVED | BOARD_LOCKED)))
        end--;
    return end;
}

/* Whether a byte of a datum is part of an address, which is known when all has its place. *at is
 * the first of its references that may have the byte; bytes are asked for in rising order. */
static bool is_of_reference(const struct golf_data *data, size_t byte, size_t *at)
{
    while (*at < data->reference_count &&
           (size_t)data->references[*at].offset + data->references[*at].length <= byte)
        ++*at;
    return *at < data->reference_count && data->references[*at].offset <= byte;
}

/* The free bytes that a datum takes at an offset; SIZE_MAX: it does not fit. */
static size_t data_takes(const struct search *search, const struct golf_data *data, size_t offset)
{
    const struct board *board = &search->board;
    size_t takes = 0, at = 0;
    for (size_t i = 0; i < data->size; i++) {
        bool must_be_plain = data->is_written || is_of_reference(data, i, &at);
        if ((must_be_plain && !board_is_plain(board, offset + i)) ||
            !board_may_be(board, offset + i, i < data->file_size ? data->bytes[i] : 0))
            return SIZE_MAX;
        takes += !board_is_known(board, offset + i);
    }
    return takes;
}

/* The free byte with which code has to begin, as all bytes from the only entry to it are prefixes;
 * SEARCH_NOWHERE: there is none. */
static size_t first_of_code(const struct search *search)
{
    const struct golf_overlap *overlap = search->overlap;
    const struct board *board = &search->board;
    size_t cell = overlap->entry_low;
    while (board_is_known(board, cell) && fillers_is_prefix(board->word == 8, board->value[cell]))
        cell++;
    return overlap->entry_low == overlap->entry_high && !board_is_known(board, cell)
               ? cell
               : SEARCH_NOWHERE;
}

/* Chooses a place: where it takes the fewest bytes, or, at will, another beginning of free bytes.
 */
static bool find_place(const struct pack *pack, size_t which, size_t *place)
{
    const struct search *search = &pack->search;
    const struct board *board = &search->board;
    const struct golf_data *data = &search->pieces->data[which];
    size_t used = used_until(board), least = SIZE_MAX, skip = pack->data_place[which];
    size_t headers = search->overlap->size, code = first_of_code(search);
    for (size_t edge = 0; edge <= used || edge <= headers; edge++) {
        bool is_edge = edge == 0 || !board_is_plain(board, edge - 1) ||
                       !board_is_plain(board, edge + data->size) || edge == headers;
        const size_t offset = search_aligned(data, edge);
        if (offset + data->size > board->size || !is_edge || code - offset < data->size)
            continue;
        size_t takes = data_takes(search, data, offset);
        if (takes == SIZE_MAX)
            continue;
        if (skip > 0 && takes > 0 && offset < headers) {
            skip--;
            continue;
        }
        size_t grows = offset + data->size > headers && takes > 0 ? takes : 0;
        if (takes + grows < least) {
            least = takes + grows;
            *place = offset;
        }
    }
    return least < SIZE_MAX;
}

static bool put_datum(struct search *search, size_t which, size_t offset)
{
    const struct golf_data *data = &search->pieces->data[which];
    size_t at = 0;
    search->data_at[which] = (uint16_t)offset;
    for (size_t i = 0; i < data->size; i++) {
        bool is_open = is_of_reference(data, i, &at);
        if (!(is_open ? board_reserve(&search->board, offset + i, 1)
                      : board_put(&search->board, offset + i,
                                  i < data->file_size ? data->bytes[i] : 0)))
            return false;
        if (data->is_written && !is_open)
            search->board.state[offset + i] |= BOARD_LOCKED;
    }
    return search_note(search, GOLF_ITEM_DATA, offset, data->size, (uint32_t)which);
}

/* Puts the addresses that a datum has; those of blocks wait for them. */
static bool put_references(struct search *search, size_t which)
{
    const struct golf_data *data = &search->pieces->data[which];
    for (size_t i = 0; i < data->reference_count; i++) {
        const struct golf_reference *reference = &data->references[i];
        const struct golf_field field = {.kind = GOLF_ABSOLUTE_FIELD,
                                         .length = reference->length,
                                         .is_block = reference->is_block,
                                         .target = reference->target,
                                         .addend = reference->addend};
        size_t cell = search->data_at[which] + (size_t)reference->offset;
        if (!board_release(&search->board, cell, reference->length) ||
            !search_put_field(search, &field, cell, cell + reference->length))
            return false;
        for (size_t k = 0; data->is_written && !reference->is_block && k < reference->length; k++)
            search->board.state[cell + k] |= BOARD_LOCKED;
    }
    return true;
}

static bool put_data(struct pack *pack)
{
    struct search *search = &pack->search;
    struct board *board = &search->board;
    size_t zeros = board->size, place = 0, entry = search->overlap->entry_at;
    if (pack->only_tail && !board_reserve(board, entry, board->word))
        return false;
    for (size_t i = 0; i < search->pieces->data_count; i++) {
        const struct golf_data *data = &search->pieces->data[i];
        if (!search_may_have(search, data))
            return false;
        if (data->bytes) {
            if (!find_place(pack, i, &place) || !put_datum(search, i, place))
                return false;
        } else if (search_zeros_fit(search, data, search_aligned(data, zeros))) {
            zeros = search_aligned(data, zeros);
            search->data_at[i] = (uint16_t)zeros;
            zeros += data->size;
        } else {
            return false;
        }
    }
    if (pack->only_tail && !board_release(board, entry, board->word))
        return false;
    for (size_t i = 0; i < search->pieces->data_count; i++)
        if (!put_references(search, i))
            return false;
    board_give(&search->board);
    return true;
}

/* ---- blocks ---- */

static bool is_open(const struct pack *pack, uint16_t block)
{
    return pack->search.block_at[block] == SEARCH_NOWHERE && !pack->in_chain[block];
}

/* What comes right behind a block; GOLF_NONE: nothing that has no place yet. */
static uint16_t next_of(struct pack *pack, struct route_link *link)
{
    const struct golf_node *end = &pack->search.pieces->nodes[pack->ends[link->block]];
    unsigned turns = pack->turns[link->block];
    bool has_opposite = end->kind == GOLF_NODE_BRANCH && end->condition < GOLF_LOOPNE;
    if (turns & TURN_AWAY)
        return GOLF_NONE;
    if (end->kind == GOLF_NODE_GO)
        return is_open(pack, end->taken) ? end->taken : GOLF_NONE;
    if (end->kind != GOLF_NODE_BRANCH && end->kind != GOLF_NODE_CALLS)
        return GOLF_NONE;
    bool may_turn = has_opposite && is_open(pack, end->taken);
    link->is_opposite = may_turn && (turns & TURN_OPPOSITE || !is_open(pack, end->other));
    uint16_t next = link->is_opposite ? end->taken : end->other;
    return is_open(pack, next) ? next : GOLF_NONE;
}

static size_t make_chain(struct pack *pack, uint16_t block)
{
    size_t count = 0;
    while (block != GOLF_NONE) {
        pack->in_chain[block] = 1;
        pack->chain[count] = (struct route_link){.block = block};
        block = next_of(pack, &pack->chain[count++]);
    }
    for (size_t i = 0; i < count; i++)
        pack->in_chain[pack->chain[i].block] = 0;
    return count;
}

/* Whether a block of the chain has to be where jumps behind the headers reach it. */
static bool is_behind(const struct pack *pack, size_t count)
{
    bool is_wanted = false;
    for (size_t i = 0; i < count; i++)
        is_wanted |= pack->reach[pack->chain[i].block] & ROUTE_BEHIND;
    return is_wanted;
}

static bool put_chain(struct pack *pack, uint16_t block, bool is_entry)
{
    struct search *search = &pack->search;
    const struct golf_overlap *overlap = search->overlap;
    size_t used = used_until(&search->board), count = make_chain(pack, block);
    bool is_large = search->board.size > GOLF_PLACE_LARGEST;
    struct route_wish wish = {.chain = pack->chain,
                              .count = count,
                              .entry_low = is_entry ? overlap->entry_low : 1,
                              .entry_high = is_entry ? overlap->entry_high : 0,
                              .tail = used > overlap->size ? used : overlap->size,
                              .price = pack->plan.price,
                              .avoid = pack->avoid[block],
                              .reach = pack->reach,
                              .only_tail = pack->only_tail || is_behind(pack, count),
                              .states = is_large ? STATES_LARGE : STATES};
    const struct route_step *steps;
    memcpy(wish.shift, pack->plan.shift, sizeof wish.shift);
    bool is_found = route_find(pack->route, search, &wish, &steps, &count, &pack->nodes);
    if (!is_found) {
        wish.only_tail = true;
        wish.states = SIZE_MAX;
        wish.avoid = 0;
        memset(wish.shift, 0, sizeof wish.shift);
        is_found = route_find(pack->route, search, &wish, &steps, &count, &pack->nodes);
    }
    if (!is_found)
        return false;
    if (is_entry) {
        search->entry = steps[0].offset;
        if (!board_put_entry(&search->board, overlap->entry_at, search->entry))
            return false;
    }
    return route_put(search, steps, count, pack->reach, &pack->grew);
}

/* The block that something leads to and that begins earliest, by its rank; GOLF_NONE: all have a
 * place. */
static uint16_t next_block(const struct pack *pack)
{
    const struct search *search = &pack->search;
    uint16_t best = GOLF_NONE;
    for (size_t i = 0; i < search->pending_count; i++) {
        uint16_t block = search->pending[i].field.target;
        if (block != GOLF_NONE && search->block_at[block] == SEARCH_NOWHERE &&
            (best == GOLF_NONE || pack->rank[block] > pack->rank[best]))
            best = block;
    }
    return best;
}

/* ---- a file ---- */

/* Whether something is beyond the first page, whose addresses need a base that is known. */
static bool needs_base(const struct pack *pack, size_t size)
{
    const struct golf_pieces *pieces = pack->search.pieces;
    for (size_t i = 0; i < pieces->data_count; i++)
        if (!pieces->data[i].bytes)
            size = search_aligned(&pieces->data[i], size) + pieces->data[i].size;
    return size > ELFGEN_PAGE;
}

/* Opens the board that a plan wants, with data. A large file's base is fixed at once. */
static bool open_board(struct pack *pack, size_t size)
{
    struct search *search = &pack->search;
    const struct golf_overlap *overlap = &pack->overlaps[pack->plan.overlap];
    search->overlap = overlap;
    search->item_count = search->pending_count = 0;
    search_forget_blocks(search);
    return overlap->bits == search->pieces->bits && overlap->memory >= size &&
           board_open(&search->board, overlap, size) && search_limit_addresses(search) &&
           board_reserve_sizes(&search->board, overlap) &&
           (!needs_base(pack, size) || overlap->has_random_base || search_put_base(search)) &&
           put_data(pack);
}

/* Places all that is reached. Returns false if that is impossible, or `grew`. */
static bool place_all(struct pack *pack)
{
    uint16_t block = 0;
    do {
        if (!put_chain(pack, block, block == 0))
            return false;
        block = next_block(pack);
    } while (block != GOLF_NONE);
    return !pack->grew;
}

/* Packs as the plan says, in at most `size` bytes. Returns the file's size; 0: that is impossible.
 */
size_t pack_once(struct pack *pack, size_t size)
{
    struct search *search = &pack->search;
    memset(pack->reach, 0, search->pieces->block_count);
    pack->only_tail = false;
    for (unsigned i = 0; i < AGAIN; i++) {
        pack->grew = false;
        if (!open_board(pack, size))
            return 0;
        if (place_all(pack)) {
            size_t used = used_until(&search->board), least = search->overlap->size;
            least = least > search->overlap->fewest ? least : (size_t)search->overlap->fewest;
            return used > least ? used : least;
        }
        /* What disturbs each other in the gaps of the headers does not behind them. */
        if (!pack->grew && pack->only_tail)
            return 0;
        pack->only_tail = pack->only_tail || !pack->grew;
    }
    return 0;
}

bool pack_finish(struct pack *pack, size_t size)
{
    struct search *search = &pack->search;
    search->board.size = size;
    search->nodes = pack->nodes;
    return board_put_sizes(&search->board, search->overlap, size) && search_finish(search);
}

/* ---- memory ---- */

/* Where the shortest way from a node leads. */
static uint32_t shortest(const struct golf_pieces *pieces, uint32_t node)
{
    const struct golf_node *at = &pieces->nodes[node];
    uint32_t best = UINT32_MAX, to = node;
    for (uint32_t i = at->first; i < at->first + at->count; i++) {
        uint32_t length = pieces->choices[i].length + pieces->nodes[pieces->choices[i].to].least;
        if (pieces->choices[i].to != node && length < best) {
            best = length;
            to = pieces->choices[i].to;
        }
    }
    return to;
}

bool pack_open(struct pack *pack, const struct golf_place_program *program,
               const struct golf_overlap *overlaps, size_t count,
               const struct golf_place_options *options, golf_candidate *candidate, size_t capacity)
{
    const struct golf_pieces *pieces = program->pieces;
    pack->overlaps = overlaps;
    pack->overlap_count = count;
    if (!search_open(&pack->search, program, options, candidate, capacity))
        return false;
    pack->route = route_open(&pack->search);
    pack->ends = calloc(pieces->block_count, sizeof *pack->ends);
    pack->reach = calloc(pieces->block_count, 1);
    pack->in_chain = calloc(pieces->block_count, 1);
    pack->chain = calloc(pieces->block_count, sizeof *pack->chain);
    pack->word_count = 3 * pieces->block_count + pieces->data_count;
    pack->words = calloc(pack->word_count, sizeof *pack->words);
    if (!pack->words || !pack->route || !pack->ends || !pack->reach || !pack->in_chain ||
        !pack->chain)
        return false;
    pack->plan.price = 2 * ROUTE_BYTE;
    pack->rank = pack->words;
    pack->avoid = pack->rank + pieces->block_count;
    pack->turns = pack->avoid + pieces->block_count;
    pack->data_place = pack->turns + pieces->block_count;
    for (size_t block = 0; block < pieces->block_count; block++) {
        uint32_t node = pieces->blocks[block];
        for (size_t i = 0; i < pieces->node_count && pieces->nodes[node].kind == GOLF_STEP; i++)
            node = shortest(pieces, node);
        pack->ends[block] = node;
    }
    return true;
}

void pack_close(struct pack *pack)
{
    search_close(&pack->search);
    route_close(pack->route);
    free(pack->words);
    free(pack->ends);
    free(pack->reach);
    free(pack->in_chain);
    free(pack->chain);
}

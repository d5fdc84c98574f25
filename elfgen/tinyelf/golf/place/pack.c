/* Packs a program: blocks one after the other, each in the cheapest way through what is left of the
 * headers and behind them. A local search changes the order, the headers and what is avoided. */
#include <stdlib.h>
#include <string.h>

#include "elfgen/memory.h"

#include "route.h"

enum {
    STATES = 20000,      /* of a route */
    STATES_LARGE = 4000, /* of one in a file larger than GOLF_PLACE_LARGEST */
    AGAIN = 12,          /* attempts until all jumps are long enough */
    PRICE = 2 * ROUTE_BYTE,
    PRICE_MOST = 6 * ROUTE_BYTE
};

/* How a program is packed. */
struct plan {
    size_t overlap;
    uint16_t price;
    uint8_t shift[ROUTE_GAPS];
    uint16_t *rank;       /* of each block: a higher one begins earlier */
    uint16_t *avoid;      /* of each block: gaps where it does not begin */
    uint8_t *turns;       /* of each block: bits of enum turn */
    uint16_t *data_place; /* of each datum: which of the places that are left it takes */
};

enum turn {
    TURN_OPPOSITE = 1, /* what a conditional jump leads to comes right behind it */
    TURN_AWAY = 2      /* what follows is elsewhere */
};

struct pack {
    struct search search;
    struct route *route;
    const struct golf_overlap *overlaps;
    size_t overlap_count;
    uint32_t *ends;  /* of each block: the node with which it ends */
    uint8_t *is_far; /* of each block */
    bool grew;       /* a jump had to become longer */
    struct route_link *chain;
    uint8_t *in_chain;
    struct plan plan, best;
    uint64_t seed, nodes;
};

/* ---- what a plan says ---- */

static uint64_t draw(struct pack *pack, uint64_t below)
{
    pack->seed += UINT64_C(0x9e3779b97f4a7c15);
    return memo_mix(pack->seed) % below;
}

static bool plan_make(struct plan *plan, const struct golf_pieces *pieces)
{
    plan->rank = calloc(pieces->block_count, sizeof *plan->rank);
    plan->avoid = calloc(pieces->block_count, sizeof *plan->avoid);
    plan->turns = calloc(pieces->block_count, sizeof *plan->turns);
    plan->data_place = calloc(pieces->data_count + 1, sizeof *plan->data_place);
    plan->price = PRICE;
    return plan->rank && plan->avoid && plan->turns && plan->data_place;
}

static void plan_free(struct plan *plan)
{
    free(plan->rank);
    free(plan->avoid);
    free(plan->turns);
    free(plan->data_place);
}

static void plan_copy(struct plan *to, const struct plan *from, const struct golf_pieces *pieces)
{
    to->overlap = from->overlap;
    to->price = from->price;
    memcpy(to->shift, from->shift, sizeof to->shift);
    memcpy(to->rank, from->rank, pieces->block_count * sizeof *to->rank);
    memcpy(to->avoid, from->avoid, pieces->block_count * sizeof *to->avoid);
    memcpy(to->turns, from->turns, pieces->block_count * sizeof *to->turns);
    memcpy(to->data_place, from->data_place, pieces->data_count * sizeof *to->data_place);
}

/* ---- data ---- */

static size_t used_until(const struct board *board)
{
    size_t end = board->size;
    while (end > 0 && !(board->state[end - 1] & (BOARD_KNOWN | BOARD_RESERVED | BOARD_LOCKED)))
        end--;
    return end;
}

/* The free bytes that a datum takes at an offset; SEARCH_NEVER: it does not fit. */
static size_t data_takes(const struct search *search, const struct golf_data *data, size_t offset)
{
    const struct board *board = &search->board;
    size_t takes = 0;
    for (size_t i = 0; i < data->size; i++) {
        if ((data->is_written && !board_is_plain(board, offset + i)) ||
            !board_may_be(board, offset + i, i < data->file_size ? data->bytes[i] : 0))
            return SEARCH_NEVER;
        takes += !board_is_known(board, offset + i);
    }
    return takes;
}

/* Chooses a place: where it takes the fewest bytes, or, at will, another beginning of free bytes.
 */
static bool find_place(const struct pack *pack, size_t which, size_t *place)
{
    const struct search *search = &pack->search;
    const struct board *board = &search->board;
    const struct golf_data *data = &search->pieces->data[which];
    size_t used = used_until(board), least = SEARCH_NEVER, skip = pack->plan.data_place[which];
    size_t headers = search->overlap->size;
    for (size_t offset = 0; offset <= used || offset <= headers; offset++) {
        bool is_edge = offset == 0 || !board_is_plain(board, offset - 1) ||
                       !board_is_plain(board, offset + data->size) || offset == headers;
        if (offset + data->size > board->size || !is_edge || offset != search_aligned(data, offset))
            continue;
        size_t takes = data_takes(search, data, offset);
        if (takes >= SEARCH_NEVER)
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
    return least < SEARCH_NEVER;
}

static bool put_datum(struct search *search, size_t which, size_t offset)
{
    const struct golf_data *data = &search->pieces->data[which];
    search->data_at[which] = (uint16_t)offset;
    for (size_t i = 0; i < data->size; i++) {
        if (!board_put(&search->board, offset + i, i < data->file_size ? data->bytes[i] : 0))
            return false;
        if (data->is_written)
            search->board.state[offset + i] |= BOARD_LOCKED;
    }
    return search_note(search, GOLF_ITEM_DATA, offset, data->size, (uint32_t)which);
}

static bool put_data(struct pack *pack)
{
    struct search *search = &pack->search;
    size_t zeros = search->board.size, place = 0;
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
    uint8_t turns = pack->plan.turns[link->block];
    bool has_opposite = end->kind == GOLF_NODE_BRANCH && end->condition < 0xe0;
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

static bool put_chain(struct pack *pack, uint16_t block, bool is_entry)
{
    struct search *search = &pack->search;
    const struct golf_overlap *overlap = search->overlap;
    size_t used = used_until(&search->board), count = 0;
    bool is_large = search->board.size > GOLF_PLACE_LARGEST;
    struct route_wish wish = {.chain = pack->chain,
                              .count = make_chain(pack, block),
                              .entry_low = is_entry ? overlap->entry_low : 1,
                              .entry_high = is_entry ? overlap->entry_high : 0,
                              .tail = used > overlap->size ? used : overlap->size,
                              .price = pack->plan.price,
                              .avoid = pack->plan.avoid[block],
                              .is_far = pack->is_far,
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
    return route_put(search, steps, count, pack->is_far, &pack->grew);
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
            (best == GOLF_NONE || pack->plan.rank[block] > pack->plan.rank[best]))
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
static size_t pack_once(struct pack *pack, size_t size)
{
    struct search *search = &pack->search;
    memset(pack->is_far, 0, search->pieces->block_count);
    for (unsigned i = 0; i < AGAIN; i++) {
        pack->grew = false;
        if (!open_board(pack, size))
            return 0;
        if (place_all(pack)) {
            size_t used = used_until(&search->board), least = search->overlap->size;
            return used > least ? used : least;
        }
        if (!pack->grew)
            return 0;
    }
    return 0;
}

/* ---- the local search ---- */

/* Changes a plan a little. */
static void change(struct pack *pack)
{
    const struct golf_pieces *pieces = pack->search.pieces;
    struct plan *plan = &pack->plan;
    size_t block = draw(pack, pieces->block_count);
    switch (draw(pack, 8)) {
    case 0:
        plan->overlap = draw(pack, pack->overlap_count);
        break;
    case 1:
        plan->price = (uint16_t)(ROUTE_BYTE + draw(pack, PRICE_MOST));
        break;
    case 2:
        plan->shift[draw(pack, ROUTE_GAPS)] = (uint8_t)(draw(pack, 2) > 0 ? draw(pack, 8) : 0);
        break;
    case 3:
        plan->avoid[block] = (uint16_t)(plan->avoid[block] ^ 1u << draw(pack, ROUTE_GAPS));
        break;
    case 4:
        plan->turns[block] ^= TURN_AWAY;
        break;
    case 5:
        if (pieces->data_count > 0)
            plan->data_place[draw(pack, pieces->data_count)] = (uint16_t)draw(pack, 6);
        break;
    case 6:
        plan->turns[block] ^= TURN_OPPOSITE;
        break;
    default:
        plan->rank[block] = (uint16_t)draw(pack, UINT16_MAX);
        break;
    }
}

/* What is better: a smaller file, and one in which fewer bytes are taken. */
static uint64_t cost_of(const struct pack *pack, size_t size)
{
    enum { WEIGHT = 3 };
    const struct board *board = &pack->search.board;
    uint64_t taken = 0;
    for (size_t cell = 0; cell < size; cell++)
        taken += board_is_known(board, cell);
    return WEIGHT * size + taken;
}

/* Whether the packed file starts and is accepted. */
static bool finish(struct pack *pack, size_t size)
{
    struct search *search = &pack->search;
    search->board.size = size;
    search->nodes = pack->nodes;
    return board_put_sizes(&search->board, search->overlap, size) && search_finish(search);
}

struct packing {
    struct pack *packs;
    size_t count, smallest, largest, best; /* sizes; best 0: nothing was found */
    const struct golf_place_options *options;
    bool is_stopped;
};

static bool is_over(struct packing *packing, struct pack *pack)
{
    uint64_t nodes = 0;
    for (size_t i = 0; i < packing->count; i++)
        nodes += packing->packs[i].nodes;
    packing->is_stopped |= search_is_late(&pack->search) ||
                           (packing->options->nodes != 0 && nodes >= packing->options->nodes);
    return packing->is_stopped || packing->best == packing->smallest;
}

/* Packs as pack->plan says. Returns what that costs; UINT64_MAX: it is impossible, or refused. */
static uint64_t attempt(struct packing *packing, struct pack *pack)
{
    enum { ROOM = 24 };
    size_t most = packing->best > 0 ? packing->best + ROOM : packing->largest;
    size_t size = pack_once(pack, most < packing->largest ? most : packing->largest);
    pack->nodes++;
    if (size == 0)
        return UINT64_MAX;
    uint64_t cost = cost_of(pack, size);
    if (packing->best > 0 && size >= packing->best)
        return cost;
    if (!finish(pack, size))
        return UINT64_MAX;
    packing->best = size;
    return cost;
}

/* The first plan: blocks in their order, in the overlap where that takes the least. */
static uint64_t begin(struct packing *packing, struct pack *pack)
{
    uint64_t best = UINT64_MAX;
    size_t blocks = pack->search.pieces->block_count, at = 0;
    for (size_t i = 0; i < blocks; i++)
        pack->plan.rank[i] = (uint16_t)(UINT16_MAX - i * UINT16_MAX / blocks);
    for (size_t i = 0; i < pack->overlap_count && !is_over(packing, pack); i++) {
        pack->plan.overlap = i;
        uint64_t cost = attempt(packing, pack);
        if (cost < best) {
            best = cost;
            at = i;
        }
    }
    pack->plan.overlap = at;
    return best;
}

/* Changes plans for ever, and keeps what is not much worse: less so as time goes by. */
static void improve(struct packing *packing, uint64_t *costs)
{
    enum { WARM = 4000, HEAT = 24, CHANGES = 3 };
    for (uint64_t round = 0;; round++) {
        struct pack *pack = &packing->packs[round % packing->count];
        uint64_t *cost = &costs[round % packing->count];
        if (is_over(packing, pack))
            return;
        if (round % packing->count != 0 && pack->nodes > packing->packs[0].nodes)
            continue;
        plan_copy(&pack->best, &pack->plan, pack->search.pieces);
        for (uint64_t i = draw(pack, CHANGES) + 1; i > 0; i--)
            change(pack);
        uint64_t heat = HEAT * (WARM - round % WARM) / WARM, now = attempt(packing, pack);
        if (now != UINT64_MAX && now <= *cost + draw(pack, heat + 1))
            *cost = now;
        else
            plan_copy(&pack->plan, &pack->best, pack->search.pieces);
    }
}

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

static bool pack_open(struct pack *pack, const struct golf_place_program *program,
                      const struct golf_overlap *overlaps, size_t count,
                      const struct golf_place_options *options, golf_candidate *candidate,
                      size_t capacity)
{
    const struct golf_pieces *pieces = program->pieces;
    pack->overlaps = overlaps;
    pack->overlap_count = count;
    pack->seed = options->seed;
    if (!search_open(&pack->search, program, options, candidate, capacity))
        return false;
    pack->route = route_open(&pack->search);
    pack->ends = calloc(pieces->block_count, sizeof *pack->ends);
    pack->is_far = calloc(pieces->block_count, 1);
    pack->in_chain = calloc(pieces->block_count, 1);
    pack->chain = calloc(pieces->block_count, sizeof *pack->chain);
    if (!plan_make(&pack->plan, pieces) || !plan_make(&pack->best, pieces) || !pack->route ||
        !pack->ends || !pack->is_far || !pack->in_chain || !pack->chain)
        return false;
    for (size_t block = 0; block < pieces->block_count; block++) {
        uint32_t node = pieces->blocks[block];
        for (size_t i = 0; i < pieces->node_count && pieces->nodes[node].kind == GOLF_STEP; i++)
            node = shortest(pieces, node);
        pack->ends[block] = node;
    }
    return true;
}

static void pack_close(struct pack *pack)
{
    search_close(&pack->search);
    route_close(pack->route);
    plan_free(&pack->plan);
    plan_free(&pack->best);
    free(pack->ends);
    free(pack->is_far);
    free(pack->in_chain);
    free(pack->chain);
}

struct golf_place_result golf_pack(const struct golf_place_program *programs, size_t program_count,
                                   const struct golf_overlap *overlaps, size_t count,
                                   const struct golf_place_options *options,
                                   golf_candidate *candidate)
{
    struct golf_place_result result = {.end = GOLF_PLACE_NO_MEMORY};
    struct packing packing = {.count = program_count,
                              .smallest = options->smallest,
                              .largest = options->largest,
                              .options = options,
                              .packs = calloc(program_count, sizeof *packing.packs)};
    uint64_t *costs = calloc(program_count, sizeof *costs);
    bool is_open = packing.packs && costs;
    for (size_t i = 0; i < program_count && is_open; i++)
        is_open = pack_open(&packing.packs[i], &programs[i], overlaps, count, options, candidate,
                            options->largest);
    if (is_open && count > 0) {
        for (size_t i = program_count; i-- > 0;)
            costs[i] = begin(&packing, &packing.packs[i]);
        if (options->nodes != 0 || options->nanoseconds != 0 || options->is_interrupted)
            improve(&packing, costs);
        result.end = packing.best > 0 ? GOLF_PLACE_FOUND : GOLF_PLACE_STOPPED;
        result.size = packing.best;
    }
    for (size_t i = 0; i < program_count && packing.packs; i++) {
        result.nodes += packing.packs[i].nodes;
        pack_close(&packing.packs[i]);
    }
    free(packing.packs);
    free(costs);
    return result;
}

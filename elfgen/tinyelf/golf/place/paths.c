/* The fewest free bytes that are taken from each node at each offset to its block's end, by a way
 * that may pass bytes again which it has taken. bound.c counts less: there each instruction is
 * where it takes the fewest, and getting there takes none. */
#include <stdlib.h>
#include <string.h>

#include "place_private.h"

enum {
    JUMP = 2,
    JUMP_FAR = 5,
    LONGEST = 7, /* bytes of a filler */
    FILLINGS = 16,
    LEAST_STATES = 1 << 10,
    CELLS_OF_STATE = 16, /* cells of the table that cost as much as a state */
    MOST_NODES = 1 << 16 /* whose tables take 128 MiB */
};

/* Instructions that may fill in front of a node. */
struct filling {
    uint16_t dead_registers;
    bool flags_are_dead;
    uint8_t lengths;                        /* a bit for each one that takes any bytes */
    uint8_t pass[BOARD_CELLS][LONGEST + 1]; /* what one of this length takes at an offset */
};

struct paths {
    uint8_t *least[PATHS_KINDS];        /* a row a node */
    uint8_t *least_of_all[PATHS_KINDS]; /* of each row */
    uint16_t *targets;                  /* a row a node */
    uint32_t *order;                    /* nodes, those that others lead to before these */
    uint8_t *filling_of;                /* of each node */
    struct filling fillings[FILLINGS];
    size_t filling_count;
    uint16_t sums[BOARD_CELLS + GOLF_CHOICE_BYTES + 1]; /* cells that count before an offset */
    uint8_t hop[PATHS_KINDS][BOARD_CELLS];              /* what a jump takes */
    uint8_t idle[BOARD_CELLS];                          /* what one takes that is not made */
};

void paths_close(struct paths *paths)
{
    if (!paths)
        return;
    for (size_t kind = 0; kind < PATHS_KINDS; kind++) {
        free(paths->least[kind]);
        free(paths->least_of_all[kind]);
    }
    free(paths->targets);
    free(paths->order);
    free(paths->filling_of);
    free(paths);
}

/* ---- before there is a board ---- */

static bool may_fill(const struct filling *filling, const struct filler *filler)
{
    return filler->length > 0 && filler->length <= LONGEST &&
           !(filler->writes & ~filling->dead_registers) &&
           (!filler->writes_flags || filling->flags_are_dead);
}

/* The last one has all that do not fit into the others. */
static void find_fillings(struct paths *paths, const struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    for (size_t i = 0; i < pieces->node_count; i++) {
        const struct golf_node *node = &pieces->nodes[i];
        size_t at = 0;
        while (at < paths->filling_count &&
               (paths->fillings[at].dead_registers != node->dead_registers ||
                paths->fillings[at].flags_are_dead != node->flags_are_dead))
            at++;
        if (at == FILLINGS) {
            at = FILLINGS - 1;
            paths->fillings[at].dead_registers |= node->dead_registers;
            paths->fillings[at].flags_are_dead |= node->flags_are_dead;
        } else if (at == paths->filling_count) {
            paths->fillings[paths->filling_count++] = (struct filling){
                .dead_registers = node->dead_registers, .flags_are_dead = node->flags_are_dead};
        }
        paths->filling_of[i] = (uint8_t)at;
    }
    for (size_t at = 0; at < paths->filling_count; at++)
        for (unsigned first = 0; first < 256; first++) {
            const struct filler *filler = &search->fillers->by_bytes[first][0];
            if (filler->head == 1 && may_fill(&paths->fillings[at], filler))
                paths->fillings[at].lengths |= (uint8_t)(1u << filler->length);
        }
}

/* Circles are numbered so that those which others lead to come before these. Returns false if there
 * is no memory. */
static bool find_order(struct paths *paths, const struct search *search)
{
    const size_t count = search->pieces->node_count;
    uint32_t *first = calloc(count + 2, sizeof *first);
    if (!first)
        return false;
    for (size_t node = 0; node < count; node++)
        first[search->circle_of[node] + 1]++;
    for (size_t circle = 0; circle < count; circle++)
        first[circle + 1] += first[circle];
    for (size_t node = 0; node < count; node++)
        paths->order[first[search->circle_of[node]]++] = (uint32_t)node;
    free(first);
    return true;
}

struct paths *paths_open(const struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    struct paths *paths = calloc(1, sizeof *paths);
    if (!paths)
        return NULL;
    bool is_open = true;
    for (size_t kind = 0; kind < PATHS_KINDS; kind++) {
        paths->least[kind] = calloc(pieces->node_count + 1, BOARD_CELLS);
        paths->least_of_all[kind] = calloc(pieces->node_count + 1, 1);
        is_open = is_open && paths->least[kind] && paths->least_of_all[kind];
    }
    paths->targets = calloc((pieces->node_count + 1) * BOARD_CELLS, sizeof *paths->targets);
    paths->order = calloc(pieces->node_count + 1, sizeof *paths->order);
    paths->filling_of = calloc(pieces->node_count + 1, sizeof *paths->filling_of);
    if (!is_open || !paths->targets || !paths->order || !paths->filling_of ||
        !find_order(paths, search)) {
        paths_close(paths);
        return NULL;
    }
    find_fillings(paths, search);
    return paths;
}

uint64_t paths_worth(const struct search *search)
{
    const uint64_t nodes = search->pieces->node_count;
    const uint64_t states = nodes * search->board.size / CELLS_OF_STATE;
    if (nodes > MOST_NODES)
        return UINT64_MAX;
    return states > LEAST_STATES ? states : LEAST_STATES;
}

/* ---- what passes a byte of this board ---- */

/* A cell that others follow when it gets a value does not count: who passes one of them passes the
 * others for nothing. */
static bool counts(const struct search *search, size_t cell)
{
    const struct board *board = &search->board;
    return board_is_free(board, cell) && board->next[cell] == cell &&
           !bound_is_of_address(search, cell);
}

static void weigh(struct paths *paths, const struct search *search)
{
    paths->sums[0] = 0;
    for (size_t cell = 0; cell < BOARD_CELLS + GOLF_CHOICE_BYTES; cell++) {
        bool is_counted = cell < search->board.size && counts(search, cell);
        paths->sums[cell + 1] = (uint16_t)(paths->sums[cell] + is_counted);
    }
}

static unsigned taken(const struct paths *paths, size_t offset, size_t length)
{
    return (unsigned)(paths->sums[offset + length] - paths->sums[offset]);
}

static void lower(uint8_t *value, unsigned other)
{
    if (*value > other)
        *value = (uint8_t)other;
}

/* Any first byte that may stand there, and any second one. */
static void find_bound_fillers(const struct paths *paths, const struct search *search,
                               struct filling *filling, size_t offset)
{
    const struct board *board = &search->board;
    const bool is_known = board_is_known(board, offset);
    const unsigned low = is_known ? board->value[offset] : 0, high = is_known ? low : 255;
    const bool is_second_known = board_is_known(board, offset + 1);
    const unsigned second_low = is_second_known ? board->value[offset + 1] : 0;
    const unsigned second_high = is_second_known ? second_low : 255;
    for (unsigned first = low; first <= high; first++) {
        if (!board_may_be(board, offset, (uint8_t)first))
            continue;
        for (unsigned second = second_low; second <= second_high; second++) {
            const struct filler *filler = &search->fillers->by_bytes[first][second];
            if (may_fill(filling, filler) && board_may_be(board, offset + 1, (uint8_t)second))
                lower(&filling->pass[offset][filler->length],
                      taken(paths, offset, filler->head < 2 ? 1 : 2));
        }
    }
}

static void find_fillers(const struct paths *paths, const struct search *search,
                         struct filling *filling)
{
    const struct board *board = &search->board;
    memset(filling->pass, PATHS_NEVER, board->size * sizeof *filling->pass);
    for (size_t offset = 0; offset + 1 < board->size; offset++) {
        const bool is_plain = board_is_plain(board, offset);
        if (is_plain)
            for (size_t length = 1; length <= LONGEST; length++)
                if (filling->lengths >> length & 1)
                    lower(&filling->pass[offset][length], 1);
        if (!is_plain || !board_is_plain(board, offset + 1))
            find_bound_fillers(paths, search, filling, offset);
        for (size_t length = 1; length <= LONGEST; length++)
            if (!search_touches(search, offset, length) || offset + length >= board->size)
                filling->pass[offset][length] = PATHS_NEVER;
    }
}

/* What counts of the bytes of a jump, or of a choice that is one. */
static unsigned rest_of(unsigned takes, size_t kind)
{
    return kind == PATHS_ALL ? takes : takes > JUMP ? takes - JUMP : 0;
}

static void find_hops(struct paths *paths, const struct search *search)
{
    const struct board *board = &search->board;
    for (size_t offset = 0; offset < board->size; offset++) {
        unsigned takes = PATHS_NEVER;
        paths->idle[offset] = PATHS_NEVER;
        bool is_conditional = false;
        for (unsigned i = 0; i < 16; i++)
            is_conditional |= board_may_be(board, offset, (uint8_t)(0x70 | i));
        if (offset + JUMP <= board->size && (board_may_be(board, offset, 0xeb) ||
                                             (is_conditional && !board_is_plain(board, offset))))
            takes = taken(paths, offset, JUMP);
        else if (offset + JUMP_FAR <= board->size && board_may_be(board, offset, 0xe9))
            takes = taken(paths, offset, JUMP_FAR);
        for (size_t kind = 0; kind < PATHS_KINDS; kind++)
            paths->hop[kind][offset] =
                (uint8_t)(takes == PATHS_NEVER ? takes : rest_of(takes, kind));
        if (is_conditional && search_touches(search, offset, JUMP) && offset + JUMP < board->size)
            paths->idle[offset] = (uint8_t)taken(paths, offset, 1);
    }
}

/* ---- the least ---- */

static uint8_t *row_of(const struct paths *paths, size_t kind, uint32_t node)
{
    return &paths->least[kind][(size_t)node * BOARD_CELLS];
}

/* The least of a row, where an instruction could begin. */
static uint8_t least_of(const struct search *search, const uint8_t *row)
{
    uint8_t least = PATHS_NEVER;
    for (size_t offset = 0; offset < search->board.size; offset++)
        if (search->is_alive[offset])
            lower(&least, row[offset]);
    return least;
}

static unsigned sum_of(unsigned one, unsigned other)
{
    unsigned sum = one + other;
    if (one == PATHS_NEVER || other == PATHS_NEVER)
        return PATHS_NEVER;
    return sum < PATHS_NEVER ? sum : PATHS_NEVER - 1;
}

static unsigned by_choice(const struct paths *paths, const struct search *search, size_t kind,
                          uint32_t which, size_t offset)
{
    const struct golf_choice *choice = &search->pieces->choices[which];
    const size_t pattern = search->pattern_of[which], end = offset + choice->length;
    if (end > search->board.size || search->fits[pattern * BOARD_CELLS + offset] == SEARCH_MISFIT)
        return PATHS_NEVER;
    const unsigned takes =
        search_may_share(search, which) ? 0 : taken(paths, offset, choice->length);
    if (search->patterns[pattern].next_length > 0)
        return sum_of(rest_of(takes, kind), paths->least_of_all[kind][choice->to]);
    if (search->patterns[pattern].is_last)
        return takes;
    return end < search->board.size ? sum_of(takes, row_of(paths, kind, choice->to)[end])
                                    : PATHS_NEVER;
}

/* By a prefix, a filler, or a jump that is not made. */
static unsigned by_passing(const struct paths *paths, const struct search *search, uint32_t node,
                           const uint8_t *row, size_t offset)
{
    const struct board *board = &search->board;
    const struct filling *filling = &paths->fillings[paths->filling_of[node]];
    uint8_t least = PATHS_NEVER;
    if (!board_is_plain(board, offset) && offset + 1 < board->size &&
        (!board_is_known(board, offset) ||
         fillers_is_prefix(board->word == 8, board->value[offset])))
        least = row[offset + 1];
    if (offset + JUMP < board->size)
        lower(&least, sum_of(paths->idle[offset], row[offset + JUMP]));
    for (size_t length = 1; length <= LONGEST && offset + length < board->size; length++)
        lower(&least, sum_of(filling->pass[offset][length], row[offset + length]));
    return least;
}

static void find_step(const struct paths *paths, const struct search *search, size_t kind,
                      uint32_t which, uint8_t *row)
{
    const struct golf_node *node = &search->pieces->nodes[which];
    for (uint32_t i = node->first; i < node->first + node->count; i++)
        for (size_t offset = 0; offset < search->board.size; offset++)
            lower(&row[offset], by_choice(paths, search, kind, i, offset));
    const uint8_t least = least_of(search, row);
    for (size_t offset = search->board.size; offset-- > 0;) {
        lower(&row[offset], sum_of(paths->hop[kind][offset], least));
        lower(&row[offset], by_passing(paths, search, which, row, offset));
    }
}

static void find_row(const struct paths *paths, const struct search *search, size_t kind,
                     uint32_t which, uint8_t *row)
{
    const struct golf_node *node = &search->pieces->nodes[which];
    const size_t size = search->board.size;
    memset(row, PATHS_NEVER, size);
    switch ((enum golf_node_kind)node->kind) {
    case GOLF_STEP:
        find_step(paths, search, kind, which, row);
        break;
    case GOLF_NODE_STOP:
    case GOLF_NODE_GO:
        memset(row, 0, size);
        break;
    case GOLF_NODE_BRANCH:
        for (size_t offset = 0; offset + JUMP <= size; offset++)
            row[offset] = (uint8_t)taken(paths, offset, JUMP);
        break;
    case GOLF_NODE_CALLS:
        for (size_t offset = 0; offset + JUMP_FAR <= size; offset++)
            row[offset] = (uint8_t)taken(paths, offset, JUMP_FAR);
        break;
    case GOLF_NODE_RETURNS:
        for (size_t offset = 0; offset < size; offset++)
            row[offset] = (uint8_t)taken(paths, offset, 1);
        break;
    }
}

/* Until nothing changes: nodes may lead to each other in circles. */
static void find_rows(struct paths *paths, const struct search *search, size_t kind)
{
    const size_t count = search->pieces->node_count;
    uint8_t row[BOARD_CELLS];
    memset(paths->least[kind], PATHS_NEVER, count * BOARD_CELLS);
    memset(paths->least_of_all[kind], PATHS_NEVER, count);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < count; i++) {
            uint8_t *now = row_of(paths, kind, paths->order[i]);
            find_row(paths, search, kind, paths->order[i], row);
            changed |= memcmp(now, row, search->board.size) != 0;
            memcpy(now, row, search->board.size);
            paths->least_of_all[kind][paths->order[i]] = least_of(search, row);
        }
    }
}

/* Sorts offsets by what the rest takes from there. */
static void find_targets(struct paths *paths, const struct search *search, uint32_t node)
{
    const uint8_t *row = row_of(paths, PATHS_ALL, node);
    uint16_t *targets = &paths->targets[(size_t)node * BOARD_CELLS];
    uint16_t first[PATHS_NEVER + 2] = {0};
    for (size_t offset = 0; offset < search->board.size; offset++)
        first[row[offset] + 1]++;
    for (size_t value = 0; value <= PATHS_NEVER; value++)
        first[value + 1] = (uint16_t)(first[value + 1] + first[value]);
    for (size_t offset = 0; offset < search->board.size; offset++)
        targets[first[row[offset]]++] = (uint16_t)offset;
}

void paths_find(struct paths *paths, const struct search *search)
{
    weigh(paths, search);
    for (size_t at = 0; at < paths->filling_count; at++)
        find_fillers(paths, search, &paths->fillings[at]);
    find_hops(paths, search);
    for (size_t kind = 0; kind < PATHS_KINDS; kind++)
        find_rows(paths, search, kind);
    for (uint32_t node = 0; node < search->pieces->node_count; node++)
        find_targets(paths, search, node);
}

/* ---- what a step leaves ---- */

unsigned paths_by_choice(const struct paths *paths, const struct search *search,
                         const struct search_at *at, uint32_t which)
{
    return by_choice(paths, search, PATHS_ALL, which, at->offset);
}

unsigned paths_by_passing(const struct paths *paths, const struct search *search,
                          const struct search_at *at)
{
    return by_passing(paths, search, at->node, row_of(paths, PATHS_ALL, at->node), at->offset);
}

unsigned paths_by_jump(const struct paths *paths, const struct search_at *at)
{
    return sum_of(paths->hop[PATHS_ALL][at->offset], paths->least_of_all[PATHS_ALL][at->node]);
}

const uint16_t *paths_targets(const struct paths *paths, uint32_t node)
{
    return &paths->targets[(size_t)node * BOARD_CELLS];
}

/* ---- whether the free bytes suffice ---- */

static unsigned less(unsigned room, unsigned by)
{
    const unsigned rest = room > by ? room - by : 0;
    return rest < PATHS_NEVER ? rest : PATHS_NEVER - 1;
}

/* What blocks without a place need. */
static unsigned find_others(const struct paths *paths, const struct search *search, size_t kind)
{
    const struct golf_pieces *pieces = search->pieces;
    unsigned needed = 0;
    for (size_t block = 0; search->unplaced > 0 && block < pieces->block_count; block++)
        if (search->block_at[block] == SEARCH_NOWHERE)
            needed += paths->least_of_all[kind][pieces->blocks[block]];
    return needed;
}

/* A run of free bytes that does not go over into what stands is left by a jump, but for the last
 * one of a block: it is of no use if it is shorter. */
struct paths_room paths_room(const struct paths *paths, const struct search *search, size_t offset)
{
    const struct board *board = &search->board;
    unsigned room = 0, tiny = 0, left = 0;
    for (size_t cell = bound_next_free(board, 0); cell < board->size;) {
        const size_t end = bound_end_of(board, cell);
        const bool is_split = cell < offset && end > offset;
        const size_t stop = is_split ? offset : end;
        const unsigned run = taken(paths, cell, stop - cell);
        if (is_split || bound_leave_at(search, end) == JUMP) {
            tiny += stop - cell < JUMP ? run : 0;
            left += run < JUMP ? run : JUMP;
        }
        room += run;
        cell = is_split ? stop : bound_next_free(board, end);
    }
    const unsigned ends = JUMP * (1 + (unsigned)search->unplaced);
    tiny = tiny > ends ? tiny - ends : 0;
    left = left > ends ? left - ends : 0;
    return (struct paths_room){less(room, tiny + find_others(paths, search, PATHS_ALL)),
                               less(room, left + find_others(paths, search, PATHS_NO_JUMPS))};
}

bool paths_suffices(const struct paths *paths, uint32_t node, size_t offset, struct paths_room room)
{
    return row_of(paths, PATHS_ALL, node)[offset] <= room.all &&
           row_of(paths, PATHS_NO_JUMPS, node)[offset] <= room.no_jumps;
}

bool paths_allow(const struct paths *paths, const struct search *search, const struct search_at *at,
                 struct paths_room *room)
{
    *room = paths_room(paths, search, at->offset);
    return paths_suffices(paths, at->node, at->offset, *room);
}

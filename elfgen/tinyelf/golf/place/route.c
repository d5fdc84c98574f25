/* Finds the cheapest way through a chain of blocks and the gaps of a board: Dijkstra over what comes
 * next, where, and which gaps were used. */
#include "route.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

enum {
    TABLE_BITS = 16,
    SHORT = 2,
    FAR = 5,
    PREFIXES_MOST = 3,
    NO_GAP = ROUTE_GAPS,
    AFTER = 1 << 30 /* of a node: its branch stands, what comes right behind it is next */
};
#define DONE UINT32_MAX /* node: the chain is placed */

struct state {
    uint32_t node, from, cost;
    uint16_t offset, mask;
    bool is_closed;
    struct route_step step; /* which led here */
};

struct gap {
    uint16_t start, end;
};

struct slot {
    uint32_t epoch, state;
};

struct route {
    struct state *states;
    size_t count, capacity;
    uint64_t *heap; /* cost and state */
    size_t heap_count, heap_capacity;
    struct slot table[1 << TABLE_BITS];
    uint32_t epoch;
    struct gap gaps[ROUTE_GAPS];
    size_t gap_count;
    uint8_t *gap_of;      /* of each cell; NO_GAP: none */
    uint16_t *fields;     /* of each choice: a bit for each byte of its fields */
    uint16_t *block_of;   /* of each node */
    uint16_t *next_of;    /* of each block: the next one of the chain; GOLF_NONE */
    bool *is_opposite;    /* of each block */
    struct route_step *steps;
    size_t step_capacity;
    const struct search *search;
    const struct route_wish *wish;
    bool is_full;
};

/* Numbers each node with its block: the one from whose first node it can be reached. */
static void find_blocks(struct route *route, const struct golf_pieces *pieces)
{
    memset(route->block_of, 0xff, pieces->node_count * sizeof *route->block_of);
    memset(route->next_of, 0xff, pieces->block_count * sizeof *route->next_of);
    for (size_t block = 0; block < pieces->block_count; block++)
        route->block_of[pieces->blocks[block]] = (uint16_t)block;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t node = 0; node < pieces->node_count; node++) {
            const struct golf_node *at = &pieces->nodes[node];
            for (uint32_t i = at->first; i < at->first + at->count; i++) {
                uint16_t *block = &route->block_of[pieces->choices[i].to];
                if (route->block_of[node] == GOLF_NONE || *block != GOLF_NONE)
                    continue;
                *block = route->block_of[node];
                changed = true;
            }
        }
    }
}

struct route *route_open(const struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    struct route *route = calloc(1, sizeof *route);
    if (!route)
        return NULL;
    route->gap_of = calloc(search->board.capacity + 1, 1);
    route->fields = calloc(pieces->choice_count + 1, sizeof *route->fields);
    route->block_of = calloc(pieces->node_count + 1, sizeof *route->block_of);
    route->next_of = calloc(pieces->block_count + 1, sizeof *route->next_of);
    route->is_opposite = calloc(pieces->block_count + 1, sizeof *route->is_opposite);
    if (!route->gap_of || !route->fields || !route->block_of || !route->next_of ||
        !route->is_opposite) {
        route_close(route);
        return NULL;
    }
    find_blocks(route, pieces);
    for (size_t i = 0; i < pieces->choice_count; i++)
        for (size_t j = 0; j < pieces->choices[i].field_count; j++) {
            const struct golf_field *field = &pieces->choices[i].fields[j];
            route->fields[i] |= (uint16_t)(((1u << field->length) - 1) << field->offset);
        }
    return route;
}

void route_close(struct route *route)
{
    if (!route)
        return;
    free(route->states);
    free(route->heap);
    free(route->gap_of);
    free(route->fields);
    free(route->block_of);
    free(route->next_of);
    free(route->is_opposite);
    free(route->steps);
    free(route);
}

/* ---- gaps ---- */

/* Runs of free bytes: the last one, and the longest of the others, in their order. */
static void find_gaps(struct route *route)
{
    const struct board *board = &route->search->board;
    memset(route->gap_of, NO_GAP, board->size + 1);
    route->gap_count = 0;
    for (size_t cell = 0; cell < board->size;) {
        if (!board_is_plain(board, cell)) {
            cell++;
            continue;
        }
        size_t end = cell;
        while (board_is_plain(board, end))
            end++;
        if ((end - cell > SHORT || end == board->size) &&
            (!route->wish->only_tail || end == board->size)) {
            size_t at = route->gap_count;
            if (at == ROUTE_GAPS) { /* the shortest one goes */
                at = 0;
                for (size_t i = 1; i < ROUTE_GAPS; i++)
                    if (route->gaps[i].end - route->gaps[i].start <
                        route->gaps[at].end - route->gaps[at].start)
                        at = i;
            } else {
                route->gap_count++;
            }
            route->gaps[at] = (struct gap){(uint16_t)cell, (uint16_t)end};
        }
        cell = end;
    }
    for (size_t i = 0; i < route->gap_count; i++)
        memset(route->gap_of + route->gaps[i].start, (int)i,
               (size_t)route->gaps[i].end - route->gaps[i].start);
}

/* Where a gap's code begins. */
static size_t start_of(const struct route *route, size_t gap)
{
    size_t start = (size_t)route->gaps[gap].start + route->wish->shift[gap];
    return start < route->gaps[gap].end ? start : route->gaps[gap].start;
}

/* ---- states ---- */

static bool push_heap(struct route *route, uint32_t cost, uint32_t state)
{
    if (!grow_array(&route->heap, route->heap_count + 1, &route->heap_capacity,
                    sizeof *route->heap))
        return false;
    size_t at = route->heap_count++;
    uint64_t entry = (uint64_t)cost << 32 | state;
    while (at > 0 && route->heap[(at - 1) / 2] > entry) {
        route->heap[at] = route->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    route->heap[at] = entry;
    return true;
}

static uint32_t pop_heap(struct route *route)
{
    uint64_t top = route->heap[0], last = route->heap[--route->heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < route->heap_count; at = child) {
        if (child + 1 < route->heap_count && route->heap[child + 1] < route->heap[child])
            child++;
        if (route->heap[child] >= last)
            break;
        route->heap[at] = route->heap[child];
    }
    route->heap[at] = last;
    return (uint32_t)top;
}

static struct slot *slot_of(struct route *route, uint32_t node, uint16_t offset, uint16_t mask)
{
    uint64_t hash = memo_mix(((uint64_t)node << 32 | (uint64_t)offset << 16 | mask) + 0x9e3779b9);
    for (size_t at = (size_t)hash;; at++) {
        struct slot *slot = &route->table[at & ((1u << TABLE_BITS) - 1)];
        if (slot->epoch != route->epoch)
            return slot;
        const struct state *state = &route->states[slot->state];
        if (state->node == node && state->offset == offset && state->mask == mask)
            return slot;
    }
}

/* Reaches a state; `from` is its own number for the first ones. */
static void reach(struct route *route, uint32_t from, uint32_t node, size_t offset, uint16_t mask,
                  uint32_t cost, const struct route_step *step)
{
    if (node == DONE)
        offset = mask = 0;
    struct slot *slot = slot_of(route, node, (uint16_t)offset, mask);
    uint32_t at = slot->state;
    if (slot->epoch == route->epoch) {
        if (route->states[at].is_closed || route->states[at].cost <= cost)
            return;
    } else {
        if (route->count >= route->wish->states ||
            !grow_array(&route->states, route->count + 1, &route->capacity,
                        sizeof *route->states)) {
            route->is_full = true;
            return;
        }
        at = (uint32_t)route->count++;
        *slot = (struct slot){route->epoch, at};
    }
    route->states[at] = (struct state){.node = node,
                                       .from = from == DONE ? at : from,
                                       .cost = cost,
                                       .offset = (uint16_t)offset,
                                       .mask = mask,
                                       .step = *step};
    if (!push_heap(route, cost, at))
        route->is_full = true;
}

/* What the next step starts from, and what it has taken so far. */
struct way {
    uint32_t from;
    size_t offset;
    uint8_t gap;
    uint16_t mask;
    uint32_t cost;
};

/* Takes a byte. `value` below 0: some number. */
static bool take(struct route *route, struct way *way, size_t cell, int value)
{
    const struct board *board = &route->search->board;
    if (cell >= board->size || board->state[cell] & (BOARD_LOCKED | BOARD_RESERVED))
        return false;
    if (board->state[cell] & BOARD_KNOWN)
        return value >= 0 && board->state[cell] & BOARD_GIVEN && board->value[cell] == value;
    if (value >= 0 && !board_may_be(board, cell, (uint8_t)value))
        return false;
    uint8_t gap = route->gap_of[cell];
    if (gap != NO_GAP && gap != way->gap) {
        if (way->mask >> gap & 1)
            return false;
        way->mask |= (uint16_t)(1u << gap);
        way->gap = gap;
    }
    way->cost += cell >= route->wish->tail ? route->wish->price : ROUTE_BYTE;
    return true;
}

static bool take_number(struct route *route, struct way *way, size_t cell, size_t length,
                        int64_t number)
{
    for (size_t i = 0; i < length; i++)
        if (!take(route, way, cell + i, (uint8_t)((uint64_t)number >> 8 * i)))
            return false;
    return true;
}

/* Takes the bytes of a field whose number may not be known yet. */
static bool take_field(struct route *route, struct way *way, const struct golf_field *field,
                       size_t cell, size_t end)
{
    const struct search *search = route->search;
    uint16_t target =
        field->is_block ? search->block_at[field->target] : search->data_at[field->target];
    if (target != SEARCH_NOWHERE && field->kind == GOLF_RELATIVE_FIELD) {
        int64_t distance = (int64_t)target + field->addend - (int64_t)end;
        return (field->length > 1 || (distance >= INT8_MIN && distance <= INT8_MAX)) &&
               take_number(route, way, cell, field->length, distance);
    }
    bool is_known = target != SEARCH_NOWHERE && field->kind == GOLF_ABSOLUTE_FIELD;
    for (size_t i = 0; i < field->length; i++)
        if (!take(route, way, cell + i,
                  is_known && i == 0 ? (uint8_t)((int64_t)target + field->addend) : -1))
            return false;
    return true;
}

static bool take_choice(struct route *route, struct way *way, uint32_t which, size_t offset)
{
    const struct golf_choice *choice = &route->search->pieces->choices[which];
    size_t end = offset + choice->length;
    if (!bound_may_stand(route->search, choice) ||
        (choice->followed_by != GOLF_NONE && route->search->data_at[choice->followed_by] != end))
        return false;
    for (size_t i = 0; i < choice->length; i++)
        if (!(route->fields[which] >> i & 1) && !take(route, way, offset + i, choice->bytes[i]))
            return false;
    for (size_t i = 0; i < choice->field_count; i++)
        if (choice->fields[i].kind != GOLF_NEXT_FIELD &&
            !take_field(route, way, &choice->fields[i], offset + choice->fields[i].offset, end))
            return false;
    return true;
}

/* ---- steps ---- */

static void go(struct route *route, const struct way *way, uint32_t node, size_t offset,
               struct route_step step)
{
    reach(route, way->from, node, offset, way->mask, way->cost, &step);
}

/* Goes on at the beginning of each gap that is not used yet, by a number of `length` bytes at
 * `cell`. */
static void go_anywhere(struct route *route, const struct way *way, uint32_t node, size_t cell,
                        size_t length, struct route_step step)
{
    size_t end = cell + length;
    for (size_t gap = 0; gap < route->gap_count; gap++) {
        struct way next = *way;
        size_t start = start_of(route, gap);
        int64_t distance = (int64_t)start - (int64_t)end;
        bool is_near = distance >= INT8_MIN && distance <= INT8_MAX;
        if (way->mask >> gap & 1 || (length == 1 && !is_near) ||
            !take_number(route, &next, cell, length, distance) || next.mask >> gap & 1)
            continue;
        next.mask |= (uint16_t)(1u << gap);
        step.target = (uint16_t)start;
        go(route, &next, node, start, step);
    }
}

static void try_choices(struct route *route, const struct way *way, uint32_t at)
{
    const struct golf_pieces *pieces = route->search->pieces;
    const struct golf_node *node = &pieces->nodes[at];
    for (uint32_t i = node->first; i < node->first + node->count; i++) {
        const struct golf_choice *choice = &pieces->choices[i];
        struct way next = *way;
        struct route_step step = {.kind = ROUTE_CHOICE, .offset = (uint16_t)way->offset, .which = i};
        if (!take_choice(route, &next, i, way->offset))
            continue;
        const struct golf_field *jump = NULL;
        for (size_t j = 0; j < choice->field_count; j++)
            if (choice->fields[j].kind == GOLF_NEXT_FIELD)
                jump = &choice->fields[j];
        if (jump) {
            step.kind = ROUTE_NEXT;
            go_anywhere(route, &next, choice->to, way->offset + jump->offset, jump->length, step);
        } else {
            go(route, &next, choice->to, way->offset + choice->length, step);
        }
    }
}

/* Bytes that stand and are prefixes without effect. */
static void try_prefixes(struct route *route, const struct way *way, uint32_t at)
{
    const struct search *search = route->search;
    const struct board *board = &search->board;
    const struct golf_node *node = &search->pieces->nodes[at];
    for (size_t prefixes = 1; prefixes <= PREFIXES_MOST; prefixes++) {
        size_t last = way->offset + prefixes - 1;
        if (!board_is_known(board, last) || !(board->state[last] & BOARD_GIVEN) ||
            !fillers_is_prefix(board->word == 8, board->value[last]))
            return;
        for (uint32_t i = node->first; i < node->first + node->count; i++) {
            const struct golf_choice *choice = &search->pieces->choices[i];
            struct way next = *way;
            uint8_t bytes[PREFIXES_MOST + GOLF_CHOICE_BYTES];
            bool has_jump = false;
            for (size_t j = 0; j < choice->field_count; j++)
                has_jump |= choice->fields[j].kind == GOLF_NEXT_FIELD;
            memcpy(bytes, board->value + way->offset, prefixes);
            memcpy(bytes + prefixes, choice->bytes, choice->length);
            if (choice->length > 0 && !has_jump &&
                take_choice(route, &next, i, way->offset + prefixes) &&
                fillers_is_same(search->fillers, bytes, prefixes, prefixes + choice->length))
                go(route, &next, choice->to, way->offset + prefixes + choice->length,
                   (struct route_step){.kind = ROUTE_PREFIX,
                                       .offset = (uint16_t)way->offset,
                                       .length = (uint8_t)prefixes,
                                       .which = i});
        }
    }
}

/* Instructions that swallow bytes which stand there, one for each length. */
static void try_fillers(struct route *route, const struct way *way, uint32_t at)
{
    const struct search *search = route->search;
    const struct board *board = &search->board;
    const struct golf_node *node = &search->pieces->nodes[at];
    uint32_t tried = 0;
    if (!search_touches(search, way->offset, 6) || way->offset + 1 >= board->size)
        return;
    for (unsigned first = 0; first < 256; first++) {
        if (!board_may_be(board, way->offset, (uint8_t)first))
            continue;
        uint8_t second = board_is_known(board, way->offset + 1) ? board->value[way->offset + 1] : 0;
        const struct filler *filler = &search->fillers->by_bytes[first][second];
        size_t end = way->offset + filler->length;
        struct way next = *way;
        bool takes = filler->length > 1 && filler->length < 32 && end < board->size &&
                     !(tried >> filler->length & 1) && !(filler->writes & ~node->dead_registers) &&
                     (!filler->writes_flags || node->flags_are_dead) &&
                     search_touches(search, way->offset, filler->length) &&
                     take(route, &next, way->offset, (int)first);
        for (size_t i = 1; takes && i < filler->length; i++) {
            int value = board_is_known(board, way->offset + i) ? board->value[way->offset + i]
                        : i == 1 && filler->head > 1           ? second
                                                               : 0;
            takes = take(route, &next, way->offset + i, value);
        }
        if (!takes)
            continue;
        tried |= UINT32_C(1) << filler->length;
        go(route, &next, at, end,
           (struct route_step){.kind = ROUTE_FILLER,
                               .offset = (uint16_t)way->offset,
                               .length = filler->length,
                               .head = filler->head,
                               .bytes = {(uint8_t)first, second}});
    }
}

static void try_jumps(struct route *route, const struct way *way, uint32_t at)
{
    struct route_step step = {.kind = ROUTE_JUMP, .offset = (uint16_t)way->offset, .length = SHORT};
    struct way next = *way;
    if (take(route, &next, way->offset, 0xeb))
        go_anywhere(route, &next, at, way->offset + 1, SHORT - 1, step);
    next = *way;
    step.length = FAR;
    if (route->search->board.size > INT8_MAX && take(route, &next, way->offset, 0xe9))
        go_anywhere(route, &next, at, way->offset + 1, FAR - 1, step);
}

/* ---- ends of blocks ---- */

/* Takes the bytes of a jump to a block: an opcode, and a distance. Returns their number; 0: that is
 * impossible. */
static size_t take_jump(struct route *route, struct way *way, const struct route_step *step,
                        bool is_far)
{
    const struct golf_field field = {.kind = GOLF_RELATIVE_FIELD,
                                     .length = is_far ? 4 : 1,
                                     .is_block = true,
                                     .target = step->target};
    size_t end = (size_t)step->offset + step->head + field.length;
    for (size_t i = 0; i < step->head; i++)
        if (!take(route, way, step->offset + i, step->bytes[i]))
            return 0;
    return take_field(route, way, &field, (size_t)step->offset + step->head, end)
               ? step->head + (size_t)field.length
               : 0;
}

/* Whether a jump to a block is known to need a distance of 4 bytes. */
static bool is_far(const struct route *route, size_t from, size_t block, size_t end)
{
    uint16_t target = route->search->block_at[block];
    int64_t distance = (int64_t)target - (int64_t)end;
    return target == SEARCH_NOWHERE ? route->wish->is_far[from]
                                    : distance < INT8_MIN || distance > INT8_MAX;
}

/* Goes on with a block: the next one of the chain is right here. A jump to another one ends it. */
static void go_to_block(struct route *route, const struct way *way, uint16_t from, uint16_t block)
{
    const struct search *search = route->search;
    struct route_step step = {
        .kind = ROUTE_GO, .offset = (uint16_t)way->offset, .head = 1, .target = block};
    if (route->next_of[from] == block) {
        step.kind = ROUTE_BLOCK;
        go(route, way, search->pieces->blocks[block], way->offset, step);
        return;
    }
    struct way next = *way;
    bool far = is_far(route, from, block, way->offset + SHORT);
    step.bytes[0] = far ? 0xe9 : 0xeb;
    if (search->block_at[block] != way->offset)
        step.length = (uint8_t)take_jump(route, &next, &step, far);
    if (step.length > 0 || search->block_at[block] == way->offset)
        go(route, &next, DONE, 0, step);
}

/* The block that comes right behind a branch or a call. */
static uint16_t behind(const struct route *route, uint32_t at)
{
    const struct golf_node *node = &route->search->pieces->nodes[at];
    bool is_opposite =
        node->kind == GOLF_NODE_BRANCH && route->is_opposite[route->block_of[at]];
    return is_opposite ? node->taken : node->other;
}

static void try_branch(struct route *route, const struct way *way, uint32_t at)
{
    const struct golf_node *node = &route->search->pieces->nodes[at];
    uint16_t block = route->block_of[at];
    bool is_call = node->kind == GOLF_NODE_CALLS, is_loop = !is_call && node->condition >= 0xe0;
    bool is_opposite = !is_call && route->is_opposite[block];
    struct route_step step = {.kind = ROUTE_BRANCH,
                              .offset = (uint16_t)way->offset,
                              .head = 1,
                              .target = is_opposite ? node->other : node->taken,
                              .which = at};
    bool far = is_call || (!is_loop && is_far(route, block, step.target, way->offset + SHORT));
    step.bytes[0] = is_call   ? 0xe8
                    : is_loop ? node->condition
                              : (uint8_t)(0x70 | ((node->condition & 15) ^ is_opposite));
    if (far && !is_call) {
        step.bytes[1] = (uint8_t)(step.bytes[0] + 0x10);
        step.bytes[0] = 0x0f;
        step.head = 2;
    }
    struct way next = *way;
    step.length = (uint8_t)take_jump(route, &next, &step, far);
    if (step.length > 0)
        go(route, &next, at | AFTER, way->offset + step.length, step);
}

static void try_return(struct route *route, const struct way *way)
{
    struct way next = *way;
    if (take(route, &next, way->offset, 0xc3))
        go(route, &next, DONE, 0,
           (struct route_step){
               .kind = ROUTE_RETURN, .offset = (uint16_t)way->offset, .length = 1});
}

/* ---- the search ---- */

static void expand(struct route *route, uint32_t number)
{
    const struct state state = route->states[number];
    uint32_t at = state.node & ~(uint32_t)AFTER;
    const struct golf_node *node = &route->search->pieces->nodes[at];
    const struct way way = {.from = number,
                            .offset = state.offset,
                            .gap = route->gap_of[state.offset],
                            .mask = state.mask,
                            .cost = state.cost};
    if (state.node & AFTER) {
        go_to_block(route, &way, route->block_of[at], behind(route, at));
        try_jumps(route, &way, state.node);
        return;
    }
    switch ((enum golf_node_kind)node->kind) {
    case GOLF_STEP:
        try_choices(route, &way, at);
        try_prefixes(route, &way, at);
        try_fillers(route, &way, at);
        break;
    case GOLF_NODE_STOP:
        go(route, &way, DONE, 0, (struct route_step){.kind = ROUTE_STOP});
        return;
    case GOLF_NODE_GO:
        go_to_block(route, &way, route->block_of[at], node->taken);
        break;
    case GOLF_NODE_BRANCH:
    case GOLF_NODE_CALLS:
        try_branch(route, &way, at);
        break;
    case GOLF_NODE_RETURNS:
        try_return(route, &way);
        break;
    }
    try_jumps(route, &way, at);
}

static void begin(struct route *route, size_t offset)
{
    uint16_t block = route->wish->chain[0].block;
    uint8_t gap = route->gap_of[offset];
    if (gap != NO_GAP && route->wish->avoid >> gap & 1)
        return;
    reach(route, DONE, route->search->pieces->blocks[block], offset,
          gap == NO_GAP ? 0 : (uint16_t)(1u << gap), 0,
          &(struct route_step){
              .kind = ROUTE_BLOCK, .offset = (uint16_t)offset, .target = block});
}

static void begin_all(struct route *route)
{
    const struct route_wish *wish = route->wish;
    if (wish->entry_low == wish->entry_high) {
        begin(route, wish->entry_low);
        return;
    }
    for (size_t gap = 0; gap < route->gap_count; gap++) {
        size_t start = start_of(route, gap);
        if (wish->entry_low > wish->entry_high ||
            (start >= wish->entry_low && start <= wish->entry_high))
            begin(route, start);
    }
}

static bool tell(struct route *route, uint32_t last, const struct route_step **steps, size_t *count)
{
    *count = 0;
    for (uint32_t at = last;; at = route->states[at].from) {
        ++*count;
        if (route->states[at].from == at)
            break;
    }
    if (!grow_array(&route->steps, *count, &route->step_capacity, sizeof *route->steps))
        return false;
    size_t i = *count;
    for (uint32_t at = last; i > 0; at = route->states[at].from)
        route->steps[--i] = route->states[at].step;
    *steps = route->steps;
    return true;
}

static void set_chain(struct route *route, bool is_set)
{
    const struct route_wish *wish = route->wish;
    for (size_t i = 0; i < wish->count; i++) {
        uint16_t block = wish->chain[i].block;
        route->next_of[block] =
            is_set && i + 1 < wish->count ? wish->chain[i + 1].block : (uint16_t)GOLF_NONE;
        route->is_opposite[block] = is_set && wish->chain[i].is_opposite;
    }
}

bool route_find(struct route *route, const struct search *search, const struct route_wish *wish,
                const struct route_step **steps, size_t *count, uint64_t *nodes)
{
    bool is_found = false;
    route->search = search;
    route->wish = wish;
    route->count = route->heap_count = 0;
    route->is_full = false;
    route->epoch++;
    find_gaps(route);
    set_chain(route, true);
    begin_all(route);
    while (route->heap_count > 0 && !route->is_full && !is_found) {
        uint32_t number = pop_heap(route);
        if (route->states[number].is_closed)
            continue;
        route->states[number].is_closed = true;
        ++*nodes;
        if (route->states[number].node == DONE)
            is_found = tell(route, number, steps, count);
        else if (route->states[number].offset <= search->board.size)
            expand(route, number);
    }
    set_chain(route, false);
    return is_found;
}

/* ---- the board ---- */

static bool put_step(struct search *search, const struct route_step *step)
{
    struct board *board = &search->board;
    size_t end = (size_t)step->offset + step->length;
    switch ((enum route_kind)step->kind) {
    case ROUTE_STOP:
        return true;
    case ROUTE_BLOCK:
        return search_place_block(search, step->target, step->offset);
    case ROUTE_CHOICE:
        return search_put_choice(search, step->which, step->offset);
    case ROUTE_PREFIX:
        return search_note(search, GOLF_ITEM_PREFIX, step->offset, step->length, step->which) &&
               search_put_choice(search, step->which, end);
    case ROUTE_FILLER:
        for (size_t i = 0; i < step->head; i++)
            if (!board_put(board, step->offset + i, step->bytes[i]))
                return false;
        for (size_t i = step->head; i < step->length; i++)
            if (board_is_plain(board, step->offset + i) && !board_put(board, step->offset + i, 0))
                return false;
        return search_note(search, GOLF_ITEM_FILLER, step->offset, step->length, 0);
    case ROUTE_JUMP:
        return board_put(board, step->offset, step->length == SHORT ? 0xeb : 0xe9) &&
               search_put_relative(search, step->offset + 1u, step->length - 1u, end,
                                   step->target) &&
               search_note(search, GOLF_ITEM_JUMP, step->offset, step->length, 0);
    case ROUTE_NEXT: {
        const struct golf_choice *choice = &search->pieces->choices[step->which];
        for (size_t i = 0; i < choice->field_count; i++)
            if (choice->fields[i].kind == GOLF_NEXT_FIELD &&
                !search_put_relative(search, (size_t)step->offset + choice->fields[i].offset,
                                     choice->fields[i].length,
                                     (size_t)step->offset + choice->length, step->target))
                return false;
        return search_put_choice(search, step->which, step->offset);
    }
    case ROUTE_GO:
    case ROUTE_BRANCH: {
        const struct golf_field field = {.kind = GOLF_RELATIVE_FIELD,
                                         .length = (uint8_t)(step->length - step->head),
                                         .is_block = true,
                                         .target = step->target};
        if (step->length == 0)
            return true;
        for (size_t i = 0; i < step->head; i++)
            if (!board_put(board, step->offset + i, step->bytes[i]))
                return false;
        return search_note(search, step->kind == ROUTE_GO ? GOLF_ITEM_JUMP : GOLF_ITEM_BRANCH,
                           step->offset, step->length, step->which) &&
               search_put_field(search, &field, (size_t)step->offset + step->head, end);
    }
    case ROUTE_RETURN:
        return board_put(board, step->offset, 0xc3) &&
               search_note(search, GOLF_ITEM_BRANCH, step->offset, 1, step->which);
    }
    return false;
}

/* Leaves out what jumps to a block from too far away. */
static void find_short(struct search *search, const struct route_step *step, uint8_t *is_far,
                       bool *grew)
{
    for (size_t i = 0; i < search->pending_count; i++) {
        struct search_pending *pending = &search->pending[i];
        int64_t distance = (int64_t)step->offset - pending->end;
        if (pending->field.target == step->target && pending->field.length == 1 &&
            pending->field.kind == GOLF_RELATIVE_FIELD &&
            (distance < INT8_MIN || distance > INT8_MAX)) {
            is_far[pending->from] = 1;
            *grew = true;
            pending->field.target = GOLF_NONE;
        }
    }
}

bool route_put(struct search *search, const struct route_step *steps, size_t count, uint8_t *is_far,
               bool *grew)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].kind == ROUTE_BLOCK) {
            search->from = steps[i].target;
            find_short(search, &steps[i], is_far, grew);
        }
        if (!put_step(search, &steps[i]))
            return false;
    }
    return true;
}

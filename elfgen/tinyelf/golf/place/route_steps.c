/* The steps of a route: which bytes they take, and where they lead. */
#include <string.h>

#include "route_private.h"

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
    route_reach(route, way->from, node, offset, way->mask, way->cost, &step);
}

/* Goes on at the beginning of each gap that is not used yet, by a number of `length` bytes at
 * `cell`. */
static void go_anywhere(struct route *route, const struct way *way, uint32_t node, size_t cell,
                        size_t length, struct route_step step)
{
    size_t end = cell + length;
    for (size_t gap = 0; gap < route->gap_count; gap++) {
        struct way next = *way;
        size_t start = route_start_of(route, gap);
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
        struct route_step step = {
            .kind = ROUTE_CHOICE, .offset = (uint16_t)way->offset, .which = i};
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
    return target == SEARCH_NOWHERE ? route->wish->reach[from] & ROUTE_FAR
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
    bool is_opposite = node->kind == GOLF_NODE_BRANCH && route->is_opposite[route->block_of[at]];
    return is_opposite ? node->taken : node->other;
}

static void try_branch(struct route *route, const struct way *way, uint32_t at)
{
    const struct golf_node *node = &route->search->pieces->nodes[at];
    uint16_t block = route->block_of[at];
    bool is_call = node->kind == GOLF_NODE_CALLS,
         is_loop = !is_call && node->condition >= GOLF_LOOPNE;
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
           (struct route_step){.kind = ROUTE_RETURN, .offset = (uint16_t)way->offset, .length = 1});
}

/* ---- all of them ---- */

void route_expand(struct route *route, uint32_t number)
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

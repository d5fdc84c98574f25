/* Tries every way to place a program's nodes on a board, depth first. */
#include "place_private.h"

#include "base/clock.h"

enum {
    PREFIXES = 3,
    CLOCK_EVERY = 1 << 14,
    OPCODE_JUMP = 0xeb,
    OPCODE_JUMP_FAR = 0xe9,
    OPCODE_CALL = 0xe8
};

static bool visit(struct search *search, struct search_at at);

/* ---- whether to go on ---- */

/* Puts a node on the path, or takes it off. */
static void switch_path(struct search *search, uint32_t node)
{
    search->is_on_path[node] = !search->is_on_path[node];
    search->circle_path[search->circle_of[node]] ^= memo_mix(node + (UINT64_C(1) << 40));
}

/* Whether time is over, or the user ends it. */
bool search_is_late(struct search *search)
{
    const struct golf_place_options *options = search->options;
    if ((search->deadline != 0 && clock_now() >= search->deadline) ||
        (search->jobs && !jobs_is_needed(search->jobs, search->task)) ||
        (options->is_interrupted && options->is_interrupted(options->context)))
        search->is_stopped = true;
    return search->is_stopped;
}

/* Counts a state. Returns whether the search has to end. */
static bool is_over(struct search *search)
{
    search->nodes++;
    if (search->limit != 0 && search->nodes >= search->limit)
        search->is_given_up = true;
    if (search->nodes % CLOCK_EVERY == 0)
        search_is_late(search);
    return search->is_stopped || search->is_given_up;
}

/* ---- where a part of the code may begin ---- */

/* Among free bytes, a part may as well begin with the first of them, unless it goes on into bytes
 * that stand. */
static bool may_begin(const struct search *search, size_t offset, bool *is_adrift)
{
    const struct board *board = &search->board;
    if (offset >= board->size || !search->is_alive[offset] ||
        board->state[offset] & (BOARD_LOCKED | BOARD_RESERVED))
        return false;
    *is_adrift = board_is_plain(board, offset) && offset > 0 && board_is_plain(board, offset - 1);
    return !*is_adrift || bound_may_go_on(search, offset);
}

static bool land(struct search *search, struct search_at at, size_t offset, bool is_forced)
{
    bool may = may_begin(search, offset, &at.is_adrift);
    if (is_forced) { /* the distance stands: it cannot lead to another free byte */
        may = search->is_alive[offset] &&
              !(search->board.state[offset] & (BOARD_LOCKED | BOARD_RESERVED));
        at.is_adrift = false;
    }
    if (!may)
        return false;
    at.offset = (uint16_t)offset;
    at.is_landing = !is_forced;
    return visit(search, at);
}

/* Goes on anywhere, by the distance in `length` bytes at `cell`, from `end`. */
static bool go_anywhere(struct search *search, struct search_at at, size_t cell, size_t length,
                        size_t end)
{
    bool is_forced = board_is_known(&search->board, cell);
    const uint16_t *targets = search->has_paths ? paths_targets(search->paths, at.node) : NULL;
    struct paths_room room = {0, 0};
    if (targets)
        room = paths_room(search->paths, search, SEARCH_NOWHERE);
    for (size_t n = 0; n < search->board.size; n++) {
        const size_t target = targets ? targets[n] : n;
        if (targets && !paths_suffices(search->paths, at.node, target, room))
            continue;
        struct search_mark mark = search_mark(search);
        bool is_over = search_put_relative(search, cell, length, end, target) &&
                       land(search, at, target, is_forced);
        if (is_over)
            return true;
        search_undo(search, mark);
    }
    return false;
}

/* ---- choices ---- */

static bool go_on(struct search *search, struct search_at at, uint32_t which)
{
    const struct golf_choice *choice = &search->pieces->choices[which];
    size_t end = at.offset + choice->length;
    at.node = choice->to;
    at.flags = fillers_after(at.flags, search->flag_effects[which]);
    for (size_t i = 0; i < choice->field_count; i++) {
        const struct golf_field *field = &choice->fields[i];
        if (field->kind == GOLF_NEXT_FIELD)
            return go_anywhere(search, at, at.offset + field->offset, field->length, end);
    }
    at.offset = (uint16_t)end;
    at.is_landing = at.is_landing && choice->length == 0;
    return visit(search, at);
}

static bool try_choice(struct search *search, struct search_at at, uint32_t which)
{
    const struct golf_choice *choice = &search->pieces->choices[which];
    if (search->takes[which] >= SEARCH_NEVER ||
        (choice->field_count == 0 && choice->length > 0 &&
         !board_may_be(&search->board, at.offset, choice->bytes[0])))
        return false;
    if (search->is_on_path[choice->to]) /* a circle does nothing */
        return false;
    if (search_is_code(search, at.offset, choice->length) && !search_may_share(search, which))
        return false;
    struct search_mark mark = search_mark(search);
    at.is_adrift = at.is_adrift && !search_touches(search, at.offset, choice->length);
    switch_path(search, at.node);
    bool is_over = search_put_choice(search, which, at.offset) && go_on(search, at, which);
    switch_path(search, at.node);
    if (!is_over)
        search_undo(search, mark);
    return is_over;
}

/* Whether bytes that stand before a choice are prefixes that change nothing about it. */
static bool is_same_after(const struct search *search, const struct golf_choice *choice,
                          size_t offset, size_t prefixes)
{
    uint8_t bytes[PREFIXES + GOLF_CHOICE_BYTES];
    for (size_t i = 0; i < prefixes; i++)
        bytes[i] = search->board.value[offset + i];
    for (size_t i = 0; i < choice->length; i++)
        bytes[prefixes + i] = choice->bytes[i];
    return fillers_is_same(search->fillers, bytes, prefixes, prefixes + choice->length);
}

static bool try_prefixed(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    const struct board *board = &search->board;
    for (size_t prefixes = 1; prefixes <= PREFIXES; prefixes++) {
        size_t last = at.offset + prefixes - 1;
        if (!board_is_known(board, last) || search_is_code(search, last, 1) ||
            !fillers_is_prefix(board->word == 8, board->value[last]))
            return false;
        struct search_at next = at;
        next.offset = (uint16_t)(last + 1);
        next.is_adrift = false;
        for (uint32_t i = node->first; i < node->first + node->count; i++) {
            const struct golf_choice *choice = &search->pieces->choices[i];
            struct search_mark mark = search_mark(search);
            bool is_over = choice->length > 0 &&
                           board_may_be(board, next.offset, choice->bytes[0]) &&
                           is_same_after(search, choice, at.offset, prefixes) &&
                           search_note(search, GOLF_ITEM_PREFIX, at.offset, prefixes, i) &&
                           try_choice(search, next, i);
            if (is_over)
                return true;
            search_undo(search, mark);
        }
    }
    return false;
}

/* ---- instructions that only fill ---- */

static bool may_fill(const struct golf_node *node, const struct filler *filler)
{
    return filler->length > 0 && !(filler->writes & ~node->dead_registers) &&
           (!filler->writes_flags || node->flags_are_dead);
}

static bool try_filler(struct search *search, struct search_at at, uint8_t first, uint8_t second)
{
    const struct filler *filler = &search->fillers->by_bytes[first][second];
    if (!may_fill(&search->pieces->nodes[at.node], filler) ||
        !search_touches(search, at.offset, filler->length) ||
        search_is_code(search, at.offset, filler->length) ||
        at.offset + filler->length >= search->board.size)
        return false;
    struct search_mark mark = search_mark(search);
    bool is_over = board_put(&search->board, at.offset, first) &&
                   (filler->head < 2 || board_put(&search->board, at.offset + 1u, second)) &&
                   search_note(search, GOLF_ITEM_FILLER, at.offset, filler->length, 0);
    at.offset = (uint16_t)(at.offset + filler->length);
    at.is_adrift = at.is_landing = false;
    at.flags = fillers_after(at.flags, filler->flags);
    is_over = is_over && visit(search, at);
    if (!is_over)
        search_undo(search, mark);
    return is_over;
}

static bool try_first(struct search *search, struct search_at at, uint8_t first, uint64_t *tried)
{
    const struct board *board = &search->board;
    const struct golf_node *node = &search->pieces->nodes[at.node];
    const struct filler *filler = &search->fillers->by_bytes[first][0];
    bool is_plain = board_is_plain(board, at.offset);
    if (filler->length > 0 && filler->head == 1) {
        if (!may_fill(node, filler) || (is_plain && *tried >> filler->length & 1))
            return false;
        *tried |= UINT64_C(1) << filler->length;
        return try_filler(search, at, first, 0);
    }
    if (is_plain && board_is_plain(board, at.offset + 1u))
        return false; /* as long as a jump */
    bool is_known = board_is_known(board, at.offset + 1u);
    unsigned low = is_known ? board->value[at.offset + 1u] : 0, high = is_known ? low : 255;
    uint64_t tried_here = 0;
    for (unsigned second = low; second <= high; second++) {
        filler = &search->fillers->by_bytes[first][second];
        uint64_t *seen = is_plain ? tried : &tried_here;
        unsigned bit = filler->length + (is_plain ? 16u : 0);
        if (!may_fill(node, filler) || filler->head != 2 ||
            !board_may_be(board, at.offset + 1u, (uint8_t)second) || *seen >> bit & 1)
            continue;
        if (!search_is_bound(search, at.offset, 2))
            *seen |= UINT64_C(1) << bit;
        if (try_filler(search, at, first, (uint8_t)second))
            return true;
    }
    return false;
}

/* Of those with the same length of head and of all one is enough, where no byte is bound. */
static bool try_fillers(struct search *search, struct search_at at)
{
    const struct board *board = &search->board;
    uint64_t tried = 0; /* lengths */
    if (!search_touches(search, at.offset, 6) || at.offset + 1u >= board->size)
        return false;
    bool is_known = board_is_known(board, at.offset);
    unsigned low = is_known ? board->value[at.offset] : 0, high = is_known ? low : 255;
    for (unsigned first = low; first <= high; first++)
        if (board_may_be(board, at.offset, (uint8_t)first) &&
            try_first(search, at, (uint8_t)first, &tried))
            return true;
    return false;
}

/* ---- jumps ---- */

static bool try_jump(struct search *search, struct search_at at, uint8_t opcode)
{
    size_t length = opcode == OPCODE_JUMP_FAR ? 4 : 1, end = at.offset + 1u + length;
    struct search_mark mark = search_mark(search);
    at.is_adrift = at.is_adrift && !search_touches(search, at.offset, 1 + length);
    bool is_over = !at.is_adrift && end <= search->board.size &&
                   !search_is_code(search, at.offset, 1 + length) &&
                   board_put(&search->board, at.offset, opcode) &&
                   search_note(search, GOLF_ITEM_JUMP, at.offset, 1 + length, 0) &&
                   go_anywhere(search, at, at.offset + 1u, length, end);
    if (!is_over)
        search_undo(search, mark);
    return is_over;
}

/* Where a byte stands or is bound, it may be a conditional jump whose condition is known. */
static bool try_jumps(struct search *search, struct search_at at)
{
    const struct board *board = &search->board;
    bool is_plain = board_is_plain(board, at.offset);
    if (at.is_landing && !board_is_known(board, at.offset))
        return false;
    if (try_jump(search, at, OPCODE_JUMP))
        return true;
    if (search_touches(search, at.offset + 1u, 4) && try_jump(search, at, OPCODE_JUMP_FAR))
        return true;
    for (uint8_t condition = 0; condition < 16 && !is_plain; condition++) {
        bool holds = false;
        if (search->jumps >> condition & 1 && fillers_holds(condition, at.flags, &holds) && holds &&
            try_jump(search, at, (uint8_t)(0x70 | condition)))
            return true;
    }
    return false;
}

/* A jump that is known not to be made passes the byte after it. */
static bool try_idle_jumps(struct search *search, struct search_at at)
{
    if (!search_touches(search, at.offset, 2) || search_is_code(search, at.offset, 2) ||
        at.offset + 2u >= search->board.size)
        return false;
    bool is_plain = board_is_plain(&search->board, at.offset);
    for (uint8_t condition = 0; condition < 16; condition++) {
        bool holds = true;
        if (!fillers_holds(condition, at.flags, &holds) || holds ||
            (!is_plain && !(search->jumps >> condition & 1)))
            continue;
        struct search_mark mark = search_mark(search);
        struct search_at next = at;
        next.offset = (uint16_t)(at.offset + 2);
        next.is_adrift = next.is_landing = false;
        if (board_put(&search->board, at.offset, (uint8_t)(0x70 | condition)) &&
            search_note(search, GOLF_ITEM_FILLER, at.offset, 2, 0) && visit(search, next))
            return true;
        search_undo(search, mark);
    }
    return false;
}

/* ---- blocks ---- */

static bool begin_block(struct search *search, size_t block, struct search_at at)
{
    at.node = search->pieces->blocks[block];
    bool is_over = search_place_block(search, block, at.offset) && visit(search, at);
    if (!is_over)
        search_unplace_block(search, block);
    return is_over;
}

/* Places a block that something leads to, or ends if there is none. */
static bool next_block(struct search *search)
{
    size_t block = GOLF_NONE;
    for (size_t i = 0; i < search->pending_count && block == GOLF_NONE; i++)
        if (search->block_at[search->pending[i].field.target] == SEARCH_NOWHERE)
            block = search->pending[i].field.target;
    if (block == GOLF_NONE) {
        search->is_found = search_finish(search);
        return search->is_found;
    }
    const uint32_t node = search->pieces->blocks[block];
    const uint16_t *targets = search->has_paths ? paths_targets(search->paths, node) : NULL;
    for (size_t n = 0; n < search->board.size; n++) {
        const size_t offset = targets ? targets[n] : n;
        struct search_at at = {.offset = (uint16_t)offset, .is_landing = true};
        struct search_mark mark = search_mark(search);
        if (may_begin(search, offset, &at.is_adrift) && begin_block(search, block, at))
            return true;
        search_undo(search, mark);
    }
    return false;
}

/* Jumps to a block with an opcode and a distance, and then goes on with what waits. */
static bool jump_to_block(struct search *search, struct search_at at, uint8_t opcode, size_t block)
{
    struct golf_field field = {.kind = GOLF_RELATIVE_FIELD,
                               .offset = 1,
                               .length = opcode == OPCODE_JUMP_FAR ? 4 : 1,
                               .is_block = true,
                               .target = (uint16_t)block};
    size_t end = at.offset + 1u + field.length;
    return end <= search->board.size && !search_is_code(search, at.offset, end - at.offset) &&
           board_put(&search->board, at.offset, opcode) &&
           search_note(search, GOLF_ITEM_JUMP, at.offset, 1u + field.length, 0) &&
           search_put_field(search, &field, at.offset + 1u, end) && next_block(search);
}

static bool go_to_block(struct search *search, struct search_at at, size_t block)
{
    struct search_mark mark = search_mark(search);
    uint16_t target = search->block_at[block];
    at.flags = (struct place_flags){0};
    if (target == SEARCH_NOWHERE) {
        if (begin_block(search, block, at))
            return true;
        search_undo(search, mark);
    } else if (target == at.offset && !at.is_adrift) {
        return next_block(search);
    }
    if (at.is_landing && board_is_plain(&search->board, at.offset))
        return false;
    static const uint8_t opcodes[] = {OPCODE_JUMP, OPCODE_JUMP_FAR};
    for (size_t i = 0; i < sizeof opcodes; i++) {
        size_t length = i == 0 ? 2 : 5;
        if (at.is_adrift && !search_touches(search, at.offset, length))
            continue;
        if (i == 1 && search->board.size <= 130 && !search_touches(search, at.offset + 1u, 4))
            continue;
        if (jump_to_block(search, at, opcodes[i], block))
            return true;
        search_undo(search, mark);
    }
    return false;
}

/* A conditional jump to one block, and on to the other. */
static bool branch(struct search *search, struct search_at at, uint8_t opcode, size_t taken,
                   size_t other, bool is_far)
{
    struct golf_field field = {.kind = GOLF_RELATIVE_FIELD,
                               .length = is_far ? 4 : 1,
                               .is_block = true,
                               .target = (uint16_t)taken};
    size_t head = is_far ? 2 : 1, end = at.offset + head + field.length;
    at.is_adrift = at.is_adrift && !search_touches(search, at.offset, head + field.length);
    if (end > search->board.size || search_is_code(search, at.offset, end - at.offset) ||
        (is_far && !board_put(&search->board, at.offset, 0x0f)) ||
        !board_put(&search->board, at.offset + head - 1,
                   (uint8_t)(is_far ? opcode + 0x10 : opcode)) ||
        !search_note(search, GOLF_ITEM_BRANCH, at.offset, end - at.offset, at.node) ||
        !search_put_field(search, &field, at.offset + head, end))
        return false;
    at.offset = (uint16_t)end;
    at.is_landing = false;
    return go_to_block(search, at, other);
}

static bool visit_branch(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    struct search_mark mark = search_mark(search);
    if (node->condition >= GOLF_LOOPNE) /* loop, jrcxz: no opposite, no other length */
        return branch(search, at, node->condition, node->taken, node->other, false);
    for (unsigned form = 0; form < 4; form++) {
        bool is_far = form & 2, is_opposite = form & 1;
        if (is_far && search->board.size <= 130)
            break;
        uint8_t opcode = (uint8_t)(0x70 | ((node->condition & 15) ^ is_opposite));
        if (branch(search, at, opcode, is_opposite ? node->other : node->taken,
                   is_opposite ? node->taken : node->other, is_far))
            return true;
        search_undo(search, mark);
    }
    return false;
}

/* A call of one block, after which the other comes. */
static bool visit_call(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    const struct golf_field field = {
        .kind = GOLF_RELATIVE_FIELD, .length = 4, .is_block = true, .target = node->taken};
    size_t end = at.offset + 1u + field.length;
    at.is_adrift = at.is_adrift && !search_touches(search, at.offset, 1u + field.length);
    if (end > search->board.size || search_is_code(search, at.offset, end - at.offset) ||
        !board_put(&search->board, at.offset, OPCODE_CALL) ||
        !search_note(search, GOLF_ITEM_BRANCH, at.offset, end - at.offset, at.node) ||
        !search_put_field(search, &field, at.offset + 1u, end))
        return false;
    at.offset = (uint16_t)end;
    at.is_landing = false;
    return go_to_block(search, at, node->other);
}

static bool visit_return(struct search *search, struct search_at at)
{
    at.is_adrift = at.is_adrift && !search_touches(search, at.offset, 1);
    return !at.is_adrift && board_put(&search->board, at.offset, OPCODE_RETURN) &&
           search_note(search, GOLF_ITEM_BRANCH, at.offset, 1, at.node) && next_block(search);
}

/* ---- nodes ---- */

/* Who chose this place could as well have chosen one after what does nothing. */
static bool try_passing(struct search *search, struct search_at at)
{
    return !at.is_landing &&
           (try_prefixed(search, at) || try_idle_jumps(search, at) || try_fillers(search, at));
}

/* The least of what is more than `value`. */
static unsigned next_of(unsigned next, unsigned other, unsigned value)
{
    return other > value && other < next ? other : next;
}

/* First what takes the fewest bytes, as far as they are known. */
static bool visit_ordered(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    const struct paths *paths = search->paths;
    const unsigned passing = paths_by_passing(paths, search, &at);
    const unsigned jump = paths_by_jump(paths, &at);
    const unsigned most = search->room.all;
    for (unsigned value = 0, next; value <= most; value = next) {
        next = PATHS_NEVER;
        for (uint32_t i = node->first; i < node->first + node->count; i++) {
            const unsigned takes = paths_by_choice(paths, search, &at, i);
            next = next_of(next, takes, value);
            if (takes == value && try_choice(search, at, i))
                return true;
        }
        if ((passing == value && try_passing(search, at)) ||
            (jump == value && try_jumps(search, at)))
            return true;
        next = next_of(next_of(next, passing, value), jump, value);
    }
    return false;
}

static bool visit_step(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    if (search->has_paths)
        return visit_ordered(search, at);
    for (uint32_t i = node->first; i < node->first + node->count; i++)
        if (try_choice(search, at, i))
            return true;
    return try_passing(search, at) || try_jumps(search, at);
}

static bool visit_node(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    switch ((enum golf_node_kind)node->kind) {
    case GOLF_STEP:
        return visit_step(search, at);
    case GOLF_NODE_STOP:
        return false; /* visit() */
    case GOLF_NODE_GO:
        return go_to_block(search, at, node->taken);
    case GOLF_NODE_BRANCH:
        return visit_branch(search, at);
    case GOLF_NODE_CALLS:
        return visit_call(search, at);
    case GOLF_NODE_RETURNS:
        return visit_return(search, at);
    }
    return false;
}

/* Whether bytes that stand, such as a jump, led back to where the search was: nothing new comes of
 * it. */
static bool is_circling(const struct search *search, const struct search_at *at)
{
    const struct search_frame *frame = search->frames[at->offset];
    for (; frame && frame->changes == search->board.changes; frame = frame->around)
        if (frame->at->node == at->node && frame->at->is_adrift == at->is_adrift &&
            frame->at->is_landing == at->is_landing && frame->at->flags.known == at->flags.known &&
            frame->at->flags.value == at->flags.value)
            return true;
    return false;
}

/* Tries everything from a state on. Returns whether the search is over: the file is found, or the
 * search is stopped. */
static bool visit(struct search *search, struct search_at at)
{
    const struct golf_node *node = &search->pieces->nodes[at.node];
    if (is_over(search))
        return true;
    if (node->kind == GOLF_NODE_STOP)
        return !at.is_adrift && next_block(search);
    if (at.offset >= search->board.size || !search->is_alive[at.offset] ||
        !bound_allows(search, &at) ||
        (search->has_paths && !paths_allow(search->paths, search, &at, &search->room)) ||
        is_circling(search, &at))
        return false;
    uint64_t key = search_key(search, &at), refused = search->refused;
    if (!search->options->forgets && memo_has(search->failed, key)) {
        search->has_skipped |= search->board.is_coarse;
        return false;
    }
    struct search_mark mark = search_mark(search);
    const struct search_frame frame = {&at, mark.changes, search->frames[at.offset]};
    search->frames[at.offset] = &frame;
    bool is_over = visit_node(search, at);
    search->frames[at.offset] = frame.around;
    if (is_over)
        return true;
    search_undo(search, mark);
    /* What was refused here might be accepted with other bytes of the same meaning. */
    bool is_sure = refused == search->refused;
    search->has_skipped |= !is_sure && search->refused > SEARCH_REFUSED;
    if (is_sure || search->refused > SEARCH_REFUSED)
        memo_add(search->failed, key);
    return false;
}

void search_run(struct search *search)
{
    const struct golf_overlap *overlap = search->overlap;
    for (size_t entry = overlap->entry_low; entry <= overlap->entry_high; entry++) {
        struct search_mark mark = search_mark(search);
        struct search_at at = {.offset = (uint16_t)entry,
                               .is_landing = overlap->entry_low < overlap->entry_high,
                               .flags = {X86_CLEARED_FLAGS & 0xfff, 0}};
        search->entry = (uint16_t)entry;
        if (may_begin(search, entry, &at.is_adrift) &&
            board_put_entry(&search->board, overlap->entry_at, (uint16_t)entry) &&
            begin_block(search, 0, at))
            return;
        search_undo(search, mark);
    }
}

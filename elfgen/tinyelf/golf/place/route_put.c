/* Puts the steps of a route on the board. */
#include "route_private.h"

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

/* Whether an opcode is that of loop, loope, loopne or jrcxz, which have no longer form. */
static bool is_loop(uint8_t opcode)
{
    return opcode >= GOLF_LOOPNE && opcode <= GOLF_JRCXZ;
}

/* Leaves out what jumps to a block from too far away. False: that cannot be helped. */
static bool find_short(struct search *search, const struct route_step *step, uint8_t *reach,
                       bool *grew)
{
    for (size_t i = 0; i < search->pending_count; i++) {
        struct search_pending *pending = &search->pending[i];
        int64_t distance = (int64_t)step->offset - pending->end;
        if (pending->field.target == step->target && pending->field.length == 1 &&
            pending->field.kind == GOLF_RELATIVE_FIELD &&
            (distance < INT8_MIN || distance > INT8_MAX)) {
            if (!is_loop(search->board.value[pending->end - 2]))
                reach[pending->from] |= ROUTE_FAR;
            else if (reach[step->target] & ROUTE_BEHIND)
                return false;
            else
                reach[step->target] |= ROUTE_BEHIND;
            *grew = true;
            pending->field.target = GOLF_NONE;
        }
    }
    return true;
}

/* Whether a jump of two bytes leads too far back: to a block of the same chain, which had no place
 * when the steps were chosen. */
static bool is_too_short(const struct search *search, const struct route_step *step)
{
    bool is_jump = step->kind == ROUTE_GO || step->kind == ROUTE_BRANCH;
    if (!is_jump || step->length != step->head + 1u ||
        search->block_at[step->target] == SEARCH_NOWHERE)
        return false;
    return (int64_t)search->block_at[step->target] - step->offset - step->length < INT8_MIN;
}

bool route_put(struct search *search, const struct route_step *steps, size_t count, uint8_t *reach,
               bool *grew)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].kind == ROUTE_BLOCK) {
            search->from = steps[i].target;
            if (!find_short(search, &steps[i], reach, grew))
                return false;
        }
        if (is_too_short(search, &steps[i])) {
            if (steps[i].kind == ROUTE_BRANCH && is_loop(steps[i].bytes[0]))
                return false;
            reach[search->from] |= ROUTE_FAR;
            *grew = true;
        } else if (!put_step(search, &steps[i])) {
            return false;
        }
    }
    return true;
}

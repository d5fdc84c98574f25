/* Steps of the search: what they put on the board, and how they are taken back. */
#include "elfgen/memory.h"

#include "place_private.h"

struct search_mark search_mark(const struct search *search)
{
    return (struct search_mark){search->board.changes, search->item_count, search->pending_count};
}

void search_undo(struct search *search, struct search_mark mark)
{
    board_undo(&search->board, mark.changes);
    search->item_count = mark.items;
    search->pending_count = mark.pending;
}

bool search_note(struct search *search, enum golf_item_kind kind, size_t offset, size_t length,
                 uint32_t which)
{
    if (search->item_count == search->item_capacity) {
        search->has_skipped = true;
        return false;
    }
    search->items[search->item_count++] =
        (struct golf_item){(uint8_t)kind, (uint16_t)offset, (uint16_t)length, which};
    return true;
}

bool search_touches(const struct search *search, size_t offset, size_t length)
{
    for (size_t cell = offset; cell < offset + length; cell++)
        if (cell < search->board.size && !board_is_plain(&search->board, cell))
            return true;
    return false;
}

bool search_is_code(const struct search *search, size_t offset, size_t length)
{
    for (size_t cell = offset; cell < offset + length; cell++) {
        unsigned state = cell < search->board.size ? search->board.state[cell] : 0;
        if (state & (BOARD_KNOWN | BOARD_RESERVED) && !(state & (BOARD_GIVEN | BOARD_SPECIAL)))
            return true;
    }
    return false;
}

bool search_may_share(const struct search *search, uint32_t which)
{
    const struct golf_pieces *pieces = search->pieces;
    const struct golf_choice *choice = &pieces->choices[which];
    const struct golf_node *end = &pieces->nodes[choice->to];
    return end->kind == GOLF_NODE_STOP && choice->field_count == 0 &&
           !(pieces->is_compared && pieces->is_compared[end->block]);
}

bool search_is_bound(const struct search *search, size_t offset, size_t length)
{
    for (size_t cell = offset; cell < offset + length; cell++)
        if (cell < search->board.size && search->board.state[cell] & BOARD_SPECIAL &&
            !(search->board.state[cell] & BOARD_KNOWN))
            return true;
    return false;
}

bool search_put_relative(struct search *search, size_t cell, size_t length, size_t end,
                         size_t target)
{
    int64_t distance = (int64_t)target - (int64_t)end;
    if (length == 1 && (distance < INT8_MIN || distance > INT8_MAX))
        return false;
    return board_put_number(&search->board, cell, length, (uint64_t)distance);
}

static bool put_target(struct search *search, const struct golf_field *field, size_t cell,
                       size_t end, size_t target)
{
    int64_t to = (int64_t)target + field->addend;
    if (search_is_apart(search, field)) {
        if (field->length < sizeof(uint32_t))
            return false;
        to += (int64_t)search->overlap->written_at;
    }
    if (field->kind == GOLF_ABSOLUTE_FIELD)
        return board_put_address(&search->board, cell, field->length, field->is_signed, to);
    return to >= 0 && search_put_relative(search, cell, field->length, end, (size_t)to);
}

bool search_put_field(struct search *search, const struct golf_field *field, size_t cell,
                      size_t end)
{
    if (!field->is_block)
        return put_target(search, field, cell, end, search->data_at[field->target]);
    uint16_t target = search->block_at[field->target];
    if (target != SEARCH_NOWHERE)
        return put_target(search, field, cell, end, target);
    if (search->pending_count == search->pending_capacity) {
        search->has_skipped = true;
        return false;
    }
    search->pending[search->pending_count++] =
        (struct search_pending){*field, (uint16_t)cell, (uint16_t)end, search->from};
    return board_reserve(&search->board, cell, field->length);
}

static const struct golf_field *field_at(const struct golf_choice *choice, size_t byte)
{
    for (size_t i = 0; i < choice->field_count; i++)
        if (byte >= choice->fields[i].offset &&
            byte < (size_t)choice->fields[i].offset + choice->fields[i].length)
            return &choice->fields[i];
    return NULL;
}

bool search_put_choice(struct search *search, uint32_t which, size_t offset)
{
    const struct golf_choice *choice = &search->pieces->choices[which];
    size_t end = offset + choice->length;
    if (end > search->board.size)
        return false;
    if (choice->followed_by != GOLF_NONE &&
        (search->data_at[choice->followed_by] != end ||
         (search->overlap->written_at && search->pieces->data[choice->followed_by].is_written)))
        return false;
    for (size_t i = 0; i < choice->length; i++)
        if ((choice->field_count == 0 || !field_at(choice, i)) &&
            !board_put(&search->board, offset + i, choice->bytes[i]))
            return false;
    for (size_t i = 0; i < choice->field_count; i++)
        if (choice->fields[i].kind != GOLF_NEXT_FIELD &&
            !search_put_field(search, &choice->fields[i], offset + choice->fields[i].offset, end))
            return false;
    return search_note(search, GOLF_ITEM_CHOICE, offset, choice->length, which);
}

static uint64_t place_hash(size_t block, uint16_t offset)
{
    uint64_t hash = (block << 16 | offset) * UINT64_C(0x9e3779b97f4a7c15) + 77;
    hash ^= hash >> 29;
    return hash * UINT64_C(0xbf58476d1ce4e5b9);
}

bool search_place_block(struct search *search, size_t block, uint16_t offset)
{
    search->block_at[block] = offset;
    search->unplaced--;
    search->unplaced_need -= search->need[search->pieces->blocks[block]];
    search->block_hash ^= place_hash(block, offset);
    for (size_t i = 0; i < search->pending_count; i++) {
        const struct search_pending *pending = &search->pending[i];
        if (pending->field.target != block)
            continue;
        if (!board_release(&search->board, pending->cell, pending->field.length) ||
            !put_target(search, &pending->field, pending->cell, pending->end, offset))
            return false;
    }
    return true;
}

void search_unplace_block(struct search *search, size_t block)
{
    search->block_hash ^= place_hash(block, search->block_at[block]);
    search->block_at[block] = SEARCH_NOWHERE;
    search->unplaced++;
    search->unplaced_need += search->need[search->pieces->blocks[block]];
}

void search_forget_blocks(struct search *search)
{
    search->block_hash = 0;
    search->unplaced = search->pieces->block_count;
    for (size_t block = 0; block < search->pieces->block_count; block++)
        search->block_at[block] = SEARCH_NOWHERE;
}

/* ---- what an overlap gives ---- */

bool search_may_have(const struct search *search, const struct golf_data *data)
{
    uint32_t needed = data->is_written ? ELFGEN_PF_W : ELFGEN_PF_R | ELFGEN_PF_W;
    return (data->is_written && search->overlap->written_at) || search->overlap->flags & needed;
}

bool search_zeros_fit(const struct search *search, const struct golf_data *data, size_t offset)
{
    const uint64_t zeros = golf_overlap_zeros(search->overlap, data->is_written);
    return offset <= UINT16_MAX && data->size <= zeros && offset + data->size <= zeros;
}

bool search_limit_addresses(struct search *search)
{
    size_t changes = search->board.changes;
    search->has_small_addresses =
        !search->overlap->has_random_base && board_limit_base(&search->board);
    if (!search->small_addresses)
        board_undo(&search->board, changes);
    return search->has_small_addresses || !search->small_addresses;
}

/* Has the program set the first byte of a datum. */
#include "set_byte.h"

#include <stdlib.h>
#include <string.h>

#include "blocks.h"

static bool is_of(const struct golf_value *value, size_t datum)
{
    return value->kind == GOLF_ADDRESS && value->data == datum;
}

/* Whether an operation has to do with the datum. */
static bool refers_to(const struct golf_operation *operation, size_t datum)
{
    bool refers = is_of(&operation->refers, datum);
    for (size_t i = 0; i < operation->need_count; i++)
        for (size_t k = 0; k < operation->needs[i].count; k++)
            refers |= is_of(&operation->needs[i].values[k], datum);
    return refers;
}

/* Whether a register has the datum's first address then. */
static bool has_beginning(const struct golf_operation *operation, size_t datum)
{
    for (size_t i = 0; i < operation->need_count; i++) {
        const struct golf_need *need = &operation->needs[i];
        if (need->count == 1 && is_of(&need->values[0], datum) && need->values[0].number == 0)
            return true;
    }
    return false;
}

/* The first operation that has to do with the datum; the count of them if there is none, or it is
 * not a system call that gets its beginning. */
static size_t first_use(const struct golf_block *block, size_t datum)
{
    size_t first = 0;
    while (first < block->count && !refers_to(&block->operations[first], datum))
        first++;
    return first < block->count && block->operations[first].kind == GOLF_CALL &&
                   has_beginning(&block->operations[first], datum)
               ? first
               : block->count;
}

static bool may_be_set(const struct golf_lifted *lifted, size_t datum)
{
    const struct golf_data *data = &lifted->data[datum];
    return data->file_size > 1 && !data->is_written && !data->is_code &&
           data->reference_count == 0 &&
           first_use(&lifted->blocks[0], datum) < lifted->blocks[0].count;
}

/* The longest one; the count of data: none may be set. */
static size_t choose_datum(const struct golf_lifted *lifted)
{
    size_t best = lifted->data_count;
    for (size_t i = 0; i < lifted->data_count; i++)
        if (may_be_set(lifted, i) &&
            (best == lifted->data_count || lifted->data[i].size > lifted->data[best].size))
            best = i;
    return best;
}

/* `mov byte [datum], value`. */
static bool make_store(const struct golf_lifted *lifted, size_t datum,
                       const struct golf_operation *before, struct golf_operation *store)
{
    *store = (struct golf_operation){
        .kind = GOLF_KEPT,
        .keeps_below = before->keeps_below,
        .offset = before->offset,
        .reason = "mov: the first byte of data, where a header has another one",
        .refers_operand = 0,
        .refers = {.kind = GOLF_ADDRESS, .data = (uint16_t)datum},
        .instruction = {.mnemonic = ELFGEN_X86_OP_mov, .mode = (uint8_t)lifted->bits}};
    const uint8_t value = lifted->data[datum].bytes[0];
    store->instruction.operands[0] = (struct elfgen_x86_operand){
        .kind = ELFGEN_X86_MEMORY, .size = 1, .relative = lifted->bits == 64, .symbolic = true};
    store->instruction.operands[1] =
        (struct elfgen_x86_operand){.kind = ELFGEN_X86_IMMEDIATE, .value = (int8_t)value};
    return golf_change_instruction(store, &store->instruction);
}

static bool insert(struct golf_block *block, size_t at, const struct golf_operation *operation)
{
    struct golf_operation *more = calloc(block->count + 1, sizeof *more);
    if (!more)
        return false;
    memcpy(more, block->operations, at * sizeof *more);
    more[at] = *operation;
    memcpy(more + at + 1, block->operations + at, (block->count - at) * sizeof *more);
    free(block->operations);
    block->operations = more;
    block->count++;
    return true;
}

bool golf_set_first_byte(const struct golf_lifted *lifted, struct golf_lifted *changed)
{
    struct golf_operation store;
    *changed = (struct golf_lifted){0};
    const size_t datum =
        lifted->count == 1 && !lifted->is_verbatim ? choose_datum(lifted) : lifted->data_count;
    if (datum == lifted->data_count)
        return false;
    const size_t at = first_use(&lifted->blocks[0], datum);
    if (!make_store(lifted, datum, &lifted->blocks[0].operations[at], &store) ||
        !blocks_copy(lifted, changed))
        return false;
    changed->data = calloc(lifted->data_count, sizeof *changed->data);
    if (changed->data)
        memcpy(changed->data, lifted->data, lifted->data_count * sizeof *changed->data);
    if (!changed->data || !insert(&changed->blocks[0], at, &store)) {
        golf_set_first_byte_free(changed);
        return false;
    }
    changed->data[datum].is_written = true;
    changed->data[datum].set_size = 1;
    return true;
}

void golf_set_first_byte_free(struct golf_lifted *changed)
{
    blocks_free(changed);
    free(changed->data);
    *changed = (struct golf_lifted){0};
}

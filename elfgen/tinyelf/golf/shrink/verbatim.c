/* Pieces of a program whose instructions stay as they are: each has its bytes, one after the other,
 * and the shorter ones that do the same whatever is around them. */
#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "shrink.h"

enum { NODES_AN_OPERATION = 1, CHOICES_AN_OPERATION = 2, REX_W = 0x48, REX_B = 0x41 };

/* mov of a small number into a register: by push and pop, which change no flag. Returns its length;
 * 0: it is none. */
static uint8_t as_push(const struct golf_operation *operation, bool is_64,
                       uint8_t bytes[GOLF_CHOICE_BYTES])
{
    enum { MOV = 0xb8, MOV_EXTENDED = 0xc7, PUSH = 0x6a, POP = 0x58, LOW = 7, NUMBER = 4 };
    const uint8_t *from = operation->bytes;
    bool is_high = is_64 && from[0] == REX_B, is_extended = false;
    size_t at = is_high;
    uint8_t reg = from[at] & LOW;
    if (is_64 && (from[0] & 0xfe) == REX_W && from[1] == MOV_EXTENDED && from[2] >> 3 == 0x18) {
        is_extended = true;
        is_high = from[0] & 1;
        reg = from[2] & LOW;
        at = 2;
    } else if ((from[at] & ~LOW) != MOV) {
        return 0;
    }
    if (operation->field_count > 0 || operation->length != at + 1 + NUMBER)
        return 0;
    int32_t number;
    memcpy(&number, from + at + 1, NUMBER);
    if (number > INT8_MAX || number < (is_64 && !is_extended ? 0 : INT8_MIN))
        return 0;
    uint8_t length = 0;
    bytes[length++] = PUSH;
    bytes[length++] = (uint8_t)number;
    if (is_high)
        bytes[length++] = REX_B;
    bytes[length++] = (uint8_t)(POP | reg);
    return length;
}

static void add_choice(struct golf_pieces *pieces, struct golf_node *node, uint32_t to,
                       const uint8_t *bytes, uint8_t length, const char *reason)
{
    struct golf_choice *choice = &pieces->choices[pieces->choice_count++];
    *choice = (struct golf_choice){
        .length = length, .followed_by = GOLF_NONE, .to = to, .reason = reason};
    memcpy(choice->bytes, bytes, length);
    node->count++;
    uint32_t least = pieces->nodes[to].least + length;
    if (node->count == 1 || least < node->least)
        node->least = least;
}

/* The nodes of a block, from its end to its beginning. */
static void add_block(const struct golf_lifted *lifted, size_t which, struct golf_pieces *pieces)
{
    static const uint8_t kinds[] = {[GOLF_STOP] = GOLF_NODE_STOP,
                                    [GOLF_GO] = GOLF_NODE_GO,
                                    [GOLF_BRANCH] = GOLF_NODE_BRANCH,
                                    [GOLF_CALLS] = GOLF_NODE_CALLS,
                                    [GOLF_RETURNS] = GOLF_NODE_RETURNS};
    const struct golf_block *block = &lifted->blocks[which];
    pieces->nodes[pieces->node_count++] =
        (struct golf_node){.kind = kinds[block->end],
                           .condition = block->condition,
                           .taken = block->taken,
                           .other = block->other,
                           .block = (uint16_t)which,
                           .operation = (uint16_t)block->count,
                           .first = (uint32_t)pieces->choice_count};
    for (size_t i = block->count; i-- > 0;) {
        const struct golf_operation *operation = &block->operations[i];
        struct golf_node *node = &pieces->nodes[pieces->node_count];
        uint32_t to = (uint32_t)pieces->node_count++ - 1;
        uint8_t bytes[GOLF_CHOICE_BYTES];
        *node = (struct golf_node){.kind = GOLF_STEP,
                                   .taken = GOLF_NONE,
                                   .other = GOLF_NONE,
                                   .block = (uint16_t)which,
                                   .operation = (uint16_t)i,
                                   .first = (uint32_t)pieces->choice_count};
        add_choice(pieces, node, to, operation->bytes, operation->length,
                   "the original's instruction");
        struct golf_choice *choice = &pieces->choices[pieces->choice_count - 1];
        choice->field_count = operation->field_count;
        memcpy(choice->fields, operation->fields, sizeof choice->fields);
        uint8_t length = lifted->uses_red_zone ? 0 : as_push(operation, lifted->bits == 64, bytes);
        if (length > 0)
            add_choice(pieces, node, to, bytes, length, "push, pop: a small number");
    }
    pieces->blocks[which] = (uint32_t)pieces->node_count - 1;
}

bool golf_shrink_verbatim(const struct golf_lifted *lifted, struct golf_pieces *pieces,
                          struct elfgen_error *error)
{
    size_t operations = 0;
    for (size_t i = 0; i < lifted->count; i++)
        operations += lifted->blocks[i].count;
    *pieces = (struct golf_pieces){.bits = lifted->bits,
                                   .data = lifted->data,
                                   .data_count = lifted->data_count,
                                   .block_count = lifted->count};
    pieces->blocks = calloc(lifted->count + 1, sizeof *pieces->blocks);
    pieces->nodes =
        calloc(NODES_AN_OPERATION * operations + lifted->count + 1, sizeof *pieces->nodes);
    pieces->choices = calloc(CHOICES_AN_OPERATION * operations + 1, sizeof *pieces->choices);
    pieces->is_compared = calloc(lifted->count + 1, sizeof *pieces->is_compared);
    if (!pieces->blocks || !pieces->nodes || !pieces->choices || !pieces->is_compared) {
        golf_pieces_free(pieces);
        return error_no_memory(error);
    }
    for (size_t i = 0; i < lifted->count; i++)
        pieces->is_compared[i] = lifted->blocks[i].is_compared;
    for (size_t i = 0; i < lifted->count; i++)
        add_block(lifted, i, pieces);
    return true;
}

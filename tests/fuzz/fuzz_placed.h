/* Shared by the fuzz targets of golf's placer: walks a placed file from its entry, as the processor
 * would, and checks that each instruction is one of those that the program's pieces have there,
 * that fields lead where they should, and that data is in place. */
#ifndef FUZZ_PLACED_H
#define FUZZ_PLACED_H

#include "fuzz_input.h"
#include "golf/overlap/overlaps.h"
#include "golf/place/place.h"

/* Headers that a kernel runs, of files of one class. */
struct headers {
    struct golf_overlap overlaps[GOLF_OVERLAPS];
    size_t count;
};

/* Those of 64 and those of 32 bits; NULL if they cannot be found. Of one kernel, and once: to find
 * them takes a while. */
static inline const struct headers *known_headers(void)
{
    static struct headers known[2];
    const struct golf_overlap_options wanted = {.first = ELFGEN_LINUX(6, 1),
                                                .last = ELFGEN_LINUX(6, 1)};
    for (unsigned i = 0; i < 2; i++)
        if (known[i].count == 0 && !golf_overlaps(i == 0 ? 64 : 32, &wanted, known[i].overlaps,
                                                  GOLF_OVERLAPS, &known[i].count))
            return NULL;
    return known;
}

struct placed_walk {
    const struct golf_placed *how;
    const uint8_t *bytes;
    size_t size;
    uint8_t *seen; /* of an offset and a node: 0 not yet, 1 right, or on the way, 2 wrong */
    unsigned depth;
};

static inline uint64_t placed_number(const uint8_t *bytes, unsigned length)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < length; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

/* Where a jump leads whose distance of `length` bytes begins at `field`; the size of the file or
 * more: nowhere. */
static inline size_t placed_target(const struct placed_walk *walk, size_t field, unsigned length)
{
    if (field + length > walk->size)
        return SIZE_MAX;
    uint64_t distance = placed_number(walk->bytes + field, length);
    if (length == 1)
        distance = (uint64_t)(int8_t)distance;
    else if (length == 4)
        distance = (uint64_t)(int32_t)distance;
    return (size_t)(field + length + distance);
}

static inline bool placed_follows(struct placed_walk *walk, size_t offset, uint32_t node);

static inline bool placed_has_block(struct placed_walk *walk, size_t offset, uint16_t block)
{
    check(block < walk->how->pieces->block_count);
    return placed_follows(walk, offset, walk->how->pieces->blocks[block]);
}

/* The choice's bytes stand there, and what its fields say is so. *next is where it goes on. */
static inline bool placed_is_choice(const struct placed_walk *walk, size_t offset,
                                    const struct golf_choice *choice, size_t *next)
{
    uint8_t is_field[GOLF_CHOICE_BYTES] = {0};
    const struct golf_placed *how = walk->how;
    *next = offset + choice->length;
    if (*next > walk->size)
        return false;
    for (size_t i = 0; i < choice->field_count; i++) {
        const struct golf_field *field = &choice->fields[i];
        memset(is_field + field->offset, 1, field->length);
        uint64_t value = placed_number(walk->bytes + offset + field->offset, field->length);
        if (field->kind == GOLF_NEXT_FIELD) {
            *next = placed_target(walk, offset + field->offset, field->length);
            continue;
        }
        if (field->is_block)
            continue;
        check(field->target < how->pieces->data_count);
        uint64_t wanted = how->data[field->target] + (uint64_t)field->addend;
        if (field->kind == GOLF_RELATIVE_FIELD)
            wanted -= offset + choice->length;
        else
            wanted += how->base;
        if (field->length < 8 && (value ^ wanted) & ((UINT64_C(1) << 8 * field->length) - 1))
            return false;
        if (field->length == 8 && value != wanted)
            return false;
    }
    for (size_t i = 0; i < choice->length; i++)
        if (!is_field[i] && walk->bytes[offset + i] != choice->bytes[i])
            return false;
    if (choice->followed_by != GOLF_NONE &&
        how->data[choice->followed_by] != offset + choice->length)
        return false;
    return true;
}

/* A conditional jump there leads to both blocks. */
static inline bool placed_branches(struct placed_walk *walk, size_t offset,
                                   const struct golf_node *node)
{
    if (offset + 2 > walk->size)
        return false;
    uint8_t opcode = walk->bytes[offset], condition = node->condition;
    bool is_far = opcode == 0x0f;
    if (is_far)
        opcode = (uint8_t)(walk->bytes[offset + 1] - 0x10);
    size_t field = offset + 1 + is_far, end = field + (is_far ? 4 : 1);
    size_t target = placed_target(walk, field, is_far ? 4 : 1);
    if (condition >= 0xe0 ? opcode == condition && !is_far : opcode == (0x70 | (condition & 15)))
        return placed_has_block(walk, target, node->taken) &&
               placed_has_block(walk, end, node->other);
    if (condition < 0xe0 && opcode == (0x70 | ((condition & 15) ^ 1)))
        return placed_has_block(walk, target, node->other) &&
               placed_has_block(walk, end, node->taken);
    return false;
}

static inline bool placed_ends(struct placed_walk *walk, size_t offset,
                               const struct golf_node *node)
{
    switch (node->kind) {
    case GOLF_NODE_STOP:
        return true;
    case GOLF_NODE_GO:
        return placed_has_block(walk, offset, node->taken);
    case GOLF_NODE_BRANCH:
        return placed_branches(walk, offset, node);
    case GOLF_NODE_CALLS:
        return offset < walk->size && walk->bytes[offset] == 0xe8 &&
               placed_has_block(walk, placed_target(walk, offset + 1, 4), node->taken) &&
               placed_has_block(walk, offset + 5, node->other);
    case GOLF_NODE_RETURNS:
        return offset < walk->size && walk->bytes[offset] == 0xc3;
    default:
        return false;
    }
}

/* A jump, a filler or a prefix that the placer put there, and then the node. */
static inline bool placed_goes_on(struct placed_walk *walk, size_t offset, uint32_t node)
{
    for (size_t i = 0; i < walk->how->count; i++) {
        const struct golf_item *item = &walk->how->items[i];
        if (item->offset != offset || item->length == 0)
            continue;
        size_t next = offset + item->length;
        if (item->kind == GOLF_ITEM_JUMP)
            next = placed_target(walk, offset + 1, item->length - 1u);
        else if (item->kind != GOLF_ITEM_FILLER && item->kind != GOLF_ITEM_PREFIX)
            continue;
        if (placed_follows(walk, next, node))
            return true;
    }
    return false;
}

/* Whether code there does what the node wants, on every way. */
static inline bool placed_follows(struct placed_walk *walk, size_t offset, uint32_t node)
{
    const struct golf_pieces *pieces = walk->how->pieces;
    check(node < pieces->node_count);
    const struct golf_node *from = &pieces->nodes[node];
    if (offset >= walk->size && from->kind != GOLF_NODE_STOP && from->kind != GOLF_NODE_GO)
        return false;
    if (offset > walk->size)
        return false;
    uint8_t *seen = &walk->seen[offset * pieces->node_count + node];
    if (*seen)
        return *seen == 1;
    *seen = 1;
    walk->depth++;
    bool is_right = from->kind != GOLF_STEP && placed_ends(walk, offset, from);
    for (size_t i = 0; from->kind == GOLF_STEP && i < from->count && !is_right; i++) {
        const struct golf_choice *choice = &pieces->choices[from->first + i];
        size_t next;
        is_right =
            placed_is_choice(walk, offset, choice, &next) && placed_follows(walk, next, choice->to);
    }
    is_right = is_right || placed_goes_on(walk, offset, node);
    *seen = is_right ? 1 : 2;
    return is_right;
}

/* A file's header is one that the overlap admits, its data is there, and its code is the program.
 */
static inline void check_placed(const uint8_t *bytes, size_t size, const struct golf_placed *how)
{
    const struct golf_pieces *pieces = how->pieces;
    uint8_t header[GOLF_CELLS] = {0};
    memcpy(header, bytes, size < sizeof header ? size : sizeof header);
    check(how->overlap->filesz_at != GOLF_NOWHERE || golf_overlap_admits(how->overlap, header));
    for (size_t i = 0; i < how->count; i++) {
        const struct golf_item *item = &how->items[i];
        check((size_t)item->offset + item->length <= size || item->kind == GOLF_ITEM_DATA);
        check(item->kind != GOLF_ITEM_CHOICE || item->which < pieces->choice_count);
    }
    for (size_t i = 0; i < pieces->data_count; i++) {
        const struct golf_data *data = &pieces->data[i];
        for (size_t k = 0; k < data->size; k++) {
            uint8_t byte = k < data->file_size ? data->bytes[k] : 0;
            check((how->data[i] + k < size ? bytes[how->data[i] + k] : 0) == byte);
        }
    }
    if ((size + 1) * pieces->node_count > 1 << 24)
        return;
    struct placed_walk walk = {.how = how,
                               .bytes = bytes,
                               .size = size,
                               .seen = calloc((size + 1) * pieces->node_count, 1)};
    check(walk.seen != NULL);
    check(placed_follows(&walk, how->entry, pieces->blocks[0]));
    free(walk.seen);
}

/* What shrinking made holds together. */
static inline void check_pieces(const struct golf_pieces *pieces)
{
    check(pieces->block_count > 0);
    for (size_t i = 0; i < pieces->block_count; i++)
        check(pieces->blocks[i] < pieces->node_count);
    for (size_t i = 0; i < pieces->node_count; i++) {
        const struct golf_node *node = &pieces->nodes[i];
        check(node->kind <= GOLF_NODE_RETURNS);
        check(node->kind != GOLF_STEP ||
              (node->count > 0 && node->first + (size_t)node->count <= pieces->choice_count));
        for (size_t k = 0; node->kind == GOLF_STEP && k < node->count; k++) {
            const struct golf_choice *choice = &pieces->choices[node->first + k];
            check(choice->length <= GOLF_CHOICE_BYTES &&
                  choice->field_count <= GOLF_CHOICE_FIELDS && choice->to < pieces->node_count);
            check(node->least <= choice->length + pieces->nodes[choice->to].least);
            check(choice->followed_by == GOLF_NONE || choice->followed_by < pieces->data_count);
            for (size_t f = 0; f < choice->field_count; f++)
                check(choice->fields[f].offset + choice->fields[f].length <= choice->length);
        }
    }
}

#endif

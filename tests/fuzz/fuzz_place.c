/* Fuzzes golf's placer with random pieces, data and headers: each file that it makes is walked from
 * its entry. */
#include "fuzz_placed.h"

#include "elfgen.h"

enum { MOST_BLOCKS = 5, MOST_STEPS = 6, MOST_CHOICES = 4, MOST_DATA = 4, MOST_DATA_BYTES = 24 };

struct made {
    struct golf_node nodes[MOST_BLOCKS * (MOST_STEPS + 1)];
    struct golf_choice choices[MOST_BLOCKS * MOST_STEPS * MOST_CHOICES];
    uint32_t blocks[MOST_BLOCKS];
    struct golf_data data[MOST_DATA];
    uint8_t bytes[MOST_DATA][MOST_DATA_BYTES];
    struct golf_pieces pieces;
    unsigned refuse; /* so many candidates */
};

static void make_field(struct input *input, struct made *made, struct golf_choice *choice)
{
    static const uint8_t lengths[] = {4, 1, 4, 8, 2};
    struct golf_field *field = &choice->fields[0];
    field->length = lengths[take_index(input, 5) % 5];
    if (choice->length < field->length || made->pieces.data_count == 0)
        return;
    choice->field_count = 1;
    field->offset = (uint8_t)(choice->length - field->length);
    field->kind = take_bool(input) ? GOLF_ABSOLUTE_FIELD : GOLF_RELATIVE_FIELD;
    if (field->kind == GOLF_RELATIVE_FIELD && field->length != 4) /* as instructions have it */
        field->kind = GOLF_ABSOLUTE_FIELD;
    field->target = (uint16_t)(take(input, 1) % made->pieces.data_count);
    field->addend = take_bool(input) ? 0 : (int64_t)(take(input, 1) % 8);
    memset(choice->bytes + field->offset, 0, field->length);
}

static void make_step(struct input *input, struct made *made)
{
    struct golf_pieces *pieces = &made->pieces;
    struct golf_node *node = &pieces->nodes[pieces->node_count++];
    node->kind = GOLF_STEP;
    node->first = (uint32_t)pieces->choice_count;
    node->count = 1 + (uint32_t)take(input, 1) % MOST_CHOICES;
    node->dead_registers = (uint16_t)take(input, 2);
    node->flags_are_dead = take_bool(input);
    for (size_t i = 0; i < node->count; i++) {
        struct golf_choice *choice = &pieces->choices[pieces->choice_count++];
        choice->length = (uint8_t)(1 + take(input, 1) % 7);
        choice->followed_by = GOLF_NONE;
        choice->to = (uint32_t)pieces->node_count;
        choice->reason = "random";
        for (size_t k = 0; k < choice->length; k++)
            choice->bytes[k] = (uint8_t)take(input, 1);
        if (take(input, 1) % 4 == 0)
            make_field(input, made, choice);
    }
}

static void make_end(struct input *input, struct made *made, size_t blocks)
{
    static const uint8_t kinds[] = {GOLF_NODE_STOP,  GOLF_NODE_GO,     GOLF_NODE_BRANCH,
                                    GOLF_NODE_CALLS, GOLF_NODE_BRANCH, GOLF_NODE_STOP};
    struct golf_node *node = &made->nodes[made->pieces.node_count++];
    node->kind = kinds[take(input, 1) % sizeof kinds];
    node->condition = (uint8_t)(take(input, 1) % 16);
    if (take(input, 1) % 8 == 0)
        node->condition = (uint8_t)(0xe0 + take(input, 1) % 4);
    node->taken = (uint16_t)(take(input, 1) % blocks);
    node->other = (uint16_t)(take(input, 1) % blocks);
}

static void find_least(struct made *made)
{
    struct golf_pieces *pieces = &made->pieces;
    for (size_t i = pieces->node_count; i-- > 0;) {
        struct golf_node *node = &pieces->nodes[i];
        if (node->kind != GOLF_STEP)
            continue;
        node->least = UINT32_MAX;
        for (size_t k = 0; k < node->count; k++) {
            const struct golf_choice *choice = &pieces->choices[node->first + k];
            uint32_t least = choice->length + pieces->nodes[choice->to].least;
            if (least < node->least)
                node->least = least;
        }
    }
}

static void make(struct input *input, struct made *made, unsigned bits)
{
    struct golf_pieces *pieces = &made->pieces;
    *pieces = (struct golf_pieces){.bits = bits,
                                   .nodes = made->nodes,
                                   .choices = made->choices,
                                   .blocks = made->blocks,
                                   .data = made->data};
    pieces->data_count = take(input, 1) % (MOST_DATA + 1);
    for (size_t i = 0; i < pieces->data_count; i++) {
        struct golf_data *data = &made->data[i];
        data->file_size = take(input, 1) % MOST_DATA_BYTES;
        data->bytes = data->file_size ? made->bytes[i] : NULL;
        data->size = data->file_size + (take_bool(input) ? take(input, 1) % 64 : 0);
        data->size += data->size == 0;
        for (size_t k = 0; k < data->file_size; k++)
            made->bytes[i][k] = (uint8_t)take(input, 1);
    }
    pieces->block_count = 1 + take(input, 1) % MOST_BLOCKS;
    for (size_t i = 0; i < pieces->block_count; i++) {
        made->blocks[i] = (uint32_t)pieces->node_count;
        for (size_t steps = take(input, 1) % (MOST_STEPS + 1); steps > 0; steps--)
            make_step(input, made);
        make_end(input, made, pieces->block_count);
    }
    find_least(made);
}

static bool accept(const uint8_t *bytes, size_t size, const struct golf_placed *how, void *context)
{
    struct made *made = context;
    check_placed(bytes, size, how);
    return made->refuse-- == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct headers *headers = known_headers();
    if (!headers)
        return 0;
    struct input input = {.bytes = bytes, .left = size};
    struct made made = {0};
    bool is_small = take(&input, 1) % 4 == 0;
    headers += is_small;
    struct golf_overlap overlap = headers->overlaps[take(&input, 1) % headers->count];
    /* Headers that no kernel gave, as well. */
    for (size_t i = take(&input, 1) % 8; i > 0; i--) {
        size_t cell = take(&input, 1) % overlap.size;
        if (overlap.cells[cell].kind == GOLF_CELL_FREE)
            overlap.cells[cell] =
                (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = (uint8_t)take(&input, 1)};
    }
    made.refuse = (unsigned)take(&input, 1) % 4;
    make(&input, &made, overlap.bits);
    check_pieces(&made.pieces);
    struct golf_place_program program = {.pieces = &made.pieces};
    struct golf_place_options options = {
        .nodes = 500, .board_nodes = 50, .largest = 160, .context = &made};
    golf_place(&program, 1, &overlap, 1, &options, accept);
    options.nodes = 200;
    options.largest = 400;
    golf_pack(&program, 1, &overlap, 1, &options, accept);
    return 0;
}

/* Fuzzes golf's lifting: of files, and of code that is put into one. What is lifted must hold
 * together: blocks, objects and registers that are named exist. */
#include "fuzz_input.h"
#include "golf/lift/lift.h"

#include "elfgen.h"

static void drop(struct elfgen_text *text)
{
    text->length = 0;
}

static void check_value(const struct golf_lifted *lifted, const struct golf_value *value)
{
    check(value->kind <= GOLF_CASES);
    if (value->kind == GOLF_ADDRESS)
        check(value->data < lifted->data_count);
}

static void check_needs(const struct golf_lifted *lifted, const struct golf_need *needs,
                        size_t count)
{
    unsigned seen = 0;
    check(count <= GOLF_REGISTERS);
    for (size_t i = 0; i < count; i++) {
        const struct golf_need *need = &needs[i];
        check(need->reg < (lifted->bits == 64 ? 16 : 8) && !(seen >> need->reg & 1));
        check(need->bits == 8 || need->bits == 16 || need->bits == 32 || need->bits == 64);
        check(need->bits <= lifted->bits && need->count >= 1 && need->count <= GOLF_NEED_VALUES);
        seen |= 1u << need->reg;
        for (size_t k = 0; k < need->count; k++) {
            check(need->values[k].kind != GOLF_UNKNOWN);
            check_value(lifted, &need->values[k]);
        }
    }
}

static void check_block(const struct golf_lifted *lifted, const struct golf_block *block)
{
    check(block->end <= GOLF_RETURNS);
    check(block->taken < lifted->count && block->other < lifted->count);
    check(block->end != GOLF_STOP ||
          (block->count > 0 && block->operations[block->count - 1].ends));
    check_needs(lifted, block->needs, block->need_count);
    for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
        check_value(lifted, &block->at_start[reg]);
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        check(operation->length > 0 && operation->length <= ELFGEN_X86_LONGEST);
        check(!operation->ends || i + 1 == block->count);
        check_needs(lifted, operation->needs, operation->need_count);
        check_value(lifted, &operation->refers);
    }
}

static void lift(const uint8_t *bytes, size_t size)
{
    char room[256];
    struct elfgen_text out = {.bytes = room, .capacity = sizeof room, .flush = drop};
    struct golf_lifted lifted;
    struct elfgen_error error = {.text = ""};
    if (!golf_lift(bytes, size, &lifted, &error)) {
        check(error.text[0] != '\0' && !lifted.blocks && !lifted.data);
        return;
    }
    check(lifted.count > 0);
    for (size_t i = 0; i < lifted.count; i++)
        check_block(&lifted, &lifted.blocks[i]);
    for (size_t i = 0; i < lifted.data_count; i++)
        check(lifted.data[i].file_size <= lifted.data[i].size &&
              !lifted.data[i].bytes == (lifted.data[i].file_size == 0));
    golf_lifted_dump(&lifted, &out);
    golf_lifted_free(&lifted);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t file[1 << 16];
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    lift(bytes, size);
    if (size < 2)
        return 0;
    options.machine = bytes[0] & 1 ? ELFGEN_EM_386 : ELFGEN_EM_X86_64;
    options.permissions |= bytes[0] & 2 ? ELFGEN_PF_W : 0;
    options.zero_fill = bytes[0] & 4 ? 256 : 0;
    size_t length = elfgen_write_exec(file, sizeof file, bytes + 1, size - 1, &options, NULL);
    if (length > 0 && length <= sizeof file)
        lift(file, length);
    return 0;
}

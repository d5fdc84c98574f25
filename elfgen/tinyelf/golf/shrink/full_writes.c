/* Takes the result of `write` for its size. */
#include "full_writes.h"

#include <string.h>

#include "syscalls/table.h"
#include "x86/x86.h"

static const struct golf_need *its_need(const struct golf_operation *operation, unsigned reg)
{
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg == reg && operation->needs[i].values[0].kind == GOLF_CONSTANT)
            return &operation->needs[i];
    return NULL;
}

/* Whether it writes a known number of bytes: *size. */
static bool is_write(const struct golf_operation *operation, unsigned bits, uint64_t *size)
{
    enum { SIZE = 2 /* the third argument */ };
    enum call_instruction by = bits == 64 ? CALL_BY_SYSCALL : CALL_BY_INT80;
    const struct elfgen_call_instruction *registers = &x86_call_instructions[by];
    const struct call_instruction_row *row = syscall_instruction(by);
    const struct golf_need *number = its_need(operation, registers->number);
    const struct golf_need *count = its_need(operation, registers->arguments[SIZE]);
    if (operation->kind != GOLF_CALL ||
        memcmp(operation->bytes, row->bytes, CALL_INSTRUCTION_SIZE) != 0 || !number || !count ||
        number->values[0].number != (uint64_t)syscall_number(row->abi, "write") ||
        count->values[0].number > INT32_MAX)
        return false;
    *size = count->values[0].number;
    return true;
}

static void replace(struct golf_value *value, const struct golf_value *result, uint64_t size)
{
    if (value->kind == GOLF_OPAQUE && result->kind == GOLF_OPAQUE &&
        value->number == result->number)
        *value = (struct golf_value){.kind = GOLF_CONSTANT, .number = size};
}

/* What is needed after the write, up to the next call where it is told whether the last one failed.
 */
static void replace_after(struct golf_block *block, size_t write, unsigned result, uint64_t size)
{
    const struct golf_value returned = block->operations[write].after[result];
    bool is_last = true; /* no other call came so far */
    for (size_t i = write + 1; i <= block->count; i++) {
        struct golf_need *needs = i < block->count ? block->operations[i].needs : block->needs;
        size_t count = i < block->count ? block->operations[i].need_count : block->need_count;
        for (size_t k = 0; k < count; k++)
            for (unsigned v = 0; v < needs[k].count; v++) {
                replace(&needs[k].values[v], &returned, size);
                if (is_last && needs[k].values[v].kind == GOLF_CASES)
                    needs[k].values[v].kind = GOLF_CONSTANT;
            }
        is_last = is_last && i < block->count && block->operations[i].kind != GOLF_CALL;
    }
    block->operations[write].after[result] =
        (struct golf_value){.kind = GOLF_CONSTANT, .number = size};
}

void golf_assume_full_writes(struct golf_lifted *lifted)
{
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        for (size_t k = 0; k < block->count; k++) {
            uint64_t size = 0;
            if (is_write(&block->operations[k], lifted->bits, &size))
                replace_after(block, k, x86_call_instructions[CALL_BY_SYSCALL].result, size);
        }
    }
}

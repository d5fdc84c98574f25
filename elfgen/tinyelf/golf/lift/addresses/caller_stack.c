/* What functions read and write of the stack above their own return address. */
#include "golf/lift/addresses/caller_stack.h"

#include "golf/lift/memory.h"
#include "golf/lift/state.h"
#include "x86/registers.h"

enum {
    PLACES = 256,
    ANY_SIZE = 1 << 20 /* of a repeated string instruction */
};

/* What an instruction uses: the same memory as places of its own function's frame, and of those of
 * the functions that call it. */
struct used {
    struct lift *lift;
    const struct lift_instruction *instruction;
    int64_t size;
    size_t count;
    struct place {
        uint16_t frame;
        int64_t offset;
    } places[PLACES];
};

static bool refuse(const struct used *used)
{
    return lift_refuse_at(used->lift, used->instruction,
                          "it uses the address that a call before its own one pushed, which is "
                          "another one when code is moved");
}

static bool add_place(struct used *used, uint16_t frame, int64_t offset)
{
    for (size_t i = 0; i < used->count; i++)
        if (used->places[i].frame == frame && used->places[i].offset == offset)
            return true;
    if (used->count == PLACES)
        return refuse(used);
    used->places[used->count++] = (struct place){frame, offset};
    return true;
}

/* The same place in the frame of what calls, and above its return address in those of its callers.
 */
static bool follow_up(struct used *used, const struct lift_block *block, int64_t offset)
{
    const int64_t word = used->lift->bits / 8;
    const struct lift_value *stack = &block->out.registers[X86_RSP];
    if (stack->kind != LIFT_STACK)
        return refuse(used);
    const int64_t there = (int64_t)stack->number - word + offset;
    if (lift_has_pushed(used->lift, &block->out, stack->frame, there, used->size))
        return refuse(used);
    return stack->frame == 0 || there < word || add_place(used, stack->frame, there);
}

static bool check(struct lift *lift, const struct lift_instruction *instruction,
                  const struct lift_value *address, int64_t size)
{
    if (address->kind != LIFT_STACK || address->frame == 0 ||
        (int64_t)address->number < lift->bits / 8)
        return true;
    struct used used = {.lift = lift, .instruction = instruction, .size = size};
    if (!add_place(&used, address->frame, (int64_t)address->number))
        return false;
    for (size_t i = 0; i < used.count; i++)
        for (size_t k = 0; k < lift->block_count; k++) {
            const struct lift_block *block = lift->blocks[k];
            if (block->is_reached && block->end == GOLF_CALLS &&
                block->subroutine == used.places[i].frame &&
                !follow_up(&used, block, used.places[i].offset))
                return false;
        }
    return true;
}

bool lift_check_caller_stack(struct lift *lift)
{
    for (size_t i = 0; i < lift->block_count; i++) {
        const struct lift_block *block = lift->blocks[i];
        for (size_t k = 0; block->is_reached && k < block->count; k++) {
            const struct lift_instruction *instruction = lift->instructions[block->instructions[k]];
            const struct effects *effects = &instruction->effects;
            const int64_t any = effects->repeats ? ANY_SIZE : 0;
            if ((effects->read_count > 0 && !check(lift, instruction, &instruction->address_read,
                                                   any ? any : effects->reads[0].size)) ||
                (effects->write_count > 0 &&
                 !check(lift, instruction, &instruction->address_written,
                        any ? any : effects->writes[0].size)))
                return false;
        }
    }
    return true;
}

/* Numbers from outside as sizes: what a call returned, which is negative if it failed, argc, and
 * what is made of them. What such a size has beyond its object is decided by where golf places
 * things. */
#include "golf/lift/sizes/sizes.h"

#include <string.h>

#include "golf/lift/sizes/cells.h"
#include "golf/lift/sizes/given.h"
#include "golf/lift/sizes/made.h"
#include "golf/lift/memory.h"
#include "golf/lift/values.h"

void lift_give_result(const struct lift_call *call, const struct lift_instruction *instruction,
                      uint32_t index, struct lift_state *state)
{
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    const struct lift_value *before = instruction->before;
    struct lift_value *value = &state->registers[by->result];
    lift_forget_from(state, index + 1);
    if (call->result == ELFGEN_RESULT_VALUE || call->result == ELFGEN_RESULT_NEVER)
        return;
    value->given = (struct lift_given){.bits = (uint8_t)by->width,
                                       .of_call = true,
                                       .from = index + 1,
                                       .least = -ELFGEN_ERRNO_MOST,
                                       .scale = 1};
    if (call->result != ELFGEN_RESULT_COUNT || call->count_in >= call->count)
        return;
    const struct lift_parameter *count = &call->parameters[call->count_in];
    if (lift_is_constant(&before[count->reg])) {
        uint64_t size = x86_low_bits(before[count->reg].known[0].value, count->bits);
        value->given.most = size < CALL_TRANSFER_MOST ? (int64_t)size : CALL_TRANSFER_MOST;
    }
}

void lift_give_returned(struct lift_state *state, const struct lift_state *after, uint16_t writes)
{
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        if (!(writes >> i & 1))
            state->registers[i].given.from = 0;
    for (size_t i = 0; i < state->slot_count; i++)
        state->slots[i].value.given.from = 0;
    lift_cells_returned(state, after);
    state->compared.bits = 0;
    state->has_equal = false;
}

/* ---- what they are used for ---- */

/* Whether so many bytes from an address on may be more than its object has. */
static bool may_exceed(const struct lift *lift, const struct lift_value *pointer, int64_t most)
{
    const uint64_t address = pointer->known[0].value;
    const struct lift_segment *segment =
        lift_is_constant(pointer) ? lift_segment_of(lift, address) : NULL;
    if (!segment || most <= 0)
        return false;
    uint64_t end = segment->address + segment->memory_size;
    for (size_t i = 0; lift->addresses && i < lift->addresses->bound_count; i++)
        if (lift->addresses->bounds[i] > address && lift->addresses->bounds[i] < end)
            end = lift->addresses->bounds[i];
    return (uint64_t)most > end - address;
}

bool lift_size_is_right(struct lift *lift, const struct lift_instruction *instruction,
                        const struct lift_call *call, const struct lift_parameter *parameter)
{
    if (parameter->size_in >= call->count || !parameter->is_address)
        return true;
    const struct lift_parameter *count = &call->parameters[parameter->size_in];
    const struct lift_value *pointer = &instruction->before[parameter->reg],
                            *size = &instruction->before[count->reg];
    const struct lift_given given =
        size->kind == LIFT_OPAQUE ? size->given : lift_given_of(size, count->bits);
    if (lift_is_constant(size) || given.bits == 0 || given.is_low)
        return true;
    const bool fails =
        given.bits == 64 && count->bits == 64 && syscall_fails_if_negative(call->name);
    if (lift_given_least(&given) < 0 && given.of_call && !fails) {
        lift->does_other = true;
        return lift_refuse_call(lift, instruction, call->name,
                                "is given a call's result as its size: if that call failed, all "
                                "memory that follows is meant; test it first");
    }
    if ((lift_given_least(&given) >= 0 || fails) &&
        !may_exceed(lift, pointer, lift_given_most(&given)))
        return true;
    lift->does_other = true;
    return lift_refuse_call(lift, instruction, call->name,
                            "is given a size from outside that may be more than there is from its "
                            "address on; test it first");
}

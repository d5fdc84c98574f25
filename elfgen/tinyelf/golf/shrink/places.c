/* Places in memory with a register and a byte, or nothing, instead of an address of four bytes. */
#include "places.h"

/* What an operation needs in the stack pointer. */
static const struct golf_value *stack_of(const struct golf_operation *operation)
{
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg == X86_RSP && operation->needs[i].count == 1)
            return &operation->needs[i].values[0];
    return NULL;
}

/* Whether a register can come into the operand: it takes the place of the address. */
static bool has_room(const struct golf_lifted *lifted, const struct elfgen_x86_operand *operand)
{
    uint8_t full = golf_full_class(lifted);
    bool has_both = operand->base && operand->index;
    return operand->kind == ELFGEN_X86_MEMORY && !operand->segment && !has_both &&
           (!operand->base ||
            ((operand->base & X86_CLASS) == full && operand->base != full + X86_RSP)) &&
           (!operand->index || (operand->index & X86_CLASS) == full);
}

bool place_in_memory(const struct golf_lifted *lifted, const struct golf_operation *operation,
                     struct place *place)
{
    const struct elfgen_x86_operand *operands = operation->instruction.operands;
    const struct golf_value *stack = stack_of(operation);
    if (operation->kind != GOLF_KEPT || !operation->instruction.mnemonic ||
        operation->instruction.mnemonic == ELFGEN_X86_OP_lea)
        return false;
    if (operation->refers.kind == GOLF_ADDRESS) {
        *place = (struct place){operation->refers, operation->refers_operand};
        return has_room(lifted, &operands[place->operand]);
    }
    /* pop counts from where it leaves the stack pointer. */
    if (operation->writes & 1u << X86_RSP || !stack || stack->kind != GOLF_STACK)
        return false;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        if (operands[i].kind != ELFGEN_X86_MEMORY || operands[i].segment ||
            operands[i].base != golf_full_class(lifted) + X86_RSP)
            continue;
        *place = (struct place){*stack, (uint8_t)i};
        place->value.number += (uint64_t)operands[i].value;
        return true;
    }
    return false;
}

void place_by_register(const struct golf_lifted *lifted, const struct golf_operation *operation,
                       const struct place *place, unsigned reg, int64_t displacement,
                       struct elfgen_x86_instruction *instruction)
{
    *instruction = operation->instruction;
    struct elfgen_x86_operand *operand = &instruction->operands[place->operand];
    if (operand->base && place->value.kind == GOLF_ADDRESS) {
        operand->index = operand->base;
        operand->scale = 1;
    }
    operand->base = (uint8_t)(golf_full_class(lifted) + reg);
    operand->relative = operand->symbolic = false;
    operand->displacement_size = 0;
    operand->value = displacement;
}

bool place_is_near(const struct golf_value *value, const struct golf_value *from, int64_t *distance)
{
    *distance = (int64_t)(value->number - from->number);
    return value->kind == from->kind && value->data == from->data &&
           (value->kind == GOLF_ADDRESS || value->kind == GOLF_STACK) &&
           *distance == (int8_t)*distance;
}

bool place_is_used(const struct golf_lifted *lifted, const struct golf_operation *operation,
                   const struct golf_value *value)
{
    struct place place;
    int64_t distance;
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg != X86_RSP &&
            place_is_near(value, &operation->needs[i].values[0], &distance))
            return true;
    return place_in_memory(lifted, operation, &place) &&
           place_is_near(value, &place.value, &distance);
}

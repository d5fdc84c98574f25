/* Makes operations of the instructions that stay: what each needs, and where its data are. */
#include "golf/lift/operations.h"

#include <string.h>

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/calls.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/addresses/moved.h"
#include "golf/lift/narrow.h"
#include "golf/lift/addresses/numbers.h"
#include "golf/lift/objects.h"
#include "golf/lift/sizes/sizes.h"
#include "golf/lift/addresses/stored.h"
#include "golf/lift/transfer.h"
#include "golf/lift/values.h"

enum { NO_OPERAND = UINT8_MAX };

/* ---- values ---- */

struct golf_value lift_golf_value(const struct lift *lift, const struct lift_value *value,
                                  bool is_address, uint64_t at)
{
    struct golf_value result = {.kind = GOLF_OPAQUE, .number = value->number};
    if (value->kind == LIFT_STACK) {
        result.kind = GOLF_STACK;
        result.data = value->frame;
    }
    if (value->kind != LIFT_KNOWN)
        return result;
    uint64_t number = x86_low_bits(value->known[1].value, lift->bits);
    result = (struct golf_value){.kind = GOLF_CONSTANT, .number = number};
    if (!lift_is_constant(value)) {
        result.kind = GOLF_CASES;
        result.failed = x86_low_bits(value->known[0].value, lift->bits);
    } else if (is_address && !value->is_number && lift_is_address(lift, at)) {
        result.kind = GOLF_ADDRESS;
        result.failed = at;
    } else if (lift->addresses && lift_may_be_address(lift, value)) {
        result.kind = GOLF_ADDRESS;
        result.failed = number;
    }
    return result;
}

uint64_t lift_number(const struct lift_value *value)
{
    return lift_is_constant(value) ? value->known[0].value : 0;
}

/* The value of a register that is an address if it can be. */
static struct golf_value address_of(const struct lift *lift, const struct lift_value *value)
{
    struct lift_value address = *value;
    address.is_number = false; /* the kernel takes it as one */
    return lift_golf_value(lift, &address, true, lift_number(value));
}

struct golf_need *lift_add_need(struct golf_need *needs, size_t *count, unsigned reg, uint8_t bits,
                                struct golf_value value)
{
    struct golf_need *need = &needs[(*count)++];
    *need = (struct golf_need){.reg = (uint8_t)reg, .bits = bits, .count = 1, .values = {value}};
    return need;
}

/* ---- system calls ---- */

/* Whether an address is in nobody's memory, where a smaller file may have some. */
static bool is_elsewhere(const struct lift *lift, const struct lift_value *address)
{
    const uint64_t number = lift_number(address);
    return lift_is_constant(address) && lift_can_be_mapped(number) &&
           !lift_is_address(lift, number);
}

static bool refuse_elsewhere(struct lift *lift, const struct lift_instruction *instruction)
{
    lift->does_other = true;
    return lift_refuse_at(lift, instruction, lift_uses_elsewhere);
}

/* Notes the memory that a pointer of a call is about. */
static bool use_parameter(const struct lift_build *build,
                          const struct lift_instruction *instruction, const struct lift_call *call,
                          const struct lift_parameter *parameter)
{
    const struct lift_value *before = instruction->before, *value = &before[parameter->reg];
    uint64_t address = lift_number(value), size = 0;
    bool is_written = parameter->kind == ELFGEN_PARAMETER_OUTPUT;
    if (is_written && value->kind == LIFT_OPAQUE)
        build->lift->writes_anywhere = true;
    if (!lift_size_is_right(build->lift, instruction, call, parameter))
        return false;
    if (parameter->is_address &&
        (is_elsewhere(build->lift, value) ||
         (lift_is_constant(value) && parameter->bits < build->lift->bits && address >> 32 != 0)))
        return refuse_elsewhere(build->lift, instruction);
    if (!parameter->is_address || !lift_is_constant(value) ||
        !lift_segment_of(build->lift, address))
        return true;
    if (parameter->kind == ELFGEN_PARAMETER_STRING) {
        uint64_t most = UINT64_MAX;
        const uint8_t *bytes = lift_bytes(build->lift, address, &most);
        const uint8_t *last = bytes ? memchr(bytes, 0, most) : NULL;
        size = last && !(lift_segment_of(build->lift, address)->flags & ELFGEN_PF_W)
                   ? (uint64_t)(last - bytes) + 1
                   : 0;
    } else if (parameter->size_in < call->count) {
        const struct lift_parameter *count = &call->parameters[parameter->size_in];
        const struct lift_value *bytes = &before[count->reg];
        if (lift_is_constant(bytes)) {
            size = x86_low_bits(lift_number(bytes), count->bits);
            if (size == 0)
                return true;
            if (!lift_is_mapped(build->lift, address, size))
                return lift_refuse_call(build->lift, instruction, call->name,
                                        "is given more memory than there is from its address on");
        }
    }
    if (parameter->is_bytes && !is_written &&
        lift_passes_stored(build->lift, instruction, address, size))
        return false;
    return lift_use_by_call(build->lift, address, size, is_written,
                            !parameter->is_bytes && !is_written);
}

/* exit and exit_group are the same in a program of one thread. */
static void allow_other_exit(const struct lift_call *call, struct golf_need *need)
{
    int exits[2] = {syscall_number(call->abi, "exit"), syscall_number(call->abi, "exit_group")};
    need->count = GOLF_NEED_VALUES;
    for (size_t i = 0; i < GOLF_NEED_VALUES; i++)
        need->values[i] =
            (struct golf_value){.kind = GOLF_CONSTANT, .number = (uint64_t)(unsigned)exits[i]};
}

static bool build_call(const struct lift_build *build, const struct lift_instruction *instruction,
                       struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    struct lift_call call;
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    if (!lift_call_of(lift, instruction, instruction->before, &call))
        return false;
    operation->kind = GOLF_CALL;
    if (instruction->live_after & ~(1u << by->result))
        return lift_refuse_at(lift, instruction,
                              "it makes a system call, and reads what that leaves in registers "
                              "besides its result: an address, or flags");
    struct golf_need *number =
        lift_add_need(operation->needs, &operation->need_count, by->number, by->width,
                      lift_golf_value(lift, &instruction->before[by->number], false, 0));
    if (call.ends)
        allow_other_exit(&call, number);
    for (size_t i = 0; i < call.count; i++) {
        const struct lift_parameter *parameter = &call.parameters[i];
        const struct lift_value *value = &instruction->before[parameter->reg];
        if (!use_parameter(build, instruction, &call, parameter) ||
            lift_passes_address(lift, instruction, parameter))
            return false;
        bool is_empty =
            parameter->size_in < call.count &&
            lift_is_constant(&instruction->before[call.parameters[parameter->size_in].reg]) &&
            lift_number(&instruction->before[call.parameters[parameter->size_in].reg]) == 0;
        lift_add_need(operation->needs, &operation->need_count, parameter->reg, parameter->bits,
                      parameter->is_address && !is_empty ? address_of(lift, value)
                                                         : lift_golf_value(lift, value, false, 0));
    }
    return true;
}

/* ---- instructions that stay ---- */

/* Where a register is the only one of an operand in memory, the address that it makes. */
static uint64_t place_with(const struct lift_instruction *instruction, unsigned reg, bool *found)
{
    *found = false;
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        struct effects_place place =
            effects_operand_place(&instruction->zydis, instruction->operands, operand);
        if (place.base != reg && place.index != reg)
            continue;
        place.index = place.index == reg && place.scale <= 1 ? place.index : EFFECTS_NONE;
        if (place.base != reg && place.index != EFFECTS_NONE)
            place.base = EFFECTS_NONE;
        struct lift_value address = lift_place_address(instruction, &place, instruction->before);
        *found = lift_is_constant(&address);
        return lift_number(&address);
    }
    return 0;
}

/* Whether a number that is added is an address outside of the program's memory, and not a negative
 * number of 32 bits. */
static bool is_far(const struct lift *lift, const struct lift_value *value)
{
    enum { NEGATIVE = 0xffff };
    return is_elsewhere(lift, value) && lift_number(value) >> 16 != NEGATIVE;
}

/* What an operand of a sum has that is a register or a number. */
static struct lift_value added_value(const struct lift *lift,
                                     const struct lift_instruction *instruction, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    struct lift_value outer = {.kind = LIFT_OPAQUE, .is_outer = true};
    if (reg != EFFECTS_NONE)
        return instruction->before[reg];
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE
               ? lift_constant(x86_low_bits(operand->imm.value.u, lift->bits))
               : outer;
}

/* The values that add, sub or lea make an address of. */
static size_t added_values(const struct lift *lift, const struct lift_instruction *instruction,
                           struct lift_value values[3])
{
    const ZydisDecodedOperandMem *place = &instruction->operands[1].mem;
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    size_t count = 0;
    if (mnemonic == ZYDIS_MNEMONIC_ADD || mnemonic == ZYDIS_MNEMONIC_SUB) {
        values[count++] = added_value(lift, instruction, 0);
        values[count++] = added_value(lift, instruction, 1);
    } else if (mnemonic == ZYDIS_MNEMONIC_LEA) {
        const uint8_t registers[2] = {effects_register(place->base),
                                      effects_register(place->index)};
        for (size_t i = 0; i < 2; i++)
            if (registers[i] != EFFECTS_NONE)
                values[count++] = instruction->before[registers[i]];
        if (place->disp.has_displacement && place->base != ZYDIS_REGISTER_RIP)
            values[count++] = lift_constant(x86_low_bits((uint64_t)place->disp.value, lift->bits));
    }
    return count;
}

/* Whether a number that is not known is added to an address outside of the program's memory: what
 * is there is nothing, or what golf puts there. */
static bool counts_from_elsewhere(const struct lift *lift,
                                  const struct lift_instruction *instruction)
{
    struct lift_value values[3];
    bool is_there = false, is_added = false;
    if (instruction->result_addresses == 0)
        return false;
    const size_t count = added_values(lift, instruction, values);
    for (size_t i = 0; i < count; i++) {
        if (lift_is_constant(&values[i]))
            is_there = is_there || is_far(lift, &values[i]);
        else if (lift_part_of(lift, &values[i]) == LIFT_NO_ADDRESS)
            is_added = true;
        else
            return false;
    }
    return is_there && is_added;
}

static bool build_needs(const struct lift_build *build, const struct lift_instruction *instruction,
                        struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct lift_value *value = &instruction->before[reg];
        uint8_t bits = instruction->need_bits[reg];
        if (bits == 0)
            continue;
        bool is_address =
            instruction->need_addresses >> reg & 1 && lift_is_constant(value) && !value->is_number;
        bool is_place;
        uint64_t at = place_with(instruction, reg, &is_place);
        if (!is_place || !lift_is_data(lift, at))
            at = lift_number(value);
        if (is_address && !is_place && !lift_use(lift, at, 0, false))
            return false;
        lift_add_need(operation->needs, &operation->need_count, reg, bits,
                      lift_golf_value(lift, value, is_address, at));
    }
    return true;
}

/* Whether an instruction stores a register whose number could be an address: what is loaded again
 * could be used as one. */
static bool stores_address(const struct lift *lift, const struct lift_instruction *instruction)
{
    for (size_t i = 0; instruction->effects.write_count > 0 && i < instruction->zydis.operand_count;
         i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        if (reg == EFFECTS_NONE || reg == X86_RSP || bits < 32 ||
            !(operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ))
            continue;
        const struct lift_value *value = &instruction->before[reg];
        if (lift_is_constant(value) && lift_number(value) >= ELFGEN_PAGE &&
            lift_may_be_address(lift, value))
            return true;
    }
    return false;
}

/* Notes a place in memory that an instruction reads or writes. */
static bool use_place(const struct lift_build *build, const struct lift_instruction *instruction,
                      const struct effects_place *place, bool is_written)
{
    struct lift *lift = build->lift;
    struct lift_value address = lift_place_address(instruction, place, instruction->before);
    const struct lift_value *stack = &instruction->before[X86_RSP];
    if (address.kind == LIFT_STACK) {
        if (!is_written && address.frame == 0 && (int64_t)address.number >= 0)
            build->lifted->opens_stack = true;
        bool is_push = instruction->zydis.meta.category == ZYDIS_CATEGORY_PUSH;
        if (!is_push && (stack->kind != LIFT_STACK || stack->frame != address.frame ||
                         (int64_t)address.number < (int64_t)stack->number))
            build->lifted->uses_red_zone = true;
        return true;
    }
    if (is_written && !lift_is_constant(&address))
        lift->writes_anywhere = true;
    if (is_elsewhere(lift, &address))
        return refuse_elsewhere(lift, instruction);
    if (lift_is_constant(&address))
        return lift_use(lift, lift_number(&address), instruction->effects.repeats ? 0 : place->size,
                        is_written);
    /* A table: what its address is without what is not known. */
    struct effects_place table = *place;
    table.index = EFFECTS_NONE;
    table.bit = EFFECTS_NONE;
    if (table.base != EFFECTS_NONE && !lift_is_constant(&instruction->before[table.base]))
        table.base = EFFECTS_NONE;
    if (table.base == EFFECTS_NONE && !table.next && table.displacement < ELFGEN_PAGE)
        return true;
    address = lift_place_address(instruction, &table, instruction->before);
    if (table.base != EFFECTS_NONE && !lift_is_data(lift, lift_number(&address)))
        address = instruction->before[table.base];
    if (is_elsewhere(lift, &address))
        return refuse_elsewhere(lift, instruction);
    return !lift_is_constant(&address) || lift_use(lift, lift_number(&address), 0, is_written);
}

/* The number of an operand that may be an address: a displacement, or what an address is compared
 * with; 0: it has none. */
static uint64_t operand_number(const struct lift *lift, const struct lift_instruction *instruction,
                               const ZydisDecodedOperand *operand)
{
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
        (instruction->need_addresses || lift->addresses))
        return x86_low_bits(operand->imm.value.u, lift->bits);
    if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || !operand->mem.disp.has_displacement)
        return 0;
    uint64_t number = (uint64_t)operand->mem.disp.value;
    if (operand->mem.base == ZYDIS_REGISTER_RIP)
        return number + instruction->address + instruction->zydis.length;
    return operand->mem.disp.value < ELFGEN_PAGE ? 0 : number;
}

/* Whether an operand is a number that is stored, and could be an address. */
static bool is_stored_address(const struct lift *lift, const struct lift_instruction *instruction,
                              const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && instruction->effects.write_count > 0 &&
           operand->imm.value.u >= ELFGEN_PAGE && lift_segment_of(lift, operand->imm.value.u);
}

/* Whether an operand counts from a place right before or after the program's memory, so that it is
 * not known from which object. */
static bool is_outside(const struct lift *lift, const ZydisDecodedOperand *operand)
{
    if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || operand->mem.base == ZYDIS_REGISTER_RIP ||
        !operand->mem.disp.has_displacement || operand->mem.disp.value < ELFGEN_PAGE)
        return false;
    uint64_t number = (uint64_t)operand->mem.disp.value;
    for (size_t i = 0; i < lift->segment_count; i++) {
        const struct lift_segment *segment = &lift->segments[i];
        if (number + ELFGEN_PAGE > segment->address &&
            number < segment->address + segment->memory_size + ELFGEN_PAGE)
            return !lift_is_address(lift, number);
    }
    return false;
}

/* Whether an operand's number is known to be no address. A place without a register is one. */
static bool is_number(const struct lift *lift, const struct lift_instruction *instruction,
                      size_t index)
{
    const ZydisDecodedOperand *operand = &instruction->operands[index];
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.base == ZYDIS_REGISTER_NONE &&
        operand->mem.index == ZYDIS_REGISTER_NONE)
        return false;
    return (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE ||
            operand->type == ZYDIS_OPERAND_TYPE_MEMORY) &&
           lift_is_number_operand(lift, instruction, index);
}

/* Notes which number of the instruction is an address. Returns false after setting the error. */
static bool build_refers(const struct lift_build *build, const struct lift_instruction *instruction,
                         struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    for (size_t i = 0; i < instruction->zydis.operand_count_visible && i < ELFGEN_X86_OPERANDS;
         i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (is_number(lift, instruction, i))
            continue;
        uint64_t number = operand_number(lift, instruction, operand);
        if (is_stored_address(lift, instruction, operand) || is_outside(lift, operand))
            return lift_refuse_at(lift, instruction,
                                  is_outside(lift, operand)
                                      ? "it counts from an address outside of its memory, so that "
                                        "it is not known from which object"
                                      : "it stores a number that may be an address");
        if (number == 0 || !lift_is_address(lift, number) || operation->refers.kind == GOLF_ADDRESS)
            continue;
        bool is_place = operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
                        operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN;
        if (!is_place && !lift_use(lift, number, 0, false))
            return false;
        operation->refers_operand = (uint8_t)i;
        operation->refers =
            (struct golf_value){.kind = GOLF_ADDRESS, .number = number, .failed = number};
    }
    return true;
}

/* Makes the operand that reads known memory a number. Returns false if no instruction has one
 * there.
 */
static bool make_immediate(const struct lift *lift, const struct lift_instruction *instruction,
                           struct golf_operation *operation)
{
    struct elfgen_x86_instruction changed = operation->instruction;
    size_t at = 0;
    while (at < ELFGEN_X86_OPERANDS && changed.operands[at].kind != ELFGEN_X86_MEMORY)
        at++;
    if (at == 0 || at == ELFGEN_X86_OPERANDS || changed.operands[at].size == 0 ||
        (instruction->need_addresses && lift_is_address(lift, instruction->folded)))
        return false;
    uint64_t sign = UINT64_C(1) << (changed.operands[at].size * 8u - 1);
    changed.operands[at] = (struct elfgen_x86_operand){
        .kind = ELFGEN_X86_IMMEDIATE, .value = (int64_t)((instruction->folded ^ sign) - sign)};
    return golf_change_instruction(operation, &changed);
}

static void note_size(struct lift *lift, uint64_t size)
{
    enum { VECTOR = 16, MOST = 64 };
    uint16_t align = MOST;
    while (align > size && align > VECTOR)
        align /= 2;
    if (size >= VECTOR && align > lift->alignment)
        lift->alignment = align;
}

/* Instructions of vectors want whole vectors at multiples of their size, where they write them too;
 * cmpxchg16b wants its operand there, and those that load the processor's state what they load. */
static void note_alignment(struct lift *lift, const struct effects *effects)
{
    for (size_t i = 0; !effects->repeats && i < effects->read_count; i++)
        note_size(lift, effects->reads[i].size);
    for (size_t i = 0; !effects->repeats && i < effects->write_count; i++)
        note_size(lift, effects->writes[i].size);
}

/* Whether it sets the stack pointer to a number that may be an address, and is not known to be one:
 * what is pushed and popped is then in an object. */
static bool moves_stack_away(const struct lift *lift, const struct lift_instruction *instruction)
{
    bool is_set = false, has_address = false;
    for (size_t i = 0; !lift->addresses && i < instruction->zydis.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        is_set |= reg == X86_RSP && operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE;
        has_address |= operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                       lift_is_address(lift, x86_low_bits(operand->imm.value.u, lift->bits));
    }
    return is_set && has_address;
}

static bool build_kept(const struct lift_build *build, const struct lift_instruction *instruction,
                       struct golf_operation *operation)
{
    const struct effects *effects = &instruction->effects;
    operation->kind = GOLF_KEPT;
    operation->reads = instruction->reads;
    if (!lift_as_data(instruction, build->lift->machine, &operation->instruction))
        operation->instruction = (struct elfgen_x86_instruction){0};
    if (instruction->is_narrow)
        lift_narrow(operation);
    if (instruction->is_folded && make_immediate(build->lift, instruction, operation))
        return build_needs(build, instruction, operation);
    if (!build_needs(build, instruction, operation) || !build_refers(build, instruction, operation))
        return false;
    if (stores_address(build->lift, instruction) || moves_stack_away(build->lift, instruction))
        return lift_refuse_at(build->lift, instruction,
                              "it stores a number that may be an address");
    if (operation->refers.kind == GOLF_ADDRESS && !operation->instruction.mnemonic)
        return lift_refuse_at(
            build->lift, instruction,
            "an instruction has an address, and is not one that can be encoded again");
    if (counts_from_elsewhere(build->lift, instruction))
        return refuse_elsewhere(build->lift, instruction);
    note_alignment(build->lift, effects);
    for (size_t i = 0; i < effects->read_count; i++)
        if (!use_place(build, instruction, &effects->reads[i], false))
            return false;
    for (size_t i = 0; i < effects->write_count; i++)
        if (!use_place(build, instruction, &effects->writes[i], true))
            return false;
    bool is_of_stack = instruction->address_read.kind == LIFT_STACK;
    if (effects->read_count > 0 && !is_of_stack && instruction->result_addresses)
        build->lift->loads_addresses = true;
    return true;
}

bool lift_build_operation(const struct lift_build *build,
                          const struct lift_instruction *instruction,
                          const struct lift_value *after, struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    bool is_good = true;
    operation->ends = instruction->ends;
    operation->length = instruction->zydis.length;
    memcpy(operation->bytes, instruction->bytes, instruction->zydis.length);
    operation->offset = instruction->offset;
    operation->refers_operand = NO_OPERAND;
    operation->flags_read = instruction->flags_read;
    operation->flags_set = lift_flags_set(instruction);
    operation->implied = lift_implied(instruction);
    operation->tells_equal = instruction->tells_equal;
    operation->equal_register = instruction->equal_register;
    operation->equal_to = instruction->equal_to;
    if (instruction->kind == LIFT_SYSTEM) {
        is_good = build_call(build, instruction, operation);
    } else if (instruction->kind == LIFT_FAULT) {
        operation->kind = GOLF_FAULT;
    } else {
        is_good = !lift_shows_address(lift, instruction) && !lift_shows_moved(lift, instruction) &&
                  !lift_shows_stored(lift, instruction) &&
                  build_kept(build, instruction, operation);
    }
    operation->writes = instruction->ends ? 0 : instruction->writes;
    if (lift->bits == 32)
        operation->writes &= 0xff;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (operation->writes >> reg & 1)
            operation->after[reg] =
                lift_golf_value(lift, &after[reg], instruction->result_addresses >> reg & 1,
                                lift_number(&after[reg]));
    return is_good;
}

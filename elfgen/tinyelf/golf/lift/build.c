/* Makes blocks of operations: what each needs, and where its data are. */
#include "golf/lift/build.h"

#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "golf/lift/calls.h"
#include "golf/lift/decode.h"
#include "golf/lift/lift.h"
#include "golf/lift/live.h"
#include "golf/lift/memory.h"
#include "golf/lift/objects.h"
#include "golf/lift/transfer.h"
#include "golf/lift/values.h"

enum { NOT_YET = UINT16_MAX, NO_OPERAND = UINT8_MAX };

struct build {
    struct lift *lift;
    struct golf_lifted *lifted;
};

static bool no_memory(struct lift *lift)
{
    lift->failed = true;
    return error_no_memory(lift->error);
}

/* ---- values ---- */

/* A value as golf has it. An address keeps the number that it is in the original until its object
 * is known, and `at` is a place of the object in `failed`. */
static struct golf_value value_of(const struct lift *lift, const struct lift_value *value,
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
    } else if (is_address && lift_is_address(lift, at)) {
        result.kind = GOLF_ADDRESS;
        result.failed = at;
    }
    return result;
}

static uint64_t number_of(const struct lift_value *value)
{
    return lift_is_constant(value) ? value->known[0].value : 0;
}

/* The value of a register that is an address if it can be. */
static struct golf_value address_of(const struct lift *lift, const struct lift_value *value)
{
    return value_of(lift, value, true, number_of(value));
}

static struct golf_need *add_need(struct golf_need *needs, size_t *count, unsigned reg,
                                  uint8_t bits, struct golf_value value)
{
    struct golf_need *need = &needs[(*count)++];
    *need = (struct golf_need){.reg = (uint8_t)reg, .bits = bits, .count = 1, .values = {value}};
    return need;
}

/* ---- system calls ---- */

/* Notes the memory that a pointer of a call is about. */
static bool use_parameter(const struct build *build, const struct lift_call *call,
                          const struct lift_parameter *parameter,
                          const struct lift_value before[GOLF_REGISTERS])
{
    const struct lift_value *value = &before[parameter->reg];
    uint64_t address = number_of(value), size = 0;
    bool is_written = parameter->kind == ELFGEN_PARAMETER_OUTPUT;
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
            size = x86_low_bits(number_of(bytes), count->bits);
            if (size == 0)
                return true;
            if (!lift_is_mapped(build->lift, address, size))
                size = 0;
        }
    }
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

static bool build_call(const struct build *build, const struct lift_instruction *instruction,
                       struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    struct lift_call call;
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    if (!lift_call_of(lift, instruction, instruction->before, &call))
        return false;
    operation->kind = GOLF_CALL;
    struct golf_need *number =
        add_need(operation->needs, &operation->need_count, by->number, by->width,
                 value_of(lift, &instruction->before[by->number], false, 0));
    if (call.ends)
        allow_other_exit(&call, number);
    for (size_t i = 0; i < call.count; i++) {
        const struct lift_parameter *parameter = &call.parameters[i];
        const struct lift_value *value = &instruction->before[parameter->reg];
        if (!use_parameter(build, &call, parameter, instruction->before))
            return false;
        bool is_empty =
            parameter->size_in < call.count &&
            lift_is_constant(&instruction->before[call.parameters[parameter->size_in].reg]) &&
            number_of(&instruction->before[call.parameters[parameter->size_in].reg]) == 0;
        add_need(operation->needs, &operation->need_count, parameter->reg, parameter->bits,
                 parameter->is_address && !is_empty ? address_of(lift, value)
                                                    : value_of(lift, value, false, 0));
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
        return number_of(&address);
    }
    return 0;
}

static bool build_needs(const struct build *build, const struct lift_instruction *instruction,
                        struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct lift_value *value = &instruction->before[reg];
        uint8_t bits = instruction->need_bits[reg];
        if (bits == 0)
            continue;
        bool is_address = instruction->need_addresses >> reg & 1 && lift_is_constant(value);
        bool is_place;
        uint64_t at = place_with(instruction, reg, &is_place);
        if (!is_place || !lift_is_data(lift, at))
            at = number_of(value);
        if (is_address && !is_place && !lift_use(lift, at, 0, false))
            return false;
        add_need(operation->needs, &operation->need_count, reg, bits,
                 value_of(lift, value, is_address, at));
    }
    return true;
}

/* Notes a place in memory that an instruction reads or writes. */
static bool use_place(const struct build *build, const struct lift_instruction *instruction,
                      const struct effects_place *place, bool is_written)
{
    struct lift *lift = build->lift;
    struct lift_value address = lift_place_address(instruction, place, instruction->before);
    const struct lift_value *stack = &instruction->before[X86_STACK_POINTER];
    if (address.kind == LIFT_STACK) {
        if (!is_written && address.frame == 0 && (int64_t)address.number >= 0)
            build->lifted->opens_stack = true;
        bool is_push = instruction->zydis.meta.category == ZYDIS_CATEGORY_PUSH;
        if (!is_push && (stack->kind != LIFT_STACK || stack->frame != address.frame ||
                         (int64_t)address.number < (int64_t)stack->number))
            build->lifted->uses_red_zone = true;
        return true;
    }
    if (lift_is_constant(&address))
        return lift_use(lift, number_of(&address), instruction->effects.repeats ? 0 : place->size,
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
    if (table.base != EFFECTS_NONE && !lift_is_data(lift, number_of(&address)))
        address = instruction->before[table.base];
    return !lift_is_constant(&address) || lift_use(lift, number_of(&address), 0, is_written);
}

/* Which number of the instruction is an address: a displacement, or what an address is compared
 * with. Returns false after setting the error. */
static bool build_refers(const struct build *build, const struct lift_instruction *instruction,
                         struct golf_operation *operation)
{
    struct lift *lift = build->lift;
    operation->refers_operand = NO_OPERAND;
    for (size_t i = 0; i < instruction->zydis.operand_count_visible && i < ELFGEN_X86_OPERANDS;
         i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint64_t number = 0;
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.disp.has_displacement) {
            number = (uint64_t)operand->mem.disp.value;
            if (operand->mem.base == ZYDIS_REGISTER_RIP)
                number += instruction->address + instruction->zydis.length;
            else if (operand->mem.disp.value < ELFGEN_PAGE)
                continue;
            if (operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN && !lift_use(lift, number, 0, false))
                return false;
        } else if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && instruction->need_addresses) {
            number = x86_low_bits(operand->imm.value.u, lift->bits);
            if (lift_is_address(lift, number) && !lift_use(lift, number, 0, false))
                return false;
        } else if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                   instruction->effects.write_count > 0 && operand->imm.value.u >= ELFGEN_PAGE &&
                   lift_segment_of(lift, operand->imm.value.u)) {
            return lift_refuse_at(lift, instruction, "it stores a number that may be an address");
        }
        if (!lift_is_address(lift, number) || number == 0)
            continue;
        operation->refers_operand = (uint8_t)i;
        operation->refers =
            (struct golf_value){.kind = GOLF_ADDRESS, .number = number, .failed = number};
        return true;
    }
    return true;
}

static bool build_kept(const struct build *build, const struct lift_instruction *instruction,
                       struct golf_operation *operation)
{
    const struct effects *effects = &instruction->effects;
    operation->kind = GOLF_KEPT;
    operation->reads = instruction->reads;
    if (!lift_as_data(instruction, build->lift->machine, &operation->instruction))
        operation->instruction = (struct elfgen_x86_instruction){0};
    if (!build_needs(build, instruction, operation) || !build_refers(build, instruction, operation))
        return false;
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

/* ---- blocks ---- */

static bool build_operation(const struct build *build, const struct lift_instruction *instruction,
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
    operation->flags_written = instruction->flags_written;
    if (instruction->kind == LIFT_SYSTEM) {
        operation->flags_read = operation->flags_written = 0;
        is_good = build_call(build, instruction, operation);
    } else if (instruction->kind == LIFT_FAULT) {
        operation->kind = GOLF_FAULT;
        operation->flags_read = operation->flags_written = 0;
    } else {
        is_good = build_kept(build, instruction, operation);
    }
    operation->writes = instruction->ends ? 0 : instruction->writes;
    if (lift->bits == 32)
        operation->writes &= 0xff;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (operation->writes >> reg & 1)
            operation->after[reg] =
                value_of(lift, &after[reg], instruction->result_addresses >> reg & 1,
                         number_of(&after[reg]));
    return is_good;
}

static size_t operation_count(const struct lift *lift, const struct lift_block *block)
{
    size_t count = 0;
    for (size_t i = 0; i < block->count; i++)
        count += lift_is_operation(lift->instructions[block->instructions[i]]);
    return count;
}

/* Whether a block reads a register, and does not know that it has this constant. */
static bool is_lost_in(const struct lift_block *block, unsigned reg, const struct lift_value *value)
{
    return block->live_in.bits[reg] != 0 && !lift_is_same(value, &block->in.registers[reg]);
}

/* Whether a constant at the end is not one any more in a block after it. */
static bool is_lost(const struct lift *lift, const struct lift_block *block, unsigned reg)
{
    const struct lift_value *value = &block->out.registers[reg];
    bool has_other = block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
    return block->end == GOLF_RETURNS || is_lost_in(lift->blocks[block->taken], reg, value) ||
           (has_other && is_lost_in(lift->blocks[block->other], reg, value));
}

/* What is in registers at the start and at the end, and what must be. */
static bool build_ends(const struct build *build, const struct lift_block *block,
                       struct golf_block *result)
{
    struct lift *lift = build->lift;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct lift_value *in = &block->in.registers[reg], *out = &block->out.registers[reg];
        bool is_address = block->live_in.addresses >> reg & 1;
        struct golf_value value = value_of(lift, in, is_address, number_of(in));
        result->known[reg] = value;
        if (block->live_in.bits[reg] != 0 || result == build->lifted->blocks)
            result->at_start[reg] = value;
        is_address = block->live_out.addresses >> reg & 1;
        value = value_of(lift, out, is_address, number_of(out));
        result->at_end[reg] = value;
        if (block->live_out.bits[reg] == 0)
            continue;
        if (value.kind == GOLF_ADDRESS && is_lost(lift, block, reg) &&
            !lift_use(lift, value.number, 0, false))
            return false;
        add_need(result->needs, &result->need_count, reg, block->live_out.bits[reg], value);
    }
    return true;
}

/* loop and jrcxz read rcx, which is as it was before them. */
static void build_counter(const struct build *build, const struct lift_block *block,
                          struct golf_block *result)
{
    enum { RCX = 1 };
    const struct lift_instruction *last =
        build->lift->instructions[block->instructions[block->count - 1]];
    size_t kept = 0;
    for (size_t i = 0; i < result->need_count; i++)
        if (result->needs[i].reg != RCX)
            result->needs[kept++] = result->needs[i];
    result->need_count = kept;
    add_need(result->needs, &result->need_count, RCX, (uint8_t)build->lift->bits,
             value_of(build->lift, &last->before[RCX], false, 0));
}

static bool build_block(const struct build *build, const struct lift_block *block,
                        struct golf_block *result)
{
    struct lift *lift = build->lift;
    size_t count = operation_count(lift, block);
    result->operations = calloc(count + 1, sizeof *result->operations);
    if (!result->operations)
        return no_memory(lift);
    result->end = block->end;
    result->condition = block->condition;
    if (block->end == GOLF_GO || block->end == GOLF_BRANCH || block->end == GOLF_CALLS)
        result->taken = lift->blocks[block->taken]->number;
    if (block->end == GOLF_BRANCH || block->end == GOLF_CALLS)
        result->other = lift->blocks[block->other]->number;
    result->flags_live = block->live_out.flags;
    for (size_t i = 0; i < block->count; i++) {
        const struct lift_instruction *instruction = lift->instructions[block->instructions[i]];
        const struct lift_value *after =
            i + 1 < block->count ? lift->instructions[block->instructions[i + 1]]->before
                                 : block->out.registers;
        result->size += instruction->zydis.length;
        if (i == 0)
            result->offset = instruction->offset;
        if (lift_is_operation(instruction) &&
            !build_operation(build, instruction, after, &result->operations[result->count++]))
            return false;
    }
    if (!build_ends(build, block, result))
        return false;
    if (block->end == GOLF_BRANCH && block->condition >= 0xe0)
        build_counter(build, block, result);
    return true;
}

/* ---- addresses ---- */

/* Makes an address one of an object. */
static void place_value(const struct build *build, struct golf_value *value)
{
    if (value->kind != GOLF_ADDRESS)
        return;
    uint16_t object = lift_object_at(build->lifted, value->failed);
    uint64_t number = value->number;
    *value = (struct golf_value){.kind = GOLF_CONSTANT, .number = number};
    if (object == GOLF_NONE)
        return;
    value->kind = GOLF_ADDRESS;
    value->data = object;
    value->number = number - build->lifted->data[object].address;
}

static void place_needs(const struct build *build, struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            place_value(build, &needs[i].values[k]);
}

static void place_values(const struct build *build)
{
    for (size_t i = 0; i < build->lifted->count; i++) {
        struct golf_block *block = &build->lifted->blocks[i];
        place_needs(build, block->needs, block->need_count);
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++) {
            place_value(build, &block->at_start[reg]);
            place_value(build, &block->known[reg]);
            place_value(build, &block->at_end[reg]);
        }
        for (size_t k = 0; k < block->count; k++) {
            struct golf_operation *operation = &block->operations[k];
            place_needs(build, operation->needs, operation->need_count);
            place_value(build, &operation->refers);
            for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
                place_value(build, &operation->after[reg]);
        }
    }
}

/* ---- all blocks ---- */

/* Numbers the blocks that are reached, in the order in which they follow each other. */
static size_t number_blocks(struct lift *lift, uint16_t *order)
{
    size_t count = 0, depth = 0;
    uint16_t *stack = order + GOLF_LIFT_BLOCKS;
    for (size_t i = 0; i < lift->block_count; i++)
        lift->blocks[i]->number = NOT_YET;
    stack[depth++] = 0;
    while (depth > 0) {
        struct lift_block *block = lift->blocks[stack[--depth]];
        if (block->number != NOT_YET)
            continue;
        block->number = (uint16_t)count;
        order[count++] = stack[depth];
        if (block->end != GOLF_STOP && block->end != GOLF_RETURNS)
            stack[depth++] = block->taken;
        if (block->end == GOLF_BRANCH || block->end == GOLF_CALLS)
            stack[depth++] = block->other;
    }
    return count;
}

/* Whether an end is reached from every block; sets the error that none is. */
static bool ends(struct lift *lift, const struct golf_lifted *lifted)
{
    bool *reaches = calloc(lifted->count + 1, sizeof *reaches), changed = true;
    if (!reaches)
        return no_memory(lift);
    while (changed) {
        changed = false;
        for (size_t i = lifted->count; i-- > 0;) {
            const struct golf_block *block = &lifted->blocks[i];
            bool is_end = block->end == GOLF_STOP || block->end == GOLF_RETURNS ||
                          reaches[block->taken] || (block->end != GOLF_GO && reaches[block->other]);
            changed = changed || is_end != reaches[i];
            reaches[i] = is_end;
        }
    }
    for (size_t i = 0; i < lifted->count && !lift->failed; i++)
        if (!reaches[i])
            lift_refuse(lift, ELFGEN_UNSUPPORTED, lifted->blocks[i].offset,
                        "it never ends: no way leads from here to an end");
    free(reaches);
    return !lift->failed;
}

/* Whether some block leads to the first one. */
static bool is_start_reached_again(const struct lift *lift, const uint16_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct lift_block *block = lift->blocks[order[i]];
        bool has_two = block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
        if ((block->end == GOLF_GO || has_two) && block->taken == 0)
            return true;
        if (has_two && block->other == 0)
            return true;
    }
    return false;
}

/* A block before the first one, so that what Linux gives a program holds in it: later, what is in
 * registers may be something else. */
static bool build_start(const struct build *build, const struct lift_block *first,
                        struct golf_block *result)
{
    struct lift_block start = {.address = first->address, .end = GOLF_GO};
    lift_state_start(&start.in);
    start.out = start.in;
    start.live_out = first->live_in;
    if (!build_block(build, &start, result))
        return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        result->at_start[reg] = result->known[reg];
    return true;
}

bool lift_build(struct lift *lift, struct golf_lifted *lifted)
{
    const struct build build = {lift, lifted};
    uint16_t order[3 * GOLF_LIFT_BLOCKS + 1];
    size_t count = number_blocks(lift, order), added = 0;
    if (is_start_reached_again(lift, order, count)) {
        added = 1;
        for (size_t i = 0; i < count; i++)
            lift->blocks[order[i]]->number++;
    }
    lifted->bits = lift->bits;
    lifted->has_writable_code = lift->has_writable_code;
    lifted->blocks = calloc(count + added + 1, sizeof *lifted->blocks);
    if (!lifted->blocks)
        return no_memory(lift);
    lifted->count = count + added;
    if (added && !build_start(&build, lift->blocks[0], &lifted->blocks[0]))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!build_block(&build, lift->blocks[order[i]], &lifted->blocks[i + added]))
            return false;
    if (!ends(lift, lifted) || !lift_objects(lift, lifted))
        return false;
    place_values(&build);
    return true;
}

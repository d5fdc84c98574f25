/* Moves zeros that a program writes to onto its stack: memory that is there anyway.
 *
 * Below the first stack pointer Linux has mapped 128 KiB of zeros. What is there belongs to nobody
 * but the program, which has no signal handlers. An object moves if the stack pointer is known
 * wherever its address is needed. */
#include "golf/lift/stack_data.h"

#include <string.h>

enum {
    SMALL = 96,              /* such objects are reached by a distance of one byte */
    ROUND = 16,              /* of what the first stack pointer is a multiple */
    LOWEST = (64 << 10) + 64 /* up to Linux 4.19, code may not use memory further down */
};

/* Objects as they are moved. */
struct moving {
    struct golf_lifted *lifted;
    uint16_t data;   /* the one that is looked at */
    int64_t offset;  /* where it goes, from the first stack pointer */
    int64_t highest; /* the least stack pointer where it is needed */
    uint64_t depth;  /* bytes that calls push */
    bool narrows;    /* sums of addresses may lose all but their low 32 bits */
};

/* ---- what is known of the stack pointer ---- */

/* The stack pointer before each operation, from that at the block's start on. */
static const struct golf_value *stack_after(const struct golf_operation *operation,
                                            const struct golf_value *stack)
{
    return operation->writes & 1u << X86_RSP ? &operation->after[X86_RSP] : stack;
}

static bool is_known(const struct golf_value *stack)
{
    return stack->kind == GOLF_STACK && stack->data == 0;
}

static bool has_two(const struct golf_block *block)
{
    return block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
}

static bool goes_on(const struct golf_block *block)
{
    return block->end != GOLF_STOP && block->end != GOLF_RETURNS;
}

/* ---- where an object is needed ---- */

static bool is_of(const struct moving *moving, const struct golf_value *value)
{
    return value->kind == GOLF_ADDRESS && value->data == moving->data;
}

static bool needs_it(const struct moving *moving, const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            if (is_of(moving, &needs[i].values[k]))
                return true;
    return false;
}

/* Whether the object's address must have no more than 32 bits: less of it is needed, or sums are
 * made of it that may lose the others. */
static bool is_narrow(const struct moving *moving, const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (needs[i].bits < moving->lifted->bits && needs_it(moving, &needs[i], 1))
            return true;
    return false;
}

static bool makes_sum(const struct moving *moving, const struct golf_operation *operation)
{
    const struct elfgen_x86_instruction *instruction = &operation->instruction;
    if (operation->kind != GOLF_KEPT)
        return false;
    bool is_lea = instruction->mnemonic == (uint16_t)elfgen_x86_mnemonic("lea", 3);
    if (is_lea || instruction->mnemonic == 0)
        return is_of(moving, &operation->refers) ||
               needs_it(moving, operation->needs, operation->need_count);
    for (size_t i = 0; i < operation->need_count; i++)
        for (size_t k = 0; needs_it(moving, &operation->needs[i], 1) && k < ELFGEN_X86_OPERANDS;
             k++)
            if (instruction->operands[k].kind == ELFGEN_X86_REGISTER_OPERAND &&
                (instruction->operands[k].reg & X86_NUMBER) == operation->needs[i].reg)
                return true;
    /* String instructions have no operands, and step to the next address. */
    return !instruction->operands[0].kind &&
           needs_it(moving, operation->needs, operation->need_count);
}

/* Notes a stack pointer at which the object is needed. */
static bool note(struct moving *moving, const struct golf_value *stack)
{
    if (!is_known(stack))
        return false;
    if ((int64_t)stack->number < moving->highest)
        moving->highest = (int64_t)stack->number;
    return true;
}

/* Makes the operand in memory that refers to the object one of the stack. Returns false if no
 * instruction has one there. */
static bool rewrite(const struct moving *moving, const struct golf_value *stack,
                    struct golf_operation *operation)
{
    struct elfgen_x86_instruction changed = operation->instruction;
    struct elfgen_x86_operand *operand = &changed.operands[operation->refers_operand];
    uint8_t rsp = (uint8_t)(golf_full_class(moving->lifted) + X86_RSP);
    if (!changed.mnemonic || operand->kind != ELFGEN_X86_MEMORY || operand->segment)
        return false;
    if (operand->base) {
        if (operand->index || operand->base == rsp)
            return false;
        operand->index = operand->base;
        operand->scale = 1;
    }
    if (operand->index && (operand->index & X86_CLASS) != golf_full_class(moving->lifted))
        return false;
    operand->base = rsp;
    operand->relative = false;
    operand->value = moving->offset + (int64_t)operation->refers.number - (int64_t)stack->number;
    return golf_change_instruction(operation, &changed);
}

static bool has_need(const struct golf_need *needs, size_t count, uint8_t reg)
{
    for (size_t i = 0; i < count; i++)
        if (needs[i].reg == reg)
            return true;
    return false;
}

static void need_stack(const struct moving *moving, struct golf_need *needs, size_t *count,
                       const struct golf_value *stack)
{
    if (has_need(needs, *count, X86_RSP))
        return;
    needs[(*count)++] = (struct golf_need){
        .reg = X86_RSP, .bits = (uint8_t)moving->lifted->bits, .count = 1, .values = {*stack}};
}

static void move_values(const struct moving *moving, struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++) {
            struct golf_value *value = &needs[i].values[k];
            if (is_of(moving, value))
                *value = (struct golf_value){.kind = GOLF_STACK,
                                             .number = value->number + (uint64_t)moving->offset};
        }
}

static void move_registers(const struct moving *moving, struct golf_value values[GOLF_REGISTERS])
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (is_of(moving, &values[reg]))
            values[reg] = (struct golf_value){
                .kind = GOLF_STACK, .number = values[reg].number + (uint64_t)moving->offset};
}

/* ---- whether it can move ---- */

static bool may_refer(const struct moving *moving, const struct golf_value *stack,
                      const struct golf_operation *operation)
{
    if (!is_of(moving, &operation->refers))
        return true;
    struct golf_operation copy = *operation;
    return is_known(stack) && operation->need_count < GOLF_REGISTERS &&
           rewrite(moving, stack, &copy);
}

/* Whether the stack pointer is known wherever the block has the object's address. */
static bool may_move_in(struct moving *moving, const struct golf_block *block, bool *is_there)
{
    const struct golf_value *stack = &block->known[X86_RSP];
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        bool is_here = needs_it(moving, operation->needs, operation->need_count) ||
                       is_of(moving, &operation->refers);
        for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
            is_here =
                is_here || (operation->writes >> reg & 1 && is_of(moving, &operation->after[reg]));
        *is_there = *is_there || is_here;
        if ((is_here && !note(moving, stack)) || !may_refer(moving, stack, operation) ||
            is_narrow(moving, operation->needs, operation->need_count) ||
            (moving->narrows && makes_sum(moving, operation)))
            return false;
        stack = stack_after(operation, stack);
    }
    bool is_here = needs_it(moving, block->needs, block->need_count);
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        is_here = is_here || is_of(moving, &block->at_start[reg]);
    *is_there = *is_there || is_here;
    if (is_narrow(moving, block->needs, block->need_count) ||
        (moving->narrows && needs_it(moving, block->needs, block->need_count)))
        return false;
    return !is_here ||
           (note(moving, &block->at_end[X86_RSP]) && note(moving, &block->known[X86_RSP]));
}

/* Marks blocks from which one is reached that is marked. */
static void spread(const struct golf_lifted *lifted, bool *marked)
{
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = lifted->count; i-- > 0;) {
            const struct golf_block *block = &lifted->blocks[i];
            if (!marked[i] && goes_on(block) &&
                (marked[block->taken] || (has_two(block) && marked[block->other])))
                marked[i] = is_changed = true;
        }
    }
}

/* Whether the object can move; marks the blocks that then need the stack pointer. */
static bool may_move(struct moving *moving, bool *marked)
{
    const struct golf_lifted *lifted = moving->lifted;
    bool is_used = false;
    memset(marked, 0, lifted->count * sizeof *marked);
    moving->highest = INT64_MAX;
    for (size_t i = 0; i < lifted->count; i++) {
        if (!may_move_in(moving, &lifted->blocks[i], &marked[i]))
            return false;
        is_used = is_used || marked[i];
    }
    spread(lifted, marked);
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        if (marked[i] &&
            (!is_known(&block->known[X86_RSP]) || block->need_count == GOLF_REGISTERS ||
             (goes_on(block) && !is_known(&block->at_end[X86_RSP]))))
            return false;
    }
    return is_used;
}

/* ---- moving ---- */

static void move(const struct moving *moving, const bool *marked)
{
    for (size_t i = 0; i < moving->lifted->count; i++) {
        struct golf_block *block = &moving->lifted->blocks[i];
        struct golf_value stack = block->known[X86_RSP];
        for (size_t k = 0; k < block->count; k++) {
            struct golf_operation *operation = &block->operations[k];
            move_values(moving, operation->needs, operation->need_count);
            move_registers(moving, operation->after);
            if (is_of(moving, &operation->refers) && rewrite(moving, &stack, operation)) {
                need_stack(moving, operation->needs, &operation->need_count, &stack);
                operation->reads |= 1u << X86_RSP;
                operation->refers = (struct golf_value){.kind = GOLF_UNKNOWN};
                operation->refers_operand = UINT8_MAX;
            }
            stack = *stack_after(operation, &stack);
        }
        move_values(moving, block->needs, block->need_count);
        move_registers(moving, block->at_start);
        move_registers(moving, block->known);
        move_registers(moving, block->at_end);
        if (!marked[i])
            continue;
        block->at_start[X86_RSP] = block->known[X86_RSP];
        if (goes_on(block))
            need_stack(moving, block->needs, &block->need_count, &block->at_end[X86_RSP]);
    }
}

/* Removes objects that are needed no more. */
static void remove_object(struct golf_lifted *lifted, uint16_t index)
{
    memmove(&lifted->data[index], &lifted->data[index + 1],
            (lifted->data_count - index - 1) * sizeof *lifted->data);
    lifted->data_count--;
}

static void renumber_value(struct golf_value *value, uint16_t index)
{
    if (value->kind == GOLF_ADDRESS && value->data > index)
        value->data--;
}

static void renumber_needs(struct golf_need *needs, size_t count, uint16_t index)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            renumber_value(&needs[i].values[k], index);
}

static void renumber(struct golf_lifted *lifted, uint16_t index)
{
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        for (size_t k = 0; k < block->count; k++) {
            struct golf_operation *operation = &block->operations[k];
            renumber_needs(operation->needs, operation->need_count, index);
            renumber_value(&operation->refers, index);
            for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
                renumber_value(&operation->after[reg], index);
        }
        renumber_needs(block->needs, block->need_count, index);
        for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
            renumber_value(&block->at_start[reg], index);
            renumber_value(&block->known[reg], index);
            renumber_value(&block->at_end[reg], index);
        }
    }
}

void lift_drop_object(struct golf_lifted *lifted, uint16_t index)
{
    remove_object(lifted, index);
    renumber(lifted, index);
}

/* ---- where nothing may be pushed ---- */

/* Whether it may use memory that is not known. */
static bool touches(const struct golf_operation *operation)
{
    if (operation->kind == GOLF_FAULT)
        return false;
    if (operation->kind == GOLF_KEPT && operation->instruction.mnemonic == 0)
        return true;
    for (size_t i = 0; operation->kind == GOLF_KEPT && i < ELFGEN_X86_OPERANDS; i++)
        if (operation->instruction.operands[i].kind == ELFGEN_X86_MEMORY)
            return true;
    for (size_t i = 0; i < operation->need_count; i++)
        for (size_t k = 0; k < operation->needs[i].count && operation->kind == GOLF_CALL; k++) {
            const struct golf_value *value = &operation->needs[i].values[k];
            if (operation->needs[i].bits > 8 &&
                (value->kind == GOLF_OPAQUE || value->kind == GOLF_STACK))
                return true;
        }
    /* String instructions have no operands. */
    return operation->kind == GOLF_KEPT && !operation->instruction.operands[0].kind &&
           operation->need_count > 1;
}

static void keep_below(struct golf_lifted *lifted, bool *marked)
{
    for (size_t i = 0; i < lifted->count; i++) {
        marked[i] = false;
        for (size_t k = 0; k < lifted->blocks[i].count; k++)
            marked[i] = marked[i] || touches(&lifted->blocks[i].operations[k]);
    }
    spread(lifted, marked);
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        bool keeps =
            goes_on(block) && (marked[block->taken] || (has_two(block) && marked[block->other]));
        block->keeps_below = keeps;
        for (size_t k = block->count; k-- > 0;) {
            keeps = keeps || touches(&block->operations[k]);
            block->operations[k].keeps_below = keeps;
        }
    }
}

/* ---- all objects ---- */

/* How many calls are in each other, at most; SIZE_MAX: any number. */
static size_t nesting(const struct golf_lifted *lifted, size_t *depth)
{
    size_t calls = 0, most = 0;
    memset(depth, 0, lifted->count * sizeof *depth);
    for (size_t i = 0; i < lifted->count; i++)
        calls += lifted->blocks[i].end == GOLF_CALLS;
    for (bool is_changed = true; is_changed && most <= calls;) {
        is_changed = false;
        for (size_t i = lifted->count; i-- > 0;) {
            const struct golf_block *block = &lifted->blocks[i];
            size_t here = depth[i];
            if (goes_on(block)) {
                size_t taken = depth[block->taken] + (block->end == GOLF_CALLS);
                here = taken > here ? taken : here;
            }
            if (has_two(block) && depth[block->other] > here)
                here = depth[block->other];
            is_changed = is_changed || here != depth[i];
            depth[i] = here;
            most = here > most ? here : most;
        }
    }
    return most <= calls ? most : SIZE_MAX;
}

/* Objects that are moved: those of one kind after the other. */
struct moved {
    int64_t lowest; /* the first one's place, or that of the last one */
    bool is_any, has_large;
};

/* Where an object goes that ends at most at `end`, from the first stack pointer. */
static int64_t place_below(int64_t end, const struct golf_data *data)
{
    const int64_t place = end - (int64_t)data->size, align = data->align > 1 ? data->align : 1;
    return place - ((place - (int64_t)(data->address % (uint64_t)align)) % align + align) % align;
}

/* Moves small objects, which are near to the stack pointer then, or large ones. */
static void move_objects(struct moving *moving, bool large, struct moved *moved, bool *marked)
{
    struct golf_lifted *lifted = moving->lifted;
    for (size_t i = 0; i < lifted->data_count;) {
        const struct golf_data *data = &lifted->data[i];
        moving->data = (uint16_t)i++;
        moving->offset = 0;
        if (!data->is_written || data->file_size > 0 || data->is_code || data->size > LOWEST ||
            data->align > ROUND || (data->size > SMALL) != large || !may_move(moving, marked))
            continue;
        int64_t lowest = moved->lowest;
        if (!moved->is_any) {
            lowest = moving->highest - (int64_t)moving->depth;
            if (!large || moving->depth > 0)
                lowest -= GOLF_PUSHED;
        }
        moving->offset = place_below(lowest, data);
        if (lowest > moving->highest || moving->offset < -LOWEST || !may_move(moving, marked))
            continue;
        moved->lowest = moving->offset;
        moved->has_large = moved->has_large || (!moved->is_any && large && moving->depth == 0);
        moved->is_any = true;
        move(moving, marked);
        lift_drop_object(lifted, moving->data);
        i--;
    }
}

void lift_stack_data(struct golf_lifted *lifted, bool narrows, bool *marked, size_t *numbers)
{
    size_t calls = nesting(lifted, numbers);
    if (lifted->uses_red_zone || calls > GOLF_PUSHED)
        return;
    struct moving moving = {
        .lifted = lifted, .depth = calls * lifted->bits / 8, .narrows = narrows};
    struct moved moved = {0};
    move_objects(&moving, false, &moved, marked);
    move_objects(&moving, true, &moved, marked);
    if (moved.has_large)
        keep_below(lifted, marked);
}

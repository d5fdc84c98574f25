/* Instructions that may have provided what is asked, each with what it asks itself. */
#include "moves_private.h"
#include "other_door.h"
#include "places.h"

/* ---- addresses ---- */

/* The address of the byte before or after the one that the register has. */
static void from_next_address(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    const bool is_narrow =
        !is_64(search) || demand_fits_32(demand, search->options->small_addresses);
    const struct demand there = moves_there_before(after, reg);
    for (int step = -1; step <= 1 && !after->state.flags; step += 2) {
        struct demand next = *demand;
        struct state before = after->state;
        struct move move = {step > 0 ? OP(inc) : OP(dec),
                            {(uint8_t)reg, NOTHING},
                            is_narrow ? 4 : 8,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "inc, dec: an address next to the one that the register has"};
        next.number -= (uint64_t)(int64_t)step;
        after_ask(search, &before, reg, &next);
        if (there.kind == GOLF_ADDRESS && there.data == next.data && there.number == next.number)
            after_add(after, &before, &move);
    }
}

static void from_address(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct state before = after_without(after, reg);
    struct move move = {OP(mov),
                        {(uint8_t)reg, NOTHING},
                        4,
                        MOVE_ADDRESS,
                        demand->data,
                        (int64_t)demand->number,
                        "mov: an address"};
    if (demand->data == GOLF_NONE)
        return;
    from_next_address(after, reg, demand);
    if (!is_64(after->search) || after->search->options->small_addresses)
        after_add(after, &before, &move);
    if (!is_64(after->search))
        return;
    move.size = 8, move.form = MOVE_WIDE;
    after_add(after, &before, &move);
    move.mnemonic = OP(lea), move.form = MOVE_RELATIVE;
    move.reason = "lea: an address relative to the instruction";
    after_add(after, &before, &move);
}

/* ---- copies, exchanges and the stack ---- */

static void from_copy(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    bool is_narrow = !is_64(search) || demand_fits_32(demand, search->options->small_addresses);
    struct demand source = is_narrow ? demand_low_32(*demand) : *demand;
    for (unsigned i = 0; i < register_count(search); i++) {
        if (!may_use(search, i))
            continue;
        struct state before = after_without(after, reg);
        struct move move = {OP(mov),
                            {(uint8_t)reg, (uint8_t)i},
                            is_narrow ? 4 : 8,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "mov: a value that another register has"};
        if (i != reg && after_is_at_hand(after, i, &source) &&
            after_ask_too(search, &before, i, &source))
            after_add(after, &before, &move);
    }
}

/* The two registers have what is asked of the other one. */
static void from_exchange(const struct after *after, unsigned a, unsigned b)
{
    struct search *search = after->search;
    struct demand first = after_asked(after, a), second = after_asked(after, b);
    bool small = search->options->small_addresses;
    bool is_narrow = !is_64(search) || ((!first.mask || demand_fits_32(&first, small)) &&
                                        (!second.mask || demand_fits_32(&second, small)));
    if (is_narrow)
        first = demand_low_32(first), second = demand_low_32(second);
    if (!(first.mask && after_is_at_hand(after, b, &first)) &&
        !(second.mask && after_is_at_hand(after, a, &second)))
        return;
    struct state before = after->state;
    after_ask(search, &before, a, &second);
    after_ask(search, &before, b, &first);
    struct move move = {OP(xchg),
                        {(uint8_t)a, (uint8_t)b},
                        is_narrow ? 4 : 8,
                        MOVE_REGISTERS,
                        0,
                        0,
                        "xchg: a value that another register has"};
    after_add(after, &before, &move);
}

/* Whether nothing of the program's is below the stack pointer. */
static bool may_push(const struct after *after)
{
    const struct golf_block *block = after->search->block;
    const struct golf_value *stack = block->at_start[X86_RSP].kind == GOLF_UNKNOWN
                                         ? &block->known[X86_RSP]
                                         : &block->at_start[X86_RSP];
    for (size_t i = 0; i < after->state.position && i < block->count; i++)
        if (block->operations[i].writes & 1u << X86_RSP)
            stack = &block->operations[i].after[X86_RSP];
    bool keeps_below = after->state.position < block->count
                           ? block->operations[after->state.position].keeps_below
                           : block->keeps_below;
    return !keeps_below && !after->search->options->no_stack &&
           !after->search->lifted->uses_red_zone && stack->kind == GOLF_STACK &&
           ((int64_t)stack->number <= (int64_t)after->search->lifted->stack_free ||
            (stack->data && stack->data == after->search->lifted->climbing));
}

/* The stack pointer is asked for as it is after an instruction that moves it by `bytes`. */
static bool move_stack(struct search *search, struct state *before, int bytes)
{
    struct demand stack = *search_demand(search, before->registers[X86_RSP]);
    if (!stack.mask)
        return true;
    stack.number -= (uint64_t)(int64_t)bytes;
    after_ask(search, before, X86_RSP, &stack);
    return stack.kind == GOLF_STACK;
}

static void from_pop(const struct after *after, unsigned reg)
{
    struct search *search = after->search;
    struct state before = after_without(after, reg);
    if (after->state.depth == STACK_DEPTH || !may_push(after))
        return;
    before.stack[before.depth++] = after->state.registers[reg];
    struct move move = {OP(pop), {(uint8_t)reg, NOTHING}, word(search), MOVE_REGISTERS, 0,
                        0,       "pop: what was pushed"};
    if (move_stack(search, &before, word(search)))
        after_add(after, &before, &move);
}

static void from_push_of_register(const struct after *after, const struct state *popped,
                                  const struct demand *demand)
{
    struct search *search = after->search;
    for (unsigned i = 0; i < register_count(search); i++) {
        if (!may_use(search, i))
            continue;
        struct state before = *popped;
        struct move move = {OP(push),
                            {(uint8_t)i, NOTHING},
                            word(search),
                            MOVE_REGISTERS,
                            0,
                            0,
                            "push: a value that a register has"};
        if (after_is_at_hand(after, i, demand) && after_ask_too(search, &before, i, demand))
            after_add(after, &before, &move);
    }
}

static void from_push(const struct after *after)
{
    struct search *search = after->search;
    struct state before = after->state;
    if (!before.depth)
        return;
    struct demand demand = *search_demand(search, before.stack[--before.depth]);
    before.stack[before.depth] = 0;
    if (!move_stack(search, &before, -word(search)))
        return;
    struct move move = {OP(push), {NOTHING, NOTHING}, 0, MOVE_IMMEDIATE, 0, 0, "push: a constant"};
    int64_t number = (int32_t)demand.number;
    if (demand_is_constant(&demand) &&
        !(((uint64_t)number ^ demand.number) & demand.mask & (is_64(search) ? ALL_BITS : LOW_32))) {
        move.number = number;
        after_add(after, &before, &move);
    }
    if (demand.kind == GOLF_ADDRESS) {
        move.data = demand.data, move.number = (int64_t)demand.number;
        move.form = MOVE_ADDRESS, move.reason = "push: an address";
        if (demand.data != GOLF_NONE && (!is_64(search) || search->options->small_addresses))
            after_add(after, &before, &move);
        move.mnemonic = OP(call), move.reason = "call: its return address is that of the data";
        move.form = demand.data == GOLF_NONE ? MOVE_CALL_OVER : MOVE_CALL;
        if (demand.data == GOLF_NONE)
            move.reason = "call: its return address is one of the file";
        if (!demand.number &&
            (demand.data == GOLF_NONE ||
             (search->lifted->data[demand.data].bytes && !search->options->has_few)))
            after_add(after, &before, &move);
    }
    from_push_of_register(after, &before, &demand);
}

/* What a register has without any instruction in between: what the last operation that writes it
 * leaves, or what the block begins with. */
static const struct golf_value *value_there(const struct after *after, unsigned reg)
{
    return after->search->there[GOLF_REGISTERS * after->state.position + reg];
}

static void add_to_stack_pointer(const struct after *after, struct move move, int64_t bytes)
{
    struct state before = after->state;
    struct demand stack = after_asked(after, X86_RSP);
    stack.number -= (uint64_t)bytes;
    after_ask(after->search, &before, X86_RSP, &stack);
    after_add(after, &before, &move);
}

/* The stack pointer is asked for at another place than where it is. */
static void from_stack_pointer(const struct after *after)
{
    struct search *search = after->search;
    const struct golf_value *value = value_there(after, X86_RSP);
    struct demand demand = after_asked(after, X86_RSP);
    int64_t distance = (int64_t)(demand.number - value->number), size = word(search);
    if (demand.kind != GOLF_STACK || value->kind != GOLF_STACK || value->data != demand.data ||
        distance == 0 || after->state.depth || distance != (int32_t)distance)
        return;
    struct move move = {OP(push),
                        {X86_RAX, NOTHING},
                        word(search),
                        MOVE_REGISTERS,
                        0,
                        0,
                        "push: it moves the stack pointer"};
    if (distance < 0 && distance % size == 0 && may_push(after))
        add_to_stack_pointer(after, move, -size);
    move.mnemonic = OP(pop);
    move.reason = "pop: it moves the stack pointer";
    for (unsigned reg = 0; distance > 0 && distance % size == 0 && reg < GOLF_REGISTERS / 2;
         reg++) {
        move.registers[0] = (uint8_t)reg;
        if (reg != X86_RSP && !after->state.registers[reg])
            add_to_stack_pointer(after, move, size);
    }
    move = (struct move){OP(lea),
                         {X86_RSP, X86_RSP},
                         word(search),
                         MOVE_MEMORY,
                         0,
                         distance,
                         "lea: it moves the stack pointer"};
    add_to_stack_pointer(after, move, distance);
    move = (struct move){OP(add),
                         {X86_RSP, NOTHING},
                         word(search),
                         MOVE_IMMEDIATE,
                         0,
                         distance,
                         "add, sub: it moves the stack pointer"};
    if (!after->state.flags)
        add_to_stack_pointer(after, move, distance);
    move.mnemonic = OP(sub);
    move.number = -distance;
    if (!after->state.flags)
        add_to_stack_pointer(after, move, distance);
}

/* ---- the block's operations ---- */

static bool ask_for_needs(struct search *search, struct state *before,
                          const struct golf_operation *operation, unsigned choice)
{
    for (size_t i = 0; i < operation->need_count; i++) {
        const struct golf_need *need = &operation->needs[i];
        unsigned value = choice < need->count ? choice : need->count - 1u;
        struct demand demand = demand_of(&need->values[value], need->bits);
        if (!after_ask_too(search, before, need->reg, &demand))
            return false;
    }
    return true;
}

static bool uses_stack(const struct golf_operation *operation)
{
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg == X86_RSP)
            return true;
    return operation->writes & 1u << X86_RSP || operation->kind == GOLF_KEPT;
}

/* Whether it depends on the last call, so that it cannot be there before it. */
static bool is_of_call(const struct demand *demand)
{
    return demand->kind == GOLF_CONSTANT && demand->number != demand->failed;
}

/* What is asked before an operation is what is asked after it and is not its result. False: it
 * leaves something else. */
static bool pass_operation(const struct after *after, const struct golf_operation *operation,
                           struct state *kept)
{
    struct search *search = after->search;
    bool is_call = operation->kind == GOLF_CALL;
    kept->position--;
    if (kept->depth && uses_stack(operation))
        return false;
    for (unsigned i = 0; i < kept->depth; i++)
        if (is_call && is_of_call(search_demand(search, kept->stack[i])))
            return false;
    for (unsigned reg = 0; reg < register_count(search); reg++) {
        struct demand demand = after_asked(after, reg);
        bool is_written = operation->writes & 1u << reg;
        if (is_call && is_of_call(&demand) && !is_written)
            return false;
        if (!demand.mask || !is_written)
            continue;
        if (!demand_is_met(&demand, &operation->after[reg]))
            return false;
        kept->registers[reg] = 0;
    }
    kept->flags = (uint8_t)(state_flags(operation->flags_read) |
                            (kept->flags & ~state_flags(operation->flags_set)));
    return true;
}

/* The operation as it is, or as `move` makes it. */
static void from_operation_as(const struct after *after, const struct golf_operation *operation,
                              const struct move *move)
{
    struct state kept = after->state;
    size_t choices = 1;
    if (!pass_operation(after, operation, &kept))
        return;
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].count > choices)
            choices = operation->needs[i].count;
    for (unsigned choice = 0; choice < choices; choice++) {
        struct state before = kept;
        if (ask_for_needs(after->search, &before, operation, choice))
            after_add(after, &before, move);
    }
}

/* ---- its place in memory by a register ---- */

/* The operation with a register that has an address near to its place. */
static void from_place_by(const struct after *after, const struct golf_operation *operation,
                          const struct place *place, unsigned reg, const struct golf_value *value)
{
    struct golf_operation changed = *operation;
    int64_t distance;
    if (operation->need_count == GOLF_REGISTERS || !place_is_near(&place->value, value, &distance))
        return;
    changed.needs[changed.need_count++] =
        (struct golf_need){.reg = (uint8_t)reg,
                           .bits = (uint8_t)after->search->lifted->bits,
                           .count = 1,
                           .values = {*value}};
    struct move move = {0,
                        {(uint8_t)reg, NOTHING},
                        0,
                        MOVE_PLACE,
                        (uint16_t)(operation - after->search->block->operations),
                        distance,
                        operation->reason
                            ? operation->reason
                            : "an operation of the program, its place by a register's address"};
    from_operation_as(after, &changed, &move);
}

/* Registers that have an address near to the operation's place, or that are worth one: something
 * before it uses that, too. */
static void from_place(const struct after *after, const struct golf_operation *operation)
{
    struct search *search = after->search;
    struct place place;
    if (!place_in_memory(search->lifted, operation, &place))
        return;
    size_t number = (size_t)(operation - search->block->operations);
    bool is_used = false;
    for (size_t i = 0; i < number && place.value.kind == GOLF_ADDRESS; i++)
        is_used =
            is_used || place_is_used(search->lifted, &search->block->operations[i], &place.value);
    for (unsigned reg = 0; reg < register_count(search); reg++) {
        if (!may_use(search, reg) || reg == X86_RSP)
            continue;
        struct demand asked = after_asked(after, reg);
        struct golf_value value = {.kind = asked.kind, .data = asked.data, .number = asked.number};
        bool is_kept = asked.mask && asked.data != GOLF_NONE && !(operation->writes >> reg & 1);
        if (!is_kept)
            value = search->block->at_start[reg];
        int64_t distance;
        if (!place_is_near(&place.value, &value, &distance) && is_used && !asked.mask)
            value = place.value;
        from_place_by(after, operation, &place, reg, &value);
        for (size_t i = number; i-- > 0;)
            for (size_t k = 0; k < search->block->operations[i].need_count; k++) {
                const struct golf_need *need = &search->block->operations[i].needs[k];
                if (need->reg == reg && !asked.mask)
                    from_place_by(after, operation, &place, reg, &need->values[0]);
            }
    }
}

static void from_operation(const struct after *after)
{
    const struct search *search = after->search;
    size_t number = after->state.position - 1u;
    const struct golf_operation *operation = &search->block->operations[number];
    struct golf_operation other;
    struct move move = {0,
                        {NOTHING, NOTHING},
                        0,
                        MOVE_OPERATION,
                        0,
                        (int64_t)number,
                        operation->reason ? operation->reason : "an operation of the program"};
    from_operation_as(after, operation, &move);
    from_place(after, operation);
    if (!is_64(search) || !search->options->int80 ||
        !other_door(operation, search->options->small_addresses, &other))
        return;
    move.form = MOVE_INT80;
    move.reason = "int 0x80: the same system call, by its number of i386";
    from_operation_as(after, &other, &move);
}

static void in_order(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    if (reg == X86_RSP) {
        from_stack_pointer(after);
        return;
    }
    if (demand->kind == GOLF_CONSTANT)
        moves_to_constant(after, reg, demand);
    else if (demand->kind == GOLF_ADDRESS)
        from_address(after, reg, demand);
    if (demand->kind != GOLF_CONSTANT)
        moves_from_sum(after, reg, demand);
    /* Where there are two segments, the other bytes may be those of an address of the other one:
     * that would be found only by the proof, and there is no other way here. */
    if (demand->kind == GOLF_ADDRESS && demand->data != GOLF_NONE && !search->options->is_apart)
        moves_to_low_byte(after, reg, demand);
    from_copy(after, reg, demand);
    from_pop(after, reg);
    for (unsigned other = 0; other < register_count(search); other++)
        if (other != reg && other != X86_RSP && after->state.registers[other])
            from_exchange(after, reg, other);
}

/* Whether the operation before needs the same in the register, and leaves it there. */
static bool is_needed_before(const struct after *after, unsigned reg, const struct demand *demand)
{
    const struct golf_block *block = after->search->block;
    if (!after->state.position)
        return false;
    const struct golf_operation *operation = &block->operations[after->state.position - 1];
    for (size_t i = 0; i < operation->need_count; i++) {
        const struct golf_need *need = &operation->needs[i];
        struct demand both = demand_of(&need->values[0], need->bits);
        if (need->reg == reg)
            return need->count == 1 && !(operation->writes >> reg & 1) &&
                   demand_merge(&both, demand);
    }
    return false;
}

/* Fewer ways to look at a state: what was pushed comes first, then values that are not there, then
 * the operation. One constant after the other if `is_ordered`; otherwise each may also come before
 * the operation. */
static void moves_in_order(const struct after *after, bool is_ordered)
{
    struct search *search = after->search;
    if (after->state.depth) {
        from_push(after);
        return;
    }
    for (unsigned round = 0; round < 2; round++)
        for (unsigned reg = 0; reg < register_count(search); reg++) {
            struct demand demand = after_asked(after, reg);
            bool is_constant = demand.kind == GOLF_CONSTANT || demand.kind == GOLF_ADDRESS;
            if (!demand.mask || is_constant != (round == 0) ||
                demand_is_met(&demand, value_there(after, reg)) ||
                (is_ordered && is_constant && is_needed_before(after, reg, &demand)))
                continue;
            in_order(after, reg, &demand);
            if (is_constant && is_ordered && !after->state.flags) {
                moves_to_fixed_registers(after);
                return;
            }
        }
    if (!is_ordered)
        moves_to_fixed_registers(after);
    if (after->state.position)
        from_operation(after);
}

void moves_before(struct search *search, uint32_t number)
{
    struct after after = {search, search->states[number], number};
    if (search->simple) {
        moves_in_order(&after, search->simple >= ORDERED);
        return;
    }
    for (unsigned reg = 0; reg < register_count(search); reg++) {
        struct demand demand = after_asked(&after, reg);
        if (!demand.mask || reg == X86_RSP)
            continue;
        if (demand.kind == GOLF_CONSTANT)
            moves_to_constant(&after, reg, &demand);
        else if (demand.kind == GOLF_ADDRESS)
            from_address(&after, reg, &demand);
        if (demand.kind == GOLF_ADDRESS && demand.data != GOLF_NONE)
            moves_to_low_byte(&after, reg, &demand);
        moves_from_sum(&after, reg, &demand);
        moves_from_difference(&after, reg, &demand);
        from_copy(&after, reg, &demand);
        from_pop(&after, reg);
        for (unsigned other = 0; other < register_count(search); other++)
            if (other != reg && other != X86_RSP && may_use(search, other) &&
                (!after.state.registers[other] || reg < other))
                from_exchange(&after, reg, other);
    }
    moves_to_fixed_registers(&after);
    from_stack_pointer(&after);
    from_push(&after);
    if (after.state.position)
        from_operation(&after);
}

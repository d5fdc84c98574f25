/* Instructions that may have provided what is asked, each with what it asks itself. */
#include "search.h"

#define OP(name) ELFGEN_X86_OP_##name

enum { RAX, RDX = 2, RSP = 4, WITH_LOW_BYTE = 4 /* in 32-bit code: al, cl, dl, bl */ };

/* The state after an instruction, for whoever looks for those before it. */
struct after {
    struct search *search;
    struct state state;
    uint32_t number; /* of the state */
};

static bool is_64(const struct search *search)
{
    return search->lifted->bits == 64;
}
static uint8_t word(const struct search *search)
{
    return is_64(search) ? 8 : 4;
}
static unsigned register_count(const struct search *search)
{
    return is_64(search) ? GOLF_REGISTERS : GOLF_REGISTERS / 2;
}

static struct demand asked(const struct after *after, unsigned reg)
{
    return *search_demand(after->search, after->state.registers[reg]);
}

static void ask(struct search *search, struct state *state, unsigned reg,
                const struct demand *demand)
{
    state->registers[reg] = demand->mask ? search_number(search, demand) : 0;
}

/* Asks for `demand` besides what is asked of the register already. */
static bool ask_too(struct search *search, struct state *state, unsigned reg,
                    const struct demand *demand)
{
    struct demand both = *search_demand(search, state->registers[reg]);
    if (!demand_merge(&both, demand))
        return false;
    ask(search, state, reg, &both);
    return true;
}

/* Whether something could be in this register without being put there for it: it is asked for
 * anyway, or the block begins with it, or an operation leaves it there. */
static bool is_at_hand(const struct after *after, unsigned reg, const struct demand *demand)
{
    const struct search *search = after->search;
    struct demand both = asked(after, reg);
    if (both.mask && demand_merge(&both, demand))
        return true;
    if (demand_is_met(demand, &search->block->at_start[reg]))
        return true;
    for (size_t i = 0; i < after->state.position && i < search->block->count; i++) {
        const struct golf_operation *operation = &search->block->operations[i];
        if (operation->writes & 1u << reg && demand_is_met(demand, &operation->after[reg]))
            return true;
    }
    return false;
}

static void add(const struct after *after, const struct state *before, const struct move *move)
{
    search_add(after->search, before, after->number, move);
}

/* The state before, in which nothing is asked of a register that the instruction sets. */
static struct state without(const struct after *after, unsigned reg)
{
    struct state before = after->state;
    before.registers[reg] = 0;
    return before;
}

/* ---- constants ---- */

/* Whether the low bits, up to the highest one that matters, all matter: so that adding to the value
 * before is adding to it after. */
static bool is_whole(const struct demand *demand)
{
    uint64_t low = demand->mask & LOW_32;
    return low && !(low & (low + 1)) && demand_fits_32(demand, false);
}

static void from_immediate(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct state before = without(after, reg);
    struct move move = {
        OP(mov),          {(uint8_t)reg, NOTHING}, 4, MOVE_IMMEDIATE, 0, (int64_t)demand->number,
        "mov: a constant"};
    if (!demand_is_constant(demand))
        return;
    if (!demand_fits_32(demand, false)) {
        int64_t low = (int32_t)demand->number;
        move.size = 8;
        if (!(((uint64_t)low ^ demand->number) & demand->mask))
            move.number = low;
    }
    add(after, &before, &move);
}

/* Only the low byte is set: the others must be there already. */
static void from_low_byte(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    if (!(demand->mask & LOW_8) || (!is_64(search) && reg >= WITH_LOW_BYTE) ||
        (demand->kind == GOLF_CONSTANT && (demand->number ^ demand->failed) & LOW_8))
        return;
    struct demand others = *demand;
    others.mask &= ~LOW_8;
    if (demand->kind == GOLF_CONSTANT)
        others.number &= ~LOW_8, others.failed &= ~LOW_8;
    else
        others.data = GOLF_NONE, others.number = 0;
    struct state before = after->state;
    ask(search, &before, reg, &others);
    struct move move = {OP(mov),
                        {(uint8_t)reg, NOTHING},
                        1,
                        MOVE_IMMEDIATE,
                        0,
                        (int64_t)(demand->number & LOW_8),
                        "mov: the low byte alone"};
    if (demand->kind == GOLF_ADDRESS) {
        move.form = MOVE_LOW, move.data = demand->data, move.number = (int64_t)demand->number;
        move.reason = "mov: the low byte of an address";
    }
    add(after, &before, &move);
}

/* al with an immediate, where al was 0. */
static void from_al(const struct after *after, const struct demand *demand)
{
    static const uint16_t mnemonics[] = {OP(add), OP(or), OP(xor), OP(sub)};
    uint64_t low = demand->number & LOW_8;
    if ((demand->mask & LOW_8) != LOW_8 || !low || after->state.flags ||
        (demand->failed & LOW_8) != low)
        return;
    struct demand zero = *demand;
    zero.number &= ~LOW_8, zero.failed &= ~LOW_8;
    struct state before = after->state;
    ask(after->search, &before, RAX, &zero);
    for (size_t i = 0; i < sizeof mnemonics / sizeof *mnemonics; i++) {
        struct move move = {mnemonics[i],
                            {RAX, NOTHING},
                            1,
                            MOVE_IMMEDIATE,
                            0,
                            (int64_t)(mnemonics[i] == OP(sub) ? (0 - low) & LOW_8 : low),
                            "arithmetic on al, which is 0"};
        add(after, &before, &move);
    }
}

/* All bits are 0. */
static void from_zero(const struct after *after, unsigned reg, const struct demand *demand)
{
    static const uint16_t mnemonics[] = {OP(xor), OP(sub)};
    if (demand->number || demand->failed || after->state.flags)
        return;
    struct state before = without(after, reg);
    for (size_t i = 0; i < sizeof mnemonics / sizeof *mnemonics; i++) {
        struct move move = {mnemonics[i],
                            {(uint8_t)reg, (uint8_t)reg},
                            4,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "a register with itself is 0"};
        add(after, &before, &move);
    }
}

static void from_one_operand(const struct after *after, unsigned reg, const struct demand *old,
                             uint16_t mnemonic, const char *reason)
{
    struct state before = after->state;
    struct move move = {mnemonic, {(uint8_t)reg, NOTHING}, 4, MOVE_REGISTERS, 0, 0, reason};
    ask(after->search, &before, reg, old);
    add(after, &before, &move);
}

/* A constant from another one, a step away. */
static void from_neighbour(const struct after *after, unsigned reg, const struct demand *demand)
{
    enum { FAR = 3 };
    uint64_t mask = demand->mask & LOW_32, number = demand->number, failed = demand->failed;
    int32_t low = (int32_t)number;
    if (!is_whole(demand))
        return;
    struct demand less = demand_cases(number - 1, failed - 1, mask);
    struct demand more = demand_cases(number + 1, failed + 1, mask);
    struct demand others = demand_cases(~number, ~failed, mask);
    struct demand negative = demand_cases(0 - number, 0 - failed, mask);
    if (low > -FAR && low <= FAR && !after->state.flags)
        from_one_operand(after, reg, &less, OP(inc), "inc: the next number");
    if (low >= -FAR && low < FAR && !after->state.flags)
        from_one_operand(after, reg, &more, OP(dec), "dec: the number before");
    if (low >= 0 && number == failed)
        return;
    from_one_operand(after, reg, &others, OP(not ), "not: the other bits");
    if (!after->state.flags)
        from_one_operand(after, reg, &negative, OP(neg), "neg: the negative");
}

/* What the last call before this state returned; kind GOLF_UNKNOWN: there was none. */
static struct demand last_result(const struct after *after)
{
    const struct golf_block *block = after->search->block;
    for (size_t i = after->state.position; i-- > 0;)
        if (block->operations[i].kind == GOLF_CALL)
            return demand_of(&block->operations[i].after[RAX], 32);
    return (struct demand){0};
}

/* edx is the sign of eax. */
static void from_sign(const struct after *after, const struct demand *demand)
{
    const uint64_t sign = (uint64_t)1 << 31;
    bool is_ones = demand->number && !((demand->number ^ LOW_32) & demand->mask);
    struct demand eax = demand_constant(is_ones ? sign : 0, sign);
    struct state before = without(after, RDX);
    if (!demand_is_constant(demand)) {
        if (demand->number || (demand->failed ^ LOW_32) & demand->mask)
            return;
        eax = last_result(after); /* an error is negative */
    } else if (demand->number && !is_ones) {
        return;
    }
    if (!eax.mask || !is_at_hand(after, RAX, &eax) || !ask_too(after->search, &before, RAX, &eax))
        return;
    struct move move = {OP(cdq), {NOTHING, NOTHING}, 0, MOVE_REGISTERS, 0, 0, "cdq: eax's sign"};
    add(after, &before, &move);
}

/* A number that only a failed call leaves: from the sign of its result, by a mask or by a shift. */
static void from_failure(const struct after *after, unsigned reg, const struct demand *demand)
{
    enum { SIGN = 31 };
    struct search *search = after->search;
    struct demand result = last_result(after);
    if (demand->number || !demand->failed || !demand_fits_32(demand, false) || after->state.flags)
        return;
    if (demand->failed == 1 && result.mask) {
        struct state before = without(after, reg);
        struct move move = {OP(shr),
                            {(uint8_t)reg, NOTHING},
                            4,
                            MOVE_IMMEDIATE,
                            0,
                            SIGN,
                            "shr: the sign of what the call returned"};
        if (is_at_hand(after, reg, &result) && ask_too(search, &before, reg, &result))
            add(after, &before, &move);
    }
    struct demand number = demand_constant(demand->failed, demand->mask & LOW_32);
    struct demand ones = demand_cases(0, LOW_32, demand->mask & LOW_32);
    for (unsigned i = 0; i < register_count(search); i++) {
        struct state before = without(after, reg);
        struct move move = {OP(and),
                            {(uint8_t)reg, (uint8_t)i},
                            4,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "and: a number, or 0 if the call succeeded"};
        if (i == reg || i == RSP || demand_is_same(&ones, &number))
            continue;
        ask(search, &before, reg, &number);
        if (ask_too(search, &before, i, &ones))
            add(after, &before, &move);
    }
}

static bool is_zero(const struct demand *demand)
{
    return demand_is_constant(demand) && !demand->number;
}

/* A product with 0 sets eax and edx. */
static void from_product(const struct after *after)
{
    struct demand eax = asked(after, RAX), edx = asked(after, RDX);
    struct demand zero = demand_constant(0, LOW_32);
    if (after->state.flags || !edx.mask || !is_zero(&edx) || (eax.mask && !is_zero(&eax)))
        return;
    for (unsigned reg = 1; reg < register_count(after->search); reg++) {
        struct state before = after->state;
        before.registers[RAX] = before.registers[RDX] = 0;
        if (reg == RSP || !is_at_hand(after, reg, &zero) ||
            !ask_too(after->search, &before, reg, &zero))
            continue;
        static const uint16_t mnemonics[] = {OP(mul), OP(imul)};
        for (size_t i = 0; i < sizeof mnemonics / sizeof *mnemonics; i++) {
            struct move move = {mnemonics[i],
                                {(uint8_t)reg, NOTHING},
                                4,
                                MOVE_REGISTERS,
                                0,
                                0,
                                "a product with 0: eax and edx"};
            add(after, &before, &move);
        }
    }
}

/* ---- sums ---- */

static void from_sum(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    bool is_constant = demand->kind == GOLF_CONSTANT;
    if (demand->kind == GOLF_OPAQUE ||
        (is_constant && (!is_whole(demand) || !demand_is_constant(demand))))
        return;
    for (unsigned i = 0; i < register_count(search); i++) {
        struct demand base = asked(after, i);
        if (!base.mask)
            base = demand_of(&search->block->at_start[i], is_constant ? 32 : 64);
        if (!base.mask || base.kind != demand->kind || base.data != demand->data ||
            (is_constant && (!is_whole(&base) || !demand_is_constant(&base) || i == RSP)) ||
            (demand->kind == GOLF_ADDRESS && base.data == GOLF_NONE))
            continue;
        int64_t difference = (int64_t)(demand->number - base.number);
        if (is_constant)
            difference = (int32_t)difference;
        if (!difference || difference != (int8_t)difference)
            continue;
        base.mask = is_constant ? LOW_32 : demand->mask;
        struct state before = without(after, reg);
        struct move move = {OP(lea),
                            {(uint8_t)reg, (uint8_t)i},
                            is_constant ? 4 : word(search),
                            MOVE_MEMORY,
                            0,
                            difference,
                            "lea: a sum"};
        if (ask_too(search, &before, i, &base))
            add(after, &before, &move);
    }
}

/* ---- addresses ---- */

static void from_address(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct state before = without(after, reg);
    struct move move = {OP(mov),
                        {(uint8_t)reg, NOTHING},
                        4,
                        MOVE_ADDRESS,
                        demand->data,
                        (int64_t)demand->number,
                        "mov: an address"};
    if (demand->data == GOLF_NONE)
        return;
    if (!is_64(after->search) || after->search->options->small_addresses)
        add(after, &before, &move);
    if (!is_64(after->search))
        return;
    move.size = 8, move.form = MOVE_WIDE;
    add(after, &before, &move);
    move.mnemonic = OP(lea), move.form = MOVE_RELATIVE;
    move.reason = "lea: an address relative to the instruction";
    add(after, &before, &move);
}

/* ---- copies, exchanges and the stack ---- */

static void from_copy(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    bool is_narrow = !is_64(search) || demand_fits_32(demand, search->options->small_addresses);
    struct demand source = is_narrow ? demand_low_32(*demand) : *demand;
    for (unsigned i = 0; i < register_count(search); i++) {
        struct state before = without(after, reg);
        struct move move = {OP(mov),
                            {(uint8_t)reg, (uint8_t)i},
                            is_narrow ? 4 : 8,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "mov: a value that another register has"};
        if (i != reg && is_at_hand(after, i, &source) && ask_too(search, &before, i, &source))
            add(after, &before, &move);
    }
}

/* The two registers have what is asked of the other one. */
static void from_exchange(const struct after *after, unsigned a, unsigned b)
{
    struct search *search = after->search;
    struct demand first = asked(after, a), second = asked(after, b);
    bool small = search->options->small_addresses;
    bool is_narrow = !is_64(search) || ((!first.mask || demand_fits_32(&first, small)) &&
                                        (!second.mask || demand_fits_32(&second, small)));
    if (is_narrow)
        first = demand_low_32(first), second = demand_low_32(second);
    if (!(first.mask && is_at_hand(after, b, &first)) &&
        !(second.mask && is_at_hand(after, a, &second)))
        return;
    struct state before = after->state;
    ask(search, &before, a, &second);
    ask(search, &before, b, &first);
    struct move move = {OP(xchg),
                        {(uint8_t)a, (uint8_t)b},
                        is_narrow ? 4 : 8,
                        MOVE_REGISTERS,
                        0,
                        0,
                        "xchg: a value that another register has"};
    add(after, &before, &move);
}

/* Whether nothing of the program's is below the stack pointer. */
static bool may_push(const struct after *after)
{
    const struct golf_block *block = after->search->block;
    const struct golf_value *stack =
        block->at_start[RSP].kind == GOLF_UNKNOWN ? &block->known[RSP] : &block->at_start[RSP];
    for (size_t i = 0; i < after->state.position && i < block->count; i++)
        if (block->operations[i].writes & 1u << RSP)
            stack = &block->operations[i].after[RSP];
    return !after->search->options->no_stack && !after->search->lifted->uses_red_zone &&
           stack->kind == GOLF_STACK && (int64_t)stack->number <= 0;
}

/* The stack pointer is asked for as it is after an instruction that moves it by `bytes`. */
static bool move_stack(struct search *search, struct state *before, int bytes)
{
    struct demand stack = *search_demand(search, before->registers[RSP]);
    if (!stack.mask)
        return true;
    stack.number -= (uint64_t)(int64_t)bytes;
    ask(search, before, RSP, &stack);
    return stack.kind == GOLF_STACK;
}

static void from_pop(const struct after *after, unsigned reg)
{
    struct search *search = after->search;
    struct state before = without(after, reg);
    if (after->state.depth == STACK_DEPTH || !may_push(after))
        return;
    before.stack[before.depth++] = after->state.registers[reg];
    struct move move = {OP(pop), {(uint8_t)reg, NOTHING}, word(search), MOVE_REGISTERS, 0,
                        0,       "pop: what was pushed"};
    if (move_stack(search, &before, word(search)))
        add(after, &before, &move);
}

static void from_push_of_register(const struct after *after, const struct state *popped,
                                  const struct demand *demand)
{
    struct search *search = after->search;
    for (unsigned i = 0; i < register_count(search); i++) {
        struct state before = *popped;
        struct move move = {OP(push),
                            {(uint8_t)i, NOTHING},
                            word(search),
                            MOVE_REGISTERS,
                            0,
                            0,
                            "push: a value that a register has"};
        if (is_at_hand(after, i, demand) && ask_too(search, &before, i, demand))
            add(after, &before, &move);
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
        add(after, &before, &move);
    }
    if (demand.kind == GOLF_ADDRESS) {
        move.data = demand.data, move.number = (int64_t)demand.number;
        move.form = MOVE_ADDRESS, move.reason = "push: an address";
        if (demand.data != GOLF_NONE && (!is_64(search) || search->options->small_addresses))
            add(after, &before, &move);
        move.mnemonic = OP(call), move.reason = "call: its return address is that of the data";
        move.form = demand.data == GOLF_NONE ? MOVE_CALL_OVER : MOVE_CALL;
        if (demand.data == GOLF_NONE)
            move.reason = "call: its return address is one of the file";
        if (!demand.number && (demand.data == GOLF_NONE || search->lifted->data[demand.data].bytes))
            add(after, &before, &move);
    }
    from_push_of_register(after, &before, &demand);
}

/* ---- the block's operations ---- */

static bool ask_for_needs(struct search *search, struct state *before,
                          const struct golf_operation *operation, unsigned choice)
{
    for (size_t i = 0; i < operation->need_count; i++) {
        const struct golf_need *need = &operation->needs[i];
        unsigned value = choice < need->count ? choice : need->count - 1u;
        struct demand demand = demand_of(&need->values[value], need->bits);
        if (!ask_too(search, before, need->reg, &demand))
            return false;
    }
    return true;
}

static bool uses_stack(const struct golf_operation *operation)
{
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg == RSP)
            return true;
    return operation->writes & 1u << RSP || operation->kind == GOLF_KEPT;
}

/* Whether it depends on the last call, so that it cannot be there before it. */
static bool is_of_call(const struct demand *demand)
{
    return demand->kind == GOLF_CONSTANT && demand->number != demand->failed;
}

static void from_operation(const struct after *after)
{
    struct search *search = after->search;
    size_t number = after->state.position - 1u;
    const struct golf_operation *operation = &search->block->operations[number];
    struct state kept = after->state;
    kept.position = (uint16_t)number;
    if (kept.depth && uses_stack(operation))
        return;
    for (unsigned i = 0; i < kept.depth; i++)
        if (operation->kind == GOLF_CALL && is_of_call(search_demand(search, kept.stack[i])))
            return;
    for (unsigned reg = 0; reg < register_count(search); reg++) {
        struct demand demand = asked(after, reg);
        if (operation->kind == GOLF_CALL && is_of_call(&demand) && !(operation->writes & 1u << reg))
            return;
        if (!demand.mask || !(operation->writes & 1u << reg))
            continue;
        if (!demand_is_met(&demand, &operation->after[reg]))
            return;
        kept.registers[reg] = 0;
    }
    kept.flags = operation->flags_read || (kept.flags && !operation->flags_written);
    size_t choices = 1;
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].count > choices)
            choices = operation->needs[i].count;
    for (unsigned choice = 0; choice < choices; choice++) {
        struct state before = kept;
        struct move move = {0,
                            {NOTHING, NOTHING},
                            0,
                            MOVE_OPERATION,
                            0,
                            (int64_t)number,
                            "an operation of the program"};
        if (ask_for_needs(search, &before, operation, choice))
            add(after, &before, &move);
    }
}

void moves_before(struct search *search, uint32_t number)
{
    struct after after = {search, search->states[number], number};
    for (unsigned reg = 0; reg < register_count(search); reg++) {
        struct demand demand = asked(&after, reg);
        if (!demand.mask || reg == RSP)
            continue;
        if (demand.kind == GOLF_CONSTANT) {
            from_immediate(&after, reg, &demand);
            from_zero(&after, reg, &demand);
            from_neighbour(&after, reg, &demand);
            from_low_byte(&after, reg, &demand);
            from_failure(&after, reg, &demand);
        } else if (demand.kind == GOLF_ADDRESS) {
            from_address(&after, reg, &demand);
            if (demand.data != GOLF_NONE)
                from_low_byte(&after, reg, &demand);
        }
        from_sum(&after, reg, &demand);
        from_copy(&after, reg, &demand);
        from_pop(&after, reg);
        for (unsigned other = 0; other < register_count(search); other++)
            if (other != reg && other != RSP && (!after.state.registers[other] || reg < other))
                from_exchange(&after, reg, other);
    }
    struct demand eax = asked(&after, RAX), edx = asked(&after, RDX);
    if (eax.mask && eax.kind == GOLF_CONSTANT)
        from_al(&after, &eax);
    if (edx.mask && edx.kind == GOLF_CONSTANT && demand_fits_32(&edx, false))
        from_sign(&after, &edx);
    from_product(&after);
    from_push(&after);
    if (after.state.position)
        from_operation(&after);
}

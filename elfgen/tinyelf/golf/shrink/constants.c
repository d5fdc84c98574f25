/* Instructions that make constants and sums. */
#include "moves_private.h"

/* Whether the low bits, up to the highest one that matters, all matter: so that adding to the value
 * before is adding to it after. */
static bool is_whole(const struct demand *demand)
{
    uint64_t low = demand->mask & LOW_32;
    return low && !(low & (low + 1)) && demand_fits_32(demand, false);
}

static void from_immediate(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct state before = after_without(after, reg);
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
    after_add(after, &before, &move);
}

/* Whether an address of a datum may differ from another one in its low byte alone. */
static bool has_low_byte(const struct search *search, uint16_t data)
{
    const struct golf_shrink_options *options = search->options;
    return !options->no_low_bytes && !(options->is_apart && search->lifted->data[data].is_written);
}

/* Only the low byte is set: the others must be there already. */
void moves_to_low_byte(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    if (!(demand->mask & LOW_8) || !golf_has_low_byte(search->lifted, reg) ||
        (demand->kind == GOLF_CONSTANT && (demand->number ^ demand->failed) & LOW_8) ||
        (demand->kind == GOLF_ADDRESS && !has_low_byte(search, demand->data)))
        return;
    struct demand others = *demand;
    others.mask &= ~LOW_8;
    if (demand->kind == GOLF_CONSTANT)
        others.number &= ~LOW_8, others.failed &= ~LOW_8;
    else
        others.data = GOLF_NONE, others.number = 0;
    struct state before = after->state;
    after_ask(search, &before, reg, &others);
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
    after_add(after, &before, &move);
}

/* al or eax, of `size` bytes, with an immediate, where it was 0. */
static void from_zero_in_eax(const struct after *after, const struct demand *demand, uint8_t size)
{
    static const uint16_t mnemonics[] = {OP(add), OP(or), OP(xor), OP(sub)};
    const uint64_t bits = size == 1 ? LOW_8 : LOW_32;
    uint64_t low = demand->number & bits;
    if ((demand->mask & bits) != bits || !low || after->state.flags ||
        (demand->failed & bits) != low || (size > 1 && !demand_fits_32(demand, false)))
        return;
    struct demand zero = *demand;
    zero.number &= ~bits, zero.failed &= ~bits;
    struct state before = after->state;
    after_ask(after->search, &before, X86_RAX, &zero);
    for (size_t i = 0; i < sizeof mnemonics / sizeof *mnemonics; i++) {
        int64_t number = (int64_t)(mnemonics[i] == OP(sub) ? (0 - low) & bits : low);
        struct move move = {mnemonics[i],
                            {X86_RAX, NOTHING},
                            size,
                            MOVE_IMMEDIATE,
                            0,
                            size == 1 ? number : (int32_t)number,
                            size == 1 ? "arithmetic on al, which is 0"
                                      : "arithmetic on eax, which is 0"};
        after_add(after, &before, &move);
    }
}

/* All bits are 0. */
static void from_zero(const struct after *after, unsigned reg, const struct demand *demand)
{
    static const uint16_t mnemonics[] = {OP(xor), OP(sub)};
    if (demand->number || demand->failed || after->state.flags)
        return;
    struct state before = after_without(after, reg);
    for (size_t i = 0; i < sizeof mnemonics / sizeof *mnemonics; i++) {
        struct move move = {mnemonics[i],
                            {(uint8_t)reg, (uint8_t)reg},
                            4,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "a register with itself is 0"};
        after_add(after, &before, &move);
    }
}

/* All bits of a number that the register has are cleared by one that stands in headers, past which
 * the instruction leads: as long as xor, but for the four bytes that it takes of them. */
static void from_standing_number(const struct after *after, unsigned reg,
                                 const struct demand *demand)
{
    const struct weights *weights = after->search->weights;
    struct demand old = moves_there_before(after, reg);
    if (!weights || demand->number || demand->failed || after->state.flags || reg == X86_RSP ||
        !is_whole(demand) || !old.mask || old.kind != GOLF_CONSTANT || !demand_fits_32(&old, false))
        return;
    old.mask = demand->mask;
    struct state before = after->state;
    after_ask(after->search, &before, reg, &old);
    for (size_t i = 0; i < weights->number_count; i++) {
        struct move move = {OP(and),
                            {(uint8_t)reg, NOTHING},
                            4,
                            MOVE_IMMEDIATE,
                            0,
                            (int32_t)weights->numbers[i],
                            "and: none of its bits are in what a header has there"};
        if (!((old.number | old.failed) & demand->mask & weights->numbers[i]))
            after_add(after, &before, &move);
    }
}

static void from_one_operand(const struct after *after, unsigned reg, const struct demand *old,
                             uint16_t mnemonic, const char *reason)
{
    struct state before = after->state;
    struct move move = {mnemonic, {(uint8_t)reg, NOTHING}, 4, MOVE_REGISTERS, 0, 0, reason};
    after_ask(after->search, &before, reg, old);
    after_add(after, &before, &move);
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
            return demand_of(&block->operations[i].after[X86_RAX], 32);
    return (struct demand){0};
}

/* edx is the sign of eax. */
static void from_sign(const struct after *after, const struct demand *demand)
{
    const uint64_t sign = (uint64_t)1 << 31;
    bool is_ones = demand->number && !((demand->number ^ LOW_32) & demand->mask);
    struct demand eax = demand_constant(is_ones ? sign : 0, sign);
    struct state before = after_without(after, X86_RDX);
    if (!demand_is_constant(demand)) {
        if (demand->number || (demand->failed ^ LOW_32) & demand->mask)
            return;
        eax = last_result(after); /* an error is negative */
    } else if (demand->number && !is_ones) {
        return;
    }
    if (!eax.mask || !after_is_at_hand(after, X86_RAX, &eax) ||
        !after_ask_too(after->search, &before, X86_RAX, &eax))
        return;
    struct move move = {OP(cdq), {NOTHING, NOTHING}, 0, MOVE_REGISTERS, 0, 0, "cdq: eax's sign"};
    after_add(after, &before, &move);
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
        struct state before = after_without(after, reg);
        struct move move = {OP(shr),
                            {(uint8_t)reg, NOTHING},
                            4,
                            MOVE_IMMEDIATE,
                            0,
                            SIGN,
                            "shr: the sign of what the call returned"};
        if (after_is_at_hand(after, reg, &result) && after_ask_too(search, &before, reg, &result))
            after_add(after, &before, &move);
    }
    struct demand number = demand_constant(demand->failed, demand->mask & LOW_32);
    struct demand ones = demand_cases(0, LOW_32, demand->mask & LOW_32);
    for (unsigned i = 0; i < register_count(search); i++) {
        if (!may_use(search, i))
            continue;
        struct state before = after_without(after, reg);
        struct move move = {OP(and),
                            {(uint8_t)reg, (uint8_t)i},
                            4,
                            MOVE_REGISTERS,
                            0,
                            0,
                            "and: a number, or 0 if the call succeeded"};
        if (i == reg || i == X86_RSP || demand_is_same(&ones, &number))
            continue;
        after_ask(search, &before, reg, &number);
        if (after_ask_too(search, &before, i, &ones))
            after_add(after, &before, &move);
    }
}

static bool is_zero(const struct demand *demand)
{
    return demand_is_constant(demand) && !demand->number;
}

/* A product with 0 sets eax and edx. */
static void from_product(const struct after *after)
{
    struct demand eax = after_asked(after, X86_RAX), edx = after_asked(after, X86_RDX);
    struct demand zero = demand_constant(0, LOW_32);
    if (after->state.flags || !edx.mask || !is_zero(&edx) || (eax.mask && !is_zero(&eax)))
        return;
    for (unsigned reg = 1; reg < register_count(after->search); reg++) {
        if (!may_use(after->search, reg))
            continue;
        struct state before = after->state;
        before.registers[X86_RAX] = before.registers[X86_RDX] = 0;
        if (reg == X86_RSP || !after_is_at_hand(after, reg, &zero) ||
            !after_ask_too(after->search, &before, reg, &zero))
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
            after_add(after, &before, &move);
        }
    }
}

struct demand moves_there_before(const struct after *after, unsigned reg)
{
    const struct golf_block *block = after->search->block;
    const unsigned bits = after->search->lifted->bits;
    for (size_t i = after->state.position < block->count ? after->state.position : block->count;
         i-- > 0;) {
        const struct golf_operation *operation = &block->operations[i];
        if (operation->writes >> reg & 1)
            return demand_of(&operation->after[reg], bits);
        for (size_t k = 0; k < operation->need_count; k++)
            if (operation->needs[k].reg == reg)
                return operation->needs[k].count == 1
                           ? demand_of(&operation->needs[k].values[0], bits)
                           : (struct demand){0};
    }
    return demand_of(&block->at_start[reg], bits);
}

void moves_from_sum(const struct after *after, unsigned reg, const struct demand *demand)
{
    struct search *search = after->search;
    bool is_constant = demand->kind == GOLF_CONSTANT;
    bool is_narrow = is_constant || (demand->kind == GOLF_ADDRESS &&
                                     demand_fits_32(demand, search->options->small_addresses));
    if (demand->kind == GOLF_OPAQUE ||
        (is_constant && (!is_whole(demand) || !demand_is_constant(demand))))
        return;
    for (unsigned i = 0; i < register_count(search); i++) {
        if (!may_use(search, i))
            continue;
        struct demand base = after_asked(after, i);
        if (is_constant && !base.mask)
            base = demand_of(&search->block->at_start[i], 32);
        else if (!base.mask || i == reg)
            base = moves_there_before(after, i);
        if (!base.mask || base.kind != demand->kind || base.data != demand->data ||
            (is_constant && (!is_whole(&base) || !demand_is_constant(&base) || i == X86_RSP)) ||
            (demand->kind == GOLF_ADDRESS && base.data == GOLF_NONE))
            continue;
        int64_t difference = (int64_t)(demand->number - base.number);
        if (is_constant)
            difference = (int32_t)difference;
        /* A stack address further away has no other way. */
        bool is_far = difference != (int8_t)difference;
        if (!difference || (is_far && (demand->kind != GOLF_STACK || i != X86_RSP ||
                                       difference != (int32_t)difference)))
            continue;
        base.mask = is_narrow ? LOW_32 : demand->mask;
        struct state before = after_without(after, reg);
        struct move move = {OP(lea),
                            {(uint8_t)reg, (uint8_t)i},
                            is_narrow ? 4 : word(search),
                            MOVE_MEMORY,
                            0,
                            difference,
                            "lea: a sum"};
        if (after_ask_too(search, &before, i, &base))
            after_add(after, &before, &move);
    }
}

void moves_from_difference(const struct after *after, unsigned reg, const struct demand *demand)
{
    enum { NEAR = 128 };
    struct search *search = after->search;
    const struct golf_value *stack = &search->block->known[X86_RSP];
    if (demand->kind != GOLF_STACK || stack->kind != GOLF_STACK || stack->data != demand->data ||
        after->state.flags)
        return;
    for (unsigned i = 0; i < register_count(search); i++) {
        struct demand number = after_asked(after, i);
        if (i == reg || !number.mask || number.kind != GOLF_CONSTANT ||
            !demand_is_constant(&number))
            continue;
        for (int sign = -1; sign <= 1; sign += 2) {
            struct demand sum = *demand, whole = number;
            sum.number = sign < 0 ? demand->number + number.number : demand->number - number.number;
            int64_t distance = (int64_t)(sum.number - stack->number);
            if (distance < -NEAR || distance >= NEAR)
                continue;
            whole.mask = is_64(search) ? ALL_BITS : LOW_32;
            struct state before = after_without(after, reg);
            struct move move = {sign < 0 ? OP(sub) : OP(add),
                                {(uint8_t)reg, (uint8_t)i},
                                word(search),
                                MOVE_REGISTERS,
                                0,
                                0,
                                "sub, add: an address on the stack, by a constant at hand"};
            after_ask(search, &before, reg, &sum);
            if (after_ask_too(search, &before, i, &whole))
                after_add(after, &before, &move);
        }
    }
}

/* ---- all of them ---- */

void moves_to_constant(const struct after *after, unsigned reg, const struct demand *demand)
{
    from_immediate(after, reg, demand);
    from_zero(after, reg, demand);
    from_standing_number(after, reg, demand);
    from_neighbour(after, reg, demand);
    moves_to_low_byte(after, reg, demand);
    from_failure(after, reg, demand);
}

void moves_to_fixed_registers(const struct after *after)
{
    struct demand eax = after_asked(after, X86_RAX), edx = after_asked(after, X86_RDX);
    if (eax.mask && eax.kind == GOLF_CONSTANT)
        from_zero_in_eax(after, &eax, 1);
    /* As long as mov, with another first byte, where the number stands in headers. */
    if (eax.mask && eax.kind == GOLF_CONSTANT && after->search->weights)
        from_zero_in_eax(after, &eax, 4);
    if (edx.mask && edx.kind == GOLF_CONSTANT && demand_fits_32(&edx, false))
        from_sign(after, &edx);
    from_product(after);
}

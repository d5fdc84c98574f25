/* Evaluates an instruction over expressions. */
#include "symbolic_private.h"
#include "x86/known_bits.h"

struct step {
    struct symbolic_run *run;
    const struct symbolic_program *program;
    struct symbolic_state *state;
    ZydisDecodedInstruction source;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    bool is_lost;
};

/* ---- short names ---- */

static uint32_t number(struct step *step, uint64_t value)
{
    return expression_constant(&step->run->all, value);
}

static uint32_t two(struct step *step, enum expression_kind kind, uint32_t a, uint32_t b)
{
    return expression_two(&step->run->all, kind, a, b, 0);
}

static uint32_t sum(struct step *step, uint32_t a, uint32_t b)
{
    return two(step, EXPRESSION_ADD, a, b);
}

static uint32_t low(struct step *step, uint32_t a, unsigned width)
{
    return expression_low(&step->run->all, a, width);
}

static uint32_t bit(struct step *step, uint32_t a, unsigned which)
{
    return low(step, expression_one(&step->run->all, EXPRESSION_SHIFT_RIGHT, a, which), 1);
}

static uint32_t change(struct step *step, uint32_t a)
{
    return two(step, EXPRESSION_XOR, a, number(step, 1));
}

static uint32_t difference(struct step *step, uint32_t a, uint32_t b)
{
    return sum(step, a, expression_negative(&step->run->all, b));
}

/* What is only the same where the same instruction has it of the same operands. */
static uint32_t some(struct step *step, uint32_t a, uint32_t b, unsigned which)
{
    return expression_two(&step->run->all, EXPRESSION_OTHER, a, b,
                          step->source.mnemonic | (uint64_t)step->operands[0].size << 16 |
                              (uint64_t)which << 32);
}

static uint32_t some_flag(struct step *step, uint32_t a, uint32_t b, unsigned which)
{
    return low(step, some(step, a, b, which), 1);
}

static uint32_t *register_of(struct step *step, unsigned reg)
{
    return &step->state->registers[reg];
}

static unsigned word(const struct step *step)
{
    return step->program->bits;
}

/* ---- operands ---- */

static uint32_t address_of(struct step *step, const ZydisDecodedOperand *operand)
{
    struct effects_place place = effects_operand_place(&step->source, step->operands, operand);
    uint32_t address = number(step, (uint64_t)place.displacement +
                                        (place.next ? step->state->at + step->source.length : 0));
    step->is_lost |=
        place.segment != SEGMENT_FLAT || place.bit != EFFECTS_NONE || place.index_bits < word(step);
    if (place.base != EFFECTS_NONE)
        address = sum(step, address, *register_of(step, place.base));
    for (unsigned i = 0; place.index != EFFECTS_NONE && i < 4; i++)
        if (place.scale >> i & 1)
            address = sum(step, address,
                          expression_one(&step->run->all, EXPRESSION_SHIFT_LEFT,
                                         *register_of(step, place.index), i));
    return low(step, address, place.address_bits);
}

static bool is_high(const ZydisDecodedOperand *operand)
{
    return operand->reg.value >= ZYDIS_REGISTER_AH && operand->reg.value <= ZYDIS_REGISTER_BH;
}

static uint32_t read_memory(struct step *step, uint32_t address, unsigned bytes)
{
    uint32_t value = 0;
    step->is_lost = step->is_lost ||
                    !symbolic_load(step->run, step->program, step->state, address, bytes, &value) ||
                    !symbolic_touch(step->run, step->state, address, bytes);
    return value;
}

static uint32_t read(struct step *step, const ZydisDecodedOperand *operand)
{
    const unsigned width = operand->size;
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return number(step, operand->imm.value.u & bits_ones(step->operands[0].size));
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && width <= 64)
        return read_memory(step, address_of(step, operand), width / 8);
    uint8_t reg = operand->type == ZYDIS_OPERAND_TYPE_REGISTER
                      ? effects_register(operand->reg.value)
                      : EFFECTS_NONE;
    if (reg == EFFECTS_NONE) {
        step->is_lost = true;
        return 0;
    }
    return low(step,
               expression_one(&step->run->all, EXPRESSION_SHIFT_RIGHT, *register_of(step, reg),
                              is_high(operand) ? 8 : 0),
               width);
}

static void write_register(struct step *step, unsigned reg, unsigned width, unsigned shift,
                           uint32_t value)
{
    uint32_t *whole = register_of(step, reg);
    value = low(step, value, width);
    if (width < 32) {
        uint32_t others =
            two(step, EXPRESSION_AND, *whole, number(step, ~(bits_ones(width) << shift)));
        value = two(step, EXPRESSION_OR, others,
                    expression_one(&step->run->all, EXPRESSION_SHIFT_LEFT, value, shift));
    }
    *whole = value;
}

static void write_memory(struct step *step, uint32_t address, unsigned bytes, uint32_t value)
{
    step->is_lost = step->is_lost ||
                    !symbolic_store(step->run, step->program, step->state, address, bytes,
                                    low(step, value, 8 * bytes), 0) ||
                    !symbolic_touch(step->run, step->state, address, bytes);
}

static void write(struct step *step, const ZydisDecodedOperand *operand, uint32_t value)
{
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->size <= 64) {
        write_memory(step, address_of(step, operand), operand->size / 8, value);
        return;
    }
    uint8_t reg = operand->type == ZYDIS_OPERAND_TYPE_REGISTER
                      ? effects_register(operand->reg.value)
                      : EFFECTS_NONE;
    if (reg == EFFECTS_NONE)
        step->is_lost = true;
    else
        write_register(step, reg, operand->size, is_high(operand) ? 8 : 0, value);
}

static void push(struct step *step, uint32_t value)
{
    uint32_t *stack = register_of(step, X86_RSP);
    *stack = low(step, sum(step, *stack, number(step, 0 - (uint64_t)word(step) / 8)), word(step));
    write_memory(step, *stack, word(step) / 8, value);
}

static uint32_t pop(struct step *step)
{
    uint32_t *stack = register_of(step, X86_RSP), value = read_memory(step, *stack, word(step) / 8);
    *stack = low(step, sum(step, *stack, number(step, word(step) / 8)), word(step));
    return value;
}

/* ---- flags ---- */

static void set_result_flags(struct step *step, uint32_t value, unsigned width)
{
    uint32_t *flags = step->state->flags;
    value = low(step, value, width);
    flags[SYMBOLIC_ZF] = expression_one(&step->run->all, EXPRESSION_IS_ZERO, value, 0);
    flags[SYMBOLIC_SF] = bit(step, value, width - 1);
    flags[SYMBOLIC_PF] =
        expression_one(&step->run->all, EXPRESSION_IS_EVEN, low(step, value, 8), 0);
}

static void set_logic_flags(struct step *step, uint32_t value, unsigned width)
{
    set_result_flags(step, value, width);
    step->state->flags[SYMBOLIC_CF] = step->state->flags[SYMBOLIC_OF] = number(step, 0);
}

/* a + b or a - b, and its flags; `keeps` the carry, as inc and dec do. */
static uint32_t arithmetic(struct step *step, uint32_t a, uint32_t b, unsigned width,
                           bool subtracts, bool keeps)
{
    uint32_t *flags = step->state->flags;
    uint32_t value = low(step, subtracts ? difference(step, a, b) : sum(step, a, b), width);
    uint32_t changed = two(step, EXPRESSION_XOR, a, value);
    uint32_t other = two(step, EXPRESSION_XOR, subtracts ? a : value, b);
    set_result_flags(step, value, width);
    flags[SYMBOLIC_OF] = bit(step, two(step, EXPRESSION_AND, changed, other), width - 1);
    if (!keeps)
        flags[SYMBOLIC_CF] = subtracts ? two(step, EXPRESSION_IS_BELOW, a, b)
                                       : two(step, EXPRESSION_IS_BELOW, value, a);
    return value;
}

/* The condition of jcc, setcc and cmovcc: the low half of their opcodes. */
static uint32_t condition(struct step *step, unsigned code)
{
    const uint32_t *flags = step->state->flags;
    uint32_t less = two(step, EXPRESSION_XOR, flags[SYMBOLIC_SF], flags[SYMBOLIC_OF]);
    const uint32_t conditions[] = {flags[SYMBOLIC_OF],
                                   flags[SYMBOLIC_CF],
                                   flags[SYMBOLIC_ZF],
                                   two(step, EXPRESSION_OR, flags[SYMBOLIC_CF], flags[SYMBOLIC_ZF]),
                                   flags[SYMBOLIC_SF],
                                   flags[SYMBOLIC_PF],
                                   less,
                                   two(step, EXPRESSION_OR, flags[SYMBOLIC_ZF], less)};
    uint32_t holds = conditions[code / 2 & 7];
    return code & 1 ? change(step, holds) : holds;
}

/* `a` where a condition holds, else `b`. */
static uint32_t either(struct step *step, uint32_t holds, uint32_t a, uint32_t b)
{
    uint32_t mask = expression_negative(&step->run->all, holds);
    return two(step, EXPRESSION_OR, two(step, EXPRESSION_AND, a, mask),
               two(step, EXPRESSION_AND, b, expression_not(&step->run->all, mask)));
}

/* ---- instructions ---- */

static void logic(struct step *step, enum expression_kind kind, bool keeps)
{
    const ZydisDecodedOperand *operands = step->operands;
    uint32_t value = two(step, kind, read(step, &operands[0]), read(step, &operands[1]));
    set_logic_flags(step, value, operands[0].size);
    if (!keeps)
        write(step, &operands[0], value);
}

static void add_or_subtract(struct step *step, bool subtracts, bool keeps)
{
    const ZydisDecodedOperand *operands = step->operands;
    uint32_t a = read(step, &operands[0]), b = read(step, &operands[1]);
    uint32_t value = arithmetic(step, a, b, operands[0].size, subtracts, false);
    if (!keeps)
        write(step, &operands[0], value);
}

/* adc and sbb: of their carry and overflow it is known what they depend on. */
static void with_carry(struct step *step, bool subtracts)
{
    const ZydisDecodedOperand *operands = step->operands;
    uint32_t a = read(step, &operands[0]), b = read(step, &operands[1]);
    uint32_t carry = step->state->flags[SYMBOLIC_CF], both = some(step, a, b, 1);
    b = sum(step, b, carry);
    uint32_t value =
        low(step, subtracts ? difference(step, a, b) : sum(step, a, b), operands[0].size);
    set_result_flags(step, value, operands[0].size);
    step->state->flags[SYMBOLIC_CF] = some_flag(step, both, carry, 2);
    step->state->flags[SYMBOLIC_OF] = some_flag(step, both, carry, 3);
    write(step, &operands[0], value);
}

static void one_more(struct step *step, bool subtracts)
{
    const ZydisDecodedOperand *operand = &step->operands[0];
    uint32_t a = read(step, operand);
    write(step, operand, arithmetic(step, a, number(step, 1), operand->size, subtracts, true));
}

static void shift(struct step *step)
{
    const ZydisDecodedOperand *operand = &step->operands[0];
    const ZydisMnemonic mnemonic = step->source.mnemonic;
    const unsigned width = operand->size;
    uint32_t a = read(step, operand), count = read(step, &step->operands[1]), value;
    uint64_t by = 0;
    struct expressions *all = &step->run->all;
    step->is_lost |= !expression_is(all, count, &by); /* the flags may stay */
    by &= width == 64 ? 63 : 31;
    step->is_lost |= by >= width;
    if (by == 0) /* of 32 bits, it clears the others nevertheless */
        write(step, operand, a);
    if (by == 0 || by >= width)
        return;
    if (mnemonic == ZYDIS_MNEMONIC_SHL) {
        value = expression_one(all, EXPRESSION_SHIFT_LEFT, a, (unsigned)by);
        step->state->flags[SYMBOLIC_CF] = bit(step, a, width - (unsigned)by);
    } else {
        uint32_t wide = mnemonic == ZYDIS_MNEMONIC_SAR ? expression_signed(all, a, width) : a;
        value = expression_one(all, EXPRESSION_SHIFT_RIGHT, wide, (unsigned)by);
        step->state->flags[SYMBOLIC_CF] = bit(step, a, (unsigned)by - 1);
        /* The sign comes in from above, where it is not in all 64 bits. */
        if (mnemonic == ZYDIS_MNEMONIC_SAR)
            value = expression_signed(all, value, 64 - (unsigned)by);
    }
    set_result_flags(step, value, width);
    step->state->flags[SYMBOLIC_OF] =
        by == 1 ? some_flag(step, a, count, 1) : symbolic_lost(step->run, 1);
    write(step, operand, value);
}

/* cbw, cwde, cdqe, and cwd, cdq, cqo. */
static void widen(struct step *step, unsigned from, bool into_rdx)
{
    struct expressions *all = &step->run->all;
    uint32_t value = expression_signed(all, *register_of(step, X86_RAX), from);
    if (into_rdx)
        write_register(step, X86_RDX, from, 0,
                       expression_negative(all, bit(step, *register_of(step, X86_RAX), from - 1)));
    else
        write_register(step, X86_RAX, 2 * from, 0, value);
}

/* lods, stos, movs, once, forward. */
static void copy_string(struct step *step, bool reads, bool writes)
{
    const unsigned bytes = step->source.operand_width / 8u;
    uint32_t *from = register_of(step, X86_RSI), *to = register_of(step, X86_RDI);
    if (step->source.attributes &
        (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)) {
        step->is_lost = true;
        return;
    }
    uint32_t value =
        reads ? read_memory(step, *from, bytes) : low(step, *register_of(step, X86_RAX), 8 * bytes);
    if (reads)
        *from = low(step, sum(step, *from, number(step, bytes)), word(step));
    if (writes) {
        write_memory(step, *to, bytes, value);
        *to = low(step, sum(step, *to, number(step, bytes)), word(step));
    } else {
        write_register(step, X86_RAX, 8 * bytes, 0, value);
    }
}

static void multiply(struct step *step)
{
    const ZydisDecodedOperand *operands = step->operands;
    const bool is_three = step->source.operand_count_visible == 3;
    uint32_t a = read(step, &operands[is_three ? 1 : 0]),
             b = read(step, &operands[is_three ? 2 : 1]);
    uint32_t *flags = step->state->flags;
    if (step->source.operand_count_visible < 2) {
        step->is_lost = true;
        return;
    }
    /* The others are not defined: processors leave them as they were, or do not. */
    for (unsigned i = 0; i < SYMBOLIC_FLAGS; i++)
        flags[i] = symbolic_lost(step->run, 1);
    flags[SYMBOLIC_CF] = flags[SYMBOLIC_OF] = some_flag(step, a, b, 2);
    write(step, &operands[0], some(step, a, b, 1));
}

static void exchange(struct step *step)
{
    const ZydisDecodedOperand *operands = step->operands;
    uint32_t a = read(step, &operands[0]), b = read(step, &operands[1]);
    write(step, &operands[0], b);
    write(step, &operands[1], a);
}

/* Moves and arithmetic. Returns false for other instructions. */
static bool compute(struct step *step)
{
    const ZydisDecodedOperand *operands = step->operands;
    struct expressions *all = &step->run->all;
    switch (step->source.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
        write(step, &operands[0], read(step, &operands[1]));
        return true;
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
        write(step, &operands[0],
              expression_signed(all, read(step, &operands[1]), operands[1].size));
        return true;
    case ZYDIS_MNEMONIC_LEA:
        write(step, &operands[0], address_of(step, &operands[1]));
        return true;
    case ZYDIS_MNEMONIC_ADD:
        add_or_subtract(step, false, false);
        return true;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_CMP:
        add_or_subtract(step, true, step->source.mnemonic == ZYDIS_MNEMONIC_CMP);
        return true;
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_SBB:
        with_carry(step, step->source.mnemonic == ZYDIS_MNEMONIC_SBB);
        return true;
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        one_more(step, step->source.mnemonic == ZYDIS_MNEMONIC_DEC);
        return true;
    case ZYDIS_MNEMONIC_NEG:
        write(step, &operands[0],
              arithmetic(step, number(step, 0), read(step, &operands[0]), operands[0].size, true,
                         false));
        return true;
    case ZYDIS_MNEMONIC_NOT:
        write(step, &operands[0], expression_not(all, read(step, &operands[0])));
        return true;
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_TEST:
        logic(step, EXPRESSION_AND, step->source.mnemonic == ZYDIS_MNEMONIC_TEST);
        return true;
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
        logic(step, step->source.mnemonic == ZYDIS_MNEMONIC_OR ? EXPRESSION_OR : EXPRESSION_XOR,
              false);
        return true;
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
        shift(step);
        return true;
    case ZYDIS_MNEMONIC_IMUL:
        multiply(step);
        return true;
    case ZYDIS_MNEMONIC_XCHG:
        exchange(step);
        return true;
    default:
        return false;
    }
}

/* The rest of what goes on at the next instruction. Returns false for other instructions. */
static bool compute_more(struct step *step)
{
    const ZydisDecodedOperand *operands = step->operands;
    uint32_t *flags = step->state->flags, value;
    switch (step->source.mnemonic) {
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_ENDBR64:
    case ZYDIS_MNEMONIC_ENDBR32:
    case ZYDIS_MNEMONIC_CLD:
        return true;
    case ZYDIS_MNEMONIC_PUSH:
        step->is_lost |= step->source.operand_width != step->source.stack_width;
        push(step, operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE
                       ? number(step, operands[0].imm.value.u & bits_ones(word(step)))
                       : read(step, &operands[0]));
        return true;
    case ZYDIS_MNEMONIC_POP:
        step->is_lost |= step->source.operand_width != step->source.stack_width ||
                         operands[0].type != ZYDIS_OPERAND_TYPE_REGISTER;
        value = pop(step);
        write(step, &operands[0], value);
        return true;
    case ZYDIS_MNEMONIC_CBW:
    case ZYDIS_MNEMONIC_CWDE:
    case ZYDIS_MNEMONIC_CDQE:
        widen(step, step->source.operand_width / 2u, false);
        return true;
    case ZYDIS_MNEMONIC_CWD:
    case ZYDIS_MNEMONIC_CDQ:
    case ZYDIS_MNEMONIC_CQO:
        widen(step, step->source.operand_width, true);
        return true;
    case ZYDIS_MNEMONIC_LODSB:
    case ZYDIS_MNEMONIC_LODSD:
    case ZYDIS_MNEMONIC_LODSQ:
        copy_string(step, true, false);
        return true;
    case ZYDIS_MNEMONIC_STOSB:
    case ZYDIS_MNEMONIC_STOSD:
    case ZYDIS_MNEMONIC_STOSQ:
        copy_string(step, false, true);
        return true;
    case ZYDIS_MNEMONIC_MOVSB:
        copy_string(step, true, true);
        return true;
    case ZYDIS_MNEMONIC_CLC:
    case ZYDIS_MNEMONIC_STC:
        flags[SYMBOLIC_CF] = number(step, step->source.mnemonic == ZYDIS_MNEMONIC_STC);
        return true;
    case ZYDIS_MNEMONIC_CMC:
        flags[SYMBOLIC_CF] = change(step, flags[SYMBOLIC_CF]);
        return true;
    default:
        break;
    }
    if (step->source.meta.category == ZYDIS_CATEGORY_SETCC)
        write(step, &operands[0], condition(step, step->source.opcode & 15u));
    else if (step->source.meta.category == ZYDIS_CATEGORY_CMOV)
        write(step, &operands[0],
              either(step, condition(step, step->source.opcode & 15u), read(step, &operands[1]),
                     read(step, &operands[0])));
    else
        return false;
    return true;
}

/* ---- where it goes on ---- */

static struct symbolic_step go(struct step *step, uint32_t where)
{
    uint64_t address;
    if (step->is_lost || !expression_is(&step->run->all, where, &address))
        return (struct symbolic_step){.stop = SYMBOLIC_LOST};
    step->state->at = address;
    return (struct symbolic_step){.stop = SYMBOLIC_ON};
}

static uint32_t target(struct step *step)
{
    const ZydisDecodedOperand *operand = &step->operands[0];
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return low(step, number(step, step->state->at + step->source.length + operand->imm.value.u),
                   word(step));
    return read(step, operand);
}

static struct symbolic_step branch(struct step *step)
{
    enum { LOOPNE = 0xe0, LOOPE, LOOP, JRCXZ };
    struct symbolic_step result = {.stop = SYMBOLIC_BRANCH};
    const unsigned opcode = step->source.opcode;
    uint64_t taken = 0;
    expression_is(&step->run->all, target(step), &taken);
    if (opcode >= LOOPNE) { /* jcc is 70 to 7f, or 0f and 80 to 8f */
        const unsigned width = step->source.address_width;
        uint32_t *count = register_of(step, X86_RCX);
        if (opcode != JRCXZ)
            write_register(step, X86_RCX, width, 0, sum(step, *count, number(step, UINT64_MAX)));
        result.condition =
            expression_one(&step->run->all, EXPRESSION_IS_ZERO, low(step, *count, width), 0);
        if (opcode != JRCXZ)
            result.condition = change(step, result.condition);
        if (opcode < LOOP)
            result.condition = two(step, EXPRESSION_AND, result.condition,
                                   condition(step, opcode == LOOPE ? 4 : 5));
    } else {
        result.condition = condition(step, opcode & 15u);
    }
    result.taken = taken;
    step->state->at += step->source.length;
    return result;
}

static struct symbolic_step leads(struct step *step)
{
    const struct symbolic_step lost = {.stop = SYMBOLIC_LOST};
    const uint64_t next = step->state->at + step->source.length;
    uint32_t where;
    if (step->source.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR ||
        x86_has_other_meaning(&step->source))
        return lost;
    switch (step->source.meta.category) {
    case ZYDIS_CATEGORY_UNCOND_BR:
        return go(step, target(step));
    case ZYDIS_CATEGORY_COND_BR:
        return branch(step);
    case ZYDIS_CATEGORY_CALL:
        where = target(step);
        push(step, number(step, next));
        return go(step, where);
    case ZYDIS_CATEGORY_RET:
        return step->source.operand_count_visible ? lost : go(step, pop(step));
    default:
        break;
    }
    if (step->source.mnemonic == ZYDIS_MNEMONIC_SYSCALL ||
        (step->source.mnemonic == ZYDIS_MNEMONIC_INT && step->source.raw.imm[0].value.u == 0x80)) {
        step->state->at = next;
        return (struct symbolic_step){.stop = SYMBOLIC_CALL,
                                      .is_wide = step->source.mnemonic == ZYDIS_MNEMONIC_SYSCALL};
    }
    if (x86_faults(&step->source) || step->source.mnemonic == ZYDIS_MNEMONIC_INT3)
        return (struct symbolic_step){.stop = SYMBOLIC_FAULT,
                                      .mnemonic = (uint16_t)step->source.mnemonic};
    if (!compute(step) && !compute_more(step))
        return lost;
    step->state->at = next;
    return (struct symbolic_step){.stop = step->is_lost ? SYMBOLIC_LOST : SYMBOLIC_ON};
}

struct symbolic_step symbolic_step(struct symbolic_run *run, const struct symbolic_program *program,
                                   struct symbolic_state *state)
{
    uint8_t bytes[ELFGEN_X86_LONGEST];
    struct step step = {.run = run, .program = program, .state = state};
    size_t size = symbolic_code(program, state, state->at, bytes, sizeof bytes);
    if (run->steps == 0 || !x86_decode(program->decoder, bytes, size, &step.source, step.operands))
        return (struct symbolic_step){.stop = SYMBOLIC_LOST};
    run->steps--;
    return leads(&step);
}

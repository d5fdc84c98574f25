/* What plain instructions make of numbers from outside. Of two such numbers a difference is not
 * followed: mostly it is how much is left. */
#include "golf/lift/sizes/made.h"

#include "golf/lift/sizes/cells.h"
#include "golf/lift/sizes/compared.h"
#include "golf/lift/decode.h"
#include "golf/lift/sizes/given.h"
#include "x86/known_bits.h"

static const struct lift_given unknown = {0};

static bool is_number(const struct lift_given *given)
{
    return given->bits != 0 && lift_given_least(given) == lift_given_most(given);
}

static bool is_natural(const struct lift_given *given)
{
    return given->bits != 0 && lift_given_least(given) >= 0;
}

/* An interval made of two numbers. */
static struct lift_given made_of(const struct lift_given *a, const struct lift_given *b,
                                 unsigned bits, int64_t least, int64_t most)
{
    struct lift_given result = lift_given_range(bits, least, most);
    result.of_call = a->of_call || b->of_call;
    return result;
}

/* As a number without a sign. */
static struct lift_given natural(const struct lift_given *given, unsigned bits)
{
    if (is_natural(given) || given->bits == 0)
        return *given;
    enum { WORD = 64 };
    const int64_t most = bits < WORD ? (int64_t)bits_ones(bits) : INT64_MAX;
    return made_of(given, given, bits, 0, most);
}

/* ---- sums and products ---- */

static struct lift_given add(struct lift_given a, struct lift_given b, unsigned bits)
{
    int64_t least, most;
    if (a.bits == 0 || b.bits == 0)
        return unknown;
    if (is_number(&b))
        return lift_given_affine(&a, 1, lift_given_least(&b), bits);
    if (is_number(&a))
        return lift_given_affine(&b, 1, lift_given_least(&a), bits);
    if (a.from != 0 && a.from == b.from && a.scale == b.scale)
        return lift_given_affine(&a, 2, b.distance - a.distance, bits);
    if (__builtin_add_overflow(lift_given_least(&a), lift_given_least(&b), &least) ||
        __builtin_add_overflow(lift_given_most(&a), lift_given_most(&b), &most))
        return lift_given_any(bits);
    return made_of(&a, &b, bits, least, most);
}

static struct lift_given subtract(struct lift_given a, struct lift_given b, unsigned bits)
{
    if (a.bits == 0 || b.bits == 0)
        return unknown;
    if (is_number(&b) && lift_given_least(&b) != INT64_MIN)
        return lift_given_affine(&a, 1, -lift_given_least(&b), bits);
    if (is_number(&a))
        return lift_given_affine(&b, -1, lift_given_least(&a), bits);
    return unknown;
}

static struct lift_given multiply(struct lift_given a, struct lift_given b, unsigned bits)
{
    int64_t least, most;
    if (a.bits == 0 || b.bits == 0)
        return unknown;
    if (is_number(&b))
        return lift_given_affine(&a, lift_given_least(&b), 0, bits);
    if (is_number(&a))
        return lift_given_affine(&b, lift_given_least(&a), 0, bits);
    if (!is_natural(&a) || !is_natural(&b) ||
        __builtin_mul_overflow(lift_given_least(&a), lift_given_least(&b), &least) ||
        __builtin_mul_overflow(lift_given_most(&a), lift_given_most(&b), &most))
        return lift_given_any(bits);
    return made_of(&a, &b, bits, least, most);
}

/* ---- shifts ---- */

/* By how much; false: that is not known, or too much. */
static bool counts(const struct lift_given *by, unsigned bits, unsigned *least, unsigned *most)
{
    enum { DOUBLEWORD = 32 };
    if (by->bits == 0)
        return false;
    if (is_number(by)) {
        const uint64_t count = (uint64_t)lift_given_least(by) & (bits > DOUBLEWORD ? 63 : 31);
        *least = *most = (unsigned)count;
        return count < bits;
    }
    *least = (unsigned)lift_given_least(by);
    *most = (unsigned)lift_given_most(by);
    return is_natural(by) && lift_given_most(by) < (bits > DOUBLEWORD ? bits : DOUBLEWORD) &&
           *most < bits;
}

static struct lift_given shift_up(struct lift_given a, struct lift_given by, unsigned bits)
{
    enum { MOST = 62 };
    unsigned least, most;
    if (a.bits == 0 || by.bits == 0)
        return unknown;
    if (!counts(&by, bits, &least, &most) || most > MOST)
        return lift_given_any(bits);
    if (least == most)
        return lift_given_affine(&a, INT64_C(1) << least, 0, bits);
    if (!is_natural(&a) || lift_given_most(&a) > INT64_MAX >> most)
        return lift_given_any(bits);
    return made_of(&a, &by, bits, lift_given_least(&a) << least, lift_given_most(&a) << most);
}

static struct lift_given shift_down(struct lift_given a, struct lift_given by, unsigned bits,
                                    bool is_signed)
{
    unsigned least, most;
    if (a.bits == 0 || by.bits == 0)
        return unknown;
    if (!counts(&by, bits, &least, &most))
        return lift_given_any(bits);
    if (is_signed) {
        if (!lift_given_fits(-1, lift_given_most(&a), bits))
            return lift_given_any(bits);
    } else if (least == 0) {
        a = natural(&a, bits);
    } else if (!is_natural(&a)) {
        /* The highest bits are 0 then. */
        return made_of(&a, &by, bits, 0, (int64_t)(bits_ones(bits) >> least));
    }
    const int64_t low = lift_given_least(&a), high = lift_given_most(&a);
    return made_of(&a, &by, bits, low >> (low < 0 ? least : most),
                   high >> (high < 0 ? most : least));
}

/* ---- bits ---- */

enum bit_operation { BITS_AND, BITS_OR, BITS_XOR, BITS_AND_NOT };

static uint64_t combine(enum bit_operation operation, uint64_t a, uint64_t b)
{
    return operation == BITS_AND   ? a & b
           : operation == BITS_OR  ? a | b
           : operation == BITS_XOR ? a ^ b
                                   : a & ~b;
}

/* The smallest 2^n - 1 that is not less than a number. */
static int64_t filled(int64_t number)
{
    uint64_t bits = (uint64_t)number;
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits |= bits >> shift;
    return (int64_t)bits;
}

/* Each number is tried: there are few. */
static struct lift_given try_each(const struct lift_given *a, const struct lift_given *b,
                                  unsigned bits, enum bit_operation operation)
{
    const int64_t low = lift_given_least(a), high = lift_given_most(a);
    const uint64_t number = (uint64_t)lift_given_least(b);
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (int64_t i = low; i <= high; i++) {
        const int64_t one = (int64_t)combine(operation, (uint64_t)i, number);
        least = one < least ? one : least;
        most = one > most ? one : most;
    }
    return made_of(a, b, bits, least, most);
}

static struct lift_given combined(struct lift_given a, struct lift_given b, unsigned bits,
                                  enum bit_operation operation)
{
    enum { FEW = 8192 };
    if (is_number(&a) && operation != BITS_AND_NOT) {
        const struct lift_given other = a;
        a = b;
        b = other;
    }
    if (a.bits == 0 || b.bits == 0)
        return unknown;
    const int64_t low = lift_given_least(&a), high = lift_given_most(&a);
    if (is_number(&b) && low > -FEW && high < FEW && high - low < FEW)
        return try_each(&a, &b, bits, operation);
    const int64_t with = lift_given_most(&b);
    if (operation == BITS_AND && is_natural(&b))
        return made_of(&a, &b, bits, 0, is_natural(&a) && high < with ? high : with);
    if (operation == BITS_AND && is_natural(&a))
        return made_of(&a, &b, bits, 0, high);
    if (operation == BITS_AND_NOT && is_natural(&a))
        return made_of(&a, &b, bits, 0, high);
    if (is_natural(&a) && is_natural(&b))
        return made_of(&a, &b, bits, operation == BITS_OR ? low : 0,
                       filled(high > with ? high : with));
    return lift_given_any(bits);
}

/* ---- instructions ---- */

/* An instruction that is looked at. */
struct work {
    const struct lift *lift;
    const struct lift_instruction *instruction;
    const struct lift_state *state;
    unsigned bits; /* of its first operand */
};

static struct lift_given operand(const struct work *work, size_t which)
{
    return lift_operand_given(work->lift, work->instruction, work->state, which);
}

static struct lift_given general(const struct work *work, unsigned reg)
{
    return lift_given_of(&work->instruction->before[reg], work->bits);
}

/* The address that lea makes, as a number. */
static struct lift_given address_of(const struct work *work)
{
    const ZydisDecodedOperandMem *memory = &work->instruction->operands[1].mem;
    const unsigned bits = work->instruction->zydis.address_width;
    const uint8_t base = effects_register(memory->base), index = effects_register(memory->index);
    const struct lift_value *before = work->instruction->before;
    struct lift_given sum = lift_given_range(bits, 0, 0);
    if (memory->base == ZYDIS_REGISTER_RIP)
        return unknown;
    if (memory->disp.has_displacement)
        sum = lift_given_range(bits, memory->disp.value, memory->disp.value);
    if (base != EFFECTS_NONE)
        sum = add(lift_given_of(&before[base], bits), sum, bits);
    if (index != EFFECTS_NONE) {
        const struct lift_given scale = lift_given_range(bits, memory->scale, memory->scale);
        sum = add(sum, multiply(lift_given_of(&before[index], bits), scale, bits), bits);
    }
    return lift_given_part(&sum, work->bits);
}

/* A number with its sign above. */
static struct lift_given extended(const struct lift_given *given, unsigned from, unsigned bits)
{
    if (given->bits == 0)
        return unknown;
    const int64_t half = (int64_t)(bits_ones(from) >> 1);
    if (lift_given_most(given) > half)
        return made_of(given, given, bits, -half - 1, half);
    struct lift_given result = *given;
    result.bits = (uint8_t)bits;
    return result;
}

static struct lift_given product(const struct work *work)
{
    const uint8_t count = work->instruction->zydis.operand_count_visible;
    if (count == 1)
        return multiply(general(work, 0), operand(work, 0), work->bits);
    return multiply(operand(work, count - 2u), operand(work, count - 1u), work->bits);
}

/* What is known of a conditional move's operands is so where the condition is true, or not. */
static struct lift_given one_of(const struct work *work)
{
    const struct lift_given moved =
        lift_given_if(work->lift, work->instruction, work->state, 1, true);
    struct lift_given kept = lift_given_if(work->lift, work->instruction, work->state, 0, false);
    kept.joins = 0;
    return lift_given_either(&kept, &moved);
}

/* The place of a bit that is set, or how many there are. */
static struct lift_given bit_of(struct lift_given given, unsigned bits, bool is_count)
{
    int64_t most = 0;
    if (given.bits == 0)
        return unknown;
    for (uint64_t number = (uint64_t)lift_given_most(&given) + is_count; number > 1; number >>= 1)
        most++;
    return made_of(&given, &given, bits, 0, is_natural(&given) ? most : (int64_t)bits - !is_count);
}

/* Sums with a carry, which may be 0 or 1. */
static struct lift_given carried(const struct work *work, bool is_less)
{
    const struct lift_given carry = lift_given_range(work->bits, is_less ? -1 : 0, is_less ? 0 : 1);
    const ZydisDecodedOperand *operands = work->instruction->operands;
    if (is_less && operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
        operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
        operands[0].reg.value == operands[1].reg.value)
        return carry;
    const struct lift_given sum = is_less ? subtract(operand(work, 0), operand(work, 1), work->bits)
                                          : add(operand(work, 0), operand(work, 1), work->bits);
    return add(sum, carry, work->bits);
}

/* A single bit of an operand is changed. */
static struct lift_given with_bit(const struct work *work, enum bit_operation operation)
{
    const struct lift_given one = lift_given_range(work->bits, 1, 1);
    return combined(operand(work, 0), shift_up(one, operand(work, 1), work->bits), work->bits,
                    operation);
}

/* Any number, if it is made of one that is from outside. */
static struct lift_given any_of(const struct work *work)
{
    const struct lift_given given = operand(work, 0);
    struct lift_given result = given.bits ? lift_given_any(work->bits) : unknown;
    result.of_call = given.of_call;
    return result;
}

/* What sums and differences leave in their first operand; false: it is another instruction. */
static bool make_sum(const struct work *work, struct lift_given *made)
{
    const struct lift_given first = operand(work, 0);
    switch (work->instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
        *made = add(first, operand(work, 1), work->bits);
        return true;
    case ZYDIS_MNEMONIC_SUB:
        *made = subtract(first, operand(work, 1), work->bits);
        return true;
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_SBB:
        *made = carried(work, work->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SBB);
        return true;
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        *made = lift_given_affine(&first, 1,
                                  work->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_INC ? 1 : -1,
                                  work->bits);
        return true;
    case ZYDIS_MNEMONIC_NEG:
    case ZYDIS_MNEMONIC_NOT:
        *made = lift_given_affine(&first, -1,
                                  work->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_NEG ? 0 : -1,
                                  work->bits);
        return true;
    case ZYDIS_MNEMONIC_LEA:
        *made = address_of(work);
        return true;
    default:
        return false;
    }
}

/* The same of those that work with bits. */
static bool make_bits(const struct work *work, struct lift_given *made)
{
    const struct lift_given first = operand(work, 0);
    switch (work->instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_SHL:
        *made = shift_up(first, operand(work, 1), work->bits);
        return true;
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
        *made = shift_down(first, operand(work, 1), work->bits,
                           work->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SAR);
        return true;
    case ZYDIS_MNEMONIC_AND:
        *made = combined(first, operand(work, 1), work->bits, BITS_AND);
        return true;
    case ZYDIS_MNEMONIC_OR:
        *made = combined(first, operand(work, 1), work->bits, BITS_OR);
        return true;
    case ZYDIS_MNEMONIC_XOR:
        *made = combined(first, operand(work, 1), work->bits, BITS_XOR);
        return true;
    case ZYDIS_MNEMONIC_BTS:
        *made = with_bit(work, BITS_OR);
        return true;
    case ZYDIS_MNEMONIC_BTR:
        *made = with_bit(work, BITS_AND_NOT);
        return true;
    case ZYDIS_MNEMONIC_BTC:
        *made = with_bit(work, BITS_XOR);
        return true;
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
    case ZYDIS_MNEMONIC_RCL:
    case ZYDIS_MNEMONIC_RCR:
    case ZYDIS_MNEMONIC_BSWAP:
        *made = any_of(work);
        return true;
    case ZYDIS_MNEMONIC_BSR:
    case ZYDIS_MNEMONIC_BSF:
    case ZYDIS_MNEMONIC_POPCNT:
        *made = bit_of(operand(work, 1), work->bits,
                       work->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_POPCNT);
        return true;
    default:
        return false;
    }
}

/* The same of those that move. */
static struct lift_given make_move(const struct work *work)
{
    const struct lift_instruction *instruction = work->instruction;
    struct lift_given source;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_MOVZX:
        source = operand(work, 1);
        return lift_given_part(&source, work->bits);
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
        source = operand(work, 1);
        return extended(&source, instruction->operands[1].size, work->bits);
    case ZYDIS_MNEMONIC_IMUL:
    case ZYDIS_MNEMONIC_MUL:
        return product(work);
    default:
        break;
    }
    if (instruction->zydis.meta.category == ZYDIS_CATEGORY_SETCC)
        return lift_given_range(work->bits, 0, 1);
    if (instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV)
        return one_of(work);
    return unknown;
}

/* ---- registers that are no operands ---- */

static void make_quotient(const struct work *work, bool is_signed, struct lift_made *made)
{
    enum { DOUBLEWORD = 32 };
    const struct lift_given first = general(work, X86_RAX), by = operand(work, 0),
                            above = general(work, X86_RDX);
    if (work->bits < DOUBLEWORD || first.bits == 0 || !is_number(&by) ||
        lift_given_least(&by) <= 0 ||
        (!is_signed && (!is_number(&above) || lift_given_least(&above) != 0)))
        return;
    const int64_t number = lift_given_least(&by);
    const struct lift_given dividend = is_signed ? first : natural(&first, work->bits);
    const int64_t least = lift_given_least(&dividend), most = lift_given_most(&dividend);
    const int64_t low = least < 0 ? 1 - number : 0, high = most > 0 ? number - 1 : 0;
    made->registers[X86_RAX] = made_of(&first, &by, work->bits, least / number, most / number);
    made->registers[X86_RDX] =
        made_of(&first, &by, work->bits, least > low ? least : low, most < high ? most : high);
}

static void make_implied(const struct work *work, struct lift_made *made)
{
    const struct lift_instruction *instruction = work->instruction;
    const unsigned bits = instruction->zydis.operand_width;
    struct lift_given part;
    uint8_t reach, reg = lift_register(&instruction->operands[0], &reach);
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_CWDE:
    case ZYDIS_MNEMONIC_CDQE:
        part = lift_given_of(&instruction->before[X86_RAX], bits / 2);
        made->registers[X86_RAX] = extended(&part, bits / 2, bits);
        return;
    case ZYDIS_MNEMONIC_CDQ:
    case ZYDIS_MNEMONIC_CQO:
        part = lift_given_of(&instruction->before[X86_RAX], bits);
        part = extended(&part, bits, bits);
        if (part.bits != 0)
            made->registers[X86_RDX] =
                made_of(&part, &part, bits, lift_given_least(&part) < 0 ? -1 : 0,
                        lift_given_most(&part) < 0 ? -1 : 0);
        return;
    case ZYDIS_MNEMONIC_LODSD:
    case ZYDIS_MNEMONIC_LODSQ:
        if (!instruction->effects.repeats)
            made->registers[X86_RAX] = lift_given_in_memory(work->lift, instruction, work->state);
        return;
    case ZYDIS_MNEMONIC_DIV:
    case ZYDIS_MNEMONIC_IDIV:
        make_quotient(work, instruction->zydis.mnemonic == ZYDIS_MNEMONIC_IDIV, made);
        return;
    case ZYDIS_MNEMONIC_POP:
        if (reg != EFFECTS_NONE)
            made->registers[reg] = lift_given_in_memory(work->lift, instruction, work->state);
        return;
    case ZYDIS_MNEMONIC_PUSH:
        made->stored = operand(work, 0);
        return;
    default:
        return;
    }
}

void lift_make(const struct lift *lift, const struct lift_instruction *instruction,
               const struct lift_state *state, struct lift_made *made)
{
    const ZydisDecodedOperand *first = &instruction->operands[0];
    const struct work work = {lift, instruction, state, first->size};
    *made = (struct lift_made){.stored = unknown};
    make_implied(&work, made);
    uint8_t bits, reg = lift_register(first, &bits);
    if (instruction->zydis.operand_count_visible == 0 || first->size > 64 ||
        (reg != EFFECTS_NONE && bits != first->size))
        return;
    uint8_t other_bits, other = lift_register(&instruction->operands[1], &other_bits);
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_XCHG && other != EFFECTS_NONE &&
        other_bits == first->size)
        made->registers[other] = operand(&work, 0);
    struct lift_given result;
    if (!make_sum(&work, &result) && !make_bits(&work, &result))
        result = make_move(&work);
    if (result.bits == 0)
        return;
    const bool is_product = instruction->zydis.operand_count_visible == 1 &&
                            (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_IMUL ||
                             instruction->zydis.mnemonic == ZYDIS_MNEMONIC_MUL);
    if (is_product)
        reg = X86_RAX;
    if (reg == EFFECTS_NONE) {
        made->stored = result;
        return;
    }
    made->registers[reg] = result;
}

/* ---- into registers ---- */

void lift_forget_from(struct lift_state *state, uint32_t from)
{
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        if (state->registers[i].given.from == from)
            state->registers[i].given.from = 0;
    for (size_t i = 0; i < state->slot_count; i++)
        if (state->slots[i].value.given.from == from)
            state->slots[i].value.given.from = 0;
    lift_cells_forget_from(state, from);
}

void lift_give_made(const struct lift_instruction *instruction, uint32_t index,
                    const struct lift_made *made, struct lift_state *state)
{
    lift_forget_from(state, index + 1);
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        struct lift_value *value = &state->registers[reg];
        struct lift_given given = made->registers[reg];
        if (!(instruction->writes >> reg & 1) || value->kind != LIFT_OPAQUE)
            continue;
        const uint64_t above = ~bits_ones(given.bits ? given.bits : 64);
        const bool has_zeros = (value->known[0].known & value->known[1].known & above) == above &&
                               ((value->known[0].value | value->known[1].value) & above) == 0;
        given.is_low = given.bits < 32 && !has_zeros;
        if (given.from == 0)
            given.from = index + 1;
        value->given = given.bits ? given : unknown;
    }
}

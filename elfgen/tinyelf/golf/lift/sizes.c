/* Numbers from outside as sizes: what a call returned, which is negative if it failed, and argc.
 * What such a size has beyond its object is decided by where golf places things. */
#include "golf/lift/sizes.h"

#include <string.h>

#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/values.h"
#include "x86/flags.h"
#include "x86/known_bits.h"

#define ARGC     UINT32_MAX
#define FARTHEST (INT64_C(1) << 40)
/* Arguments, of a byte and a pointer each, in 6 MiB of stack. */
#define MOST_WORDS (INT64_C(1) << 19)

/* ---- where they come from ---- */

/* What a register or a place of the stack has; NULL after the last. */
static struct lift_value *value_at(struct lift_state *state, size_t index)
{
    if (index < GOLF_REGISTERS)
        return &state->registers[index];
    return index - GOLF_REGISTERS < state->slot_count ? &state->slots[index - GOLF_REGISTERS].value
                                                      : NULL;
}

/* What is from an instruction that comes again is not the same as what it leaves now. */
static void forget_from(struct lift_state *state, uint32_t from)
{
    struct lift_value *value;
    for (size_t i = 0; (value = value_at(state, i)); i++)
        if (value->given.from == from)
            value->given.from = 0;
}

void lift_give_result(const struct lift_call *call, const struct lift_instruction *instruction,
                      uint32_t index, struct lift_state *state)
{
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    const struct lift_value *before = instruction->before;
    struct lift_value *value = &state->registers[by->result];
    forget_from(state, index + 1);
    if (call->result == ELFGEN_RESULT_VALUE || call->result == ELFGEN_RESULT_NEVER)
        return;
    value->given = (struct lift_given){
        .bits = (uint8_t)by->width, .from = index + 1, .least = -ELFGEN_ERRNO_MOST};
    if (call->result != ELFGEN_RESULT_COUNT || call->count_in >= call->count)
        return;
    const struct lift_parameter *count = &call->parameters[call->count_in];
    if (lift_is_constant(&before[count->reg])) {
        uint64_t size = x86_low_bits(before[count->reg].known[0].value, count->bits);
        value->given.most = size < CALL_TRANSFER_MOST ? (int64_t)size : CALL_TRANSFER_MOST;
    }
}

/* What an operand is: a register's value, or a number. */
static struct lift_value operand_of(const struct lift_instruction *instruction, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return lift_constant(operand->imm.value.u);
    return reg != EFFECTS_NONE ? instruction->before[reg] : (struct lift_value){.kind = LIFT_STACK};
}

/* The value and the number that are added; false: it is no such sum. */
static bool sum_of(const struct lift_instruction *instruction, struct lift_value *value,
                   uint64_t *number)
{
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    const ZydisDecodedOperand *operands = instruction->operands;
    if (mnemonic == ZYDIS_MNEMONIC_LEA) {
        uint8_t base = effects_register(operands[1].mem.base);
        *number = (uint64_t)operands[1].mem.disp.value;
        if (base == EFFECTS_NONE || operands[1].mem.index != ZYDIS_REGISTER_NONE)
            return false;
        *value = instruction->before[base];
        return true;
    }
    *value = operand_of(instruction, 0);
    *number = mnemonic == ZYDIS_MNEMONIC_INC ? 1 : UINT64_MAX;
    if (mnemonic == ZYDIS_MNEMONIC_INC || mnemonic == ZYDIS_MNEMONIC_DEC)
        return true;
    struct lift_value other = operand_of(instruction, 1);
    if (mnemonic == ZYDIS_MNEMONIC_ADD && lift_is_constant(value)) {
        const struct lift_value constant = *value;
        *value = other;
        other = constant;
    }
    *number = other.known[0].value;
    if (mnemonic == ZYDIS_MNEMONIC_SUB)
        *number = 0 - *number;
    return (mnemonic == ZYDIS_MNEMONIC_ADD || mnemonic == ZYDIS_MNEMONIC_SUB) &&
           lift_is_constant(&other);
}

static int64_t least_of(const struct lift_given *given)
{
    return given->least + given->distance;
}

static int64_t most_of(const struct lift_given *given)
{
    return given->most + given->distance;
}

static bool is_argc(const struct lift_instruction *instruction)
{
    const struct lift_value *address = &instruction->address_read;
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    return (mnemonic == ZYDIS_MNEMONIC_MOV || mnemonic == ZYDIS_MNEMONIC_POP) &&
           instruction->effects.read_count == 1 && address->kind == LIFT_STACK &&
           address->frame == 0 && address->number == 0;
}

void lift_give_computed(const struct lift *lift, const struct lift_instruction *instruction,
                        unsigned reg, struct lift_value *value)
{
    uint8_t bits;
    bool is_first = lift_register(&instruction->operands[0], &bits) == reg;
    struct lift_value source;
    uint64_t number = 0;
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_CDQE) {
        source = instruction->before[0];
        bits = 64;
    } else if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_MOVSXD) {
        source = operand_of(instruction, 1);
    } else if (!is_first || bits < 32) {
        return;
    } else if (is_argc(instruction)) {
        value->given =
            (struct lift_given){.bits = (uint8_t)lift->bits, .from = ARGC, .most = MOST_WORDS};
        return;
    } else {
        if (!sum_of(instruction, &source, &number))
            return;
    }
    int64_t distance = lift_signed(number, bits);
    /* Zeros are above a negative number of 32 bits. */
    bool has_zeros = source.given.bits < bits && least_of(&source.given) < 0 &&
                     instruction->zydis.mnemonic != ZYDIS_MNEMONIC_CDQE &&
                     instruction->zydis.mnemonic != ZYDIS_MNEMONIC_MOVSXD;
    if (source.kind != LIFT_OPAQUE || source.given.bits < 32 || has_zeros || distance < -FARTHEST ||
        distance > FARTHEST || source.given.distance < -FARTHEST ||
        source.given.distance > FARTHEST)
        return;
    value->given = source.given;
    value->given.bits = bits;
    value->given.distance += distance;
}

void lift_give_narrow(struct lift_value *value, unsigned bits)
{
    if (bits < 32)
        value->given.bits = 0;
    else if (value->given.bits > bits)
        value->given.bits = (uint8_t)bits;
}

/* ---- comparisons ---- */

void lift_note_compared(const struct lift *lift, const struct lift_instruction *instruction,
                        struct lift_state *state)
{
    struct lift_compared *compared = &state->compared;
    uint8_t bits, reg = lift_register(&instruction->operands[0], &bits);
    if (instruction->writes >> compared->reg & 1)
        compared->bits = 0;
    if (!(instruction->flags_written & (FLAG_ZF | FLAG_SF | FLAG_CF)))
        return;
    compared->bits = 0;
    if (instruction->operands[0].type != ZYDIS_OPERAND_TYPE_REGISTER || reg == EFFECTS_NONE ||
        bits < 32)
        return;
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    const struct lift_value other = operand_of(instruction, 1);
    bool is_same = instruction->operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                   instruction->operands[0].reg.value == instruction->operands[1].reg.value;
    bool is_compared = mnemonic == ZYDIS_MNEMONIC_CMP && lift_is_constant(&other);
    bool is_tested = is_same && (mnemonic == ZYDIS_MNEMONIC_TEST || mnemonic == ZYDIS_MNEMONIC_OR ||
                                 mnemonic == ZYDIS_MNEMONIC_AND);
    /* Sums do not overflow: their carry is not followed. */
    bool is_sum = mnemonic == ZYDIS_MNEMONIC_INC || mnemonic == ZYDIS_MNEMONIC_DEC ||
                  mnemonic == ZYDIS_MNEMONIC_ADD || mnemonic == ZYDIS_MNEMONIC_SUB;
    if (!is_compared && !is_tested && !is_sum)
        return;
    *compared = (struct lift_compared){.reg = reg,
                                       .bits = bits > lift->bits ? (uint8_t)lift->bits : bits,
                                       .is_sum = is_sum,
                                       .to = is_compared ? other.known[0].value : 0};
}

/* Whether a condition holds for a number, and whether that is known. */
static bool holds(unsigned condition, const struct lift_compared *compared, uint64_t number,
                  bool *is_known)
{
    uint64_t a = x86_low_bits(number, compared->bits),
             b = x86_low_bits(compared->to, compared->bits);
    int64_t left = lift_signed(a, compared->bits), right = lift_signed(b, compared->bits);
    bool carry = a < b, zero = a == b, sign = lift_signed(a - b, compared->bits) < 0,
         result = false;
    switch (condition >> 1) {
    case 1: /* b */
        result = carry;
        *is_known = !compared->is_sum;
        break;
    case 2: /* e */
        result = zero;
        break;
    case 3: /* be */
        result = carry || zero;
        *is_known = !compared->is_sum;
        break;
    case 4: /* s */
        result = sign;
        break;
    case 6: /* l */
        result = left < right;
        break;
    case 7: /* le */
        result = left <= right;
        break;
    default:
        *is_known = false;
        break;
    }
    return result != (condition & 1);
}

/* Leaves of a range the part in which the condition is `way`: between the numbers where it may
 * change, it is the same. */
static void leave(struct lift_given *given, unsigned condition, bool way,
                  const struct lift_compared *compared)
{
    const int64_t to = lift_signed(compared->to, compared->bits), small = (int32_t)compared->to;
    const int64_t turns[] = {least_of(given), most_of(given), -1,    0,        to - 1, to,
                             to + 1,          small - 1,      small, small + 1};
    int64_t least = INT64_MAX, most = INT64_MIN;
    bool is_known = true;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        if (turns[i] < least_of(given) || turns[i] > most_of(given) ||
            holds(condition, compared, x86_low_bits((uint64_t)turns[i], given->bits), &is_known) !=
                way)
            continue;
        least = turns[i] < least ? turns[i] : least;
        most = turns[i] > most ? turns[i] : most;
    }
    if (!is_known || least > most)
        return;
    given->least = least - given->distance;
    given->most = most - given->distance;
}

static void leave_way(struct lift_state *state, const struct lift_instruction *instruction,
                      bool way)
{
    const struct lift_compared *compared = &state->compared;
    struct lift_value *value = &state->registers[compared->reg], *other;
    struct lift_given *given = &value->given;
    if (compared->bits == 0 || value->kind != LIFT_OPAQUE || given->bits == 0 ||
        lift_is_counted(instruction))
        return;
    leave(given, instruction->zydis.opcode & 15, way, compared);
    for (size_t i = 0; (other = value_at(state, i)); i++)
        if (other->kind == LIFT_OPAQUE && given->from != 0 && other->given.from == given->from) {
            other->given.least = given->least;
            other->given.most = given->most;
        }
}

void lift_give_ways(struct lift_state *taken, struct lift_state *other,
                    const struct lift_instruction *instruction)
{
    leave_way(taken, instruction, true);
    leave_way(other, instruction, false);
}

void lift_give_returned(struct lift_state *state, uint16_t writes)
{
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        if (!(writes >> i & 1))
            state->registers[i].given.from = 0;
    for (size_t i = 0; i < state->slot_count; i++)
        state->slots[i].value.given.from = 0;
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
    if (size->kind != LIFT_OPAQUE || size->given.bits == 0)
        return true;
    const bool fails =
        size->given.bits == 64 && count->bits == 64 && syscall_fails_if_negative(call->name);
    if (least_of(&size->given) < 0 && !fails) {
        lift->does_other = true;
        return lift_refuse_call(lift, instruction, call->name,
                                "is given a call's result as its size: if that call failed, all "
                                "memory that follows is meant; test it first");
    }
    if (!may_exceed(lift, pointer, most_of(&size->given)))
        return true;
    lift->does_other = true;
    return lift_refuse_call(lift, instruction, call->name,
                            "is given a size from outside that may be more than there is from its "
                            "address on; test it first");
}

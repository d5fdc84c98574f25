/* Comparisons: what they tell of numbers from outside, where a jump, cmov or setcc asks for it. */
#include "golf/lift/sizes/compared.h"

#include "golf/lift/sizes/cells.h"
#include "golf/lift/decode.h"
#include "golf/lift/sizes/given.h"
#include "golf/lift/values.h"
#include "x86/flags.h"
#include "x86/known_bits.h"
#include "x86/x86.h"

enum { SIDES = 2 };

/* ---- notes ---- */

/* Where an operand is, and which numbers it may be. */
static struct lift_side side_of(const struct lift *lift, const struct lift_instruction *instruction,
                                const struct lift_state *state, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    const struct lift_given given = lift_operand_given(lift, instruction, state, which);
    const struct lift_value *address = &instruction->address_read;
    uint8_t bits = 0;
    struct lift_side side = {.reg = lift_register(operand, &bits), .is_known = given.bits != 0};
    if (bits != operand->size)
        side.reg = EFFECTS_NONE;
    if (side.is_known) {
        side.least = lift_given_least(&given);
        side.most = lift_given_most(&given);
    }
    if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || instruction->effects.read_count != 1 ||
        instruction->is_folded || (address->kind != LIFT_STACK && !lift_is_constant(address)))
        return side;
    side.is_cell = true;
    side.frame = address->kind == LIFT_STACK ? address->frame : LIFT_NO_FRAME;
    side.at = address->kind == LIFT_STACK ? address->number : address->known[0].value;
    side.size = instruction->effects.reads[0].size;
    return side;
}

void lift_compared_forget(struct lift_state *state, uint16_t writes)
{
    for (size_t i = 0; i < SIDES; i++)
        if (state->compared.sides[i].reg != EFFECTS_NONE &&
            writes >> state->compared.sides[i].reg & 1)
            state->compared.sides[i].reg = EFFECTS_NONE;
}

static const struct lift_side nothing = {.reg = EFFECTS_NONE, .is_known = true};

void lift_note_compared(const struct lift *lift, const struct lift_instruction *instruction,
                        struct lift_state *state)
{
    struct lift_compared *compared = &state->compared;
    const ZydisDecodedOperand *operands = instruction->operands;
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    lift_compared_forget(state, instruction->writes);
    for (size_t i = 0; i < SIDES && instruction->effects.write_count > 0; i++)
        compared->sides[i].is_cell = false;
    if (!(instruction->flags_written & (FLAG_ZF | FLAG_SF | FLAG_CF)))
        return;
    compared->bits = 0;
    const bool is_same = operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                         operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
                         operands[0].reg.value == operands[1].reg.value;
    const bool is_compared = mnemonic == ZYDIS_MNEMONIC_CMP;
    const bool is_tested =
        is_same && (mnemonic == ZYDIS_MNEMONIC_TEST || mnemonic == ZYDIS_MNEMONIC_OR ||
                    mnemonic == ZYDIS_MNEMONIC_AND);
    /* Sums do not overflow: their carry is not followed. */
    const bool is_sum = mnemonic == ZYDIS_MNEMONIC_INC || mnemonic == ZYDIS_MNEMONIC_DEC ||
                        mnemonic == ZYDIS_MNEMONIC_ADD || mnemonic == ZYDIS_MNEMONIC_SUB;
    if ((!is_compared && !is_tested && !is_sum) || operands[0].size > 64)
        return;
    *compared = (struct lift_compared){.bits = (uint8_t)operands[0].size, .is_sum = is_sum};
    compared->sides[0] = side_of(lift, instruction, state, 0);
    compared->sides[1] = is_compared ? side_of(lift, instruction, state, 1) : nothing;
}

/* ---- what a condition tells ---- */

/* Whether a condition holds for two numbers, and whether that is known. */
static bool holds(unsigned condition, const struct lift_compared *compared, int64_t first,
                  int64_t second, bool *is_known)
{
    const unsigned bits = compared->bits;
    const uint64_t a = x86_low_bits((uint64_t)first, bits),
                   b = x86_low_bits((uint64_t)second, bits);
    const int64_t left = lift_signed(a, bits), right = lift_signed(b, bits);
    const bool carry = a < b, zero = a == b, sign = lift_signed(a - b, bits) < 0;
    bool result = false;
    switch (condition >> 1) {
    case 1: /* b */
        result = carry;
        *is_known = *is_known && !compared->is_sum;
        break;
    case 2: /* e */
        result = zero;
        break;
    case 3: /* be */
        result = carry || zero;
        *is_known = *is_known && !compared->is_sum;
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

/* Numbers of a side between which a condition changes: its ends, and where signs do. */
static size_t ends_of(const struct lift_side *side, unsigned bits, int64_t ends[4])
{
    const int64_t middle = (int64_t)(bits_ones(bits) >> 1);
    ends[0] = side->least, ends[1] = side->most;
    if (side->least < 0 && side->most >= 0)
        ends[2] = -1, ends[3] = 0;
    else if (side->least <= middle && side->most > middle)
        ends[2] = middle, ends[3] = middle + 1;
    else
        return 2;
    return 4;
}

/* Leaves of a number on one side the part with which the condition may be `way`: between the
 * numbers where that may change, it is the same. */
static void leave(struct lift_given *given, unsigned condition, bool way,
                  const struct lift_compared *compared, size_t which)
{
    const unsigned bits = compared->bits;
    const int64_t low = lift_given_least(given), high = lift_given_most(given);
    const struct lift_side mine = {.least = low, .most = high};
    int64_t others[4], turns[4], least = INT64_MAX, most = INT64_MIN;
    const size_t others_count = ends_of(&compared->sides[1 - which], bits, others),
                 turns_count = ends_of(&mine, bits, turns);
    bool is_known = true;
    if (!lift_given_fits(low, high, bits))
        return;
    for (size_t i = 0; i < others_count; i++) {
        const uint64_t small = (uint64_t)lift_signed((uint64_t)others[i], bits),
                       large = x86_low_bits(small, bits);
        const uint64_t near[] = {small - 1, small, small + 1, large - 1, large, large + 1};
        for (size_t k = 0; k < turns_count + sizeof near / sizeof near[0]; k++) {
            const int64_t turn = k < turns_count ? turns[k] : (int64_t)near[k - turns_count];
            if (turn < low || turn > high ||
                holds(condition, compared, which == 0 ? turn : others[i],
                      which == 0 ? others[i] : turn, &is_known) != way)
                continue;
            least = turn < least ? turn : least;
            most = turn > most ? turn : most;
        }
    }
    if (is_known && least <= most)
        lift_given_leave(given, least, most);
    /* That never comes about: it may be any number then, such as the other side's. */
    else if (is_known && lift_given_fits(others[0], others[0], given->bits))
        *given = lift_given_range(given->bits, others[0], others[0]);
}

/* The number that a side of a comparison still is; NULL: that is not known. */
static struct lift_given *given_at(struct lift_state *state, const struct lift_side *side)
{
    if (side->reg != EFFECTS_NONE)
        return state->registers[side->reg].kind == LIFT_OPAQUE ? &state->registers[side->reg].given
                                                               : NULL;
    return side->is_cell ? lift_cell_at(state, side->frame, side->at, side->size) : NULL;
}

/* What is known of a base, for all that is from it. */
static void share(struct lift_given *given, const struct lift_given *narrow)
{
    if (given->from != narrow->from || given->bits == 0)
        return;
    given->least = narrow->least;
    given->most = narrow->most;
}

static void leave_way(struct lift_state *state, unsigned condition, bool way)
{
    const struct lift_compared *compared = &state->compared;
    for (size_t which = 0; which < SIDES && compared->bits != 0; which++) {
        struct lift_given *given = given_at(state, &compared->sides[which]);
        if (!given || given->bits == 0 || given->is_low || !compared->sides[1 - which].is_known)
            continue;
        leave(given, condition, way, compared, which);
        const struct lift_given narrow = *given;
        if (narrow.from == 0)
            continue;
        for (size_t i = 0; i < GOLF_REGISTERS; i++)
            share(&state->registers[i].given, &narrow);
        for (size_t i = 0; i < state->slot_count; i++)
            share(&state->slots[i].value.given, &narrow);
        for (size_t i = 0; i < state->cell_count; i++)
            share(&state->cells[i].given, &narrow);
    }
}

void lift_give_ways(struct lift_state *taken, struct lift_state *other,
                    const struct lift_instruction *instruction)
{
    const unsigned condition = instruction->zydis.opcode & 15;
    if (lift_is_counted(instruction))
        return;
    leave_way(taken, condition, true);
    leave_way(other, condition, false);
}

struct lift_given lift_given_if(const struct lift *lift, const struct lift_instruction *instruction,
                                const struct lift_state *state, size_t which, bool way)
{
    const unsigned condition = instruction->zydis.opcode & 15;
    const struct lift_compared *compared = &state->compared;
    const struct lift_side operand = side_of(lift, instruction, state, which);
    struct lift_given given = lift_operand_given(lift, instruction, state, which);
    for (size_t i = 0; i < SIDES && compared->bits != 0 && given.bits != 0; i++) {
        const struct lift_side *side = &compared->sides[i];
        if (!compared->sides[1 - i].is_known)
            continue;
        const bool is_side = (side->reg != EFFECTS_NONE && side->reg == operand.reg) ||
                             (side->is_cell && operand.is_cell && side->frame == operand.frame &&
                              side->at == operand.at && side->size == operand.size);
        if (is_side)
            leave(&given, condition, way, compared, i);
    }
    return given;
}

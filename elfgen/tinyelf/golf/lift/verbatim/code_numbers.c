/* Addresses of data as numbers, where instructions stay: as in lift/addresses/numbers.c, what is
 * shown of them depends on where golf puts their memory. */
#include "golf/lift/verbatim/code_numbers.h"

#include "golf/lift/addresses/moved.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "x86/flags.h"

enum { ADDRESS_BITS = 32 };

static const char bits_are_shown[] =
    "it takes bits of an address, which depend on where its memory is";
static const char number_is_met[] =
    "it compares an address with a number, or subtracts it from one: that depends on where its "
    "memory is";

/* Whether a value is no address, nor on the same side of all of them. */
static bool is_among_addresses(const struct held *value)
{
    enum { HIGHEST = 0xffff };
    if (value->kind != HELD_NUMBER || !value->is_outer)
        return false;
    return value->step != 0 ||
           (lift_can_be_mapped(value->number) && value->number >> 16 != HIGHEST);
}

/* What a comparison, sum or difference shows of its operand `which`. */
static const char *shown_by_other(const struct lift_instruction *instruction,
                                  const struct code_operands *operands, size_t which)
{
    const struct held *other = &operands->values[1 - which];
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_CMP:
        return is_among_addresses(other) ? number_is_met : NULL;
    case ZYDIS_MNEMONIC_SUB:
        return which == 1 && other->kind == HELD_NUMBER && other->is_outer ? number_is_met : NULL;
    default:
        return held_is_data(other) ? bits_are_shown : NULL;
    }
}

/* What an instruction shows of the address of data that is its operand `which`. */
static const char *shown(const struct lift_instruction *instruction,
                         const struct code_operands *operands, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && operand->size < ADDRESS_BITS)
        return bits_are_shown;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_LEAVE:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_CDQE:
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_JRCXZ:
    case ZYDIS_MNEMONIC_JECXZ:
        return NULL;
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_ADD:
        return instruction->zydis.mnemonic != ZYDIS_MNEMONIC_ADD &&
                       lift_is_same_register(instruction)
                   ? NULL
                   : shown_by_other(instruction, operands, which);
    case ZYDIS_MNEMONIC_TEST:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_SBB:
        return lift_is_same_register(instruction) ? NULL : bits_are_shown;
    default:
        break;
    }
    const ZydisInstructionCategory category = instruction->zydis.meta.category;
    return category == ZYDIS_CATEGORY_STRINGOP || category == ZYDIS_CATEGORY_CMOV ||
                   category == ZYDIS_CATEGORY_CALL || category == ZYDIS_CATEGORY_UNCOND_BR
               ? NULL
               : bits_are_shown;
}

/* lea: twice an address, or the sum of two. */
static bool adds_addresses(const struct lift_instruction *instruction,
                           const struct code_state *state)
{
    const ZydisDecodedOperandMem *place = &instruction->operands[1].mem;
    const uint8_t base = effects_register(place->base), index = effects_register(place->index);
    if (instruction->zydis.mnemonic != ZYDIS_MNEMONIC_LEA || index >= GOLF_REGISTERS ||
        !held_is_data(&state->registers[index]))
        return false;
    return place->scale > 1 || (base < GOLF_REGISTERS && held_is_data(&state->registers[base]));
}

const char *code_numbers_shown(const struct lift_instruction *instruction,
                               const struct code_state *state, const struct code_operands *operands)
{
    if (adds_addresses(instruction, state))
        return bits_are_shown;
    for (size_t i = 0; i < CODE_OPERANDS; i++) {
        const char *why = operands->is_read[i] && held_is_data(&operands->values[i])
                              ? shown(instruction, operands, i)
                              : NULL;
        if (why)
            return why;
    }
    for (size_t i = 0; instruction->zydis.mnemonic == ZYDIS_MNEMONIC_CMP && i < 2; i++)
        if (operands->values[i].kind == HELD_NUMBER &&
            operands->values[i].traits & HELD_IS_FROM_ABOVE &&
            held_is_exact(&operands->values[1 - i]) && operands->values[1 - i].number != 0)
            return lift_is_searched;
    return NULL;
}

bool code_numbers_alone(const struct lift_instruction *instruction, const struct code_state *state)
{
    for (size_t i = 0; i < instruction->zydis.operand_count; i++)
        if (instruction->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            instruction->operands[i].size >= ADDRESS_BITS)
            return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (instruction->reads >> reg & 1 &&
            (state->registers[reg].kind != HELD_NUMBER || !state->registers[reg].is_outer))
            return false;
    return true;
}

bool code_numbers_are_apart(const struct held *a, const struct held *b)
{
    return a->kind == HELD_DATA && b->kind == HELD_DATA && a->section != b->section &&
           a->section != HELD_NO_SECTION && b->section != HELD_NO_SECTION;
}

uint32_t code_numbers_flags(ZydisMnemonic mnemonic, const struct held *a, const struct held *b)
{
    const struct held *number = a->kind == HELD_DATA ? b : a;
    const bool is_sum = mnemonic == ZYDIS_MNEMONIC_ADD || mnemonic == ZYDIS_MNEMONIC_SUB ||
                        mnemonic == ZYDIS_MNEMONIC_INC || mnemonic == ZYDIS_MNEMONIC_DEC,
               is_address = (held_is_data(a) || held_is_data(b)) && number->kind == HELD_NUMBER &&
                            number->is_outer,
               is_from_above =
                   a->kind == HELD_NUMBER && a->traits & HELD_IS_FROM_ABOVE && held_is_exact(b);
    return is_sum && (is_address || is_from_above) ? CODE_ORDER_FLAGS | FLAG_ZF : 0;
}

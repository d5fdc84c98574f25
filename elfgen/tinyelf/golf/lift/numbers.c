/* Addresses as numbers: what is made of them besides other addresses. A constant one is a number of
 * the original, and stays so; a sum with something unknown is computed when the program runs. */
#include "golf/lift/numbers.h"

#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/values.h"

static bool is_address(const struct lift *lift, const struct lift_value *value)
{
    return value->of_address || lift_may_be_address(lift, value);
}

static bool has_address(const struct lift *lift, const struct lift_instruction *instruction,
                        size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (reg != EFFECTS_NONE)
        return bits >= 32 && is_address(lift, &instruction->before[reg]);
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand->imm.value.u >= ELFGEN_PAGE &&
           !lift_is_number_operand(lift, instruction, which) &&
           lift_is_address(lift, operand->imm.value.u);
}

/* lea: a register of the place has one, or the number in it is one. */
static bool is_place_of_address(const struct lift *lift, const struct lift_instruction *instruction)
{
    const ZydisDecodedOperandMem *memory = &instruction->operands[1].mem;
    uint8_t base = effects_register(memory->base), index = effects_register(memory->index);
    bool is_there = memory->disp.has_displacement && memory->disp.value >= ELFGEN_PAGE &&
                    !lift_is_number_operand(lift, instruction, 1) &&
                    lift_is_address(lift, (uint64_t)memory->disp.value);
    return is_there || (base != EFFECTS_NONE && is_address(lift, &instruction->before[base])) ||
           (index != EFFECTS_NONE && memory->scale <= 1 &&
            is_address(lift, &instruction->before[index]));
}

bool lift_is_sum_with_address(const struct lift *lift, const struct lift_instruction *instruction)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_LEA:
        return is_place_of_address(lift, instruction);
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        return has_address(lift, instruction, 0);
    case ZYDIS_MNEMONIC_ADD:
        return has_address(lift, instruction, 0) || has_address(lift, instruction, 1);
    case ZYDIS_MNEMONIC_SUB: /* of what is not known it may be the distance to another address */
        return has_address(lift, instruction, 0) &&
               instruction->operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
               !has_address(lift, instruction, 1);
    default:
        return false;
    }
}

/* Instructions whose result depends on each bit of an operand, or on its size. */
static bool takes_bits(const struct lift_instruction *instruction)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_TEST:
        return instruction->operands[0].reg.value != instruction->operands[1].reg.value ||
               instruction->operands[1].type != ZYDIS_OPERAND_TYPE_REGISTER;
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
    case ZYDIS_MNEMONIC_BT:
    case ZYDIS_MNEMONIC_NOT:
    case ZYDIS_MNEMONIC_NEG:
    case ZYDIS_MNEMONIC_MUL:
    case ZYDIS_MNEMONIC_IMUL:
    case ZYDIS_MNEMONIC_DIV:
    case ZYDIS_MNEMONIC_IDIV:
        return true;
    default:
        return false;
    }
}

/* Whether an operand is a number of which it is not known that it is an address: loaded, or left by
 * a call. */
static bool is_from_elsewhere(const struct lift_instruction *instruction, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (reg == EFFECTS_NONE)
        return operand->type == ZYDIS_OPERAND_TYPE_MEMORY;
    return instruction->before[reg].kind == LIFT_OPAQUE && !instruction->before[reg].of_address;
}

/* Whether an instruction's address is subtracted from such a number, or compared with it: Linux
 * puts the address of the entry above the arguments, which is another one when code is moved. */
static bool meets_code(const struct lift *lift, const struct lift_instruction *instruction)
{
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    if (mnemonic != ZYDIS_MNEMONIC_SUB && mnemonic != ZYDIS_MNEMONIC_CMP &&
        mnemonic != ZYDIS_MNEMONIC_XOR)
        return false;
    for (size_t i = 0; i < 2; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        uint64_t number =
            reg != EFFECTS_NONE ? instruction->before[reg].known[0].value : operand->imm.value.u;
        if (has_address(lift, instruction, i) && is_from_elsewhere(instruction, 1 - i) &&
            (reg == EFFECTS_NONE || lift_is_constant(&instruction->before[reg])) &&
            lift_is_decoded(lift, number))
            return true;
    }
    return false;
}

bool lift_shows_address(struct lift *lift, const struct lift_instruction *instruction)
{
    if (meets_code(lift, instruction)) {
        lift->does_other = true;
        lift_refuse_at(lift, instruction,
                       "it compares a number that it has loaded with an address of its code, which "
                       "is another one when code is moved");
        return true;
    }
    for (size_t i = 0; i < instruction->zydis.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        if (reg == EFFECTS_NONE || !(operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ) ||
            !instruction->before[reg].of_address ||
            (operand->size >= 32 && !takes_bits(instruction)))
            continue;
        lift->does_other = true;
        lift_refuse_at(lift, instruction,
                       "it takes bits of an address, which depend on where its memory is");
        return true;
    }
    return false;
}

bool lift_passes_address(struct lift *lift, const struct lift_instruction *instruction,
                         const struct lift_parameter *parameter)
{
    if (parameter->is_address || !instruction->before[parameter->reg].of_address)
        return false;
    lift->does_other = true;
    lift_refuse_at(lift, instruction,
                   "it passes an address as a number, which depends on where its memory is");
    return true;
}

/* Addresses that are counted up or down until they are some number, and the auxiliary vector: it
 * has the number and the address of program headers, which are other ones in a smaller file. */
#include "golf/lift/addresses/moved.h"

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/values.h"
#include "x86/flags.h"
#include "x86/known_bits.h"

enum { WORD_BITS = 32 }; /* at least */

/* ---- what an instruction leaves ---- */

/* Whether a place is counted from the stack pointer at the start, or above it, and it is not known
 * how far. */
static bool is_upwards(const struct lift_instruction *instruction,
                       const ZydisDecodedOperand *operand)
{
    const uint8_t base = effects_register(operand->mem.base),
                  index = effects_register(operand->mem.index);
    const struct lift_value *value = base < GOLF_REGISTERS ? &instruction->before[base] : NULL;
    const int64_t more = operand->mem.disp.has_displacement ? operand->mem.disp.value : 0;
    if (index < GOLF_REGISTERS && instruction->before[index].traits & LIFT_IS_UPWARDS &&
        instruction->before[index].kind == LIFT_OPAQUE)
        return true;
    if (!value || value->kind != LIFT_STACK)
        return value && lift_traits(value) & LIFT_IS_UPWARDS;
    return index < GOLF_REGISTERS && value->frame == 0 && (int64_t)value->number + more >= 0;
}

static bool is_address(const struct lift_value *value)
{
    return value->kind == LIFT_OPAQUE && value->of_address;
}

/* The traits of what an operand has that is read. */
static uint8_t traits_of_operand(const struct lift_instruction *instruction,
                                 const ZydisDecodedOperand *operand)
{
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
        return operand->size >= WORD_BITS && is_upwards(instruction, operand) ? LIFT_IS_FROM_ABOVE
                                                                              : 0;
    return reg < GOLF_REGISTERS ? lift_traits(&instruction->before[reg]) : 0;
}

static bool is_copy(const struct lift_instruction *instruction)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_CDQE:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_PUSH:
        return true;
    default:
        return instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV;
    }
}

/* Whether a number is subtracted: up there is no number that an address gets to. */
static bool is_down(const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *by = &instruction->operands[1];
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_XOR:
        return true;
    case ZYDIS_MNEMONIC_ADD:
        return by->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && by->imm.value.s < 0;
    case ZYDIS_MNEMONIC_LEA:
        return by->mem.disp.has_displacement && by->mem.disp.value < 0;
    default:
        return false;
    }
}

static uint8_t traits_of_sum(const struct lift_instruction *instruction,
                             const ZydisDecodedOperand *place)
{
    const uint8_t registers[2] = {effects_register(place->mem.base),
                                  effects_register(place->mem.index)};
    uint8_t traits = is_upwards(instruction, place) ? LIFT_IS_UPWARDS : 0;
    bool is_sum = registers[0] < GOLF_REGISTERS && registers[1] < GOLF_REGISTERS;
    for (size_t i = 0; i < 2; i++) {
        if (registers[i] >= GOLF_REGISTERS)
            continue;
        const struct lift_value *value = &instruction->before[registers[i]];
        const uint8_t its = value->kind == LIFT_OPAQUE ? value->traits : 0;
        traits |= its & (uint8_t) ~(is_sum ? LIFT_IS_FROM_ABOVE : 0);
        if (is_down(instruction) && (is_address(value) || its & LIFT_IS_FROM_ABOVE))
            traits |= LIFT_IS_MOVED;
    }
    return traits;
}

/* Whether what is read besides a register's own value is not known. */
static bool has_other(const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *other = &instruction->operands[1];
    uint8_t bits, reg = lift_register(other, &bits);
    if (instruction->zydis.operand_count_visible < 2 ||
        other->type == ZYDIS_OPERAND_TYPE_IMMEDIATE || instruction->is_folded)
        return false;
    return reg >= GOLF_REGISTERS || !lift_is_constant(&instruction->before[reg]);
}

static uint8_t traits_left(const struct lift_instruction *instruction, unsigned reg)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    const bool is_plain = lift_is_string(instruction) || is_copy(instruction);
    uint8_t bits = 0, traits = 0;
    const bool is_first = lift_register(&operands[0], &bits) == reg,
               is_pointer = lift_is_string(instruction) && (reg == X86_RSI || reg == X86_RDI);
    if (is_first && bits < WORD_BITS && !lift_is_string(instruction))
        return 0;
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_LEA)
        return traits_of_sum(instruction, &operands[1]);
    if (is_pointer || (reg == X86_RSP && !is_first))
        return lift_traits(&instruction->before[reg]);
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        bool is_read = operands[i].actions & ZYDIS_OPERAND_ACTION_MASK_READ;
        bool is_hidden = operands[i].visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
                         operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER;
        if (is_read && !(is_hidden && is_plain))
            traits |= traits_of_operand(instruction, &operands[i]);
    }
    if (is_plain)
        return traits;
    if (is_down(instruction) &&
        (traits & LIFT_IS_FROM_ABOVE || is_address(&instruction->before[reg])))
        traits |= LIFT_IS_MOVED;
    return has_other(instruction) ? traits & (uint8_t)~LIFT_IS_FROM_ABOVE : traits;
}

void lift_give_traits(const struct lift_instruction *instruction, unsigned reg,
                      struct lift_value *value)
{
    value->traits = traits_left(instruction, reg);
    if (!value->of_address && !(value->traits & LIFT_IS_FROM_ABOVE))
        value->traits &= (uint8_t)~LIFT_IS_MOVED; /* a distance */
}

/* ---- what is shown ---- */

static const char is_counted[] =
    "it counts an address until it is some number: that depends on where its memory is";
const char lift_is_searched[] =
    "it looks for a number above its arguments: the auxiliary vector there has the number and "
    "the address of program headers, which are other ones in a smaller file";

/* Whether an operand is a number, but no address; in *number, which. */
static bool is_number(const struct lift *lift, const struct lift_instruction *instruction,
                      size_t which, uint64_t *number)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        *number = operand->imm.value.u;
        return lift_part_of_number(lift, x86_low_bits(*number, lift->bits),
                                   lift_is_number_operand(lift, instruction, which)) ==
               LIFT_NO_ADDRESS;
    }
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        *number = instruction->folded;
        return instruction->is_folded;
    }
    if (reg >= GOLF_REGISTERS || !lift_is_constant(&instruction->before[reg]))
        return false;
    *number = instruction->before[reg].known[0].value;
    return lift_part_of(lift, &instruction->before[reg]) == LIFT_NO_ADDRESS;
}

/* What a comparison, or a sum whose flags are read, shows of its operand `which`. */
static const char *shown_by_number(const struct lift *lift,
                                   const struct lift_instruction *instruction, size_t which)
{
    const uint8_t traits = traits_of_operand(instruction, &instruction->operands[which]);
    uint64_t number = 1;
    if (instruction->zydis.operand_count_visible > 1 &&
        !is_number(lift, instruction, 1 - which, &number))
        return NULL;
    if (traits & LIFT_IS_FROM_ABOVE && (number != 0 || traits & LIFT_IS_MOVED))
        return lift_is_searched;
    return traits & LIFT_IS_MOVED ? is_counted : NULL;
}

/* What it shows of a value that it is 0. */
static const char *shown_by_zero(uint8_t traits)
{
    if (!(traits & LIFT_IS_MOVED))
        return NULL;
    return traits & LIFT_IS_FROM_ABOVE ? lift_is_searched : is_counted;
}

static const char *shown_by_string(const struct lift_instruction *instruction)
{
    const struct lift_value *to = &instruction->before[X86_RDI],
                            *what = &instruction->before[X86_RAX];
    const bool is_word = instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SCASD ||
                         instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SCASQ;
    bool is_known = lift_is_constant(what);
    return is_word && lift_traits(to) & LIFT_IS_UPWARDS && is_known && what->known[0].value != 0
               ? lift_is_searched
               : NULL;
}

static const char *shown(const struct lift *lift, const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    const char *first = NULL;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_CMP:
        first = shown_by_number(lift, instruction, 0);
        return first ? first : shown_by_number(lift, instruction, 1);
    case ZYDIS_MNEMONIC_TEST:
        return operands[0].reg.value == operands[1].reg.value
                   ? shown_by_zero(traits_of_operand(instruction, &operands[0]))
                   : NULL;
    case ZYDIS_MNEMONIC_JRCXZ:
    case ZYDIS_MNEMONIC_JECXZ:
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE:
        return shown_by_zero(lift_traits(&instruction->before[X86_RCX]));
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        return instruction->flags_live != 0 ? shown_by_number(lift, instruction, 0) : NULL;
    default:
        return lift_is_string(instruction) ? shown_by_string(instruction) : NULL;
    }
}

bool lift_shows_moved(struct lift *lift, const struct lift_instruction *instruction)
{
    const char *why = shown(lift, instruction);
    return why && !lift_refuse_other(lift, instruction, why);
}

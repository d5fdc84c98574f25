/* Addresses as numbers: what is made of them besides other addresses. With a linker's word for what
 * is an address, each counts; without it those that are computed, while a constant is a number of
 * the original, and stays so. */
#include "golf/lift/addresses/numbers.h"

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/state.h"
#include "golf/lift/values.h"
#include "x86/flags.h"

enum { ADDRESS_BITS = 32 };

/* ---- operands ---- */

/* What an operand has: how it has to do with addresses, and near which one that is, or which other
 * one. */
struct part {
    enum lift_part kind;
    uint64_t near, near_too, number;
    bool is_constant;
};

static struct part part_of_register(const struct lift *lift,
                                    const struct lift_instruction *instruction, uint8_t reg)
{
    const struct lift_value *value = &instruction->before[reg];
    struct lift_value parts = {.kind = LIFT_OPAQUE};
    lift_copy_parts(lift, value, &parts);
    return (struct part){.kind = lift_part_of(lift, value),
                         .near = parts.near,
                         .near_too = parts.near_too,
                         .number = value->known[0].value,
                         .is_constant = lift_is_constant(value)};
}

static struct part part_of_number(const struct lift *lift,
                                  const struct lift_instruction *instruction, size_t which,
                                  uint64_t number)
{
    struct part part = {
        .kind = lift_part_of_number(lift, number, lift_is_number_operand(lift, instruction, which)),
        .number = number,
        .is_constant = true};
    part.near = part.kind >= LIFT_LIKE_AN_ADDRESS ? number : 0;
    return part;
}

/* What is loaded: a number, unless addresses are stored where it may be. */
static enum lift_part loaded_part(const struct lift *lift,
                                  const struct lift_instruction *instruction)
{
    const bool is_short = instruction->effects.read_count > 0 &&
                          instruction->effects.reads[0].size < ADDRESS_BITS / 8;
    if (instruction->is_folded)
        return LIFT_ANYTHING;
    return is_short || (!lift_is_private(&instruction->address_read) && !lift->stores_addresses)
               ? LIFT_NO_ADDRESS
               : LIFT_ANYTHING;
}

static struct part part_of_operand(const struct lift *lift,
                                   const struct lift_instruction *instruction, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (reg != EFFECTS_NONE)
        return part_of_register(lift, instruction, reg);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return part_of_number(lift, instruction, which,
                              x86_low_bits(operand->imm.value.u, lift->bits));
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && instruction->reads_address)
        return (struct part){.kind = LIFT_ADDRESS, .near = instruction->near_read};
    return (struct part){.kind = operand->type == ZYDIS_OPERAND_TYPE_MEMORY
                                     ? loaded_part(lift, instruction)
                                     : LIFT_ANYTHING};
}

/* The parts of a place: displacement, base, index. */
static size_t parts_of_place(const struct lift *lift, const struct lift_instruction *instruction,
                             size_t which, struct part parts[3])
{
    const ZydisDecodedOperandMem *memory = &instruction->operands[which].mem;
    uint8_t base = effects_register(memory->base), index = effects_register(memory->index);
    size_t count = 0;
    if (memory->disp.has_displacement && memory->base == ZYDIS_REGISTER_RIP) {
        uint64_t number =
            instruction->address + instruction->zydis.length + (uint64_t)memory->disp.value;
        parts[count++] = (struct part){.kind = LIFT_ADDRESS, .near = number, .number = number};
    } else if (memory->disp.has_displacement) {
        parts[count++] = part_of_number(lift, instruction, which, (uint64_t)memory->disp.value);
    }
    if (base != EFFECTS_NONE)
        parts[count++] = part_of_register(lift, instruction, base);
    if (index != EFFECTS_NONE) {
        parts[count] = part_of_register(lift, instruction, index);
        if (memory->scale > 1 && parts[count].kind == LIFT_LIKE_AN_ADDRESS)
            parts[count].kind = LIFT_NO_ADDRESS;
        count++;
    }
    return count;
}

/* ---- results ---- */

/* The address among parts of which a sum is made; NULL: there is none for sure. */
static const struct part *address_in(const struct part parts[], size_t count)
{
    const struct part *found = NULL;
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind >= LIFT_LIKE_AN_ADDRESS && (!found || parts[i].kind > found->kind))
            found = &parts[i];
    return found;
}

static bool is_outer_all(const struct part parts[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].kind != LIFT_NO_ADDRESS)
            return false;
    return true;
}

static void set_sum(const struct part parts[], size_t count, struct lift_value *value)
{
    const struct part *address = address_in(parts, count);
    value->of_address = address != NULL;
    value->near = address ? address->near : 0;
    value->near_too = address ? address->near_too : 0;
    value->is_outer = is_outer_all(parts, count);
}

/* Whether nothing that an instruction reads has an address. */
static bool reads_no_address(const struct lift *lift, const struct lift_instruction *instruction)
{
    struct part parts[3];
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
            operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN) {
            if (!is_outer_all(parts, parts_of_place(lift, instruction, i, parts)))
                return false;
            continue;
        }
        bool is_pointer = reg == X86_RSP &&
                          instruction->operands[i].visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
        if (!(operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ) || is_pointer ||
            operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE ||
            (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && reg == EFFECTS_NONE))
            continue;
        if (part_of_operand(lift, instruction, i).kind != LIFT_NO_ADDRESS)
            return false;
    }
    return true;
}

/* A distance is a number; of what is not known it may be the distance to another address. */
static void set_difference(const struct part parts[2], struct lift_value *value)
{
    if (parts[0].kind >= LIFT_LIKE_AN_ADDRESS && parts[1].kind >= LIFT_LIKE_AN_ADDRESS)
        value->is_outer = parts[0].kind == LIFT_ADDRESS || parts[1].kind == LIFT_ADDRESS;
    else if (parts[1].kind == LIFT_NO_ADDRESS &&
             (parts[0].kind != LIFT_LIKE_AN_ADDRESS || parts[1].is_constant))
        set_sum(parts, 2, value);
}

void lift_give_parts(const struct lift *lift, const struct lift_instruction *instruction,
                     unsigned reg, struct lift_value *value)
{
    struct part parts[3];
    uint8_t bits;
    const bool is_first = lift_register(&instruction->operands[0], &bits) == reg;
    if (lift_is_string(instruction) && (reg == X86_RSI || reg == X86_RDI)) {
        lift_copy_parts(lift, &instruction->before[reg], value);
        value->of_address = value->near != 0 || value->of_address;
        return;
    }
    if (lift_is_string(instruction)) {
        value->is_outer = reg == X86_RAX && loaded_part(lift, instruction) == LIFT_NO_ADDRESS;
        return;
    }
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_LEA) {
        set_sum(parts, parts_of_place(lift, instruction, 1, parts), value);
        return;
    }
    if (is_first && bits < ADDRESS_BITS) {
        /* What is left of an address is not followed: its low part is something else. */
        value->is_outer = part_of_register(lift, instruction, (uint8_t)reg).kind == LIFT_NO_ADDRESS;
        return;
    }
    value->is_outer = reads_no_address(lift, instruction);
    if (!is_first && instruction->zydis.mnemonic != ZYDIS_MNEMONIC_CDQE)
        return;
    for (size_t i = 0; i < 2; i++)
        parts[i] = part_of_operand(lift, instruction, i);
    if (instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV) {
        set_sum(parts, 2, value);
        if (value->of_address && parts[0].kind >= LIFT_LIKE_AN_ADDRESS &&
            parts[1].kind >= LIFT_LIKE_AN_ADDRESS)
            lift_set_near(lift, parts[0].near_too ? 0 : parts[0].near,
                          parts[1].near_too ? 0 : parts[1].near, value);
        return;
    }
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        set_sum(parts, 1, value);
        return;
    case ZYDIS_MNEMONIC_CDQE:
        parts[0] = part_of_register(lift, instruction, X86_RAX);
        set_sum(parts, 1, value);
        return;
    case ZYDIS_MNEMONIC_MOVSXD:
        set_sum(&parts[1], 1, value);
        return;
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_ADC:
        set_sum(parts, 2, value);
        return;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_SBB:
        if (!lift_is_same_register(instruction))
            set_difference(parts, value);
        return;
    default:
        return;
    }
}

/* ---- what is shown ---- */

/* Flags of a sum that depend on where its address is: that it is positive does not. */
static bool shows_flags(const struct lift_instruction *instruction)
{
    return instruction->flags_live & (FLAG_CF | FLAG_OF | FLAG_PF | FLAG_AF);
}

/* Whether a number is the same side of all addresses. */
static bool is_beside_addresses(const struct lift *lift, const struct part *part)
{
    enum { HIGHEST = 0xffff };
    return part->is_constant && (!lift_can_be_mapped(part->number) ||
                                 (lift->bits == 32 && part->number >> 16 == HIGHEST));
}

/* Whether the distance of an address to another part is used that golf moves apart. Of two computed
 * ones it may be asked whether they are the same. */
static bool is_apart(const struct lift *lift, const struct lift_instruction *instruction,
                     const struct part *address, const struct part *other)
{
    bool is_asking = instruction->zydis.mnemonic == ZYDIS_MNEMONIC_CMP &&
                     !(instruction->flags_live & ~(uint32_t)FLAG_ZF);
    const struct part *two = address->near_too != 0 ? address : other;
    const struct part *one = two == address ? other : address;
    if (address->near == 0 || other->near == 0 || is_asking || one->near_too != 0)
        return false;
    return !lift_are_together(lift, one->near, two->near) ||
           (two->near_too != 0 && !lift_are_together(lift, one->near, two->near_too));
}

static const char bits_are_shown[] =
    "it takes bits of an address, which depend on where its memory is";
static const char number_is_met[] =
    "it compares an address with a number, or subtracts it from one: that depends on where its "
    "memory is";
static const char is_moved_apart[] =
    "it uses the distance of addresses in two sections, which is another one when they are moved";

/* What a difference or a comparison shows of the address that is its operand `which`; NULL:
 * nothing. */
static const char *shown_by_difference(const struct lift *lift,
                                       const struct lift_instruction *instruction, size_t which)
{
    const struct part address = part_of_operand(lift, instruction, which),
                      other = part_of_operand(lift, instruction, 1 - which);
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    const bool is_compared = mnemonic == ZYDIS_MNEMONIC_CMP;
    if (lift_is_same_register(instruction) || other.kind == LIFT_ANYTHING)
        return NULL;
    if (other.kind >= LIFT_LIKE_AN_ADDRESS)
        return is_apart(lift, instruction, &address, &other) ? is_moved_apart : NULL;
    if (is_compared)
        return is_beside_addresses(lift, &other) ? NULL : number_is_met;
    if (which == 1)
        return number_is_met;
    return shows_flags(instruction) ? bits_are_shown : NULL;
}

/* What an instruction shows of the address that is an operand; NULL: nothing. */
static const char *shown(const struct lift *lift, const struct lift_instruction *instruction,
                         size_t which)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_CDQE:
    case ZYDIS_MNEMONIC_JRCXZ:
    case ZYDIS_MNEMONIC_JECXZ:
        return NULL;
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        return shows_flags(instruction) ? bits_are_shown : NULL;
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_ADC:
        return part_of_operand(lift, instruction, 1 - which).kind == LIFT_ADDRESS ||
                       shows_flags(instruction)
                   ? bits_are_shown
                   : NULL;
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_SBB:
        return shown_by_difference(lift, instruction, which);
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_TEST:
        return lift_is_same_register(instruction) ? NULL : bits_are_shown;
    default:
        return lift_is_string(instruction) ||
                       instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV
                   ? NULL
                   : bits_are_shown;
    }
}

/* lea: twice an address, or the sum of two. */
static bool adds_addresses(const struct lift *lift, const struct lift_instruction *instruction)
{
    struct part parts[3] = {{LIFT_ANYTHING, 0, 0, 0, false}};
    size_t count, addresses = 0;
    if (instruction->zydis.mnemonic != ZYDIS_MNEMONIC_LEA)
        return false;
    count = parts_of_place(lift, instruction, 1, parts);
    for (size_t i = 0; i < count; i++)
        addresses += parts[i].kind == LIFT_ADDRESS;
    bool is_scaled = instruction->operands[1].mem.index != ZYDIS_REGISTER_NONE &&
                     instruction->operands[1].mem.scale > 1 &&
                     parts[count - 1].kind == LIFT_ADDRESS;
    return addresses > 1 || is_scaled;
}

static bool refuse(struct lift *lift, const struct lift_instruction *instruction, const char *why)
{
    lift->does_other = lift->does_other || !lift->failed;
    return !lift_refuse_at(lift, instruction, why);
}

bool lift_shows_address(struct lift *lift, const struct lift_instruction *instruction)
{
    if (adds_addresses(lift, instruction))
        return refuse(lift, instruction, bits_are_shown);
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        bool is_read = reg != EFFECTS_NONE ? operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ
                                           : operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
        if (!is_read || part_of_operand(lift, instruction, i).kind != LIFT_ADDRESS)
            continue;
        const char *why = reg != EFFECTS_NONE && operand->size < ADDRESS_BITS
                              ? bits_are_shown
                              : shown(lift, instruction, i);
        if (why)
            return refuse(lift, instruction, why);
    }
    return false;
}

bool lift_passes_address(struct lift *lift, const struct lift_instruction *instruction,
                         const struct lift_parameter *parameter)
{
    const struct lift_value *value = &instruction->before[parameter->reg];
    if (parameter->is_address || lift_part_of(lift, value) != LIFT_ADDRESS ||
        (value->kind == LIFT_KNOWN && parameter->kind != ELFGEN_PARAMETER_NUMBER))
        return false;
    return refuse(lift, instruction,
                  "it passes an address as a number, which depends on where its memory is");
}

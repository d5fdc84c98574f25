/* Addresses in memory at places that are known: what is loaded from there is an address again, and
 * a part of it depends on where golf puts its memory. */
#include "golf/lift/addresses/stored.h"

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/state.h"
#include "golf/lift/values.h"

enum { ADDRESS = 4 }; /* bytes that have all of an address: the others are 0 */

/* ---- what is stored ---- */

static bool stores(const struct lift_instruction *instruction)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_ADD:
        return true;
    default:
        return lift_is_string(instruction);
    }
}

/* The register with an address that an instruction stores; NULL: there is none. */
static const struct lift_value *stored_address(const struct lift *lift,
                                               const struct lift_instruction *instruction)
{
    const bool is_string = lift_is_string(instruction);
    for (size_t i = 0; stores(instruction) && i < instruction->zydis.operand_count; i++) {
        uint8_t bits, reg = lift_register(&instruction->operands[i], &bits);
        bool is_pointer = is_string && reg != X86_RAX;
        if (reg != EFFECTS_NONE && !is_pointer && bits >= 8 * ADDRESS &&
            instruction->operands[i].actions & ZYDIS_OPERAND_ACTION_MASK_READ &&
            lift_part_of(lift, &instruction->before[reg]) == LIFT_ADDRESS)
            return &instruction->before[reg];
    }
    return NULL;
}

/* Whether an address is stored, and near which it is: from a register, or from memory where one was
 * stored. */
static bool is_stored(const struct lift *lift, const struct lift_instruction *instruction,
                      uint64_t *near)
{
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    const struct lift_value *value = stored_address(lift, instruction);
    const bool is_copy = mnemonic == ZYDIS_MNEMONIC_PUSH || mnemonic == ZYDIS_MNEMONIC_POP ||
                         mnemonic == ZYDIS_MNEMONIC_MOVSD || mnemonic == ZYDIS_MNEMONIC_MOVSQ;
    *near = value ? lift_near(lift, value) : instruction->near_read;
    return value || (is_copy && instruction->effects.read_count > 0 && instruction->reads_address);
}

static bool is_exact(const struct lift_value *address)
{
    return lift_is_constant(address) || address->kind == LIFT_STACK;
}

static uint64_t place_of(const struct lift_value *address)
{
    return address->kind == LIFT_STACK ? address->number : address->known[0].value;
}

static bool is_in_same_memory(const struct lift_stored *stored, const struct lift_value *address)
{
    return is_exact(address) && stored->is_stack == (address->kind == LIFT_STACK) &&
           (!stored->is_stack || stored->frame == address->frame);
}

static struct lift_stored *listed(struct lift *lift, const struct lift_value *address,
                                  uint16_t size)
{
    for (size_t i = 0; i < lift->stored_count; i++)
        if (is_in_same_memory(&lift->stored[i], address) &&
            lift->stored[i].at == place_of(address) && lift->stored[i].size == size)
            return &lift->stored[i];
    return NULL;
}

void lift_note_stored(struct lift *lift, const struct lift_instruction *instruction,
                      const struct effects_place *place, const struct lift_value *address,
                      bool is_simple)
{
    const bool is_stack = address->kind == LIFT_STACK,
               is_copy = instruction->effects.read_count > 0;
    uint64_t near;
    if (!is_stored(lift, instruction, &near))
        return;
    if (!lift_is_private(address) && !lift->stores_addresses)
        lift->restart = lift->stores_addresses = true;
    if (!is_exact(address) || instruction->effects.repeats || (is_stack && is_simple && !is_copy))
        return;
    struct lift_stored *stored = listed(lift, address, place->size);
    if (stored && stored->near != 0 &&
        (near == 0 || !lift_are_together(lift, near, stored->near))) {
        stored->near = 0;
        lift->restart = true;
    }
    if (stored || lift->stored_count == LIFT_STORED)
        return;
    lift->stored[lift->stored_count++] = (struct lift_stored){.is_stack = is_stack,
                                                              .frame = address->frame,
                                                              .size = place->size,
                                                              .at = place_of(address),
                                                              .near = near};
    lift->restart = true;
}

/* ---- what is loaded ---- */

/* Notes what a load has of an address of `there` bytes that is stored `before` bytes before it. */
static void meet(struct lift_instruction *instruction, uint64_t before, uint64_t there,
                 uint64_t near)
{
    const uint64_t size = instruction->effects.reads[0].size;
    if (before == 0 && size >= ADDRESS) {
        instruction->reads_address = true;
        instruction->near_read = near;
    } else if (before < there || UINT64_MAX - before < size - 1) {
        instruction->reads_part = true;
    }
}

void lift_note_loaded(const struct lift *lift, const struct lift_state *state,
                      struct lift_instruction *instruction)
{
    const struct lift_value *address = &instruction->address_read;
    instruction->reads_address = instruction->reads_part = false;
    if (!is_exact(address) || instruction->effects.repeats || instruction->is_folded)
        return;
    const uint64_t at = place_of(address);
    for (size_t i = 0; address->kind == LIFT_STACK && i < state->slot_count; i++) {
        const struct lift_slot *slot = &state->slots[i];
        if (slot->frame == address->frame && !slot->is_call &&
            lift_part_of(lift, &slot->value) == LIFT_ADDRESS)
            meet(instruction, at - (uint64_t)slot->offset, slot->size,
                 lift_near(lift, &slot->value));
    }
    for (size_t i = 0; i < lift->stored_count; i++)
        if (is_in_same_memory(&lift->stored[i], address))
            meet(instruction, at - lift->stored[i].at, lift->stored[i].size, lift->stored[i].near);
}

void lift_give_loaded(const struct lift_instruction *instruction, struct lift_value *value)
{
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    if (!instruction->reads_address ||
        (mnemonic != ZYDIS_MNEMONIC_MOV && mnemonic != ZYDIS_MNEMONIC_POP &&
         mnemonic != ZYDIS_MNEMONIC_XCHG && mnemonic != ZYDIS_MNEMONIC_ADD))
        return;
    value->of_address = true;
    value->is_outer = false;
    value->near = instruction->near_read;
}

/* ---- what is shown ---- */

static const char part_is_read[] =
    "it reads a part of an address that it stored, which depends on where its memory is";
static const char is_computed_with[] =
    "it computes with an address that it stored, which depends on where its memory is";

/* Whether an operand besides an address may be one, or is 0 or another number that no address is.
 */
static bool is_right_beside(const struct lift *lift, const struct lift_instruction *instruction,
                            size_t which)
{
    enum { FIRST = 0x10000 };
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        const uint64_t number = x86_low_bits(operand->imm.value.u, lift->bits);
        return number < FIRST ||
               lift_part_of_number(lift, number,
                                   lift_is_number_operand(lift, instruction, which)) !=
                   LIFT_NO_ADDRESS;
    }
    if (reg == EFFECTS_NONE)
        return true;
    const struct lift_value *value = &instruction->before[reg];
    return lift_part_of(lift, value) != LIFT_NO_ADDRESS ||
           (lift_is_constant(value) && value->known[0].value < FIRST);
}

static bool computes(const struct lift *lift, const struct lift_instruction *instruction)
{
    const bool is_second = instruction->operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_LEAVE:
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        return false;
    case ZYDIS_MNEMONIC_CMP:
        return !is_right_beside(lift, instruction, is_second ? 0 : 1);
    case ZYDIS_MNEMONIC_SUB:
        return is_second && !is_right_beside(lift, instruction, 0);
    default:
        return !lift_is_string(instruction) &&
               instruction->zydis.meta.category != ZYDIS_CATEGORY_CMOV;
    }
}

bool lift_shows_stored(struct lift *lift, const struct lift_instruction *instruction)
{
    if (instruction->reads_part)
        return !lift_refuse_other(lift, instruction, part_is_read);
    return instruction->reads_address && computes(lift, instruction) &&
           !lift_refuse_other(lift, instruction, is_computed_with);
}

bool lift_passes_stored(struct lift *lift, const struct lift_instruction *instruction,
                        uint64_t address, uint64_t size)
{
    for (size_t i = 0; i < lift->stored_count; i++) {
        const struct lift_stored *stored = &lift->stored[i];
        if (!stored->is_stack && stored->at < address + size && address < stored->at + stored->size)
            return !lift_refuse_other(lift, instruction, part_is_read);
    }
    return false;
}

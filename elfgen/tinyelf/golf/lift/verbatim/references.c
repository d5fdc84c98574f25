/* Looks up sections and references of a linked program. */
#include "golf/lift/verbatim/references.h"

#include <stdlib.h>

#include "elfgen/memory.h"

bool verbatim_is_code(const struct verbatim *all, size_t section)
{
    return all->known->sections[section].permissions & ELFGEN_PF_X;
}

bool verbatim_is_nowhere(uint64_t address)
{
    return address < ELFGEN_PAGE;
}

bool verbatim_jumps_nowhere(const struct verbatim *all, const struct lift_instruction *instruction)
{
    if ((instruction->kind != LIFT_CALLS && instruction->kind != LIFT_JUMP) ||
        instruction->operands[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return false;
    uint64_t target =
        instruction->address + instruction->zydis.length + instruction->operands[0].imm.value.u;
    if (all->lift->bits == 32)
        target &= UINT32_MAX;
    return verbatim_is_nowhere(target) && verbatim_section_of(all, target) == SIZE_MAX;
}

bool verbatim_is_idle(const struct verbatim *all, const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *to = &instruction->operands[0], *from = &instruction->operands[1];
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_NOP)
        return true;
    return instruction->zydis.mnemonic == ZYDIS_MNEMONIC_LEA && to->size == all->lift->bits &&
           instruction->zydis.address_width == all->lift->bits && to->reg.value == from->mem.base &&
           from->mem.index == ZYDIS_REGISTER_NONE && from->mem.disp.value == 0 &&
           !verbatim_reference_at(all, instruction->offset + instruction->zydis.raw.disp.offset);
}

size_t verbatim_section_of(const struct verbatim *all, uint64_t address)
{
    for (size_t i = 0; i < all->known->section_count; i++)
        if (address - all->known->sections[i].address < all->known->sections[i].size)
            return i;
    return SIZE_MAX;
}

uint64_t verbatim_place_of(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    const struct elfgen_section *section = &all->known->sections[reference->section];
    return section->offset == ELFGEN_NOWHERE ? ELFGEN_NOWHERE : section->offset + reference->offset;
}

bool verbatim_note_references(struct verbatim *all)
{
    all->reference_at = calloc(all->lift->size + 1, sizeof *all->reference_at);
    for (size_t i = 0; all->reference_at && i < all->known->reference_count; i++) {
        uint64_t place = verbatim_place_of(all, &all->known->references[i]);
        if (place < all->lift->size)
            all->reference_at[place] = (uint32_t)(i + 1);
    }
    return all->reference_at;
}

const struct elfgen_relocation *verbatim_reference_at(const struct verbatim *all, uint64_t offset)
{
    uint32_t index = offset < all->lift->size ? all->reference_at[offset] : 0;
    return index > 0 ? &all->known->references[index - 1] : NULL;
}

bool verbatim_is_relative(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    return elfgen_relocation_is_relative(all->machine, reference->type);
}

bool verbatim_counts(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    uint64_t place = verbatim_place_of(all, reference);
    if (place == ELFGEN_NOWHERE || place >= all->lift->size)
        return false;
    return !verbatim_is_code(all, reference->section) ||
           all->marks[place] & (VERBATIM_BEGINS | VERBATIM_INSIDE);
}

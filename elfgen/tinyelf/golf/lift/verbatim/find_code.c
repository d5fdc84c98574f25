/* Which bytes of a linked program are instructions: those from its entry on, and those to which
 * addresses in its instructions and data lead. */
#include "golf/lift/verbatim/find_code.h"

#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/references.h"

static const char runs_on[] =
    "its code runs into what is none: it has to end with a jump, a ret or an exit";
static const char overlapping[] =
    "an instruction overlaps another one: code that is read in two ways cannot be moved";

static bool refuse(struct verbatim *all, const char *text)
{
    return lift_refuse(all->lift, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, text);
}

static bool reach(struct verbatim *all, uint64_t address)
{
    size_t section = verbatim_section_of(all, address);
    if (section == SIZE_MAX || !verbatim_is_code(all, section))
        return refuse(all, "it jumps to what is no code of a section: labels of executable "
                           "sections can be kept");
    uint64_t offset = address - all->base;
    if (offset >= all->lift->size)
        return refuse(all, "it jumps to what is not in the file");
    all->marks[offset] |= VERBATIM_LEADS;
    if (all->marks[offset] & (VERBATIM_BEGINS | VERBATIM_IN_LIST))
        return true;
    all->marks[offset] |= VERBATIM_IN_LIST;
    all->list[all->list_count++] = (uint32_t)offset;
    return true;
}

/* The instruction at an offset; NULL: there is none, which is an error unless the way there may
 * have ended before. */
static struct lift_instruction *next_at(struct verbatim *all, uint64_t offset, bool may_end)
{
    uint32_t index;
    uint64_t address = all->base + offset;
    size_t section = verbatim_section_of(all, address);
    struct lift_instruction *found = NULL;
    if (section != SIZE_MAX && verbatim_is_code(all, section))
        found = lift_instruction_at(all->lift, address, &index);
    else if (!may_end)
        refuse(all, runs_on);
    if (!found && may_end && lift_is_no_code(all->lift, address))
        all->lift->failed = false;
    return found;
}

/* Whether what a register has was computed of other numbers, so that a place may be a distance.
 * Copies are followed, and what is loaded or comes from another block is taken for an address. */
static bool is_sum(const struct verbatim *all, const struct lift_instruction *jump)
{
    uint8_t bits, reg = lift_register(&jump->operands[0], &bits);
    uint64_t offset = jump->offset;
    while (reg != EFFECTS_NONE && offset-- > 0) {
        uint32_t index;
        if (all->marks[offset] & VERBATIM_INSIDE)
            continue;
        if (!(all->marks[offset] & VERBATIM_BEGINS))
            return false;
        const struct lift_instruction *before =
            lift_instruction_at(all->lift, all->base + offset, &index);
        if (!before || before->kind != LIFT_PLAIN)
            return false;
        if (!(before->writes >> reg & 1) || verbatim_is_idle(all, before))
            continue;
        ZydisMnemonic mnemonic = before->zydis.mnemonic;
        if (mnemonic == ZYDIS_MNEMONIC_MOV &&
            before->operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER) {
            reg = lift_register(&before->operands[1], &bits);
            continue;
        }
        bool is_place = mnemonic == ZYDIS_MNEMONIC_LEA &&
                        (before->operands[1].mem.base == ZYDIS_REGISTER_NONE ||
                         before->operands[1].mem.base == ZYDIS_REGISTER_RIP) &&
                        before->operands[1].mem.index == ZYDIS_REGISTER_NONE;
        return !is_place && mnemonic != ZYDIS_MNEMONIC_MOV && mnemonic != ZYDIS_MNEMONIC_POP &&
               mnemonic != ZYDIS_MNEMONIC_XCHG &&
               before->zydis.meta.category != ZYDIS_CATEGORY_CMOV;
    }
    return false;
}

/* Follows a jump. Returns false after setting the error. */
static bool reach_target(struct verbatim *all, const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *operand = &instruction->operands[0];
    if (operand->type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return !is_sum(all, instruction) ||
               lift_refuse_at(all->lift, instruction,
                              "it jumps to an address that it computes: jumps to addresses "
                              "of tables can be kept");
    uint64_t target = instruction->address + instruction->zydis.length + operand->imm.value.u;
    if (instruction->zydis.operand_width == 16)
        return lift_refuse_at(all->lift, instruction,
                              "it jumps by 16 bits, which cuts its address: jumps without the "
                              "prefix 66 can be kept");
    if (all->lift->bits == 32)
        target &= UINT32_MAX;
    return verbatim_jumps_nowhere(all, instruction) || reach(all, target);
}

/* What an operand in memory leads to: code only if its address alone is taken. */
static bool reach_operand(struct verbatim *all, const struct lift_instruction *instruction,
                          const ZydisDecodedOperand *operand)
{
    const struct elfgen_relocation *reference =
        verbatim_reference_at(all, instruction->offset + instruction->zydis.raw.disp.offset);
    bool is_next = operand->mem.base == ZYDIS_REGISTER_RIP;
    if (!is_next && (!reference || instruction->zydis.raw.disp.size == 0))
        return true;
    uint64_t next = instruction->address + instruction->zydis.length;
    size_t section = is_next ? verbatim_section_of(all, next + (uint64_t)operand->mem.disp.value)
                             : reference->symbol;
    if (section == SIZE_MAX || !verbatim_is_code(all, section))
        return true;
    if (operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN)
        return lift_refuse_at(
            all->lift, instruction,
            "it uses its own code as data: data have to be in a section that is not "
            "executable");
    return !is_next || reach(all, next + (uint64_t)operand->mem.disp.value);
}

static bool reach_operands(struct verbatim *all, const struct lift_instruction *instruction)
{
    for (size_t i = 0; i < instruction->zydis.operand_count_visible; i++)
        if (instruction->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            !reach_operand(all, instruction, &instruction->operands[i]))
            return false;
    return true;
}

static bool mark(struct verbatim *all, const struct lift_instruction *instruction)
{
    uint64_t offset = instruction->offset;
    bool overlaps = all->marks[offset] & VERBATIM_INSIDE;
    all->marks[offset] |= VERBATIM_BEGINS;
    for (unsigned i = 1; i < instruction->zydis.length; i++) {
        overlaps = overlaps || all->marks[offset + i] & (VERBATIM_BEGINS | VERBATIM_LEADS);
        all->marks[offset + i] |= VERBATIM_INSIDE;
    }
    return !overlaps || lift_refuse_at(all->lift, instruction, overlapping);
}

/* Follows the code from an offset on to where it ends. */
static bool follow(struct verbatim *all, uint64_t offset)
{
    bool may_end = false;
    while (!(all->marks[offset] & VERBATIM_BEGINS)) {
        struct lift_instruction *instruction = next_at(all, offset, may_end);
        if (!instruction)
            return may_end && !all->lift->failed;
        if (all->marks[offset] & VERBATIM_INSIDE || !mark(all, instruction) ||
            !reach_operands(all, instruction))
            return lift_refuse_at(all->lift, instruction, overlapping);
        bool jumps = instruction->kind == LIFT_JUMP || instruction->kind == LIFT_BRANCH ||
                     instruction->kind == LIFT_CALLS;
        if (lift_is_counted(instruction) && instruction->zydis.address_width != all->lift->bits)
            return lift_refuse_at(all->lift, instruction, "it counts by a part of a register");
        if (jumps && !reach_target(all, instruction))
            return false;
        if (instruction->kind == LIFT_JUMP || instruction->kind == LIFT_RETURNS ||
            instruction->kind == LIFT_FAULT || verbatim_jumps_nowhere(all, instruction))
            return true;
        may_end = may_end || instruction->kind == LIFT_CALLS || instruction->kind == LIFT_SYSTEM;
        offset += instruction->zydis.length;
        if (offset >= all->lift->size)
            return may_end || refuse(all, runs_on);
        if (jumps)
            all->marks[offset] |= VERBATIM_LEADS;
    }
    return true;
}

/* Follows all code to which addresses lead. */
bool verbatim_find_code(struct verbatim *all)
{
    size_t done = SIZE_MAX;
    if (!reach(all, all->lift->entry))
        return false;
    while (done != all->list_count) {
        for (done = 0; done < all->list_count; done++)
            if (!follow(all, all->list[done]))
                return false;
        for (size_t i = 0; i < all->known->reference_count; i++) {
            const struct elfgen_relocation *reference = &all->known->references[i];
            if (verbatim_is_relative(all, reference) || !verbatim_is_code(all, reference->symbol) ||
                !verbatim_counts(all, reference))
                continue;
            if (!reach(all, all->known->sections[reference->symbol].address +
                                (uint64_t)reference->addend))
                return false;
        }
    }
    return true;
}

/* Lifts a linked program without a look at what its instructions do: which bytes are instructions,
 * and which numbers depend on places. */
#include "golf/lift/verbatim/verbatim.h"

#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "golf/lift/verbatim/code_values.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/references.h"

enum { BEGINS = 1, INSIDE = 2, LEADS = 4, IS_OVER = 8, IN_LIST = 16 };

static const char runs_on[] =
    "its code runs into what is none: it has to end with a jump, a ret or an exit";
static const char overlapping[] =
    "an instruction overlaps another one: code that is read in two ways cannot be moved";
static const char of_no_section[] =
    "it has an address that is none of a section, or has not 32 or 64 bits: labels can be kept";

static bool refuse(struct verbatim *all, const char *text)
{
    lift_refuse(all->lift, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, text);
    return false;
}

static bool no_memory(struct verbatim *all)
{
    all->lift->failed = true;
    error_no_memory(all->lift->error);
    return false;
}

/* ---- places ---- */

static unsigned width_of(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    return elfgen_relocation_width(all->machine, reference->type);
}

static bool is_relative(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    return elfgen_relocation_is_relative(all->machine, reference->type);
}

/* ---- which bytes are instructions ---- */

static bool reach(struct verbatim *all, uint64_t address)
{
    size_t section = verbatim_section_of(all, address);
    if (section == SIZE_MAX || !verbatim_is_code(all, section))
        return refuse(all, "it jumps to what is no code of a section: labels of executable "
                           "sections can be kept");
    uint64_t offset = address - all->base;
    if (offset >= all->lift->size)
        return refuse(all, "it jumps to what is not in the file");
    all->marks[offset] |= LEADS;
    if (all->marks[offset] & (BEGINS | IN_LIST))
        return true;
    all->marks[offset] |= IN_LIST;
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
        if (all->marks[offset] & INSIDE)
            continue;
        if (!(all->marks[offset] & BEGINS))
            return false;
        const struct lift_instruction *before =
            lift_instruction_at(all->lift, all->base + offset, &index);
        if (!before || before->kind != LIFT_PLAIN)
            return false;
        if (!(before->writes >> reg & 1))
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
    return reach(all, all->lift->bits == 32 ? target & UINT32_MAX : target);
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
    bool overlaps = all->marks[offset] & INSIDE;
    all->marks[offset] |= BEGINS;
    for (unsigned i = 1; i < instruction->zydis.length; i++) {
        overlaps = overlaps || all->marks[offset + i] & (BEGINS | LEADS);
        all->marks[offset + i] |= INSIDE;
    }
    return !overlaps || lift_refuse_at(all->lift, instruction, overlapping);
}

/* Follows the code from an offset on to where it ends. */
static bool follow(struct verbatim *all, uint64_t offset)
{
    bool may_end = false;
    while (!(all->marks[offset] & BEGINS)) {
        struct lift_instruction *instruction = next_at(all, offset, may_end);
        if (!instruction) {
            all->marks[offset] |= IS_OVER;
            return may_end && !all->lift->failed;
        }
        if (all->marks[offset] & INSIDE || !mark(all, instruction) ||
            !reach_operands(all, instruction))
            return lift_refuse_at(all->lift, instruction, overlapping);
        bool jumps = instruction->kind == LIFT_JUMP || instruction->kind == LIFT_BRANCH ||
                     instruction->kind == LIFT_CALLS;
        if (lift_is_counted(instruction) && instruction->zydis.address_width != all->lift->bits)
            return lift_refuse_at(all->lift, instruction, "it counts by a part of a register");
        if (jumps && !reach_target(all, instruction))
            return false;
        if (instruction->kind == LIFT_JUMP || instruction->kind == LIFT_RETURNS ||
            instruction->kind == LIFT_FAULT)
            return true;
        may_end = may_end || instruction->kind == LIFT_CALLS || instruction->kind == LIFT_SYSTEM;
        offset += instruction->zydis.length;
        if (offset >= all->lift->size)
            return may_end || refuse(all, runs_on);
        if (jumps)
            all->marks[offset] |= LEADS;
    }
    return true;
}

/* Whether a reference counts: it is among data, or in an instruction that is reached. */
static bool counts(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    uint64_t place = verbatim_place_of(all, reference);
    if (place == ELFGEN_NOWHERE || place >= all->lift->size)
        return false;
    return !verbatim_is_code(all, reference->section) || all->marks[place] & (BEGINS | INSIDE);
}

/* Follows all code to which addresses lead. */
static bool find_code(struct verbatim *all)
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
            if (is_relative(all, reference) || !verbatim_is_code(all, reference->symbol) ||
                !counts(all, reference))
                continue;
            if (!reach(all, all->known->sections[reference->symbol].address +
                                (uint64_t)reference->addend))
                return false;
        }
    }
    return true;
}

/* ---- blocks ---- */

static bool number_blocks(struct verbatim *all)
{
    struct golf_lifted *lifted = all->lifted;
    uint64_t entry = all->lift->entry - all->base;
    lifted->count = 1;
    for (uint64_t i = 0; i < all->lift->size; i++) {
        all->block_at[i] = GOLF_NONE;
        if ((all->marks[i] & (BEGINS | LEADS)) == (BEGINS | LEADS))
            all->block_at[i] = i == entry ? 0 : (uint16_t)lifted->count++;
        if (lifted->count > GOLF_LIFT_BLOCKS)
            return lift_refuse(all->lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                               "it has more than 1024 blocks");
    }
    lifted->blocks = calloc(lifted->count, sizeof *lifted->blocks);
    return lifted->blocks || no_memory(all);
}

/* The field of a number in an instruction. */
static bool add_field(struct verbatim *all, struct golf_operation *operation, uint8_t at,
                      uint8_t length, bool relative, uint64_t address, size_t section)
{
    struct golf_field *field = &operation->fields[operation->field_count++];
    *field = (struct golf_field){.kind = relative ? GOLF_RELATIVE_FIELD : GOLF_ABSOLUTE_FIELD,
                                 .offset = at,
                                 .length = length,
                                 .is_signed = true,
                                 .is_block = verbatim_is_code(all, section)};
    if (field->is_block) {
        field->target = all->block_at[address - all->base];
        return field->target != GOLF_NONE ||
               refuse(all, "it jumps into an instruction: only whole ones can be moved");
    }
    field->target = all->data_of[section];
    field->addend = (int64_t)(address - all->lifted->data[field->target].address);
    return true;
}

/* The number at `at` in an instruction, of `bits`; `relative`: to what it is relative, 0: nothing.
 */
static bool take_number(struct verbatim *all, const struct lift_instruction *instruction,
                        struct golf_operation *operation, uint8_t at, uint8_t bits,
                        uint64_t relative)
{
    const struct elfgen_relocation *reference =
        verbatim_reference_at(all, instruction->offset + at);
    if (bits == 0 || (!reference && relative == 0))
        return true;
    size_t section = reference ? reference->symbol : verbatim_section_of(all, relative);
    if (section == SIZE_MAX || operation->field_count == GOLF_CHOICE_FIELDS || bits < 32)
        return lift_refuse_at(all->lift, instruction, of_no_section);
    uint64_t address = relative != 0
                           ? relative
                           : all->known->sections[section].address + (uint64_t)reference->addend;
    if (reference &&
        (is_relative(all, reference) != (relative != 0) || width_of(all, reference) != bits / 8u))
        return lift_refuse_at(
            all->lift, instruction,
            "it has an address that is relative where it should not be, or of another "
            "width than the instruction's");
    memset(operation->bytes + at, 0, bits / 8u);
    return add_field(all, operation, at, bits / 8, relative != 0, address, section);
}

static bool is_stack_or_frame(ZydisRegister reg)
{
    return reg == ZYDIS_REGISTER_RSP || reg == ZYDIS_REGISTER_ESP || reg == ZYDIS_REGISTER_RBP ||
           reg == ZYDIS_REGISTER_EBP;
}

/* What is below the stack pointer may be used: by the stack or frame pointer, or by a copy. */
static void note_red_zone(struct verbatim *all, const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *to = &instruction->operands[0], *from = &instruction->operands[1];
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_MOV &&
        from->type == ZYDIS_OPERAND_TYPE_REGISTER && is_stack_or_frame(from->reg.value) &&
        !(to->type == ZYDIS_OPERAND_TYPE_REGISTER && is_stack_or_frame(to->reg.value)))
        all->copies_stack = true;
    for (size_t i = 0; i < instruction->zydis.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || operand->mem.disp.value >= 0 ||
            operand->mem.base == ZYDIS_REGISTER_RIP || operand->mem.base == ZYDIS_REGISTER_NONE)
            continue;
        if (is_stack_or_frame(operand->mem.base))
            all->lifted->uses_red_zone = true;
        all->goes_below = true;
    }
    if (all->copies_stack && all->goes_below)
        all->lifted->uses_red_zone = true;
}

static bool take_numbers(struct verbatim *all, const struct lift_instruction *instruction,
                         struct golf_operation *operation)
{
    const ZydisDecodedInstruction *zydis = &instruction->zydis;
    uint64_t end = instruction->address + zydis->length, relative = 0;
    for (size_t i = 0; i < zydis->operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.base == ZYDIS_REGISTER_RIP)
            relative = end + (uint64_t)operand->mem.disp.value;
    }
    note_red_zone(all, instruction);
    if (!take_number(all, instruction, operation, zydis->raw.disp.offset, zydis->raw.disp.size,
                     relative))
        return false;
    for (size_t i = 0; i < 2; i++) {
        uint64_t target = 0;
        if (zydis->raw.imm[i].is_relative)
            target = end + zydis->raw.imm[i].value.u;
        if (all->lift->bits == 32)
            target &= UINT32_MAX;
        if (!take_number(all, instruction, operation, zydis->raw.imm[i].offset,
                         zydis->raw.imm[i].size, target))
            return false;
    }
    return true;
}

/* Whole vectors are at multiples of their size, where an instruction only reads them too. */
static void note_alignment(struct verbatim *all, const struct effects *effects)
{
    enum { VECTOR = 16 };
    for (size_t i = 0; i < effects->read_count; i++)
        if (effects->reads[i].size >= VECTOR)
            all->asks_alignment = true;
    for (size_t i = 0; i < effects->write_count; i++)
        if (effects->writes[i].size >= VECTOR)
            all->asks_alignment = true;
}

static bool add_operation(struct verbatim *all, const struct lift_instruction *instruction,
                          struct golf_block *block)
{
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_NOP)
        return true;
    struct golf_operation *operation = &block->operations[block->count++];
    *operation = (struct golf_operation){.kind = instruction->kind == LIFT_SYSTEM  ? GOLF_CALL
                                                 : instruction->kind == LIFT_FAULT ? GOLF_FAULT
                                                                                   : GOLF_KEPT,
                                         .length = instruction->zydis.length,
                                         .refers_operand = UINT8_MAX,
                                         .offset = instruction->offset};
    memcpy(operation->bytes, instruction->bytes, instruction->zydis.length);
    return take_numbers(all, instruction, operation);
}

static uint16_t target_block(const struct verbatim *all, const struct lift_instruction *instruction)
{
    uint64_t target =
        instruction->address + instruction->zydis.length + instruction->operands[0].imm.value.u;
    if (all->lift->bits == 32)
        target &= UINT32_MAX;
    return all->block_at[target - all->base];
}

static uint16_t block_behind(const struct verbatim *all, uint64_t offset)
{
    return offset < all->lift->size ? all->block_at[offset] : GOLF_NONE;
}

/* Ends a block with a jump. Returns false if the instruction is an operation. */
static bool end_block(const struct verbatim *all, const struct lift_instruction *instruction,
                      struct golf_block *block)
{
    enum { CONDITION = 15 };
    uint64_t next = instruction->offset + instruction->zydis.length;
    block->other = block_behind(all, next);
    if (instruction->kind == LIFT_RETURNS && instruction->zydis.length == 1) {
        block->end = GOLF_RETURNS;
        return true;
    }
    if (instruction->operands[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
        instruction->kind == LIFT_RETURNS)
        return false;
    block->taken = target_block(all, instruction);
    if (instruction->kind == LIFT_JUMP)
        block->end = GOLF_GO;
    else if (instruction->kind == LIFT_CALLS && block->other != GOLF_NONE)
        block->end = GOLF_CALLS;
    else if (instruction->kind == LIFT_BRANCH && block->other != GOLF_NONE)
        block->end = GOLF_BRANCH;
    else
        return false;
    uint8_t opcode = instruction->zydis.opcode;
    block->condition = lift_is_counted(instruction) ? opcode : opcode & CONDITION;
    return true;
}

static bool build_block(struct verbatim *all, uint64_t offset, struct golf_block *block)
{
    size_t most = 0;
    for (uint64_t at = offset; at < all->lift->size && all->marks[at] & (BEGINS | INSIDE); at++) {
        if (at > offset && all->block_at[at] != GOLF_NONE)
            break;
        most += all->marks[at] & BEGINS;
    }
    block->operations = calloc(most + 1, sizeof *block->operations);
    block->offset = offset;
    block->end = GOLF_STOP;
    if (!block->operations)
        return no_memory(all);
    for (size_t i = 0; i < most; i++) {
        struct lift_instruction *instruction = next_at(all, offset, false);
        if (!instruction)
            return false;
        offset += instruction->zydis.length;
        note_alignment(all, &instruction->effects);
        bool jumps = instruction->kind == LIFT_JUMP || instruction->kind == LIFT_BRANCH ||
                     instruction->kind == LIFT_CALLS || instruction->kind == LIFT_RETURNS;
        if (jumps && end_block(all, instruction, block))
            break;
        if (!add_operation(all, instruction, block))
            return false;
        bool is_end = instruction->kind == LIFT_JUMP || instruction->kind == LIFT_RETURNS ||
                      instruction->kind == LIFT_FAULT;
        if (i + 1 == most && !is_end && block_behind(all, offset) != GOLF_NONE) {
            block->end = GOLF_GO;
            block->taken = block_behind(all, offset);
        }
    }
    block->size = offset - block->offset;
    return true;
}

static bool build_blocks(struct verbatim *all)
{
    for (uint64_t i = 0; i < all->lift->size; i++)
        if (all->block_at[i] != GOLF_NONE &&
            !build_block(all, i, &all->lifted->blocks[all->block_at[i]]))
            return false;
    return true;
}

/* ---- data ---- */

static bool add_datum(struct verbatim *all, size_t which)
{
    enum { VECTOR = 16, MOST = 64 };
    const struct elfgen_section *section = &all->known->sections[which];
    struct golf_data *data = &all->lifted->data[all->lifted->data_count];
    bool has_bytes = section->offset != ELFGEN_NOWHERE;
    uint64_t align = section->align > 0 ? section->align : 1;
    if (!all->aligned)
        align = !all->asks_alignment || align < VECTOR ? 1 : align < MOST ? align : MOST;
    if ((has_bytes && section->size > UINT16_MAX) || align > UINT16_MAX / 2 ||
        (has_bytes && section->offset + section->size > all->lift->size))
        return lift_refuse(all->lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                           "it has more than 64 KiB of data");
    *data = (struct golf_data){.address = section->address,
                               .bytes = has_bytes ? all->lift->file + section->offset : NULL,
                               .file_size = has_bytes ? section->size : 0,
                               .size = section->size,
                               .align = (uint16_t)align,
                               .is_written = section->permissions & ELFGEN_PF_W};
    all->data_of[which] = (uint16_t)all->lifted->data_count++;
    return true;
}

/* Each section to which something leads is a datum. */
static bool add_data(struct verbatim *all)
{
    const struct golf_addresses *known = all->known;
    all->lifted->data = calloc(known->section_count + 1, sizeof *all->lifted->data);
    all->lifted->references = calloc(known->reference_count + 1, sizeof *all->lifted->references);
    if (!all->lifted->data || !all->lifted->references)
        return no_memory(all);
    for (size_t i = 0; i < known->section_count; i++)
        if (!verbatim_is_code(all, i) && known->sections[i].size > 0 && !add_datum(all, i))
            return false;
        else if (!verbatim_is_code(all, i) && known->sections[i].size == 0)
            all->data_of[i] = GOLF_NONE;
    return true;
}

static bool refer(struct verbatim *all, const struct elfgen_relocation *reference,
                  struct golf_data *data)
{
    struct golf_reference *result = &all->lifted->references[all->reference_count++];
    uint64_t address =
        all->known->sections[reference->symbol].address + (uint64_t)reference->addend;
    unsigned length = width_of(all, reference);
    if (is_relative(all, reference) || length < 4)
        return refuse(all,
                      "there are distances in its data: addresses of labels, of 32 or 64 bits, can "
                      "be kept");
    *result = (struct golf_reference){.offset = (uint32_t)reference->offset,
                                      .length = (uint8_t)length,
                                      .is_block = verbatim_is_code(all, reference->symbol)};
    if (result->is_block) {
        result->target = all->block_at[address - all->base];
    } else {
        result->target = all->data_of[reference->symbol];
        if (result->target != GOLF_NONE)
            result->addend = (int64_t)(address - all->lifted->data[result->target].address);
    }
    if (!data->references)
        data->references = result;
    data->reference_count++;
    return result->target != GOLF_NONE || refuse(all, of_no_section);
}

static bool add_references(struct verbatim *all)
{
    for (size_t i = 0; i < all->known->reference_count; i++) {
        const struct elfgen_relocation *reference = &all->known->references[i];
        if (verbatim_is_code(all, reference->section) || !counts(all, reference))
            continue;
        if (!refer(all, reference, &all->lifted->data[all->data_of[reference->section]]))
            return false;
    }
    return true;
}

/* ---- all of it ---- */

static bool open_verbatim(struct verbatim *all)
{
    struct lift *lift = all->lift;
    if (!lift_open_memory(lift))
        return false;
    x86_open_width(lift->machine, lift->bits == 64, SYNTAX_INTEL);
    if (lift->segment_count != 1 || !all->known || all->known->section_count >= GOLF_NONE)
        return refuse(all, "it has more than one segment");
    all->base = lift->segments[0].address - lift->segments[0].offset;
    all->machine = lift->bits == 64 ? ELFGEN_EM_X86_64 : ELFGEN_EM_386;
    all->marks = calloc(lift->size + 1, 1);
    all->list = calloc(lift->size + 1, sizeof *all->list);
    all->block_at = calloc(lift->size + 1, sizeof *all->block_at);
    all->data_of = calloc(all->known->section_count + 1, sizeof *all->data_of);
    return (all->marks && all->list && all->block_at && all->data_of) || no_memory(all);
}

bool lift_verbatim(struct lift *lift, const struct golf_addresses *known, bool aligned,
                   struct golf_lifted *lifted)
{
    struct verbatim all = {.lift = lift, .lifted = lifted, .known = known, .aligned = aligned};
    bool is_done = open_verbatim(&all) && find_code(&all) && number_blocks(&all) &&
                   verbatim_keeps_values(&all);
    /* Whether instructions ask for alignment is known with the blocks, which refer to the data. */
    for (size_t i = 0; is_done && i < lift->instruction_count; i++)
        note_alignment(&all, &lift->instructions[i]->effects);
    is_done = is_done && add_data(&all) && add_references(&all) && build_blocks(&all);
    lifted->bits = lift->bits;
    lifted->is_verbatim = true;
    lifted->has_writable_code = lift->has_writable_code;
    lifted->opens_stack = true;
    free(all.marks);
    free(all.list);
    free(all.block_at);
    free(all.data_of);
    return is_done && !lift->failed;
}

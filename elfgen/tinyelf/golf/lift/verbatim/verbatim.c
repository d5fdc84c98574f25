/* Lifts a linked program without a look at what its instructions do: makes blocks of those that
 * were found, and data of sections, with the numbers in them that depend on places. */
#include "golf/lift/verbatim/verbatim.h"

#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/code_values.h"
#include "golf/lift/verbatim/find_code.h"
#include "golf/lift/verbatim/references.h"

static const char of_no_section[] =
    "it has an address that is none of a section, or has not 32 or 64 bits: labels can be kept";

static bool refuse(struct verbatim *all, const char *text)
{
    return lift_refuse(all->lift, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, text);
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

/* ---- blocks ---- */

static bool number_blocks(struct verbatim *all)
{
    struct golf_lifted *lifted = all->lifted;
    uint64_t entry = all->lift->entry - all->base;
    lifted->count = 1;
    for (uint64_t i = 0; i < all->lift->size; i++) {
        all->block_at[i] = GOLF_NONE;
        if ((all->marks[i] & (VERBATIM_BEGINS | VERBATIM_LEADS)) ==
            (VERBATIM_BEGINS | VERBATIM_LEADS))
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
    if (reference && (verbatim_is_relative(all, reference) != (relative != 0) ||
                      width_of(all, reference) != bits / 8u))
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
    if (verbatim_is_idle(all, instruction))
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

/* Adds an instruction that the original does not have there. */
static void add_other(struct golf_block *block, const uint8_t *bytes, uint8_t length,
                      uint64_t offset)
{
    struct golf_operation *operation = &block->operations[block->count++];
    *operation = (struct golf_operation){
        .kind = GOLF_KEPT, .length = length, .refers_operand = UINT8_MAX, .offset = offset};
    memcpy(operation->bytes, bytes, length);
}

/* Ends a block with a fault at address 0: it has no distance that fits all places of the code. */
static void end_nowhere(const struct lift_instruction *instruction, struct golf_block *block)
{
    static const uint8_t push[] = {0x6a, 0};
    add_other(block, push, sizeof push, instruction->offset);
    block->end = GOLF_RETURNS;
}

/* What is compared with other places is none of them: it has a byte of its own. */
static void keep_apart(struct golf_block *block)
{
    static const uint8_t nop = 0x90;
    if (block->is_compared && block->count == 0 &&
        (block->end == GOLF_GO || block->end == GOLF_STOP))
        add_other(block, &nop, 1, block->offset);
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
    if (verbatim_jumps_nowhere(all, instruction)) {
        end_nowhere(instruction, block);
        return true;
    }
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
    for (uint64_t at = offset;
         at < all->lift->size && all->marks[at] & (VERBATIM_BEGINS | VERBATIM_INSIDE); at++) {
        if (at > offset && all->block_at[at] != GOLF_NONE)
            break;
        most += all->marks[at] & VERBATIM_BEGINS;
    }
    block->operations = calloc(most + 1, sizeof *block->operations);
    block->offset = offset;
    block->end = GOLF_STOP;
    if (!block->operations)
        return no_memory(all);
    for (size_t i = 0; i < most; i++) {
        uint32_t index;
        const struct lift_instruction *instruction =
            lift_instruction_at(all->lift, all->base + offset, &index);
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
    keep_apart(block);
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
    if (verbatim_is_relative(all, reference) || length < 4)
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
        if (verbatim_is_code(all, reference->section) || !verbatim_counts(all, reference))
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
    return (verbatim_note_references(all) && all->marks && all->list && all->block_at &&
            all->data_of) ||
           no_memory(all);
}

bool lift_verbatim(struct lift *lift, const struct golf_addresses *known, bool aligned,
                   struct golf_lifted *lifted)
{
    struct verbatim all = {.lift = lift, .lifted = lifted, .known = known, .aligned = aligned};
    bool is_done = open_verbatim(&all) && verbatim_find_code(&all) && number_blocks(&all) &&
                   verbatim_keeps_values(&all);
    /* Whether instructions ask for alignment is known with the blocks, which refer to the data. */
    for (size_t i = 0; is_done && i < lift->instruction_count; i++)
        note_alignment(&all, &lift->instructions[i]->effects);
    is_done = is_done && add_data(&all) && add_references(&all) && build_blocks(&all);
    lifted->bits = lift->bits;
    lifted->is_verbatim = true;
    lifted->has_writable_code = lift->has_writable_code;
    lifted->opens_stack = true;
    free(all.reference_at);
    free(all.marks);
    free(all.list);
    free(all.block_at);
    free(all.data_of);
    return is_done && !lift->failed;
}

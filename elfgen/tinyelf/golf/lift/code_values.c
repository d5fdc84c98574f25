/* Follows addresses of code in registers, and the address that a call pushed, from where they are
 * made to the next jump. */
#include "golf/lift/code_values.h"

#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/references.h"

enum { BEGINS = 1, RCX = 1 << 1 };

/* The instruction at an offset in the file; NULL: none is reached there. */
static const struct lift_instruction *reached_at(const struct verbatim *all, uint64_t offset)
{
    uint32_t index;
    return offset < all->lift->size && all->marks[offset] & BEGINS
               ? lift_instruction_at(all->lift, all->base + offset, &index)
               : NULL;
}

static bool refuse_values(const struct verbatim *all, const struct lift_instruction *instruction,
                          const char *text)
{
    return lift_refuse_at(all->lift, instruction, text);
}

static bool leads_away(const struct lift_instruction *instruction)
{
    return instruction->kind == LIFT_JUMP || instruction->kind == LIFT_RETURNS ||
           instruction->kind == LIFT_CALLS || instruction->kind == LIFT_FAULT;
}

static bool is_general(const ZydisDecodedOperand *operand)
{
    uint8_t bits;
    return lift_register(operand, &bits) != EFFECTS_NONE;
}

/* ---- addresses of code in registers ---- */

static bool uses_as_place(const struct lift_instruction *instruction, uint16_t held)
{
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        uint8_t base = effects_register(operand->mem.base),
                index = effects_register(operand->mem.index);
        if ((base != EFFECTS_NONE && held >> base & 1) ||
            (index != EFFECTS_NONE && held >> index & 1))
            return true;
    }
    return false;
}

/* Whether an instruction copies or stores a register, or asks whether it is 0. */
static bool is_copy(const struct lift_instruction *instruction, uint16_t held)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    if (uses_as_place(instruction, held))
        return false;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_XCHG:
        return true;
    case ZYDIS_MNEMONIC_TEST:
        return is_general(&operands[0]) && operands[0].reg.value == operands[1].reg.value;
    default:
        return instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV;
    }
}

/* Whether a call gets one of the registers. */
static bool is_given(const struct lift_instruction *instruction, uint16_t held)
{
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        if (held >> by->arguments[i] & 1)
            return true;
    return false;
}

/* What holds an address of code after an instruction. */
static uint16_t held_after(const struct lift_instruction *instruction, uint16_t held)
{
    uint8_t bits, to = lift_register(&instruction->operands[0], &bits);
    bool reads = instruction->reads & held;
    uint16_t kept = (uint16_t)(held & ~instruction->writes);
    if (instruction->kind == LIFT_SYSTEM || to == EFFECTS_NONE || !reads)
        return kept;
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_XCHG)
        return (uint16_t)(held | instruction->writes);
    return (uint16_t)(instruction->writes >> to & 1 ? kept | 1u << to : kept);
}

static bool follow_values(const struct verbatim *all, uint64_t offset, uint16_t held)
{
    const struct lift_instruction *instruction;
    while (held != 0 && (instruction = reached_at(all, offset)) != NULL &&
           !leads_away(instruction)) {
        bool reads = instruction->reads & held && instruction->kind == LIFT_PLAIN;
        bool gives = instruction->kind == LIFT_SYSTEM && is_given(instruction, held);
        if (gives || (reads && !is_copy(instruction, held)))
            return refuse_values(all, instruction, "it computes with an address of its code");
        held = held_after(instruction, held);
        offset += instruction->zydis.length;
    }
    return true;
}

/* Whether one of its numbers is an address of code, and no jump's. */
static bool has_code_address(const struct verbatim *all, const struct lift_instruction *instruction)
{
    const ZydisDecodedInstruction *zydis = &instruction->zydis;
    const uint64_t offsets[] = {zydis->raw.disp.offset, zydis->raw.imm[0].offset};
    const uint8_t sizes[] = {zydis->raw.disp.size, zydis->raw.imm[0].size};
    for (size_t i = 0; i < 2; i++) {
        const struct elfgen_relocation *reference =
            sizes[i] ? verbatim_reference_at(all, instruction->offset + offsets[i]) : NULL;
        if (reference && verbatim_is_code(all, reference->symbol))
            return true;
    }
    for (size_t i = 0; i < zydis->operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || operand->mem.base != ZYDIS_REGISTER_RIP)
            continue;
        size_t section = verbatim_section_of(all, instruction->address + zydis->length +
                                                      (uint64_t)operand->mem.disp.value);
        if (section != SIZE_MAX && verbatim_is_code(all, section))
            return true;
    }
    return false;
}

static bool check_address(const struct verbatim *all, const struct lift_instruction *instruction)
{
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    if (instruction->kind != LIFT_PLAIN || !has_code_address(all, instruction))
        return true;
    if (mnemonic != ZYDIS_MNEMONIC_MOV && mnemonic != ZYDIS_MNEMONIC_LEA &&
        mnemonic != ZYDIS_MNEMONIC_PUSH)
        return refuse_values(all, instruction, "it computes with an address of its code");
    uint16_t held = (uint16_t)(instruction->writes & ~(1u << X86_RSP));
    return follow_values(all, instruction->offset + instruction->zydis.length, held);
}

/* ---- the address that a call pushed ---- */

/* The stack in a subroutine: bytes from the stack pointer, and from the frame pointer if it is
 * known, to that address. */
struct pushed {
    int64_t depth, frame;
    bool has_frame;
};

static bool touches_pushed(const struct verbatim *all, const struct lift_instruction *instruction,
                           const struct pushed *pushed)
{
    const int64_t word = all->lift->bits / 8;
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_POP && pushed->depth == 0)
        return true;
    for (size_t i = 0; i < instruction->zydis.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t base = effects_register(operand->mem.base);
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY ||
            operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN || operand->mem.index != ZYDIS_REGISTER_NONE)
            continue;
        int64_t at = operand->mem.disp.value - (base == X86_RSP ? pushed->depth : pushed->frame);
        if ((base == X86_RSP || (base == X86_RBP && pushed->has_frame)) && at < word &&
            at + operand->size / 8 > 0)
            return true;
    }
    return false;
}

/* Goes on to after an instruction. Returns false if the stack pointer is not known there. */
static bool step_pushed(const struct lift_instruction *instruction, struct pushed *pushed)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    uint8_t bits, to = lift_register(&operands[0], &bits);
    int64_t number = operands[1].imm.value.s, slot = instruction->zydis.operand_width / 8;
    bool is_number = operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_PUSH:
        pushed->depth += slot;
        return true;
    case ZYDIS_MNEMONIC_POP:
        pushed->depth -= slot;
        pushed->has_frame = pushed->has_frame && to != X86_RBP;
        return to != X86_RSP && pushed->depth >= 0;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_ADD:
        if (to != X86_RSP || !is_number)
            break;
        pushed->depth += instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SUB ? number : -number;
        return pushed->depth >= 0;
    case ZYDIS_MNEMONIC_MOV:
        if (to != X86_RBP || effects_register(operands[1].reg.value) != X86_RSP)
            break;
        pushed->has_frame = true;
        pushed->frame = pushed->depth;
        return true;
    default:
        break;
    }
    pushed->has_frame = pushed->has_frame && !(instruction->writes >> X86_RBP & 1);
    return !(instruction->writes >> X86_RSP & 1);
}

static bool follow_pushed(const struct verbatim *all, uint64_t offset)
{
    struct pushed pushed = {0};
    const struct lift_instruction *instruction;
    while ((instruction = reached_at(all, offset)) != NULL &&
           (instruction->kind == LIFT_CALLS || !leads_away(instruction))) {
        if (touches_pushed(all, instruction, &pushed))
            return refuse_values(all, instruction, "it reads the address that a call pushed");
        if (instruction->kind == LIFT_PLAIN && !step_pushed(instruction, &pushed))
            return true;
        offset += instruction->zydis.length;
    }
    return true;
}

/* ---- all of it ---- */

bool verbatim_keeps_values(const struct verbatim *all)
{
    for (uint64_t i = 0; i < all->lift->size; i++) {
        const struct lift_instruction *instruction = reached_at(all, i);
        if (!instruction)
            continue;
        uint64_t next = i + instruction->zydis.length;
        if (!check_address(all, instruction))
            return false;
        if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SYSCALL && !follow_values(all, next, RCX))
            return false;
        const ZydisDecodedOperand *to = &instruction->operands[0];
        if (instruction->kind == LIFT_CALLS && to->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
            !follow_pushed(all, next + to->imm.value.u))
            return false;
    }
    return true;
}

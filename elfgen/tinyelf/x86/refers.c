/* Finds the addresses that operands lead to. */
#include "x86.h"

bool x86_has_address(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operand,
                     uint64_t *address)
{
    bool is_load =
        instruction->mnemonic == ZYDIS_MNEMONIC_MOV || instruction->mnemonic == ZYDIS_MNEMONIC_PUSH;
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        *address = operand->imm.value.u;
        return is_load && instruction->raw.imm[0].size >= 32;
    }
    *address = (uint64_t)operand->mem.disp.value;
    if (instruction->machine_mode != ZYDIS_MACHINE_MODE_LONG_64)
        *address &= UINT32_MAX;
    return operand->type == ZYDIS_OPERAND_TYPE_MEMORY && instruction->raw.disp.size >= 32 &&
           operand->mem.base != ZYDIS_REGISTER_RIP && operand->mem.base != ZYDIS_REGISTER_EIP &&
           operand->mem.segment != ZYDIS_REGISTER_FS && operand->mem.segment != ZYDIS_REGISTER_GS;
}

/* Whether an operand is relative to the instruction, as that of a jump is. */
static bool is_relative(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE
               ? operand->imm.is_relative
               : operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
                     (operand->mem.base == ZYDIS_REGISTER_RIP ||
                      operand->mem.base == ZYDIS_REGISTER_EIP);
}

bool x86_refers(void *context, const uint8_t *bytes, size_t size, uint64_t address, bool fixed,
                uint64_t *target, bool *jumps)
{
    const struct x86 *machine = context;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(
            ZydisDecoderDecodeFull(&machine->decoder, bytes, size, &instruction, operands)) ||
        instruction.mnemonic == ZYDIS_MNEMONIC_NOP)
        return false;
    for (size_t i = 0; i < instruction.operand_count_visible; i++) {
        ZyanU64 absolute;
        *jumps = operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[i].imm.is_relative;
        if (is_relative(&operands[i])) {
            if (!ZYAN_SUCCESS(
                    ZydisCalcAbsoluteAddress(&instruction, &operands[i], address, &absolute)))
                continue;
            *target = absolute;
            return true;
        }
        if (fixed && x86_has_address(&instruction, &operands[i], target))
            return true;
    }
    return false;
}

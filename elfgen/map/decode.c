/* Asks the caller's decoder for the length or the meaning of an instruction, and for the signature
 * of a system call. */
#include "decode.h"

/* How many bytes an instruction at `offset` may take. */
static size_t bytes_at(const struct elfgen_range *range, uint64_t offset)
{
    uint64_t left = range->size - (offset - range->offset);
    return left < ELFGEN_INSTRUCTION_MOST ? (size_t)left : ELFGEN_INSTRUCTION_MOST;
}

uint8_t elfgen_code_length(const struct elfgen_code *code, const struct elfgen_range *range,
                           uint64_t offset)
{
    size_t left = bytes_at(range, offset);
    uint8_t length =
        code->machine->length(code->machine->context, code->view->bytes + offset, left);
    return length <= left ? length : 0;
}

/* Whether what the caller's decoder said is in the ranges of code.h. */
static bool is_valid(const struct elfgen_machine *machine,
                     const struct elfgen_instruction *instruction,
                     const struct elfgen_registers *registers, size_t left)
{
    return instruction->length > 0 && instruction->length <= left &&
           registers->depth <= ELFGEN_STACK_SLOTS &&
           (instruction->flow != ELFGEN_FLOW_SYSTEM ||
            instruction->call_instruction < machine->call_instruction_count);
}

bool elfgen_code_decode(const struct elfgen_code *code, const struct elfgen_range *range,
                        uint64_t offset, struct elfgen_registers *registers,
                        struct elfgen_instruction *instruction)
{
    size_t left = bytes_at(range, offset);
    return code->machine->decode(code->machine->context, code->view->bytes + offset, left,
                                 range->address + (offset - range->offset), registers,
                                 instruction) &&
           is_valid(code->machine, instruction, registers, left);
}

bool elfgen_code_signature(const struct elfgen_code *code, const struct elfgen_call *call,
                           struct elfgen_signature *signature)
{
    /* Linux looks only at the low 32 bits of the number. */
    if ((uint32_t)call->number.known != UINT32_MAX ||
        !code->machine->call(code->machine->context, call->call_instruction,
                             (uint32_t)call->number.value, signature))
        return false;
    if (signature->count > ELFGEN_ARGUMENTS)
        signature->count = ELFGEN_ARGUMENTS;
    return true;
}

/* Says whether nasm assembles what nasm.c prints to the very bytes of an instruction. */
#include "nasm.h"

#include <stddef.h>
#include <string.h>

/* Whether the shortest encoding, with prefixes in their usual order, is the one that is there. */
static bool is_shortest(const ZydisDecodedInstruction *instruction,
                        const ZydisDecodedOperand *operands, const uint8_t *bytes)
{
    ZydisEncoderRequest request;
    uint8_t encoded[ZYDIS_MAX_INSTRUCTION_LENGTH];
    ZyanUSize length = sizeof encoded;
    return ZYAN_SUCCESS(ZydisEncoderDecodedInstructionToEncoderRequest(
               instruction, operands, instruction->operand_count_visible, &request)) &&
           ZYAN_SUCCESS(ZydisEncoderEncodeInstruction(&request, encoded, &length)) &&
           length == instruction->length && memcmp(encoded, bytes, length) == 0;
}

/* Where nasm 2.16 takes another encoding than the shortest that Zydis knows. */
enum other {
    ANY,
    REGISTERS, /* no memory operand */
    MEMORY,    /* the ModRM byte says memory */
    ST0,       /* st0 twice */
    EVEX,      /* with that prefix */
    XOP_W,     /* the bit of that prefix that swaps the last two operands, which are registers */
};

static bool holds(enum other when, const ZydisDecodedInstruction *instruction)
{
    bool registers = instruction->raw.modrm.mod == 3;
    switch (when) {
    case ANY:
        return true;
    case REGISTERS:
        return registers;
    case MEMORY:
        return !registers;
    case ST0:
        return registers && instruction->raw.modrm.rm == 0;
    case EVEX:
        return instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX;
    case XOP_W:
        return registers && instruction->raw.xop.W;
    }
    return true;
}

static bool is_other(const ZydisDecodedInstruction *instruction)
{
    static const struct {
        uint16_t mnemonic;
        uint8_t map, opcode, when;
    } others[] = {
#define OTHER(mnemonic, map, opcode, when) {ZYDIS_MNEMONIC_##mnemonic, map, opcode, when},
#include "nasm_others.def"
#undef OTHER
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].mnemonic == instruction->mnemonic &&
            others[i].map == instruction->opcode_map && others[i].opcode == instruction->opcode)
            return holds((enum other)others[i].when, instruction);
    return false;
}

static bool has_prefix(const ZydisDecodedInstruction *instruction, uint8_t value)
{
    for (uint8_t i = 0; i < instruction->raw.prefix_count; i++)
        if (instruction->raw.prefixes[i].value == value)
            return true;
    return false;
}

bool nasm_needs_evex(const ZydisDecodedInstruction *instruction,
                     const ZydisDecodedOperand *operands)
{
    enum { VEX_REGISTERS = 16 };
    if (instruction->encoding != ZYDIS_INSTRUCTION_ENCODING_EVEX)
        return false;
    bool only = instruction->raw.evex.L2 || instruction->raw.evex.b || instruction->raw.evex.z ||
                instruction->raw.evex.aaa != 0;
    for (uint8_t i = 0; i < instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &operands[i];
        ZydisRegister value = operand->type == ZYDIS_OPERAND_TYPE_REGISTER ? operand->reg.value
                              : operand->type == ZYDIS_OPERAND_TYPE_MEMORY ? operand->mem.index
                                                                           : ZYDIS_REGISTER_NONE;
        only = only || ZydisRegisterGetId(value) >= VEX_REGISTERS;
    }
    return !only;
}

/* Whether the prefixes are in another order than nasm's. */
static bool is_order_other(const ZydisDecodedInstruction *instruction)
{
    enum { OPERAND_SIZE = 0x66, ADDRESS_SIZE = 0x67, REPNE = 0xf2, REP = 0xf3 };
    if (instruction->attributes & (ZYDIS_ATTRIB_HAS_XACQUIRE | ZYDIS_ATTRIB_HAS_XRELEASE))
        return true;
    bool repeats = has_prefix(instruction, REPNE) || has_prefix(instruction, REP);
    bool sized = has_prefix(instruction, OPERAND_SIZE);
    if (has_prefix(instruction, ADDRESS_SIZE))
        return repeats || sized;
    if (repeats && sized)
        return true;
    return repeats && instruction->attributes & ZYDIS_ATTRIB_HAS_SEGMENT;
}

/* Whether it is a jump of 16 bits, or one with prefixes that change which targets nasm reaches. */
static bool is_odd_jump(const ZydisDecodedInstruction *instruction)
{
    return instruction->attributes & ZYDIS_ATTRIB_IS_RELATIVE &&
           instruction->raw.imm[0].is_relative &&
           (instruction->operand_width == 16 || instruction->raw.prefix_count > 1);
}

/* Whether nasm takes the form of mov that has an address and no ModRM byte. */
static bool has_short_address(const ZydisDecodedInstruction *instruction,
                              const ZydisDecodedOperand *operands)
{
    bool is_mov = instruction->mnemonic == ZYDIS_MNEMONIC_MOV &&
                  (instruction->opcode & 0xfc) == 0x88 &&
                  instruction->machine_mode != ZYDIS_MACHINE_MODE_LONG_64;
    bool plain = false, accumulator = false;
    for (uint8_t i = 0; i < instruction->operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            plain = operand->mem.base == ZYDIS_REGISTER_NONE &&
                    operand->mem.index == ZYDIS_REGISTER_NONE;
        else if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
            accumulator = operand->reg.value == ZYDIS_REGISTER_AL ||
                          operand->reg.value == ZYDIS_REGISTER_AX ||
                          operand->reg.value == ZYDIS_REGISTER_EAX;
    }
    return is_mov && plain && accumulator;
}

/* Whether it is an instruction of AMD's FMA4, whose operands nasm puts in the other order. */
static bool is_fma4(const ZydisDecodedInstruction *instruction)
{
    enum { FIRST = 0x5c, LAST = 0x7f };
    return instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX &&
           instruction->opcode_map == ZYDIS_OPCODE_MAP_0F3A && instruction->opcode >= FIRST &&
           instruction->opcode <= LAST;
}

/* Whether nasm makes a base of an index that stands alone. */
static bool has_lone_index(const ZydisDecodedInstruction *instruction,
                           const ZydisDecodedOperand *operands)
{
    for (uint8_t i = 0; i < instruction->operand_count_visible; i++)
        if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            operands[i].mem.base == ZYDIS_REGISTER_NONE &&
            operands[i].mem.index != ZYDIS_REGISTER_NONE && operands[i].mem.scale == 1)
            return true;
    return false;
}

bool nasm_is_exact(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   const uint8_t *bytes)
{
    if (instruction->meta.isa_set == ZYDIS_ISA_SET_AVX_VNNI)
        return false; /* nasm takes EVEX */
    /* With {sae}, bits for the length mean nothing: nasm clears them. */
    if (instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX && instruction->avx.has_sae &&
        instruction->avx.rounding.mode == ZYDIS_ROUNDING_MODE_INVALID)
        return false;
    if (is_odd_jump(instruction) || has_short_address(instruction, operands) ||
        is_fma4(instruction))
        return false;
    return !is_order_other(instruction) && !has_lone_index(instruction, operands) &&
           !is_other(instruction) && is_shortest(instruction, operands, bytes);
}

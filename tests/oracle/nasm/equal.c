/* Compares two instructions. */
#include "same.h"

static uint64_t absolute(const ZydisDecodedInstruction *instruction,
                         const ZydisDecodedOperand *operand, uint64_t address)
{
    uint64_t value = 0;
    ZydisCalcAbsoluteAddress(instruction, operand, address, &value);
    return instruction->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? value : (uint32_t)value;
}

/* An index with factor 1 and no base is a base. */
static bool is_base(const ZydisDecodedOperandMem *memory)
{
    return memory->base == ZYDIS_REGISTER_NONE && memory->scale == 1 &&
           memory->type != ZYDIS_MEMOP_TYPE_VSIB;
}

static bool same_registers(const ZydisDecodedOperandMem *a, const ZydisDecodedOperandMem *b)
{
    if (is_base(a) && b->index == ZYDIS_REGISTER_NONE)
        return a->index == b->base;
    return a->base == b->base && a->index == b->index &&
           (a->index == ZYDIS_REGISTER_NONE || a->scale == b->scale);
}

static bool same_memory(const ZydisDecodedInstruction *const instructions[2],
                        const ZydisDecodedOperand *const operands[2], uint64_t address)
{
    const ZydisDecodedOperandMem *a = &operands[0]->mem, *b = &operands[1]->mem;
    if (a->type != b->type || a->segment != b->segment || !same_registers(a, b))
        return false;
    if (is_relative(a))
        return absolute(instructions[0], operands[0], address) ==
               absolute(instructions[1], operands[1], address);
    return a->disp.value == b->disp.value;
}

static bool same_immediate(const ZydisDecodedInstruction *const instructions[2],
                           const ZydisDecodedOperand *const operands[2], uint64_t address)
{
    if (operands[0]->imm.is_relative != operands[1]->imm.is_relative)
        return false;
    if (operands[0]->imm.is_relative)
        return absolute(instructions[0], operands[0], address) ==
               absolute(instructions[1], operands[1], address);
    uint64_t difference = operands[0]->imm.value.u ^ operands[1]->imm.value.u;
    unsigned width = instructions[0]->operand_width;
    return (width < 64 ? difference & ((UINT64_C(1) << width) - 1) : difference) == 0;
}

static bool same_operand(const ZydisDecodedInstruction *const instructions[2],
                         const ZydisDecodedOperand *const operands[2], uint64_t address)
{
    const ZydisDecodedOperand *a = operands[0], *b = operands[1];
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        return a->reg.value == b->reg.value;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return a->size == b->size && same_memory(instructions, operands, address);
    case ZYDIS_OPERAND_TYPE_POINTER:
        return a->ptr.segment == b->ptr.segment && a->ptr.offset == b->ptr.offset;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return same_immediate(instructions, operands, address);
    case ZYDIS_OPERAND_TYPE_UNUSED:
        break;
    }
    return true;
}

/* The next operand from *i on, without the mask k0, which only EVEX lists. */
static const ZydisDecodedOperand *next_operand(const ZydisDecodedInstruction *instruction,
                                               const ZydisDecodedOperand *operands, unsigned *i)
{
    while (*i < instruction->operand_count) {
        const ZydisDecodedOperand *operand = &operands[(*i)++];
        if (operand->encoding != ZYDIS_OPERAND_ENCODING_MASK ||
            operand->reg.value != ZYDIS_REGISTER_K0)
            return operand;
    }
    return NULL;
}

static bool same_operands(const ZydisDecodedInstruction *const instructions[2],
                          const ZydisDecodedOperand *a, const ZydisDecodedOperand *b,
                          uint64_t address)
{
    for (unsigned i = 0, k = 0;;) {
        const ZydisDecodedOperand *const operands[2] = {next_operand(instructions[0], a, &i),
                                                        next_operand(instructions[1], b, &k)};
        if (!operands[0] || !operands[1])
            return operands[0] == operands[1];
        if (!same_operand(instructions, operands, address))
            return false;
    }
}

static bool is_register(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER;
}

/* A `mov` of a number below 2^32 or of a segment to the register's lower half, which clears the
 * upper one. */
static bool same_half(const ZydisDecodedOperand *a, const ZydisDecodedOperand *b)
{
    if (!is_register(&a[0]) || !is_register(&b[0]) || a[0].size != 64 || b[0].size != 32 ||
        ZydisRegisterGetId(a[0].reg.value) != ZydisRegisterGetId(b[0].reg.value))
        return false;
    if (is_register(&a[1]))
        return a[1].size == 16 && is_register(&b[1]) && a[1].reg.value == b[1].reg.value;
    return a[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && b[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
           a[1].imm.value.u == (uint32_t)b[1].imm.value.u;
}

/* Whether two instructions that look different have the same effect. */
static bool same_effect(const ZydisDecodedInstruction *const instructions[2],
                        const ZydisDecodedOperand *a, const ZydisDecodedOperand *b,
                        uint64_t address)
{
    const ZydisDecodedOperand *const first[2] = {a, b};
    ZydisMnemonic mnemonic = instructions[1]->mnemonic;
    switch (instructions[0]->mnemonic) {
    case ZYDIS_MNEMONIC_XCHG:
        if (!is_register(&a[0]) || !is_register(&a[1]))
            return false;
        if (mnemonic == ZYDIS_MNEMONIC_NOP) /* whereas xchg eax,eax clears half of rax */
            return a[0].reg.value == a[1].reg.value && a[0].size == instructions[1]->operand_width;
        return mnemonic == ZYDIS_MNEMONIC_XCHG && is_register(&b[0]) && is_register(&b[1]) &&
               a[0].reg.value == b[1].reg.value && a[1].reg.value == b[0].reg.value;
    case ZYDIS_MNEMONIC_MOV:
        return mnemonic == ZYDIS_MNEMONIC_MOV && same_half(a, b);
    case ZYDIS_MNEMONIC_NOP: /* not every assembler can express the second operand */
        return mnemonic == ZYDIS_MNEMONIC_NOP && instructions[0]->operand_count > 0 &&
               instructions[1]->operand_count > 0 && same_operand(instructions, first, address);
    default:
        return false;
    }
}

static ZydisRegister mask_of(const ZydisDecodedInstruction *instruction)
{
    ZydisRegister mask = instruction->avx.mask.reg;
    return mask == ZYDIS_REGISTER_K0 ? ZYDIS_REGISTER_NONE : mask;
}

static bool same_vector(const ZydisDecodedInstruction *a, const ZydisDecodedInstruction *b)
{
    bool masked = mask_of(a) != ZYDIS_REGISTER_NONE;
    return mask_of(a) == mask_of(b) && (!masked || a->avx.mask.mode == b->avx.mask.mode) &&
           a->avx.broadcast.mode == b->avx.broadcast.mode &&
           a->avx.rounding.mode == b->avx.rounding.mode && a->avx.has_sae == b->avx.has_sae;
}

/* Prefixes that have a meaning to the processor. */
static const uint64_t meaningful =
    ZYDIS_ATTRIB_HAS_LOCK | ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE |
    ZYDIS_ATTRIB_HAS_BND | ZYDIS_ATTRIB_HAS_XACQUIRE | ZYDIS_ATTRIB_HAS_XRELEASE |
    ZYDIS_ATTRIB_HAS_BRANCH_NOT_TAKEN | ZYDIS_ATTRIB_HAS_BRANCH_TAKEN | ZYDIS_ATTRIB_HAS_NOTRACK;

const char *difference_of(const ZydisDecodedInstruction *const instructions[2],
                          const ZydisDecodedOperand *a, const ZydisDecodedOperand *b,
                          uint64_t address)
{
    const ZydisDecodedInstruction *first = instructions[0], *second = instructions[1];
    bool same = same_effect(instructions, a, b, address);
    if (!same && first->mnemonic != second->mnemonic)
        return ZydisMnemonicGetString(second->mnemonic);
    if (!same && !same_operands(instructions, a, b, address))
        return "operands";
    if ((first->attributes & meaningful) != (second->attributes & meaningful))
        return "prefixes";
    if (!same_vector(first, second))
        return "decorators";
    if (first->operand_width != second->operand_width &&
        (first->mnemonic == ZYDIS_MNEMONIC_SYSRET || first->mnemonic == ZYDIS_MNEMONIC_SYSEXIT))
        return "operand width";
    return NULL;
}

/* Finds out which instructions only change registers and flags, by decoding them. */
#include "fillers.h"

#include <string.h>

#include "x86/effects.h"
#include "x86/flags.h"

enum { FLAGS = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF, LONGEST = 15 };

/* Instructions that compute, never fault, and need nothing but registers. */
static bool only_computes(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_BSWAP:
    case ZYDIS_MNEMONIC_CBW:
    case ZYDIS_MNEMONIC_CDQ:
    case ZYDIS_MNEMONIC_CDQE:
    case ZYDIS_MNEMONIC_CLC:
    case ZYDIS_MNEMONIC_CMC:
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_CQO:
    case ZYDIS_MNEMONIC_CWD:
    case ZYDIS_MNEMONIC_CWDE:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_IMUL:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_LAHF:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_MUL:
    case ZYDIS_MNEMONIC_NEG:
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_NOT:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_RCL:
    case ZYDIS_MNEMONIC_RCR:
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
    case ZYDIS_MNEMONIC_SAHF:
    case ZYDIS_MNEMONIC_SAR:
    case ZYDIS_MNEMONIC_SBB:
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_STC:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_TEST:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_XOR:
        return true;
    default:
        return false;
    }
}

/* The registers that it writes. Returns false if it touches anything else. */
static bool find_writes(const ZydisDecodedInstruction *instruction,
                        const ZydisDecodedOperand *operands, struct filler *filler)
{
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY &&
            operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN &&
            instruction->mnemonic != ZYDIS_MNEMONIC_NOP)
            return false;
        if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
            continue;
        ZydisRegisterClass class = ZydisRegisterGetClass(operand->reg.value);
        if (class == ZYDIS_REGCLASS_FLAGS)
            continue;
        uint8_t number = effects_register(operand->reg.value);
        if (number == EFFECTS_NONE)
            return false;
        if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
            filler->writes |= (uint16_t)(1u << number);
    }
    return true;
}

/* Bytes before displacement and immediate. */
static uint8_t head_of(const ZydisDecodedInstruction *instruction)
{
    uint8_t head = instruction->length;
    if (instruction->raw.disp.size > 0 && instruction->raw.disp.offset < head)
        head = instruction->raw.disp.offset;
    if (instruction->raw.imm[0].size > 0 && instruction->raw.imm[0].offset < head)
        head = instruction->raw.imm[0].offset;
    return head;
}

static struct place_flag_effect flags_of(const ZydisDecodedInstruction *instruction)
{
    struct elfgen_bits none = {0, 0}, zeros = {0, ~UINT64_C(0)}, ones = {FLAGS, ~UINT64_C(0)};
    struct elfgen_bits sets = x86_flags_after(instruction, NULL, none);
    struct elfgen_bits from_zeros = x86_flags_after(instruction, NULL, zeros);
    struct elfgen_bits from_ones = x86_flags_after(instruction, NULL, ones);
    uint64_t keeps = from_zeros.known & from_ones.known & ~from_zeros.value & from_ones.value;
    struct place_flag_effect effect = {
        .keeps = (uint16_t)(keeps & FLAGS),
        .sets = {(uint16_t)(sets.known & FLAGS), (uint16_t)(sets.value & sets.known & FLAGS)}};
    return effect;
}

static struct filler find(const struct fillers *fillers, uint8_t first, uint8_t second)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    uint8_t bytes[LONGEST] = {first, second};
    struct filler filler = {0};
    if (!x86_decode(&fillers->machine, bytes, sizeof bytes, &instruction, operands) ||
        !only_computes(instruction.mnemonic) ||
        instruction.attributes & (ZYDIS_ATTRIB_HAS_LOCK | ZYDIS_ATTRIB_HAS_REP) ||
        head_of(&instruction) > 2 || !find_writes(&instruction, operands, &filler))
        return (struct filler){0};
    filler.length = instruction.length;
    filler.head = head_of(&instruction);
    filler.flags = flags_of(&instruction);
    filler.writes_flags = filler.flags.keeps != FLAGS;
    return filler;
}

void fillers_open(struct fillers *fillers, bool is_64_bit)
{
    memset(fillers, 0, sizeof *fillers);
    x86_open_width(&fillers->machine, is_64_bit, SYNTAX_INTEL);
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++)
            fillers->by_bytes[first][second] = find(fillers, (uint8_t)first, (uint8_t)second);
}

struct place_flag_effect fillers_flags(const struct fillers *fillers, const uint8_t *bytes,
                                       size_t size)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!x86_decode(&fillers->machine, bytes, size, &instruction, operands) ||
        instruction.length != size)
        return (struct place_flag_effect){0};
    return flags_of(&instruction);
}

struct place_flags fillers_after(struct place_flags before, struct place_flag_effect effect)
{
    struct place_flags after = effect.sets;
    after.known |= before.known & effect.keeps;
    after.value |= before.value & effect.keeps;
    return after;
}

bool fillers_is_prefix(bool is_64_bit, uint8_t byte)
{
    switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf2:
    case 0xf3:
        return true;
    default:
        return is_64_bit && byte >= 0x40 && byte <= 0x4f;
    }
}

static bool is_same_operand(const ZydisDecodedOperand *a, const ZydisDecodedOperand *b)
{
    if (a->type != b->type || a->size != b->size || a->actions != b->actions)
        return false;
    switch (a->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        return a->reg.value == b->reg.value;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return a->mem.type == b->mem.type && a->mem.segment == b->mem.segment &&
               a->mem.base == b->mem.base && a->mem.index == b->mem.index &&
               a->mem.scale == b->mem.scale && a->mem.disp.value == b->mem.disp.value;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        return a->imm.value.u == b->imm.value.u && a->imm.is_relative == b->imm.is_relative;
    default:
        return false;
    }
}

bool fillers_is_same(const struct fillers *fillers, const uint8_t *bytes, size_t prefixes,
                     size_t size)
{
    ZydisDecodedInstruction with, without;
    ZydisDecodedOperand one[ZYDIS_MAX_OPERAND_COUNT], other[ZYDIS_MAX_OPERAND_COUNT];
    if (size > LONGEST || !x86_decode(&fillers->machine, bytes, size, &with, one) ||
        !x86_decode(&fillers->machine, bytes + prefixes, size - prefixes, &without, other))
        return false;
    const uint64_t counted = ZYDIS_ATTRIB_HAS_LOCK | ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
                             ZYDIS_ATTRIB_HAS_REPNE | ZYDIS_ATTRIB_HAS_NOTRACK;
    if (with.length != size || without.length != size - prefixes ||
        with.mnemonic != without.mnemonic || with.operand_count != without.operand_count ||
        with.operand_width != without.operand_width ||
        with.address_width != without.address_width ||
        (with.attributes & counted) != (without.attributes & counted))
        return false;
    for (size_t i = 0; i < with.operand_count; i++)
        if (!is_same_operand(&one[i], &other[i]))
            return false;
    return true;
}

bool fillers_holds(uint8_t condition, struct place_flags flags, bool *holds)
{
    static const uint16_t needs[8] = {
        FLAG_OF, FLAG_CF, FLAG_ZF,           FLAG_CF | FLAG_ZF,
        FLAG_SF, FLAG_PF, FLAG_SF | FLAG_OF, FLAG_SF | FLAG_OF | FLAG_ZF};
    uint16_t need = needs[condition / 2 % 8];
    if ((flags.known & need) != need)
        return false;
    bool differs = !(flags.value & FLAG_SF) != !(flags.value & FLAG_OF);
    bool is_true = need & FLAG_SF && need & FLAG_OF
                       ? differs || (need & FLAG_ZF && flags.value & FLAG_ZF)
                       : (flags.value & need) != 0;
    *holds = is_true != (condition & 1);
    return true;
}

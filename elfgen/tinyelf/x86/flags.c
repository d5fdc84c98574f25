/* Computes flags and conditions as far as they are known. */
#include "flags.h"

#include "known_bits.h"

static const struct elfgen_bits unknown_flag = {0, ~(uint64_t)1};

static struct elfgen_bits bit_of(struct elfgen_bits bits, unsigned bit)
{
    return (struct elfgen_bits){bits.value >> bit & 1, bits.known >> bit | ~(uint64_t)1};
}

struct elfgen_bits x86_flag(struct elfgen_bits flags, unsigned flag)
{
    return bit_of(flags, (unsigned)__builtin_ctz(flag));
}

static void set_flag(struct elfgen_bits *flags, unsigned flag, struct elfgen_bits bit)
{
    flags->known &= ~(uint64_t)flag;
    flags->value &= ~(uint64_t)flag;
    if (!(bit.known & 1))
        return;
    flags->known |= flag;
    flags->value |= bit.value & 1 ? flag : 0;
}

/* ---- flags of a result ---- */

static struct elfgen_bits is_zero(struct elfgen_bits bits, unsigned width)
{
    if (bits.value & bits_ones(width))
        return bits_constant(0);
    return bits_are_known(bits, width) ? bits_constant(1) : unknown_flag;
}

/* ZF, SF and PF. */
static void set_by_result(struct elfgen_bits *flags, const struct x86_operation *operation)
{
    struct elfgen_bits result = operation->result;
    bool odd = __builtin_parity((unsigned)result.value & 0xff);
    set_flag(flags, FLAG_ZF, is_zero(result, operation->width));
    set_flag(flags, FLAG_SF, bit_of(result, operation->width - 1));
    set_flag(flags, FLAG_PF, bits_are_known(result, 8) ? bits_constant(!odd) : unknown_flag);
}

/* CF, AF and OF of a sum, by the carries out of each bit. */
static void set_by_sum(struct elfgen_bits *flags, const struct x86_operation *operation)
{
    struct elfgen_bits a = operation->a, b = operation->b, result = operation->result;
    struct elfgen_bits carries = bits_or(bits_and(a, b), bits_and(bits_or(a, b), bits_not(result)));
    struct elfgen_bits overflow = bits_and(bits_xor(a, result), bits_xor(b, result));
    set_flag(flags, FLAG_CF, bit_of(carries, operation->width - 1));
    set_flag(flags, FLAG_AF, bit_of(carries, 3));
    set_flag(flags, FLAG_OF, bit_of(overflow, operation->width - 1));
}

/* The same of a difference, by the borrows. */
static void set_by_difference(struct elfgen_bits *flags, const struct x86_operation *operation)
{
    struct elfgen_bits a = operation->a, b = operation->b, result = operation->result;
    struct elfgen_bits not_a = bits_not(a);
    struct elfgen_bits borrows = bits_or(bits_and(not_a, b), bits_and(bits_or(not_a, b), result));
    struct elfgen_bits overflow = bits_and(bits_xor(a, b), bits_xor(a, result));
    set_flag(flags, FLAG_CF, bit_of(borrows, operation->width - 1));
    set_flag(flags, FLAG_AF, bit_of(borrows, 3));
    set_flag(flags, FLAG_OF, bit_of(overflow, operation->width - 1));
}

/* ---- shifts ---- */

bool x86_shift_count(const struct x86_operation *operation, unsigned *count)
{
    unsigned mask = operation->width == 64 ? 63 : 31;
    *count = (unsigned)operation->b.value & mask;
    return (operation->b.known & mask) == mask;
}

/* CF and OF of a shift or rotation that shifts. What Intel leaves undefined stays unknown. */
static void set_by_shift(struct elfgen_bits *flags, const struct x86_operation *operation,
                         unsigned count)
{
    struct elfgen_bits a = operation->a, result = operation->result;
    unsigned top = operation->width - 1;
    struct elfgen_bits out = unknown_flag, overflow = unknown_flag;
    switch (operation->mnemonic) {
    case ZYDIS_MNEMONIC_SHL:
        if (count <= operation->width)
            out = bit_of(a, operation->width - count);
        overflow = bits_xor(bit_of(result, top), out);
        break;
    case ZYDIS_MNEMONIC_SHR:
        if (count <= operation->width)
            out = bit_of(a, count - 1);
        overflow = bit_of(a, top);
        break;
    case ZYDIS_MNEMONIC_SAR:
        out = bit_of(a, count <= operation->width ? count - 1 : top);
        overflow = bits_constant(0);
        break;
    case ZYDIS_MNEMONIC_ROL:
        out = bit_of(result, 0);
        overflow = bits_xor(bit_of(result, top), out);
        break;
    case ZYDIS_MNEMONIC_ROR:
        out = bit_of(result, top);
        overflow = bits_xor(out, bit_of(result, top - 1));
        break;
    default:
        break;
    }
    set_flag(flags, FLAG_CF, out);
    set_flag(flags, FLAG_OF, count == 1 ? overflow : unknown_flag);
}

/* Returns false if the instruction leaves all flags as they are. */
static bool shift(struct elfgen_bits *flags, const struct x86_operation *operation)
{
    unsigned count;
    if (!x86_shift_count(operation, &count))
        return true;
    if (count == 0)
        return false;
    set_by_shift(flags, operation, count);
    if (operation->mnemonic != ZYDIS_MNEMONIC_ROL && operation->mnemonic != ZYDIS_MNEMONIC_ROR)
        set_by_result(flags, operation);
    return true;
}

/* ---- flags after an instruction ---- */

/* Sets the flags that the operation determines. Returns false if it leaves all as they are. */
static bool compute(struct elfgen_bits *flags, const struct x86_operation *operation)
{
    switch (operation->mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_XADD:
        set_by_sum(flags, operation);
        set_by_result(flags, operation);
        return true;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_SBB:
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_NEG:
        set_by_difference(flags, operation);
        set_by_result(flags, operation);
        return true;
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_TEST:
        set_by_result(flags, operation);
        return true;
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
        return shift(flags, operation);
    default:
        return true;
    }
}

/* Flags that are written although the operation does not say which value they get. */
static void forget(struct elfgen_bits *flags, uint64_t written)
{
    flags->known &= ~written;
    flags->value &= flags->known;
}

struct elfgen_bits x86_flags_after(const ZydisDecodedInstruction *instruction,
                                   const struct x86_operation *operation, struct elfgen_bits flags)
{
    const ZydisAccessedFlags *accessed = instruction->cpu_flags;
    if (!accessed)
        return flags;
    const uint64_t set = accessed->set_0 | accessed->set_1;
    struct elfgen_bits after = flags, computed = {0, 0};
    if (operation && !compute(&computed, operation))
        return flags;
    if (instruction->mnemonic == ZYDIS_MNEMONIC_CMC)
        set_flag(&computed, FLAG_CF, bits_xor(x86_flag(flags, FLAG_CF), bits_constant(1)));
    forget(&after, accessed->modified | accessed->undefined | set);
    computed.known &= accessed->modified;
    after.known |= set | computed.known;
    after.value |= accessed->set_1 | (computed.value & computed.known);
    return after;
}

/* ---- conditions ---- */

/* The condition of the low four bits of an opcode: o, b, z, be, s, p, l, le, each followed by its
 * opposite (Intel's manual, volume 1, appendix B). */
static struct elfgen_bits condition(unsigned code, struct elfgen_bits flags)
{
    struct elfgen_bits zero = x86_flag(flags, FLAG_ZF), carry = x86_flag(flags, FLAG_CF);
    struct elfgen_bits less = bits_xor(x86_flag(flags, FLAG_SF), x86_flag(flags, FLAG_OF));
    const struct elfgen_bits conditions[8] = {x86_flag(flags, FLAG_OF),
                                              carry,
                                              zero,
                                              bits_or(carry, zero),
                                              x86_flag(flags, FLAG_SF),
                                              x86_flag(flags, FLAG_PF),
                                              less,
                                              bits_or(less, zero)};
    return bits_xor(conditions[code >> 1 & 7], bits_constant(code & 1));
}

/* Whether rcx, or the part of it that counts, is 0 after `less` is subtracted. */
static struct elfgen_bits count_is_zero(const struct elfgen_registers *registers, unsigned width,
                                        uint64_t less)
{
    struct elfgen_bits count =
        bits_subtract(registers->general[X86_RCX], bits_constant(less), bits_constant(0));
    return is_zero(count, width);
}

/* loop, loope, loopne: the count goes down, and is not 0. */
static struct elfgen_bits loops(const ZydisDecodedInstruction *instruction,
                                const struct elfgen_registers *registers)
{
    struct elfgen_bits more =
        bits_xor(count_is_zero(registers, instruction->address_width, 1), bits_constant(1));
    struct elfgen_bits zero = x86_flag(registers->flags, FLAG_ZF);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_LOOPE)
        return bits_and(more, zero);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_LOOPNE)
        return bits_and(more, bits_xor(zero, bits_constant(1)));
    return more;
}

static bool has_condition_code(const ZydisDecodedInstruction *instruction)
{
    if (instruction->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
        return false;
    if (instruction->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT)
        return instruction->opcode >> 4 == 7;
    return instruction->opcode_map == ZYDIS_OPCODE_MAP_0F &&
           (instruction->opcode >> 4 == 4 || instruction->opcode >> 4 == 8 ||
            instruction->opcode >> 4 == 9);
}

struct elfgen_bits x86_condition(const ZydisDecodedInstruction *instruction,
                                 const struct elfgen_registers *registers)
{
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE:
        return loops(instruction, registers);
    case ZYDIS_MNEMONIC_JCXZ:
        return count_is_zero(registers, 16, 0);
    case ZYDIS_MNEMONIC_JECXZ:
        return count_is_zero(registers, 32, 0);
    case ZYDIS_MNEMONIC_JRCXZ:
        return count_is_zero(registers, 64, 0);
    default:
        break;
    }
    return has_condition_code(instruction) ? condition(instruction->opcode, registers->flags)
                                           : unknown_flag;
}

/* Propagates constants through general registers and the stack, for the instructions with which
 * small programs make constants. Whatever another instruction writes becomes unknown. */
#include "x86.h"

enum { RAX, RCX, RDX, RBX, RSP };

static const struct elfgen_bits unknown = {0, 0};

/* A part of a general register. */
struct part {
    uint8_t number, shift, width; /* in bits */
};

static uint64_t ones(unsigned width)
{
    return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

static bool part_of(ZydisRegister name, struct part *part)
{
    ZyanI8 id = ZydisRegisterGetId(name);
    switch (ZydisRegisterGetClass(name)) {
    case ZYDIS_REGCLASS_GPR64:
        *part = (struct part){(uint8_t)id, 0, 64};
        return true;
    case ZYDIS_REGCLASS_GPR32:
        *part = (struct part){(uint8_t)id, 0, 32};
        return true;
    case ZYDIS_REGCLASS_GPR16:
        *part = (struct part){(uint8_t)id, 0, 16};
        return true;
    case ZYDIS_REGCLASS_GPR8:
        /* al cl dl bl ah ch dh bh, then spl bpl sil dil r8b to r15b. */
        if (id >= 4 && id < 8)
            *part = (struct part){(uint8_t)(id - 4), 8, 8};
        else
            *part = (struct part){(uint8_t)(id < 4 ? id : id - 4), 0, 8};
        return true;
    default:
        return false;
    }
}

static struct elfgen_bits get(const struct elfgen_registers *registers, struct part part)
{
    struct elfgen_bits whole = registers->general[part.number];
    return (struct elfgen_bits){whole.value >> part.shift & ones(part.width),
                                whole.known >> part.shift & ones(part.width)};
}

/* Writes a part of a register; 32 bits clear the high half. */
static void set(struct elfgen_registers *registers, struct part part, struct elfgen_bits bits)
{
    struct elfgen_bits *whole = &registers->general[part.number];
    uint64_t mask = ones(part.width);
    bits.known &= mask;
    bits.value &= bits.known;
    if (part.number == RSP) {
        registers->depth = 0;
        *whole = unknown;
    } else if (part.width >= 32) {
        /* A known high half alone is of no use. */
        bits.known |= bits.known ? ~mask : 0;
        *whole = bits;
    } else {
        whole->value = (whole->value & ~(mask << part.shift)) | bits.value << part.shift;
        whole->known = (whole->known & ~(mask << part.shift)) | bits.known << part.shift;
    }
}

/* ---- arithmetic on partly known bits ---- */

static bool is_known(struct elfgen_bits bits, unsigned width)
{
    return (bits.known & ones(width)) == ones(width);
}

static struct elfgen_bits constant(uint64_t value)
{
    return (struct elfgen_bits){value, UINT64_MAX};
}

/* The low bits of a sum are known up to the first unknown bit of either side. */
static struct elfgen_bits sum(struct elfgen_bits a, struct elfgen_bits b, bool negative)
{
    uint64_t unsure = ~(a.known & b.known);
    unsigned low = unsure ? (unsigned)__builtin_ctzll(unsure) : 64;
    uint64_t value = negative ? a.value - b.value : a.value + b.value;
    return (struct elfgen_bits){value & ones(low), ones(low)};
}

static struct elfgen_bits bitwise(ZydisMnemonic mnemonic, struct elfgen_bits a,
                                  struct elfgen_bits b)
{
    uint64_t known = a.known & b.known, value = a.value ^ b.value;
    if (mnemonic == ZYDIS_MNEMONIC_AND) {
        known |= (a.known & ~a.value) | (b.known & ~b.value);
        value = a.value & b.value;
    } else if (mnemonic == ZYDIS_MNEMONIC_OR) {
        known |= a.value | b.value;
        value = a.value | b.value;
    }
    return (struct elfgen_bits){value & known, known};
}

static struct elfgen_bits shift(ZydisMnemonic mnemonic, struct elfgen_bits a, struct elfgen_bits by,
                                unsigned width)
{
    if (!is_known(by, 8))
        return unknown;
    unsigned count = (unsigned)by.value & (width == 64 ? 63 : 31);
    if (count == 0)
        return a;
    if (count >= width)
        return constant(0);
    if (mnemonic == ZYDIS_MNEMONIC_SHL)
        return (struct elfgen_bits){a.value << count, a.known << count | ones(count)};
    /* Zeros are shifted in at the top. */
    uint64_t zeros = ones(count) << (width - count);
    return (struct elfgen_bits){a.value >> count, (a.known & ones(width)) >> count | zeros};
}

static struct elfgen_bits extend(struct elfgen_bits a, unsigned from, bool is_signed)
{
    uint64_t above = ~ones(from);
    bool sign = a.value >> (from - 1) & 1;
    if (!is_signed)
        return (struct elfgen_bits){a.value, a.known | above};
    if (!(a.known >> (from - 1) & 1))
        return (struct elfgen_bits){a.value & ~above, a.known & ~above};
    return (struct elfgen_bits){a.value | (sign ? above : 0), a.known | above};
}

/* ---- operands ---- */

static struct elfgen_bits effective_address(const struct elfgen_registers *registers,
                                            const ZydisDecodedInstruction *instruction,
                                            const ZydisDecodedOperand *operand, uint64_t address)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    struct elfgen_bits result = constant((uint64_t)memory->disp.value);
    struct part part;
    if (memory->base == ZYDIS_REGISTER_RIP)
        result = sum(result, constant(address + instruction->length), false);
    else if (part_of(memory->base, &part))
        result = sum(result, get(registers, part), false);
    else if (memory->base != ZYDIS_REGISTER_NONE)
        return unknown;
    if (part_of(memory->index, &part))
        for (unsigned i = 0; i < memory->scale; i++)
            result = sum(result, get(registers, part), false);
    else if (memory->index != ZYDIS_REGISTER_NONE)
        return unknown;
    uint64_t mask = ones(instruction->address_width);
    return (struct elfgen_bits){result.value & mask, result.known | ~mask};
}

static struct elfgen_bits value_of(const struct elfgen_registers *registers,
                                   const ZydisDecodedOperand *operand)
{
    struct part part;
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return constant(operand->imm.value.u);
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && part_of(operand->reg.value, &part))
        return get(registers, part);
    return unknown;
}

static bool is_same_register(const ZydisDecodedOperand *a, const ZydisDecodedOperand *b)
{
    return a->type == ZYDIS_OPERAND_TYPE_REGISTER && b->type == ZYDIS_OPERAND_TYPE_REGISTER &&
           a->reg.value == b->reg.value;
}

/* Computes the value that an instruction gives its only destination. Returns false for instructions
 * that are not known here. */
static bool evaluate(const ZydisDecodedInstruction *instruction,
                     const ZydisDecodedOperand *operands, uint64_t address,
                     const struct elfgen_registers *registers, struct elfgen_bits *result)
{
    ZydisMnemonic mnemonic = instruction->mnemonic;
    unsigned width = operands[0].size;
    struct elfgen_bits a = value_of(registers, &operands[0]);
    struct elfgen_bits b = value_of(registers, &operands[1]);
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
        *result = b;
        return true;
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
        *result = extend(b, operands[1].size, mnemonic != ZYDIS_MNEMONIC_MOVZX);
        return true;
    case ZYDIS_MNEMONIC_LEA:
        *result = effective_address(registers, instruction, &operands[1], address);
        return true;
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_SUB:
        if (is_same_register(&operands[0], &operands[1]))
            *result = constant(0);
        else
            *result = mnemonic == ZYDIS_MNEMONIC_SUB ? sum(a, b, true) : bitwise(mnemonic, a, b);
        return true;
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
        *result = bitwise(mnemonic, a, b);
        return true;
    case ZYDIS_MNEMONIC_ADD:
        *result = sum(a, b, false);
        return true;
    case ZYDIS_MNEMONIC_INC:
        *result = sum(a, constant(1), false);
        return true;
    case ZYDIS_MNEMONIC_DEC:
        *result = sum(a, constant(1), true);
        return true;
    case ZYDIS_MNEMONIC_NEG:
        *result = sum(constant(0), a, true);
        return true;
    case ZYDIS_MNEMONIC_NOT:
        *result = (struct elfgen_bits){~a.value & a.known, a.known};
        return true;
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
        *result = shift(mnemonic, a, b, width);
        return true;
    default:
        return false;
    }
}

/* ---- instructions with other destinations ---- */

static void push(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operand,
                 struct elfgen_registers *registers)
{
    struct elfgen_bits value = value_of(registers, operand);
    uint64_t mask = ones(instruction->stack_width);
    if (instruction->operand_width != instruction->stack_width) {
        registers->depth = 0;
        return;
    }
    value.known = (value.known & mask) | (value.known ? ~mask : 0);
    value.value &= value.known & mask;
    elfgen_registers_push(registers, value);
}

static void pop(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operand,
                struct elfgen_registers *registers)
{
    struct elfgen_bits value = unknown;
    struct part part;
    if (instruction->operand_width != instruction->stack_width)
        registers->depth = 0;
    else if (registers->depth > 0)
        value = registers->stack[--registers->depth];
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && part_of(operand->reg.value, &part))
        set(registers, part, value);
    else if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
        registers->depth = 0;
}

static void exchange(const ZydisDecodedOperand *operands, struct elfgen_registers *registers)
{
    struct elfgen_bits a = value_of(registers, &operands[0]);
    struct elfgen_bits b = value_of(registers, &operands[1]);
    struct part part;
    if (part_of(operands[0].reg.value, &part))
        set(registers, part, b);
    if (part_of(operands[1].reg.value, &part))
        set(registers, part, a);
}

/* cwd, cdq, cqo: copies the sign of the accumulator to all bits of rdx. */
static void spread_sign(unsigned width, struct elfgen_registers *registers)
{
    struct elfgen_bits a =
        extend(get(registers, (struct part){RAX, 0, (uint8_t)width}), width, true);
    bool known = a.known >> (width - 1) & 1, sign = a.value >> (width - 1) & 1;
    set(registers, (struct part){RDX, 0, (uint8_t)width},
        known ? constant(sign ? UINT64_MAX : 0) : unknown);
}

/* cbw, cwde, cdqe: sign-extends the accumulator's low half. */
static void widen(unsigned width, struct elfgen_registers *registers)
{
    struct elfgen_bits half = get(registers, (struct part){RAX, 0, (uint8_t)(width / 2)});
    set(registers, (struct part){RAX, 0, (uint8_t)width}, extend(half, width / 2, true));
}

/* mul of 32 or 64 bits by zero clears both registers, the shortest way to get three zeros. Other
 * products are not computed. */
static bool multiply(const ZydisDecodedOperand *operand, struct elfgen_registers *registers)
{
    unsigned width = operand->size;
    struct part low = {RAX, 0, (uint8_t)width}, high = {RDX, 0, (uint8_t)width};
    struct elfgen_bits a = get(registers, low), b = value_of(registers, operand);
    bool zero = (is_known(a, width) && a.value == 0) || (is_known(b, width) && b.value == 0);
    if (width < 32 || !zero)
        return false;
    set(registers, low, constant(0));
    set(registers, high, constant(0));
    return true;
}

/* Makes everything that an instruction writes unknown. A write to memory may change the stack,
 * which can be anywhere. */
static void forget(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   struct elfgen_registers *registers)
{
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &operands[i];
        struct part part;
        if (!(operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
            continue;
        if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && part_of(operand->reg.value, &part))
            set(registers, part, unknown);
        else if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            registers->depth = 0;
    }
}

static bool is_register(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER;
}

void x86_propagate(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   uint64_t address, struct elfgen_registers *registers)
{
    struct elfgen_bits result;
    struct part part;
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_PUSH:
        push(instruction, &operands[0], registers);
        return;
    case ZYDIS_MNEMONIC_POP:
        pop(instruction, &operands[0], registers);
        return;
    case ZYDIS_MNEMONIC_RET:
        if (instruction->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
            registers->depth = 0;
        else if (operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                 operands[0].visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
            registers->depth = 0;
        else if (registers->depth > 0)
            registers->depth--;
        return;
    case ZYDIS_MNEMONIC_XCHG:
        if (is_register(&operands[0]) && is_register(&operands[1])) {
            exchange(operands, registers);
            return;
        }
        break;
    case ZYDIS_MNEMONIC_CWD:
    case ZYDIS_MNEMONIC_CDQ:
    case ZYDIS_MNEMONIC_CQO:
        spread_sign(instruction->operand_width, registers);
        return;
    case ZYDIS_MNEMONIC_CBW:
    case ZYDIS_MNEMONIC_CWDE:
    case ZYDIS_MNEMONIC_CDQE:
        widen(instruction->operand_width, registers);
        return;
    case ZYDIS_MNEMONIC_MUL:
        if (multiply(&operands[0], registers))
            return;
        break;
    default:
        if (operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            part_of(operands[0].reg.value, &part) &&
            evaluate(instruction, operands, address, registers, &result)) {
            set(registers, part, result);
            return;
        }
        break;
    }
    forget(instruction, operands, registers);
}

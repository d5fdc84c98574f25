/* Propagates constants through general registers and the stack, for the instructions with which
 * small programs make constants. Whatever another instruction writes becomes unknown. */
#include "x86.h"

#include "flags.h"
#include "known_bits.h"

static const struct elfgen_bits unknown = {0, 0};

/* A part of a general register. */
struct part {
    uint8_t number, shift, width; /* in bits */
};

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
    return (struct elfgen_bits){whole.value >> part.shift & bits_ones(part.width),
                                whole.known >> part.shift & bits_ones(part.width)};
}

/* Writes a part of a register; 32 bits clear the high half. */
static void set(struct elfgen_registers *registers, struct part part, struct elfgen_bits bits)
{
    struct elfgen_bits *whole = &registers->general[part.number];
    uint64_t mask = bits_ones(part.width);
    bits.known &= mask;
    bits.value &= bits.known;
    if (part.number == X86_RSP) {
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

static struct elfgen_bits sum(struct elfgen_bits a, struct elfgen_bits b)
{
    return bits_add(a, b, bits_constant(0));
}

static struct elfgen_bits extend(struct elfgen_bits a, unsigned from, bool is_signed)
{
    uint64_t above = ~bits_ones(from);
    bool sign = a.value >> (from - 1) & 1;
    if (!is_signed)
        return (struct elfgen_bits){a.value, a.known | above};
    if (!(a.known >> (from - 1) & 1))
        return (struct elfgen_bits){a.value & ~above, a.known & ~above};
    return (struct elfgen_bits){a.value | (sign ? above : 0), a.known | above};
}

static uint64_t rotate(uint64_t value, unsigned left, unsigned width)
{
    if (left == 0)
        return value;
    return (value << left | value >> (width - left)) & bits_ones(width);
}

/* Shifts right, fewer than 64 times; what comes in above is `fill`: 0, 1, or unknown. */
static struct elfgen_bits shift_right(struct elfgen_bits a, unsigned count, struct elfgen_bits fill)
{
    const uint64_t above = ~(UINT64_MAX >> count);
    return (struct elfgen_bits){a.value >> count | (fill.value & 1 ? above : 0),
                                a.known >> count | (fill.known & 1 ? above : 0)};
}

static struct elfgen_bits shift(const struct x86_operation *operation)
{
    const unsigned width = operation->width;
    const uint64_t mask = bits_ones(width);
    struct elfgen_bits a = {operation->a.value & mask, operation->a.known & mask};
    unsigned count;
    if (!x86_shift_count(operation, &count))
        return unknown;
    if (count == 0)
        return a;
    if (operation->mnemonic == ZYDIS_MNEMONIC_ROL || operation->mnemonic == ZYDIS_MNEMONIC_ROR) {
        unsigned left = count % width;
        if (operation->mnemonic == ZYDIS_MNEMONIC_ROR)
            left = (width - left) % width;
        return (struct elfgen_bits){rotate(a.value, left, width), rotate(a.known, left, width)};
    }
    if (operation->mnemonic == ZYDIS_MNEMONIC_SHL)
        return count >= width
                   ? bits_constant(0)
                   : (struct elfgen_bits){a.value << count, a.known << count | bits_ones(count)};
    if (operation->mnemonic == ZYDIS_MNEMONIC_SHR) {
        a.known |= ~mask;
        return count >= width ? bits_constant(0) : shift_right(a, count, bits_constant(0));
    }
    a = extend(a, width, true);
    return shift_right(a, count, (struct elfgen_bits){a.value >> 63, a.known >> 63});
}

/* ---- operands ---- */

static struct elfgen_bits effective_address(const struct elfgen_registers *registers,
                                            const ZydisDecodedInstruction *instruction,
                                            const ZydisDecodedOperand *operand, uint64_t address)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    struct elfgen_bits result = bits_constant((uint64_t)memory->disp.value);
    struct part part;
    if (memory->base == ZYDIS_REGISTER_RIP)
        result = sum(result, bits_constant(address + instruction->length));
    else if (part_of(memory->base, &part))
        result = sum(result, get(registers, part));
    else if (memory->base != ZYDIS_REGISTER_NONE)
        return unknown;
    if (part_of(memory->index, &part))
        for (unsigned i = 0; i < memory->scale; i++)
            result = sum(result, get(registers, part));
    else if (memory->index != ZYDIS_REGISTER_NONE)
        return unknown;
    uint64_t mask = bits_ones(instruction->address_width);
    return (struct elfgen_bits){result.value & mask, result.known | ~mask};
}

static struct elfgen_bits value_of(const struct elfgen_registers *registers,
                                   const ZydisDecodedOperand *operand)
{
    struct part part;
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return bits_constant(operand->imm.value.u);
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && part_of(operand->reg.value, &part))
        return get(registers, part);
    return unknown;
}

static bool is_same_register(const ZydisDecodedOperand *a, const ZydisDecodedOperand *b)
{
    return a->type == ZYDIS_OPERAND_TYPE_REGISTER && b->type == ZYDIS_OPERAND_TYPE_REGISTER &&
           a->reg.value == b->reg.value;
}

/* What goes into an operation. */
static void take_operands(const ZydisDecodedInstruction *instruction,
                          const ZydisDecodedOperand *operands,
                          const struct elfgen_registers *registers, struct x86_operation *operation)
{
    *operation = (struct x86_operation){.mnemonic = instruction->mnemonic,
                                        .width = operands[0].size,
                                        .a = value_of(registers, &operands[0]),
                                        .b = value_of(registers, &operands[1]),
                                        .carry = bits_constant(0)};
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
        operation->b = bits_constant(1);
        break;
    case ZYDIS_MNEMONIC_NEG:
        operation->b = operation->a;
        operation->a = bits_constant(0);
        break;
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_SBB:
        operation->carry = x86_flag(registers->flags, FLAG_CF);
        break;
    default:
        break;
    }
    /* A register and itself are the same, whatever they are. */
    if (is_same_register(&operands[0], &operands[1]) &&
        (instruction->mnemonic == ZYDIS_MNEMONIC_XOR ||
         instruction->mnemonic == ZYDIS_MNEMONIC_SUB ||
         instruction->mnemonic == ZYDIS_MNEMONIC_SBB ||
         instruction->mnemonic == ZYDIS_MNEMONIC_CMP))
        operation->a = operation->b = bits_constant(0);
}

/* Computes what an operation results in, from its operands. Returns false for instructions that are
 * not computed here. */
static bool operate(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                    const struct elfgen_registers *registers, struct x86_operation *operation)
{
    take_operands(instruction, operands, registers, operation);
    struct elfgen_bits a = operation->a, b = operation->b;
    switch (operation->mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_XADD:
        operation->result = bits_add(a, b, operation->carry);
        return true;
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_SBB:
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_NEG:
        operation->result = bits_subtract(a, b, operation->carry);
        return true;
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_TEST:
        operation->result = bits_and(a, b);
        return true;
    case ZYDIS_MNEMONIC_OR:
        operation->result = bits_or(a, b);
        return true;
    case ZYDIS_MNEMONIC_XOR:
        operation->result = bits_xor(a, b);
        return true;
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
    case ZYDIS_MNEMONIC_ROL:
    case ZYDIS_MNEMONIC_ROR:
        operation->result = shift(operation);
        return true;
    default:
        return false;
    }
}

static struct elfgen_bits swap_bytes(struct elfgen_bits a, unsigned width)
{
    return (struct elfgen_bits){__builtin_bswap64(a.value) >> (64 - width),
                                __builtin_bswap64(a.known) >> (64 - width)};
}

/* Finds the value that an instruction without an operation gives its only destination. Returns
 * false for instructions that are not known here. */
static bool evaluate(const ZydisDecodedInstruction *instruction,
                     const ZydisDecodedOperand *operands, uint64_t address,
                     const struct elfgen_registers *registers, struct elfgen_bits *result)
{
    struct elfgen_bits a = value_of(registers, &operands[0]);
    struct elfgen_bits b = value_of(registers, &operands[1]);
    struct elfgen_bits holds;
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
        *result = b;
        return true;
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
        *result = extend(b, operands[1].size, instruction->mnemonic != ZYDIS_MNEMONIC_MOVZX);
        return true;
    case ZYDIS_MNEMONIC_LEA:
        *result = effective_address(registers, instruction, &operands[1], address);
        return true;
    case ZYDIS_MNEMONIC_NOT:
        *result = bits_not(a);
        return true;
    case ZYDIS_MNEMONIC_BSWAP:
        if (operands[0].size < 32)
            return false;
        *result = swap_bytes(a, operands[0].size);
        return true;
    case ZYDIS_MNEMONIC_SALC:
        holds = x86_flag(registers->flags, FLAG_CF);
        *result = extend(holds, 1, true);
        return true;
    default:
        break;
    }
    holds = x86_condition(instruction, registers);
    if (instruction->meta.category == ZYDIS_CATEGORY_SETCC)
        *result = holds;
    else if (instruction->meta.category == ZYDIS_CATEGORY_CMOV)
        *result = !(holds.known & 1) ? bits_either(a, b) : holds.value ? b : a;
    else
        return false;
    return true;
}

/* ---- instructions with other destinations ---- */

static void push(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operand,
                 struct elfgen_registers *registers)
{
    struct elfgen_bits value = value_of(registers, operand);
    uint64_t mask = bits_ones(instruction->stack_width);
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

static void return_to_caller(const ZydisDecodedInstruction *instruction,
                             const ZydisDecodedOperand *operands,
                             struct elfgen_registers *registers)
{
    /* A far return pops more, and so may one with a number. */
    bool more = instruction->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR ||
                (operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                 operands[0].visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT);
    if (more)
        registers->depth = 0;
    else if (registers->depth > 0)
        registers->depth--;
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
        extend(get(registers, (struct part){X86_RAX, 0, (uint8_t)width}), width, true);
    bool known = a.known >> (width - 1) & 1, sign = a.value >> (width - 1) & 1;
    set(registers, (struct part){X86_RDX, 0, (uint8_t)width},
        known ? bits_constant(sign ? UINT64_MAX : 0) : unknown);
}

/* cbw, cwde, cdqe: sign-extends the accumulator's low half. */
static void widen(unsigned width, struct elfgen_registers *registers)
{
    struct elfgen_bits half = get(registers, (struct part){X86_RAX, 0, (uint8_t)(width / 2)});
    set(registers, (struct part){X86_RAX, 0, (uint8_t)width}, extend(half, width / 2, true));
}

/* mul of 32 or 64 bits by zero clears both registers, the shortest way to get three zeros. Other
 * products are not computed. */
static bool multiply(const ZydisDecodedOperand *operand, struct elfgen_registers *registers)
{
    unsigned width = operand->size;
    struct part low = {X86_RAX, 0, (uint8_t)width}, high = {X86_RDX, 0, (uint8_t)width};
    struct elfgen_bits a = get(registers, low), b = value_of(registers, operand);
    bool zero =
        (bits_are_known(a, width) && a.value == 0) || (bits_are_known(b, width) && b.value == 0);
    if (width < 32 || !zero)
        return false;
    set(registers, low, bits_constant(0));
    set(registers, high, bits_constant(0));
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

/* lods, stos, movs, scas, cmps without a prefix: rsi and rdi go on by an item, whose direction the
 * flags say. */
static void go_on(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                  struct elfgen_registers *registers)
{
    const struct elfgen_registers before = *registers;
    struct elfgen_bits backward = x86_flag(registers->flags, FLAG_DF);
    forget(instruction, operands, registers);
    if (!(backward.known & 1) ||
        (instruction->attributes &
         (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE)))
        return;
    uint64_t size = operands[0].size / 8u;
    struct part part;
    for (size_t i = 0; i < instruction->operand_count; i++) {
        if (operands[i].type != ZYDIS_OPERAND_TYPE_MEMORY ||
            !part_of(operands[i].mem.base, &part) ||
            (part.number != X86_RSI && part.number != X86_RDI))
            continue;
        set(registers, part,
            sum(get(&before, part), bits_constant(backward.value ? 0 - size : size)));
    }
}

/* loop and its like count rcx down, or the part of it that is as wide as addresses. */
static void count_down(const ZydisDecodedInstruction *instruction,
                       struct elfgen_registers *registers)
{
    struct part part = {X86_RCX, 0, instruction->address_width};
    set(registers, part, sum(get(registers, part), bits_constant(UINT64_MAX)));
    /* Whether ecx clears the high half then is not told. */
    if (instruction->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 && part.width == 32) {
        registers->general[X86_RCX].known &= UINT32_MAX;
        registers->general[X86_RCX].value &= UINT32_MAX;
    }
}

static bool is_register(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER;
}

/* Instructions whose effect is not a value for their first operand. Returns false if it is, or is
 * not known here. */
static bool propagate_others(const ZydisDecodedInstruction *instruction,
                             const ZydisDecodedOperand *operands,
                             struct elfgen_registers *registers)
{
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_PUSH:
        push(instruction, &operands[0], registers);
        return true;
    case ZYDIS_MNEMONIC_POP:
        pop(instruction, &operands[0], registers);
        return true;
    case ZYDIS_MNEMONIC_RET:
        return_to_caller(instruction, operands, registers);
        return true;
    case ZYDIS_MNEMONIC_XCHG:
        if (!is_register(&operands[0]) || !is_register(&operands[1]))
            return false;
        exchange(operands, registers);
        return true;
    case ZYDIS_MNEMONIC_CWD:
    case ZYDIS_MNEMONIC_CDQ:
    case ZYDIS_MNEMONIC_CQO:
        spread_sign(instruction->operand_width, registers);
        return true;
    case ZYDIS_MNEMONIC_CBW:
    case ZYDIS_MNEMONIC_CWDE:
    case ZYDIS_MNEMONIC_CDQE:
        widen(instruction->operand_width, registers);
        return true;
    case ZYDIS_MNEMONIC_MUL:
        return multiply(&operands[0], registers);
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE:
        count_down(instruction, registers);
        return true;
    default:
        break;
    }
    if (instruction->meta.category != ZYDIS_CATEGORY_STRINGOP)
        return false;
    go_on(instruction, operands, registers);
    return true;
}

/* Writes the result of an operation; cmp and test have none. */
static void put_result(const ZydisDecodedInstruction *instruction,
                       const ZydisDecodedOperand *operands, const struct x86_operation *operation,
                       struct elfgen_registers *registers)
{
    struct part part;
    forget(instruction, operands, registers);
    if (operation->mnemonic == ZYDIS_MNEMONIC_XADD && part_of(operands[1].reg.value, &part))
        set(registers, part, operation->a);
    if ((operands[0].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) && is_register(&operands[0]) &&
        part_of(operands[0].reg.value, &part))
        set(registers, part, operation->result);
}

void x86_propagate(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   uint64_t address, struct elfgen_registers *registers)
{
    struct x86_operation operation;
    struct elfgen_bits result;
    struct part part;
    bool operates = operate(instruction, operands, registers, &operation);
    struct elfgen_bits flags =
        x86_flags_after(instruction, operates ? &operation : NULL, registers->flags);
    if (operates)
        put_result(instruction, operands, &operation, registers);
    else if (is_register(&operands[0]) && part_of(operands[0].reg.value, &part) &&
             evaluate(instruction, operands, address, registers, &result))
        set(registers, part, result);
    else if (!propagate_others(instruction, operands, registers))
        forget(instruction, operands, registers);
    registers->flags = flags;
}

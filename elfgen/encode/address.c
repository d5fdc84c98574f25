/* Makes ModRM and SIB of a memory operand, as NASM chooses them or in another shape.
 *
 * Source: Intel SDM volume 2, section 2.1.5 (tables 2-1 to 2-3) and section 2.2.1; AMD APM volume
 * 3, section 1.4. */
#include "address.h"

enum { NO_INDEX = 4, NO_BASE = 5, STACK_POINTER = 4, IN_SIB = 4, DISPLACEMENT_ALONE = 5 };
enum { DISPLACEMENT_ALONE_16 = 6, DISPLACEMENT_8 = 1, DISPLACEMENT_LONG = 2 };

/* The bytes of an address with this register; 0: it cannot be in one. */
static uint8_t size_by_register(unsigned reg)
{
    switch (class_of(reg)) {
    case CLASS_WORD:
        return 2;
    case CLASS_DWORD:
        return 4;
    case CLASS_QWORD:
        return 8;
    case CLASS_POINTER:
        return reg == ELFGEN_X86_REG_rip ? 8 : reg == ELFGEN_X86_REG_eip ? 4 : 0;
    default:
        return 0;
    }
}

/* Finds out how large addresses are: by registers, a displacement alone, a prefix, or the mode. */
static enum elfgen_x86_status find_size(const struct elfgen_x86_instruction *instruction,
                                        const struct elfgen_x86_operand *operand,
                                        struct address *address)
{
    const uint8_t usual = address_size_of_mode(instruction->mode);
    uint8_t valid = (uint8_t)(usual | usual / 2);
    if (instruction->prefixes & ELFGEN_X86_A16)
        valid &= 2;
    if (instruction->prefixes & ELFGEN_X86_A32)
        valid &= 4;
    if (instruction->prefixes & ELFGEN_X86_A64)
        valid &= 8;
    const uint8_t base = size_by_register(operand->base);
    const uint8_t index = size_by_register(operand->index);
    if ((base | index) & ~(usual | usual / 2))
        return ELFGEN_X86_OTHER_MODE;
    if (operand->base)
        valid &= base;
    if (operand->index)
        valid &= index;
    if (!operand->base && !operand->index &&
        (instruction->mode == 64 ? operand->displacement_size == 2
                                 : operand->displacement_size > 1))
        valid &= operand->displacement_size;
    if (!valid)
        return ELFGEN_X86_NO_ADDRESS;
    address->size = valid & usual ? usual : usual / 2;
    return ELFGEN_X86_OK;
}

/* Whether a number is one that `bytes` bytes have, signed or unsigned, as an address wraps. */
static bool wraps_to(int64_t value, unsigned bytes)
{
    const int64_t end = INT64_C(1) << 8 * bytes;
    return value >= -end && value < end;
}

/* Chooses the displacement's length; `needs_one` if 0, too, must be stored. */
static enum elfgen_x86_status choose_length(const struct elfgen_x86_operand *operand,
                                            const struct shape *shape, bool needs_one,
                                            struct address *address)
{
    const uint8_t longest = address->size == 2 ? 2 : 4;
    const uint8_t asked = shape->displacement ? shape->displacement : operand->displacement_size;
    const int64_t value = longest == 2 ? (int16_t)operand->value : (int32_t)operand->value;
    address->fits = operand->symbolic || (address->size == 8 ? value == operand->value
                                                             : wraps_to(operand->value, longest));
    if (asked > 1 && asked != longest)
        return ELFGEN_X86_NO_ADDRESS;
    if (asked == 1) {
        address->fits = operand->symbolic || operand->value == (int8_t)operand->value;
        address->length = 1;
    } else if (asked || operand->symbolic || value < INT8_MIN || value > INT8_MAX) {
        address->length = longest;
    } else {
        address->length = value != 0 || needs_one ? 1 : 0;
    }
    address->mod = address->length == 0   ? 0
                   : address->length == 1 ? DISPLACEMENT_8
                                          : DISPLACEMENT_LONG;
    return ELFGEN_X86_OK;
}

/* An address without registers, or one relative to the instruction's end. */
static enum elfgen_x86_status plain(const struct elfgen_x86_instruction *instruction,
                                    const struct elfgen_x86_operand *operand,
                                    const struct shape *shape, struct address *address)
{
    const bool is_relative = operand->base || operand->relative;
    const uint8_t longest = address->size == 2 ? 2 : 4;
    /* NASM does not look at `byte` here. */
    const uint8_t wish = operand->displacement_size > 1 ? operand->displacement_size : 0;
    const uint8_t asked = shape->displacement ? shape->displacement : wish;
    if (is_relative && (instruction->mode != 64 || shape->sib))
        return instruction->mode != 64 ? ELFGEN_X86_OTHER_MODE : ELFGEN_X86_NO_ADDRESS;
    if (is_relative && (operand->index || asked == 8))
        return ELFGEN_X86_NO_ADDRESS;
    address->is_plain = !is_relative && (shape->displacement          ? shape->displacement
                                         : operand->displacement_size ? operand->displacement_size
                                                                      : longest) == address->size;
    address->fits = operand->symbolic || operand->relative ||
                    (address->size == 8 ? (int32_t)operand->value == operand->value
                                        : wraps_to(operand->value, longest));
    address->length = longest;
    if ((instruction->mode == 64 && !is_relative) || (shape->sib && longest == 4)) {
        address->rm = IN_SIB;
        address->has_sib = true;
        address->sib = NO_INDEX << 3 | NO_BASE;
    } else {
        address->rm = longest == 2 ? DISPLACEMENT_ALONE_16 : DISPLACEMENT_ALONE;
    }
    return asked == 1 || (asked == 2 && longest != 2) ? ELFGEN_X86_NO_ADDRESS : ELFGEN_X86_OK;
}

/* 16-bit addresses: bx or bp, si or di. */
static enum elfgen_x86_status words(const struct elfgen_x86_operand *operand,
                                    const struct shape *shape, struct address *address)
{
    enum { BX = 1 << 3, BP = 1 << 5, SI = 1 << 6, DI = 1 << 7, BAD = 0xff };
    static const uint8_t sets[] = {BX | SI, BX | DI, BP | SI, BP | DI, SI, DI, BP, BX};
    const unsigned base = operand->base ? 1u << number_of(operand->base) : 0;
    const unsigned index = operand->index ? 1u << number_of(operand->index) : 0;
    const unsigned registers = base | index;
    if (operand->scale > 1 || (base & index) || shape->sib || shape->exchanged ||
        shape->index_alone)
        return ELFGEN_X86_NO_ADDRESS;
    for (unsigned rm = 0; rm < sizeof sets; rm++)
        if (sets[rm] == registers) {
            address->rm = (uint8_t)rm;
            return choose_length(operand, shape, registers == BP, address);
        }
    return ELFGEN_X86_NO_ADDRESS;
}

/* A base and a scaled index, each a register or 0. */
struct pair {
    unsigned base, index, scale;
};

/* Distributes an operand's registers over base and index, as NASM does. */
static bool distribute(const struct elfgen_x86_operand *operand, const struct shape *shape,
                       struct pair *pair)
{
    *pair = (struct pair){operand->base, operand->index, operand->scale ? operand->scale : 1};
    if (!pair->index)
        pair->scale = 1;
    /* NASM keeps an index of 1 as it is unless its number ends with that of rsp. */
    const bool keeps = shape->index_alone || operand->no_split;
    const bool keeps_one =
        shape->index_alone || (operand->no_split && (pair->index & 7) != STACK_POINTER);
    if (!pair->base && pair->scale == 1 && !keeps_one) {
        pair->base = pair->index;
        pair->index = 0;
    } else if (!pair->base && pair->index &&
               ((pair->scale == 2 && !keeps && number_of(pair->index) != STACK_POINTER) ||
                pair->scale == 3 || pair->scale == 5 || pair->scale == 9)) {
        pair->base = pair->index;
        pair->scale--;
    } else if (shape->index_alone && !operand->index) {
        pair->index = pair->base;
        pair->base = 0;
    } else if (shape->index_alone && (operand->base || operand->scale > 2)) {
        return false;
    }
    if (pair->index && number_of(pair->index) == STACK_POINTER && pair->scale == 1 && pair->base) {
        const unsigned index = pair->index;
        pair->index = pair->base;
        pair->base = index;
    }
    if (shape->exchanged) {
        if (!pair->base || !pair->index || pair->scale != 1 || pair->base == pair->index)
            return false;
        const unsigned index = pair->index;
        pair->index = pair->base;
        pair->base = index;
    }
    return !(pair->index && number_of(pair->index) == STACK_POINTER) &&
           (pair->scale & (pair->scale - 1)) == 0 && pair->scale <= 8;
}

static bool is_in_mode(unsigned reg, uint8_t mode)
{
    return mode == 64 || number_of(reg) < 8;
}

enum elfgen_x86_status elfgen_x86_address(const struct elfgen_x86_instruction *instruction,
                                          const struct elfgen_x86_operand *operand,
                                          const struct shape *shape, struct address *address)
{
    struct pair pair;
    *address = (struct address){.rm = 0};
    enum elfgen_x86_status status = find_size(instruction, operand, address);
    if (status != ELFGEN_X86_OK)
        return status;
    if (operand->relative && (operand->base || operand->index))
        return ELFGEN_X86_NO_ADDRESS;
    if (class_of(operand->base) == CLASS_POINTER || (!operand->base && !operand->index))
        return shape->exchanged || shape->index_alone ? ELFGEN_X86_NO_ADDRESS
                                                      : plain(instruction, operand, shape, address);
    if (address->size == 2)
        return words(operand, shape, address);
    if (!is_in_mode(operand->base, instruction->mode) ||
        !is_in_mode(operand->index, instruction->mode))
        return ELFGEN_X86_OTHER_MODE;
    if (class_of(operand->index) == CLASS_POINTER || !distribute(operand, shape, &pair))
        return ELFGEN_X86_NO_ADDRESS;
    const unsigned base = number_of(pair.base), index = number_of(pair.index);
    if (pair.base) {
        status = choose_length(operand, shape, (base & 7) == NO_BASE, address);
    } else if (shape->displacement == 1) {
        status = ELFGEN_X86_NO_ADDRESS;
    } else { /* there are always four bytes, although `byte` was asked for */
        const struct shape four = {.displacement = 4};
        status =
            choose_length(operand, operand->displacement_size == 1 ? &four : shape, true, address);
        address->mod = 0;
        address->length = 4;
    }
    if (pair.index || !pair.base || (base & 7) == STACK_POINTER) {
        const unsigned scale = pair.scale == 8 ? 3 : pair.scale == 4 ? 2 : pair.scale == 2 ? 1 : 0;
        if (shape->sib)
            return ELFGEN_X86_NO_ADDRESS;
        address->has_sib = true;
        address->sib = (uint8_t)(scale << 6 | (pair.index ? index & 7 : NO_INDEX) << 3 |
                                 (pair.base ? base & 7 : NO_BASE));
    } else if (shape->sib) {
        address->has_sib = true;
        address->sib = (uint8_t)(NO_INDEX << 3 | (base & 7));
    }
    address->is_stack = pair.base && (base == STACK_POINTER || base == NO_BASE);
    address->rm = address->has_sib ? IN_SIB : base & 7;
    address->rex = (uint8_t)((base >> 3 & 1) * REX_B | (index >> 3 & 1) * REX_X);
    return status;
}

/* Follows ranges of values through a lifted program.
 *
 * What a block begins with in a register is what the blocks before it need there at their ends, in
 * the bits that they need. Where a jump depends on a comparison, the range is narrower behind it.
 */
#include "ranges.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/x86.h"
#include "range.h"

enum { VALUES = 256, PATIENCE = 4, MOST_BLOCKS = 128 };

/* Ranges of a block's opaque values. */
struct walk {
    struct ranged {
        uint64_t number;
        struct range range;
    } values[VALUES];
    size_t count;
};

/* What is known at a block's start. */
struct start {
    bool is_reached;
    uint8_t moves; /* how often bounds moved */
    struct range ranges[GOLF_REGISTERS];
};

/* ---- values ---- */

static struct ranged *find_ranged(struct walk *walk, uint64_t number)
{
    for (size_t i = 0; i < walk->count; i++)
        if (walk->values[i].number == number)
            return &walk->values[i];
    return NULL;
}

static struct range range_of(struct walk *walk, const struct golf_value *value)
{
    const struct ranged *ranged =
        value->kind == GOLF_OPAQUE ? find_ranged(walk, value->number) : NULL;
    switch (value->kind) {
    case GOLF_CONSTANT:
        return range_number(value->number);
    case GOLF_CASES:
        return range_either(range_number(value->number), range_number(value->failed));
    case GOLF_BYTE:
        return (struct range){.bits = 64, .high = UINT8_MAX};
    default:
        return ranged ? ranged->range : (struct range){0};
    }
}

/* Notes what is known of a value; of one that is in two places, what holds for both. */
static void note(struct walk *walk, const struct golf_value *value, struct range range)
{
    if (value->kind != GOLF_OPAQUE)
        return;
    struct ranged *ranged = find_ranged(walk, value->number);
    if (ranged)
        ranged->range = range_either(ranged->range, range);
    else if (walk->count < VALUES)
        walk->values[walk->count++] = (struct ranged){value->number, range};
}

/* ---- operations ---- */

static const struct elfgen_x86_operand *operand_at(const struct golf_operation *operation,
                                                   unsigned index)
{
    return &operation->instruction.operands[index];
}

/* The low bits of a register that an operation reads. */
static struct range in_register(struct walk *walk, const struct golf_operation *operation,
                                unsigned reg, unsigned bits)
{
    const struct golf_need *need = need_in(operation->needs, operation->need_count, reg);
    if (!need || need->count != 1 || need->bits < bits)
        return range_all(bits);
    const struct range range = range_low(range_of(walk, &need->values[0]), bits);
    return range.bits < bits ? range_all(bits) : range;
}

/* A register operand's bits, counted from the lowest one; 0: it is none, or ah to bh. */
static unsigned bits_of(const struct elfgen_x86_operand *operand)
{
    if (operand->kind != ELFGEN_X86_REGISTER_OPERAND ||
        (operand->reg & X86_CLASS) < X86_LOW_BYTES || (operand->reg & X86_CLASS) > X86_QUADWORDS)
        return 0;
    return 8u * elfgen_x86_register_size(operand->reg);
}

/* An operand, of so many bits. */
static struct range in_operand(struct walk *walk, const struct golf_operation *operation,
                               unsigned index, unsigned bits)
{
    const struct elfgen_x86_operand *operand = operand_at(operation, index);
    if (operand->kind == ELFGEN_X86_IMMEDIATE && operation->refers_operand != index)
        return range_number((uint64_t)operand->value & range_all(bits).high);
    if (bits_of(operand) != bits)
        return range_all(bits);
    return in_register(walk, operation, operand->reg & X86_NUMBER, bits);
}

/* What an address is that no data have. */
static struct range in_address(struct walk *walk, const struct golf_operation *operation,
                               unsigned bits)
{
    const struct elfgen_x86_operand *place = operand_at(operation, 1);
    const uint8_t registers[2] = {place->base, place->index};
    struct range sum = {.bits = (uint8_t)bits};
    for (unsigned i = 0; i < 2; i++) {
        const struct elfgen_x86_operand reg = {.kind = ELFGEN_X86_REGISTER_OPERAND,
                                               .reg = registers[i]};
        if (!registers[i])
            continue;
        if (bits_of(&reg) < bits)
            return range_all(bits);
        const uint64_t scale = i && place->scale ? place->scale : 1;
        struct range part = in_register(walk, operation, reg.reg & X86_NUMBER, bits);
        part = range_product(part, range_number(scale), bits);
        sum = range_sum(sum, part, bits);
    }
    if (place->relative || place->segment || operation->refers_operand == 1)
        return range_all(bits);
    return place->value < 0 ? range_difference(sum, range_number(0 - (uint64_t)place->value), bits)
                            : range_sum(sum, range_number((uint64_t)place->value), bits);
}

static struct range shifted(struct range range, struct range by, unsigned bits, bool is_left)
{
    if (by.low != by.high || by.low >= bits)
        return range_all(bits);
    if (is_left)
        return range_product(range, range_number(UINT64_C(1) << by.low), bits);
    return (struct range){(uint8_t)bits, range.low >> by.low, range.high >> by.low};
}

/* What an instruction leaves in its first operand, of `bits` bits; bits 0: that is not known. */
static struct range result_of(struct walk *walk, const struct golf_operation *operation,
                              unsigned bits)
{
    const unsigned mnemonic = operation->instruction.mnemonic;
    const struct elfgen_x86_operand *second = operand_at(operation, 1);
    const unsigned source = second->kind == ELFGEN_X86_MEMORY ? 8u * second->size : bits_of(second);
    const struct range all = range_all(bits), one = range_number(1);
    const struct range a = in_operand(walk, operation, 0, bits);
    const struct range b = in_operand(walk, operation, 1, bits);
    switch (mnemonic) {
    case ELFGEN_X86_OP_mov:
        return range_low(b, bits);
    case ELFGEN_X86_OP_movzx:
        if (!source)
            return all;
        return (struct range){(uint8_t)bits, in_operand(walk, operation, 1, source).low,
                              in_operand(walk, operation, 1, source).high};
    case ELFGEN_X86_OP_add:
        return range_sum(a, b, bits);
    case ELFGEN_X86_OP_sub:
        return range_difference(a, b, bits);
    case ELFGEN_X86_OP_inc:
        return range_sum(a, one, bits);
    case ELFGEN_X86_OP_dec:
        return range_difference(a, one, bits);
    case ELFGEN_X86_OP_and:
        return (struct range){(uint8_t)bits, 0, a.high < b.high ? a.high : b.high};
    case ELFGEN_X86_OP_or:
    case ELFGEN_X86_OP_xor:
        return (struct range){(uint8_t)bits, 0, ~range_zeros(range_either(a, b)) & all.high};
    case ELFGEN_X86_OP_shr:
        return shifted(a, b, bits, false);
    case ELFGEN_X86_OP_shl:
        return shifted(a, b, bits, true);
    case ELFGEN_X86_OP_lea:
        return in_address(walk, operation, bits);
    default:
        return (struct range){0};
    }
}

/* A quotient and a remainder; of idiv where neither operand is negative: with 0 above it, what is
 * divided never is. */
static bool divide(struct walk *walk, const struct golf_operation *operation,
                   struct range results[2])
{
    enum { LEAST = 32 };
    const unsigned bits = bits_of(operand_at(operation, 0));
    const bool is_signed = operation->instruction.mnemonic == ELFGEN_X86_OP_idiv;
    if ((!is_signed && operation->instruction.mnemonic != ELFGEN_X86_OP_div) || bits < LEAST)
        return false;
    const struct range by = in_operand(walk, operation, 0, bits);
    const struct range low = in_register(walk, operation, X86_RAX, bits);
    const struct range high = in_register(walk, operation, X86_RDX, bits);
    results[0] = results[1] = range_all(bits);
    if (is_signed && (high.high || by.high > range_all(bits).high >> 1))
        return true;
    if (!high.high)
        results[0].high = by.low ? low.high / by.low : low.high;
    if (by.high) /* a divisor of 0 is a fault */
        results[1].high = by.high - 1;
    return true;
}

/* A register of which the low bits are written; with 32 of them, the others are 0. */
static struct range written(struct walk *walk, const struct golf_operation *operation, unsigned reg,
                            struct range result)
{
    enum { HALF = 32 };
    if (result.bits >= HALF) {
        result.bits = 64;
        return result;
    }
    const struct golf_need *need = need_in(operation->needs, operation->need_count, reg);
    if (!need || need->count != 1 || !result.bits)
        return result;
    const struct range old = range_low(range_of(walk, &need->values[0]), need->bits);
    if (old.bits > result.bits && old.high <= range_all(result.bits).high)
        result.bits = old.bits;
    return result;
}

static void step(struct walk *walk, const struct golf_operation *operation)
{
    const struct elfgen_x86_operand *first = operand_at(operation, 0);
    const unsigned bits = bits_of(first);
    struct range results[GOLF_REGISTERS] = {{.bits = 0}}, divided[2];
    if (operation->kind == GOLF_KEPT && operation->instruction.mnemonic && bits &&
        !operation->instruction.prefixes) {
        if (divide(walk, operation, divided)) {
            results[X86_RAX] = written(walk, operation, X86_RAX, divided[0]);
            results[X86_RDX] = written(walk, operation, X86_RDX, divided[1]);
        } else {
            const unsigned reg = first->reg & X86_NUMBER;
            results[reg] = written(walk, operation, reg, result_of(walk, operation, bits));
        }
    }
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (operation->writes >> reg & 1)
            note(walk, &operation->after[reg], results[reg]);
}

static void follow(struct walk *walk, const struct golf_block *block, const struct start *start)
{
    walk->count = 0;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        note(walk, &block->at_start[reg], start->ranges[reg]);
    for (size_t i = 0; i < block->count; i++)
        step(walk, &block->operations[i]);
}

/* ---- from block to block ---- */

/* Narrows what the last operation compares, where the condition of a branch holds, or does not.
 * Returns false if that never is. */
static bool narrow(struct walk *walk, const struct golf_block *block, bool holds)
{
    if (!block->count)
        return true;
    const struct golf_operation *last = &block->operations[block->count - 1];
    const struct elfgen_x86_operand *first = operand_at(last, 0), *second = operand_at(last, 1);
    const unsigned bits = bits_of(first), mnemonic = last->instruction.mnemonic;
    const bool is_test = mnemonic == ELFGEN_X86_OP_test &&
                         second->kind == ELFGEN_X86_REGISTER_OPERAND && second->reg == first->reg;
    if (last->kind != GOLF_KEPT || !bits || (!is_test && mnemonic != ELFGEN_X86_OP_cmp))
        return true;
    const struct golf_need *need = need_in(last->needs, last->need_count, first->reg & X86_NUMBER);
    const struct range with = is_test ? range_number(0) : in_operand(walk, last, 1, bits);
    struct ranged *ranged = need && need->count == 1 && need->values[0].kind == GOLF_OPAQUE
                                ? find_ranged(walk, need->values[0].number)
                                : NULL;
    if (!ranged || need->bits < bits)
        return true;
    struct range range = ranged->range;
    if (range.bits < bits || range.high > range_all(bits).high)
        range = range_all(bits);
    if (!range_narrow(&range, with, bits, holds ? block->condition : block->condition ^ 1u))
        return false;
    if (range.high != range_all(bits).high)
        ranged->range = range;
    return true;
}

/* Adds what is known at an end to what is known where it leads to. Returns whether that changed. */
static bool merge_start(struct walk *walk, const struct golf_block *block,
                        const struct golf_block *next, struct start *start)
{
    const bool is_first = !start->is_reached,
               counts = block->end == GOLF_BRANCH && block->condition >= GOLF_LOOPNE;
    bool is_changed = is_first;
    start->is_reached = true;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        struct range *known = &start->ranges[reg], range = {0};
        if (next->at_start[reg].kind != GOLF_OPAQUE)
            continue;
        const struct golf_need *need = need_in(block->needs, block->need_count, reg);
        if (need && need->count == 1 && !(counts && reg == X86_RCX))
            range = range_low(range_of(walk, &need->values[0]), need->bits);
        if (!is_first)
            range = range_either(*known, range);
        if (!is_first && start->moves > PATIENCE)
            range = range_widen(*known, range);
        is_changed |=
            range.bits != known->bits || range.low != known->low || range.high != known->high;
        *known = range;
    }
    start->moves = (uint8_t)(start->moves + (is_changed && start->moves <= PATIENCE));
    return is_changed;
}

/* Goes on from the end of block `from` to `to`, or to none. */
static bool lead_to(const struct golf_lifted *lifted, struct start *starts, size_t from, size_t to)
{
    const struct golf_block *block = &lifted->blocks[from];
    const bool has_two = block->end == GOLF_BRANCH && block->taken != block->other;
    struct walk walk;
    follow(&walk, block, &starts[from]);
    if (has_two && !narrow(&walk, block, to == block->taken))
        return false;
    return merge_start(&walk, block, &lifted->blocks[to], &starts[to]);
}

static void set_zeros(struct golf_value *value, void *context)
{
    if (value->kind == GOLF_OPAQUE)
        value->zeros = context ? range_zeros(range_of(context, value)) : 0;
}

/* Finds what is known at the start of each block. */
static void find_starts(const struct golf_lifted *lifted, struct block_set *before,
                        struct start *starts)
{
    for (size_t i = 0; i < lifted->count; i++)
        blocks_before(lifted, (uint16_t)i, &before[i]);
    starts[0].is_reached = true;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++)
            for (size_t k = 1; k < lifted->count && starts[i].is_reached; k++)
                is_changed |= before[k].has[i] && lead_to(lifted, starts, i, k);
    }
}

bool ranges_find(struct golf_lifted *lifted)
{
    const bool is_small = lifted->count <= MOST_BLOCKS;
    struct start *starts = is_small ? calloc(lifted->count, sizeof *starts) : NULL;
    struct block_set *before = is_small ? malloc(lifted->count * sizeof *before) : NULL;
    const bool are_known = starts && before;
    if (are_known)
        find_starts(lifted, before, starts);
    for (size_t i = 0; i < lifted->count; i++) {
        struct walk walk;
        if (are_known)
            follow(&walk, &lifted->blocks[i], &starts[i]);
        block_each_value(&lifted->blocks[i], set_zeros, are_known ? &walk : NULL);
    }
    free(before);
    free(starts);
    return are_known || !is_small;
}

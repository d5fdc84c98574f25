/* Ends that two blocks have in common become one block, to which both lead. */
#include "tails.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/x86.h"

enum { PAIRS = 128 };

/* ---- operations that are the same ---- */

/* An instruction without the address that it has. */
static struct elfgen_x86_instruction bare(const struct golf_operation *operation)
{
    struct elfgen_x86_instruction instruction = operation->instruction;
    instruction.address = 0;
    if (operation->refers.kind == GOLF_ADDRESS)
        instruction.operands[operation->refers_operand].value = 0;
    return instruction;
}

static bool is_same_instruction(const struct golf_operation *one,
                                const struct golf_operation *other)
{
    if (one->kind != GOLF_KEPT || !one->instruction.mnemonic)
        return one->length == other->length && !memcmp(one->bytes, other->bytes, one->length) &&
               one->instruction.mnemonic == other->instruction.mnemonic;
    const struct elfgen_x86_instruction a = bare(one), b = bare(other);
    struct elfgen_x86_encoding a_bytes, b_bytes;
    return elfgen_encode(&a, &a_bytes) == ELFGEN_X86_OK &&
           elfgen_encode(&b, &b_bytes) == ELFGEN_X86_OK && a_bytes.length == b_bytes.length &&
           memcmp(a_bytes.bytes, b_bytes.bytes, a_bytes.length) == 0;
}

static bool is_same_operation(const struct golf_operation *one, const struct golf_operation *other)
{
    if (one->kind != other->kind || one->ends != other->ends || one->writes != other->writes ||
        one->reads != other->reads || one->keeps_below != other->keeps_below ||
        one->flags_read != other->flags_read || one->flags_set != other->flags_set ||
        one->need_count != other->need_count || one->refers_operand != other->refers_operand ||
        !value_is_same(&one->refers, &other->refers) || !is_same_instruction(one, other))
        return false;
    for (size_t i = 0; i < one->need_count; i++)
        if (one->needs[i].reg != other->needs[i].reg ||
            one->needs[i].bits != other->needs[i].bits ||
            one->needs[i].count != other->needs[i].count)
            return false;
    return true;
}

size_t tails_common(const struct golf_lifted *lifted, uint16_t one, uint16_t other)
{
    const struct golf_block *a = &lifted->blocks[one], *b = &lifted->blocks[other];
    size_t count = 0;
    if (a->end != b->end || a->condition != b->condition || a->flags_live != b->flags_live ||
        a->keeps_below != b->keeps_below || a->need_count != b->need_count ||
        (block_has_taken(a) && a->taken != b->taken) ||
        (block_has_other(a) && a->other != b->other))
        return 0;
    while (count < a->count && count < b->count &&
           is_same_operation(&a->operations[a->count - 1 - count],
                             &b->operations[b->count - 1 - count]))
        count++;
    return count;
}

/* ---- values that are not ---- */

struct pair {
    struct golf_value one, other, both; /* in the first block, in the second one, in the new one */
};

struct merging {
    struct pair pairs[PAIRS];
    size_t count;
    struct golf_block merged;
    struct golf_need ends[2][GOLF_REGISTERS]; /* of the two blocks */
    size_t end_count;
    uint64_t fresh;
    uint16_t written; /* registers that operations of the new block wrote so far */
    bool has_called;
};

/* Whether a value is the same in both without being passed on. */
static bool is_given(const struct merging *merging, const struct golf_value *one,
                     const struct golf_value *other)
{
    if (!value_is_same(one, other))
        return false;
    return one->kind == GOLF_UNKNOWN || one->kind == GOLF_CONSTANT || one->kind == GOLF_ADDRESS ||
           (one->kind == GOLF_CASES && merging->has_called);
}

static struct pair *find(struct merging *merging, const struct golf_value *one,
                         const struct golf_value *other)
{
    for (size_t i = 0; i < merging->count; i++)
        if (value_is_same(&merging->pairs[i].one, one) &&
            value_is_same(&merging->pairs[i].other, other))
            return &merging->pairs[i];
    return NULL;
}

/* Adds what is one value in the first block and another one in the second. */
static struct pair *add(struct merging *merging, const struct golf_value *one,
                        const struct golf_value *other)
{
    if (merging->count == PAIRS)
        return NULL;
    struct pair *pair = &merging->pairs[merging->count++];
    *pair = (struct pair){*one, *other, {.kind = GOLF_OPAQUE, .number = merging->fresh++}};
    if (one->kind == GOLF_STACK && value_is_same(one, other))
        pair->both = *one;
    return pair;
}

/* Passes a value on to the new block in a register. */
static const struct golf_value *pass(struct merging *merging, const struct golf_need *one,
                                     const struct golf_need *other)
{
    struct golf_value *begins = &merging->merged.at_start[one->reg];
    if (merging->written >> one->reg & 1 || begins->kind != GOLF_UNKNOWN)
        return NULL;
    struct pair *pair = add(merging, &one->values[0], &other->values[0]);
    if (!pair)
        return NULL;
    *begins = pair->both;
    merging->ends[0][merging->end_count] = *one;
    merging->ends[1][merging->end_count++] = *other;
    return &pair->both;
}

/* More bits of a value that is passed on. */
static void widen(struct merging *merging, const struct golf_value *both, uint8_t bits)
{
    for (size_t i = 0; i < merging->end_count; i++) {
        unsigned reg = merging->ends[0][i].reg;
        if (!value_is_same(&merging->merged.at_start[reg], both))
            continue;
        for (size_t k = 0; k < 2; k++)
            if (merging->ends[k][i].bits < bits)
                merging->ends[k][i].bits = bits;
    }
}

/* Sets what the new block needs where both blocks need these. */
static bool merge_need(struct merging *merging, const struct golf_need *one,
                       const struct golf_need *other, struct golf_need *merged)
{
    *merged = *one;
    merged->bits = one->bits > other->bits ? one->bits : other->bits;
    for (size_t i = 0; i < one->count && one->count > 1; i++)
        if (one->values[i].kind != GOLF_CONSTANT ||
            !value_is_same(&one->values[i], &other->values[i]))
            return false;
    if (is_given(merging, &one->values[0], &other->values[0]))
        return true;
    const bool is_of_stack = one->values[0].kind == GOLF_STACK &&
                             merging->merged.at_start[X86_RSP].kind == GOLF_STACK &&
                             value_is_same(&one->values[0], &other->values[0]);
    if (is_of_stack && one->reg != X86_RSP)
        return true; /* it is made of the stack pointer */
    const struct pair *pair = find(merging, &one->values[0], &other->values[0]);
    const struct golf_value *both = pair ? &pair->both : pass(merging, one, other);
    if (!both)
        return false;
    widen(merging, both, merged->bits);
    merged->values[0] = *both;
    return true;
}

/* ---- operations ---- */

static bool merge_after(struct merging *merging, const struct golf_operation *one,
                        const struct golf_operation *other, struct golf_operation *merged)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct golf_value *a = &one->after[reg], *b = &other->after[reg];
        if (!(one->writes >> reg & 1) || is_given(merging, a, b))
            continue;
        const struct pair *pair = find(merging, a, b);
        if (!pair && (a->kind == GOLF_OPAQUE || a->kind == GOLF_STACK) && a->kind == b->kind)
            pair = add(merging, a, b);
        merged->after[reg] = pair ? pair->both : (struct golf_value){.kind = GOLF_UNKNOWN};
    }
    merging->written |= one->writes;
    merging->has_called |= one->kind == GOLF_CALL;
    return merging->count < PAIRS;
}

static bool merge_operation(struct merging *merging, const struct golf_operation *one,
                            const struct golf_operation *other, struct golf_operation *merged)
{
    *merged = *one;
    merged->tells_equal &= other->tells_equal && one->equal_to == other->equal_to &&
                           one->equal_register == other->equal_register;
    for (size_t i = 0; i < one->need_count; i++)
        if (!merge_need(merging, &one->needs[i], &other->needs[i], &merged->needs[i]))
            return false;
    return merge_after(merging, one, other, merged);
}

/* Whether the last operations read no flags of before them. */
static bool is_without_flags(const struct golf_block *block, size_t count)
{
    uint32_t written = 0, read = block->flags_live;
    bool is_good = true;
    for (size_t i = block->count - count; i < block->count; i++) {
        is_good &= !(block->operations[i].flags_read & ~written);
        written |= block->operations[i].flags_set;
    }
    read |= golf_flags_of_end(block);
    return is_good && !(read & ~written);
}

/* What the stack pointer is before the last operations; unknown where that is not known. */
static struct golf_value stack_before(const struct golf_block *block, size_t count)
{
    struct golf_value stack = block->at_start[X86_RSP].kind == GOLF_UNKNOWN
                                  ? block->known[X86_RSP]
                                  : block->at_start[X86_RSP];
    for (size_t i = 0; i < block->count - count; i++)
        if (block->operations[i].writes >> X86_RSP & 1)
            stack = block->operations[i].after[X86_RSP];
    return stack;
}

/* ---- both ---- */

static bool merge_ends(struct merging *merging, const struct golf_block *one,
                       const struct golf_block *other)
{
    for (size_t i = 0; i < one->need_count; i++) {
        const struct golf_need *match = need_in(other->needs, other->need_count, one->needs[i].reg);
        if (!match || !merge_need(merging, &one->needs[i], match, &merging->merged.needs[i]))
            return false;
    }
    return true;
}

/* Lets a block go on at the new one. */
static void lead(struct golf_block *block, size_t count, uint16_t to, const struct merging *merging,
                 size_t which)
{
    bool keeps_below = block->operations[block->count - count].keeps_below;
    block->count -= count;
    block->end = GOLF_GO;
    block->taken = to;
    block->other = 0;
    block->condition = 0;
    block->flags_live = 0;
    block->keeps_below |= keeps_below;
    memcpy(block->needs, merging->ends[which], sizeof block->needs);
    block->need_count = merging->end_count;
}

static bool merge(struct golf_lifted *lifted, uint16_t one, uint16_t other, size_t count,
                  struct merging *merging)
{
    const struct golf_block *a = &lifted->blocks[one], *b = &lifted->blocks[other];
    struct golf_operation *operations = merging->merged.operations;
    if (!is_without_flags(a, count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!merge_operation(merging, &a->operations[a->count - count + i],
                             &b->operations[b->count - count + i], &operations[i]))
            return false;
    if (!merge_ends(merging, a, b))
        return false;
    const struct golf_value stack = stack_before(a, count), other_stack = stack_before(b, count);
    if (value_is_same(&stack, &other_stack))
        merging->merged.known[X86_RSP] = stack;
    merging->merged.offset = operations[0].offset;
    merging->merged.size = 0;
    for (size_t i = 0; i < count; i++)
        merging->merged.size += operations[i].length;
    return true;
}

bool tails_merge(struct golf_lifted *lifted, uint16_t one, uint16_t other, size_t count,
                 bool *has_memory)
{
    struct merging *merging = calloc(1, sizeof *merging);
    struct golf_operation *operations = calloc(count, sizeof *operations);
    uint16_t number = GOLF_NONE;
    *has_memory = merging && operations;
    if (*has_memory) {
        merging->fresh = blocks_fresh(lifted);
        merging->merged = lifted->blocks[one];
        memset(merging->merged.at_start, 0, sizeof merging->merged.at_start);
        memset(merging->merged.known, 0, sizeof merging->merged.known);
        merging->merged.operations = operations;
        merging->merged.count = count;
    }
    if (*has_memory && merge(lifted, one, other, count, merging)) {
        number = blocks_add(lifted, &merging->merged);
        *has_memory = number != GOLF_NONE;
    }
    if (number != GOLF_NONE) {
        lead(&lifted->blocks[one], count, number, merging, 0);
        lead(&lifted->blocks[other], count, number, merging, 1);
    }
    free(merging);
    free(operations);
    return number != GOLF_NONE;
}

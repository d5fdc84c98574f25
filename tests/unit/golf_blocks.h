/* Blocks made by hand, for the tests of golf/rewrite. */
#ifndef GOLF_BLOCKS_H
#define GOLF_BLOCKS_H

#include "golf/rewrite/blocks.h"
#include "room.h"

static inline struct golf_value constant(uint64_t number)
{
    return (struct golf_value){.kind = GOLF_CONSTANT, .number = number};
}

static inline struct golf_value opaque(uint64_t number)
{
    return (struct golf_value){.kind = GOLF_OPAQUE, .number = number};
}

/* The stack pointer at the beginning of a subroutine, or of the program, plus a number. */
static inline struct golf_value stack_of(uint16_t subroutine, int64_t number)
{
    return (struct golf_value){.kind = GOLF_STACK, .data = subroutine, .number = (uint64_t)number};
}

static inline struct golf_value address(uint16_t data, uint64_t number)
{
    return (struct golf_value){.kind = GOLF_ADDRESS, .data = data, .number = number};
}

static inline struct golf_value cases(uint64_t number, uint64_t failed)
{
    return (struct golf_value){.kind = GOLF_CASES, .number = number, .failed = failed};
}

static inline struct golf_need one_need(unsigned reg, unsigned bits, struct golf_value value)
{
    return (struct golf_need){
        .reg = (uint8_t)reg, .bits = (uint8_t)bits, .count = 1, .values = {value}};
}

/* Needs of a block's end. */
static inline void need_at_end(struct golf_block *block, unsigned reg, unsigned bits,
                               struct golf_value value)
{
    block->needs[block->need_count++] = one_need(reg, bits, value);
}

/* What a block needs in a register when it ends; the test ends if it does not say. */
static inline const struct golf_need *end_needs(const struct golf_lifted *lifted, size_t block,
                                                unsigned reg)
{
    const struct golf_need *need =
        need_in(lifted->blocks[block].needs, lifted->blocks[block].need_count, reg);
    ck_assert_ptr_nonnull(need);
    return need;
}

static inline bool ends_with(const struct golf_lifted *lifted, size_t block, unsigned reg,
                             unsigned bits, struct golf_value value)
{
    const struct golf_need *need = end_needs(lifted, block, reg);
    return need->count == 1 && need->bits == bits && value_is_same(&need->values[0], &value);
}

/* Blocks without operations that stop, each with room for so many operations; blocks_free() frees
 * them. */
static inline void make_blocks(struct golf_lifted *lifted, size_t count, size_t operations)
{
    *lifted = (struct golf_lifted){.bits = 64, .count = count};
    lifted->blocks = calloc(count, sizeof *lifted->blocks);
    ck_assert_ptr_nonnull(lifted->blocks);
    for (size_t i = 0; i < count; i++) {
        lifted->blocks[i].operations = calloc(operations, sizeof *lifted->blocks[i].operations);
        ck_assert_ptr_nonnull(lifted->blocks[i].operations);
    }
}

static inline void lead_to(struct golf_lifted *lifted, size_t from, uint16_t to)
{
    lifted->blocks[from].end = GOLF_GO;
    lifted->blocks[from].taken = to;
}

static inline void branch_to(struct golf_lifted *lifted, size_t from, unsigned condition,
                             uint16_t taken, uint16_t other)
{
    lifted->blocks[from].end = GOLF_BRANCH;
    lifted->blocks[from].condition = (uint8_t)condition;
    lifted->blocks[from].taken = taken;
    lifted->blocks[from].other = other;
}

static inline void call_of(struct golf_lifted *lifted, size_t from, uint16_t called, uint16_t after)
{
    lifted->blocks[from].end = GOLF_CALLS;
    lifted->blocks[from].taken = called;
    lifted->blocks[from].other = after;
}

static inline struct elfgen_x86_operand register_operand(unsigned reg)
{
    return (struct elfgen_x86_operand){.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = (uint8_t)reg};
}

static inline struct elfgen_x86_operand number_operand(int64_t value)
{
    return (struct elfgen_x86_operand){.kind = ELFGEN_X86_IMMEDIATE, .value = value};
}

static inline void make_instruction(struct golf_operation *operation, unsigned mnemonic,
                                    struct elfgen_x86_operand first,
                                    struct elfgen_x86_operand second)
{
    operation->kind = GOLF_KEPT;
    operation->refers_operand = UINT8_MAX;
    operation->instruction = (struct elfgen_x86_instruction){
        .mnemonic = (uint16_t)mnemonic, .mode = 64, .operands = {first, second}};
}

#endif

/* A test that other blocks lead to, made by hand, for the tests of golf/rewrite/threads.h. */
#ifndef GOLF_THREADS_H
#define GOLF_THREADS_H

#include "golf/rewrite/threads.h"
#include "golf_blocks.h"

enum {
    RAX,
    RBX = 3,
    RSP,
    RSI = 6,
    RDI,
    AH = X86_HIGH_BYTES + 4,
    /* opaque numbers */
    ASKED = 40,
    OTHER,
    RETURNED
};

/* Blocks: BEFORE leads to TEST or calls it, which asks whether rsi is 0; a call returns to AFTER.
 */
enum { BEFORE, TEST, ZERO, NOT_ZERO, AFTER, BLOCKS_MADE };

static inline void ask(struct golf_block *test, unsigned class)
{
    const struct elfgen_x86_operand asked = register_operand(class + RSI);
    struct golf_operation *operation = test->operations;
    const unsigned bits = 8 * elfgen_x86_register_size((uint8_t)(class + RSI));
    make_instruction(operation, ELFGEN_X86_OP_test, asked, asked);
    operation->needs[0] = one_need(RSI, bits, opaque(ASKED));
    operation->need_count = 1;
    operation->flags_set = ELFGEN_X86_ZF;
    test->count = 1;
    test->at_start[RSI] = opaque(ASKED);
}

static inline void make(struct golf_lifted *lifted, unsigned class)
{
    make_blocks(lifted, BLOCKS_MADE, 2);
    ask(&lifted->blocks[TEST], class);
    branch_to(lifted, TEST, JUMP_ZERO, ZERO, NOT_ZERO);
    lead_to(lifted, BEFORE, TEST);
}

static inline bool leads(struct golf_lifted *lifted)
{
    bool has_memory = false;
    const bool is_any = threads_lead(lifted, TEST, &has_memory);
    ck_assert(has_memory);
    return is_any;
}

/* The block before the test leads there still. */
static inline void stays(struct golf_lifted *lifted)
{
    const uint8_t end = lifted->blocks[BEFORE].end;
    ck_assert(!leads(lifted));
    ck_assert_uint_eq(lifted->count, BLOCKS_MADE);
    ck_assert_uint_eq(lifted->blocks[BEFORE].end, end);
    ck_assert_uint_eq(lifted->blocks[BEFORE].taken, TEST);
    blocks_free(lifted);
}

/* The block before ends with `sub`, which leaves what is asked. */
static inline struct golf_operation *subtract(struct golf_lifted *lifted, unsigned class)
{
    struct golf_block *before = &lifted->blocks[BEFORE];
    struct golf_operation *last = &before->operations[before->count++];
    make_instruction(last, ELFGEN_X86_OP_sub, register_operand(class + RBX), number_operand(1));
    last->writes = 1u << RBX;
    last->after[RBX] = opaque(OTHER);
    last->flags_set = ELFGEN_X86_ZF;
    need_at_end(before, RSI, 64, opaque(OTHER));
    return last;
}

#endif

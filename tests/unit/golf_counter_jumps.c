/* golf/rewrite/counter_jumps.h: ends that ask rcx, in programs made by hand. */
#include <string.h>

#include "golf/rewrite/counter_jumps.h"
#include "room.h"

enum { RCX = 1, RBX = 3, TAKEN = 1, OTHER = 2, BEFORE = 100, AFTER = 101 };

static const struct golf_value before = {.kind = GOLF_OPAQUE, .number = BEFORE},
                               after = {.kind = GOLF_OPAQUE, .number = AFTER};

/* A block whose last operation is about a register, and tells whether it is 0. */
struct made {
    struct golf_operation operation;
    struct golf_block blocks[3];
    struct golf_lifted lifted;
};

static struct elfgen_x86_operand whole(unsigned reg)
{
    return (struct elfgen_x86_operand){.kind = ELFGEN_X86_REGISTER_OPERAND,
                                       .reg = (uint8_t)(X86_QUADWORDS + reg)};
}

static struct elfgen_x86_operand immediate(int64_t value)
{
    return (struct elfgen_x86_operand){.kind = ELFGEN_X86_IMMEDIATE, .value = value};
}

static void make(struct made *made, uint16_t mnemonic, unsigned reg, uint8_t condition)
{
    *made = (struct made){.lifted = {.bits = 64, .blocks = made->blocks, .count = 3}};
    made->operation = (struct golf_operation){
        .kind = GOLF_KEPT,
        .instruction = {.mnemonic = mnemonic, .mode = 64, .operands = {whole(reg)}},
        .needs = {{.reg = (uint8_t)reg, .bits = 64, .count = 1, .values = {before}}},
        .need_count = 1,
        .flags_set = ELFGEN_X86_ZF,
        .tells_equal = true,
        .equal_register = (uint8_t)reg};
    made->blocks[0] = (struct golf_block){.operations = &made->operation,
                                          .count = 1,
                                          .end = GOLF_BRANCH,
                                          .condition = condition,
                                          .taken = TAKEN,
                                          .other = OTHER};
}

/* `dec`, or what does the same. */
static void make_count(struct made *made, uint16_t mnemonic, unsigned reg, uint8_t condition)
{
    make(made, mnemonic, reg, condition);
    made->operation.writes = (uint16_t)(1u << reg);
    made->operation.after[reg] = after;
}

static unsigned asked(const struct made *made)
{
    return counter_jumps_register(&made->lifted, 0);
}

START_TEST(a_comparison_with_0_becomes_jrcxz)
{
    static const uint16_t mnemonics[] = {ELFGEN_X86_OP_test, ELFGEN_X86_OP_cmp, ELFGEN_X86_OP_and,
                                         ELFGEN_X86_OP_or};
    for (size_t i = 0; i < 2 * sizeof mnemonics / sizeof *mnemonics; i++) {
        struct made made;
        const bool is_zero = i % 2;
        make(&made, mnemonics[i / 2], RCX, is_zero ? JUMP_ZERO : JUMP_NOT_ZERO);
        ck_assert_uint_eq(asked(&made), RCX);
        ck_assert(counter_jumps_make(&made.lifted, 0));
        const struct golf_block *block = &made.blocks[0];
        ck_assert_uint_eq(block->condition, GOLF_JRCXZ);
        ck_assert_uint_eq(block->count, 0);
        ck_assert_uint_eq(block->taken, is_zero ? TAKEN : OTHER);
        ck_assert_uint_eq(block->other, is_zero ? OTHER : TAKEN);
        ck_assert_uint_eq(block->need_count, 1);
        ck_assert(value_is_same(&block->needs[0].values[0], &before));
        ck_assert_uint_eq(block->needs[0].bits, 64);
    }
}
END_TEST

/* `loop` needs what it counts down, and is taken where something is left. */
START_TEST(a_count_down_becomes_loop)
{
    for (unsigned i = 0; i < 6; i++) {
        static const uint16_t mnemonics[] = {ELFGEN_X86_OP_dec, ELFGEN_X86_OP_sub,
                                             ELFGEN_X86_OP_add};
        struct made made;
        const bool is_zero = i % 2;
        make_count(&made, mnemonics[i / 2], RCX, is_zero ? JUMP_ZERO : JUMP_NOT_ZERO);
        made.operation.instruction.operands[1] =
            i / 2 ? immediate(i / 2 == 1 ? 1 : -1) : (struct elfgen_x86_operand){0};
        /* what is left is used afterwards */
        made.blocks[0].needs[0] =
            (struct golf_need){.reg = RCX, .bits = 32, .count = 1, .values = {after}};
        made.blocks[0].need_count = 1;
        ck_assert_uint_eq(asked(&made), RCX);
        ck_assert(counter_jumps_make(&made.lifted, 0));
        const struct golf_block *block = &made.blocks[0];
        ck_assert_uint_eq(block->condition, GOLF_LOOP);
        ck_assert_uint_eq(block->count, 0);
        ck_assert_uint_eq(block->taken, is_zero ? OTHER : TAKEN);
        ck_assert_uint_eq(block->other, is_zero ? TAKEN : OTHER);
        ck_assert_uint_eq(block->need_count, 1);
        ck_assert(value_is_same(&block->needs[0].values[0], &before));
        ck_assert_uint_eq(block->needs[0].bits, 64);
    }
}
END_TEST

START_TEST(what_counts_otherwise_is_no_loop)
{
    static const struct {
        uint16_t mnemonic;
        int64_t number;
    } rows[] = {{ELFGEN_X86_OP_sub, -1}, {ELFGEN_X86_OP_sub, 2}, {ELFGEN_X86_OP_add, 1},
                {ELFGEN_X86_OP_xor, 1},  {ELFGEN_X86_OP_inc, 1}, {ELFGEN_X86_OP_shl, 1}};
    struct made made;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_count(&made, rows[i].mnemonic, RCX, JUMP_NOT_ZERO);
        made.operation.instruction.operands[1] = immediate(rows[i].number);
        ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    }
    /* by another register, which may have 1 */
    make_count(&made, ELFGEN_X86_OP_sub, RCX, JUMP_NOT_ZERO);
    made.operation.instruction.operands[1] = whole(RBX);
    made.operation.instruction.operands[1].value = 1;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    /* 32 of its bits, which `loop` does not count alone; a place in memory */
    make_count(&made, ELFGEN_X86_OP_dec, RCX, JUMP_NOT_ZERO);
    made.operation.instruction.operands[0].reg = X86_DOUBLEWORDS + RCX;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    made.lifted.bits = 32;
    ck_assert_uint_eq(asked(&made), RCX);
    made.operation.instruction.operands[0].kind = ELFGEN_X86_MEMORY;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
}
END_TEST

START_TEST(what_does_not_only_tell_whether_its_register_is_0_stays)
{
    struct made made;
    make(&made, ELFGEN_X86_OP_test, RBX, JUMP_ZERO);
    ck_assert_uint_eq(asked(&made), RBX);
    made.operation.kind = GOLF_CALL;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_test, RBX, JUMP_ZERO);
    made.operation.tells_equal = false;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_cmp, RBX, JUMP_ZERO);
    made.operation.equal_to = 1;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_and, RBX, JUMP_ZERO);
    made.operation.writes = 1u << RBX;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_neg, RBX, JUMP_ZERO);
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_test, X86_RSP, JUMP_ZERO);
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
}
END_TEST

START_TEST(a_register_whose_value_is_not_told_stays)
{
    struct made made;
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    made.operation.need_count = 0;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    made.operation.needs[0].count = 2;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    made.operation.needs[0].values[0].kind = GOLF_CASES;
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
}
END_TEST

START_TEST(an_end_that_asks_something_else_stays)
{
    struct made made;
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    ck_assert(counter_jumps_may_end(&made.blocks[0]));
    /* flags that it does not set may be in use, those that it sets may not */
    made.blocks[0].flags_live = ELFGEN_X86_DF;
    ck_assert(counter_jumps_may_end(&made.blocks[0]));
    made.blocks[0].flags_live = ELFGEN_X86_ZF;
    ck_assert(!counter_jumps_may_end(&made.blocks[0]));
    ck_assert_uint_eq(asked(&made), GOLF_REGISTERS);
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO ^ 8);
    ck_assert(!counter_jumps_may_end(&made.blocks[0]));
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    made.blocks[0].count = 0;
    ck_assert(!counter_jumps_may_end(&made.blocks[0]));
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    made.blocks[0].other = TAKEN;
    ck_assert(!counter_jumps_may_end(&made.blocks[0]));
}
END_TEST

START_TEST(rcx_alone_is_asked_and_has_what_comes_after_it)
{
    struct made made;
    make(&made, ELFGEN_X86_OP_test, RBX, JUMP_ZERO);
    ck_assert(!counter_jumps_make(&made.lifted, 0));
    /* rcx is to have something else afterwards, or one of two */
    make_count(&made, ELFGEN_X86_OP_dec, RCX, JUMP_NOT_ZERO);
    made.blocks[0].needs[0] =
        (struct golf_need){.reg = RCX, .bits = 64, .count = 1, .values = {before}};
    made.blocks[0].need_count = 1;
    ck_assert(!counter_jumps_make(&made.lifted, 0));
    made.blocks[0].needs[0].values[0] = after;
    made.blocks[0].needs[0].count = 2;
    ck_assert(!counter_jumps_make(&made.lifted, 0));
    make(&made, ELFGEN_X86_OP_test, RCX, JUMP_ZERO);
    made.blocks[0].needs[0] =
        (struct golf_need){.reg = RCX, .bits = 64, .count = 1, .values = {after}};
    made.blocks[0].need_count = 1;
    ck_assert(!counter_jumps_make(&made.lifted, 0));
    made.blocks[0].needs[0].values[0] = before;
    ck_assert(counter_jumps_make(&made.lifted, 0));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_counter_jumps");
    TCase *cases = tcase_create("jumps");
    tcase_add_test(cases, a_comparison_with_0_becomes_jrcxz);
    tcase_add_test(cases, a_count_down_becomes_loop);
    tcase_add_test(cases, what_counts_otherwise_is_no_loop);
    tcase_add_test(cases, what_does_not_only_tell_whether_its_register_is_0_stays);
    tcase_add_test(cases, a_register_whose_value_is_not_told_stays);
    tcase_add_test(cases, an_end_that_asks_something_else_stays);
    tcase_add_test(cases, rcx_alone_is_asked_and_has_what_comes_after_it);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

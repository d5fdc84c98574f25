/* golf/rewrite/threads.h: tests that are left out where their result is known, in programs made by
 * hand. */
#include "golf_threads.h"

/* ---- what is a test ---- */

static bool is_test(struct golf_lifted *lifted)
{
    const bool is = threads_is_test(&lifted->blocks[TEST]);
    blocks_free(lifted);
    return is;
}

START_TEST(a_register_with_itself_or_0_is_compared)
{
    static const unsigned classes[] = {X86_QUADWORDS, X86_DOUBLEWORDS, X86_WORDS, X86_LOW_BYTES};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        struct golf_lifted lifted;
        make(&lifted, classes[i]);
        ck_assert(is_test(&lifted));
        make(&lifted, classes[i]);
        lifted.blocks[TEST].condition = JUMP_NOT_ZERO;
        lifted.blocks[TEST].operations->instruction.mnemonic = ELFGEN_X86_OP_cmp;
        lifted.blocks[TEST].operations->instruction.operands[1] = number_operand(0);
        ck_assert(is_test(&lifted));
    }
}
END_TEST

/* What is asked is no register, or part of one that is not its low bits; or it is another question
 * than whether it is 0. */
static const struct {
    unsigned mnemonic;
    struct elfgen_x86_operand first, second;
} questions[] = {
    {ELFGEN_X86_OP_cmp,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_IMMEDIATE, .value = 1}},
    {ELFGEN_X86_OP_cmp,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_MEMORY, .base = X86_QUADWORDS + RDI}},
    {ELFGEN_X86_OP_cmp,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI}},
    {ELFGEN_X86_OP_cmp,
     {.kind = ELFGEN_X86_MEMORY, .base = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_IMMEDIATE}},
    {ELFGEN_X86_OP_test,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RDI}},
    {ELFGEN_X86_OP_test,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_IMMEDIATE, .reg = X86_QUADWORDS + RSI, .value = 2}},
    /* which says that it is 0, whatever it is */
    {ELFGEN_X86_OP_test,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_IMMEDIATE}},
    {ELFGEN_X86_OP_test,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = AH},
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = AH}},
    {ELFGEN_X86_OP_test,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = ELFGEN_X86_REG_xmm6},
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = ELFGEN_X86_REG_xmm6}},
    {ELFGEN_X86_OP_and,
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI},
     {.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = X86_QUADWORDS + RSI}},
};

START_TEST(another_question_is_no_test)
{
    struct golf_lifted lifted;
    make(&lifted, X86_QUADWORDS);
    make_instruction(lifted.blocks[TEST].operations, questions[_i].mnemonic, questions[_i].first,
                     questions[_i].second);
    ck_assert(!is_test(&lifted));
}
END_TEST

START_TEST(a_block_that_does_more_than_ask_is_no_test)
{
    struct golf_lifted lifted;
    struct golf_block *test;
    for (unsigned what = 0; what < 12; what++) {
        make(&lifted, X86_QUADWORDS);
        test = &lifted.blocks[TEST];
        switch (what) {
        case 0: /* another operation */
            test->count = 2;
            break;
        case 1:
            test->end = GOLF_GO;
            break;
        case 2: /* another condition */
            test->condition = JUMP_NOT_ZERO + 1;
            break;
        case 3: /* somebody reads its flags */
            test->flags_live = ELFGEN_X86_ZF;
            break;
        case 4:
            test->operations->kind = GOLF_CALL;
            break;
        case 5: /* it needs another register, too */
            test->operations->needs[test->operations->need_count++] =
                one_need(RDI, 64, constant(1));
            break;
        case 6: /* or nothing */
            test->operations->need_count = 0;
            break;
        case 7: /* or one of two values */
            test->operations->needs[0].count = 2;
            break;
        case 8:
            test->operations->writes = 1u << RSI;
            break;
        case 9: /* the number is an address */
            test->operations->instruction.mnemonic = ELFGEN_X86_OP_cmp;
            test->operations->instruction.operands[1] = number_operand(0);
            test->operations->refers = address(0, 0);
            break;
        case 10: /* it does not begin with what it asks for */
            test->at_start[RSI] = opaque(OTHER);
            break;
        default: /* a number, which says what it is by itself */
            test->at_start[RSI] = test->operations->needs[0].values[0] = constant(3);
        }
        ck_assert_msg(!is_test(&lifted), "%u", what);
    }
}
END_TEST

/* ---- jumps ---- */

/* In so many bits of the register. */
static const struct {
    uint64_t number;
    unsigned class;
    bool is_zero;
} numbers[] = {
    {0, X86_QUADWORDS, true},
    {7, X86_QUADWORDS, false},
    {UINT64_C(1) << 63, X86_QUADWORDS, false},
    {UINT64_C(1) << 32, X86_QUADWORDS, false},
    {UINT64_C(1) << 32, X86_DOUBLEWORDS, true},
    {UINT64_C(1) << 31, X86_DOUBLEWORDS, false},
    {1 << 16, X86_WORDS, true},
    {1 << 15, X86_WORDS, false},
    {256, X86_LOW_BYTES, true},
    {128, X86_LOW_BYTES, false},
    {1, X86_LOW_BYTES, false},
};

START_TEST(a_number_leads_where_the_test_would)
{
    for (unsigned condition = JUMP_ZERO; condition <= JUMP_NOT_ZERO; condition++)
        for (unsigned calls = 0; calls < 2; calls++) {
            struct golf_lifted lifted;
            make(&lifted, numbers[_i].class);
            const bool is_taken = (condition == JUMP_ZERO) == numbers[_i].is_zero;
            lifted.blocks[TEST].condition = (uint8_t)condition;
            need_at_end(&lifted.blocks[BEFORE], RSI, 64, constant(numbers[_i].number));
            if (calls)
                call_of(&lifted, BEFORE, TEST, AFTER);
            ck_assert(leads(&lifted));
            ck_assert_uint_eq(lifted.blocks[BEFORE].end, calls ? GOLF_CALLS : GOLF_GO);
            ck_assert_uint_eq(lifted.blocks[BEFORE].taken, is_taken ? ZERO : NOT_ZERO);
            if (calls)
                ck_assert_uint_eq(lifted.blocks[BEFORE].other, AFTER);
            /* nothing after the test needs rsi */
            ck_assert_uint_eq(lifted.blocks[BEFORE].need_count, 0);
            blocks_free(&lifted);
        }
}
END_TEST

START_TEST(what_is_not_known_to_be_a_number_leads_to_the_test)
{
    struct golf_lifted lifted;
    struct golf_block *before;
    for (unsigned what = 0; what < 7; what++) {
        make(&lifted, X86_QUADWORDS);
        before = &lifted.blocks[BEFORE];
        need_at_end(before, RSI, 64, constant(0));
        switch (what) {
        case 0:
            before->needs[0].values[0] = opaque(ASKED);
            break;
        case 1: /* one of two */
            before->needs[0].count = 2;
            before->needs[0].values[1] = constant(7);
            break;
        case 2: /* only some of its bits */
            before->needs[0].bits = 32;
            break;
        case 3:
            before->need_count = 0;
            break;
        case 4: /* an address of data, or of the stack, is never 0, but that is not a number */
            before->needs[0].values[0] = address(0, 0);
            break;
        case 5:
            before->needs[0].values[0] = stack_of(0, 0);
            break;
        default: /* another way */
            branch_to(&lifted, BEFORE, 2, TEST, AFTER);
        }
        stays(&lifted);
    }
}
END_TEST

/* Also if it is a test that goes on at itself, and a block that leads elsewhere. */
START_TEST(only_what_leads_to_the_test_is_led_elsewhere)
{
    struct golf_lifted lifted;
    make(&lifted, X86_QUADWORDS);
    need_at_end(&lifted.blocks[BEFORE], RSI, 64, constant(0));
    need_at_end(&lifted.blocks[AFTER], RSI, 64, constant(0));
    lead_to(&lifted, AFTER, BEFORE);
    ck_assert(leads(&lifted));
    ck_assert_uint_eq(lifted.blocks[AFTER].taken, BEFORE);
    blocks_free(&lifted);
    make(&lifted, X86_QUADWORDS);
    lead_to(&lifted, BEFORE, AFTER);
    lifted.blocks[TEST].end = GOLF_GO;
    lifted.blocks[TEST].taken = TEST;
    need_at_end(&lifted.blocks[TEST], RSI, 64, constant(0));
    ck_assert(!leads(&lifted));
    ck_assert_uint_eq(lifted.blocks[TEST].taken, TEST);
    blocks_free(&lifted);
}
END_TEST

/* ---- flags ---- */

static const struct {
    unsigned asked, set;
    bool is_same;
} widths[] = {
    {X86_QUADWORDS, X86_QUADWORDS, true},
    {X86_DOUBLEWORDS, X86_DOUBLEWORDS, true},
    {X86_WORDS, X86_WORDS, true},
    {X86_LOW_BYTES, X86_LOW_BYTES, true},
    /* the upper half is 0 then */
    {X86_QUADWORDS, X86_DOUBLEWORDS, true},
    {X86_DOUBLEWORDS, X86_QUADWORDS, false},
    {X86_QUADWORDS, X86_WORDS, false},
    {X86_WORDS, X86_DOUBLEWORDS, false},
    {X86_QUADWORDS, X86_LOW_BYTES, false},
    {X86_DOUBLEWORDS, X86_LOW_BYTES, false},
};

START_TEST(a_flag_of_as_many_bits_is_asked_instead)
{
    struct golf_lifted lifted;
    make(&lifted, widths[_i].asked);
    subtract(&lifted, widths[_i].set);
    if (!widths[_i].is_same) {
        stays(&lifted);
        return;
    }
    ck_assert(leads(&lifted));
    ck_assert_uint_eq(lifted.blocks[BEFORE].end, GOLF_BRANCH);
    ck_assert_uint_eq(lifted.blocks[BEFORE].condition, JUMP_ZERO);
    ck_assert_uint_eq(lifted.blocks[BEFORE].taken, ZERO);
    ck_assert_uint_eq(lifted.blocks[BEFORE].other, NOT_ZERO);
    blocks_free(&lifted);
}
END_TEST

static const unsigned tellers[] = {ELFGEN_X86_OP_add, ELFGEN_X86_OP_and, ELFGEN_X86_OP_or,
                                   ELFGEN_X86_OP_xor, ELFGEN_X86_OP_inc, ELFGEN_X86_OP_dec,
                                   ELFGEN_X86_OP_neg};

START_TEST(instructions_that_set_the_zero_flag_by_their_result_tell)
{
    struct golf_lifted lifted;
    make(&lifted, X86_QUADWORDS);
    subtract(&lifted, X86_QUADWORDS)->instruction.mnemonic = (uint16_t)tellers[_i];
    ck_assert(leads(&lifted));
    blocks_free(&lifted);
}
END_TEST

START_TEST(a_flag_that_does_not_tell_is_not_asked)
{
    struct golf_lifted lifted;
    struct golf_operation *last;
    for (unsigned what = 0; what < 8; what++) {
        make(&lifted, X86_QUADWORDS);
        last = subtract(&lifted, X86_QUADWORDS);
        switch (what) {
        case 0:
            last->flags_set = ELFGEN_X86_CF;
            break;
        case 1: /* it sets another flag by its result */
            last->instruction.mnemonic = ELFGEN_X86_OP_imul;
            break;
        case 2: /* by 0 it sets none */
            last->instruction.mnemonic = ELFGEN_X86_OP_shl;
            break;
        case 3: /* what it left is another value */
            last->after[RBX] = opaque(RETURNED);
            break;
        case 4: /* it only says what was there */
            last->writes = 0;
            break;
        case 5: /* of memory */
            last->instruction.operands[0].kind = ELFGEN_X86_MEMORY;
            break;
        case 6:
            last->kind = GOLF_CALL;
            break;
        default: /* another one comes after it */
            lifted.blocks[BEFORE].count = 2;
            lifted.blocks[BEFORE].operations[1] = *last;
            lifted.blocks[BEFORE].operations[1].after[RBX] = opaque(RETURNED);
        }
        stays(&lifted);
    }
    /* which value it is, is not known */
    make(&lifted, X86_QUADWORDS);
    last = subtract(&lifted, X86_QUADWORDS);
    last->after[RBX] = lifted.blocks[BEFORE].needs[0].values[0] = cases(1, 2);
    stays(&lifted);
    /* it is another block's */
    make(&lifted, X86_QUADWORDS);
    subtract(&lifted, X86_QUADWORDS);
    lifted.blocks[BEFORE].operations++;
    lifted.blocks[BEFORE].count = 0;
    ck_assert(!leads(&lifted));
    lifted.blocks[BEFORE].operations--;
    blocks_free(&lifted);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_threads");
    TCase *cases = tcase_create("threads");
    tcase_add_test(cases, a_register_with_itself_or_0_is_compared);
    tcase_add_loop_test(cases, another_question_is_no_test, 0,
                        sizeof questions / sizeof questions[0]);
    tcase_add_test(cases, a_block_that_does_more_than_ask_is_no_test);
    tcase_add_loop_test(cases, a_number_leads_where_the_test_would, 0,
                        sizeof numbers / sizeof numbers[0]);
    tcase_add_test(cases, what_is_not_known_to_be_a_number_leads_to_the_test);
    tcase_add_test(cases, only_what_leads_to_the_test_is_led_elsewhere);
    tcase_add_loop_test(cases, a_flag_of_as_many_bits_is_asked_instead, 0,
                        sizeof widths / sizeof widths[0]);
    tcase_add_loop_test(cases, instructions_that_set_the_zero_flag_by_their_result_tell, 0,
                        sizeof tellers / sizeof tellers[0]);
    tcase_add_test(cases, a_flag_that_does_not_tell_is_not_asked);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

/* golf/rewrite/tails.h: which ends two blocks have in common, in programs made by hand. */
#include "golf_tails.h"

static size_t common(struct golf_lifted *lifted)
{
    const size_t count = tails_common(lifted, ONE, TWO);
    ck_assert_uint_eq(tails_common(lifted, TWO, ONE), count);
    blocks_free(lifted);
    return count;
}

START_TEST(operations_that_are_the_same_are_common)
{
    struct golf_lifted lifted;
    make(&lifted);
    ck_assert_uint_eq(common(&lifted), 2);
    /* wherever they are */
    make(&lifted);
    operation_of(&lifted, TWO, LAST)->instruction.address = 0x1000;
    ck_assert_uint_eq(common(&lifted), 2);
    /* by bytes, of which nothing else is known, and calls */
    make(&lifted);
    for (size_t block = ONE; block <= TWO; block++) {
        operation_of(&lifted, block, FIRST)->instruction.mnemonic = 0;
        operation_of(&lifted, block, LAST)->kind = GOLF_CALL;
    }
    ck_assert_uint_eq(common(&lifted), 2);
    /* an address by what it refers to */
    make(&lifted);
    for (size_t block = ONE; block <= TWO; block++) {
        struct golf_operation *last = operation_of(&lifted, block, LAST);
        last->instruction.operands[1].value = (int64_t)block;
        last->refers_operand = 1;
        last->refers = address(2, 8);
    }
    ck_assert_uint_eq(common(&lifted), 2);
}
END_TEST

START_TEST(no_more_operations_are_common_than_there_are)
{
    for (size_t block = ONE; block <= TWO; block++) {
        struct golf_lifted lifted;
        make(&lifted);
        /* what is before the first operation is the same, too, but not the block's */
        lifted.blocks[block].operations += LAST;
        lifted.blocks[block].count = 1;
        ck_assert_uint_eq(tails_common(&lifted, ONE, TWO), 1);
        lifted.blocks[block].operations -= LAST;
        blocks_free(&lifted);
    }
}
END_TEST

/* What the second block's last operation has else: `refers` alone, or with bytes alone. */
START_TEST(operations_that_differ_in_what_they_do_are_not_common)
{
    for (unsigned what = 0; what < 21; what++) {
        struct golf_lifted lifted;
        make(&lifted);
        struct golf_operation *mine = operation_of(&lifted, ONE, LAST),
                              *last = operation_of(&lifted, TWO, LAST);
        mine->needs[0] = last->needs[0] = one_need(RSI, 64, constant(1));
        mine->need_count = last->need_count = 1;
        if (what >= 14)
            mine->instruction.mnemonic = last->instruction.mnemonic = 0;
        switch (what) {
        case 0:
            last->kind = GOLF_FAULT;
            break;
        case 1:
            last->ends = true;
            break;
        case 2:
            last->writes = 1;
            break;
        case 3:
            last->reads = 1;
            break;
        case 4:
            last->keeps_below = true;
            break;
        case 5:
            last->flags_read = FLAG;
            break;
        case 6:
            last->flags_set = FLAG;
            break;
        case 7:
            last->need_count = 0;
            break;
        case 8:
            last->refers_operand = 1;
            break;
        case 9:
            last->refers = address(2, 8);
            break;
        case 10:
            last->needs[0].reg = RDI;
            break;
        case 11:
            last->needs[0].bits = 32;
            break;
        case 12:
            last->needs[0].count = 2;
            break;
        case 13:
            last->instruction.operands[1].value = 8;
            break;
        case 14:
            last->bytes[LENGTH - 1] = 1;
            break;
        case 15:
            last->length = LENGTH + 1;
            break;
        case 16:
            last->instruction.mnemonic = ELFGEN_X86_OP_add;
            break;
        case 17:
            mine->instruction.mnemonic = ELFGEN_X86_OP_add;
            break;
        case 18: /* longer, and the same as far as the other one goes */
            mine->length = LENGTH + 1;
            break;
        case 19: /* another way to make a call */
            mine->kind = last->kind = GOLF_CALL;
            mine->instruction.mnemonic = last->instruction.mnemonic = ELFGEN_X86_OP_add;
            last->bytes[0] = 1;
            break;
        default: /* neither is an instruction */
            mine->instruction.mnemonic = last->instruction.mnemonic = UINT16_MAX;
        }
        ck_assert_msg(common(&lifted) == 0, "%u", what);
    }
}
END_TEST

START_TEST(an_operation_that_differs_is_where_the_common_end_begins)
{
    struct golf_lifted lifted;
    make(&lifted);
    operation_of(&lifted, TWO, FIRST)->ends = true;
    ck_assert_uint_eq(common(&lifted), 1);
}
END_TEST

START_TEST(blocks_that_end_in_different_ways_have_nothing_in_common)
{
    for (unsigned what = 0; what < 8; what++) {
        struct golf_lifted lifted;
        make(&lifted);
        branch_to(&lifted, ONE, JUMP_ZERO, NEXT, ELSEWHERE);
        branch_to(&lifted, TWO, JUMP_ZERO, NEXT, ELSEWHERE);
        struct golf_block *two = &lifted.blocks[TWO];
        switch (what) {
        case 0:
            two->end = GOLF_CALLS;
            break;
        case 1:
            two->condition = JUMP_NOT_ZERO;
            break;
        case 2:
            two->flags_live = FLAG;
            break;
        case 3:
            two->keeps_below = true;
            break;
        case 4:
            need_at_end(two, RSI, 64, constant(1));
            break;
        case 5:
            two->taken = ENTRY;
            break;
        case 6:
            two->other = ENTRY;
            break;
        default:
            break;
        }
        ck_assert_msg(common(&lifted) == (what < 7 ? 0 : 2), "%u", what);
    }
}
END_TEST

START_TEST(where_a_block_does_not_lead_is_not_compared)
{
    for (unsigned goes = 0; goes < 2; goes++) {
        struct golf_lifted lifted;
        make(&lifted);
        lifted.blocks[TWO].other = ELSEWHERE;
        if (!goes) {
            lifted.blocks[ONE].end = lifted.blocks[TWO].end = GOLF_STOP;
            lifted.blocks[TWO].taken = ELSEWHERE;
        }
        ck_assert_uint_eq(common(&lifted), 2);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_tails");
    TCase *cases = tcase_create("tails");
    tcase_add_test(cases, operations_that_are_the_same_are_common);
    tcase_add_test(cases, no_more_operations_are_common_than_there_are);
    tcase_add_test(cases, operations_that_differ_in_what_they_do_are_not_common);
    tcase_add_test(cases, an_operation_that_differs_is_where_the_common_end_begins);
    tcase_add_test(cases, blocks_that_end_in_different_ways_have_nothing_in_common);
    tcase_add_test(cases, where_a_block_does_not_lead_is_not_compared);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

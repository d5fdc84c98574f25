/* golf/rewrite/threads.h: what blocks end with that do not lead to a test any more, and calls, in
 * programs made by hand. */
#include "golf_threads.h"

/* ---- what is needed ---- */

/* What the test ends with, the block before it has to end with. */
static const struct {
    const char *what;
    struct golf_value before, begins, needs; /* of rdi */
    unsigned bits_before, bits;
    struct golf_value expected; /* GOLF_UNKNOWN: the test is not left out */
} passed[] = {
    {"a number that only the test needs",
     {.kind = GOLF_UNKNOWN},
     {.kind = GOLF_UNKNOWN},
     {.kind = GOLF_CONSTANT, .number = 7},
     8,
     32,
     {.kind = GOLF_CONSTANT, .number = 7}},
    {"what it begins with",
     {.kind = GOLF_OPAQUE, .number = 50},
     {.kind = GOLF_OPAQUE, .number = 60},
     {.kind = GOLF_OPAQUE, .number = 60},
     32,
     32,
     {.kind = GOLF_OPAQUE, .number = 50}},
    {"in fewer bits",
     {.kind = GOLF_CONSTANT, .number = 50},
     {.kind = GOLF_OPAQUE, .number = 60},
     {.kind = GOLF_OPAQUE, .number = 60},
     64,
     32,
     {.kind = GOLF_CONSTANT, .number = 50}},
    {"in more bits",
     {.kind = GOLF_OPAQUE, .number = 50},
     {.kind = GOLF_OPAQUE, .number = 60},
     {.kind = GOLF_OPAQUE, .number = 60},
     32,
     64,
     {.kind = GOLF_UNKNOWN}},
    {"something else than it begins with",
     {.kind = GOLF_OPAQUE, .number = 50},
     {.kind = GOLF_OPAQUE, .number = 60},
     {.kind = GOLF_OPAQUE, .number = 61},
     64,
     64,
     {.kind = GOLF_UNKNOWN}},
    {"anything",
     {.kind = GOLF_UNKNOWN},
     {.kind = GOLF_OPAQUE, .number = 60},
     {.kind = GOLF_OPAQUE, .number = 60},
     64,
     64,
     {.kind = GOLF_UNKNOWN}},
    {"what depends on a call",
     {.kind = GOLF_OPAQUE, .number = 50},
     {.kind = GOLF_UNKNOWN},
     {.kind = GOLF_CASES, .number = 1, .failed = 2},
     64,
     64,
     {.kind = GOLF_UNKNOWN}},
    {"the stack pointer at the start",
     {.kind = GOLF_UNKNOWN},
     {.kind = GOLF_UNKNOWN},
     {.kind = GOLF_STACK, .number = 24},
     8,
     64,
     {.kind = GOLF_STACK, .number = 24}},
};

START_TEST(what_the_test_ends_with_is_needed_before_it)
{
    for (unsigned calls = 0; calls < 2; calls++) {
        struct golf_lifted lifted;
        make(&lifted, X86_QUADWORDS);
        if (calls)
            call_of(&lifted, BEFORE, TEST, AFTER);
        need_at_end(&lifted.blocks[BEFORE], RSI, 64, constant(0));
        need_at_end(&lifted.blocks[BEFORE], RDI, passed[_i].bits_before, passed[_i].before);
        need_at_end(&lifted.blocks[TEST], RDI, passed[_i].bits, passed[_i].needs);
        lifted.blocks[TEST].at_start[RDI] = passed[_i].begins;
        if (passed[_i].expected.kind == GOLF_UNKNOWN) {
            stays(&lifted);
            continue;
        }
        ck_assert_msg(leads(&lifted), "%s", passed[_i].what);
        ck_assert_uint_eq(lifted.blocks[BEFORE].need_count, 1);
        ck_assert_msg(ends_with(&lifted, BEFORE, RDI, passed[_i].bits, passed[_i].expected), "%s",
                      passed[_i].what);
        blocks_free(&lifted);
    }
}
END_TEST

START_TEST(one_of_two_values_is_not_passed_on)
{
    struct golf_lifted lifted;
    for (unsigned test = 0; test < 2; test++) {
        make(&lifted, X86_QUADWORDS);
        need_at_end(&lifted.blocks[BEFORE], RSI, 64, constant(0));
        need_at_end(&lifted.blocks[BEFORE], RDI, 64, constant(1));
        need_at_end(&lifted.blocks[TEST], RDI, 64, opaque(OTHER));
        lifted.blocks[TEST].at_start[RDI] = opaque(OTHER);
        struct golf_need *both = &lifted.blocks[test ? TEST : BEFORE].needs[test ? 0 : 1];
        both->count = 2;
        both->values[0] = test ? constant(1) : both->values[0];
        both->values[1] = constant(2);
        stays(&lifted);
    }
}
END_TEST

/* A value may begin in two registers; here only one of them has all of it. */
START_TEST(a_value_is_taken_from_its_own_register)
{
    for (unsigned first = 0; first < 2; first++) {
        struct golf_lifted lifted;
        make(&lifted, X86_QUADWORDS);
        struct golf_block *before = &lifted.blocks[BEFORE], *test = &lifted.blocks[TEST];
        need_at_end(before, first ? RDI : RBX, first ? 64 : 8, opaque(OTHER));
        need_at_end(before, first ? RBX : RDI, first ? 8 : 64, opaque(OTHER));
        need_at_end(before, RSI, 64, constant(0));
        test->at_start[RDI] = test->at_start[RBX] = opaque(RETURNED);
        need_at_end(test, RDI, 64, opaque(RETURNED));
        ck_assert(leads(&lifted));
        ck_assert(ends_with(&lifted, BEFORE, RDI, 64, opaque(OTHER)));
        blocks_free(&lifted);
    }
}
END_TEST

START_TEST(a_value_is_taken_from_another_register_where_its_own_has_it_not)
{
    struct golf_lifted lifted;
    make(&lifted, X86_QUADWORDS);
    need_at_end(&lifted.blocks[BEFORE], RSI, 64, constant(0));
    need_at_end(&lifted.blocks[BEFORE], RBX, 64, opaque(OTHER));
    lifted.blocks[TEST].at_start[RBX] = opaque(RETURNED);
    need_at_end(&lifted.blocks[TEST], RDI, 64, opaque(RETURNED));
    ck_assert(leads(&lifted));
    ck_assert(ends_with(&lifted, BEFORE, RDI, 64, opaque(OTHER)));
    blocks_free(&lifted);
}
END_TEST

/* As the test counts it, and as the block before it does: from another beginning, or from the same
 * one, where it climbs. */
START_TEST(the_stack_pointer_is_counted_as_before_the_test)
{
    for (uint16_t frame = 0; frame < 2; frame++) {
        struct golf_lifted lifted;
        make(&lifted, X86_QUADWORDS);
        struct golf_block *before = &lifted.blocks[BEFORE], *test = &lifted.blocks[TEST];
        need_at_end(before, RSI, 64, constant(0));
        need_at_end(before, RSP, 64, stack_of(frame, -16));
        test->at_start[RSP] = stack_of(1, 8);
        need_at_end(test, RSP, 64, stack_of(1, 8));
        need_at_end(test, RDI, 64, stack_of(1, 32));
        /* neither a subroutine's, nor an address of data */
        need_at_end(test, RBX, 64, stack_of(2, 24));
        need_at_end(test, RAX, 64, address(1, 24));
        ck_assert(leads(&lifted));
        ck_assert(ends_with(&lifted, BEFORE, RSP, 64, stack_of(frame, -16)));
        ck_assert(ends_with(&lifted, BEFORE, RDI, 64, stack_of(frame, 8)));
        ck_assert(ends_with(&lifted, BEFORE, RBX, 64, stack_of(2, 24)));
        ck_assert(ends_with(&lifted, BEFORE, RAX, 64, address(1, 24)));
        blocks_free(&lifted);
    }
}
END_TEST

/* Nor where one of both does not say what the stack pointer is. */
START_TEST(the_stack_pointer_stays_as_it_is_where_nothing_counts_it)
{
    for (unsigned what = 0; what < 3; what++) {
        struct golf_lifted lifted;
        make(&lifted, X86_QUADWORDS);
        struct golf_block *before = &lifted.blocks[BEFORE], *test = &lifted.blocks[TEST];
        need_at_end(before, RSI, 64, constant(0));
        if (what > 0)
            need_at_end(before, RSP, 64, what == 1 ? opaque(OTHER) : stack_of(0, -16));
        test->at_start[RSP] = what == 2 ? address(1, 8) : stack_of(1, 8);
        need_at_end(test, RDI, 64, stack_of(1, 24));
        ck_assert(leads(&lifted));
        ck_assert(ends_with(&lifted, BEFORE, RDI, 64, stack_of(1, 24)));
        blocks_free(&lifted);
    }
}
END_TEST

/* ---- calls ---- */

/* A call of what returns if rsi is 0; rsi is 0 exactly if the flag is set. */
static void make_call(struct golf_lifted *lifted)
{
    make(lifted, X86_QUADWORDS);
    subtract(lifted, X86_QUADWORDS);
    call_of(lifted, BEFORE, TEST, AFTER);
    lifted->blocks[ZERO].end = GOLF_RETURNS;
    need_at_end(&lifted->blocks[TEST], RSI, 32, opaque(ASKED));
    lifted->blocks[BEFORE].known[RDI] = lifted->blocks[BEFORE].at_start[RDI] = constant(9);
}

START_TEST(what_would_return_at_once_is_not_called)
{
    for (unsigned condition = JUMP_ZERO; condition <= JUMP_NOT_ZERO; condition++) {
        struct golf_lifted lifted;
        make_call(&lifted);
        if (condition == JUMP_NOT_ZERO)
            branch_to(&lifted, TEST, JUMP_NOT_ZERO, NOT_ZERO, ZERO);
        ck_assert(leads(&lifted));
        ck_assert_uint_eq(lifted.count, BLOCKS_MADE + 1);
        const struct golf_block *caller = &lifted.blocks[BEFORE],
                                *call = &lifted.blocks[BLOCKS_MADE];
        ck_assert(caller->end == GOLF_BRANCH && caller->condition == condition);
        ck_assert_uint_eq(condition == JUMP_ZERO ? caller->taken : caller->other, AFTER);
        ck_assert_uint_eq(condition == JUMP_ZERO ? caller->other : caller->taken, BLOCKS_MADE);
        ck_assert(call->end == GOLF_CALLS && call->count == 0);
        ck_assert_uint_eq(call->taken, NOT_ZERO);
        ck_assert_uint_eq(call->other, AFTER);
        ck_assert(ends_with(&lifted, BEFORE, RSI, 32, opaque(OTHER)));
        /* the call begins with what it passes on, and with nothing else */
        const struct golf_value *begins = &call->at_start[RSI];
        ck_assert(begins->kind == GOLF_OPAQUE && begins->number > OTHER);
        ck_assert(value_is_same(&call->known[RSI], begins));
        ck_assert(ends_with(&lifted, BLOCKS_MADE, RSI, 32, *begins));
        ck_assert_uint_eq(call->at_start[RDI].kind, GOLF_UNKNOWN);
        ck_assert_uint_eq(call->known[RDI].kind, GOLF_UNKNOWN);
        blocks_free(&lifted);
    }
}
END_TEST

/* Two registers that have one value have one in the new block, others have others. */
START_TEST(a_new_call_begins_with_as_many_values_as_it_passes_on)
{
    struct golf_lifted lifted;
    make_call(&lifted);
    struct golf_block *before = &lifted.blocks[BEFORE], *test = &lifted.blocks[TEST];
    need_at_end(before, RDI, 64, opaque(OTHER));
    need_at_end(before, RAX, 64, opaque(RETURNED));
    test->at_start[RDI] = opaque(70);
    test->at_start[RAX] = opaque(71);
    need_at_end(test, RDI, 64, opaque(70));
    need_at_end(test, RAX, 64, opaque(71));
    ck_assert(leads(&lifted));
    const struct golf_value *begins = lifted.blocks[BLOCKS_MADE].at_start;
    ck_assert(value_is_same(&begins[RDI], &begins[RSI]));
    ck_assert(!value_is_same(&begins[RAX], &begins[RSI]));
    ck_assert_uint_eq(begins[RAX].kind, GOLF_OPAQUE);
    blocks_free(&lifted);
}
END_TEST

/* What the return ends with, too: the most bits that one of both needs. */
START_TEST(a_caller_needs_what_the_call_and_the_return_need)
{
    struct golf_lifted lifted;
    make_call(&lifted);
    struct golf_block *returns = &lifted.blocks[ZERO];
    returns->at_start[RSI] = opaque(80);
    need_at_end(returns, RDI, 64, constant(7));
    need_at_end(returns, RSI, 16, opaque(80));
    ck_assert(leads(&lifted));
    ck_assert(ends_with(&lifted, BEFORE, RSI, 32, opaque(OTHER)));
    ck_assert(ends_with(&lifted, BEFORE, RDI, 64, constant(7)));
    ck_assert_uint_eq(lifted.blocks[BLOCKS_MADE].need_count, 1);
    blocks_free(&lifted);
    /* more bits than the test passes on */
    make_call(&lifted);
    lifted.blocks[ZERO].at_start[RSI] = opaque(80);
    need_at_end(&lifted.blocks[ZERO], RSI, 64, opaque(80));
    stays(&lifted);
}
END_TEST

START_TEST(a_return_that_does_something_or_needs_something_else_is_called)
{
    for (unsigned what = 0; what < 4; what++) {
        struct golf_lifted lifted;
        make_call(&lifted);
        struct golf_block *before = &lifted.blocks[BEFORE], *test = &lifted.blocks[TEST],
                          *returns = &lifted.blocks[ZERO];
        switch (what) {
        case 0:
            returns->count = 1;
            break;
        case 1:
            returns->end = GOLF_GO;
            break;
        case 2: /* a register cannot have both */
            need_at_end(test, RDI, 64, constant(6));
            need_at_end(returns, RDI, 64, constant(7));
            break;
        default: /* the new call would come after another call */
            need_at_end(before, RDI, 64, cases(1, 2));
            test->at_start[RDI] = opaque(70);
            need_at_end(test, RDI, 64, opaque(70));
        }
        stays(&lifted);
    }
}
END_TEST

/* A subroutine counts from its own beginning. */
START_TEST(a_call_keeps_the_stack_pointer_of_the_caller)
{
    for (unsigned is_number = 0; is_number < 2; is_number++) {
        struct golf_lifted lifted;
        make_call(&lifted);
        struct golf_block *before = &lifted.blocks[BEFORE], *test = &lifted.blocks[TEST];
        if (is_number)
            before->needs[0].values[0] = constant(3);
        need_at_end(before, RSP, 64, stack_of(0, -16));
        test->at_start[RSP] = stack_of(1, 0);
        need_at_end(test, RSP, 64, stack_of(1, 0));
        need_at_end(&lifted.blocks[ZERO], RSP, 64, stack_of(1, 0));
        ck_assert(leads(&lifted));
        ck_assert_uint_eq(lifted.count, BLOCKS_MADE + !is_number);
        ck_assert(ends_with(&lifted, BEFORE, RSP, 64, stack_of(0, -16)));
        if (!is_number)
            ck_assert(ends_with(&lifted, BLOCKS_MADE, RSP, 64, stack_of(0, -16)));
        blocks_free(&lifted);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_threads_needs");
    TCase *cases = tcase_create("threads");
    tcase_add_loop_test(cases, what_the_test_ends_with_is_needed_before_it, 0,
                        sizeof passed / sizeof passed[0]);
    tcase_add_test(cases, one_of_two_values_is_not_passed_on);
    tcase_add_test(cases, a_value_is_taken_from_its_own_register);
    tcase_add_test(cases, a_value_is_taken_from_another_register_where_its_own_has_it_not);
    tcase_add_test(cases, the_stack_pointer_is_counted_as_before_the_test);
    tcase_add_test(cases, the_stack_pointer_stays_as_it_is_where_nothing_counts_it);
    tcase_add_test(cases, what_would_return_at_once_is_not_called);
    tcase_add_test(cases, a_new_call_begins_with_as_many_values_as_it_passes_on);
    tcase_add_test(cases, a_caller_needs_what_the_call_and_the_return_need);
    tcase_add_test(cases, a_return_that_does_something_or_needs_something_else_is_called);
    tcase_add_test(cases, a_call_keeps_the_stack_pointer_of_the_caller);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

/* golf/rewrite/pushes.h: where something may be pushed although the stack pointer is not known, in
 * programs made by hand. */
#include <string.h>

#include "golf/rewrite/pushes.h"
#include "room.h"

enum { BLOCKS_MADE = 4, ASKED = 1, OTHER = 2, LAST = 3 };

static const struct golf_value at_start = {.kind = GOLF_STACK},
                               below = {.kind = GOLF_STACK, .number = (uint64_t)-8},
                               above = {.kind = GOLF_STACK, .number = 8},
                               unknown = {.kind = GOLF_OPAQUE};

/* A program of which nothing says what the stack pointer is in block ASKED, which comes after the
 * first block, or after others. */
struct made {
    struct golf_operation operation; /* of the first block */
    struct golf_block blocks[BLOCKS_MADE];
    struct golf_lifted lifted;
};

static void make(struct made *made)
{
    *made = (struct made){.operation = {.kind = GOLF_KEPT}};
    made->lifted = (struct golf_lifted){.bits = 64, .blocks = made->blocks, .count = BLOCKS_MADE};
    made->blocks[0] = (struct golf_block){
        .operations = &made->operation, .count = 1, .end = GOLF_GO, .taken = ASKED};
    for (size_t i = ASKED; i < BLOCKS_MADE; i++) {
        made->blocks[i].end = GOLF_STOP;
        made->blocks[i].known[X86_RSP] = unknown;
    }
}

static void need_stack(struct golf_block *block, struct golf_value value)
{
    block->needs[block->need_count++] =
        (struct golf_need){.reg = X86_RSP, .bits = 64, .count = 1, .values = {value}};
}

static bool may_push(struct made *made, size_t block)
{
    pushes_note(&made->lifted);
    return made->blocks[block].known[X86_RSP].kind == GOLF_STACK &&
           made->blocks[block].known[X86_RSP].data == GOLF_SOME_STACK;
}

static const struct {
    const struct golf_value *stack;
    bool may;
} ends[] = {{&at_start, true}, {&below, true}, {&above, false}, {&unknown, false}};

/* Above the program's first stack pointer are its arguments. */
START_TEST(nothing_is_pushed_where_a_block_before_it_ends_above_the_start_of_the_stack)
{
    struct made made;
    make(&made);
    need_stack(&made.blocks[0], *ends[_i].stack);
    ck_assert(may_push(&made, ASKED) == ends[_i].may);
    make(&made);
    made.blocks[0].at_start[X86_RSP] = *ends[_i].stack;
    ck_assert(may_push(&made, ASKED) == ends[_i].may);
    make(&made);
    made.blocks[0].known[X86_RSP] = *ends[_i].stack;
    ck_assert(may_push(&made, ASKED) == ends[_i].may);
    /* what is known is not asked where it begins with a value */
    make(&made);
    made.blocks[0].known[X86_RSP] = at_start;
    made.blocks[0].at_start[X86_RSP] = *ends[_i].stack;
    ck_assert(may_push(&made, ASKED) == ends[_i].may);
}
END_TEST

/* What it needs at the end is there, whatever it begins with. */
START_TEST(the_end_of_a_block_counts)
{
    struct made made;
    make(&made);
    made.blocks[0].at_start[X86_RSP] = at_start;
    need_stack(&made.blocks[0], above);
    ck_assert(!may_push(&made, ASKED));
    make(&made);
    made.blocks[0].at_start[X86_RSP] = above;
    need_stack(&made.blocks[0], at_start);
    ck_assert(may_push(&made, ASKED));
}
END_TEST

START_TEST(nothing_is_pushed_where_the_stack_pointer_is_not_told)
{
    struct made made;
    make(&made);
    ck_assert(!may_push(&made, ASKED));
    /* it was 0, and an operation left something else */
    make(&made);
    made.blocks[0].known[X86_RSP] = at_start;
    made.operation.writes = 1u << X86_RSP;
    ck_assert(!may_push(&made, ASKED));
    /* one of two values */
    make(&made);
    need_stack(&made.blocks[0], at_start);
    made.blocks[0].needs[0].count = 2;
    made.blocks[0].needs[0].values[1] = above;
    ck_assert(!may_push(&made, ASKED));
}
END_TEST

START_TEST(each_way_into_a_block_counts)
{
    for (unsigned bad = 0; bad < 2; bad++) {
        struct made made;
        make(&made);
        made.blocks[0].end = GOLF_BRANCH;
        made.blocks[0].other = OTHER;
        made.blocks[0].known[X86_RSP] = at_start;
        made.blocks[OTHER].end = GOLF_GO;
        made.blocks[OTHER].taken = ASKED;
        if (bad)
            need_stack(&made.blocks[OTHER], above);
        ck_assert(may_push(&made, ASKED) == !bad);
    }
}
END_TEST

/* Nor what they have in fields that their ends do not use. */
START_TEST(blocks_that_do_not_lead_to_it_do_not_count)
{
    for (unsigned end = GOLF_STOP; end <= GOLF_CALLS; end++) {
        struct made made;
        make(&made);
        need_stack(&made.blocks[0], at_start);
        need_stack(&made.blocks[LAST], above);
        made.blocks[LAST].end = (uint8_t)end;
        made.blocks[LAST].taken = made.blocks[LAST].other = OTHER;
        if (end == GOLF_STOP)
            made.blocks[LAST].taken = ASKED;
        if (end == GOLF_GO)
            made.blocks[LAST].other = ASKED;
        ck_assert(may_push(&made, ASKED));
    }
}
END_TEST

/* Also from blocks of which it is not known, but for that. */
START_TEST(a_way_through_blocks_that_may_push_counts_as_one)
{
    for (unsigned bad = 0; bad < 2; bad++) {
        struct made made;
        make(&made);
        made.blocks[0].known[X86_RSP] = bad ? above : at_start;
        made.blocks[0].taken = LAST;
        made.blocks[LAST].end = made.blocks[OTHER].end = GOLF_GO;
        made.blocks[LAST].taken = OTHER;
        made.blocks[OTHER].taken = ASKED;
        ck_assert(may_push(&made, ASKED) == !bad);
        ck_assert(may_push(&made, OTHER) == !bad);
        ck_assert(may_push(&made, LAST) == !bad);
    }
}
END_TEST

/* After a call the stack pointer is what the caller had, whatever the subroutine returns with. */
START_TEST(after_a_call_the_callers_stack_pointer_counts)
{
    for (unsigned bad = 0; bad < 2; bad++) {
        struct made made;
        make(&made);
        made.blocks[0].end = GOLF_CALLS;
        made.blocks[0].taken = OTHER;
        made.blocks[0].other = ASKED;
        need_stack(&made.blocks[0], bad ? above : at_start);
        made.blocks[OTHER].end = GOLF_RETURNS;
        made.blocks[OTHER].known[X86_RSP] = (struct golf_value){.kind = GOLF_STACK, .data = 1};
        ck_assert(may_push(&made, ASKED) == !bad);
    }
}
END_TEST

START_TEST(what_is_known_of_the_stack_pointer_stays)
{
    struct made made;
    make(&made);
    need_stack(&made.blocks[0], at_start);
    made.blocks[ASKED].known[X86_RSP] = above;
    ck_assert(!may_push(&made, ASKED));
    ck_assert_uint_eq(made.blocks[ASKED].known[X86_RSP].number, 8);
    make(&made);
    need_stack(&made.blocks[0], at_start);
    made.blocks[ASKED].at_start[X86_RSP] = unknown;
    ck_assert(!may_push(&made, ASKED));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_pushes");
    TCase *cases = tcase_create("pushes");
    tcase_add_loop_test(cases,
                        nothing_is_pushed_where_a_block_before_it_ends_above_the_start_of_the_stack,
                        0, sizeof ends / sizeof ends[0]);
    tcase_add_test(cases, the_end_of_a_block_counts);
    tcase_add_test(cases, nothing_is_pushed_where_the_stack_pointer_is_not_told);
    tcase_add_test(cases, each_way_into_a_block_counts);
    tcase_add_test(cases, blocks_that_do_not_lead_to_it_do_not_count);
    tcase_add_test(cases, a_way_through_blocks_that_may_push_counts_as_one);
    tcase_add_test(cases, after_a_call_the_callers_stack_pointer_counts);
    tcase_add_test(cases, what_is_known_of_the_stack_pointer_stays);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

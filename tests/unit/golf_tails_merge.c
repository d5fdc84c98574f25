/* golf/rewrite/tails.h: what becomes of an end that two blocks have in common, in programs made by
 * hand. */
#include "golf_tails.h"

/* ---- one for both ---- */

/* Adds what an operation of both needs. */
static void both_need(struct golf_lifted *lifted, unsigned number, unsigned reg, unsigned bits,
                      struct golf_value one, struct golf_value two)
{
    for (size_t block = ONE; block <= TWO; block++) {
        struct golf_operation *operation = operation_of(lifted, block, number);
        operation->needs[operation->need_count++] = one_need(reg, bits, block == ONE ? one : two);
    }
}

static void both_write(struct golf_lifted *lifted, unsigned number, unsigned reg,
                       struct golf_value one, struct golf_value two)
{
    for (size_t block = ONE; block <= TWO; block++) {
        struct golf_operation *operation = operation_of(lifted, block, number);
        operation->writes |= (uint16_t)(1u << reg);
        operation->after[reg] = block == ONE ? one : two;
    }
}

static bool merges(struct golf_lifted *lifted)
{
    bool has_memory = false;
    const bool is_merged = tails_merge(lifted, ONE, TWO, 2, &has_memory);
    ck_assert(has_memory);
    ck_assert_uint_eq(lifted->count, BLOCKS_MADE + is_merged);
    return is_merged;
}

static void does_not_merge(struct golf_lifted *lifted)
{
    ck_assert(!merges(lifted));
    blocks_free(lifted);
}

/* The value that an operation of the new block needs. */
static struct golf_value needed(const struct golf_lifted *lifted, unsigned number, unsigned reg)
{
    const struct golf_operation *operation = &lifted->blocks[MERGED].operations[number - FIRST];
    const struct golf_need *need = need_in(operation->needs, operation->need_count, reg);
    ck_assert_ptr_nonnull(need);
    return need->values[0];
}

static struct golf_value begins(const struct golf_lifted *lifted, unsigned reg)
{
    return lifted->blocks[MERGED].at_start[reg];
}

static bool is_same(struct golf_value one, struct golf_value other)
{
    return value_is_same(&one, &other);
}

START_TEST(both_blocks_lead_to_their_common_end)
{
    struct golf_lifted lifted;
    make(&lifted);
    for (size_t block = ONE; block <= TWO; block++) {
        branch_to(&lifted, block, JUMP_ZERO, NEXT, ELSEWHERE);
        lifted.blocks[block].at_start[RBX] = lifted.blocks[block].known[RBX] = constant(3);
        lifted.blocks[block].flags_live = OTHER_FLAG;
        operation_of(&lifted, block, FIRST)->keeps_below = true;
        operation_of(&lifted, block, FIRST)->flags_set = FLAG | OTHER_FLAG;
    }
    ck_assert(merges(&lifted));
    const struct golf_block *merged = &lifted.blocks[MERGED];
    ck_assert_uint_eq(merged->count, 2);
    ck_assert(merged->end == GOLF_BRANCH && merged->condition == JUMP_ZERO);
    ck_assert(merged->taken == NEXT && merged->other == ELSEWHERE);
    ck_assert_uint_eq(merged->flags_live, OTHER_FLAG);
    ck_assert_uint_eq(merged->offset, OFFSET * ONE + FIRST);
    ck_assert(merged->size == (uint64_t)2 * LENGTH);
    ck_assert(begins(&lifted, RBX).kind == GOLF_UNKNOWN);
    ck_assert(merged->known[RBX].kind == GOLF_UNKNOWN);
    for (size_t i = ONE; i <= TWO; i++) {
        const struct golf_block *block = &lifted.blocks[i];
        ck_assert_uint_eq(block->count, 1);
        ck_assert(block->end == GOLF_GO && block->taken == MERGED && block->other == 0);
        ck_assert(block->condition == 0 && block->flags_live == 0 && block->need_count == 0);
        /* what is below the stack pointer matters there still */
        ck_assert(block->keeps_below);
    }
    blocks_free(&lifted);
}
END_TEST

/* Values that are not the same are in the register in which they are needed. */
static const struct {
    struct golf_value one, two;
} different[] = {
    {{.kind = GOLF_CONSTANT, .number = 1}, {.kind = GOLF_CONSTANT, .number = 2}},
    {{.kind = GOLF_OPAQUE, .number = 1}, {.kind = GOLF_OPAQUE, .number = 1}},
    {{.kind = GOLF_OPAQUE, .number = 1}, {.kind = GOLF_CONSTANT, .number = 1}},
    {{.kind = GOLF_ADDRESS, .data = 1}, {.kind = GOLF_ADDRESS, .data = 2}},
    {{.kind = GOLF_STACK, .number = 8}, {.kind = GOLF_STACK, .number = 16}},
    /* of a call before it */
    {{.kind = GOLF_CASES, .number = 1}, {.kind = GOLF_CASES, .number = 1}},
};

START_TEST(what_may_differ_is_passed_on_in_its_register)
{
    struct golf_lifted lifted;
    make(&lifted);
    both_need(&lifted, FIRST, RSI, 32, different[_i].one, different[_i].two);
    both_need(&lifted, FIRST, RDI, 64, opaque(70), opaque(80));
    ck_assert(merges(&lifted));
    ck_assert(ends_with(&lifted, ONE, RSI, 32, different[_i].one));
    ck_assert(ends_with(&lifted, TWO, RSI, 32, different[_i].two));
    ck_assert_uint_eq(begins(&lifted, RSI).kind, GOLF_OPAQUE);
    ck_assert(is_same(needed(&lifted, FIRST, RSI), begins(&lifted, RSI)));
    ck_assert(is_same(needed(&lifted, FIRST, RDI), begins(&lifted, RDI)));
    ck_assert(!is_same(begins(&lifted, RSI), begins(&lifted, RDI)));
    blocks_free(&lifted);
}
END_TEST

static const struct golf_value same[] = {
    {.kind = GOLF_CONSTANT, .number = 1},
    {.kind = GOLF_ADDRESS, .data = 1},
    {.kind = GOLF_UNKNOWN},
};

START_TEST(what_is_the_same_everywhere_is_not_passed_on)
{
    struct golf_lifted lifted;
    make(&lifted);
    both_need(&lifted, FIRST, RSI, 32, same[_i], same[_i]);
    ck_assert(merges(&lifted));
    ck_assert(is_same(needed(&lifted, FIRST, RSI), same[_i]));
    ck_assert_uint_eq(begins(&lifted, RSI).kind, GOLF_UNKNOWN);
    ck_assert_uint_eq(lifted.blocks[ONE].need_count, 0);
    blocks_free(&lifted);
}
END_TEST

START_TEST(what_depends_on_a_call_of_the_common_end_is_not_passed_on)
{
    struct golf_lifted lifted;
    make(&lifted);
    for (size_t block = ONE; block <= TWO; block++)
        operation_of(&lifted, block, FIRST)->kind = GOLF_CALL;
    both_need(&lifted, FIRST, RDI, 64, cases(1, 2), cases(1, 2));
    both_need(&lifted, LAST, RSI, 64, cases(3, 4), cases(3, 4));
    both_need(&lifted, LAST, RBX, 64, cases(3, 4), cases(3, 5));
    both_need(&lifted, LAST, RAX, 64, opaque(70), opaque(70));
    ck_assert(merges(&lifted));
    ck_assert_uint_eq(begins(&lifted, RDI).kind, GOLF_OPAQUE); /* of a call before it */
    ck_assert(is_same(needed(&lifted, LAST, RSI), cases(3, 4)));
    ck_assert_uint_eq(begins(&lifted, RSI).kind, GOLF_UNKNOWN);
    ck_assert_uint_eq(begins(&lifted, RBX).kind, GOLF_OPAQUE);
    ck_assert_uint_eq(begins(&lifted, RAX).kind, GOLF_OPAQUE);
    blocks_free(&lifted);
}
END_TEST

/* It is passed on once, in as many bits as any operation needs. */
START_TEST(what_is_passed_on_may_be_needed_elsewhere)
{
    struct golf_lifted lifted;
    make(&lifted);
    both_need(&lifted, FIRST, RSI, 16, constant(1), constant(2));
    both_need(&lifted, FIRST, RBX, 16, constant(3), constant(4));
    both_need(&lifted, LAST, RDI, 32, constant(1), constant(2));
    both_need(&lifted, LAST, RSI, 8, constant(1), constant(2));
    /* one of both is the same */
    both_need(&lifted, LAST, RAX, 32, constant(1), constant(3));
    both_need(&lifted, LAST, RSP, 32, constant(3), constant(2));
    ck_assert(merges(&lifted));
    ck_assert(is_same(needed(&lifted, LAST, RDI), begins(&lifted, RSI)));
    ck_assert(is_same(needed(&lifted, LAST, RSI), begins(&lifted, RSI)));
    ck_assert(!is_same(needed(&lifted, LAST, RAX), begins(&lifted, RSI)));
    ck_assert(!is_same(needed(&lifted, LAST, RSP), begins(&lifted, RSI)));
    ck_assert_uint_eq(begins(&lifted, RDI).kind, GOLF_UNKNOWN);
    ck_assert(ends_with(&lifted, ONE, RSI, 32, constant(1)));
    ck_assert(ends_with(&lifted, TWO, RSI, 32, constant(2)));
    ck_assert(ends_with(&lifted, ONE, RBX, 16, constant(3)));
    ck_assert(ends_with(&lifted, TWO, RBX, 16, constant(4)));
    blocks_free(&lifted);
}
END_TEST

START_TEST(a_register_passes_on_one_value)
{
    struct golf_lifted lifted;
    make(&lifted);
    both_need(&lifted, FIRST, RSI, 32, constant(1), constant(2));
    both_need(&lifted, LAST, RSI, 32, constant(3), constant(4));
    does_not_merge(&lifted);
    /* and none that it has before something is written to it */
    make(&lifted);
    both_write(&lifted, FIRST, RSI, opaque(70), opaque(80));
    both_need(&lifted, LAST, RSI, 32, constant(3), constant(4));
    does_not_merge(&lifted);
}
END_TEST

START_TEST(one_of_two_numbers_has_to_be_the_same_two)
{
    for (unsigned what = 0; what < 3; what++) {
        struct golf_lifted lifted;
        make(&lifted);
        both_need(&lifted, FIRST, RSI, 32, constant(231), constant(231));
        for (size_t block = ONE; block <= TWO; block++) {
            struct golf_need *need = operation_of(&lifted, block, FIRST)->needs;
            need->count = 2;
            need->values[1] = what == 2 ? opaque(60) : constant(block == TWO && what ? 61 : 60);
        }
        if (what) {
            does_not_merge(&lifted);
            continue;
        }
        ck_assert(merges(&lifted));
        ck_assert_uint_eq(lifted.blocks[ONE].need_count, 0);
        ck_assert_uint_eq(lifted.blocks[MERGED].operations[0].needs[0].count, 2);
        blocks_free(&lifted);
    }
}
END_TEST

/* ---- what operations leave ---- */

static const struct {
    struct golf_value one, two;
    enum golf_value_kind left;
} left[] = {
    {{.kind = GOLF_OPAQUE, .number = 70}, {.kind = GOLF_OPAQUE, .number = 80}, GOLF_OPAQUE},
    {{.kind = GOLF_OPAQUE, .number = 70}, {.kind = GOLF_OPAQUE, .number = 70}, GOLF_OPAQUE},
    {{.kind = GOLF_CONSTANT, .number = 1}, {.kind = GOLF_CONSTANT, .number = 1}, GOLF_CONSTANT},
    {{.kind = GOLF_CONSTANT, .number = 1}, {.kind = GOLF_CONSTANT, .number = 2}, GOLF_UNKNOWN},
    {{.kind = GOLF_OPAQUE, .number = 1}, {.kind = GOLF_CONSTANT, .number = 1}, GOLF_UNKNOWN},
    {{.kind = GOLF_ADDRESS, .data = 1}, {.kind = GOLF_ADDRESS, .data = 2}, GOLF_UNKNOWN},
    {{.kind = GOLF_STACK, .number = 8}, {.kind = GOLF_STACK, .number = 8}, GOLF_STACK},
    {{.kind = GOLF_STACK, .number = 8}, {.kind = GOLF_STACK, .number = 16}, GOLF_OPAQUE},
};

START_TEST(what_an_operation_leaves_is_what_it_leaves_in_both)
{
    struct golf_lifted lifted;
    make(&lifted);
    both_write(&lifted, FIRST, RAX, left[_i].one, left[_i].two);
    for (size_t block = ONE; block <= TWO; block++) /* and is not in other registers */
        operation_of(&lifted, block, FIRST)->after[RDI] = opaque(80);
    both_need(&lifted, LAST, RSI, 64, left[_i].one, left[_i].two);
    both_need(&lifted, LAST, RBX, 64, opaque(80), opaque(80));
    ck_assert(merges(&lifted));
    const struct golf_value *after = &lifted.blocks[MERGED].operations[0].after[RAX];
    ck_assert_uint_eq(after->kind, left[_i].left);
    ck_assert_uint_eq(begins(&lifted, RBX).kind, GOLF_OPAQUE);
    if (after->kind != GOLF_UNKNOWN)
        ck_assert(is_same(needed(&lifted, LAST, RSI), *after));
    if (after->kind == GOLF_OPAQUE)
        ck_assert_uint_gt(after->number, 80);
    if (left[_i].left == GOLF_OPAQUE)
        ck_assert_uint_eq(begins(&lifted, RSI).kind, GOLF_UNKNOWN);
    blocks_free(&lifted);
}
END_TEST

/* It is not asked what both leave: only if it is known, one value is another one's place. */
START_TEST(a_value_that_is_left_again_is_the_same_one)
{
    struct golf_lifted lifted;
    make(&lifted);
    both_write(&lifted, FIRST, RAX, opaque(70), opaque(80));
    both_write(&lifted, FIRST, RDI, opaque(70), opaque(80));
    both_write(&lifted, FIRST, RBX, opaque(70), opaque(81));
    ck_assert(merges(&lifted));
    const struct golf_value *after = lifted.blocks[MERGED].operations[0].after;
    ck_assert(is_same(after[RAX], after[RDI]));
    ck_assert(!is_same(after[RAX], after[RBX]));
    blocks_free(&lifted);
}
END_TEST

/* Makes all operations write so many values; the last one `rest` more than none. */
static void write_values(struct golf_lifted *lifted, unsigned count, unsigned each, unsigned rest)
{
    enum { ONES = 1000, TWOS = 2000 };
    for (size_t block = ONE; block <= TWO; block++)
        lifted->blocks[block].count = count;
    for (unsigned i = 0; i < count; i++)
        for (unsigned reg = 0; reg < (i + 1 == count ? rest : each); reg++)
            both_write(lifted, i, reg, opaque(ONES + 100 * i + reg), opaque(TWOS + 100 * i + reg));
}

static const struct {
    unsigned count, each, rest, needs;
    bool is_merged;
} many[] = {
    {7, 16, 16, 0, true}, {8, 16, 15, 0, true},  {8, 16, 16, 0, false}, {9, 15, 7, 0, true},
    {9, 15, 8, 0, false}, {9, 15, 15, 0, false}, {10, 14, 1, 1, true},  {10, 14, 1, 2, false},
};

/* Less than 128 of operations, and as many at the end. */
START_TEST(so_many_values_are_followed)
{
    struct golf_lifted lifted;
    bool has_memory;
    make(&lifted);
    write_values(&lifted, many[_i].count, many[_i].each, many[_i].rest);
    for (unsigned i = 0; i < many[_i].needs; i++)
        for (size_t block = ONE; block <= TWO; block++)
            need_at_end(&lifted.blocks[block], GOLF_REGISTERS - 1 - i, 64,
                        constant(10 * block + i));
    ck_assert(tails_merge(&lifted, ONE, TWO, many[_i].count, &has_memory) == many[_i].is_merged);
    ck_assert(has_memory);
    blocks_free(&lifted);
}
END_TEST

START_TEST(a_comparison_tells_what_it_tells_in_both)
{
    for (unsigned what = 0; what < 4; what++) {
        struct golf_lifted lifted;
        make(&lifted);
        for (size_t block = ONE; block <= TWO; block++) {
            struct golf_operation *last = operation_of(&lifted, block, LAST);
            const bool is_other = block == TWO;
            last->tells_equal = !(is_other && what == 1);
            last->equal_to = is_other && what == 2;
            last->equal_register = is_other && what == 3 ? RDI : RSI;
        }
        ck_assert(merges(&lifted));
        ck_assert(lifted.blocks[MERGED].operations[1].tells_equal == (what == 0));
        blocks_free(&lifted);
    }
}
END_TEST

/* ---- flags ---- */

/* Flags that are read in the common end have to be set there. */
START_TEST(no_flags_are_passed_on)
{
    enum { NOWHERE, BY_LAST, BY_THE_END, AFTERWARDS, WAYS };
    for (unsigned reads = NOWHERE; reads < WAYS; reads++)
        for (unsigned sets = HEAD; sets <= LAST; sets++)
            for (unsigned flag = 0; flag < 2; flag++) {
                struct golf_lifted lifted;
                make(&lifted);
                for (size_t block = ONE; block <= TWO; block++) {
                    operation_of(&lifted, block, sets)->flags_set = flag ? OTHER_FLAG : FLAG;
                    if (reads == BY_LAST)
                        operation_of(&lifted, block, LAST)->flags_read = FLAG;
                    if (reads == BY_THE_END)
                        branch_to(&lifted, block, JUMP_ZERO, NEXT, ELSEWHERE);
                    if (reads == AFTERWARDS)
                        lifted.blocks[block].flags_live = FLAG;
                }
                const bool is_set = !flag && (sets == FIRST || (sets == LAST && reads != BY_LAST));
                ck_assert_msg(merges(&lifted) == (is_set || reads == NOWHERE), "%u %u %u", reads,
                              sets, flag);
                blocks_free(&lifted);
            }
}
END_TEST

/* ---- the stack pointer ---- */

START_TEST(an_address_of_the_stack_is_made_of_the_stack_pointer_where_it_is_the_same)
{
    for (unsigned what = 0; what < 4; what++) {
        struct golf_lifted lifted;
        make(&lifted);
        if (what != 1)
            both_need(&lifted, FIRST, RSP, 64, stack_of(0, -16),
                      what == 2 ? stack_of(0, -24) : stack_of(0, -16));
        both_need(&lifted, FIRST, RSI, 64, stack_of(0, -8),
                  what == 3 ? stack_of(0, 0) : stack_of(0, -8));
        both_need(&lifted, FIRST, RDI, 64, opaque(70), opaque(70));
        ck_assert(merges(&lifted));
        ck_assert_uint_eq(begins(&lifted, RDI).kind, GOLF_OPAQUE);
        ck_assert_uint_eq(begins(&lifted, RSI).kind, what == 0   ? GOLF_UNKNOWN
                                                     : what == 3 ? GOLF_OPAQUE
                                                                 : GOLF_STACK);
        if (what != 3)
            ck_assert(is_same(needed(&lifted, FIRST, RSI), stack_of(0, -8)));
        if (what == 0)
            ck_assert(is_same(begins(&lifted, RSP), stack_of(0, -16)));
        if (what != 1)
            ck_assert(ends_with(&lifted, ONE, RSP, 64, stack_of(0, -16)));
        blocks_free(&lifted);
    }
}
END_TEST

/* What it is before the common end: by what the block begins with, what is known there besides, or
 * what an operation before the end left. */
START_TEST(where_the_stack_pointer_is_the_same_in_both_it_is_known)
{
    for (unsigned what = 0; what < 5; what++) {
        struct golf_lifted lifted;
        make(&lifted);
        lifted.blocks[ONE].at_start[RSP] = stack_of(0, -8);
        struct golf_block *two = &lifted.blocks[TWO];
        two->known[RSP] = what == 1 ? stack_of(0, -16) : stack_of(0, -8);
        if (what == 2)
            two->at_start[RSP] = stack_of(0, -16);
        operation_of(&lifted, TWO, what == 4 ? FIRST : HEAD)->after[RSP] = stack_of(0, -24);
        if (what >= 3)
            operation_of(&lifted, TWO, what == 4 ? FIRST : HEAD)->writes = 1u << RSP;
        ck_assert(merges(&lifted));
        if (what == 0 || what == 4)
            ck_assert(is_same(lifted.blocks[MERGED].known[RSP], stack_of(0, -8)));
        else
            ck_assert_uint_eq(lifted.blocks[MERGED].known[RSP].kind, GOLF_UNKNOWN);
        blocks_free(&lifted);
    }
}
END_TEST

/* ---- what is needed afterwards ---- */

START_TEST(the_common_end_needs_what_both_need)
{
    struct golf_lifted lifted;
    make(&lifted);
    need_at_end(&lifted.blocks[ONE], RSI, 32, constant(1));
    need_at_end(&lifted.blocks[ONE], RDI, 16, constant(7));
    need_at_end(&lifted.blocks[TWO], RDI, 8, constant(7));
    need_at_end(&lifted.blocks[TWO], RSI, 64, constant(2));
    ck_assert(merges(&lifted));
    ck_assert(ends_with(&lifted, MERGED, RSI, 64, begins(&lifted, RSI)));
    ck_assert(ends_with(&lifted, MERGED, RDI, 16, constant(7)));
    /* in as many bits as the other one */
    ck_assert(ends_with(&lifted, ONE, RSI, 64, constant(1)));
    ck_assert(ends_with(&lifted, TWO, RSI, 64, constant(2)));
    blocks_free(&lifted);
    /* in other registers */
    make(&lifted);
    need_at_end(&lifted.blocks[ONE], RSI, 32, constant(1));
    need_at_end(&lifted.blocks[TWO], RDI, 32, constant(1));
    does_not_merge(&lifted);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_tails_merge");
    TCase *cases = tcase_create("tails");
    tcase_add_test(cases, both_blocks_lead_to_their_common_end);
    tcase_add_loop_test(cases, what_may_differ_is_passed_on_in_its_register, 0,
                        sizeof different / sizeof different[0]);
    tcase_add_loop_test(cases, what_is_the_same_everywhere_is_not_passed_on, 0,
                        sizeof same / sizeof same[0]);
    tcase_add_test(cases, what_depends_on_a_call_of_the_common_end_is_not_passed_on);
    tcase_add_test(cases, what_is_passed_on_may_be_needed_elsewhere);
    tcase_add_test(cases, a_register_passes_on_one_value);
    tcase_add_test(cases, one_of_two_numbers_has_to_be_the_same_two);
    tcase_add_loop_test(cases, what_an_operation_leaves_is_what_it_leaves_in_both, 0,
                        sizeof left / sizeof left[0]);
    tcase_add_test(cases, a_value_that_is_left_again_is_the_same_one);
    tcase_add_loop_test(cases, so_many_values_are_followed, 0, sizeof many / sizeof many[0]);
    tcase_add_test(cases, a_comparison_tells_what_it_tells_in_both);
    tcase_add_test(cases, no_flags_are_passed_on);
    tcase_add_test(cases,
                   an_address_of_the_stack_is_made_of_the_stack_pointer_where_it_is_the_same);
    tcase_add_test(cases, where_the_stack_pointer_is_the_same_in_both_it_is_known);
    tcase_add_test(cases, the_common_end_needs_what_both_need);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

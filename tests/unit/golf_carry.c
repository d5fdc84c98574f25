/* golf/rewrite/carry.h: which values could stay in a register, and in which blocks, in programs
 * made by hand. */
#include "golf/rewrite/carry.h"
#include "golf_blocks.h"

enum { RAX, RCX, RBX = 3, RSP, RSI = 6, RDI };

/* Blocks: each leads to the next one. */
enum { ENTRY, ONE, TWO, THREE, LAST, BLOCKS_MADE, ROOM = 20 };

static void make(struct golf_lifted *lifted)
{
    make_blocks(lifted, BLOCKS_MADE, ROOM);
    for (size_t i = ENTRY; i < LAST; i++)
        lead_to(lifted, i, (uint16_t)(i + 1));
}

/* Adds an operation that needs a value. */
static struct golf_operation *add_use(struct golf_lifted *lifted, size_t block, unsigned reg,
                                      struct golf_value value)
{
    struct golf_block *to = &lifted->blocks[block];
    struct golf_operation *operation = &to->operations[to->count++];
    operation->kind = GOLF_KEPT;
    operation->needs[operation->need_count++] = one_need(reg, 32, value);
    return operation;
}

/* Adds one that writes a register. */
static struct golf_operation *add_change(struct golf_lifted *lifted, size_t block, unsigned reg)
{
    struct golf_block *to = &lifted->blocks[block];
    struct golf_operation *operation = &to->operations[to->count++];
    operation->kind = GOLF_KEPT;
    operation->writes = (uint16_t)(1u << reg);
    operation->after[reg] = opaque(70);
    return operation;
}

/* ---- which values ---- */

static bool is_found(const struct carried *found, size_t count, unsigned reg,
                     struct golf_value value)
{
    size_t times = 0;
    for (size_t i = 0; i < count; i++)
        times += found[i].reg == reg && value_is_same(&found[i].value, &value);
    ck_assert_uint_le(times, 1);
    return times == 1;
}

static const struct {
    struct golf_value value;
    bool is_everywhere;
} values[] = {
    {{.kind = GOLF_CONSTANT, .number = 7}, true},
    {{.kind = GOLF_ADDRESS, .data = 1}, true},
    {{.kind = GOLF_STACK, .number = 8}, true},
    {{.kind = GOLF_STACK, .data = 1}, false},
    {{.kind = GOLF_OPAQUE, .number = 7}, false},
    {{.kind = GOLF_CASES}, false},
    {{.kind = GOLF_UNKNOWN}, false},
    {{.kind = GOLF_BYTE}, false},
};

START_TEST(values_that_are_the_same_everywhere_are_found)
{
    struct golf_lifted lifted;
    struct carried found[CARRIED];
    const struct golf_value value = values[_i].value;
    make(&lifted);
    add_use(&lifted, ONE, RSI, value);
    add_use(&lifted, TWO, RSI, value);
    add_use(&lifted, TWO, RDI, value);
    add_use(&lifted, TWO, RSP, value);
    need_at_end(&lifted.blocks[THREE], RBX, 8, value);
    /* one of two */
    add_use(&lifted, TWO, RAX, value)->needs[0].count = 2;
    const size_t count = carry_find(&lifted, found);
    ck_assert_uint_eq(count, values[_i].is_everywhere ? 3 : 0);
    if (count)
        ck_assert(is_found(found, count, RSI, value) && is_found(found, count, RDI, value) &&
                  is_found(found, count, RBX, value));
    blocks_free(&lifted);
}
END_TEST

START_TEST(only_so_many_values_are_found)
{
    struct golf_lifted lifted;
    struct carried found[CARRIED + 1];
    make(&lifted);
    for (unsigned i = 0; i <= CARRIED; i++)
        add_use(&lifted, i % BLOCKS_MADE, RSI, constant(i));
    found[CARRIED].reg = RBX;
    ck_assert_uint_eq(carry_find(&lifted, found), CARRIED);
    ck_assert_uint_eq(found[CARRIED].reg, RBX);
    blocks_free(&lifted);
}
END_TEST

/* ONE goes on with TWO if rbx, which is not changed, is 7, and with THREE otherwise. */
static struct golf_operation *make_told(struct golf_lifted *lifted, unsigned condition)
{
    make(lifted);
    struct golf_operation *last = add_use(lifted, ONE, RBX, opaque(60));
    last->tells_equal = true;
    last->equal_register = RBX;
    last->equal_to = 7;
    branch_to(lifted, ONE, condition, condition == JUMP_ZERO ? TWO : THREE,
              condition == JUMP_ZERO ? THREE : TWO);
    return last;
}

static size_t count_told(struct golf_lifted *lifted)
{
    struct carried found[CARRIED];
    const size_t count = carry_find(lifted, found);
    if (count)
        ck_assert(is_found(found, count, RBX, constant(7)));
    blocks_free(lifted);
    return count;
}

START_TEST(a_number_that_a_comparison_tells_is_found)
{
    for (unsigned condition = JUMP_ZERO; condition <= JUMP_NOT_ZERO; condition++) {
        struct golf_lifted lifted;
        make_told(&lifted, condition);
        ck_assert_uint_eq(count_told(&lifted), 1);
        /* what the last operation leaves, too */
        struct golf_operation *last = make_told(&lifted, condition);
        last->needs[0].count = 2;
        last->writes = 1u << RBX;
        last->after[RBX] = opaque(61);
        ck_assert_uint_eq(count_told(&lifted), 1);
    }
}
END_TEST

START_TEST(a_comparison_that_tells_no_number_is_not_asked)
{
    for (unsigned what = 0; what < 11; what++) {
        struct golf_lifted lifted;
        /* nothing of what another one tells is left */
        make_told(&lifted, JUMP_ZERO);
        ck_assert_uint_eq(count_told(&lifted), 1);
        struct golf_operation *last = make_told(&lifted, JUMP_ZERO);
        if (what == 0)
            last->tells_equal = false;
        else if (what == 1) /* instructions with 64-bit operands may have become such with 32 */
            last->equal_to = UINT64_C(1) << 32;
        else if (what == 2)
            lifted.blocks[ONE].other = TWO;
        else if (what == 3) /* another condition */
            lifted.blocks[ONE].condition = JUMP_NOT_ZERO + 1;
        else if (what == 4)
            lifted.blocks[ONE].end = GOLF_CALLS;
        else if (what == 5)
            last->need_count = 0;
        else if (what == 6)
            last->needs[0].count = 2;
        else if (what == 7)
            last->needs[0].values[0] = cases(1, 2);
        else if (what == 8)
            last->needs[0].reg = last->equal_register = RSP;
        else if (what == 9) /* nothing is compared after it */
            add_change(&lifted, ONE, RDI);
        else { /* what it leaves is a number anyway */
            last->writes = 1u << RBX;
            last->after[RBX] = constant(1);
        }
        ck_assert_msg(count_told(&lifted) == 0, "%u", what);
    }
}
END_TEST

START_TEST(a_number_that_is_told_has_up_to_32_bits)
{
    struct golf_lifted lifted;
    struct carried found[CARRIED];
    make_told(&lifted, JUMP_ZERO)->equal_to = UINT32_MAX;
    ck_assert_uint_eq(carry_find(&lifted, found), 1);
    ck_assert(is_found(found, 1, RBX, constant(UINT32_MAX)));
    blocks_free(&lifted);
}
END_TEST

START_TEST(what_another_block_compares_is_not_asked)
{
    struct golf_lifted lifted;
    make_told(&lifted, JUMP_ZERO);
    lifted.blocks[ONE].operations++;
    lifted.blocks[ONE].count = 0;
    struct carried found[CARRIED];
    ck_assert_uint_eq(carry_find(&lifted, found), 0);
    lifted.blocks[ONE].operations--;
    blocks_free(&lifted);
}
END_TEST

START_TEST(a_small_number_is_a_byte_in_a_register_that_has_one)
{
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        struct golf_lifted lifted;
        struct carried found[CARRIED];
        const struct golf_value byte = {.kind = GOLF_BYTE};
        make(&lifted);
        lifted.bits = bits;
        add_use(&lifted, ONE, RBX, constant(255));
        add_use(&lifted, ONE, RBX, constant(1));
        add_use(&lifted, ONE, RSI, constant(255));
        add_use(&lifted, ONE, RAX, constant(256));
        add_use(&lifted, ONE, RCX, address(1, 0));
        const size_t count = carry_find_bytes(&lifted, found);
        ck_assert_uint_eq(count, bits == 32 ? 1 : 2);
        ck_assert(is_found(found, count, RBX, byte));
        ck_assert(is_found(found, count, RSI, byte) == (bits == 64));
        blocks_free(&lifted);
    }
}
END_TEST

/* ---- which blocks ---- */

static bool has_only(const struct block_set *set, const char *blocks)
{
    for (size_t i = 0; i < BLOCKS_MADE; i++)
        if (set->has[i] != (blocks[i] == 'x'))
            return false;
    return true;
}

/* Whether these blocks could begin with a value in rsi: a text with an x for each of them. */
static bool could_begin(const struct golf_lifted *lifted, struct golf_value value,
                        const char *blocks)
{
    const struct carried carried = {RSI, value};
    struct block_set set;
    carry_blocks(lifted, &carried, &set);
    return has_only(&set, blocks);
}

/* What blocks need from TWO on: what is there, or few bytes away. */
static const struct {
    struct golf_value has, needs;
    bool is_near, is_near_without_byte;
} near[] = {
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 256}, true, true},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 257}, true, true},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 255}, true, true},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 258}, true, false},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 511}, true, false},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 254}, false, false},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_CONSTANT, .number = 512}, false, false},
    {{.kind = GOLF_CONSTANT}, {.kind = GOLF_ADDRESS}, false, false},
    {{.kind = GOLF_OPAQUE}, {.kind = GOLF_OPAQUE, .number = 1}, false, false},
    {{.kind = GOLF_ADDRESS, .data = 1}, {.kind = GOLF_ADDRESS, .data = 2}, true, false},
    {{.kind = GOLF_ADDRESS, .number = 128}, {.kind = GOLF_ADDRESS}, true, true},
    {{.kind = GOLF_ADDRESS}, {.kind = GOLF_ADDRESS, .number = 127}, true, true},
    {{.kind = GOLF_ADDRESS}, {.kind = GOLF_ADDRESS, .number = 128}, true, false},
    {{.kind = GOLF_STACK}, {.kind = GOLF_STACK, .number = 127}, true, true},
    {{.kind = GOLF_STACK}, {.kind = GOLF_STACK, .number = 128}, false, false},
    {{.kind = GOLF_STACK, .data = 1}, {.kind = GOLF_STACK, .number = 8}, false, false},
    {{.kind = GOLF_BYTE}, {.kind = GOLF_CONSTANT, .number = 255}, true, true},
    {{.kind = GOLF_BYTE}, {.kind = GOLF_CONSTANT, .number = 256}, false, false},
    {{.kind = GOLF_BYTE}, {.kind = GOLF_ADDRESS}, false, false},
};

START_TEST(blocks_from_which_it_is_needed_or_a_few_bytes_away_could_begin_with_it)
{
    for (unsigned bits = 32; bits <= 64; bits += 32)
        for (unsigned at_end = 0; at_end < 2; at_end++) {
            const bool is_near = bits == 64 ? near[_i].is_near : near[_i].is_near_without_byte;
            struct golf_lifted lifted;
            make(&lifted);
            lifted.bits = bits;
            if (at_end)
                need_at_end(&lifted.blocks[TWO], RSI, 32, near[_i].needs);
            else
                add_use(&lifted, TWO, RSI, near[_i].needs);
            ck_assert(could_begin(&lifted, near[_i].has, is_near ? "_xx__" : "_____"));
            blocks_free(&lifted);
        }
}
END_TEST

START_TEST(blocks_in_which_something_else_comes_first_could_not)
{
    struct golf_lifted lifted;
    make(&lifted);
    add_change(&lifted, TWO, RDI);
    add_use(&lifted, TWO, RDI, constant(1));
    add_use(&lifted, TWO, RSI, constant(7));
    ck_assert(could_begin(&lifted, constant(7), "_xx__"));
    /* it is written before */
    lifted.blocks[TWO].operations[0].writes = 1u << RSI;
    ck_assert(could_begin(&lifted, constant(7), "_____"));
    /* by an operation that needs it */
    lifted.blocks[TWO].operations[0].needs[0] = one_need(RSI, 32, constant(7));
    lifted.blocks[TWO].operations[0].need_count = 1;
    ck_assert(could_begin(&lifted, constant(7), "_xx__"));
    /* or another value is needed before, or one of two */
    lifted.blocks[TWO].operations[0].needs[0].count = 2;
    ck_assert(could_begin(&lifted, constant(7), "_____"));
    lifted.blocks[TWO].operations[0].needs[0] = one_need(RSI, 32, constant(700));
    ck_assert(could_begin(&lifted, constant(7), "_____"));
    /* also if they lead to one that needs it */
    add_use(&lifted, THREE, RSI, constant(7));
    ck_assert(could_begin(&lifted, constant(7), "___x_"));
    blocks_free(&lifted);
}
END_TEST

START_TEST(blocks_that_begin_with_something_else_could_not)
{
    struct golf_lifted lifted;
    make(&lifted);
    add_use(&lifted, THREE, RSI, constant(7));
    lifted.blocks[TWO].at_start[RSI] = constant(7);
    lifted.blocks[TWO].at_start[RDI] = constant(8);
    ck_assert(could_begin(&lifted, constant(7), "_xxx_"));
    lifted.blocks[TWO].at_start[RSI] = constant(8);
    ck_assert(could_begin(&lifted, constant(7), "___x_"));
    blocks_free(&lifted);
}
END_TEST

/* By both ways of a branch, by a call, what comes after it, and a return to there. */
START_TEST(blocks_that_lead_to_those_could_begin_with_it)
{
    struct golf_lifted lifted;
    make(&lifted);
    add_use(&lifted, THREE, RSI, constant(7));
    branch_to(&lifted, ONE, JUMP_ZERO, LAST, THREE);
    branch_to(&lifted, TWO, JUMP_ZERO, THREE, LAST);
    ck_assert(could_begin(&lifted, constant(7), "_xxx_"));
    lifted.blocks[ONE].end = lifted.blocks[TWO].end = GOLF_CALLS;
    lifted.blocks[LAST].end = GOLF_RETURNS;
    ck_assert(could_begin(&lifted, constant(7), "_xxxx"));
    /* nobody goes on there when it returns */
    call_of(&lifted, ONE, LAST, ENTRY);
    call_of(&lifted, TWO, LAST, ENTRY);
    ck_assert(could_begin(&lifted, constant(7), "___x_"));
    /* where a block does not lead */
    lifted.blocks[ONE].other = lifted.blocks[TWO].taken = lifted.blocks[TWO].other = THREE;
    lifted.blocks[ONE].end = GOLF_GO;
    lifted.blocks[TWO].end = GOLF_STOP;
    ck_assert(could_begin(&lifted, constant(7), "___x_"));
    blocks_free(&lifted);
}
END_TEST

START_TEST(a_part_of_them_is_a_block_and_those_before_it_that_pass_the_value_on)
{
    struct golf_lifted lifted;
    const struct carried carried = {RSI, constant(7)};
    struct block_set set;
    make(&lifted);
    add_use(&lifted, TWO, RSI, constant(7));
    add_use(&lifted, LAST, RSI, constant(7));
    ck_assert(could_begin(&lifted, constant(7), "_xxxx"));
    carry_blocks(&lifted, &carried, &set);
    carry_to(&lifted, &carried, LAST, &set);
    ck_assert(has_only(&set, "___xx"));
    carry_blocks(&lifted, &carried, &set);
    carry_to(&lifted, &carried, TWO, &set);
    ck_assert(has_only(&set, "_xx__"));
    /* and that are of them */
    carry_blocks(&lifted, &carried, &set);
    set.has[ONE] = false;
    carry_to(&lifted, &carried, TWO, &set);
    ck_assert(has_only(&set, "__x__"));
    blocks_free(&lifted);
}
END_TEST

/* ---- blocks that begin with it ---- */

/* Makes TWO begin with a value in a register. */
static bool carries(struct golf_lifted *lifted, unsigned reg, struct golf_value value, bool told)
{
    const struct carried carried = {(uint8_t)reg, value};
    const struct block_set set = {.has = {[TWO] = true}};
    bool is_told = !told;
    const bool is_right = carry(lifted, &carried, &set, &is_told);
    ck_assert(!is_right || is_told == told);
    ck_assert(!is_right || value_is_same(&lifted->blocks[TWO].at_start[reg], &value));
    return is_right;
}

START_TEST(all_blocks_before_end_with_all_bits_of_it)
{
    struct golf_lifted lifted;
    make(&lifted);
    branch_to(&lifted, ENTRY, JUMP_ZERO, THREE, TWO);
    need_at_end(&lifted.blocks[ENTRY], RSI, 8, constant(7));
    need_at_end(&lifted.blocks[TWO], RDI, 8, constant(1));
    ck_assert(carries(&lifted, RSI, constant(7), false));
    ck_assert(ends_with(&lifted, ENTRY, RSI, 64, constant(7)));
    ck_assert(ends_with(&lifted, ONE, RSI, 64, constant(7)));
    ck_assert_uint_eq(lifted.blocks[TWO].need_count, 1);
    ck_assert_uint_eq(lifted.blocks[THREE].at_start[RSI].kind, GOLF_UNKNOWN);
    blocks_free(&lifted);
}
END_TEST

static const struct {
    struct golf_value needs, carried;
    bool is_right;
    struct golf_value ends;
} ends[] = {
    {{.kind = GOLF_CONSTANT, .number = 8}, {.kind = GOLF_CONSTANT, .number = 7}, false, {0}},
    {{.kind = GOLF_OPAQUE, .number = 7}, {.kind = GOLF_CONSTANT, .number = 7}, false, {0}},
    /* a number below 256 may be that one, or is one of them */
    {{.kind = GOLF_BYTE},
     {.kind = GOLF_CONSTANT, .number = 255},
     true,
     {.kind = GOLF_CONSTANT, .number = 255}},
    {{.kind = GOLF_BYTE}, {.kind = GOLF_CONSTANT, .number = 256}, false, {0}},
    {{.kind = GOLF_BYTE}, {.kind = GOLF_BYTE}, true, {.kind = GOLF_BYTE}},
    {{.kind = GOLF_CONSTANT, .number = 255},
     {.kind = GOLF_BYTE},
     true,
     {.kind = GOLF_CONSTANT, .number = 255}},
    {{.kind = GOLF_CONSTANT, .number = 256}, {.kind = GOLF_BYTE}, false, {0}},
    {{.kind = GOLF_ADDRESS}, {.kind = GOLF_BYTE}, false, {0}},
    /* if a call failed it is an error */
    {{.kind = GOLF_CASES, .number = 1, .failed = UINT64_MAX}, {.kind = GOLF_BYTE}, false, {0}},
    {{.kind = GOLF_OPAQUE, .number = 7, .zeros = UINT64_MAX - 255},
     {.kind = GOLF_BYTE},
     true,
     {.kind = GOLF_OPAQUE, .number = 7}},
    {{.kind = GOLF_OPAQUE, .number = 7, .zeros = UINT64_MAX - 511},
     {.kind = GOLF_BYTE},
     false,
     {0}},
};

START_TEST(a_block_that_ends_with_something_else_cannot_end_with_it)
{
    struct golf_lifted lifted;
    make(&lifted);
    need_at_end(&lifted.blocks[ONE], RSI, 8, ends[_i].needs);
    ck_assert(carries(&lifted, RSI, ends[_i].carried, false) == ends[_i].is_right);
    if (ends[_i].is_right)
        ck_assert(ends_with(&lifted, ONE, RSI, 64, ends[_i].ends));
    blocks_free(&lifted);
    /* nor with one of two values */
    make(&lifted);
    need_at_end(&lifted.blocks[ONE], RSI, 8, ends[_i].carried);
    lifted.blocks[ONE].needs[0].count = 2;
    ck_assert(!carries(&lifted, RSI, ends[_i].carried, false));
    blocks_free(&lifted);
}
END_TEST

/* loop counts rcx down, and jrcxz asks it. */
START_TEST(rcx_is_left_to_an_end_that_asks_it)
{
    for (unsigned condition = GOLF_LOOPNE; condition <= GOLF_JRCXZ + 1; condition++)
        for (unsigned reg = RCX; reg <= RSI; reg += RSI - RCX) {
            const bool asks = condition <= GOLF_JRCXZ;
            struct golf_lifted lifted;
            make(&lifted);
            branch_to(&lifted, ONE, asks ? condition : JUMP_ZERO, TWO, THREE);
            need_at_end(&lifted.blocks[ONE], reg, 64, constant(7));
            ck_assert(carries(&lifted, reg, constant(7), false) == (!asks || reg != RCX));
            lifted.blocks[ONE].end = GOLF_GO;
            lifted.blocks[ONE].condition = (uint8_t)condition;
            ck_assert(carries(&lifted, reg, constant(7), false));
            blocks_free(&lifted);
        }
}
END_TEST

START_TEST(a_block_ends_with_what_its_condition_says_to_be_it)
{
    for (unsigned needs = 0; needs < 3; needs++) {
        struct golf_lifted lifted;
        make_told(&lifted, JUMP_ZERO);
        if (needs)
            need_at_end(&lifted.blocks[ONE], needs == 2 ? RSI : RBX, 32, opaque(60));
        ck_assert(carries(&lifted, needs == 2 ? RSI : RBX, constant(7), true));
        ck_assert(ends_with(&lifted, ONE, needs == 2 ? RSI : RBX, 64, opaque(60)));
        blocks_free(&lifted);
    }
}
END_TEST

START_TEST(a_condition_that_says_something_else_is_not_asked)
{
    for (unsigned what = 0; what < 4; what++) {
        struct golf_lifted lifted;
        struct golf_operation *last = make_told(&lifted, what == 0 ? JUMP_NOT_ZERO : JUMP_ZERO);
        if (what == 0) { /* the other way */
            lifted.blocks[ONE].taken = TWO;
            lifted.blocks[ONE].other = THREE;
        } else if (what == 1) { /* another number */
            last->equal_to = 8;
        } else if (what == 2) { /* of another value than it ends with */
            need_at_end(&lifted.blocks[ONE], RBX, 64, opaque(61));
            ck_assert(!carries(&lifted, RBX, constant(7), false));
            blocks_free(&lifted);
            continue;
        }
        /* or another register */
        ck_assert(carries(&lifted, what == 3 ? RSI : RBX, constant(7), false));
        ck_assert(ends_with(&lifted, ONE, what == 3 ? RSI : RBX, 64, constant(7)));
        blocks_free(&lifted);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_carry");
    TCase *cases = tcase_create("carry");
    tcase_add_loop_test(cases, values_that_are_the_same_everywhere_are_found, 0,
                        sizeof values / sizeof values[0]);
    tcase_add_test(cases, only_so_many_values_are_found);
    tcase_add_test(cases, a_number_that_a_comparison_tells_is_found);
    tcase_add_test(cases, a_comparison_that_tells_no_number_is_not_asked);
    tcase_add_test(cases, a_number_that_is_told_has_up_to_32_bits);
    tcase_add_test(cases, what_another_block_compares_is_not_asked);
    tcase_add_test(cases, a_small_number_is_a_byte_in_a_register_that_has_one);
    tcase_add_loop_test(cases,
                        blocks_from_which_it_is_needed_or_a_few_bytes_away_could_begin_with_it, 0,
                        sizeof near / sizeof near[0]);
    tcase_add_test(cases, blocks_in_which_something_else_comes_first_could_not);
    tcase_add_test(cases, blocks_that_begin_with_something_else_could_not);
    tcase_add_test(cases, blocks_that_lead_to_those_could_begin_with_it);
    tcase_add_test(cases, a_part_of_them_is_a_block_and_those_before_it_that_pass_the_value_on);
    tcase_add_test(cases, all_blocks_before_end_with_all_bits_of_it);
    tcase_add_loop_test(cases, a_block_that_ends_with_something_else_cannot_end_with_it, 0,
                        sizeof ends / sizeof ends[0]);
    tcase_add_test(cases, rcx_is_left_to_an_end_that_asks_it);
    tcase_add_test(cases, a_block_ends_with_what_its_condition_says_to_be_it);
    tcase_add_test(cases, a_condition_that_says_something_else_is_not_asked);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

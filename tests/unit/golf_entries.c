/* golf/rewrite/entries.h: another beginning of a subroutine, in programs made by hand. */
#include <stdlib.h>
#include <string.h>

#include "golf/rewrite/entries.h"
#include "room.h"

/* Blocks: the first two call the subroutine CALLED, and go on to the third one, which calls another
 * one. */
enum { ONE, TWO, OTHER_CALL, LAST, CALLED, OTHER, BLOCKS_MADE, RDI = 7, RSI = 6, OFFSET = 77 };

static const struct golf_value seven = {.kind = GOLF_CONSTANT, .number = 7},
                               eight = {.kind = GOLF_CONSTANT, .number = 8},
                               address = {.kind = GOLF_ADDRESS, .data = 1},
                               opaque = {.kind = GOLF_OPAQUE, .number = 7},
                               stack = {.kind = GOLF_STACK, .number = 7};

static void add_need(struct golf_block *block, unsigned reg, unsigned bits, struct golf_value value)
{
    block->needs[block->need_count++] = (struct golf_need){
        .reg = (uint8_t)reg, .bits = (uint8_t)bits, .count = 1, .values = {value}};
}

/* Both calls need `value` in a register, and any number of 32 bits in rdi. */
static void make(struct golf_lifted *lifted, unsigned reg, struct golf_value value)
{
    *lifted = (struct golf_lifted){.bits = 64, .count = BLOCKS_MADE};
    lifted->blocks = calloc(BLOCKS_MADE, sizeof *lifted->blocks);
    ck_assert_ptr_nonnull(lifted->blocks);
    for (unsigned i = ONE; i <= OTHER_CALL; i++) {
        struct golf_block *block = &lifted->blocks[i];
        block->end = GOLF_CALLS;
        block->taken = i == OTHER_CALL ? OTHER : CALLED;
        block->other = (uint16_t)(i + 1);
        add_need(block, reg, 32, value);
        add_need(block, RDI, i == OTHER_CALL ? 8 : 32, opaque);
    }
    lifted->blocks[LAST].end = GOLF_STOP;
    lifted->blocks[CALLED].end = lifted->blocks[OTHER].end = GOLF_RETURNS;
    lifted->blocks[CALLED].at_start[reg] = lifted->blocks[CALLED].known[reg] = value;
    lifted->blocks[CALLED].at_start[RDI] = opaque;
    lifted->blocks[CALLED].known[RDI] = eight;
    lifted->blocks[CALLED].offset = OFFSET;
}

static bool add(struct golf_lifted *lifted, unsigned reg)
{
    bool has_memory = false;
    const bool is_added = entries_add(lifted, ONE, reg, &has_memory);
    ck_assert(has_memory);
    return is_added;
}

/* It does not become another beginning. */
static void stays(struct golf_lifted *lifted, unsigned reg)
{
    ck_assert(!add(lifted, reg));
    ck_assert_uint_eq(lifted->count, BLOCKS_MADE);
    blocks_free(lifted);
}

static const struct golf_need *at_end(const struct golf_lifted *lifted, size_t block, unsigned reg)
{
    return need_in(lifted->blocks[block].needs, lifted->blocks[block].need_count, reg);
}

static const struct golf_value *const made[] = {&seven, &address};

START_TEST(calls_that_need_the_same_lead_to_a_beginning_that_makes_it)
{
    struct golf_lifted lifted;
    make(&lifted, RSI, *made[_i]);
    ck_assert(add(&lifted, RSI));
    ck_assert_uint_eq(lifted.count, BLOCKS_MADE + 1);
    const struct golf_block *entry = &lifted.blocks[BLOCKS_MADE];
    ck_assert(entry->end == GOLF_GO && entry->taken == CALLED && entry->count == 0);
    ck_assert_uint_eq(entry->offset, OFFSET);
    ck_assert_uint_eq(entry->need_count, 2);
    ck_assert(value_is_same(&at_end(&lifted, BLOCKS_MADE, RSI)->values[0], made[_i]));
    for (size_t i = ONE; i <= TWO; i++) {
        ck_assert_uint_eq(lifted.blocks[i].taken, BLOCKS_MADE);
        ck_assert_ptr_null(at_end(&lifted, i, RSI));
        ck_assert_ptr_nonnull(at_end(&lifted, i, RDI));
    }
    /* the call of something else is as before */
    ck_assert_uint_eq(lifted.blocks[OTHER_CALL].taken, OTHER);
    ck_assert_ptr_nonnull(at_end(&lifted, OTHER_CALL, RSI));
    blocks_free(&lifted);
}
END_TEST

/* Nothing gives it what it makes; what it passes on it begins with. */
START_TEST(a_new_beginning_begins_with_what_it_passes_on)
{
    struct golf_lifted lifted;
    make(&lifted, RSI, seven);
    ck_assert(add(&lifted, RSI));
    const struct golf_block *entry = &lifted.blocks[BLOCKS_MADE];
    ck_assert_uint_eq(entry->at_start[RSI].kind, GOLF_UNKNOWN);
    ck_assert_uint_eq(entry->known[RSI].kind, GOLF_UNKNOWN);
    ck_assert(value_is_same(&entry->at_start[RDI], &opaque));
    ck_assert(value_is_same(&entry->known[RDI], &eight));
    ck_assert(value_is_same(&at_end(&lifted, BLOCKS_MADE, RDI)->values[0], &opaque));
    blocks_free(&lifted);
}
END_TEST

/* It makes as many bits as any call needs, and passes on as few as some call has. */
START_TEST(a_new_beginning_has_the_bits_that_all_calls_have)
{
    for (size_t wide = ONE; wide <= TWO; wide++) {
        struct golf_lifted lifted;
        make(&lifted, RSI, seven);
        lifted.blocks[wide].needs[0].bits = 64;
        lifted.blocks[wide].needs[1].bits = 16;
        /* another call's, and an end's that is none */
        add_need(&lifted.blocks[LAST], RDI, 8, opaque);
        lifted.blocks[LAST].taken = CALLED;
        ck_assert(add(&lifted, RSI));
        ck_assert_uint_eq(at_end(&lifted, BLOCKS_MADE, RSI)->bits, 64);
        ck_assert_uint_eq(at_end(&lifted, BLOCKS_MADE, RDI)->bits, 16);
        blocks_free(&lifted);
    }
}
END_TEST

/* As calls do not have to say that they leave a return address. */
START_TEST(a_new_beginning_has_all_of_what_no_call_needs)
{
    const struct golf_value frame = {.kind = GOLF_STACK, .data = 1};
    struct golf_lifted lifted;
    make(&lifted, RSI, seven);
    lifted.blocks[CALLED].at_start[X86_RSP] = frame;
    ck_assert(add(&lifted, RSI));
    ck_assert_uint_eq(at_end(&lifted, BLOCKS_MADE, X86_RSP)->bits, 64);
    ck_assert(value_is_same(&at_end(&lifted, BLOCKS_MADE, X86_RSP)->values[0], &frame));
    blocks_free(&lifted);
}
END_TEST

START_TEST(calls_that_need_something_else_are_not_led_there)
{
    struct golf_lifted lifted;
    make(&lifted, RSI, seven);
    lifted.blocks[TWO].needs[0].values[0] = eight;
    stays(&lifted, RSI);
    make(&lifted, RSI, seven);
    lifted.blocks[TWO].needs[0].count = 2;
    stays(&lifted, RSI);
    make(&lifted, RSI, seven);
    block_drop_need(&lifted.blocks[TWO], RSI);
    stays(&lifted, RSI);
    make(&lifted, RSI, seven);
    lifted.blocks[TWO].taken = OTHER;
    stays(&lifted, RSI);
    make(&lifted, RSI, seven);
    lifted.blocks[TWO].end = GOLF_GO;
    stays(&lifted, RSI);
    /* nor is there one that makes what is not needed, or is one of two values */
    make(&lifted, RSI, seven);
    stays(&lifted, X86_RAX);
    make(&lifted, RSI, seven);
    lifted.blocks[ONE].needs[0].count = lifted.blocks[TWO].needs[0].count = 2;
    stays(&lifted, RSI);
    make(&lifted, RSI, seven);
    lifted.blocks[CALLED].at_start[RSI].kind = GOLF_UNKNOWN;
    stays(&lifted, RSI);
}
END_TEST

/* What only the caller has; and the stack pointer, which a call changes. */
START_TEST(only_constants_and_addresses_are_made_there)
{
    struct golf_lifted lifted;
    make(&lifted, RSI, opaque);
    stays(&lifted, RSI);
    make(&lifted, RSI, stack);
    stays(&lifted, RSI);
    make(&lifted, X86_RSP, seven);
    stays(&lifted, X86_RSP);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_entries");
    TCase *cases = tcase_create("entries");
    tcase_add_loop_test(cases, calls_that_need_the_same_lead_to_a_beginning_that_makes_it, 0,
                        sizeof made / sizeof made[0]);
    tcase_add_test(cases, a_new_beginning_begins_with_what_it_passes_on);
    tcase_add_test(cases, a_new_beginning_has_the_bits_that_all_calls_have);
    tcase_add_test(cases, a_new_beginning_has_all_of_what_no_call_needs);
    tcase_add_test(cases, calls_that_need_something_else_are_not_led_there);
    tcase_add_test(cases, only_constants_and_addresses_are_made_there);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

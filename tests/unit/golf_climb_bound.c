/* golf/rewrite/climb_bound.h: how many words that may be 0 a pointer passes, in programs made by
 * hand. */
#include "golf/rewrite/climb_bound.h"
#include "golf_blocks.h"

/* Blocks: ENTRY gives the pointer its first value; each leads to the next one. */
enum { ENTRY, ONE, TWO, THREE, LAST, BLOCKS_MADE };

struct made {
    struct golf_lifted lifted;
    struct climbed climbed[BLOCKS];
};

/* Each block has the pointer, and leaves it where it is. */
static void make(struct made *made)
{
    *made = (struct made){.climbed = {[ENTRY] = {.is_entry = true}}};
    make_blocks(&made->lifted, BLOCKS_MADE, 1);
    for (size_t i = ENTRY; i < BLOCKS_MADE; i++) {
        made->climbed[i].has = true;
        if (i < LAST)
            lead_to(&made->lifted, i, (uint16_t)(i + 1));
    }
}

/* Makes the pointer pass words in a block, of which some (as bits) are not 0 if it goes on with
 * another one. */
static void pass(struct made *made, size_t block, uint32_t words, uint32_t tested, uint16_t leads)
{
    made->climbed[block].rise = words;
    made->climbed[block].is_tested = tested;
    made->climbed[block].tested_leads = leads;
}

static bool is_bounded(struct made *made)
{
    const bool is = climb_is_bounded(&made->lifted, made->climbed);
    blocks_free(&made->lifted);
    return is;
}

START_TEST(two_words_may_be_0)
{
    for (uint32_t words = 0; words < 5; words++) {
        struct made made;
        make(&made);
        pass(&made, ONE, words, 0, 0);
        ck_assert(is_bounded(&made) == (words <= 2));
        /* in one block after the other, up to where it ends */
        make(&made);
        for (size_t i = ONE; i < ONE + words && i < BLOCKS_MADE; i++)
            pass(&made, i, 1, 0, 0);
        ck_assert(is_bounded(&made) == (words <= 2));
    }
}
END_TEST

/* A loop passes more than that, however often it goes round. */
START_TEST(a_loop_passes_words_that_were_tested_alone)
{
    for (unsigned tests = 0; tests < 2; tests++)
        for (unsigned other = 0; other < 2; other++) {
            struct made made;
            make(&made);
            lead_to(&made.lifted, TWO, ONE);
            branch_to(&made.lifted, ONE, JUMP_ZERO, other ? LAST : TWO, other ? TWO : LAST);
            pass(&made, ONE, 0, tests, TWO);
            pass(&made, TWO, 1, 0, 0);
            ck_assert(is_bounded(&made) == tests);
        }
}
END_TEST

START_TEST(a_test_tells_about_its_own_way)
{
    for (unsigned is_other = 0; is_other < 2; is_other++) {
        const uint16_t leads = is_other ? THREE : TWO;
        struct made made;
        make(&made);
        branch_to(&made.lifted, ONE, JUMP_ZERO, TWO, THREE);
        pass(&made, ONE, 3, 7, leads);
        made.climbed[leads == TWO ? THREE : TWO].has = false;
        ck_assert(is_bounded(&made));
        make(&made);
        branch_to(&made.lifted, ONE, JUMP_ZERO, TWO, THREE);
        pass(&made, ONE, 3, 7, leads);
        ck_assert(!is_bounded(&made));
    }
}
END_TEST

/* Words are counted from where the block begins; the one that it points to at its end is not passed
 * by it, but by the next one. */
static const struct {
    uint32_t words, tested, next_words;
    bool is_bounded;
} rows[] = {
    {3, 1, 0, true},           {3, 2, 0, true},
    {3, 4, 0, true},           {3, 8, 0, false},
    {4, 1, 0, false},          {4, 3, 0, true},
    {5, 7, 0, true},           {6, 7, 0, false},
    {31, 0x7ffffffc, 0, true}, {31, 0x7ffffff8, 0, false},
    {2, 4, 1, true},           {2, 0, 1, false},
    {2, 8, 1, false},          {2, 4, 2, false},
    {2, 5, 2, true},
};

START_TEST(words_that_were_tested_are_passed_freely)
{
    struct made made;
    make(&made);
    pass(&made, ONE, rows[_i].words, rows[_i].tested, TWO);
    pass(&made, TWO, rows[_i].next_words, 0, 0);
    ck_assert(is_bounded(&made) == rows[_i].is_bounded);
}
END_TEST

/* A word that was told not to be 0 is still so where the pointer stays. */
START_TEST(what_a_word_is_stays_known_until_it_is_passed)
{
    for (unsigned tested = 0; tested < 2; tested++) {
        struct made made;
        make(&made);
        pass(&made, ONE, 0, tested, TWO);
        pass(&made, THREE, 3, 0, 0);
        ck_assert(is_bounded(&made) == tested);
    }
}
END_TEST

START_TEST(the_first_value_is_where_counting_begins)
{
    struct made made;
    make(&made);
    pass(&made, ENTRY, 9, 0, 0);
    pass(&made, ONE, 2, 0, 0);
    ck_assert(is_bounded(&made));
    /* what the block before it tests is not 0 */
    for (unsigned tested = 0; tested < 2; tested++) {
        make(&made);
        pass(&made, ENTRY, 0, tested, ONE);
        pass(&made, ONE, 3, 0, 0);
        ck_assert(is_bounded(&made) == tested);
    }
}
END_TEST

/* The pointer comes by two ways to THREE. */
START_TEST(of_two_ways_the_one_that_tells_less_counts)
{
    enum { IN_FIRST = 1, IN_SECOND = 2, IN_BOTH = 3 };
    for (unsigned tested = 0; tested <= IN_BOTH; tested++) {
        struct made made;
        make(&made);
        branch_to(&made.lifted, ENTRY, JUMP_ZERO, ONE, TWO);
        lead_to(&made.lifted, ONE, THREE);
        lead_to(&made.lifted, TWO, THREE);
        pass(&made, ONE, 0, tested & IN_FIRST, THREE);
        pass(&made, TWO, 0, (tested & IN_SECOND) != 0, THREE);
        pass(&made, THREE, 3, 0, 0);
        ck_assert(is_bounded(&made) == (tested == IN_BOTH));
        /* and the one that passed more */
        make(&made);
        branch_to(&made.lifted, ENTRY, JUMP_ZERO, ONE, TWO);
        lead_to(&made.lifted, ONE, THREE);
        lead_to(&made.lifted, TWO, THREE);
        pass(&made, ONE, tested & IN_FIRST ? 0 : 2, 0, 0);
        pass(&made, TWO, tested & IN_SECOND ? 0 : 2, 0, 0);
        pass(&made, THREE, 1, 0, 0);
        ck_assert(is_bounded(&made) == (tested == IN_BOTH));
    }
}
END_TEST

START_TEST(what_each_way_tells_is_known)
{
    struct made made;
    make(&made);
    branch_to(&made.lifted, ENTRY, JUMP_ZERO, ONE, TWO);
    lead_to(&made.lifted, ONE, THREE);
    lead_to(&made.lifted, TWO, THREE);
    pass(&made, ONE, 0, 1, THREE);
    pass(&made, TWO, 1, 2, THREE); /* a word further, and it tells of the next one */
    pass(&made, THREE, 2, 0, 0);
    ck_assert(is_bounded(&made));
}
END_TEST

/* Whatever the order in which ways are found: THREE is before them. */
START_TEST(a_way_that_is_found_later_counts)
{
    for (unsigned tested = 0; tested < 2; tested++) {
        struct made made;
        make(&made);
        branch_to(&made.lifted, ENTRY, JUMP_ZERO, ONE, THREE);
        branch_to(&made.lifted, THREE, JUMP_ZERO, ONE, LAST);
        lead_to(&made.lifted, TWO, LAST);
        pass(&made, ENTRY, 0, 1, ONE);
        pass(&made, THREE, 0, tested, ONE);
        pass(&made, ONE, 3, 0, 0);
        ck_assert(is_bounded(&made) == tested);
    }
}
END_TEST

START_TEST(only_ways_of_the_pointer_count)
{
    struct made made;
    /* a call leads to what does not have it, and comes back */
    make(&made);
    call_of(&made.lifted, ENTRY, ONE, TWO);
    pass(&made, ONE, 3, 0, 0);
    lead_to(&made.lifted, ONE, LAST);
    ck_assert(is_bounded(&made));
    make(&made);
    call_of(&made.lifted, ENTRY, ONE, TWO);
    pass(&made, TWO, 3, 0, 0);
    ck_assert(!is_bounded(&made));
    /* after a block that does not have it, or that nothing leads to */
    make(&made);
    made.climbed[ONE].has = false;
    pass(&made, ONE, 3, 0, 0);
    pass(&made, TWO, 3, 0, 0);
    ck_assert(is_bounded(&made));
    make(&made);
    lead_to(&made.lifted, ENTRY, LAST);
    pass(&made, ONE, 3, 0, 0);
    ck_assert(is_bounded(&made));
    /* where a block that ends the program does not lead */
    make(&made);
    pass(&made, ONE, 3, 0, 0);
    made.lifted.blocks[ONE].end = GOLF_STOP;
    made.lifted.blocks[ONE].other = TWO;
    ck_assert(is_bounded(&made));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_climb_bound");
    TCase *cases = tcase_create("climb_bound");
    tcase_add_test(cases, two_words_may_be_0);
    tcase_add_test(cases, a_loop_passes_words_that_were_tested_alone);
    tcase_add_test(cases, a_test_tells_about_its_own_way);
    tcase_add_loop_test(cases, words_that_were_tested_are_passed_freely, 0,
                        sizeof rows / sizeof rows[0]);
    tcase_add_test(cases, what_a_word_is_stays_known_until_it_is_passed);
    tcase_add_test(cases, the_first_value_is_where_counting_begins);
    tcase_add_test(cases, of_two_ways_the_one_that_tells_less_counts);
    tcase_add_test(cases, what_each_way_tells_is_known);
    tcase_add_test(cases, a_way_that_is_found_later_counts);
    tcase_add_test(cases, only_ways_of_the_pointer_count);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

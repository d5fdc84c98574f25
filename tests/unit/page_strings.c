/* explain's page_strings: texts that are kept once, and their numbers. */
#include <stdlib.h>
#include <string.h>

#include "base/memory_text.h"
#include "commands/explain/page/page_strings.h"
#include "room.h"

static struct page_strings strings;

static void begin(void)
{
    page_strings_open(&strings);
}

static void end(void)
{
    page_strings_close(&strings);
}

static void assert_put(void (*put)(struct elfgen_text *, const struct page_strings *),
                       const char *expected)
{
    char room[200];
    struct elfgen_text out = {.bytes = room, .capacity = sizeof room - 1};
    put(&out, &strings);
    room[out.length] = '\0';
    ck_assert_str_eq(room, expected);
}

START_TEST(the_empty_text_and_no_text_are_number_0)
{
    ck_assert_uint_eq(page_strings_number(&strings, "", 0), 0);
    ck_assert_uint_eq(page_strings_number_of(&strings, ""), 0);
    ck_assert_uint_eq(page_strings_number_of(&strings, NULL), 0);
    assert_put(page_strings_put, "[\"\"]");
    assert_put(page_strings_put_plain, "[]");
}
END_TEST

START_TEST(a_text_has_one_number_however_often_it_comes)
{
    ck_assert_uint_eq(page_strings_number_of(&strings, "mov"), 1);
    ck_assert_uint_eq(page_strings_number_of(&strings, "\"<\x01"), 2);
    ck_assert_uint_eq(page_strings_number(&strings, "move", 3), 1);
    ck_assert_uint_eq(page_strings_number(&strings, "move", 4), 3);
    ck_assert_uint_eq(page_strings_number_of(&strings, "\"<\x01"), 2);
    assert_put(page_strings_put, "[\"\",\"mov\",\"\\\"<\\u0001\",\"move\"]");
}
END_TEST

START_TEST(plain_texts_are_numbers_of_one_array)
{
    page_strings_number_of(&strings, "0,12");
    page_strings_number_of(&strings, "3,4");
    assert_put(page_strings_put_plain, "[0,12,3,4]");
}
END_TEST

START_TEST(a_hundred_thousand_texts_keep_their_numbers)
{
    enum { MANY = 100000 };
    for (int round = 0; round < 2; round++) {
        for (size_t i = 1; i <= MANY; i++) {
            char text[16];
            int length = snprintf(text, sizeof text, "%zu", i * 7919);
            ck_assert_uint_eq(page_strings_number(&strings, text, (size_t)length), i);
        }
    }
    ck_assert_uint_eq(strings.count, MANY + 1);
    ck_assert(!strings.no_memory);
}
END_TEST

static Suite *page_strings_suite(void)
{
    Suite *suite = suite_create("page_strings");
    TCase *texts = tcase_create("texts");
    tcase_add_checked_fixture(texts, begin, end);
    tcase_add_test(texts, the_empty_text_and_no_text_are_number_0);
    tcase_add_test(texts, a_text_has_one_number_however_often_it_comes);
    tcase_add_test(texts, plain_texts_are_numbers_of_one_array);
    tcase_add_test(texts, a_hundred_thousand_texts_keep_their_numbers);
    suite_add_tcase(suite, texts);
    return suite;
}

RUN_SUITE(page_strings_suite)

/* base/: arrays that grow, texts in memory, and the search in sorted items. */
#include <stdint.h>
#include <string.h>

#include "base/grow.h"
#include "base/memory_text.h"
#include "base/no_memory.h"
#include "elfgen/search.h"
#include "base_suites.h"

START_TEST(an_array_keeps_its_items_as_it_grows_and_doubles_its_room)
{
    uint32_t *items = NULL;
    size_t capacity = 0, times = 0;
    for (size_t i = 0; i < 100000; i++) {
        size_t before = capacity;
        ck_assert(grow_array(&items, i + 1, &capacity, sizeof *items));
        if (capacity != before) {
            ck_assert_uint_ge(capacity, 2 * before);
            times++;
        }
        items[i] = (uint32_t)i * 7;
    }
    for (size_t i = 0; i < 100000; i++)
        if (items[i] != i * 7)
            ck_abort_msg("item %zu is another", i);
    ck_assert_uint_le(times, 17);
    free(items);
}
END_TEST

START_TEST(an_array_grows_at_once_to_the_number_of_items_that_is_needed)
{
    char *bytes = NULL;
    size_t capacity = 0;
    ck_assert(grow_array(&bytes, 5000, &capacity, 1));
    ck_assert_uint_eq(capacity, 5000);
    const char *before = bytes;
    ck_assert(grow_array(&bytes, 5000, &capacity, 1));
    ck_assert_ptr_eq(bytes, before);
    ck_assert(grow_array(&bytes, 5001, &capacity, 1));
    ck_assert_uint_eq(capacity, 10000);
    free(bytes);
}
END_TEST

START_TEST(a_size_that_overflows_leaves_the_array_as_it_was)
{
    static const struct {
        size_t needed, size;
    } rows[] = {{SIZE_MAX, 1},     {SIZE_MAX, 8},          {SIZE_MAX / 8 + 2, 8},
                {SIZE_MAX / 2, 2}, {SIZE_MAX / 2 + 1, 16}, {1, SIZE_MAX}};
    uint64_t *items = NULL;
    size_t capacity = 0;
    ck_assert(!grow_array(&items, rows[_i].needed, &capacity, rows[_i].size));
    ck_assert_ptr_null(items);
    ck_assert_uint_eq(capacity, 0);
    ck_assert(grow_array(&items, 1, &capacity, sizeof *items));
    size_t had = capacity;
    items[0] = 3;
    ck_assert(!grow_array(&items, SIZE_MAX, &capacity, sizeof *items));
    ck_assert_uint_eq(items[0], 3);
    ck_assert_uint_eq(capacity, had);
    free(items);
}
END_TEST

START_TEST(a_text_in_memory_holds_all_that_is_appended)
{
    enum { LINES = 20000, LONG = 100000 };
    struct elfgen_text text;
    char *piece = malloc(LONG + 1);
    memset(piece, 'x', LONG);
    piece[LONG] = '\0';
    ck_assert(memory_text_open(&text));
    for (int i = 0; i < LINES; i++)
        elfgen_text_string(&text, i % 2 ? "b\n" : "a");
    elfgen_text_string(&text, piece);
    elfgen_text_bytes(&text, "\0end", 4);
    ck_assert(!text.cut);
    ck_assert_uint_eq(text.length, LINES / 2 * 3 + LONG + 4);
    for (size_t i = 0; i < LINES / 2; i++)
        ck_assert(memcmp(text.bytes + 3 * i, "ab\n", 3) == 0);
    ck_assert(memcmp(text.bytes + LINES / 2 * 3, piece, LONG) == 0);
    ck_assert(memcmp(text.bytes + text.length - 4, "\0end", 4) == 0);
    free(text.bytes);
    free(piece);
}
END_TEST

static bool is_less(const void *item, const void *key)
{
    return *(const uint32_t *)item < *(const uint32_t *)key;
}

START_TEST(a_search_finds_the_first_item_that_does_not_come_before)
{
    uint32_t items[70];
    uint64_t state = 11;
    for (size_t count = 0; count <= 70; count++) {
        uint32_t next = 1;
        for (size_t i = 0; i < count; i++)
            items[i] = next += (uint32_t)(next_random(&state) % 3); /* some are equal */
        for (uint32_t key = 0; key < next + 2; key++) {
            size_t expected = 0;
            while (expected < count && items[expected] < key)
                expected++;
            ck_assert_uint_eq(elfgen_search(items, count, sizeof *items, &key, is_less), expected);
        }
    }
    ck_assert_uint_eq(elfgen_search(NULL, 0, 4, &(uint32_t){1}, is_less), 0);
}
END_TEST

START_TEST(that_there_is_no_memory_is_said_in_one_way)
{
    struct elfgen_error error = {0};
    ck_assert(!error_no_memory(&error));
    ck_assert_int_eq(error.status, ELFGEN_NO_ROOM);
    ck_assert_uint_eq(error.offset, ELFGEN_NOWHERE);
    ck_assert_str_eq(error.text, "out of memory");
    ck_assert(!error_no_memory(NULL));
}
END_TEST

TCase *base_memory_tests(void)
{
    TCase *tests = tcase_create("memory");
    tcase_add_test(tests, an_array_keeps_its_items_as_it_grows_and_doubles_its_room);
    tcase_add_test(tests, an_array_grows_at_once_to_the_number_of_items_that_is_needed);
    tcase_add_loop_test(tests, a_size_that_overflows_leaves_the_array_as_it_was, 0, 6);
    tcase_add_test(tests, a_text_in_memory_holds_all_that_is_appended);
    tcase_add_test(tests, a_search_finds_the_first_item_that_does_not_come_before);
    tcase_add_test(tests, that_there_is_no_memory_is_said_in_one_way);
    return tests;
}

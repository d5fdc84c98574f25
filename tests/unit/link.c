/* link/: the symbol table and garbage collection, with objects built by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link_objects.h"

/* ---- the table ---- */

START_TEST(a_table_finds_the_keys_that_were_inserted_and_no_others)
{
    enum { COUNT = 20000 };
    static char keys[COUNT][12];
    struct link_table table = {0};
    bool added;
    uint32_t value = 0;
    ck_assert(!link_table_get(&table, "a", 1, &value));
    for (uint32_t i = 0; i < COUNT; i++) {
        snprintf(keys[i], sizeof keys[i], "key%u", i);
        value = i;
        ck_assert(link_table_put(&table, keys[i], strlen(keys[i]), &value, &added));
        ck_assert(added);
        ck_assert_uint_eq(value, i);
    }
    ck_assert_uint_eq(table.count, COUNT);
    ck_assert_uint_le(table.count, table.capacity / 2 + 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        char copy[12];
        memcpy(copy, keys[i], sizeof copy);
        value = UINT32_MAX;
        ck_assert(link_table_put(&table, copy, strlen(copy), &value, &added));
        ck_assert(!added);
        ck_assert_uint_eq(value, i);
        ck_assert(link_table_get(&table, copy, strlen(copy), &value));
        ck_assert_uint_eq(value, i);
        ck_assert(!link_table_get(&table, keys[i], strlen(keys[i]) + 1, &value));
    }
    ck_assert_uint_eq(table.count, COUNT);
    ck_assert(!link_table_get(&table, "key20000", 8, &value));
    link_table_free(&table);
    ck_assert(!link_table_get(&table, keys[0], strlen(keys[0]), &value));
    link_table_free(&table);
}
END_TEST

START_TEST(keys_of_one_size_and_hash_differ_by_any_byte)
{
    enum { LONGEST = 20 };
    for (size_t size = 1; size <= LONGEST; size++) {
        uint8_t keys[LONGEST + 1][LONGEST] = {{0}}; /* all zeros, and one with each byte changed */
        struct link_table table = {0};
        bool added;
        uint32_t value;
        for (uint32_t i = 0; i <= size; i++) {
            if (i > 0)
                keys[i][i - 1] = 1;
            value = i;
            ck_assert(link_table_put_hashed(&table, keys[i], size, 42, &value, &added));
            ck_assert(added);
        }
        for (uint32_t i = 0; i <= size; i++) {
            uint8_t *copy = malloc(size); /* its exact size, for the sanitizer */
            memcpy(copy, keys[i], size);
            link_table_expect(&table, 42, LINK_EXPECT_ROW);
            link_table_expect(&table, 42, LINK_EXPECT_KEY);
            value = LONGEST + 1;
            ck_assert(link_table_put_hashed(&table, copy, size, 42, &value, &added));
            ck_assert(!added);
            ck_assert_uint_eq(value, i);
            free(copy);
        }
        link_table_free(&table);
    }
}
END_TEST

START_TEST(a_prefix_of_a_key_is_another_key)
{
    static const uint8_t bytes[64];
    struct link_table table = {0};
    bool added;
    uint32_t value;
    for (uint32_t size = 0; size <= 64; size++) {
        value = size;
        ck_assert(link_table_put(&table, bytes, size, &value, &added));
        ck_assert(added);
    }
    for (uint32_t size = 0; size <= 64; size++) {
        uint8_t *copy = calloc(1, size ? size : 1); /* its exact size, for the sanitizer */
        ck_assert(link_table_get(&table, copy, size, &value));
        ck_assert_uint_eq(value, size);
        free(copy);
    }
    link_table_free(&table);
}
END_TEST

/* ---- garbage collection ---- */

START_TEST(sections_that_the_entry_does_not_need_are_dropped_even_in_a_circle)
{
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1), *other = make_object("other.o");
    const uint32_t a = add_section(other, ".text.a", TEXT, zeros, 16, 1);
    const uint32_t b = add_section(other, ".text.b", TEXT, zeros, 16, 1);
    const uint32_t c = add_section(other, ".text.c", TEXT, zeros, 16, 1);
    const uint32_t d = add_section(other, ".text.d", TEXT, zeros, 16, 1);
    const uint32_t self = add_section(other, ".text.self", TEXT, zeros, 16, 1);
    const uint32_t note = add_section(other, ".comment", 0, zeros, 16, 1);
    add_symbol(other, "a", ELFGEN_STB_GLOBAL, a, 0);
    add_pointer(start, text, add_symbol(start, "a", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 0, 0);
    add_pointer(other, a, section_symbol(other, b), 0, 0);
    add_pointer(other, b, section_symbol(other, a), 0, 0);
    add_pointer(other, c, section_symbol(other, d), 0, 0);
    add_pointer(other, d, section_symbol(other, c), 0, 0);
    add_pointer(other, d, add_symbol(other, "gone", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 8, 0);
    add_pointer(other, self, section_symbol(other, self), 0, 0);
    link_add_object(link, start);
    link_add_object(link, other);
    if (_i == 1)
        link_settings.keep_all = true;
    if (_i == 2)
        other->keeps_all = true;
    if (_i == 3)
        other->sections[d].flags |= ELFGEN_SHF_GNU_RETAIN;
    /* The sections that are kept need a name that no object defines. */
    ck_assert(run_link(link) == (_i == 0));
    if (_i > 0)
        ck_assert_str_eq(messages, "other.o:(.text.d+0x8): undefined symbol 'gone'\n");
    ck_assert(other->sections[a].live);
    ck_assert(other->sections[b].live);
    ck_assert(other->sections[c].live == (_i > 0));
    ck_assert(other->sections[d].live == (_i > 0));
    ck_assert(other->sections[self].live == (_i == 1 || _i == 2));
    ck_assert(!other->sections[note].live);
    if (_i == 0) {
        struct file file = write_file(link);
        ck_assert_uint_eq(file.size, 120 + 8 + 16 + 16);
        free(file.bytes);
    }
    link_close(link);
}
END_TEST

START_TEST(start_and_stop_symbols_keep_all_sections_of_their_name_together)
{
    static const char *const names[] = {"1.o", "2.o", "3.o"};
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 2);
    link_add_object(link, start);
    add_pointer(start, text, add_symbol(start, "__start_set", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0),
                0, 0);
    add_pointer(start, text,
                add_symbol(start, "__stop_set", _i ? ELFGEN_STB_WEAK : ELFGEN_STB_GLOBAL,
                           LINK_UNDEFINED, 0),
                8, 0);
    for (size_t i = 0; i < 3; i++) {
        static const char *const contents[] = {"one", "two", "three"};
        struct link_object *object = make_object(names[i]);
        add_section(object, "set", ALLOC, contents[i], strlen(contents[i]), i == 2 ? 8 : 1);
        add_section(object, "other", ALLOC, contents[i], 1, 1);
        link_add_object(link, object);
    }
    ck_assert_msg(run_link(link), "%s", messages);
    struct file file = write_file(link);
    ck_assert_uint_eq(number_at(&file, 1) - number_at(&file, 0), 8 + 5);
    ck_assert_uint_eq(number_at(&file, 0) % 8, 0);
    ck_assert_mem_eq(at_address(&file, number_at(&file, 0), 13), "onetwo\0\0three", 13);
    for (size_t i = 1; i < link->object_count; i++) {
        ck_assert(link->objects[i]->sections[1].live);
        ck_assert(!link->objects[i]->sections[2].live);
    }
    free(file.bytes);
    link_close(link);
}
END_TEST

START_TEST(start_and_stop_symbols_without_a_section_are_undefined)
{
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    link_add_object(link, start);
    add_pointer(start, text,
                add_symbol(start, "__start_set", _i ? ELFGEN_STB_WEAK : ELFGEN_STB_GLOBAL,
                           LINK_UNDEFINED, 0),
                0, 0);
    ck_assert(run_link(link) == (_i == 1));
    if (_i == 0)
        ck_assert_str_eq(messages, "start.o:(.text+0x0): undefined symbol '__start_set'\n");
    link_close(link);
}
END_TEST

START_TEST(a_common_symbol_is_kept_if_needed_and_has_the_largest_size)
{
    struct link *link = begin_link();
    uint32_t text, value;
    struct link_object *start = make_start(&text, 1), *other = make_object("other.o");
    const uint32_t mine = add_symbol(start, "needed", ELFGEN_STB_GLOBAL, LINK_COMMON, 4);
    const uint32_t theirs = add_symbol(other, "needed", ELFGEN_STB_GLOBAL, LINK_COMMON, 32);
    const uint32_t dead = add_symbol(other, "dead", ELFGEN_STB_GLOBAL, LINK_COMMON, 1);
    start->symbols[mine].size = 100;
    other->symbols[theirs].size = 10;
    other->symbols[dead].size = 1000000;
    add_pointer(start, text, mine, 0, 0);
    link_add_object(link, start);
    link_add_object(link, other);
    ck_assert_msg(run_link(link), "%s", messages);
    ck_assert(link_table_get(&link->names, "dead", 4, &value));
    ck_assert(!link->globals[value].live);
    struct file file = write_file(link);
    ck_assert_uint_eq(number_at(&file, 0) % 32, 0);
    ck_assert_uint_eq(number_at(&file, 0) + 100 - 0x10000, file.layout.memory_size);
    ck_assert_uint_eq(file.size, 128);
    free(file.bytes);
    link_close(link);
}
END_TEST

static Suite *link_suite(void)
{
    Suite *suite = suite_create("link");
    TCase *table = tcase_create("table");
    tcase_add_test(table, a_table_finds_the_keys_that_were_inserted_and_no_others);
    tcase_add_test(table, a_prefix_of_a_key_is_another_key);
    tcase_add_test(table, keys_of_one_size_and_hash_differ_by_any_byte);
    suite_add_tcase(suite, table);
    suite_add_tcase(suite, link_merge_cases());
    TCase *live = tcase_create("garbage collection");
    tcase_add_loop_test(live, sections_that_the_entry_does_not_need_are_dropped_even_in_a_circle, 0,
                        4);
    tcase_add_loop_test(live, start_and_stop_symbols_keep_all_sections_of_their_name_together, 0,
                        2);
    tcase_add_loop_test(live, start_and_stop_symbols_without_a_section_are_undefined, 0, 2);
    tcase_add_test(live, a_common_symbol_is_kept_if_needed_and_has_the_largest_size);
    suite_add_tcase(suite, live);
    suite_add_tcase(suite, link_names_cases());
    return suite;
}

RUN_SUITE(link_suite)

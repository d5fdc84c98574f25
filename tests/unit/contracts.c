/* Wrong arguments are refused with a status and a sentence, as the public headers promise. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "contracts.h"

/* ---- section_headers.h ---- */

START_TEST(section_headers_and_their_symbols_may_have_no_name)
{
    uint8_t buffer[ROOM] = {0};
    const size_t size = elfgen_write_exec(buffer, ROOM, code, sizeof code, NULL, NULL);
    const struct elfgen_section_header section = {
        .type = ELFGEN_SHT_PROGBITS, .offset = 120, .size = 7};
    const struct elfgen_symbol_entry symbol = {.section = 0};
    const struct elfgen_section_headers wanted = {&section, 1, &symbol, 1};
    struct elfgen_error error;
    const size_t larger =
        elfgen_write_section_headers(buffer, ROOM, size, ELFGEN_CLASS64, &wanted, &error);
    ck_assert_uint_gt(larger, size);
    struct elfgen_view view;
    struct elfgen_shdr header;
    ck_assert_int_eq(elfgen_view_open(&view, buffer, larger, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_view_section(&view, 1, &header, NULL), ELFGEN_OK);
    ck_assert_uint_eq(header.sh_name, 0);
}
END_TEST

START_TEST(section_headers_that_are_null_with_a_count_are_a_bad_argument)
{
    uint8_t buffer[ROOM] = {0};
    const size_t size = elfgen_write_exec(buffer, ROOM, code, sizeof code, NULL, NULL);
    const struct elfgen_section_headers wrong[] = {{.section_count = 1}, {.symbol_count = 2}};
    const struct elfgen_section_headers none = {.section_count = 0};
    for (size_t i = 0; i < 2; i++) {
        struct elfgen_error error;
        ck_assert_uint_eq(
            elfgen_write_section_headers(buffer, ROOM, size, ELFGEN_CLASS64, &wrong[i], &error), 0);
        ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    }
    struct elfgen_error error;
    ck_assert_uint_eq(elfgen_write_section_headers(NULL, ROOM, 0, ELFGEN_CLASS64, &none, &error),
                      0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
}
END_TEST

/* ---- view.h ---- */

START_TEST(a_file_of_null_with_a_length_is_a_bad_argument_and_an_empty_view)
{
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    const char *string = "unchanged";
    enum elfgen_status (*const opens[])(struct elfgen_view *, const void *, uint64_t,
                                        struct elfgen_error *) = {elfgen_view_open,
                                                                  elfgen_view_open_program};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(opens[i](&view, NULL, UINT64_MAX, NULL), ELFGEN_BAD_ARGUMENT);
        ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, NULL), ELFGEN_OUT_OF_RANGE);
        ck_assert_ptr_null(elfgen_view_bytes(&view, 0, 1));
        ck_assert_ptr_null(elfgen_view_bytes(&view, 0, 0));
        ck_assert_uint_eq(elfgen_view_string(&view, 0, 1, 0, &string), SIZE_MAX);
        ck_assert_str_eq(string, "unchanged");
        ck_assert_int_eq(opens[i](&view, NULL, 0, NULL), ELFGEN_NOT_ELF);
    }
}
END_TEST

/* Notes the highest byte that is asked for of a file that is all zeros but for its header. */
static uint64_t last_read;
static const uint8_t *read_noted(void *context, uint64_t offset, uint64_t size)
{
    const uint8_t *bytes = context;
    if (offset + size > last_read)
        last_read = offset + size;
    return bytes + offset;
}

START_TEST(a_reader_is_asked_for_what_is_looked_at_and_no_more)
{
    static uint8_t file[100000];
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    const struct elfgen_file_reader reader = {read_noted, file, sizeof file},
                                    nothing = {.length = 64}, empty = {0};
    elfgen_write_exec(file, sizeof file, code, sizeof code, NULL, NULL);
    last_read = 0;
    elfgen_kernel_usual(&machine);
    ck_assert_int_eq(elfgen_view_open_reader(&view, &reader, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_view_open_program_reader(&view, &reader, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_kernel_ask_reader(&reader, &machine, NULL, &answer, NULL), ELFGEN_OK);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert_uint_eq(last_read, 120);
    ck_assert_int_eq(elfgen_view_open_reader(&view, &nothing, NULL), ELFGEN_BAD_ARGUMENT);
    ck_assert_ptr_null(elfgen_view_bytes(&view, 0, 0));
    ck_assert_int_eq(elfgen_view_open_program_reader(&view, &empty, NULL), ELFGEN_NOT_ELF);
}
END_TEST

/* ---- hex.h ---- */

START_TEST(hex_refuses_null_where_something_is_needed)
{
    struct elfgen_hex_needs needs;
    struct elfgen_hex_label labels[2];
    uint8_t buffer[2];
    struct elfgen_error error;
    ck_assert_int_eq(elfgen_hex_measure(NULL, 5, &needs, &error), ELFGEN_BAD_ARGUMENT);
    static const char source[] = ":a 00 !a";
    const size_t size = sizeof source - 1;
    ck_assert_int_eq(elfgen_hex_measure(source, size, &needs, NULL), ELFGEN_OK);
    ck_assert_int_eq(
        elfgen_hex_assemble(source, size, NULL, &needs, NULL, buffer, NULL, NULL, &error),
        ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(
        elfgen_hex_assemble(source, size, NULL, &needs, labels, NULL, NULL, NULL, &error),
        ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(
        elfgen_hex_assemble(NULL, size, NULL, &needs, labels, buffer, NULL, NULL, &error),
        ELFGEN_BAD_ARGUMENT);
    /* Whatever was in the table. */
    memset(labels, 0xff, sizeof labels);
    ck_assert_int_eq(
        elfgen_hex_assemble(source, size, NULL, &needs, labels, buffer, NULL, NULL, &error),
        ELFGEN_OK);
    ck_assert_uint_eq(buffer[1], 0xfe);
}
END_TEST

/* ---- kernel.h and objections.h ---- */

START_TEST(the_kernel_is_asked_only_about_bytes_that_are_there)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_map map = {.capacity = 100};
    const struct elfgen_kernel_file missing = {.length = 64};
    uint8_t file[ROOM];
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    elfgen_kernel_usual(&machine);
    ck_assert_int_eq(elfgen_kernel_ask(NULL, 64, &machine, NULL, &answer, NULL),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(elfgen_kernel_ask(file, size, &machine, NULL, &answer, &map),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(elfgen_kernel_ask(file, size, &machine, &missing, &answer, NULL),
                     ELFGEN_BAD_ARGUMENT);
    const struct elfgen_file_reader nothing = {.length = 64}, empty = {0};
    ck_assert_int_eq(elfgen_kernel_ask_reader(&nothing, &machine, NULL, &answer, NULL),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(elfgen_kernel_ask_reader(&empty, &machine, NULL, &answer, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_kernel_ask(NULL, 0, &machine, NULL, &answer, NULL), ELFGEN_OK);
    ck_assert_int_eq(answer.verdict, ELFGEN_REFUSED);
    /* A check that is none has no sentence. */
    char room[16];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    answer.check = ELFGEN_CHECK_COUNT;
    elfgen_kernel_message(&answer, &text);
    elfgen_kernel_remedy(&answer, &text);
    ck_assert_uint_eq(text.length, 0);
    unsigned row = 0;
    struct elfgen_objection objection;
    while (elfgen_objection_next(NULL, 64, UINT_MAX, &row, &objection))
        continue;
    objection = (struct elfgen_objection){.sentence = NULL};
    elfgen_objection_text(&objection, &text);
    ck_assert_uint_eq(text.length, 0);
    row = UINT_MAX;
    ck_assert(!elfgen_objection_next(file, size, UINT_MAX, &row, &objection));
}
END_TEST

/* ---- unfold.h ---- */

START_TEST(a_plan_that_failed_is_not_written)
{
    uint8_t file[ROOM], twin[4 * ROOM];
    struct elfgen_view view;
    struct elfgen_unfold unfold;
    struct elfgen_unfold_segment segments[8];
    struct elfgen_error error;
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_unfold_plan(&unfold, &view, NULL, 8, &error), ELFGEN_BAD_ARGUMENT);
    ck_assert_uint_eq(elfgen_write_unfolded(&unfold, twin, 10, &error), 0);
    ck_assert_int_eq(elfgen_unfold_plan(&unfold, &view, NULL, 0, &error), ELFGEN_NO_ROOM);
    ck_assert_uint_eq(elfgen_write_unfolded(&unfold, twin, 10, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(elfgen_unfold_plan(&unfold, &view, segments, 8, &error), ELFGEN_OK);
    ck_assert_uint_eq(elfgen_write_unfolded(&unfold, NULL, sizeof twin, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_uint_eq(elfgen_write_unfolded(&unfold, twin, sizeof twin, &error), 2 * 4096);
}
END_TEST

/* ---- names.h, format.h, text.h, map.h ---- */

START_TEST(numbers_that_name_nothing_and_null_have_no_name_and_no_text)
{
    char room[16];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&text, NULL);
    elfgen_text_column(&text, NULL, 3, SIZE_MAX);
    ck_assert_uint_eq(text.length, 3);
    ck_assert_int_eq(elfgen_osabi_number(62, NULL), -1);
    ck_assert_uint_eq(elfgen_structure_size(ELFGEN_STRUCTURE_COUNT, ELFGEN_CLASS64), 0);
    ck_assert_uint_eq(elfgen_structure_size((enum elfgen_structure_id)1000, ELFGEN_CLASS64), 0);
    ck_assert_ptr_null(elfgen_part_name((enum elfgen_part)(ELFGEN_PART_PADDING + 1)));
    ck_assert_ptr_null(elfgen_reader_name((enum elfgen_reader)(ELFGEN_READER_NOBODY + 1)));
}
END_TEST

START_TEST(a_field_that_is_no_number_reads_as_0_and_is_not_written)
{
    static const struct elfgen_field fields[] = {{.name = "absent", .offset = {4, 4}},
                                                 {.name = "wide", .width = {255, 9}}};
    uint8_t bytes[8], before[8];
    memset(bytes, 0xdd, sizeof bytes);
    memcpy(before, bytes, sizeof bytes);
    for (size_t i = 0; i < 2; i++)
        for (int class_ = ELFGEN_CLASS32; class_ <= ELFGEN_CLASS64; class_++) {
            ck_assert_uint_eq(elfgen_field_get(&fields[i], (enum elfgen_class)class_,
                                               ELFGEN_LITTLE_ENDIAN, bytes),
                              0);
            elfgen_field_set(&fields[i], (enum elfgen_class)class_, ELFGEN_LITTLE_ENDIAN, bytes, 1);
        }
    ck_assert_mem_eq(bytes, before, sizeof bytes);
}
END_TEST

START_TEST(a_claim_on_another_file_means_nothing)
{
    uint8_t file[ROOM];
    char room[16];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    struct elfgen_view view;
    const struct elfgen_claim claim = {
        .offset = UINT64_C(1) << 40, .length = 64, .part = ELFGEN_PART_STRING};
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open(&view, file, size, NULL), ELFGEN_OK);
    elfgen_claim_meaning(&view, NULL, &claim, &text);
    elfgen_claim_label(&view, NULL, &claim, &text);
    ck_assert_uint_eq(text.length, 0);
    /* Before the file's first byte, and of no part. */
    const struct elfgen_claim wrong = {.part = ELFGEN_PART_PHDR,
                                       .field = &elfgen_structures[ELFGEN_STRUCTURE_phdr].fields[4],
                                       .value = 1};
    const struct elfgen_claim none = {.length = 1, .part = (enum elfgen_part)1000};
    struct elfgen_reference reference;
    elfgen_claim_refers(&view, NULL, &wrong, &reference);
    elfgen_claim_label(&view, NULL, &none, &text);
    ck_assert_uint_eq(text.length, 0);
}
END_TEST

/* ---- version.h ---- */

#if ELFGEN_VERSION < ELFGEN_VERSION_NUMBER(0, 1, 0)
#error "#if compares versions"
#endif

START_TEST(the_version_of_headers_and_library_is_the_same_in_numbers_and_in_text)
{
    char text[40];
    snprintf(text, sizeof text, "%d.%d.%d", ELFGEN_VERSION_MAJOR, ELFGEN_VERSION_MINOR,
             ELFGEN_VERSION_PATCH);
    ck_assert_str_eq(ELFGEN_VERSION_TEXT, text);
    ck_assert_str_eq(elfgen_version_text(), text);
    ck_assert_uint_eq(elfgen_version(), ELFGEN_VERSION);
    ck_assert_uint_lt(ELFGEN_VERSION_NUMBER(0, 9, 999), ELFGEN_VERSION_NUMBER(0, 10, 0));
}
END_TEST

static Suite *contracts_suite(void)
{
    Suite *suite = suite_create("contracts");
    suite_add_tcase(suite, contracts_image_cases());
    TCase *files = tcase_create("files");
    tcase_add_test(files, section_headers_and_their_symbols_may_have_no_name);
    tcase_add_test(files, section_headers_that_are_null_with_a_count_are_a_bad_argument);
    tcase_add_test(files, a_reader_is_asked_for_what_is_looked_at_and_no_more);
    tcase_add_test(files, a_file_of_null_with_a_length_is_a_bad_argument_and_an_empty_view);
    tcase_add_test(files, hex_refuses_null_where_something_is_needed);
    tcase_add_test(files, the_kernel_is_asked_only_about_bytes_that_are_there);
    tcase_add_test(files, a_plan_that_failed_is_not_written);
    tcase_add_test(files, numbers_that_name_nothing_and_null_have_no_name_and_no_text);
    tcase_add_test(files, the_version_of_headers_and_library_is_the_same_in_numbers_and_in_text);
    tcase_add_test(files, a_field_that_is_no_number_reads_as_0_and_is_not_written);
    tcase_add_test(files, a_claim_on_another_file_means_nothing);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, contracts_code_cases());
    return suite;
}

RUN_SUITE(contracts_suite)

/* Wrong arguments to what makes files: image.h. */
#include "contracts.h"

/* ---- elfgen_write_exec() ---- */

START_TEST(code_of_null_with_a_length_is_a_bad_argument)
{
    uint8_t buffer[ROOM];
    struct elfgen_error error;
    ck_assert_uint_eq(elfgen_write_exec(buffer, sizeof buffer, NULL, 7, NULL, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.text, "NULL is given for 7 bytes of code");
    ck_assert_uint_eq(elfgen_write_exec(buffer, sizeof buffer, NULL, 0, NULL, &error), 120);
    /* What does not fit is only measured. */
    ck_assert_uint_eq(elfgen_write_exec(NULL, 0, NULL, 7, NULL, &error), 127);
    ck_assert_int_eq(error.status, ELFGEN_NO_ROOM);
}
END_TEST

START_TEST(a_buffer_of_null_with_a_capacity_is_a_bad_argument)
{
    struct elfgen_error error;
    ck_assert_uint_eq(elfgen_write_exec(NULL, ROOM, code, sizeof code, NULL, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
}
END_TEST

START_TEST(permissions_with_other_bits_are_told_with_their_value_and_whose_they_are)
{
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_section section = {
        .name = ".text", .file = "a.o", .bytes = code, .size = sizeof code, .permissions = 8};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    uint8_t buffer[ROOM];
    options.stack = 8;
    ck_assert_uint_eq(elfgen_write_exec(buffer, ROOM, code, sizeof code, &options, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.text, "the stack's permissions 0x8 have bits besides 4 (read), 2 "
                                 "(write) and 1 (execute)");
    options.stack = 0;
    options.permissions = 16;
    ck_assert_uint_eq(elfgen_write_exec(buffer, ROOM, code, sizeof code, &options, &error), 0);
    ck_assert_str_eq(error.text,
                     "permissions 0x10 have bits besides 4 (read), 2 (write) and 1 (execute)");
    /* A layout does not use these, but the sections'. */
    ck_assert_int_eq(elfgen_layout_single(&program, &options, &layout, &error),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.file, "a.o");
    ck_assert_str_eq(error.section, ".text");
    ck_assert_str_eq(error.text, "permissions 0x8 have bits besides 4 (read), "
                                 "2 (write) and 1 (execute)");
    ck_assert_int_eq(elfgen_layout_split(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
    section.permissions = 5;
    ck_assert_int_eq(elfgen_layout_single(&program, &options, &layout, &error), ELFGEN_OK);
    options.stack = 8;
    ck_assert_int_eq(elfgen_layout_single(&program, &options, &layout, &error),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.text, "the stack's permissions 0x8 have bits besides 4 (read), 2 "
                                 "(write) and 1 (execute)");
}
END_TEST

/* ---- layouts ---- */

typedef enum elfgen_status layout_function(const struct elfgen_program *,
                                           const struct elfgen_exec_options *,
                                           struct elfgen_layout *, struct elfgen_error *);
static layout_function *const layouts[] = {elfgen_layout_single, elfgen_layout_split};

START_TEST(symbols_may_have_no_name_where_an_entry_symbol_is_sought)
{
    struct elfgen_section section = {.bytes = code, .size = sizeof code, .permissions = 5};
    const struct elfgen_symbol symbols[] = {
        {.name = NULL, .section = 0},
        {.name = "_start", .section = 0, .binding = ELFGEN_GLOBAL, .value = 2}};
    struct elfgen_program program = {.sections = &section,
                                     .section_count = 1,
                                     .symbols = symbols,
                                     .symbol_count = 2,
                                     .entry_symbol = "_start"};
    struct elfgen_layout layout;
    struct elfgen_error error;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_OK);
    ck_assert_uint_eq(layout.exec.entry, section.address + 2);
    program.symbol_count = 1;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_UNDEFINED);
}
END_TEST

START_TEST(a_relocation_against_a_symbol_without_name_is_refused_without_one)
{
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 7, .permissions = 5};
    const struct elfgen_symbol symbols[] = {
        {.name = NULL, .section = ELFGEN_SECTION_ABSOLUTE, .value = UINT64_C(1) << 40},
        {.name = NULL, .section = ELFGEN_SECTION_ABSOLUTE, .value = UINT64_C(1) << 40}};
    const struct elfgen_relocation relocation = {.type = ELFGEN_R_X86_64_PC32, .offset = 1};
    const struct elfgen_program program = {.sections = &section,
                                           .section_count = 1,
                                           .symbols = symbols,
                                           .symbol_count = 2,
                                           .relocations = &relocation,
                                           .relocation_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    uint8_t buffer[ROOM];
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_OK);
    ck_assert_uint_eq(elfgen_write_image(&program, &layout, buffer, ROOM, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_DOES_NOT_FIT);
}
END_TEST

START_TEST(a_symbol_in_a_section_that_does_not_exist_is_a_bad_argument)
{
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 7, .permissions = 5};
    struct elfgen_symbol symbol = {.name = "far", .section = 1};
    const struct elfgen_program program = {
        .sections = &section, .section_count = 1, .symbols = &symbol, .symbol_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.text, "symbol 'far' is in section 1, which does not exist");
    static const uint32_t right[] = {0, ELFGEN_SECTION_UNDEFINED, ELFGEN_SECTION_ABSOLUTE};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        symbol.section = right[i];
        ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_OK);
    }
    symbol.section = ELFGEN_SECTION_ABSOLUTE - 1;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_BAD_ARGUMENT);
}
END_TEST

START_TEST(an_array_that_is_null_with_a_count_is_a_bad_argument)
{
    uint8_t buffer[ROOM];
    struct elfgen_layout layout;
    const struct elfgen_program none = {.section_count = 0};
    ck_assert_int_eq(layouts[_i](&none, NULL, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_gt(elfgen_write_image(&none, &layout, buffer, ROOM, NULL), 0);
    const struct elfgen_program programs[] = {{.section_count = 1},
                                              {.symbol_count = SIZE_MAX},
                                              {.relocation_count = 3},
                                              {.section_count = ELFGEN_SECTION_ABSOLUTE}};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        struct elfgen_error error;
        struct elfgen_layout other;
        ck_assert_int_eq(layouts[_i](&programs[i], NULL, &other, &error), ELFGEN_BAD_ARGUMENT);
        ck_assert_uint_eq(elfgen_write_image(&programs[i], &layout, buffer, ROOM, &error), 0);
        ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
        ck_assert_int_eq(elfgen_apply_relocations(&programs[i], 62, buffer, ROOM, &error),
                         ELFGEN_BAD_ARGUMENT);
    }
    struct elfgen_error error;
    ck_assert_uint_eq(elfgen_write_image(&none, &layout, NULL, ROOM, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(elfgen_apply_relocations(&none, 62, NULL, ROOM, &error), ELFGEN_BAD_ARGUMENT);
}
END_TEST

/* ELFGEN_ENTRY_FIRST has the same value. */
START_TEST(an_entry_symbol_at_the_highest_address_is_a_bad_argument)
{
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 7, .permissions = 5};
    const struct elfgen_symbol symbol = {
        .name = "e", .section = ELFGEN_SECTION_ABSOLUTE, .value = UINT64_MAX};
    const struct elfgen_program program = {.sections = &section,
                                           .section_count = 1,
                                           .symbols = &symbol,
                                           .symbol_count = 1,
                                           .entry_symbol = "e"};
    struct elfgen_layout layout;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, NULL), ELFGEN_BAD_ARGUMENT);
}
END_TEST

START_TEST(a_layout_checks_base_and_align_as_write_exec_does)
{
    static const struct {
        uint64_t base, align;
    } wrong[] = {{0x10010, 0}, {0x10000, 3}, {0x10000, 0x20000}, {UINT64_MAX, 1}};
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 7, .permissions = 5};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
        struct elfgen_error by_layout, by_exec;
        struct elfgen_layout layout;
        uint8_t buffer[ROOM];
        options.base = wrong[i].base;
        options.align = wrong[i].align;
        ck_assert_int_eq(layouts[_i](&program, &options, &layout, &by_layout), ELFGEN_BAD_ARGUMENT);
        elfgen_write_exec(buffer, ROOM, code, sizeof code, &options, &by_exec);
        ck_assert_str_eq(by_layout.text, by_exec.text);
    }
}
END_TEST

/* ---- relocations ---- */

START_TEST(a_relocation_of_type_none_changes_nothing_whatever_else_is_in_it)
{
    static const uint16_t machines[] = {ELFGEN_EM_X86_64, ELFGEN_EM_386};
    const struct elfgen_relocation relocations[] = {
        {.type = ELFGEN_R_NONE},
        {.type = ELFGEN_R_NONE, .section = 7, .symbol = 9, .offset = UINT64_MAX, .addend = -1}};
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 7, .permissions = 5};
    const struct elfgen_program program = {.sections = &section,
                                           .section_count = 1,
                                           .relocations = relocations,
                                           .relocation_count = 2};
    for (size_t i = 0; i < 2; i++) {
        struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
        struct elfgen_layout layout;
        uint8_t buffer[ROOM];
        options.machine = machines[i];
        ck_assert_int_eq(elfgen_layout_single(&program, &options, &layout, NULL), ELFGEN_OK);
        size_t size = elfgen_write_image(&program, &layout, buffer, ROOM, NULL);
        ck_assert_uint_eq(size, elfgen_exec_headers(machines[i]) + sizeof code);
        ck_assert_mem_eq(buffer + size - sizeof code, code, sizeof code);
        ck_assert_uint_eq(elfgen_relocation_width(machines[i], ELFGEN_R_NONE), 0);
    }
}
END_TEST

START_TEST(a_relocation_of_a_symbol_that_does_not_exist_is_refused_with_its_place)
{
    const struct elfgen_relocation relocation = {.symbol = 99, .type = 1, .offset = 3};
    const struct elfgen_symbol symbol = {.name = "a", .section = 0};
    struct elfgen_section section = {
        .file = "a.o", .name = ".text", .bytes = code, .size = 7, .permissions = 5};
    struct elfgen_program program = {.sections = &section,
                                     .section_count = 1,
                                     .symbols = &symbol,
                                     .symbol_count = 1,
                                     .relocations = &relocation,
                                     .relocation_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    uint8_t buffer[ROOM];
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_eq(elfgen_write_image(&program, &layout, buffer, ROOM, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.file, "a.o");
    ck_assert_str_eq(error.section, ".text");
    ck_assert_uint_eq(error.offset, 3);
    ck_assert_str_eq(error.text, "a relocation names symbol 99 of 1");
    const struct elfgen_relocation nowhere = {.section = 1, .type = 1};
    program.relocations = &nowhere;
    ck_assert_uint_eq(elfgen_write_image(&program, &layout, buffer, ROOM, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.text, "a relocation names section 1 of 1");
}
END_TEST

START_TEST(a_global_offset_table_in_a_section_that_does_not_exist_is_a_bad_argument)
{
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 7, .permissions = 5};
    struct elfgen_symbol got = {.name = "_GLOBAL_OFFSET_TABLE_", .section = 50};
    const struct elfgen_program program = {.sections = &section, .section_count = 1, .got = &got};
    struct elfgen_layout layout;
    struct elfgen_error error;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.text,
                     "symbol '_GLOBAL_OFFSET_TABLE_' is in section 50, which does not exist");
    got.section = 0;
    ck_assert_int_eq(layouts[_i](&program, NULL, &layout, &error), ELFGEN_OK);
}
END_TEST

TCase *contracts_image_cases(void)
{
    TCase *image = tcase_create("image");
    tcase_add_test(image, code_of_null_with_a_length_is_a_bad_argument);
    tcase_add_test(image, a_buffer_of_null_with_a_capacity_is_a_bad_argument);
    tcase_add_test(image, permissions_with_other_bits_are_told_with_their_value_and_whose_they_are);
    tcase_add_loop_test(image, symbols_may_have_no_name_where_an_entry_symbol_is_sought, 0, 2);
    tcase_add_loop_test(image, a_relocation_against_a_symbol_without_name_is_refused_without_one, 0,
                        2);
    tcase_add_loop_test(image, a_symbol_in_a_section_that_does_not_exist_is_a_bad_argument, 0, 2);
    tcase_add_loop_test(image, an_array_that_is_null_with_a_count_is_a_bad_argument, 0, 2);
    tcase_add_loop_test(image, an_entry_symbol_at_the_highest_address_is_a_bad_argument, 0, 2);
    tcase_add_loop_test(image, a_layout_checks_base_and_align_as_write_exec_does, 0, 2);
    tcase_add_test(image, a_relocation_of_type_none_changes_nothing_whatever_else_is_in_it);
    tcase_add_test(image, a_relocation_of_a_symbol_that_does_not_exist_is_refused_with_its_place);
    tcase_add_loop_test(
        image, a_global_offset_table_in_a_section_that_does_not_exist_is_a_bad_argument, 0, 2);
    return image;
}

/* Wrong arguments are refused with a status and a sentence, as the public headers promise. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { ROOM = 4096 };

static const uint8_t code[] = {0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05};

/* ---- image.h: elfgen_write_exec() ---- */

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

/* ---- image.h: layouts ---- */

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

/* ---- image.h: relocations ---- */

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

/* ---- code.h: a decoder that keeps no promise ---- */

/* What it answers at each byte. */
struct liar {
    struct elfgen_instruction instruction;
    bool has_no_length; /* to the second question */
    uint64_t depth;
    struct elfgen_parts parts;
};

static uint8_t lie_length(void *context, const uint8_t *bytes, size_t size)
{
    const struct liar *liar = context;
    (void)bytes;
    (void)size;
    return liar->has_no_length ? 0 : liar->instruction.length;
}

static bool lie_decode(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                       struct elfgen_registers *registers, struct elfgen_instruction *instruction)
{
    const struct liar *liar = context;
    (void)bytes;
    (void)size;
    (void)address;
    registers->depth = liar->depth;
    *instruction = liar->instruction;
    return true;
}

static void lie_split(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts)
{
    const struct liar *liar = context;
    (void)bytes;
    (void)size;
    *parts = liar->parts;
}

static void lie_text(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                     struct elfgen_text *text)
{
    (void)context;
    (void)bytes;
    (void)address;
    ck_assert_uint_ge(size, 1);
    elfgen_text_char(text, '!');
}

static bool lie_call(void *context, uint8_t by, uint64_t number, struct elfgen_signature *signature)
{
    (void)context;
    (void)by;
    (void)number;
    memset(signature, 0xff, sizeof *signature);
    signature->known = true;
    return true;
}

START_TEST(a_decoder_that_answers_out_of_range_is_survived)
{
    static const struct liar liars[] = {
        {.instruction = {.length = 0, .flow = ELFGEN_FLOW_NEXT}},
        {.instruction = {.length = 255, .flow = ELFGEN_FLOW_NEXT}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_CALL, .has_target = true}, .depth = 9},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_SYSTEM}, .depth = UINT64_MAX},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_SYSTEM, .call_instruction = 7}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_SYSTEM}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_NEXT}, .has_no_length = true},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_NEXT},
         .parts = {.count = 255, .parts = {{.what = 99, .length = 1}}}},
        {.instruction = {.length = 1, .flow = ELFGEN_FLOW_NEXT},
         .parts = {.count = 2, .parts = {{.length = 8}, {.offset = 255, .length = 255}}}}};
    struct liar liar = liars[_i];
    static const struct elfgen_encoding encoding = {.field = {.name = "opcode", .meaning = ""}};
    static const struct elfgen_call_instruction call = {
        .number = 32, .arguments = {33, 254}, .next_address = 200, .changed = UINT32_MAX};
    const struct elfgen_machine machine = {.context = &liar,
                                           .encodings = &encoding,
                                           .encoding_count = 1,
                                           .register_count = ELFGEN_REGISTERS_MOST,
                                           .stack_pointer = 255,
                                           .call_instructions = &call,
                                           .call_instruction_count = 1,
                                           .length = lie_length,
                                           .decode = lie_decode,
                                           .split = lie_split,
                                           .text = lie_text,
                                           .call = lie_call};
    /* In memory of its own, so that a sanitizer sees each byte that is read past its end. */
    const size_t size = 120 + sizeof code;
    uint8_t *file = malloc(size);
    struct elfgen_view view;
    struct elfgen_code followed;
    ck_assert_uint_eq(elfgen_write_exec(file, size, code, sizeof code, NULL, NULL), size);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    const size_t room = elfgen_code_room(&view, ELFGEN_CODE_FLOW);
    uint64_t *memory = calloc(1, room);
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_FLOW, memory, room),
                     ELFGEN_OK);
    struct elfgen_map map;
    struct elfgen_claim claim;
    elfgen_map_begin(&map, &view, &followed, true, 0, size);
    while (elfgen_map_next(&map, &claim)) {
        char sentence[200];
        struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
        elfgen_claim_meaning(&view, &followed, &claim, &text);
        ck_assert_uint_le(claim.offset + claim.length, size);
    }
    free(memory);
    free(file);
}
END_TEST

START_TEST(bits_of_an_encoding_that_are_not_in_a_number_of_64_are_none)
{
    static const struct elfgen_bit_meaning bits[] = {
        {0, 64, "all"}, {64, 1, "past"}, {60, 5, "past"}, {0, 0, "none"}, {0, 1, NULL}};
    static const bool valid[] = {true, false, false, false, false};
    char letters[100], sentence[200];
    uint8_t file[ROOM];
    struct elfgen_view view;
    memset(letters, 'x', sizeof letters - 1);
    letters[sizeof letters - 1] = '\0';
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        struct elfgen_encoding encoding = {
            .field = {.name = "part", .kind = ELFGEN_KIND_HEX}, .bits = &bits[i], .bit_count = 1};
        const struct elfgen_claim claim = {.offset = 120,
                                           .length = 7,
                                           .part = ELFGEN_PART_ENCODING,
                                           .field = &encoding.field,
                                           .encoding = &encoding,
                                           .value = UINT64_MAX};
        struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
        struct elfgen_bit_group group;
        ck_assert(elfgen_claim_bits(&view, &claim, 0, &group) == valid[i]);
        if (valid[i])
            ck_assert_uint_eq(group.value, UINT64_MAX);
        elfgen_claim_meaning(&view, NULL, &claim, &text);
        text.length = 0;
        encoding.letters = letters;
        elfgen_claim_meaning(&view, NULL, &claim, &text);
        ck_assert_uint_eq(text.length, 64);
    }
}
END_TEST

START_TEST(a_claim_on_no_byte_is_not_given_to_the_decoder)
{
    struct liar liar = {.instruction = {.length = 1, .flow = ELFGEN_FLOW_END}};
    const struct elfgen_machine machine = {
        .context = &liar, .length = lie_length, .decode = lie_decode, .text = lie_text};
    uint8_t file[ROOM];
    char sentence[16];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
    struct elfgen_view view;
    struct elfgen_code followed;
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    const size_t room = elfgen_code_room(&view, ELFGEN_CODE_FLOW);
    uint64_t *memory = calloc(1, room);
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_FLOW, memory, room),
                     ELFGEN_OK);
    const struct elfgen_claim claims[] = {
        {.offset = size, .length = 1, .part = ELFGEN_PART_INSTRUCTION},
        {.offset = 120, .length = 0, .part = ELFGEN_PART_INSTRUCTION}};
    for (size_t i = 0; i < 2; i++) {
        elfgen_claim_meaning(&view, &followed, &claims[i], &text);
        elfgen_claim_label(&view, &followed, &claims[i], &text);
    }
    free(memory);
}
END_TEST

START_TEST(memory_for_code_that_is_null_or_not_aligned_and_too_many_registers_are_bad_arguments)
{
    const struct elfgen_machine machine = {.context = NULL};
    uint8_t file[ROOM];
    struct elfgen_view view;
    struct elfgen_code followed;
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    ck_assert_int_eq(elfgen_view_open_program(&view, file, size, NULL), ELFGEN_OK);
    const size_t room = elfgen_code_room(&view, ELFGEN_CODE_ALL);
    uint8_t *memory = calloc(1, room + 8);
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_ALL, NULL, room),
                     ELFGEN_BAD_ARGUMENT);
    ck_assert_int_eq(
        elfgen_code_follow(&followed, &view, &machine, ELFGEN_CODE_ALL, memory + 1, room),
        ELFGEN_BAD_ARGUMENT);
    const struct elfgen_run runs[] = {{.length = 1}, {.call_count = 1}};
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(elfgen_code_follow_run(&followed, &view, &machine, ELFGEN_CODE_ALL,
                                                &runs[i], memory, room),
                         ELFGEN_BAD_ARGUMENT);
    const struct elfgen_machine large = {.register_count = ELFGEN_REGISTERS_MOST + 1};
    ck_assert_int_eq(elfgen_code_follow(&followed, &view, &large, ELFGEN_CODE_ALL, memory, room),
                     ELFGEN_BAD_ARGUMENT);
    free(memory);
}
END_TEST

START_TEST(an_argument_and_a_push_beyond_their_arrays_touch_nothing)
{
    struct elfgen_registers registers = {.depth = UINT64_MAX};
    elfgen_registers_push(&registers, (struct elfgen_bits){1, 1});
    ck_assert_uint_eq(registers.depth, ELFGEN_STACK_SLOTS);
    const struct elfgen_code followed = {.view = NULL};
    const struct elfgen_call call = {.offset = 0};
    struct elfgen_signature signature = {.count = 255};
    uint64_t offset, length;
    ck_assert(!elfgen_code_referred(&followed, &call, &signature, 6, &offset, &length));
    ck_assert(!elfgen_code_referred(&followed, &call, &signature, UINT_MAX, &offset, &length));
}
END_TEST

static Suite *contracts_suite(void)
{
    Suite *suite = suite_create("contracts");
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
    suite_add_tcase(suite, image);
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
    TCase *followed = tcase_create("code");
    tcase_add_loop_test(followed, a_decoder_that_answers_out_of_range_is_survived, 0, 9);
    tcase_add_test(
        followed,
        memory_for_code_that_is_null_or_not_aligned_and_too_many_registers_are_bad_arguments);
    tcase_add_test(followed, bits_of_an_encoding_that_are_not_in_a_number_of_64_are_none);
    tcase_add_test(followed, a_claim_on_no_byte_is_not_given_to_the_decoder);
    tcase_add_test(followed, an_argument_and_a_push_beyond_their_arrays_touch_nothing);
    suite_add_tcase(suite, followed);
    return suite;
}

RUN_SUITE(contracts_suite)

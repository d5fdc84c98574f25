/* image/section_headers: section headers and symbols appended to a file, read back by view/, and
 * refused if they are invalid. */
#include <string.h>

#include "elfgen.h"
#include "section_header_files.h"
#include "room.h"

START_TEST(the_view_reads_what_was_written_in_both_classes_and_orders)
{
    static const int order[] = {1, 3, 0, 2, 4}; /* local ones first */
    uint8_t file[FILE_SIZE];
    const struct elfgen_section_headers wanted = {sections, 4, symbols, 5};
    size_t size;
    make_file(file, _i);
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[_i].class_, &wanted, &size);
    struct elfgen_view view;
    struct elfgen_shdr shdr, strings;
    ck_assert_int_eq(elfgen_view_open(&view, bytes, size, NULL), ELFGEN_OK);
    ck_assert_int_eq(view.order, kinds[_i].order);
    ck_assert_uint_eq(view.sections.count, 8);
    ck_assert_uint_eq(view.names, 7);
    for (size_t i = 0; i < 4; i++) {
        const char *name;
        ck_assert_int_eq(elfgen_view_section(&view, i + 1, &shdr, NULL), ELFGEN_OK);
        ck_assert_uint_eq(elfgen_view_section_name(&view, &shdr, &name), strlen(sections[i].name));
        ck_assert_str_eq(name, sections[i].name);
        ck_assert_uint_eq(shdr.sh_type, sections[i].type);
        ck_assert_uint_eq(shdr.sh_flags, sections[i].flags);
        ck_assert_uint_eq(shdr.sh_addr, sections[i].address);
        ck_assert_uint_eq(shdr.sh_offset, sections[i].offset);
        ck_assert_uint_eq(shdr.sh_size, sections[i].size);
        ck_assert_uint_eq(shdr.sh_addralign, sections[i].align);
        ck_assert_uint_eq(shdr.sh_entsize, sections[i].entry_size);
    }
    ck_assert_int_eq(elfgen_view_section(&view, 5, &shdr, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_view_section(&view, shdr.sh_link, &strings, NULL), ELFGEN_OK);
    for (size_t i = 0; i < 5; i++) {
        const struct elfgen_symbol_entry *expected = &symbols[order[i]];
        struct elfgen_sym symbol;
        const char *name;
        ck_assert_int_eq(elfgen_view_symbol(&view, &shdr, i + 1, &symbol, NULL), ELFGEN_OK);
        ck_assert_uint_eq(
            elfgen_view_string(&view, strings.sh_offset, strings.sh_size, symbol.st_name, &name),
            strlen(expected->name));
        ck_assert_str_eq(name, expected->name);
        ck_assert_uint_eq(symbol.st_value, expected->value);
        ck_assert_uint_eq(symbol.st_size, expected->size);
        ck_assert_uint_eq(symbol.st_info, (unsigned)(expected->binding << 4 | expected->type));
    }
    ck_assert_uint_eq(view.ehdr.e_entry, 0x10078);
    ck_assert_uint_eq(view.ehdr.e_machine, EM_PPC);
    ck_assert_mem_eq(bytes + 64, file + 64, FILE_SIZE - 64);
    free(bytes);
}
END_TEST

/* Refused: a section, a symbol or a class, with its status and a word of the message. */
static const struct {
    struct elfgen_section_header section;
    struct elfgen_symbol_entry symbol;
    int class_;
    enum elfgen_status status;
    const char *word;
} refused[] = {
#define GOOD_SECTION                                                                               \
    {                                                                                              \
        "sec", 1, 0, 0, 0, 0, 0, 0                                                                 \
    }
#define GOOD_SYMBOL                                                                                \
    {                                                                                              \
        "sym", 0, 0, 0, 0, 0                                                                       \
    }
#define WIDE UINT64_C(0x100000000)
    {GOOD_SECTION, GOOD_SYMBOL, 0, ELFGEN_BAD_ARGUMENT, "class"},
    {GOOD_SECTION, GOOD_SYMBOL, 3, ELFGEN_BAD_ARGUMENT, "class"},
    {GOOD_SECTION, GOOD_SYMBOL, 2, ELFGEN_BAD_ARGUMENT, "EI_CLASS"}, /* the file's is 1 */
    {{"sec", 1, WIDE, 0, 0, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "sh_flags"},
    {{"sec", 1, 0, WIDE, 0, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "sh_addr"},
    {{"sec", 8, 0, 0, WIDE, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "sh_offset"},
    {{"sec", 8, 0, 0, 0, WIDE, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "sh_size"},
    {{"sec", 1, 0, 0, 0, 0, WIDE, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "sh_addralign"},
    {{"sec", 1, 0, 0, 0, 0, 0, WIDE}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "sh_entsize"},
    {{"sec", 1, 0, 0, 0, 0, 6, 0}, GOOD_SYMBOL, 1, ELFGEN_BAD_ARGUMENT, "alignment 6"},
    {{"sec", 1, 0, 0, 200, 4, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_OUT_OF_RANGE, "its 4 bytes"},
    {{"sec", 1, 0, 0, 204, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_OUT_OF_RANGE, "its 0 bytes"},
    {GOOD_SECTION, {"sym", WIDE, 0, 0, 0, 0}, 1, ELFGEN_DOES_NOT_FIT, "'sym': value"},
    {GOOD_SECTION, {"sym", 0, WIDE, 0, 0, 0}, 1, ELFGEN_DOES_NOT_FIT, "'sym': size"},
    {GOOD_SECTION, {"sym", 0, 0, 16, 0, 0}, 1, ELFGEN_BAD_ARGUMENT, "'sym': type 16"},
    {GOOD_SECTION, {"sym", 0, 0, 0, 16, 0}, 1, ELFGEN_BAD_ARGUMENT, "binding 16"},
    {GOOD_SECTION, {"sym", 0, 0, 0, 0, 1}, 1, ELFGEN_OUT_OF_RANGE, "'sym': section 1"},
    {GOOD_SECTION, {"sym", 0, 0, 0, 0, UINT32_MAX - 2}, 1, ELFGEN_OUT_OF_RANGE, "'sym'"},
};

START_TEST(invalid_sections_and_symbols_are_refused_by_name)
{
    uint8_t file[1024], before[1024];
    struct elfgen_error error = {0};
    memset(file, 0, sizeof file);
    make_file(file, 2);
    memcpy(before, file, sizeof file);
    const struct elfgen_section_headers wanted = {&refused[_i].section, 1, &refused[_i].symbol, 1};
    ck_assert_uint_eq(elfgen_write_section_headers(file, sizeof file, FILE_SIZE,
                                                   (enum elfgen_class)refused[_i].class_, &wanted,
                                                   &error),
                      0);
    ck_assert_int_eq(error.status, refused[_i].status);
    ck_assert_msg(strstr(error.text, refused[_i].word) != NULL, "%s", error.text);
    ck_assert_mem_eq(file, before, sizeof file);
    /* The section is the place, not a part of the sentence. */
    const bool about_symbol = strncmp(error.text, "symbol", 6) == 0;
    const bool about_file = strstr(error.text, "class") || strstr(error.text, "CLASS");
    if (!about_symbol && !about_file) {
        ck_assert_str_eq(error.section, "sec");
        ck_assert_uint_eq(error.offset, ELFGEN_NOWHERE);
        ck_assert_ptr_null(strstr(error.text, "sec"));
    }
}
END_TEST

START_TEST(a_file_that_is_not_elf_or_damaged_is_refused)
{
    static const struct {
        size_t at;
        uint64_t size;
        enum elfgen_status status;
        uint8_t byte;
    } files[] = {{1, FILE_SIZE, ELFGEN_NOT_ELF, 'e'},
                 {5, FILE_SIZE, ELFGEN_BAD_VALUE, 0},
                 {5, FILE_SIZE, ELFGEN_BAD_VALUE, 3},
                 {5, 51, ELFGEN_TRUNCATED, 1},
                 {5, 0, ELFGEN_NOT_ELF, 1}};
    uint8_t file[1024] = {0}, before[1024];
    struct elfgen_error error = {0};
    const struct elfgen_section_headers none = {NULL, 0, NULL, 0};
    make_file(file, 2);
    file[files[_i].at] = files[_i].byte;
    memcpy(before, file, sizeof file);
    ck_assert_uint_eq(elfgen_write_section_headers(file, sizeof file, files[_i].size,
                                                   ELFGEN_CLASS32, &none, &error),
                      0);
    ck_assert_int_eq(error.status, files[_i].status);
    ck_assert_mem_eq(file, before, sizeof file);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
    const struct elfgen_section_headers wanted = {sections, 1, symbols, 1};
    struct elfgen_error error = {0};
    ck_assert_uint_eq(elfgen_write_section_headers(NULL, 0, UINT64_MAX - (uint64_t)_i,
                                                   ELFGEN_CLASS64, &wanted, &error),
                      0);
    ck_assert_int_eq(error.status, ELFGEN_DOES_NOT_FIT);
    ck_assert_uint_eq(elfgen_write_section_headers(NULL, 0, UINT32_MAX - (uint64_t)_i,
                                                   ELFGEN_CLASS32, &wanted, &error),
                      0);
    ck_assert_int_eq(error.status, ELFGEN_DOES_NOT_FIT);
}
END_TEST

static Suite *section_headers_suite(void)
{
    Suite *suite = suite_create("section_headers");
    TCase *written = tcase_create("what is written");
    tcase_add_loop_test(written, the_view_reads_what_was_written_in_both_classes_and_orders, 0, 4);
    suite_add_tcase(suite, written);
    TCase *refusals = tcase_create("what is refused");
    tcase_add_loop_test(refusals, invalid_sections_and_symbols_are_refused_by_name, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(refusals, a_file_that_is_not_elf_or_damaged_is_refused, 0, 5);
    tcase_add_loop_test(refusals, sizes_that_overflow_are_refused, 0, 200);
    suite_add_tcase(suite, refusals);
    return suite;
}

RUN_SUITE(section_headers_suite)

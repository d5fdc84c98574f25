/* view/: reading headers, tables and strings of files that are cut, damaged or random. */
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "support/lecture.h"
#include "room.h"

START_TEST(the_lectures_file_reads_field_by_field)
{
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    ck_assert_int_eq(elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL), ELFGEN_OK);
    ck_assert_int_eq(view.class_, ELFGEN_CLASS64);
    ck_assert_int_eq(view.order, ELFGEN_LITTLE_ENDIAN);
    ck_assert_uint_eq(view.ehdr.ei_osabi, 3);
    ck_assert_uint_eq(view.ehdr.e_type, 2);
    ck_assert_uint_eq(view.ehdr.e_machine, 62);
    ck_assert_uint_eq(view.ehdr.e_entry, 0x10078);
    ck_assert_uint_eq(view.ehdr.e_phoff, 64);
    ck_assert_uint_eq(view.ehdr.e_phentsize, 56);
    ck_assert_uint_eq(view.segments.count, 1);
    ck_assert_uint_eq(view.sections.count, 0);
    ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, NULL), ELFGEN_OK);
    ck_assert_uint_eq(phdr.p_type, 1);
    ck_assert_uint_eq(phdr.p_flags, 5);
    ck_assert_uint_eq(phdr.p_vaddr, 0x10000);
    ck_assert_uint_eq(phdr.p_filesz, 0xb2);
    ck_assert_uint_eq(phdr.p_memsz, 0xb2);
    ck_assert_uint_eq(phdr.p_align, 0x100);
    ck_assert_int_eq(elfgen_view_segment(&view, 1, &phdr, NULL), ELFGEN_OUT_OF_RANGE);
}
END_TEST

START_TEST(a_cut_header_reads_as_zeros_past_the_file_s_end)
{
    for (size_t length = 0; length <= 64; length++) {
        uint8_t *bytes = malloc(length ? length : 1);
        memcpy(bytes, lecture_file, length);
        struct elfgen_view view;
        struct elfgen_error error;
        enum elfgen_status status = elfgen_view_open(&view, bytes, length, &error);
        ck_assert_int_eq(status, length < 4    ? ELFGEN_NOT_ELF
                                 : length == 4 ? ELFGEN_TRUNCATED
                                 : length < 64 ? ELFGEN_TRUNCATED
                                               : ELFGEN_OK);
        ck_assert_uint_eq(view.ehdr.e_phnum, length > 56 ? 1 : 0);
        ck_assert_uint_eq(view.ehdr.e_entry, length > 26 ? 0x10078 : length > 24 ? 0x78 : 0);
        free(bytes);
    }
}
END_TEST

START_TEST(a_cut_program_header_reads_as_zeros_and_is_reported_as_cut)
{
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    uint8_t bytes[100];
    memcpy(bytes, lecture_file, sizeof bytes);
    elfgen_view_open(&view, bytes, sizeof bytes, NULL);
    struct elfgen_error error;
    ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, &error), ELFGEN_TRUNCATED);
    ck_assert_uint_eq(error.offset, 64);
    ck_assert_uint_eq(phdr.p_vaddr, 0x10000);
    ck_assert_uint_eq(phdr.p_filesz, 0xb2);
    ck_assert_uint_eq(phdr.p_memsz, 0);
}
END_TEST

/* Reads everything that a view offers, wherever it points. */
static void look_at_everything(const uint8_t *bytes, size_t length)
{
    struct elfgen_view view;
    struct elfgen_error error;
    elfgen_view_open(&view, bytes, length, &error);
    uint64_t indices[] = {0,         1, 2, 77, view.segments.count - 1, view.sections.count - 1,
                          UINT64_MAX};
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++) {
        struct elfgen_phdr phdr;
        struct elfgen_shdr shdr;
        struct elfgen_sym sym;
        struct elfgen_rela rela;
        struct elfgen_dyn dyn;
        const char *name;
        elfgen_view_segment(&view, indices[i], &phdr, &error);
        enum elfgen_status status = elfgen_view_section(&view, indices[i], &shdr, &error);
        if (status != ELFGEN_OK && status != ELFGEN_TRUNCATED)
            continue;
        for (size_t j = 0; j < sizeof indices / sizeof indices[0]; j++) {
            elfgen_view_symbol(&view, &shdr, indices[j], &sym, &error);
            elfgen_view_relocation(&view, &shdr, indices[j], &rela, &error);
            elfgen_view_dynamic(&view, &shdr, indices[j], &dyn, &error);
            elfgen_view_string(&view, shdr.sh_offset, shdr.sh_size, indices[j], &name);
        }
        size_t size = elfgen_view_section_name(&view, &shdr, &name);
        if (size != SIZE_MAX)
            ck_assert(name >= (const char *)bytes && name + size <= (const char *)bytes + length);
    }
}

START_TEST(random_changes_never_read_outside_the_bytes)
{
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
    for (int round = 0; round < 2000; round++) {
        size_t length = (size_t)(next_random(&state) % (sizeof lecture_file + 1));
        /* An allocation of the exact size, so that AddressSanitizer notices a read past it. */
        uint8_t *bytes = malloc(length ? length : 1);
        memcpy(bytes, lecture_file, length);
        for (uint64_t changes = next_random(&state) % 9; changes > 0 && length > 0; changes--) {
            static const uint8_t extremes[] = {0, 1, 0x7f, 0x80, 0xff};
            bytes[next_random(&state) % length] = extremes[next_random(&state) % sizeof extremes];
        }
        look_at_everything(bytes, length);
        free(bytes);
    }
}
END_TEST

START_TEST(counts_too_large_for_their_fields_come_from_section_header_0)
{
    uint8_t bytes[64 + 64] = {0};
    const struct elfgen_structure *ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    const struct elfgen_structure *shdr = &elfgen_structures[ELFGEN_STRUCTURE_shdr];
    memcpy(bytes, lecture_file, 64);
    for (unsigned i = 0; i < ehdr->count; i++) {
        uint64_t value = 0;
        const char *name = ehdr->fields[i].name;
        bool set = true;
        if (strcmp(name, "e_phnum") == 0 || strcmp(name, "e_shstrndx") == 0)
            value = 0xffff;
        else if (strcmp(name, "e_shoff") == 0)
            value = 64;
        else
            set = strcmp(name, "e_shnum") == 0;
        if (set)
            elfgen_field_set(&ehdr->fields[i], ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN, bytes, value);
    }
    for (unsigned i = 0; i < shdr->count; i++) {
        uint64_t value = strcmp(shdr->fields[i].name, "sh_size") == 0   ? 70000
                         : strcmp(shdr->fields[i].name, "sh_link") == 0 ? 69999
                         : strcmp(shdr->fields[i].name, "sh_info") == 0 ? 65536
                                                                        : 0;
        elfgen_field_set(&shdr->fields[i], ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN, bytes + 64, value);
    }
    struct elfgen_view view;
    ck_assert_int_eq(elfgen_view_open(&view, bytes, sizeof bytes, NULL), ELFGEN_OK);
    ck_assert_uint_eq(view.sections.count, 70000);
    ck_assert_uint_eq(view.segments.count, 65536);
    ck_assert_uint_eq(view.names, 69999);
}
END_TEST

START_TEST(a_string_ends_at_its_nul_or_with_its_table_or_the_file)
{
    struct elfgen_view view;
    const char *string;
    elfgen_view_open(&view, "\177ELF..abc\0def", 13, NULL);
    ck_assert_uint_eq(elfgen_view_string(&view, 6, 7, 0, &string), 3);
    ck_assert_mem_eq(string, "abc", 3);
    ck_assert_uint_eq(elfgen_view_string(&view, 6, 7, 4, &string), 3);
    ck_assert_uint_eq(elfgen_view_string(&view, 6, 6, 4, &string), 2);
    ck_assert_uint_eq(elfgen_view_string(&view, 6, 700, 4, &string), 3);
    ck_assert_uint_eq(elfgen_view_string(&view, 6, 7, 7, &string), SIZE_MAX);
    ck_assert_uint_eq(elfgen_view_string(&view, 13, 7, 0, &string), SIZE_MAX);
    ck_assert_uint_eq(elfgen_view_string(&view, UINT64_MAX, 7, 1, &string), SIZE_MAX);
}
END_TEST

START_TEST(a_program_is_read_as_by_linux_which_ignores_its_class_and_data)
{
    /* command/explain.bats asks the kernel; this tests which class and order are chosen. */
    uint8_t file[sizeof lecture_file];
    struct elfgen_view view;
    for (int class_ = 0; class_ < 256; class_ += 17)
        for (int data = 0; data < 256; data += 17) {
            memcpy(file, lecture_file, sizeof file);
            file[4] = (uint8_t)class_;
            file[5] = (uint8_t)data;
            ck_assert_int_eq(elfgen_view_open_program(&view, file, sizeof file, NULL), ELFGEN_OK);
            ck_assert_int_eq(view.class_, ELFGEN_CLASS64);
            ck_assert_int_eq(view.order, ELFGEN_LITTLE_ENDIAN);
            ck_assert_uint_eq(view.ehdr.e_entry, 0x10078);
        }
    /* A file that Linux refuses, here for its e_phentsize, is read as readelf reads it. */
    file[4] = 1;
    file[54] = 57;
    elfgen_view_open_program(&view, file, sizeof file, NULL);
    ck_assert_int_eq(view.class_, ELFGEN_CLASS32);
    ck_assert_int_eq(elfgen_view_open_program(&view, "text", 4, NULL), ELFGEN_NOT_ELF);
}
END_TEST

START_TEST(a_file_is_elf_if_its_four_first_bytes_are_the_magic_number)
{
    struct elfgen_view view;
    uint8_t bytes[64] = ELFGEN_MAGIC;
    ck_assert_int_eq(memcmp(bytes, "\x7f\x45\x4c\x46", ELFGEN_MAGIC_SIZE), 0);
    for (uint64_t length = 0; length <= sizeof bytes; length++) {
        bool is_elf = length >= ELFGEN_MAGIC_SIZE;
        ck_assert_int_eq(elfgen_view_open(&view, bytes, length, NULL) != ELFGEN_NOT_ELF, is_elf);
        ck_assert_int_eq(elfgen_view_is_elf(&view), is_elf);
    }
    for (unsigned i = 0; i < ELFGEN_MAGIC_SIZE; i++) {
        bytes[i] ^= 0x20;
        ck_assert_int_eq(elfgen_view_open(&view, bytes, sizeof bytes, NULL), ELFGEN_NOT_ELF);
        ck_assert(!elfgen_view_is_elf(&view));
        bytes[i] ^= 0x20;
    }
}
END_TEST

static Suite *view_suite(void)
{
    Suite *suite = suite_create("view");
    TCase *reads = tcase_create("reads");
    tcase_add_test(reads, a_file_is_elf_if_its_four_first_bytes_are_the_magic_number);
    tcase_add_test(reads, the_lectures_file_reads_field_by_field);
    tcase_add_test(reads, counts_too_large_for_their_fields_come_from_section_header_0);
    tcase_add_test(reads, a_string_ends_at_its_nul_or_with_its_table_or_the_file);
    tcase_add_test(reads, a_program_is_read_as_by_linux_which_ignores_its_class_and_data);
    suite_add_tcase(suite, reads);
    TCase *any_bytes = tcase_create("any bytes");
    tcase_add_test(any_bytes, a_cut_header_reads_as_zeros_past_the_file_s_end);
    tcase_add_test(any_bytes, a_cut_program_header_reads_as_zeros_and_is_reported_as_cut);
    tcase_add_loop_test(any_bytes, random_changes_never_read_outside_the_bytes, 0, 10);
    suite_add_tcase(suite, any_bytes);
    return suite;
}

RUN_SUITE(view_suite)

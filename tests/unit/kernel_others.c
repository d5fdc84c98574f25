/* kernel/: differences between versions of Linux, and objections of other loaders. */
#include <stdlib.h>
#include <string.h>

#include "kernel_ask.h"

/* ---- versions ---- */

START_TEST(without_gnu_stack_every_page_was_executable_up_to_5_7)
{
    struct elfgen_kernel_machine old = linux_of(5, 4), new = linux_of(5, 10);
    ck_assert_int_eq(with("p_flags", 4, &old).verdict, ELFGEN_STARTS);
    ck_assert_int_eq(with("p_flags", 4, &new).check, ELFGEN_CHECK_first_not_executable);
}
END_TEST

START_TEST(program_headers_were_limited_to_a_page_up_to_6_16)
{
    enum { MANY = 80 };
    static uint8_t bytes[64 + MANY * 56];
    struct elfgen_kernel_machine old = linux_of(6, 12), new = linux_of(6, 18);
    memcpy(bytes, lecture_file, 120);
    memset(bytes + 120, 0, sizeof bytes - 120);
    set(bytes, ELFGEN_CLASS64, "e_phnum", MANY);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &old).check, ELFGEN_CHECK_many_headers);
    ck_assert_uint_eq(ask(bytes, sizeof bytes, &old).other, 73);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &new).check, ELFGEN_CHECK_passed);
}
END_TEST

START_TEST(zeros_after_a_read_only_segment_were_fatal_in_5_15)
{
    struct elfgen_kernel_machine old = linux_of(5, 15), middle = linux_of(6, 1),
                                 new = linux_of(6, 12);
    ck_assert_int_eq(with("p_memsz", 0x2000, &old).check, ELFGEN_CHECK_clear);
    ck_assert_int_eq(with("p_memsz", 0x2000, &middle).check, ELFGEN_CHECK_passed);
    ck_assert_int_eq(with("p_memsz", 0x2000, &new).check, ELFGEN_CHECK_passed);
}
END_TEST

START_TEST(a_page_that_cannot_be_cleared_is_fatal_from_6_7_on)
{
    struct elfgen_kernel_machine old = linux_of(6, 1), new = linux_of(6, 12);
    uint8_t bytes[sizeof lecture_file];
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "p_flags", 7);
    set(bytes, ELFGEN_CLASS64, "p_filesz", 0x1800);
    set(bytes, ELFGEN_CLASS64, "p_memsz", 0x3000);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &old).check, ELFGEN_CHECK_passed);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &new).check, ELFGEN_CHECK_clear);
}
END_TEST

/* The lecture's program with its segment twice. */
static void make_twice(uint8_t *bytes, const char *field, uint64_t value)
{
    memset(bytes, 0, 256);
    memcpy(bytes, lecture_file, sizeof lecture_file);
    if (field)
        set(bytes, ELFGEN_CLASS64, field, value);
    memcpy(bytes + 176, lecture_file + 120, 58);
    memcpy(bytes + 120, bytes + 64, 56);
    set(bytes, ELFGEN_CLASS64, "e_phnum", 2);
}

START_TEST(overlapping_segments_were_fatal_up_to_5_2)
{
    uint8_t bytes[256];
    make_twice(bytes, NULL, 0);
    static const unsigned versions[][2] = {{4, 19}, {5, 2}, {5, 3}, {5, 4},  {5, 10},
                                           {5, 15}, {6, 1}, {6, 6}, {6, 12}, {6, 18}};
    for (size_t i = 0; i < 10; i++) {
        struct elfgen_kernel_machine machine = linux_of(versions[i][0], versions[i][1]);
        ck_assert_int_eq(ask(bytes, sizeof bytes, &machine).check,
                         i < 2 ? ELFGEN_CHECK_map_exists : ELFGEN_CHECK_passed);
    }
}
END_TEST

START_TEST(replaced_memory_is_deducted_from_the_new_from_6_12_on)
{
    const uint64_t pages = 20, page = 4096;
    uint8_t bytes[256];
    struct elfgen_kernel_machine old = linux_of(6, 11), new = linux_of(6, 12);
    /* Two writable segments: 20 pages, and 24 pages that replace them. */
    make_twice(bytes, "p_flags", 7);
    set(bytes, ELFGEN_CLASS64, "p_filesz", pages * page);
    set(bytes, ELFGEN_CLASS64, "p_memsz", pages * page);
    set(bytes + 56, ELFGEN_CLASS64, "p_filesz", (pages + 4) * page);
    set(bytes + 56, ELFGEN_CLASS64, "p_memsz", (pages + 4) * page);
    set(bytes, ELFGEN_CLASS64, "e_phnum", 2);
    old.memory_pages = new.memory_pages = pages + 2;
    ck_assert_int_eq(ask(bytes, sizeof bytes, &old).check, ELFGEN_CHECK_map_memory);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &new).check, ELFGEN_CHECK_passed);
    /* With strict accounting both versions allow as much: the stack's 33 pages, and these. */
    old.overcommit = new.overcommit = ELFGEN_OVERCOMMIT_NEVER;
    old.memory_pages = new.memory_pages = 33 + pages + 5;
    ck_assert_int_eq(ask(bytes, sizeof bytes, &old).check, ELFGEN_CHECK_passed);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &new).check, ELFGEN_CHECK_passed);
    old.memory_pages = new.memory_pages = 33 + pages + 4;
    ck_assert_int_eq(ask(bytes, sizeof bytes, &old).check, ELFGEN_CHECK_map_memory);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &new).check, ELFGEN_CHECK_map_memory);
}
END_TEST

START_TEST(the_stack_did_not_grow_for_far_addresses_up_to_4_20)
{
    struct elfgen_kernel_machine old = linux_of(4, 20), new = linux_of(5, 0);
    /* Without PT_GNU_STACK, the stack of both is executable. */
    ck_assert_int_eq(with("e_entry", 0x7fffffeff000, &old).check, ELFGEN_CHECK_first_nothing);
    ck_assert_int_eq(with("e_entry", 0x7fffffeff000, &new).check, ELFGEN_CHECK_passed);
}
END_TEST

START_TEST(some_versions_place_a_static_et_dyn_at_a_multiple_of_its_alignment)
{
    static const struct {
        unsigned major, minor;
        bool aligned;
    } versions[] = {{4, 19, false}, {5, 15, false}, {6, 1, true},  {6, 5, false}, {6, 6, true},
                    {6, 7, false},  {6, 10, false}, {6, 11, true}, {6, 12, true}, {6, 18, true}};
    uint8_t bytes[sizeof lecture_file];
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "e_type", 3);
    set(bytes, ELFGEN_CLASS64, "p_align", 0x200000);
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct elfgen_kernel_machine machine = linux_of(versions[i].major, versions[i].minor);
        uint64_t start = ask(bytes, sizeof bytes, &machine).entry - 0x78;
        ck_assert_int_eq(start % 0x200000 == 0, versions[i].aligned);
    }
}
END_TEST

TCase *kernel_version_cases(void)
{
    TCase *versions = tcase_create("versions");
    tcase_add_test(versions, without_gnu_stack_every_page_was_executable_up_to_5_7);
    tcase_add_test(versions, program_headers_were_limited_to_a_page_up_to_6_16);
    tcase_add_test(versions, zeros_after_a_read_only_segment_were_fatal_in_5_15);
    tcase_add_test(versions, a_page_that_cannot_be_cleared_is_fatal_from_6_7_on);
    tcase_add_test(versions, overlapping_segments_were_fatal_up_to_5_2);
    tcase_add_test(versions, replaced_memory_is_deducted_from_the_new_from_6_12_on);
    tcase_add_test(versions, the_stack_did_not_grow_for_far_addresses_up_to_4_20);
    tcase_add_test(versions, some_versions_place_a_static_et_dyn_at_a_multiple_of_its_alignment);
    return versions;
}

/* ---- objections ---- */

static unsigned objections(const void *bytes, size_t size, unsigned who, const char **names)
{
    struct elfgen_objection objection;
    unsigned row = 0, count = 0;
    while (elfgen_objection_next(bytes, size, who, &row, &objection)) {
        char buffer[512];
        struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer};
        elfgen_objection_text(&objection, &text);
        ck_assert_ptr_null(memchr(buffer, '%', text.length));
        ck_assert_ptr_nonnull(objection.source);
        if (names && count < 16)
            names[count] = objection.name;
        count++;
    }
    return count;
}

START_TEST(other_loaders_object_to_programs_that_linux_accepts)
{
    const char *names[16];
    uint8_t bytes[sizeof lecture_file];
    ck_assert_uint_eq(
        objections(lecture_file, sizeof lecture_file, ELFGEN_OBJECTOR_SPECIFICATION, names), 0);
    ck_assert_uint_eq(objections(lecture_file, sizeof lecture_file, ELFGEN_OBJECTOR_WSL1, names),
                      1);
    ck_assert_str_eq(names[0], "wsl1-align");
    ck_assert_uint_eq(
        objections(lecture_file, sizeof lecture_file, ELFGEN_OBJECTOR_PORTABILITY, names), 1);
    ck_assert_uint_eq(
        objections(lecture_file, sizeof lecture_file, ELFGEN_OBJECTOR_QEMU_USER, names), 0);
    ck_assert_uint_eq(objections(lecture_file, sizeof lecture_file, ELFGEN_OBJECTOR_FREEBSD, names),
                      1);
    ck_assert_str_eq(names[0], "brand");
    /* FreeBSD's brands, and fields that it checks strictly. */
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "ei_osabi", 9);
    ck_assert_uint_eq(objections(bytes, sizeof bytes, ELFGEN_OBJECTOR_FREEBSD, names), 0);
    set(bytes, ELFGEN_CLASS64, "p_filesz", 0xb1);
    set(bytes, ELFGEN_CLASS64, "p_memsz", 0xb0);
    ck_assert_uint_eq(objections(bytes, sizeof bytes, ELFGEN_OBJECTOR_FREEBSD, names), 1);
    ck_assert_str_eq(names[0], "p_filesz");
    set(bytes, ELFGEN_CLASS64, "p_memsz", 0);
    ck_assert_uint_eq(objections(bytes, sizeof bytes, ELFGEN_OBJECTOR_FREEBSD, names), 0);
    set(bytes, ELFGEN_CLASS64, "ei_osabi", 0);
    static const uint8_t brand[] = {'F', 'r', 'e', 'e', 'B', 'S', 'D'};
    memcpy(bytes + 8, brand, sizeof brand);
    ck_assert_uint_eq(objections(bytes, sizeof bytes, ELFGEN_OBJECTOR_FREEBSD, names), 0);
    memcpy(bytes, lecture_file32,
           sizeof bytes < sizeof lecture_file32 ? sizeof bytes : sizeof lecture_file32);
    set(bytes, ELFGEN_CLASS32, "e_machine", 6);
    objections(bytes, sizeof lecture_file32, ELFGEN_OBJECTOR_FREEBSD, names);
    ck_assert_str_eq(names[0], "e_machine");
    static const struct {
        const char *field;
        uint64_t value;
        const char *name;
    } wrong[] = {{"ei_class", 1, "ei_class"},     {"ei_data", 2, "ei_data"},
                 {"ei_version", 0, "ei_version"}, {"ei_pad", 1, "ei_pad"},
                 {"e_version", 2, "e_version"},   {"e_flags", 1, "e_flags"},
                 {"e_ehsize", 65, "e_ehsize"},    {"e_phoff", 16, "headers-overlap"},
                 {"p_align", 3, "p_align-power"}, {"p_offset", 0x80, "p_align-offset"},
                 {"p_filesz", 999, "file-end"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        memcpy(bytes, lecture_file, sizeof bytes);
        set(bytes, ELFGEN_CLASS64, wrong[i].field, wrong[i].value);
        ck_assert_uint_ge(objections(bytes, sizeof bytes, ELFGEN_OBJECTOR_SPECIFICATION, names), 1);
        ck_assert_str_eq(names[0], wrong[i].name);
    }
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "p_flags", 7);
    objections(bytes, sizeof bytes, ELFGEN_OBJECTOR_PRACTICE, names);
    ck_assert_str_eq(names[0], "write-execute");
}
END_TEST

START_TEST(random_bytes_get_a_verdict_and_objections)
{
    uint64_t state = 88172645463325252;
    struct elfgen_kernel_machine machine = usual();
    for (int turn = 0; turn < 20000; turn++) {
        size_t size = next_random(&state) % 300;
        uint8_t *bytes = malloc(size ? size : 1);
        for (size_t i = 0; i < size; i++)
            bytes[i] = i < sizeof lecture_file && next_random(&state) % 8
                           ? lecture_file[i]
                           : (uint8_t)next_random(&state);
        struct elfgen_kernel_answer answer = ask(bytes, size, &machine);
        ck_assert_int_eq(answer.verdict, elfgen_kernel_checks[answer.check].verdict);
        objections(bytes, size, 63, NULL);
        free(bytes);
    }
}
END_TEST

TCase *kernel_objection_cases(void)
{
    TCase *objected = tcase_create("objections");
    tcase_add_test(objected, other_loaders_object_to_programs_that_linux_accepts);
    tcase_add_test(objected, random_bytes_get_a_verdict_and_objections);
    return objected;
}

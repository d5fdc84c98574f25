/* kernel/: the model of Linux's answer to execve. oracle/kernel/same.c compares it with the running
 * kernel; these tests cover what that cannot: other machines, interpreters, and answers that a
 * reader can use. */
#include <stdlib.h>
#include <string.h>

#include "kernel_ask.h"

START_TEST(the_lectures_programs_start_and_are_mapped_at_their_addresses)
{
    struct elfgen_kernel_machine machine = usual();
    struct elfgen_kernel_area areas[32];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = 32};
    struct elfgen_kernel_answer answer;
    ck_assert_int_eq(
        elfgen_kernel_ask(lecture_file, sizeof lecture_file, &machine, NULL, &answer, &map),
        ELFGEN_OK);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert_int_eq(answer.check, ELFGEN_CHECK_passed);
    ck_assert_uint_eq(answer.entry, 0x10078);
    ck_assert_ptr_null(answer.field);
    ck_assert_uint_eq(map.count, 4);
    ck_assert_uint_eq(areas[0].start, 0x10000);
    ck_assert_uint_eq(areas[0].end, 0x11000);
    ck_assert_uint_eq(areas[0].flags, 5);
    ck_assert_int_eq(areas[0].kind, ELFGEN_AREA_FILE);
    ck_assert_int_eq(areas[1].kind, ELFGEN_AREA_VVAR);
    ck_assert_uint_eq(areas[1].flags, 4);
    ck_assert_uint_eq(areas[1].end - areas[1].start, 6 * 4096);
    ck_assert_int_eq(areas[2].kind, ELFGEN_AREA_VDSO);
    ck_assert_uint_eq(areas[2].flags, 5);
    ck_assert_uint_eq(areas[2].start, areas[1].end);
    ck_assert_uint_eq(areas[2].end - areas[2].start, 2 * 4096);
    ck_assert_int_eq(areas[3].kind, ELFGEN_AREA_STACK);
    ck_assert_uint_eq(areas[3].end, 0x7ffffffff000);
    answer = ask(lecture_file32, sizeof lecture_file32, &machine);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert_int_eq(answer.class_, ELFGEN_CLASS32);
}
END_TEST

/* A row for each check that a changed field can reach. */
static const struct {
    const char *field;
    uint64_t value;
    enum elfgen_kernel_check_id check;
    const char *blamed;
} changes[] = {
    {"ei_mag1", 'e', ELFGEN_CHECK_magic, "ei_mag1"},
    {"e_type", 1, ELFGEN_CHECK_e_type, "e_type"},
    {"e_machine", 40, ELFGEN_CHECK_e_machine, "e_machine"},
    {"e_phentsize", 57, ELFGEN_CHECK_e_phentsize, "e_phentsize"},
    {"e_phnum", 0, ELFGEN_CHECK_no_headers, "e_phnum"},
    {"e_phnum", 2000, ELFGEN_CHECK_many_headers, "e_phnum"},
    {"e_phnum", 3, ELFGEN_CHECK_headers_cut, "e_phnum"},
    {"e_phoff", 1000, ELFGEN_CHECK_headers_cut, "e_phoff"},
    {"e_phoff", UINT64_MAX, ELFGEN_CHECK_headers_cut, "e_phoff"},
    {"p_offset", 1, ELFGEN_CHECK_map_offset, "p_offset"},
    {"p_offset", UINT64_MAX - 4095, ELFGEN_CHECK_map_offset_end, "p_offset"},
    {"p_offset", UINT64_C(1) << 63, ELFGEN_CHECK_map_offset_large, "p_offset"},
    {"p_vaddr", 0x1000, ELFGEN_CHECK_map_low, "p_vaddr"},
    {"p_vaddr", UINT64_C(1) << 47, ELFGEN_CHECK_map_end, "p_vaddr"},
    {"p_vaddr", 0x7ffffffde000, ELFGEN_CHECK_map_exists, "p_vaddr"},
    {"p_filesz", UINT64_C(1) << 48, ELFGEN_CHECK_map_size, "p_filesz"},
    {"p_filesz", 0xb3, ELFGEN_CHECK_load_filesz, "p_memsz"},
    {"p_memsz", 0xb1, ELFGEN_CHECK_load_filesz, "p_memsz"},
    {"p_memsz", UINT64_C(1) << 40, ELFGEN_CHECK_map_memory, "p_memsz"},
    {"e_entry", UINT64_MAX, ELFGEN_CHECK_e_entry, "e_entry"},
    {"e_entry", 0x20000, ELFGEN_CHECK_first_nothing, "e_entry"},
    {"p_type", 0, ELFGEN_CHECK_first_nothing, "p_type"},
    {"p_flags", 4, ELFGEN_CHECK_first_not_executable, "p_flags"},
    {"e_entry", 0x7ffff7ff6fff, ELFGEN_CHECK_first_nothing, "e_entry"},
    {"e_entry", 0x7ffff7ff7000, ELFGEN_CHECK_first_vvar, "e_entry"},
    {"e_entry", 0x7ffff7ffcfff, ELFGEN_CHECK_first_vvar, "e_entry"},
    {"e_entry", 0x7ffff7ffd000, ELFGEN_CHECK_first_vdso, "e_entry"},
    {"e_entry", 0x7ffff7ffefff, ELFGEN_CHECK_first_vdso, "e_entry"},
    {"e_entry", 0x7ffff7fff000, ELFGEN_CHECK_first_nothing, "e_entry"},
    {"e_entry", 0x10fff, ELFGEN_CHECK_crosses_nothing, "e_entry"},
    {"e_entry", 0x10ffe, ELFGEN_CHECK_passed, NULL},
    {"p_flags", 0xfffffff5, ELFGEN_CHECK_passed, NULL},
    {"p_paddr", 12345, ELFGEN_CHECK_passed, NULL},
    {"p_align", 12345, ELFGEN_CHECK_passed, NULL},
    {"ei_class", 0, ELFGEN_CHECK_passed, NULL},
    {"e_shoff", UINT64_MAX, ELFGEN_CHECK_passed, NULL},
};

START_TEST(a_changed_field_is_blamed_by_the_check_that_reads_it)
{
    struct elfgen_kernel_machine machine = usual();
    struct elfgen_kernel_answer answer = with(changes[_i].field, changes[_i].value, &machine);
    const struct elfgen_kernel_check *row = &elfgen_kernel_checks[answer.check];
    ck_assert_msg(answer.check == changes[_i].check, "%s: %s", changes[_i].field, row->name);
    ck_assert_int_eq(answer.verdict, row->verdict);
    ck_assert_int_eq(answer.error, row->verdict == ELFGEN_REFUSED ? row->error : 0);
    if (!changes[_i].blamed) {
        ck_assert_ptr_null(answer.field);
        return;
    }
    ck_assert_str_eq(answer.field, changes[_i].blamed);
    ck_assert_uint_lt(answer.offset, sizeof lecture_file);
}
END_TEST

/* Writes the suggested value: the verdict changes, or a later check fails. */
static void apply_suggestion(uint8_t *bytes, size_t size, const struct elfgen_kernel_answer *before,
                             const struct elfgen_kernel_machine *machine)
{
    const char *name = elfgen_kernel_checks[before->check].name;
    ck_assert_msg(before->offers, "%s: nothing is offered", name);
    set(bytes, before->class_, before->field, before->would);
    struct elfgen_kernel_answer after = ask(bytes, size, machine);
    ck_assert_msg(after.verdict != before->verdict || after.check > before->check,
                  "%s: %llu for %s leads to %s", name, (unsigned long long)before->would,
                  before->field, elfgen_kernel_checks[after.check].name);
}

/* A program with PT_INTERP, then PT_LOAD. */
static size_t make_interpreted(uint8_t *bytes, size_t room)
{
    static const char path[] = "/lib64/ld-linux-x86-64.so.2";
    memset(bytes, 0, room);
    memcpy(bytes, lecture_file, sizeof lecture_file);
    memcpy(bytes + 256, path, sizeof path);
    set(bytes, ELFGEN_CLASS64, "e_phnum", 2);
    memcpy(bytes + 120, bytes + 64, 56);
    set(bytes, ELFGEN_CLASS64, "p_type", 3);
    set(bytes, ELFGEN_CLASS64, "p_offset", 256);
    set(bytes, ELFGEN_CLASS64, "p_filesz", sizeof path);
    return 256 + sizeof path + 40;
}

START_TEST(the_value_suggested_for_a_changed_field_passes_its_check)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      3,
                                      4,
                                      5,
                                      7,
                                      0x10,
                                      0x38,
                                      0x40,
                                      0x78,
                                      0xb1,
                                      0xb3,
                                      0xfff,
                                      0x1000,
                                      0x1001,
                                      0xffff,
                                      0x10000,
                                      0x10001,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffe000,
                                      0xffffffff,
                                      0x100000000,
                                      0x7ffffffde000,
                                      0x7ffffffff000,
                                      0x800000000000,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      0xfffffffffffff000,
                                      UINT64_MAX};
    struct elfgen_kernel_machine machine = usual();
    uint8_t interpreted[512], bytes[512];
    size_t interpreted_size = make_interpreted(interpreted, sizeof interpreted);
    const struct {
        const uint8_t *bytes;
        size_t size;
        enum elfgen_class class_;
    } bases[] = {{lecture_file, sizeof lecture_file, ELFGEN_CLASS64},
                 {lecture_file32, sizeof lecture_file32, ELFGEN_CLASS32},
                 {interpreted, interpreted_size, ELFGEN_CLASS64}};
    unsigned mended = 0;
    for (size_t base = 0; base < 3; base++)
        for (int id = ELFGEN_STRUCTURE_ehdr; id <= ELFGEN_STRUCTURE_phdr; id++)
            for (unsigned f = 0; f < elfgen_structures[id].count; f++)
                for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
                    memcpy(bytes, bases[base].bytes, bases[base].size);
                    set(bytes, bases[base].class_, elfgen_structures[id].fields[f].name, values[v]);
                    struct elfgen_kernel_answer answer = ask(bytes, bases[base].size, &machine);
                    bool over = answer.segment != 0xffff && answer.offset < 64;
                    if ((answer.verdict != ELFGEN_REFUSED && answer.verdict != ELFGEN_KILLED) ||
                        (over && !answer.offers) || answer.class_ != bases[base].class_)
                        continue;
                    mended++;
                    /* set() changes the first program header, and these checks blame that one. */
                    if (answer.segment == 0xffff || answer.segment == 0)
                        apply_suggestion(bytes, bases[base].size, &answer, &machine);
                }
    ck_assert_uint_gt(mended, 300);
}
END_TEST

START_TEST(a_program_for_x32_is_recognised)
{
    struct elfgen_kernel_machine machine = usual();
    uint8_t bytes[sizeof lecture_file32];
    memcpy(bytes, lecture_file32, sizeof bytes);
    set(bytes, ELFGEN_CLASS32, "e_machine", ELFGEN_EM_X86_64);
    struct elfgen_kernel_answer answer = ask(bytes, sizeof bytes, &machine);
    ck_assert_int_eq(answer.check, ELFGEN_CHECK_x32);
    ck_assert_int_eq(answer.error, ELFGEN_ENOEXEC);
    ck_assert_str_eq(answer.field, "e_machine");
    ck_assert(!answer.offers);
    ck_assert_int_eq(answer.advice, ELFGEN_ADVICE_no_x32);
    /* Linux does not read ei_class. */
    ck_assert_int_eq(with("ei_class", 1, &machine).verdict, ELFGEN_STARTS);
}
END_TEST

START_TEST(a_file_cut_at_any_length_is_judged_without_reading_past_its_end)
{
    struct elfgen_kernel_machine machine = usual();
    for (size_t size = 0; size <= sizeof lecture_file; size++) {
        uint8_t *bytes = malloc(size ? size : 1); /* the sanitizer knows its end */
        memcpy(bytes, lecture_file, size);
        struct elfgen_kernel_answer answer = ask(bytes, size, &machine);
        /* The program header ends at 120, and the rest of its page is zeros. */
        ck_assert_int_eq(answer.verdict, size < 120 ? ELFGEN_REFUSED : ELFGEN_STARTS);
        ck_assert_int_eq(answer.error, size < 120 ? ELFGEN_ENOEXEC : 0);
        free(bytes);
    }
}
END_TEST

START_TEST(the_verdict_depends_on_the_machine)
{
    struct elfgen_kernel_machine machine = usual();
    machine.ia32 = false;
    struct elfgen_kernel_answer answer = ask(lecture_file32, sizeof lecture_file32, &machine);
    ck_assert_int_eq(answer.check, ELFGEN_CHECK_ia32);
    ck_assert_int_eq(answer.error, ELFGEN_ENOEXEC);
    /* Low addresses. */
    machine = usual();
    ck_assert_int_eq(with("p_vaddr", 0, &machine).check, ELFGEN_CHECK_map_low);
    machine.raw_io = true;
    ck_assert_int_eq(with("p_vaddr", 0, &machine).check, ELFGEN_CHECK_first_nothing);
    machine = usual();
    machine.mmap_min_addr = 0x20000;
    ck_assert_int_eq(with("e_shoff", 0, &machine).check, ELFGEN_CHECK_map_low);
    /* Memory. */
    machine = usual();
    machine.memory_pages = 256;
    ck_assert_int_eq(with("p_memsz", 0x200000, &machine).check, ELFGEN_CHECK_map_memory);
    ck_assert_int_eq(with("p_memsz", 0x100000, &machine).check, ELFGEN_CHECK_passed);
    machine.overcommit = ELFGEN_OVERCOMMIT_ALWAYS;
    ck_assert_int_eq(with("p_memsz", 0x200000, &machine).check, ELFGEN_CHECK_passed);
    machine.overcommit = ELFGEN_OVERCOMMIT_NEVER;
    ck_assert_int_eq(with("p_memsz", 0x100000, &machine).check, ELFGEN_CHECK_map_memory);
    /* User space of 57 bits. */
    machine = usual();
    ck_assert_int_eq(with("p_vaddr", UINT64_C(1) << 50, &machine).check, ELFGEN_CHECK_map_end);
    machine.five_levels = true;
    ck_assert_int_eq(with("p_vaddr", UINT64_C(1) << 50, &machine).check,
                     ELFGEN_CHECK_first_nothing);
    /* An ET_DYN whose segment does not begin on a page requests an address near 2^64, and is placed
     * at the end of the 57 bits. */
    uint8_t bytes[sizeof lecture_file];
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "e_type", 3);
    set(bytes, ELFGEN_CLASS64, "p_vaddr", 0x10000);
    set(bytes, ELFGEN_CLASS64, "e_entry", 0x10078);
    ck_assert_uint_eq(ask(bytes, sizeof bytes, &machine).entry, 0x7ffff7ffe078);
    set(bytes, ELFGEN_CLASS64, "p_vaddr", 0x10078);
    set(bytes, ELFGEN_CLASS64, "p_offset", 0x78);
    set(bytes, ELFGEN_CLASS64, "p_filesz", 0x3a);
    set(bytes, ELFGEN_CLASS64, "p_memsz", 0x3a);
    ck_assert_uint_eq(ask(bytes, sizeof bytes, &machine).entry, 0xfffffff7ffe078);
    set(bytes, ELFGEN_CLASS64, "e_entry", 0x500000000);
    ck_assert_int_eq(ask(bytes, sizeof bytes, &machine).check, ELFGEN_CHECK_e_entry);
    machine.five_levels = false;
    set(bytes, ELFGEN_CLASS64, "e_entry", 0x10078);
    ck_assert_uint_eq(ask(bytes, sizeof bytes, &machine).entry, 0x7ffff7ffe078);
    machine.five_levels = true;
    /* Too large for any place below the stack: the size is to blame, not the address. */
    answer = with("p_filesz", UINT64_C(0x8d00000000b2), &machine);
    ck_assert_int_eq(answer.check, ELFGEN_CHECK_map_exists);
    ck_assert_str_eq(answer.field, "p_filesz");
}
END_TEST

/* ---- other files ---- */

START_TEST(the_interpreter_decides_as_well)
{
    struct elfgen_kernel_machine machine = usual();
    struct elfgen_kernel_answer answer;
    uint8_t bytes[512];
    size_t size = make_interpreted(bytes, sizeof bytes);
    answer = ask(bytes, size, &machine);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert(answer.asks);
    ck_assert_uint_eq(answer.path_offset, 256);
    ck_assert_uint_eq(answer.path_length, 27);
    struct elfgen_kernel_file missing = {.error = ELFGEN_ENOENT};
    elfgen_kernel_ask(bytes, size, &machine, &missing, &answer, NULL);
    ck_assert_int_eq(answer.check, ELFGEN_CHECK_interpreter_open);
    ck_assert_int_eq(answer.error, ELFGEN_ENOENT);
    struct elfgen_kernel_file text = {
        (const uint8_t *)"no ELF file at all, and long enough to have "
                         "the size of an ELF header",
        64, 0};
    elfgen_kernel_ask(bytes, size, &machine, &text, &answer, NULL);
    ck_assert_int_eq(answer.error, ELFGEN_ELIBBAD);
    text.length = 63;
    elfgen_kernel_ask(bytes, size, &machine, &text, &answer, NULL);
    ck_assert_int_eq(answer.error, ELFGEN_EIO);
    struct elfgen_kernel_file narrow = {lecture_file32, sizeof lecture_file32, 0};
    elfgen_kernel_ask(bytes, size, &machine, &narrow, &answer, NULL);
    ck_assert_int_eq(answer.check, ELFGEN_CHECK_interpreter_machine);
    /* The lecture's program as its own interpreter replaces the program: MAP_FIXED. */
    struct elfgen_kernel_file good = {lecture_file, sizeof lecture_file, 0};
    elfgen_kernel_ask(bytes, size, &machine, &good, &answer, NULL);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert_uint_eq(answer.entry, 0x10078);
}
END_TEST

START_TEST(a_memory_map_without_room_reports_how_much_it_needs)
{
    enum { MANY = 1000 };
    static uint8_t bytes[64 + MANY * 56];
    struct elfgen_kernel_machine machine = usual();
    struct elfgen_kernel_answer answer;
    memcpy(bytes, lecture_file, 64);
    set(bytes, ELFGEN_CLASS64, "e_phnum", MANY);
    for (unsigned i = 0; i < MANY; i++) {
        uint64_t address = 0x10000 + (uint64_t)(i * 7919 % MANY) * 0x1000;
        uint8_t *header = bytes + 64 + (size_t)i * 56;
        memcpy(header, lecture_file + 64, 56);
        for (unsigned b = 0; b < 8; b++)
            header[16 + b] = (uint8_t)(address >> 8 * b);
    }
    ck_assert_int_eq(elfgen_kernel_ask(bytes, sizeof bytes, &machine, NULL, &answer, NULL),
                     ELFGEN_NO_ROOM);
    struct elfgen_kernel_map map = {0};
    ck_assert_int_eq(elfgen_kernel_ask(bytes, sizeof bytes, &machine, NULL, &answer, &map),
                     ELFGEN_NO_ROOM);
    ck_assert_uint_gt(map.needed, MANY);
    map.areas = malloc(map.needed * sizeof *map.areas);
    map.capacity = map.needed;
    ck_assert_int_eq(elfgen_kernel_ask(bytes, sizeof bytes, &machine, NULL, &answer, &map),
                     ELFGEN_OK);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert_uint_eq(map.count, MANY + 3);
    for (uint64_t i = 1; i < map.count; i++)
        ck_assert_uint_le(map.areas[i - 1].end, map.areas[i].start);
    free(map.areas);
}
END_TEST

/* The lecture's program, which asks for five pages and two bytes of a file that has less than one.
 */
START_TEST(pages_past_the_end_of_the_file_are_missing)
{
    uint8_t bytes[sizeof lecture_file];
    struct elfgen_kernel_machine machine = usual();
    struct elfgen_kernel_area areas[32];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = 32};
    struct elfgen_kernel_answer answer;
    struct elfgen_mapping mapping;
    struct elfgen_view view;
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "p_filesz", 0x5002);
    set(bytes, ELFGEN_CLASS64, "p_memsz", 0x7002);
    elfgen_kernel_ask(bytes, sizeof bytes, &machine, NULL, &answer, &map);
    ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
    ck_assert_uint_eq(areas[0].file_end, 0x10000 + sizeof bytes);
    ck_assert_uint_eq(areas[0].missing, 0x11000);
    ck_assert_uint_eq(areas[0].end, 0x16000);
    ck_assert_int_eq(areas[1].kind, ELFGEN_AREA_ZERO);
    ck_assert_uint_eq(areas[1].missing, areas[1].end);
    elfgen_view_open(&view, bytes, sizeof bytes, NULL);
    ck_assert(elfgen_mapping_get(&view, 0, &mapping));
    ck_assert_uint_eq(mapping.file_end, 0x10000 + sizeof bytes);
    ck_assert_uint_eq(mapping.missing, 0x11000);
    ck_assert_uint_eq(mapping.missing_end, 0x16000);
    ck_assert_uint_eq(mapping.end, 0x18000);
    /* Wholly past the end; and all there. */
    set(bytes, ELFGEN_CLASS64, "p_offset", 0x1000);
    elfgen_view_open(&view, bytes, sizeof bytes, NULL);
    ck_assert(elfgen_mapping_get(&view, 0, &mapping));
    ck_assert_uint_eq(mapping.file_end, 0x10000);
    ck_assert_uint_eq(mapping.missing, 0x10000);
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    ck_assert(elfgen_mapping_get(&view, 0, &mapping));
    ck_assert_uint_eq(mapping.missing, mapping.end);
    ck_assert_uint_eq(mapping.missing_end, mapping.end);
}
END_TEST

/* ---- messages ---- */

START_TEST(every_message_is_complete)
{
    for (int id = 0; id < ELFGEN_CHECK_COUNT; id++) {
        struct elfgen_kernel_answer answer = {.check = (enum elfgen_kernel_check_id)id,
                                              .field = "p_vaddr",
                                              .value = 77,
                                              .other = 88,
                                              .offers = true,
                                              .would = 99};
        char buffer[512];
        struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer};
        elfgen_kernel_message(&answer, &text);
        ck_assert_uint_gt(text.length, 10);
        elfgen_kernel_remedy(&answer, &text);
        ck_assert(!text.cut);
        ck_assert_ptr_null(memchr(buffer, '%', text.length));
        ck_assert_ptr_nonnull(elfgen_kernel_checks[id].name);
    }
    ck_assert_str_eq(elfgen_errno_name(8), "ENOEXEC");
    ck_assert_ptr_null(elfgen_errno_name(12345));
}
END_TEST

static Suite *suite(void)
{
    Suite *result = suite_create("kernel");
    TCase *tests = tcase_create("kernel");
    tcase_add_test(tests, the_lectures_programs_start_and_are_mapped_at_their_addresses);
    tcase_add_loop_test(tests, a_changed_field_is_blamed_by_the_check_that_reads_it, 0,
                        sizeof changes / sizeof changes[0]);
    tcase_add_test(tests, the_value_suggested_for_a_changed_field_passes_its_check);
    tcase_add_test(tests, a_program_for_x32_is_recognised);
    tcase_add_test(tests, a_file_cut_at_any_length_is_judged_without_reading_past_its_end);
    tcase_add_test(tests, the_verdict_depends_on_the_machine);
    tcase_add_test(tests, the_interpreter_decides_as_well);
    tcase_add_test(tests, a_memory_map_without_room_reports_how_much_it_needs);
    tcase_add_test(tests, pages_past_the_end_of_the_file_are_missing);
    tcase_add_test(tests, every_message_is_complete);
    suite_add_tcase(result, tests);
    suite_add_tcase(result, kernel_script_cases());
    suite_add_tcase(result, kernel_fact_cases());
    suite_add_tcase(result, kernel_version_cases());
    suite_add_tcase(result, kernel_objection_cases());
    return result;
}

RUN_SUITE(suite)

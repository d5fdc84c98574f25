/* image/: writing a program as the bytes of a file. */
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "support/lecture.h"
#include "room.h"

START_TEST(the_lectures_file_is_written_byte_for_byte)
{
    uint8_t file[sizeof lecture_file];
    size_t size = elfgen_write_exec(file, sizeof file, lecture_file + LECTURE_HEADERS,
                                    LECTURE_CODE + LECTURE_TEXT, NULL, NULL);
    ck_assert_uint_eq(size, sizeof lecture_file);
    for (size_t i = 0; i < size; i++)
        ck_assert_msg(file[i] == lecture_file[i], "offset 0x%zx: 0x%02x, not 0x%02x", i, file[i],
                      lecture_file[i]);
}
END_TEST

START_TEST(a_file_is_its_code_and_120_bytes_of_headers)
{
    static const size_t lengths[] = {0, 1, 46, 100000};
    size_t length = lengths[_i];
    uint8_t *code = malloc(length + 1), *file = malloc(length + 120);
    memset(code, 0x90, length + 1);
    ck_assert_uint_eq(elfgen_write_exec(NULL, 0, code, length, NULL, NULL), length + 120);
    struct elfgen_error error;
    file[0] = 0xaa;
    ck_assert_uint_eq(elfgen_write_exec(file, length + 119, code, length, NULL, &error),
                      length + 120);
    ck_assert_int_eq(error.status, ELFGEN_NO_ROOM);
    ck_assert_uint_eq(file[0], 0xaa);
    ck_assert_uint_eq(elfgen_write_exec(file, length + 120, code, length, NULL, &error),
                      length + 120);
    ck_assert_mem_eq(file + 120, code, length);
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    ck_assert_int_eq(elfgen_view_open(&view, file, length + 120, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, NULL), ELFGEN_OK);
    ck_assert_uint_eq(phdr.p_filesz, length + 120);
    ck_assert_uint_eq(view.ehdr.e_entry, 0x10078);
    free(code);
    free(file);
}
END_TEST

START_TEST(code_may_already_be_in_its_place_or_overlap_it)
{
    uint8_t file[256];
    memcpy(file + 120, lecture_file + 120, 58);
    ck_assert_uint_eq(elfgen_write_exec(file, sizeof file, file + 120, 58, NULL, NULL), 178);
    ck_assert_mem_eq(file, lecture_file, 178);
    memcpy(file + 100, lecture_file + 120, 58);
    ck_assert_uint_eq(elfgen_write_exec(file, sizeof file, file + 100, 58, NULL, NULL), 178);
    ck_assert_mem_eq(file, lecture_file, 178);
}
END_TEST

/* Options that are refused, and the status of each. */
static const struct {
    struct elfgen_exec_options options;
    size_t length;
    enum elfgen_status status;
} refused[] = {
/* machine, osabi, permissions, base, align, zero_fill, entry, stack */
#define FIRST ELFGEN_ENTRY_FIRST
    {{8, 3, 5, 0x10000, 0, 0, FIRST, 0}, 1, ELFGEN_UNSUPPORTED},
    {{62, 3, 5, 0x10001, 0, 0, FIRST, 0}, 1, ELFGEN_BAD_ARGUMENT},
    {{62, 3, 5, 0x10000, 3, 0, FIRST, 0}, 1, ELFGEN_BAD_ARGUMENT},
    {{62, 3, 5, 0x10000, 0x20000, 0, FIRST, 0}, 1, ELFGEN_BAD_ARGUMENT},
    {{62, 3, 8, 0x10000, 0, 0, FIRST, 0}, 1, ELFGEN_BAD_ARGUMENT},
    {{62, 3, 5, 0x10000, 0, 0, 0xffff, 0}, 1, ELFGEN_BAD_ARGUMENT},
    {{62, 3, 5, 0x10000, 0, 0, 0x10079, 0}, 1, ELFGEN_BAD_ARGUMENT},
    {{62, 3, 5, 0x7ffffffff000, 0, 0, FIRST, 0}, 1, ELFGEN_DOES_NOT_FIT},
    {{62, 3, 5, 0x7fffffffe000, 0, 0, FIRST, 0}, 4096 - 120 + 1, ELFGEN_DOES_NOT_FIT},
    {{62, 3, 5, 0xfffffffffffff000, 0, 0, FIRST, 0}, 1, ELFGEN_DOES_NOT_FIT},
    {{62, 3, 5, 0x10000, 0, 0x7fffffff0000, FIRST, 0}, 1, ELFGEN_DOES_NOT_FIT},
    {{62, 3, 5, 0x10000, 0, UINT64_MAX, FIRST, 0}, 1, ELFGEN_DOES_NOT_FIT},
    {{62, 3, 5, 0x10000, 0, 0, FIRST, 0}, SIZE_MAX, ELFGEN_DOES_NOT_FIT},
    {{62, 3, 5, 0x10000, 0, 0, FIRST, 0}, SIZE_MAX - 120, ELFGEN_DOES_NOT_FIT},
};

START_TEST(invalid_options_are_refused_with_a_reason_and_nothing_is_written)
{
    static uint8_t code[8192];
    uint8_t file[8192] = {0xaa};
    struct elfgen_error error = {0};
    ck_assert_uint_eq(elfgen_write_exec(file, sizeof file, code, refused[_i].length,
                                        &refused[_i].options, &error),
                      0);
    ck_assert_int_eq(error.status, refused[_i].status);
    ck_assert_uint_gt(strlen(error.text), 10);
    ck_assert_uint_eq(file[0], 0xaa);
}
END_TEST

START_TEST(the_last_page_of_user_space_can_be_filled_to_its_end)
{
    static uint8_t code[4096 - 120], file[4096];
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    options.base = 0x7fffffffe000;
    ck_assert_uint_eq(elfgen_write_exec(file, sizeof file, code, sizeof code, &options, NULL),
                      4096);
}
END_TEST

/* ---- a failed relocation fails the image; relocation.c tests each relocation ---- */

START_TEST(an_undefined_symbol_is_an_error_and_an_undefined_weak_one_is_zero)
{
    static const uint8_t code[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 8, .permissions = 5};
    struct elfgen_symbol symbol = {
        .name = "gone", .section = ELFGEN_SECTION_UNDEFINED, .binding = ELFGEN_GLOBAL};
    const struct elfgen_relocation relocation = {.type = 1};
    const struct elfgen_program program = {.sections = &section,
                                           .section_count = 1,
                                           .symbols = &symbol,
                                           .symbol_count = 1,
                                           .relocations = &relocation,
                                           .relocation_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    uint8_t file[128];
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_eq(elfgen_write_image(&program, &layout, file, sizeof file, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_UNDEFINED);
    ck_assert_str_eq(error.text, "undefined symbol 'gone'");
    ck_assert_ptr_null(error.file);
    ck_assert_str_eq(error.section, ".text");
    ck_assert_uint_eq(error.offset, 0);
    symbol.binding = ELFGEN_WEAK;
    ck_assert_uint_eq(elfgen_write_image(&program, &layout, file, sizeof file, &error), 128);
    static const uint8_t zeros[8];
    ck_assert_mem_eq(file + 120, zeros, 8);
}
END_TEST

/* ---- round trip: view(image(p)) reads back as p, for random programs ---- */

enum { MOST_SECTIONS = 12, MOST_SYMBOLS = 24, MOST_SIZE = 600 };

struct random_program {
    uint8_t bytes[MOST_SECTIONS][MOST_SIZE];
    struct elfgen_section sections[MOST_SECTIONS];
    struct elfgen_symbol symbols[MOST_SYMBOLS];
    struct elfgen_relocation relocations[MOST_SECTIONS];
    struct elfgen_program program;
};

static void make_random(struct random_program *random, uint64_t *state)
{
    struct elfgen_program *program = &random->program;
    *program = (struct elfgen_program){.sections = random->sections,
                                       .section_count = 1 + next_random(state) % MOST_SECTIONS,
                                       .symbols = random->symbols,
                                       .symbol_count = 1 + next_random(state) % MOST_SYMBOLS,
                                       .relocations = random->relocations};
    for (size_t i = 0; i < program->section_count; i++) {
        struct elfgen_section *section = &random->sections[i];
        for (size_t b = 0; b < MOST_SIZE; b++)
            random->bytes[i][b] = (uint8_t)next_random(state);
        *section =
            (struct elfgen_section){.name = "section",
                                    .bytes = next_random(state) % 4 ? random->bytes[i] : NULL,
                                    .size = next_random(state) % (MOST_SIZE + 1),
                                    .align = UINT64_C(1) << next_random(state) % 10,
                                    .permissions = (uint32_t)(next_random(state) % 8)};
    }
    for (size_t i = 0; i < program->symbol_count; i++) {
        uint32_t home = (uint32_t)(next_random(state) % program->section_count);
        random->symbols[i] =
            (struct elfgen_symbol){.name = "symbol",
                                   .section = home,
                                   .binding = ELFGEN_GLOBAL,
                                   .value = next_random(state) % (random->sections[home].size + 1)};
    }
    for (size_t i = 0; i < program->section_count; i++) {
        if (!random->sections[i].bytes || random->sections[i].size < 8)
            continue;
        random->relocations[program->relocation_count++] = (struct elfgen_relocation){
            .section = (uint32_t)i,
            .symbol = (uint32_t)(next_random(state) % program->symbol_count),
            .type = next_random(state) % 2 ? 1 : 24,
            .offset = next_random(state) % (random->sections[i].size - 7),
            .addend = (int64_t)(next_random(state) % 2000) - 1000};
    }
}

/* The relocated number, computed from the formula here. */
static uint64_t expected_value(const struct elfgen_program *program,
                               const struct elfgen_relocation *relocation)
{
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    uint64_t value =
        program->sections[symbol->section].address + symbol->value + (uint64_t)relocation->addend;
    if (relocation->type == 24)
        value -= program->sections[relocation->section].address + relocation->offset;
    return value;
}

/* The lowest address of a section with bytes; without one, the address after the headers. */
static uint64_t expected_entry(const struct elfgen_program *program,
                               const struct elfgen_exec_options *options)
{
    uint64_t lowest = UINT64_MAX;
    for (size_t i = 0; i < program->section_count; i++)
        if (program->sections[i].size > 0 && program->sections[i].address < lowest)
            lowest = program->sections[i].address;
    return lowest == UINT64_MAX ? options->base + 120 : lowest;
}

static void check_sections(const struct random_program *random, const uint8_t *file,
                           const struct elfgen_phdr *phdr)
{
    const struct elfgen_program *program = &random->program;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &random->sections[i];
        if (section->size == 0)
            continue;
        ck_assert_uint_eq(section->address % section->align, 0);
        ck_assert_uint_eq(section->address - section->offset, phdr->p_vaddr);
        ck_assert_uint_le(section->offset + section->size, phdr->p_memsz);
        ck_assert_uint_eq(section->permissions & ~phdr->p_flags, 0);
        for (size_t j = 0; j < i; j++) {
            const struct elfgen_section *other = &random->sections[j];
            ck_assert(other->size == 0 || other->offset >= section->offset + section->size ||
                      section->offset >= other->offset + other->size);
        }
        if (!section->bytes) {
            ck_assert_uint_ge(section->offset, phdr->p_filesz);
            continue;
        }
        ck_assert_uint_le(section->offset + section->size, phdr->p_filesz);
        uint8_t expected[MOST_SIZE];
        memcpy(expected, section->bytes, section->size);
        for (size_t r = 0; r < program->relocation_count; r++) {
            const struct elfgen_relocation *relocation = &program->relocations[r];
            for (unsigned b = 0; relocation->section == i && b < 8; b++)
                expected[relocation->offset + b] =
                    (uint8_t)(expected_value(program, relocation) >> 8 * b);
        }
        ck_assert_mem_eq(file + section->offset, expected, section->size);
    }
}

START_TEST(a_random_program_reads_back_as_it_was)
{
    static struct random_program random;
    static uint8_t file[MOST_SECTIONS * (MOST_SIZE + 512) + 120];
    uint64_t state = UINT64_C(0x2545f4914f6cdd1d) * (uint64_t)(_i + 1);
    for (int round = 0; round < 200; round++) {
        struct elfgen_layout layout;
        struct elfgen_view view;
        struct elfgen_phdr phdr;
        struct elfgen_error error;
        make_random(&random, &state);
        struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
        options.base = 0x1000 * (1 + next_random(&state) % 0xfffff);
        options.align = UINT64_C(1) << next_random(&state) % 12;
        ck_assert_int_eq(elfgen_layout_single(&random.program, &options, &layout, NULL), ELFGEN_OK);
        size_t size = elfgen_write_image(&random.program, &layout, file, sizeof file, &error);
        ck_assert_uint_eq(size, layout.file_size);
        ck_assert_int_eq(elfgen_view_open(&view, file, size, NULL), ELFGEN_OK);
        ck_assert_uint_eq(view.segments.count, 1);
        ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, NULL), ELFGEN_OK);
        ck_assert_uint_eq(phdr.p_vaddr, options.base);
        ck_assert_uint_eq(phdr.p_align, options.align);
        ck_assert_uint_eq(phdr.p_filesz, size);
        ck_assert_uint_eq(phdr.p_memsz, layout.memory_size);
        ck_assert_uint_eq(view.ehdr.e_entry, expected_entry(&random.program, &options));
        check_sections(&random, file, &phdr);
    }
}
END_TEST

static Suite *image_suite(void)
{
    Suite *suite = suite_create("image");
    TCase *exec = tcase_create("headers around code");
    tcase_add_test(exec, the_lectures_file_is_written_byte_for_byte);
    tcase_add_loop_test(exec, a_file_is_its_code_and_120_bytes_of_headers, 0, 4);
    tcase_add_test(exec, code_may_already_be_in_its_place_or_overlap_it);
    tcase_add_loop_test(exec, invalid_options_are_refused_with_a_reason_and_nothing_is_written, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_test(exec, the_last_page_of_user_space_can_be_filled_to_its_end);
    suite_add_tcase(suite, exec);
    TCase *relocation = tcase_create("relocations");
    tcase_add_test(relocation, an_undefined_symbol_is_an_error_and_an_undefined_weak_one_is_zero);
    suite_add_tcase(suite, relocation);
    TCase *round_trip = tcase_create("round trip");
    tcase_add_loop_test(round_trip, a_random_program_reads_back_as_it_was, 0, 10);
    suite_add_tcase(suite, round_trip);
    return suite;
}

RUN_SUITE(image_suite)

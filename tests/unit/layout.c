/* image/layout.c: the layout with one segment, and programs that no layout can place. */
#include <stdlib.h>
#include <string.h>

#include "layout_sets.h"

/* ---- single ---- */

START_TEST(sections_are_ordered_aligned_and_counted)
{
    static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct elfgen_section sections[] = {
        {.name = ".bss", .size = 100, .align = 64, .permissions = 6},
        {.name = ".data", .bytes = bytes, .size = 3, .align = 8, .permissions = 6},
        {.name = ".rodata", .bytes = bytes, .size = 5, .align = 4, .permissions = 4},
        {.name = ".text", .bytes = bytes, .size = 2, .align = 16, .permissions = 5},
        {.name = ".empty", .bytes = bytes, .size = 0, .align = 4096, .permissions = 6},
    };
    struct elfgen_program program = {.sections = sections, .section_count = 5};
    struct elfgen_layout layout;
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_eq(sections[3].offset, 0x80);
    ck_assert_uint_eq(sections[2].offset, 0x84);
    ck_assert_uint_eq(sections[1].offset, 0x90);
    ck_assert_uint_eq(sections[0].address, 0x100c0);
    ck_assert_uint_eq(layout.file_size, 0x93);
    ck_assert_uint_eq(layout.memory_size, 0xc0 + 100);
    ck_assert_uint_eq(layout.exec.permissions, 7);
    ck_assert_uint_eq(layout.exec.zero_fill, layout.memory_size - layout.file_size);
}
END_TEST

START_TEST(an_alignment_above_that_of_the_base_aligns_the_address)
{
    static const uint8_t byte = 0xc3;
    struct elfgen_section section = {
        .name = ".text", .bytes = &byte, .size = 1, .align = 0x20000, .permissions = 5};
    struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_eq(section.address, 0x20000);
    ck_assert_uint_eq(section.offset, 0x10000);
}
END_TEST

START_TEST(sizes_that_overflow_the_address_space_are_refused)
{
    static const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 0x10077, 0x7ffffffff000,
                                     UINT64_C(1) << 63};
    struct elfgen_section section = {.name = ".bss", .size = sizes[_i], .permissions = 6};
    struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_DOES_NOT_FIT);
    section.align = UINT64_C(1) << 63;
    section.size = 1;
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_DOES_NOT_FIT);
}
END_TEST

START_TEST(the_entry_symbol_is_the_global_one_of_two)
{
    static const uint8_t code[4] = {0x90, 0x90, 0x90, 0xc3};
    struct elfgen_section section = {.name = ".text", .bytes = code, .size = 4, .permissions = 5};
    const struct elfgen_symbol symbols[] = {
        {.name = "", .section = ELFGEN_SECTION_ABSOLUTE},
        {.name = "main", .section = 0, .value = 1, .binding = ELFGEN_LOCAL},
        {.name = "main", .section = 0, .value = 2, .binding = ELFGEN_GLOBAL},
        {.name = "gone", .section = ELFGEN_SECTION_UNDEFINED, .binding = ELFGEN_GLOBAL},
    };
    struct elfgen_program program = {.sections = &section,
                                     .section_count = 1,
                                     .symbols = symbols,
                                     .symbol_count = 4,
                                     .entry_symbol = "main"};
    struct elfgen_layout layout;
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_eq(layout.exec.entry, 0x1007a);
    program.entry_symbol = "gone";
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, NULL), ELFGEN_UNDEFINED);
}
END_TEST

START_TEST(both_layouts_put_the_stack_s_header_after_the_loads)
{
    static const uint8_t bytes[4] = {0x90, 0x90, 0x90, 0xc3};
    static uint8_t file[1024];
    const int machine = _i % 2, split = _i / 2;
    for (int kinds = 0; kinds < 8; kinds++) {
        struct elfgen_section sections[3];
        size_t count = 0;
        for (uint32_t kind = 0; kind < 3; kind++)
            if (kinds >> kind & 1)
                sections[count++] =
                    (struct elfgen_section){.name = "section",
                                            .bytes = bytes,
                                            .size = 4,
                                            .permissions = (const uint32_t[]){5, 4, 6}[kind]};
        const struct elfgen_program program = {.sections = sections, .section_count = count};
        struct elfgen_exec_options options = options_for(machine);
        options.stack = kinds % 2 ? 6 : 7;
        struct elfgen_layout layout;
        struct elfgen_error error;
        ck_assert_int_eq((split ? elfgen_layout_split : elfgen_layout_single)(&program, &options,
                                                                              &layout, &error),
                         ELFGEN_OK);
        const size_t loads = split && count > 0 ? count : 1;
        ck_assert_uint_eq(layout.segment_count, loads + 1);
        ck_assert_uint_le(layout.segment_count, ELFGEN_MOST_SEGMENTS);
        const uint64_t headers = one_segment[machine] + loads * more_segments[machine];
        ck_assert_uint_eq(layout.header_size, headers);
        ck_assert_uint_eq(layout.file_size, headers + 4 * count);
        const size_t size = elfgen_write_image(&program, &layout, file, sizeof file, &error);
        ck_assert_uint_eq(size, layout.file_size);
        struct elfgen_view view;
        struct elfgen_phdr phdr;
        ck_assert_int_eq(elfgen_view_open(&view, file, size, NULL), ELFGEN_OK);
        ck_assert_uint_eq(view.segments.count, loads + 1);
        for (size_t i = 0; i <= loads; i++) {
            ck_assert_int_eq(elfgen_view_segment(&view, i, &phdr, NULL), ELFGEN_OK);
            ck_assert_uint_eq(phdr.p_type, i < loads ? ELFGEN_PT_LOAD : ELFGEN_PT_GNU_STACK);
        }
        ck_assert_uint_eq(phdr.p_flags, options.stack);
        ck_assert_uint_eq(phdr.p_offset | phdr.p_vaddr | phdr.p_filesz | phdr.p_memsz, 0);
    }
}
END_TEST

/* ---- the end of the address space ---- */

START_TEST(the_last_byte_of_user_space_can_be_used_and_the_next_cannot)
{
    static const uint8_t bytes[2 * PAGE];
    const int machine = _i % 2, split = _i / 2;
    const uint64_t headers = one_segment[machine] + (split ? more_segments[machine] : 0);
    struct elfgen_section sections[] = {
        {.name = ".text", .bytes = bytes, .size = 100, .permissions = 5},
        {.name = ".data", .bytes = bytes, .permissions = 6},
    };
    uint32_t order[2];
    for (int too_many = 0; too_many < 2; too_many++)
        for (int ordered = 0; ordered < 2; ordered++)
            for (int zeros = 0; zeros < 2; zeros++) {
                const struct elfgen_program program = {
                    .sections = sections, .section_count = 2, .order = ordered ? order : NULL};
                struct elfgen_exec_options options = options_for(machine);
                options.base = user_ends[machine] - (split ? UINT64_C(2) : 1) * PAGE;
                sections[1].bytes = zeros ? NULL : bytes;
                sections[1].size = PAGE - headers - 100 + (unsigned)too_many;
                struct elfgen_layout layout;
                struct elfgen_error error;
                enum elfgen_status status = (split ? elfgen_layout_split : elfgen_layout_single)(
                    &program, &options, &layout, &error);
                ck_assert_int_eq(status, too_many ? ELFGEN_DOES_NOT_FIT : ELFGEN_OK);
                if (!too_many)
                    ck_assert_uint_eq(layout.exec.base + layout.memory_size, user_ends[machine]);
            }
}
END_TEST

START_TEST(sums_past_2_to_the_64_are_refused_wherever_they_occur)
{
    static const uint64_t bases[] = {0x10000, 0x7fffffffe000, UINT64_C(1) << 63,
                                     0xfffffffffffff000};
    static const uint64_t numbers[] = {
        0, 1, PAGE, UINT64_C(1) << 63, UINT64_MAX - 0x10000, UINT64_MAX - 200, UINT64_MAX};
    static const uint64_t aligns[] = {0, 1, PAGE, UINT64_C(1) << 32, UINT64_C(1) << 63};
    static const uint8_t bytes[1];
    const int machine = _i % 2, split = _i / 2;
    uint64_t state = 88172645463325252;
    for (int round = 0; round < 5000; round++) {
        enum { COUNT = 16 };
        struct elfgen_section sections[COUNT];
        uint32_t order[COUNT];
        const size_t count = 1 + next_random(&state) % (round % 8 ? 4 : COUNT);
        for (size_t i = 0; i < count; i++)
            sections[i] = (struct elfgen_section){.name = "section",
                                                  .bytes = next_random(&state) % 2 ? bytes : NULL,
                                                  .size = numbers[next_random(&state) % 7],
                                                  .align = aligns[next_random(&state) % 5],
                                                  .permissions = next_random(&state) % 2 ? 4 : 6};
        struct elfgen_program program = {.sections = sections, .section_count = count};
        program.order = next_random(&state) % 2 ? order : NULL;
        struct elfgen_exec_options options = options_for(machine);
        options.base = bases[next_random(&state) % 4];
        struct elfgen_layout layout;
        struct elfgen_error error;
        enum elfgen_status status = (split ? elfgen_layout_split : elfgen_layout_single)(
            &program, &options, &layout, &error);
        if (status == ELFGEN_DOES_NOT_FIT)
            continue;
        /* A program that is accepted fits. */
        ck_assert_int_eq(status, ELFGEN_OK);
        ck_assert_uint_le(options.base, user_ends[machine]);
        ck_assert_uint_le(layout.memory_size, user_ends[machine] - options.base);
        for (size_t i = 0; i < count; i++) {
            if (sections[i].size == 0)
                continue;
            ck_assert_uint_ge(sections[i].address, options.base);
            ck_assert_uint_le(sections[i].size, layout.memory_size);
            ck_assert_uint_le(sections[i].address - options.base,
                              layout.memory_size - sections[i].size);
        }
    }
}
END_TEST

START_TEST(programs_that_no_layout_can_place_are_refused)
{
    static const uint8_t bytes[4];
    struct elfgen_section section = {
        .name = ".text", .bytes = bytes, .size = 4, .align = 3, .permissions = 5};
    const struct elfgen_symbol nowhere = {.name = "_start", .section = 7, .binding = ELFGEN_GLOBAL};
    struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_layout layout;
    struct elfgen_error error;
    enum elfgen_status (*const layout_of)(
        const struct elfgen_program *, const struct elfgen_exec_options *, struct elfgen_layout *,
        struct elfgen_error *) = _i ? elfgen_layout_split : elfgen_layout_single;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
    ck_assert_ptr_null(error.file);
    ck_assert_str_eq(error.section, ".text");
    ck_assert_uint_eq(error.offset, ELFGEN_NOWHERE);
    section.align = 4;
    options.machine = 8;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_UNSUPPORTED);
    options.machine = ELFGEN_EM_X86_64;
    program.symbols = &nowhere;
    program.symbol_count = 1;
    program.entry_symbol = "_start";
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
    program.entry_symbol = NULL;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
    program.symbol_count = 0;
    options.entry = options.base - 1;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
    options.entry = options.base;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_OK);
    options.entry = options.base + layout.memory_size - 1;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_OK);
    options.entry++;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
}
END_TEST

START_TEST(the_layout_of_another_program_writes_nothing_outside_the_buffer)
{
    static const uint8_t bytes[64];
    struct elfgen_section section = {.name = ".text", .bytes = bytes, .size = 64, .permissions = 5};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout, changed;
    struct elfgen_error error;
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, &error), ELFGEN_OK);
    uint8_t *file = malloc(layout.file_size);
    const uint64_t offset = section.offset;
    static const uint64_t offsets[] = {0, 119, 121, 184, UINT64_MAX, UINT64_MAX - 63};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        section.offset = offsets[i];
        ck_assert_uint_eq(elfgen_write_image(&program, &layout, file, layout.file_size, &error), 0);
        ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    }
    section.offset = offset;
    for (size_t count = 0; count < 8; count++) {
        if (count == 1)
            continue;
        changed = layout;
        changed.segment_count = count == 7 ? SIZE_MAX : count;
        ck_assert_uint_eq(elfgen_write_image(&program, &changed, file, layout.file_size, &error),
                          0);
        ck_assert_int_eq(error.status, ELFGEN_BAD_ARGUMENT);
    }
    changed = layout;
    changed.file_size = changed.header_size - 1;
    ck_assert_uint_eq(elfgen_write_image(&program, &changed, file, layout.file_size, &error), 0);
    ck_assert_uint_eq(elfgen_write_image(&program, &layout, file, layout.file_size, &error),
                      layout.file_size);
    free(file);
}
END_TEST

static Suite *layout_suite(void)
{
    Suite *suite = suite_create("layout");
    suite_add_tcase(suite, layout_order_cases());
    TCase *single = tcase_create("single");
    tcase_add_test(single, sections_are_ordered_aligned_and_counted);
    tcase_add_test(single, an_alignment_above_that_of_the_base_aligns_the_address);
    tcase_add_loop_test(single, sizes_that_overflow_the_address_space_are_refused, 0, 4);
    tcase_add_test(single, the_entry_symbol_is_the_global_one_of_two);
    tcase_add_loop_test(single, both_layouts_put_the_stack_s_header_after_the_loads, 0, 4);
    suite_add_tcase(suite, single);
    suite_add_tcase(suite, layout_split_cases());
    TCase *ends = tcase_create("the end of everything");
    tcase_add_loop_test(ends, the_last_byte_of_user_space_can_be_used_and_the_next_cannot, 0, 4);
    tcase_add_loop_test(ends, sums_past_2_to_the_64_are_refused_wherever_they_occur, 0, 4);
    tcase_add_loop_test(ends, programs_that_no_layout_can_place_are_refused, 0, 2);
    tcase_add_test(ends, the_layout_of_another_program_writes_nothing_outside_the_buffer);
    suite_add_tcase(suite, ends);
    return suite;
}

RUN_SUITE(layout_suite)

/* image/layout.c: the layout with a segment for each kind of permissions. */
#include <string.h>

#include "layout_sets.h"

/* The segment that contains the section; checks that there is exactly one. */
static const struct elfgen_segment *segment_of(const struct elfgen_layout *layout,
                                               const struct elfgen_section *section)
{
    const struct elfgen_segment *found = NULL;
    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct elfgen_segment *segment = &layout->segments[i];
        if (segment->type != ELFGEN_PT_LOAD || section->address < segment->address ||
            section->address + section->size > segment->address + segment->memory_size)
            continue;
        ck_assert_ptr_null(found);
        found = segment;
    }
    ck_assert_ptr_nonnull(found);
    return found;
}

/* The file's program headers are the layout's segments, and follow the rules of segments. */
static void check_segments(const struct elfgen_layout *layout, const struct elfgen_view *view)
{
    uint64_t free_page = 0;
    ck_assert_uint_eq(view->segments.count, layout->segment_count);
    ck_assert_uint_le(layout->segment_count, ELFGEN_MOST_SEGMENTS);
    for (size_t i = 0; i < layout->segment_count; i++) {
        const struct elfgen_segment *segment = &layout->segments[i];
        struct elfgen_phdr phdr;
        ck_assert_int_eq(elfgen_view_segment(view, i, &phdr, NULL), ELFGEN_OK);
        ck_assert_uint_eq(phdr.p_type, segment->type);
        ck_assert_uint_eq(phdr.p_flags, segment->permissions);
        ck_assert_uint_eq(phdr.p_offset, segment->offset);
        ck_assert_uint_eq(phdr.p_vaddr, segment->address);
        ck_assert_uint_eq(phdr.p_filesz, segment->file_size);
        ck_assert_uint_eq(phdr.p_memsz, segment->memory_size);
        if (phdr.p_type != ELFGEN_PT_LOAD)
            continue;
        ck_assert_uint_ne(phdr.p_flags & 3, 3);
        ck_assert_uint_eq(phdr.p_flags & 4, 4);
        ck_assert_uint_eq(phdr.p_align, PAGE);
        ck_assert_uint_eq(phdr.p_offset % PAGE, phdr.p_vaddr % PAGE);
        ck_assert_uint_le(phdr.p_filesz, phdr.p_memsz);
        ck_assert_uint_ge(phdr.p_vaddr / PAGE, free_page); /* also: ascending */
        free_page = (phdr.p_vaddr + phdr.p_memsz + PAGE - 1) / PAGE;
        const bool last =
            i + 1 == layout->segment_count || layout->segments[i + 1].type != ELFGEN_PT_LOAD;
        if (!last)
            ck_assert_uint_eq(phdr.p_filesz, phdr.p_memsz);
        /* In the file there is nothing between segments. */
        ck_assert_uint_le(phdr.p_offset, i == 0 ? 0 : layout->file_size);
        if (last)
            ck_assert_uint_eq(phdr.p_offset + phdr.p_filesz, layout->file_size);
        else
            ck_assert_uint_eq(phdr.p_offset + phdr.p_filesz, layout->segments[i + 1].offset);
    }
}

/* The segments map each section's bytes at its address. */
static void check_contents(const struct set *set, const struct elfgen_layout *layout,
                           const uint8_t *file)
{
    for (size_t i = 0; i < set->program.section_count; i++) {
        const struct elfgen_section *section = &set->sections[i];
        if (section->size == 0)
            continue;
        const struct elfgen_segment *segment = segment_of(layout, section);
        const uint64_t ahead = section->address - segment->address;
        ck_assert_uint_eq(section->permissions & ~segment->permissions & 7, 0);
        ck_assert_uint_eq(section->address % (section->align ? section->align : 1), 0);
        if (section->bytes) {
            ck_assert_uint_le(ahead + section->size, segment->file_size);
            ck_assert_mem_eq(file + segment->offset + ahead, section->bytes, section->size);
        } else {
            ck_assert_uint_ge(ahead, segment->file_size);
            ck_assert_uint_eq(segment->permissions, 6);
        }
        for (size_t j = 0; j < i; j++)
            ck_assert(set->sections[j].size == 0 ||
                      set->sections[j].address >= section->address + section->size ||
                      section->address >= set->sections[j].address + set->sections[j].size);
    }
}

/* The padding before a section is less than its alignment. */
static void check_padding(const struct set *set, const struct elfgen_layout *layout)
{
    uint64_t end = layout->header_size;
    for (;;) {
        const struct elfgen_section *next = NULL;
        for (size_t i = 0; i < set->program.section_count; i++) {
            const struct elfgen_section *section = &set->sections[i];
            if (section->size > 0 && section->bytes && section->offset >= end &&
                (!next || section->offset < next->offset))
                next = section;
        }
        if (!next)
            break;
        ck_assert_uint_lt(next->offset - end, next->align ? next->align : 1);
        end = next->offset + next->size;
    }
    ck_assert_uint_eq(end, layout->file_size);
}

START_TEST(random_programs_are_split_by_the_rules_and_read_back)
{
    static struct set set;
    static uint8_t file[MOST_SECTIONS * (MOST_SIZE + 64) + 1024];
    const int machine = _i % 2;
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
    for (int round = 0; round < 150; round++) {
        struct elfgen_exec_options options = options_for(machine);
        const size_t most = round % 3 ? 6 : 150;
        /* Sometimes few kinds: only rodata, only data, no code, ... */
        const uint32_t *kinds = split_permissions;
        static const uint32_t some[] = {4, 4, 6, 5, 5, 4, 6, 6, 5};
        size_t kind_count = 6;
        if (round % 2) {
            kinds = &some[next_random(&state) % 7];
            kind_count = 1 + next_random(&state) % 2;
        }
        make_set(&set, next_random(&state) % most, 6, kinds, kind_count, &state);
        for (size_t i = 0; i < set.program.section_count; i++)
            if (!set.sections[i].bytes && round % 2) /* zeros are data here */
                set.sections[i].permissions = 6;
        struct elfgen_program program = set.program;
        program.order = round % 4 < 2 ? set.order : NULL;
        options.base = PAGE * (1 + next_random(&state) % 0xa0000);
        options.stack = round % 5 ? 0 : 6;
        options.align = 16;
        struct elfgen_layout layout;
        struct elfgen_error error;
        ck_assert_int_eq(elfgen_layout_split(&program, &options, &layout, &error), ELFGEN_OK);
        const size_t size = elfgen_write_image(&program, &layout, file, sizeof file, &error);
        ck_assert_msg(size == layout.file_size, "%s", error.text);
        struct elfgen_view view;
        ck_assert_int_eq(elfgen_view_open(&view, file, size, NULL), ELFGEN_OK);
        check_segments(&layout, &view);
        check_contents(&set, &layout, file);
        check_padding(&set, &layout);
        uint64_t first = options.base + layout.header_size, lowest = UINT64_MAX;
        for (size_t i = 0; i < program.section_count; i++)
            if (program.sections[i].size > 0 && program.sections[i].address < lowest)
                lowest = program.sections[i].address;
        ck_assert_uint_eq(view.ehdr.e_entry, lowest == UINT64_MAX ? first : lowest);
    }
}
END_TEST

/* It costs the headers of the additional segments, and at most 7 bytes to align them. */
START_TEST(split_is_larger_than_single_only_by_its_headers)
{
    static struct set set;
    const int machine = _i % 2;
    uint64_t state = UINT64_C(0x2545f4914f6cdd1d) * (uint64_t)(_i + 1);
    for (int round = 0; round < 200; round++) {
        const struct elfgen_exec_options options = options_for(machine);
        make_set(&set, next_random(&state) % 30, 3, split_permissions, 6, &state);
        struct elfgen_layout single, split;
        struct elfgen_program program = set.program;
        program.order = NULL;
        ck_assert_int_eq(elfgen_layout_single(&program, &options, &single, NULL), ELFGEN_OK);
        ck_assert_int_eq(elfgen_layout_split(&program, &options, &split, NULL), ELFGEN_OK);
        const uint64_t headers = split.header_size - single.header_size;
        ck_assert_uint_eq(headers, (split.segment_count - 1) * more_segments[machine]);
        /* Both headers' sizes are multiples of 8 for x86-64 and of 4 for i386. */
        if (machine == 0)
            ck_assert_uint_eq(split.file_size, single.file_size + headers);
        else
            ck_assert_uint_le(split.file_size, single.file_size + headers + 7);
    }
}
END_TEST

START_TEST(sections_of_one_kind_or_none_share_a_segment_with_the_headers)
{
    static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const struct {
        struct elfgen_section section;
        size_t count;
        uint32_t permissions;
        uint64_t file, memory; /* beyond the headers */
    } rows[] = {
        {{.name = ".bss", .size = 5000, .align = 4, .permissions = 6}, 1, 6, 0, 5000},
        {{.name = ".rodata", .bytes = bytes, .size = 8, .permissions = 4}, 1, 4, 8, 8},
        {{.name = ".data", .bytes = bytes, .size = 8, .permissions = 6}, 1, 6, 8, 8},
        {{.name = ".text", .bytes = bytes, .size = 8, .permissions = 5}, 1, 5, 8, 8},
        {{.name = ".empty", .bytes = bytes, .permissions = 7}, 1, 5, 0, 0},
        {{.name = ""}, 0, 5, 0, 0},
    };
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        struct elfgen_section section = rows[row].section;
        const struct elfgen_program program = {.sections = &section,
                                               .section_count = rows[row].count};
        const struct elfgen_exec_options options = options_for(_i);
        struct elfgen_layout layout;
        struct elfgen_error error;
        uint8_t file[256];
        ck_assert_int_eq(elfgen_layout_split(&program, &options, &layout, &error), ELFGEN_OK);
        ck_assert_uint_eq(layout.segment_count, 1);
        ck_assert_uint_eq(layout.segments[0].permissions, rows[row].permissions);
        ck_assert_uint_eq(layout.segments[0].offset, 0);
        ck_assert_uint_eq(layout.segments[0].address, options.base);
        ck_assert_uint_eq(layout.file_size, one_segment[_i] + rows[row].file);
        ck_assert_uint_eq(layout.segments[0].memory_size, one_segment[_i] + rows[row].memory);
        ck_assert_uint_eq(layout.memory_size, one_segment[_i] + rows[row].memory);
        ck_assert_uint_eq(elfgen_write_image(&program, &layout, file, sizeof file, &error),
                          layout.file_size);
    }
}
END_TEST

START_TEST(read_only_zeros_are_placed_with_data_and_executable_ones_are_refused)
{
    struct elfgen_section section = {
        .name = ".zeros", .size = 10, .permissions = (const uint32_t[]){4, 0, 5, 1}[_i]};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    const enum elfgen_status status = elfgen_layout_split(&program, NULL, &layout, &error);
    if (section.permissions & ELFGEN_PF_X) {
        ck_assert_int_eq(status, ELFGEN_BAD_ARGUMENT);
        ck_assert_str_eq(error.section, ".zeros");
        ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, &error), ELFGEN_OK);
        return;
    }
    ck_assert_int_eq(status, ELFGEN_OK);
    ck_assert_uint_eq(section.permissions & ~segment_of(&layout, &section)->permissions, 0);
}
END_TEST

START_TEST(a_writable_and_executable_section_is_refused_by_split_only)
{
    static const uint8_t bytes[4];
    struct elfgen_section section = {
        .file = "a.o", .name = ".both", .bytes = _i ? bytes : NULL, .size = 4, .permissions = 7};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    ck_assert_int_eq(elfgen_layout_split(&program, NULL, &layout, &error), ELFGEN_BAD_ARGUMENT);
    ck_assert_str_eq(error.file, "a.o");
    ck_assert_str_eq(error.section, ".both");
    ck_assert_uint_eq(error.offset, ELFGEN_NOWHERE);
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, &error), ELFGEN_OK);
}
END_TEST

TCase *layout_split_cases(void)
{
    TCase *split = tcase_create("split");
    tcase_add_loop_test(split, random_programs_are_split_by_the_rules_and_read_back, 0, 4);
    tcase_add_loop_test(split, split_is_larger_than_single_only_by_its_headers, 0, 4);
    tcase_add_loop_test(split, sections_of_one_kind_or_none_share_a_segment_with_the_headers, 0, 2);
    tcase_add_loop_test(split, read_only_zeros_are_placed_with_data_and_executable_ones_are_refused,
                        0, 4);
    tcase_add_loop_test(split, a_writable_and_executable_section_is_refused_by_split_only, 0, 2);
    return split;
}

/* image/layout.c and order.c: where sections stand, and which segments map them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { MOST_SECTIONS = 200, MOST_SIZE = 40, PAGE = 4096 };

/* Sections with an order; all that points into it stays with it. */
struct set {
    struct elfgen_program program;
    struct elfgen_section sections[MOST_SECTIONS];
    uint8_t bytes[MOST_SECTIONS][MOST_SIZE];
    uint32_t order[MOST_SECTIONS];
};

static const uint16_t machines[2] = {ELFGEN_EM_X86_64, ELFGEN_EM_386};
static const uint64_t user_ends[2] = {0x7ffffffff000, 0xc0000000};
static const uint64_t one_segment[2] = {120, 84}, more_segments[2] = {56, 32};

static const uint32_t all_permissions[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const uint32_t split_permissions[] = {0, 1, 2, 4, 5, 6};

static struct elfgen_exec_options options_for(int machine)
{
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    options.machine = machines[machine];
    return options;
}

/* `permissions` are those that a section may have; with those of split, zeros are not executable.
 */
static void make_set(struct set *set, size_t count, unsigned most_align_bits,
                     const uint32_t *permissions, size_t permission_count, uint64_t *state)
{
    memset(set, 0, sizeof *set);
    set->program = (struct elfgen_program){
        .sections = set->sections, .section_count = count, .order = set->order};
    for (size_t i = 0; i < count; i++) {
        for (size_t b = 0; b < MOST_SIZE; b++)
            set->bytes[i][b] = (uint8_t)(next_random(state) >> 20 | 1);
        const uint64_t bits = next_random(state) % (most_align_bits + 1);
        set->sections[i] = (struct elfgen_section){
            .name = "section",
            .bytes = next_random(state) % 4 ? set->bytes[i] : NULL,
            .size = next_random(state) % (MOST_SIZE + 1),
            .align = bits == 0 && next_random(state) % 2 ? 0 : UINT64_C(1) << bits,
            .permissions = permissions[next_random(state) % permission_count]};
        if (!set->sections[i].bytes && permissions != all_permissions)
            set->sections[i].permissions &= ~(uint32_t)ELFGEN_PF_X;
    }
}

/* The next place for a section, reckoned by counting. */
static uint64_t end_behind(const struct elfgen_section *section, uint64_t at)
{
    const uint64_t align = section->align ? section->align : 1;
    while (at % align != 0)
        at++;
    return at + section->size;
}

/* Executable, read-only, writable, zeros; equals as they come. Sections of size 0 are left out. */
static size_t canonical_order(const struct elfgen_program *program, bool zeros,
                              uint32_t order[MOST_SECTIONS])
{
    size_t count = 0;
    for (int rank = 0; rank < 3; rank++)
        for (size_t i = 0; i < program->section_count; i++) {
            const struct elfgen_section *section = &program->sections[i];
            const int own = section->permissions & ELFGEN_PF_X   ? 0
                            : section->permissions & ELFGEN_PF_W ? 2
                                                                 : 1;
            if (section->size > 0 && zeros == !section->bytes && (zeros ? rank == 0 : own == rank))
                order[count++] = (uint32_t)i;
        }
    return count;
}

struct search {
    const struct elfgen_section *sections;
    uint32_t order[8], best[8];
    size_t count;
    uint64_t least;
};

/* All permutations, in the order of the first that differs: the first of the best ones stays. */
static void try_permutations(struct search *search, size_t depth, uint64_t at)
{
    if (depth == search->count && at < search->least) {
        search->least = at;
        memcpy(search->best, search->order, sizeof search->best);
    }
    for (size_t i = depth; i < search->count; i++) {
        const uint32_t chosen = search->order[i];
        memmove(&search->order[depth + 1], &search->order[depth], (i - depth) * sizeof chosen);
        search->order[depth] = chosen;
        try_permutations(search, depth + 1, end_behind(&search->sections[chosen], at));
        memmove(&search->order[depth], &search->order[depth + 1], (i - depth) * sizeof chosen);
        search->order[i] = chosen;
    }
}

static uint64_t end_in_order(const struct elfgen_section *sections, const uint32_t *order,
                             size_t count, uint64_t at)
{
    for (size_t i = 0; i < count; i++)
        at = end_behind(&sections[order[i]], at);
    return at;
}

static void check_is_permutation(const struct elfgen_program *program)
{
    bool seen[MOST_SECTIONS] = {false};
    for (size_t i = 0; i < program->section_count; i++) {
        ck_assert_uint_lt(program->order[i], program->section_count);
        ck_assert(!seen[program->order[i]]);
        seen[program->order[i]] = true;
    }
}

/* The addresses say the same as order[], among sections of a size. */
static void check_order_is_the_files(const struct elfgen_program *program)
{
    uint64_t end = 0;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[program->order[i]];
        if (section->size == 0)
            continue;
        ck_assert_uint_ge(section->address, end);
        end = section->address + section->size;
    }
}

/* ---- order ---- */

START_TEST(up_to_seven_sections_end_as_early_as_any_permutation_and_ties_keep_their_order)
{
    static struct set set;
    const int machine = _i % 2;
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
    const struct elfgen_exec_options options = options_for(machine);
    for (int round = 0; round < 60; round++) {
        make_set(&set, next_random(&state) % 8, 6, all_permissions, 8, &state);
        struct elfgen_layout layout;
        ck_assert_int_eq(elfgen_layout_single(&set.program, &options, &layout, NULL), ELFGEN_OK);
        ck_assert_uint_eq(layout.header_size, one_segment[machine]);
        uint64_t at = options.base + layout.header_size;
        size_t placed = 0;
        for (int zeros = 0; zeros < 2; zeros++) {
            struct search search = {.sections = set.sections, .least = UINT64_MAX};
            uint32_t canonical[MOST_SECTIONS];
            search.count = canonical_order(&set.program, zeros, canonical);
            memcpy(search.order, canonical, sizeof search.order);
            try_permutations(&search, 0, at);
            at = search.least;
            ck_assert_uint_eq(zeros ? layout.memory_size : layout.file_size, at - options.base);
            /* Empty ones stand between; the others are in the order of the first of the best. */
            for (size_t i = 0; i < search.count; placed++)
                if (set.sections[set.order[placed]].size > 0)
                    ck_assert_uint_eq(set.order[placed], search.best[i++]);
        }
        check_is_permutation(&set.program);
        check_order_is_the_files(&set.program);
    }
}
END_TEST

START_TEST(many_sections_are_never_worse_for_being_ordered)
{
    static struct set set;
    uint64_t state = UINT64_C(0x2545f4914f6cdd1d) * (uint64_t)(_i + 1);
    const struct elfgen_exec_options options = options_for(_i % 2);
    for (int round = 0; round < 6; round++) {
        const size_t count = round == 0 ? 12 : 13 + next_random(&state) % (MOST_SECTIONS - 12);
        make_set(&set, count, round % 2 ? 6 : 9, all_permissions, 8, &state);
        struct elfgen_layout with, without;
        ck_assert_int_eq(elfgen_layout_single(&set.program, &options, &with, NULL), ELFGEN_OK);
        check_is_permutation(&set.program);
        check_order_is_the_files(&set.program);
        struct elfgen_program plain = set.program;
        plain.order = NULL;
        ck_assert_int_eq(elfgen_layout_single(&plain, &options, &without, NULL), ELFGEN_OK);
        ck_assert_uint_le(with.file_size, without.file_size);
        ck_assert_uint_le(with.memory_size, without.memory_size);
        /* Without it, they are in the canonical one. */
        uint32_t canonical[MOST_SECTIONS];
        size_t sized = canonical_order(&plain, false, canonical);
        ck_assert_uint_eq(
            options.base + without.file_size,
            end_in_order(set.sections, canonical, sized, options.base + without.header_size));
    }
}
END_TEST

/* Sizes and alignments of programs that ld orders well, by chance or by the names of sections. */
static const struct {
    size_t count;
    uint32_t headers; /* of ld's file */
    struct {
        uint32_t size, align;
    } at[24]; /* in ld's order */
} as_ld_orders[] = {
    {18,
     116,
     {{5480, 1},
      {4, 1},
      {4, 1},
      {4, 1},
      {1232, 1},
      {4, 1},
      {277, 1},
      {136, 8},
      {128, 32},
      {96, 64},
      {8, 128},
      {72, 4},
      {480, 128},
      {80, 32},
      {224, 64},
      {64, 32},
      {1, 1},
      {2, 2}}},
    /* Largest alignment first, which leaves nothing between multiples. */
    {14,
     116,
     {{256, 256},
      {128, 128},
      {64, 64},
      {64, 64},
      {96, 32},
      {32, 32},
      {48, 16},
      {16, 16},
      {8, 8},
      {8, 8},
      {4, 4},
      {12, 4},
      {2, 2},
      {1, 1}}},
};

START_TEST(what_ld_orders_well_is_ordered_no_worse)
{
    static struct set set;
    uint64_t state = 88172645463325252, end = as_ld_orders[_i].headers;
    const size_t count = as_ld_orders[_i].count;
    struct elfgen_section in_order[24];
    for (size_t i = 0; i < count; i++) {
        in_order[i] = (struct elfgen_section){.name = "section",
                                              .bytes = set.bytes[0],
                                              .size = as_ld_orders[_i].at[i].size,
                                              .align = as_ld_orders[_i].at[i].align,
                                              .permissions = ELFGEN_PF_R};
        end = end_behind(&in_order[i], end);
    }
    /* Whatever order they come in. */
    for (int round = 0; round < 50; round++) {
        const struct elfgen_exec_options options = options_for(1);
        struct elfgen_layout layout;
        for (size_t i = 0; i < count; i++) {
            const size_t other = next_random(&state) % (i + 1);
            set.sections[i] = set.sections[other];
            set.sections[other] = in_order[i];
        }
        set.program = (struct elfgen_program){
            .sections = set.sections, .section_count = count, .order = set.order};
        ck_assert_int_eq(elfgen_layout_single(&set.program, &options, &layout, NULL), ELFGEN_OK);
        ck_assert_msg(layout.file_size <= end, "round %d: %llu bytes, not %llu", round,
                      (unsigned long long)layout.file_size, (unsigned long long)end);
    }
}
END_TEST

START_TEST(sections_of_size_0_cost_nothing_and_have_a_place)
{
    static struct set set;
    uint64_t state = UINT64_C(0x2545f4914f6cdd1d) * (uint64_t)(_i + 1);
    const struct elfgen_exec_options options = options_for(_i % 2);
    for (int round = 0; round < 100; round++) {
        for (int split = 0; split < 2; split++) {
            make_set(&set, 1 + next_random(&state) % 20, 6, split_permissions, 6, &state);
            enum elfgen_status (*const layout_of)(const struct elfgen_program *,
                                                  const struct elfgen_exec_options *,
                                                  struct elfgen_layout *, struct elfgen_error *) =
                split ? elfgen_layout_split : elfgen_layout_single;
            struct elfgen_program program = set.program;
            program.order = round % 2 ? set.order : NULL;
            for (size_t i = 0; i < program.section_count; i++)
                if (set.sections[i].size == 0) {
                    set.sections[i].align = 4 * (uint64_t)PAGE; /* nor does what it asks for */
                    set.sections[i].permissions = 7;            /* nor what it would need */
                }
            struct elfgen_layout with, without;
            ck_assert_int_eq(layout_of(&program, &options, &with, NULL), ELFGEN_OK);
            for (size_t i = 0; i < program.section_count; i++) {
                const uint64_t align = set.sections[i].align ? set.sections[i].align : 1;
                ck_assert_uint_eq(set.sections[i].address % align, 0);
                ck_assert_uint_ge(set.sections[i].address, options.base + with.header_size);
            }
            size_t kept = 0;
            for (size_t i = 0; i < program.section_count; i++)
                if (set.sections[i].size > 0)
                    set.sections[kept++] = set.sections[i];
            program.section_count = kept;
            ck_assert_int_eq(layout_of(&program, &options, &without, NULL), ELFGEN_OK);
            ck_assert_uint_eq(with.file_size, without.file_size);
            ck_assert_uint_eq(with.memory_size, without.memory_size);
            ck_assert_uint_eq(with.segment_count, without.segment_count);
            ck_assert_uint_eq(with.exec.permissions, without.exec.permissions);
        }
    }
}
END_TEST

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

START_TEST(an_alignment_above_the_bases_is_an_alignment_of_the_address)
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

START_TEST(sizes_past_the_end_of_everything_are_refused)
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

START_TEST(the_entry_is_a_symbol_and_globals_come_first)
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

START_TEST(a_stack_has_a_header_behind_the_loads_in_both_layouts)
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

/* ---- split ---- */

/* What of the file a segment that holds the section maps there; checks that one does. */
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

/* The headers of the file are the layout's segments, and follow the rules of segments. */
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
        /* In the file nothing stands between them. */
        ck_assert_uint_le(phdr.p_offset, i == 0 ? 0 : layout->file_size);
        if (last)
            ck_assert_uint_eq(phdr.p_offset + phdr.p_filesz, layout->file_size);
        else
            ck_assert_uint_eq(phdr.p_offset + phdr.p_filesz, layout->segments[i + 1].offset);
    }
}

/* What Linux has at the section's address is the section. */
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

/* Bytes between two sections are less than the second one's alignment. */
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
        /* Few kinds now and then: only rodata, only data, no code, ... */
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

/* Headers for the further segments, and alignment to 8 of them at most, are all that it costs. */
START_TEST(split_takes_no_byte_more_than_single_but_its_headers)
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

START_TEST(only_zeros_only_constants_or_nothing_is_one_segment_with_the_headers)
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

START_TEST(zeros_that_are_only_read_are_beside_data_and_executable_ones_are_refused)
{
    struct elfgen_section section = {
        .name = ".zeros", .size = 10, .permissions = (const uint32_t[]){4, 0, 5, 1}[_i]};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    const enum elfgen_status status = elfgen_layout_split(&program, NULL, &layout, &error);
    if (section.permissions & ELFGEN_PF_X) {
        ck_assert_int_eq(status, ELFGEN_BAD_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.text, ".zeros"));
        ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, &error), ELFGEN_OK);
        return;
    }
    ck_assert_int_eq(status, ELFGEN_OK);
    ck_assert_uint_eq(section.permissions & ~segment_of(&layout, &section)->permissions, 0);
}
END_TEST

START_TEST(a_section_that_is_written_and_executed_is_refused_by_split_alone)
{
    static const uint8_t bytes[4];
    struct elfgen_section section = {
        .file = "a.o", .name = ".both", .bytes = _i ? bytes : NULL, .size = 4, .permissions = 7};
    const struct elfgen_program program = {.sections = &section, .section_count = 1};
    struct elfgen_layout layout;
    struct elfgen_error error;
    ck_assert_int_eq(elfgen_layout_split(&program, NULL, &layout, &error), ELFGEN_BAD_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "a.o"));
    ck_assert_ptr_nonnull(strstr(error.text, ".both"));
    ck_assert_int_eq(elfgen_layout_single(&program, NULL, &layout, &error), ELFGEN_OK);
}
END_TEST

/* ---- the end of everything ---- */

START_TEST(the_last_byte_of_user_space_can_be_had_and_the_next_cannot)
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

START_TEST(sums_past_2_to_the_64_are_refused_wherever_they_come_about)
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
        /* What is taken fits, as sums without end say. */
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

START_TEST(what_no_layout_can_place_is_refused)
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
    ck_assert_ptr_nonnull(strstr(error.text, ".text"));
    section.align = 4;
    options.machine = 8;
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_UNSUPPORTED);
    options.machine = ELFGEN_EM_X86_64;
    program.symbols = &nowhere;
    program.symbol_count = 1;
    program.entry_symbol = "_start";
    ck_assert_int_eq(layout_of(&program, &options, &layout, &error), ELFGEN_BAD_ARGUMENT);
    program.entry_symbol = NULL;
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

START_TEST(a_layout_that_is_not_this_programs_writes_nothing_outside_the_buffer)
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
    TCase *order = tcase_create("order");
    tcase_add_loop_test(
        order, up_to_seven_sections_end_as_early_as_any_permutation_and_ties_keep_their_order, 0,
        8);
    tcase_add_loop_test(order, many_sections_are_never_worse_for_being_ordered, 0, 8);
    tcase_add_loop_test(order, what_ld_orders_well_is_ordered_no_worse, 0,
                        sizeof as_ld_orders / sizeof as_ld_orders[0]);
    tcase_add_loop_test(order, sections_of_size_0_cost_nothing_and_have_a_place, 0, 2);
    suite_add_tcase(suite, order);
    TCase *single = tcase_create("single");
    tcase_add_test(single, sections_are_ordered_aligned_and_counted);
    tcase_add_test(single, an_alignment_above_the_bases_is_an_alignment_of_the_address);
    tcase_add_loop_test(single, sizes_past_the_end_of_everything_are_refused, 0, 4);
    tcase_add_test(single, the_entry_is_a_symbol_and_globals_come_first);
    tcase_add_loop_test(single, a_stack_has_a_header_behind_the_loads_in_both_layouts, 0, 4);
    suite_add_tcase(suite, single);
    TCase *split = tcase_create("split");
    tcase_add_loop_test(split, random_programs_are_split_by_the_rules_and_read_back, 0, 4);
    tcase_add_loop_test(split, split_takes_no_byte_more_than_single_but_its_headers, 0, 4);
    tcase_add_loop_test(split, only_zeros_only_constants_or_nothing_is_one_segment_with_the_headers,
                        0, 2);
    tcase_add_loop_test(
        split, zeros_that_are_only_read_are_beside_data_and_executable_ones_are_refused, 0, 4);
    tcase_add_loop_test(split, a_section_that_is_written_and_executed_is_refused_by_split_alone, 0,
                        2);
    suite_add_tcase(suite, split);
    TCase *ends = tcase_create("the end of everything");
    tcase_add_loop_test(ends, the_last_byte_of_user_space_can_be_had_and_the_next_cannot, 0, 4);
    tcase_add_loop_test(ends, sums_past_2_to_the_64_are_refused_wherever_they_come_about, 0, 4);
    tcase_add_loop_test(ends, what_no_layout_can_place_is_refused, 0, 2);
    tcase_add_test(ends, a_layout_that_is_not_this_programs_writes_nothing_outside_the_buffer);
    suite_add_tcase(suite, ends);
    return suite;
}

RUN_SUITE(layout_suite)

/* image/order.c: the order of sections, compared with all permutations of them. */
#include <string.h>

#include "layout_sets.h"

/* The end of a section that is placed at the next aligned address from `at` on. */
static uint64_t end_after(const struct elfgen_section *section, uint64_t at)
{
    const uint64_t align = section->align ? section->align : 1;
    while (at % align != 0)
        at++;
    return at + section->size;
}

/* Executable, read-only, writable, zeros; otherwise the input's order. Omits sections of size 0. */
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

/* Tries all permutations in lexicographic order, and keeps the first of the best. */
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
        try_permutations(search, depth + 1, end_after(&search->sections[chosen], at));
        memmove(&search->order[depth], &search->order[depth + 1], (i - depth) * sizeof chosen);
        search->order[i] = chosen;
    }
}

static uint64_t end_in_order(const struct elfgen_section *sections, const uint32_t *order,
                             size_t count, uint64_t at)
{
    for (size_t i = 0; i < count; i++)
        at = end_after(&sections[order[i]], at);
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

/* The addresses of sections that are not empty ascend in order[]. */
static void check_order_is_ascending(const struct elfgen_program *program)
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

START_TEST(up_to_seven_sections_end_as_early_as_in_any_permutation)
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
            /* Apart from empty sections, the order is that of the first of the best. */
            for (size_t i = 0; i < search.count; placed++)
                if (set.sections[set.order[placed]].size > 0)
                    ck_assert_uint_eq(set.order[placed], search.best[i++]);
        }
        check_is_permutation(&set.program);
        check_order_is_ascending(&set.program);
    }
}
END_TEST

START_TEST(ordering_many_sections_never_takes_more_space)
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
        check_order_is_ascending(&set.program);
        struct elfgen_program plain = set.program;
        plain.order = NULL;
        ck_assert_int_eq(elfgen_layout_single(&plain, &options, &without, NULL), ELFGEN_OK);
        ck_assert_uint_le(with.file_size, without.file_size);
        ck_assert_uint_le(with.memory_size, without.memory_size);
        /* Without an order, sections are placed in the canonical one. */
        uint32_t canonical[MOST_SECTIONS];
        size_t sized = canonical_order(&plain, false, canonical);
        ck_assert_uint_eq(
            options.base + without.file_size,
            end_in_order(set.sections, canonical, sized, options.base + without.header_size));
    }
}
END_TEST

/* Sizes and alignments of programs whose order by ld happens to be good. */
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
    /* Largest alignment first: multiples of it leave no padding. */
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

START_TEST(a_program_that_ld_orders_well_is_ordered_as_well)
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
        end = end_after(&in_order[i], end);
    }
    /* In any input order. */
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

START_TEST(sections_of_size_0_cost_nothing_and_get_an_address)
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
                    set.sections[i].align = 4 * (uint64_t)PAGE; /* which is ignored, */
                    set.sections[i].permissions = 7;            /* as are these */
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

TCase *layout_order_cases(void)
{
    TCase *order = tcase_create("order");
    tcase_add_loop_test(order, up_to_seven_sections_end_as_early_as_in_any_permutation, 0, 8);
    tcase_add_loop_test(order, ordering_many_sections_never_takes_more_space, 0, 8);
    tcase_add_loop_test(order, a_program_that_ld_orders_well_is_ordered_as_well, 0,
                        sizeof as_ld_orders / sizeof as_ld_orders[0]);
    tcase_add_loop_test(order, sections_of_size_0_cost_nothing_and_get_an_address, 0, 2);
    return order;
}

/* Ways in which headers may overlap: which there are, and that Linux starts what is filled in. */
#include <string.h>

#include "elfgen.h"
#include "golf/overlap/overlaps.h"
#include "room.h"

enum { FILLINGS = 200, LONGER = 300 };

static struct golf_overlap overlaps[GOLF_OVERLAPS];

static size_t find(unsigned bits, struct golf_overlap_options options)
{
    size_t count = golf_overlaps(bits, &options, overlaps, GOLF_OVERLAPS);
    ck_assert_uint_gt(count, 0);
    ck_assert_uint_lt(count, GOLF_OVERLAPS);
    return count;
}

/* Where the program headers may be, by another derivation: constraints over the same rules, solved.
 */
struct layout {
    unsigned bits, phoff, type, least;
};
static const struct layout usual_layouts[] = {
    {32, 0x04, 2, 45},  {32, 0x04, 3, 45},  {32, 0x14, 3, 52},  {32, 0x18, 3, 56},
    {32, 0x20, 2, 64},  {32, 0x20, 3, 64},  {32, 0x21, 2, 65},  {32, 0x21, 3, 65},
    {32, 0x22, 2, 66},  {32, 0x22, 3, 66},  {32, 0x2c, 2, 76},  {32, 0x2c, 3, 76},
    {32, 0x2e, 2, 78},  {32, 0x2e, 3, 78},  {32, 0x2f, 2, 79},  {32, 0x2f, 3, 79},
    {32, 0x30, 2, 80},  {32, 0x30, 3, 80},  {32, 0x31, 2, 81},  {32, 0x31, 3, 81},
    {32, 0x32, 2, 82},  {32, 0x32, 3, 82},  {32, 0x33, 2, 83},  {32, 0x33, 3, 83},
    {32, 0x34, 2, 84},  {32, 0x34, 3, 84},  {64, 0x18, 2, 80},  {64, 0x18, 3, 80},
    {64, 0x2f, 2, 103}, {64, 0x2f, 3, 103}, {64, 0x30, 2, 104}, {64, 0x30, 3, 104},
    {64, 0x31, 2, 105}, {64, 0x31, 3, 105}, {64, 0x38, 2, 112}, {64, 0x38, 3, 112},
    {64, 0x3a, 2, 114}, {64, 0x3a, 3, 114}, {64, 0x3b, 2, 115}, {64, 0x3b, 3, 115},
    {64, 0x3c, 2, 116}, {64, 0x3c, 3, 116}, {64, 0x3d, 2, 117}, {64, 0x3d, 3, 117},
    {64, 0x3e, 2, 118}, {64, 0x3e, 3, 118}, {64, 0x3f, 2, 119}, {64, 0x3f, 3, 119},
    {64, 0x40, 2, 120}, {64, 0x40, 3, 120},
};
/* W and X, and more than 4 GiB. */
static const struct layout overcommitted = {64, 0x0c, 3, 68};

static bool is_of(const struct golf_overlap *overlap, const struct layout *layout)
{
    return overlap->bits == layout->bits && overlap->phoff == layout->phoff &&
           overlap->type == layout->type && overlap->least == layout->least;
}

static bool has_layout(size_t count, const struct layout *layout)
{
    for (size_t i = 0; i < count; i++)
        if (is_of(&overlaps[i], layout))
            return true;
    return false;
}

static void check_layouts(unsigned bits)
{
    size_t count = find(bits, (struct golf_overlap_options){0});
    const size_t layouts = sizeof usual_layouts / sizeof *usual_layouts;
    for (size_t i = 0; i < layouts; i++)
        if (usual_layouts[i].bits == bits)
            ck_assert_msg(has_layout(count, &usual_layouts[i]), "%u bits, phoff %u, type %u", bits,
                          usual_layouts[i].phoff, usual_layouts[i].type);
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < layouts && !is_of(&overlaps[i], &usual_layouts[j]))
            j++;
        ck_assert_msg(j < layouts, "%u bits, phoff %u, type %u, at least %u bytes", bits,
                      overlaps[i].phoff, overlaps[i].type, overlaps[i].least);
    }
}

START_TEST(every_layout_that_linux_takes_is_found_and_no_other)
{
    check_layouts(64);
    check_layouts(32);
}
END_TEST

START_TEST(overcommit_adds_the_program_header_at_12)
{
    size_t count = find(64, (struct golf_overlap_options){.overcommit = true});
    ck_assert(has_layout(count, &overcommitted));
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(overlaps[i].is_overcommitted, is_of(&overlaps[i], &overcommitted));
    count = find(32, (struct golf_overlap_options){.overcommit = true});
    for (size_t i = 0; i < count; i++)
        ck_assert(!overlaps[i].is_overcommitted);
}
END_TEST

/* Whether Linux of a version starts the file at the offset that its e_entry and p_vaddr say. */
static void check_start(const struct golf_overlap *overlap, const uint8_t *bytes, size_t size,
                        uint32_t version)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_area areas[48];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = 48};
    elfgen_kernel_usual(&machine);
    machine.version = version;
    ck_assert_int_eq(elfgen_kernel_ask(bytes, size, &machine, NULL, &answer, &map), ELFGEN_OK);
    ck_assert_msg(answer.verdict == ELFGEN_STARTS, "%u bits, phoff %u, type %u on %u.%u: %s",
                  overlap->bits, overlap->phoff, overlap->type, version >> 16, version & 0xffff,
                  elfgen_kernel_checks[answer.check].name);
    uint64_t space = 0;
    bool is_found = false;
    for (uint64_t i = 0; i < map.count; i++) {
        if (areas[i].kind != ELFGEN_AREA_FILE && areas[i].kind != ELFGEN_AREA_ZERO)
            continue;
        space += areas[i].end - areas[i].start;
        if (areas[i].kind != ELFGEN_AREA_FILE || answer.entry < areas[i].start ||
            answer.entry >= areas[i].end)
            continue;
        is_found = true;
        ck_assert_uint_eq(areas[i].offset, 0);
        ck_assert_uint_ge(answer.entry - areas[i].start, overlap->entry_low);
        ck_assert_uint_le(answer.entry - areas[i].start, overlap->entry_high);
        ck_assert_uint_eq(overlap->flags & ~(uint32_t)areas[i].flags, 0);
        ck_assert_uint_eq((areas[i].flags ^ overlap->flags) & ELFGEN_PF_W, 0);
    }
    ck_assert(is_found);
    ck_assert_uint_le(space, overlap->address_space);
}

static void check_fillings(unsigned bits, struct golf_overlap_options options)
{
    static const uint32_t versions[] = {
        ELFGEN_LINUX(4, 19), ELFGEN_LINUX(5, 4), ELFGEN_LINUX(5, 10), ELFGEN_LINUX(5, 15),
        ELFGEN_LINUX(6, 1),  ELFGEN_LINUX(6, 6), ELFGEN_LINUX(6, 12), ELFGEN_LINUX(6, 18)};
    size_t count = find(bits, options);
    uint64_t seed = 20;
    for (size_t i = 0; i < count; i++)
        for (unsigned filling = 0; filling < FILLINGS; filling++) {
            uint8_t bytes[LONGER];
            memset(bytes, 0x90, sizeof bytes);
            ck_assert(golf_overlap_fill(&overlaps[i], &seed, bytes));
            ck_assert(golf_overlap_admits(&overlaps[i], bytes));
            for (size_t j = 0; j < sizeof versions / sizeof *versions; j++)
                if (options.first <= versions[j])
                    check_start(&overlaps[i], bytes, filling % 2 ? LONGER : overlaps[i].least,
                                versions[j]);
        }
}

START_TEST(whatever_is_filled_in_linux_starts_it)
{
    check_fillings(64, (struct golf_overlap_options){0});
    check_fillings(32, (struct golf_overlap_options){0});
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("golf_overlaps");
    TCase *cases = tcase_create("overlaps");
    tcase_add_test(cases, every_layout_that_linux_takes_is_found_and_no_other);
    tcase_add_test(cases, overcommit_adds_the_program_header_at_12);
    tcase_add_test(cases, whatever_is_filled_in_linux_starts_it);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(suite)

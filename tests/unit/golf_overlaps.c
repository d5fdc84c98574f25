/* Ways in which headers may overlap: which there are, and that Linux starts what is filled in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfgen.h"
#include "golf/overlap/overlaps.h"
#include "room.h"

enum { FILLINGS = TIMES(200, 10), LONGER = 300, CELL_STEP = TIMES(1, 7) };

static struct golf_overlap overlaps[GOLF_OVERLAPS];

static size_t find(unsigned bits, struct golf_overlap_options options)
{
    size_t count = 0;
    ck_assert(golf_overlaps(bits, &options, overlaps, GOLF_OVERLAPS, &count));
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

/* Where memory may be written there are megabytes of zeros after the file, also after one that
 * nearly fills the page. */
START_TEST(zeros_follow_the_file_where_it_may_be_written)
{
    enum { FILE_SIZE = 3072 };
    const uint64_t zeros = UINT64_C(32) << 20;
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        size_t found = 0;
        size_t count = find(bits, (struct golf_overlap_options){.rwx = true});
        for (size_t i = 0; i < count; i++) {
            bool is_written = overlaps[i].flags & ELFGEN_PF_W;
            ck_assert(is_written || overlaps[i].zeros <= ELFGEN_PAGE);
            found += overlaps[i].zeros >= zeros && overlaps[i].memory >= FILE_SIZE;
        }
        ck_assert_uint_gt(found, 0);
    }
}
END_TEST

/* So they do where the original fills more of its page than that, or has several pages: in a file
 * of as many. */
static const struct {
    unsigned bits;
    uint64_t size, fewest;
} large[] = {{32, 4000, 0}, {32, 4500, 4097}, {64, 4500, 4097}, {32, 9000, 8193}};

START_TEST(zeros_follow_files_of_several_pages)
{
    const struct golf_overlap_options options = {.rwx = true, .size = large[_i].size};
    size_t found = 0, count = find(large[_i].bits, options);
    for (size_t i = 0; i < count; i++)
        found += overlaps[i].zeros >= UINT64_C(32) << 20 && overlaps[i].memory >= options.size &&
                 overlaps[i].fewest == large[_i].fewest;
    ck_assert_uint_gt(found, 0);
}
END_TEST

/* Files of less than 200 bytes have a segment with the code, and one that may be written. */
START_TEST(a_second_segment_is_for_what_is_written)
{
    for (unsigned bits = 32; bits <= 64; bits += 32) {
        size_t count = find(bits, (struct golf_overlap_options){.second = true});
        for (size_t i = 0; i < count; i++) {
            ck_assert_uint_eq(overlaps[i].headers, 2);
            ck_assert_uint_gt(overlaps[i].written_at, 0);
            ck_assert_uint_ge(overlaps[i].written_zeros, 16 << 20);
            ck_assert(!(overlaps[i].flags & ELFGEN_PF_W));
            ck_assert_uint_eq(overlaps[i].base_low, overlaps[i].base_high);
        }
        ck_assert_uint_eq(overlaps[0].least, bits == 64 ? 136 : 96);
    }
}
END_TEST

START_TEST(overcommit_adds_the_program_header_at_12_and_terabytes_of_addresses)
{
    size_t count = find(64, (struct golf_overlap_options){.overcommit = true});
    bool has_terabytes = false;
    ck_assert(has_layout(count, &overcommitted));
    for (size_t i = 0; i < count; i++) {
        const bool takes = overlaps[i].address_space > UINT64_C(1) << 40;
        ck_assert_int_eq(overlaps[i].is_overcommitted,
                         takes || is_of(&overlaps[i], &overcommitted));
        ck_assert(!takes || !(overlaps[i].flags & ELFGEN_PF_W));
        has_terabytes |= takes;
    }
    ck_assert(has_terabytes);
    count = find(32, (struct golf_overlap_options){.overcommit = true});
    for (size_t i = 0; i < count; i++)
        ck_assert(!overlaps[i].is_overcommitted);
}
END_TEST

/* The rows with what a program wants, or all, as text; to be freed. */
static char *rows_for(unsigned bits, bool rwx, enum golf_overlap_data asked,
                      enum golf_overlap_data wanted)
{
    char *text = NULL;
    size_t size = 0, count = find(bits, (struct golf_overlap_options){.rwx = rwx, .data = asked});
    FILE *file = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < count; i++) {
        const bool is_readable = overlaps[i].flags & (ELFGEN_PF_R | ELFGEN_PF_W);
        const bool is_only_readable =
            overlaps[i].flags & ELFGEN_PF_R && !(overlaps[i].flags & ELFGEN_PF_W);
        if (wanted == GOLF_DATA_READ ? is_readable : wanted == GOLF_DATA_ANY || !is_only_readable)
            golf_overlap_print(&overlaps[i], file);
    }
    fclose(file);
    return text;
}

START_TEST(rows_that_a_program_has_no_use_for_are_not_asked_for)
{
    static const enum golf_overlap_data kinds[] = {GOLF_DATA_READ, GOLF_DATA_NONE};
    for (unsigned bits = 32; bits <= 64; bits += 32)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            char *all = rows_for(bits, bits == 64, GOLF_DATA_ANY, kinds[i]);
            char *asked = rows_for(bits, bits == 64, kinds[i], GOLF_DATA_ANY);
            ck_assert_str_eq(asked, all);
            free(all);
            free(asked);
        }
}
END_TEST

enum {
    AREAS = 48,
    MOST_SPACE = (128 << 20) + ELFGEN_PAGE /* what level linux allows a segment, and its page */
};

static uint64_t base_of(const struct golf_overlap *overlap, const uint8_t *bytes)
{
    uint64_t vaddr = 0;
    for (unsigned i = 0; i < overlap->bits / 8u; i++)
        vaddr |= (uint64_t)bytes[overlap->base_at + i] << 8 * i;
    return vaddr & ~(uint64_t)(ELFGEN_PAGE - 1);
}

/* Whether there is a second segment, from the file's first byte on, and zeros after it. */
static bool has_written(const struct golf_overlap *overlap, const struct elfgen_kernel_map *map,
                        uint64_t start)
{
    uint64_t at = start + overlap->written_at, end = at + overlap->written_zeros;
    for (uint64_t i = 0; i < map->count; i++) {
        const struct elfgen_kernel_area *area = &map->areas[i];
        if (area->start == at && area->flags & ELFGEN_PF_W && area->offset == 0 &&
            (area->kind == ELFGEN_AREA_FILE) == (at == start + overlap->written_at))
            at = area->end;
    }
    return at >= end;
}

/* Why a version of Linux does not do with the file what the overlap says; NULL: it does. Its
 * entry's offset in the file is *entry. */
static const char *start_fault(const struct golf_overlap *overlap, const uint8_t *bytes,
                               size_t size, uint32_t version, uint64_t *entry)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_area areas[AREAS];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = AREAS};
    const struct elfgen_kernel_area *file = NULL;
    uint64_t space = 0;
    elfgen_kernel_usual(&machine);
    machine.version = version;
    ck_assert_int_eq(elfgen_kernel_ask(bytes, size, &machine, NULL, &answer, &map), ELFGEN_OK);
    if (answer.verdict != ELFGEN_STARTS || answer.check != ELFGEN_CHECK_passed)
        return elfgen_kernel_checks[answer.check].name;
    for (uint64_t i = 0; i < map.count; i++) {
        if (areas[i].kind != ELFGEN_AREA_FILE && areas[i].kind != ELFGEN_AREA_ZERO)
            continue;
        space += areas[i].end - areas[i].start;
        if (areas[i].kind == ELFGEN_AREA_FILE && answer.entry >= areas[i].start &&
            answer.entry < areas[i].end)
            file = &areas[i];
    }
    if (!file || file->offset != 0)
        return "the entry is not in the file";
    if (overlap->has_random_base == (file->start == base_of(overlap, bytes)))
        return "another address";
    *entry = answer.entry - file->start;
    if (*entry < overlap->entry_low || *entry > overlap->entry_high || *entry >= size)
        return "another entry";
    if ((overlap->flags & ~(uint32_t)file->flags) || ((file->flags ^ overlap->flags) & ELFGEN_PF_W))
        return "other permissions";
    if (overlap->written_at && !has_written(overlap, &map, file->start))
        return "no segment for what is written";
    return space > overlap->address_space && space > MOST_SPACE ? "more address space" : NULL;
}

static const uint32_t versions[] = {ELFGEN_LINUX(4, 19), ELFGEN_LINUX(5, 4), ELFGEN_LINUX(5, 10),
                                    ELFGEN_LINUX(5, 15), ELFGEN_LINUX(6, 1), ELFGEN_LINUX(6, 6),
                                    ELFGEN_LINUX(6, 12), ELFGEN_LINUX(6, 18)};

static bool is_asked_for(const struct golf_overlap_options *options, uint32_t version)
{
    return (version >= options->first && (options->last == 0 || version <= options->last)) ||
           version == options->also;
}

/* The same on all versions that were asked for; `entry` has to be the same, too, unless it is not
 * known. */
static const char *fault(const struct golf_overlap *overlap, const uint8_t *bytes, size_t size,
                         const struct golf_overlap_options *options, uint64_t *entry)
{
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        uint64_t now = 0;
        if (!is_asked_for(options, versions[i]))
            continue;
        const char *why = start_fault(overlap, bytes, size, versions[i], &now);
        if (why)
            return why;
        if (*entry != ELFGEN_NOWHERE && now != *entry)
            return "another entry";
        *entry = now;
    }
    return NULL;
}

static void fill(const struct golf_overlap *overlap, uint64_t *seed, uint8_t *bytes)
{
    memset(bytes, 0x90, LONGER);
    ck_assert(golf_overlap_fill(overlap, seed, bytes));
    ck_assert(golf_overlap_admits(overlap, bytes));
}

static void check_fillings(unsigned bits, struct golf_overlap_options options)
{
    size_t count = find(bits, options);
    uint64_t seed = 20;
    for (size_t i = 0; i < count; i++)
        for (unsigned filling = 0; filling < FILLINGS; filling++) {
            uint8_t bytes[LONGER];
            uint64_t entry = ELFGEN_NOWHERE;
            size_t size = filling % 2 && !options.spec ? LONGER : overlaps[i].least;
            fill(&overlaps[i], &seed, bytes);
            const char *why = fault(&overlaps[i], bytes, size, &options, &entry);
            ck_assert_msg(!why, "%u bits, phoff %u, type %u: %s", bits, overlaps[i].phoff,
                          overlaps[i].type, why);
        }
}

static const struct golf_overlap_options kinds[] = {
    {0},
    {.rwx = true},
    {.overcommit = true},
    {.first = ELFGEN_LINUX(6, 1)},
    {.headers = 2},
    {.size = 65536},
    {.second = true},
    {.spec = true},
    {.last = ELFGEN_LINUX(5, 15)},
    {.first = ELFGEN_LINUX(5, 4), .last = ELFGEN_LINUX(5, 10)},
    {.first = ELFGEN_LINUX(4, 19), .last = ELFGEN_LINUX(4, 19)},
    {.first = ELFGEN_LINUX(4, 19), .last = ELFGEN_LINUX(4, 19), .also = ELFGEN_LINUX(6, 18)},
};

START_TEST(whatever_is_filled_in_linux_starts_it)
{
    check_fillings(64, kinds[_i]);
    check_fillings(32, kinds[_i]);
}
END_TEST

/* Whether the placer, or a copy, has a say in a cell. */
static bool is_shared(const struct golf_overlap *overlap, unsigned cell)
{
    unsigned width = overlap->bits / 8;
    bool is_shared = (cell >= overlap->entry_at && cell < overlap->entry_at + width) ||
                     (cell >= overlap->base_at && cell < overlap->base_at + width) ||
                     overlap->cells[cell].kind == GOLF_CELL_MIRROR;
    for (unsigned i = 0; i < overlap->size; i++)
        is_shared |= overlap->cells[i].kind == GOLF_CELL_MIRROR && overlap->cells[i].other == cell;
    return is_shared;
}

static bool is_allowed(const struct golf_cell *cell, unsigned value)
{
    switch (cell->kind) {
    case GOLF_CELL_FIXED:
        return cell->value == value;
    case GOLF_CELL_SET:
        return cell->allowed[value / 8] >> value % 8 & 1;
    default:
        return true;
    }
}

/* Changes each bit of one byte of a filling, and all. What the cell allows does no harm; a fixed
 * one does not start, or otherwise, with any other value. */
static void check_cell(const struct golf_overlap *overlap, const uint8_t *filling, unsigned at)
{
    static const uint8_t extremes[] = {0x00, 0xff, 0x55, 0xaa};
    static const struct golf_overlap_options all = {0};
    const struct golf_cell *cell = &overlap->cells[at];
    uint8_t bytes[GOLF_CELLS];
    uint64_t entry = ELFGEN_NOWHERE;
    memcpy(bytes, filling, sizeof bytes);
    ck_assert_ptr_null(fault(overlap, bytes, overlap->least, &all, &entry));
    for (unsigned i = 0; i < 8 + sizeof extremes; i++) {
        unsigned value = i < 8 ? filling[at] ^ 1u << i : extremes[i - 8];
        bool is_good = is_allowed(cell, value);
        if ((is_good || cell->kind != GOLF_CELL_FIXED) && (is_shared(overlap, at) || !is_good))
            continue;
        bytes[at] = (uint8_t)value;
        const char *why = fault(overlap, bytes, overlap->least, &all, &entry);
        ck_assert_msg(is_good == !why, "%u bits, phoff %u, type %u, byte %u is %u: %s",
                      overlap->bits, overlap->phoff, overlap->type, at, value,
                      why ? why : "it starts");
    }
}

static void check_cells(unsigned bits, struct golf_overlap_options options)
{
    size_t count = find(bits, options);
    uint64_t seed = 30;
    for (size_t i = 0; i < count; i++) {
        uint8_t filling[LONGER];
        if (overlaps[i].flags == (ELFGEN_PF_R | ELFGEN_PF_X))
            continue; /* the row with X alone contains it */
        fill(&overlaps[i], &seed, filling);
        for (unsigned at = (unsigned)(i % CELL_STEP); at < overlaps[i].least; at += CELL_STEP)
            check_cell(&overlaps[i], filling, at);
    }
}

START_TEST(fixed_bytes_are_fixed_and_free_ones_are_free)
{
    check_cells(64, (struct golf_overlap_options){.overcommit = true});
    check_cells(32, (struct golf_overlap_options){0});
}
END_TEST

/* ---- by the kernel itself ---- */

/* exit(42) */
static const uint8_t exit64[] = {0x6a, 0x3c, 0x58, 0x6a, 0x2a, 0x5f, 0x0f, 0x05};
static const uint8_t exit32[] = {0x6a, 0x01, 0x58, 0x6a, 0x2a, 0x5b, 0xcd, 0x80};

/* Puts code after the headers, and the entry there; or, where the entry is byte 1 (three prefixes
 * or short instructions) or byte 0 (a jump to 71), leads there. Returns false if it cannot be so.
 */
static bool add_code(const struct golf_overlap *overlap, uint8_t *bytes)
{
    enum { JUMPED_TO = 71, FAR = 128, NEARER = 96 };
    unsigned width = overlap->bits / 8, code = overlap->size;
    if (overlap->entry_low == 1 && overlap->entry_high == 1) {
        code = code < FAR ? code : NEARER;
        bytes[4] = 0xeb;
        bytes[5] = (uint8_t)(code - 6);
    } else if (overlap->entry_high == 0) {
        code = JUMPED_TO;
    } else if (overlap->entry_high < code) {
        return false;
    } else {
        uint64_t entry = 0;
        for (unsigned i = 0; i < width; i++)
            entry |= (uint64_t)bytes[overlap->entry_at + i] << 8 * i;
        entry = (entry & ~(uint64_t)(ELFGEN_PAGE - 1)) | code;
        for (unsigned i = 0; i < overlap->size; i++) {
            const struct golf_cell *cell = &overlap->cells[i];
            unsigned other = cell->kind == GOLF_CELL_MIRROR ? cell->other : i;
            for (unsigned j = 0; j < width; j++)
                if (i == overlap->entry_at + j || other == overlap->entry_at + j ||
                    (overlap->cells[overlap->entry_at + j].kind == GOLF_CELL_MIRROR &&
                     overlap->cells[overlap->entry_at + j].other == other))
                    bytes[i] = (uint8_t)(entry >> 8 * j);
        }
    }
    memcpy(bytes + code, overlap->bits == 64 ? exit64 : exit32, sizeof exit64);
    return golf_overlap_admits(overlap, bytes);
}

/* The status that a program ends with; -1: it does not start, or a signal ends it. */
static int run(const uint8_t *bytes, size_t size)
{
    int status, file = memfd_create("overlap", MFD_CLOEXEC);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char *const none[] = {(char[]){"overlap"}, NULL};
        fexecve(file, none, none + 1);
        _exit(EXIT_FAILURE);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    close(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static unsigned check_runs(unsigned bits, struct golf_overlap_options options)
{
    size_t count = find(bits, options);
    uint64_t seed = 40;
    unsigned runs = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[LONGER];
        fill(&overlaps[i], &seed, bytes);
        if (!add_code(&overlaps[i], bytes))
            continue;
        runs++;
        ck_assert_msg(run(bytes, LONGER) == 42, "%u bits, phoff %u, type %u, flags %u", bits,
                      overlaps[i].phoff, overlaps[i].type, overlaps[i].flags);
    }
    return runs;
}

START_TEST(this_kernel_starts_a_filling_of_each)
{
    ck_assert_uint_ge(check_runs(64, kinds[_i]), 2);
    ck_assert_uint_ge(check_runs(32, kinds[_i]), 2);
}
END_TEST

/* Whether the model says of the running kernel that it starts a file, however much memory there is.
 */
static bool is_started(const uint8_t *bytes, size_t size)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct utsname system;
    unsigned major = 0, minor = 0;
    ck_assert_int_eq(uname(&system), 0);
    ck_assert_int_eq(sscanf(system.release, "%u.%u", &major, &minor), 2);
    elfgen_kernel_usual(&machine);
    machine.version = ELFGEN_LINUX(major, minor);
    machine.overcommit = ELFGEN_OVERCOMMIT_ALWAYS;
    ck_assert_int_eq(elfgen_kernel_ask(bytes, size, &machine, NULL, &answer, NULL), ELFGEN_OK);
    return answer.verdict == ELFGEN_STARTS;
}

/* Changes one byte of a filling that exits with 42. Returns whether the kernel was asked. */
static bool check_run(const struct golf_overlap *overlap, uint8_t *bytes, unsigned at,
                      uint64_t *seed)
{
    const uint8_t before = bytes[at];
    const unsigned kind = overlap->cells[at].kind;
    bool is_asked = false;
    bytes[at] = (uint8_t)(kind == GOLF_CELL_FREE ? next_random(seed) : before ^ 1u << at % 8);
    if (kind == GOLF_CELL_FREE && golf_overlap_admits(overlap, bytes)) {
        is_asked = true;
        ck_assert_msg(run(bytes, LONGER) == 42, "%u bits, phoff %u: byte %u is free, but not %u",
                      overlap->bits, overlap->phoff, at, bytes[at]);
    } else if (kind == GOLF_CELL_FIXED && !is_started(bytes, LONGER)) {
        is_asked = true;
        ck_assert_msg(run(bytes, LONGER) != 42,
                      "%u bits, phoff %u: byte %u is fixed, but %u starts", overlap->bits,
                      overlap->phoff, at, bytes[at]);
    }
    bytes[at] = before;
    return is_asked;
}

START_TEST(this_kernel_agrees_about_bytes_that_are_free_and_fixed)
{
    enum { STEP = TIMES(5, 17), JUMP = 4 };
    const unsigned bits = _i ? 64 : 32;
    size_t count = find(bits, kinds[0]);
    uint64_t seed = 50;
    unsigned asked = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[LONGER];
        fill(&overlaps[i], &seed, bytes);
        if (!add_code(&overlaps[i], bytes))
            continue;
        /* What is executed, at the entry and where that leads to, stays. */
        for (unsigned at = (unsigned)(i % STEP); at < overlaps[i].size; at += STEP)
            if (!is_shared(&overlaps[i], at) &&
                (overlaps[i].entry_high >= overlaps[i].size || at < JUMP))
                asked += check_run(&overlaps[i], bytes, at, &seed);
    }
    ck_assert_uint_ge(asked, TIMES(40, 10));
}
END_TEST

static Suite *suite(void)
{
    Suite *suite = suite_create("golf_overlaps");
    TCase *cases = tcase_create("overlaps");
    tcase_add_test(cases, every_layout_that_linux_takes_is_found_and_no_other);
    tcase_add_test(cases, rows_that_a_program_has_no_use_for_are_not_asked_for);
    tcase_add_test(cases, zeros_follow_the_file_where_it_may_be_written);
    tcase_add_loop_test(cases, zeros_follow_files_of_several_pages, 0,
                        sizeof large / sizeof large[0]);
    tcase_add_test(cases, a_second_segment_is_for_what_is_written);
    tcase_add_test(cases, overcommit_adds_the_program_header_at_12_and_terabytes_of_addresses);
    const int all = sizeof kinds / sizeof *kinds;
    tcase_add_loop_test(cases, whatever_is_filled_in_linux_starts_it, 0, all);
    tcase_add_test(cases, fixed_bytes_are_fixed_and_free_ones_are_free);
    /* overcommit needs memory that a machine may not have; with spec, the size is in the file. */
    tcase_add_loop_test(cases, this_kernel_starts_a_filling_of_each, 0, 2);
    tcase_add_loop_test(cases, this_kernel_starts_a_filling_of_each, 4, 7);
    tcase_add_loop_test(cases, this_kernel_agrees_about_bytes_that_are_free_and_fixed, 0, 2);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(suite)

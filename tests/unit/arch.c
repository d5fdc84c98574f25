/* arch/: the rows of processors, and the relocations of AArch64: formula, range and the bits of an
 * instruction that each changes. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

/* ---- rows ---- */

START_TEST(each_architecture_is_found_by_its_numbers_and_its_name)
{
    static const struct {
        const char *name;
        const char *title;
        uint16_t machine;
    } names[] = {
#define ROW(name, title, machine) {#name, title, machine},
        ELFGEN_ARCHS(ROW)
#undef ROW
    };
    const unsigned count = sizeof names / sizeof names[0];
    for (unsigned i = 0; i < count; i++) {
        const struct elfgen_arch *arch = elfgen_arch_get(i);
        ck_assert_ptr_nonnull(arch);
        ck_assert_str_eq(arch->name, names[i].name);
        ck_assert_str_eq(arch->title, names[i].title);
        ck_assert_uint_eq(arch->machines[0], names[i].machine);
        ck_assert(elfgen_arch_named(names[i].name) == arch);
        for (size_t j = 0; j < ELFGEN_ARCH_MACHINES; j++)
            if (arch->machines[j] != 0)
                ck_assert(elfgen_arch_find(arch->machines[j]) == arch);
        ck_assert_ptr_nonnull(elfgen_machine_name(arch->machines[0]));
    }
    ck_assert_ptr_null(elfgen_arch_get(count));
    ck_assert_ptr_null(elfgen_arch_get(UINT_MAX));
    static const uint64_t others[] = {0, 1, 8, 40, 65535, 65536 + 62, UINT64_MAX};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_ptr_null(elfgen_arch_find(others[i]));
    ck_assert_ptr_null(elfgen_arch_named("x86-64"));
    ck_assert_ptr_null(elfgen_arch_named(""));
    ck_assert(elfgen_arch_find(3) == elfgen_arch_find(6)); /* EM_386 and EM_486 */
}
END_TEST

START_TEST(the_facts_of_a_row_agree_with_each_other)
{
    const struct elfgen_arch *arch;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)); i++) {
        const bool is_64 = arch->class_ == ELFGEN_CLASS64;
        ck_assert_uint_ge(arch->page_largest, 4096);
        ck_assert_uint_eq(arch->page_largest & (arch->page_largest - 1), 0);
        ck_assert_uint_eq(arch->default_base % arch->page_largest, 0);
        ck_assert_uint_lt(arch->default_base, arch->user_end);
        ck_assert_uint_eq(arch->user_end % 4096, 0);
        ck_assert(is_64 || arch->user_end <= UINT64_C(1) << 32);
        ck_assert_uint_eq(elfgen_exec_headers(arch->machines[0]), is_64 ? 64 + 56 : 52 + 32);
    }
    ck_assert_uint_eq(elfgen_arch_named("aarch64")->page_largest, 64 << 10);
    const struct elfgen_exec_options defaults = ELFGEN_EXEC_DEFAULTS;
    ck_assert_uint_eq(elfgen_arch_find(defaults.machine)->default_base, defaults.base);
}
END_TEST

/* ---- AArch64: files ---- */

enum { ROOM = 4096, AARCH64 = 183 };

START_TEST(a_program_for_aarch64_suits_pages_of_64_kilobytes)
{
    static const uint8_t code[] = {0xa8, 0x0b, 0x80, 0xd2}; /* mov x8, #93 */
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_error error;
    uint8_t file[ROOM];
    options.machine = AARCH64;
    ck_assert_uint_eq(elfgen_write_exec(file, ROOM, code, sizeof code, &options, &error), 124);
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    ck_assert_int_eq(elfgen_view_open(&view, file, 124, NULL), ELFGEN_OK);
    ck_assert_uint_eq(view.ehdr.ei_class, ELFGEN_CLASS64);
    ck_assert_uint_eq(view.ehdr.e_machine, AARCH64);
    ck_assert_uint_eq(view.ehdr.e_entry, 0x10078);
    ck_assert_int_eq(elfgen_view_segment(&view, 0, &phdr, NULL), ELFGEN_OK);
    ck_assert_uint_eq(phdr.p_vaddr % 65536, phdr.p_offset);
    for (uint64_t base = 0x1000; base < 0x20000; base += 0x1000) {
        options.base = base;
        const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, &options, &error);
        ck_assert_uint_eq(size, base % 65536 == 0 ? 124 : 0);
        if (size == 0)
            ck_assert_ptr_nonnull(strstr(error.text, "multiple of 0x10000"));
    }
    options.base = (UINT64_C(1) << 48) - 65536;
    ck_assert_uint_eq(elfgen_write_exec(file, ROOM, code, sizeof code, &options, &error), 124);
    options.base = UINT64_C(1) << 48;
    ck_assert_uint_eq(elfgen_write_exec(file, ROOM, code, sizeof code, &options, &error), 0);
    ck_assert_int_eq(error.status, ELFGEN_DOES_NOT_FIT);
}
END_TEST

START_TEST(layout_split_keeps_segments_64_kilobytes_apart)
{
    static const uint8_t bytes[100];
    struct elfgen_section sections[] = {
        {.name = ".text", .bytes = bytes, .size = 100, .align = 4, .permissions = 5},
        {.name = ".rodata", .bytes = bytes, .size = 9, .align = 1, .permissions = 4},
        {.name = ".data", .bytes = bytes, .size = 16, .align = 8, .permissions = 6}};
    const struct elfgen_program program = {.sections = sections, .section_count = 3};
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_layout layout;
    options.machine = AARCH64;
    ck_assert_int_eq(elfgen_layout_split(&program, &options, &layout, NULL), ELFGEN_OK);
    ck_assert_uint_eq(layout.segment_count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct elfgen_segment *segment = &layout.segments[i];
        ck_assert_uint_eq(segment->align, 65536);
        ck_assert_uint_eq(segment->address % 65536, segment->offset % 65536);
        if (i > 0)
            ck_assert_uint_gt(segment->address / 65536,
                              (segment[-1].address + segment[-1].memory_size - 1) / 65536);
    }
}
END_TEST

/* ---- AArch64: relocations ---- */

/* How a value is read back from a place, in the notation of the Arm Architecture Reference Manual.
 */
enum place {
    DATA16,
    DATA32,
    DATA64,
    ADR,     /* immhi:immlo */
    ADRP,    /* immhi:immlo, pages */
    IMM12,   /* scaled by the access's size */
    IMM14,   /* tbz: words */
    IMM19,   /* b.cond, ldr: words */
    IMM26,   /* b, bl: words */
    IMM16_0, /* movz, movk: sixteen bits each */
    IMM16_1,
    IMM16_2,
    IMM16_3
};

enum formula { S_A, S_A_P, S_A_GOT, PAGE, S_A_PAGE_GOT };

/* A second copy of aarch64_relocations.def, from "ELF for the Arm 64-bit Architecture", tables of
 * static relocations. */
static const struct expectation {
    uint32_t type;
    enum formula formula;
    enum place place;
    unsigned scale;          /* the value must be a multiple of it */
    int64_t lowest, highest; /* both 0: any value */
} expectations[] = {
    {257, S_A, DATA64, 1, 0, 0},
    {258, S_A, DATA32, 1, INT32_MIN, UINT32_MAX},
    {259, S_A, DATA16, 1, INT16_MIN, UINT16_MAX},
    {260, S_A_P, DATA64, 1, 0, 0},
    {261, S_A_P, DATA32, 1, INT32_MIN, UINT32_MAX},
    {262, S_A_P, DATA16, 1, INT16_MIN, UINT16_MAX},
    {263, S_A, IMM16_0, 1, 0, UINT16_MAX},
    {264, S_A, IMM16_0, 1, 0, 0},
    {265, S_A, IMM16_1, 1, 0, UINT32_MAX},
    {266, S_A, IMM16_1, 1, 0, 0},
    {267, S_A, IMM16_2, 1, 0, INT64_C(0xffffffffffff)},
    {268, S_A, IMM16_2, 1, 0, 0},
    {269, S_A, IMM16_3, 1, 0, 0},
    {273, S_A_P, IMM19, 4, -(1 << 20), (1 << 20) - 1},
    {274, S_A_P, ADR, 1, -(1 << 20), (1 << 20) - 1},
    {275, PAGE, ADRP, 1, -(INT64_C(1) << 32), (INT64_C(1) << 32) - 1},
    {276, PAGE, ADRP, 1, 0, 0},
    {277, S_A, IMM12, 1, 0, 0},
    {278, S_A, IMM12, 1, 0, 0},
    {279, S_A_P, IMM14, 4, -(1 << 15), (1 << 15) - 1},
    {280, S_A_P, IMM19, 4, -(1 << 20), (1 << 20) - 1},
    {282, S_A_P, IMM26, 4, -(1 << 27), (1 << 27) - 1},
    {283, S_A_P, IMM26, 4, -(1 << 27), (1 << 27) - 1},
    {284, S_A, IMM12, 2, 0, 0},
    {285, S_A, IMM12, 4, 0, 0},
    {286, S_A, IMM12, 8, 0, 0},
    {299, S_A, IMM12, 16, 0, 0},
    {307, S_A_GOT, DATA64, 1, 0, 0},
    {308, S_A_GOT, DATA32, 1, INT32_MIN, UINT32_MAX},
    {310, S_A_GOT, IMM12, 8, 0, 0x7fff},
    {313, S_A_PAGE_GOT, IMM12, 8, 0, 0x7fff},
    {314, S_A_P, DATA32, 1, INT32_MIN, INT32_MAX},
};
enum { EXPECTATIONS = sizeof expectations / sizeof expectations[0] };

static unsigned width_of(enum place place)
{
    return place == DATA64 ? 8 : place == DATA16 ? 2 : 4;
}

static uint64_t field(uint64_t word, unsigned at, unsigned bits)
{
    return word >> at & ((UINT64_C(1) << bits) - 1);
}

/* The bits of a number that a relocation changes. */
static uint64_t mask_of(enum place place)
{
    switch (place) {
    case ADR:
    case ADRP:
        return 0x60ffffe0;
    case IMM12:
        return 0x003ffc00;
    case IMM14:
        return 0x0007ffe0;
    case IMM19:
        return 0x00ffffe0;
    case IMM26:
        return 0x03ffffff;
    case IMM16_0:
    case IMM16_1:
    case IMM16_2:
    case IMM16_3:
        return 0x001fffe0;
    default:
        return place == DATA64 ? UINT64_MAX : (UINT64_C(1) << 8 * width_of(place)) - 1;
    }
}

/* Whether `word` at a row's place is what an instruction with this value has. */
static bool holds(const struct expectation *row, uint64_t word, uint64_t value)
{
    const enum place place = row->place;
    switch (place) {
    case ADR:
        return (field(word, 5, 19) << 2 | field(word, 29, 2)) == field(value, 0, 21);
    case ADRP:
        return (field(word, 5, 19) << 2 | field(word, 29, 2)) == field(value, 12, 21);
    case IMM12:
        /* Of an address the place in its page, of a distance from the table all. */
        return field(word, 10, 12) * row->scale == (row->formula == S_A ? value & 0xfff : value);
    case IMM14:
        return field(word, 5, 14) == field(value, 2, 14);
    case IMM19:
        return field(word, 5, 19) == field(value, 2, 19);
    case IMM26:
        return field(word, 0, 26) == field(value, 2, 26);
    case IMM16_0:
    case IMM16_1:
    case IMM16_2:
    case IMM16_3:
        return field(word, 5, 16) == field(value, 16 * (unsigned)(place - IMM16_0), 16);
    default:
        return word == (value & mask_of(place));
    }
}

enum { ADDRESS = 0x10f78, GOT_ADDRESS = 0x23458, PLACE = 8, SIZE = 24 };

struct one {
    uint8_t file[SIZE];
    struct elfgen_section section;
    struct elfgen_symbol symbol, got;
    struct elfgen_relocation relocation;
    struct elfgen_program program;
    struct elfgen_error error;
};

static void begin_one(struct one *one, uint32_t type)
{
    *one = (struct one){.section = {.name = ".text", .bytes = one->file, .size = SIZE},
                        .symbol = {.name = "target", .section = ELFGEN_SECTION_ABSOLUTE},
                        .got = {.name = "got", .section = ELFGEN_SECTION_ABSOLUTE},
                        .relocation = {.type = type, .offset = PLACE},
                        .program = {.section_count = 1, .symbol_count = 1, .relocation_count = 1}};
    one->section.address = ADDRESS;
    one->got.value = GOT_ADDRESS;
    one->program.sections = &one->section;
    one->program.symbols = &one->symbol;
    one->program.relocations = &one->relocation;
    one->program.got = &one->got;
}

static uint64_t load(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = width; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

/* Applies the relocation over bytes that are all `fill`; other bits must stay. */
static enum elfgen_status apply_one(struct one *one, const struct expectation *row, uint8_t fill,
                                    uint64_t *word)
{
    const unsigned width = width_of(row->place);
    memset(one->file, fill, SIZE);
    const uint64_t before = load(one->file + PLACE, width);
    enum elfgen_status status =
        elfgen_apply_relocations(&one->program, AARCH64, one->file, SIZE, &one->error);
    *word = load(one->file + PLACE, width);
    for (unsigned i = 0; i < SIZE; i++)
        if (i < PLACE || i >= PLACE + width)
            ck_assert_uint_eq(one->file[i], fill);
    ck_assert_uint_eq(*word & ~mask_of(row->place), before & ~mask_of(row->place));
    if (status != ELFGEN_OK)
        ck_assert_uint_eq(*word, before);
    return status;
}

/* The value of the formula for a symbol at `symbol`. */
static uint64_t value_of(enum formula formula, uint64_t symbol)
{
    const uint64_t page = ~UINT64_C(0xfff), place = ADDRESS + PLACE;
    switch (formula) {
    case S_A_P:
        return symbol - place;
    case S_A_GOT:
        return symbol - GOT_ADDRESS;
    case PAGE:
        return (symbol & page) - (place & page);
    case S_A_PAGE_GOT:
        return symbol - (GOT_ADDRESS & page);
    case S_A:
        break;
    }
    return symbol;
}

static void try_symbol(const struct expectation *row, uint64_t symbol, int64_t addend)
{
    struct one one;
    uint64_t word;
    begin_one(&one, row->type);
    one.symbol.value = symbol - (uint64_t)addend;
    one.relocation.addend = addend;
    const uint64_t value = value_of(row->formula, symbol);
    const bool fits = (row->lowest == 0 && row->highest == 0) ||
                      ((int64_t)value >= row->lowest && (int64_t)value <= row->highest);
    const bool is_multiple = value % row->scale == 0;
    for (unsigned fill = 0; fill <= 0xff; fill += 0x55) {
        const enum elfgen_status status = apply_one(&one, row, (uint8_t)fill, &word);
        ck_assert_int_eq(status, fits && is_multiple ? ELFGEN_OK : ELFGEN_DOES_NOT_FIT);
        if (status == ELFGEN_OK)
            ck_assert(holds(row, word, value));
        else
            ck_assert_ptr_nonnull(
                strstr(one.error.text, elfgen_relocation_type_name(AARCH64, row->type)));
    }
}

START_TEST(
    a_relocation_of_aarch64_changes_the_bits_of_its_field_alone_and_refuses_what_does_not_fit)
{
    const struct expectation *row = &expectations[_i];
    static const int64_t addends[] = {0, 4, -8, INT32_MAX, INT64_MIN};
    static const uint64_t bases[] = {0, ADDRESS + PLACE, GOT_ADDRESS, GOT_ADDRESS & ~0xfff,
                                     0x123456789abcdef0};
    for (size_t i = 0; i < sizeof addends / sizeof addends[0]; i++)
        for (size_t j = 0; j < sizeof bases / sizeof bases[0]; j++)
            for (int64_t beyond = -20; beyond <= 20; beyond++) {
                try_symbol(row, bases[j] + (uint64_t)beyond, addends[i]);
                try_symbol(row, bases[j] + (uint64_t)row->lowest + (uint64_t)beyond, addends[i]);
                try_symbol(row, bases[j] + (uint64_t)row->highest + (uint64_t)beyond, addends[i]);
            }
}
END_TEST

START_TEST(the_rows_of_aarch64_are_exactly_these)
{
    static const struct {
        uint32_t type, plain;
    } got[] = {{309, 273}, {310, 310}, {311, 275}, {312, 286}, {313, 313}, {315, 261}};
    size_t next = 0, next_got = 0;
    for (uint32_t type = 1; type < 70000; type++) {
        const struct elfgen_relocation relocation = {.type = type};
        uint32_t plain;
        const bool expected = next < EXPECTATIONS && expectations[next].type == type;
        const bool slot = next_got < sizeof got / sizeof got[0] && got[next_got].type == type;
        ck_assert_uint_eq(elfgen_relocation_width(AARCH64, type),
                          expected ? width_of(expectations[next].place)
                          : slot   ? 4
                                   : 0);
        ck_assert_int_eq(elfgen_relocation_got(AARCH64, NULL, 0, &relocation, &plain),
                         slot ? ELFGEN_GOT_SLOT : ELFGEN_GOT_NONE);
        ck_assert_uint_eq(plain, slot ? got[next_got].plain : type);
        ck_assert(!elfgen_can_relax(AARCH64, NULL, 0, &relocation));
        if (expected || slot)
            ck_assert_ptr_nonnull(elfgen_relocation_type_name(AARCH64, type));
        next += expected;
        next_got += slot;
    }
    ck_assert_uint_eq(next, EXPECTATIONS);
}
END_TEST

START_TEST(an_undefined_weak_symbol_is_at_the_place_and_a_branch_to_it_does_nothing)
{
    static const struct {
        uint32_t type, before, after;
    } rows[] = {
        {283, 0x94000000, 0xd503201f}, /* bl: nop */
        {282, 0x14000000, 0xd503201f}, /* b: nop */
        {275, 0x90000000, 0x90000000}, /* adrp: the page it is in */
        {274, 0x10000003, 0x10000003}, /* adr: its own address */
        {280, 0xb4000000, 0xb4000000}, /* cbz: to itself, as ld has it */
        {277, 0x91000000, 0x91000000}, /* add: 0 */
        {261, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct one one;
        begin_one(&one, rows[i].type);
        one.symbol.section = ELFGEN_SECTION_UNDEFINED;
        one.symbol.binding = ELFGEN_WEAK;
        for (unsigned b = 0; b < 4; b++)
            one.file[PLACE + b] = (uint8_t)(rows[i].before >> 8 * b);
        ck_assert_int_eq(
            elfgen_apply_relocations(&one.program, AARCH64, one.file, SIZE, &one.error), ELFGEN_OK);
        ck_assert_uint_eq(load(one.file + PLACE, 4), rows[i].after);
    }
}
END_TEST

static Suite *arch_suite(void)
{
    Suite *suite = suite_create("arch");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, each_architecture_is_found_by_its_numbers_and_its_name);
    tcase_add_test(rows, the_facts_of_a_row_agree_with_each_other);
    suite_add_tcase(suite, rows);
    TCase *files = tcase_create("files of AArch64");
    tcase_add_test(files, a_program_for_aarch64_suits_pages_of_64_kilobytes);
    tcase_add_test(files, layout_split_keeps_segments_64_kilobytes_apart);
    suite_add_tcase(suite, files);
    TCase *relocations = tcase_create("relocations of AArch64");
    tcase_add_loop_test(
        relocations,
        a_relocation_of_aarch64_changes_the_bits_of_its_field_alone_and_refuses_what_does_not_fit,
        0, EXPECTATIONS);
    tcase_add_test(relocations, the_rows_of_aarch64_are_exactly_these);
    tcase_add_test(relocations,
                   an_undefined_weak_symbol_is_at_the_place_and_a_branch_to_it_does_nothing);
    suite_add_tcase(suite, relocations);
    return suite;
}

RUN_SUITE(arch_suite)

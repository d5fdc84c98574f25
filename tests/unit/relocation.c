/* arch/ and image/relocate.c: the result and range of each relocation of x86, and the rewriting of
 * instructions that read the global offset table. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

/* The letters of the psABIs' tables: x86-64 1.0, 4.9; i386 1.1, 2.10. */
enum formula { S_A, S_A_P, S_A_GOT, Z_A };

/* A second copy of x86_64_relocations.def and i386_relocations.def, from the psABIs' tables and the
 * values that ld refuses; command/relocations.bats asks ld. */
static const struct expectation {
    uint16_t machine;
    uint32_t type;
    unsigned width;
    enum formula formula;
    int64_t lowest, highest; /* of the sum */
} expectations[] = {
    {62, 1, 8, S_A, INT64_MIN, INT64_MAX},
    {62, 2, 4, S_A_P, INT32_MIN, INT32_MAX},
    {62, 4, 4, S_A_P, INT32_MIN, INT32_MAX},
    {62, 10, 4, S_A, 0, UINT32_MAX},
    {62, 11, 4, S_A, INT32_MIN, INT32_MAX},
    {62, 12, 2, S_A, INT16_MIN, UINT16_MAX},
    {62, 13, 2, S_A_P, INT16_MIN, UINT16_MAX},
    {62, 14, 1, S_A, INT8_MIN, UINT8_MAX},
    {62, 15, 1, S_A_P, INT8_MIN, INT8_MAX},
    {62, 24, 8, S_A_P, INT64_MIN, INT64_MAX},
    {62, 25, 8, S_A_GOT, INT64_MIN, INT64_MAX},
    {62, 31, 8, S_A_GOT, INT64_MIN, INT64_MAX},
    {62, 32, 4, Z_A, 0, UINT32_MAX},
    {62, 33, 8, Z_A, INT64_MIN, INT64_MAX},
    {3, 1, 4, S_A, INT32_MIN, INT32_MAX},
    {3, 2, 4, S_A_P, INT32_MIN, INT32_MAX},
    {3, 4, 4, S_A_P, INT32_MIN, INT32_MAX},
    {3, 9, 4, S_A_GOT, INT32_MIN, INT32_MAX},
    {3, 20, 2, S_A, INT16_MIN, UINT16_MAX},
    {3, 21, 2, S_A_P, INT16_MIN, UINT16_MAX},
    {3, 22, 1, S_A, INT8_MIN, UINT8_MAX},
    {3, 23, 1, S_A_P, INT8_MIN, INT8_MAX},
    {3, 38, 4, Z_A, INT32_MIN, INT32_MAX},
};
enum { EXPECTATIONS = sizeof expectations / sizeof expectations[0] };

/* The rows of x86_64_relocations.def and i386_relocations.def. */
static const struct row {
    uint16_t machine;
    uint32_t type;
} rows[] = {
#define GOT_RELOCATION(type, use, plain)
#define RELOCATION(type, formula, range, bits, field) {ELFGEN_EM_X86_64, type},
#include "../../elfgen/arch/x86_64_relocations.def"
#undef RELOCATION
#define RELOCATION(type, formula, range, bits, field) {ELFGEN_EM_386, type},
#include "../../elfgen/arch/i386_relocations.def"
#undef RELOCATION
#undef GOT_RELOCATION
};

static const struct got_row {
    uint16_t machine;
    uint32_t type;
    enum elfgen_got_use use;
    uint32_t plain;
} got_rows[] = {
#define RELOCATION(type, formula, range, bits, field)
#define GOT_RELOCATION(type, use, plain) {ELFGEN_EM_X86_64, type, ELFGEN_GOT_##use, plain},
#include "../../elfgen/arch/x86_64_relocations.def"
#undef GOT_RELOCATION
#define GOT_RELOCATION(type, use, plain) {ELFGEN_EM_386, type, ELFGEN_GOT_##use, plain},
#include "../../elfgen/arch/i386_relocations.def"
#undef GOT_RELOCATION
#undef RELOCATION
};

START_TEST(the_table_has_exactly_the_expected_rows)
{
    ck_assert_uint_eq(sizeof rows / sizeof rows[0], EXPECTATIONS);
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        ck_assert_uint_eq(rows[i].machine, expectations[i].machine);
        ck_assert_uint_eq(rows[i].type, expectations[i].type);
        ck_assert_uint_eq(elfgen_relocation_width(rows[i].machine, rows[i].type),
                          expectations[i].width);
        ck_assert_ptr_nonnull(elfgen_relocation_type_name(rows[i].machine, rows[i].type));
    }
    for (size_t i = 0; i < sizeof got_rows / sizeof got_rows[0]; i++) {
        const struct elfgen_relocation relocation = {.type = got_rows[i].type, .offset = 4};
        static const uint8_t bytes[16];
        uint32_t plain;
        ck_assert_int_eq(elfgen_relocation_got(got_rows[i].machine, bytes, 16, &relocation, &plain),
                         got_rows[i].use);
        ck_assert_uint_eq(plain, got_rows[i].plain);
        ck_assert_uint_eq(elfgen_relocation_width(got_rows[i].machine, got_rows[i].type),
                          elfgen_relocation_width(got_rows[i].machine, plain));
        ck_assert_uint_ne(elfgen_relocation_width(got_rows[i].machine, plain), 0);
    }
    ck_assert_uint_eq(elfgen_relocation_width(62, 0), 0);
    ck_assert_uint_eq(elfgen_relocation_width(62, 64), 0);
    ck_assert_uint_eq(elfgen_relocation_width(62, UINT32_MAX), 0);
    ck_assert_uint_eq(elfgen_relocation_width(8, 1), 0);
}
END_TEST

/* ---- one relocation ---- */

enum { SECTION_ADDRESS = 0x10078, GOT_ADDRESS = 0x23450, PLACE = 5 };

/* A file of 24 bytes 0xdd, with a section of 16 bytes at offset 3 and one relocation. */
struct one {
    struct elfgen_section section;
    struct elfgen_symbol symbol, got;
    struct elfgen_relocation relocation;
    struct elfgen_program program;
    uint8_t *file;
    struct elfgen_error error;
};

enum { FILE_SIZE = 24, SECTION_SIZE = 16, SECTION_OFFSET = 3 };

static void begin_one(struct one *one, uint32_t type)
{
    static const uint8_t bytes[SECTION_SIZE];
    *one = (struct one){
        .section = {.file = "a.o",
                    .name = ".text",
                    .bytes = bytes,
                    .size = SECTION_SIZE,
                    .offset = SECTION_OFFSET,
                    .address = SECTION_ADDRESS},
        .symbol = {.name = "target", .section = ELFGEN_SECTION_ABSOLUTE},
        .got = {.name = ".got", .section = ELFGEN_SECTION_ABSOLUTE, .value = GOT_ADDRESS},
        .relocation = {.type = type, .offset = PLACE},
        .program = {.section_count = 1, .symbol_count = 1, .relocation_count = 1},
        .file = malloc(FILE_SIZE)};
    one->program.sections = &one->section;
    one->program.symbols = &one->symbol;
    one->program.relocations = &one->relocation;
    one->program.got = &one->got;
    memset(one->file, 0xdd, FILE_SIZE);
}

/* Returns the status; checks that only the relocated bytes changed. */
/* Checks that the error is about the bytes that are relocated, and says so once. */
static void check_place(const struct elfgen_error *error)
{
    ck_assert_str_eq(error->file, "a.o");
    ck_assert_str_eq(error->section, ".text");
    ck_assert_uint_eq(error->offset, PLACE);
    ck_assert_ptr_null(strstr(error->text, ".text"));
}

static enum elfgen_status apply_one(struct one *one, uint16_t machine, unsigned width)
{
    memset(one->file, 0xdd, FILE_SIZE);
    enum elfgen_status status =
        elfgen_apply_relocations(&one->program, machine, one->file, FILE_SIZE, &one->error);
    const size_t at = (size_t)(SECTION_OFFSET + one->relocation.offset);
    for (size_t i = 0; i < FILE_SIZE; i++)
        if (status != ELFGEN_OK || i < at || i >= at + width)
            ck_assert_uint_eq(one->file[i], 0xdd);
    return status;
}

START_TEST(a_relocation_computes_its_formula_within_its_range_and_refuses_values_outside)
{
    const struct expectation *row = &expectations[_i];
    const bool may_overflow = row->width < (row->machine == ELFGEN_EM_386 ? 4 : 8);
    static const int64_t addends[] = {0, 7, -4, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof addends / sizeof addends[0]; i++)
        for (int top = 0; top < 2; top++)
            for (int64_t beyond = -2; beyond <= 2; beyond++) {
                const uint64_t sum =
                    (uint64_t)(top ? row->highest : row->lowest) + (uint64_t)beyond;
                const uint64_t less = row->formula == S_A_P     ? SECTION_ADDRESS + PLACE
                                      : row->formula == S_A_GOT ? GOT_ADDRESS
                                                                : 0;
                const bool fits = !may_overflow || (top ? beyond <= 0 : beyond >= 0);
                struct one one;
                begin_one(&one, row->type);
                one.relocation.addend = addends[i];
                if (row->formula == Z_A)
                    one.symbol.size = sum - (uint64_t)addends[i];
                else
                    one.symbol.value = sum + less - (uint64_t)addends[i];
                const enum elfgen_status status = apply_one(&one, row->machine, row->width);
                ck_assert_int_eq(status, fits ? ELFGEN_OK : ELFGEN_DOES_NOT_FIT);
                for (unsigned b = 0; fits && b < row->width; b++)
                    ck_assert_uint_eq(one.file[SECTION_OFFSET + PLACE + b],
                                      (uint8_t)(sum >> 8 * b));
                if (!fits) {
                    ck_assert_ptr_nonnull(strstr(one.error.text, "'target'"));
                    check_place(&one.error);
                    ck_assert_ptr_nonnull(strstr(
                        one.error.text, elfgen_relocation_type_name(row->machine, row->type)));
                }
                free(one.file);
            }
}
END_TEST

START_TEST(a_relocation_may_end_with_its_section_and_no_byte_later)
{
    const struct expectation *row = &expectations[_i];
    struct one one;
    begin_one(&one, row->type);
    for (uint64_t offset = 0; offset < 2 * (uint64_t)SECTION_SIZE; offset++) {
        one.relocation.offset = offset;
        one.symbol.size = 1;
        one.symbol.value = row->formula == S_A_P     ? SECTION_ADDRESS + offset
                           : row->formula == S_A_GOT ? GOT_ADDRESS
                                                     : 0;
        ck_assert_int_eq(apply_one(&one, row->machine, row->width),
                         offset + row->width <= SECTION_SIZE ? ELFGEN_OK : ELFGEN_BAD_ARGUMENT);
    }
    for (uint64_t back = 0; back < 10; back++) {
        one.relocation.offset = UINT64_MAX - back;
        ck_assert_int_eq(apply_one(&one, row->machine, 0), ELFGEN_BAD_ARGUMENT);
    }
    /* A section without bytes, and one outside of the file. */
    one.relocation.offset = 0;
    const uint8_t *bytes = one.section.bytes;
    one.section.bytes = NULL;
    ck_assert_int_eq(apply_one(&one, row->machine, 0), ELFGEN_BAD_ARGUMENT);
    one.section.bytes = bytes;
    static const uint64_t offsets[] = {FILE_SIZE - SECTION_SIZE + 1, FILE_SIZE, UINT64_MAX,
                                       UINT64_MAX - SECTION_SIZE + 1};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        one.section.offset = offsets[i];
        ck_assert_int_eq(apply_one(&one, row->machine, 0), ELFGEN_BAD_ARGUMENT);
    }
    free(one.file);
}
END_TEST

START_TEST(distances_from_the_global_offset_table_need_its_base)
{
    for (size_t i = 0; i < EXPECTATIONS; i++) {
        const struct expectation *row = &expectations[i];
        struct one one;
        begin_one(&one, row->type);
        one.symbol.value = row->formula == S_A_P ? SECTION_ADDRESS : 0;
        one.program.got = NULL;
        ck_assert_int_eq(apply_one(&one, row->machine, row->width),
                         row->formula == S_A_GOT ? ELFGEN_BAD_ARGUMENT : ELFGEN_OK);
        one.program.got = &one.got;
        one.got.section = ELFGEN_SECTION_UNDEFINED;
        one.got.binding = ELFGEN_GLOBAL;
        ck_assert_int_eq(apply_one(&one, row->machine, row->width),
                         row->formula == S_A_GOT ? ELFGEN_UNDEFINED : ELFGEN_OK);
        free(one.file);
    }
}
END_TEST

START_TEST(invalid_relocations_are_refused_with_their_place)
{
    struct one one;
    begin_one(&one, 1);
    one.relocation.symbol = 1;
    ck_assert_int_eq(apply_one(&one, 62, 0), ELFGEN_BAD_ARGUMENT);
    one.relocation.symbol = 0;
    one.relocation.section = 1;
    ck_assert_int_eq(apply_one(&one, 62, 0), ELFGEN_BAD_ARGUMENT);
    one.relocation.section = 0;
    one.symbol.section = 1;
    ck_assert_int_eq(apply_one(&one, 62, 0), ELFGEN_BAD_ARGUMENT);
    one.symbol.section = ELFGEN_SECTION_UNDEFINED;
    one.symbol.binding = ELFGEN_GLOBAL;
    ck_assert_int_eq(apply_one(&one, 62, 0), ELFGEN_UNDEFINED);
    ck_assert_str_eq(one.error.text, "undefined symbol 'target'");
    check_place(&one.error);
    one.symbol.binding = ELFGEN_WEAK;
    ck_assert_int_eq(apply_one(&one, 62, 8), ELFGEN_OK);
    ck_assert_int_eq(one.file[SECTION_OFFSET + PLACE], 0);
    /* Types with a name only, types without one, and an unsupported machine. */
    static const uint32_t types[] = {9, 41, 42, 3, 63, 64, UINT32_MAX};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        one.relocation.type = types[i];
        ck_assert_int_eq(apply_one(&one, 62, 0), ELFGEN_UNSUPPORTED);
        check_place(&one.error);
    }
    ck_assert_int_eq(apply_one(&one, 8, 0), ELFGEN_UNSUPPORTED);
    free(one.file);
}
END_TEST

/* ---- hostile instructions ---- */

static uint8_t random_opcode(uint64_t *state)
{
    static const uint8_t opcodes[] = {0xff, 0x8b, 0x85, 0x03, 0x0b, 0x13, 0x1b,
                                      0x23, 0x2b, 0x33, 0x3b, 0x48, 0x4c, 0x05,
                                      0x0d, 0x15, 0x25, 0x3d, 0x83, 0x84, 0xbb};
    return next_random(state) % 4 ? opcodes[(next_random(state) >> 8) % sizeof opcodes]
                                  : (uint8_t)(next_random(state) >> 8);
}

START_TEST(random_bytes_are_left_alone_or_rewritten_within_the_instruction)
{
    static const uint16_t some_machines[] = {62, 62, 3, 3, 8};
    static const uint32_t types[] = {9, 41, 42, 43, 3, 2, 0};
    static const int64_t addends[] = {-4, -4, 0, 0, -5, 4, INT64_MIN};
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
    unsigned rewritten = 0;
    for (int round = 0; round < 40000; round++) {
        const size_t size = next_random(&state) % 13;
        uint8_t *bytes = malloc(size ? size : 1), *before = malloc(size ? size : 1);
        for (size_t i = 0; i < size; i++)
            before[i] = bytes[i] = random_opcode(&state);
        const uint16_t machine = some_machines[next_random(&state) % 5];
        const uint64_t offset = next_random(&state) % 16;
        /* Mostly with a ModRM byte before the address, as in compiled code. */
        if (round % 4 && offset >= 1 && offset <= size)
            before[offset - 1] = bytes[offset - 1] = (uint8_t)(bytes[offset - 1] & 0x38) | 5;
        struct elfgen_relocation relocation = {
            .type = types[next_random(&state) % 7],
            .offset = next_random(&state) % 8 ? offset : UINT64_MAX - offset,
            .addend = addends[next_random(&state) % 7]};
        if (round % 4) {
            relocation.type = machine == 62 ? types[next_random(&state) % 3] : 43;
            relocation.addend = machine == 62 ? -4 : 0;
        }
        const struct elfgen_relocation asked = relocation;
        uint32_t plain;
        elfgen_relocation_got(machine, bytes, size, &relocation, &plain);
        const bool can = elfgen_can_relax(machine, bytes, size, &relocation);
        ck_assert_mem_eq(before, bytes, size);
        ck_assert(elfgen_relax(machine, bytes, size, &relocation) == can);
        if (!can) {
            ck_assert_mem_eq(before, bytes, size);
            ck_assert_mem_eq(&asked, &relocation, sizeof asked);
        } else {
            rewritten++;
            const unsigned width = elfgen_relocation_width(machine, relocation.type);
            ck_assert_uint_eq(width, 4);
            ck_assert_uint_le(relocation.offset + width, size);
            ck_assert_uint_le(asked.offset - relocation.offset, 1);
            for (size_t i = 0; i < size; i++)
                if (i + 3 < asked.offset || i >= asked.offset + 4)
                    ck_assert_uint_eq(bytes[i], before[i]);
            /* It cannot be rewritten twice. */
            ck_assert(!elfgen_can_relax(machine, bytes, size, &relocation));
        }
        free(bytes);
        free(before);
    }
    ck_assert_uint_gt(rewritten, 200);
}
END_TEST

START_TEST(a_section_of_zeros_has_no_instruction)
{
    static const uint16_t both[] = {62, 3};
    for (size_t m = 0; m < 2; m++)
        for (uint32_t type = 0; type < 64; type++) {
            struct elfgen_relocation relocation = {.type = type, .offset = 4};
            uint32_t plain;
            elfgen_relocation_got(both[m], NULL, 100, &relocation, &plain);
            ck_assert(!elfgen_can_relax(both[m], NULL, 100, &relocation));
            ck_assert(!elfgen_relax(both[m], NULL, 100, &relocation));
        }
}
END_TEST

static Suite *relocation_suite(void)
{
    Suite *suite = suite_create("relocation");
    TCase *formulas = tcase_create("formulas");
    tcase_add_test(formulas, the_table_has_exactly_the_expected_rows);
    tcase_add_loop_test(
        formulas, a_relocation_computes_its_formula_within_its_range_and_refuses_values_outside, 0,
        EXPECTATIONS);
    tcase_add_loop_test(formulas, a_relocation_may_end_with_its_section_and_no_byte_later, 0,
                        EXPECTATIONS);
    tcase_add_test(formulas, distances_from_the_global_offset_table_need_its_base);
    tcase_add_test(formulas, invalid_relocations_are_refused_with_their_place);
    suite_add_tcase(suite, formulas);
    TCase *relax = tcase_create("instructions at the table");
    tcase_add_loop_test(relax, random_bytes_are_left_alone_or_rewritten_within_the_instruction, 0,
                        4);
    tcase_add_test(relax, a_section_of_zeros_has_no_instruction);
    suite_add_tcase(suite, relax);
    return suite;
}

RUN_SUITE(relocation_suite)

/* golf's stages together: a program becomes a smaller file that does the same. */
#include "golf/golf.h"

#include <string.h>

#include "elfgen.h"
#include "room.h"

/* Whole headers, with the code behind them. */
static size_t make(uint8_t *file, const uint8_t *code, size_t size)
{
    static const uint8_t headers[120] = {
        0x7f,      'E',         'L',      'F',         2,           1,           1,
        [16] = 2,  [18] = 0x3e, [20] = 1, [24] = 0x78, [26] = 0x40, [32] = 64,   [52] = 64,
        [54] = 56, [56] = 1,    [64] = 1, [68] = 5,    [82] = 0x40, [90] = 0x40, [113] = 0x10};
    memcpy(file, headers, sizeof headers);
    memcpy(file + sizeof headers, code, size);
    file[96] = file[104] = (uint8_t)(sizeof headers + size);
    return sizeof headers + size;
}

static bool run(const uint8_t *code, size_t size, uint64_t nodes, struct golf_result *result,
                bool *refused)
{
    static uint8_t file[400];
    struct elfgen_error error = {0};
    struct golf_options options = {
        .prove = {.original = file, .size = make(file, code, size), .environments = 200},
        .nodes = nodes};
    return golf_run(&options, result, refused, &error);
}

static struct golf_result result;
static bool refused;

START_TEST(a_program_that_exits_has_80_bytes)
{
    static const uint8_t code[] = {0xbf, 42, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05};
    ck_assert(run(code, sizeof code, 1000000, &result, &refused));
    ck_assert_uint_eq(result.size, 80);
    ck_assert_uint_eq(result.refuted, 0);
}
END_TEST

/* mov eax, 1; mov edi, 1; lea rsi, [rip + text]; mov edx, 12; syscall; mov eax, 231; xor edi, edi;
 * syscall; text. */
START_TEST(hello_has_at_most_89_bytes)
{
    static const uint8_t code[] = {
        0xb8, 1,    0,    0,   0,   0xbf, 1,   0,    0,    0,    0x48, 0x8d, 0x35, 16,  0,
        0,    0,    0xba, 12,  0,   0,    0,   0x0f, 0x05, 0xb8, 231,  0,    0,    0,   0x31,
        0xff, 0x0f, 0x05, 'H', 'e', 'l',  'l', 'o',  ' ',  'w',  'o',  'r',  'l',  'd', '\n'};
    ck_assert(run(code, sizeof code, 6000000, &result, &refused));
    ck_assert_uint_le(result.size, 89);
    ck_assert_uint_gt(result.candidates, 0);
}
END_TEST

/* fork, and exit with its result. */
START_TEST(a_program_that_forks_is_left_alone)
{
    static const uint8_t code[] = {0xb8, 57,   0,  0, 0, 0x0f, 0x05, 0x89,
                                   0xc7, 0xb8, 60, 0, 0, 0,    0x0f, 0x05};
    ck_assert(!run(code, sizeof code, 1000, &result, &refused));
    ck_assert(refused);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf");
    TCase *cases = tcase_create("programs");
    tcase_add_test(cases, a_program_that_exits_has_80_bytes);
    tcase_add_test(cases, hello_has_at_most_89_bytes);
    tcase_add_test(cases, a_program_that_forks_is_left_alone);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

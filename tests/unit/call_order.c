/* compare --run: aligning two runs' system calls. */
#include <stdlib.h>
#include <string.h>

#include "commands/compare/call_order.h"
#include "room.h"

enum { MOST = 300 };

struct pair {
    struct profile runs[2];
    struct profile_call calls[2][PROFILE_NAMES];
    uint16_t order[2][MOST];
    struct call_order_names names;
};

static struct pair *new_pair(void)
{
    struct pair *pair = calloc(1, sizeof *pair);
    ck_assert_ptr_nonnull(pair);
    for (int side = 0; side < 2; side++) {
        pair->runs[side].calls = pair->calls[side];
        pair->runs[side].order = pair->order[side];
    }
    return pair;
}

static void add_call(struct pair *pair, int side, const char *name)
{
    struct profile *run = &pair->runs[side];
    size_t i = 0;
    while (i < run->count && strcmp(run->calls[i].name, name) != 0)
        i++;
    if (i == run->count)
        snprintf(run->calls[run->count++].name, sizeof run->calls[i].name, "%s", name);
    run->calls[i].count++;
    run->order[run->order_all++] = (uint16_t)i;
}

/* Each letter is a call. */
static void add_calls(struct pair *pair, int side, const char *letters)
{
    for (; *letters; letters++)
        add_call(pair, side, (char[]){*letters, '\0'});
}

static const char *name_of(const struct pair *pair, int side, uint16_t call)
{
    return pair->runs[side].calls[call].name;
}

/* "=ab-c+d": calls of both runs, of the first alone, of the second alone. */
static void show(const struct pair *pair, char *text)
{
    size_t count;
    struct call_order_stretch *stretches = call_order_align(pair->runs, &pair->names, &count);
    for (size_t i = 0; i < count; i++) {
        *text++ = "=-+"[stretches[i].who];
        for (size_t k = 0; k < stretches[i].count; k++)
            *text++ = *name_of(pair, stretches[i].who == ORDER_SECOND, stretches[i].calls[k]);
    }
    *text = '\0';
    free(stretches);
}

static const struct {
    const char *first, *second, *shown;
} samples[] = {
    {"", "", ""},
    {"", "ab", "+ab"},
    {"ab", "", "-ab"},
    {"ab", "ab", "=ab"},
    {"we", "bmmowe", "+bmmo=we"},
    {"bmmowe", "we", "-bmmo=we"},
    {"gugppx", "gegqx", "=g-u+e=g-pp+q=x"},
    {"abc", "xyz", "-abc+xyz"},
    {"pugpppx", "pepqx", "=p-ug+e=p-pp+q=x"},
};

START_TEST(calls_are_aligned_as_a_reader_would_align_them)
{
    struct pair *pair = new_pair();
    char text[4 * MOST];
    add_calls(pair, 0, samples[_i].first);
    add_calls(pair, 1, samples[_i].second);
    call_order_merge(pair->runs, &pair->names);
    show(pair, text);
    ck_assert_str_eq(text, samples[_i].shown);
    free(pair);
}
END_TEST

/* The length of the longest common subsequence, by its definition. */
static size_t longest(const struct pair *pair)
{
    static size_t table[MOST + 1][MOST + 1];
    size_t rows = run_result_length(&pair->runs[0]), width = run_result_length(&pair->runs[1]);
    memset(table, 0, sizeof table);
    for (size_t a = 1; a <= rows; a++)
        for (size_t b = 1; b <= width; b++) {
            bool same = strcmp(name_of(pair, 0, pair->order[0][a - 1]),
                               name_of(pair, 1, pair->order[1][b - 1])) == 0;
            size_t without = table[a - 1][b] > table[a][b - 1] ? table[a - 1][b] : table[a][b - 1];
            table[a][b] = same ? table[a - 1][b - 1] + 1 : without;
        }
    return table[rows][width];
}

/* The stretches contain both runs in order, neighbours differ in kind, and the common part is as
 * long as possible. */
static void check_stretches(const struct pair *pair)
{
    size_t count, at[2] = {0, 0}, common = 0;
    struct call_order_stretch *stretches = call_order_align(pair->runs, &pair->names, &count);
    for (size_t i = 0; i < count; i++) {
        const struct call_order_stretch *stretch = &stretches[i];
        ck_assert(stretch->count > 0 && (i == 0 || stretch->who != stretches[i - 1].who));
        for (size_t k = 0; k < stretch->count; k++) {
            int side = stretch->who == ORDER_SECOND;
            ck_assert_uint_eq(stretch->calls[k], pair->order[side][at[side]]);
            at[side]++;
            if (stretch->who == ORDER_BOTH) {
                ck_assert_str_eq(name_of(pair, 0, stretch->calls[k]),
                                 name_of(pair, 1, pair->order[1][at[1]++]));
                common++;
            }
        }
    }
    ck_assert_uint_eq(at[0], run_result_length(&pair->runs[0]));
    ck_assert_uint_eq(at[1], run_result_length(&pair->runs[1]));
    ck_assert_uint_eq(common, longest(pair));
    free(stretches);
}

/* Each name of either run is listed once, and found from both sides. */
static void check_names(const struct pair *pair)
{
    const struct call_order_names *names = &pair->names;
    size_t seen[2] = {0, 0};
    for (size_t i = 0; i < names->count; i++) {
        for (int side = 0; side < 2; side++) {
            if (names->of[side][i] == ORDER_NONE)
                continue;
            ck_assert_uint_eq(names->merged[side][names->of[side][i]], i);
            seen[side]++;
        }
        if (names->of[0][i] != ORDER_NONE && names->of[1][i] != ORDER_NONE)
            ck_assert_str_eq(name_of(pair, 0, names->of[0][i]), name_of(pair, 1, names->of[1][i]));
        else
            ck_assert(names->of[0][i] != names->of[1][i]);
    }
    ck_assert_uint_eq(seen[0], pair->runs[0].count);
    ck_assert_uint_eq(seen[1], pair->runs[1].count);
}

START_TEST(random_runs_share_the_longest_common_subsequence)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (int round = 0; round < 400; round++) {
        struct pair *pair = new_pair();
        uint64_t letters = 1 + next_random(&state) % 20;
        for (int side = 0; side < 2; side++) {
            size_t length = next_random(&state) % (round < 300 ? 12 : MOST);
            for (size_t i = 0; i < length; i++)
                add_call(pair, side, (char[]){(char)('a' + next_random(&state) % letters), '\0'});
        }
        call_order_merge(pair->runs, &pair->names);
        check_names(pair);
        check_stretches(pair);
        free(pair);
    }
}
END_TEST

/* Too long for a table: the common beginning and end are still found. */
START_TEST(long_runs_are_divided_into_few_stretches)
{
    enum { LONG = 3000 };
    struct profile runs[2] = {{.count = 3}, {.count = 3}};
    static struct profile_call calls[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    static struct call_order_names names;
    size_t count;
    for (int side = 0; side < 2; side++) {
        runs[side].calls = calls;
        runs[side].order = calloc(LONG, sizeof *runs[side].order);
        runs[side].order_all = LONG;
        for (size_t i = 5; i < LONG - 7; i++)
            runs[side].order[i] = (uint16_t)(1 + (side ? i % 2 : i / 2 % 2));
        runs[side].order[5] = (uint16_t)(side ? 1 : 2);
        runs[side].order[LONG - 8] = (uint16_t)(side ? 1 : 2);
    }
    call_order_merge(runs, &names);
    struct call_order_stretch *stretches = call_order_align(runs, &names, &count);
    ck_assert_uint_eq(count, 4);
    ck_assert_int_eq(stretches[0].who, ORDER_BOTH);
    ck_assert_uint_eq(stretches[0].count, 5);
    ck_assert_uint_eq(stretches[1].count, LONG - 12);
    ck_assert_uint_eq(stretches[2].count, LONG - 12);
    ck_assert_uint_eq(stretches[3].count, 7);
    free(stretches);
    free(runs[0].order);
    free(runs[1].order);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("call_order");
    TCase *cases = tcase_create("order");
    tcase_add_loop_test(cases, calls_are_aligned_as_a_reader_would_align_them, 0,
                        (int)(sizeof samples / sizeof samples[0]));
    tcase_add_test(cases, random_runs_share_the_longest_common_subsequence);
    tcase_add_test(cases, long_runs_are_divided_into_few_stretches);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)

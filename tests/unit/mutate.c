/* mutate: the plan of runs, the class of each run's result, and the report as JSON and text. */
#include <string.h>

#include "commands/mutate/mutate_private.h"
#include "commands/mutate/result.h"
#include "support/lecture.h"
#include "room.h"

/* ---- plans ---- */

static struct mutate_plan plan_of(unsigned values, uint64_t seed)
{
    return (struct mutate_plan){.bytes = lecture_file,
                                .size = sizeof lecture_file,
                                .to = sizeof lecture_file,
                                .values = values,
                                .seed = seed,
                                .shards = 1};
}

START_TEST(every_byte_gets_every_other_value_once)
{
    static bool seen[sizeof lecture_file][256];
    struct mutate_plan plan = plan_of(255, 7);
    uint64_t singles, all;
    ck_assert(mutate_runs(&plan, &singles, &all));
    ck_assert_uint_eq(singles, 45390);
    ck_assert_uint_eq(all, 45390);
    for (uint64_t run = 0; run < all; run++) {
        struct mutate_change change;
        mutate_change(&plan, run, &change);
        ck_assert_uint_eq(change.count, 1);
        ck_assert_uint_eq(change.places[0], run % sizeof lecture_file);
        ck_assert_uint_ne(change.values[0], lecture_file[change.places[0]]);
        ck_assert(!seen[change.places[0]][change.values[0]]);
        seen[change.places[0]][change.values[0]] = true;
    }
}
END_TEST

START_TEST(a_seed_chooses_values_and_more_values_begin_with_the_same_ones)
{
    struct mutate_plan few = plan_of(5, 7), more = plan_of(200, 7), other = plan_of(5, 8);
    size_t different = 0;
    few.from = more.from = other.from = 100;
    few.to = more.to = other.to = 140;
    for (uint64_t run = 0; run < 5 * 40; run++) {
        struct mutate_change a, b, c;
        mutate_change(&few, run, &a);
        mutate_change(&more, run, &b);
        mutate_change(&other, run, &c);
        ck_assert_uint_eq(a.places[0], 100 + run % 40);
        ck_assert_uint_eq(a.places[0], b.places[0]);
        ck_assert_uint_eq(a.values[0], b.values[0]);
        different += a.values[0] != c.values[0];
    }
    ck_assert_uint_gt(different, 190);
}
END_TEST

START_TEST(each_pair_of_bytes_gets_each_pair_of_their_values_once)
{
    enum { FROM = 0x60, COUNT = 5, VALUES = 3 };
    static bool seen[COUNT][COUNT][256][256];
    struct mutate_plan plan = plan_of(VALUES, 1);
    uint64_t singles, all;
    plan.from = FROM;
    plan.to = FROM + COUNT;
    plan.pairs = true;
    ck_assert_uint_eq(mutate_pairs(&plan), 10);
    ck_assert(mutate_runs(&plan, &singles, &all));
    ck_assert_uint_eq(singles, COUNT * VALUES);
    ck_assert_uint_eq(all, COUNT * VALUES + 10 * VALUES * VALUES);
    for (uint64_t run = singles; run < all; run++) {
        struct mutate_change change;
        mutate_change(&plan, run, &change);
        size_t a = change.places[0] - FROM, b = change.places[1] - FROM;
        ck_assert_uint_eq(change.count, 2);
        ck_assert(a < b && b < COUNT);
        ck_assert_uint_ne(change.values[0], lecture_file[change.places[0]]);
        ck_assert_uint_ne(change.values[1], lecture_file[change.places[1]]);
        ck_assert(!seen[a][b][change.values[0]][change.values[1]]);
        seen[a][b][change.values[0]][change.values[1]] = true;
    }
}
END_TEST

START_TEST(some_pairs_change_both_bytes_by_the_same_amount)
{
    struct mutate_plan plan = plan_of(4, 3);
    uint64_t singles, all;
    size_t alike = 0;
    plan.from = 0x60;
    plan.to = 0x70;
    plan.pairs = true;
    ck_assert(mutate_runs(&plan, &singles, &all));
    for (uint64_t run = singles; run < all; run++) {
        struct mutate_change change;
        mutate_change(&plan, run, &change);
        alike += (uint8_t)(change.values[0] - lecture_file[change.places[0]]) ==
                 (uint8_t)(change.values[1] - lecture_file[change.places[1]]);
    }
    ck_assert_uint_eq(alike, 4 * mutate_pairs(&plan));
}
END_TEST

START_TEST(a_number_of_runs_that_overflows_is_refused)
{
    struct mutate_plan plan = plan_of(255, 1);
    uint64_t singles, all;
    plan.size = plan.to = SIZE_MAX / 600;
    ck_assert(mutate_runs(&plan, &singles, &all));
    plan.to = SIZE_MAX / 400;
    ck_assert(!mutate_runs(&plan, &singles, &all));
    plan.to = (size_t)1 << 33;
    plan.pairs = true;
    ck_assert(!mutate_runs(&plan, &singles, &all));
    plan.to = 1;
    ck_assert(mutate_runs(&plan, &singles, &all));
    ck_assert_uint_eq(all, 255);
}
END_TEST

START_TEST(each_run_is_in_exactly_one_shard)
{
    for (uint64_t shards = 1; shards < 40; shards += 6) {
        struct mutate_plan pairs = plan_of(5, 1);
        uint64_t singles, all, sums[2] = {0};
        pairs.from = 0x40;
        pairs.to = 0x40 + 11;
        pairs.pairs = true;
        pairs.shards = shards;
        ck_assert(mutate_runs(&pairs, &singles, &all));
        for (pairs.shard = 0; pairs.shard < shards; pairs.shard++) {
            uint64_t counted[2], seen[2] = {0};
            mutate_runs_of_shard(&pairs, &counted[0], &counted[1]);
            for (uint64_t run = 0; run < all; run++) {
                seen[0] += run < singles && mutate_is_of_shard(&pairs, run);
                seen[1] += mutate_is_of_shard(&pairs, run);
            }
            for (size_t i = 0; i < 2; i++) {
                ck_assert_uint_eq(counted[i], seen[i]);
                sums[i] += seen[i];
            }
        }
        ck_assert_uint_eq(sums[0], singles);
        ck_assert_uint_eq(sums[1], all);
    }
    struct mutate_plan plan = plan_of(255, 1);
    plan.shards = 7;
    for (uint64_t run = 0; run < 1000; run++) {
        unsigned takers = 0;
        for (plan.shard = 0; plan.shard < plan.shards; plan.shard++)
            takers += mutate_is_of_shard(&plan, run);
        ck_assert_uint_eq(takers, 1);
    }
    /* Both of two shards have values of each byte, also when the number of values is even. */
    bool seen[2][sizeof lecture_file] = {{false}};
    plan.shards = 2;
    for (uint64_t run = 0; run < 2 * sizeof lecture_file; run++) {
        struct mutate_change change;
        mutate_change(&plan, run, &change);
        plan.shard = 0;
        seen[mutate_is_of_shard(&plan, run)][change.places[0]] = true;
    }
    for (size_t i = 0; i < sizeof lecture_file; i++)
        ck_assert(seen[0][i] && seen[1][i]);
}
END_TEST

/* ---- the class of a run ---- */

START_TEST(a_run_is_compared_with_the_run_of_the_unchanged_program)
{
    static uint8_t text[] = "text", other[] = "next";
    const struct mutate_original original = {
        .output = text, .errors = text, .output_size = 4, .end = {.status = 3}};
    static const struct {
        struct run_end end;
        uint8_t *output;
        uint64_t output_size, error_size;
        enum mutate_class class_;
    } cases[] = {
        {{.reason = RUN_EXITED, .status = 3}, text, 4, 0, MUTATE_SAME},
        {{.reason = RUN_EXITED, .status = 4}, text, 4, 0, MUTATE_STATUS},
        {{.reason = RUN_EXITED, .status = 3}, other, 4, 0, MUTATE_OUTPUT},
        {{.reason = RUN_EXITED, .status = 4}, other, 4, 0, MUTATE_OUTPUT},
        {{.reason = RUN_EXITED, .status = 3}, text, 3, 0, MUTATE_OUTPUT},
        {{.reason = RUN_EXITED, .status = 3}, text, 5, 0, MUTATE_OUTPUT},
        {{.reason = RUN_EXITED, .status = 3}, text, 4, 1, MUTATE_OUTPUT},
        {{.reason = RUN_OUTPUT, .signal = SIGKILL}, text, 4, 0, MUTATE_OUTPUT},
        {{.reason = RUN_NOT_STARTED, .error = 8}, text, 0, 0, MUTATE_REFUSED},
        {{.reason = RUN_SIGNAL, .signal = SIGSEGV}, text, 4, 0, MUTATE_SIGNAL},
        {{.reason = RUN_CALL, .signal = SIGSYS}, text, 4, 0, MUTATE_BLOCKED},
        {{.reason = RUN_MEMORY, .signal = SIGKILL}, text, 4, 0, MUTATE_BLOCKED},
        {{.reason = RUN_TIME, .signal = SIGKILL}, text, 4, 0, MUTATE_TIMEOUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sandbox_stream output = {
            .bytes = cases[i].output, .room = 4, .size = cases[i].output_size};
        const struct sandbox_stream errors = {.bytes = text, .size = cases[i].error_size};
        ck_assert_msg(mutate_judge(&original, &cases[i].end, &output, &errors) == cases[i].class_,
                      "case %zu", i);
    }
}
END_TEST

/* ---- results ---- */

/* Two bytes and a pair, in shard `shard` of 3. */
static void make(struct mutate_report *report, uint64_t shard)
{
    ck_assert(mutate_report_open(report, "a \"file\"\n\xff", 2, 1, 1));
    report->size = 100;
    report->values = 255;
    report->seed = 99;
    report->complete = true;
    report->shards = 3;
    report->shard[0] = shard;
    for (size_t i = 0; i < 2; i++) {
        struct mutate_byte *byte = &report->bytes[i];
        byte->offset = 40 + i;
        byte->value = (uint8_t)(200 + i);
        for (unsigned class_ = 0; class_ < MUTATE_CLASSES; class_++)
            byte->counts.of[class_] = 10 * shard + class_ + i;
        byte->counts.signals = UINT64_C(1) << (shard + 3) | UINT64_C(1) << 63;
        byte->counts.errors[0] = UINT64_C(1) << 8;
        byte->counts.errors[1] = UINT64_C(1) << (75 - 64);
        byte->counts.errors[2] = UINT64_C(1) << 50; /* a number without a name */
    }
    report->bytes[0].owner =
        (struct mutate_owner){.name = strdup("ehdr.e_type"), .reader = "kernel"};
    report->bytes[0].owner.meaning = strdup("say \"it\"");
    report->pairs[0] =
        (struct mutate_two){.offsets = {40, 41}, .counts = {.mended = 3 * shard, .broken = 1}};
}

static char *json_of(const struct mutate_report *report, size_t *size)
{
    enum { ROOM = 1 << 16 };
    struct elfgen_text text = {.bytes = malloc(ROOM), .capacity = ROOM};
    mutate_json(report, &text);
    ck_assert(!text.cut);
    *size = text.length;
    return text.bytes;
}

START_TEST(a_report_is_read_back_from_json_unchanged)
{
    struct mutate_report report, back;
    struct elfgen_error error;
    size_t size, again;
    make(&report, 2);
    char *text = json_of(&report, &size);
    ck_assert_msg(mutate_read(&back, text, size, &error), "%s", error.text);
    char *other = json_of(&back, &again);
    ck_assert_uint_eq(size, again);
    ck_assert_mem_eq(text, other, size);
    ck_assert_uint_eq(mutate_report_runs(&back), mutate_report_runs(&report));
    mutate_report_close(&report);
    mutate_report_close(&back);
    free(text);
    free(other);
}
END_TEST

START_TEST(damaged_json_is_refused_or_read)
{
    struct mutate_report report, back;
    struct elfgen_error error;
    size_t size;
    make(&report, 2);
    char *text = json_of(&report, &size);
    for (size_t length = 0; length + 2 < size; length++)
        ck_assert(!mutate_read(&back, text, length, &error));
    uint64_t state = 4711;
    for (int i = 0; i < 5000; i++) {
        size_t at = next_random(&state) % size;
        char before = text[at];
        text[at] = "0123456789-\"[]{},:ae"[next_random(&state) % 20];
        if (mutate_read(&back, text, size, &error))
            mutate_report_close(&back);
        else
            ck_assert_uint_gt(strlen(error.text), 0);
        text[at] = before;
    }
    mutate_report_close(&report);
    free(text);
}
END_TEST

START_TEST(numbers_that_no_run_can_produce_are_refused)
{
    for (int i = 0; i < 6; i++) {
        struct mutate_report report, back;
        struct elfgen_error error;
        size_t size;
        make(&report, 2);
        switch (i) {
        case 0: /* a byte's seven classes, in sum above its values */
            report.values = 160;
            break;
        case 1:
            report.pairs[0].counts.counts.of[MUTATE_SAME] = 255 * 255 + 1;
            break;
        case 2:
            report.pairs[0].counts.broken = UINT64_C(1) << 62;
            break;
        case 3:
            report.pairs[0].offsets[0] = report.pairs[0].offsets[1];
            break;
        case 4:
            report.pairs[0].offsets[1] = report.size;
            break;
        default:
            report.shard_count = 0;
            break;
        }
        char *text = json_of(&report, &size);
        ck_assert_msg(!mutate_read(&back, text, size, &error), "case %d", i);
        ck_assert_ptr_nonnull(strstr(error.text, "no result of tinyelf mutate"));
        mutate_report_close(&report);
        free(text);
    }
}
END_TEST

START_TEST(an_error_in_json_is_quoted_without_control_characters)
{
    static const char text[] = "[\"a\", \"\033]0;b\", c\033[31m]";
    struct mutate_report back;
    struct elfgen_error error;
    ck_assert(!mutate_read(&back, text, sizeof text - 1, &error));
    ck_assert_ptr_null(strchr(error.text, '\033'));
}
END_TEST

static char *text_of(const struct mutate_report *report)
{
    enum { ROOM = 1 << 16 };
    struct elfgen_text text = {.bytes = malloc(ROOM), .capacity = ROOM - 1};
    mutate_text(report, false, 0, &text);
    ck_assert(!text.cut);
    text.bytes[text.length] = '\0';
    return text.bytes;
}

START_TEST(the_map_s_levels_are_shares_of_the_values_tried)
{
    /* The first byte in the map, after `changed` of `runs` runs had another result. */
    static const struct {
        unsigned changed, runs;
        char level;
    } cases[] = {{0, 1, '.'},     {1, 1, '#'},     {1, 2, '+'}, {1, 3, '+'},    {2, 3, '+'},
                 {1, 4, '-'},     {3, 4, '+'},     {4, 5, '*'}, {63, 255, '-'}, {64, 255, '+'},
                 {191, 255, '+'}, {192, 255, '*'}, {0, 0, '?'}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mutate_report report;
        char expected[] = "\n0020          ?";
        make(&report, 1);
        memset(report.bytes[0].counts.of, 0, sizeof report.bytes[0].counts.of);
        report.bytes[0].counts.of[MUTATE_SAME] = cases[i].runs - cases[i].changed;
        report.bytes[0].counts.of[MUTATE_SIGNAL] = cases[i].changed;
        char *text = text_of(&report);
        expected[sizeof expected - 2] = cases[i].level;
        /* Offset 40 is the ninth byte in its row. */
        expected[sizeof "\n0020  " - 1 + 8] = ' ';
        ck_assert_msg(strstr(text, expected), "case %zu:\n%s", i, text);
        free(text);
        mutate_report_close(&report);
    }
}
END_TEST

START_TEST(offsets_of_large_files_keep_the_columns)
{
    struct mutate_report report;
    make(&report, 1);
    report.size = 0x20000;
    report.bytes[1].offset = 0x12345;
    char *text = text_of(&report);
    ck_assert_ptr_nonnull(strstr(text, "\n       01234567 89abcdef   01234567 89abcdef\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n00020           *"));
    ck_assert_ptr_nonnull(strstr(text, "\n12340       *"));
    ck_assert_ptr_nonnull(strstr(text, "\n00028  e_type "));
    free(text);
    mutate_report_close(&report);
}
END_TEST

START_TEST(control_characters_in_names_are_not_printed)
{
    struct mutate_report report;
    make(&report, 1);
    free(report.bytes[1].owner.name);
    report.bytes[1].owner.name = strdup("a\033]0;b\a\n\xc2\x9b");
    char *text = text_of(&report);
    for (const char *c = text; *c; c++)
        ck_assert_msg(*c == '\n' || (*c >= ' ' && *c < 0x7f), "%d in %s", *c, text);
    ck_assert_ptr_nonnull(strstr(text, "a \"file\"..: 100 bytes"));
    ck_assert_ptr_nonnull(strstr(text, "a.]0;b...."));
    free(text);
    mutate_report_close(&report);
}
END_TEST

START_TEST(merging_all_shards_gives_the_whole_report)
{
    struct mutate_report all, other;
    struct elfgen_error error;
    make(&all, 2);
    make(&other, 3);
    ck_assert(mutate_merge(&all, &other, &error));
    ck_assert_uint_eq(all.shard_count, 2);
    ck_assert_uint_eq(all.shards, 3);
    mutate_report_close(&other);
    make(&other, 3);
    ck_assert(!mutate_merge(&all, &other, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "shard 3 of 3 is in another"));
    mutate_report_close(&other);
    make(&other, 1);
    ck_assert(mutate_merge(&all, &other, &error));
    ck_assert_uint_eq(all.shards, 1);
    ck_assert_uint_eq(all.shard_count, 1);
    ck_assert_uint_eq(all.shard[0], 1);
    ck_assert_uint_eq(all.bytes[1].counts.of[MUTATE_OUTPUT], 10 * (1 + 2 + 3) + 3 * 2);
    ck_assert_uint_eq(all.bytes[0].counts.signals, UINT64_C(7) << 4 | UINT64_C(1) << 63);
    ck_assert_uint_eq(all.pairs[0].counts.mended, 18);
    mutate_report_close(&other);
    mutate_report_close(&all);
}
END_TEST

START_TEST(reports_of_different_plans_are_not_merged)
{
    for (int i = 0; i < 8; i++) {
        struct mutate_report report, other;
        struct elfgen_error error;
        make(&report, 1);
        make(&other, 2);
        uint64_t *numbers[] = {&other.size, &other.seed, &other.shards, &other.bytes[1].offset,
                               &other.pairs[0].offsets[1]};
        if (i < 5)
            ++*numbers[i];
        else if (i == 5)
            other.values--;
        else if (i == 6)
            other.bytes[0].value ^= 1;
        else
            other.count--;
        ck_assert(!mutate_merge(&report, &other, &error));
        ck_assert_uint_gt(strlen(error.text), 0);
        other.count = 2;
        mutate_report_close(&report);
        mutate_report_close(&other);
    }
}
END_TEST

static Suite *mutate_suite(void)
{
    Suite *suite = suite_create("mutate");
    TCase *plans = tcase_create("plans");
    tcase_add_test(plans, every_byte_gets_every_other_value_once);
    tcase_add_test(plans, a_seed_chooses_values_and_more_values_begin_with_the_same_ones);
    tcase_add_test(plans, each_pair_of_bytes_gets_each_pair_of_their_values_once);
    tcase_add_test(plans, some_pairs_change_both_bytes_by_the_same_amount);
    tcase_add_test(plans, a_number_of_runs_that_overflows_is_refused);
    tcase_add_test(plans, each_run_is_in_exactly_one_shard);
    suite_add_tcase(suite, plans);
    TCase *runs = tcase_create("runs");
    tcase_add_test(runs, a_run_is_compared_with_the_run_of_the_unchanged_program);
    suite_add_tcase(suite, runs);
    TCase *results = tcase_create("results");
    tcase_add_test(results, a_report_is_read_back_from_json_unchanged);
    tcase_add_test(results, damaged_json_is_refused_or_read);
    tcase_add_test(results, numbers_that_no_run_can_produce_are_refused);
    tcase_add_test(results, an_error_in_json_is_quoted_without_control_characters);
    tcase_add_test(results, the_map_s_levels_are_shares_of_the_values_tried);
    tcase_add_test(results, offsets_of_large_files_keep_the_columns);
    tcase_add_test(results, control_characters_in_names_are_not_printed);
    tcase_add_test(results, merging_all_shards_gives_the_whole_report);
    tcase_add_test(results, reports_of_different_plans_are_not_merged);
    suite_add_tcase(suite, results);
    return suite;
}

RUN_SUITE(mutate_suite)

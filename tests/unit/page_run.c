/* commands/explain/page: the compact forms of a run and of a heat map, from recordings and results
 * that are made here. tests/command/page_run.bats has real ones. */
#include <stdlib.h>
#include <string.h>

#include "base/memory_text.h"
#include "commands/explain/page/page_heat.h"
#include "commands/explain/page/page_run.h"
#include "recorded.h"

enum { STACK = 0x7ffe0000, LENGTH = 0x1000 };

static void map(struct made *made, uint64_t start, uint32_t file)
{
    const struct step_mapping mapping = {
        .start = start, .end = start + LENGTH, .file = file, .permissions = "r-xp"};
    recording_add_mapping(&made->recording, &mapping);
}

/* A file of nops, which ends with `text`. */
static void make(struct made *made, const char *text)
{
    uint8_t code[64];
    memset(code, 0x90, sizeof code);
    memcpy(code + sizeof code - strlen(text), text, strlen(text));
    record_program(made, code, sizeof code, "/home/somebody/program", "[stack]");
    recording_add_argument(&made->recording, "telling", 7);
    map(made, BASE, 0);
    map(made, STACK, 1);
    made->now.value[STEP_rsp] = STACK + 0x800;
    made->recording.start = made->now;
}

static uint32_t instruction(struct made *made, uint64_t offset, size_t length)
{
    struct step_instruction what = {
        .address = BASE + offset, .offset = offset, .length = (uint8_t)length, .is_64_bit = true};
    memcpy(what.bytes, made->file + offset, length);
    return recording_add_instruction(&made->recording, &what);
}

static void steps(struct made *made, unsigned count)
{
    uint32_t nop = instruction(made, HEADERS, 1);
    for (unsigned i = 0; i < count; i++) {
        recording_begin_record(&made->recording, STEP_RAN, nop, &made->now, &made->now);
        recording_end_record(&made->recording);
    }
}

/* write(1, address, size), by a step that is an instruction of the file. */
static void writes(struct made *made, uint64_t address, const char *text, uint32_t size)
{
    const uint64_t arguments[] = {1, address, size};
    char quoted[128] = "buf";
    struct step_registers after = made->now;
    snprintf(quoted + 4, sizeof quoted - 4, "\"%.64s\"", text);
    const char *const texts[] = {"a\0001", quoted, "a\00099"};
    const uint32_t sizes[] = {4, (uint32_t)(4 + strlen(quoted + 4) + 1), 5};
    after.value[STEP_rax] = size;
    recording_begin_record(&made->recording, STEP_RAN, instruction(made, HEADERS, 1), &made->now,
                           &after);
    struct step_piece piece = {
        .kind = STEP_PIECE_CALL, .value = 1, .size = 6, .bytes = (const uint8_t *)"write"};
    recording_add_piece(&made->recording, &piece);
    for (uint32_t i = 0; i < 3; i++) {
        piece = (struct step_piece){.kind = STEP_PIECE_ARGUMENT,
                                    .number = i,
                                    .value = arguments[i],
                                    .size = sizes[i],
                                    .bytes = (const uint8_t *)texts[i]};
        recording_add_piece(&made->recording, &piece);
    }
    piece = (struct step_piece){
        .kind = STEP_PIECE_ANSWER, .value = size, .size = 1, .bytes = (const uint8_t *)""};
    recording_add_piece(&made->recording, &piece);
    piece = (struct step_piece){
        .kind = STEP_PIECE_OUTPUT, .number = 1, .size = size, .bytes = (const uint8_t *)text};
    recording_add_piece(&made->recording, &piece);
    recording_end_record(&made->recording);
    made->now = after;
}

/* What the page has; end() frees it. */
static const char *page_of(struct made *made, bool with_private)
{
    struct elfgen_text out;
    struct elfgen_error error;
    struct coverage coverage = {.view = NULL};
    struct page_run *run = page_run_open(&made->view, with_private);
    ck_assert_ptr_nonnull(run);
    ck_assert(coverage_of(&coverage, &made->view, &made->recording, page_run_watcher(run), &error));
    ck_assert(memory_text_open(&out));
    ck_assert(page_run_put(&out, run, &coverage));
    elfgen_text_char(&out, '\0');
    page_run_close(run);
    coverage_free(&coverage);
    free(made->text);
    made->text = out.bytes;
    return made->text;
}

static void end(struct made *made)
{
    recording_free(&made->recording);
    free(made->text);
}

static void has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no %s in %s", part, text);
}

static void lacks(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) == NULL, "%s in %s", part, text);
}

START_TEST(a_text_of_the_file_is_shown_and_one_of_the_stack_is_not)
{
    struct made made;
    make(&made, "hello");
    writes(&made, BASE + made.size - 5, "hello", 5);
    writes(&made, STACK + 0x900, "telling", 7);
    const char *text = page_of(&made, false);
    has(text, "\"o\":[1,\"hello\"]");
    has(text, "\"o\":[1,7]");
    has(text, "(left out)");
    lacks(text, "telling");
    lacks(text, "somebody");
    lacks(text, "7ffe0");
    text = page_of(&made, true);
    has(text, "\"o\":[1,\"telling\"]");
    has(text, "\"arguments\":[\"telling\"]");
    has(text, "/home/somebody/program");
    has(text, "7ffe0800");
    end(&made);
}
END_TEST

START_TEST(no_tag_begins_in_what_a_program_writes)
{
    struct made made;
    make(&made, "</script>");
    writes(&made, BASE + made.size - 9, "</script>", 9);
    const char *text = page_of(&made, false);
    lacks(text, "<");
    has(text, "\\u003c/script>");
    end(&made);
}
END_TEST

START_TEST(more_steps_than_a_page_has_are_counted)
{
    struct made made;
    make(&made, "");
    steps(&made, 10003);
    const char *text = page_of(&made, false);
    has(text, "\"left\":3,");
    has(text, "\"summary\":\"10003 instructions");
    end(&made);
}
END_TEST

START_TEST(a_long_output_is_cut_with_a_word)
{
    enum { LONG = 20000 };
    struct made made;
    char *text = malloc(LONG);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', LONG);
    make(&made, "");
    writes(&made, STACK + 0x900, text, LONG);
    free(text);
    has(page_of(&made, true), ",-3616]");
    has(page_of(&made, false), "\"o\":[1,16384,-3616]");
    end(&made);
}
END_TEST

/* A result for the bytes of a file of five. */
static struct mutate_report result(void)
{
    struct mutate_report report;
    ck_assert(mutate_report_open(&report, "program", 4, 0, 1));
    static const uint64_t offsets[] = {0, 1, 2, 4};
    report.size = 5;
    report.values = 255;
    report.shards = 3;
    report.shard[0] = 2;
    for (size_t i = 0; i < 4; i++) {
        report.bytes[i].offset = offsets[i];
        report.bytes[i].counts.of[MUTATE_SAME] = i == 3 ? 5 : 255;
    }
    report.bytes[3].counts.of[MUTATE_SIGNAL] = 250;
    report.bytes[3].counts.signals = 1 << 10;
    return report;
}

START_TEST(a_heat_map_has_ranges_counts_and_reasons)
{
    char room[2048];
    struct elfgen_text out = {.bytes = room, .capacity = sizeof room - 1};
    struct mutate_report report = result();
    page_heat_put(&out, &report);
    room[out.length] = '\0';
    has(room, "\"runs\":1020,\"complete\":false,\"parts\":[2],\"of\":3,\"notes\":[]");
    has(room, "\"tried\":[0,3,4,1]");
    has(room, "\"counts\":[[255,-2,5],[0,-3],[0,-3],[0,-3],[0,-2,250],[0,-3],[0,-3]]");
    has(room, "\"reason\":[0,-2,1]");
    has(room, "\"reasons\":[\"\",\"SIGSEGV\"]");
    has(room, "\"killed by a signal\"");
    mutate_report_close(&report);
}
END_TEST

START_TEST(a_heat_map_of_nothing_is_one_too)
{
    char room[1024];
    struct elfgen_text out = {.bytes = room, .capacity = sizeof room - 1};
    struct mutate_report report;
    ck_assert(mutate_report_open(&report, "program", 0, 0, 0));
    report.tty = true;
    page_heat_put(&out, &report);
    room[out.length] = '\0';
    has(room, "\"parts\":[],\"of\":0,\"notes\":[\"the program had a terminal\"],\"tried\":[]");
    has(room, "\"counts\":[[],[],[],[],[],[],[]]");
    mutate_report_close(&report);
}
END_TEST

static Suite *page_run_suite(void)
{
    Suite *suite = suite_create("page_run");
    TCase *run = tcase_create("run");
    tcase_add_test(run, a_text_of_the_file_is_shown_and_one_of_the_stack_is_not);
    tcase_add_test(run, no_tag_begins_in_what_a_program_writes);
    tcase_add_test(run, more_steps_than_a_page_has_are_counted);
    tcase_add_test(run, a_long_output_is_cut_with_a_word);
    suite_add_tcase(suite, run);
    TCase *heat = tcase_create("heat");
    tcase_add_test(heat, a_heat_map_has_ranges_counts_and_reasons);
    tcase_add_test(heat, a_heat_map_of_nothing_is_one_too);
    suite_add_tcase(suite, heat);
    return suite;
}

RUN_SUITE(page_run_suite)

/* coverage/: what a run did with the bytes of its file, from recordings that are made here. The
 * command's tests have real runs. */
#include <string.h>

#include "coverage_made.h"

/* The bytes that were used so, as "offset+length", counted after the headers. */
static void used(const struct coverage *coverage, enum coverage_use use, const char *expected)
{
    char text[256] = "";
    uint64_t offset = 0, length;
    for (; coverage_next(coverage, use, &offset, &length); offset += length)
        snprintf(text + strlen(text), sizeof text - strlen(text), text[0] ? " %d+%d" : "%d+%d",
                 (int)offset - HEADERS, (int)length);
    ck_assert_str_eq(text, expected);
}

static void says(const struct coverage *coverage, const char *expected)
{
    char room[300];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    coverage_put_summary(&text, coverage);
    room[text.length] = '\0';
    ck_assert_str_eq(room, expected);
}

static void marks(const struct coverage *coverage, uint64_t offset, uint64_t length,
                  bool is_instruction, const char *expected)
{
    char room[300];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    coverage_put_mark(&text, coverage, HEADERS + offset, length, is_instruction);
    room[text.length] = '\0';
    ck_assert_str_eq(room, expected);
}

START_TEST(executed_bytes_are_counted_and_other_files_are_not)
{
    struct made made;
    MAKE(&made, "\x90\xeb\xfd\x0f\x05");
    uint32_t nop = own(&made, HEADERS, 1), jump = own(&made, HEADERS + 1, 2);
    uint32_t other = instruction(&made, 1, HEADERS + 3, "\x90", 1);
    for (int i = 0; i < 3; i++) {
        step(&made, STEP_RAN, nop);
        step(&made, STEP_RAN, jump);
    }
    step(&made, STEP_RAN, other);
    made.recording.end_number = 9;
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_EXECUTED, "0+3");
    used(&coverage, COVERAGE_READ, "");
    ck_assert_uint_eq(coverage_times(&coverage, HEADERS), 3);
    ck_assert_uint_eq(coverage_times(&coverage, HEADERS + 2), 0);
    marks(&coverage, 0, 1, true, "ran 3 times");
    marks(&coverage, 3, 2, true, "not run");
    marks(&coverage, 2, 3, false, "ran 1 of 3");
    marks(&coverage, 3, 2, false, "");
    says(&coverage, "7 instructions, 6 of them in this file; exit 9; 3 bytes executed, 0 read, 0 "
                    "written");
    coverage_free(&coverage);
}
END_TEST

START_TEST(memory_that_operands_name_is_read_and_written_where_the_file_is)
{
    /* mov al,[rdi]; mov [rsi],eax; rep movsb; bytes */
    struct made made;
    MAKE(&made, "\x8a\x07\x89\x06\xf3\xa4................");
    uint32_t load = own(&made, HEADERS, 2), store = own(&made, HEADERS + 2, 2);
    uint32_t move = own(&made, HEADERS + 4, 2);
    made.recording.start.value[STEP_rdi] = made.now.value[STEP_rdi] = BASE + HEADERS + 8;
    made.recording.start.value[STEP_rsi] = made.now.value[STEP_rsi] = BASE + HEADERS + 12;
    step(&made, STEP_RAN, load);
    step(&made, STEP_RAN, store);
    step(&made, STEP_RAN, move); /* rcx is 0: it moves nothing */
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_READ, "8+1");
    used(&coverage, COVERAGE_WRITTEN, "12+4");
    marks(&coverage, 6, 16, false, "read 1 of 16, written 4 of 16");
    coverage_free(&coverage);
}
END_TEST

START_TEST(changes_of_memory_count_also_if_their_bytes_were_left_out)
{
    struct made made;
    MAKE(&made, "\x90........");
    const struct step_piece change = {
        .kind = STEP_PIECE_MEMORY, .value = BASE + HEADERS + 2, .size = 3};
    const struct step_piece left_out = {
        .kind = STEP_PIECE_MEMORY, .value = BASE + HEADERS + 6, .size = 2};
    begin(&made, STEP_RAN, own(&made, HEADERS, 1));
    recording_add_change(&made.recording, &change, "abc", "xby");
    recording_add_piece(&made.recording, &left_out);
    recording_end_record(&made.recording);
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_WRITTEN, "2+1 4+1 6+2");
    coverage_free(&coverage);
}
END_TEST

START_TEST(an_instruction_that_faults_touches_nothing_and_is_told)
{
    struct made made;
    MAKE(&made, "\x90\x8a\x07\xff");
    uint32_t nop = own(&made, HEADERS, 1), load = own(&made, HEADERS + 1, 2);
    made.recording.start.value[STEP_rdi] = made.now.value[STEP_rdi] = BASE + HEADERS;
    step(&made, STEP_RAN, nop);
    step(&made, STEP_FAULT, load);
    made.recording.end = STEP_KILLED;
    made.recording.end_number = 11;
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_EXECUTED, "0+3");
    used(&coverage, COVERAGE_READ, "");
    says(&coverage, "2 instructions; killed by SIGSEGV, which the instruction at file offset 0x79 "
                    "raised; 3 bytes executed, 0 read, 0 written");
    coverage_free(&coverage);
}
END_TEST

START_TEST(bytes_that_are_no_instruction_did_not_run)
{
    struct made made;
    MAKE(&made, "\x90\xff");
    step(&made, STEP_RAN, own(&made, HEADERS, 1));
    step(&made, STEP_FAULT, instruction(&made, 0, HEADERS + 1, "", 0));
    made.recording.end = STEP_KILLED;
    made.recording.end_number = 4;
    struct coverage coverage = covered(&made);
    says(&coverage, "1 instruction; killed by SIGILL, which the instruction at file offset 0x79 "
                    "raised; 1 byte executed, 0 read, 0 written");
    coverage_free(&coverage);
}
END_TEST

START_TEST(bytes_that_were_changed_before_they_ran_are_told)
{
    struct made made;
    MAKE(&made, "\xb0\x3c\x0f\x05");
    uint32_t first = own(&made, HEADERS, 2);
    uint32_t second = instruction(&made, 0, HEADERS, "\xb0\x07", 2);
    step(&made, STEP_RAN, first);
    step(&made, STEP_RAN, second);
    step(&made, STEP_RAN, second);
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_EXECUTED, "0+2");
    used(&coverage, COVERAGE_CHANGED, "1+1");
    marks(&coverage, 0, 2, true, "ran 3 times, 2 times as b007");
    marks(&coverage, 1, 1, false, "ran, changed before");
    coverage_free(&coverage);
}
END_TEST

START_TEST(a_call_is_kept_as_strace_writes_it_and_what_the_kernel_read_and_wrote)
{
    struct made made;
    MAKE(&made, "\x0f\x05\x0f\x05Hello.....");
    const char *const texts[3] = {"1", "\"Hel\"...", "5"};
    const char *const read_texts[3] = {"0", "\"xy\"", "4"};
    const char *const exit_texts[3] = {"42", NULL, NULL};
    uint32_t first = own(&made, HEADERS, 2), second = own(&made, HEADERS + 2, 2);
    const uint64_t text = BASE + HEADERS + 4;
    call(&made, first, 1, "write", (const uint64_t[3]){1, text, 5}, texts, true, 3);
    call(&made, first, 1, "write", (const uint64_t[3]){1, text, 5}, texts, true, 3);
    call(&made, first, 0, "read", (const uint64_t[3]){0, text + 5, 4}, read_texts, true, 2);
    call(&made, first, 1, "write", (const uint64_t[3]){7, text + 9, 1}, texts, true, -9);
    call(&made, second, 60, "exit", (const uint64_t[3]){42, 0, 0}, exit_texts, false, 0);
    made.recording.end_number = 42;
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_READ, "4+3"); /* of five bytes the kernel took three */
    used(&coverage, COVERAGE_WRITTEN, "9+2");
    const struct coverage_call *calls = coverage_calls(&coverage, HEADERS);
    ck_assert_ptr_nonnull(calls);
    ck_assert_uint_eq(calls->count, 4);
    ck_assert_uint_eq(calls->text_count, 3);
    ck_assert_str_eq(calls->texts[0].text, "write(1, \"Hel\"..., 5) = 3");
    ck_assert_uint_eq(calls->texts[0].count, 2);
    ck_assert_str_eq(calls->texts[1].text, "read(0, \"xy\", 4) = 2");
    ck_assert_str_eq(calls->texts[2].text,
                     "write(1, \"Hel\"..., 5) = -1 EBADF (Bad file descriptor)");
    calls = coverage_calls(&coverage, HEADERS + 2);
    ck_assert_ptr_nonnull(calls);
    ck_assert_str_eq(calls->texts[0].text, "exit(42) = ?");
    ck_assert_uint_eq(calls->call.number.value, 60);
    ck_assert_uint_eq(calls->call.arguments[0].value, 42);
    ck_assert_ptr_null(coverage_calls(&coverage, HEADERS + 4));
    coverage_free(&coverage);
}
END_TEST

START_TEST(text_of_a_recording_has_no_control_characters)
{
    struct made made;
    MAKE(&made, "\x0f\x05");
    const char *const texts[3] = {"1\n\33[31m", NULL, NULL};
    call(&made, own(&made, HEADERS, 2), 60, "exit", (const uint64_t[3]){1, 0, 0}, texts, false, 0);
    struct coverage coverage = covered(&made);
    ck_assert_str_eq(coverage_calls(&coverage, HEADERS)->texts[0].text, "exit(1..[31m) = ?");
    coverage_free(&coverage);
}
END_TEST

START_TEST(what_is_unmapped_is_the_file_no_longer)
{
    struct made made;
    MAKE(&made, "\x0f\x05\x8a\x07....");
    const char *const texts[3] = {"0x10000", "4096", NULL};
    uint32_t asks = own(&made, HEADERS, 2), load = own(&made, HEADERS + 2, 2);
    made.recording.start.value[STEP_rdi] = made.now.value[STEP_rdi] = BASE + HEADERS + 4;
    step(&made, STEP_RAN, load);
    call(&made, asks, 11, "munmap", (const uint64_t[3]){BASE, 4096, 0}, texts, true, 0);
    made.recording.start.value[STEP_rdi] = made.now.value[STEP_rdi];
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_READ, "4+1");
    coverage_free(&coverage);
    MAKE(&made, "\x0f\x05\x8a\x07....");
    asks = own(&made, HEADERS, 2), load = own(&made, HEADERS + 2, 2);
    made.recording.start.value[STEP_rdi] = made.now.value[STEP_rdi] = BASE + HEADERS + 4;
    call(&made, asks, 11, "munmap", (const uint64_t[3]){BASE, 4096, 0}, texts, true, 0);
    step(&made, STEP_RAN, load);
    coverage = covered(&made);
    used(&coverage, COVERAGE_READ, "");
    coverage_free(&coverage);
}
END_TEST

START_TEST(a_program_that_moves_is_found_by_its_mappings)
{
    struct made made;
    MAKE(&made, "\x8a\x07....");
    made.file[16] = made.recording.files[0].bytes[16] = ELFGEN_ET_DYN;
    elfgen_view_open_program(&made.view, made.file, made.size, NULL);
    made.bias = 0x555555540000;
    const struct step_mapping mapping = {
        .start = made.bias + BASE, .end = made.bias + BASE + 4096, .permissions = "r-xp"};
    recording_add_mapping(&made.recording, &mapping);
    made.recording.start.value[STEP_rdi] = made.now.value[STEP_rdi] =
        made.bias + BASE + HEADERS + 3;
    step(&made, STEP_RAN, own(&made, HEADERS, 2));
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_READ, "3+1");
    coverage_free(&coverage);
}
END_TEST

START_TEST(another_file_is_refused_with_the_first_byte_that_differs)
{
    struct made made;
    struct coverage coverage;
    struct elfgen_error error;
    MAKE(&made, "\x90\x90");
    struct step_file *file = &made.recording.files[0];
    free(file->bytes);
    file->bytes = NULL;
    ck_assert(!coverage_of(&coverage, &made.view, &made.recording, NULL, &error));
    coverage_free(&coverage);
    file->bytes = malloc(made.size + 1);
    file->size = made.size + 1;
    memcpy(file->bytes, made.file, made.size);
    ck_assert(!coverage_of(&coverage, &made.view, &made.recording, NULL, &error));
    ck_assert_str_eq(error.text, "another file ran: it has 123 bytes, this one 122");
    coverage_free(&coverage);
    file->size = made.size;
    file->bytes[121] = 0x91;
    ck_assert(!coverage_of(&coverage, &made.view, &made.recording, NULL, &error));
    ck_assert_uint_eq(error.offset, 121);
    ck_assert_str_eq(error.text, "another file ran: its byte here is 0x91, that of this one 0x90");
    coverage_free(&coverage);
    file->bytes[121] = 0x90;
    ck_assert(coverage_of(&coverage, &made.view, &made.recording, NULL, &error));
    coverage_free(&coverage);
    recording_free(&made.recording);
}
END_TEST

START_TEST(what_runs_after_an_execve_is_not_counted)
{
    struct made made;
    MAKE(&made, "\x0f\x05\x90");
    begin(&made, STEP_EXEC, own(&made, HEADERS, 2));
    recording_add_piece(&made.recording, &(struct step_piece){.kind = STEP_PIECE_FILE, .value = 1});
    recording_end_record(&made.recording);
    step(&made, STEP_RAN, own(&made, HEADERS + 2, 1));
    struct coverage coverage = covered(&made);
    used(&coverage, COVERAGE_EXECUTED, "0+2");
    says(&coverage, "1 instruction; execve put another program in its place; 2 bytes executed, 0 "
                    "read, 0 written");
    coverage_free(&coverage);
}
END_TEST

START_TEST(a_recording_that_stops_early_says_so)
{
    static const struct {
        enum step_end_kind end;
        const char *says;
    } cases[] = {
        {STEP_UNTIL,
         "1 instruction; stopped after 1 instruction; 1 byte executed, 0 read, 0 written"},
        {STEP_RUNNING,
         "1 instruction; stopped after 1 instruction; 1 byte executed, 0 read, 0 written"},
        {STEP_INTERRUPTED, "1 instruction; interrupted; 1 byte executed, 0 read, 0 written"},
        {STEP_FULL, "1 instruction; stopped: there was no room to follow it further; 1 byte "
                    "executed, 0 read, 0 written"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made made;
        MAKE(&made, "\x90");
        step(&made, STEP_RAN, own(&made, HEADERS, 1));
        made.recording.end = cases[i].end;
        struct coverage coverage = covered(&made);
        says(&coverage, cases[i].says);
        coverage_free(&coverage);
    }
}
END_TEST

static Suite *coverage_suite(void)
{
    Suite *suite = suite_create("coverage");
    TCase *bytes = tcase_create("bytes");
    tcase_add_test(bytes, executed_bytes_are_counted_and_other_files_are_not);
    tcase_add_test(bytes, memory_that_operands_name_is_read_and_written_where_the_file_is);
    tcase_add_test(bytes, changes_of_memory_count_also_if_their_bytes_were_left_out);
    tcase_add_test(bytes, an_instruction_that_faults_touches_nothing_and_is_told);
    tcase_add_test(bytes, bytes_that_are_no_instruction_did_not_run);
    tcase_add_test(bytes, bytes_that_were_changed_before_they_ran_are_told);
    tcase_add_test(bytes, a_call_is_kept_as_strace_writes_it_and_what_the_kernel_read_and_wrote);
    tcase_add_test(bytes, text_of_a_recording_has_no_control_characters);
    tcase_add_test(bytes, what_is_unmapped_is_the_file_no_longer);
    tcase_add_test(bytes, a_program_that_moves_is_found_by_its_mappings);
    tcase_add_test(bytes, another_file_is_refused_with_the_first_byte_that_differs);
    tcase_add_test(bytes, what_runs_after_an_execve_is_not_counted);
    tcase_add_test(bytes, a_recording_that_stops_early_says_so);
    suite_add_tcase(suite, bytes);
    suite_add_tcase(suite, coverage_code_cases());
    return suite;
}

RUN_SUITE(coverage_suite)

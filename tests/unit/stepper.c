/* stepper/: recording a run. A recording is stepped through in both directions, and leaves no
 * process behind. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stepper/stepper.h"
#include "commands/step/text.h"
#include "elfgen/image.h"
#include "stepper_cases.h"

/* ---- programs ---- */

enum { TIMES = 200 };

/* A loop that pushes, pops and stores, then exit(7). */
static const uint8_t loop[] = {0xb9, TIMES, 0,    0,    0,    /* mov ecx,TIMES */
                               0x48, 0x01,  0xc8,             /* add rax,rcx */
                               0x50,                          /* push rax */
                               0x5b,                          /* pop rbx */
                               0x48, 0x89,  0x5c, 0x24, 0xc0, /* mov [rsp-64],rbx */
                               0x66, 0x48,  0x0f, 0x6e, 0xc0, /* movq xmm0,rax */
                               0xff, 0xc9,                    /* dec ecx */
                               0x75, 0xed,                    /* jnz to the add */
                               0xb8, 60,    0,    0,    0,    /* mov eax,60 */
                               0xbf, 7,     0,    0,    0,    /* mov edi,7 */
                               0x0f, 0x05};                   /* syscall */
enum { LOOP_STEPS = 1 + 7 * TIMES + 3 };

/* jmp to itself */
static const uint8_t forever[] = {0xeb, 0xfe};

static char path[64];
static char *arguments[] = {path, NULL};

static struct process_program make(const uint8_t *code, size_t size)
{
    uint8_t file[512];
    size_t length = elfgen_write_exec(file, sizeof file, code, size, NULL, NULL);
    snprintf(path, sizeof path, "/tmp/unit-step.XXXXXX");
    int to = mkstemp(path);
    ck_assert_int_ge(to, 0);
    ck_assert_int_eq(write(to, file, length), (ssize_t)length);
    ck_assert_int_eq(fchmod(to, 0700), 0);
    close(to);
    struct process_program program = {.path = path, .arguments = arguments};
    sigemptyset(&program.ignored);
    return program;
}

void record_loop(struct step_recording *recording)
{
    struct process_program program = make(loop, sizeof loop);
    struct elfgen_error error = {0};
    int refused;
    struct stepper *stepper = stepper_open(&program, &step_words, recording, &refused, &error);
    if (!stepper)
        fprintf(stderr, "%s\n", error.text);
    ck_assert_ptr_nonnull(stepper);
    while (stepper_next(stepper) == STEP_GOES_ON)
        ;
    stepper_close(stepper);
    unlink(path);
}

static void assert_no_child(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
}

/* ---- tests ---- */

START_TEST(each_instruction_has_a_record_and_the_recording_ends_as_the_program_does)
{
    struct step_recording recording = {0};
    struct step_cursor cursor;
    struct step_record record_;
    struct step_piece piece;
    uint64_t memory = 0, vectors = 0, calls = 0;
    record_loop(&recording);
    ck_assert_int_eq(recording.end, STEP_EXITED);
    ck_assert_int_eq(recording.end_number, 7);
    ck_assert_uint_eq(recording.count, LOOP_STEPS);
    ck_assert_uint_eq(recording.instruction_count, 11);
    recording_cursor_open(&cursor, &recording);
    while (recording_cursor_forward(&cursor, &record_)) {
        size_t position = 0;
        while (recording_next_piece(&record_, &position, &piece)) {
            memory += piece.kind == STEP_PIECE_MEMORY;
            vectors += piece.kind == STEP_PIECE_VECTOR;
            calls += piece.kind == STEP_PIECE_CALL;
        }
        ck_assert_uint_eq(position, record_.pieces_size);
        ck_assert_ptr_nonnull(record_.instruction);
        ck_assert_uint_eq(record_.before.value[STEP_rip], record_.instruction->address);
    }
    /* push and the store, with a new value each time. */
    ck_assert_uint_eq(memory, (size_t)2 * TIMES);
    ck_assert_uint_eq(vectors, TIMES);
    ck_assert_uint_eq(calls, 1);
    ck_assert_uint_eq(cursor.registers.value[STEP_rbx], (size_t)TIMES * (TIMES + 1) / 2);
    ck_assert_uint_eq(cursor.registers.value[STEP_rdi], 7);
    recording_free(&recording);
    assert_no_child();
}
END_TEST

START_TEST(stepping_back_undoes_stepping_forward)
{
    struct step_recording recording = {0};
    struct step_cursor cursor;
    struct step_record forth, back;
    record_loop(&recording);
    /* They are compared as bytes, padding included. */
    memset(&forth, 0, sizeof forth);
    memset(&back, 0, sizeof back);
    recording_cursor_open(&cursor, &recording);
    ck_assert(!recording_cursor_back(&cursor, &back));
    while (recording_cursor_forward(&cursor, &forth)) {
        ck_assert(recording_cursor_back(&cursor, &back));
        ck_assert_mem_eq(&forth, &back, sizeof forth);
        ck_assert(recording_cursor_forward(&cursor, &forth));
        ck_assert_mem_eq(&forth, &back, sizeof forth);
    }
    uint64_t count = 0;
    for (; recording_cursor_back(&cursor, &back); count++)
        ck_assert_mem_eq(&cursor.registers, &back.before, sizeof back.before);
    ck_assert_uint_eq(count, recording.count);
    ck_assert_mem_eq(&cursor.registers, &recording.start, sizeof recording.start);
    recording_free(&recording);
}
END_TEST

START_TEST(closing_a_stepper_kills_its_program)
{
    struct step_recording recording = {0};
    struct process_program program = make(forever, sizeof forever);
    struct elfgen_error error;
    int refused;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    ck_assert_ptr_nonnull(stepper);
    pid_t id = stepper_id(stepper);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(stepper_next(stepper), STEP_GOES_ON);
        ck_assert_uint_eq(stepper_now(stepper)->value[STEP_rip], recording.files[0].entry);
    }
    ck_assert_int_eq(kill(id, 0), 0);
    stepper_close(stepper);
    ck_assert_int_eq(kill(id, 0), -1);
    assert_no_child();
    unlink(path);
    ck_assert_uint_eq(recording.count, 100);
    ck_assert_uint_eq(recording.instruction_count, 1);
    recording_free(&recording);
    stepper_close(NULL);
}
END_TEST

START_TEST(a_full_recording_stops_the_run_and_has_all_its_records)
{
    struct step_recording recording = {.most = 10000};
    struct step_cursor cursor;
    struct step_record record_;
    uint64_t count = 0;
    record_loop(&recording);
    ck_assert_int_eq(recording.end, STEP_FULL);
    ck_assert_uint_gt(recording.size, 10000);
    ck_assert_uint_lt(recording.size, 11000);
    recording_cursor_open(&cursor, &recording);
    while (recording_cursor_forward(&cursor, &record_))
        count++;
    ck_assert_uint_eq(count, recording.count);
    assert_no_child();
    recording_free(&recording);
}
END_TEST

START_TEST(a_program_that_others_kill_has_ended)
{
    struct step_recording recording = {0};
    struct process_program program = make(forever, sizeof forever);
    struct elfgen_error error;
    int refused;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    ck_assert_ptr_nonnull(stepper);
    ck_assert_int_eq(stepper_next(stepper), STEP_GOES_ON);
    kill(stepper_id(stepper), SIGKILL);
    enum step_answer answer = STEP_GOES_ON;
    for (int i = 0; i < 3 && answer == STEP_GOES_ON; i++)
        answer = stepper_next(stepper);
    ck_assert_int_eq(answer, STEP_ENDED);
    ck_assert_int_eq(recording.end, STEP_KILLED);
    ck_assert_int_eq(recording.end_number, SIGKILL);
    ck_assert_int_eq(stepper_next(stepper), STEP_ENDED);
    stepper_close(stepper);
    assert_no_child();
    unlink(path);
    recording_free(&recording);
}
END_TEST

START_TEST(a_program_that_cannot_be_started_is_refused_with_its_errno)
{
    static char nothing[] = "/nothing/there";
    char *only[] = {nothing, NULL};
    struct process_program program = {.path = nothing, .arguments = only};
    struct step_recording recording = {0};
    struct elfgen_error error = {0};
    int refused = 0;
    sigemptyset(&program.ignored);
    ck_assert_ptr_null(stepper_open(&program, NULL, &recording, &refused, &error));
    ck_assert_int_eq(refused, ENOENT);
    assert_no_child();
    recording_free(&recording);
}
END_TEST

START_TEST(dropping_records_makes_room_for_the_run_to_continue)
{
    struct step_recording recording = {0};
    struct process_program program = make(loop, sizeof loop);
    struct elfgen_error error;
    int refused;
    uint64_t count = 0;
    struct stepper *stepper = stepper_open(&program, NULL, &recording, &refused, &error);
    ck_assert_ptr_nonnull(stepper);
    struct step_cursor cursor;
    struct step_record record_;
    recording_cursor_open(&cursor, &recording);
    enum step_answer answer;
    do {
        answer = stepper_next(stepper);
        while (recording_cursor_forward(&cursor, &record_))
            count++;
        recording_drop_records(&recording);
        cursor.index = cursor.at = 0;
        ck_assert_uint_le(recording.room, 65536);
    } while (answer == STEP_GOES_ON);
    ck_assert_uint_eq(count, LOOP_STEPS);
    ck_assert_uint_eq(cursor.registers.value[STEP_rbx], (size_t)TIMES * (TIMES + 1) / 2);
    stepper_close(stepper);
    unlink(path);
    recording_free(&recording);
}
END_TEST

static Suite *stepper_suite(void)
{
    Suite *suite = suite_create("stepper");
    TCase *cases = tcase_create("step");
    tcase_add_test(cases, each_instruction_has_a_record_and_the_recording_ends_as_the_program_does);
    tcase_add_test(cases, stepping_back_undoes_stepping_forward);
    tcase_add_test(cases, closing_a_stepper_kills_its_program);
    tcase_add_test(cases, a_full_recording_stops_the_run_and_has_all_its_records);
    tcase_add_test(cases, a_program_that_others_kill_has_ended);
    tcase_add_test(cases, a_program_that_cannot_be_started_is_refused_with_its_errno);
    tcase_add_test(cases, dropping_records_makes_room_for_the_run_to_continue);
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, stepper_document_cases());
    return suite;
}

RUN_SUITE(stepper_suite)

/* sandbox/confine.c: programs in the sandbox that the stepper or the tracer of calls has. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "commands/step/text.h"
#include "sandbox/sandbox.h"
#include "stepper/stepper.h"
#include "elfgen/image.h"
#include "program_file.h"
#include "room.h"

/* ---- programs ---- */

/* write(1, text, 5); exit(3) */
static const uint8_t writes[] = {0xb8, 1,    0,    0,   0,   0xbf, 1,    0,    0, 0, 0x48,
                                 0x8d, 0x35, 19,   0,   0,   0,    0xba, 5,    0, 0, 0,
                                 0x0f, 0x05, 0xb8, 60,  0,   0,    0,    0xbf, 3, 0, 0,
                                 0,    0x0f, 0x05, 'h', 'e', 'l',  'l',  'o'};
enum { WRITES_STEPS = 8 };
static const uint8_t loops[] = {0xeb, 0xfe};
/* getpid(), for ever */
static const uint8_t asks[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xfe};
/* mov [0x123], al */
static const uint8_t faults[] = {0x88, 0x04, 0x25, 0x23, 1, 0, 0};
/* an endless nanosleep of a second at a time */
static const uint8_t sleeps[] = {0x6a, 0,    0x6a, 1,    0xb8, 35,   0,    0,    0,
                                 0x48, 0x89, 0xe7, 0x31, 0xf6, 0x0f, 0x05, 0xeb, 0xee};
/* write(1, _start, 64) for ever */
static const uint8_t pours[] = {0xb8, 1,    0,    0,    0,    0xbf, 1,    0,    0,
                                0,    0x48, 0x8d, 0x35, 0xef, 0xff, 0xff, 0xff, 0xba,
                                64,   0,    0,    0,    0x0f, 0x05, 0xeb, 0xe6};

/* ---- a worker ---- */

static struct sandbox_worker *worker;
static char name[] = "program";
static char *arguments[] = {name, NULL}, *no_environment[] = {NULL};
static uint8_t kept[4096];
static struct sandbox_stream output;
static struct sandbox_job job;
static struct process_program program;
static struct step_recording recording;
static struct run_end end;
static struct elfgen_error error;

static void open_worker(void)
{
    struct sandbox_options options = {.limits = {.time = 400, .memory = 64 << 20, .output = 1000}};
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    signal(SIGPIPE, SIG_IGN);
    worker = sandbox_open(&options, &error);
    ck_assert_msg(worker != NULL, "%s", error.text);
}

static void close_worker(void)
{
    sandbox_close(worker);
}

/* Makes a program ready for a tracer. */
static void confine(const uint8_t *code, size_t size)
{
    output = (struct sandbox_stream){.descriptor = -1, .bytes = kept, .room = sizeof kept};
    job = (struct sandbox_job){.file = file_of(code, size),
                               .input = -1,
                               .arguments = arguments,
                               .environment = no_environment,
                               .output = &output};
    program = (struct process_program){
        .path = name, .arguments = arguments, .confinement = sandbox_confine(worker, &job)};
}

static struct stepper *begin(const uint8_t *code, size_t size)
{
    int refused;
    confine(code, size);
    recording = (struct step_recording){.count = 0};
    struct stepper *stepper = stepper_open(&program, &step_words, &recording, &refused, &error);
    ck_assert_msg(stepper != NULL, "%s", error.text);
    return stepper;
}

static void finish(void)
{
    ck_assert(sandbox_is_used(worker));
    ck_assert_msg(sandbox_finish(worker, &end, &error), "%s", error.text);
    ck_assert(!sandbox_is_used(worker));
    close(job.file);
}

/* The next step, however often the wait for it pauses. */
static enum step_answer next(struct stepper *stepper)
{
    enum step_answer answer;
    do
        answer = stepper_next(stepper);
    while (answer == STEP_PAUSED);
    return answer;
}

/* Steps it to its end. */
static void step(const uint8_t *code, size_t size)
{
    struct stepper *stepper = begin(code, size);
    enum step_answer answer;
    while ((answer = next(stepper)) == STEP_GOES_ON)
        if (recording.size > 1 << 20)
            recording_drop_records(&recording);
    ck_assert_int_eq(answer, STEP_ENDED);
    stepper_close(stepper);
    finish();
    recording_free(&recording);
}

struct seen {
    unsigned calls, results, refused;
    int killed;
};

static void see(void *context, const struct process_event *event)
{
    struct seen *seen = context;
    seen->calls += event->kind == PROCESS_CALL;
    seen->results += event->kind == PROCESS_RESULT;
    seen->refused += event->refused;
    seen->killed = event->kind == PROCESS_KILLED ? event->number : 0;
}

static struct seen trace(const uint8_t *code, size_t size)
{
    struct seen seen = {0};
    struct process_watch watch = {.context = &seen, .event = see};
    struct process_end its_end;
    confine(code, size);
    ck_assert_msg(process_trace(&program, &watch, &its_end, &error), "%s", error.text);
    ck_assert(its_end.ran);
    finish();
    return seen;
}

/* The worker is as good as before. */
static void run_another(void)
{
    confine(writes, sizeof writes);
    program.confinement = NULL;
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
    close(job.file);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_int_eq(end.status, 3);
    ck_assert_uint_eq(output.size, 5);
}

/* ---- tests ---- */

START_TEST(one_worker_s_programs_are_stepped_traced_and_run_in_turn)
{
    step(writes, sizeof writes);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_int_eq(end.status, 3);
    ck_assert_uint_eq(output.size, 5);
    ck_assert_mem_eq(kept, "hello", 5);
    run_another();
    struct seen seen = trace(writes, sizeof writes);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_uint_eq(end.output, 5);
    ck_assert_uint_eq(seen.calls, 3);
    ck_assert_uint_eq(seen.results, 2);
    run_another();
}
END_TEST

START_TEST(a_step_of_each_instruction_is_recorded_and_the_output_is_there_after_its_step)
{
    struct stepper *stepper = begin(writes, sizeof writes);
    unsigned steps = 0;
    while (next(stepper) == STEP_GOES_ON)
        ck_assert_uint_eq(output.size, ++steps < 5 ? 0 : 5);
    ck_assert_uint_eq(recording.count, WRITES_STEPS);
    ck_assert_int_eq(recording.end, STEP_EXITED);
    ck_assert_int_eq(recording.end_number, 3);
    stepper_close(stepper);
    finish();
    recording_free(&recording);
}
END_TEST

START_TEST(a_refused_call_is_known)
{
    step(asks, sizeof asks);
    ck_assert_int_eq(end.reason, RUN_CALL);
    ck_assert_int_eq(end.signal, SIGSYS);
    ck_assert(end.knows_call);
    ck_assert_int_eq(end.abi, CALL_X86_64);
    ck_assert_uint_eq(end.number, 39);
    struct seen seen = trace(asks, sizeof asks);
    ck_assert_int_eq(end.reason, RUN_CALL);
    ck_assert_uint_eq(end.number, 39);
    ck_assert_uint_eq(seen.refused, 1);
    ck_assert_int_eq(seen.killed, SIGSYS);
    ck_assert_uint_eq(seen.calls, 2);
    ck_assert_uint_eq(seen.results, 1);
    run_another();
}
END_TEST

START_TEST(a_fault_has_its_address)
{
    step(faults, sizeof faults);
    ck_assert_int_eq(end.reason, RUN_SIGNAL);
    ck_assert_int_eq(end.signal, SIGSEGV);
    ck_assert(end.has_address);
    ck_assert_uint_eq(end.address, 0x123);
    trace(faults, sizeof faults);
    ck_assert_int_eq(end.reason, RUN_SIGNAL);
    ck_assert_uint_eq(end.address, 0x123);
    run_another();
}
END_TEST

START_TEST(limits_end_programs_that_compute_sleep_or_write)
{
    static const struct {
        const uint8_t *code;
        size_t size;
        enum run_reason reason;
    } programs[] = {{loops, sizeof loops, RUN_TIME},
                    {sleeps, sizeof sleeps, RUN_TIME},
                    {pours, sizeof pours, RUN_OUTPUT}};
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        step(programs[i].code, programs[i].size);
        ck_assert_int_eq(end.reason, programs[i].reason);
        ck_assert_int_eq(end.signal, SIGKILL);
        trace(programs[i].code, programs[i].size);
        ck_assert_int_eq(end.reason, programs[i].reason);
        ck_assert_uint_le(output.size, 1000);
    }
    run_another();
}
END_TEST

START_TEST(while_the_tracer_keeps_it_stopped_no_time_passes)
{
    struct stepper *stepper = begin(writes, sizeof writes);
    const struct timespec pause = {.tv_nsec = 300000000};
    for (unsigned steps = 0; next(stepper) == STEP_GOES_ON; steps++)
        if (steps % 3 == 0)
            nanosleep(&pause, NULL);
    stepper_close(stepper);
    finish();
    recording_free(&recording);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_uint_lt(end.nanoseconds, 400000000);
}
END_TEST

START_TEST(a_tracer_may_leave_early)
{
    sigset_t before, after;
    sigprocmask(SIG_SETMASK, NULL, &before);
    struct stepper *stepper = begin(writes, sizeof writes);
    pid_t id = stepper_id(stepper);
    ck_assert_int_eq(next(stepper), STEP_GOES_ON);
    stepper_close(stepper);
    finish();
    recording_free(&recording);
    ck_assert_int_eq(end.reason, RUN_SIGNAL);
    ck_assert_int_eq(end.signal, SIGKILL);
    ck_assert_int_eq(kill(id, 0), -1);
    ck_assert_int_eq(errno, ESRCH);
    sigprocmask(SIG_SETMASK, NULL, &after);
    ck_assert_int_eq(sigismember(&before, SIGCHLD), sigismember(&after, SIGCHLD));
    run_another();
}
END_TEST

START_TEST(what_linux_does_not_execute_is_refused_with_its_errno)
{
    int refused;
    confine(writes, sizeof writes);
    close(job.file);
    job.file = file_make_program("no program", 10);
    ck_assert_ptr_null(stepper_open(&program, NULL, &recording, &refused, &error));
    ck_assert_int_eq(refused, ENOEXEC);
    finish();
    ck_assert_int_eq(end.signal, SIGKILL);
    recording_free(&recording);
    run_another();
}
END_TEST

START_TEST(a_worker_that_is_killed_ends_its_program_and_the_tracer_goes_on)
{
    struct stepper *stepper = begin(sleeps, sizeof sleeps);
    kill(sandbox_worker_id(worker), SIGKILL);
    while (next(stepper) == STEP_GOES_ON)
        ;
    ck_assert_int_eq(recording.end, STEP_KILLED);
    stepper_close(stepper);
    ck_assert(!sandbox_finish(worker, &end, &error));
    close(job.file);
    recording_free(&recording);
}
END_TEST

static Suite *confinement_suite(void)
{
    Suite *suite = suite_create("confinement");
    TCase *cases = tcase_create("programs that another tracer has");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, open_worker, close_worker);
    tcase_add_test(cases, one_worker_s_programs_are_stepped_traced_and_run_in_turn);
    tcase_add_test(cases,
                   a_step_of_each_instruction_is_recorded_and_the_output_is_there_after_its_step);
    tcase_add_test(cases, a_refused_call_is_known);
    tcase_add_test(cases, a_fault_has_its_address);
    tcase_add_test(cases, limits_end_programs_that_compute_sleep_or_write);
    tcase_add_test(cases, while_the_tracer_keeps_it_stopped_no_time_passes);
    tcase_add_test(cases, a_tracer_may_leave_early);
    tcase_add_test(cases, what_linux_does_not_execute_is_refused_with_its_errno);
    tcase_add_test(cases, a_worker_that_is_killed_ends_its_program_and_the_tracer_goes_on);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(confinement_suite)

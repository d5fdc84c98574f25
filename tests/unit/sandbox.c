/* sandbox/: a worker runs one program after another, however the one before ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "elfgen.h"
#include "program_file.h"
#include "sandbox_worker.h"

/* ---- programs ---- */

static const uint8_t writes_2[] = WRITE(2);
/* getpid() */
static const uint8_t asks[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xfe};
/* mov [0x123], al */
static const uint8_t faults[] = {0x88, 0x04, 0x25, 0x23, 1, 0, 0};
/* write(1, _start, 64) for ever */
static const uint8_t pours[] = {0xb8, 1,    0,    0,    0,    0xbf, 1,    0,    0,
                                0,    0x48, 0x8d, 0x35, 0xef, 0xff, 0xff, 0xff, 0xba,
                                64,   0,    0,    0,    0x0f, 0x05, 0xeb, 0xe6};

/* ---- a worker ---- */

struct sandbox_worker *worker;

void open_with(const struct sandbox_options *options)
{
    struct elfgen_error error;
    signal(SIGPIPE, SIG_IGN);
    worker = sandbox_open(options, &error);
    ck_assert_msg(worker != NULL, "%s", error.text);
}

static void open_worker(void)
{
    struct sandbox_options options = {.limits = {.time = 300, .memory = 64 << 20, .output = 1000}};
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    open_with(&options);
}

void close_worker(void)
{
    pid_t id = sandbox_worker_id(worker);
    sandbox_close(worker);
    ck_assert_int_eq(kill(id, 0), -1);
    ck_assert_int_eq(errno, ESRCH);
}

static volatile sig_atomic_t came;

static void ring(int number)
{
    came = number;
}

static bool interrupted(void *context)
{
    (void)context;
    return came != 0;
}

struct run_end run_job(const struct sandbox_job *job)
{
    struct run_end end;
    struct elfgen_error error;
    ck_assert_msg(sandbox_run(worker, job, &end, &error), "%s", error.text);
    return end;
}

struct run_end run(int file, struct sandbox_stream *output, struct sandbox_stream *errors)
{
    static char name[] = "program";
    char *arguments[] = {name, NULL}, *none[] = {NULL};
    struct sandbox_job job = {.file = file,
                              .input = -1,
                              .arguments = arguments,
                              .environment = none,
                              .output = output,
                              .errors = errors,
                              .interrupted = interrupted};
    return run_job(&job);
}

static bool is_traced(void)
{
    return (sandbox_lacks(worker) & SANDBOX_NO_TRACE) == 0;
}

void greet(void)
{
    uint8_t kept[8] = {0};
    struct sandbox_stream output = {.descriptor = -1, .bytes = kept, .room = sizeof kept};
    int file = file_of(writes_1, sizeof writes_1);
    struct run_end end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_int_eq(end.status, 3);
    ck_assert_uint_eq(end.output, 5);
    ck_assert_uint_eq(output.size, 5);
    ck_assert_mem_eq(kept, "hello\0\0\0", 8);
    close(file);
}

START_TEST(every_way_to_end_is_reported_and_the_next_program_runs)
{
    struct sandbox_stream output = {.descriptor = -1};
    greet();
    int file = file_of(asks, sizeof asks);
    struct run_end end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_CALL);
    ck_assert_int_eq(end.signal, SIGSYS);
    ck_assert(!is_traced() || (end.knows_call && end.abi == CALL_X86_64 && end.number == 39));
    close(file);
    greet();

    file = file_of(faults, sizeof faults);
    end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_SIGNAL);
    ck_assert_int_eq(end.signal, SIGSEGV);
    ck_assert(!is_traced() || (end.has_address && end.address == 0x123 && !end.loading));
    close(file);
    greet();

    file = file_of(loops, sizeof loops);
    end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_TIME);
    ck_assert_int_eq(end.signal, SIGKILL);
    ck_assert_uint_ge(end.nanoseconds, 300000000);
    close(file);
    greet();

    file = file_make_program("no program", 10);
    end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_NOT_STARTED);
    ck_assert_int_eq(end.error, ENOEXEC);
    close(file);
    greet();
}
END_TEST

START_TEST(output_ends_at_its_limit_and_is_kept_as_far_as_there_is_room)
{
    uint8_t kept[100];
    struct sandbox_stream output = {.descriptor = -1, .bytes = kept, .room = sizeof kept};
    int file = file_of(pours, sizeof pours);
    struct run_end end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_OUTPUT);
    ck_assert_uint_eq(output.size, 1000);
    ck_assert_uint_gt(end.output, 1000);
    ck_assert_mem_eq(kept, pours, sizeof pours);
    ck_assert_mem_eq(kept + 64, pours, sizeof pours);
    close(file);
    greet();
}
END_TEST

START_TEST(output_and_errors_are_separate_and_reach_their_descriptors)
{
    int out[2], err[2];
    char text[16];
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_int_eq(pipe(err), 0);
    struct sandbox_stream output = {.descriptor = out[1]}, errors = {.descriptor = err[1]};
    int first = file_of(writes_1, sizeof writes_1), second = file_of(writes_2, sizeof writes_2);
    run(first, &output, &errors);
    ck_assert_uint_eq(output.size, 5);
    ck_assert_uint_eq(errors.size, 0);
    ck_assert_int_eq(read(out[0], text, sizeof text), 5);
    run(second, &output, &errors);
    ck_assert_uint_eq(output.size, 0);
    ck_assert_uint_eq(errors.size, 5);
    ck_assert_int_eq(read(err[0], text, sizeof text), 5);
    close(err[0]);
    struct run_end end = run(second, &output, &errors);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert(errors.closed && errors.error == EPIPE);
    greet();
    const int files[] = {out[0], out[1], err[1], first, second};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        close(files[i]);
}
END_TEST

START_TEST(a_reader_that_never_reads_is_not_waited_for_past_the_time_limit)
{
    int out[2];
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    struct sandbox_stream output = {.descriptor = out[1]};
    /* A pipe without room. */
    ck_assert_int_eq(fcntl(out[1], F_SETFL, O_NONBLOCK), 0);
    while (write(out[1], pours, sizeof pours) > 0)
        ;
    int file = file_of(writes_1, sizeof writes_1);
    struct run_end end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_TIME);
    ck_assert_int_eq(end.signal, 0);
    close(file);
    close(out[0]);
    close(out[1]);
    /* What was not read is not the next program's. */
    greet();
}
END_TEST

START_TEST(an_interrupted_caller_ends_the_program)
{
    struct sandbox_stream output = {.descriptor = -1};
    const struct sigaction action = {.sa_handler = ring};
    const struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    int file = file_of(loops, sizeof loops);
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    struct run_end end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_INTERRUPTED);
    ck_assert_int_eq(end.signal, SIGKILL);
    close(file);
    came = 0;
    greet();
}
END_TEST

START_TEST(a_signal_that_came_before_the_run_ends_it_as_well)
{
    struct sandbox_stream output = {.descriptor = -1};
    int file = file_of(loops, sizeof loops);
    came = SIGINT;
    struct run_end end = run(file, &output, NULL);
    ck_assert_int_eq(end.reason, RUN_INTERRUPTED);
    close(file);
    came = 0;
    greet();
}
END_TEST

/* Runs a file under the job number `files`; returns its output. */
static const char *written_by(int file, uint64_t files)
{
    static char name[] = "program";
    static uint8_t kept[8];
    char *arguments[] = {name, NULL}, *none[] = {NULL};
    struct sandbox_stream output = {.descriptor = -1, .bytes = kept, .room = sizeof kept - 1};
    struct sandbox_job job = {.file = file,
                              .input = -1,
                              .files = files,
                              .arguments = arguments,
                              .environment = none,
                              .output = &output};
    const struct run_end end = run_job(&job);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    kept[output.size < sizeof kept ? output.size : 0] = 0;
    return (const char *)kept;
}

START_TEST(a_file_is_passed_to_the_worker_once_and_changed_in_place)
{
    uint8_t bytes[512];
    size_t size = elfgen_write_exec(bytes, sizeof bytes, writes_1, sizeof writes_1, NULL, NULL);
    int first = file_make_program(bytes, size), second = file_of(writes_1, sizeof writes_1);
    const struct sandbox_poke other[] = {{size - 5, 'j'}, {size - 1, 'y'}}, back = {size - 5, 'h'};
    ck_assert_str_eq(written_by(first, 1), "hello");
    ck_assert(sandbox_change_file(first, other, 2));
    ck_assert_str_eq(written_by(first, 1), "jelly");
    ck_assert(sandbox_change_file(first, &back, 1));
    ck_assert_str_eq(written_by(first, 1), "helly");
    /* Another file under the same number is ignored: the worker keeps the first. */
    ck_assert_str_eq(written_by(second, 1), "helly");
    ck_assert_str_eq(written_by(second, 2), "hello");
    ck_assert_str_eq(written_by(first, 0), "helly");
    ck_assert_str_eq(written_by(second, 2), "hello");
    ck_assert(!sandbox_change_file(-1, &back, 1));
    close(first);
    close(second);
    greet();
}
END_TEST

START_TEST(descriptors_and_the_signal_mask_stay_as_they_were)
{
    sigset_t before, after;
    sigprocmask(SIG_SETMASK, NULL, &before);
    int low = dup(STDIN_FILENO);
    close(low);
    for (int i = 0; i < 20; i++)
        greet();
    int next = dup(STDIN_FILENO);
    close(next);
    /* Two descriptors for the pipe that stays open. */
    ck_assert_int_le(next, low + 2);
    sigprocmask(SIG_SETMASK, NULL, &after);
    for (int number = 1; number < NSIG; number++)
        ck_assert_int_eq(sigismember(&before, number), sigismember(&after, number));
}
END_TEST

static Suite *sandbox_suite(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *runs = tcase_create("runs");
    tcase_add_checked_fixture(runs, open_worker, close_worker);
    tcase_add_test(runs, every_way_to_end_is_reported_and_the_next_program_runs);
    tcase_add_test(runs, output_ends_at_its_limit_and_is_kept_as_far_as_there_is_room);
    tcase_add_test(runs, output_and_errors_are_separate_and_reach_their_descriptors);
    tcase_add_test(runs, a_reader_that_never_reads_is_not_waited_for_past_the_time_limit);
    tcase_add_test(runs, an_interrupted_caller_ends_the_program);
    tcase_add_test(runs, a_signal_that_came_before_the_run_ends_it_as_well);
    tcase_add_test(runs, a_file_is_passed_to_the_worker_once_and_changed_in_place);
    tcase_add_test(runs, descriptors_and_the_signal_mask_stay_as_they_were);
    suite_add_tcase(suite, runs);
    suite_add_tcase(suite, sandbox_measure_cases());
    return suite;
}

RUN_SUITE(sandbox_suite)

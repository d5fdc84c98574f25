/* sandbox/: a worker runs one program after another, however the one before ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/sandbox.h"
#include "elfgen.h"
#include "program_file.h"
#include "room.h"
#include "slow_execve.h"

/* ---- programs ---- */

/* write(DESCRIPTOR, text, 5), then exit(3) */
#define WRITE(descriptor)                                                                          \
    {                                                                                              \
        0xb8, 1, 0, 0, 0, 0xbf, descriptor, 0, 0, 0, 0x48, 0x8d, 0x35, 19, 0, 0, 0, 0xba, 5, 0, 0, \
            0, 0x0f, 0x05, 0xb8, 60, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05, 'h', 'e', 'l', 'l',    \
            'o'                                                                                    \
    }
static const uint8_t writes_1[] = WRITE(1), writes_2[] = WRITE(2);
static const uint8_t loops[] = {0xeb, 0xfe};
/* getpid() */
static const uint8_t asks[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xfe};
/* mov [0x123], al */
static const uint8_t faults[] = {0x88, 0x04, 0x25, 0x23, 1, 0, 0};
/* write(1, _start, 64) for ever */
static const uint8_t pours[] = {0xb8, 1,    0,    0,    0,    0xbf, 1,    0,    0,
                                0,    0x48, 0x8d, 0x35, 0xef, 0xff, 0xff, 0xff, 0xba,
                                64,   0,    0,    0,    0x0f, 0x05, 0xeb, 0xe6};

/* push rsp; write(1, rsp, 8); exit(0) */
static const uint8_t prints_stack[] = {0x54, 0xb8, 1,    0,    0,    0, 0xbf, 1,    0,    0,
                                       0,    0x48, 0x89, 0xe6, 0xba, 8, 0,    0,    0,    0x0f,
                                       0x05, 0xb8, 60,   0,    0,    0, 0x31, 0xff, 0x0f, 0x05};
/* an endless nanosleep of a second at a time, on the stack */
static const uint8_t sleeps[] = {0x6a, 0,    0x6a, 1,    0xb8, 35,   0,    0,    0,
                                 0x48, 0x89, 0xe7, 0x31, 0xf6, 0x0f, 0x05, 0xeb, 0xee};

/* Twenty times: clock_gettime(CLOCK_MONOTONIC_COARSE) until it changes, at the kernel's next tick,
 * then a sleep whose nanoseconds are in the last four bytes; finally exit(3). It runs at each tick,
 * and hardly between ticks. */
static const uint8_t ticks[] = {
    0xbb, 0x14, 0,    0,    0,    0x48, 0x83, 0xec, 0x20, 0x8b, 0x2d, 0x4c, 0,    0,    0,    0x48,
    0x89, 0xe6, 0xbf, 6,    0,    0,    0,    0xb8, 0xe4, 0,    0,    0,    0x0f, 5,    0x48, 0x8d,
    0x74, 0x24, 0x10, 0xb8, 0xe4, 0,    0,    0,    0x0f, 5,    0x48, 0x8b, 0x44, 0x24, 8,    0x48,
    0x3b, 0x44, 0x24, 0x18, 0x74, 0xed, 0x31, 0xf6, 0x48, 0x89, 0x34, 0x24, 0x48, 0x89, 0x6c, 0x24,
    8,    0x48, 0x89, 0xe7, 0xb8, 0x23, 0,    0,    0,    0x0f, 5,    0xff, 0xcb, 0x75, 0xc0, 0xb8,
    0x3c, 0,    0,    0,    0xbf, 3,    0,    0,    0,    0x0f, 5,    0,    0,    0,    0};

/* ---- a worker ---- */

static struct sandbox_worker *worker;

static void open_with(const struct sandbox_options *options)
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

static void close_worker(void)
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

static struct run_end run(int file, struct sandbox_stream *output, struct sandbox_stream *errors)
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
    struct run_end end;
    struct elfgen_error error;
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
    return end;
}

static bool is_traced(void)
{
    return (sandbox_lacks(worker) & SANDBOX_NO_TRACE) == 0;
}

/* Checks that the worker still runs programs. */
static void greet(void)
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
    struct run_end end;
    struct elfgen_error error;
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
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

START_TEST(a_processor_time_limit_ends_a_program_that_computes_and_not_one_that_sleeps)
{
    for (int untraced = 0; untraced < 2; untraced++) {
        struct sandbox_options options = {.limits = {.time = 700, .processor = 30},
                                          .untraced = untraced};
        struct sandbox_stream output = {.descriptor = -1};
        /* The limit's signal must arrive even if the caller ignores and blocks it. */
        sigfillset(&options.ignored);
        sigfillset(&options.blocked);
        sigdelset(&options.ignored, SIGCHLD);
        open_with(&options);
        int computing = file_of(loops, sizeof loops), sleeping = file_of(sleeps, sizeof sleeps);
        struct run_end end = run(computing, &output, NULL);
        ck_assert_int_eq(end.reason, RUN_TIME);
        ck_assert_int_eq(end.signal, SIGKILL);
        /* It is reported in microseconds, as a sum of two numbers that are rounded down. */
        ck_assert_uint_ge(end.processor + 2000, 30000000);
        end = run(sleeping, &output, NULL);
        ck_assert_int_eq(end.reason, RUN_TIME);
        ck_assert_int_eq(end.signal, SIGKILL);
        ck_assert_uint_lt(end.processor, 700000000);
        greet();
        close(computing);
        close(sleeping);
        close_worker();
    }
}
END_TEST

START_TEST(processor_time_is_measured_and_not_counted_in_ticks)
{
    struct timespec tick;
    ck_assert_int_eq(clock_getres(CLOCK_MONOTONIC_COARSE, &tick), 0);
    uint32_t pause = (uint32_t)(tick.tv_nsec / 20 * 17);
    struct sandbox_options options = {
        .limits = {.time = 20000, .processor = 8 * (uint64_t)tick.tv_nsec / 1000000}};
    struct sandbox_stream output = {.descriptor = -1};
    uint8_t code[sizeof ticks];
    memcpy(code, ticks, sizeof code);
    memcpy(code + sizeof code - sizeof pause, &pause, sizeof pause);
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    open_with(&options);
    int file = file_of(code, sizeof code);
    struct run_end end = run(file, &output, NULL);
    /* On a shared processor it may miss some ticks, and use more time. */
    if (end.processor + 2000 < options.limits.processor * 1000000) {
        ck_assert_int_eq(end.reason, RUN_EXITED);
        ck_assert_int_eq(end.status, 3);
    } else {
        ck_assert_int_eq(end.reason, RUN_TIME);
    }
    close(file);
    close_worker();
}
END_TEST

START_TEST(the_worker_s_memory_is_not_counted_as_the_program_s)
{
    struct sandbox_options options = {.limits = {.memory = 32 << 20}};
    struct sandbox_stream output = {.descriptor = -1};
    void *much = take_much(64 << 20);
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    for (int untraced = 0; untraced < 2; untraced++) {
        options.untraced = untraced;
        open_with(&options);
        int file = slow_down(file_of(writes_1, sizeof writes_1));
        struct run_end end = run(file, &output, NULL);
        ck_assert_int_eq(end.reason, RUN_EXITED);
        ck_assert_uint_eq(end.output, 5);
        close(file);
        close_worker();
    }
    free(much);
}
END_TEST

START_TEST(memory_that_the_worker_uses_to_pass_arguments_is_not_counted)
{
    enum { COUNT = 15, SIZE = 120000 };
    static char text[SIZE];
    char *arguments[COUNT + 1] = {NULL}, *none[] = {NULL};
    struct sandbox_options options = {.limits = {.memory = 3 << 20}};
    struct sandbox_stream output = {.descriptor = -1};
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    void *much = take_much(4 << 20);
    open_with(&options);
    memset(text, 'a', SIZE - 1);
    for (size_t i = 0; i < COUNT; i++)
        arguments[i] = text;
    struct sandbox_job job = {.file = file_of(writes_1, sizeof writes_1),
                              .input = -1,
                              .arguments = arguments,
                              .environment = none,
                              .output = &output};
    struct run_end end;
    struct elfgen_error error;
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
    /* The program has two megabytes of arguments; the worker has them too, and its own memory. */
    ck_assert_int_eq(end.reason, RUN_EXITED);
    free(much);
    close(job.file);
    close_worker();
}
END_TEST

/* Whether two programs, one after the other, have the same stack address. */
static bool same_stack(bool fixed)
{
    uint8_t kept[2][8] = {{0}, {1}};
    struct sandbox_options options = {.limits = {.time = 5000}, .untraced = true, .fixed = fixed};
    int file = file_of(prints_stack, sizeof prints_stack);
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    open_with(&options);
    for (size_t i = 0; i < 2; i++) {
        struct sandbox_stream output = {.descriptor = -1, .bytes = kept[i], .room = 8};
        struct run_end end = run(file, &output, NULL);
        ck_assert_int_eq(end.reason, RUN_EXITED);
        ck_assert_uint_eq(output.size, 8);
    }
    close_worker();
    close(file);
    return memcmp(kept[0], kept[1], 8) == 0;
}

START_TEST(fixed_addresses_are_the_same_each_time)
{
    ck_assert(same_stack(true));
    char digit = '0';
    int file = open("/proc/sys/kernel/randomize_va_space", O_RDONLY);
    bool random = file >= 0 && read(file, &digit, 1) == 1 && digit != '0';
    close(file);
    /* About once in a million, they are equal by chance. */
    ck_assert(!random || !same_stack(false) || !same_stack(false));
}
END_TEST

/* What /proc says of the worker's only child. */
struct glance {
    char status[4096], limits[4096];
    int files[3]; /* F_OK of /proc/ID/fd/0 to 2 */
    bool more;    /* descriptor 3 is open */
    bool looked;
};

static bool read_proc_of(const char *id, const char *name, char *text, size_t room)
{
    char path[96];
    snprintf(path, sizeof path, "/proc/%s/%s", id, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? -1 : read(file, text, room - 1);
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* Looks once, as soon as the program runs; then ends it. While it ends it may be asked again. */
static bool glance_at_child(void *context)
{
    struct glance *glance = context;
    if (glance->looked)
        return true;
    char id[16], self[16], children[64], path[64];
    snprintf(self, sizeof self, "%d", (int)sandbox_worker_id(worker));
    snprintf(path, sizeof path, "task/%s/children", self);
    if (!read_proc_of(self, path, children, sizeof children) ||
        sscanf(children, "%15[0-9]", id) != 1)
        return false;
    if (!read_proc_of(id, "status", glance->status, sizeof glance->status) ||
        !strstr(glance->status, "State:\tS"))
        return false;
    for (int i = 0; i < 4; i++) {
        char link[8];
        snprintf(path, sizeof path, "/proc/%s/fd/%d", id, i);
        bool open_there = readlink(path, link, sizeof link) > 0;
        if (i < 3)
            glance->files[i] = open_there;
        else
            glance->more = open_there;
    }
    glance->looked = read_proc_of(id, "limits", glance->limits, sizeof glance->limits);
    return glance->looked;
}

START_TEST(a_sandboxed_program_has_the_signals_descriptors_and_limits_it_was_given)
{
    static char name[] = "program";
    struct sandbox_options options = {.limits = {.time = 20000}, .untraced = true};
    struct sandbox_stream output = {.descriptor = -1};
    struct glance glance = {.more = false};
    char *arguments[] = {name, NULL}, *none[] = {NULL};
    struct run_end end;
    struct elfgen_error error;
    unsigned long long ignored = 0, blocked = 0, caught = 1;
    const struct sigaction action = {.sa_handler = ring};
    const struct itimerval often = {.it_interval = {.tv_usec = 20000},
                                    .it_value = {.tv_usec = 20000}};
    sigemptyset(&options.ignored);
    sigaddset(&options.ignored, SIGHUP);
    sigaddset(&options.ignored, SIGCHLD); /* not passed on: the worker waits for its child */
    sigemptyset(&options.blocked);
    sigaddset(&options.blocked, SIGTERM);
    sigaction(SIGALRM, &action, NULL);
    open_with(&options);
    struct sandbox_job job = {.file = file_of(sleeps, sizeof sleeps),
                              .input = -1,
                              .arguments = arguments,
                              .environment = none,
                              .output = &output,
                              .context = &glance,
                              .interrupted = glance_at_child};
    setitimer(ITIMER_REAL, &often, NULL);
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
    ck_assert_int_eq(end.reason, RUN_INTERRUPTED);
    ck_assert_int_eq(sscanf(strstr(glance.status, "\nSigBlk:"), " SigBlk: %llx", &blocked), 1);
    ck_assert_int_eq(sscanf(strstr(glance.status, "\nSigIgn:"), " SigIgn: %llx", &ignored), 1);
    ck_assert_int_eq(sscanf(strstr(glance.status, "\nSigCgt:"), " SigCgt: %llx", &caught), 1);
    ck_assert_uint_eq(ignored, 1ull << (SIGHUP - 1));
    ck_assert_uint_eq(blocked, 1ull << (SIGTERM - 1));
    ck_assert_uint_eq(caught, 0);
    ck_assert(!glance.files[0] && glance.files[1] && glance.files[2] && !glance.more);
    static const struct {
        const char *name;
        unsigned long most;
    } limits[] = {{"Max cpu time", 22},       {"Max file size", 0},  {"Max core file size", 1},
                  {"Max processes", 0},       {"Max open files", 3}, {"Max locked memory", 0},
                  {"Max stack size", 8 << 20}};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        unsigned long soft = 0;
        const char *line = strstr(glance.limits, limits[i].name);
        ck_assert_msg(line && sscanf(line + strlen(limits[i].name), " %lu", &soft) == 1, "%s",
                      limits[i].name);
        ck_assert_msg(soft <= limits[i].most, "%s: %lu", limits[i].name, soft);
    }
    close(job.file);
    close_worker();
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
    TCase *ways = tcase_create("ways");
    tcase_add_test(ways,
                   a_processor_time_limit_ends_a_program_that_computes_and_not_one_that_sleeps);
    tcase_add_test(ways, processor_time_is_measured_and_not_counted_in_ticks);
    tcase_add_test(ways, the_worker_s_memory_is_not_counted_as_the_program_s);
    tcase_add_test(ways, memory_that_the_worker_uses_to_pass_arguments_is_not_counted);
    tcase_add_test(ways, fixed_addresses_are_the_same_each_time);
    tcase_add_test(ways, a_sandboxed_program_has_the_signals_descriptors_and_limits_it_was_given);
    suite_add_tcase(suite, ways);
    return suite;
}

RUN_SUITE(sandbox_suite)

/* sandbox/: what is measured of a program, and what it is given. */
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "elfgen.h"
#include "program_file.h"
#include "sandbox_worker.h"
#include "slow_execve.h"

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
    const struct run_end end = run_job(&job);
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

static void handle(int number)
{
    (void)number;
}

START_TEST(a_sandboxed_program_has_the_signals_descriptors_and_limits_it_was_given)
{
    static char name[] = "program";
    struct sandbox_options options = {.limits = {.time = 20000}, .untraced = true};
    struct sandbox_stream output = {.descriptor = -1};
    struct glance glance = {.more = false};
    char *arguments[] = {name, NULL}, *none[] = {NULL};
    unsigned long long ignored = 0, blocked = 0, caught = 1;
    const struct sigaction action = {.sa_handler = handle};
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
    const struct run_end end = run_job(&job);
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

TCase *sandbox_measure_cases(void)
{
    TCase *measures = tcase_create("measures");
    tcase_add_test(measures,
                   a_processor_time_limit_ends_a_program_that_computes_and_not_one_that_sleeps);
    tcase_add_test(measures, processor_time_is_measured_and_not_counted_in_ticks);
    tcase_add_test(measures, the_worker_s_memory_is_not_counted_as_the_program_s);
    tcase_add_test(measures, memory_that_the_worker_uses_to_pass_arguments_is_not_counted);
    tcase_add_test(measures, fixed_addresses_are_the_same_each_time);
    tcase_add_test(measures,
                   a_sandboxed_program_has_the_signals_descriptors_and_limits_it_was_given);
    return measures;
}

/* ptrace/child_setup: what a started program finds: its signals, mask, descriptors and limits. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ptrace/ptrace.h"
#include "ptrace/raw_syscall.h"
#include "room.h"

static void no_process_is_left(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
}

/* ---- programs ---- */

/* The ways to start one. */
enum way { TRACED, UNTRACED, WAYS };

/* Starts a program, and lets a traced one go without its tracer. */
static pid_t start(struct process_child *child, const struct process_program *program, enum way way)
{
    struct elfgen_error error;
    int refused = 0;
    pid_t id = way == TRACED ? process_start(child, program, 0, &error)
                             : process_start_untraced(child, program, &refused, &error);
    ck_assert_msg(id >= 0, "%s", error.text);
    ck_assert_int_eq(refused, 0);
    if (way == TRACED)
        ck_assert_int_eq(ptrace(PTRACE_DETACH, id, NULL, NULL), 0);
    return id;
}

/* Runs a program whose descriptors are above 2, in a session of its own. Returns its process id,
 * and what it wrote to 1 and 2. */
static pid_t run(char *const *arguments, const sigset_t *ignored, enum way way, char *text,
                 size_t room)
{
    struct process_child child;
    int status, nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int output = memfd_create("output", MFD_CLOEXEC);
    const int files[3] = {nothing, output, output};
    const struct process_program program = {
        .path = arguments[0], .arguments = arguments, .ignored = *ignored, .files = files};
    ck_assert_int_gt(nothing, 2);
    ck_assert_int_gt(output, 2);
    pid_t id = start(&child, &program, way);
    ck_assert_int_eq(waitpid(id, &status, 0), id);
    ssize_t length = pread(output, text, room - 1, 0);
    ck_assert_int_gt(length, 0);
    text[length] = '\0';
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s", text);
    close(nothing);
    close(output);
    no_process_is_left();
    return id;
}

/* A line of /proc/ID/status with a set of signals: bit N - 1 is signal N. */
static uint64_t signals_of(const char *status, const char *name)
{
    const char *line = strstr(status, name);
    uint64_t signals = 0;
    ck_assert_ptr_nonnull(line);
    ck_assert_int_eq(sscanf(line + strlen(name), " %" SCNx64, &signals), 1);
    return signals;
}

static uint64_t bit(int number)
{
    return UINT64_C(1) << (number - 1);
}

static void ring(int number)
{
    (void)number;
}

START_TEST(a_program_starts_with_the_signals_that_it_was_given)
{
    static char cat[] = "/bin/cat", file[] = "/proc/self/status";
    char *arguments[] = {cat, file, NULL}, text[8192];
    sigset_t ignored, blocked, before, after;
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGHUP);
    sigaddset(&ignored, SIGRTMAX);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    /* This process has other dispositions. */
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, ring);
    signal(SIGHUP, ring);
    sigprocmask(SIG_SETMASK, &blocked, &before);
    run(arguments, &ignored, (enum way)_i, text, sizeof text);
    ck_assert_uint_eq(signals_of(text, "\nSigIgn:"), bit(SIGHUP) | bit(SIGRTMAX));
    ck_assert_uint_eq(signals_of(text, "\nSigBlk:"), bit(SIGTERM));
    ck_assert_uint_eq(signals_of(text, "\nSigCgt:"), 0);
    /* And this process has those that it had. */
    sigprocmask(SIG_SETMASK, &before, &after);
    ck_assert_int_eq(sigismember(&after, SIGTERM), 1);
    ck_assert_int_eq(sigismember(&after, SIGINT), 0);
}
END_TEST

START_TEST(a_program_starts_with_three_descriptors_in_a_session_of_its_own)
{
    static char ls[] = "/bin/ls", folder[] = "/proc/self/fd", cat[] = "/bin/cat",
                stat[] = "/proc/self/stat";
    char *lists[] = {ls, folder, NULL}, *prints[] = {cat, stat, NULL}, text[8192];
    sigset_t none;
    long group = 0, session = 0;
    sigemptyset(&none);
    /* The shell that started this test may have left some open. */
    ck_assert_int_eq(close_range(3, ~0u, CLOSE_RANGE_CLOEXEC), 0);
    run(lists, &none, (enum way)_i, text, sizeof text);
    ck_assert_str_eq(text, "0\n1\n2\n3\n"); /* 3 is the folder */
    pid_t id = run(prints, &none, (enum way)_i, text, sizeof text);
    ck_assert_int_eq(sscanf(strrchr(text, ')') + 1, " %*c %*d %ld %ld", &group, &session), 2);
    ck_assert_int_eq(group, id);
    ck_assert_int_eq(session, id);
}
END_TEST

START_TEST(two_children_may_wait_for_their_execve)
{
    static char sh[] = "/bin/sh", option[] = "-c", three[] = "exit 3", four[] = "exit 4";
    char *const arguments[2][4] = {{sh, option, three, NULL}, {sh, option, four, NULL}};
    struct process_program programs[2];
    struct process_child children[2];
    pid_t ids[2];
    for (size_t i = 0; i < 2; i++) {
        struct elfgen_error error;
        programs[i] = (struct process_program){.path = sh, .arguments = arguments[i]};
        sigemptyset(&programs[i].ignored);
        ids[i] = process_start(&children[i], &programs[i], 0, &error);
        ck_assert_msg(ids[i] >= 0, "%s", error.text);
    }
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(ptrace(PTRACE_DETACH, ids[i], NULL, NULL), 0);
    for (int i = 0; i < 2; i++) {
        int status;
        ck_assert_int_eq(waitpid(ids[i], &status, 0), ids[i]);
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 3 + i);
    }
    no_process_is_left();
}
END_TEST

START_TEST(without_a_tracer_a_refused_execve_gives_its_errno)
{
    static char name[] = "/nothing/of/that/name";
    char *arguments[] = {name, NULL};
    struct process_program program = {.path = name, .arguments = arguments};
    struct process_child child;
    struct elfgen_error error;
    int refused = 0, status;
    sigemptyset(&program.ignored);
    pid_t id = process_start_untraced(&child, &program, &refused, &error);
    ck_assert_int_gt(id, 0);
    ck_assert_int_eq(refused, ENOENT);
    ck_assert_int_eq(waitpid(id, &status, 0), id);
    ck_assert(WIFEXITED(status));
}
END_TEST

/* ---- the parts ---- */

/* Calls a function in a child. Returns the status that it exits with. */
static int in_child(int (*function)(void))
{
    int status;
    pid_t id = fork();
    ck_assert_int_ge(id, 0);
    if (id == 0)
        _exit(function());
    ck_assert_int_eq(waitpid(id, &status, 0), id);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int ask_for_parent(void)
{
    const struct child_setup right = {.dies = true, .parent = getppid()};
    const struct child_setup wrong = {.dies = true, .parent = getpid()};
    return child_set_up(&right) == 0 && child_set_up(&wrong) == ECHILD ? 0 : 1;
}

START_TEST(a_child_whose_parent_is_gone_is_told)
{
    ck_assert_int_eq(in_child(ask_for_parent), 0);
}
END_TEST

static int keep_two(void)
{
    enum { KEPT = 30, BELOW = 29, ABOVE = 31 };
    const int given[] = {BELOW, KEPT, ABOVE};
    const int files[3] = {-1, KEPT, KEPT}, none[3] = {1000, 1000, 1000};
    for (size_t i = 0; i < 3; i++)
        if (dup2(STDIN_FILENO, given[i]) != given[i])
            return 2;
    const struct child_setup wrong = {.files = none}, setup = {.files = files, .only = KEPT};
    if (child_set_up(&wrong) != EBADF || child_set_up(&setup) != 0)
        return 3;
    bool kept = fcntl(1, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0 && fcntl(KEPT, F_GETFD) >= 0;
    bool closed = fcntl(0, F_GETFD) < 0 && fcntl(3, F_GETFD) < 0 && fcntl(BELOW, F_GETFD) < 0 &&
                  fcntl(ABOVE, F_GETFD) < 0;
    return kept && closed ? 0 : 1;
}

START_TEST(descriptors_that_are_not_given_are_closed)
{
    ck_assert_int_eq(in_child(keep_two), 0);
}
END_TEST

static bool is_limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard)
{
    struct rlimit limits;
    return getrlimit(what, &limits) == 0 && limits.rlim_cur == soft && limits.rlim_max == hard;
}

static int set_limits(void)
{
    const struct child_limit first[] = {{RLIMIT_CPU, false, 50, 60},
                                        {RLIMIT_FSIZE, false, 1000, 2000}};
    const struct child_limit second[] = {{RLIMIT_CPU, false, 40, 45},
                                         {RLIMIT_FSIZE, true, 3000, 1500}};
    const struct child_setup one = {.limits = first, .limit_count = 2};
    const struct child_setup other = {.limits = second, .limit_count = 2};
    if (child_set_up(&one) != 0 || !is_limit(RLIMIT_CPU, 50, 60) ||
        !is_limit(RLIMIT_FSIZE, 1000, 2000))
        return 1;
    return child_set_up(&other) == 0 && is_limit(RLIMIT_CPU, 40, 45) &&
                   is_limit(RLIMIT_FSIZE, 1000, 1500)
               ? 0
               : 2;
}

START_TEST(limits_are_set_or_only_lowered)
{
    ck_assert_int_eq(in_child(set_limits), 0);
}
END_TEST

static void put_and_end(void *context)
{
    int *number = context;
    *number = 7;
    raw_syscall(SYS_exit_group, 9, 0, 0, 0, 0, 0);
}

START_TEST(a_clone_shares_memory_and_has_a_stack_of_its_own)
{
    struct child_stack stack;
    int number = 0, status;
    long id = child_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, &stack, put_and_end, &number, 0);
    ck_assert_int_gt(id, 0);
    ck_assert_int_eq(waitpid((pid_t)id, &status, 0), id);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 9);
    ck_assert_int_eq(number, 7);
    ck_assert_int_eq(child_clone(CLONE_SIGHAND, &stack, put_and_end, &number, 0), -EINVAL);
    ck_assert_int_eq(raw_syscall(SYS_close, UINT64_MAX, 0, 0, 0, 0, 0), -EBADF);
}
END_TEST

static Suite *child_setup_suite(void)
{
    Suite *suite = suite_create("child_setup");
    TCase *programs = tcase_create("programs");
    tcase_add_loop_test(programs, a_program_starts_with_the_signals_that_it_was_given, 0, WAYS);
    tcase_add_loop_test(programs, a_program_starts_with_three_descriptors_in_a_session_of_its_own,
                        0, WAYS);
    tcase_add_test(programs, two_children_may_wait_for_their_execve);
    tcase_add_test(programs, without_a_tracer_a_refused_execve_gives_its_errno);
    suite_add_tcase(suite, programs);
    TCase *parts = tcase_create("parts");
    tcase_add_test(parts, a_child_whose_parent_is_gone_is_told);
    tcase_add_test(parts, descriptors_that_are_not_given_are_closed);
    tcase_add_test(parts, limits_are_set_or_only_lowered);
    tcase_add_test(parts, a_clone_shares_memory_and_has_a_stack_of_its_own);
    suite_add_tcase(suite, parts);
    return suite;
}

RUN_SUITE(child_setup_suite)

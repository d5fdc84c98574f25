/* ptrace/: tracing a program to its end, which leaves no process behind, however it ends. */
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/sandbox.h"
#include "ptrace/call_site.h"
#include "ptrace/limit_run.h"
#include "elfgen.h"
#include "room.h"
#include "slow_execve.h"

/* The events of a trace. */
struct events {
    size_t counts[PROCESS_KILLED + 1];
    uint64_t numbers[16]; /* of the first process's calls */
    size_t number_count;
    bool answered; /* process_read() and its like gave what they should */
    char path[64];
    int last_status;
};

static void listen(void *context, const struct process_event *event)
{
    struct events *events = context;
    events->counts[event->kind]++;
    if (event->kind == PROCESS_EXITED && event->process->first)
        events->last_status = event->number;
    if (event->kind != PROCESS_CALL || !event->process->first)
        return;
    if (events->number_count < 16)
        events->numbers[events->number_count++] = event->process->call.number;
}

static bool run(const char *const *arguments, struct process_watch *watch, struct events *events,
                struct process_end *end)
{
    char *copies[8] = {0};
    struct elfgen_error error;
    for (size_t i = 0; i < 7 && arguments[i]; i++)
        copies[i] = strdup(arguments[i]);
    struct process_program program = {.path = copies[0], .arguments = copies};
    sigemptyset(&program.ignored);
    *events = (struct events){0};
    watch->context = events;
    if (!watch->event)
        watch->event = listen;
    bool done = process_trace(&program, watch, end, &error);
    for (size_t i = 0; i < 7; i++)
        free(copies[i]);
    /* Every process is gone, children included. */
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
    return done;
}

START_TEST(a_program_is_traced_from_its_execve_to_its_end)
{
    static const char *const arguments[] = {"/bin/sh", "-c", "exit 6", NULL};
    struct process_watch watch = {0};
    struct process_end end;
    struct events events = {0};
    ck_assert(run(arguments, &watch, &events, &end));
    ck_assert(end.ran);
    ck_assert_int_eq(end.status, 6);
    ck_assert_int_eq(end.signal, 0);
    ck_assert_int_eq(events.last_status, 6);
    ck_assert_uint_eq(events.numbers[0], 59); /* execve */
    ck_assert_uint_eq(events.counts[PROCESS_EXITED], 1);
    /* Each call but the last, exit, has a result. */
    ck_assert_uint_eq(events.counts[PROCESS_CALL], events.counts[PROCESS_RESULT] + 1);
}
END_TEST

START_TEST(a_missing_program_is_refused_without_further_events)
{
    static const char *const arguments[] = {"/nothing/of/that/name", NULL};
    struct process_watch watch = {0};
    struct process_end end;
    struct events events = {0};
    ck_assert(run(arguments, &watch, &events, &end));
    ck_assert(!end.ran);
    ck_assert_int_eq(end.error, ENOENT);
    ck_assert_uint_eq(events.counts[PROCESS_CALL], 1);
    ck_assert_uint_eq(events.counts[PROCESS_RESULT], 1);
    ck_assert_uint_eq(events.counts[PROCESS_EXITED] + events.counts[PROCESS_KILLED], 0);
}
END_TEST

START_TEST(with_follow_each_child_begins_and_ends)
{
    static const char *const arguments[] = {"/bin/sh", "-c", "(exit 1); (exit 2) & wait; exit 3",
                                            NULL};
    struct process_watch watch = {.follow = true};
    struct process_end end;
    struct events events = {0};
    ck_assert(run(arguments, &watch, &events, &end));
    ck_assert_int_eq(end.status, 3);
    ck_assert_uint_eq(events.counts[PROCESS_STARTED], 2);
    ck_assert_uint_eq(events.counts[PROCESS_EXITED], 3);
    ck_assert_uint_eq(events.counts[PROCESS_CALL], events.counts[PROCESS_RESULT] + 3);
}
END_TEST

START_TEST(children_that_outlive_the_program_are_followed_to_their_end)
{
    static const char *const arguments[] = {"/bin/sh", "-c", "sleep 0.2 & exit 3", NULL};
    struct process_watch watch = {.follow = true};
    struct process_end end;
    struct events events = {0};
    ck_assert(run(arguments, &watch, &events, &end));
    ck_assert_int_eq(end.status, 3);
    ck_assert_uint_eq(events.counts[PROCESS_EXITED], 2);
}
END_TEST

static void ring(int number)
{
    (void)number;
}

/* Whether both children of a shell have begun. */
static bool has_two_children(void *context)
{
    const struct events *events = context;
    return events->counts[PROCESS_STARTED] == 2;
}

START_TEST(an_interrupted_trace_kills_the_program_and_its_children)
{
    static const char *const arguments[] = {"/bin/sh", "-c", "trap '' TERM; sleep 60 & sleep 60",
                                            NULL};
    struct process_watch watch = {.follow = true, .interrupted = has_two_children};
    struct process_end end;
    struct events events = {0};
    struct sigaction action = {.sa_handler = ring};
    const struct itimerval often = {.it_interval = {.tv_usec = 100000},
                                    .it_value = {.tv_usec = 100000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    ck_assert(run(arguments, &watch, &events, &end));
    ck_assert(end.ran);
    ck_assert_int_eq(end.signal, SIGKILL);
    ck_assert_uint_eq(events.counts[PROCESS_KILLED], 3);
}
END_TEST

/* Looks at the first call: the execve by the copy of this process. */
static void look(void *context, const struct process_event *event)
{
    struct events *events = context;
    const struct process *process = event->process;
    struct call_site site;
    struct call_site_mapping place;
    uint8_t bytes[8];
    uint16_t cs;
    if (event->kind != PROCESS_CALL || events->number_count++ != 0)
        return;
    size_t got = process_read(process->id, process->call.arguments[0], events->path, 10);
    events->answered =
        got == 10 && process_read(process->id, 0, bytes, 8) == 0 &&
        process_read(process->id, UINT64_MAX - 2, bytes, 8) == 0 && call_site_cs(process, &cs) &&
        cs == 0x33 && call_site_find(process, &site) && site.found &&
        site.call_instruction == CALL_BY_SYSCALL && site.address == process->call.after - 2 &&
        call_site_find_mapping(process->id, site.address, &place) && place.from <= site.address &&
        place.to > site.address && !call_site_find_mapping(process->id, 1, &place);
}

START_TEST(only_mapped_memory_is_read)
{
    static const char *const arguments[] = {"/bin/true", NULL};
    struct process_watch watch = {.event = look};
    struct process_end end;
    struct events events = {0};
    ck_assert(run(arguments, &watch, &events, &end));
    ck_assert_str_eq(events.path, "/bin/true");
    ck_assert(events.answered);
}
END_TEST

START_TEST(a_process_that_may_not_be_traced_is_an_error)
{
    /* A tracer of this process would not help: its child could still be traced. So ptrace gets an
     * option that it does not know. */
    static char name[] = "/bin/true";
    char *arguments[] = {name, NULL};
    struct process_program program = {.path = name, .arguments = arguments};
    struct process_child child;
    struct elfgen_error error = {0};
    sigemptyset(&program.ignored);
    ck_assert_int_eq(process_start(&child, &program, 1ul << 40, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "cannot trace a program here"));
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
}
END_TEST

START_TEST(a_killed_process_is_gone_also_if_it_stops_at_its_exit)
{
    static char name[] = "/bin/true";
    char *arguments[] = {name, NULL};
    struct process_program program = {.path = name, .arguments = arguments};
    struct process_child child;
    struct elfgen_error error;
    sigemptyset(&program.ignored);
    pid_t id = process_start(&child, &program, PTRACE_O_TRACEEXIT, &error);
    ck_assert_msg(id >= 0, "%s", error.text);
    process_kill(id);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_process_has_entered_a_program_once_its_execve_is_done)
{
    int go[2], input[2];
    ck_assert_int_eq(pipe2(go, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
    pid_t id = fork();
    ck_assert_int_ge(id, 0);
    if (id == 0) {
        char byte;
        dup2(input[0], STDIN_FILENO);
        close(go[1]);
        if (read(go[0], &byte, 1) == 0)
            execl("/bin/sh", "sh", "-c", "read line", NULL);
        _exit(1);
    }
    close(go[0]);
    ck_assert(!limits_has_entered(id));
    close(go[1]);
    while (!limits_has_entered(id))
        usleep(1000);
    close(input[1]);
    ck_assert_int_eq(waitpid(id, NULL, 0), id);
}
END_TEST

START_TEST(this_process_s_memory_is_not_counted_as_the_program_s)
{
    /* exit(3) */
    static const uint8_t code[] = {0xb8, 60, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05};
    static char name[] = "program";
    char path[64], *arguments[] = {name, NULL};
    uint8_t bytes[512];
    struct limit_run watch = {.limits = {.memory = 32 << 20}};
    struct run_end end;
    struct elfgen_error error;
    void *much = take_much(64 << 20);
    size_t size = elfgen_write_exec(bytes, sizeof bytes, code, sizeof code, NULL, NULL);
    int file = slow_down(file_make_program(bytes, size));
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct process_program program = {.path = path, .arguments = arguments};
    sigemptyset(&program.ignored);
    ck_assert_msg(limit_run(&program, &watch, &end, &error), "%s", error.text);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_int_eq(end.status, 3);
    close(file);
    free(much);
}
END_TEST

START_TEST(memory_of_threads_that_outlive_their_first_is_counted)
{
    /* clone, as a thread; the first one: exit. The other: nanosleep, mmap of 64 MiB, a byte to each
     * page, nanosleep of a second, exit_group(0). */
    static const uint8_t code[] = {
        0xb8, 0x38, 0x00, 0x00, 0x00, 0xbf, 0x00, 0x0f, 0x01, 0x00, 0x48, 0x8d, 0xb4, 0x24, 0x00,
        0xf0, 0xff, 0xff, 0x31, 0xd2, 0x0f, 0x05, 0x85, 0xc0, 0x74, 0x09, 0xb8, 0x3c, 0x00, 0x00,
        0x00, 0x31, 0xff, 0x0f, 0x05, 0xb8, 0x23, 0x00, 0x00, 0x00, 0x48, 0x8d, 0x3d, 0x51, 0x00,
        0x00, 0x00, 0x31, 0xf6, 0x0f, 0x05, 0xb8, 0x09, 0x00, 0x00, 0x00, 0x31, 0xff, 0xbe, 0x00,
        0x00, 0x00, 0x04, 0xba, 0x03, 0x00, 0x00, 0x00, 0x41, 0xba, 0x22, 0x00, 0x00, 0x00, 0x41,
        0xb8, 0xff, 0xff, 0xff, 0xff, 0x45, 0x31, 0xc9, 0x0f, 0x05, 0xb9, 0x00, 0x40, 0x00, 0x00,
        0xc6, 0x00, 0x01, 0x48, 0x05, 0x00, 0x10, 0x00, 0x00, 0xff, 0xc9, 0x75, 0xf3, 0xb8, 0x23,
        0x00, 0x00, 0x00, 0x48, 0x8d, 0x3d, 0x1d, 0x00, 0x00, 0x00, 0x31, 0xf6, 0x0f, 0x05, 0xb8,
        0xe7, 0x00, 0x00, 0x00, 0x31, 0xff, 0x0f, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0xe1, 0xf5, 0x05, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
    static char name[] = "program";
    char path[64], *arguments[] = {name, NULL};
    uint8_t bytes[512];
    struct elfgen_error error;
    size_t size = elfgen_write_exec(bytes, sizeof bytes, code, sizeof code, NULL, NULL);
    int file = file_make_program(bytes, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct process_program program = {.path = path, .arguments = arguments};
    sigemptyset(&program.ignored);
    for (unsigned more = 0; more < 2; more++) {
        struct limit_run watch = {.limits = {.memory = more ? 128 << 20 : 32 << 20}};
        struct run_end end;
        ck_assert_msg(limit_run(&program, &watch, &end, &error), "%s", error.text);
        ck_assert_int_eq(end.reason, more ? RUN_EXITED : RUN_MEMORY);
        ck_assert_int_eq(end.signal, more ? 0 : SIGKILL);
    }
    close(file);
}
END_TEST

static Suite *ptrace_suite(void)
{
    Suite *suite = suite_create("ptrace");
    TCase *cases = tcase_create("trace");
    tcase_add_test(cases, a_program_is_traced_from_its_execve_to_its_end);
    tcase_add_test(cases, a_missing_program_is_refused_without_further_events);
    tcase_add_test(cases, with_follow_each_child_begins_and_ends);
    tcase_add_test(cases, children_that_outlive_the_program_are_followed_to_their_end);
    tcase_add_test(cases, an_interrupted_trace_kills_the_program_and_its_children);
    tcase_add_test(cases, only_mapped_memory_is_read);
    tcase_add_test(cases, a_process_that_may_not_be_traced_is_an_error);
    tcase_add_test(cases, a_killed_process_is_gone_also_if_it_stops_at_its_exit);
    tcase_add_test(cases, a_process_has_entered_a_program_once_its_execve_is_done);
    tcase_add_test(cases, this_process_s_memory_is_not_counted_as_the_program_s);
    tcase_add_test(cases, memory_of_threads_that_outlive_their_first_is_counted);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(ptrace_suite)

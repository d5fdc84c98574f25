/* ptrace/tracees: the table of traced processes, and the order in which their stops arrive. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "ptrace/limit_run.h"
#include "ptrace/profile.h"
#include "ptrace/tracees.h"
#include "elfgen.h"
#include "room.h"

/* ---- the table alone ---- */

/* Linux gives no process such an id: signals to them reach nobody. */
enum { NOBODY = 0x10000000, THOUSANDS = 20000 };
static const int exited = 0; /* a status of wait4 */

static const struct tracees_client plain = {.data_size = 40};

START_TEST(thousands_are_found_until_they_end)
{
    struct tracees tracees = {.client = &plain};
    static struct tracee *added[THOUSANDS];
    static const uint8_t zeros[40];
    ck_assert_ptr_null(tracees_find(&tracees, NOBODY));
    ck_assert_ptr_null(tracees_next(&tracees, NULL));
    for (int i = 0; i < THOUSANDS; i++) {
        added[i] = tracees_add(&tracees, NOBODY + i);
        ck_assert_ptr_nonnull(added[i]);
        ck_assert(added[i]->announced && !added[i]->calls);
        ck_assert_mem_eq(added[i]->data, zeros, sizeof zeros);
        memcpy(added[i]->data, &i, sizeof i);
    }
    for (int i = 0; i < THOUSANDS; i += 2)
        tracees_take(&tracees, NOBODY + i, exited, NULL);
    tracees_take(&tracees, NOBODY, exited, NULL); /* twice: ignored */
    ck_assert_uint_eq(tracees.count, THOUSANDS / 2);
    for (int i = 0; i < THOUSANDS; i++)
        ck_assert_ptr_eq(tracees_find(&tracees, NOBODY + i), i % 2 == 0 ? NULL : added[i]);
    size_t visited = 0;
    for (struct tracee *tracee = NULL; (tracee = tracees_next(&tracees, tracee)); visited++)
        ck_assert_mem_eq(tracee->data, &(int){tracee->id - NOBODY}, sizeof(int));
    ck_assert_uint_eq(visited, THOUSANDS / 2);
    tracees_free(&tracees);
    ck_assert_uint_eq(tracees.count, 0);
}
END_TEST

START_TEST(no_lookup_passes_by_more_than_a_few)
{
    struct tracees tracees = {.client = &plain};
    size_t most = 0;
    /* As ids are given to threads that start in turn while other processes start as well. */
    for (int i = 0; i < THOUSANDS; i++)
        ck_assert_ptr_nonnull(tracees_add(&tracees, NOBODY + i + i / 7));
    for (size_t i = 0; i < tracees.bucket_count; i++) {
        size_t length = 0;
        for (const struct tracee *tracee = tracees.buckets[i]; tracee; tracee = tracee->next)
            length++;
        most = length > most ? length : most;
    }
    ck_assert_uint_ge(tracees.bucket_count, tracees.count);
    ck_assert_uint_le(tracees.bucket_count, 4 * tracees.count);
    ck_assert_uint_le(most, 4);
    tracees_free(&tracees);
}
END_TEST

/* ---- real processes ---- */

/* Forks 2,000 children that exit at once, and waits for each. */
static const uint8_t forks[] = {
    0xbb, 0xd0, 0x07, 0x00, 0x00, 0xb8, 0x39, 0x00, 0x00, 0x00, 0x0f, 0x05, 0x85, 0xc0, 0x74, 0x17,
    0xb8, 0x3d, 0x00, 0x00, 0x00, 0xbf, 0xff, 0xff, 0xff, 0xff, 0x31, 0xf6, 0x31, 0xd2, 0x4d, 0x31,
    0xd2, 0x0f, 0x05, 0xff, 0xcb, 0x75, 0xde, 0xb8, 0x3c, 0x00, 0x00, 0x00, 0x31, 0xff, 0x0f, 0x05};
enum { FORKS = 2000 };

/* Makes a thread, which executes /bin/true; the first one pauses for ever. */
static const uint8_t thread_executes[] = {
    0xb8, 0x38, 0x00, 0x00, 0x00, 0xbf, 0x00, 0x0f, 0x01, 0x00, 0x48, 0x8d, 0xb4, 0x24, 0x00, 0xf0,
    0xff, 0xff, 0x31, 0xd2, 0x0f, 0x05, 0x85, 0xc0, 0x74, 0x09, 0xb8, 0x22, 0x00, 0x00, 0x00, 0x0f,
    0x05, 0xeb, 0xf7, 0x48, 0x8d, 0x3d, 0x1c, 0x00, 0x00, 0x00, 0x6a, 0x00, 0x48, 0x89, 0xe2, 0x57,
    0x48, 0x89, 0xe6, 0xb8, 0x3b, 0x00, 0x00, 0x00, 0x0f, 0x05, 0xbf, 0x09, 0x00, 0x00, 0x00, 0xb8,
    0x3c, 0x00, 0x00, 0x00, 0x0f, 0x05, '/',  'b',  'i',  'n',  '/',  't',  'r',  'u',  'e',  0};

/* A program made of code, to be executed through its descriptor. */
struct made {
    int file;
    char path[64];
    char *arguments[2];
    struct process_program program;
    struct process_child child;
};

static void make(struct made *made, const uint8_t *code, size_t size)
{
    uint8_t bytes[512];
    size_t length = elfgen_write_exec(bytes, sizeof bytes, code, size, NULL, NULL);
    ck_assert_uint_gt(length, size);
    made->file = file_make_program(bytes, length);
    ck_assert_int_ge(made->file, 0);
    snprintf(made->path, sizeof made->path, "/proc/self/fd/%d", made->file);
    made->arguments[0] = made->path;
    made->arguments[1] = NULL;
    made->program = (struct process_program){.path = made->path, .arguments = made->arguments};
    sigemptyset(&made->program.ignored);
}

static void no_process_is_left(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
}

struct seen {
    size_t started, announced;
};

static void note_start(void *context, struct tracee *tracee)
{
    struct seen *seen = context;
    ck_assert(!tracee->announced || seen->announced != 0);
    seen->started++;
}

static void note_announcement(void *context, struct tracee *tracee, int event)
{
    struct seen *seen = context;
    ck_assert(tracee->announced);
    ck_assert_int_eq(event, PTRACE_EVENT_FORK);
    seen->announced++;
}

/* Starts `forks`, and runs it up to its first fork. Returns the child. */
static pid_t fork_once(struct tracees *tracees, struct made *made, pid_t *parent, int *status)
{
    struct elfgen_error error;
    unsigned long child = 0;
    make(made, forks, sizeof forks);
    *parent = process_start(&made->child, &made->program, PTRACE_O_TRACEFORK, &error);
    ck_assert_msg(*parent >= 0, "%s", error.text);
    tracees_resume(tracees_add(tracees, *parent), 0);
    ck_assert_int_eq(waitpid(*parent, status, __WALL), *parent);
    ck_assert_int_eq(*status >> 16, PTRACE_EVENT_FORK);
    ck_assert_int_eq(ptrace(PTRACE_GETEVENTMSG, *parent, NULL, &child), 0);
    return (pid_t)child;
}

static void end_all(struct tracees *tracees, struct made *made)
{
    tracees_kill(tracees);
    tracees_run(tracees, NULL);
    ck_assert_uint_eq(tracees->count, 0);
    tracees_free(tracees);
    close(made->file);
    no_process_is_left();
}

START_TEST(a_child_may_stop_before_its_parent_s_event)
{
    struct seen seen = {0};
    const struct tracees_client client = {
        .context = &seen, .started = note_start, .announced = note_announcement};
    struct tracees tracees = {.client = &client};
    struct made made;
    pid_t parent;
    int event, status;
    pid_t child = fork_once(&tracees, &made, &parent, &event);
    ck_assert_int_eq(waitpid(child, &status, __WALL), child);
    tracees_take(&tracees, child, status, NULL);
    ck_assert_uint_eq(tracees.count, 2);
    ck_assert(!tracees_find(&tracees, child)->announced);
    tracees_take(&tracees, parent, event, NULL);
    ck_assert_uint_eq(tracees.count, 2);
    ck_assert(tracees_find(&tracees, child)->announced);
    ck_assert_uint_eq(seen.started, 1);
    ck_assert_uint_eq(seen.announced, 1);
    end_all(&tracees, &made);
}
END_TEST

START_TEST(a_child_may_end_before_its_parent_s_event)
{
    struct seen seen = {0};
    const struct tracees_client client = {.context = &seen, .started = note_start};
    struct tracees tracees = {.client = &client};
    struct made made;
    pid_t parent;
    int event, status;
    pid_t child = fork_once(&tracees, &made, &parent, &event);
    do {
        ck_assert_int_eq(waitpid(child, &status, __WALL), child);
        tracees_take(&tracees, child, status, NULL);
    } while (WIFSTOPPED(status));
    ck_assert_uint_eq(tracees.count, 1);
    /* The child's id may be another process's now, which must not be waited for, nor killed. */
    tracees_take(&tracees, parent, event, NULL);
    ck_assert_ptr_null(tracees_find(&tracees, child));
    ck_assert_uint_eq(tracees.count, 1);
    ck_assert_uint_eq(seen.started, 1);
    end_all(&tracees, &made);
}
END_TEST

START_TEST(children_that_appear_after_all_were_killed_are_killed)
{
    const struct tracees_client client = {0};
    struct tracees tracees = {.client = &client};
    struct made made;
    pid_t parent;
    int event, status;
    pid_t child = fork_once(&tracees, &made, &parent, &event);
    tracees_kill(&tracees);
    tracees_take(&tracees, parent, event, NULL); /* it is dead, and can no longer be asked */
    do {
        ck_assert_int_eq(waitpid(child, &status, __WALL), child);
        tracees_take(&tracees, child, status, NULL);
    } while (WIFSTOPPED(status));
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    end_all(&tracees, &made);
}
END_TEST

static void count_events(void *context, const struct process_event *event)
{
    size_t *counts = context;
    counts[event->kind]++;
}

/* Runs a program with all clients of the table; `processes` are those that begin, and `ends` those
 * that are seen to end. */
static void run_with_all_clients(const uint8_t *code, size_t size, size_t processes, size_t ends,
                                 size_t execs)
{
    static struct profile profile;
    size_t counts[PROCESS_KILLED + 1] = {0};
    const struct process_watch watch = {.follow = true, .context = counts, .event = count_events};
    const struct profile_limits profile_limits = {.run = 60000000000};
    struct limit_run limits = {.limits = {.time = 60000, .memory = 1 << 30}};
    struct made made;
    struct process_end end;
    struct run_end run_end;
    struct elfgen_error error;
    make(&made, code, size);
    ck_assert_msg(process_trace(&made.program, &watch, &end, &error), "%s", error.text);
    ck_assert(end.ran && end.status == 0 && end.signal == 0);
    ck_assert_uint_eq(1 + counts[PROCESS_STARTED], processes);
    ck_assert_uint_eq(counts[PROCESS_EXITED] + counts[PROCESS_KILLED], ends);
    ck_assert_uint_eq(counts[PROCESS_EXECED], execs);
    no_process_is_left();
    ck_assert_msg(limit_run(&made.program, &limits, &run_end, &error), "%s", error.text);
    ck_assert_int_eq(run_end.reason, RUN_EXITED);
    ck_assert_int_eq(run_end.status, 0);
    no_process_is_left();
    ck_assert_msg(profile_programs(&profile, &(const struct process_program *){&made.program}, 1,
                                   &profile_limits, &error),
                  "%s", error.text);
    ck_assert_uint_eq(profile.processes, processes);
    ck_assert_uint_ge(profile.runs, 1);
    ck_assert(profile.has_pages);
    profile_free(&profile);
    no_process_is_left();
    close(made.file);
}

START_TEST(thousands_of_children_in_turn_begin_and_end)
{
    run_with_all_clients(forks, sizeof forks, 1 + FORKS, 1 + FORKS, 0);
}
END_TEST

START_TEST(an_execve_by_a_thread_takes_its_leader_s_id)
{
    run_with_all_clients(thread_executes, sizeof thread_executes, 2, 1, 1);
}
END_TEST

static Suite *tracees_suite(void)
{
    Suite *suite = suite_create("tracees");
    TCase *table = tcase_create("table");
    tcase_add_test(table, thousands_are_found_until_they_end);
    tcase_add_test(table, no_lookup_passes_by_more_than_a_few);
    suite_add_tcase(suite, table);
    TCase *processes = tcase_create("processes");
    tcase_add_test(processes, a_child_may_stop_before_its_parent_s_event);
    tcase_add_test(processes, a_child_may_end_before_its_parent_s_event);
    tcase_add_test(processes, children_that_appear_after_all_were_killed_are_killed);
    tcase_add_test(processes, thousands_of_children_in_turn_begin_and_end);
    tcase_add_test(processes, an_execve_by_a_thread_takes_its_leader_s_id);
    suite_add_tcase(suite, processes);
    return suite;
}

RUN_SUITE(tracees_suite)

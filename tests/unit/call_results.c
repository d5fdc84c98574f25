/* syscalls.def: what calls may return is what the kernel returns to programs. */
#include <string.h>

#include "ptrace/ptrace.h"
#include "room.h"

struct results {
    struct calls calls;
    size_t checked, kinds[ELFGEN_RESULT_VALUE + 1];
    char wrong[200]; /* the first one; empty: none is */
};

static bool may_return(const struct call_row *row, const struct process_call *call)
{
    const int64_t result = call->result;
    switch (row->result_kind) {
    case ELFGEN_RESULT_ANY:
        return true;
    case ELFGEN_RESULT_VALUE:
        return result >= 0 && result <= INT32_MAX;
    default:
        break;
    }
    if (syscall_is_error(result))
        return true;
    switch (row->result_kind) {
    case ELFGEN_RESULT_ZERO:
        return result == 0;
    case ELFGEN_RESULT_COUNT:
        return result >= 0 && result <= INT32_MAX &&
               (uint64_t)result <= call->arguments[row->count_in];
    case ELFGEN_RESULT_NUMBER:
        return result >= 0 && result <= INT32_MAX;
    case ELFGEN_RESULT_PAGE:
        return result % 4096 == 0;
    default:
        return false;
    }
}

static void listen(void *context, const struct process_event *event)
{
    struct results *results = context;
    const struct process_call *made = &event->process->call;
    if (event->kind != PROCESS_RESULT)
        return;
    const struct call *call = syscall_find(&results->calls, made->abi, made->number);
    /* An execve that succeeds returns to another program, rt_sigreturn to another place. */
    if (!call || !call->row || call->row->result_kind == ELFGEN_RESULT_NEVER ||
        (call->row->result_kind == ELFGEN_RESULT_FAILURE && made->result == 0))
        return;
    results->checked++;
    results->kinds[call->row->result_kind]++;
    if (!may_return(call->row, made) && !results->wrong[0])
        snprintf(results->wrong, sizeof results->wrong, "%s returned %lld", call->name,
                 (long long)made->result);
}

static void trace(char *const *arguments, struct results *results)
{
    struct process_program program = {.path = arguments[0], .arguments = arguments};
    struct process_watch watch = {.follow = true, .context = results, .event = listen};
    struct process_end end;
    struct elfgen_error error;
    sigemptyset(&program.ignored);
    ck_assert_msg(process_trace(&program, &watch, &end, &error), "%s", error.text);
}

START_TEST(each_result_is_one_that_the_row_says)
{
    static char *const programs[][4] = {
        {"/bin/sh", "-c",
         "ls -l /usr/lib | sort -r | head -n 3; cd /tmp; cat /nosuch; sleep 0; umask", NULL},
        {"/bin/sh", "-c", "readlink /proc/self/exe | tr a-z A-Z; exec /nosuch", NULL},
        {"/bin/sh", "-c", "test -t 0; cp /bin/true $$.copy; ./$$.copy; mv $$.copy $$.x; rm $$.x",
         NULL},
        {"/usr/bin/perl", "-e",
         "use Socket; socketpair A, B, AF_UNIX, SOCK_STREAM, 0; syswrite A, 'xyz'; sysread B, $x, "
         "2;"
         "select undef, undef, undef, 0.01; kill 0, $$; fork or exit; wait; print getppid, $(, $0",
         NULL}};
    struct results *results = calloc(1, sizeof *results);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        trace(programs[i], results);
    ck_assert_str_eq(results->wrong, "");
    ck_assert_uint_gt(results->checked, 300);
    for (int kind = ELFGEN_RESULT_FAILURE; kind <= ELFGEN_RESULT_VALUE; kind++)
        ck_assert_msg(results->kinds[kind] > 0, "no call of kind %d", kind);
    free(results);
}
END_TEST

START_TEST(a_count_is_in_a_parameter)
{
    const struct call_row *row;
    for (size_t i = 0; (row = syscall_row_at(i)); i++) {
        bool counts = row->result_kind == ELFGEN_RESULT_COUNT;
        ck_assert_msg(counts == (row->count_in < ELFGEN_ARGUMENTS), "%s", row->name);
        for (unsigned p = 0; counts && p <= row->count_in; p++)
            ck_assert_msg(row->parameters[p].name, "%s", row->name);
        ck_assert_msg((row->result_kind == ELFGEN_RESULT_NEVER) == (row->result == CALL_TYPE_NEVER),
                      "%s", row->name);
    }
}
END_TEST

static Suite *results_suite(void)
{
    Suite *suite = suite_create("call_results");
    TCase *cases = tcase_create("results");
    tcase_add_test(cases, each_result_is_one_that_the_row_says);
    tcase_add_test(cases, a_count_is_in_a_parameter);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(results_suite)

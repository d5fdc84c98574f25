/* A process that takes runs, has its own worker do them, and counts the results. */
#include "mutate_private.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_error.h"

struct runner {
    struct mutate *mutate;
    struct sandbox_worker *worker;
    int input;
    cpu_set_t all; /* processors that it may use */
    bool settled;  /* one of them is reserved for it */
    uint64_t runs;
    int file;                             /* the program with a change; -1: not made yet */
    uint64_t files;                       /* how often it was made */
    struct mutate_change change;          /* the change that is in it */
    struct sandbox_stream output, errors; /* with room for what the unchanged program writes */
};

/* ---- counting ---- */

static void add(uint64_t *number, uint64_t more)
{
    __atomic_fetch_add(number, more, __ATOMIC_RELAXED);
}

static void count(struct mutate_counts *counts, enum mutate_class class_, const struct run_end *end)
{
    add(&counts->of[class_], 1);
    if (class_ == MUTATE_SIGNAL && end->signal > 0 && end->signal <= 64)
        __atomic_fetch_or(&counts->signals, UINT64_C(1) << (end->signal - 1), __ATOMIC_RELAXED);
    if (class_ == MUTATE_REFUSED && end->error > 0 && end->error < 64 * 3)
        __atomic_fetch_or(&counts->errors[end->error / 64], UINT64_C(1) << end->error % 64,
                          __ATOMIC_RELAXED);
}

/* What a value of the byte at `place` does alone. */
static uint8_t *class_of(const struct mutate *mutate, size_t place, uint8_t value)
{
    return &mutate->classes[(place - mutate->plan->from) * 256 + value];
}

static void count_single(struct mutate *mutate, const struct mutate_change *change, bool counts,
                         enum mutate_class class_, const struct run_end *end)
{
    size_t byte = change->places[0] - mutate->plan->from;
    uint8_t value = change->values[0];
    if (counts)
        count(&mutate->bytes[byte], class_, end);
    if (counts && class_ == MUTATE_SAME)
        __atomic_fetch_or(&mutate->values[byte].same[value / 64], UINT64_C(1) << value % 64,
                          __ATOMIC_RELAXED);
    if (mutate->classes)
        *class_of(mutate, change->places[0], change->values[0]) = (uint8_t)(class_ + 1);
    __atomic_fetch_add(&mutate->shared->singles_done, 1, __ATOMIC_RELEASE);
}

static void count_pair(struct mutate *mutate, uint64_t run, const struct mutate_change *change,
                       enum mutate_class class_, const struct run_end *end)
{
    struct mutate_pair_counts *pair =
        &mutate->pairs[(run - mutate->singles) % mutate_pairs(mutate->plan)];
    bool same[2];
    for (size_t i = 0; i < 2; i++)
        same[i] = *class_of(mutate, change->places[i], change->values[i]) == MUTATE_SAME + 1;
    count(&pair->counts, class_, end);
    if (class_ == MUTATE_SAME && !same[0] && !same[1])
        add(&pair->mended, 1);
    if (class_ != MUTATE_SAME && same[0] && same[1])
        add(&pair->broken, 1);
}

/* ---- choosing a processor ----
 *
 * A runner and its worker take turns. They wake each other several times as fast on one processor
 * as across two, so both stay on one. If there are more processors than runners, something else
 * may use the same one, such as a runner of another command. So they look for a free one again
 * from time to time. */

static void stay_on(struct runner *runner, const cpu_set_t *processors)
{
    sched_setaffinity(0, sizeof *processors, processors);
    if (runner->worker)
        sched_setaffinity(sandbox_worker_id(runner->worker), sizeof *processors, processors);
}

static void choose_first(struct runner *runner, unsigned number)
{
    unsigned count = (unsigned)CPU_COUNT(&runner->all), at = 0;
    cpu_set_t one;
    runner->settled = count <= runner->mutate->ways->jobs;
    if (!runner->settled || count == 0)
        return;
    for (unsigned left = number % count;; at++)
        if (CPU_ISSET(at, &runner->all) && left-- == 0)
            break;
    CPU_ZERO(&one);
    CPU_SET(at, &one);
    stay_on(runner, &one);
}

/* For one run now and then, Linux may choose the processor; both then stay there. */
static void choose_again(struct runner *runner)
{
    enum { RUNS = 256 };
    uint64_t run = runner->runs++ % RUNS;
    if (runner->settled || run > 1)
        return;
    if (run == 0) {
        stay_on(runner, &runner->all);
        return;
    }
    int here = sched_getcpu();
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(here < 0 ? 0 : (unsigned)here, &one);
    stay_on(runner, &one);
}

/* ---- running ---- */

static bool is_stopped(const struct mutate *mutate)
{
    return __atomic_load_n(&mutate->shared->stop, __ATOMIC_RELAXED) != 0;
}

static bool interrupted(void *context)
{
    return is_stopped(context);
}

static void fail(struct mutate *mutate, const struct elfgen_error *error)
{
    if (__atomic_exchange_n(&mutate->shared->failed, 1, __ATOMIC_ACQ_REL) == 0)
        mutate->shared->error = *error;
    __atomic_store_n(&mutate->shared->stop, 1, __ATOMIC_RELEASE);
    _exit(1);
}

static void fail_by_errno(struct mutate *mutate, const char *what)
{
    struct elfgen_error error;
    elfgen_error_set(&error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "%s: %s", what,
                     system_error_text(errno));
    fail(mutate, &error);
}

static void open_worker(struct runner *runner)
{
    struct mutate *mutate = runner->mutate;
    struct elfgen_error error;
    runner->worker = mutate_open_worker(mutate->ways, &mutate->limits, false, &error);
    if (!runner->worker)
        fail(mutate, &error);
}

/* Puts a change into the program's file, in place of the one before. Changing the file is faster
 * than making a new one, which is done only if that fails. */
static void change_file(struct runner *runner, const struct mutate_change *change)
{
    const struct mutate_plan *plan = runner->mutate->plan;
    const struct mutate_change *before = &runner->change;
    struct sandbox_poke pokes[4];
    size_t count = 0;
    for (unsigned i = 0; i < before->count; i++)
        pokes[count++] = (struct sandbox_poke){before->places[i], plan->bytes[before->places[i]]};
    for (unsigned i = 0; i < change->count; i++)
        pokes[count++] = (struct sandbox_poke){change->places[i], change->values[i]};
    runner->change = *change;
    if (runner->file >= 0 && sandbox_change_file(runner->file, pokes, count))
        return;
    if (runner->file >= 0)
        close(runner->file);
    runner->file = file_make_program(plan->bytes, plan->size);
    runner->files++;
    if (runner->file < 0 || !sandbox_change_file(runner->file, pokes, count))
        fail_by_errno(runner->mutate, "cannot make a file in memory");
}

/* Returns false if the worker is broken. */
static bool try(struct runner *runner, struct run_end *end, struct elfgen_error *error)
{
    static char *none[] = {NULL};
    struct sandbox_job job = {.file = runner->file,
                              .input = runner->input,
                              .arguments = runner->mutate->ways->arguments,
                              .environment = none,
                              .output = &runner->output,
                              .errors = &runner->errors,
                              .unread = true,
                              .files = runner->files,
                              .context = runner->mutate,
                              .interrupted = interrupted};
    lseek(runner->input, 0, SEEK_SET);
    return sandbox_run(runner->worker, &job, end, error);
}

/* A SIGKILL comes from Linux, if memory is short, or from outside: sandboxed programs cannot send
 * signals, and their faults raise others. But old kernels also send it for a failure inside execve.
 */
static bool is_killed(const struct run_end *end)
{
    return end->reason == RUN_SIGNAL && end->signal == SIGKILL;
}

static void run_change(struct runner *runner, const struct mutate_change *change,
                       struct run_end *end)
{
    enum { TRIES = 3 };
    struct elfgen_error error;
    bool done = false;
    change_file(runner, change);
    /* A worker that was killed, as Linux does when memory is short, is replaced. */
    for (int i = 0; i < TRIES && !done; i++) {
        done = try(runner, end, &error);
        if (done && is_killed(end))
            done = try(runner, end, &error);
        if (done || is_stopped(runner->mutate))
            break;
        usleep(10000);
        sandbox_close(runner->worker);
        open_worker(runner);
    }
    if (!done && !is_stopped(runner->mutate))
        fail(runner->mutate, &error);
}

/* Judging a pair needs what each byte does alone. */
static void await_singles(struct mutate *mutate)
{
    while (!is_stopped(mutate) &&
           __atomic_load_n(&mutate->shared->singles_done, __ATOMIC_ACQUIRE) < mutate->singles)
        usleep(1000);
}

static void do_run(struct runner *runner, uint64_t run)
{
    struct mutate *mutate = runner->mutate;
    bool single = run < mutate->singles, of_shard = mutate_is_of_shard(mutate->plan, run);
    struct mutate_change change;
    struct run_end end;
    if (!of_shard && !(single && mutate->plan->pairs))
        return;
    if (!single)
        await_singles(mutate);
    if (is_stopped(mutate))
        return;
    choose_again(runner);
    mutate_change(mutate->plan, run, &change);
    run_change(runner, &change, &end);
    if (is_stopped(mutate) || end.reason == RUN_INTERRUPTED)
        return;
    enum mutate_class class_ =
        mutate_judge(mutate->original, &end, &runner->output, &runner->errors);
    if (single)
        count_single(mutate, &change, of_shard, class_, &end);
    else
        count_pair(mutate, run, &change, class_, &end);
    add(&mutate->shared->done, 1);
}

static void take_runs(struct runner *runner)
{
    enum { AT_ONCE = 16 };
    const struct mutate *mutate = runner->mutate;
    for (;;) {
        uint64_t first = __atomic_fetch_add(&mutate->shared->next, AT_ONCE, __ATOMIC_RELAXED);
        for (uint64_t run = first; run < first + AT_ONCE; run++) {
            if (run >= mutate->all || is_stopped(mutate))
                return;
            do_run(runner, run);
        }
    }
}

/* ---- beginning and end ---- */

static void note(int number)
{
    (void)number;
}

/* A terminal sends signals such as SIGINT to all processes of the command; runners ignore them,
 * since the command tells them when to stop. */
static void set_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    const struct sigaction interrupts = {.sa_handler = note};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        signal(ends[i], SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigaction(SIGUSR1, &interrupts, NULL);
    /* The signal mask is inherited, and may block everything. */
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
}

static void give_room(struct mutate *mutate, struct sandbox_stream *stream, size_t size)
{
    *stream = (struct sandbox_stream){.descriptor = -1, .bytes = malloc(size + 1), .room = size};
    if (!stream->bytes)
        fail_by_errno(mutate, "no room for what a program writes");
}

void mutate_runner(struct mutate *mutate, unsigned number)
{
    struct runner runner = {.mutate = mutate, .file = -1};
    set_signals();
    sched_getaffinity(0, sizeof runner.all, &runner.all);
    choose_first(&runner, number);
    open_worker(&runner);
    runner.input = mutate_open_input(mutate->ways);
    if (runner.input < 0)
        fail_by_errno(mutate, mutate->ways->input ? mutate->ways->input : "/dev/null");
    give_room(mutate, &runner.output, mutate->original->output_size);
    give_room(mutate, &runner.errors, mutate->original->error_size);
    take_runs(&runner);
    sandbox_close(runner.worker);
    _exit(0);
}

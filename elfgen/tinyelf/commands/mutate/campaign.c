/* Runs the unchanged program, and starts and stops the processes that run its changes. */
#include "campaign.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/no_memory.h"
#include "base/system_error.h"
#include "mutate_private.h"

/* ---- the unchanged program ---- */

static bool give_room(struct sandbox_stream *stream, size_t room)
{
    *stream = (struct sandbox_stream){.descriptor = -1, .bytes = malloc(room + 1), .room = room};
    return stream->bytes != NULL;
}

struct attempt {
    struct sandbox_worker *worker;
    struct sandbox_job job;
    struct sandbox_stream output, errors;
};

static bool attempt(struct attempt *try, const struct mutate_plan *plan, struct run_end *end,
                    struct elfgen_error *error)
{
    try->job.file = file_make_program(plan->bytes, plan->size);
    if (try->job.file < 0)
        return error_system(error, "cannot make a file in memory", errno);
    lseek(try->job.input, 0, SEEK_SET);
    bool done = sandbox_run(try->worker, &try->job, end, error);
    close(try->job.file);
    return done;
}

/* Whether a second and a third run do the same as the first. */
static bool is_steady(struct attempt *try, const struct mutate_plan *plan,
                      const struct mutate_original *original, struct elfgen_error *error)
{
    enum { TIMES = 2 };
    for (int i = 0; i < TIMES; i++) {
        struct run_end end;
        if (!attempt(try, plan, &end, error))
            return false;
        if (mutate_judge(original, &end, &try->output, &try->errors) == MUTATE_SAME)
            continue;
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "it does not do the same in every run, so the effect of a change "
                         "cannot be told from chance");
        return false;
    }
    return true;
}

/* Hands the stream's bytes to the caller, and allocates room for as many. */
static bool take_bytes(struct sandbox_stream *stream, uint8_t **bytes, size_t *size)
{
    *bytes = stream->bytes;
    *size = (size_t)stream->size;
    return give_room(stream, *size);
}

static bool look(struct attempt *try, const struct mutate_plan *plan,
                 struct mutate_original *original, struct elfgen_error *error)
{
    if (!attempt(try, plan, &original->end, error))
        return false;
    original->lacks = sandbox_lacks(try->worker);
    if (original->end.reason != RUN_EXITED)
        return true;
    if (try->output.size > try->output.room || try->errors.size > try->errors.room) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "it writes more than %u bytes, too many to compare",
                         (uint64_t)try->output.room);
        return false;
    }
    if (!take_bytes(&try->output, &original->output, &original->output_size) ||
        !take_bytes(&try->errors, &original->errors, &original->error_size))
        return error_no_memory(error);
    return is_steady(try, plan, original, error);
}

static bool fail_input(struct elfgen_error *error, const char *input, int number)
{
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "%s",
                     number == ESPIPE ? "each run reads it from its beginning, so it must be a "
                                        "file, not a pipe or a terminal"
                                      : system_error_text(number));
    if (error)
        error->file = input;
    return false;
}

bool mutate_original(const struct mutate_plan *plan, const struct mutate_ways *ways,
                     struct mutate_original *original, struct elfgen_error *error)
{
    enum { UNLIMITED = 1 << 28 }; /* only bytes that are written use memory */
    static char *none[] = {NULL};
    struct attempt try = {
        .job = {.arguments = ways->arguments, .environment = none, .unread = true}};
    size_t room = ways->limits.output ? (size_t)ways->limits.output : UNLIMITED;
    *original = (struct mutate_original){.output = NULL};
    try.job.output = &try.output;
    try.job.errors = &try.errors;
    try.job.input = mutate_open_input(ways);
    if (try.job.input < 0)
        return fail_input(error, ways->input ? ways->input : "/dev/null", errno);
    bool done = false;
    if (!give_room(&try.output, room) || !give_room(&try.errors, room))
        error_no_memory(error);
    else if ((try.worker = mutate_open_worker(ways, &ways->limits, true, error)) != NULL)
        done = look(&try, plan, original, error);
    sandbox_close(try.worker);
    close(try.job.input);
    free(try.output.bytes);
    free(try.errors.bytes);
    if (!done)
        mutate_free(original);
    return done;
}

void mutate_free(struct mutate_original *original)
{
    free(original->output);
    free(original->errors);
    original->output = original->errors = NULL;
}

/* ---- starting ---- */

/* The limit is processor time, so that a busy machine cuts off no run that another machine would
 * not. The limit by the clock is for programs that sleep, and much longer. */
uint64_t mutate_by_clock(uint64_t processor)
{
    enum { LEAST = 2000, TIMES = 10 };
    return processor < LEAST / TIMES ? LEAST : TIMES * processor;
}

/* The least value is a few times what it takes to overflow a stack of 8 MiB, which is how many
 * changes end. */
static struct run_limits limits_of_change(const struct mutate_ways *ways,
                                          const struct mutate_original *original)
{
    enum { LEAST = 50, TIMES = 10, A_LITTLE = 4096 };
    uint64_t processor = ways->processor;
    if (processor == 0) {
        processor = TIMES * original->end.processor / 1000000;
        processor = processor < LEAST ? LEAST : processor;
    }
    return (struct run_limits){.time = TIMES * original->end.nanoseconds / 1000000 +
                                       mutate_by_clock(processor),
                               .memory = ways->limits.memory,
                               .output = original->output_size + original->error_size + A_LITTLE,
                               .processor = processor};
}

static size_t rounded(size_t size)
{
    return (size + 63) / 64 * 64;
}

static bool multiply(size_t *size, uint64_t count, size_t each)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, each, &bytes) || bytes > SIZE_MAX / 8)
        return false;
    return !__builtin_add_overflow(*size, rounded(bytes), size);
}

static bool make_shared(struct mutate *mutate)
{
    const struct mutate_plan *plan = mutate->plan;
    size_t bytes = plan->to - plan->from, size = rounded(sizeof *mutate->shared);
    size_t bytes_at = size, pairs_at, values_at, classes_at;
    if (!multiply(&size, bytes, sizeof *mutate->bytes))
        return false;
    pairs_at = size;
    if (!multiply(&size, mutate_pairs(plan), sizeof *mutate->pairs))
        return false;
    values_at = size;
    if (!multiply(&size, bytes, sizeof *mutate->values))
        return false;
    classes_at = size;
    bool outcomes = plan->pairs || plan->outcomes;
    if (outcomes && !multiply(&size, bytes, 256))
        return false;
    uint8_t *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    mutate->shared = (void *)memory;
    mutate->shared_size = size;
    mutate->bytes = (void *)(memory + bytes_at);
    mutate->pairs = (void *)(memory + pairs_at);
    mutate->values = (void *)(memory + values_at);
    mutate->classes = outcomes ? memory + classes_at : NULL;
    return true;
}

/* A runner keeps the other end of the pipe open until it ends. */
static bool start_runner(struct mutate *mutate, unsigned number)
{
    pid_t parent = getpid(), id = fork();
    if (id < 0)
        return false;
    if (id == 0) {
        close(mutate->alive);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        mutate_runner(mutate, number);
    }
    mutate->runners[mutate->count++] = id;
    return true;
}

static bool start_runners(struct mutate *mutate, struct elfgen_error *error)
{
    int ends[2];
    if (pipe(ends) != 0)
        return error_system(error, "cannot make a pipe", errno);
    mutate->alive = ends[0];
    bool done = true;
    for (unsigned i = 0; done && i < mutate->ways->jobs; i++)
        done = start_runner(mutate, i);
    int number = errno;
    close(ends[1]);
    return done || error_system(error, "cannot make a process", number);
}

struct mutate *mutate_start(const struct mutate_plan *plan, const struct mutate_ways *ways,
                            const struct mutate_original *original, struct elfgen_error *error)
{
    struct mutate *mutate = calloc(1, sizeof *mutate);
    if (!mutate) {
        error_no_memory(error);
        return NULL;
    }
    mutate->plan = plan;
    mutate->ways = ways;
    mutate->original = original;
    mutate->limits = limits_of_change(ways, original);
    mutate->alive = -1;
    if (!mutate_runs(plan, &mutate->singles, &mutate->all) || !make_shared(mutate))
        error_no_memory(error);
    else if (start_runners(mutate, error))
        return mutate;
    mutate_close(mutate);
    return NULL;
}

void mutate_close(struct mutate *mutate)
{
    int status;
    if (!mutate)
        return;
    for (unsigned i = 0; i < mutate->count; i++) {
        kill(mutate->runners[i], SIGKILL);
        while (waitpid(mutate->runners[i], &status, 0) < 0 && errno == EINTR)
            ;
    }
    if (mutate->alive >= 0)
        close(mutate->alive);
    if (mutate->shared)
        munmap(mutate->shared, mutate->shared_size);
    free(mutate);
}

/* ---- while it runs ---- */

/* Whether a runner was killed from outside: by itself it exits with 0, or after reporting a
 * failure. */
static bool lost_one(const struct mutate *mutate)
{
    for (unsigned i = 0; i < mutate->count; i++) {
        siginfo_t end = {.si_pid = 0};
        if (waitid(P_PID, (id_t)mutate->runners[i], &end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            end.si_pid != 0 && (end.si_code != CLD_EXITED || end.si_status != 0))
            return true;
    }
    return false;
}

/* Sent repeatedly, since a signal may come just before a wait. A runner that does not react,
 * because it or its worker is stopped, is killed after a while. */
static void urge(struct mutate *mutate)
{
    const uint64_t grace = 3000000000;
    uint64_t now = clock_now();
    if (mutate->urged == 0)
        mutate->urged = now;
    for (unsigned i = 0; i < mutate->count; i++)
        kill(mutate->runners[i], now - mutate->urged < grace ? SIGUSR1 : SIGKILL);
}

bool mutate_wait(struct mutate *mutate, unsigned milliseconds)
{
    struct pollfd gone = {.fd = mutate->alive};
    if (__atomic_load_n(&mutate->shared->stop, __ATOMIC_RELAXED) != 0) {
        enum { OFTEN = 20 };
        urge(mutate);
        milliseconds = milliseconds < OFTEN ? milliseconds : OFTEN;
    } else if (lost_one(mutate)) {
        /* The runs that it had taken are lost, and other runners may wait for them. */
        mutate->lost = true;
        mutate_stop(mutate);
    }
    return poll(&gone, 1, (int)milliseconds) > 0;
}

void mutate_stop(struct mutate *mutate)
{
    __atomic_store_n(&mutate->shared->stop, 1, __ATOMIC_RELAXED);
}

uint64_t mutate_done(const struct mutate *mutate)
{
    return __atomic_load_n(&mutate->shared->done, __ATOMIC_RELAXED);
}

uint64_t mutate_all(const struct mutate *mutate)
{
    uint64_t singles, all;
    mutate_runs_of_shard(mutate->plan, &singles, &all);
    return mutate->plan->pairs ? all - singles + mutate->singles : all;
}

const struct mutate_counts *mutate_byte_counts(const struct mutate *mutate)
{
    return mutate->bytes;
}

const struct mutate_pair_counts *mutate_pair_counts(const struct mutate *mutate)
{
    return mutate->pairs;
}

const struct mutate_values *mutate_byte_values(const struct mutate *mutate)
{
    return mutate->values;
}

const uint8_t *mutate_outcomes(const struct mutate *mutate)
{
    return mutate->classes;
}

bool mutate_is_whole(const struct mutate *mutate, struct elfgen_error *error)
{
    const struct mutate_shared *shared = mutate->shared;
    if (shared->failed) {
        *error = shared->error;
        return false;
    }
    if (!mutate->lost && (shared->stop || shared->done == mutate_all(mutate)))
        return true;
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                     "a process of the sandbox was killed from outside, after %u of %u runs",
                     shared->done, mutate_all(mutate));
    return false;
}

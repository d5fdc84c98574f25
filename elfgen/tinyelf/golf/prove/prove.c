/* Proves that a candidate does what an original does. */
#include "prove.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/no_memory.h"
#include "base/system_error.h"
#include "ptrace/host.h"

/* Calls after which a run is cut: where answers are the prover's, and where calls are made. */
enum { CALLS_MOST = 1000, CALLS_MADE_MOST = 20000 };
/* Environments that differences may become; how many of them the original may not take, as it never
 * ends there. */
enum { LEARNT_MOST = 64, UNRECORDED_MOST = 3 };
enum { TIME = 1000, MEMORY = 256 << 20, OUTPUT = 16 << 20 };

/* An environment, and what the original does in it. */
struct recorded {
    struct golf_environment environment;
    struct golf_trace trace;
};

struct golf_prover {
    struct golf_prove_options options;
    struct golf_tracer tracer;
    struct recorded *recorded;
    size_t count, made;  /* how many there should be, and are; more as differences are found */
    size_t *order;       /* of indexes: what found a difference last comes first */
    int original, empty; /* files: the program, and an input without bytes */
    uint64_t files;      /* how many programs there were */
    uint64_t runs;
    size_t unrecorded;  /* environments of differences in which the original is not recorded */
    cpu_set_t all, one; /* processors: all, and the one that prover and worker share */
};

/* ---- one processor ----
 *
 * The prover and its programs take turns: they wake each other several times as fast on one
 * processor as across two. */

static void choose_processor(struct golf_prover *prover)
{
    const int here = sched_getcpu();
    sched_getaffinity(0, sizeof prover->all, &prover->all);
    CPU_ZERO(&prover->one);
    CPU_SET(here < 0 ? 0 : (unsigned)here, &prover->one);
    sched_setaffinity(0, sizeof prover->one, &prover->one);
    sched_setaffinity(sandbox_worker_id(prover->tracer.worker), sizeof prover->one, &prover->one);
}

static void leave_processor(const struct golf_prover *prover)
{
    sched_setaffinity(0, sizeof prover->all, &prover->all);
}

/* ---- the worker ---- */

static bool open_worker(struct golf_prover *prover, uint64_t processor, struct elfgen_error *error)
{
    const uint64_t patience = 10;
    struct sandbox_options options = {.limits = {.time = patience * processor,
                                                 .processor = processor,
                                                 .memory = MEMORY,
                                                 .output = OUTPUT},
                                      .kinds = prover->options.kinds,
                                      .ignored = prover->options.ignored};
    /* What is sent to the prover's terminal is not meant for its programs. */
    sigfillset(&options.blocked);
    sigdelset(&options.blocked, SIGXCPU);
    sandbox_close(prover->tracer.worker);
    prover->tracer.worker = sandbox_open(&options, error);
    return prover->tracer.worker != NULL;
}

/* ---- starting programs ---- */

static int open_input(const struct golf_environment *environment)
{
    int file = memfd_create("input", MFD_CLOEXEC);
    if (file >= 0 && (!file_write(file, environment->input, environment->input_size) ||
                      lseek(file, 0, SEEK_SET) != 0)) {
        close(file);
        file = -1;
    }
    return file;
}

/* Descriptors are handed to the worker anew if the program or its input is another. */
static struct golf_start start_of(const struct golf_prover *prover, int file, uint64_t files,
                                  const struct golf_environment *environment, int input)
{
    const bool closed = environment->closed & 1;
    return (struct golf_start){.file = file,
                               .files = environment->makes ? 0 : 2 * files + closed,
                               .input = environment->makes ? input
                                        : closed           ? -1
                                                           : prover->empty,
                               .arguments = environment->arguments,
                               .environment = environment->variables,
                               .makes = environment->makes,
                               .context = prover->options.context,
                               .interrupted = prover->options.interrupted};
}

/* ---- interruption ---- */

static bool is_interrupted(const struct golf_prover *prover)
{
    return prover->options.interrupted && prover->options.interrupted(prover->options.context);
}

static enum golf_outcome stop(struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "stopped before it was proven");
    return GOLF_FAILED;
}

/* ---- recording ---- */

static enum golf_outcome record(struct golf_prover *prover, struct recorded *recorded,
                                struct elfgen_error *error)
{
    const struct golf_environment *environment = &recorded->environment;
    int input = environment->makes ? open_input(environment) : -1;
    if (environment->makes && input < 0) {
        error_system(error, "cannot make a file in memory", errno);
        return GOLF_FAILED;
    }
    prover->tracer.calls_most = environment->is_plain
                                    ? CALLS_MADE_MOST + 4 * environment->input_size
                                : environment->makes ? CALLS_MADE_MOST
                                                     : CALLS_MOST;
    prover->tracer.wants_stack = environment->index < 3;
    const struct golf_start start = start_of(prover, prover->original, 1, environment, input);
    enum golf_outcome outcome =
        golf_trace_record(&prover->tracer, environment, &start, &recorded->trace, error);
    if (input >= 0)
        close(input);
    if (!environment->makes)
        golf_environment_drop_input(&recorded->environment);
    return outcome;
}

/* Records all environments. What the first ones read decides how long some inputs of later ones
 * are. */
static enum golf_outcome record_all(struct golf_prover *prover, struct elfgen_error *error)
{
    struct golf_environment_options options = {.seed = prover->options.seed,
                                               .arguments = prover->options.arguments,
                                               .input = prover->options.input,
                                               .input_size = prover->options.input_size,
                                               .full_writes = prover->options.full_writes};
    for (size_t i = 0; i < prover->count; i++) {
        struct recorded *recorded = &prover->recorded[i];
        if (!golf_environment_make(&options, i, &recorded->environment)) {
            error_no_memory(error);
            return GOLF_FAILED;
        }
        prover->made++;
        prover->order[i] = i;
        enum golf_outcome outcome =
            is_interrupted(prover) ? stop(error) : record(prover, recorded, error);
        if (outcome != GOLF_SAME && is_interrupted(prover))
            outcome = stop(error);
        if (outcome != GOLF_SAME)
            return outcome;
        if (recorded->trace.most_read > options.most_read)
            options.most_read = recorded->trace.most_read;
    }
    return GOLF_SAME;
}

/* Candidates get no more time than ten times what the original took, but some. */
static bool limit_candidates(struct golf_prover *prover, struct elfgen_error *error)
{
    enum { TIMES = 10, LEAST = 50, MILLION = 1000000 };
    uint64_t longest = 0;
    for (size_t i = 0; i < prover->count; i++)
        if (prover->recorded[i].trace.processor > longest)
            longest = prover->recorded[i].trace.processor;
    return open_worker(prover, LEAST + TIMES * longest / MILLION, error);
}

/* ---- candidates ---- */

/* Puts the environment at `place` of the order first. */
static void move_first(struct golf_prover *prover, size_t place)
{
    const size_t index = prover->order[place];
    memmove(prover->order + 1, prover->order, place * sizeof *prover->order);
    prover->order[0] = index;
}

static enum golf_outcome try(struct golf_prover *prover, int file, size_t index,
                             struct golf_difference *difference, struct elfgen_error *error)
{
    const struct recorded *recorded = &prover->recorded[index];
    const struct golf_environment *environment = &recorded->environment;
    int input = environment->makes ? open_input(environment) : -1;
    if (environment->makes && input < 0) {
        error_system(error, "cannot make a file in memory", errno);
        return GOLF_FAILED;
    }
    const struct golf_start start = start_of(prover, file, prover->files, environment, input);
    enum golf_outcome outcome = golf_trace_compare(&prover->tracer, environment, &start,
                                                   &recorded->trace, difference, error);
    prover->runs++;
    if (input >= 0)
        close(input);
    return outcome;
}

enum golf_outcome golf_prove(struct golf_prover *prover, const uint8_t *candidate, size_t size,
                             struct golf_difference *difference, struct elfgen_error *error)
{
    enum golf_outcome outcome = GOLF_SAME;
    int file = file_make_program(candidate, size);
    if (file < 0) {
        error_system(error, "cannot make a file in memory", errno);
        return GOLF_FAILED;
    }
    prover->files++;
    choose_processor(prover);
    for (size_t place = 0; place < prover->count && outcome == GOLF_SAME; place++) {
        outcome = try(prover, file, prover->order[place], difference, error);
        if (is_interrupted(prover))
            outcome = stop(error);
        if (outcome == GOLF_DIFFERENT)
            move_first(prover, place);
    }
    leave_processor(prover);
    close(file);
    return outcome;
}

/* ---- differences that no environment has ---- */

/* Records the original in an environment, and compares the candidate there. */
static bool differs_in(struct golf_prover *prover, struct recorded *recorded,
                       const uint8_t *candidate, size_t size, struct golf_difference *difference)
{
    struct elfgen_error error;
    int file = file_make_program(candidate, size);
    bool differs = false;
    if (file < 0)
        return false;
    prover->files++;
    choose_processor(prover);
    const bool is_recorded = record(prover, recorded, &error) == GOLF_SAME;
    prover->unrecorded += !is_recorded;
    if (is_recorded)
        differs =
            try(prover, file, recorded->environment.index, difference, &error) == GOLF_DIFFERENT;
    leave_processor(prover);
    close(file);
    return differs && !is_interrupted(prover);
}

/* Takes an environment, or frees it if the candidate does not differ there. */
static bool learn(struct golf_prover *prover, struct golf_environment *environment,
                  const uint8_t *candidate, size_t size, struct golf_difference *difference)
{
    struct recorded *recorded = &prover->recorded[prover->count];
    if (prover->count == prover->options.environments + LEARNT_MOST ||
        prover->unrecorded == UNRECORDED_MOST || is_interrupted(prover)) {
        golf_environment_free(environment);
        return false;
    }
    environment->index = prover->count;
    *recorded = (struct recorded){.environment = *environment};
    if (differs_in(prover, recorded, candidate, size, difference)) {
        prover->order[prover->count] = prover->count;
        prover->made = ++prover->count;
        move_first(prover, prover->count - 1);
        return true;
    }
    golf_environment_free(&recorded->environment);
    free(recorded->trace.bytes.bytes);
    return false;
}

struct golf_symbolic golf_prover_show(struct golf_prover *prover, const uint8_t *candidate,
                                      size_t size, struct golf_difference *difference)
{
    struct golf_symbolic result;
    struct golf_examples examples;
    bool has_learnt = false;
    golf_symbolic_compare(prover->tracer.decoders, prover->options.original, prover->options.size,
                          candidate, size, &result, &examples);
    for (size_t i = 0; i < examples.count; i++) {
        if (has_learnt) {
            golf_environment_free(&examples.environments[i]);
            continue;
        }
        has_learnt = learn(prover, &examples.environments[i], candidate, size, difference);
        if (has_learnt && !result.differs) {
            result.differs = true;
            result.address = examples.addresses[i];
        }
    }
    if (!has_learnt)
        difference->call = 0;
    return result;
}

/* Whether the original does the same as itself: if it depends on where its stack is, or on a
 * counter of the processor, it cannot be compared. */
static enum golf_outcome check_itself(struct golf_prover *prover, struct elfgen_error *error)
{
    struct golf_difference difference;
    enum golf_outcome outcome =
        golf_prove(prover, prover->options.original, prover->options.size, &difference, error);
    if (outcome == GOLF_DIFFERENT)
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "it does not do the same each time: once it does %s",
                         difference.candidate);
    prover->runs = 0;
    return outcome;
}

/* ---- opening and closing ---- */

static bool has_interpreter(const struct golf_prove_options *options)
{
    struct elfgen_view view;
    struct elfgen_phdr segment;
    if (elfgen_view_open_program(&view, options->original, options->size, NULL) == ELFGEN_NOT_ELF)
        return false;
    for (uint64_t i = 0; i < view.segments.count; i++)
        if (elfgen_view_segment(&view, i, &segment, NULL) == ELFGEN_OK &&
            segment.p_type == ELFGEN_PT_INTERP)
            return true;
    return false;
}

static bool open_parts(struct golf_prover *prover, struct elfgen_error *error)
{
    struct golf_tracer *tracer = &prover->tracer;
    const size_t room = prover->count + LEARNT_MOST;
    prover->recorded = calloc(room, sizeof *prover->recorded);
    prover->order = calloc(room, sizeof *prover->order);
    for (size_t i = 0; i < 2; i++)
        if ((tracer->decoders[i] = calloc(1, sizeof(struct x86))) != NULL)
            x86_open_width(tracer->decoders[i], i == 0, SYNTAX_NASM);
    if (!prover->recorded || !prover->order || !tracer->decoders[0] || !tracer->decoders[1])
        return error_no_memory(error);
    prover->original = file_make_program(prover->options.original, prover->options.size);
    prover->empty = memfd_create("empty", MFD_CLOEXEC);
    prover->files = 1;
    if (prover->original < 0 || prover->empty < 0)
        return error_system(error, "cannot make a file in memory", errno);
    return open_worker(prover, prover->options.time != 0 ? prover->options.time : TIME, error);
}

struct golf_prover *golf_prover_open(const struct golf_prove_options *options, bool *refused,
                                     struct elfgen_error *error)
{
    *refused = has_interpreter(options);
    if (*refused) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "it is dynamic: what it does depends on its libraries");
        return NULL;
    }
    struct golf_prover *prover = calloc(1, sizeof *prover);
    if (!prover) {
        error_no_memory(error);
        return NULL;
    }
    prover->options = *options;
    prover->count = options->environments;
    prover->tracer.kinds = options->kinds;
    prover->original = prover->empty = -1;
    enum golf_outcome outcome = GOLF_FAILED;
    if (open_parts(prover, error)) {
        choose_processor(prover);
        outcome = record_all(prover, error);
        leave_processor(prover);
    }
    if (outcome == GOLF_SAME)
        outcome = limit_candidates(prover, error) ? check_itself(prover, error) : GOLF_FAILED;
    if (outcome == GOLF_SAME)
        return prover;
    *refused = outcome == GOLF_DIFFERENT;
    golf_prover_close(prover);
    return NULL;
}

void golf_prover_close(struct golf_prover *prover)
{
    if (!prover)
        return;
    sandbox_close(prover->tracer.worker);
    for (size_t i = 0; i < prover->made; i++) {
        golf_environment_free(&prover->recorded[i].environment);
        free(prover->recorded[i].trace.bytes.bytes);
    }
    free(prover->recorded);
    free(prover->order);
    for (size_t i = 0; i < 2; i++)
        free(prover->tracer.decoders[i]);
    free(prover->tracer.key.bytes);
    free(prover->tracer.outputs.bytes);
    if (prover->original >= 0)
        close(prover->original);
    if (prover->empty >= 0)
        close(prover->empty);
    free(prover);
}

void golf_prover_explain(struct golf_prover *prover, struct golf_difference *difference)
{
    const struct recorded *recorded = &prover->recorded[difference->environment];
    const struct golf_environment *environment = &recorded->environment;
    int input = environment->makes ? open_input(environment) : -1;
    prover->files++;
    const struct golf_start start =
        start_of(prover, prover->original, prover->files, environment, input);
    golf_trace_line(&prover->tracer, &start, &recorded->trace, difference->call,
                    difference->original);
    if (input >= 0)
        close(input);
}

uint32_t golf_prover_kernel(uint32_t first, uint32_t last)
{
    struct elfgen_kernel_machine machine;
    host_begin(&machine);
    host_learn(&machine, ELFGEN_FACT_VERSION);
    const uint32_t version = machine.version;
    return (first && version < first) || (last && version > last) ? version : 0;
}

const struct golf_environment *golf_prover_environment(const struct golf_prover *prover,
                                                       size_t index)
{
    return &prover->recorded[index].environment;
}

struct golf_prover_facts golf_prover_facts(const struct golf_prover *prover)
{
    const size_t asked = prover->options.environments;
    struct golf_prover_facts facts = {.environments = asked,
                                      .learnt = prover->count - asked,
                                      .runs = prover->runs,
                                      .lacks = sandbox_lacks(prover->tracer.worker)};
    for (size_t i = 0; i < asked; i++) {
        const struct golf_trace *trace = &prover->recorded[i].trace;
        facts.calls += trace->calls;
        facts.cut += trace->cut;
        facts.longest = trace->calls > facts.longest ? trace->calls : facts.longest;
    }
    return facts;
}

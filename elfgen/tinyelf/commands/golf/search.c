/* Searches for a smaller file, writes it, and finds out what other options would save. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory_text.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "golf/lift/lift.h"
#include "golf_private.h"

/* With -v, what other options would save has the rest of the time, or more states: this part of
 * --nodes for each. */
enum { MACHINES = 64, WITH_TENTHS = 7, SAVING_PART = 16 };

/* Options that widen a search. */
static const struct {
    const char *option;
    unsigned with;   /* a bit of enum golf_with */
    uint32_t kernel; /* or the oldest Linux */
    bool is_for_64;  /* it is for 64-bit code alone */
} wideners[] = {
    {"--with rwx", GOLF_WITH_RWX, 0, false},
    {"--with overcommit", GOLF_WITH_OVERCOMMIT, 0, true},
    {"--with int80", GOLF_WITH_INT80, 0, true},
    {"--with full-writes", GOLF_WITH_FULL_WRITES, 0, false},
    {"--kernel 6.6-", 0, ELFGEN_LINUX(6, 6), false},
};
_Static_assert(sizeof wideners / sizeof wideners[0] <= GOLF_SAVINGS, "room for all savings");

struct searching {
    struct golf_request *request;
    struct golf_report *report;
    struct golf_prover *prover; /* of this search; NULL: nothing is proven */
    uint64_t deadline;          /* the same; 0: none */
    unsigned with;
    struct kernel_versions versions;
    size_t below;
    uint64_t nodes;
    bool is_for_32;         /* the original is a program of 32 bits */
    bool is_first;          /* what the user asked for, and not what other options would save */
    size_t best;            /* size so far, for the progress */
    volatile size_t states; /* the same */
};

bool golf_is_over(void *request)
{
    const struct golf_request *asked = request;
    return interrupt_came() || (asked->deadline != 0 && clock_now() >= asked->deadline);
}

static bool is_over(void *context)
{
    const struct searching *searching = context;
    return golf_is_over(searching->request);
}

/* One process for each processor. */
static size_t usual_jobs(void)
{
    cpu_set_t all;
    int count = sched_getaffinity(0, sizeof all, &all) == 0 ? CPU_COUNT(&all) : 1;
    return count < 1 ? 1 : (size_t)count;
}

/* Shows the best size so far and the one that is tried; with -v, says when there is a better file.
 */
static void show_progress(size_t best, size_t size, uint64_t nodes, void *context)
{
    enum { TEXTS = 2, LONGEST = 64 };
    static char texts[TEXTS][LONGEST]; /* the one that is shown must not change */
    static unsigned shown;
    struct searching *searching = context;
    if (searching->request->verbose && searching->is_first && best != searching->best)
        message(searching->request->output, "note", "%zu bytes are enough, %llu states", best,
                (unsigned long long)nodes);
    searching->best = best;
    searching->states = (size_t)nodes;
    char *text = texts[++shown % TEXTS];
    if (best > 0)
        snprintf(text, LONGEST, "searching: best %zu, trying %zu bytes", best, size);
    else
        snprintf(text, LONGEST, "searching: trying %zu bytes", size);
    progress_next(&(struct progress){.doing = text,
                                     .file = searching->request->output,
                                     .things = "states",
                                     .done = &searching->states});
}

/* Machines of each version that was asked for. Returns how many. */
static size_t make_machines(const struct kernel_versions *versions,
                            struct elfgen_kernel_machine *machines, size_t room)
{
    size_t count = 0;
    for (uint32_t version = versions->first; version <= versions->last && count < room;
         version = kernel_versions_next(version)) {
        elfgen_kernel_usual(&machines[count]);
        machines[count++].version = version;
    }
    return count;
}

/* Keeps what is reported of the lifted program, instead of what was kept before. */
static void take_lifted(const struct golf_lifted *lifted, void *context)
{
    struct searching *searching = context;
    struct golf_report *report = searching->report;
    searching->is_for_32 = lifted->bits == 32;
    report->kept = 0;
    free(report->lifted.bytes);
    report->lifted = (struct elfgen_text){0};
    golf_account_original(&report->original, lifted, &report->before);
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++)
            if (lifted->blocks[i].operations[k].kind == GOLF_KEPT &&
                lifted->blocks[i].operations[k].instruction.mnemonic == 0)
                report->kept++;
    if (memory_text_open(&report->lifted))
        golf_lifted_dump(lifted, &report->lifted);
}

static bool find(struct searching *searching, bool is_first, struct golf_found *found,
                 struct elfgen_error *error)
{
    static struct elfgen_kernel_machine machines[MACHINES];
    const struct golf_request *request = searching->request;
    const struct golf_report *report = searching->report;
    searching->is_first = is_first;
    searching->best = 0;
    const struct golf_options wanted = {
        .original = report->original.bytes,
        .size = report->original.size,
        .addresses = report->addresses.offsets ? &report->addresses : NULL,
        .below = searching->below,
        .prover = searching->prover,
        .spec = request->is_spec,
        .rwx = searching->with & GOLF_WITH_RWX,
        .overcommit = searching->with & GOLF_WITH_OVERCOMMIT,
        .int80 = searching->with & GOLF_WITH_INT80,
        .full_writes = searching->with & GOLF_WITH_FULL_WRITES,
        .nodes = searching->nodes,
        .seed = request->seed,
        .jobs = request->jobs ? request->jobs : usual_jobs(),
        .shard = request->shard,
        .shards = request->shards,
        .deadline = searching->deadline,
        .machines = machines,
        .machine_count = make_machines(&searching->versions, machines, MACHINES),
        .first = searching->versions.first,
        .last = searching->versions.last,
        .context = searching,
        .is_interrupted = is_over,
        .progress = show_progress,
        .lifted = is_first ? take_lifted : NULL};
    return golf_find(&wanted, found, error);
}

static void report_left_alone(const char *file, const struct elfgen_error *error)
{
    if (error->status != ELFGEN_UNSUPPORTED && error->status != ELFGEN_DOES_NOT_FIT)
        message_library_error(file, error);
    else if (error->offset == ELFGEN_NOWHERE)
        message(file, "error", "it is left alone: %s", error->text);
    else
        message(file, "error", "it is left alone: at offset 0x%llx of the program: %s",
                (unsigned long long)error->offset, error->text);
}

/* ---- what other options would save ---- */

/* Whether the search has that already, or cannot have it. */
static bool is_pointless(const struct searching *searching, size_t which)
{
    const struct golf_request *request = searching->request;
    if (request->is_spec || (wideners[which].is_for_64 && searching->is_for_32))
        return true;
    if (wideners[which].kernel)
        return request->versions.first >= wideners[which].kernel ||
               request->versions.last < wideners[which].kernel;
    return request->with & wideners[which].with;
}

/* Takes a prover that skips environments in which a write fails or falls short. False: it is not
 * possible. */
static bool take_full_writes(struct searching *searching)
{
    struct golf_prove_options wanted = *searching->request->proving;
    struct elfgen_error error;
    bool refused;
    wanted.full_writes = true;
    searching->prover = golf_prover_open(&wanted, &refused, &error);
    return searching->prover != NULL;
}

static struct golf_saving try_saving(struct searching *searching, size_t which, size_t left)
{
    static struct golf_found found;
    const struct golf_request *request = searching->request;
    const struct golf_report *report = searching->report;
    struct golf_saving saving = {.option = wideners[which].option};
    struct elfgen_error error;
    uint64_t now = clock_now(), nodes = request->verbose ? request->nodes / SAVING_PART + 1 : 0;
    if (report->found->nodes < request->nodes &&
        nodes < (request->nodes - report->found->nodes) / left)
        nodes = (request->nodes - report->found->nodes) / left;
    if (golf_is_over(searching->request) || (request->nodes && !nodes))
        return saving;
    searching->with = request->with | wideners[which].with;
    searching->versions = request->versions;
    if (wideners[which].kernel)
        searching->versions.first = wideners[which].kernel;
    searching->deadline = request->deadline ? now + (request->deadline - now) / left : 0;
    searching->nodes = request->nodes ? nodes : 0;
    searching->below = report->candidate.size;
    searching->prover = report->prover;
    if (report->prover && wideners[which].with == GOLF_WITH_FULL_WRITES &&
        !take_full_writes(searching))
        return saving;
    const bool is_searched = find(searching, false, &found, &error);
    if (searching->prover != report->prover)
        golf_prover_close(searching->prover);
    if (!is_searched)
        return saving;
    saving.size = found.size;
    saving.end = found.size > 0      ? GOLF_SAVING_FOUND
                 : found.is_complete ? GOLF_SAVING_NONE
                                     : GOLF_SAVING_STOPPED;
    return saving;
}

static void find_savings(struct searching *searching)
{
    struct golf_report *report = searching->report;
    const size_t count = sizeof wideners / sizeof wideners[0];
    for (size_t i = 0; i < count; i++)
        if (!is_pointless(searching, i)) {
            struct golf_saving saving = try_saving(searching, i, count - i);
            report->savings[report->saving_count++] = saving;
        }
}

bool golf_search(struct golf_request *request, struct golf_report *report)
{
    static struct golf_found found;
    struct elfgen_error error;
    struct searching searching = {.request = request,
                                  .report = report,
                                  .prover = report->prover,
                                  .deadline = request->deadline,
                                  .with = request->with,
                                  .versions = request->versions,
                                  .nodes = request->nodes};
    uint64_t now = clock_now();
    if (request->verbose && request->deadline > now) /* some of the time is for the savings */
        searching.deadline = now + (request->deadline - now) / 10 * WITH_TENTHS;
    if (!find(&searching, true, &found, &error)) {
        report_left_alone(report->original.name, &error);
        return false;
    }
    if (error.status != ELFGEN_OK)
        message(report->original.name, "note", "%s: %s",
                found.is_verbatim ? "its instructions stay as they are" : "it stays as it is",
                error.text);
    report->found = &found;
    report->same = report->prover != NULL;
    report->after = report->before;
    report->candidate =
        (struct golf_file){request->output, report->original.bytes, report->original.size};
    if (found.size > 0) {
        report->candidate = (struct golf_file){request->output, found.bytes, found.size};
        if (!golf_account_found(&found, &report->after))
            return message_no_memory(request->output);
    }
    if (!atomic_file_write(request->output, report->candidate.bytes, report->candidate.size, true))
        return false;
    find_savings(&searching);
    return !request->hex || golf_write_hex(request->hex, report);
}

/* Profiles programs: counts their traced calls, then times them in rounds. */
#include "profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/no_memory.h"

/* ---- calls ---- */

enum { NOT_ASKED = UINT16_MAX };

struct counting {
    struct profile *profile;
    struct calls *known;
    uint16_t index[CALL_ABIS][CALLS_KEPT]; /* of profile->calls */
    uint64_t deadline;
    bool begun; /* it is past its execve */
    bool no_memory;
};

/* Calls that write to a descriptor, and the argument that names it. */
static const struct {
    const char *name;
    uint8_t argument;
} writers[] = {
    {"write", 0},           {"writev", 0},   {"pwrite64", 0},   {"pwritev", 0},
    {"pwritev2", 0},        {"sendfile", 0}, {"splice", 2},     {"tee", 1},
    {"copy_file_range", 2}, {"vmsplice", 0}, {"sendfile64", 0},
};

static bool writes_out(const char *name, const struct process_call *call)
{
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++) {
        /* A descriptor is an int: the kernel ignores the rest of the register. */
        uint32_t file = (uint32_t)call->arguments[writers[i].argument];
        if (strcmp(writers[i].name, name) == 0)
            return file == 1 || file == 2;
    }
    return false;
}

static void name_call(struct calls *known, const struct process_call *call, char name[32])
{
    const struct call *found = syscall_find(known, call->abi, call->number);
    if (found)
        snprintf(name, 32, "%s", found->name);
    else
        snprintf(name, 32, "syscall_0x%llx", (unsigned long long)call->number);
}

/* Returns the index of a name, which is added if it is new. */
static uint16_t index_of(struct profile *profile, const char *name)
{
    size_t i = 0;
    while (i < profile->count && strcmp(profile->calls[i].name, name) != 0)
        i++;
    if (i < profile->count)
        return (uint16_t)i;
    if (profile->count == PROFILE_NAMES)
        return PROFILE_NAMES - 1;
    if (profile->count == PROFILE_NAMES - 1)
        name = "others";
    snprintf(profile->calls[i].name, sizeof profile->calls[i].name, "%s", name);
    profile->count++;
    return (uint16_t)i;
}

static uint16_t find_index(struct counting *counting, const struct process_call *call)
{
    uint16_t *kept = call->number < CALLS_KEPT ? &counting->index[call->abi][call->number] : NULL;
    if (kept && *kept != NOT_ASKED)
        return *kept;
    char name[32];
    name_call(counting->known, call, name);
    uint16_t index = index_of(counting->profile, name);
    if (kept)
        *kept = index;
    return index;
}

/* ---- calls that are made again ---- */

/* The kernel, not the program, restarts a call that a signal interrupted: this counts as one call.
 * (Errors that only tracers see: ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND,
 * ERESTART_RESTARTBLOCK.) */
static bool is_interrupted(const struct process_call *call)
{
    return call->result <= -512 && call->result >= -516 && call->result != -515;
}

/* process->data is the address after an interrupted call. */
static void mark(struct process *process)
{
    uintptr_t address = (uintptr_t)process->call.after;
    memcpy(&process->data, &address, sizeof address);
}

/* Calls of a signal handler may come between the two. */
static bool is_again(struct process *process)
{
    if (!process->data || (uintptr_t)process->data != process->call.after)
        return false;
    process->data = NULL;
    return true;
}

static bool is_handlers_end(const char *name)
{
    return strcmp(name, "rt_sigreturn") == 0 || strcmp(name, "sigreturn") == 0;
}

/* ---- events ---- */

static void count_call(struct counting *counting, struct process *process)
{
    struct profile *profile = counting->profile;
    if (is_again(process))
        return;
    uint16_t index = find_index(counting, &process->call);
    profile->all++;
    profile->by_abi[process->call.abi]++;
    profile->calls[index].count++;
    if (!process->first)
        return;
    if (profile->order_all < PROFILE_ORDER)
        profile->order[profile->order_all] = index;
    profile->order_all++;
}

static void count_result(struct counting *counting, struct process *process)
{
    struct profile *profile = counting->profile;
    const struct process_call *call = &process->call;
    if (is_interrupted(call)) {
        mark(process);
        return;
    }
    struct profile_call *counted = &profile->calls[find_index(counting, call)];
    if (is_handlers_end(counted->name)) {
        /* The handler returns to a call that the program sees as interrupted, and may make again.
         */
        if (call->result == -EINTR)
            process->data = NULL;
    } else if (call->failed) {
        counted->failed++;
    } else if (call->result > 0 && writes_out(counted->name, call)) {
        profile->output += (uint64_t)call->result;
    }
}

static bool is_over(void *context)
{
    struct counting *counting = context;
    if (clock_now() < counting->deadline)
        return false;
    counting->profile->time_up = true;
    return true;
}

static void take_event(void *context, const struct process_event *event)
{
    struct counting *counting = context;
    struct process *process = event->process;
    bool ended = event->kind == PROCESS_EXITED || event->kind == PROCESS_KILLED;
    /* If events never stop, no wait is ever interrupted. */
    if (!ended && is_over(counting))
        kill(process->id, SIGKILL);
    if (process->first && !counting->begun) {
        /* The program's own execve, and the calls that its child makes before. */
        if (event->kind == PROCESS_RESULT)
            counting->begun = process->entered;
        return;
    }
    if (event->kind == PROCESS_CALL)
        count_call(counting, process);
    else if (event->kind == PROCESS_RESULT)
        count_result(counting, process);
    else if (event->kind == PROCESS_STARTED)
        counting->profile->processes++;
}

static bool count_calls(struct profile *profile, const struct process_program *program,
                        const struct profile_limits *limits, struct elfgen_error *error)
{
    struct counting *counting = malloc(sizeof *counting);
    struct calls *known = calloc(1, sizeof *known);
    profile->calls = calloc(PROFILE_NAMES, sizeof *profile->calls);
    profile->order = calloc(PROFILE_ORDER, sizeof *profile->order);
    bool done = false;
    if (counting && known && profile->calls && profile->order) {
        *counting = (struct counting){
            .profile = profile, .known = known, .deadline = clock_now() + limits->run};
        memset(counting->index, 0xff, sizeof counting->index);
        const struct process_watch watch = {
            .follow = true, .context = counting, .event = take_event, .interrupted = is_over};
        done = process_trace(program, &watch, &profile->end, error);
        profile->processes += profile->end.ran;
    } else {
        error_no_memory(error);
    }
    free(known);
    free(counting);
    return done;
}

/* ---- rounds ---- */

/* Whether it can be run repeatedly: it ran, and ended by itself. */
static bool ends(const struct profile *profile)
{
    return profile->given && profile->end.ran && !profile->time_up;
}

static int compare_samples(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void sum_up(struct profile *profile)
{
    if (profile->runs == 0)
        return;
    qsort(profile->samples, profile->runs, sizeof *profile->samples, compare_samples);
    profile->least = profile->samples[0];
    profile->median = profile->samples[profile->runs / 2];
}

/* The programs take turns, so that a disturbance affects all of them. */
static bool take_times(struct profile *profiles, const struct process_program *const *programs,
                       size_t count, const struct profile_limits *limits,
                       struct elfgen_error *error)
{
    uint64_t begin = clock_now();
    bool done = true;
    for (size_t round = 0; done && round < PROFILE_ROUNDS; round++) {
        if (round > 0 && clock_now() - begin >= limits->rounds)
            break;
        for (size_t i = 0; done && i < count; i++) {
            struct profile *profile = &profiles[i];
            uint64_t time = 0;
            if (!ends(profile))
                continue;
            done = profile_run(profile, programs[i], false, limits->run, &time, error);
            if (time != 0)
                profile->samples[profile->runs++] = time;
        }
    }
    for (size_t i = 0; i < count; i++)
        sum_up(&profiles[i]);
    return done;
}

bool profile_programs(struct profile *profiles, const struct process_program *const *programs,
                      size_t count, const struct profile_limits *limits, struct elfgen_error *error)
{
    bool done = true;
    for (size_t i = 0; i < count; i++)
        profiles[i] = (struct profile){.given = programs[i] != NULL};
    for (size_t i = 0; done && i < count; i++)
        done = !programs[i] || count_calls(&profiles[i], programs[i], limits, error);
    for (size_t i = 0; done && i < count; i++) {
        uint64_t time;
        done = !ends(&profiles[i]) ||
               profile_run(&profiles[i], programs[i], true, limits->run, &time, error);
    }
    return done && take_times(profiles, programs, count, limits, error);
}

void profile_free(struct profile *profile)
{
    free(profile->calls);
    free(profile->order);
    profile->calls = NULL;
    profile->order = NULL;
}

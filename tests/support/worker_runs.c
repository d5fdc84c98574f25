/* worker-runs [--untraced] [--memory MIB] [--time MS] [--numbers] [--allow KIND]... COUNT PROGRAM
 * [ARGUMENT...]: runs a program COUNT times in one worker, and prints each way it ended with its
 * count, then the rate and the most memory of a run. --numbers passes the run's number, from 0 on,
 * as the last argument, and prints the numbers of the runs that were not killed for a system call;
 * one that the time limit ended is made again, since the machine may have been busy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "sandbox/sandbox.h"

enum { MOST_WAYS = 16 };

struct ways {
    char texts[MOST_WAYS][96];
    unsigned long counts[MOST_WAYS];
    size_t count;
};

static void count(struct ways *ways, const char *text)
{
    size_t i = 0;
    while (i < ways->count && strcmp(ways->texts[i], text) != 0)
        i++;
    if (i == MOST_WAYS)
        return;
    if (i == ways->count) {
        snprintf(ways->texts[i], sizeof ways->texts[i], "%s", text);
        ways->count++;
    }
    ways->counts[i]++;
}

static void describe(const struct run_end *end, const struct sandbox_stream *output, char *text,
                     size_t room)
{
    static const char *const reasons[] = {
        [RUN_EXITED] = "exited", [RUN_SIGNAL] = "signal",           [RUN_CALL] = "call",
        [RUN_TIME] = "time",     [RUN_MEMORY] = "memory",           [RUN_OUTPUT] = "output",
        [RUN_INTERRUPTED] = "-", [RUN_NOT_STARTED] = "not started",
    };
    int length = snprintf(text, room, "%s %d", reasons[end->reason],
                          end->reason == RUN_EXITED        ? end->status
                          : end->reason == RUN_NOT_STARTED ? end->error
                                                           : end->signal);
    if (end->knows_call)
        length += snprintf(text + length, room - (size_t)length, " number %llu",
                           (unsigned long long)end->number);
    if (end->has_address)
        length += snprintf(text + length, room - (size_t)length, " at 0x%llx",
                           (unsigned long long)end->address);
    snprintf(text + length, room - (size_t)length, "%s, %llu bytes written",
             end->loading ? " while it was loaded" : "", (unsigned long long)output->size);
}

enum { MOST_ARGUMENTS = 16, AGAIN = 2 };

/* Runs a program once. Returns false after reporting an error. */
static bool run_once(struct sandbox_worker *worker, char *const *arguments, const char *path,
                     struct run_end *end, char *text, size_t room)
{
    char *none[] = {NULL};
    struct sandbox_stream output = {.descriptor = -1};
    struct elfgen_error error;
    int file = open(path, O_PATH | O_CLOEXEC);
    struct sandbox_job job = {
        .file = file, .input = -1, .arguments = arguments, .environment = none, .output = &output};
    if (file < 0 || !sandbox_run(worker, &job, end, &error)) {
        fprintf(stderr, "%s: %s\n", path, file < 0 ? strerror(errno) : error.text);
        return false;
    }
    close(file);
    describe(end, &output, text, room);
    return true;
}

static bool run_each(struct sandbox_worker *worker, char *const *given)
{
    struct run_end end;
    char text[96], *program = given[0];
    for (size_t i = 1; given[i]; i++) {
        char *space = strchr(given[i], ' '), none[] = "";
        if (space)
            *space = '\0';
        char *arguments[] = {program, given[i], space ? space + 1 : none, NULL};
        if (!run_once(worker, arguments, program, &end, text, sizeof text))
            return false;
        printf("%s %s: %s\n", arguments[1], arguments[2], text);
    }
    return true;
}

static bool run_all(struct sandbox_worker *worker, unsigned long runs, char *const *given,
                    bool numbers)
{
    char number[24], *arguments[MOST_ARGUMENTS + 2] = {NULL};
    size_t last = 0;
    const char *path = given[0] ? given[0] : "";
    for (; last < MOST_ARGUMENTS && given[last]; last++)
        arguments[last] = given[last];
    struct ways ways = {.count = 0};
    uint64_t most = 0, nanoseconds = 0, began = clock_now();
    for (unsigned long i = 0; i < runs; i++) {
        struct run_end end;
        char text[96];
        snprintf(number, sizeof number, "%lu", i);
        arguments[last] = numbers ? number : NULL;
        if (!run_once(worker, arguments, path, &end, text, sizeof text))
            return false;
        for (unsigned again = 0; numbers && end.reason == RUN_TIME && again < AGAIN; again++)
            if (!run_once(worker, arguments, path, &end, text, sizeof text))
                return false;
        most = end.memory > most ? end.memory : most;
        nanoseconds += end.nanoseconds;
        count(&ways, text);
        if (numbers && end.reason != RUN_CALL)
            printf("%lu ", i);
    }
    if (numbers)
        puts("");
    uint64_t all = clock_now() - began;
    for (size_t i = 0; i < ways.count; i++)
        printf("%lu: %s\n", ways.counts[i], ways.texts[i]);
    printf("%.0f runs a second, %.1f microseconds in each program, %.1f MiB at most\n",
           (double)runs * 1e9 / (double)all, (double)nanoseconds / 1e3 / (double)runs,
           (double)most / (1 << 20));
    return true;
}

static unsigned kind_of(const char *name)
{
    for (int kind = 0; kind < SANDBOX_KINDS; kind++)
        if (strcmp(sandbox_kind_name((enum sandbox_kind)kind), name) == 0)
            return 1u << kind;
    return 0;
}

int main(int argc, char **argv)
{
    struct sandbox_options options = {.limits = {.time = 5000, .memory = 64 << 20}};
    struct elfgen_error error;
    bool numbers = false, each = false;
    int next = 1;
    for (; next + 1 < argc && strncmp(argv[next], "--", 2) == 0; next++) {
        if (strcmp(argv[next], "--untraced") == 0)
            options.untraced = true;
        else if (strcmp(argv[next], "--numbers") == 0)
            numbers = true;
        else if (strcmp(argv[next], "--each") == 0)
            each = true;
        else if (strcmp(argv[next], "--allow") == 0)
            options.kinds |= kind_of(argv[++next]);
        else if (strcmp(argv[next], "--memory") == 0)
            options.limits.memory = strtoull(argv[++next], NULL, 10) << 20;
        else if (strcmp(argv[next], "--time") == 0)
            options.limits.time = strtoull(argv[++next], NULL, 10);
    }
    if (next + 2 > argc) {
        fputs("usage: worker-runs [OPTIONS] COUNT PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    struct sandbox_worker *worker = sandbox_open(&options, &error);
    if (!worker) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    bool done = each ? run_each(worker, argv + next)
                     : run_all(worker, strtoul(argv[next], NULL, 10), argv + next + 1, numbers);
    sandbox_close(worker);
    return done ? 0 : 1;
}

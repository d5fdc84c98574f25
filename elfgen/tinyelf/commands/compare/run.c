/* Runs programs to profile them, with no input and output, and a clock that ends them. */
#include "run.h"
#include "base/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"

enum { MOST_PROGRAMS = 2, TICK = 50 };

/* Opens /dev/null above the standard files. Returns -1 after reporting an error. */
static int open_nothing(void)
{
    int file = open("/dev/null", O_RDWR | O_CLOEXEC);
    int above = file >= 0 ? fcntl(file, F_DUPFD_CLOEXEC, 3) : -1;
    if (above < 0)
        message("/dev/null", "error", "cannot open: %s", system_error_text(errno));
    if (file >= 0)
        close(file);
    return above;
}

/* Returns false after reporting that the program did not run to its end. */
static bool is_whole(const struct compare_program *program, const struct profile *profile,
                     uint64_t limit)
{
    if (!program->path)
        return true; /* the caller reports this */
    /* On a busy machine, its time may be over before it has begun. */
    if (!profile->end.ran && !profile->time_up) {
        if (strcmp(program->path, program->file) == 0)
            program_report_not_started(program->path, profile->end.error);
        else
            message(program->file, "error", "cannot be run: %s",
                    system_error_text(profile->end.error));
        return false;
    }
    if (profile->time_up)
        message(program->file, "error",
                "it or a child of it still ran after %g s and was killed; --time allows more",
                (double)limit / 1e9);
    return !profile->time_up;
}

bool compare_run_programs(const struct compare_program *programs, struct profile *profiles,
                          size_t count, uint64_t limit)
{
    struct process_program starts[MOST_PROGRAMS];
    const struct process_program *given[MOST_PROGRAMS] = {NULL};
    char *arguments[MOST_PROGRAMS][2];
    struct elfgen_error error;
    const struct profile_limits limits = {.run = limit, .rounds = 1000000000};
    int nothing = open_nothing();
    const int files[3] = {nothing, nothing, nothing};
    if (nothing < 0)
        return false;
    for (size_t i = 0; i < count && i < MOST_PROGRAMS; i++) {
        arguments[i][0] = (char *)programs[i].name;
        arguments[i][1] = NULL;
        starts[i] = (struct process_program){.path = programs[i].path,
                                             .arguments = arguments[i],
                                             .ignored = program_ignored_signals(),
                                             .files = files};
        given[i] = programs[i].path ? &starts[i] : NULL;
    }
    progress_begin(
        &(struct progress){.doing = count == 1 ? "running it" : "running both", .file = NULL});
    interrupt_tick(TICK);
    bool done = profile_programs(profiles, given, count, &limits, &error);
    interrupt_tick(0);
    progress_end();
    close(nothing);
    if (!done)
        message_library_error(NULL, &error);
    bool whole = done;
    for (size_t i = 0; done && i < count; i++)
        whole = is_whole(&programs[i], &profiles[i], limit) && whole;
    return whole;
}

/* Steps a program to its end or a limit, and takes each step's record at once. */
#include "live.h"

#include "base/clock.h"
#include "base/no_memory.h"
#include "stepper/stepper.h"
#include "strace/line.h"

static const struct step_words words = {strace_process_argument, strace_error_name,
                                        strace_error_text};

/* Asks the clock seldom: a step takes microseconds. */
enum { OFTEN = 256 };

/* Whether the run has to end here; coverage->stop says why. */
static bool is_over(struct coverage *coverage, const struct coverage_limits *limits, uint64_t end,
                    bool waited)
{
    if (coverage->stop != COVERAGE_NOT_STOPPED)
        return true;
    if (coverage->steps >= limits->steps)
        coverage->stop = COVERAGE_STEPS;
    else if (!waited && coverage->steps % OFTEN != 0)
        return false;
    else if (limits->interrupted && limits->interrupted(limits->context))
        coverage->stop = COVERAGE_INTERRUPTED;
    else if (clock_now() >= end)
        coverage->stop = COVERAGE_TIME;
    return coverage->stop != COVERAGE_NOT_STOPPED;
}

/* Takes the records of a step, and drops them. */
static void take(struct coverage *coverage, struct step_recording *recording,
                 struct step_cursor *cursor)
{
    struct step_record record;
    while (recording_cursor_forward(cursor, &record))
        coverage_add(coverage, recording, &record);
    recording_drop_records(recording);
    cursor->index = 0;
    cursor->at = 0;
}

static void follow(struct coverage *coverage, struct stepper *stepper,
                   struct step_recording *recording, const struct coverage_limits *limits)
{
    const uint64_t end = clock_now() + limits->time;
    struct step_cursor cursor;
    enum step_answer answer = STEP_GOES_ON;
    recording_cursor_open(&cursor, recording);
    while (!is_over(coverage, limits, end, answer == STEP_PAUSED)) {
        answer = stepper_next(stepper);
        take(coverage, recording, &cursor);
        if (answer == STEP_NO_ROOM)
            recording->end = STEP_FULL;
        if (answer == STEP_ENDED || answer == STEP_NO_ROOM)
            break;
    }
}

bool coverage_run(struct coverage *coverage, const struct elfgen_view *view,
                  const struct process_program *program, const struct coverage_limits *limits,
                  int *refused, struct elfgen_error *error)
{
    struct step_recording recording = {0};
    *refused = 0;
    if (!coverage_open(coverage, view)) {
        error_no_memory(error);
        return false;
    }
    coverage->watcher = limits->watcher;
    struct stepper *stepper = stepper_open(program, &words, &recording, refused, error);
    bool done = stepper && coverage_begin(coverage, &recording, error);
    if (done) {
        if (limits->started)
            limits->started(limits->context);
        follow(coverage, stepper, &recording, limits);
        done = coverage_finish(coverage, &recording, error);
    }
    stepper_close(stepper);
    recording_free(&recording);
    return done;
}

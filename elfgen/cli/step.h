/* What the files of `tinyelf step` share: a run, live or replayed. */
#ifndef CLI_STEP_H
#define CLI_STEP_H

#include <signal.h>

#include "../process/step.h"
#include "../report/step.h"
#include "cli.h"

/* Where to stop: before the instruction at an address, or after a number of steps. */
struct step_until {
    bool given, is_address;
    uint64_t value;
};

struct step_run {
    struct step_recording recording;
    struct stepper *stepper; /* NULL: it is replayed, or over */
    struct step_machines *machines;
    struct step_until until;
};

/* What interrupted it: a signal's number, 0: nothing yet. */
extern volatile sig_atomic_t step_stop_signal;

/* From here on SIGINT, SIGTERM, SIGHUP and SIGQUIT (unless ignored) kill the program, if there is
 * one. */
void step_catch_signals(const struct stepper *stepper);

/* One step of a live run. False: there is no more; recording.end says why. */
bool step_once(struct step_run *run);

/* Whether the run has come to where it was to stop. */
bool step_is_reached(const struct step_until *until, const struct step_registers *now,
                     uint64_t count);

/* The interactive view, until the user quits it; what `run` has at the end is all that was
 * recorded. `program` is started by it, unless the run is replayed (NULL). False: said why. */
bool step_view(struct step_run *run, struct process_program *program);

/* Starts the program. False: said why. */
bool step_start(struct step_run *run, const struct process_program *program);

#endif

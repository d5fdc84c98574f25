/* What the files of `tinyelf step` share: a run, live or replayed. */
#ifndef CLI_STEP_H
#define CLI_STEP_H

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

/* Starts the program, and watches for interruptions from then on. False: said why. */
bool step_start(struct step_run *run, const struct process_program *program);

/* One step of a live run. False: there is no more; recording.end says why. What interrupt.h noted
 * ends it. */
bool step_once(struct step_run *run);

/* Ends a live run; `kind` is how the recording ends. */
void step_end_run(struct step_run *run, enum step_end_kind kind);

/* Whether the run has come to where it was to stop. */
bool step_is_reached(const struct step_until *until, const struct step_registers *now,
                     uint64_t count);

/* The interactive view, until the user quits it; what `run` has at the end is all that was
 * recorded. `program` is started by it, unless the run is replayed (NULL). False: said why. */
bool step_view(struct step_run *run, struct process_program *program);

#endif

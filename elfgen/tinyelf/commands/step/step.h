/* What the files of `tinyelf step` share: a live or replayed run. */
#ifndef STEP_H
#define STEP_H

#include "names.h"
#include "stepper/stepper.h"
#include "commands/run/sandboxed.h"
#include "text.h"

/* Where to stop: before the instruction at an address, or after a number of steps. */
struct step_until {
    bool given, is_address;
    uint64_t value;
    const char *name; /* of a symbol whose address is not yet known, or NULL */
};

struct step_run {
    struct step_recording recording;
    struct stepper *stepper; /* NULL: the run is replayed or over */
    struct step_machines *machines;
    struct step_until until;
    const char *path; /* of the program, for FILE.debug */
    struct step_names names;
    struct sandboxed *sandboxed; /* the program is confined; or NULL */
    bool colour;                 /* of the view */
};

/* Reads where to stop, without looking up a name: 0x... is an address, another number that many
 * steps, anything else a name. Returns false if it is none of these. */
bool step_parse_until(const char *text, struct step_until *until);

/* Finds the address of run->until in a replayed run; step_start() does it for others. Returns false
 * after reporting an error. */
bool step_resolve_until(struct step_run *run);

/* Finds the address of until->name in the run, if there is one. Returns false with a sentence in
 * *error. */
bool step_find_until(struct step_run *run, struct step_until *until, struct elfgen_error *error);

/* Starts the program, finds where to stop, and notes interruptions from then on. Returns false
 * after reporting an error.
 */
bool step_start(struct step_run *run, struct process_program *program);

/* Runs one step. Returns false if the run is over; recording.end says why. A signal that
 * interrupt.h noted ends it. */
bool step_once(struct step_run *run);

/* Ends a live run; `kind` is how the recording ends. */
void step_end_run(struct step_run *run, enum step_end_kind kind);

/* Whether the run has reached the place where it should stop: the cursor's, after `count` steps.
 * The address after an interrupted call is not reached until the kernel has made the call again. */
bool step_is_reached(const struct step_run *run, const struct step_until *until,
                     const struct step_cursor *cursor, uint64_t count);

/* Shows the interactive view until the user quits. `run` then contains all that was recorded.
 * Starts `program`, which is NULL for a replay. Returns false after reporting an error. */
bool step_view(struct step_run *run, struct process_program *program);

#endif

/* A program run instruction by instruction, on the processor itself, into a recording.
 *
 * As with tracing: nothing is printed, no handler set, and the program does not outlive this
 * process. Its children run on their own, and of its threads only the first is stepped. */
#ifndef STEP_H
#define STEP_H

#include "process.h"
#include "recording.h"

struct stepper;

enum step_answer {
    STEP_GOES_ON, /* a record was added */
    STEP_ENDED,  /* the program is gone; recording->end says how. The last record may be new, too */
    STEP_PAUSED, /* a signal handler of the caller's ran while this waited; call again to go on */
    STEP_NO_ROOM /* no memory, or the recording is full; the program stands still */
};

/* A recording is full with so many bytes of records (unless it says another number), or so many
 * different instructions. */
enum { STEP_MOST = 128 << 20, STEP_INSTRUCTIONS_MOST = 1 << 22 };

/* Who says what a call's arguments mean. */
struct step_words {
    /* Appends argument `index` of a call that process `id` makes, which stands still; `answered`:
     * behind it, so that what the kernel wrote is there. */
    void (*argument)(struct elfgen_text *out, pid_t id, const struct process_call *call,
                     const struct call_row *row, unsigned index, bool answered);
};

/* Starts a program and stands before its first instruction. The recording is the caller's, empty;
 * it gets what is known at the start, and stays where it is until stepper_close(). NULL: nothing of
 * it is left; *refused is errno of its execve, or 0 and *error says why. Without `words` arguments
 * are numbers. */
struct stepper *stepper_open(const struct process_program *program, const struct step_words *words,
                             struct step_recording *recording, int *refused,
                             struct elfgen_error *error);

/* Runs one instruction, or says what came instead of it, as a record. */
enum step_answer stepper_next(struct stepper *stepper);

/* The registers as they are. */
const struct step_registers *stepper_now(const struct stepper *stepper);

/* The instruction that comes next. */
const struct step_instruction *stepper_next_instruction(const struct stepper *stepper);

/* Its process number; 0: it is gone. */
pid_t stepper_id(const struct stepper *stepper);

/* Whether the instruction that comes next asks the kernel: before what it prints, flush. */
bool stepper_asks_next(const struct stepper *stepper);

/* Kills the program if it is there. NULL is taken. */
void stepper_close(struct stepper *stepper);

#endif

/* Steps a program instruction by instruction on the processor itself, and records the run.
 *
 * As with tracing, nothing is printed, no signal handler is set, and the program does not outlive
 * this process. Its children run on their own, and only its first thread is stepped. */
#ifndef STEPPER_H
#define STEPPER_H

#include "ptrace/ptrace.h"
#include "recording.h"

struct stepper;

enum step_answer {
    STEP_GOES_ON, /* a record was added */
    STEP_ENDED,   /* the program has ended; recording->end says how. The last record may be new as
                     well */
    STEP_PAUSED,  /* a signal handler of the caller interrupted the wait, or may have run just
                   * before it; call again to go on */
    STEP_NO_ROOM  /* there is no memory, or the recording is full; the program is stopped */
};

/* A recording is full when it has this many bytes of records (unless recording->most says
 * otherwise) or this many different instructions. */
enum { STEP_MOST = 128 << 20, STEP_INSTRUCTIONS_MOST = 1 << 22 };

/* Describes the arguments and answers of calls. The caller provides it. */
struct step_words {
    /* Appends argument `index` of a call that the stopped process `id` makes. `answered`: the call
     * has returned, so what the kernel wrote can be read. */
    void (*argument)(struct elfgen_text *out, pid_t id, const struct process_call *call,
                     const struct call_row *row, unsigned index, bool answered);
    /* The name of an error, or NULL, and a sentence about it; `number` is positive. */
    const char *(*error_name)(int64_t number);
    const char *(*error_text)(int64_t number);
};

/* Starts a program and stops before its first instruction. The caller provides an empty recording,
 * which must not move until stepper_close(). Returns NULL if that fails, and leaves no process;
 * *refused is then the errno of its execve, or 0 and *error says why. Without `words`, arguments
 * and errors are shown as numbers. */
struct stepper *stepper_open(const struct process_program *program, const struct step_words *words,
                             struct step_recording *recording, int *refused,
                             struct elfgen_error *error);

/* Runs one instruction and adds a record, which may also say what happened instead. */
enum step_answer stepper_next(struct stepper *stepper);

/* The current registers. */
const struct step_registers *stepper_now(const struct stepper *stepper);

/* The next instruction. */
const struct step_instruction *stepper_next_instruction(const struct stepper *stepper);

/* The process id; 0: it has ended. */
pid_t stepper_id(const struct stepper *stepper);

/* Whether the next instruction makes a system call. Flush output before, as the program may print.
 */
bool stepper_asks_next(const struct stepper *stepper);

/* Whether the last call was interrupted and the kernel will make it again, unless the signal has a
 * handler: the next instruction is then not the one at rip. */
bool stepper_is_interrupted(const struct stepper *stepper);

/* Whether an answer is one of the kernel's internal errors, after which it makes the call again. */
bool stepper_is_restarting(int64_t answer);

/* Kills the program if it still runs. `stepper` may be NULL. */
void stepper_close(struct stepper *stepper);

#endif

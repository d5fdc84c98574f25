/* A program in the sandbox, as commands offer it: limits, descriptors, and what is reported.
 *
 *     struct sandboxed sandboxed = {.limits = sandboxed_limits, .input = STDIN_FILENO};
 *     struct process_program program = {.path = path, .arguments = arguments};
 *     if (!sandboxed_open(&sandboxed, &program))
 *         return EXIT_NO;
 *     ... stepper_open(&program, ...), stepper_next() ..., stepper_close(); or process_trace()
 *     if (sandboxed_close(&sandboxed, &end))
 *         status = sandboxed_report(&sandboxed, &end);
 *
 * If the tracer says that the program was not started, exit_reason_report_not_started() says why.
 */
#ifndef RUN_SANDBOXED_H
#define RUN_SANDBOXED_H

#include "cli/option_rows.h"
#include "options.h"
#include "ptrace/ptrace.h"
#include "sandbox/sandbox.h"

struct sandboxed {
    /* Set by the caller. */
    struct run_limits limits;
    unsigned kinds; /* of system calls that it may make besides, as in struct sandbox_options */
    int input;      /* its descriptor 0; -1, or one that is not open: none */
    bool silent;    /* what it writes is dropped; otherwise it goes to this process's 1 and 2 */
    bool tty;     /* descriptors 0, 1 and 2 are a terminal of its own: `input` is typed into it, and
                     all output goes to this process's 1 */
    bool session; /* it does not belong to the terminal, which sends it no signals */

    /* Private, until sandboxed_close(). */
    const struct process_program *program;
    struct sandbox_worker *worker;
    struct sandbox_job job;
    struct sandbox_stream output, errors;
    int file;
};

/* Opens a worker and sets program->confinement. The worker starts as a copy of this process: open
 * it early. The program is started by whoever traces it, or by sandboxed_run(). Both structures
 * must stay where they are. Returns false after reporting an error. */
bool sandboxed_open(struct sandboxed *sandboxed, struct process_program *program);

/* Runs it without a tracer of the caller's, once. Returns false and *error as sandbox_run(). */
bool sandboxed_run(struct sandboxed *sandboxed, struct run_end *end, struct elfgen_error *error);

/* Reports that its output could not be written, unless its reader is gone. */
void sandboxed_report_output(const struct sandboxed *sandboxed);

/* Ends the program and the sandbox after it was traced. Returns false after reporting an error, and
 * silently if the tracer never made its child. */
bool sandboxed_close(struct sandboxed *sandboxed, struct run_end *end);

/* Reports what a trace does not show: a refused call, a limit. Returns the command's exit status.
 */
int sandboxed_report(const struct sandboxed *sandboxed, const struct run_end *end);

#endif

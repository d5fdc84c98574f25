/* What --run and --recording of explain and disasm ask for: what a run did with the file. */
#ifndef EXPLAIN_OBSERVE_H
#define EXPLAIN_OBSERVE_H

#include "coverage/coverage.h"

/* What was given. Zeroed, then observe_defaults(). */
struct observe_options {
    bool run, no_sandbox, tty;
    unsigned kinds; /* of system calls that the sandbox permits besides */
    const char *recording, *input;
    uint64_t time, steps;                   /* nanoseconds; instructions */
    const char *only_run;                   /* an option that was given and is for --run alone */
    char **arguments;                       /* after FILE */
    const struct coverage_watcher *watcher; /* told of each step; NULL: nobody */
};

void observe_defaults(struct observe_options *options);

/* Whether a run is to be shown. */
bool observe_is_wanted(const struct observe_options *options);

enum observe_option {
    OBSERVE_RUN,
    OBSERVE_RECORDING,
    OBSERVE_ALLOW,
    OBSERVE_NO_SANDBOX,
    OBSERVE_INPUT,
    OBSERVE_TTY,
    OBSERVE_TIME,
    OBSERVE_STEPS
};

/* Takes an option of that name; `value` is its argument, or NULL. Returns EXIT_YES, or EXIT_USAGE
 * after reporting. */
int observe_take(const char *command, struct observe_options *options, enum observe_option which,
                 const char *value);

/* Looks at what was given together: `operands` are what is left, FILE first. Returns EXIT_YES, or
 * EXIT_USAGE after reporting. */
int observe_check(const char *command, struct observe_options *options, char **operands);

/* Runs the file at `path`, whose bytes the view has, or reads the recording. *coverage is zeroed,
 * and to be freed in every case. Returns false after reporting an error. */
bool observe(const struct observe_options *options, const char *path,
             const struct elfgen_view *view, struct coverage *coverage);

#endif

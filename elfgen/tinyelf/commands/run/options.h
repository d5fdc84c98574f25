/* Options that the commands share which run a program in the sandbox. */
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include "cli/option_rows.h"
#include "ptrace/limits.h"

/* The choices of --allow: kinds of system calls. Their values are bits of a set of kinds. */
extern const struct option_choice sandboxed_kinds[];

/* The limits unless others are given: 10 seconds, 256 MiB, 16 MiB of output. */
extern const struct run_limits sandboxed_limits;

/* Reads the value of --time, in milliseconds; 'none' is 0. Returns EXIT_YES, or the status of a
 * usage error of `command`, which it reports. */
int sandboxed_take_time(const char *command, const char *text, uint64_t *milliseconds);

#endif

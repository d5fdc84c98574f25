/* Reports how a program that was run has ended, or why it was not started. */
#ifndef RUN_EXIT_REASON_H
#define RUN_EXIT_REASON_H

#include "sandbox/sandbox.h"

/* The command's exit status for a program that was started. */
int exit_reason_status(const struct run_end *end);

/* Reports why a program died, if it did. Returns the command's exit status. `name` is the program
 * as the user named it, `path` is where it is. `output_option` is " (--output)" where that is the
 * option for the output limit, or "". */
int exit_reason_report(const char *name, const char *path, const struct run_end *end,
                       const struct run_limits *limits, const char *output_option);

/* Like program_report_not_started(), but for the sandbox, where there are no files. */
void exit_reason_report_not_started(const char *path, int error);

/* Writes the names of the kinds of calls (--allow) that contain the call for which the sandbox
 * killed a program, as in "read-files or libc-start". Returns false if there is none, or if the
 * call is not known. */
bool exit_reason_kinds(const struct run_end *end, char *kinds, size_t room);

/* Warns of what the sandbox lacks: bits of enum sandbox_lack. */
void exit_reason_report_lacks(unsigned lacks);

#endif

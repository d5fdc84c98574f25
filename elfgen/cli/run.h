/* What `run` says: for its own files. */
#ifndef RUN_H
#define RUN_H

#include "../process/confine.h"

/* Says why a program died, if it did; returns the command's exit status. `name` is the program as
 * the user named it, `path` where it is. */
int exit_reason_report(const char *name, const char *path, const struct run_end *end,
                       const struct run_limits *limits);

/* program_report_not_started() for the sandbox, where there are no files. */
void exit_reason_report_not_started(const char *path, int error);

/* Warns of what the sandbox has to do without: enum sandbox_lack's bits. */
void exit_reason_report_lacks(unsigned lacks);

#endif

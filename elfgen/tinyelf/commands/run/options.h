/* Choices of an option that the commands share which run a program in the sandbox. */
#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include "cli/option_rows.h"

/* The choices of --allow: kinds of system calls. Their values are bits of a set of kinds. */
extern const struct option_choice sandboxed_kinds[];

#endif

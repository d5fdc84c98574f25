/* Leaves out of a recording what its user may not want to show. */
#ifndef STEP_PRIVATE_H
#define STEP_PRIVATE_H

#include "stepper/recording.h"

/* Makes *private, which is zero, a copy of a recording without paths, arguments, environment and
 * stack: of the names of files, of argv and of memory at the start nothing is left; of changes
 * nothing but place and size where they are on a stack, or if four bytes in a row are in an
 * argument, in `environment`, or in a path that was mapped or given to a call; of the strings that
 * calls were given nothing. What the program printed, its file, and registers stay. Returns false
 * if there is no memory. recording_free() is needed either way. */
bool step_make_private(struct step_recording *private, const struct step_recording *recording,
                       char *const *environment);

#endif

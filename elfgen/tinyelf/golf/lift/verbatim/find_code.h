/* Which bytes of a program whose instructions stay are instructions. */
#ifndef GOLF_LIFT_FIND_CODE_H
#define GOLF_LIFT_FIND_CODE_H

#include "golf/lift/verbatim/verbatim.h"

/* Sets the marks. Returns false after setting the error: instructions overlap, or run into what is
 * none. */
bool verbatim_find_code(struct verbatim *all);

#endif

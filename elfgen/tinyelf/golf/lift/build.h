/* Makes golf's blocks of what was followed. */
#ifndef GOLF_LIFT_BUILD_H
#define GOLF_LIFT_BUILD_H

#include "golf/lift/lift_private.h"

/* Fills *lifted, which is zeroed. Returns false after setting the error. */
bool lift_build(struct lift *lift, struct golf_lifted *lifted);

#endif

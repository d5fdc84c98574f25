/* What a program computes of where its code is: nothing, if its instructions are to be moved. */
#ifndef GOLF_LIFT_CODE_VALUES_H
#define GOLF_LIFT_CODE_VALUES_H

#include "golf/lift/verbatim/verbatim.h"

/* Whether addresses of code are only stored, copied and jumped to, as far as is seen without a look
 * at ways that part: nothing computes with them, gives them to a call, or reads what a call pushed
 * or a system call left in rcx. Returns false after setting the error. */
bool verbatim_keeps_values(const struct verbatim *all);

#endif

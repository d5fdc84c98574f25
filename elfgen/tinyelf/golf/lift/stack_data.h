/* Memory that a program writes to, as part of its stack. */
#ifndef GOLF_LIFT_STACK_DATA_H
#define GOLF_LIFT_STACK_DATA_H

#include "golf/lift/lift_private.h"

/* Moves objects of zeros that are written to the memory below the stack pointer, where that is
 * possible: their addresses become GOLF_STACK. `narrows`: sums of addresses may lose all but their
 * low 32 bits. `marked` and `numbers` have room for a value a block. */
void lift_stack_data(struct golf_lifted *lifted, bool narrows, bool *marked, size_t *numbers);

/* Removes an object that nothing needs any more: those after it have other numbers. */
void lift_drop_object(struct golf_lifted *lifted, uint16_t index);

#endif

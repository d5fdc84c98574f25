/* What check would say of the file that is explained. */
#ifndef EXPLAIN_ASK_LINUX_H
#define EXPLAIN_ASK_LINUX_H

#include "bytemap/bytemap.h"
#include "bytemap/verdict.h"

/* Asks the model of Linux: that of view->kernel on a usual machine, or of this machine. *memory is
 * zeroed, and verdict_free() is needed in every case. `version`, unless NULL, gets the version that
 * answered. Returns false if memory ran out: map->error says so. */
bool explain_ask_linux(struct bytemap *map, struct verdict *verdict, struct verdict_memory *memory,
                       uint32_t *version);

#endif

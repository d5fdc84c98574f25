/* The folder in which `tinyelf stages` keeps its files. */
#ifndef CLI_STAGES_H
#define CLI_STAGES_H

#include "../source/stages.h"
#include "measure.h"

/* Whether `folder` may be made: there is none, or one that stages made and nobody changed since.
 * False: said why. */
bool stages_may_keep(const char *folder);

/* Makes the folder with all that was made in it, whole or not at all: beside its place, then
 * renamed. `report` is its stages.json. False: said why. */
bool stages_keep(const struct stages *stages, const char *folder, const char *report, size_t size);

/* Runs the programs that were made; `folder` is where they will be, in messages. False: not all ran
 * to their end, said why. */
bool stages_run_programs(const struct stages *stages, const char *folder, uint64_t limit,
                         struct profile runs[WAY_COUNT]);

#endif

/* The folder of files that `tinyelf stages` keeps, and runs of the programs in it. */
#ifndef STAGES_H
#define STAGES_H

#include "pipeline.h"
#include "commands/compare/run.h"

/* Whether `folder` may be made: it does not exist, or stages made it and nobody changed it. Returns
 * false after reporting an error. */
bool stages_may_keep(const char *folder);

/* Makes the folder with all files as a whole or not at all: beside its place, and then renamed.
 * `report` becomes stages.json. Returns false after reporting an error. */
bool stages_keep(const struct stages *stages, const char *folder, const char *report, size_t size);

/* Profiles the programs that were made. In messages they are in `folder`, where they will be.
 * Returns false after reporting that not all of them ran to their end. */
bool stages_run_programs(const struct stages *stages, const char *folder, uint64_t limit,
                         struct profile runs[WAY_COUNT]);

#endif

/* Reads a recorded run from its JSON document; docs/step.md has the schema. */
#ifndef STEPPER_JSON_READ_H
#define STEPPER_JSON_READ_H

#include "elfgen/error.h"
#include "recording.h"

/* Reads a recording from any bytes. Returns false if they are none; *error then says where and why,
 * and *recording is freed. */
bool step_read_json(struct step_recording *recording, const void *bytes, size_t size,
                    struct elfgen_error *error);

#endif

/* Names of places in the program of a run: addresses where it stops. */
#ifndef STEP_NAMES_H
#define STEP_NAMES_H

#include "stepper/recording.h"
#include "symbols/debug_file.h"

/* Zero it before. It is read when the first name is looked up. */
struct step_names {
    bool is_open;
    struct elfgen_view view;
    struct debug_file symbols;
    struct file_bytes file; /* the program, if the recording does not have it */
    uint64_t bias;          /* what is added to addresses of the file */
};

/* Finds the address at which a symbol of the started program is in this run. `path` is the
 * program's, beside which FILE.debug may be. Returns false with a sentence in *error. */
bool step_names_find(struct step_names *names, const struct step_recording *recording,
                     const char *path, const char *name, uint64_t *address,
                     struct elfgen_error *error);

void step_names_close(struct step_names *names);

#endif

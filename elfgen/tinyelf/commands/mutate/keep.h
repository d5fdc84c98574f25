/* Keeps mutants in a folder, with an index that says what each was changed to and did. */
#ifndef KEEP_H
#define KEEP_H

#include "result.h"

struct mutate_keep {
    const char *folder; /* NULL: nothing is kept */
    bool all;           /* every mutant; otherwise one for each byte and outcome */
    char *temporary;    /* private: the folder's name until it is whole */
};

/* Makes the folder under a name of its own. Returns false after reporting the error: it cannot be
 * made, or there is something of its final name. */
bool mutate_keep_open(struct mutate_keep *keep);

/* Writes the mutants of single bytes, whose outcomes are known: classes[256 * i + V] is the class
 * of value V of byte plan->from + i, plus 1, or 0. Then gives the folder its name. Returns false
 * after reporting the error. */
bool mutate_keep_write(struct mutate_keep *keep, const struct mutate_plan *plan,
                       const uint8_t *classes, const struct mutate_report *report);

/* Removes the folder if it was not written. */
void mutate_keep_close(struct mutate_keep *keep);

#endif

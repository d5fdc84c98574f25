/* Finds the place that --at names. */
#ifndef EXPLAIN_PLACE_H
#define EXPLAIN_PLACE_H

#include "explain.h"

/* Sets the range of the map to the place (cli/file_place.h), and the format where that is one byte
 * or field. Returns false after reporting that the file has no such place. */
bool explain_choose_place(struct explain *explain, const char *at);

#endif

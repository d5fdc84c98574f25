/* Finds the place that --at names. */
#ifndef EXPLAIN_PLACE_H
#define EXPLAIN_PLACE_H

#include "explain.h"

/* Sets the range of the map, and the format where the place is one byte or field. `at` is tried as
 * an offset or, past the file's end, an address; as a field or structure; as a symbol; as a text in
 * the file. "@ADDRESS" is an address only, and a text in double quotes only that. Notes which one
 * it was where it could be another. Returns false after reporting that the file has no such place.
 */
bool explain_choose_place(struct explain *explain, const char *at);

#endif

/* Places of a file, as a user names them. */
#ifndef CLI_FILE_PLACE_H
#define CLI_FILE_PLACE_H

#include "bytemap/bytemap.h"

/* Finds the place of that name, which is tried as an offset or, past the file's end, an address; as
 * a field or structure; as a symbol; as a text in the file. "@ADDRESS" is an address only, and a
 * text in double quotes only that. Notes which one it was where it could be another. Returns false
 * after reporting that the file has no such place. */
bool file_place_find(const struct bytemap *map, const char *name, struct bytemap_place *found);

#endif

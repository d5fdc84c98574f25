/* Names of structures and fields, as a user types them: "phdr[0].p_flags". */
#ifndef CLI_PLACE_NAME_H
#define CLI_PLACE_NAME_H

#include "bytemap/bytemap.h"

/* Whether it names a structure or field that some file may have. */
bool place_name_is_known(const char *name);

/* Writes the structure, field or symbol of this file that was most likely meant. Returns false if
 * none is near, or there is no room. */
bool place_name_nearest(const struct bytemap *map, const char *name, char *meant, size_t room);

#endif

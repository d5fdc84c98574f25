/* Finds a structure's field by its name. */
#ifndef FIELD_H
#define FIELD_H

#include <string.h>

#include "elfgen.h"

static inline const struct elfgen_field *find_row(enum elfgen_structure_id id, const char *name)
{
    for (unsigned i = 0; i < elfgen_structures[id].count; i++)
        if (strcmp(elfgen_structures[id].fields[i].name, name) == 0)
            return &elfgen_structures[id].fields[i];
    return NULL;
}

#endif

/* Releases the memory of an object that was read. */
#include "object.h"

#include <stdlib.h>
#include <string.h>

void link_object_release(struct link_object *object)
{
    for (size_t i = 0; i < object->section_count; i++) {
        free(object->sections[i].pieces);
        free(object->sections[i].made_name);
        free(object->sections[i].made_bytes);
    }
    for (size_t i = 0; i < object->group_count; i++)
        free(object->groups[i].members);
    free(object->sections);
    free(object->symbols);
    free(object->relocations);
    free(object->groups);
    if (object->release)
        object->release(object->owner);
    free(object);
}

void *link_own(const void *memory)
{
    void *own;
    memcpy(&own, &memory, sizeof own);
    return own;
}

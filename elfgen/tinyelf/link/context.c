/* What all steps of a link use: error messages, memory, and adding objects and archives. */
#include "link_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

struct place link_relocation_place(const struct link_object *object,
                                   const struct elfgen_relocation *relocation)
{
    return place_section(object->name, object->sections[relocation->section].name,
                         relocation->offset);
}

struct place link_section_place(const struct link_object *object,
                                const struct link_section *section)
{
    return place_section(object->name, section->name, PLACE_NO_OFFSET);
}

bool link_grow(const struct link *link, void *array, size_t count, size_t *capacity, size_t element)
{
    return grow_array(array, count + 1, capacity, element) || report_no_memory(&link->reporter);
}

void *link_keep(struct link *link, size_t size)
{
    if (!link_grow(link, &link->kept, link->kept_count, &link->kept_capacity, sizeof *link->kept))
        return NULL;
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        report_error(&link->reporter, NULL, NO_MEMORY " for %zu bytes", size);
    else
        link->kept[link->kept_count++] = memory;
    return memory;
}

bool link_add_object(struct link *link, struct link_object *object)
{
    if (!link_grow(link, &link->objects, link->object_count, &link->object_capacity,
                   sizeof(struct link_object *))) {
        link_object_release(object);
        return false;
    }
    link->objects[link->object_count++] = object;
    return true;
}

bool link_add_archive(struct link *link, struct link_archive *archive)
{
    if (!link_grow(link, &link->archives, link->archive_count, &link->archive_capacity,
                   sizeof(struct link_archive *))) {
        archive->release(archive->owner);
        return false;
    }
    link->archives[link->archive_count++] = archive;
    return true;
}

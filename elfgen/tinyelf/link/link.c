/* Links the objects and archives that were added into a program. */
#include "link.h"
#include "elfgen/arch.h"

#include <stdlib.h>

bool link_program(struct link *link)
{
    const struct elfgen_arch *arch = elfgen_arch_find(link->machine);
    link->got =
        link_add_section(link, &(struct elfgen_section){.name = ".got",
                                                        .bytes = (const uint8_t *)"",
                                                        .align = elfgen_address_size(arch->class_),
                                                        .permissions = ELFGEN_PF_R});
    uint32_t object, symbol;
    if (link->got == LINK_NONE || !link_resolve(link))
        return false;
    link->no_entry = link->entry && !link_find_entry(link, &object, &symbol);
    /* All errors about symbols are reported in one run. */
    return !link->no_entry && link_mark(link) && link_define(link) && link_all_defined(link) &&
           link->duplicates == 0 && link->absent == 0 && link_merge(link) && link_emit(link);
}

void link_release(struct link *link)
{
    for (size_t i = 0; i < link->object_count; i++)
        link_object_release(link->objects[i]);
    for (size_t i = 0; i < link->archive_count; i++)
        link->archives[i]->release(link->archives[i]->owner);
    for (size_t i = 0; i < link->kept_count; i++)
        free(link->kept[i]);
    link_table_free(&link->names);
    link_table_free(&link->signatures);
    link_table_free(&link->slots);
    free(link->objects);
    free(link->archives);
    free(link->globals);
    free(link->named);
    free(link->sections);
    free(link->relocations);
    free(link->kept);
}

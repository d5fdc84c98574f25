/* Links the objects and archives that were added into a program. */
#include "link_private.h"
#include "elfgen/arch.h"

#include <stdlib.h>

struct link *link_open(const struct reporter *reporter)
{
    struct link *link = calloc(1, sizeof *link);
    if (link)
        link->reporter = *reporter;
    else
        report_no_memory(reporter);
    return link;
}

bool link_is_raw(const struct link *link)
{
    return link->object_count == 1 && link->objects[0]->keeps_all;
}

bool link_program(struct link *link, const struct link_options *options, struct link_result *result)
{
    link->options = *options;
    *result = (struct link_result){0};
    const enum elfgen_class class_ = elfgen_arch_find(link->options.machine)->class_;
    link->got =
        link_add_section(link, &(struct elfgen_section){.name = ".got",
                                                        .bytes = (const uint8_t *)"",
                                                        .align = elfgen_address_size(class_),
                                                        .permissions = ELFGEN_PF_R});
    uint32_t object, symbol;
    if (link->got == LINK_NONE || !link_resolve(link))
        return false;
    result->no_entry = options->entry && !link_find_entry(link, &object, &symbol);
    /* All errors about symbols are reported in one run. */
    bool done = !result->no_entry && link_mark(link) && link_define(link) &&
                link_all_defined(link) && link->duplicates == 0 && link->absent == 0 &&
                link_merge(link) && link_emit(link);
    result->program = link->program;
    return done;
}

void link_close(struct link *link)
{
    if (!link)
        return;
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
    free(link);
}

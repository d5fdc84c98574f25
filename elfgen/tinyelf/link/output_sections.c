/* Appends sections and relocations to the program. */
#include "link_private.h"

uint32_t link_add_section(struct link *link, const struct elfgen_section *section)
{
    if (!link_grow(link, &link->sections, link->section_count, &link->section_capacity,
                   sizeof *link->sections))
        return LINK_NONE;
    link->sections[link->section_count] = *section;
    return (uint32_t)link->section_count++;
}

uint32_t link_permissions(const struct link_section *section)
{
    return ELFGEN_PF_R | (section->flags & ELFGEN_SHF_WRITE ? ELFGEN_PF_W : 0) |
           (section->flags & ELFGEN_SHF_EXECINSTR ? ELFGEN_PF_X : 0);
}

bool link_add_relocation(struct link *link, const struct elfgen_relocation *relocation)
{
    if (!link_grow(link, &link->relocations, link->relocation_count, &link->relocation_capacity,
                   sizeof *link->relocations))
        return false;
    link->relocations[link->relocation_count++] = *relocation;
    return true;
}

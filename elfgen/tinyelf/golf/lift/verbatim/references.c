/* Looks up sections and references of a linked program. */
#include "golf/lift/verbatim/references.h"

bool verbatim_is_code(const struct verbatim *all, size_t section)
{
    return all->known->sections[section].permissions & ELFGEN_PF_X;
}

size_t verbatim_section_of(const struct verbatim *all, uint64_t address)
{
    for (size_t i = 0; i < all->known->section_count; i++)
        if (address - all->known->sections[i].address < all->known->sections[i].size)
            return i;
    return SIZE_MAX;
}

uint64_t verbatim_place_of(const struct verbatim *all, const struct elfgen_relocation *reference)
{
    const struct elfgen_section *section = &all->known->sections[reference->section];
    return section->offset == ELFGEN_NOWHERE ? ELFGEN_NOWHERE : section->offset + reference->offset;
}

const struct elfgen_relocation *verbatim_reference_at(const struct verbatim *all, uint64_t offset)
{
    for (size_t i = 0; i < all->known->reference_count; i++)
        if (verbatim_place_of(all, &all->known->references[i]) == offset)
            return &all->known->references[i];
    return NULL;
}

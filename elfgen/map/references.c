/* Makes references to places of the file and of memory. */
#include "references.h"

#include "../format/codec.h"

bool elfgen_reference_at_offset(const struct elfgen_view *view, uint64_t offset, uint64_t length,
                                struct elfgen_reference *reference)
{
    if (offset >= view->length)
        return false;
    reference->offset = offset;
    reference->length = length < view->length - offset ? length : view->length - offset;
    reference->in_memory = view->ehdr.e_type != ELFGEN_ET_REL &&
                           elfgen_memory_address(view, offset, &reference->address);
    return true;
}

bool elfgen_reference_at_address(const struct elfgen_view *view, uint64_t address, uint64_t length,
                                 struct elfgen_reference *reference)
{
    struct elfgen_mapping mapping = {0};
    bool in_file = elfgen_memory_find(view, address, &mapping);
    if (!in_file && (address < mapping.start || address >= mapping.end))
        return false;
    *reference = (struct elfgen_reference){
        .offset = ELFGEN_NOWHERE, .length = length, .address = address, .in_memory = true};
    if (!in_file)
        return true;
    uint64_t left = mapping.file_end - address;
    reference->offset = mapping.offset + (address - mapping.start);
    reference->length = length < left ? length : left;
    return true;
}

bool elfgen_reference_at_entry(const struct elfgen_view *view, const struct elfgen_table *table,
                               uint64_t index, uint64_t size, struct elfgen_reference *reference)
{
    uint64_t offset;
    return index < table->count && elfgen_multiply(index, table->entry_size, &offset) &&
           elfgen_add(table->offset, offset, &offset) &&
           elfgen_reference_at_offset(view, offset, size, reference);
}

bool elfgen_reference_at_header(const struct elfgen_view *view, uint64_t index,
                                struct elfgen_reference *reference)
{
    return index != ELFGEN_SHN_UNDEF && view->ehdr.e_shoff != 0 &&
           elfgen_reference_at_entry(view, &view->sections, index,
                                     elfgen_structure_size(ELFGEN_STRUCTURE_shdr, view->class_),
                                     reference);
}

bool elfgen_reference_in_section(const struct elfgen_view *view, uint64_t index, uint64_t distance,
                                 uint64_t length, struct elfgen_reference *reference)
{
    struct elfgen_shdr shdr;
    return index != ELFGEN_SHN_UNDEF &&
           elfgen_view_section(view, index, &shdr, NULL) == ELFGEN_OK &&
           shdr.sh_type != ELFGEN_SHT_NOBITS && distance < shdr.sh_size &&
           shdr.sh_offset <= UINT64_MAX - distance &&
           elfgen_reference_at_offset(view, shdr.sh_offset + distance, length, reference);
}

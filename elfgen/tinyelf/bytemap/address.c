/* Finds the addresses of offsets, one after another. */
#include "bytemap.h"

/* Asks each program header, and notes how far the answer holds. */
static void find(struct bytemap_addresses *addresses, const struct elfgen_view *view,
                 uint64_t offset)
{
    uint64_t count = view->ehdr.e_type == ELFGEN_ET_REL ? 0 : elfgen_memory_segments(view);
    *addresses = (struct bytemap_addresses){.to = UINT64_MAX};
    for (uint64_t i = 0; i < count && !addresses->in_memory; i++) {
        struct elfgen_mapping mapping;
        if (!elfgen_mapping_get(view, i, &mapping) || mapping.file_end <= mapping.start)
            continue;
        uint64_t end = mapping.offset + (mapping.file_end - mapping.start);
        if (offset >= end) {
            if (addresses->from < end)
                addresses->from = end;
        } else if (offset < mapping.offset) {
            if (addresses->to > mapping.offset)
                addresses->to = mapping.offset;
        } else {
            addresses->in_memory = true;
            addresses->distance = mapping.start - mapping.offset;
            if (addresses->from < mapping.offset)
                addresses->from = mapping.offset;
            if (addresses->to > end)
                addresses->to = end;
        }
    }
}

bool bytemap_address(struct bytemap_addresses *addresses, const struct elfgen_view *view,
                     uint64_t offset, uint64_t *address)
{
    if (offset < addresses->from || offset >= addresses->to)
        find(addresses, view, offset);
    *address = offset + addresses->distance;
    return addresses->in_memory;
}

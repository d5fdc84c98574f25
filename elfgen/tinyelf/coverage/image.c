/* Finds which byte of the file is at an address of the running program. */
#include <stdlib.h>

#include "coverage_private.h"

/* Addresses that show something else than the program since a call. */
enum { CUTS = 64 };
struct cut {
    uint64_t from, to;
};

struct coverage_image {
    uint64_t bias;     /* address in the run less the one that the file asks for */
    uint64_t from, to; /* of all mappings */
    size_t cut_count, count;
    struct cut cuts[CUTS];
    struct elfgen_mapping mappings[]; /* at the addresses that the file asks for; the last one
                                       * that has an address counts */
};

/* How far the program is from where the file asks for: by the first mapping of it that the
 * recording has. */
static uint64_t find_bias(const struct coverage_image *image,
                          const struct step_recording *recording)
{
    for (size_t i = 0; i < recording->mapping_count; i++) {
        const struct step_mapping *mapping = &recording->mappings[i];
        for (size_t j = 0; mapping->file == 0 && j < image->count; j++)
            if (image->mappings[j].offset == mapping->offset)
                return mapping->start - image->mappings[j].start;
    }
    return 0;
}

struct coverage_image *coverage_image_open(const struct elfgen_view *view,
                                           const struct step_recording *recording)
{
    uint64_t most = elfgen_memory_segments(view);
    struct coverage_image *image =
        calloc(1, sizeof *image + (size_t)most * sizeof image->mappings[0]);
    if (!image)
        return NULL;
    image->from = UINT64_MAX;
    for (uint64_t i = 0; i < most; i++) {
        struct elfgen_mapping *mapping = &image->mappings[image->count];
        if (!elfgen_mapping_get(view, i, mapping))
            continue;
        image->count++;
        if (mapping->start < image->from)
            image->from = mapping->start;
        if (mapping->end > image->to)
            image->to = mapping->end;
    }
    if (view->ehdr.e_type != ELFGEN_ET_EXEC)
        image->bias = find_bias(image, recording);
    return image;
}

void coverage_image_free(struct coverage_image *image)
{
    free(image);
}

bool coverage_image_find(const struct coverage_image *image, uint64_t address, uint64_t *offset,
                         uint64_t *length)
{
    uint64_t end = UINT64_MAX;
    for (size_t i = 0; i < image->cut_count; i++) {
        if (address >= image->cuts[i].from && address < image->cuts[i].to)
            return false;
        if (image->cuts[i].from > address && image->cuts[i].from - image->bias < end)
            end = image->cuts[i].from - image->bias;
    }
    address -= image->bias;
    if (address < image->from || address >= image->to)
        return false;
    for (size_t i = image->count; i-- > 0;) {
        const struct elfgen_mapping *mapping = &image->mappings[i];
        if (address >= mapping->start && address < mapping->end) {
            if (address >= mapping->file_end)
                return false;
            if (mapping->file_end < end)
                end = mapping->file_end;
            *offset = mapping->offset + (address - mapping->start);
            *length = end > address ? end - address : 1;
            return true;
        }
        /* It hides what earlier ones have there. */
        if (mapping->start > address && mapping->start < end)
            end = mapping->start;
    }
    return false;
}

bool coverage_image_own(const struct coverage_image *image, uint64_t address, uint64_t *own)
{
    *own = address - image->bias;
    return *own >= image->from && *own < image->to;
}

uint64_t coverage_image_address(const struct coverage_image *image, uint64_t address)
{
    uint64_t own;
    return coverage_image_own(image, address, &own) ? own : address;
}

void coverage_image_cut(struct coverage_image *image, uint64_t from, uint64_t length)
{
    uint64_t to = length > UINT64_MAX - from ? UINT64_MAX : from + length;
    uint64_t start = image->from + image->bias, end = image->to + image->bias;
    if (length == 0 || from >= end || to <= start)
        return;
    /* With no room for more, the last one grows: too little is better than something wrong. */
    if (image->cut_count == CUTS) {
        struct cut *last = &image->cuts[CUTS - 1];
        last->from = from < last->from ? from : last->from;
        last->to = to > last->to ? to : last->to;
    } else {
        image->cuts[image->cut_count++] = (struct cut){from, to};
    }
}

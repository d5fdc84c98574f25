/* Proves a file that was placed, and keeps it if it does the same. */
#include <string.h>

#include "finding.h"

/* Where an instruction of the original is that a choice provides for, or is itself. */
static uint64_t operation_offset(const struct golf_lifted *lifted, const struct golf_pieces *pieces,
                                 uint32_t choice)
{
    const struct golf_node *node = pieces->nodes;
    while (choice < node->first || choice >= node->first + node->count)
        node++;
    const struct golf_block *block = &lifted->blocks[node->block];
    return node->operation < block->count ? block->operations[node->operation].offset
                                          : ELFGEN_NOWHERE;
}

static uint64_t source_of(const struct finding *finding, const struct golf_pieces *pieces,
                          const struct golf_item *item)
{
    const uint8_t *bytes;
    switch ((enum golf_item_kind)item->kind) {
    case GOLF_ITEM_CHOICE:
        return operation_offset(pieces->data == finding->set.data ? &finding->set
                                                                  : &finding->lifted,
                                pieces, item->which);
    case GOLF_ITEM_DATA:
        bytes = pieces->data[item->which].bytes;
        return bytes ? (uint64_t)(bytes - finding->options->original) : ELFGEN_NOWHERE;
    default:
        return ELFGEN_NOWHERE;
    }
}

static void keep(struct finding *finding, const uint8_t *bytes, size_t size,
                 const struct golf_placed *how)
{
    struct golf_found *found = finding->found;
    memcpy(found->bytes, bytes, size);
    found->size = size;
    found->overlap = *how->overlap;
    found->base = how->base;
    found->entry = how->entry;
    found->is_verbatim = finding->lifted.is_verbatim;
    found->item_count = 0;
    for (size_t i = 0; i < how->count && found->item_count < GOLF_FOUND_ITEMS; i++) {
        const struct golf_item *item = &how->items[i];
        if (!item->length)
            continue;
        const char *reason =
            item->kind == GOLF_ITEM_CHOICE ? how->pieces->choices[item->which].reason : NULL;
        found->items[found->item_count++] = (struct golf_found_item){
            item->offset, item->length, item->kind, reason, source_of(finding, how->pieces, item)};
    }
}

/* Whether there are values that no environment has with which it does something else. */
static bool differs_somewhere(const struct finding *finding, const uint8_t *bytes, size_t size)
{
    struct golf_difference difference;
    return !finding->options->full_writes &&
           golf_prover_show(finding->options->prover, bytes, size, &difference).differs;
}

bool finding_prove(const uint8_t *bytes, size_t size, const struct golf_placed *how, void *context)
{
    struct finding *finding = context;
    struct golf_difference difference;
    if (finding->has_failed)
        return false;
    if (!finding->options->prover) {
        keep(finding, bytes, size, how);
        return true;
    }
    switch (golf_prove(finding->options->prover, bytes, size, &difference, finding->error)) {
    case GOLF_SAME:
        if (differs_somewhere(finding, bytes, size)) {
            finding->found->rejected++;
            return false;
        }
        keep(finding, bytes, size, how);
        return true;
    case GOLF_DIFFERENT:
        finding->found->rejected++;
        return false;
    default:
        finding->has_failed = !finding_is_interrupted(finding);
        return false;
    }
}

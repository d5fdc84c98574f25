/* The items of a recorded trace. */
#ifndef GOLF_ITEM_H
#define GOLF_ITEM_H

#include "bytes.h"

enum golf_item_kind { GOLF_ITEM_CALL, GOLF_ITEM_EXIT, GOLF_ITEM_FAULT };

struct golf_item {
    enum golf_item_kind kind;
    const uint8_t *key; /* of a call; of a fault: what must be the same */
    size_t key_size;
    int64_t result;
    const uint8_t *outputs; /* as golf_output_put() made them */
    size_t outputs_size;
};

void golf_item_put(struct golf_bytes *bytes, const struct golf_item *item);

/* Reads the item at *at, and moves on. Returns false at the end. */
bool golf_item_next(const struct golf_bytes *bytes, size_t *at, struct golf_item *item);

/* The same for what the kernel wrote. */
struct golf_output {
    uint64_t where;
    const uint8_t *bytes;
    size_t size;
};
bool golf_output_next(const struct golf_item *item, size_t *at, struct golf_output *output);

#endif

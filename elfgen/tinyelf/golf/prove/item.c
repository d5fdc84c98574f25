/* The items of a recorded trace. */
#include "item.h"

#include <string.h>

static uint64_t number_at(const uint8_t *bytes, size_t at)
{
    uint64_t number;
    memcpy(&number, bytes + at, sizeof number);
    return number;
}

void golf_item_put(struct golf_bytes *bytes, const struct golf_item *item)
{
    golf_bytes_put_number(bytes, item->kind);
    golf_bytes_put_number(bytes, (uint64_t)item->result);
    golf_bytes_put_number(bytes, item->key_size);
    golf_bytes_put_number(bytes, item->outputs_size);
    golf_bytes_put(bytes, item->key, item->key_size);
    golf_bytes_put(bytes, item->outputs, item->outputs_size);
}

bool golf_item_next(const struct golf_bytes *bytes, size_t *at, struct golf_item *item)
{
    enum { NUMBERS = 4 * sizeof(uint64_t) };
    const uint8_t *start = bytes->bytes + *at;
    if (*at >= bytes->size)
        return false;
    item->kind = (enum golf_item_kind)number_at(start, 0);
    item->result = (int64_t)number_at(start, sizeof(uint64_t));
    item->key_size = (size_t)number_at(start, 2 * sizeof(uint64_t));
    item->outputs_size = (size_t)number_at(start, 3 * sizeof(uint64_t));
    item->key = start + NUMBERS;
    item->outputs = item->key + item->key_size;
    *at += NUMBERS + item->key_size + item->outputs_size;
    return true;
}

bool golf_output_next(const struct golf_item *item, size_t *at, struct golf_output *output)
{
    if (*at >= item->outputs_size)
        return false;
    output->where = number_at(item->outputs, *at);
    output->size = (size_t)number_at(item->outputs, *at + sizeof(uint64_t));
    output->bytes = item->outputs + *at + 2 * sizeof(uint64_t);
    *at += 2 * sizeof(uint64_t) + output->size;
    return true;
}

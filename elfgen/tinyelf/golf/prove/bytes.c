/* Bytes in memory that grow. */
#include "bytes.h"

#include <string.h>

#include "base/grow.h"

uint8_t *golf_bytes_add(struct golf_bytes *bytes, size_t size)
{
    if (bytes->failed || size > SIZE_MAX - bytes->size ||
        !grow_array(&bytes->bytes, bytes->size + size + 1, &bytes->room, 1)) {
        bytes->failed = true;
        return NULL;
    }
    bytes->size += size;
    return bytes->bytes + bytes->size - size;
}

void golf_bytes_put(struct golf_bytes *bytes, const void *from, size_t size)
{
    uint8_t *place = golf_bytes_add(bytes, size);
    if (place && size > 0)
        memcpy(place, from, size);
}

void golf_bytes_put_number(struct golf_bytes *bytes, uint64_t number)
{
    golf_bytes_put(bytes, &number, sizeof number);
}

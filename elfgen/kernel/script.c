/* Finds the name of a script's interpreter, as fs/binfmt_script.c does. */
#include "kernel_private.h"

#include <string.h>

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

bool elfgen_kernel_find_script(const uint8_t *buffer, uint64_t size, bool empty_counts,
                               uint64_t *start, uint64_t *length)
{
    uint64_t at = 2, end = 2;
    const uint8_t *newline = memchr(buffer, '\n', (size_t)size);
    /* strnchr() stops at a NUL. */
    const uint8_t *nul = memchr(buffer, '\0', (size_t)size);
    if (newline && nul && nul < newline)
        newline = NULL;
    if (newline) {
        end = (uint64_t)(newline - buffer);
    } else {
        while (at < size && is_blank(buffer[at]))
            at++;
        if (at == size)
            return false;
        uint64_t after = at;
        while (after < size && !is_blank(buffer[after]) && buffer[after] != '\0')
            after++;
        if (after == size)
            return false; /* cut off */
        end = size - 1;
    }
    while (end > 0 && is_blank(buffer[end - 1]))
        end--;
    for (at = 2; at < end && is_blank(buffer[at]); at++)
        ;
    /* Up to 5.7 a NUL in its place was not a name; since then it is an empty name. */
    if (at >= end || (buffer[at] == '\0' && !empty_counts))
        return false;
    *start = at;
    while (at < end && !is_blank(buffer[at]) && buffer[at] != '\0')
        at++;
    *length = at - *start;
    return true;
}

/* Uncompresses what zlib compressed. */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One byte of DEFLATE becomes at most this many. */
enum { INFLATE_MOST = 1032 };

/* Uncompresses zlib streams (RFC 1950 and 1951), one after another, into exactly `room` bytes.
 * Returns false if they are malformed, make more or fewer bytes, or have a wrong checksum; `out` is
 * then written in part. */
bool inflate_zlib(const uint8_t *bytes, size_t size, uint8_t *out, size_t room);

#endif

/* Reads and writes numbers of either byte order, and whole structures by their rows.
 *
 * Everything is inline: where class and byte order are constants, writing a structure takes one
 * store a field. */
#ifndef ELFGEN_CODEC_H
#define ELFGEN_CODEC_H

#include <stdbool.h>
#include <string.h>

#include "elfgen/format.h"

/* What is said of a file without the magic number. */
#define ELFGEN_NOT_ELF_TEXT "not an ELF file: it does not start with 7f 45 4c 46"

/* Linux reads no more of a path (PATH_MAX, include/uapi/linux/limits.h). */
enum { ELFGEN_PATH_MAX = 4096 };

/* Whether the host has this byte order. */
static inline bool elfgen_is_host_order(enum elfgen_order order)
{
    return (order == ELFGEN_BIG_ENDIAN) == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* Reads a number of `width` bytes, 1 to 8. The widths of fields take a single load. */
static inline uint64_t elfgen_load(const uint8_t *bytes, unsigned width, enum elfgen_order order)
{
    uint16_t half;
    uint32_t word;
    uint64_t value = 0;
    switch (width) {
    case 2:
        memcpy(&half, bytes, sizeof half);
        return elfgen_is_host_order(order) ? half : __builtin_bswap16(half);
    case 4:
        memcpy(&word, bytes, sizeof word);
        return elfgen_is_host_order(order) ? word : __builtin_bswap32(word);
    case 8:
        memcpy(&value, bytes, sizeof value);
        return elfgen_is_host_order(order) ? value : __builtin_bswap64(value);
    default:
        for (unsigned i = 0; i < width; i++)
            value |= (uint64_t)bytes[i] << 8 * (order == ELFGEN_BIG_ENDIAN ? width - 1 - i : i);
        return value;
    }
}

/* Writes the low `width` bytes of a number, 1 to 8. */
static inline void elfgen_store(uint8_t *bytes, uint64_t value, unsigned width,
                                enum elfgen_order order)
{
    uint16_t half = (uint16_t)value;
    uint32_t word = (uint32_t)value;
    switch (width) {
    case 2:
        half = elfgen_is_host_order(order) ? half : __builtin_bswap16(half);
        memcpy(bytes, &half, sizeof half);
        break;
    case 4:
        word = elfgen_is_host_order(order) ? word : __builtin_bswap32(word);
        memcpy(bytes, &word, sizeof word);
        break;
    case 8:
        value = elfgen_is_host_order(order) ? value : __builtin_bswap64(value);
        memcpy(bytes, &value, sizeof value);
        break;
    default:
        for (unsigned i = 0; i < width; i++)
            bytes[i] = (uint8_t)(value >> 8 * (order == ELFGEN_BIG_ENDIAN ? width - 1 - i : i));
    }
}

/* a + b; false where the sum does not fit 64 bits. All sums of two file quantities use this. */
static inline bool elfgen_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool elfgen_multiply(uint64_t a, uint64_t b, uint64_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/* The lowest multiple of `align` (a power of two) that is at least `value`; false where it does not
 * fit 64 bits. */
static inline bool elfgen_round_up(uint64_t value, uint64_t align, uint64_t *result)
{
    uint64_t sum;
    if (!elfgen_add(value, align - 1, &sum))
        return false;
    *result = sum & ~(align - 1);
    return true;
}

/* Sizes in bytes as constants: elfgen_size32_ehdr, elfgen_size64_ehdr, ... */
enum {
#define X(name, fields, size32, size64, meaning)                                                   \
    elfgen_size32_##name = (size32), elfgen_size64_##name = (size64),
    ELFGEN_STRUCTURES(X)
#undef X
};

#define X_DECODE(field, o32, w32, o64, w64, kind, reader, meaning)                                 \
    decoded->field = class_ == ELFGEN_CLASS64 ? elfgen_load(bytes + (o64), (w64), order)           \
                                              : elfgen_load(bytes + (o32), (w32), order);
#define X_ENCODE(field, o32, w32, o64, w64, kind, reader, meaning)                                 \
    if (class_ == ELFGEN_CLASS64)                                                                  \
        elfgen_store(bytes + (o64), decoded->field, (w64), order);                                 \
    else                                                                                           \
        elfgen_store(bytes + (o32), decoded->field, (w32), order);

/* elfgen_decode_ehdr(&decoded, bytes, class, order) and elfgen_encode_ehdr(bytes, &decoded, class,
 * order), and so on: `bytes` holds the whole structure. */
#define X(name, fields, size32, size64, meaning)                                                   \
    static inline void elfgen_decode_##name(struct elfgen_##name *decoded, const uint8_t *bytes,   \
                                            enum elfgen_class class_, enum elfgen_order order)     \
    {                                                                                              \
        fields(X_DECODE)                                                                           \
    }                                                                                              \
    static inline void elfgen_encode_##name(uint8_t *bytes, const struct elfgen_##name *decoded,   \
                                            enum elfgen_class class_, enum elfgen_order order)     \
    {                                                                                              \
        fields(X_ENCODE)                                                                           \
    }
ELFGEN_STRUCTURES(X)
#undef X
#undef X_DECODE
#undef X_ENCODE

#endif

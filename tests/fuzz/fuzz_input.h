/* Shared by the fuzz targets that make structures of their input. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The input as numbers, followed by zeros, and what was allocated for it. */
struct input {
    const uint8_t *bytes;
    size_t left;
    void *memory[512];
    size_t memory_count;
};

static inline void check(bool so)
{
    if (!so)
        abort();
}

static inline uint64_t take(struct input *input, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width && input->left > 0; i++, input->left--)
        value |= (uint64_t)*input->bytes++ << 8 * i;
    return value;
}

/* Mostly small numbers, otherwise any number, or one near the highest. */
static inline uint64_t take_number(struct input *input)
{
    uint64_t kind = take(input, 1);
    if (kind < 200)
        return kind;
    return kind < 220   ? take(input, 4)
           : kind < 240 ? take(input, 8)
           : kind < 248 ? UINT64_C(1) << take(input, 1) % 64
                        : UINT64_MAX - take(input, 1);
}

static inline bool is_rare(struct input *input)
{
    return take(input, 1) > 240;
}

/* Mostly an index below `count`. */
static inline uint64_t take_index(struct input *input, uint64_t count)
{
    const uint64_t index = take(input, 1);
    return index < 240 && count > 0 ? index % count : take_number(input);
}

static inline bool take_bool(struct input *input)
{
    return take(input, 1) & 1;
}

/* Memory of exactly this size, so that a sanitizer sees what is read past it. */
static inline void *room(struct input *input, size_t size)
{
    check(input->memory_count < sizeof input->memory / sizeof input->memory[0]);
    void *memory = calloc(1, size ? size : 1);
    check(memory != NULL);
    return input->memory[input->memory_count++] = memory;
}

/* `size` bytes of the input, with zeros after its end. */
static inline uint8_t *take_bytes(struct input *input, size_t size)
{
    uint8_t *bytes = room(input, size);
    const size_t there = size < input->left ? size : input->left;
    memcpy(bytes, input->bytes, there);
    input->bytes += there;
    input->left -= there;
    return bytes;
}

/* A string of any bytes, mostly a usual one, or NULL. */
static inline const char *take_name(struct input *input)
{
    static const char *const usual[] = {"", "a", ".text", NULL};
    const size_t choice = take(input, 1), length = choice % 20;
    if (choice < 200)
        return usual[choice % 4];
    uint8_t *bytes = take_bytes(input, length + 1);
    bytes[length] = '\0';
    return (const char *)bytes;
}

/* Memory for `count` things of `size` bytes; sometimes NULL, whatever the count is. */
static inline void *take_array(struct input *input, size_t count, size_t size)
{
    return take(input, 1) == 255 ? NULL : room(input, count * size);
}

static inline void release(struct input *input)
{
    while (input->memory_count > 0)
        free(input->memory[--input->memory_count]);
}

#endif

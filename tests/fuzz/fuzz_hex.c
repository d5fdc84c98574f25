/* Fuzzes the hex language: a source is assembled to exactly the measured size. */
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void add(void *context, uint64_t line, uint64_t offset, uint64_t size)
{
    uint64_t *sums = context; /* bytes, lines */
    if (offset != sums[0] || line <= sums[1])
        abort();
    sums[0] += size;
    sums[1] = line;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct elfgen_hex_needs needs;
    struct elfgen_error error = {.offset = 0};
    char *source = malloc(size ? size : 1);
    if (!source)
        return 0;
    memcpy(source, bytes, size);
    enum elfgen_status status = elfgen_hex_measure(source, size, &needs, &error);
    if (status == ELFGEN_OK) {
        uint64_t sums[2] = {0, 0};
        struct elfgen_hex_options options = {.base = 0x10000, .order = size % 2 + 1};
        uint8_t *made = malloc(needs.bytes ? needs.bytes : 1);
        struct elfgen_hex_label *labels = calloc(needs.labels ? needs.labels : 1, sizeof *labels);
        if (made && labels)
            status = elfgen_hex_assemble(source, size, &options, &needs, labels, made, add, sums,
                                         &error);
        if (made && labels && status == ELFGEN_OK && sums[0] != needs.bytes)
            abort();
        if (status == ELFGEN_NO_ROOM)
            abort();
        free(labels);
        free(made);
    }
    if (status != ELFGEN_OK && error.offset > size)
        abort();
    free(source);
    return 0;
}

/* Fuzzes dump: the view, and the whole readelf report, wide and narrow. */
#include <stdlib.h>
#include <string.h>

#include "commands/dump/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void discard(struct elfgen_text *text)
{
    text->length = 0;
}

static void count_text(void *context, bool is_error, uint64_t offset, const char *field,
                       const char *text)
{
    (void)is_error;
    (void)offset;
    *(size_t *)context += strlen(text) + (field ? strlen(field) : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char buffer[4096];
    for (int turn = 0; turn < 4; turn++) {
        size_t messages = 0;
        struct elfgen_text out = {.bytes = buffer, .capacity = sizeof buffer, .flush = discard};
        struct readelf report = {.bytes = bytes,
                                 .length = size,
                                 .title = turn & 1 ? "fuzz" : NULL,
                                 .header = turn < 3,
                                 .segments = true,
                                 .sections = true,
                                 .wide = turn & 1,
                                 .out = &out,
                                 .object = count_text,
                                 .context = &messages};
        if (!readelf_report(&report) && messages == 0)
            abort(); /* a failure without a message */
    }
    return 0;
}

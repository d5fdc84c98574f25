/* Shared by the fuzz targets that write a document and read it back. */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline void check(bool so)
{
    if (!so)
        abort();
}

/* The written text; the caller frees `bytes`. */
struct document {
    char *bytes;
    size_t size;
};

/* A text's flush, with a document for its context. */
static inline void keep(struct elfgen_text *text)
{
    struct document *document = text->context;
    char *more = realloc(document->bytes, document->size + text->length + 1);
    check(more != NULL);
    document->bytes = more;
    memcpy(more + document->size, text->bytes, text->length);
    document->size += text->length;
    text->length = 0;
}

#endif

/* Fuzzes the detection of an assembly language. */
#include <stdlib.h>
#include <string.h>

#include "input/input_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t offset = 0;
    /* An allocation of the exact size, so that the sanitizer notices a read past it. */
    char *text = malloc(size ? size : 1);
    if (!text)
        return 0;
    memcpy(text, bytes, size);
    if (source_detect_assembly(text, size, &offset) == SOURCE_DETECT && offset >= size)
        abort();
    source_is_fasm(text, size);
    free(text);
    return 0;
}

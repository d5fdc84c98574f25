/* Fuzzes relocatable objects: libelf reads them, and the linker makes images in both layouts,
 * section headers and a debug file. */
#include <stdlib.h>
#include <string.h>

#include "fuzz_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct messages messages = {0};
    struct object_options options = fuzz_options("fuzz.o", &messages);
    struct file_bytes copy = fuzz_copy(bytes, size);
    if (!copy.bytes)
        return 0;
    struct link_object *object = source_read_object(&options, &copy);
    if (!object && messages.count == 0)
        abort();
    if (object)
        fuzz_link_all(&object, 1, NULL, size > 0 && bytes[size - 1] & 1, &messages);
    return 0;
}

/* Fuzzes archives: every member that the index offers is read and linked with the others. */
#include <stdlib.h>
#include <string.h>

#include "fuzz_link.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { MOST_MEMBERS = 16 };
    struct messages messages = {0};
    struct object_options options = fuzz_options("fuzz.a", &messages);
    struct file_bytes copy = fuzz_copy(bytes, size);
    struct link_object *objects[MOST_MEMBERS];
    size_t count = 0;
    if (!copy.bytes)
        return 0;
    struct link_archive *archive =
        source_is_archive(&copy) ? source_read_archive(&options, &copy) : NULL;
    file_free(&copy);
    if (!archive)
        return 0;
    for (size_t i = 0; i < archive->offer_count && count < MOST_MEMBERS; i++) {
        bool failed = false;
        size_t before = messages.count;
        struct link_object *object = archive->load(archive->owner, i, &failed);
        if (failed && (object || messages.count == before))
            abort();
        if (object)
            objects[count++] = object;
    }
    fuzz_link_all(objects, count, archive, size > 0 && bytes[size - 1] & 1, &messages);
    return 0;
}

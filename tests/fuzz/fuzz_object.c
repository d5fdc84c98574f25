/* Any bytes as a relocatable object, through libelf to a program and on to an image. */
#include <stdlib.h>
#include <string.h>

#include "../../elfgen/source/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void hear(void *context, const struct source_message *message)
{
    *(size_t *)context += strlen(message->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t file[1 << 16];
    size_t heard = 0;
    struct source source = {.path = "fuzz.o", .name = "fuzz.o", .tell = hear, .context = &heard};
    source.object_file = source.message_file = source.text_file = -1;
    source.object.bytes = malloc(size + 1);
    if (!source.object.bytes)
        return 0;
    memcpy(source.object.bytes, bytes, size);
    source.object.size = size;
    struct elfgen_layout layout;
    struct elfgen_error error;
    bool good = source_read_object(&source);
    if (!good && heard == 0)
        abort();
    if (good && elfgen_layout_single(&source.program, NULL, &layout, &error) == ELFGEN_OK)
        elfgen_write_image(&source.program, &layout, file, sizeof file, &error);
    source_release(&source);
    return 0;
}

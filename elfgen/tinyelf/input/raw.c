/* Makes an object of raw machine code: one section, which is the entry. */
#include "object.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/format.h"

/* What the object points into. */
struct code {
    struct file_bytes bytes;
    char *name;
};

static void close_code(void *owner)
{
    struct code *code = owner;
    file_free(&code->bytes);
    free(code->name);
    free(code);
}

struct link_object *source_read_raw(const struct object_options *options, struct file_bytes *bytes)
{
    struct link_object *object = calloc(1, sizeof *object);
    struct code *code = calloc(1, sizeof *code);
    struct link_section *sections = calloc(2, sizeof *sections);
    char *name = strdup(options->name);
    if (!object || !code || !sections || !name) {
        free(object);
        free(code);
        free(sections);
        free(name);
        object_no_memory(options);
        return NULL;
    }
    *code = (struct code){.bytes = *bytes, .name = name};
    *bytes = (struct file_bytes){0};
    sections[0] = (struct link_section){.name = "", .place = LINK_NONE};
    sections[1] = (struct link_section){.name = "code",
                                        .bytes = (const uint8_t *)code->bytes.bytes,
                                        .size = code->bytes.size,
                                        .align = 1,
                                        .flags = ELFGEN_SHF_ALLOC | ELFGEN_SHF_EXECINSTR,
                                        .type = ELFGEN_SHT_PROGBITS,
                                        .place = LINK_NONE};
    *object = (struct link_object){.name = name,
                                   .machine = options->machine,
                                   .sections = sections,
                                   .section_count = 2,
                                   .keeps_all = true,
                                   .release = close_code,
                                   .owner = code};
    return object;
}

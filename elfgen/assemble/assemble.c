/* Assembles a source: a statement after the other, then sizes, then the program. */
#include "elfgen/assemble.h"

enum elfgen_status elfgen_assemble(const char *text, size_t length,
                                   const struct elfgen_assemble_options *options, void *memory,
                                   size_t size, struct elfgen_assembly *assembly,
                                   struct elfgen_error *error)
{
    (void)options;
    (void)memory;
    (void)size;
    *assembly = (struct elfgen_assembly){0};
    if (!text && length)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "the text is NULL, and its length is not 0");
    return elfgen_error_set(error, ELFGEN_UNSUPPORTED, 0,
                            "this version of the library assembles no source");
}

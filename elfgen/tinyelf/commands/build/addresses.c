/* Lists where a linked program has absolute addresses of its own. */
#include <stdlib.h>

#include "build.h"
#include "cli/cli.h"

enum { SHORTEST = 4 };

static int by_value(const void *a, const void *b)
{
    const uint32_t *first = a, *second = b;
    return *first < *second ? -1 : *first > *second;
}

/* Whether a relocation stores an address of the program, or something that may be one. */
static bool is_address(const struct elfgen_program *program, uint16_t machine,
                       const struct elfgen_relocation *relocation)
{
    return elfgen_relocation_width(machine, relocation->type) >= SHORTEST &&
           !elfgen_relocation_is_relative(machine, relocation->type) &&
           program->sections[relocation->section].bytes != NULL;
}

bool build_addresses(const struct elfgen_program *program, uint16_t machine,
                     struct build_made *made)
{
    made->addresses = malloc((program->relocation_count + 1) * sizeof *made->addresses);
    if (!made->addresses)
        return message_no_memory("build");
    made->address_count = 0;
    for (size_t i = 0; i < program->relocation_count; i++) {
        const struct elfgen_relocation *relocation = &program->relocations[i];
        if (is_address(program, machine, relocation))
            made->addresses[made->address_count++] =
                (uint32_t)(program->sections[relocation->section].offset + relocation->offset);
    }
    if (made->address_count > 0)
        qsort(made->addresses, made->address_count, sizeof *made->addresses, by_value);
    return true;
}

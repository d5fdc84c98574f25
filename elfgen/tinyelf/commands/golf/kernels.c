/* Asks which versions of Linux start a candidate, where they start the original. */
#include "golf_private.h"

static enum elfgen_kernel_verdict ask(const struct golf_file *file, uint32_t version,
                                      struct elfgen_kernel_answer *answer)
{
    struct elfgen_kernel_machine machine;
    elfgen_kernel_usual(&machine);
    machine.version = version;
    return elfgen_kernel_ask(file->bytes, file->size, &machine, NULL, answer, NULL) == ELFGEN_OK
               ? answer->verdict
               : ELFGEN_REFUSED;
}

/* Adds a version to the ranges. `follows`: so is the version before it. */
static void add(struct golf_kernels *kernels, uint32_t version, bool follows)
{
    if (!follows && kernels->refuse_count < GOLF_KERNEL_RANGES)
        kernels->refuse[kernels->refuse_count++].first = version;
    kernels->refuse[kernels->refuse_count - 1].last = version;
}

void golf_kernels_ask(const struct golf_file *original, const struct golf_file *candidate,
                      const struct kernel_versions *versions, struct golf_kernels *kernels)
{
    struct elfgen_kernel_answer first, second;
    bool refused = false;
    *kernels = (struct golf_kernels){.asked = *versions};
    for (uint32_t version = versions->first; version <= versions->last;
         version = kernel_versions_next(version)) {
        const bool follows = refused;
        refused = ask(original, version, &first) == ELFGEN_STARTS;
        kernels->starts = kernels->starts || refused;
        refused = refused && ask(candidate, version, &second) != ELFGEN_STARTS;
        if (refused && kernels->refuse_count == 0)
            kernels->answer = second;
        if (refused)
            add(kernels, version, follows);
    }
}

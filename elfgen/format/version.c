/* The version with which the library was compiled. */
#include "elfgen/version.h"

uint32_t elfgen_version(void)
{
    return ELFGEN_VERSION;
}

const char *elfgen_version_text(void)
{
    return ELFGEN_VERSION_TEXT;
}

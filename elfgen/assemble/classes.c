/* Names of the classes of warnings. */
#include "elfgen/assemble.h"

const char *elfgen_assemble_class_name(unsigned class_)
{
    static const char *const names[] = {
        "error",
#define ELFGEN_ASSEMBLE_WARNING(ident, name) name,
#include "elfgen/assemble_warnings.def"
#undef ELFGEN_ASSEMBLE_WARNING
    };
    return class_ < ELFGEN_ASSEMBLE_CLASSES ? names[class_] : NULL;
}

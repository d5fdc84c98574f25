/* Sets the error that there is no memory. */
#include "no_memory.h"

bool error_no_memory(struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_NO_ROOM, ELFGEN_NOWHERE, NO_MEMORY);
    return false;
}

/* Finds the folder of the running program. */
#include "own_program.h"

#include <string.h>
#include <unistd.h>

bool own_program_folder(char *folder, size_t room)
{
    ssize_t length = readlink(OWN_PROGRAM, folder, room - 1);
    /* A path as long as the room may have been cut. */
    bool whole = length > 0 && (size_t)length < room - 1;
    folder[whole ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    *(slash ? slash + 1 : folder) = '\0';
    return slash != NULL;
}

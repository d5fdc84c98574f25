/* Finds the folders that are installed with the command. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own_program.h"
#include "cli.h"

/* Whether `folder` contains `probe`; `found` is then the folder's absolute path. */
static bool has(const char *folder, const char *probe, char *found, size_t room)
{
    char path[PATH_MAX], absolute[PATH_MAX], *real = realpath(folder, absolute);
    int length = real ? snprintf(path, sizeof path, "%s/%s", real, probe) : -1;
    bool there = length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0;
    if (there)
        length = snprintf(found, room, "%s", real);
    return there && length > 0 && (size_t)length < room;
}

bool datadir_find(const char *kind, const char *probe, char *folder, size_t room)
{
    /* As installed, and in the build folder. */
    static const char *const places[] = {"../share/tinyelf/", "share/tinyelf/"};
    char place[PATH_MAX * 2], command[PATH_MAX];
    /* TINYELF_TEMPLATES names a folder whose list refers to the folders beside it, so those are
     * there. */
    const char *chosen = getenv("TINYELF_TEMPLATES");
    snprintf(place, sizeof place, "%s/../%s", chosen ? chosen : "", kind);
    if (chosen && has(place, probe, folder, room))
        return true;
    bool known = own_program_folder(command, sizeof command);
    for (size_t i = 0; known && i < sizeof places / sizeof places[0]; i++) {
        snprintf(place, sizeof place, "%s%s%s", command, places[i], kind);
        if (has(place, probe, folder, room))
            return true;
    }
    return false;
}

/* Starts the companion, which has the commands that need a shared library: this program then starts
 * fast. */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own_program.h"
#include "base/system_error.h"

int companion_run(int argc, char **argv)
{
    /* Relative to this program: in the build folder, and as installed. */
    static const char *const places[] = {"", TINYELF_COMPANION_FOLDER "/"};
    char folder[PATH_MAX], path[PATH_MAX + sizeof TINYELF_COMPANION_FOLDER TINYELF_COMPANION];
    char **arguments = calloc((size_t)argc + 2, sizeof *arguments);
    own_program_folder(folder, sizeof folder);
    if (!arguments) {
        message_no_memory(NULL);
        return EXIT_NO;
    }
    program_restore_ignored();
    arguments[0] = path;
    memcpy(arguments + 1, argv, (size_t)argc * sizeof *arguments);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, sizeof path, "%s%s%s", folder, places[i], TINYELF_COMPANION);
        execv(path, arguments);
        if (errno != ENOENT)
            break;
    }
    message(path, "error", "cannot start it for '%s': %s", argv[0], system_error_text(errno));
    free(arguments);
    return EXIT_NO;
}

/* Profiles the programs that stages made. They run from memory, since nothing is kept yet. */
#include "stages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_error.h"
#include "cli/cli.h"

struct program {
    int file;
    char path[FILE_PATH];
    char *name, *shown;
};

/* Returns false after reporting an error. */
static bool prepare(const struct stages *stages, const char *folder, enum stage_way way,
                    struct program *program)
{
    static const char *const ways[WAY_COUNT] = {"cc", "tinyelf"};
    const struct stage *stage = &stages->of[way][STAGE_EXECUTABLE];
    *program = (struct program){.file = -1};
    if (!stage->made)
        return true;
    program->file = file_make_program(stage->bytes.bytes, stage->bytes.size);
    if (program->file < 0 || asprintf(&program->name, "./%s", stages->name) < 0 ||
        asprintf(&program->shown, "%s/%s/%s", folder, ways[way], stages->name) < 0) {
        message(stages->path, "error", "cannot be run: %s", system_error_text(errno));
        return false;
    }
    file_path(program->file, program->path);
    return true;
}

bool stages_run_programs(const struct stages *stages, const char *folder, uint64_t limit,
                         struct profile runs[WAY_COUNT])
{
    struct program programs[WAY_COUNT];
    struct compare_program measured[WAY_COUNT];
    bool done = true;
    for (enum stage_way way = 0; way < WAY_COUNT; way++) {
        struct program *program = &programs[way];
        done = prepare(stages, folder, way, program) && done;
        measured[way] = (struct compare_program){program->shown ? program->path : NULL,
                                                 program->name, program->shown};
    }
    done = compare_run_programs(measured, runs, WAY_COUNT, limit) && done;
    for (enum stage_way way = 0; way < WAY_COUNT; way++) {
        if (programs[way].file >= 0)
            close(programs[way].file);
        free(programs[way].name);
        free(programs[way].shown);
    }
    return done;
}

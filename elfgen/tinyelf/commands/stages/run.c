/* Profiles the programs that stages made. They run from memory, since nothing is kept yet. */
#include "stages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/cli.h"

struct program {
    int file;
    char path[32];
    char *name, *shown;
};

static bool write_all(int file, const char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t part = write(file, bytes + done, size - done);
        if (part < 0 && errno != EINTR)
            return false;
        done += part > 0 ? (size_t)part : 0;
    }
    return true;
}

/* Makes a memory file that nobody can write to any more: Linux does not start others. Returns -1
 * and errno. */
static int make_file(const struct file_bytes *bytes)
{
    char path[32];
    int file = memfd_create("program", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    int program = file >= 0 && write_all(file, bytes->bytes, bytes->size)
                      ? open(path, O_RDONLY | O_CLOEXEC)
                      : -1;
    int error = errno;
    if (file >= 0)
        close(file);
    errno = error;
    return program;
}

/* Returns false after reporting an error. */
static bool prepare(const struct stages *stages, const char *folder, enum stage_way way,
                    struct program *program)
{
    static const char *const ways[WAY_COUNT] = {"cc", "tinyelf"};
    const struct stage *stage = &stages->of[way][STAGE_EXECUTABLE];
    *program = (struct program){.file = -1};
    if (!stage->made)
        return true;
    program->file = make_file(&stage->bytes);
    if (program->file < 0 || asprintf(&program->name, "./%s", stages->name) < 0 ||
        asprintf(&program->shown, "%s/%s/%s", folder, ways[way], stages->name) < 0) {
        message(stages->path, "error", "cannot run what was made: %s", strerror(errno));
        return false;
    }
    snprintf(program->path, sizeof program->path, "/proc/self/fd/%d", program->file);
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

/* Runs the four steps from C to a program separately and keeps their outputs: once as usual (cc),
 * once for the smallest file (tinyelf). */
#ifndef STAGES_PIPELINE_H
#define STAGES_PIPELINE_H

#include <stdio.h>

#include "base/file.h"
#include "base/report.h"

enum stage_number {
    STAGE_PREPROCESSED,
    STAGE_ASSEMBLY,
    STAGE_OBJECT,
    STAGE_EXECUTABLE,
    STAGE_COUNT
};
enum stage_way { WAY_CC, WAY_TINYELF, WAY_COUNT };

struct stage {
    bool run;       /* it was run, since all steps before it succeeded */
    bool made;      /* it succeeded */
    char *command;  /* as it would be typed in the folder of the files; NULL: not run */
    char *messages; /* one a line; NULL: none */
    size_t reason;  /* where in these the first error is, or, without one, the first message */
    size_t reason_length;
    struct file_bytes bytes;
};

struct stages {
    /* Set by the caller. */
    const char *path;           /* of the C file */
    const char *compiler;       /* as in struct source_options */
    const char *compiler_flags; /* after those of either way */
    const char *include_folder;
    uint16_t machine; /* 0: the compiler's own */
    /* For messages about the C file; those of linking are in `messages` only. */
    struct reporter reporter;

    /* Set by stages_run(), valid until stages_free(). */
    struct file_bytes input;
    char *argument; /* the C file's path for the compiler */
    char *name;     /* the program's: the C file's without folder and ".c" */
    char *flags;    /* that tinyelf adds, as shown in its commands */
    struct stage of[WAY_COUNT][STAGE_COUNT];
};

/* The suffix of a stage's file name: ".i", ".s", ".o", "". */
const char *stages_suffix(enum stage_number number);

/* Reads the file and runs the steps. Returns true even if a step fails; false after reporting that
 * the file or the compiler's command cannot be used. */
bool stages_run(struct stages *stages);
void stages_free(struct stages *stages);

/* Closes a stream of open_memstream(). Returns its text, or NULL if there was no memory for it. */
char *stages_end_text(FILE *stream, char **text);

#endif

/* From C to a program in the four steps that compilers take, each run by itself and its output
 * kept: once as anybody would (cc), once for the smallest file (tinyelf). */
#ifndef STAGES_H
#define STAGES_H

#include "source.h"

enum stage_number {
    STAGE_PREPROCESSED,
    STAGE_ASSEMBLY,
    STAGE_OBJECT,
    STAGE_EXECUTABLE,
    STAGE_COUNT
};
enum stage_way { WAY_CC, WAY_TINYELF, WAY_COUNT };

struct stage {
    bool run;       /* the step was tried: all before it had made their output */
    bool made;      /* and made an output */
    char *command;  /* as it would be typed beside the files, NULL: not run */
    char *messages; /* the messages, one a line, NULL: none */
    struct file_bytes bytes;
};

struct stages {
    /* The caller's. */
    const char *path;           /* of the C file */
    const char *compiler;       /* as in struct source */
    const char *compiler_flags; /* behind those of either way */
    const char *include_folder;
    uint16_t machine; /* 0: the compiler's own */
    source_reporter
        *report; /* messages about the C file; those of a link are in `messages` alone */
    void *context;

    /* Answers, valid until stages_free(). */
    struct file_bytes input;
    char *argument; /* the file as the compiler was told of it */
    char *name;     /* of the program: the file's name without folder and ".c" */
    char *flags;    /* what tinyelf gives the compiler more, as it stands in its commands */
    struct stage of[WAY_COUNT][STAGE_COUNT];
};

/* The ending of a stage's file name: ".i", ".s", ".o", "". */
const char *stage_ending(enum stage_number number);

/* Reads the file and runs the steps. A step that fails is no failure of this; false: the file or
 * the compiler's command cannot be used, told why. */
bool stages_run(struct stages *stages);
void stages_free(struct stages *stages);

#endif

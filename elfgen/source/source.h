/* Input languages -> objects and archives for the linker.
 *
 * Assembly becomes a relocatable object by its own assembler, C by the user's compiler, an object
 * or an archive of them is read by libelf, raw machine code is taken as it is. Nothing is printed:
 * what there is to say goes to a callback. */
#ifndef SOURCE_H
#define SOURCE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../link/object.h"
#include "base/file.h"
#include "elfgen/names.h"

enum source_language {
    SOURCE_DETECT, /* by the file's name and contents */
    SOURCE_NASM,
    SOURCE_GAS,
    SOURCE_C,
    SOURCE_OBJECT,
    SOURCE_ARCHIVE,
    SOURCE_RAW
};

enum source_severity { SOURCE_NOTE, SOURCE_WARNING, SOURCE_ERROR };

/* One thing to tell the user. Strings live until the callback returns. */
struct source_message {
    enum source_severity severity;
    const char *file;    /* as the user named it */
    unsigned line;       /* 1..., 0: none */
    unsigned column;     /* 1..., 0: none */
    const char *text;    /* one line */
    const char *excerpt; /* the source line, NULL where it is not at hand */
};

typedef void source_reporter(void *context, const struct source_message *message);

struct source {
    /* Set by the caller, untouched by the room. */
    const char *path; /* "-": standard input */
    enum source_language language;
    uint16_t machine; /* ELFGEN_EM_...; 0: what the input is for; source_start() sets it where the
                         input's first bytes tell */
    /* The C compiler, which also preprocesses .S: the path of a program, else words as in a shell;
     * NULL: cc. */
    const char *compiler;
    const char *compiler_flags; /* words that follow the room's own, NULL: none */
    const char *include_folder; /* where <tiny.h> is, NULL: not known */
    bool debug;   /* C is compiled with, and objects are read with debugging information */
    bool verbose; /* tell each step as SOURCE_NOTE */
    source_reporter *report;
    void *context; /* for `report` */

    /* Answers of source_finish(): one of the two, the caller's. */
    struct link_object *made;
    struct link_archive *archive;

    /* The room's own. */
    const char *name; /* the path as messages show it */
    struct file_bytes input;
    bool read_once;          /* the input is a pipe or the like: only we have its bytes */
    char argument[PATH_MAX]; /* the input as the assembler or compiler is told of it */
    pid_t child;             /* that, 0: none */
    int object_file, message_file, text_file; /* memory files, -1: none */
    struct file_bytes object;
};

/* Reads the input, finds out its language and starts the assembler or compiler if it needs one,
 * without waiting for it. Zero everything in *source but the caller's part before. False: told why.
 */
bool source_start(struct source *source);

/* Waits for what source_start() began and makes source->made or source->archive. False: told why.
 */
bool source_finish(struct source *source);

/* Frees everything, also after a failure, and ends an assembler or compiler that still runs. */
void source_release(struct source *source);

/* The path of the library with which the compiler helps out where the processor has no instruction
 * (64-bit division on i386), as `like` names compiler and machine. False: there is none; nothing is
 * told. */
bool source_find_libgcc(const struct source *like, char *path, size_t room);

/* ---- inside the room ---- */

/* The language of `size` bytes of assembly, from directives, registers and comments: SOURCE_NASM or
 * SOURCE_GAS, or SOURCE_DETECT where the bytes are not text (*offset: the first that is not). */
enum source_language source_detect_assembly(const char *text, size_t size, size_t *offset);

/* The machine that assembly is for, by its first `bits 32`, `.code32` or the like; else x86-64. */
uint16_t source_detect_machine(const char *text, size_t size);

/* Starts the assembler for source->input; source_finish_assembly() leaves the object in
 * source->object. */
bool source_start_assembly(struct source *source, enum source_language language, bool preprocess);
bool source_finish_assembly(struct source *source);

/* The same for C. */
bool source_start_compiler(struct source *source);
bool source_finish_compiler(struct source *source);

/* printf-style; `line` 0: about the whole file. Returns false, for the caller to pass on. */
__attribute__((format(printf, 4, 5))) bool source_report(const struct source *source,
                                                         enum source_severity severity,
                                                         unsigned line, const char *format, ...);

#endif

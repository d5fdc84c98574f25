/* Turns input files into objects and archives for the linker.
 *
 * Assembly is assembled by its own assembler, C is compiled by the user's compiler; objects and
 * archives are read with libelf, raw machine code is used as it is. Nothing is printed: messages go
 * to a callback. */
#ifndef INPUT_H
#define INPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "link/object.h"
#include "base/file.h"
#include "base/report.h"

enum source_language {
    SOURCE_DETECT, /* from the file's name and contents */
    SOURCE_NASM,
    SOURCE_GAS,
    SOURCE_C,
    SOURCE_OBJECT,
    SOURCE_ARCHIVE,
    SOURCE_RAW
};

struct source {
    /* Set by the caller; not changed, apart from `machine` and `language`. */
    const char *path; /* "-": standard input */
    enum source_language language;
    uint16_t machine; /* ELFGEN_EM_...; 0: the input's own, which source_start() or source_finish()
                         sets */
    /* The C compiler, which also preprocesses .S files: a program's path, or words as in a shell;
     * NULL: cc. */
    const char *compiler;
    const char *compiler_flags; /* words that follow our own flags; NULL: none */
    const char *include_folder; /* where <tiny.h> is; NULL: not known */
    bool debug;                 /* compile C with, and read from objects, debugging information */
    bool verbose;               /* report each command as a note */
    struct reporter reporter;

    /* Set by source_finish(): one of the two, which the caller owns. */
    struct link_object *made;
    struct link_archive *archive;

    /* Private. */
    const char *name; /* the path as shown in messages */
    struct file_bytes input;
    bool read_once;          /* the input is a pipe or the like, whose bytes only we have */
    char argument[PATH_MAX]; /* the input's path for the assembler or compiler */
    pid_t child;             /* the assembler or compiler; 0: none runs */
    int object_file, message_file, text_file; /* memory files; -1: none */
    struct file_bytes object;
};

/* Reads the input, detects its language, and starts the assembler or compiler if it needs one,
 * without waiting for that. Everything in *source but the caller's part must be zero. Returns false
 * after reporting the error. */
bool source_start(struct source *source);

/* Waits for the assembler or compiler, and makes source->made or source->archive. Returns false
 * after reporting the error. */
bool source_finish(struct source *source);

/* Frees everything, also after a failure, and kills an assembler or compiler that still runs. */
void source_release(struct source *source);

/* Finds the path of libgcc, which has what compilers call where the processor has no instruction
 * (64-bit division on i386), for the compiler and machine of `like`. Returns false if there is
 * none, without reporting that. */
bool source_find_libgcc(const struct source *like, char *path, size_t room);

/* ---- inside the room ---- */

/* Detects the language of `size` bytes of assembly: SOURCE_NASM or SOURCE_GAS; SOURCE_DETECT if
 * there is a byte that is not text, at *offset. */
enum source_language source_detect_assembly(const char *text, size_t size, size_t *offset);

/* The machine that assembly is for, by its first `bits 32`, `.code32` or the like; that of the
 * first row of machines.def if there is none. */
uint16_t source_detect_machine(const char *text, size_t size);

/* Starts the assembler for source->input; source_finish_assembly() puts the object into
 * source->object. */
bool source_start_assembly(struct source *source, enum source_language language, bool preprocess);
bool source_finish_assembly(struct source *source);

/* The same for C. */
bool source_start_compiler(struct source *source);
bool source_finish_compiler(struct source *source);

/* Reports a message about a line, or about the whole file (0). Returns false, for the caller to
 * return. */
__attribute__((format(printf, 4, 5))) bool source_report(const struct source *source,
                                                         enum report_severity severity,
                                                         unsigned line, const char *format, ...);

#endif

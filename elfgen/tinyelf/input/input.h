/* Turns input files into objects and archives for the linker.
 *
 * Assembly is assembled by its own assembler, C is compiled by the user's compiler; objects and
 * archives are read with the library's view, raw machine code is used as it is. Assembly may also
 * describe a whole ELF file with its headers, which is nothing to link. Nothing is printed:
 * messages go to a reporter. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/file.h"
#include "base/report.h"
#include "link/object.h"

enum source_language {
    SOURCE_DETECT, /* from the file's name and contents */
    SOURCE_NASM,
    SOURCE_GAS,
    SOURCE_FASM,
    SOURCE_C,
    SOURCE_OBJECT,
    SOURCE_ARCHIVE,
    SOURCE_RAW
};

/* Who assembles NASM's language. */
enum source_assembler {
    /* The library, but NASM what it alone has; NASM is also asked where the library finds an error.
     */
    ASSEMBLER_ANY,
    ASSEMBLER_INSIDE,
    ASSEMBLER_NASM
};

/* Which file is read, and how. The strings must stay while it is read. */
struct source_options {
    const char *path; /* "-": standard input */
    enum source_language language;
    enum source_assembler assembler;
    uint16_t machine; /* ELFGEN_EM_...; 0: the input's own */
    /* The C compiler, which also preprocesses .S files: a program's path, or words as in a shell;
     * NULL: cc. */
    const char *compiler;
    const char *compiler_flags; /* words that follow our own flags; NULL: none */
    const char *include_folder; /* where <tiny.h> is; NULL: not known */
    bool debug;                 /* compile C with, and read from objects, debugging information */
    bool labels;                /* find the labels of a whole file */
    bool wraps_elf;             /* take an ELF file as machine code, if `language` says so */
    bool verbose;               /* report each command as a note */
    struct reporter reporter;
};

/* No place in a file: a label of zeros after its end, or a number. */
#define SOURCE_NO_OFFSET UINT64_MAX

/* A name in a source that describes a file. */
struct source_label {
    const char *name;
    uint64_t value;   /* as the source counts: an address, or a number */
    uint64_t offset;  /* in the file, or SOURCE_NO_OFFSET */
    bool is_constant; /* a number, not a place */
};

/* A file that its source describes from the first byte on, headers included. */
struct source_file {
    struct file_bytes bytes;
    struct source_label *labels; /* in no order */
    size_t label_count;
    char *names; /* what the assembler says of them, which has their names; ends with NUL */
    size_t names_size;
};

/* NULL is accepted. */
void source_file_free(struct source_file *file);

/* What was made of it. */
struct source_result {
    /* One of the three, which the caller owns. */
    struct link_object *object;
    struct link_archive *archive;
    struct source_file *file;
    uint16_t machine; /* what it is for; 0: an archive, which does not say */
};

/* An input that is being read. */
struct source;

/* Reads the input, detects its language, and starts the assembler or compiler if it needs one,
 * without waiting for that. Returns NULL after reporting the error. */
struct source *source_start(const struct source_options *options);

/* The machine that a started input is for, as far as that is known; else 0. */
uint16_t source_machine(const struct source *source);

/* Waits for the assembler or compiler, and makes *result. Returns false after reporting the error.
 */
bool source_finish(struct source *source, struct source_result *result);

/* Frees everything but the result, and kills an assembler or compiler that still runs. NULL is
 * accepted. */
void source_close(struct source *source);

/* Finds the path of libgcc, which has what compilers call where the processor has no instruction
 * (64-bit division on i386), for the compiler and machine of `like`. Returns false if there is
 * none, without reporting that. */
bool source_find_libgcc(const struct source_options *like, char *path, size_t room);

#endif

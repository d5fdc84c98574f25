/* An input that is being read, and a tool that runs for it. */
#ifndef INPUT_PRIVATE_H
#define INPUT_PRIVATE_H

#include <limits.h>
#include <sys/types.h>

#include "input.h"
#include "inside.h"
#include "toolchain.h"
#include "elfgen/assemble.h"

/* ---- a tool ---- */

/* A program to start, and its Debian package (NULL: not known). */
struct tool {
    const char *program;
    const char *package;
};

/* The tool's descriptors of its files. */
enum { TOOL_OUTPUT = 3, TOOL_TEXT = 4, TOOL_NAMES = 5 };

/* Where an assembler writes the names of a whole file. */
#define TOOL_NAMES_PATH "/dev/fd/5"

/* A tool, its files in memory, and what its messages are about. */
struct toolchain {
    const char *path, *name;         /* of the user's file: as given, and in messages */
    const struct file_bytes *source; /* its text */
    enum tool_messages messages;
    const char *needed_by;                /* NULL: the input */
    char needed_for[100];                 /* what the tool is asked for instead; "": not known */
    struct elfgen_source_place needed_at; /* where that is in the source; line 0: nowhere */
    bool verbose;                         /* report the command as a note */
    struct reporter reporter;
    pid_t child;                                         /* 0: none runs */
    int object_file, message_file, text_file, name_file; /* -1: none */
    const char *argument; /* the text's path for the tool; "": none yet */
    char *named;          /* the same, allocated; NULL: none yet */
};

/* Begins without any file; `path` is the user's. */
void toolchain_open(struct toolchain *chain, const char *path, const struct file_bytes *source,
                    const struct reporter *reporter);
/* Closes the files, and kills a tool that still runs. */
void toolchain_close(struct toolchain *chain);

/* Reports a message about a line, or about the whole file (0). Returns false, for the caller to
 * return. */
__attribute__((format(printf, 4, 5))) bool toolchain_report(const struct toolchain *chain,
                                                            enum report_severity severity,
                                                            unsigned line, const char *format, ...);

/* Reports a note about the input for --verbose: why something is done. */
__attribute__((format(printf, 2, 3))) void toolchain_explain(const struct toolchain *chain,
                                                             const char *format, ...);

/* Reports an error with the text of its line of the source. Returns false. */
bool toolchain_report_line(const struct toolchain *chain, unsigned line, const char *sentence);

/* Makes a file in memory, closed on exec. Returns -1 with errno on failure. */
int toolchain_memory_file(const char *name);

/* Makes the memory file for the tool's output. Returns false after reporting the error. */
bool toolchain_make_output(struct toolchain *chain);

/* Puts `size` bytes into the text file. Returns false after reporting the error. */
bool toolchain_put_text(struct toolchain *chain, const char *bytes, size_t size);

/* Makes the option with which an assembler also searches the source's folder for files that it
 * includes. Returns false after reporting that its name is too long. */
bool toolchain_folder_option(const struct toolchain *chain, char *option, size_t room);

/* Sets `argument`. Returns false after reporting the error. */
bool toolchain_name_argument(struct toolchain *chain);

/* Starts `tool`: its descriptors 3 and 4 are `object` and `text` (-1: none), its output goes to the
 * message file. `arguments` end with NULL. Returns false after reporting the error. */
bool toolchain_start(struct toolchain *chain, const struct tool *tool, const char *const *arguments,
                     int object, int text);

/* The same without reporting anything, even if the tool does not exist. */
bool toolchain_try(struct toolchain *chain, const struct tool *tool, const char *const *arguments,
                   int object, int text);

/* Waits for the tool. Returns whether it succeeded; *status is what waitpid() says. Where it cannot
 * wait, that is reported, and *status is 0. */
bool toolchain_wait(struct toolchain *chain, const struct tool *tool, int *status);

/* Waits for the tool and reports its messages. Returns whether it succeeded. */
bool toolchain_finish(struct toolchain *chain, const struct tool *tool);

/* Reports the messages of a tool that toolchain_wait() waited for, and how it ended. Returns
 * whether it succeeded. */
bool toolchain_conclude(struct toolchain *chain, const struct tool *tool, int status);

/* Reads what the tool wrote. `maker` is named in the error if that is empty. */
bool toolchain_take_object(struct toolchain *chain, const char *maker, struct file_bytes *object);

/* Reports what the tool wrote into the message file, line by line, and empties that. `failed`:
 * whether the tool failed. Returns whether there was an error among the messages. */
bool toolchain_report_messages(struct toolchain *chain, bool failed);

/* How many errors are in the message file, none of which is reported. */
size_t toolchain_count_errors(const struct toolchain *chain);

/* NASM. */
extern const struct tool toolchain_nasm;

/* The tool of that name, with its package if that is known. */
struct tool toolchain_tool(const char *program);

/* ---- an input ---- */

struct source {
    struct source_options options;
    enum source_language language; /* once detected */
    uint16_t machine;              /* once known; 0 */
    struct file_bytes input;
    bool read_once;         /* the input is a pipe or the like, whose bytes only we have */
    struct toolchain chain; /* the assembler or compiler */
    struct inside *inside;  /* what the library assembled, or refused; NULL: it was not asked */
    struct inside *flat;    /* a whole file that the library refused, where `inside` is an object
                             * that looks like one; NULL: none */
    struct file_bytes object;
    struct source_file *file; /* that the input describes; NULL: none */
};

/* Detects the language of `size` bytes of assembly: SOURCE_NASM or SOURCE_GAS; SOURCE_DETECT if
 * there is a byte that is not text, at *offset. */
enum source_language source_detect_assembly(const char *text, size_t size, size_t *offset);

/* Whether it is assembly for fasm: a statement is `format` with one of fasm's formats. */
bool source_is_fasm(const char *text, size_t size);

/* The machine that fasm's assembly says it is for, with `format ELF` or ELF64; 0: it says none. */
uint16_t source_fasm_machine(const char *text, size_t size);

/* The line of NASM's first `org`; 0: there is none. */
unsigned source_find_org(const char *text, size_t size);

/* The machine that assembly is for, by its first `bits 32`, `.code32` or the like; that of the
 * first row of machines.def if there is none. */
uint16_t source_detect_machine(const char *text, size_t size);

/* Starts the assembler for source->input; source_finish_assembly() puts the object into
 * source->object. They return false after reporting the error. */
bool source_start_assembly(struct source *source, enum source_language language, bool preprocess);
bool source_finish_assembly(struct source *source);

/* The same for fasm, which may make source->file instead. */
bool source_start_fasm(struct source *source);
bool source_finish_fasm(struct source *source);

/* Has the library assemble source->input, if the options leave that open and it has no words that
 * only NASM knows. Returns false after reporting the error; source->file, inside and flat say what
 * became of it. */
bool source_assemble_inside(struct source *source);

/* The same for C. */
bool source_start_compiler(struct source *source);
bool source_finish_compiler(struct source *source);

/* ---- whole files ---- */

/* What became of an attempt at a whole file. */
enum source_whole {
    WHOLE_NO,
    WHOLE_MADE,
    WHOLE_REFUSED,
    WHOLE_UNKNOWN /* there is no NASM, whose second opinion was asked */
};

/* Whether a section of an object begins with an ELF header, as a whole file's does. */
bool source_is_wrapped(const struct file_bytes *object);

/* Assembles NASM's source without sections of an object, and makes source->file if the result
 * begins with an ELF header. `failed`: no object could be made, and its messages are not yet
 * reported. WHOLE_REFUSED: the error was reported. */
enum source_whole source_make_whole(struct source *source, bool failed);

/* Has the library assemble a whole file, where source->inside may be one, and makes source->file if
 * the result begins with an ELF header. If there are errors, source->inside becomes what has the
 * ones that count, or source->flat the attempt beside an object. WHOLE_REFUSED: the error was
 * reported. */
enum source_whole source_make_whole_inside(struct source *source);

/* Takes bytes that begin with an ELF header as source->file, and its labels from what the
 * assembler wrote to `chain`'s file of names. Returns false after reporting the error; *bytes is
 * empty then, too. */
bool source_take_file(struct source *source, const struct toolchain *chain,
                      struct file_bytes *bytes);

/* Reports that assembled bytes do not begin with an ELF header, and what they are. `line`: of the
 * source, or 0. Returns false. */
bool source_refuse_flat(const struct source *source, unsigned line, const struct file_bytes *bytes);

/* Read labels of a file of `size` bytes: NASM's map, with *origin, the address of the file's first
 * byte; and fasm's symbols. `text` stays with the file. They return false if memory ran out. */
bool source_read_map(struct source_file *file, uint64_t *origin);
bool source_read_fas(struct source_file *file);

#endif

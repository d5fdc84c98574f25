/* Runs the toolchain: assemblers, the C compiler, linkers. */
#ifndef INPUT_TOOLCHAIN_H
#define INPUT_TOOLCHAIN_H

#include "base/file.h"
#include "base/report.h"
#include "base/shellwords.h"

/* Where a tool finds its text, if that is in memory, and where it writes its object. */
#define TOOL_OUTPUT_PATH "/dev/fd/3"
#define TOOL_TEXT_PATH   "/dev/fd/4"

/* The form of a tool's messages. */
enum tool_messages { TOOL_ASSEMBLER, TOOL_COMPILER, TOOL_LINKER, TOOL_FASM };

/* A run of a tool: what it is given, and who hears its messages. */
struct tool_run {
    const char *const *arguments;    /* the program first; ends with NULL */
    const struct file_bytes *text;   /* at TOOL_TEXT_PATH; NULL: none */
    const char *path;                /* of the user's file, for messages */
    const char *needed_by;           /* in the error if there is no such tool; NULL: the input */
    const struct file_bytes *source; /* its text, whose lines messages quote */
    enum tool_messages messages;
    struct reporter reporter;
};

/* Runs the tool, reports its messages, and reads what it wrote to TOOL_OUTPUT_PATH. Returns false
 * after reporting the error. The caller frees *output either way. */
bool toolchain_run(const struct tool_run *run, struct file_bytes *output);

/* The path of a file as an argument, which is taken neither for an option nor for a file of
 * options. Returns false if there is no room. */
bool toolchain_argument(const char *path, char *argument, size_t room);

/* A row of machines.def. */
struct toolchain_machine {
    uint16_t machine;                  /* ELFGEN_EM_... */
    const char *nasm, *gas, *compiler; /* flags */
    const char *bits, *use, *code;     /* words of sources */
    const char *fasm;                  /* its `format` */
};

/* The row of an e_machine; 0: that of machines that nothing is said of. NULL: no object can be made
 * for it from a source. */
const struct toolchain_machine *toolchain_machine(uint16_t machine);

/* The rows in order; NULL after the last. */
const struct toolchain_machine *toolchain_machine_at(size_t index);

/* ---- the C compiler ---- */

/* Adds the compiler (NULL: cc), which is a program's path, or words as in a shell. Returns false
 * after reporting the error, at `place`. */
bool compiler_words(const char *compiler, struct shellwords *words, const struct place *place,
                    const struct reporter *reporter);
/* Add the flags for the smallest freestanding code, those for messages that can be parsed, and
 * where <tiny.h> is (NULL: not known). They return false if there is no memory. */
bool compiler_add_freestanding(struct shellwords *words);
bool compiler_add_plain(struct shellwords *words);
bool compiler_add_folder(const char *include_folder, struct shellwords *words);
/* Adds the flag for a machine that toolchain_machine() knows. Returns false if there is no memory.
 */
bool compiler_add_machine(uint16_t machine, struct shellwords *words);

#endif

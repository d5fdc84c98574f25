/* Runs the toolchain: assemblers and the C compiler. */
#ifndef INPUT_TOOLCHAIN_H
#define INPUT_TOOLCHAIN_H

#include "base/shellwords.h"
#include "input.h"

/* The child's descriptors of its files. */
enum { CHILD_OBJECT = 3, CHILD_TEXT = 4 };
#define CHILD_OBJECT_PATH "/dev/fd/3"
#define CHILD_TEXT_PATH   "/dev/fd/4"

/* A program to start, and its Debian package (NULL: not known). */
struct tool {
    const char *program;
    const char *package;
};

/* A row of machines.def. */
struct toolchain_machine {
    uint16_t machine;                  /* ELFGEN_EM_... */
    const char *nasm, *gas, *compiler; /* flags */
    const char *bits, *use, *code;     /* words of sources */
};

/* The row of an e_machine; 0: that of machines that nothing is said of. NULL: no object can be made
 * for it from a source. */
const struct toolchain_machine *toolchain_machine(uint16_t machine);

/* The rows in order; NULL after the last. */
const struct toolchain_machine *toolchain_machine_at(size_t index);

/* Makes a file in memory, closed on exec. Returns -1 with errno on failure. */
int toolchain_memory_file(const char *name);

/* Puts `size` bytes into source->text_file. Returns false after reporting the error. */
bool toolchain_put_text(struct source *source, const char *bytes, size_t size);

/* Sets source->argument, the input's path for the tool. Returns false after reporting the error. */
bool toolchain_name_argument(struct source *source);

/* Starts `tool`: its descriptors 3 and 4 are `object` and `text` (-1: none), its output goes to the
 * source's message file. `arguments` end with NULL. Returns false after reporting the error. */
bool toolchain_start(struct source *source, const struct tool *tool, const char *const *arguments,
                     int object, int text);

/* Starts `tool` without reporting anything, even if it does not exist. The caller reads its output
 * from the source's message file. */
bool toolchain_try(struct source *source, const struct tool *tool, const char *const *arguments);

/* Waits for the tool and reports its messages. Returns whether it succeeded. */
bool toolchain_finish(struct source *source, const struct tool *tool);

/* Reads source->object_file into source->object. `maker` is named in the error if it is empty. */
bool toolchain_take_object(struct source *source, const char *maker);

/* Reports what the tool wrote into source->message_file, line by line, and empties that. `failed`:
 * whether the tool failed. Returns whether there was an error among the messages. */
bool source_report_messages(struct source *source, bool failed);

/* ---- the C compiler ---- */

/* Adds source->compiler, as a program or as words. Returns false after reporting the error. */
bool compiler_words(struct source *source, struct shellwords *words);
/* Add the flags for the smallest freestanding code, and those for messages that
 * source_report_messages() can parse. They return false if there is no memory. */
bool compiler_add_freestanding(struct shellwords *words);
bool compiler_add_plain(struct shellwords *words);
/* Adds the flag for a machine that toolchain_machine() knows. Returns false if there is no memory.
 */
bool compiler_add_machine(uint16_t machine, struct shellwords *words);
/* Adds where <tiny.h> is. Returns false if there is no memory. */
bool compiler_add_folder(const struct source *source, struct shellwords *words);
/* The tool that the first word names, into which it points. */
struct tool compiler_tool(const struct shellwords *words);

#endif

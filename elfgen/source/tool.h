/* Programs of others that the room starts: assemblers, and the C compiler. */
#ifndef TOOLCHAIN_H
#define TOOLCHAIN_H

#include "base/shellwords.h"
#include "source.h"

/* Where the child finds its files. */
enum { CHILD_OBJECT = 3, CHILD_TEXT = 4 };
#define CHILD_OBJECT_PATH "/dev/fd/3"
#define CHILD_TEXT_PATH   "/dev/fd/4"

/* A program to start, and the Debian package that has it (NULL: not known). */
struct tool {
    const char *program;
    const char *package;
};

/* A file in memory, closed on exec; -1 and errno on failure. */
int toolchain_memory_file(const char *name);

/* Makes source->text_file hold `size` bytes. False: told why. */
bool toolchain_put_text(struct source *source, const char *bytes, size_t size);

/* source->argument: the input as the tool is told of it. False: told why. */
bool toolchain_name_argument(struct source *source);

/* Starts `tool`; its files 3 and 4 are `object` and `text` (-1: none), what it prints goes to
 * source's message file. `arguments` end with NULL. False: told why. */
bool toolchain_start(struct source *source, const struct tool *tool, const char *const *arguments,
                     int object, int text);

/* Starts `tool` without a word of it: it may not be there, and its answer is the caller's to read
 * from source's message file. */
bool toolchain_try(struct source *source, const struct tool *tool, const char *const *arguments);

/* Waits for what toolchain_start() started, and tells its messages. True if it ended well. */
bool toolchain_finish(struct source *source, const struct tool *tool);

/* Moves source->object_file into source->object; `maker` is for the message if it is empty. */
bool toolchain_take_object(struct source *source, const char *maker);

/* Tells whatever the tool wrote into source->message_file, line by line, and empties it. `failed`:
 * how the tool ended. Returns whether an error was among it. */
bool source_report_messages(struct source *source, bool failed);

/* ---- the C compiler ---- */

/* Adds source->compiler, as a program or as words. False: told why. */
bool compiler_words(struct source *source, struct shellwords *words);
/* Adds the flags for the smallest code that needs nothing around it, and those for messages that
 * source_report_messages() reads. False: out of memory. */
bool compiler_add_freestanding(struct shellwords *words);
bool compiler_add_plain(struct shellwords *words);
/* Adds where <tiny.h> is. False: out of memory. */
bool compiler_add_folder(const struct source *source, struct shellwords *words);
/* The first of the words as a tool. It points into them. */
struct tool compiler_tool(const struct shellwords *words);

#endif

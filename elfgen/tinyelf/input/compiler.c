/* Compiles C with the user's compiler. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input_private.h"
#include "base/suffix.h"
#include "base/system_error.h"

/* Flags for the smallest freestanding code. gcc and clang know all of them. Some are defaults
 * upstream, but not in every distribution. */
static const char *const freestanding[] = {
    "-Os",
    "-ffreestanding",
    "-fno-pic",
    "-fno-pie",
    "-fno-stack-protector",
    "-fno-stack-clash-protection",
    "-fcf-protection=none",
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fomit-frame-pointer",
    "-falign-functions=1", /* clang aligns to 16 even with -Os */
    "-falign-loops=1",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-ident",
    "-U_FORTIFY_SOURCE", /* libc's headers would call functions that only libc has */
};

/* For toolchain_report_messages(): no colour, columns counted in characters, no temporary files. */
static const char *const plain_messages[] = {"-fdiagnostics-color=never", "-ftabstop=1", "-pipe"};

static bool is_program(const char *path)
{
    struct stat status;
    return strchr(path, '/') && stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           access(path, X_OK) == 0;
}

bool compiler_words(const char *compiler, struct shellwords *words, const struct place *place,
                    const struct reporter *reporter)
{
    compiler = compiler ? compiler : "cc";
    bool done = is_program(compiler) ? shellwords_add_word(words, compiler)
                                     : shellwords_add(words, compiler);
    if (done && words->count > 0)
        return true;
    return report_error(reporter, place, "the C compiler '%s': %s", compiler,
                        done              ? "no program is named"
                        : errno == EINVAL ? "a quote is not closed"
                                          : system_error_text(errno));
}

static bool add_all(struct shellwords *words, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!shellwords_add_word(words, list[i]))
            return false;
    return true;
}

bool compiler_add_freestanding(struct shellwords *words)
{
    return add_all(words, freestanding, sizeof freestanding / sizeof freestanding[0]);
}

bool compiler_add_machine(uint16_t machine, struct shellwords *words)
{
    return shellwords_add_word(words, toolchain_machine(machine)->compiler);
}

bool compiler_add_plain(struct shellwords *words)
{
    return add_all(words, plain_messages, sizeof plain_messages / sizeof plain_messages[0]);
}

bool compiler_add_folder(const char *include_folder, struct shellwords *words)
{
    return !include_folder ||
           (shellwords_add_word(words, "-isystem") && shellwords_add_word(words, include_folder));
}

/* A source in a memory file still finds headers in its own folder. */
static bool add_place(const struct source *source, struct shellwords *words)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(source->options.path, '/');
    int length = slash ? (int)(slash - source->options.path) + 1 : 1;
    if (source->chain.text_file < 0)
        return true;
    int size = snprintf(folder, sizeof folder, "%.*s", length, slash ? source->options.path : ".");
    return size < (int)sizeof folder && shellwords_add_word(words, "-iquote") &&
           shellwords_add_word(words, folder);
}

/* The user's flags follow ours: of two contradicting flags, compilers take the later. */
static bool make_command(struct source *source, struct shellwords *words)
{
    const struct place place = place_file(source->chain.name);
    const bool preprocessed = suffix_of(source->options.path) == SUFFIX_PREPROCESSED_C;
    return compiler_words(source->options.compiler, words, &place, &source->options.reporter) &&
           ((shellwords_add_word(words, "-c") && compiler_add_freestanding(words) &&
             compiler_add_plain(words) && compiler_add_machine(source->machine, words) &&
             (!source->options.debug || shellwords_add_word(words, "-g")) &&
             add_place(source, words) &&
             compiler_add_folder(source->options.include_folder, words) &&
             shellwords_add(words, source->options.compiler_flags) &&
             shellwords_add_word(words, "-o") && shellwords_add_word(words, TOOL_OUTPUT_PATH) &&
             shellwords_add_word(words, "-x") &&
             shellwords_add_word(words, preprocessed ? "cpp-output" : "c") &&
             shellwords_add_word(words, source->chain.argument)) ||
            toolchain_report(
                &source->chain, REPORT_ERROR, 0, "cannot make the compiler's command: %s",
                errno == EINVAL ? "a quote in its flags is not closed" : system_error_text(errno)));
}

bool source_start_compiler(struct source *source)
{
    struct shellwords words = {0};
    /* A pipe's bytes can be read only once, so the compiler gets our copy. */
    if (source->read_once &&
        !toolchain_put_text(&source->chain, source->input.bytes, source->input.size))
        return false;
    source->chain.messages = TOOL_COMPILER;
    bool done = toolchain_make_output(&source->chain) && toolchain_name_argument(&source->chain) &&
                make_command(source, &words);
    if (done) {
        struct tool tool = toolchain_tool(words.at[0]);
        done = toolchain_start(&source->chain, &tool, (const char *const *)words.at,
                               source->chain.object_file, source->chain.text_file);
    }
    shellwords_free(&words);
    return done;
}

bool source_finish_compiler(struct source *source)
{
    static const struct tool compiler = {"the C compiler", NULL};
    return toolchain_finish(&source->chain, &compiler) &&
           toolchain_take_object(&source->chain, "the C compiler", &source->object);
}

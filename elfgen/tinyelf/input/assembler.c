/* Assembles NASM's and GNU's sources, each with its own assembler, and preprocesses .S files. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input_private.h"
#include "base/system_error.h"

static const struct tool gas_tool = {"as", "binutils"};

/* Rewrites the preprocessor's line markers, `# 7 "file"`, as NASM's, `%line 7+1 file`. */
static char *markers_for_nasm(const char *text, size_t size, size_t *length)
{
    /* A marker grows by fewer than 8 characters and has at least 5. */
    char *result = malloc(size * 3 + 16);
    if (!result)
        return NULL;
    size_t used = 0;
    for (const char *line = text, *end = text + size; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop + 1 : end;
        if (stop - line > 4 && line[0] == '#' && line[1] == ' ' &&
            isdigit((unsigned char)line[2])) {
            unsigned long number = 0;
            for (const char *at = line + 2; at < stop && isdigit((unsigned char)*at); at++)
                number = number < 100000000 ? number * 10 + (unsigned long)(*at - '0') : number;
            const char *open = memchr(line, '"', (size_t)(stop - line));
            const char *close = open ? memchr(open + 1, '"', (size_t)(stop - open - 1)) : NULL;
            if (close && number < 100000000)
                used += (size_t)sprintf(result + used, "%%line %lu+1 %.*s\n", number,
                                        (int)(close - open - 1), open + 1);
        } else {
            memcpy(result + used, line, (size_t)(stop - line));
            used += (size_t)(stop - line);
        }
        line = stop;
    }
    *length = used;
    return result;
}

/* Makes the command `cc -E` for the input, with the user's flags. */
static bool make_preprocessor(struct source *source, struct shellwords *words)
{
    const struct place place = place_file(source->chain.name);
    return toolchain_name_argument(&source->chain) &&
           compiler_words(source->options.compiler, words, &place, &source->options.reporter) &&
           ((shellwords_add_word(words, "-E") &&
             (source->machine == 0 || compiler_add_machine(source->machine, words)) &&
             compiler_add_folder(source->options.include_folder, words) &&
             shellwords_add(words, source->options.compiler_flags) &&
             shellwords_add_word(words, "-o") && shellwords_add_word(words, TOOL_OUTPUT_PATH) &&
             shellwords_add_word(words, "-x") && shellwords_add_word(words, "assembler-with-cpp") &&
             shellwords_add_word(words, source->chain.argument)) ||
            toolchain_report(&source->chain, REPORT_ERROR, 0,
                             "cannot make the preprocessor's command: %s",
                             system_error_text(errno)));
}

static bool run_preprocessor(struct source *source, int output)
{
    struct shellwords words = {0};
    bool done = make_preprocessor(source, &words);
    if (done) {
        struct tool tool = toolchain_tool(words.at[0]);
        done = toolchain_start(&source->chain, &tool, (const char *const *)words.at, output,
                               source->chain.text_file) &&
               toolchain_finish(&source->chain, &tool);
    }
    shellwords_free(&words);
    return done;
}

/* A pipe's bytes can be read only once, so that a tool gets our copy. Returns false after reporting
 * the error. */
static bool give_copy(struct source *source)
{
    return !source->read_once ||
           toolchain_put_text(&source->chain, source->input.bytes, source->input.size);
}

/* Preprocesses the input into source->chain.text_file, and detects the output's language. */
static bool preprocess(struct source *source, enum source_language *language)
{
    int output = toolchain_memory_file("preprocessed");
    struct file_bytes text = {0};
    if (output < 0)
        return toolchain_report(&source->chain, REPORT_ERROR, 0, "cannot make a memory file: %s",
                                system_error_text(errno));
    bool done = run_preprocessor(source, output);
    if (done && (lseek(output, 0, SEEK_SET) != 0 || !file_read(output, false, &text)))
        done = toolchain_report(&source->chain, REPORT_ERROR, 0,
                                "cannot read what was preprocessed: %s", system_error_text(errno));
    if (done && *language == SOURCE_DETECT) {
        size_t offset = 0;
        *language = source_detect_assembly(text.bytes, text.size, &offset);
        if (*language == SOURCE_DETECT)
            done = toolchain_report(&source->chain, REPORT_ERROR, 0,
                                    "not assembly, once preprocessed");
    }
    if (done && source->machine == 0)
        source->machine = source_detect_machine(text.bytes, text.size);
    if (done && *language == SOURCE_NASM) {
        size_t length = 0;
        char *marked = markers_for_nasm(text.bytes, text.size, &length);
        done = marked ? toolchain_put_text(&source->chain, marked, length)
                      : toolchain_report(&source->chain, REPORT_ERROR, 0, NO_MEMORY);
        free(marked);
    } else if (done) {
        done = toolchain_put_text(&source->chain, text.bytes, text.size);
    }
    file_free(&text);
    close(output);
    return done;
}

/* Starts NASM or GNU as. Where the library has found an error already, nothing is said if there is
 * no NASM. */
static bool start_tool(struct source *source)
{
    if (source->chain.text_file < 0 && !give_copy(source))
        return false;
    if (!toolchain_make_output(&source->chain) || !toolchain_name_argument(&source->chain))
        return false;

    char folder[PATH_MAX + 2];
    if (!toolchain_folder_option(&source->chain, folder, sizeof folder))
        return false;
    const struct toolchain_machine *machine = toolchain_machine(source->machine);
    const char *debug = source->options.debug ? "-g" : NULL;
    const char *nasm[] = {"nasm",
                          "-f",
                          machine->nasm,
                          folder,
                          "-o",
                          TOOL_OUTPUT_PATH,
                          source->chain.argument,
                          debug,
                          debug ? "-F" : NULL,
                          "dwarf",
                          NULL};
    const char *gas[] = {
        "as", machine->gas, folder, "-o", TOOL_OUTPUT_PATH, source->chain.argument, debug, NULL};
    const bool is_nasm = source->language == SOURCE_NASM;
    if (source->inside)
        return toolchain_try(&source->chain, &toolchain_nasm, nasm, source->chain.object_file,
                             source->chain.text_file);
    return toolchain_start(&source->chain, is_nasm ? &toolchain_nasm : &gas_tool,
                           is_nasm ? nasm : gas, source->chain.object_file,
                           source->chain.text_file);
}

bool source_start_assembly(struct source *source, enum source_language language, bool preprocessed)
{
    if (preprocessed && !(give_copy(source) && preprocess(source, &language)))
        return false;
    source->language = language;
    if (source->machine == 0)
        source->machine = source_detect_machine(source->input.bytes, source->input.size);
    if (language == SOURCE_NASM && !preprocessed && !source_assemble_inside(source))
        return false;
    if (source->file || (source->inside && inside_is_done(source->inside)))
        return true;
    if (!(source->inside && inside_is_final(source->inside)) && start_tool(source))
        return true;
    if (source->inside)
        inside_report(source->inside, &source->options.reporter);
    return false;
}

/* Tells who wants to know that NASM accepts what the library refuses. */
static void explain_second_opinion(const struct source *source, const struct inside *refused)
{
    char line[INSIDE_EXCERPT];
    struct report report;
    if (inside_first_error(refused, &report, line))
        toolchain_explain(&source->chain, "NASM assembled it; tinyelf itself refused line %u: %s",
                          report.place.line, report.text);
}

/* What NASM says of a source that the library refuses: if it accepts it, its object is taken, and
 * the library's error is told to who wants to know; else the library's errors are reported. */
static bool conclude_second_opinion(struct source *source, bool made)
{
    if (!made) {
        inside_report(source->inside, &source->options.reporter);
        return false;
    }
    explain_second_opinion(source, source->inside);
    toolchain_report_messages(&source->chain, false);
    return true;
}

/* NASM's sources may describe a whole file, which shows when they are assembled. */
static bool finish_nasm(struct source *source)
{
    int status;
    const bool made = toolchain_wait(&source->chain, &toolchain_nasm, &status);
    const bool failed = WIFEXITED(status) && WEXITSTATUS(status) != 0;
    if (!made && status == 0)
        return false;
    if (made && !toolchain_take_object(&source->chain, "the assembler", &source->object))
        return false;
    if (failed || (made && source_is_wrapped(&source->object)))
        switch (source_make_whole(source, failed)) {
        case WHOLE_MADE:
            if (source->inside)
                explain_second_opinion(source, source->inside);
            return true;
        case WHOLE_REFUSED:
            return false;
        case WHOLE_NO:
        case WHOLE_UNKNOWN:
            break;
        }
    if (source->inside)
        return conclude_second_opinion(source, made);
    return toolchain_conclude(&source->chain, &toolchain_nasm, status);
}

/* What the library assembled is an object, unless its bytes say that it is a whole file, which the
 * library could not make of it: then NASM is asked. */
static bool finish_inside(struct source *source)
{
    const struct inside *flat = source->flat;
    enum source_whole whole = WHOLE_NO;
    if (flat && (source->options.assembler == ASSEMBLER_INSIDE || inside_is_final(flat)))
        whole = WHOLE_UNKNOWN;
    else if (flat)
        whole = give_copy(source) ? source_make_whole(source, false) : WHOLE_REFUSED;
    if (whole == WHOLE_MADE)
        explain_second_opinion(source, flat);
    if (whole == WHOLE_UNKNOWN && (inside_is_final(flat) || inside_is_unsupported(flat))) {
        inside_report(flat, &source->options.reporter);
        return false;
    }
    if (whole == WHOLE_MADE || whole == WHOLE_REFUSED)
        return whole == WHOLE_MADE;
    if (flat)
        toolchain_explain(&source->chain, "assembled without NASM");
    inside_report(source->inside, &source->options.reporter);
    return true;
}

bool source_finish_assembly(struct source *source)
{
    if (source->file)
        return true;
    if (source->inside && inside_is_done(source->inside))
        return finish_inside(source);
    if (source->language == SOURCE_NASM)
        return finish_nasm(source);
    return toolchain_finish(&source->chain, &gas_tool) &&
           toolchain_take_object(&source->chain, "the assembler", &source->object);
}

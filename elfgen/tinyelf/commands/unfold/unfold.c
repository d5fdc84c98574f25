/* tinyelf unfold: makes a program that tools accept out of one that they refuse. */
#include <stdio.h>
#include <stdlib.h>

#include "x86/session.h"
#include "twin.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/kernel_versions.h"
#include "cli/progress.h"
#include "commands/commands.h"

#define OPTIONS "commands/unfold/options.def"
#include "cli/option_ids_expand.h"

struct options {
    const char *output;
    struct kernel_versions versions; /* the oldest one executes the most */
};

static bool unfold(const struct file_bytes *bytes, const char *name, uint32_t kernel,
                   struct unfolded *unfolded)
{
    struct elfgen_view view;
    struct elfgen_error error;
    if (!input_open_program(name, bytes, &view))
        return false;
    view.kernel = kernel;
    struct elfgen_kernel_map map = {.areas = NULL};
    const bool is_right = unfold_check(&view, &map, &error);
    free(map.areas);
    if (!is_right)
        return message_library_error(name, &error);
    progress_begin(&(struct progress){.doing = "decoding", .file = name});
    struct x86_session *code = x86_session_open(&view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &error);
    progress_next(&(struct progress){.doing = "unfolding", .file = name});
    bool done = (code || error.status == ELFGEN_OK) &&
                unfold_file(&view, code ? &code->code : NULL, unfolded, &error);
    progress_end();
    x86_session_close(code);
    return done || message_library_error(name, &error);
}

/* Notes in which respects the new program differs. */
static void note_differences(const char *name, const struct unfolded *unfolded)
{
    if (unfolded->copied)
        message(name, "note", "it is well-formed and has sections: the twin is a copy");
    if (unfolded->past_end > 0)
        message(name, "note",
                "%llu bytes of its memory lie after the file's last page, where any access "
                "raises SIGBUS; the twin does not map them, so that an access raises SIGSEGV",
                (unsigned long long)unfolded->past_end);
    if (unfolded->no_headers)
        message(name, "note",
                "no address is free for the twin's program headers: AT_PHDR will be 0");
}

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_OUTPUT:
        options->output = given->value;
        break;
    case OPTION_KERNEL:
        return kernel_versions_read("unfold", given->value, &options->versions);
    }
    return EXIT_YES;
}

int command_unfold(int argc, char **argv)
{
    struct options options = {.output = NULL};
    struct file_bytes bytes = {0};
    struct unfolded unfolded = {.bytes = NULL};
    int status = options_read(&command_unfold_options, argc, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    if (optind + 1 != argc)
        return usage_error("unfold", optind == argc ? "no file given" : "one file at a time");
    const char *output = options.output;
    if (!output)
        return usage_error("unfold", "where should the twin go? Say -o TWIN");
    const char *path = argv[optind];
    if (atomic_file_is_same(output, path))
        return usage_error("unfold", "'%s' is the input, too", output);
    bool done = input_read(path, &bytes) &&
                unfold(&bytes, input_name(path), options.versions.first, &unfolded) &&
                atomic_file_write(output, unfolded.bytes, unfolded.size, true);
    if (done)
        note_differences(input_name(path), &unfolded);
    free(unfolded.bytes);
    file_free(&bytes);
    return done ? EXIT_YES : EXIT_NO;
}

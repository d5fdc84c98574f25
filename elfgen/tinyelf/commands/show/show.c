/* tinyelf show: makes a page of a file, and opens it in the user's browser. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browser.h"
#include "page_place.h"
#include "base/visible.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/explain/make_page.h"

#define OPTIONS "commands/show/options.def"
#include "cli/option_ids_expand.h"

/* Prints the path: as it is, for programs; to a terminal nothing that it would obey. */
static bool print_path(const char *path)
{
    struct standard_output *output = stdout_open();
    if (isatty(STDOUT_FILENO))
        visible_string(&output->text, path);
    else
        elfgen_text_string(&output->text, path);
    elfgen_text_char(&output->text, '\n');
    return stdout_finish(output);
}

static void open_page(const char *page)
{
    char *url = page_place_url(page);
    switch (url ? browser_open(url) : BROWSER_FAILED) {
    case BROWSER_OPENED:
        break;
    case BROWSER_NONE:
        message(page, "note", "open it in a browser: BROWSER names none");
        break;
    case BROWSER_FAILED:
        message(page, "note", "open it in a browser: none could be started");
        break;
    }
    free(url);
}

/* `wanted` is -o's value, or NULL. */
static int show(const char *file, const char *wanted)
{
    char page[PATH_MAX];
    size_t folder_length = 0;
    if (!wanted && !page_place_make(file, page, sizeof page, &folder_length))
        return EXIT_NO;
    const int status = explain_make_page(file, wanted ? wanted : page);
    if (status != EXIT_YES && !wanted) {
        page[folder_length] = '\0';
        rmdir(page);
    }
    if (status != EXIT_YES)
        return status;
    if (!print_path(wanted ? wanted : page))
        return EXIT_NO;
    open_page(wanted ? wanted : page);
    return EXIT_YES;
}

static int take_option(void *context, const struct option_given *given)
{
    const char **page = context;
    switch ((enum option_id)given->id) {
    case OPTION_OUTPUT:
        *page = given->value;
        break;
    }
    return EXIT_YES;
}

int command_show(int argc, char **argv)
{
    const char *page = NULL;
    int status = options_read(&command_show_options, argc, argv, take_option, (void *)&page);
    if (status != OPTIONS_READ)
        return status;
    if (optind + 1 != argc)
        return usage_error("show", optind == argc ? "no file given" : "one file at a time");
    if (page && strcmp(page, "-") == 0)
        return usage_error("show", "the path goes to standard output: for the page itself, use "
                                   "'tinyelf explain --format html'");
    if (page && atomic_file_is_same(page, argv[optind]))
        return usage_error("show", "the output '%s' is the input: it is never overwritten", page);
    return show(argv[optind], page);
}

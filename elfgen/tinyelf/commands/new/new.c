/* tinyelf new: starts a program from one of the installed templates. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/visible.h"
#include "base/file.h"
#include "base/table.h"
#include "base/width.h"
#include "base/shellwords.h"
#include "base/suffix.h"
#include "base/system_error.h"
#include "cli/cli.h"
#include "commands/commands.h"

#define OPTIONS "commands/new/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_new_options = {
    .name = "new",
    .usage = "[--template TEMPLATE] FILE\n"
             "--list",
    .about = "Starts a program from a template. FILE gets the template's suffix if it has "
             "none; an existing file is left alone.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .notes = "TINYELF_TEMPLATES names another folder of templates.",
    .exit_status = "0 if it is done, 1 if not, 2 for a usage error.",
};

enum { MOST_TEMPLATES = 64 };

/* A line of templates/list.txt, which has four columns. */
struct template
{
    char *name, *file, *build_options, *meaning;
};

struct templates {
    char folder[PATH_MAX];
    struct file_bytes text; /* of the list; the rows point into it */
    struct template rows[MOST_TEMPLATES];
    const char *names[MOST_TEMPLATES + 1];
    size_t count;
};

static bool find_folder(struct templates *templates)
{
    const char *chosen = getenv("TINYELF_TEMPLATES");
    if (chosen)
        return snprintf(templates->folder, sizeof templates->folder, "%s", chosen) > 0;
    return datadir_find("templates", "list.txt", templates->folder, sizeof templates->folder);
}

static bool read_named(const char *path, struct file_bytes *bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && file_read(file, true, bytes);
    if (!done)
        message(path, "error", "%s", system_error_text(errno));
    if (file >= 0)
        close(file);
    return done;
}

/* Splits a line at its tabs into the row's columns. Returns false if it does not have four. */
static bool take_row(char *line, struct template *row)
{
    char **const columns[] = {&row->name, &row->file, &row->build_options, &row->meaning};
    for (size_t i = 0; i < 4; i++) {
        *columns[i] = line;
        line = strchr(line, '\t');
        if (!line)
            return i == 3;
        *line++ = '\0';
    }
    return true;
}

static bool load(struct templates *templates)
{
    char path[PATH_MAX + 16];
    if (!find_folder(templates)) {
        message("new", "error",
                "the templates are not beside the command; TINYELF_TEMPLATES can "
                "name their folder");
        return false;
    }
    snprintf(path, sizeof path, "%s/list.txt", templates->folder);
    if (!read_named(path, &templates->text))
        return false;
    for (char *line = templates->text.bytes, *end = line + templates->text.size; line < end;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            break;
        *stop = '\0';
        if (*line != '#' && templates->count < MOST_TEMPLATES &&
            take_row(line, &templates->rows[templates->count])) {
            templates->names[templates->count] = templates->rows[templates->count].name;
            templates->count++;
        }
        line = stop + 1;
    }
    return true;
}

/* Prints what a template is beside its name, on as many lines as that takes. */
static void put_row(struct elfgen_text *out, const struct template *row, size_t width)
{
    enum { NAME = 12, LEAST = 20 };
    struct table_place place = {.gap = 1, .at = NAME + 1, .size = UINT_MAX};
    if (width > 0)
        place.size = width > NAME + 1 + LEAST ? (unsigned)width - NAME - 1 : LEAST;
    elfgen_text_column(out, row->name, NAME, SIZE_MAX);
    table_words(out, &place, row->meaning, strlen(row->meaning));
    elfgen_text_char(out, '\n');
}

static bool list(const struct templates *templates)
{
    struct standard_output *output = stdout_open();
    const size_t width = width_of_output();
    for (size_t i = 0; i < templates->count; i++)
        put_row(&output->text, &templates->rows[i], width);
    return stdout_finish(output);
}

/* The name of the new file, with the template's suffix if the user gave none. */
static bool name_output(const char *asked, const char *source, char *name, size_t room)
{
    const char *slash = strrchr(asked, '/');
    const char *ending = strchr(slash ? slash : asked, '.') ? "" : strrchr(source, '.');
    int length = snprintf(name, room, "%s%s", asked, ending ? ending : "");
    return length > 0 && (size_t)length < room;
}

static bool is_assembly(enum suffix suffix)
{
    return suffix == SUFFIX_ASSEMBLY || suffix == SUFFIX_NASM || suffix == SUFFIX_ASSEMBLY_WITH_C;
}

/* Whether `build` takes a file of that name for the template's language, or goes by its content. */
static bool suits(const char *asked, const struct template *row)
{
    const enum suffix given = suffix_of(asked), wanted = suffix_of(row->file);
    return given == SUFFIX_OTHER || given == wanted || (is_assembly(given) && is_assembly(wanted));
}

static bool make(const struct templates *templates, const struct template *row, const char *asked)
{
    char source[PATH_MAX * 2], output[PATH_MAX], quoted[SHELLWORDS_QUOTED * PATH_MAX];
    struct file_bytes text = {0};
    struct stat status;
    snprintf(source, sizeof source, "%s/%s", templates->folder, row->file);
    if (!name_output(asked, row->file, output, sizeof output)) {
        message(asked, "error", "%s", system_error_text(ENAMETOOLONG));
        return false;
    }
    if (lstat(output, &status) == 0) {
        message(output, "error", "it exists already, and is left alone");
        return false;
    }
    if (!suits(output, row)) {
        message(output, "error",
                "template '%s' is a %s file, which 'build' would take for something else by that "
                "name: give it that ending, or choose another --template",
                row->name, strrchr(row->file, '.'));
        return false;
    }
    bool done =
        read_named(source, &text) && atomic_file_write(output, text.bytes, text.size, false);
    file_free(&text);
    if (done) {
        visible_write(stdout, output, strlen(output));
        printf(" is made: tinyelf build %s%s", row->build_options, *row->build_options ? " " : "");
        shellwords_quote_file(output, quoted, sizeof quoted);
        visible_write(stdout, quoted, strlen(quoted));
        putchar('\n');
    }
    return done;
}

static int run(const char *wanted, const char *asked)
{
    static struct templates templates;
    stdout_open_stdio();
    bool done = load(&templates);
    if (done && !asked) {
        done = list(&templates);
    } else if (done) {
        const struct template *row = NULL;
        for (size_t i = 0; i < templates.count; i++)
            if (strcmp(templates.rows[i].name, wanted) == 0)
                row = &templates.rows[i];
        const char *meant = row ? NULL : nearest(wanted, templates.names);
        if (!row && meant)
            return usage_error("new", "no template '%s': did you mean '%s'?", wanted, meant);
        if (!row)
            return usage_error("new", "no template '%s': --list names them", wanted);
        done = make(&templates, row, asked);
    }
    done = done && stdout_finish_stdio();
    file_free(&templates.text);
    return done ? EXIT_YES : EXIT_NO;
}

struct options {
    const char *template_name;
    bool list;
};

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_TEMPLATE:
        options->template_name = given->value;
        break;
    case OPTION_LIST:
        options->list = true;
        break;
    }
    return EXIT_YES;
}

int command_new(int argc, char **argv)
{
    struct options options = {.template_name = "hello"};
    int status = options_read(&command_new_options, argc, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    if (options.list)
        return optind == argc ? run(options.template_name, NULL)
                              : usage_error("new", "--list takes no file");
    if (optind == argc)
        return usage_error("new", "no file given");
    if (optind + 1 != argc)
        return usage_error("new", "one file at a time, not '%s' and '%s'; -t names a template",
                           argv[optind], argv[optind + 1]);
    if (*argv[optind] == '\0')
        return usage_error("new", "a file needs a name, not ''");
    return run(options.template_name, argv[optind]);
}

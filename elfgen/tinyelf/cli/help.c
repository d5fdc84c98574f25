/* Prints --help, wrapped to the width of the terminal. */
#include "help.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "cli.h"
#include "option_rows.h"

enum {
    LABEL_MOST = 26, /* longer labels have a line of their own */
    TEXT_LEAST = 30, /* columns for the text beside a label; if there are fewer, it goes below */
    BELOW = 10,      /* the column of text below a label */
    CHOICE_TEXT_LEAST = 20,
    HELP_ROOM = 1024
};

struct help help_open(void)
{
    enum { LEAST = 20, MOST = 100 };
    size_t width = width_of_output();
    stdout_open_stdio();
    if (width == WIDTH_WIDE)
        width = WIDTH_USUAL;
    return (struct help){.width = width < LEAST ? LEAST : width > MOST ? MOST : width};
}

static void end_line(struct help *help)
{
    putchar('\n');
    help->at = 0;
}

/* Spaces up to a column. */
static void indent(struct help *help, size_t column)
{
    for (; help->at < column; help->at++)
        putchar(' ');
}

/* Prints words from where the line is now; further lines begin at `column`. */
static void put_words(struct help *help, const char *text, size_t column)
{
    bool first = true;
    for (;;) {
        text += strspn(text, " ");
        size_t length = strcspn(text, " \n");
        if (length > 0) {
            size_t space = first ? 0 : 1;
            if (help->at > column && help->at + space + length > help->width) {
                end_line(help);
                space = 0;
            }
            indent(help, help->at < column ? column : help->at + space);
            printf("%.*s", (int)length, text);
            help->at += length;
            first = false;
        }
        text += length;
        if (*text == '\0')
            break;
        if (*text == '\n') {
            text++;
            end_line(help);
            first = true;
        }
    }
    end_line(help);
}

/* "Usage: tinyelf NAME FORM" for each line of `forms`; NULL: without a name. */
static void put_usage(struct help *help, const char *name, const char *forms)
{
    static const char prefix[] = "Usage: ";
    bool first = true;
    for (const char *form = forms; form; first = false) {
        const char *end = strchrnul(form, '\n');
        char line[HELP_ROOM];
        snprintf(line, sizeof line, "%.*s", (int)(end - form), form);
        help->at += (size_t)printf("%*stinyelf%s%s ", (int)sizeof prefix - 1, first ? prefix : "",
                                   name ? " " : "", name ? name : "");
        put_words(help, line, help->at);
        form = *end ? end + 1 : NULL;
    }
}

void help_paragraphs(struct help *help, const char *text)
{
    put_words(help, text, 0);
}

void help_entry(struct help *help, size_t indentation, const char *label, size_t column,
                const char *text)
{
    indent(help, indentation);
    help->at += (size_t)printf("%s", label);
    if (help->at >= column)
        end_line(help);
    put_words(help, text, column);
}

/* Writes how --help shows an option. Returns the length. */
static size_t put_label(const struct option_row *row, char *label, size_t room)
{
    char letter[8] = "    ";
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    return (size_t)snprintf(label, room, "  %s--%s%s%s", letter, row->name,
                            row->argument ? " " : "", row->argument ? row->argument : "");
}

/* The column of the options' texts: after the longest label that has its text beside it. */
static size_t text_column(const struct help *help, const struct command_options *command)
{
    char label[HELP_ROOM];
    const struct option_row row_of_help = option_row_of_help(command);
    size_t longest = put_label(&row_of_help, label, sizeof label);
    for (size_t i = 0; i < command->count; i++) {
        size_t length =
            command->rows[i].name ? put_label(&command->rows[i], label, sizeof label) : 0;
        if (length > longest && length <= LABEL_MOST)
            longest = length;
    }
    return longest + 2 + TEXT_LEAST <= help->width ? longest + 2 : BELOW;
}

/* Lists choices below their option, each with its help. */
static void put_choices(struct help *help, const struct option_choice *choices, size_t column)
{
    size_t longest = 0;
    for (const struct option_choice *choice = choices; choice->name; choice++)
        if (strlen(choice->name) > longest)
            longest = strlen(choice->name);
    size_t beside = column + 2 + longest + 2;
    size_t text = beside + CHOICE_TEXT_LEAST <= help->width ? beside : column + 4;
    for (; choices->name; choices++)
        help_entry(help, column + 2, choices->name, text, choices->help ? choices->help : "");
}

static void put_row(struct help *help, const struct option_row *row, size_t column)
{
    char text[HELP_ROOM], label[HELP_ROOM];
    if (!row->name) {
        end_line(help);
        help_paragraphs(help, row->help);
        return;
    }
    put_label(row, label, sizeof label);
    option_row_help(row, text, sizeof text);
    help_entry(help, 0, label, column, text);
    if (row->choices && row->choices->help)
        put_choices(help, row->choices, column);
}

/* Where the schema of the command's JSON is. */
static void put_schema(struct help *help, const struct command_options *command)
{
    char probe[64], folder[PATH_MAX], text[PATH_MAX + HELP_ROOM];
    if (command->json_version == 0)
        return;
    snprintf(probe, sizeof probe, "%s.json", command->name);
    if (!datadir_find("schema", probe, folder, sizeof folder))
        snprintf(folder, sizeof folder, "share/tinyelf/schema");
    snprintf(text, sizeof text, "JSON: version %u, as its schema %s/%s says.",
             command->json_version, folder, probe);
    end_line(help);
    put_words(help, text, 0);
}

void help_begin(struct help *help, const struct command_options *command)
{
    put_usage(help, command->name, command->usage);
    help_paragraphs(help, command->about);
}

void help_options(struct help *help, const struct command_options *command)
{
    size_t column = text_column(help, command);
    if (command->count == 0 || command->rows[0].name)
        end_line(help);
    for (size_t i = 0; i < command->count; i++)
        put_row(help, &command->rows[i], column);
    const struct option_row row_of_help = option_row_of_help(command);
    put_row(help, &row_of_help, column);
    if (command->notes) {
        end_line(help);
        help_paragraphs(help, command->notes);
    }
    if (command->exit_status) {
        end_line(help);
        help->at = (size_t)printf("Exit status: ");
        put_words(help, command->exit_status, 0);
    }
    put_schema(help, command);
}

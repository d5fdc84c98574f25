/* Lists the commands' options for programs: fields are separated by tabs, "-" is an empty one. */
#include <stdio.h>
#include <string.h>

#include "option_rows.h"

enum { TEXT_ROOM = 1024 };

/* A record for each line of a text. */
static void put_lines(const char *kind, const char *name, const char *text)
{
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        if (length > 0)
            printf("%s\t%s\t%.*s\n", kind, name, (int)length, text);
        text += length + (text[length] != '\0');
    }
}

/* What an option's value is, for completion. */
static const char *value_kind(const struct option_row *row)
{
    if (!row->argument)
        return "-";
    if (row->value == OPTION_VALUE_LIST)
        return "list";
    if (row->value == OPTION_VALUE_PATH)
        return "path";
    if (row->value == OPTION_VALUE_WORDS)
        return "words";
    return row->choices ? "choice" : "any";
}

static void put_row(const char *name, const struct option_row *row)
{
    char text[TEXT_ROOM];
    if (!row->name) {
        put_lines("heading", name, row->help);
        return;
    }
    option_row_help(row, text, sizeof text);
    printf("option\t%s\t%s%c\t--%s\t%s\t%s\t%s\n", name, row->letter ? "-" : "",
           row->letter ? row->letter : '-', row->name, row->argument ? row->argument : "-", text,
           value_kind(row));
    for (const struct option_choice *choice = row->choices; choice && choice->name; choice++)
        printf("choice\t%s\t--%s\t%s\t%s\n", name, row->name, choice->name,
               choice->help ? choice->help : "-");
}

void options_print(const struct command_options *command, const char *summary)
{
    const char *name = command->name ? command->name : "tinyelf";
    put_lines("command", name, summary);
    put_lines("usage", name, command->usage);
    put_lines("about", name, command->about);
    for (size_t i = 0; i < command->count; i++)
        put_row(name, &command->rows[i]);
    const struct option_row help = option_row_of_help(command);
    put_row(name, &help);
    put_lines("note", name, command->notes);
    put_lines("status", name, command->exit_status);
    if (command->json_version != 0)
        printf("json\t%s\t%u\n", name, command->json_version);
}

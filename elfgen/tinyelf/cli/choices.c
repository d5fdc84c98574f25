/* Finds and lists the values that options choose from. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "option_rows.h"

struct option_row option_row_of_help(const struct command_options *command)
{
    bool is_free = true;
    for (size_t i = 0; i < command->count; i++)
        is_free = is_free && command->rows[i].letter != 'h';
    return (struct option_row){.id = -1,
                               .letter = is_free ? 'h' : 0,
                               .value = OPTION_VALUE_ANY,
                               .name = "help",
                               .help = "print this text"};
}

const struct option_choice *option_choose(const char *command, const char *option,
                                          const struct option_choice *choices, const char *name)
{
    enum { MOST = 32, LIST_ROOM = 512 };
    const char *names[MOST + 1] = {NULL};
    char list[LIST_ROOM];
    for (size_t i = 0; choices[i].name; i++) {
        if (strcmp(choices[i].name, name) == 0)
            return &choices[i];
        if (i < MOST)
            names[i] = choices[i].name;
    }
    option_list_choices(choices, list, sizeof list);
    const char *meant = nearest(name, names);
    if (meant)
        usage_error(command, "--%s '%s': it must be %s: did you mean '%s'?", option, name, list,
                    meant);
    else
        usage_error(command, "--%s '%s': it must be %s", option, name, list);
    return NULL;
}

void option_list_choices(const struct option_choice *choices, char *list, size_t room)
{
    size_t used = 0;
    *list = '\0';
    for (size_t i = 0; choices[i].name && used < room; i++)
        used += (size_t)snprintf(list + used, room - used, "%s%s",
                                 i == 0                ? ""
                                 : choices[i + 1].name ? ", "
                                                       : " or ",
                                 choices[i].name);
}

void option_row_help(const struct option_row *row, char *text, size_t room)
{
    enum { LIST_ROOM = 512 };
    char list[LIST_ROOM] = "";
    const char *mark = row->choices ? strstr(row->help, "{}") : NULL;
    if (mark)
        option_list_choices(row->choices, list, sizeof list);
    snprintf(text, room, "%.*s%s%s", (int)(mark ? mark - row->help : 0), row->help, list,
             mark ? mark + 2 : row->help);
}

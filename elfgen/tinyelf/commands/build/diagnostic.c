/* Prints a diagnostic about an input, with its line and a caret below the place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "cli/cli.h"

void build_diagnostic(const struct source_message *what, bool verbose)
{
    static const char *const kinds[] = {"note", "warning", "error"};
    char position[32] = "", *place = NULL;
    if (what->severity == SOURCE_NOTE && !verbose && what->line == 0)
        return;
    if (what->column)
        snprintf(position, sizeof position, ":%u:%u", what->line, what->column);
    else if (what->line)
        snprintf(position, sizeof position, ":%u", what->line);
    if (asprintf(&place, "%s%s", what->file, position) < 0)
        return;
    message(place, kinds[what->severity], "%s", what->text);
    free(place);
    if (!what->excerpt)
        return;
    fprintf(stderr, "%6u | %s\n", what->line, what->excerpt);
    if (what->column == 0 || what->column > strlen(what->excerpt) + 1)
        return;
    fputs("       | ", stderr);
    for (unsigned i = 0; i + 1 < what->column; i++)
        fputc(what->excerpt[i] == '\t' ? '\t' : ' ', stderr);
    fputs("^\n", stderr);
}

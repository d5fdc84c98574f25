/* Prints --help, wrapped to the width of the terminal. */
#ifndef HELP_H
#define HELP_H

#include <stddef.h>

struct command_options;

/* Where on standard output the next word comes. */
struct help {
    size_t width; /* of a line */
    size_t at;    /* the column, from 0 */
};

/* The width is that of the output (base/width.h), else 80, at least 20 and at most 100. */
struct help help_open(void);

/* Prints a text; line breaks in it end paragraphs. */
void help_paragraphs(struct help *help, const char *text);

/* Prints a label at the column `indent`, and what it means from `column` on. */
void help_entry(struct help *help, size_t indent, const char *label, size_t column,
                const char *text);

/* The parts of a command's --help: usage and what it does; then options, notes and exit status. */
void help_begin(struct help *help, const struct command_options *command);
void help_options(struct help *help, const struct command_options *command);

#endif

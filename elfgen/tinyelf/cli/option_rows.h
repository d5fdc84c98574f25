/* Options of a command as rows. What getopt takes, --help shows and --print-options lists is made
 * from them; the command keeps a switch over their ids. */
#ifndef OPTION_ROWS_H
#define OPTION_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most rows of a command. */
enum { OPTION_ROWS_MOST = 40 };

/* A value that an option accepts. A list of them ends with a NULL name. */
struct option_choice {
    const char *name;
    int value;
    const char *help; /* NULL: the option's own help says enough */
};

/* What an option's value is, besides one of its choices where it has some. */
enum option_value {
    OPTION_VALUE_ANY,
    OPTION_VALUE_PATH,  /* of a file or folder: not empty */
    OPTION_VALUE_WORDS, /* given several times, its values add up; so they do in a list */
    OPTION_VALUE_LIST   /* several choices, with commas between them: the handler gets each */
};

struct option_row {
    int id;                              /* of the command's enum option_id */
    char letter;                         /* 0: none */
    uint8_t value;                       /* enum option_value */
    const char *name;                    /* NULL: a heading, whose text is in `help` */
    const char *argument;                /* what --help calls its value; NULL: it takes none */
    const struct option_choice *choices; /* NULL: any value */
    const char *help; /* one sentence, without line breaks; {} stands for the choices' names */
};

/* A word with one dash that other programs take, such as -static, and what there is instead. A list
 * of them ends with a NULL word. */
struct option_foreign {
    const char *word;
    bool begins;         /* the word is the beginning of longer ones, and not one itself */
    const char *instead; /* {} stands for the word, {2} for all but its first two characters */
};

/* What a command accepts, and what its --help says. Texts have no line breaks but between
 * paragraphs. */
struct command_options {
    const char *name;  /* NULL: tinyelf itself */
    const char *usage; /* what follows the name, a line for each form */
    const char *about;
    const struct option_row *rows; /* without --help, which each command has */
    size_t count;
    const struct option_foreign *foreign; /* NULL: none */
    const char *notes;                    /* printed after the rows; NULL: none */
    const char *exit_status;              /* NULL: nothing is said about it */
    unsigned json_version; /* of its JSON, which the schema NAME.json describes; 0: it has none */
    bool stops_at_operand; /* what follows the first operand belongs to another program */
};

/* An option that was given. */
struct option_given {
    int id;
    const char *value; /* NULL: it takes none */
    int choice;        /* the value of the choice, if the row has choices */
    char letter;       /* it was given by this; 0: by its long name */
    const char *word;  /* the whole word, where the value follows the letter in it; else NULL */
};

/* Handles one option. Returns EXIT_YES, or EXIT_USAGE after reporting a usage error. */
typedef int option_handler(void *context, const struct option_given *given);

enum { OPTIONS_READ = -1 };

/* Calls `handle` for each option on the command line. One that has a value, and not several, is
 * given once. Returns OPTIONS_READ, with the first operand at argv[optind], or the exit status:
 * after --help, and after a usage error was reported. */
int options_read(const struct command_options *command, int argc, char **argv,
                 option_handler *handle, void *context);

/* Prints --help. Returns the exit status. */
int options_print_help(const struct command_options *command);

/* The long name of an option. */
const char *option_name(const struct command_options *command, int id);

/* The choice with this name. If there is none, returns NULL after reporting a usage error, which
 * lists the choices and suggests the nearest. `option` is a long name. */
const struct option_choice *option_choose(const char *command, const char *option,
                                          const struct option_choice *choices, const char *name);

/* Writes the choices' names, as in "text, json or hex". */
void option_list_choices(const struct option_choice *choices, char *list, size_t room);

/* Writes a row's sentence with the names of its choices. */
void option_row_help(const struct option_row *row, char *text, size_t room);

/* The row of --help, with the letter -h where the command has no other use for that. */
struct option_row option_row_of_help(const struct command_options *command);

/* Looks at a word that getopt is about to read. Returns EXIT_YES, or EXIT_USAGE after reporting
 * that it has one dash and is no option of the command, with what the user may have meant. */
int option_one_dash(const struct command_options *command, const char *word);

/* Prints the command's name, summary and rows, one record a line, for programs to read. */
void options_print(const struct command_options *command, const char *summary);

#endif

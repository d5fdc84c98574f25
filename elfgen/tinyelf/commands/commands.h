/* The commands: a function and a table of options for each row of commands.def. */
#ifndef COMMANDS_H
#define COMMANDS_H

struct command_options;

/* argv[0] is the command's name, its arguments follow. Each function returns the exit status. */
#define COMMAND(name, function, in_companion, summary)                                             \
    int function(int argc, char **argv);                                                           \
    extern const struct command_options function##_options;
#include "commands.def"
#undef COMMAND

/* What 'dump --verify' runs instead of command_dump(). */
int command_dump_verify(int argc, char **argv);
/* What 'trace --sandbox' runs: command_trace() with a sandbox. */
int command_trace_sandboxed(int argc, char **argv);

#endif

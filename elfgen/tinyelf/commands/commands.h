/* The commands: one function each, which main.c calls. */
#ifndef COMMANDS_H
#define COMMANDS_H

/* The commands. argv[0] is the command's name, its arguments follow. Each returns the exit status.
 */
int command_build(int argc, char **argv);
int command_check(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_disasm(int argc, char **argv);
int command_dump(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_mutate(int argc, char **argv);
int command_new(int argc, char **argv);
int command_run(int argc, char **argv);
int command_stages(int argc, char **argv);
int command_step(int argc, char **argv);
int command_syscall(int argc, char **argv);
int command_trace(int argc, char **argv);
int command_unfold(int argc, char **argv);

#endif

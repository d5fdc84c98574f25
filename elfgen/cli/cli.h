/* What the commands share. */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/text.h"

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

/* One command; its arguments are argv[1...], argv[0] its name. Returns the exit status. */
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

/* Any command, done by the companion of this program, which takes its place; returns only if it
 * cannot. */
int companion_run(int argc, char **argv);

/* "tinyelf: SUBJECT: KIND: TEXT" on stderr, for one line of printf-style text. `subject` is a file
 * as the user named it, a command, or NULL; `kind` is "error", "warning" or "note", or NULL where
 * the text says place and kind itself. */
__attribute__((format(printf, 3, 4))) void message(const char *subject, const char *kind,
                                                   const char *format, ...);

/* The same for a text that is ready, as a callback. */
void message_text(const char *subject, const char *kind, const char *text);

/* The same for a place in a text: FILE:LINE:COLUMN, the line, and a caret under the place. `offset`
 * is in bytes, up to `size`. */
__attribute__((format(printf, 6, 7))) void message_at(const char *file, const char *text,
                                                      size_t size, size_t offset, const char *kind,
                                                      const char *format, ...);

/* A wrong call of `command` (NULL: of tinyelf): says it, points to --help, and returns
 * EXIT_USAGE. */
__attribute__((format(printf, 2, 3))) int usage_error(const char *command, const char *format, ...);

/* What getopt_long() objected to (its ':' or '?'), said with the nearest option there is. */
int usage_error_option(const char *command, int objection, char **argv,
                       const struct option *options);

/* After a text on standard output by stdio: EXIT_YES, or EXIT_NO if it did not all go out, said
 * why. */
int help_end(void);

/* The name in the list (NULL at its end) that `word` is most likely meant to be, NULL if none is
 * near. */
const char *nearest(const char *word, const char *const *names);

/* A number, 0x... or decimal, up to 2^64 - 1. False: it is none. */
bool parse_number(const char *text, uint64_t *number);

/* ---- options that commands share ---- */

/* Each takes an option's value; returns EXIT_YES, or EXIT_USAGE and said why. */
int option_target(const char *command, const char *name, uint16_t *machine);
int option_compiler(const char *command, const char *text, const char **compiler);
/* Several --cflags add up; *flags is to be freed. */
int option_add_compiler_flags(const char *command, const char *text, char **flags);
/* --time: seconds, with a fraction if wanted, up to a day. */
int option_seconds(const char *command, const char *text, uint64_t *nanoseconds);
/* Digits with up to three behind a point, as thousandths; points *rest behind them. False: there
 * are none, or too many. */
bool parse_thousandths(const char *text, const char **rest, uint64_t *number);
/* Bytes, as MiB or with K, M, G, B behind; 0: none, which is no limit. */
int option_size(const char *command, const char *option, const char *text, uint64_t *bytes);
/* --color: never, always, or auto: on a terminal, and not with NO_COLOR. */
int option_colour(const char *command, const char *text, bool *colour);

/* ---- what is installed with the command ---- */

/* The folder `kind` ("templates", "asm") that has the file `probe` in it, as an absolute path:
 * TINYELF_TEMPLATES or what lies beside that, else beside the command as it is installed or built.
 * False: there is none. */
bool datadir_find(const char *kind, const char *probe, char *folder, size_t room);

/* ---- programs to run ---- */

/* Where the program is that a user names, as execve takes it: with a slash in its name, there;
 * without, in the first folder of PATH that has it, as a shell does. False: there is none, said
 * why. */
bool program_find(const char *name, char *path, size_t room);

/* Says why Linux did not start `path`; `error` is execve's errno. */
void program_report_not_started(const char *path, int error);

/* The signals that this process was started with as ignored, and that a program which it starts is
 * to find so, too. main() changes a few and interrupt.h one, and they say for each what was
 * before. */
const sigset_t *program_ignored_signals(void);
void program_remember_ignored(int number, void (*before)(int));

/* Undoes what main() changed, for a program that looks itself at what it was started with. */
void program_restore_ignored(void);

/* ---- inputs ---- */

struct file_bytes;

/* The name of an input in messages: "<stdin>" for "-". */
const char *input_name(const char *path);

/* Reads a whole file, "-" is standard input. False: it cannot be read, said why. *bytes is to be
 * freed either way. */
bool input_read(const char *path, struct file_bytes *bytes);

/* ---- outputs ---- */

/* Standard output, written in large pieces. There is one. */
struct standard_output {
    struct elfgen_text text;
    char buffer[65536];
    int error; /* errno of the first write that failed */
};
struct standard_output *stdout_open(void);
void stdout_flush(struct standard_output *output);

/* Writes what is left. False: not all went out, said why. */
bool stdout_finish(struct standard_output *output);

/* Whether `output` is the same regular file as `input`; "-" is standard output and standard input.
 */
bool atomic_file_is_same(const char *output, const char *input);

/* Writes a whole file so that it appears at once or not at all: beside its place, mode 0755 or 0644
 * less the umask, then renamed. "-" is standard output; what exists and is no regular file, and a
 * door to an open file such as /dev/stdout, is written in place; a symbolic link's target is
 * replaced, the link stays. False: said why, and an older file is as it was. */
bool atomic_file_write(const char *path, const void *bytes, size_t size, bool executable);

#endif

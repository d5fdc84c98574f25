/* What all commands share: messages, options, inputs and outputs. */
#ifndef CLI_H
#define CLI_H

#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/report.h"
#include "elfgen/view.h"
#include "elfgen/text.h"
#include "option_rows.h"

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

/* Replaces this program by its companion, which runs the command. Returns only if that fails. */
int companion_run(int argc, char **argv);

/* Prints "tinyelf: SUBJECT: KIND: TEXT" on standard error; the text is one line in printf style.
 * Control characters appear as \xNN (base/visible.h), here and in all that is below. `subject` is a
 * file as the user named it, a command, or NULL. `kind` is "error", "warning" or "note", or NULL if
 * the text itself begins with place and kind. */
__attribute__((format(printf, 3, 4))) void message(const char *subject, const char *kind,
                                                   const char *format, ...);

/* Reports that `path` cannot be treated as `what` says ("open", "write"), with errno's text.
 * Returns false. */
bool message_cannot(const char *path, const char *what);

/* Reports that there is no memory. Returns false. */
bool message_no_memory(const char *subject);

/* Prints a report: "tinyelf: PLACE: error: TEXT", and, if its line of the source is known, that
 * with a caret below the column. The context is not used. */
void message_report(void *context, const struct report *report);

/* For engines: prints what they report. */
extern const struct reporter message_reporter;

/* Prints the library's error as a report about `file`. Returns false. */
bool message_library_error(const char *file, const struct elfgen_error *error);

/* The same with line and column, if the error has an offset, which is in the `size` bytes of a
 * text.
 */
void message_in_text(const char *file, const char *text, size_t size,
                     const struct elfgen_error *error);

/* Reports a usage error of `command` (NULL: of tinyelf), points to --help, and returns EXIT_USAGE.
 */
__attribute__((format(printf, 2, 3))) int usage_error(const char *command, const char *format, ...);

/* Flushes stdout after --help. Returns EXIT_YES, or EXIT_NO after reporting that not all was
 * written. */
int help_end(void);

/* How far a word is from another one, as elfgen_word_distance() says. */
size_t word_distance(const char *a, const char *b);

/* The name in a list that ends with NULL which `word` most likely stands for, small and capital
 * letters being the same; NULL if none is near. */
const char *nearest(const char *word, const char *const *names);

/* Parses a number, decimal or 0x..., up to 2^64 - 1. Returns false if it is none. */
bool parse_number(const char *text, uint64_t *number);

/* ---- options that commands share ---- */

/* option_... parses an option's value. It returns EXIT_YES, or EXIT_USAGE after reporting a usage
 * error. */
int option_compiler(const char *command, const char *text, const char **compiler);
/* Appends to *flags, since --cflags may be given several times. The caller frees *flags. */
int option_add_compiler_flags(const char *command, const char *text, char **flags);
/* --time: seconds, with a fraction if wanted, at most a day. */
int option_seconds(const char *command, const char *text, uint64_t *nanoseconds);
/* Parses digits with at most three after the point, as thousandths. *rest points after them.
 * Returns false if there are no digits, or too many. */
bool parse_thousandths(const char *text, const char **rest, uint64_t *number);
/* Parses a size in MiB, or with a suffix K, M, G or B; "none" gives 0, which is no limit. */
int option_size(const char *command, const char *option, const char *text, uint64_t *bytes);
/* Choices of --target: ELFGEN_EM_... */
extern const struct option_choice option_targets[];
/* Choices of --color. */
enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
extern const struct option_choice option_colours[];
/* Whether to use colours; auto means on a terminal that takes escape sequences (colour.h), if
 * NO_COLOR is not set. */
bool option_colour(int when);

/* ---- what is installed with the command ---- */

/* Finds the folder `kind` ("templates", "asm", "schema") that contains the file `probe`, as an
 * absolute path: beside TINYELF_TEMPLATES, or else where the command is installed or built. Returns
 * false if there is none. */
bool datadir_find(const char *kind, const char *probe, char *folder, size_t room);

/* ---- programs to run ---- */

/* Finds the program that a user named, as a shell does, and gives the path for execve: the name
 * itself if it contains a slash, or else the first match in PATH. Returns false after reporting
 * that there is none. */
bool program_find(const char *name, char *path, size_t room);

/* Reports why Linux did not start `path`; `error` is the errno of execve. */
void program_report_not_started(const char *path, int error);

/* The signals that were ignored when this process started. A program that it starts should find
 * the same. main() and interrupt.h change some; they remember here what was before. */
sigset_t program_ignored_signals(void);
void program_remember_ignored(int number, void (*before)(int));

/* Occupies standard streams that are closed, so that no file that is opened gets the number of one
 * and what is meant for the stream. Reads and writes fail as before (EBADF), and programs that are
 * started find them closed. */
void program_occupy_streams(void);

/* Whether a descriptor was open when this process started. */
bool program_has_stream(int file);

/* Undoes what main() changed, for a program that looks itself at the signals it was started with.
 */
void program_restore_ignored(void);

/* ---- inputs ---- */

struct file_bytes;

/* The name of an input in messages; "<stdin>" for "-". */
const char *input_name(const char *path);

/* Reads a whole file; "-" is standard input. Returns false after reporting an error. The caller
 * frees *bytes in every case. */
bool input_read(const char *path, struct file_bytes *bytes);

/* The same after a report about other files, which may still be in `output`: it is written before
 * an error about this file, before standard input is waited for, and if it is to be seen on a
 * terminal. */
struct standard_output;
bool input_read_after(struct standard_output *output, const char *path, struct file_bytes *bytes);

/* The same, but a regular file is opened as *parts with the buffer: its reader has a length then,
 * which must be 0 before, and *bytes has none. A buffer of NULL: the file is read as a whole. */
struct file_parts;
bool input_read_parts(struct standard_output *output, const char *path, struct file_bytes *bytes,
                      struct file_parts *parts, void *buffer);

/* About a file that is not an ELF file: if its name is a source's, a note says to build it. */
void input_point_to_build(const char *name);

/* Opens a view of an ELF file, as elfgen_view_open_program(). Returns false after reporting, as
 * one about the file `name`, that the file is empty or not an ELF file. */
bool input_open_elf(const char *name, const struct file_bytes *bytes, struct elfgen_view *view);

/* The same, and refuses also a file that ends in its ELF header, if Linux finds no program headers
 * in what there is. */
bool input_open_program(const char *name, const struct file_bytes *bytes, struct elfgen_view *view);

/* ---- outputs ---- */

/* Standard output, written in large pieces. There is only one. If its reader is gone, a write ends
 * the process by SIGPIPE, or is noted: interrupt_pipe(). */
struct standard_output {
    struct elfgen_text text;
    bool visible; /* show control characters as base/visible.h, for reports without colours */
    int error;    /* errno of the first write that failed */
    char buffer[65536];
};
struct standard_output *stdout_open(void);
void stdout_flush(struct standard_output *output);

/* For work that takes long before it writes: calls interrupt_pipe() if nobody will read it. */
void stdout_check_reader(void);

/* Writes the rest. Returns false after reporting that not all was written. */
bool stdout_finish(struct standard_output *output);

/* The same for what printf() writes: in large pieces, whatever buffer the C library has. Open it
 * before anything is written. */
void stdout_open_stdio(void);
bool stdout_finish_stdio(void);

/* Reports that standard output cannot be written. If its reader is gone (EPIPE), this ends the
 * process or is noted as interrupt_pipe() says, without a word. Returns false. */
bool stdout_report(int error);

/* The regular file that an output will replace: looked at once, for any number of inputs. */
struct atomic_file_place {
    bool is_file; /* false: nothing that a write replaces */
    dev_t device;
    ino_t number;
};

/* "-" is standard output, which replaces nothing. */
struct atomic_file_place atomic_file_place(const char *output);

/* Whether a write of the output would replace `input`; "-" is standard input. */
bool atomic_file_replaces(const struct atomic_file_place *place, const char *input);

/* The same for one input: whether `output` is the same regular file. */
bool atomic_file_is_same(const char *output, const char *input);

/* Whether two outputs are one file, by whatever names, or would be when they are written. */
bool atomic_file_is_one(const char *one, const char *other);

/* Whether an output is standard output: "-", /dev/stdout, /dev/fd/1, or a link to one. */
bool atomic_file_is_stdout(const char *output);

/* Reports by errno why nothing could be made at `path`, which `link` leads to if that is another
 * name: which folder is missing or is none, or "cannot WHAT: REASON". Returns false. */
bool atomic_file_not_created(const char *path, const char *link, const char *what);

/* Before a long search, or before a program runs: whether a file could be written at `path`, which
 * may be "-" or NULL. Returns false after reporting that its folder is missing or takes no file, or
 * that it is a folder itself. What links lead to is not looked at: the write decides. */
bool atomic_file_may_be_written(const char *path);

/* Writes a file as a whole or not at all: beside its place, with mode 0755 or 0644 less the umask,
 * and then renamed, or exchanged with an older file, which is removed: other hard links to that
 * keep it. "-" is standard output. Existing files that are not regular, and paths of open
 * files such as /dev/stdout, are written in place. A symbolic link stays, and its target is
 * replaced, or made if there is none. Returns false after reporting an error; an older file is then
 * unchanged. */
bool atomic_file_write(const char *path, const void *bytes, size_t size, bool executable);

#endif

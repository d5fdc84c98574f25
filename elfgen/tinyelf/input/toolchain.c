/* Runs assemblers and compilers.
 *
 * Objects, messages and text that is in no file (standard input, a preprocessor's output) are
 * passed in memory files, as /dev/fd/N: nothing is left over however a run ends, and no pipe has to
 * be drained while the program runs. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input_private.h"
#include "base/signal_name.h"
#include "base/system_error.h"
#include "tool_child.h"

const struct tool toolchain_nasm = {"nasm", "nasm"};

void toolchain_explain(const struct toolchain *chain, const char *format, ...)
{
    const struct place place = place_file(chain->name);
    va_list arguments;
    va_start(arguments, format);
    if (chain->verbose)
        report_send_list(&chain->reporter, REPORT_NOTE, &place, format, arguments);
    va_end(arguments);
}

struct tool toolchain_tool(const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *name = slash ? slash + 1 : program;
    struct tool tool = {.program = program};
    /* Debian names these packages after their commands: clang-14, gcc-12. */
    static const char *const packaged[] = {"gcc", "clang", "tcc", "ccache", "nasm"};
    if (strcmp(name, "cc") == 0)
        tool.package = "gcc";
    if (strcmp(name, "as") == 0)
        tool.package = "binutils";
    for (size_t i = 0; !tool.package && i < sizeof packaged / sizeof packaged[0]; i++)
        if (strncmp(name, packaged[i], strlen(packaged[i])) == 0)
            tool.package = name;
    return tool;
}

int toolchain_memory_file(const char *name)
{
    /* Above the child's descriptor numbers, so that no dup2 overwrites the source of another. */
    int low = memfd_create(name, MFD_CLOEXEC);
    if (low < 0)
        return -1;
    if (low > TOOL_NAMES)
        return low;
    int high = fcntl(low, F_DUPFD_CLOEXEC, TOOL_NAMES + 1);
    /* EINVAL says that no descriptor of this process may be as high. */
    int error = errno == EINVAL ? EMFILE : errno;
    close(low);
    errno = error;
    return high;
}

/* Whether a variable would change what a tool does or make it write other files, which the user did
 * not ask this command for. Where headers and programs are found (CPATH, PATH...) stays the user's
 * choice. */
static bool is_unwanted(const char *variable)
{
    static const char *const unwanted[] = {"LC_ALL=",
                                           "NASMENV=",
                                           "CCC_OVERRIDE_OPTIONS=",
                                           "GCC_EXTRA_DIAGNOSTIC_OUTPUT=",
                                           "GCC_COMPARE_DEBUG=",
                                           "DEPENDENCIES_OUTPUT=",
                                           "SUNPRO_DEPENDENCIES="};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        if (strncmp(variable, unwanted[i], strlen(unwanted[i])) == 0)
            return true;
    return false;
}

/* The environment without these, and with messages in English, for toolchain_report_messages(). */
static char **plain_environment(void)
{
    extern char **environ;
    size_t count = 0;
    while (environ && environ[count])
        count++;
    static char plain[] = "LC_ALL=C";
    char **copy = malloc((count + 2) * sizeof *copy);
    if (!copy)
        return NULL;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_unwanted(environ[i]))
            copy[kept++] = environ[i];
    copy[kept++] = plain;
    copy[kept] = NULL;
    return copy;
}

/* Starts a tool with its files. Returns 0, or an errno. */
static int spawn(struct toolchain *chain, const struct tool *tool, const char *const *arguments,
                 int object, int text)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    char **copies = calloc(count + 1, sizeof *copies);
    char **environment = plain_environment();
    int error = ENOMEM;
    if (copies && environment) {
        memcpy(copies, arguments, count * sizeof *copies); /* execvpe() takes them without const */
        const struct tool_child child = {.program = tool->program,
                                         .arguments = copies,
                                         .environment = environment,
                                         .files = {{chain->message_file, STDERR_FILENO},
                                                   {chain->message_file, STDOUT_FILENO},
                                                   {object, TOOL_OUTPUT},
                                                   {text, TOOL_TEXT},
                                                   {chain->name_file, TOOL_NAMES}}};
        error = tool_child_start(&child, &chain->child);
    }
    free(environment);
    free(copies);
    return error;
}

/* Reports a command as it would be typed, cut with "..." if it is longer than a message. */
static void report_command(const struct toolchain *chain, const char *const *arguments)
{
    char line[3072];
    size_t length = 0;
    line[0] = '\0';
    for (size_t i = 0; arguments[i]; i++) {
        bool plain = *arguments[i] && !strpbrk(arguments[i], " \t\n\"'\\$&|;<>()*?`");
        const char *quote = plain ? "" : "'";
        int more =
            snprintf(line + length, sizeof line - length, " %s%s%s", quote, arguments[i], quote);
        if (more < 0 || (size_t)more >= sizeof line - length) {
            toolchain_report(chain, REPORT_NOTE, 0, "start:%s ...", line);
            return;
        }
        length += (size_t)more;
    }
    toolchain_report(chain, REPORT_NOTE, 0, "start:%s", line);
}

static bool report_failed_start(const struct toolchain *chain, const struct tool *tool, int error)
{
    if (error != ENOENT && error != EACCES)
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot start %s: %s", tool->program,
                                system_error_text(error));
    if (strchr(tool->program, '/'))
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot start '%s': %s", tool->program,
                                system_error_text(error));
    char line[INSIDE_EXCERPT], sentence[256];
    struct report report = {
        .severity = REPORT_ERROR, .place = place_file(chain->name), .text = sentence};
    if (chain->needed_at.line > 0)
        inside_place(chain->name, chain->source, &chain->needed_at, &report, line);
    const char *const by = chain->needed_by ? chain->needed_by : "this input";
    snprintf(sentence, sizeof sentence, "no '%s' on PATH%s%s%s%s%s", tool->program,
             *chain->needed_for ? " for " : ", which ", *chain->needed_for ? chain->needed_for : by,
             *chain->needed_for ? "" : " needs", tool->package ? ": install the package " : "",
             tool->package ? tool->package : "");
    chain->reporter.report(chain->reporter.context, &report);
    return false;
}

bool toolchain_start(struct toolchain *chain, const struct tool *tool, const char *const *arguments,
                     int object, int text)
{
    if (chain->verbose)
        report_command(chain, arguments);
    if (chain->message_file < 0)
        chain->message_file = toolchain_memory_file("messages");
    int error = chain->message_file < 0 ? errno : spawn(chain, tool, arguments, object, text);
    if (error == 0)
        return true;
    chain->child = 0;
    return report_failed_start(chain, tool, error);
}

bool toolchain_try(struct toolchain *chain, const struct tool *tool, const char *const *arguments,
                   int object, int text)
{
    if (chain->message_file < 0)
        chain->message_file = toolchain_memory_file("messages");
    if (chain->message_file >= 0 && spawn(chain, tool, arguments, object, text) == 0)
        return true;
    chain->child = 0;
    return false;
}

static bool report_signal(const struct toolchain *chain, const struct tool *tool, int number)
{
    const char *name = signal_abbreviation(number);
    return toolchain_report(chain, REPORT_ERROR, 0, "%s was killed by signal %d (SIG%s: %s)",
                            tool->program, number, name ? name : "RT",
                            name ? signal_description(number) : "a real-time signal");
}

bool toolchain_wait(struct toolchain *chain, const struct tool *tool, int *status)
{
    pid_t child = chain->child;
    chain->child = 0;
    while (waitpid(child, status, 0) < 0) {
        if (errno == EINTR)
            continue;
        *status = 0;
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot wait for %s: %s", tool->program,
                                system_error_text(errno));
    }
    return WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
}

bool toolchain_conclude(struct toolchain *chain, const struct tool *tool, int status)
{
    const bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    bool reported = toolchain_report_messages(chain, failed);
    if (!failed)
        return true;
    if (WIFSIGNALED(status))
        return report_signal(chain, tool, WTERMSIG(status));
    if (WEXITSTATUS(status) == 127 && !reported)
        return toolchain_report(chain, REPORT_ERROR, 0, "%s could not be started", tool->program);
    if (!reported)
        return toolchain_report(chain, REPORT_ERROR, 0, "%s failed with status %d", tool->program,
                                WEXITSTATUS(status));
    return false;
}

bool toolchain_finish(struct toolchain *chain, const struct tool *tool)
{
    int status;
    const bool failed = !toolchain_wait(chain, tool, &status);
    return !(failed && status == 0) && toolchain_conclude(chain, tool, status);
}

bool toolchain_put_text(struct toolchain *chain, const char *bytes, size_t size)
{
    if (chain->text_file >= 0)
        close(chain->text_file);
    chain->text_file = toolchain_memory_file("source");
    if (chain->text_file < 0 || !file_write(chain->text_file, bytes, size) ||
        lseek(chain->text_file, 0, SEEK_SET) != 0)
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot keep the source in memory: %s",
                                system_error_text(errno));
    return true;
}

bool toolchain_argument(const char *path, char *argument, size_t room)
{
    /* A leading dash would be taken for an option, and a leading @ for a file of options. */
    const char *before = *path == '-' || *path == '@' ? "./" : "";
    int length = snprintf(argument, room, "%s%s", before, path);
    return length >= 0 && (size_t)length < room;
}

/* NASM needs the final slash. */
bool toolchain_folder_option(const struct toolchain *chain, char *option, size_t room)
{
    const char *slash = strrchr(chain->path, '/');
    const int path = slash ? (int)(slash - chain->path) + 1 : 2;
    const int length = snprintf(option, room, "-I%.*s", path, slash ? chain->path : "./");
    return (length >= 0 && (size_t)length < room) ||
           toolchain_report(chain, REPORT_ERROR, 0, "%s", system_error_text(ENAMETOOLONG));
}

/* The argument is kept, since messages begin with it. */
bool toolchain_name_argument(struct toolchain *chain)
{
    const char *path = chain->text_file >= 0 ? TOOL_TEXT_PATH : chain->path;
    const size_t room = strlen(path) + sizeof "./";
    free(chain->named);
    chain->argument = chain->named = malloc(room < PATH_MAX ? room : PATH_MAX);
    if (!chain->named) {
        chain->argument = "";
        return toolchain_report(chain, REPORT_ERROR, 0, NO_MEMORY);
    }
    return toolchain_argument(path, chain->named, room < PATH_MAX ? room : PATH_MAX) ||
           toolchain_report(chain, REPORT_ERROR, 0, "%s", system_error_text(ENAMETOOLONG));
}

bool toolchain_make_output(struct toolchain *chain)
{
    chain->object_file = toolchain_memory_file("object");
    return chain->object_file >= 0 ||
           toolchain_report(chain, REPORT_ERROR, 0, "cannot make a memory file: %s",
                            system_error_text(errno));
}

bool toolchain_take_object(struct toolchain *chain, const char *maker, struct file_bytes *object)
{
    if (lseek(chain->object_file, 0, SEEK_SET) != 0 ||
        !file_read(chain->object_file, false, object))
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot read the object of %s: %s", maker,
                                system_error_text(errno));
    if (object->size == 0)
        return toolchain_report(chain, REPORT_ERROR, 0, "%s made no object", maker);
    return true;
}

void toolchain_open(struct toolchain *chain, const char *path, const struct file_bytes *source,
                    const struct reporter *reporter)
{
    *chain = (struct toolchain){.path = path,
                                .name = strcmp(path, "-") == 0 ? "<stdin>" : path,
                                .source = source,
                                .reporter = *reporter,
                                .argument = "",
                                .object_file = -1,
                                .message_file = -1,
                                .text_file = -1,
                                .name_file = -1};
}

void toolchain_close(struct toolchain *chain)
{
    if (chain->child > 0) {
        kill(chain->child, SIGKILL);
        waitpid(chain->child, NULL, 0);
        chain->child = 0;
    }
    int *const files[] = {&chain->object_file, &chain->message_file, &chain->text_file,
                          &chain->name_file};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (*files[i] > 0)
            close(*files[i]);
        *files[i] = -1;
    }
    free(chain->named);
    chain->named = NULL;
    chain->argument = "";
}

bool toolchain_run(const struct tool_run *run, struct file_bytes *output)
{
    struct toolchain chain;
    const struct tool tool = toolchain_tool(run->arguments[0]);
    toolchain_open(&chain, run->path, run->source, &run->reporter);
    chain.messages = run->messages;
    chain.needed_by = run->needed_by;
    bool done =
        toolchain_name_argument(&chain) &&
        (!run->text || toolchain_put_text(&chain, run->text->bytes, run->text->size)) &&
        toolchain_make_output(&chain) &&
        toolchain_start(&chain, &tool, run->arguments, chain.object_file, chain.text_file) &&
        toolchain_finish(&chain, &tool) && toolchain_take_object(&chain, tool.program, output);
    toolchain_close(&chain);
    return done;
}

/* Runs assemblers and compilers.
 *
 * Objects, messages and text that is in no file (standard input, a preprocessor's output) are
 * passed in memory files, as /dev/fd/N: nothing is left over however a run ends, and no pipe has to
 * be drained while the program runs. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "toolchain.h"

int toolchain_memory_file(const char *name)
{
    /* Above the child's descriptor numbers, so that no dup2 overwrites the source of another. */
    int low = memfd_create(name, MFD_CLOEXEC);
    if (low < 0)
        return -1;
    if (low > CHILD_TEXT)
        return low;
    int high = fcntl(low, F_DUPFD_CLOEXEC, CHILD_TEXT + 1);
    close(low);
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

/* The environment without these, and with messages in English, for source_report_messages(). */
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

/* Starts a tool with its files, and with default actions for signals that we may ignore. Returns 0,
 * or an errno. */
static int spawn(struct source *source, const struct tool *tool, const char *const *arguments,
                 int object, int text)
{
    size_t count = 0;
    while (arguments[count])
        count++;
    char **copies = calloc(count + 1, sizeof *copies);
    char **environment = plain_environment();
    if (!copies || !environment) {
        free(copies);
        free(environment);
        return ENOMEM;
    }
    memcpy(copies, arguments, count * sizeof *copies); /* posix_spawnp() takes them without const */
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, source->message_file, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, source->message_file, STDOUT_FILENO);
    if (object >= 0)
        posix_spawn_file_actions_adddup2(&actions, object, CHILD_OBJECT);
    if (text >= 0)
        posix_spawn_file_actions_adddup2(&actions, text, CHILD_TEXT);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int error =
        posix_spawnp(&source->child, tool->program, &actions, &attributes, copies, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free(environment);
    free(copies);
    return error;
}

/* Reports a command as it would be typed, cut with "..." if it is longer than a message. */
static void report_command(const struct source *source, const char *const *arguments)
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
            source_report(source, REPORT_NOTE, 0, "start:%s ...", line);
            return;
        }
        length += (size_t)more;
    }
    source_report(source, REPORT_NOTE, 0, "start:%s", line);
}

static bool report_failed_start(const struct source *source, const struct tool *tool, int error)
{
    if (error != ENOENT && error != EACCES)
        return source_report(source, REPORT_ERROR, 0, "cannot start %s: %s", tool->program,
                             strerror(error));
    if (strchr(tool->program, '/'))
        return source_report(source, REPORT_ERROR, 0, "cannot start '%s': %s", tool->program,
                             strerror(error));
    return source_report(source, REPORT_ERROR, 0, "no '%s' on PATH, which this input needs%s%s",
                         tool->program, tool->package ? ": install the package " : "",
                         tool->package ? tool->package : "");
}

bool toolchain_start(struct source *source, const struct tool *tool, const char *const *arguments,
                     int object, int text)
{
    if (source->verbose)
        report_command(source, arguments);
    if (source->message_file < 0)
        source->message_file = toolchain_memory_file("messages");
    int error = source->message_file < 0 ? errno : spawn(source, tool, arguments, object, text);
    if (error == 0)
        return true;
    source->child = 0;
    return report_failed_start(source, tool, error);
}

bool toolchain_try(struct source *source, const struct tool *tool, const char *const *arguments)
{
    if (source->message_file < 0)
        source->message_file = toolchain_memory_file("messages");
    return source->message_file >= 0 && spawn(source, tool, arguments, -1, -1) == 0;
}

bool toolchain_finish(struct source *source, const struct tool *tool)
{
    int status;
    pid_t child = source->child;
    source->child = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return source_report(source, REPORT_ERROR, 0, "cannot wait for %s: %s", tool->program,
                                 strerror(errno));
    bool failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    bool reported = source_report_messages(source, failed);
    if (!failed)
        return true;
    if (WIFSIGNALED(status))
        return source_report(source, REPORT_ERROR, 0, "%s was killed by signal %d", tool->program,
                             WTERMSIG(status));
    if (WEXITSTATUS(status) == 127 && !reported)
        return source_report(source, REPORT_ERROR, 0, "%s could not be started", tool->program);
    if (!reported)
        return source_report(source, REPORT_ERROR, 0, "%s failed with status %d", tool->program,
                             WEXITSTATUS(status));
    return false;
}

bool toolchain_put_text(struct source *source, const char *bytes, size_t size)
{
    if (source->text_file >= 0)
        close(source->text_file);
    source->text_file = toolchain_memory_file("source");
    if (source->text_file < 0 || !file_write(source->text_file, bytes, size) ||
        lseek(source->text_file, 0, SEEK_SET) != 0)
        return source_report(source, REPORT_ERROR, 0, "cannot keep the source in memory: %s",
                             strerror(errno));
    return true;
}

/* A leading dash would be taken for an option, and a leading @ for a file of options. The argument
 * is kept for source_report_messages(). */
bool toolchain_name_argument(struct source *source)
{
    const char *before = *source->path == '-' || *source->path == '@' ? "./" : "";
    int length =
        source->text_file >= 0
            ? snprintf(source->argument, sizeof source->argument, CHILD_TEXT_PATH)
            : snprintf(source->argument, sizeof source->argument, "%s%s", before, source->path);
    return (length >= 0 && (size_t)length < sizeof source->argument) ||
           source_report(source, REPORT_ERROR, 0, "%s", strerror(ENAMETOOLONG));
}

bool toolchain_take_object(struct source *source, const char *maker)
{
    if (lseek(source->object_file, 0, SEEK_SET) != 0 ||
        !file_read(source->object_file, false, &source->object))
        return source_report(source, REPORT_ERROR, 0, "cannot read the object of %s: %s", maker,
                             strerror(errno));
    if (source->object.size == 0)
        return source_report(source, REPORT_ERROR, 0, "%s made no object", maker);
    return true;
}

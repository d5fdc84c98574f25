/* Assembly -> relocatable object, by the assembler that the language belongs to.
 *
 * The object, the messages and text that is not in a file (standard input, a preprocessor's output)
 * travel in memory files, handed over as /dev/fd/N: nothing is left behind however a run ends, and
 * nothing has to be drained while the assembler works. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assembler.h"

/* A program to start, and the Debian package that has it. */
struct tool {
    const char *program;
    const char *package;
};

static const struct tool nasm_tool = {"nasm", "nasm"};
static const struct tool gas_tool = {"as", "binutils"};
static const struct tool preprocessor_tool = {"cc", "gcc"};

static int memory_file(const char *name)
{
    /* Above the numbers that the child's files get, so that no dup2 can overwrite another's source.
     */
    int low = memfd_create(name, MFD_CLOEXEC);
    if (low < 0)
        return -1;
    if (low > CHILD_TEXT)
        return low;
    int high = fcntl(low, F_DUPFD_CLOEXEC, CHILD_TEXT + 1);
    close(low);
    return high;
}

/* The environment with messages in the language that source_tell_messages() knows, and without
 * options for the assembler that nobody gave to this command. */
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
        if (strncmp(environ[i], "LC_ALL=", 7) != 0 && strncmp(environ[i], "NASMENV=", 8) != 0)
            copy[kept++] = environ[i];
    copy[kept++] = plain;
    copy[kept] = NULL;
    return copy;
}

/* posix_spawnp, with the child's files and with the signals that we may ignore back to their
 * defaults. Returns an errno, 0 on success. */
static int spawn(struct source *source, const struct tool *tool, const char *const *arguments,
                 int object, int text)
{
    enum { MOST_ARGUMENTS = 15 };
    char *copies[MOST_ARGUMENTS + 1] = {NULL};
    for (size_t i = 0; i < MOST_ARGUMENTS && arguments[i]; i++)
        memcpy(&copies[i], &arguments[i], sizeof copies[i]); /* it takes them without const */
    char **environment = plain_environment();
    if (!environment)
        return ENOMEM;
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
    return error;
}

/* Starts `tool`; its files 3 and 4 are `object` and `text` (-1: none), its stderr source's message
 * file. */
static bool start(struct source *source, const struct tool *tool, const char *const *arguments,
                  int object, int text)
{
    if (source->verbose) {
        char line[512];
        size_t length = 0;
        line[0] = '\0';
        for (size_t i = 0; arguments[i] && length < sizeof line; i++)
            length += (size_t)snprintf(line + length, sizeof line - length, " %s", arguments[i]);
        source_say(source, SOURCE_NOTE, 0, "start:%s", line);
    }
    if (source->message_file < 0)
        source->message_file = memory_file("messages");
    int error = source->message_file < 0 ? errno : spawn(source, tool, arguments, object, text);
    if (error == 0)
        return true;
    source->child = 0;
    if (error == ENOENT || error == EACCES)
        return source_say(source, SOURCE_ERROR, 0,
                          "no '%s' on PATH, which this input needs: install the package %s",
                          tool->program, tool->package);
    return source_say(source, SOURCE_ERROR, 0, "cannot start %s: %s", tool->program,
                      strerror(error));
}

/* Waits for the child. True if it ended well. */
static bool finish(struct source *source, const struct tool *tool)
{
    int status;
    pid_t child = source->child;
    source->child = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return source_say(source, SOURCE_ERROR, 0, "cannot wait for %s: %s", tool->program,
                              strerror(errno));
    bool told = source_tell_messages(source);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFSIGNALED(status))
        return source_say(source, SOURCE_ERROR, 0, "%s was killed by signal %d", tool->program,
                          WTERMSIG(status));
    if (WEXITSTATUS(status) == 127 && !told)
        return source_say(source, SOURCE_ERROR, 0, "%s could not be started", tool->program);
    if (!told)
        return source_say(source, SOURCE_ERROR, 0, "%s failed with status %d", tool->program,
                          WEXITSTATUS(status));
    return false;
}

/* Makes source->text_file hold `size` bytes. */
static bool put_text(struct source *source, const char *bytes, size_t size)
{
    if (source->text_file >= 0)
        close(source->text_file);
    source->text_file = memory_file("source");
    if (source->text_file < 0 || !file_write(source->text_file, bytes, size) ||
        lseek(source->text_file, 0, SEEK_SET) != 0)
        return source_say(source, SOURCE_ERROR, 0, "cannot keep the source in memory: %s",
                          strerror(errno));
    return true;
}

/* The preprocessor marks lines as `# 7 "file"`; NASM wants `%line 7+1 file`. */
static char *markers_for_nasm(const char *text, size_t size, size_t *length)
{
    /* A marker grows by fewer than 8 characters and has at least 5. */
    char *result = malloc(size * 3 + 16);
    if (!result)
        return NULL;
    size_t used = 0;
    for (const char *line = text, *end = text + size; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop + 1 : end;
        if (stop - line > 4 && line[0] == '#' && line[1] == ' ' &&
            isdigit((unsigned char)line[2])) {
            unsigned long number = 0;
            for (const char *at = line + 2; at < stop && isdigit((unsigned char)*at); at++)
                number = number < 100000000 ? number * 10 + (unsigned long)(*at - '0') : number;
            const char *open = memchr(line, '"', (size_t)(stop - line));
            const char *close = open ? memchr(open + 1, '"', (size_t)(stop - open - 1)) : NULL;
            if (close && number < 100000000)
                used += (size_t)sprintf(result + used, "%%line %lu+1 %.*s\n", number,
                                        (int)(close - open - 1), open + 1);
        } else {
            memcpy(result + used, line, (size_t)(stop - line));
            used += (size_t)(stop - line);
        }
        line = stop;
    }
    *length = used;
    return result;
}

/* The input as an argument: one that starts with a dash is a file all the same, and so is one with
 * the
 * @ that GNU's tools take for a file of options. Kept for source_tell_messages(). */
static bool name_argument(struct source *source)
{
    const char *before = *source->path == '-' || *source->path == '@' ? "./" : "";
    int length =
        source->text_file >= 0
            ? snprintf(source->argument, sizeof source->argument, CHILD_TEXT_PATH)
            : snprintf(source->argument, sizeof source->argument, "%s%s", before, source->path);
    return (length >= 0 && (size_t)length < sizeof source->argument) ||
           source_say(source, SOURCE_ERROR, 0, "%s", strerror(ENAMETOOLONG));
}

/* Runs `cc -E` over the input and leaves its output, in its language, in source->text_file. */
static bool preprocess(struct source *source, enum source_language *language)
{
    int output = memory_file("preprocessed");
    const char *arguments[] = {"cc",
                               "-E",
                               "-x",
                               "assembler-with-cpp",
                               "-o",
                               CHILD_OBJECT_PATH,
                               source->argument,
                               source->machine == ELFGEN_EM_386 ? "-m32" : NULL,
                               NULL};
    struct file_bytes text = {0};
    bool done = output >= 0 && name_argument(source) &&
                start(source, &preprocessor_tool, arguments, output, source->text_file) &&
                finish(source, &preprocessor_tool) && lseek(output, 0, SEEK_SET) == 0 &&
                file_read(output, false, &text);
    if (done && *language == SOURCE_DETECT) {
        size_t offset = 0;
        *language = source_detect_assembly(text.bytes, text.size, &offset);
        if (*language == SOURCE_DETECT)
            done = source_say(source, SOURCE_ERROR, 0, "not assembly, once preprocessed");
    }
    if (done && source->machine == 0)
        source->machine = source_detect_machine(text.bytes, text.size);
    if (done && *language == SOURCE_NASM) {
        size_t length = 0;
        char *marked = markers_for_nasm(text.bytes, text.size, &length);
        done = marked && put_text(source, marked, length);
        free(marked);
    } else if (done) {
        done = put_text(source, text.bytes, text.size);
    }
    file_free(&text);
    if (output >= 0)
        close(output);
    return done;
}

bool source_start_assembly(struct source *source, enum source_language language, bool preprocessed)
{
    /* What was read is what is assembled: a pipe gives its bytes once. */
    if (source->read_once && !put_text(source, source->input.bytes, source->input.size))
        return false;
    if (preprocessed && !preprocess(source, &language))
        return false;
    source->language = language;
    source->object_file = memory_file("object");
    if (source->object_file < 0)
        return source_say(source, SOURCE_ERROR, 0, "cannot make a memory file: %s",
                          strerror(errno));
    if (!name_argument(source))
        return false;

    /* What the source includes is looked for beside it, too. NASM wants the folder with its slash.
     */
    char folder[PATH_MAX + 2];
    const char *slash = strrchr(source->path, '/');
    int length = slash ? (int)(slash - source->path) + 1 : 2;
    if (length >= PATH_MAX)
        return source_say(source, SOURCE_ERROR, 0, "%s", strerror(ENAMETOOLONG));
    snprintf(folder, sizeof folder, "-I%.*s", length, slash ? source->path : "./");

    if (source->machine == 0)
        source->machine = source_detect_machine(source->input.bytes, source->input.size);
    bool is_32_bit = source->machine == ELFGEN_EM_386;
    const char *nasm[] = {"nasm",           "-f", is_32_bit ? "elf32" : "elf64",
                          folder,           "-o", CHILD_OBJECT_PATH,
                          source->argument, NULL};
    const char *gas[] = {
        "as", is_32_bit ? "--32" : "--64", folder, "-o", CHILD_OBJECT_PATH, source->argument, NULL};
    bool is_nasm = language == SOURCE_NASM;
    return start(source, is_nasm ? &nasm_tool : &gas_tool, is_nasm ? nasm : gas,
                 source->object_file, source->text_file);
}

bool source_finish_assembly(struct source *source)
{
    if (!finish(source, source->language == SOURCE_NASM ? &nasm_tool : &gas_tool))
        return false;
    if (!file_read(source->object_file, false, &source->object))
        return source_say(source, SOURCE_ERROR, 0, "cannot read the assembled object: %s",
                          strerror(errno));
    if (source->object.size == 0)
        return source_say(source, SOURCE_ERROR, 0, "the assembler made no object");
    return true;
}

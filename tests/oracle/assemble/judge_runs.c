/* Runs nasm and the assembler on a source. */
#include "judge_private.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NASM_SECONDS = 20, MOST_TRIES = 12 };

static void add_message(struct messages *messages, uint64_t line, bool is_error, bool is_elsewhere,
                        const char *class, const char *text)
{
    if (is_error && !messages->first_error[0])
        snprintf(messages->first_error, sizeof messages->first_error, "%.190s", text);
    if (messages->count == MOST_MESSAGES)
        return;
    struct message *message = &messages->list[messages->count++];
    *message = (struct message){.line = line, .is_error = is_error, .is_elsewhere = is_elsewhere};
    snprintf(message->class, sizeof message->class, "%.39s", class);
}

/* ---- nasm -------------------------------------------------------------------------------------
 */

bool run_nasm(const struct judge *judge, uint8_t mode)
{
    char source[WORKPLACE_PATH], object[WORKPLACE_PATH], log[WORKPLACE_PATH], folder[PATH_MAX + 4],
        map[160];
    const char *format = judge->flat ? "bin" : mode == 32 ? "elf32" : "elf64";
    workplace_path(&judge->place, "source.asm", source);
    workplace_path(&judge->place, "object", object);
    workplace_path(&judge->place, "log", log);
    snprintf(folder, sizeof folder, "-I%s/", judge->from ? judge->from : judge->place.folder);
    snprintf(map, sizeof map, "[map brief symbols %s/map]", judge->place.folder);
    const pid_t child = fork();
    if (child < 0)
        die("fork");
    if (child == 0) {
        const struct rlimit limit = {NASM_SECONDS, NASM_SECONDS};
        setrlimit(RLIMIT_CPU, &limit);
        const int file = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file < 0 || dup2(file, STDERR_FILENO) < 0 || dup2(file, STDOUT_FILENO) < 0)
            _exit(126);
        execlp("nasm", "nasm", folder, "-f", format, "-o", object, "--before",
               judge->flat ? map : "", source, (char *)NULL);
        _exit(127);
    }
    int status;
    if (waitpid(child, &status, 0) != child)
        die("nasm");
    if (WIFEXITED(status) && WEXITSTATUS(status) >= 126)
        die("nasm");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Reads lines such as "PATH:3: warning: byte data exceeds bounds [-w+number-overflow]". */
void read_log(const struct judge *judge, struct messages *messages)
{
    char source[WORKPLACE_PATH], line[1024];
    workplace_path(&judge->place, "source.asm", source);
    FILE *file = workplace_file(&judge->place, "log", "r");
    while (fgets(line, sizeof line, file)) {
        const bool is_elsewhere = strncmp(line, source, strlen(source)) != 0;
        const char *at = is_elsewhere ? strchr(line, ':') : line + strlen(source);
        char *end;
        const uint64_t number = at ? strtoull(at + 1, &end, 10) : 0;
        line[strcspn(line, "\n")] = '\0';
        char *class = strrchr(line, '[');
        const bool is_warning = at && strstr(line, ": warning: ") != NULL;
        const bool is_error = !is_warning && strstr(line, "note: ") == NULL;
        if (is_warning && class && strncmp(class, "[-w+", 4) == 0)
            class[strcspn(class, "]")] = '\0';
        add_message(messages, number, is_error, is_elsewhere,
                    is_warning && class ? class + 4 : "error", line);
    }
    fclose(file);
}

/* ---- the assembler ----------------------------------------------------------------------------
 */

static void hear(void *context, const struct elfgen_assemble_message *message)
{
    struct inside *inside = context;
    struct messages *messages = &inside->messages;
    if (!message->place.file && message->place.line < messages->last_line)
        messages->is_unordered = true;
    if (!message->place.file)
        messages->last_line = message->place.line;
    add_message(messages, message->place.line, message->class_ == ELFGEN_ASSEMBLE_ERROR,
                message->place.file != NULL, elfgen_assemble_class_name(message->class_),
                message->text);
}

static bool read_file(void *context, const char *name, const uint8_t **bytes, size_t *size,
                      const char **reason)
{
    struct inside *inside = context;
    char path[PATH_MAX];
    const char *folder = inside->judge->from ? inside->judge->from : inside->judge->place.folder;
    snprintf(path, sizeof path, "%s%s%s", *name == '/' ? "" : folder, *name == '/' ? "" : "/",
             name);
    FILE *file = inside->file_count < MOST_FILES ? fopen(path, "rb") : NULL;
    *reason = "it cannot be read";
    if (!file)
        return false;
    uint8_t *memory = malloc(1 << 20);
    if (!memory)
        die("memory");
    *size = fread(memory, 1, 1 << 20, file);
    *bytes = inside->files[inside->file_count++] = memory;
    fclose(file);
    return true;
}

static void forget_files(struct inside *inside)
{
    while (inside->file_count > 0)
        free(inside->files[--inside->file_count]);
}

bool assemble_in(struct inside *inside, const char *text, size_t length, uint8_t mode, size_t size)
{
    const struct elfgen_assemble_options options = {.mode = inside->judge->flat ? 0 : mode,
                                                    .flat = inside->judge->flat,
                                                    .read = read_file,
                                                    .tell = hear,
                                                    .context = inside};
    for (unsigned i = 0; i < MOST_TRIES; i++) {
        free(inside->memory);
        forget_files(inside);
        inside->messages.count = 0;
        inside->messages.last_line = 0;
        inside->messages.is_unordered = false;
        inside->messages.first_error[0] = '\0';
        inside->memory = malloc(size + 1);
        if (!inside->memory)
            die("memory");
        inside->status = elfgen_assemble(text, length, &options, inside->memory, size,
                                         &inside->assembly, &inside->error);
        if (inside->status != ELFGEN_NO_ROOM)
            return true;
        if (inside->assembly.needed <= size)
            return false;
        size = inside->assembly.needed;
    }
    return false;
}

void release(struct inside *inside)
{
    forget_files(inside);
    free(inside->memory);
}

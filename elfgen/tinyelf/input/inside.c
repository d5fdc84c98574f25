/* Assembles NASM's language with the library's assembler: memory, files that the source names, and
 * messages. */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/grow.h"
#include "base/system_error.h"
#include "elfgen/arch.h"
#include "input_private.h"
#include "inside_private.h"
#include "magic.h"

/* NASM reads pipes and devices. */
static const char not_regular[] = "it is not a regular file";

/* Reads a regular file. Returns NULL, or why that cannot be done, as the end of a sentence. */
static const char *read_named(const char *path, struct file_bytes *bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return system_error_text(errno);
    const bool done = file_read(file, true, bytes);
    const int error = errno;
    close(file);
    return done ? NULL : error == ENODEV ? not_regular : system_error_text(error);
}

/* The path of a file in the source's folder. False: it is too long. */
static bool beside_source(const char *source, const char *name, char path[PATH_MAX])
{
    const char *slash = strrchr(source, '/');
    const int folder = slash ? (int)(slash - source) + 1 : 0;
    const int length = snprintf(path, PATH_MAX, "%.*s%s", folder, source, name);
    return length >= 0 && length < PATH_MAX;
}

static const struct named_file *find_file(const struct inside *inside, const char *name)
{
    for (size_t i = 0; i < inside->file_count; i++)
        if (strcmp(inside->files[i].name, name) == 0)
            return &inside->files[i];
    return NULL;
}

/* Reads a file as NASM finds it: from the working folder, else from the source's. */
static const char *add_file(struct inside *inside, const char *name)
{
    struct named_file file = {0};
    char path[PATH_MAX];
    if (!grow_array(&inside->files, inside->file_count + 1, &inside->file_capacity,
                    sizeof *inside->files))
        return NO_MEMORY;
    const char *problem = read_named(name, &file.bytes);
    const bool beside = problem && *name != '/' &&
                        beside_source(inside->options.path, name, path) && strcmp(path, name) != 0;
    if (beside) {
        file_free(&file.bytes);
        if (!read_named(path, &file.bytes))
            problem = NULL;
    } else if (!problem)
        snprintf(path, sizeof path, "%s", name);
    if (!problem) {
        file.name = strdup(name);
        file.path = strdup(path);
        if (!file.name || !file.path)
            problem = NO_MEMORY;
    }
    if (problem) {
        file_free(&file.bytes);
        free(file.name);
        free(file.path);
        return problem;
    }
    inside->files[inside->file_count++] = file;
    return NULL;
}

static bool give_file(void *context, const char *name, const uint8_t **bytes, size_t *size,
                      const char **reason)
{
    struct inside *inside = context;
    const struct named_file *file = find_file(inside, name);
    if (!file) {
        *reason = add_file(inside, name);
        if (*reason) {
            inside->is_missing = *reason != not_regular;
            return false;
        }
        file = &inside->files[inside->file_count - 1];
    }
    *bytes = (const uint8_t *)file->bytes.bytes;
    *size = file->bytes.size;
    return true;
}

static void keep_message(void *context, const struct elfgen_assemble_message *message)
{
    struct inside *inside = context;
    const bool is_error = message->class_ == ELFGEN_ASSEMBLE_ERROR;
    if (inside->told[is_error]++ >= MOST_MESSAGES)
        return;
    struct kept_message *kept;
    if (!grow_array(&inside->messages, inside->message_count + 1, &inside->message_capacity,
                    sizeof *inside->messages))
        return;
    kept = &inside->messages[inside->message_count];
    *kept = (struct kept_message){.is_error = is_error, .place = message->place};
    kept->file = message->place.file ? strdup(message->place.file) : NULL;
    kept->place.file = NULL;
    kept->text = strdup(message->text);
    if (kept->text)
        inside->message_count++;
    else
        free(kept->file);
}

static void forget_messages(struct inside *inside)
{
    for (size_t i = 0; i < inside->message_count; i++) {
        free(inside->messages[i].text);
        free(inside->messages[i].file);
    }
    inside->message_count = 0;
    inside->told[false] = inside->told[true] = 0;
}

/* Assembles with more and more memory, until that suffices. Returns false if there is none. */
static bool assemble(struct inside *inside)
{
    const struct inside_options *options = &inside->options;
    const struct elfgen_arch *arch = elfgen_arch_find(options->machine);
    const struct elfgen_assemble_options how = {
        .mode = arch ? (uint8_t)(8 * elfgen_address_size(arch->class_)) : 0,
        .flat = options->flat,
        .read = give_file,
        .tell = keep_message,
        .context = inside};
    size_t size = ELFGEN_ASSEMBLE_MEMORY(options->input->size);
    for (;;) {
        forget_messages(inside);
        free(inside->memory);
        inside->memory = malloc(size);
        if (!inside->memory)
            return false;
        inside->status = elfgen_assemble(options->input->bytes, options->input->size, &how,
                                         inside->memory, size, &inside->assembly, &inside->error);
        if (inside->status != ELFGEN_NO_ROOM)
            return true;
        if (inside->assembly.needed <= size || inside->assembly.needed > SIZE_MAX / 2) {
            errno = ENOMEM;
            return false;
        }
        size = (size_t)inside->assembly.needed;
    }
}

struct inside *inside_assemble(const struct inside_options *options)
{
    struct inside *inside = calloc(1, sizeof *inside);
    if (!inside)
        return NULL;
    inside->options = *options;
    if (assemble(inside))
        return inside;
    const int error = errno;
    inside_close(inside);
    errno = error;
    return NULL;
}

bool inside_is_done(const struct inside *inside)
{
    return inside->status == ELFGEN_OK;
}

bool inside_is_wrapped(const struct inside *inside)
{
    const struct elfgen_program *program = &inside->assembly.program;
    const struct elfgen_section *first = NULL;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[i];
        if (section->bytes && section->size > 0 && (!first || strcmp(section->name, ".text") == 0))
            first = section;
    }
    return first && begins_with_magic(first->bytes, first->size);
}

bool inside_is_final(const struct inside *inside)
{
    return inside->status == ELFGEN_DOES_NOT_FIT || inside->is_missing;
}

bool inside_is_unsupported(const struct inside *inside)
{
    return inside->status == ELFGEN_UNSUPPORTED;
}

bool inside_includes_org(const struct inside *inside)
{
    for (size_t i = 0; i < inside->file_count; i++)
        if (source_find_org(inside->files[i].bytes.bytes, inside->files[i].bytes.size) > 0)
            return true;
    return false;
}

/* The text that a place is in. */
static const struct file_bytes *text_of(const struct inside *inside, const char *file,
                                        const char **name)
{
    const struct named_file *named = file ? find_file(inside, file) : NULL;
    *name = named ? named->path : file ? file : inside->options.name;
    return named ? &named->bytes : inside->options.input;
}

void inside_place(const char *name, const struct file_bytes *text,
                  const struct elfgen_source_place *place, struct report *report,
                  char line[INSIDE_EXCERPT])
{
    const uint64_t number = place->line;
    report->place = place_line(name, number < UINT_MAX ? (unsigned)number : PLACE_NO_LINE);
    if (number == 0 || place->offset > text->size)
        return;
    const char *at = text->bytes + place->offset, *start = at;
    const char *end = text->bytes + text->size;
    while (start > text->bytes && start[-1] != '\n')
        start--;
    const char *stop = memchr(start, '\n', (size_t)(end - start));
    stop = stop ? stop : end;
    if (stop > start && stop[-1] == '\r')
        stop--;
    size_t length = (size_t)(stop - start);
    if (length >= INSIDE_EXCERPT)
        length = INSIDE_EXCERPT - 1;
    memcpy(line, start, length);
    line[length] = '\0';
    report->excerpt = line;
    if (at - start < UINT_MAX)
        report->place.column = (unsigned)(at - start) + 1;
}

/* Sets what a report says of a message. */
static void describe(const struct inside *inside, const struct kept_message *message,
                     struct report *report, char line[INSIDE_EXCERPT])
{
    const char *name;
    const struct file_bytes *text = text_of(inside, message->file, &name);
    *report = (struct report){.severity = message->is_error ? REPORT_ERROR : REPORT_WARNING,
                              .text = message->text};
    inside_place(name, text, &message->place, report, line);
}

bool inside_first_error(const struct inside *inside, struct report *report,
                        char line[INSIDE_EXCERPT])
{
    for (size_t i = 0; i < inside->message_count; i++) {
        if (!inside->messages[i].is_error)
            continue;
        describe(inside, &inside->messages[i], report, line);
        return true;
    }
    return false;
}

void inside_report(const struct inside *inside, const struct reporter *reporter)
{
    char line[INSIDE_EXCERPT];
    struct report report;
    const struct place whole = place_file(inside->options.name);
    for (size_t i = 0; i < inside->message_count; i++) {
        describe(inside, &inside->messages[i], &report, line);
        reporter->report(reporter->context, &report);
    }
    for (int error = 0; error <= 1; error++)
        if (inside->told[error] > MOST_MESSAGES)
            report_send(reporter, error ? REPORT_ERROR : REPORT_WARNING, &whole,
                        "%zu more like these", inside->told[error] - MOST_MESSAGES);
    if (inside->status != ELFGEN_OK && inside->told[true] == 0)
        report_library_error(reporter, inside->options.name, &inside->error);
}

void inside_close(struct inside *inside)
{
    if (!inside)
        return;
    forget_messages(inside);
    for (size_t i = 0; i < inside->file_count; i++) {
        file_free(&inside->files[i].bytes);
        free(inside->files[i].name);
        free(inside->files[i].path);
    }
    free(inside->files);
    free(inside->messages);
    free(inside->memory);
    free(inside);
}

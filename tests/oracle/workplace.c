/* A folder for the files of another program, its messages, memory. */
#include "workplace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void die(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
    exit(2);
}

void workplace_open(struct workplace *place, const char *tools)
{
    char command[200];
    snprintf(command, sizeof command,
             "for tool in %s; do command -v $tool >/dev/null || exit 1; done", tools);
    if (system(command) != 0) {
        printf("ok - %s # skip one of these is missing: %s\n", program_invocation_short_name,
               tools);
        exit(77);
    }
    snprintf(place->folder, sizeof place->folder, "/tmp/%.40s-XXXXXX",
             program_invocation_short_name);
    if (!mkdtemp(place->folder))
        die("mkdtemp");
}

void workplace_close(const struct workplace *place)
{
    char command[WORKPLACE_FOLDER + 8];
    snprintf(command, sizeof command, "rm -r %s", place->folder);
    if (system(command) != 0)
        die(place->folder);
}

void workplace_path(const struct workplace *place, const char *name, char path[WORKPLACE_PATH])
{
    snprintf(path, WORKPLACE_PATH, "%s/%s", place->folder, name);
}

FILE *workplace_file(const struct workplace *place, const char *name, const char *mode)
{
    char path[WORKPLACE_PATH];
    workplace_path(place, name, path);
    FILE *file = fopen(path, mode);
    if (!file)
        die(path);
    return file;
}

void workplace_written(FILE *file)
{
    if (ferror(file) || fclose(file) != 0)
        die("a file cannot be written");
}

int workplace_run(const struct workplace *place, const char *format, ...)
{
    char command[600];
    va_list arguments;
    int length = snprintf(command, sizeof command, "cd %s && ", place->folder);
    va_start(arguments, format);
    length += vsnprintf(command + length, sizeof command - (size_t)length, format, arguments);
    va_end(arguments);
    if ((size_t)length >= sizeof command)
        die("a command is too long");
    return system(command);
}

bool workplace_complaint(FILE *log, const struct item_lines *lines, char line[WORKPLACE_LINE],
                         size_t *item)
{
    while (fgets(line, WORKPLACE_LINE, log)) {
        const char *colon = strchr(line, ':');
        const size_t number = colon ? strtoul(colon + 1, NULL, 10) : 0;
        if (number < lines->first || (number - lines->first) % lines->step != 0)
            continue;
        *item = (number - lines->first) / lines->step;
        if (*item < lines->count)
            return true;
    }
    return false;
}

void *grow(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 4096;
    void *more = reallocarray(items, *room, size);
    if (!more)
        die("memory");
    return more;
}

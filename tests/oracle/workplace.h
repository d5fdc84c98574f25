/* What comparisons with another program share: a folder for its files, its messages, memory. */
#ifndef TEST_ORACLE_WORKPLACE_H
#define TEST_ORACLE_WORKPLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { WORKPLACE_FOLDER = 64, WORKPLACE_PATH = 128, WORKPLACE_LINE = 640 };

struct workplace {
    char folder[WORKPLACE_FOLDER];
};

/* Prints a message with errno's text, and exits with status 2. */
void die(const char *what) __attribute__((noreturn));

/* Makes the folder, named after this program. Exits with status 77, by which a test is skipped, if
 * one of `tools`, with blanks between them, is missing. */
void workplace_open(struct workplace *place, const char *tools);

/* Removes it with all its files. */
void workplace_close(const struct workplace *place);

void workplace_path(const struct workplace *place, const char *name, char path[WORKPLACE_PATH]);

/* A file of the folder, opened as by fopen(). Exits if it cannot be. */
FILE *workplace_file(const struct workplace *place, const char *name, const char *mode);

/* Closes a file that was written. Exits if it was not. */
void workplace_written(FILE *file);

/* Runs a shell's command in the folder; returns its status. */
int workplace_run(const struct workplace *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Items stand in the lines of a source, one in each `step` lines from line `first` on. Reads the
 * next line of a log such as "source.asm:3: error: ..." that is about one of them; *item is its
 * index. False: there is no other. */
struct item_lines {
    size_t first, step, count;
};
bool workplace_complaint(FILE *log, const struct item_lines *lines, char line[WORKPLACE_LINE],
                         size_t *item);

/* Memory for one of `size` bytes more than `count`, of which there is room for *room. */
void *grow(void *items, size_t count, size_t *room, size_t size);

#endif

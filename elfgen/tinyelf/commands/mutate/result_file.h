/* Reads a result of mutate from the file that a user names. */
#ifndef MUTATE_RESULT_FILE_H
#define MUTATE_RESULT_FILE_H

#include "result.h"

/* Reads what 'tinyelf mutate --json' wrote to `path`, "-" for standard input. Returns false after
 * reporting the error; otherwise mutate_report_close() is needed. */
bool mutate_read_file(const char *path, struct mutate_report *report);

#endif

/* Writes a log while a program runs, to standard error or to a file. */
#ifndef CLI_LIVE_LOG_H
#define CLI_LIVE_LOG_H

#include <stdbool.h>

#include "elfgen/text.h"

struct live_log {
    struct elfgen_text text;
    char buffer[65536];
    const char *path; /* NULL: standard error */
    int file;
    int error;  /* errno of the first write that failed */
    bool begun; /* something has been written */
    bool timed; /* interrupt_soon() was called */
};

/* Makes `path` (NULL: standard error) a log. Unlike other outputs, it grows while the program runs,
 * which may be for ever. The first line replaces the contents of an older file. Returns false after
 * reporting an error. */
bool live_log_open(struct live_log *log, const char *path);

/* Call this before the program continues. On standard error, which the program may also write to,
 * the log must be written by then; a file may lag behind, as with live_log_soon(). */
void live_log_turn(struct live_log *log);

/* Lets the log wait a moment for more text. The wait that is then interrupted should call
 * live_log_tick(). */
void live_log_soon(struct live_log *log);

/* Writes what has been kept back. Call this when a wait was interrupted. */
void live_log_tick(struct live_log *log);

/* Writes the rest. Returns false after reporting that not all was written. */
bool live_log_close(struct live_log *log);

#endif

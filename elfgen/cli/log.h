/* What is written while a program runs: on standard error, or into a file. */
#ifndef LIVE_LOG_H
#define LIVE_LOG_H

#include <stdbool.h>

#include "elfgen/text.h"

struct live_log {
    struct elfgen_text text;
    char buffer[65536];
    const char *path; /* NULL: standard error */
    int file;
    int error;  /* errno of the first write that failed */
    bool begun; /* something was written */
    bool timed; /* interrupt_soon() was asked */
};

/* Makes `path` (NULL: standard error) a log. Unlike other outputs it grows while the program runs,
 * since that may be for ever; what an older file of that name held is lost with the first line.
 * False: said why. */
bool live_log_open(struct live_log *log, const char *path);

/* The program is about to run on. On standard error, which it may write to as well, what was said
 * so far has to be there before; a file may lag behind, as with live_log_soon(). */
void live_log_turn(struct live_log *log);

/* What was said may wait a moment for more: the wait that then ends asks for live_log_tick(). */
void live_log_soon(struct live_log *log);

/* Writes what has waited; for when a wait was interrupted. */
void live_log_tick(struct live_log *log);

/* Writes the rest. False: not all was written, said why. */
bool live_log_close(struct live_log *log);

#endif

/* Reads /proc/PID/maps (proc(5)). */
#ifndef BASE_MAPS_H
#define BASE_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A mapping: a line of the file. */
struct maps_line {
    uint64_t start, end; /* addresses */
    uint64_t offset;     /* in the file, where `start` is */
    char permissions[5]; /* "r-xp" */
    /* "" if it has none; a path, with " (deleted)" after it if it is gone; "[vdso]", "[stack]". It
     * is as the kernel writes it: a newline in a path is \012, and all else is raw. */
    const char *name;
};

/* Parses a line, with or without a newline at its end, which is removed. Returns false if it is no
 * line of such a file. line->name is part of `text`. */
bool maps_parse(char *text, struct maps_line *line);

/* The lines of a process's file. They take no memory but this: who reads them may be told that
 * there is none. */
struct maps {
    int file;            /* a descriptor; -1: it could not be opened */
    int error;           /* errno of what failed; 0: nothing */
    size_t at, length;   /* in `text` */
    char text[3 * 4096]; /* a line is at most a page of path and 73 bytes before it; newlines of a
                          * path are written as four */
};

/* Opens the file of a process; if that fails, there are no lines. */
void maps_open(struct maps *maps, pid_t id);

/* Reads the next line; line->name is valid until the next call. Returns false at the end, or if
 * reading fails: maps->error is then not 0. */
bool maps_next(struct maps *maps, struct maps_line *line);
void maps_close(struct maps *maps);

#endif

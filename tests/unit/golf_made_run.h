/* Files with what golf/shrink found, for Linux to run. */
#ifndef GOLF_MADE_RUN_H
#define GOLF_MADE_RUN_H

#include "golf_made.h"

enum { MOST_FILE = 256 };

struct file {
    uint8_t bytes[MOST_FILE];
    size_t size;
    size_t text; /* where the text is */
    struct {
        size_t at; /* the end of the instruction */
        struct golf_field field;
        uint8_t start;
    } fields[40];
    size_t field_count;
};

/* Makes a file that follows one way at random. */
void make_file(struct file *file, const struct golf_pieces *pieces, uint64_t *random);

/* Runs the file in this folder; its output goes to `output`, or nowhere. Returns its status. */
int run(const struct file *file, char *output, size_t room);

/* The folder where that is; leave_folder() removes it. */
void enter_folder(void);
void leave_folder(void);

/* Runs some ways: each writes the text, and exits with status 0. */
void run_some_ways(const struct golf_pieces *pieces);

#endif

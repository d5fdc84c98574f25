/* What an assembly inside of the command holds. */
#ifndef INSIDE_PRIVATE_H
#define INSIDE_PRIVATE_H

#include "elfgen/assemble.h"
#include "inside.h"

/* Of each severity; the rest are counted. */
enum { MOST_MESSAGES = 50 };

/* A warning or an error, until it is known whether NASM is asked, too. */
struct kept_message {
    bool is_error;
    struct elfgen_source_place place; /* its file is `file` */
    char *file;                       /* as the source names it; NULL: the source */
    char *text;
};

/* A file that the source names. */
struct named_file {
    char *name, *path; /* as the source names it, and where it was found */
    struct file_bytes bytes;
};

struct inside {
    struct inside_options options;
    void *memory; /* that `assembly` points into */
    struct elfgen_assembly assembly;
    enum elfgen_status status;
    struct elfgen_error error;
    struct kept_message *messages;
    size_t message_count, message_capacity;
    size_t told[2];  /* warnings, errors */
    bool is_missing; /* a file that the source names cannot be read, by anybody */
    struct named_file *files;
    size_t file_count, file_capacity;
};

#endif

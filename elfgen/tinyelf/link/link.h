/* Links objects and archives into one program.
 *
 * The steps: resolve symbols, with members of archives as they are needed; mark the sections that
 * the entry needs; define the linker's own symbols; merge equal constants; emit the program with
 * one symbol table, GOT slots, and relocations that the library can apply. Nothing is printed:
 * errors go to a reporter. */
#ifndef LINK_H
#define LINK_H

#include "base/report.h"
#include "object.h"

/* A link in progress: its objects, and, once linked, the program. */
struct link;

/* What a link should make. */
struct link_options {
    const char *entry; /* its symbol; NULL: every section is kept */
    bool keep_all;     /* even sections that nothing needs */
    uint16_t machine;  /* ELFGEN_EM_... */
    uint64_t base;     /* the program's address: code is shorter if addresses fit 31 bits */
    /* Called once if symbols are still undefined after all objects were read; adds what may define
     * them. Returns false after reporting an error. May be NULL. */
    bool (*more)(void *context, struct link *link);
    void *context; /* for `more` */
};

/* What it made. */
struct link_result {
    struct elfgen_program program; /* its arrays belong to the link */
    bool no_entry;                 /* the entry symbol is undefined, which is not reported */
};

/* Begins a link that reports its errors to `reporter`. Returns NULL after reporting that there is
 * no memory. */
struct link *link_open(const struct reporter *reporter);

/* Adds an object or an archive, which then belongs to the link, even if the call fails. Returns
 * false after reporting that there is no memory. */
bool link_add_object(struct link *link, struct link_object *object);
bool link_add_archive(struct link *link, struct link_archive *archive);

/* Whether machine code that names no entry, as link_object's `keeps_all` says, is all there is. */
bool link_is_raw(const struct link *link);

/* For `more`: whether a symbol that compilers refer to is needed and undefined. Its name begins
 * with two underscores, and it is none that the linker itself defines (__start_..., __stop_...). */
bool link_needs_compiler_symbol(const struct link *link);

/* Links everything that was added. Returns false after reporting the errors: all undefined and all
 * duplicate symbols, each with the places that refer to it. */
bool link_program(struct link *link, const struct link_options *options,
                  struct link_result *result);

/* Finds names of code that may be meant where the entry is undefined, global ones first. Returns
 * how many it put into `names`, `most` at most. */
size_t link_find_labels(const struct link *link, const char **names, size_t most);

/* Whether there is code of that name, global or not. */
bool link_has_label(const struct link *link, const char *name);

/* Frees everything; NULL is accepted. */
void link_close(struct link *link);

#endif

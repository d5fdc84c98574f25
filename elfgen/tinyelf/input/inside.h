/* Assembles NASM's language with the library's assembler, without a process. */
#ifndef INPUT_INSIDE_H
#define INPUT_INSIDE_H

#include "object.h"

/* What is assembled, and for what. The strings and bytes must stay while the assembly is used. */
struct inside_options {
    const char *path;               /* of the source, whose folder is searched for what it names */
    const char *name;               /* of the source, in messages */
    const struct file_bytes *input; /* its text */
    uint16_t machine;               /* a processor of machines.def; 0: of a flat file */
    bool flat;                      /* as nasm -f bin does */
};

/* A source that was assembled, or what is wrong with it. */
struct inside;

/* Assembles. Nothing is reported yet: inside_report() does that. Returns NULL with errno if there
 * is no memory. */
struct inside *inside_assemble(const struct inside_options *options);

/* Whether it was assembled without an error. */
bool inside_is_done(const struct inside *inside);

/* Whether its first bytes, those of `.text` if it has some, are of an ELF header, as a whole file's
 * are. */
bool inside_is_wrapped(const struct inside *inside);

/* Whether NASM's opinion of its errors is not asked: they are of size, on which it may spend any
 * time, or of a file that cannot be read. It takes a folder for an empty file. */
bool inside_is_final(const struct inside *inside);

/* Whether NASM may know what its first error is about. */
bool inside_is_unsupported(const struct inside *inside);

/* Whether a file that the source names has `org`. */
bool inside_includes_org(const struct inside *inside);

/* Reports warnings and errors, in the source's order. */
void inside_report(const struct inside *inside, const struct reporter *reporter);

/* Sets *report to the first error, with an excerpt in `line`. False: there is none. */
enum { INSIDE_EXCERPT = 256 };
bool inside_first_error(const struct inside *inside, struct report *report,
                        char line[INSIDE_EXCERPT]);

/* Sets of *report what concerns a place of a text that messages call `name`: file, line, column,
 * excerpt. */
struct elfgen_source_place;
void inside_place(const char *name, const struct file_bytes *text,
                  const struct elfgen_source_place *place, struct report *report,
                  char line[INSIDE_EXCERPT]);

/* ---- flat files ---- */

bool inside_is_flat(const struct inside *inside);

/* Of one that is done: its bytes, which it keeps; whether they begin with an ELF header; what `org`
 * says. */
struct file_bytes inside_bytes(const struct inside *inside);
bool inside_is_file(const struct inside *inside);
uint64_t inside_origin(const struct inside *inside);

/* Sets labels and names of *file, which has its bytes. Returns false if there is no memory. */
struct source_file;
bool inside_put_labels(const struct inside *inside, struct source_file *file);

/* ---- objects ---- */

/* Makes an object of what was assembled. Takes `inside` and the source's text over even if it
 * returns NULL, which it does after reporting the error. */
struct link_object *inside_take_object(struct inside *inside, struct file_bytes *input,
                                       const struct object_options *options);

/* NULL is accepted. */
void inside_close(struct inside *inside);

#endif

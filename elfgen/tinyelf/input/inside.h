/* Assembles NASM's language with the library's assembler, without a process. */
#ifndef INPUT_INSIDE_H
#define INPUT_INSIDE_H

#include "object.h"

/* What is assembled, and for what. The strings and bytes must stay while the assembly is used. */
struct inside_options {
    const char *path;               /* of the source, whose folder is searched for what it names */
    const char *name;               /* of the source, in messages */
    const struct file_bytes *input; /* its text */
    uint16_t machine;               /* a processor of machines.def */
};

/* A source that was assembled, or what is wrong with it. */
struct inside;

/* Assembles. Nothing is reported yet: inside_report() does that. Returns NULL with errno if there
 * is no memory. */
struct inside *inside_assemble(const struct inside_options *options);

/* Whether it was assembled without an error. */
bool inside_is_done(const struct inside *inside);

/* Whether one of its sections begins with an ELF header, as that of a whole file does. */
bool inside_is_wrapped(const struct inside *inside);

/* Whether its error is one of size, on which NASM may spend any time: its opinion is not asked. */
bool inside_is_too_large(const struct inside *inside);

/* Reports warnings and errors, in the source's order. */
void inside_report(const struct inside *inside, const struct reporter *reporter);

/* Sets *report to the first error, with an excerpt in `line`. False: there is none. */
enum { INSIDE_EXCERPT = 256 };
bool inside_first_error(const struct inside *inside, struct report *report,
                        char line[INSIDE_EXCERPT]);

/* Makes an object of what was assembled. Takes `inside` and the source's text over even if it
 * returns NULL, which it does after reporting the error. */
struct link_object *inside_take_object(struct inside *inside, struct file_bytes *input,
                                       const struct object_options *options);

/* NULL is accepted. */
void inside_close(struct inside *inside);

#endif

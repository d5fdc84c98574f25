/* A file's source in the hex language, for other commands. */
#ifndef EXPLAIN_MAKE_SOURCE_H
#define EXPLAIN_MAKE_SOURCE_H

#include "elfgen/text.h"

/* What another command says about a byte, and those that follow. */
struct explain_remark {
    uint64_t offset;
    const char *text;
};

/* Appends what 'tinyelf explain --format hex' prints about the bytes of a file of that name, with
 * remarks, which are in the order of their offsets, behind the other owners of their bytes. Returns
 * false after reporting that there is no memory. */
bool explain_make_source(const char *name, const void *bytes, size_t size,
                         const struct explain_remark *remarks, size_t count,
                         struct elfgen_text *out);

#endif

/* Tells by the end of a name what kind of source it is. */
#include "suffix.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum suffix suffix_of(const char *path)
{
    static const struct {
        const char *text;
        enum suffix suffix;
    } rows[] = {
#define SUFFIX(text, kind) {text, SUFFIX_##kind},
#include "suffixes.def"
#undef SUFFIX
    };
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name)
        return SUFFIX_OTHER;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((strlen(dot) > 2 ? strcasecmp(dot, rows[i].text) : strcmp(dot, rows[i].text)) == 0)
            return rows[i].suffix;
    return SUFFIX_OTHER;
}

bool suffix_is_source(enum suffix suffix)
{
    return suffix != SUFFIX_OTHER && suffix != SUFFIX_OBJECT && suffix != SUFFIX_ARCHIVE;
}

const char *suffix_title(enum suffix suffix)
{
    return suffix == SUFFIX_OTHER     ? NULL
           : suffix == SUFFIX_OBJECT  ? "an object"
           : suffix == SUFFIX_ARCHIVE ? "an archive"
                                      : "a source";
}

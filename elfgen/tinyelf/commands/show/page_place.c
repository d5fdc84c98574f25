/* Makes a private folder for a page, and the URL of a page. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page_place.h"
#include "base/system_error.h"
#include "cli/cli.h"

static bool is_plain(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_';
}

/* Writes the last part of a path as a name that is safe everywhere. */
static void name_page(const char *path, char *name, size_t room)
{
    const char *slash = strrchr(path, '/');
    const char *from = slash ? slash + 1 : path;
    size_t length = 0;
    for (; from[length] && length + 1 < room; length++) {
        name[length] = from[length];
        if (!is_plain(name[length]))
            name[length] = '_';
    }
    name[length] = '\0';
}

bool page_place_make(const char *name, char *path, size_t room, size_t *folder_length)
{
    enum { LONGEST_NAME = 100 };
    char page[LONGEST_NAME];
    const char *temporary = getenv("TMPDIR");
    if (!temporary || !*temporary)
        temporary = "/tmp";
    const int length = snprintf(path, room, "%s/tinyelf-XXXXXX", temporary);
    name_page(strcmp(name, "-") == 0 ? "stdin" : name, page, sizeof page);
    if (length < 0 || (size_t)length + sizeof "/.html" + strlen(page) > room) {
        errno = ENAMETOOLONG;
        return message_cannot(temporary, "make a folder in it");
    }
    if (!mkdtemp(path)) {
        message(temporary, "error",
                "cannot make a folder in it: %s: -o PAGE or TMPDIR can name another place",
                system_error_text(errno));
        return false;
    }
    *folder_length = (size_t)length;
    snprintf(path + length, room - (size_t)length, "/%s.html", page);
    return true;
}

char *page_place_url(const char *path)
{
    static const char scheme[] = "file://", digits[] = "0123456789ABCDEF";
    char *absolute = realpath(path, NULL);
    char *url = absolute ? malloc(sizeof scheme + 3 * strlen(absolute)) : NULL;
    if (url) {
        char *to = url + sizeof scheme - 1;
        memcpy(url, scheme, sizeof scheme);
        for (const char *from = absolute; *from; from++) {
            if (is_plain(*from) || *from == '/' || *from == '~') {
                *to++ = *from;
                continue;
            }
            *to++ = '%';
            *to++ = digits[(unsigned char)*from >> 4];
            *to++ = digits[(unsigned char)*from & 15];
        }
        *to = '\0';
    }
    free(absolute);
    return url;
}

/* Reads the mappings of a process. */
#include "maps.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Takes a hexadecimal number, and the character after it. */
static bool take_number(const char **text, char after, uint64_t *number)
{
    char *end;
    if (!isxdigit((unsigned char)**text))
        return false;
    errno = 0;
    *number = strtoull(*text, &end, 16);
    *text = end + 1;
    return errno == 0 && *end == after;
}

static bool take_permissions(const char **text, char permissions[5])
{
    if (strspn(*text, "rwxsp-") != 4 || (*text)[4] != ' ')
        return false;
    memcpy(permissions, *text, 4);
    permissions[4] = '\0';
    *text += 5;
    return true;
}

bool maps_parse(char *text, struct maps_line *line)
{
    const char *at = text;
    uint64_t major, minor;
    text[strcspn(text, "\n")] = '\0';
    if (!take_number(&at, '-', &line->start) || !take_number(&at, ' ', &line->end) ||
        !take_permissions(&at, line->permissions) || !take_number(&at, ' ', &line->offset) ||
        !take_number(&at, ':', &major) || !take_number(&at, ' ', &minor))
        return false;
    size_t inode = strspn(at, "0123456789");
    line->name = at + inode + strspn(at + inode, " ");
    return inode > 0 && (at[inode] == ' ' || at[inode] == '\0') && line->start < line->end;
}

void maps_open(struct maps *maps, pid_t id)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%ld/maps", (long)id);
    maps->file = open(path, O_RDONLY | O_CLOEXEC);
    maps->error = maps->file < 0 ? errno : 0;
    maps->at = maps->length = 0;
}

/* Reads until there is a whole line. Returns NULL at the end. */
static char *next_line(struct maps *maps)
{
    for (;;) {
        char *line = maps->text + maps->at;
        char *end = memchr(line, '\n', maps->length - maps->at);
        if (end) {
            *end = '\0';
            maps->at = (size_t)(end - maps->text) + 1;
            return line;
        }
        memmove(maps->text, line, maps->length - maps->at);
        maps->length -= maps->at;
        maps->at = 0;
        ssize_t got = maps->length < sizeof maps->text ? read(maps->file, maps->text + maps->length,
                                                              sizeof maps->text - maps->length)
                                                       : -(errno = ENAMETOOLONG);
        if (got <= 0) {
            maps->error = got < 0 ? errno : 0;
            return NULL;
        }
        maps->length += (size_t)got;
    }
}

bool maps_next(struct maps *maps, struct maps_line *line)
{
    for (char *text; maps->file >= 0 && (text = next_line(maps));)
        if (maps_parse(text, line))
            return true;
    return false;
}

void maps_close(struct maps *maps)
{
    if (maps->file >= 0)
        close(maps->file);
    maps->file = -1;
}

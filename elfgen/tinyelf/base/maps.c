/* Reads the mappings of a process. */
#include "maps.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    *maps = (struct maps){.file = fopen(path, "re")};
}

bool maps_next(struct maps *maps, struct maps_line *line)
{
    while (maps->file && getline(&maps->text, &maps->room, maps->file) > 0)
        if (maps_parse(maps->text, line))
            return true;
    return false;
}

void maps_close(struct maps *maps)
{
    free(maps->text);
    if (maps->file)
        fclose(maps->file);
    *maps = (struct maps){0};
}

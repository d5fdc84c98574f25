/* Finds which structure or field a name means, or most likely meant. */
#include "place_name.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "elfgen/format.h"
#include "elfgen/map.h"

enum { MOST_NAMES = 512 };

/* The names of structures, and of their fields unless `fields` is false; ends with NULL. */
static void list(const char *names[MOST_NAMES + 1], bool structures, bool fields)
{
    size_t count = 0;
    for (int part = ELFGEN_PART_EHDR; structures && part < ELFGEN_PART_PADDING; part++)
        names[count++] = elfgen_part_name((enum elfgen_part)part);
    for (int id = 0; fields && id < ELFGEN_STRUCTURE_COUNT; id++)
        for (size_t i = 0; i < elfgen_structures[id].count && count < MOST_NAMES; i++)
            names[count++] = elfgen_structures[id].fields[i].name;
    names[count] = NULL;
}

static bool is_in(const char *const *names, const char *name, size_t length)
{
    for (; *names; names++)
        if (strlen(*names) == length && memcmp(*names, name, length) == 0)
            return true;
    return false;
}

/* The part before a field: "phdr[0]." of "phdr[0].p_flags". */
static size_t before_field(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) + 1 : 0;
}

bool place_name_is_known(const char *name)
{
    const char *structures[MOST_NAMES + 1], *fields[MOST_NAMES + 1];
    const size_t before = before_field(name), part = strcspn(name, "[.");
    const char *open = strchr(name, '[');
    if (open && !strchr(open, ']'))
        return false;
    list(structures, true, false);
    list(fields, false, true);
    if (before == 0 && is_in(fields, name, strlen(name)))
        return true;
    return is_in(structures, name, part) &&
           (before == 0 || is_in(fields, name + before, strlen(name + before)));
}

bool place_name_nearest(const char *name, char *meant, size_t room)
{
    const char *structures[MOST_NAMES + 1], *names[MOST_NAMES + 1];
    const size_t before = before_field(name), part = strcspn(name, "[.");
    list(structures, true, false);
    list(names, before == 0, true);
    if (before > 0 && is_in(structures, name, part)) {
        const char *field = nearest(name + before, names);
        return field && (size_t)snprintf(meant, room, "%.*s%s", (int)before, name, field) < room;
    }
    /* "phd[0].p_flags": the structure was meant to be another one. */
    char word[64];
    if (part >= sizeof word)
        return false;
    memcpy(word, name, part);
    word[part] = '\0';
    const char *near = nearest(word, name[part] ? structures : names);
    return near && (size_t)snprintf(meant, room, "%s%s", near, name + part) < room;
}

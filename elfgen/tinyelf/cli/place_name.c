/* Finds which structure or field a name means, or most likely meant. */
#include "place_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "elfgen/format.h"

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

/* ---- what was meant ---- */

/* The nearest of the names that were considered. */
struct guess {
    const char *word;
    size_t beyond; /* a distance of that or more means another word */
    char name[33];
};

static void consider(struct guess *guess, const char *name, size_t length)
{
    enum { LEAST_BEGINNING = 3 };
    const size_t typed = strlen(guess->word);
    char copy[sizeof guess->name];
    if (length >= sizeof copy)
        return;
    memcpy(copy, name, length);
    copy[length] = '\0';
    bool begins = typed >= LEAST_BEGINNING && strncasecmp(guess->word, copy, typed) == 0;
    size_t far = begins ? 0 : word_distance(guess->word, copy);
    if (far >= guess->beyond)
        return;
    guess->beyond = far;
    memcpy(guess->name, copy, length + 1);
}

/* Of the names in a file there are many: one letter in three may be wrong, and none of a short
 * word. */
static struct guess guess_for(const char *word)
{
    enum { SHORT = 3 };
    const size_t length = strlen(word);
    return (struct guess){.word = word, .beyond = length > SHORT ? length / 3 + 1 : 1};
}

/* Considers structures of this file, or fields: of structures of that name, or of all if it is
 * empty. */
static void consider_claims(struct guess *guess, const struct bytemap *map, bool fields,
                            const char *structure, size_t length)
{
    const struct elfgen_field *seen[MOST_NAMES];
    bool seen_part[ELFGEN_PART_PADDING + 1] = {false};
    size_t count = 0, i;
    struct elfgen_map claims;
    struct elfgen_claim claim;
    elfgen_map_begin(&claims, map->view, map->code, true, 0, map->view->length);
    while (elfgen_map_next(&claims, &claim)) {
        const char *part = elfgen_part_name(claim.part);
        if (!fields && claim.part < ELFGEN_PART_PADDING && !seen_part[claim.part]) {
            seen_part[claim.part] = true;
            consider(guess, part, strlen(part));
        }
        if (!fields || !claim.field ||
            (length > 0 && (strlen(part) != length || memcmp(part, structure, length) != 0)))
            continue;
        for (i = 0; i < count && seen[i] != claim.field; i++)
            ;
        if (i < count || count == MOST_NAMES)
            continue;
        seen[count++] = claim.field;
        consider(guess, claim.field->name, strlen(claim.field->name));
    }
}

static void consider_symbols(struct guess *guess, const struct bytemap *map)
{
    for (size_t i = 0; map->symbols && i < map->symbols->count; i++) {
        const struct symbol *symbol = &map->symbols->all[i];
        if (symbol->offset != UINT64_MAX)
            consider(guess, symbol->name, strnlen(symbol->name, symbol->room));
    }
}

/* Copies the name, with the ] that is missing in "phdr[0" or "phdr[0.p_flags". */
static bool close_bracket(const char *name, char *closed, size_t room)
{
    const char *open = strchr(name, '[');
    bool missing = open && !strchr(open, ']');
    size_t before = missing
                        ? (size_t)(open - name) + 1 + strspn(open + 1, "0123456789abcdefABCDEFxX")
                        : strlen(name);
    return (size_t)snprintf(closed, room, "%.*s%s%s", (int)before, name, missing ? "]" : "",
                            name + before) < room;
}

bool place_name_nearest(const struct bytemap *map, const char *name, char *meant, size_t room)
{
    const char *structures[MOST_NAMES + 1];
    struct bytemap_place place;
    char closed[64], word[64];
    if (strlen(name) >= sizeof closed - 1 || !close_bracket(name, closed, sizeof closed))
        return false;
    if (strcmp(name, closed) != 0 && bytemap_find(map, closed, &place))
        return (size_t)snprintf(meant, room, "%s", closed) < room;
    const size_t before = before_field(closed), part = strcspn(closed, "[.");
    const char *rest = closed + part;
    struct guess guess;
    list(structures, true, false);
    if (before > 0 && is_in(structures, closed, part)) {
        guess = guess_for(closed + before);
        consider_claims(&guess, map, true, closed, part);
        return *guess.name &&
               (size_t)snprintf(meant, room, "%.*s%s", (int)before, closed, guess.name) < room &&
               bytemap_find(map, meant, &place);
    }
    /* "phd[0].p_flags": the structure was meant to be another one. */
    memcpy(word, closed, part);
    word[part] = '\0';
    guess = guess_for(word);
    consider_claims(&guess, map, false, "", 0);
    if (!*rest) {
        consider_claims(&guess, map, true, "", 0);
        consider_symbols(&guess, map);
    }
    return *guess.name && (size_t)snprintf(meant, room, "%s%s", guess.name, rest) < room &&
           bytemap_find(map, meant, &place);
}
